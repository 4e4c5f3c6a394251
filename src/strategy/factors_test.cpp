#include "strategy/factors.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "strategy/strategy_test_kit.hpp"

namespace v6 {
namespace {

using namespace strategy_test;
using Values = std::vector<double>;

/// The histories of one evaluation; a test changes what it is about.
struct Histories {
  Values closes;
  Values own_iv;
  Values index;
  std::optional<double> index_level;
  IvHistory wanted = IvHistory::kAuto;

  [[nodiscard]] Factors factors(const MadeUpMarket& market,
                                std::optional<double> vix = std::nullopt) const {
    return make_factors(market.view(), "SPXW"_sym,
                        {.closes = &closes,
                         .own_iv = &own_iv,
                         .volatility_index = &index,
                         .volatility_index_level = index_level,
                         .volatility_index_name = "VIX",
                         .wanted = wanted},
                        vix);
  }
};

Factors at_spot(double spot, Values closes) {
  return Histories{.closes = std::move(closes)}.factors(MadeUpMarket{.spot = spot});
}

Factors of_index(Values index) { return Histories{.index = std::move(index)}.factors({}); }

/// `low` values below today's, the others above; today's last.
Values year_with_below(int low) {
  Values values(251, 0.9);
  std::fill_n(values.begin(), low, 0.1);
  values.push_back(0.5);
  return values;
}

/// 30 and 60 days are listed, each with its volatility.
MadeUpMarket market_of(double near, double far) {
  MadeUpMarket market;
  market.list(Series{.expiry = date(2019, 6, 5), .volatility = near});
  market.list(Series{.expiry = date(2019, 7, 5), .volatility = far});
  return market;
}

Values joined(std::initializer_list<std::pair<int, double>> runs) {
  Values values;
  for (const auto& [count, value] : runs) {
    values.insert(values.end(), static_cast<std::size_t>(count), value);
  }
  return values;
}

TEST(Outlook, NeedsSpotAveragesAndReturnInOneOrder) {
  struct Case {
    std::string_view name;
    Values closes;
    double spot;
    Outlook outlook;
  };
  const Case cases[] = {
      // Flat until today: the spot alone, as today's value, moves both averages and the return.
      {"today tips it up", joined({{60, 100}}), 101, Outlook::kBullish},
      {"today tips it down", joined({{60, 100}}), 99, Outlook::kBearish},
      {"nothing moved", joined({{60, 100}}), 100, Outlook::kNeutral},
      {"steady rise", joined({{20, 90}, {20, 95}, {20, 100}}), 101, Outlook::kBullish},
      {"steady fall", joined({{20, 100}, {20, 95}, {20, 90}}), 89, Outlook::kBearish},
      {"rise, below the 20-day average", joined({{40, 90}, {19, 100}}), 95, Outlook::kNeutral},
      {"fall, above the 20-day average", joined({{40, 100}, {19, 90}}), 95, Outlook::kNeutral},
      {"averages not yet in order", joined({{30, 100}, {30, 90}}), 110, Outlook::kNeutral},
      // 20 sessions ago stood a spike: both averages are in order, the return is against them.
      {"return contradicts the rise", joined({{29, 90}, {1, 120}, {19, 100}}), 110,
       Outlook::kNeutral},
      {"return contradicts the fall", joined({{29, 110}, {1, 80}, {19, 100}}), 90,
       Outlook::kNeutral},
      {"return of nothing", joined({{29, 90}, {1, 110}, {19, 100}}), 110, Outlook::kNeutral},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(at_spot(c.spot, c.closes).outlook, c.outlook);
  }
}

TEST(Outlook, CountsTheSpotAsTodaysClose) {
  const Factors factors = at_spot(110, joined({{30, 90}, {19, 100}}));
  EXPECT_DOUBLE_EQ(factors.average_20.value(), (19 * 100 + 110) / 20.0);
  EXPECT_DOUBLE_EQ(factors.average_50.value(), (30 * 90 + 19 * 100 + 110) / 50.0);
  EXPECT_DOUBLE_EQ(factors.return_20.value(), 110.0 / 90.0 - 1.0);
  // 19 returns of nothing but the first, and today's: ln(100/90) left the window a session ago.
  const Factors later = at_spot(110, joined({{30, 90}, {20, 100}}));
  const double jump = std::log(1.1);
  const double mean = jump / 20;
  const double squares = (jump - mean) * (jump - mean) + 19 * mean * mean;
  EXPECT_NEAR(later.realised_20.value(), std::sqrt(squares / 19 * 252), 1e-12);
}

TEST(Outlook, IsUnknownUntilFiftySessionsIncludingToday) {
  EXPECT_FALSE(at_spot(101, joined({{48, 100}})).outlook);
  EXPECT_EQ(at_spot(101, joined({{49, 100}})).outlook, Outlook::kBullish);
  const Factors none = at_spot(101, {});
  EXPECT_FALSE(none.average_20 || none.average_50 || none.return_20 || none.realised_20 ||
               none.realised_252 || none.outlook || none.iv_percentile || none.volatility_rising);
  EXPECT_FALSE(at_spot(101, joined({{251, 100}})).realised_252);
  EXPECT_TRUE(at_spot(101, joined({{252, 100}})).realised_252);
}

TEST(IvLevel, EdgesFallWhereTheTextPutsThem) {
  struct Case {
    int below;  // of 252
    IvLevel level;
  };
  const Case cases[] = {
      {0, IvLevel::kLow},       {62, IvLevel::kLow},      // below 25
      {63, IvLevel::kNormal},   {125, IvLevel::kNormal},  // 25 to below 50
      {126, IvLevel::kHigh},    {189, IvLevel::kHigh},    // 50 up to 75
      {190, IvLevel::kExtreme}, {251, IvLevel::kExtreme},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.below);
    const Factors factors = of_index(year_with_below(c.below));
    EXPECT_DOUBLE_EQ(factors.iv_percentile.value(), 100.0 * c.below / 252);
    EXPECT_EQ(factors.iv_level, c.level);
  }
}

RC_GTEST_PROP(IvPercentile, IsTheShareOfTheLast252ValuesBelowTheLast, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(240, 300);
  // Few distinct values, so that equal ones are common: they are not below.
  const auto points = *rc::gen::container<std::vector<int>>(size, rc::gen::inRange(10, 30));
  const Factors factors = of_index(Values(points.begin(), points.end()));
  RC_ASSERT(factors.iv_percentile.has_value() == (size >= 252));
  if (size < 252) { return; }
  int below = 0;
  for (std::size_t i = size - 252; i < size; ++i) { below += points[i] < points.back() ? 1 : 0; }
  RC_ASSERT(std::fabs(*factors.iv_percentile - below / 2.52) < 1e-12);
}

/// 270 falling values, each the least so far, then today's with `below` of them under it: the
/// percentiles of the 19 sessions before today are all 0.
Values falling_then_above(int below) {
  Values values;
  for (int i = 0; i < 270; ++i) { values.push_back(1000.0 - i); }
  values.push_back(1000.0 - (270 - below) + 0.5);
  return values;
}

TEST(VolatilityTrend, RisesFromFivePointsAboveTheMeanThatIncludesToday) {
  // Today's percentile p stands p - p/20 over the mean: 5.28 for 14 of 252, 4.90 for 13.
  const Factors rising = of_index(falling_then_above(14));
  EXPECT_NEAR(rising.iv_percentile_mean_20.value(), 14 / 2.52 / 20, 1e-12);
  EXPECT_EQ(rising.volatility_rising, true);
  EXPECT_EQ(of_index(falling_then_above(13)).volatility_rising, false);
  EXPECT_EQ(of_index(falling_then_above(0)).volatility_rising, false);
}

TEST(VolatilityTrend, IsUnknownUntilTwentyPercentilesExist) {
  Values values = falling_then_above(100);
  values.erase(values.begin());
  const Factors factors = of_index(values);
  EXPECT_TRUE(factors.iv_percentile);
  EXPECT_FALSE(factors.iv_percentile_mean_20);
  EXPECT_FALSE(factors.volatility_rising);
}

TEST(IvSource, IsOurOwnHistoryOnceAYearOfItExistsWithToday) {
  const MadeUpMarket market = market_of(0.20, 0.20);
  Histories histories{.own_iv = joined({{100, 0.10}, {151, 0.30}}), .index = year_with_below(200)};
  const Factors own = histories.factors(market);
  EXPECT_EQ(own.iv_source, "own 30-day IV");
  EXPECT_NEAR(own.iv_percentile.value(), 100 / 2.52, 1e-12);  // today's 0.20 is the 252nd
  histories.own_iv.pop_back();
  const Factors index = histories.factors(market);
  EXPECT_EQ(index.iv_source, "VIX");
  EXPECT_NEAR(index.iv_percentile.value(), 200 / 2.52, 1e-12);
}

TEST(IvSource, IsNeverTheIndexWhereOnlyOurOwnIsWanted) {
  const Histories histories{
      .own_iv = joined({{250, 0.10}}), .index = year_with_below(200), .wanted = IvHistory::kOwn};
  const Factors factors = histories.factors(market_of(0.20, 0.20));
  EXPECT_EQ(factors.iv_source, "none");
  EXPECT_FALSE(factors.iv_percentile || factors.iv_level || factors.volatility_rising);
}

TEST(IvSource, WithoutEitherSeriesEverythingOfItIsAbsent) {
  const Factors factors = Histories{}.factors(market_of(0.20, 0.20));
  EXPECT_EQ(factors.iv_source, "none");
  EXPECT_FALSE(factors.iv_percentile || factors.iv_rank || factors.iv_level ||
               factors.iv_percentile_mean_20 || factors.volatility_rising);
}

TEST(IvSource, YesterdaysPercentileIsNotTodays) {
  // A year of our own, but today no 30-day volatility could be had.
  const Factors factors =
      Histories{.own_iv = year_with_below(200), .index = year_with_below(10)}.factors(
          MadeUpMarket{});
  EXPECT_EQ(factors.iv_source, "own 30-day IV");
  EXPECT_FALSE(factors.iv_percentile || factors.iv_level || factors.volatility_rising);
}

TEST(IvSource, LiveLevelOfTheIndexIsTodaysValue) {
  const Factors factors =
      Histories{.index = joined({{100, 12}, {151, 30}}), .index_level = 20}.factors({});
  EXPECT_NEAR(factors.iv_percentile.value(), 100 / 2.52, 1e-12);
}

TEST(TermStructure, IsBackwardatedWhenSixtyDaysAreBelowThirty) {
  EXPECT_EQ(Histories{}.factors(market_of(0.25, 0.20)).backwardated, true);
  const Factors contango = Histories{}.factors(market_of(0.20, 0.25));
  EXPECT_EQ(contango.backwardated, false);
  EXPECT_NEAR(contango.iv_30.value(), 0.20, 1e-3);
  EXPECT_NEAR(contango.iv_60.value(), 0.25, 1e-3);
  MadeUpMarket near_only;
  near_only.list(Series{.expiry = date(2019, 6, 5)});
  EXPECT_FALSE(Histories{}.factors(near_only).backwardated);
}

TEST(KindFor, IsTheTableOfTheText) {
  using enum StructureKind;
  struct Row {
    Outlook outlook;
    std::optional<StructureKind> low, normal, high, extreme;
  };
  const Row rows[] = {
      {Outlook::kBullish, kCallDebitSpread, kPutCreditSpread, kPutCreditSpread, kPutCreditSpread},
      {Outlook::kBearish, kPutDebitSpread, kCallCreditSpread, kCallCreditSpread, kCallCreditSpread},
      {Outlook::kNeutral, std::nullopt, kIronCondor, kIronCondor, kIronCondor},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(static_cast<int>(row.outlook));
    EXPECT_EQ(kind_for(row.outlook, IvLevel::kLow), row.low);
    EXPECT_EQ(kind_for(row.outlook, IvLevel::kNormal), row.normal);
    EXPECT_EQ(kind_for(row.outlook, IvLevel::kHigh), row.high);
    EXPECT_EQ(kind_for(row.outlook, IvLevel::kExtreme), row.extreme);
  }
}

TEST(Regime, IsTheFirstThatHolds) {
  struct Case {
    std::string_view name;
    std::optional<double> vix, month, percentile;
    std::optional<Outlook> outlook;
    Regime regime;
  };
  using enum Outlook;
  const Case cases[] = {
      {"everything at once", 40.1, -0.10, 80, kBearish, Regime::kCrash},
      {"VIX alone", 40.1, 0, 50, kNeutral, Regime::kCrash},
      {"VIX at 40 is no crash", 40, 0, 50, kNeutral, Regime::kHighVol},
      {"fall alone", 15, -0.10, 10, kBearish, Regime::kCrash},
      {"a fall of less", 15, -0.0999, 10, kBearish, Regime::kTrending},
      {"percentile above 75", 15, 0.05, 75.1, kBullish, Regime::kHighVol},
      {"percentile of 75", 15, 0.05, 75, kBullish, Regime::kTrending},
      {"VIX above 25", 25.1, 0.05, 20, kBullish, Regime::kHighVol},
      {"VIX of 25", 25, 0.05, 20, kBullish, Regime::kTrending},
      {"trend up at 3 %", 15, 0.03, 10, kBullish, Regime::kTrending},
      {"trend down at 3 %", 15, -0.03, 10, kBearish, Regime::kTrending},
      {"a move without direction", 15, 0.05, 10, kNeutral, Regime::kLowVol},
      {"direction without a move", 15, 0.0299, 24.9, kBullish, Regime::kLowVol},
      {"low comes before range", 15, 0, 24.9, kNeutral, Regime::kLowVol},
      {"range at 2 %", 15, -0.02, 25, kNeutral, Regime::kRangeBound},
      {"range left", 15, 0.0201, 25, kNeutral, Regime::kNormal},
      {"range needs a neutral outlook", 15, 0.01, 25, kBullish, Regime::kNormal},
      {"nothing known", {}, {}, {}, {}, Regime::kNormal},
      {"return unknown is no range", 15, {}, 50, kNeutral, Regime::kNormal},
      {"outlook unknown is no range", 15, 0, 50, {}, Regime::kNormal},
      {"percentile unknown is not low", 15, 0.05, {}, kNeutral, Regime::kNormal},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(regime_of({.return_20 = c.month,
                         .outlook = c.outlook,
                         .iv_percentile = c.percentile,
                         .vix = c.vix}),
              c.regime);
  }
}

TEST(Factors, CarryWhatTheDecisionRecordShows) {
  MadeUpMarket market = market_of(0.20, 0.25);
  Values closes = joined({{260, 100}});
  market.chain.volume.assign(market.chain.size(), 10);
  const Factors factors =
      Histories{.closes = std::move(closes), .index = year_with_below(100)}.factors(market, 26);
  EXPECT_EQ(factors.spot, dollars(3000));
  EXPECT_EQ(factors.vix, 26);
  EXPECT_EQ(factors.put_call_ratio, 1.0);
  EXPECT_TRUE(factors.skew_25_delta);
  EXPECT_NEAR(factors.iv_rank.value(), 50, 1e-9);  // 0.5 between 0.1 and 0.9
  EXPECT_EQ(factors.regime, Regime::kHighVol);
}

}  // namespace
}  // namespace v6
