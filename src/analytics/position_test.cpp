#include "analytics/position.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "analytics/density.hpp"
#include "analytics/option_right.hpp"

namespace v6::analytics {
namespace {

constexpr auto kCall = OptionRight::kCall;
constexpr auto kPut = OptionRight::kPut;
constexpr double kSpot = 2932.5;
constexpr double kRate = 0.024;
constexpr double kYield = 0.019;

double normal_below(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

/// Black-Scholes-Merton by rate and yield. Source: Haug 2007, ch. 2.
double textbook(OptionRight right, double spot, double strike, double volatility, double years) {
  const double deviation = volatility * std::sqrt(years);
  const double d1 =
      (std::log(spot / strike) + (kRate - kYield) * years) / deviation + deviation / 2;
  const double call = spot * std::exp(-kYield * years) * normal_below(d1) -
                      strike * std::exp(-kRate * years) * normal_below(d1 - deviation);
  return right == kCall
             ? call
             : call - spot * std::exp(-kYield * years) + strike * std::exp(-kRate * years);
}

HeldOption held(OptionRight right, double strike, double quantity, double volatility,
                double years) {
  return {.right = right,
          .strike = strike,
          .quantity = quantity,
          .volatility = volatility,
          .years = years,
          .forward = kSpot * std::exp((kRate - kYield) * years),
          .discount = std::exp(-kRate * years)};
}

const std::vector<HeldOption> kCondor{
    held(kPut, 2700, 1, 0.22, 0.126), held(kPut, 2750, -1, 0.20, 0.126),
    held(kCall, 3025, -1, 0.12, 0.126), held(kCall, 3075, 1, 0.115, 0.126)};

// Before the ex-date the option counts on the dividend; once that has gone ex the share is worth
// less and nothing is left to come.
TEST(Position, OfAmericanOptionsIsRepricedInTheSpotModel) {
  const std::vector<CashDividend> dividends = {{.years = 0.06, .amount = 1.5}};
  HeldOption option{.right = kPut,
                    .strike = 310,
                    .quantity = -2,
                    .volatility = 0.2,
                    .years = 0.2,
                    .forward = 300,
                    .early = HeldEarly{.rate = 0.03, .dividends = dividends}};
  const auto by_reference = [&](double spot, double volatility, double passed) {
    std::vector<CashDividend> left;
    if (passed < 0.06) { left.push_back({.years = 0.06 - passed, .amount = 1.5}); }
    return -2 * american_value({.right = kPut,
                                .spot = spot,
                                .strike = 310,
                                .volatility = 0.2 * volatility,
                                .years = 0.2 - passed,
                                .rate = 0.03,
                                .dividends = left},
                               AmericanMethod::kReference)
                    .price;
  };
  for (const double spot : {240.0, 290.0, 300.0, 330.0}) {
    for (const double volatility : {0.5, 1.0, 2.0}) {
      for (const double passed : {0.0, 0.05, 0.07, 0.19}) {
        EXPECT_NEAR(value_after({&option, 1}, 300,
                                {.spot = spot, .volatility = volatility, .years = passed}),
                    by_reference(spot, volatility, passed), 2 * 0.004)
            << spot << ' ' << volatility << ' ' << passed;
      }
    }
  }
  EXPECT_EQ(value_after({&option, 1}, 300, {.spot = 0}), -2 * 310);
  EXPECT_EQ(value_after({&option, 1}, 300, {.spot = 300, .years = 0.2}), -2 * 10);
}

TEST(Position, AfterAMoveIsRepricedByTheTextbook) {
  for (const double spot : {1500.0, 2500.0, 2750.0, 2932.5, 3025.0, 4000.0}) {
    for (const double factor : {0.5, 1.0, 2.0}) {
      for (const double passed : {0.0, 0.05, 0.1259}) {
        double expected = 0;
        for (const HeldOption& o : kCondor) {
          expected += o.quantity *
                      textbook(o.right, spot, o.strike, factor * o.volatility, o.years - passed);
        }
        EXPECT_NEAR(
            value_after(kCondor, kSpot, {.spot = spot, .volatility = factor, .years = passed}),
            expected, 1e-9)
            << spot << ' ' << factor << ' ' << passed;
      }
    }
  }
}

TEST(Position, AtAnExpiryThatOptionPaysAndTheOthersLiveOn) {
  const std::vector<HeldOption> calendar{held(kCall, 2950, -1, 0.13, 0.05),
                                         held(kCall, 2950, 1, 0.14, 0.13)};
  for (const double spot : {2800.0, 2950.0, 3100.0}) {
    EXPECT_NEAR(value_after(calendar, kSpot, {.spot = spot, .years = 0.05}),
                textbook(kCall, spot, 2950, 0.14, 0.08) - std::max(spot - 2950, 0.0), 1e-9);
  }
  // Worthless underlying: calls are nothing, a living put is its discounted strike.
  EXPECT_EQ(value_after(calendar, kSpot, {.spot = 0}), 0.0);
  const std::vector<HeldOption> put{held(kPut, 100, 2, 0.3, 0.5)};
  EXPECT_NEAR(value_after(put, kSpot, {.spot = 0}), 200 * std::exp(-kRate * 0.5), 1e-12);
  EXPECT_NEAR(value_after(put, kSpot, {.spot = 0, .years = 0.5}), 200, 1e-12);
}

TEST(Position, StressIsTheChangeOfValueInEveryCorner) {
  const StressAxes axes{
      .spots = {-0.20, 0.0, 0.15}, .volatilities = {-0.5, 0.0, 1.0}, .years = {0.0, 0.06, 0.126}};
  const auto grid = stress(kCondor, kSpot, axes);
  ASSERT_EQ(grid.size(), 27U);
  std::size_t cell = 0;
  for (const double years : axes.years) {
    for (const double volatility : axes.volatilities) {
      for (const double move : axes.spots) {
        const double spot = kSpot * (1 + move);
        double change = 0;
        for (const HeldOption& o : kCondor) {
          const double exercise =
              std::max(o.right == kCall ? spot - o.strike : o.strike - spot, 0.0);
          const double then = years == 0.126
                                  ? exercise
                                  : textbook(o.right, spot, o.strike,
                                             o.volatility * (1 + volatility), o.years - years);
          change += o.quantity * (then - textbook(o.right, kSpot, o.strike, o.volatility, o.years));
        }
        EXPECT_NEAR(grid[cell++], change, 1e-9) << move << ' ' << volatility << ' ' << years;
      }
    }
  }
  // Nothing moved, nothing changed; deep below both puts the whole width is lost.
  EXPECT_EQ(grid[4], 0.0);
}

TEST(Position, FindsZerosAndExtremesOfACurve) {
  std::vector<double> levels;
  for (int i = 0; i <= 100; ++i) { levels.push_back(0.1 * i); }
  const auto wave = [](double x) { return std::sin(x) - 0.5; };
  const auto zeros = zeros_between(levels, wave);
  const double sixth = std::numbers::pi / 6;
  const double expected[] = {sixth, 5 * sixth, 13 * sixth, 17 * sixth};
  ASSERT_EQ(zeros.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) { EXPECT_NEAR(zeros[i], expected[i], 1e-14); }
  const Extremes extremes = extremes_between(levels, wave);
  EXPECT_NEAR(extremes.least, -1.5, 1e-14);
  EXPECT_NEAR(extremes.greatest, 0.5, 1e-14);

  // A level that is a zero is found once, and so are extremes at the ends.
  EXPECT_EQ(zeros_between(levels, [](double x) { return x; }), std::vector<double>{0});
  EXPECT_EQ(extremes_between(levels, [](double x) { return x; }).greatest, levels.back());
  EXPECT_EQ(extremes_between(levels, [](double x) { return x; }).least, 0.0);
  EXPECT_TRUE(zeros_between(levels, [](double) { return 1; }).empty());
}

TEST(Position, ChanceAndExpectationAgreeWithSimulatedEnds) {
  // A flat lognormal, where the chance of profit needs no smile; 4 standard errors.
  constexpr int kPaths = 200'000;
  constexpr double kYears = 0.126;
  constexpr double kVolatility = 0.17;
  const double forward = kSpot * std::exp((kRate - kYield) * kYears);
  const std::vector<std::vector<PayoffLeg>> structures{
      {{kPut, 2700, 1}, {kPut, 2750, -1}, {kCall, 3025, -1}, {kCall, 3075, 1}},
      {{kPut, 2850, -1}, {kPut, 2950, 2}, {kPut, 3000, -1}},  // a butterfly with a broken wing
      {{kCall, 2900, 1}, {kPut, 2900, 1}},
      {{kCall, 3000, -2}, {kCall, 2950, 1}},
      {{kPut, 2600, -1}}};
  const double credits[] = {11.0, 1.5, -140.0, 4.0, 3.0};
  std::mt19937_64 random{4};
  std::normal_distribution<double> normal;
  const double deviation = kVolatility * std::sqrt(kYears);
  std::vector<double> ends(kPaths);
  for (double& end : ends) {
    end = forward * std::exp(deviation * normal(random) - 0.5 * deviation * deviation);
  }
  const auto put = [&](double strike) {
    return undiscounted_black(kPut, forward, strike, kVolatility, kYears);
  };
  for (std::size_t i = 0; i < structures.size(); ++i) {
    SCOPED_TRACE(i);
    const auto& legs = structures[i];
    double wins = 0;
    double sum = 0;
    double squares = 0;
    for (const double end : ends) {
      const double profit = payoff_at(legs, end) + credits[i];
      wins += profit > 0 ? 1 : 0;
      sum += profit;
      squares += profit * profit;
    }
    const double mean = sum / kPaths;
    const double chance = wins / kPaths;
    const auto ranges = profit_ranges(legs, credits[i]);
    // The slope over 1 % of spot is the chance to within 1e-4 here.
    EXPECT_NEAR(
        chance_within(ranges, [&](double level) { return chance_below(put, level, kSpot); }),
        chance, 4 * std::sqrt(chance * (1 - chance) / kPaths) + 1e-4);
    double expected = credits[i];
    for (const PayoffLeg& leg : legs) {
      expected +=
          leg.quantity * undiscounted_black(leg.right, forward, leg.strike, kVolatility, kYears);
    }
    EXPECT_NEAR(expected, mean, 4 * std::sqrt((squares / kPaths - mean * mean) / kPaths));
  }
}

TEST(Chance, WithinRangesIsOneWhenTheyCoverEverything) {
  const auto below = [](double level) { return level / (level + 100); };
  const std::vector<LevelRange> all{{0, std::nullopt}};
  EXPECT_EQ(chance_within(all, below), 1.0);
  const std::vector<LevelRange> parts{{0, 50}, {50, 200}, {200, std::nullopt}};
  EXPECT_NEAR(chance_within(parts, below), 1.0, 1e-15);
  const std::vector<LevelRange> middle{{100, 300}};
  EXPECT_NEAR(chance_within(middle, below), 0.25, 1e-15);
  EXPECT_EQ(chance_within(std::span<const LevelRange>{}, below), 0.0);
}

}  // namespace
}  // namespace v6::analytics
