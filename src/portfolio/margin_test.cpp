// What each shape asks: by the Manual's own sample calculations, other published ones, and by hand.
#include "portfolio/margin.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string_view>
#include <vector>

#include "base/enum_text.hpp"
#include "portfolio/margin_rules.hpp"
#include "portfolio/portfolio_test_kit.hpp"

namespace v6 {
namespace {

using namespace literals;
using test::dollars;
using test::money;
using S = MarginShape;

constexpr auto kCall = OptionRight::kCall;
constexpr auto kPut = OptionRight::kPut;
constexpr Date kMay = date(2024, 5, 17);
constexpr Date kJune = date(2024, 6, 21);

struct L {
  int quantity;
  double strike;
  OptionRight right;
  double price;
  Date expiry = kMay;
};

MarginBook book_of(Symbol root, double spot, const std::vector<L>& legs, std::int64_t shares = 0) {
  MarginBook book{.legs = {}, .shares = shares, .spot = dollars(spot)};
  for (const L& leg : legs) {
    book.legs.push_back({.contract = {root, leg.expiry, dollars(leg.strike), leg.right},
                         .quantity = Contracts{leg.quantity},
                         .price = dollars(leg.price)});
  }
  return book;
}

using Shapes = std::vector<MarginShape>;

Shapes shapes_of(const MarginRequirement& margin) {
  Shapes shapes;
  for (const MarginItem& item : margin.items) { shapes.push_back(item.shape); }
  return shapes;
}

struct Case {
  std::string_view name;  // with its source
  Symbol root;
  double spot;
  std::vector<L> legs;
  Shapes shapes;
  double requirement;
  double deposit;  // once proceeds are applied
};

void expect_margins(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto margin = margin_of(book_of(c.root, c.spot, c.legs));
    ASSERT_TRUE(margin.has_value()) << margin.error().text();
    EXPECT_THAT(shapes_of(*margin), ::testing::UnorderedElementsAreArray(c.shapes));
    EXPECT_EQ(margin->requirement, money(c.requirement));
    EXPECT_EQ(margin->deposit(), money(c.deposit));
    EXPECT_TRUE(margin->exact);
  }
}

// The Manual's sample calculations, p. 21-26 and 32-36, as restated by the tests of
// tastyware/margin-estimator (MIT). Broad-based: 15 %.
TEST(MarginOf, OptionsOfABroadIndexAsTheManualReckonsThem) {
  const auto kSpx = "SPXW"_sym;
  expect_margins({
      {"long put: 550", kSpx, 433.35, {{1, 430, kPut, 5.5}}, {S::kLongOption}, 550, 550},
      // 780 + 15 % of 43,335 - 335
      {"short put", kSpx, 433.35, {{-1, 430, kPut, 7.8}}, {S::kUncoveredPut}, 6945.25, 6165.25},
      // 10 + 10 % of 41,000, since 6,680.25 - 3,535 is less
      {"short put far out", kSpx, 445.35, {{-1, 410, kPut, 0.1}}, {S::kUncoveredPut}, 4110, 4100},
      {"short put in the money",
       kSpx,
       43.34,
       {{-1, 45, kPut, 2.85}},
       {S::kUncoveredPut},
       935.1,
       650.1},
      {"short call in the money",
       kSpx,
       433.35,
       {{-1, 430, kCall, 8.7}},
       {S::kUncoveredCall},
       7370.25,
       6500.25},
      // 135 + 650.10 - 166; 10 % of the index would be less
      {"short call", kSpx, 43.34, {{-1, 45, kCall, 1.35}}, {S::kUncoveredCall}, 619.1, 484.1},
      {"short call on a fund",
       "SPY"_sym,
       378.5,
       {{-1, 370, kCall, 12.85}},
       {S::kUncoveredCall},
       6962.5,
       5677.5},
      // put 720 + 6,500.25; the call's premium on top
      {"straddle",
       kSpx,
       433.35,
       {{-1, 435, kCall, 5.5}, {-1, 435, kPut, 7.2}},
       {S::kShortStraddle},
       7770.25,
       6500.25},
      {"straddle",
       kSpx,
       43.34,
       {{-1, 45, kCall, 1.35}, {-1, 45, kPut, 2.85}},
       {S::kShortStraddle},
       1070.1,
       650.1},
      {"put debit spread",
       kSpx,
       255,
       {{1, 250, kPut, 3}, {-1, 240, kPut, 0.95}},
       {S::kDebitSpread},
       205,
       205},
      {"put credit spread",
       kSpx,
       433.35,
       {{-1, 430, kPut, 7.8}, {1, 425, kPut, 6.4}},
       {S::kCreditSpread},
       500,
       360},
      {"put credit spread in the money",
       kSpx,
       43.34,
       {{-1, 45, kPut, 2.9}, {1, 42.5, kPut, 2}},
       {S::kCreditSpread},
       250,
       160},
      {"call credit spread",
       kSpx,
       128.5,
       {{-1, 120, kCall, 8.4}, {1, 125, kCall, 3.8}},
       {S::kCreditSpread},
       500,
       40},
      // worst 500 beyond the wide wing, and 100 paid
      {"broken-wing put butterfly",
       kSpx,
       550,
       {{1, 540, kPut, 5.6}, {-2, 550, kPut, 7.2}, {1, 555, kPut, 9.8}},
       {S::kSpread},
       600,
       600},
      {"broken-wing call butterfly for a credit",
       kSpx,
       550,
       {{1, 545, kCall, 12.4}, {-2, 550, kCall, 8.8}, {1, 565, kCall, 2}},
       {S::kSpread},
       1000,
       680},
      {"long put condor",
       kSpx,
       1160,
       {{1, 1050, kPut, 47.1},
        {-1, 1075, kPut, 55.7},
        {-1, 1100, kPut, 66.3},
        {1, 1125, kPut, 85.4}},
       {S::kSpread},
       1050,
       1050},
      {"iron butterfly",
       kSpx,
       26.75,
       {{1, 16, kPut, 0.1}, {-1, 20, kPut, 0.2}, {-1, 20, kCall, 7}, {1, 24, kCall, 4}},
       {S::kIronButterfly},
       400,
       90},
      {"iron condor",
       kSpx,
       1060,
       {{1, 1000, kPut, 32}, {-1, 1025, kPut, 35.1}, {-1, 1150, kCall, 9.4}, {1, 1175, kCall, 6.3}},
       {S::kIronCondor},
       2500,
       1880},
  });
}

// By hand; pages of the Manual.
TEST(MarginOf, EveryShapeByHand) {
  const auto kSpx = "SPXW"_sym;
  const auto kSpy = "SPY"_sym;
  const auto kXsp = "XSP"_sym;
  expect_margins({
      {"nothing", kSpx, 100, {}, {}, 0, 0},
      // p. 6: call 210 + 15 % of 4,500 - 200 = 685; put 120 + 675 - 200 = 595; 685 + 120
      {"strangle",
       kSpx,
       45,
       {{-1, 47, kCall, 2.1}, {-1, 43, kPut, 1.2}},
       {S::kShortStrangle},
       805,
       475},
      // p. 6: the same whatever their expiries
      {"strangle over two expiries",
       kSpx,
       45,
       {{-1, 47, kCall, 2.1}, {-1, 43, kPut, 1.2, kJune}},
       {S::kShortStrangle},
       805,
       475},
      // The greater of both sides, not the sum: 3,000 above, 2,500 below
      {"iron condor of unequal wings",
       kSpx,
       2900,
       {{1, 2825, kPut, 10}, {-1, 2850, kPut, 14}, {-1, 2950, kCall, 9}, {1, 2980, kCall, 6}},
       {S::kIronCondor},
       3000,
       2300},
      // p. 8: net debit; p. 9: the interval between the two lower strikes
      {"long call butterfly",
       kSpx,
       100,
       {{1, 95, kCall, 7}, {-2, 100, kCall, 4}, {1, 105, kCall, 2}},
       {S::kLongButterfly},
       100,
       100},
      {"short call butterfly",
       kSpx,
       100,
       {{-1, 95, kCall, 7}, {2, 100, kCall, 4}, {-1, 105, kCall, 2}},
       {S::kShortButterfly},
       500,
       400},
      {"short put butterfly",
       kSpx,
       100,
       {{-1, 95, kPut, 2}, {2, 100, kPut, 4}, {-1, 105, kPut, 7}},
       {S::kShortButterfly},
       500,
       400},
      // p. 10: European, settled in cash: half of 1,000
      {"long box, index",
       kXsp,
       100,
       {{1, 95, kCall, 7.5}, {-1, 105, kCall, 2}, {1, 105, kPut, 6.4}, {-1, 95, kPut, 2}},
       {S::kLongBox},
       500,
       500},
      // Paid 12 for 10 in the end: the 2 are lost
      {"long box above its worth",
       kXsp,
       100,
       {{1, 95, kCall, 9.6}, {-1, 105, kCall, 2}, {1, 105, kPut, 6.4}, {-1, 95, kPut, 2}},
       {S::kLongBox},
       700,
       700},
      // p. 10: American: the net debit in full
      {"long box, fund",
       kSpy,
       100,
       {{1, 95, kCall, 7.5}, {-1, 105, kCall, 2}, {1, 105, kPut, 6.4}, {-1, 95, kPut, 2}},
       {S::kLongBox},
       990,
       990},
      // p. 10: the difference of strikes; 990 received
      {"short box",
       kXsp,
       100,
       {{-1, 95, kCall, 7.5}, {1, 105, kCall, 2}, {-1, 105, kPut, 6.4}, {1, 95, kPut, 2}},
       {S::kShortBox},
       1000,
       10},
      // p. 7: the long side outlives the short one
      {"calendar",
       kSpx,
       100,
       {{-1, 100, kPut, 3}, {1, 100, kPut, 4.5, kJune}},
       {S::kCalendar},
       150,
       150},
      {"diagonal",
       kSpx,
       100,
       {{-1, 100, kPut, 3}, {1, 95, kPut, 2.5, kJune}},
       {S::kDiagonal},
       500,
       450},
      // p. 7: a long that is gone first covers nothing: 300 + 1,500 and 450 paid
      {"calendar the wrong way",
       kSpx,
       100,
       {{1, 100, kPut, 4.5}, {-1, 100, kPut, 3, kJune}},
       {S::kLongOption, S::kUncoveredPut},
       450 + 1800,
       450 + 1500},
      // p. 7: the lesser of the short alone and the difference of strikes: 50 + 10 % of 9,000
      {"a spread too wide to help",
       kSpx,
       100,
       {{-1, 90, kPut, 0.5}, {1, 50, kPut, 0.1}},
       {S::kLongOption, S::kUncoveredPut},
       960,
       910},
      // Deep in the money the strike itself is less: 2,800 + 10 % of 3,000 beyond 3,000
      {"cash-secured put", kSpx, 2, {{-1, 30, kPut, 28}}, {S::kCashSecuredPut}, 3000, 200},
      {"two spreads of two expiries",
       kSpx,
       100,
       {{-1, 100, kPut, 3}, {1, 95, kPut, 1}, {-1, 100, kPut, 4, kJune}, {1, 95, kPut, 2, kJune}},
       {S::kCreditSpread, S::kCreditSpread},
       1000,
       600},
      // Netting: bought and sold spreads make a condor of calls, 5.00 wide, bought for 1.00
      {"call condor from two spreads",
       kSpx,
       100,
       {{1, 95, kCall, 7}, {-1, 100, kCall, 4}, {-1, 105, kCall, 3}, {1, 110, kCall, 1}},
       {S::kSpread},
       100,
       100},
      {"one short too many",
       kSpx,
       100,
       {{-2, 100, kCall, 3}, {1, 105, kCall, 1}},
       {S::kCreditSpread, S::kUncoveredCall},
       500 + 1800,
       300 + 1500},
      {"one long too many",
       kSpx,
       100,
       {{-1, 100, kCall, 3}, {2, 105, kCall, 1}},
       {S::kCreditSpread, S::kLongOption},
       500 + 100,
       300 + 100},
  });
}

// Equity options: 20 %. No root of ours has it yet. The Manual's samples, p. 17-20, as above, and
// the strangle as the help page of tastytrade works it out ("short straddle/strangle").
TEST(MarginRules, AskTwentyPercentOfAnEquity) {
  const auto lot = [](double strike, OptionRight right, double price) {
    return MarginLot{.option = Contract{"SPY"_sym, kMay, dollars(strike), right},
                     .side = -1,
                     .value = money(price * 100),
                     .percentage = 20};
  };
  struct Equity {
    double spot;
    std::vector<MarginLot> sold;
    double requirement;
  };
  const Equity cases[] = {
      {95, {lot(80, kPut, 2)}, 1000},
      {19.5, {lot(20, kPut, 1.5)}, 540},
      {128.5, {lot(120, kCall, 8.4)}, 3410},
      {26.38, {lot(30, kCall, 0.05)}, 268.8},
      {45, {lot(47, kCall, 2.1), lot(43, kPut, 1.2)}, 1030},
      {92.63, {lot(90, kCall, 7), lot(90, kPut, 3.7)}, 2922.6},
  };
  for (const Equity& c : cases) {
    std::vector<MarginPart> parts;
    for (const MarginLot& sold : c.sold) { parts.push_back({.lot = &sold, .count = 1}); }
    const auto ruling = ruling_on(parts, dollars(c.spot), {});
    ASSERT_TRUE(ruling.has_value());
    EXPECT_EQ(ruling->requirement, money(c.requirement));
  }
}

// Reg T 220.12: half of the shares at the start. Later 25 % held, 30 % sold short; hedged, 10 % of
// the strike and what the hedge is out of the money, Manual p. 11-14 and 37-40.
TEST(MarginOf, SharesWithAndWithoutOptions) {
  struct Shares {
    std::string_view name;
    double spot;
    std::int64_t shares;
    std::vector<L> legs;
    Shapes shapes;
    double initial;
    double maintenance;
  };
  const Shares cases[] = {
      {"held", 60, 100, {}, {S::kLongShares}, 3000, 1500},
      {"sold short", 60, -100, {}, {S::kShortShares}, 3000, 1800},
      {"sold short at 12: 5 dollars a share", 12, -100, {}, {S::kShortShares}, 600, 500},
      {"sold short at 4: all of it", 4, -100, {}, {S::kShortShares}, 400, 400},
      {"sold short at 2: 2.50 a share", 2, -100, {}, {S::kShortShares}, 250, 250},
      {"covered call", 60, 100, {{-1, 65, kCall, 1}}, {S::kCoveredCall}, 3000, 1500},
      // Shares count for 5,500: half, or a quarter, and 500 in the money
      {"covered call in the money",
       60,
       100,
       {{-1, 55, kCall, 6}},
       {S::kCoveredCall},
       2750 + 500,
       1375 + 500},
      {"covered put in the money",
       60,
       -100,
       {{-1, 65, kPut, 6}},
       {S::kCoveredPut},
       3250 + 500,
       1950 + 500},
      // 10 % of 5,500 and 500 out of the money
      {"protective put", 60, 100, {{1, 55, kPut, 1}}, {S::kProtectivePut}, 3000 + 100, 1050 + 100},
      // 10 % of 3,000 and 3,000 out of the money is more than a quarter
      {"protective put too far away",
       60,
       100,
       {{1, 30, kPut, 0.1}},
       {S::kProtectivePut},
       3000 + 10,
       1500 + 10},
      // 10 % of 6,500 and 500
      {"shares sold short with a call",
       60,
       -100,
       {{1, 65, kCall, 1}},
       {S::kProtectiveCall},
       3000 + 100,
       1150 + 100},
      // the lesser of 10 % of 5,500 + 500 and 25 % of 6,500
      {"collar",
       60,
       100,
       {{1, 55, kPut, 1}, {-1, 65, kCall, 1}},
       {S::kCollar},
       3000 + 100,
       1050 + 100},
      {"conversion",
       60,
       100,
       {{1, 60, kPut, 2}, {-1, 60, kCall, 2}},
       {S::kConversion},
       3000 + 200,
       600 + 200},
      {"conversion, call in the money",
       60,
       100,
       {{1, 55, kPut, 1}, {-1, 55, kCall, 6}},
       {S::kConversion},
       2750 + 100 + 500,
       550 + 100 + 500},
      {"reverse conversion",
       60,
       -100,
       {{1, 60, kCall, 2}, {-1, 60, kPut, 2}},
       {S::kReverseConversion},
       3000 + 200,
       600 + 200},
      {"odd shares beside a covered call",
       60,
       150,
       {{-1, 65, kCall, 1}},
       {S::kCoveredCall, S::kLongShares},
       4500,
       2250},
      // 100 + 900 - 500, at least 600: the second call is covered by nothing
      {"two calls on a hundred shares",
       60,
       100,
       {{-2, 65, kCall, 1}},
       {S::kCoveredCall, S::kUncoveredCall},
       3000 + 700,
       1500 + 700},
  };
  for (const Shares& c : cases) {
    SCOPED_TRACE(c.name);
    for (const auto& [phase, asked] : {std::pair{MarginPhase::kInitial, c.initial},
                                       std::pair{MarginPhase::kMaintenance, c.maintenance}}) {
      const auto margin = margin_of(book_of("SPY"_sym, c.spot, c.legs, c.shares), {.phase = phase});
      ASSERT_TRUE(margin.has_value()) << margin.error().text();
      EXPECT_EQ(margin->requirement, money(asked));
      EXPECT_THAT(shapes_of(*margin), ::testing::UnorderedElementsAreArray(c.shapes));
    }
  }
}

TEST(MarginOf, ACashAccountPaysForAllOfIt) {
  constexpr MarginTerms kCash{.account = AccountKind::kCash};
  const auto asked = [&](Symbol root, const std::vector<L>& legs, std::int64_t shares) {
    const auto margin = margin_of(book_of(root, 60, legs, shares), kCash);
    return margin ? std::optional{margin->requirement} : std::nullopt;
  };
  const std::vector<L> spread = {{-1, 60, kPut, 3}, {1, 55, kPut, 1}};
  EXPECT_EQ(asked("SPY"_sym, {}, 100), money(6000));
  EXPECT_EQ(asked("SPY"_sym, {{-1, 55, kCall, 6}}, 100), money(6000)) << "covered";
  EXPECT_EQ(asked("SPY"_sym, {{1, 55, kPut, 1}}, 100), money(6100));
  EXPECT_EQ(asked("SPY"_sym, {{-1, 55, kPut, 1}}, 0), money(5500)) << "secured";
  EXPECT_EQ(asked("SPY"_sym, spread, 0), money(6000 + 100)) << "American: no spread";
  EXPECT_EQ(asked("XSP"_sym, spread, 0), money(500));
  EXPECT_EQ(asked("SPY"_sym, {{-1, 65, kCall, 1}}, 0), std::nullopt) << "uncovered";
  EXPECT_EQ(asked("SPY"_sym, {}, -100), std::nullopt) << "sold short";
}

TEST(MarginOf, RefusesWhatItCannotReckon) {
  const auto fault = [](const MarginBook& book, AccountKind account = AccountKind::kMargin) {
    const auto margin = margin_of(book, {.account = account});
    return margin ? std::optional<MarginFault>{} : std::optional{margin.error().fault};
  };
  MarginBook naked = book_of("SPY"_sym, 60, {{-1, 65, kCall, 1}});
  EXPECT_EQ(fault(naked, AccountKind::kCash), MarginFault::kNotAllowed);
  naked.spot.reset();
  EXPECT_EQ(fault(naked), MarginFault::kNoSpot);
  EXPECT_EQ(margin_of(naked).error().text(),
            "SPY 2024-05-17 65 C sold: needs the price of the underlying");
  MarginBook shares{.shares = 150};
  EXPECT_EQ(fault(shares), MarginFault::kNoSpot);
  shares.shares = 50;
  EXPECT_EQ(fault(shares), MarginFault::kNoSpot) << "not even a lot";
  shares.shares = 100'000'000;
  EXPECT_EQ(fault(shares), MarginFault::kTooLarge);

  MarginBook two = book_of("SPY"_sym, 60, {{1, 65, kCall, 1}});
  two.legs.push_back({.contract = {"QQQ"_sym, kMay, dollars(65), kCall}, .quantity = Contracts{1}});
  EXPECT_EQ(fault(two), MarginFault::kSeveralUnderlyings);
  EXPECT_EQ(fault(book_of("SPY"_sym, 60, {{1, 65, kCall, -0.01}})), MarginFault::kBadPrice);
  EXPECT_EQ(fault(book_of("SPY"_sym, 0, {{1, 65, kCall, 1}})), MarginFault::kBadPrice);
  EXPECT_EQ(fault(book_of("SPY"_sym, 60, {{200'000, 65, kCall, 1}})), MarginFault::kTooLarge);
  for (const auto& [value, name] : words<MarginFault>()) {
    EXPECT_FALSE((MarginError{value, "x"}.text().ends_with("x"))) << name;
  }

  // A put can lose its strike and no more, so that it needs no spot.
  MarginBook put = book_of("SPY"_sym, 60, {{-1, 55, kPut, 1}});
  put.spot.reset();
  EXPECT_EQ(margin_of(put)->requirement, money(5500));
}

// AM series are settled at the open of the day on which PM series still trade.
TEST(MarginOf, CoversNoSeriesByOneThatSettlesBefore) {
  const auto margin = [](Symbol sold, Symbol bought) {
    MarginBook book{.spot = dollars(100)};
    book.legs = {{.contract = {sold, kMay, dollars(100), kPut},
                  .quantity = Contracts{-1},
                  .price = dollars(3)},
                 {.contract = {bought, kMay, dollars(95), kPut},
                  .quantity = Contracts{1},
                  .price = dollars(1)}};
    return margin_of(book)->requirement;
  };
  EXPECT_EQ(margin("SPX"_sym, "SPXW"_sym), money(500));
  EXPECT_EQ(margin("SPXW"_sym, "SPX"_sym), money(1800 + 100));
}

TEST(MarginOf, NamesItsRules) {
  for (const auto& [shape, name] : words<MarginShape>()) {
    EXPECT_TRUE(rule_of(shape).find(": ") != std::string_view::npos) << name;
  }
}

// Beyond the exact search a figure may be too high, never too low.
TEST(MarginOf, LargeBooksByTheirExpiriesAndByJoining) {
  // Four condors of their own in each of two expiries, one a hundred and one times over.
  std::vector<L> legs;
  for (const int i : {0, 1, 2, 3}) {
    for (const Date expiry : {kMay, kJune}) {
      const int size = i == 0 && expiry == kMay ? 101 : 1;
      const double put = 2800 - 10 * i;
      const double call = 3000 + 10 * i;
      legs.insert(legs.end(), {{-size, put, kPut, 14, expiry},
                               {size, put - 25, kPut, 10, expiry},
                               {-size, call, kCall, 9, expiry},
                               {size, call + 25, kCall, 6, expiry}});
    }
  }
  const auto margin = margin_of(book_of("SPXW"_sym, 2900, legs));
  ASSERT_TRUE(margin.has_value());
  EXPECT_FALSE(margin->exact);
  EXPECT_EQ(margin->requirement, money(2500.0 * (101 + 7)));

  // A thousand times one condor is a thousand condors.
  const auto many = margin_of(book_of("SPXW"_sym, 2900,
                                      {{1000, 2825, kPut, 10},
                                       {-1000, 2850, kPut, 14},
                                       {-1000, 2950, kCall, 9},
                                       {1000, 2975, kCall, 6}}));
  ASSERT_EQ(shapes_of(*many), Shapes{S::kIronCondor});
  EXPECT_EQ(many->requirement, money(2'500'000));
  EXPECT_EQ(many->items[0].legs[0].quantity.raw() % 1000, 0);

  // Shares find their calls in a large book, too.
  std::vector<L> calls;
  for (int i = 0; i < 20; ++i) { calls.push_back({-1, 61.0 + i, kCall, 1}); }
  const auto covered = margin_of(book_of("SPY"_sym, 60, calls, 2'000));
  EXPECT_EQ(covered->requirement, money(60'000));
}

}  // namespace
}  // namespace v6
