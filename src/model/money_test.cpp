#include "model/money.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <functional>
#include <type_traits>

#include "base/time.hpp"
#include "base/uniform_test_kit.hpp"
#include "model/contract.hpp"
#include "model/ids.hpp"

namespace v6 {
namespace {

template <class Operation, class A, class B>
constexpr bool kMixes =
    std::is_invocable_v<Operation, A, B> || std::is_invocable_v<Operation, B, A>;

// What must not compile: strong types, no implicit conversion.
//
TEST(StrongTypes, DoNotComeFromBareNumbers) {
  static_assert(!std::is_convertible_v<double, Price>);
  static_assert(!std::is_convertible_v<std::int64_t, Price>);
  static_assert(!std::is_constructible_v<Price, double>);
  static_assert(!std::is_constructible_v<Money, std::int64_t>);
  static_assert(!std::is_convertible_v<int, Contracts>);
  static_assert(!std::is_convertible_v<int, Multiplier>);
  static_assert(!std::is_convertible_v<std::uint32_t, OrderId>);
  static_assert(!std::is_convertible_v<std::uint32_t, ContractId>);
  static_assert(!std::is_convertible_v<std::int64_t, Instant>);
  static_assert(!std::is_convertible_v<int, Date>);
  // By name only.
  EXPECT_EQ(Price::cents(1), Price::from_raw(100));
}

//
TEST(StrongTypes, DoNotTurnIntoBareNumbers) {
  static_assert(!std::is_convertible_v<Price, double>);
  static_assert(!std::is_convertible_v<Price, std::int64_t>);
  static_assert(!std::is_convertible_v<Money, double>);
  static_assert(!std::is_convertible_v<Contracts, int>);
  static_assert(!std::is_convertible_v<OrderId, std::uint32_t>);
  static_assert(!std::is_convertible_v<OrderId, bool>);
  // By name only.
  EXPECT_EQ(Price::cents(305).dollars(), 3.05);
}

//
TEST(StrongTypes, DoNotMix) {
  static_assert(!kMixes<std::plus<>, Price, Contracts>);
  static_assert(!kMixes<std::plus<>, Price, Money>);
  static_assert(!kMixes<std::minus<>, Price, Money>);
  static_assert(!kMixes<std::plus<>, Price, double>);
  static_assert(!std::is_invocable_v<std::multiplies<>, Price, Price>);
  static_assert(!kMixes<std::multiplies<>, Price, Contracts>);
  static_assert(!kMixes<std::multiplies<>, Price, Multiplier>);
  static_assert(!kMixes<std::plus<>, Contracts, int>);
  static_assert(!kMixes<std::plus<>, Contracts, Multiplier>);
  static_assert(!kMixes<std::less<>, Price, Money>);
  static_assert(!kMixes<std::less<>, Price, double>);
  static_assert(!kMixes<std::equal_to<>, Contracts, int>);
  static_assert(!std::is_convertible_v<Price, Money> && !std::is_convertible_v<Money, Price>);
  static_assert(!std::is_convertible_v<OrderId, IntentId>);
  static_assert(!std::is_constructible_v<OrderId, IntentId>);
  static_assert(!kMixes<std::equal_to<>, OrderId, StructureId>);
  // In one place only.
  EXPECT_EQ(premium(Price::cents(1), Multiplier{100}, Contracts{1}), Money::cents(100));
}

//
TEST(StrongTypes, AreNotMultipliedByFractions) {
  // The product would silently be that of the whole part.
  static_assert(!kMixes<std::multiplies<>, Price, double>);
  static_assert(!kMixes<std::multiplies<>, Money, float>);
  EXPECT_EQ(Price::cents(250) * 3, Price::cents(750));
  EXPECT_EQ(Price::cents(250) * std::int64_t{-1}, Price::cents(-250));
}

TEST(Price, IsExact) {
  Price sum;
  for (int i = 0; i < 10; ++i) { sum += Price::parse("0.10").value(); }
  EXPECT_EQ(sum, Price::parse("1").value());
  EXPECT_EQ(Price::parse("2750.5").value().raw(), 27'505'000);
  EXPECT_EQ(Price::cents(-305).text(), "-3.05");
  EXPECT_EQ(Price::cents(-305).dollars(), -3.05);
  EXPECT_EQ(Price::from_dollars(0.1 + 0.2), Price::cents(30));
}

TEST(Price, HasALimit) {
  EXPECT_EQ(Price::parse("1000000").value().text(), "1000000.00");
  EXPECT_EQ(Price::parse("1000000.0001"), std::unexpected{NumberError::kOutOfRange});
  EXPECT_EQ(Price::from_dollars(-1e7), std::unexpected{NumberError::kOutOfRange});
  EXPECT_EQ(Price::from_dollars(std::nan("")), std::unexpected{NumberError::kNotFinite});
  EXPECT_EQ(Price::parse("1.23456"), std::unexpected{NumberError::kTooPrecise});
  EXPECT_EQ(Money::parse("1000000000").value().text(), "1000000000.00");
  EXPECT_EQ(Money::parse("1000000000.01"), std::unexpected{NumberError::kOutOfRange});
}

TEST(Premium, IsPriceTimesMultiplierTimesContracts) {
  EXPECT_EQ(premium(Price::cents(305), Multiplier{100}, Contracts{2}), Money::cents(61'000));
  EXPECT_EQ(premium(Price::cents(-305), Multiplier{100}, Contracts{2}), Money::cents(-61'000));
  EXPECT_EQ(premium(Price::cents(305), Multiplier{100}, Contracts{-1}), Money::cents(-30'500));
  EXPECT_EQ(premium(Price::from_raw(1), Multiplier{100}, Contracts{1}), Money::cents(1));
  // The largest price of the largest order fits.
  EXPECT_EQ(premium(Price::cents(100'000'000), Multiplier{100}, Contracts{5}),
            Money::cents(50'000'000'000));
}

TEST(Price, AddsAndSubtractsWithoutLoss) {
  EXPECT_TRUE(rc::check([] {
    const auto any = [] { return Price::from_raw(uniform(-PriceKind::kLimit, PriceKind::kLimit)); };
    const Price a = any();
    const Price b = any();
    RC_ASSERT((a + b) - b == a);
    RC_ASSERT(a - b == -(b - a));
    RC_ASSERT(Price::parse(a.text()).value() == a);
    RC_ASSERT(Price::from_dollars(a.dollars()).value() == a);
    RC_ASSERT((a < b) == (a.raw() < b.raw()));
  }));
}

TEST(Ids, AreShownWithTheirLetter) {
  EXPECT_EQ(StructureId{12}.text(), "S-0012");
  EXPECT_EQ(DecisionId{12'345}.text(), "D-12345");
  EXPECT_FALSE(static_cast<bool>(OrderId{}));
  EXPECT_TRUE(static_cast<bool>(OrderId{1}));
}

}  // namespace
}  // namespace v6
