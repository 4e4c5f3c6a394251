#include "portfolio/exposure.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string_view>

#include "portfolio/portfolio_test_kit.hpp"

namespace v6 {
namespace {

using namespace literals;
using test::dollars;
using test::money;

constexpr auto kCall = OptionRight::kCall;
constexpr auto kPut = OptionRight::kPut;
constexpr Date kMay = date(2024, 5, 17);
constexpr Date kJune = date(2024, 6, 21);

Bundle arbitrary_bundle() {
  Bundle bundle{.cash = Money::cents(*rc::gen::inRange(-300'000, 300'000))};
  const int legs = *rc::gen::inRange(0, 5);
  for (int i = 0; i < legs; ++i) {
    bundle.legs.push_back({.right = *rc::gen::element(kCall, kPut),
                           .strike = dollars(*rc::gen::inRange(1, 60)),
                           .units = std::int64_t{100} * *rc::gen::inRange(-3, 4)});
  }
  return bundle;
}

std::vector<Bundle> arbitrary_pending() {
  std::vector<Bundle> pending(*rc::gen::inRange<std::size_t>(0, 7));
  for (Bundle& order : pending) { order = arbitrary_bundle(); }
  return pending;
}

TEST(WorstCase, OfKnownStructures) {
  struct Case {
    std::string_view name;
    std::vector<ExposureLeg> legs;
    double cash;
    std::optional<double> loss;
  };
  const ExposureLeg short_put{kPut, dollars(2850), -100};
  const ExposureLeg long_put{kPut, dollars(2825), 100};
  const ExposureLeg short_call{kCall, dollars(2950), -100};
  const ExposureLeg long_call{kCall, dollars(2980), 100};
  const Case cases[] = {
      {"nothing", {}, 0, 0},
      {"cash alone is a sure gain", {}, 5, -5},
      {"put credit spread", {short_put, long_put}, 580, 2500 - 580},
      {"condor, by its wider side", {short_put, long_put, short_call, long_call}, 700, 3000 - 700},
      {"long call", {long_call}, -900, 900},
      {"short put, to zero", {short_put}, 2000, 285'000 - 2000},
      {"short call", {short_call}, 99'999'999, std::nullopt},
      {"short call over a long put", {short_call, long_put}, 0, std::nullopt},
      {"two short calls, one long", {short_call, short_call, long_call}, 0, std::nullopt},
      {"call back spread", {short_call, long_call, long_call}, 0, 3000},
      {"box bought below its worth",
       {{kCall, dollars(100), 100},
        {kCall, dollars(110), -100},
        {kPut, dollars(110), 100},
        {kPut, dollars(100), -100}},
       -990,
       -10},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto expected = c.loss ? std::optional{money(*c.loss)} : std::nullopt;
    EXPECT_EQ(worst_case(Bundle{.legs = c.legs, .cash = money(c.cash)}), expected);
  }
}

TEST(WorstCase, OfARandomPositionIsFoundAtItsKinks) {
  EXPECT_TRUE(rc::check([] {
    const Bundle held = arbitrary_bundle();
    RC_ASSERT(worst_case(held) == test::worst_by_brute_force(held, {}));
  }));
}

// covers: I-09, A-36
TEST(WorstCase, IsOverEverySubsetOfPendingOrders) {
  EXPECT_TRUE(rc::check([] {
    const Bundle held = arbitrary_bundle();
    const auto pending = arbitrary_pending();
    const auto worst = worst_case(held, pending);
    RC_CLASSIFY(!worst, "unbounded");
    RC_ASSERT(worst == test::worst_by_brute_force(held, pending));
  }));
}

// covers: I-09
TEST(WorstCase, IsUnboundedWhenOnePendingOrderCouldUncoverAShort) {
  const Bundle covered{.legs = {{kCall, dollars(2950), -100}, {kCall, dollars(2980), 100}}};
  const Bundle sells_the_cover{.legs = {{kCall, dollars(2980), -100}}, .cash = money(900)};
  const Bundle buys_the_short{.legs = {{kCall, dollars(2950), 100}}, .cash = money(-2000)};
  EXPECT_TRUE(worst_case(covered, {buys_the_short}).has_value());
  EXPECT_FALSE(worst_case(covered, {sells_the_cover}).has_value());
  // That another order might cover it again is no comfort: it need not fill.
  EXPECT_FALSE(worst_case(covered, {sells_the_cover, buys_the_short}).has_value());
}

TEST(Exposure, OfOneSeriesIsNettedAndOfSeveralIsAdded) {
  Exposure exposure;
  const auto spread = [&](Symbol underlying, Date expiry, double cash) {
    exposure.hold(underlying, expiry, {kPut, dollars(95), -100}, money(cash));
    exposure.hold(underlying, expiry, {kPut, dollars(90), 100}, Money{});
  };
  EXPECT_EQ(exposure.worst_case_of_all(), Money{});
  spread("SPY"_sym, kMay, 100);
  spread("SPY"_sym, kJune, 120);
  spread("QQQ"_sym, kJune, 150);
  EXPECT_EQ(exposure.worst_case_of("SPY"_sym), money(400 + 380));
  EXPECT_EQ(exposure.worst_case_of("QQQ"_sym), money(350));
  EXPECT_EQ(exposure.worst_case_of("IWM"_sym), Money{});
  EXPECT_EQ(exposure.worst_case_of_all(), money(400 + 380 + 350));

  // The other side of the same series nets; the same sale in another expiry does not.
  exposure.hold("SPY"_sym, kMay, {kPut, dollars(95), 100}, money(-200));
  EXPECT_EQ(exposure.worst_case_of("SPY"_sym), money(100 + 380));

  exposure.expect("QQQ"_sym, {{kJune, {.legs = {{kCall, dollars(110), -100}}, .cash = money(50)}}});
  EXPECT_FALSE(exposure.worst_case_of("QQQ"_sym).has_value());
  EXPECT_FALSE(exposure.worst_case_of_all().has_value());
  EXPECT_TRUE(exposure.worst_case_of("SPY"_sym).has_value());
}

// covers: I-09, A-36
TEST(Exposure, OfTheBookIsTheSumOfItsSeriesEachAtItsWorst) {
  EXPECT_TRUE(rc::check([] {
    const Symbol symbols[] = {"SPY"_sym, "QQQ"_sym};
    const Date expiries[] = {kMay, kJune};
    Exposure exposure;
    std::optional<Money> all = Money{};
    const auto add = [](std::optional<Money>& sum, std::optional<Money> loss) {
      if (!loss || !sum) { return sum.reset(); }
      *sum += std::max(Money{}, *loss);  // no series' sure gain pays for another's loss
    };
    for (const Symbol symbol : symbols) {
      std::optional<Money> of_symbol = Money{};
      for (const Date expiry : expiries) {
        Bundle held = arbitrary_bundle();
        const auto pending = arbitrary_pending();
        for (const ExposureLeg& leg : held.legs) { exposure.hold(symbol, expiry, leg, Money{}); }
        exposure.hold(symbol, expiry, {kPut, dollars(1), 0}, held.cash);
        for (const Bundle& order : pending) { exposure.expect(symbol, {{expiry, order}}); }
        const auto loss = test::worst_by_brute_force(held, pending);
        add(of_symbol, loss);
        add(all, loss);
      }
      RC_ASSERT(exposure.worst_case_of(symbol) == of_symbol);
    }
    RC_ASSERT(exposure.worst_case_of_all() == all);
  }));
}

}  // namespace
}  // namespace v6
