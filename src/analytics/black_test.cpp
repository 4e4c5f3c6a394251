#include "analytics/black.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytics/normalised.hpp"
#include "analytics/option_right.hpp"

namespace v6 {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double between(double low, double high) {
  return low + (high - low) * *rc::gen::inRange(0, 1'000'001) / 1e6;
}

/// An option a desk could meet, with the spot it is written on.
struct Sample {
  BlackInputs inputs;
  double spot;
};

Sample any_option() {
  const double spot = between(20, 6000);
  const double years = between(1.0 / 365.0, 2.0);
  const double volatility = between(0.03, 1.5);
  const double forward = spot * std::exp(between(-0.03, 0.06) * years);
  const double reach = between(-5, 5) * volatility * std::sqrt(years);
  return {.inputs = {.right = *rc::gen::element(OptionRight::kCall, OptionRight::kPut),
                     .forward = forward,
                     .strike = forward * std::exp(reach),
                     .volatility = volatility,
                     .years = years,
                     .discount = std::exp(-between(-0.01, 0.08) * years)},
          .spot = spot};
}

TEST(Black, WithoutTimeOrVolatilityIsTheDiscountedIntrinsicValue) {
  for (const auto& [volatility, years] : {std::pair{0.0, 1.0}, {0.2, 0.0}, {0.0, 0.0}}) {
    BlackInputs inputs{.right = OptionRight::kCall,
                       .forward = 110,
                       .strike = 100,
                       .volatility = volatility,
                       .years = years,
                       .discount = 0.9};
    EXPECT_DOUBLE_EQ(black_price(inputs), 9.0);
    EXPECT_DOUBLE_EQ(black_greeks(inputs, 99.0).delta, 1.0);
    EXPECT_EQ(black_greeks(inputs, 99.0).gamma, 0.0);
    EXPECT_EQ(black_greeks(inputs, 99.0).vega, 0.0);
    inputs.right = OptionRight::kPut;
    EXPECT_EQ(black_price(inputs), 0.0);
    EXPECT_EQ(black_greeks(inputs, 99.0).delta, 0.0);
    inputs.strike = 110;
    EXPECT_DOUBLE_EQ(black_greeks(inputs, 99.0).delta, -0.5);
  }
}

TEST(Black, PricesSmoothlyAcrossTheWaysToCompute) {
  // The formula changes at a = 3 and 4 and at t = 0.75: neither side may show.
  for (const double t : {0.001, 0.1, 0.7499999, 0.7500001}) {
    for (const double edge : {3.0, 4.0}) {
      const double below = normalised_black((edge - 1e-12) * 2 * t, 2 * t);
      const double above = normalised_black((edge + 1e-12) * 2 * t, 2 * t);
      EXPECT_NEAR(above / below, 1.0, 3e-11) << edge << " " << t;
    }
  }
  for (const double a : {0.0, 1.0, 2.9, 3.1}) {
    const double below = normalised_black(a * 1.5, 1.5 - 1e-12);
    const double above = normalised_black(a * 1.5, 1.5 + 1e-12);
    EXPECT_NEAR(above / below, 1.0, 3e-11) << a;
  }
}

TEST(Black, PutCallParity) {
  EXPECT_TRUE(rc::check([] {
    BlackInputs inputs = any_option().inputs;
    inputs.right = OptionRight::kCall;
    const double call = black_price(inputs);
    inputs.right = OptionRight::kPut;
    const double put = black_price(inputs);
    const double scale = inputs.forward + inputs.strike;
    RC_ASSERT(std::abs(call - put - inputs.discount * (inputs.forward - inputs.strike)) <=
              1e-15 * scale);
  }));
}

TEST(Black, GreeksMatchBumpAndRevalue) {
  EXPECT_TRUE(rc::check([] {
    const Sample sample = any_option();
    const BlackInputs& base = sample.inputs;
    const Greeks greeks = black_greeks(base, sample.spot);
    const auto spot_moved = [&](double step) {
      BlackInputs moved = base;
      moved.forward *= (sample.spot + step) / sample.spot;
      return moved;
    };
    const double deviation = base.volatility * std::sqrt(base.years);
    const double scale = 1e-6 * std::max(sample.spot, base.strike);

    // Central differences, steps small beside the width of the distribution.
    const double step = 1e-3 * sample.spot * std::min(deviation, 1.0);
    const double up = black_price(spot_moved(step));
    const double down = black_price(spot_moved(-step));
    RC_ASSERT(std::abs((up - down) / (2 * step) - greeks.delta) < 1e-5);
    const double delta_up = black_greeks(spot_moved(step), sample.spot + step).delta;
    const double delta_down = black_greeks(spot_moved(-step), sample.spot - step).delta;
    const double gamma = (delta_up - delta_down) / (2 * step);
    RC_ASSERT(std::abs(gamma - greeks.gamma) * sample.spot * deviation < 1e-5);

    const auto difference = [&](auto change, double by) {
      BlackInputs more = base;
      BlackInputs less = base;
      change(more, by);
      change(less, -by);
      return (black_price(more) - black_price(less)) / (2 * by);
    };
    const double vega =
        difference([](BlackInputs& in, double by) { in.volatility += by; }, 1e-4 * base.volatility);
    RC_ASSERT(std::abs(0.01 * vega - greeks.vega) < scale);
    // A higher rate lifts the forward and lowers the discount; the dividend yield stays.
    const double rho = difference(
        [](BlackInputs& in, double by) {
          in.forward *= std::exp(by * in.years);
          in.discount *= std::exp(-by * in.years);
        },
        1e-4);
    RC_ASSERT(std::abs(0.01 * rho - greeks.rho) < scale);
    // Time passes: years shrink, rate and dividend yield stay.
    const double decay = difference(
        [&](BlackInputs& in, double by) {
          const double left = (in.years - by) / in.years;
          in.forward = sample.spot * std::exp(std::log(in.forward / sample.spot) * left);
          in.discount = std::exp(std::log(in.discount) * left);
          in.years -= by;
        },
        1e-4 * base.years);
    RC_ASSERT(std::abs(decay / 365.0 - greeks.theta) < scale);
  }));
}

TEST(ImpliedVolatility, InvertsThePrice) {
  EXPECT_TRUE(rc::check([] {
    const BlackInputs inputs = any_option().inputs;
    const double price = black_price(inputs);
    const auto iv = implied_volatility(inputs.right, price, inputs.forward, inputs.strike,
                                       inputs.years, inputs.discount);
    if (!iv) {
      // Deep in the money the time value can drown.
      RC_ASSERT(iv.error() == IvError::kNoTimeValue || iv.error() == IvError::kBelowIntrinsic);
      RC_ASSERT(black_greeks(inputs, inputs.forward).vega < 1e-10 * price);
      return;
    }
    const double vega = 100.0 * black_greeks(inputs, inputs.forward).vega;
    RC_ASSERT(std::abs(*iv - inputs.volatility) <
              1e-13 * inputs.volatility + 1e-15 * (inputs.forward + inputs.strike) / vega);
  }));
}

TEST(ImpliedVolatility, InvertsFarOutOfTheMoneyAndNearTheMaximum) {
  // In b's own terms, where the out-of-the-money side keeps every digit.
  for (const double deviation : {1e-6, 1e-4, 0.003, 0.05, 0.3, 1.0, 2.5, 5.0}) {
    for (const double a : {0.0, 1e-8, 0.1, 1.0, 3.0, 8.0, 20.0, 35.0}) {
      const double strike = 100.0 * std::exp(a * deviation);
      const double price = undiscounted_black(OptionRight::kCall, 100.0, strike, deviation, 1.0);
      if (price <= 0) { continue; }
      const auto iv = implied_volatility(OptionRight::kCall, price, 100.0, strike, 1.0, 1.0);
      ASSERT_TRUE(iv.has_value()) << deviation << " " << a << " " << text_of(iv.error());
      // Near the forward the strike's rounding is what is left of a tiny distance.
      EXPECT_NEAR(*iv / deviation, 1.0, 2e-13) << deviation << " " << a;
    }
  }
}

TEST(ImpliedVolatility, SaysWhyThereIsNone) {
  using enum IvError;
  struct Case {
    std::string_view name;
    OptionRight right;
    double price, forward, strike, years, discount;
    IvError error;
  };
  constexpr auto kCall = OptionRight::kCall;
  constexpr auto kPut = OptionRight::kPut;
  const Case cases[] = {
      {"zero", kCall, 0, 100, 100, 1, 1, kNoPrice},
      {"negative", kPut, -1, 100, 100, 1, 1, kNoPrice},
      {"no number", kCall, kNan, 100, 100, 1, 1, kNotFinite},
      {"no forward", kCall, 1, 0, 100, 1, 1, kNotFinite},
      {"infinite strike", kCall, 1, 100, HUGE_VAL, 1, 1, kNotFinite},
      {"no discount", kCall, 1, 100, 100, 1, kNan, kNotFinite},
      {"expired", kCall, 1, 100, 100, 0, 1, kNoTime},
      {"below intrinsic", kCall, 9.9, 110, 100, 1, 1, kBelowIntrinsic},
      {"put below intrinsic", kPut, 9.9, 90, 100, 1, 1, kBelowIntrinsic},
      {"at intrinsic", kCall, 10, 110, 100, 1, 1, kNoTimeValue},
      {"discounted intrinsic", kCall, 9, 110, 100, 1, 0.9, kNoTimeValue},
      {"dearer than the forward", kCall, 100, 100, 120, 1, 1, kAboveMaximum},
      {"dearer than the strike", kPut, 90, 100, 100, 1, 0.9, kAboveMaximum},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto iv = implied_volatility(c.right, c.price, c.forward, c.strike, c.years, c.discount);
    ASSERT_FALSE(iv.has_value());
    EXPECT_EQ(iv.error(), c.error) << text_of(iv.error());
  }
}

}  // namespace
}  // namespace v6
