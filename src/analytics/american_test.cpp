#include "analytics/american.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "analytics/american_tree.hpp"
#include "analytics/option_right.hpp"
#include "analytics/paths.hpp"

namespace v6 {
namespace {

constexpr double kSpot = 600;

double between(double low, double high) {
  return low + (high - low) * *rc::gen::resize(100, rc::gen::inRange(0, 1'000'001)) / 1e6;
}

/// What a desk could meet, and beyond: rates of either sign.
AmericanInputs any_option(double least_rate) {
  const double volatility = 0.05 * std::exp(between(0, 2.9));
  const double years = between(1, 400) / 365.0;
  return {.right = *rc::gen::element(OptionRight::kCall, OptionRight::kPut),
          .spot = kSpot,
          .strike = kSpot / between(0.7, 1.3),
          .volatility = volatility,
          .years = years,
          .rate = between(least_rate, 0.08),
          .yield = between(least_rate, 0.04)};
}

double european(const AmericanInputs& in) {
  return black_price({.right = in.right,
                      .forward = in.spot * std::exp((in.rate - in.yield) * in.years),
                      .strike = in.strike,
                      .volatility = in.volatility,
                      .years = in.years,
                      .discount = std::exp(-in.rate * in.years)});
}

double exercise(const AmericanInputs& in) {
  return std::max(in.right == OptionRight::kCall ? in.spot - in.strike : in.strike - in.spot, 0.0);
}

AmericanSlice slice_of(const AmericanInputs& in) {
  return {.right = in.right,
          .spot = in.spot,
          .years = in.years,
          .rate = in.rate,
          .yield = in.yield,
          .dividends = in.dividends};
}

RC_GTEST_PROP(American, IsNeverWorthLessThanExerciseOrWaiting, ()) {
  const AmericanInputs in = any_option(0);
  const AmericanValue value = american_value(in, AmericanMethod::kFast);
  RC_ASSERT(value.price >= exercise(in) - 1e-12 * kSpot);
  RC_ASSERT(value.price >= european(in) - 1e-11);
  RC_ASSERT(value.premium >= 0);
  RC_ASSERT(std::abs(value.price - value.premium - european(in)) < 1e-10);
}

RC_GTEST_PROP(American, IsMonotoneAndConvexInTheStrike, ()) {
  const AmericanInputs in = any_option(0);
  const double step = *rc::gen::element(0.5, 1.0, 5.0);
  std::vector<double> strikes;
  for (double strike = 460; strike < 860; strike += step) { strikes.push_back(strike); }
  const std::vector<double> volatilities(strikes.size(), in.volatility);
  std::vector<double> prices(strikes.size());
  american_prices(slice_of(in), strikes, volatilities, prices);
  for (std::size_t i = 2; i < prices.size(); ++i) {
    const double rise = prices[i] - prices[i - 1];
    RC_ASSERT((in.right == OptionRight::kCall ? -rise : rise) >= -1e-10);
    RC_ASSERT(std::abs(rise) <= step + 1e-10);
    RC_ASSERT(rise - (prices[i - 1] - prices[i - 2]) >= -1e-9);
  }
}

TEST(American, MeetsTheExerciseValueWithoutAJump) {
  // Where a dozen points alone are a tenth of a cent off at the boundary.
  const AmericanSlice slice{.right = OptionRight::kPut,
                            .spot = kSpot,
                            .years = 0.888374,
                            .rate = 0.0785971,
                            .yield = 0.0279771};
  std::vector<double> strikes;
  for (double strike = 740; strike < 780; strike += 0.25) { strikes.push_back(strike); }
  const std::vector<double> volatilities(strikes.size(), 0.227818);
  std::vector<double> prices(strikes.size());
  american_prices(slice, strikes, volatilities, prices);
  EXPECT_GT(prices.front(), strikes.front() - kSpot);
  EXPECT_EQ(prices.back(), strikes.back() - kSpot);
  for (std::size_t i = 2; i < prices.size(); ++i) {
    EXPECT_GE(prices[i] - 2 * prices[i - 1] + prices[i - 2], -1e-10) << strikes[i];
  }
}

RC_GTEST_PROP(American, BatchesAndSinglePricesHaveTheSameBitsOnEveryPath, ()) {
  const AmericanInputs in = any_option(-0.02);
  std::vector<double> strikes(*rc::gen::inRange<std::size_t>(1, 20));
  std::vector<double> volatilities(strikes.size());
  std::ranges::generate(strikes, [] { return between(0.5, 2.0) * kSpot; });
  std::ranges::generate(volatilities, [] { return between(0.02, 1.0); });
  std::vector<double> alone;
  for (const Path path : usable_paths()) {
    use_path(path);
    std::vector<double> prices(strikes.size());
    american_prices(slice_of(in), strikes, volatilities, prices);
    if (alone.empty()) {
      for (std::size_t i = 0; i < strikes.size(); ++i) {
        AmericanInputs one = in;
        one.strike = strikes[i];
        one.volatility = volatilities[i];
        alone.push_back(american_value(one, AmericanMethod::kFast).price);
      }
    }
    for (std::size_t i = 0; i < strikes.size(); ++i) {
      RC_ASSERT(std::bit_cast<std::uint64_t>(prices[i]) == std::bit_cast<std::uint64_t>(alone[i]));
    }
  }
}

TEST(American, ReferenceAndGreeksHaveTheSameBitsOnEveryPath) {
  for (const OptionRight right : {OptionRight::kCall, OptionRight::kPut}) {
    const AmericanInputs in{.right = right,
                            .spot = kSpot,
                            .strike = 610,
                            .volatility = 0.2,
                            .years = 0.3,
                            .rate = 0.04,
                            .yield = 0.02};
    for (const auto method : {AmericanMethod::kFast, AmericanMethod::kReference}) {
      std::vector<double> first;
      for (const Path path : usable_paths()) {
        use_path(path);
        const AmericanValue value = american_value(in, method);
        const auto& [delta, gamma, theta, vega, rho] = value.greeks;
        const std::vector<double> all{
            value.price, value.premium, *value.boundary, delta, gamma, theta, vega, rho};
        if (first.empty()) { first = all; }
        EXPECT_EQ(all, first) << name_of(path);
      }
    }
  }
}

RC_GTEST_PROP(American, GreeksAreWhatThePriceDoes, ()) {
  const AmericanInputs in = any_option(0.0002);
  const AmericanValue value = american_value(in, AmericanMethod::kFast);
  // Next to the boundary gamma jumps: a difference across it is neither side's.
  const double reach = in.volatility * std::sqrt(in.years);
  RC_PRE(!value.boundary || std::abs(std::log(in.spot / *value.boundary)) > 0.05 * reach);
  const auto price = [&](double spot, double volatility, double years, double rate) {
    AmericanInputs bumped = in;
    bumped.spot = spot;
    bumped.volatility = volatility;
    bumped.years = years;
    bumped.rate = rate;
    return american_value(bumped, AmericanMethod::kFast).price;
  };
  const auto slope = [](double up, double down, double step) { return (up - down) / (2 * step); };
  const double ds = 0.01 * reach * in.spot;
  RC_ASSERT(std::abs(value.greeks.delta -
                     slope(price(in.spot + ds, in.volatility, in.years, in.rate),
                           price(in.spot - ds, in.volatility, in.years, in.rate), ds)) < 5e-4);
  const double dt = 0.01 * in.years;
  const double theta = -slope(price(in.spot, in.volatility, in.years + dt, in.rate),
                              price(in.spot, in.volatility, in.years - dt, in.rate), dt) /
                       365.0;
  RC_ASSERT(std::abs(value.greeks.theta - theta) < 0.01 * std::abs(theta) + 5e-3);
  const double dv = 0.01 * in.volatility;
  const double vega = 0.01 * slope(price(in.spot, in.volatility + dv, in.years, in.rate),
                                   price(in.spot, in.volatility - dv, in.years, in.rate), dv);
  RC_ASSERT(std::abs(value.greeks.vega - vega) < 0.01 * std::abs(vega) + 5e-3);
  const double dr = 0.0002;
  const double rho = 0.01 * slope(price(in.spot, in.volatility, in.years, in.rate + dr),
                                  price(in.spot, in.volatility, in.years, in.rate - dr), dr);
  RC_ASSERT(std::abs(value.greeks.rho - rho) < 0.01 * std::abs(rho) + 1e-2);
}

RC_GTEST_PROP(American, ImpliedVolatilityInvertsThePrice, ()) {
  AmericanInputs in = any_option(0);
  const AmericanValue value = american_value(in, AmericanMethod::kFast);
  RC_PRE(value.price > exercise(in) + 0.01 && value.greeks.vega > 1e-3);
  const double sought = in.volatility;
  in.volatility = 0;  // not looked at
  const auto found = american_implied_volatility(in, value.price, AmericanMethod::kFast);
  RC_ASSERT(found.has_value());
  RC_ASSERT(std::abs(*found - sought) < 1e-9);
}

RC_GTEST_PROP(American, VolatilitiesOfASliceAreThoseOfEachAlone, ()) {
  const AmericanInputs in = any_option(0);
  std::vector<CashDividend> dividends;
  if (*rc::gen::arbitrary<bool>()) {
    dividends.push_back({.years = in.years / 2, .amount = in.spot / 100});
  }
  AmericanSlice slice = slice_of(in);
  slice.dividends = dividends;
  std::vector<double> strikes;
  std::vector<double> prices;
  for (const double part : {0.85, 0.95, 1.0, 1.05, 1.15}) {
    AmericanInputs option = in;
    option.dividends = dividends;
    option.strike = part * in.spot;
    const double price = american_value(option, AmericanMethod::kFast).price;
    for (const double asked : {price, 0.5 * price, 0.0, -1.0, 2 * in.spot}) {
      strikes.push_back(option.strike);
      prices.push_back(asked);
    }
  }
  std::vector<double> volatilities(strikes.size());
  std::vector<std::optional<IvError>> errors(strikes.size());
  american_implied_volatilities(slice, strikes, prices,
                                {.volatilities = volatilities, .errors = errors});
  for (std::size_t i = 0; i < strikes.size(); ++i) {
    AmericanInputs option = in;
    option.dividends = dividends;
    option.strike = strikes[i];
    const auto alone = american_implied_volatility(option, prices[i], AmericanMethod::kFast);
    RC_ASSERT(errors[i].has_value() == !alone.has_value());
    if (alone) {
      option.volatility = volatilities[i];
      double back = 0;
      american_prices(slice, {&option.strike, 1}, {&option.volatility, 1}, {&back, 1});
      RC_ASSERT(std::abs(back - prices[i]) < 1e-6);
    } else {
      RC_ASSERT(*errors[i] == alone.error());
      RC_ASSERT(std::isnan(volatilities[i]));
    }
  }
}

TEST(American, EuropeanPricesOfASliceAreLessByThePremiumOfEach) {
  const std::vector<CashDividend> dividends = {{.years = 0.1, .amount = 1.5}};
  for (const bool cash : {false, true}) {
    for (const OptionRight right : {OptionRight::kPut, OptionRight::kCall}) {
      AmericanSlice slice{.right = right, .spot = 300, .years = 0.25, .rate = 0.04, .yield = 0.01};
      if (cash) { slice.dividends = dividends; }
      const std::vector<double> strikes = {240, 270, 300, 330, 360};
      const std::vector<double> volatilities = {0.3, 0.25, 0.2, 0.18, 0.16};
      std::vector<double> prices(strikes.size());
      european_prices(slice, strikes, volatilities, prices);
      for (std::size_t i = 0; i < strikes.size(); ++i) {
        const AmericanValue value = american_value({.right = right,
                                                    .spot = slice.spot,
                                                    .strike = strikes[i],
                                                    .volatility = volatilities[i],
                                                    .years = slice.years,
                                                    .rate = slice.rate,
                                                    .yield = slice.yield,
                                                    .dividends = slice.dividends},
                                                   AmericanMethod::kReference);
        EXPECT_NEAR(prices[i], value.price - value.premium, cash ? 0.003 : 1e-9) << strikes[i];
      }
    }
  }
}

TEST(American, ImpliedVolatilityByTheReferenceMethod) {
  AmericanInputs in{.right = OptionRight::kPut,
                    .spot = 100,
                    .strike = 105,
                    .volatility = 0.3,
                    .years = 0.5,
                    .rate = 0.05,
                    .yield = 0.01};
  const double price = american_value(in, AmericanMethod::kReference).price;
  EXPECT_NEAR(american_implied_volatility(in, price, AmericanMethod::kReference).value(), 0.3,
              1e-10);
}

TEST(American, ImpliedVolatilityRefusesWhatNoVolatilityGives) {
  const AmericanInputs put{.right = OptionRight::kPut,
                           .spot = 90,
                           .strike = 100,
                           .years = 0.5,
                           .rate = 0.05,
                           .yield = 0.01};
  AmericanInputs call = put;
  call.right = OptionRight::kCall;
  call.spot = 110;
  AmericanInputs late = put;
  late.years = 0;
  AmericanInputs strange = put;
  strange.rate = std::nan("");
  AmericanInputs still = put;  // waiting without volatility pays more than exercise now
  still.rate = 0;
  still.yield = 0.05;
  const struct {
    const char* name;
    AmericanInputs inputs;
    double price;
    IvError error;
  } cases[] = {
      {"below exercise", put, 9.99, IvError::kBelowIntrinsic},
      {"at exercise", put, 10, IvError::kNoTimeValue},
      {"a put above its strike", put, 100, IvError::kAboveMaximum},
      {"a call below exercise", call, 9.99, IvError::kBelowIntrinsic},
      {"a call above its share", call, 110.01, IvError::kAboveMaximum},
      {"below what waiting pays", still, 11, IvError::kBelowIntrinsic},
      {"nothing", put, 0, IvError::kNoPrice},
      {"no time", late, 11, IvError::kNoTime},
      {"no number", put, std::nan(""), IvError::kNotFinite},
      {"a rate that is no number", strange, 11, IvError::kNotFinite},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    for (const auto method : {AmericanMethod::kFast, AmericanMethod::kReference}) {
      const auto found = american_implied_volatility(c.inputs, c.price, method);
      ASSERT_FALSE(found.has_value());
      EXPECT_EQ(found.error(), c.error) << text_of(found.error());
    }
  }
}

TEST(American, AtTheBoundaryExerciseIsAsGoodAsHolding) {
  for (const OptionRight right : {OptionRight::kCall, OptionRight::kPut}) {
    const double sign = right == OptionRight::kCall ? 1 : -1;
    AmericanInputs in{.right = right,
                      .spot = 100,
                      .strike = 100,
                      .volatility = 0.25,
                      .years = 0.75,
                      .rate = 0.05,
                      .yield = 0.03};
    const AmericanValue now = american_value(in, AmericanMethod::kReference);
    ASSERT_TRUE(now.boundary);
    EXPECT_GT(sign * (*now.boundary - in.strike), 0);
    in.spot = *now.boundary * (1 + sign * 0.001);  // beyond it
    const AmericanValue beyond = american_value(in, AmericanMethod::kReference);
    EXPECT_EQ(beyond.price, exercise(in));
    EXPECT_EQ(beyond.greeks.delta, sign);
    EXPECT_EQ(beyond.greeks.gamma, 0);
    EXPECT_EQ(beyond.greeks.theta, 0);
    in.spot = *now.boundary * (1 - sign * 0.001);  // short of it
    const AmericanValue before = american_value(in, AmericanMethod::kReference);
    EXPECT_GT(before.price, exercise(in));
    EXPECT_NEAR(before.price, exercise(in), 1e-4);
    EXPECT_NEAR(before.greeks.delta, sign, 0.01);  // smooth pasting
    // Just short of it waiting costs what exercise earns: theta is zero there, so
    // half sigma^2 S^2 gamma = rate K - yield S, or its negative for a call.
    EXPECT_NEAR(0.5 * 0.0625 * in.spot * in.spot * before.greeks.gamma,
                -sign * (5.0 - 0.03 * in.spot), 0.1);
    EXPECT_NEAR(before.greeks.theta, 0, 3e-4);
  }
}

TEST(American, WhereExerciseNeverPaysIsEuropean) {
  const struct {
    const char* name;
    OptionRight right;
    double rate;
    double yield;
  } cases[] = {
      {"call without yield", OptionRight::kCall, 0.05, 0},
      {"call, nothing earns", OptionRight::kCall, 0, 0},
      {"put without rate", OptionRight::kPut, 0, 0.03},
      {"put, nothing earns", OptionRight::kPut, 0, 0},
      {"put, money costs", OptionRight::kPut, -0.01, 0.02},
      {"put, money costs more than the share", OptionRight::kPut, -0.02, -0.01},
      {"call, the share costs", OptionRight::kCall, 0.02, -0.01},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    for (const double strike : {420.0, 600.0, 850.0}) {
      const AmericanInputs in{.right = c.right,
                              .spot = kSpot,
                              .strike = strike,
                              .volatility = 0.2,
                              .years = 0.5,
                              .rate = c.rate,
                              .yield = c.yield};
      for (const auto method : {AmericanMethod::kFast, AmericanMethod::kReference}) {
        const AmericanValue value = american_value(in, method);
        EXPECT_NEAR(value.price, european(in), 1e-11);
        EXPECT_EQ(value.premium, 0);
        EXPECT_FALSE(value.boundary);
      }
    }
  }
}

TEST(American, WithoutTimeOrVolatilityIsTheBestExercise) {
  const AmericanInputs put{.right = OptionRight::kPut,
                           .spot = 100,
                           .strike = 120,
                           .volatility = 0.2,
                           .years = 0,
                           .rate = 0.05,
                           .yield = 0.01};
  EXPECT_EQ(american_value(put, AmericanMethod::kFast).price, 20);
  EXPECT_EQ(american_value(put, AmericanMethod::kFast).greeks.delta, -1);
  AmericanInputs still = put;
  still.volatility = 0;
  still.years = 1;
  EXPECT_EQ(american_value(still, AmericanMethod::kFast).price, 20);
  EXPECT_EQ(american_value(still, AmericanMethod::kFast).greeks.delta, -1);
  // Waiting pays while the yield on the share exceeds the interest on the strike, which ends when
  // 100 x 0.10 e^(-0.10 t) = 120 x 0.05 e^(-0.05 t): t = ln(10 / 6) / 0.05 = 10.217 years.
  still.yield = 0.10;
  still.years = 20;
  const double t = std::log(10.0 / 6.0) / 0.05;
  const AmericanValue value = american_value(still, AmericanMethod::kReference);
  EXPECT_NEAR(value.price, 120 * std::exp(-0.05 * t) - 100 * std::exp(-0.10 * t), 1e-10);
  EXPECT_NEAR(value.greeks.delta, -std::exp(-0.10 * t), 1e-12);
  // A little volatility changes little.
  still.volatility = 1e-5;
  EXPECT_NEAR(american_value(still, AmericanMethod::kReference).price, value.price, 1e-4);
}

TEST(American, ExerciseMayPayBetweenTwoBoundariesOnly) {
  // Money costs, the share more: a put is held far below its strike, exercised nearer to it and
  // held again at it.
  const auto value_at = [](double spot) {
    return american_value({.right = OptionRight::kPut,
                           .spot = spot,
                           .strike = 100,
                           .volatility = 0.2,
                           .years = 1,
                           .rate = -0.01,
                           .yield = -0.04},
                          AmericanMethod::kFast);
  };
  EXPECT_GT(value_at(20).price, 80.1);
  EXPECT_EQ(value_at(60).price, 40);
  EXPECT_EQ(value_at(60).greeks.delta, -1);
  EXPECT_EQ(value_at(60).greeks.theta, 0);
  const AmericanValue held = value_at(90);
  EXPECT_GT(held.price, 12);
  EXPECT_NEAR(held.greeks.delta, value_at(90.5).price - value_at(89.5).price, 1e-3);
  // Spot and strike, rate and yield exchanged: the call.
  const AmericanInputs call{.right = OptionRight::kCall,
                            .spot = 100,
                            .strike = 90,
                            .volatility = 0.2,
                            .years = 1,
                            .rate = -0.04,
                            .yield = -0.01};
  EXPECT_NEAR(american_value(call, AmericanMethod::kFast).price, held.price, 1e-9);
}

TEST(American, TreeAgreesWithTheBoundary) {
  for (const double moneyness : {0.9, 1.0, 1.1}) {
    const AmericanInputs in{.right = OptionRight::kPut,
                            .spot = moneyness,
                            .strike = 1,
                            .volatility = 0.3,
                            .years = 1,
                            .rate = 0.05,
                            .yield = 0.02};
    EXPECT_NEAR(tree_put({.spot = moneyness,
                          .volatility = in.volatility,
                          .years = in.years,
                          .rate = in.rate,
                          .yield = in.yield}),
                american_value(in, AmericanMethod::kReference).price, 1e-5);
  }
}

}  // namespace
}  // namespace v6
