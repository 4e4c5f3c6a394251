#include "strategy/pricing.hpp"

#include <gtest/gtest.h>

#include "base/enum_text.hpp"
#include "strategy/strategy_test_kit.hpp"

namespace v6 {
namespace {

using namespace strategy_test;

constexpr double kYears = 30.0 / 365.0;

/// A pricer over a flat smile; a test changes settings, factors or the book first.
struct Desk {
  StrategySettings settings{};
  FeeSchedule fees{};
  Factors factors{.outlook = Outlook::kNeutral, .realised_20 = 0.20, .realised_252 = 0.20};
  BookDelta book{.dollar_delta = 0, .limit = 100'000};
  Surface surface = [] {
    const Forward forward{.forward = 3000, .discount = 1};
    return Surface{.forward = forward, .smile = Smile{{{3000, 0.20}}, forward, kYears}};
  }();

  [[nodiscard]] Pricer pricer() const {
    return {.settings = &settings,
            .fees = &fees,
            .surface = &surface,
            .forecast = Forecast{settings.forecast, factors, surface.smile},
            .spot = 3000,
            .multiplier = Multiplier{100},
            .beta = 1,
            .book = book};
  }
};

TEST(ForecastLevel, IsTheMeanOfMonthAndYearButNeverBelowFivePercent) {
  struct Case {
    std::optional<double> month, year, level;
  };
  const Case cases[] = {
      {0.10, 0.20, 0.15}, {0.04, 0.06, 0.05}, {0.02, 0.03, 0.05}, {0.10, {}, {}}, {{}, 0.20, {}},
  };
  for (const Case& c : cases) {
    const auto level = forecast_level({}, {.realised_20 = c.month, .realised_252 = c.year});
    ASSERT_EQ(level.has_value(), c.level.has_value());
    if (level) { EXPECT_DOUBLE_EQ(*level, *c.level); }
  }
}

TEST(Forecast, KeepsTheSmileAndMovesItsLevel) {
  const Forward forward{.forward = 3000, .discount = 0.99};
  const Smile smile{{{2900, 0.24}, {3000, 0.20}, {3100, 0.18}}, forward, kYears};
  struct Case {
    Outlook outlook;
    double drift;
  };
  for (const Case& c : {Case{Outlook::kBullish, 0.02}, Case{Outlook::kBearish, -0.02},
                        Case{Outlook::kNeutral, 0.0}}) {
    SCOPED_TRACE(word(c.outlook));
    const Forecast forecast{
        {}, {.outlook = c.outlook, .realised_20 = 0.08, .realised_252 = 0.12}, smile};
    EXPECT_DOUBLE_EQ(forecast.volatility(3000), 0.10);
    EXPECT_DOUBLE_EQ(forecast.volatility(2900), 0.12);
    EXPECT_DOUBLE_EQ(forecast.volatility(2950), 0.11);
    EXPECT_DOUBLE_EQ(forecast.volatility(2000), 0.12);
    // Undiscounted, on the drifted forward.
    EXPECT_NEAR(
        forecast.value(OptionRight::kPut, 2900),
        payoff_expected(OptionRight::kPut, 3000 * std::exp(c.drift * kYears), 2900, 0.12, kYears),
        1e-9);
  }
}

TEST(Forecast, ChanceBelowIsThatOfItsLognormal) {
  const Desk desk;
  for (const double level : {2700.0, 2900.0, 3000.0, 3100.0, 3300.0}) {
    const double deviation = 0.20 * std::sqrt(kYears);
    const double d2 = std::log(3000 / level) / deviation - 0.5 * deviation;
    // The central difference is over 0.5 % of spot to either side: 1.5e-3 is its own error.
    EXPECT_NEAR(desk.pricer().forecast.chance_below(level, 3000), normal_below(-d2), 1.5e-3);
  }
}

TEST(ProfitChance, LiesBeyondTheBreakEvenOfEachKind) {
  using enum StructureKind;
  const Desk desk;
  const Pricer pricer = desk.pricer();
  const auto below = [&](double level) { return pricer.forecast.chance_below(level, 3000); };
  struct Case {
    StructureKind kind;
    std::vector<double> strikes;  // sold, bought, sold, bought
    double price;
    double chance;
  };
  const Case cases[] = {
      {kPutCreditSpread, {2900, 2850}, 10, 1 - below(2890)},
      {kCallCreditSpread, {3100, 3150}, 10, below(3110)},
      {kPutDebitSpread, {2900, 3000}, -40, below(2960)},
      {kCallDebitSpread, {3100, 3000}, -40, 1 - below(3040)},
      {kIronCondor, {2900, 2850, 3100, 3150}, 20, below(3120) - below(2880)},
      {kIronCondor, {2900, 2850, 2950, 3000}, -40, 0},  // pays out nowhere
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(word(c.kind));
    std::vector<PricedLeg> legs;
    for (const double strike : c.strikes) { legs.push_back({.strike = strike}); }
    std::vector<const PricedLeg*> pointers;
    for (const PricedLeg& leg : legs) { pointers.push_back(&leg); }
    EXPECT_NEAR(profit_chance(pricer, c.kind, pointers, dollars(c.price)), c.chance, 1e-12);
  }
}

TEST(Metrics, OfACreditAndADebitByHand) {
  const Desk desk;
  // Half of the width away from mid on both: 0.40 wide in all, 0.20 to the natural.
  UnitPrice unit{.mid = 20'000, .natural = 18'000, .widths = 4'000};
  unit.commissions = Money::cents(130);
  unit.pass_through = Money::cents(94);
  unit.forecast = -1.5;
  unit.risk_neutral = -1.9;
  const UnitMetrics credit =
      metrics_of(desk.pricer(), StructureKind::kPutCreditSpread, unit, dollars(10));
  EXPECT_EQ(credit.expected_price, dollars(1.93));  // 2.00 less 35 % of 0.20
  EXPECT_EQ(credit.fees, Money::cents(224));
  EXPECT_EQ(credit.worst_case, Money::cents(1000'00 - 193'00 + 224));
  EXPECT_DOUBLE_EQ(credit.credit_fraction, (193 - 2.24) / 1000);
  EXPECT_NEAR(credit.expected_value, 200 - 150 - 2 * 7 - 2 * 2.24, 1e-9);
  EXPECT_NEAR(credit.expected_value_risk_neutral, 200 - 190 - 2 * 7 - 2 * 2.24, 1e-9);

  UnitPrice bought{.mid = -20'000, .natural = -22'000, .widths = 4'000};
  bought.commissions = Money::cents(50);  // below an order's least of 1.00
  bought.pass_through = Money::cents(94);
  bought.forecast = 2.5;
  const UnitMetrics debit =
      metrics_of(desk.pricer(), StructureKind::kCallDebitSpread, bought, dollars(10));
  EXPECT_EQ(debit.expected_price, dollars(-2.07));
  EXPECT_EQ(debit.fees, Money::cents(194));
  EXPECT_EQ(debit.worst_case, Money::cents(207'00 + 194));
  EXPECT_DOUBLE_EQ(debit.credit_fraction, (207 + 1.94) / 1000);
  EXPECT_NEAR(debit.expected_value, 250 - 200 - 2 * 7 - 2 * 1.94, 1e-9);
}

/// The score of a unit of which only the measured quantity matters.
struct Measured {
  StructureKind kind = StructureKind::kPutCreditSpread;
  double expected_value = 0;
  double forecast = -1;
  double expected_price = 1;
  double widths = 0;
  double theta = 0;  // a share
  double delta = 0;
  double chance = 0;
};

Score score(const Measured& m, const Desk& desk = {}) {
  UnitPrice unit{.widths = dollars(m.widths).raw(), .forecast = m.forecast};
  unit.delta = m.delta;
  unit.theta = m.theta;
  UnitMetrics metrics;
  metrics.expected_price = dollars(m.expected_price);
  metrics.worst_case = Money::cents(1000'00);
  metrics.expected_value = m.expected_value;
  const Pricer pricer = desk.pricer();
  return with_chance(pricer, score_of(pricer, m.kind, unit, metrics), m.chance);
}

TEST(Score, EveryComponentRunsStraightBetweenTheEndsOfTheTable) {
  constexpr auto kDebit = StructureKind::kCallDebitSpread;
  struct Case {
    std::string_view name;
    Measured measured;
    double Score::* component;
    double value;
  };
  const Case cases[] = {
      {"edge below", {.expected_value = -60}, &Score::edge, 0},
      {"edge at 0", {.expected_value = -50}, &Score::edge, 0},
      {"edge between", {.expected_value = 25}, &Score::edge, 0.5},
      {"edge at 1", {.expected_value = 100}, &Score::edge, 1},
      {"edge above", {.expected_value = 500}, &Score::edge, 1},
      {"credit at 0", {.forecast = -1, .expected_price = 0.8}, &Score::price, 0},
      {"credit between", {.forecast = -1, .expected_price = 1.05}, &Score::price, 0.5},
      {"credit at 1", {.forecast = -1, .expected_price = 1.3}, &Score::price, 1},
      {"debit at 0", {.kind = kDebit, .forecast = 0.8, .expected_price = -1}, &Score::price, 0},
      {"debit between",
       {.kind = kDebit, .forecast = 1.05, .expected_price = -1},
       &Score::price,
       0.5},
      {"debit above", {.kind = kDebit, .forecast = 1.4, .expected_price = -1}, &Score::price, 1},
      {"chance at 0", {.chance = 0.45}, &Score::chance, 0},
      {"chance between", {.chance = 0.65}, &Score::chance, 0.5},
      {"chance at 1", {.chance = 0.85}, &Score::chance, 1},
      {"liquidity at 1", {.widths = 0}, &Score::liquidity, 1},
      {"liquidity between", {.widths = 0.5}, &Score::liquidity, 0.5},
      {"liquidity at 0", {.widths = 1}, &Score::liquidity, 0},
      {"liquidity of a debit",
       {.kind = kDebit, .expected_price = -2, .widths = 1},
       &Score::liquidity,
       0.5},
      {"a credit that costs", {.expected_price = -1, .widths = 0}, &Score::liquidity, 0},
      {"carry at 0", {.theta = 0}, &Score::carry, 0},
      {"carry between", {.theta = 0.05}, &Score::carry, 0.5},
      {"carry at 1", {.theta = 0.1}, &Score::carry, 1},
      {"carry of a debit at 0", {.kind = kDebit, .theta = -0.1}, &Score::carry, 0},
      {"carry of a debit between", {.kind = kDebit, .theta = -0.05}, &Score::carry, 0.5},
      {"carry of a debit at 1", {.kind = kDebit, .theta = 0}, &Score::carry, 1},
      {"fit at 1", {.delta = 0}, &Score::fit, 1},
      {"fit between", {.delta = 1.0 / 6}, &Score::fit, 0.5},
      {"fit is of the absolute", {.delta = -1.0 / 6}, &Score::fit, 0.5},
      {"fit at 0", {.delta = 1.0 / 3}, &Score::fit, 0},
      {"fit beyond", {.delta = 1}, &Score::fit, 0},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_NEAR(score(c.measured).*c.component, c.value, 1e-12);
  }
}

TEST(Score, FitIsOfTheBookAfterwards) {
  Desk desk;
  desk.book = {.dollar_delta = -50'000, .limit = 100'000};
  EXPECT_NEAR(score({.delta = 1.0 / 6}, desk).fit, 1, 1e-12);  // 50,000 the other way
  EXPECT_NEAR(score({.delta = -1.0 / 12}, desk).fit, 0.25, 1e-12);
  desk.book.limit = 0;
  EXPECT_EQ(score({}, desk).fit, 0);
}

TEST(Score, TotalIsTheSumOfWeightTimesComponent) {
  const Measured best{.expected_value = 200,
                      .forecast = -1,
                      .expected_price = 2,
                      .widths = 0,
                      .theta = 1,
                      .chance = 0.9};
  EXPECT_DOUBLE_EQ(score(best).total, 100);
  struct Case {
    double ScoreSettings::* weight;
    double points;
  };
  const Case cases[] = {{&ScoreSettings::edge, 35},   {&ScoreSettings::price, 20},
                        {&ScoreSettings::chance, 15}, {&ScoreSettings::liquidity, 15},
                        {&ScoreSettings::carry, 10},  {&ScoreSettings::fit, 5}};
  for (const Case& c : cases) {
    Desk desk;
    EXPECT_EQ(desk.settings.score.*c.weight, c.points);
    desk.settings.score.*c.weight = 0;
    EXPECT_DOUBLE_EQ(score(best, desk).total, 100 - c.points);
  }
  EXPECT_DOUBLE_EQ(score({.expected_value = 25,
                          .forecast = -1,
                          .expected_price = 1.05,
                          .theta = 0.05,
                          .chance = 0.65})
                       .total,
                   35 * 0.5 + 20 * 0.5 + 15 * 0.5 + 15 + 10 * 0.5 + 5);
}

}  // namespace
}  // namespace v6
