#include "analytics/american_dividends.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "analytics/golden_file.hpp"
#include "analytics/option_right.hpp"
#include "analytics/paths.hpp"

namespace v6 {
namespace {

constexpr double kFastError = 0.006;        // dollars at a spot of 600
constexpr double kReferenceError = 0.0006;  // a tenth of what is promised
constexpr double kDay = 1.0 / 365.0;

/// A row of data/golden/computed-american/dividends.csv.gz.
struct GoldenOption {
  AmericanInputs inputs;
  std::vector<CashDividend> dividends;
  double price = 0;
  double delta = 0;
  double european = 0;
  double error = 0;  // QuantLib's own
};

std::vector<GoldenOption> golden_options() {
  std::vector<GoldenOption> options;
  for (const GoldenRow& row : golden_rows("golden/computed-american/dividends.csv.gz")) {
    constexpr double kHour = kDay / 24.0;
    GoldenOption& option = options.emplace_back();
    option.inputs = {.right = row.text("type") == "C" ? OptionRight::kCall : OptionRight::kPut,
                     .spot = row.number("spot"),
                     .strike = row.number("strike"),
                     .volatility = row.number("vol"),
                     .years = row.number("hours") * kHour,
                     .rate = row.number("rate"),
                     .yield = row.number("yield")};
    for (const std::string& dividend : split(row.text("dividends"), ';')) {
      if (dividend.empty()) { continue; }
      const std::vector<std::string> parts = split(dividend, ':');
      option.dividends.push_back({.years = std::strtod(parts.at(0).c_str(), nullptr) * kHour,
                                  .amount = std::strtod(parts.at(1).c_str(), nullptr)});
    }
    option.price = row.number("price");
    option.delta = row.number("delta");
    option.european = row.number("european");
    option.error = row.number("error");
  }
  for (GoldenOption& option : options) { option.inputs.dividends = option.dividends; }
  return options;
}

std::string described(const AmericanInputs& in) {
  std::string text = in.right == OptionRight::kCall ? "call" : "put";
  for (const double x : {in.spot, in.strike, in.volatility, in.years, in.rate, in.yield}) {
    text += ' ' + std::to_string(x);
  }
  for (const CashDividend& dividend : in.dividends) {
    text += ' ' + std::to_string(dividend.years) + ':' + std::to_string(dividend.amount);
  }
  return text;
}

void expect_golden(AmericanMethod method, double tolerance, std::size_t stride) {
  const std::vector<GoldenOption> options = golden_options();
  ASSERT_GE(options.size(), 600U);
  for (std::size_t i = 0; i < options.size(); i += stride) {
    const GoldenOption& option = options[i];
    SCOPED_TRACE(std::to_string(i) + ": " + described(option.inputs));
    const AmericanValue value = dividend_value(option.inputs, method);
    const double allowed = tolerance + option.error;
    EXPECT_NEAR(value.price, option.price, allowed);
    EXPECT_NEAR(value.greeks.delta, option.delta, 1e-3);
    EXPECT_NEAR(dividend_european(option.inputs, method), option.european, allowed);
    EXPECT_NEAR(value.premium, option.price - option.european, 2 * allowed);
  }
}

TEST(DividendOptions, FastAgreesWithQuantLib) {
  expect_golden(AmericanMethod::kFast, kFastError, 1);
}

TEST(DividendOptions, ReferenceAgreesWithQuantLib) {
  expect_golden(AmericanMethod::kReference, kReferenceError,
                std::getenv("V6_SOAK") != nullptr ? 1 : 40);
}

/// Options as traded, seeded.
class RandomOptions {
 public:
  explicit RandomOptions(std::uint64_t seed) : dice_{seed} {}

  AmericanSlice slice() {
    dividends_.clear();
    const double years = uniform(1, 400) * kDay;
    const int count = static_cast<int>(uniform(0, 4));
    for (int i = 0; i < count; ++i) {
      dividends_.push_back({.years = uniform(0, years), .amount = uniform(0.5, 20)});
    }
    std::ranges::sort(dividends_, {}, &CashDividend::years);
    return {.right = uniform(0, 1) < 0.5 ? OptionRight::kCall : OptionRight::kPut,
            .spot = 600,
            .years = years,
            .rate = uniform(-0.01, 0.08),
            .yield = uniform(0, 0.04),
            .dividends = dividends_};
  }
  double uniform(double low, double high) {
    return low + (high - low) * static_cast<double>(dice_() >> 11U) * 0x1p-53;
  }

 private:
  std::mt19937_64 dice_;
  std::vector<CashDividend> dividends_;
};

AmericanInputs option_of(const AmericanSlice& slice, double strike, double volatility) {
  return {.right = slice.right,
          .spot = slice.spot,
          .strike = strike,
          .volatility = volatility,
          .years = slice.years,
          .rate = slice.rate,
          .yield = slice.yield,
          .dividends = slice.dividends};
}

TEST(DividendOptions, EveryPathGivesTheSameBits) {
  const Path chosen = path_in_use();
  std::vector<std::vector<double>> results;
  for (const Path path : usable_paths()) {
    use_path(path);
    RandomOptions random{7};
    std::vector<double>& result = results.emplace_back();
    for (int i = 0; i < 5; ++i) {
      const AmericanSlice slice = random.slice();
      std::vector<double> strikes(11);
      std::vector<double> volatilities(strikes.size());
      for (double& strike : strikes) { strike = random.uniform(420, 860); }
      for (double& volatility : volatilities) { volatility = random.uniform(0.03, 0.9); }
      std::vector<double> prices(strikes.size());
      dividend_prices(slice, strikes, volatilities, prices);
      result.insert(result.end(), prices.begin(), prices.end());
      const AmericanValue value =
          dividend_value(option_of(slice, strikes[0], volatilities[0]), AmericanMethod::kFast);
      const Greeks& g = value.greeks;
      result.insert(result.end(), {value.price, value.premium, value.boundary.value_or(-1), g.delta,
                                   g.gamma, g.theta, g.vega, g.rho});
    }
  }
  use_path(chosen);
  for (const std::vector<double>& result : results) {
    ASSERT_EQ(result.size(), results.front().size());
    for (std::size_t i = 0; i < result.size(); ++i) {
      EXPECT_EQ(std::bit_cast<std::uint64_t>(result[i]),
                std::bit_cast<std::uint64_t>(results.front()[i]))
          << i;
    }
  }
}

TEST(DividendOptions, OneByOneAndTogetherCostTheSame) {
  RandomOptions random{11};
  for (int i = 0; i < 20; ++i) {
    const AmericanSlice slice = random.slice();
    const std::array strikes{480.0, 590.0, 600.0, 655.0, 800.0, 610.0, 602.5, 597.5, 550.0};
    const std::array volatilities{0.3, 0.2, 0.0, 0.18, 0.4, 0.05, 0.9, 0.21, 0.25};
    std::array<double, strikes.size()> prices{};
    dividend_prices(slice, strikes, volatilities, prices);
    for (std::size_t k = 0; k < strikes.size(); ++k) {
      const AmericanInputs inputs = option_of(slice, strikes[k], volatilities[k]);
      SCOPED_TRACE(described(inputs));
      const double alone = dividend_value(inputs, AmericanMethod::kFast).price;
      // The single price is held above the European one.
      if (alone == dividend_european(inputs, AmericanMethod::kFast)) {
        EXPECT_NEAR(prices[k], alone, kFastError);
      } else {
        EXPECT_EQ(prices[k], alone);
      }
    }
  }
}

RC_GTEST_PROP(DividendOptions, AreWorthExerciseAndTheEuropeanOptionAtLeast, (std::uint64_t seed)) {
  RandomOptions random{seed};
  const AmericanSlice slice = random.slice();
  const AmericanInputs inputs =
      option_of(slice, random.uniform(300, 1200), random.uniform(0.01, 1.2));
  const AmericanValue value = dividend_value(inputs, AmericanMethod::kFast);
  const double exercise = inputs.right == OptionRight::kCall ? inputs.spot - inputs.strike
                                                             : inputs.strike - inputs.spot;
  RC_ASSERT(value.price >= std::max(exercise, 0.0));
  RC_ASSERT(value.price >= dividend_european(inputs, AmericanMethod::kFast));
  RC_ASSERT(value.premium >= 0);
  RC_ASSERT(value.price <= (inputs.right == OptionRight::kCall ? inputs.spot : inputs.strike) *
                               std::exp(std::max(-inputs.rate, 0.0) * inputs.years));
}

RC_GTEST_PROP(DividendOptions, AreMonotoneAndConvexInTheStrike, (std::uint64_t seed)) {
  RandomOptions random{seed};
  const AmericanSlice slice = random.slice();
  std::vector<double> strikes;
  for (double strike = 450; strike <= 750; strike += 5) { strikes.push_back(strike); }
  const std::vector<double> volatilities(strikes.size(), random.uniform(0.05, 0.9));
  std::vector<double> prices(strikes.size());
  dividend_prices(slice, strikes, volatilities, prices);
  const double sign = slice.right == OptionRight::kCall ? 1 : -1;
  for (std::size_t i = 1; i + 1 < strikes.size(); ++i) {
    RC_ASSERT(sign * (prices[i] - prices[i + 1]) >= -kFastError);
    RC_ASSERT(prices[i - 1] + prices[i + 1] - 2 * prices[i] >= -kFastError);
  }
}

constexpr std::array kTwoDividends{CashDividend{.years = 0.1, .amount = 1.8},
                                   CashDividend{.years = 0.35, .amount = 1.9}};

AmericanInputs usual(OptionRight right, double strike) {
  return {.right = right,
          .spot = 600,
          .strike = strike,
          .volatility = 0.2,
          .years = 0.5,
          .rate = 0.045,
          .yield = 0.012,
          .dividends = kTwoDividends};
}

TEST(DividendOptions, GreeksMatchBumpAndRevalue) {
  for (const OptionRight right : {OptionRight::kCall, OptionRight::kPut}) {
    for (const double strike : {570.0, 640.0}) {
      const AmericanInputs inputs = usual(right, strike);
      SCOPED_TRACE(described(inputs));
      const auto price = [](const AmericanInputs& in) {
        return dividend_value(in, AmericanMethod::kReference).price;
      };
      AmericanInputs up = inputs;
      AmericanInputs down = inputs;
      up.spot += 1.5;
      down.spot -= 1.5;
      const double spot_up = price(up);
      const double spot_down = price(down);
      up = down = inputs;
      up.volatility += 0.01;
      down.volatility -= 0.01;
      const double vega = 0.5 * (price(up) - price(down));
      up = down = inputs;
      up.rate += 0.005;
      down.rate -= 0.005;
      const double rho = price(up) - price(down);
      // A day later everything is a day nearer.
      const auto shifted = [&](double days) {
        std::array<CashDividend, 2> dividends = kTwoDividends;
        for (CashDividend& dividend : dividends) { dividend.years -= days * kDay; }
        AmericanInputs later = inputs;
        later.years -= days * kDay;
        later.dividends = dividends;
        return price(later);
      };
      const double theta = 0.5 * (shifted(1) - shifted(-1));
      for (const AmericanMethod method : {AmericanMethod::kFast, AmericanMethod::kReference}) {
        const AmericanValue value = dividend_value(inputs, method);
        EXPECT_NEAR(value.greeks.delta, (spot_up - spot_down) / 3, 1e-4);
        EXPECT_NEAR(value.greeks.gamma, (spot_up + spot_down - 2 * value.price) / 2.25,
                    method == AmericanMethod::kFast ? 1e-3 : 1e-4);
        EXPECT_NEAR(value.greeks.vega, vega, 2e-3);
        EXPECT_NEAR(value.greeks.rho, rho, 5e-3);
        EXPECT_NEAR(value.greeks.theta, theta, 5e-4);
      }
    }
  }
}

TEST(DividendOptions, BoundarySeparatesExerciseFromHolding) {
  AmericanInputs put = usual(OptionRight::kPut, 700);
  put.dividends = std::span{kTwoDividends}.last(1);
  AmericanInputs call = usual(OptionRight::kCall, 560);
  call.yield = 0.06;
  call.rate = 0.01;
  for (AmericanInputs inputs : {put, call}) {
    SCOPED_TRACE(described(inputs));
    const double inward = inputs.right == OptionRight::kPut ? -1.0 : 1.0;
    for (const AmericanMethod method : {AmericanMethod::kFast, AmericanMethod::kReference}) {
      const auto boundary = dividend_value(inputs, method).boundary;
      ASSERT_TRUE(boundary.has_value());
      const auto extrinsic = [&](double spot) {
        inputs.spot = spot;
        return dividend_value(inputs, AmericanMethod::kReference).price -
               std::abs(spot - inputs.strike);
      };
      EXPECT_EQ(extrinsic(*boundary + 3 * inward), 0);
      EXPECT_GT(extrinsic(*boundary - 3 * inward), 1e-4);
    }
  }
}

TEST(DividendOptions, NoneIsExercisedWhereWaitingPaysMore) {
  // A call without yield is exercised before an ex-date only; a put waits for a dividend that is
  // more than the interest on its strike until then.
  AmericanInputs call = usual(OptionRight::kCall, 560);
  call.yield = 0;
  EXPECT_FALSE(dividend_value(call, AmericanMethod::kFast).boundary.has_value());
  AmericanInputs put = usual(OptionRight::kPut, 700);
  const std::array large{CashDividend{.years = 0.1, .amount = 5.0}};
  put.dividends = large;
  EXPECT_FALSE(dividend_value(put, AmericanMethod::kFast).boundary.has_value());
}

TEST(DividendOptions, ExDatesAtTheEndsOfTheLifeCount) {
  const auto with = [](double years, OptionRight right) {
    const std::array dividends{CashDividend{.years = years, .amount = 6.0}};
    AmericanInputs inputs = usual(right, 590);
    inputs.dividends = dividends;
    return dividend_value(inputs, AmericanMethod::kReference);
  };
  const double plain = with(0.6, OptionRight::kCall).price;  // after expiry: nothing
  EXPECT_EQ(with(-0.1, OptionRight::kCall).price, plain);    // gone already

  // At expiry a holder exercises before the drop; the European option pays after it.
  const AmericanValue at_expiry = with(0.5, OptionRight::kCall);
  EXPECT_NEAR(at_expiry.price, plain, kReferenceError);
  AmericanInputs lower = usual(OptionRight::kCall, 596);
  lower.dividends = {};
  EXPECT_NEAR(at_expiry.price - at_expiry.premium,
              dividend_european(lower, AmericanMethod::kReference), kReferenceError);

  // Now: the spot is lower in a moment.
  lower = usual(OptionRight::kPut, 590);
  lower.spot -= 6;
  lower.dividends = {};
  EXPECT_NEAR(with(0, OptionRight::kPut).price,
              dividend_value(lower, AmericanMethod::kReference).price, kReferenceError);
}

TEST(DividendOptions, TwoDividendsAtOnceAreTheirSum) {
  const std::array two{CashDividend{.years = 0.3, .amount = 2.5},
                       CashDividend{.years = 0.3, .amount = 4.5}};
  const std::array sum{CashDividend{.years = 0.3, .amount = 7.0}};
  AmericanInputs inputs = usual(OptionRight::kCall, 570);
  inputs.dividends = two;
  const double apart = dividend_value(inputs, AmericanMethod::kReference).price;
  inputs.dividends = sum;
  EXPECT_NEAR(apart, dividend_value(inputs, AmericanMethod::kReference).price, kReferenceError);
}

TEST(DividendOptions, AreCertainWithoutVolatilityOrTime) {
  AmericanInputs call = usual(OptionRight::kCall, 590);
  const std::array one{CashDividend{.years = 0.25, .amount = 20.0}};
  call.dividends = one;
  call.volatility = 0;
  call.yield = 0;
  // Exercised just before the ex-date: 600 - 590 e^(-0.045 / 4).
  const AmericanValue value = dividend_value(call, AmericanMethod::kFast);
  EXPECT_NEAR(value.price, 600 - 590 * std::exp(-0.045 * 0.25), 1e-9);
  EXPECT_NEAR(value.greeks.delta, 1, 1e-6);
  EXPECT_EQ(value.greeks.vega, 0);
  EXPECT_NEAR(dividend_european(call, AmericanMethod::kFast),
              600 - 20 * std::exp(-0.045 * 0.25) - 590 * std::exp(-0.045 * 0.5), 1e-9);
  call.volatility = 1e-3;
  EXPECT_NEAR(dividend_value(call, AmericanMethod::kReference).price, value.price, 1e-4);

  AmericanInputs put = usual(OptionRight::kPut, 610);
  put.years = 0;
  put.dividends = {};
  EXPECT_EQ(dividend_value(put, AmericanMethod::kFast).price, 10);
  EXPECT_EQ(dividend_value(put, AmericanMethod::kFast).greeks.delta, -1);
  EXPECT_EQ(dividend_value(put, AmericanMethod::kFast).boundary, 610);
}

TEST(DividendOptions, ADividendBeyondTheSpotLeavesNothingOfIt) {
  AmericanInputs put = usual(OptionRight::kPut, 600);
  const std::array ruin{CashDividend{.years = 0.2, .amount = 1e5}};
  put.dividends = ruin;
  // Then the put pays its strike, at once for the one who may exercise.
  EXPECT_NEAR(dividend_value(put, AmericanMethod::kReference).price, 600 * std::exp(-0.045 * 0.2),
              kReferenceError);
  EXPECT_NEAR(dividend_european(put, AmericanMethod::kReference), 600 * std::exp(-0.045 * 0.5),
              kReferenceError);
  AmericanInputs call = put;
  call.right = OptionRight::kCall;
  EXPECT_NEAR(dividend_european(call, AmericanMethod::kReference), 0, 1e-9);
  // Which leaves the call of an option that ends before the ex-date.
  AmericanInputs shorter = usual(OptionRight::kCall, 600);
  shorter.years = 0.2;
  shorter.dividends = {};
  EXPECT_NEAR(dividend_value(call, AmericanMethod::kReference).price,
              dividend_value(shorter, AmericanMethod::kReference).price, kReferenceError);
}

TEST(DividendOptions, StayFiniteFarOut) {
  for (const OptionRight right : {OptionRight::kCall, OptionRight::kPut}) {
    for (const double strike : {1e-3, 60.0, 6000.0, 6e5}) {
      for (const double volatility : {1e-9, 1e-4, 0.2, 3.0, 10.0}) {
        AmericanInputs inputs = usual(right, strike);
        inputs.volatility = volatility;
        SCOPED_TRACE(described(inputs));
        const AmericanValue value = dividend_value(inputs, AmericanMethod::kFast);
        for (const double x : {value.price, value.premium, value.greeks.delta, value.greeks.gamma,
                               value.greeks.theta, value.greeks.vega, value.greeks.rho}) {
          EXPECT_TRUE(std::isfinite(x));
        }
        EXPECT_LE(value.price, std::max(inputs.spot, strike));
      }
    }
  }
}

}  // namespace
}  // namespace v6
