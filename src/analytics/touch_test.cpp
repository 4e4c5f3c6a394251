#include "analytics/touch.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string_view>

#include "analytics/option_right.hpp"

namespace v6 {
namespace {

constexpr auto kCall = OptionRight::kCall;
constexpr auto kPut = OptionRight::kPut;

TEST(Touch, IsTheReflectionPrinciple) {
  // When the logarithm has no drift (forward = spot exp(volatility^2 years / 2)) every path that
  // touches is as likely to end beyond as not: 2 N(-|ln(strike / spot)| / deviation).
  // Worked out with mpmath, 30 digits.
  const double forward = 100.0 * std::exp(0.02);
  const auto touch = [&](OptionRight right, double strike) {
    return touch_chance({.right = right,
                         .spot = 100,
                         .forward = forward,
                         .strike = strike,
                         .volatility = 0.2,
                         .years = 1});
  };
  EXPECT_NEAR(touch(kCall, 110), 0.6336819546383456, 1e-12);
  EXPECT_NEAR(touch(kPut, 90), 0.5983306922708716, 1e-12);
  EXPECT_NEAR(touch(kPut, 50), 0.0005287824130444817, 1e-14);
}

TEST(Touch, IsTheIntegralOfTheFirstPassageDensity) {
  // Density of the first passage at time t: d / (sigma sqrt(2 pi t^3)) exp(-(d - nu t)^2 /
  // (2 sigma^2 t)), integrated with mpmath's quad to 20 digits; a second way to the same chance.
  struct Case {
    std::string_view name;
    TouchInputs inputs;
    double chance;
  };
  const Case cases[] = {
      {"put, a month", {kPut, 100, 100.2, 95, 0.18, 0.08}, 0.3093534858646694},
      {"call against the drift", {kCall, 100, 97, 108, 0.25, 0.5}, 0.586413937966647},
      {"put against the drift", {kPut, 100, 110, 80, 0.35, 2}, 0.6681741052527534},
      {"call, drift far beyond", {kCall, 100, 130, 101, 0.1, 1}, 0.9995925187067411},
      {"call, weight of e^1400", {kCall, 100, 200, 150, 0.02, 1}, 1.0},
      {"call, weight of e^2400", {kCall, 100, 200, 199, 0.02, 1}, 0.6006891340089965},
      {"put, remote", {kPut, 100, 101, 60, 0.15, 0.1}, 6.38211957901e-28},
      {"call, high volatility", {kCall, 100, 100, 150, 3, 1}, 0.6602410145919738},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_NEAR(touch_chance(c.inputs), c.chance, 1e-11 * c.chance);
  }
}

TEST(Touch, OfWhatIsThereAlreadyOrNeverMoves) {
  const TouchInputs call{
      .right = kCall, .spot = 100, .forward = 102, .strike = 101, .volatility = 0.2, .years = 0.1};
  const auto with = [&](auto change) {
    TouchInputs inputs = call;
    change(inputs);
    return touch_chance(inputs);
  };
  EXPECT_EQ(with([](TouchInputs& in) { in.strike = 100; }), 1.0);
  EXPECT_EQ(with([](TouchInputs& in) { in.strike = 99; }), 1.0);
  EXPECT_EQ(with([](TouchInputs& in) { in.right = kPut; }), 1.0);
  EXPECT_EQ(with([](TouchInputs& in) { in.volatility = 0; }), 1.0) << "the drift takes it there";
  EXPECT_EQ(with([](TouchInputs& in) { in.volatility = 0, in.forward = 100.5; }), 0.0);
  EXPECT_EQ(with([](TouchInputs& in) { in.years = 0, in.forward = 100; }), 0.0);
  EXPECT_EQ(with([](TouchInputs& in) { in.strike = 1e6; }), 0.0);
}

TEST(Touch, WithHardlyAnyVolatilityIsWhatTheDriftDoes) {
  // Where the reflected weight alone would overflow.
  for (const double volatility : {1e-2, 1e-3, 1e-5, 1e-9, 1e-150}) {
    SCOPED_TRACE(volatility);
    TouchInputs inputs{.right = kCall,
                       .spot = 100,
                       .forward = 150,
                       .strike = 120,
                       .volatility = volatility,
                       .years = 1};
    EXPECT_NEAR(touch_chance(inputs), 1.0, 1e-12);
    inputs.strike = 180;
    EXPECT_NEAR(touch_chance(inputs), 0.0, 1e-12);
  }
}

TEST(Touch, AgreesWithSimulatedPaths) {
  // Twelve looks a path. Between two of them a Brownian bridge from a to b below the level c
  // crosses with exp(-2 (c - a) (c - b) / variance), so the estimate has no error of looking
  // seldom. Source: Glasserman, Monte Carlo Methods in Financial Engineering, 2003, section 6.4.
  constexpr int kPaths = 40'000;
  constexpr int kLooks = 12;
  std::mt19937_64 random{20190506};
  std::normal_distribution<double> normal;
  const TouchInputs cases[] = {
      {.right = kPut,
       .spot = 100,
       .forward = 100.4,
       .strike = 93,
       .volatility = 0.2,
       .years = 0.12},
      {.right = kCall,
       .spot = 100,
       .forward = 99,
       .strike = 106,
       .volatility = 0.13,
       .years = 0.25},
      {.right = kPut, .spot = 100, .forward = 104, .strike = 99, .volatility = 0.4, .years = 1}};
  for (const TouchInputs& inputs : cases) {
    SCOPED_TRACE(inputs.strike);
    const double variance = inputs.volatility * inputs.volatility * inputs.years / kLooks;
    const double mean = std::log(inputs.forward / inputs.spot) / kLooks - 0.5 * variance;
    const double sign = inputs.right == kCall ? 1 : -1;
    const double level = sign * std::log(inputs.strike / inputs.spot);
    double sum = 0;
    double squares = 0;
    for (int path = 0; path < kPaths; ++path) {
      double missed = 1;
      double at = 0;
      for (int look = 0; look < kLooks && missed > 0; ++look) {
        const double next = at + sign * (mean + std::sqrt(variance) * normal(random));
        missed *= next >= level ? 0 : 1 - std::exp(-2 * (level - at) * (level - next) / variance);
        at = next;
      }
      sum += 1 - missed;
      squares += (1 - missed) * (1 - missed);
    }
    const double chance = sum / kPaths;
    const double error = std::sqrt((squares / kPaths - chance * chance) / kPaths);
    EXPECT_NEAR(touch_chance(inputs), chance, 4 * error);
    EXPECT_LT(error, 0.003);
  }
}

}  // namespace
}  // namespace v6
