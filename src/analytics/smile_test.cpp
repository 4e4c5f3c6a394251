#include "analytics/smile.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "analytics/density.hpp"
#include "analytics/option_right.hpp"
#include "analytics/scalar_math.hpp"
#include "analytics/statistics.hpp"
#include "base/check.hpp"

namespace v6 {
namespace {

constexpr Forward kForward{.forward = 100, .discount = 0.99};
constexpr double kYears = 0.25;

double price(OptionRight right, double strike, double volatility) {
  return kForward.discount *
         undiscounted_black(right, kForward.forward, strike, volatility, kYears);
}

TEST(Smile, IsLinearBetweenPointsAndFlatBeyond) {
  const Smile smile{{{90, 0.30}, {100, 0.20}, {120, 0.16}}, kForward, kYears};
  EXPECT_DOUBLE_EQ(smile.at(50), 0.30);
  EXPECT_DOUBLE_EQ(smile.at(90), 0.30);
  EXPECT_DOUBLE_EQ(smile.at(95), 0.25);
  EXPECT_DOUBLE_EQ(smile.at(115), 0.17);
  EXPECT_DOUBLE_EQ(smile.at(500), 0.16);
  EXPECT_DOUBLE_EQ(smile.atm(), 0.20);
  EXPECT_THROW((Smile{{}, kForward, kYears}), BrokenInvariant);
  EXPECT_THROW((Smile{{{100, 0.2}, {90, 0.2}}, kForward, kYears}), BrokenInvariant);
}

TEST(MakeSmile, ReadsTheOutOfTheMoneySideAndSkipsBadPoints) {
  const std::vector<StrikeQuote> quotes{
      {.strike = 80, .call_mid = 25, .put_mid = price(OptionRight::kPut, 80, 0.35)},
      {.strike = 85, .call_mid = 25},                 // no put
      {.strike = 90, .call_mid = 25, .put_mid = 95},  // dearer than the strike
      {.strike = 95, .call_mid = 1, .put_mid = price(OptionRight::kPut, 95, 0.25)},
      {.strike = 100, .call_mid = price(OptionRight::kCall, 100, 0.2), .put_mid = 40},
      {.strike = 110, .call_mid = 0},
      {.strike = 120, .call_mid = price(OptionRight::kCall, 120, 0.18)},
  };
  const auto smile = make_smile(quotes, kForward, kYears);
  ASSERT_TRUE(smile.has_value());
  ASSERT_EQ(smile->points().size(), 4U);
  EXPECT_NEAR(smile->at(80), 0.35, 1e-12);
  EXPECT_NEAR(smile->at(95), 0.25, 1e-12);
  EXPECT_NEAR(smile->atm(), 0.20, 1e-12);
  EXPECT_NEAR(smile->at(120), 0.18, 1e-12);
}

TEST(MakeSmile, RefusesTooLittle) {
  const std::vector<StrikeQuote> quotes{{.strike = 95, .put_mid = 2},
                                        {.strike = 105, .call_mid = 2}};
  EXPECT_EQ(make_smile(quotes, kForward, kYears).error(), SmileError::kTooFewPoints);
  EXPECT_EQ(make_smile(quotes, kForward, 0).error(), SmileError::kNoTime);
}

TEST(Skew, IsPutLessCallVolatilityAtAQuarterDelta) {
  // Volatility falls 0.2 a hundred points; flat would be 0.
  const Smile tilted{{{50, 0.30}, {150, 0.10}}, kForward, kYears};
  const auto skew = skew_25_delta(tilted, 100);
  ASSERT_TRUE(skew.has_value());
  // By hand: 25-delta strikes near F exp(-+0.67 x 0.2 x 0.5), 13 points apart.
  EXPECT_NEAR(*skew, 0.002 * 13.3, 0.002);
  const Smile flat{{{50, 0.2}, {150, 0.2}}, kForward, kYears};
  EXPECT_EQ(skew_25_delta(flat, 100), 0.0);
  const Smile narrow{{{99, 0.2}, {101, 0.2}}, kForward, kYears};
  EXPECT_EQ(skew_25_delta(narrow, 100), std::nullopt);
}

TEST(ChanceBelow, IsTheLognormalDistributionForAFlatSmile) {
  const auto put = [](double strike) {
    return undiscounted_black(OptionRight::kPut, 100, strike, 0.2, kYears);
  };
  for (const double strike : {70.0, 90.0, 100.0, 105.0, 130.0}) {
    const double d2 = std::log(100 / strike) / 0.1 - 0.05;
    EXPECT_NEAR(chance_below(put, strike, 100), exact::normal_below(-d2), 5e-4) << strike;
  }
  EXPECT_EQ(chance_below([](double strike) { return -strike; }, 100, 100), 0.0);
  EXPECT_EQ(chance_below([](double strike) { return 2 * strike; }, 100, 100), 1.0);
}

}  // namespace
}  // namespace v6
