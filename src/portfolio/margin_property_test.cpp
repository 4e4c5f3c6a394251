// What holds of every book: the pairing found is the best of all, and the figures add up.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <vector>

#include "portfolio/margin.hpp"
#include "portfolio/portfolio_test_kit.hpp"

namespace v6 {
namespace {

using namespace literals;
using test::dollars;

constexpr auto kCall = OptionRight::kCall;
constexpr auto kPut = OptionRight::kPut;
constexpr Date kMay = date(2024, 5, 17);
constexpr Date kJune = date(2024, 6, 21);
constexpr std::int64_t kSpot = 100;

/// One option as the test reckons with it: whole dollars per share, 100 shares.
struct Unit {
  int side;
  OptionRight right;
  std::int64_t strike;
  Date expiry;
  std::int64_t price;

  friend bool operator==(const Unit&, const Unit&) = default;
};
using Units = std::vector<Unit>;

/// A market without arbitrage around 100: monotone and convex in the strike, dearer in June, calls
/// and puts at parity.
std::int64_t price_of(OptionRight right, std::int64_t strike, Date expiry) {
  static constexpr std::array<std::int64_t, 6> kMayPuts = {1, 2, 4, 7, 11, 15};
  static constexpr std::array<std::int64_t, 6> kJunePuts = {2, 4, 6, 9, 12, 16};
  const auto& puts = expiry == kMay ? kMayPuts : kJunePuts;
  const std::int64_t put = puts[static_cast<std::size_t>((strike - 90) / 5)];
  return right == kPut ? put : put + kSpot - strike;
}

Unit arbitrary_unit(bool one_expiry) {
  const auto right = *rc::gen::element(kCall, kPut);
  const std::int64_t strike = 90 + 5 * *rc::gen::inRange(0, 6);
  const Date expiry = one_expiry ? kMay : *rc::gen::element(kMay, kMay, kJune);
  return {.side = *rc::gen::element(1, -1),
          .right = right,
          .strike = strike,
          .expiry = expiry,
          .price = price_of(right, strike, expiry)};
}

Units arbitrary_units(std::size_t most, bool one_expiry = false) {
  Units units(*rc::gen::inRange<std::size_t>(0, most + 1));
  for (Unit& unit : units) { unit = arbitrary_unit(one_expiry); }
  return units;
}

MarginLeg leg_of(const Unit& unit, Symbol root) {
  return {.contract = {root, unit.expiry, Price::from_raw(unit.strike * 10'000), unit.right},
          .quantity = Contracts{unit.side},
          .price = Price::from_raw(unit.price * 10'000)};
}

MarginBook book_of(const Units& units, Symbol root = "SPY"_sym) {
  MarginBook book{.spot = dollars(kSpot)};
  for (const Unit& unit : units) { book.legs.push_back(leg_of(unit, root)); }
  return book;
}

MarginRequirement margin(const MarginBook& book) {
  const auto answer = margin_of(book);
  RC_ASSERT(answer.has_value());
  return *answer;
}

/// No contract both bought and sold. Netting those closes them, which can ask for more: what the
/// bought one covered may be dearer uncovered than the sold one was.
bool nets_nothing(const Units& units) {
  for (const Unit& a : units) {
    Unit other = a;
    other.side = -a.side;
    if (std::ranges::find(units, other) != units.end()) { return false; }
  }
  return true;
}

// ---- The rules once more, in whole dollars, and every way to cut a book into groups

constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max() / 100;

/// Premium + 15 % less out of the money, at least 10 %; a put at most its strike. x 100 shares, so
/// that per cents are whole dollars.
std::int64_t uncovered(const Unit& unit) {
  const bool call = unit.right == kCall;
  const std::int64_t out =
      std::max<std::int64_t>(0, call ? unit.strike - kSpot : kSpot - unit.strike);
  return 100 * unit.price + std::max(15 * kSpot - 100 * out, 10 * (call ? kSpot : unit.strike));
}

std::int64_t one_group(const Units& units) {
  if (units.size() == 1) {
    const Unit& unit = units.front();
    if (unit.side > 0) { return 100 * unit.price; }
    const std::int64_t asked = uncovered(unit);
    return unit.right == kPut ? std::min(asked, 100 * unit.strike) : asked;
  }
  if (units.size() == 2 && units[0].side < 0 && units[1].side < 0 &&
      units[0].right != units[1].right) {
    const std::int64_t a = uncovered(units[0]);
    const std::int64_t b = uncovered(units[1]);
    const std::int64_t premium_a = 100 * units[0].price;
    const std::int64_t premium_b = 100 * units[1].price;
    if (a == b) { return a + std::max(premium_a, premium_b); }
    return a > b ? a + premium_b : b + premium_a;
  }
  std::int64_t calls = 0;
  std::int64_t puts = 0;
  std::int64_t debit = 0;
  std::int64_t worst = 0;
  for (const Unit& unit : units) {
    (unit.right == kCall ? calls : puts) += unit.side;
    debit += unit.side * unit.price;
    for (const Unit& other : units) {
      if (unit.side < 0 && other.side > 0 && unit.expiry > other.expiry) { return kNone; }
    }
  }
  if (calls != 0 || puts != 0) { return kNone; }
  for (const Unit& at : units) {
    std::int64_t outcome = 0;
    for (const Unit& unit : units) {
      const std::int64_t in =
          unit.right == kCall ? at.strike - unit.strike : unit.strike - at.strike;
      outcome += unit.side * std::max<std::int64_t>(0, in);
    }
    worst = std::min(worst, outcome);
  }
  return 100 * (-worst + std::max<std::int64_t>(0, debit));
}

/// Each unit joins one of the groups so far or starts its own.
std::int64_t least_of_all_pairings(const Units& units, std::size_t next,
                                   std::vector<Units>& groups) {
  if (next == units.size()) {
    std::int64_t sum = 0;
    for (const Units& group : groups) { sum = std::min(kNone, sum + one_group(group)); }
    return sum;
  }
  std::int64_t least = kNone;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    groups[i].push_back(units[next]);
    least = std::min(least, least_of_all_pairings(units, next + 1, groups));
    groups[i].pop_back();
  }
  groups.push_back({units[next]});
  least = std::min(least, least_of_all_pairings(units, next + 1, groups));
  groups.pop_back();
  return least;
}

TEST(MarginOf, IsTheLeastOfAllPairings) {
  EXPECT_TRUE(rc::check([] {
    const Units units = arbitrary_units(7);
    RC_PRE(nets_nothing(units));
    std::vector<Units> groups;
    const auto answer = margin(book_of(units));
    RC_ASSERT(answer.exact);
    RC_ASSERT(answer.requirement ==
              Money::from_raw(least_of_all_pairings(units, 0, groups) * 10'000));
  }));
}

TEST(MarginOf, DoesNotDependOnTheOrderOfTheLegs) {
  EXPECT_TRUE(rc::check([] {
    const Units units = arbitrary_units(10);
    MarginBook book = book_of(units);
    book.shares = std::int64_t{100} * *rc::gen::inRange(-2, 3);
    const auto before = margin(book);
    std::mt19937 random{*rc::gen::arbitrary<std::uint32_t>()};
    std::ranges::shuffle(book.legs, random);
    const auto after = margin(book);
    RC_ASSERT(before.items == after.items);
    RC_ASSERT(before.requirement == after.requirement);
  }));
}

TEST(MarginOf, ItsItemsAreTheBook) {
  EXPECT_TRUE(rc::check([] {
    MarginBook book = book_of(arbitrary_units(10));
    book.shares = std::int64_t{50} * *rc::gen::inRange(-5, 6);
    const auto answer = margin(book);
    std::map<Contract, std::int32_t> left;
    for (const MarginLeg& leg : book.legs) { left[leg.contract] += leg.quantity.raw(); }
    std::int64_t shares = book.shares;
    Money requirement;
    Money proceeds;
    for (const MarginItem& item : answer.items) {
      for (const MarginLeg& leg : item.legs) { left[leg.contract] -= leg.quantity.raw(); }
      shares -= item.shares;
      requirement += item.requirement;
      proceeds += item.proceeds;
      RC_ASSERT(item.requirement >= Money{});
      RC_ASSERT(item.proceeds >= Money{});
    }
    RC_ASSERT(shares == 0);
    RC_ASSERT(std::ranges::all_of(left, [](const auto& entry) { return entry.second == 0; }));
    RC_ASSERT(requirement == answer.requirement);
    RC_ASSERT(proceeds == answer.proceeds);
  }));
}

TEST(MarginOf, ABoughtOptionAddsNoMoreThanItsPrice) {
  EXPECT_TRUE(rc::check([] {
    Units units = arbitrary_units(8);
    const auto before = margin(book_of(units));
    Unit bought = arbitrary_unit(false);
    bought.side = 1;
    units.push_back(bought);
    RC_PRE(nets_nothing(units));
    const auto after = margin(book_of(units));
    RC_ASSERT(after.requirement <=
              before.requirement + Money::from_raw(bought.price * 100 * 10'000));
  }));
}

TEST(MarginOf, TwoBooksTogetherAskNoMoreThanApart) {
  EXPECT_TRUE(rc::check([] {
    const auto root = *rc::gen::element("SPY"_sym, "SPXW"_sym);
    const Units one = arbitrary_units(5);
    const Units other = arbitrary_units(5);
    Units both = one;
    both.insert(both.end(), other.begin(), other.end());
    RC_PRE(nets_nothing(both));
    RC_ASSERT(margin(book_of(both, root)).requirement <=
              margin(book_of(one, root)).requirement + margin(book_of(other, root)).requirement);
  }));
}

/// At the market's prices; sold options that nothing covers can lose any amount.
TEST(MarginOf, IsNeverBelowTheWorstLossWhereThatIsBounded) {
  EXPECT_TRUE(rc::check([] {
    const auto root = *rc::gen::element("SPY"_sym, "SPXW"_sym);
    const Units units = arbitrary_units(8, true);
    const auto answer = margin(book_of(units, root));
    const bool defined = std::ranges::none_of(answer.items, [](const MarginItem& item) {
      return item.shape == MarginShape::kUncoveredCall ||
             item.shape == MarginShape::kUncoveredPut ||
             item.shape == MarginShape::kShortStraddle || item.shape == MarginShape::kShortStrangle;
    });
    RC_PRE(defined);
    Bundle bundle;
    for (const Unit& unit : units) {
      bundle.legs.push_back({.right = unit.right,
                             .strike = Price::from_raw(unit.strike * 10'000),
                             .units = std::int64_t{100} * unit.side});
      bundle.cash -= Money::from_raw(unit.side * unit.price * 100 * 10'000);
    }
    const auto worst = worst_case(bundle);
    RC_ASSERT(worst.has_value());
    RC_ASSERT(answer.requirement >= *worst);
    RC_ASSERT(answer.deposit() >= *worst);
  }));
}

TEST(MarginOf, OfALargeBookIsNoMoreThanLegByLeg) {
  EXPECT_TRUE(rc::check([] {
    Units units;
    Money apart;
    for (int i = 0; i < 40; ++i) {
      units.push_back(arbitrary_unit(false));
      units.back().strike += std::int64_t{30} * (i % 6);
    }
    for (const Unit& unit : units) { apart += margin(book_of({unit})).requirement; }
    const auto answer = margin(book_of(units));
    RC_CLASSIFY(!answer.exact, "large");
    RC_ASSERT(answer.requirement <= apart);
  }));
}

}  // namespace
}  // namespace v6
