#include "analytics/statistics.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <vector>

namespace v6 {
namespace {

constexpr double kDay = 1.0 / 365.0;

TEST(ConstantMaturity, IsLinearInTotalVariance) {
  const std::vector<TermPoint> term{{20 * kDay, 0.20}, {40 * kDay, 0.30}, {70 * kDay, 0.25}};
  // 30 days: (0.04 x 20 + 0.09 x 40) / 2 / 30.
  EXPECT_NEAR(*constant_maturity(term, 30), std::sqrt(4.4 / 2 / 30), 1e-12);
  EXPECT_NEAR(*constant_maturity(term, 40), 0.30, 1e-12);
  EXPECT_NEAR(*term_slope(term), *constant_maturity(term, 60) - *constant_maturity(term, 30),
              1e-15);
}

TEST(ConstantMaturity, ReachesTenPercentBeyondTheNearestExpiryOnly) {
  const std::vector<TermPoint> term{{-1 * kDay, 9.0}, {20 * kDay, 0.20}, {40 * kDay, 0.30}};
  EXPECT_EQ(constant_maturity(term, 18.5), 0.20);
  EXPECT_EQ(constant_maturity(term, 17.5), std::nullopt);
  EXPECT_EQ(constant_maturity(term, 43.5), 0.30);
  EXPECT_EQ(constant_maturity(term, 45), std::nullopt);
  EXPECT_EQ(constant_maturity({}, 30), std::nullopt);
  EXPECT_EQ(term_slope(term), std::nullopt);
}

TEST(RealisedVolatility, IsTheSampleDeviationOfTheLastLogReturns) {
  // Returns +1 %, -1 %, +1 % in logs: mean 1/3 %, n - 1 deviation sqrt(4/3) %.
  const std::vector<double> closes{50, 100, 100 * std::exp(0.01), 100, 100 * std::exp(0.01)};
  EXPECT_NEAR(*realised_volatility(closes, 3), 0.01 * std::sqrt(4.0 / 3.0 * 252), 1e-12);
  EXPECT_EQ(realised_volatility(closes, 5), std::nullopt);
  EXPECT_EQ(realised_volatility(closes, 1), std::nullopt);
  EXPECT_EQ(realised_volatility(std::vector<double>{1, 0, 1, 1}, 3), std::nullopt);
}

TEST(Series, AveragesAndReturnsCountBackFromTheLast) {
  const std::vector<double> values{1, 2, 4, 8};
  EXPECT_EQ(simple_average(values, 2), 6.0);
  EXPECT_EQ(simple_average(values, 4), 3.75);
  EXPECT_EQ(simple_average(values, 5), std::nullopt);
  EXPECT_EQ(simple_average(values, 0), std::nullopt);
  EXPECT_EQ(period_return(values, 1), 1.0);
  EXPECT_EQ(period_return(values, 3), 7.0);
  EXPECT_EQ(period_return(values, 4), std::nullopt);
}

TEST(Percentile, CountsStrictlyBelowIncludingTheLastInTheWindow) {
  const std::vector<double> values{9, 1, 2, 3, 3};
  EXPECT_EQ(percentile_of_last(values, 4), 50.0);
  EXPECT_EQ(percentile_of_last(values, 5), 40.0);
  EXPECT_EQ(percentile_of_last(values, 6), std::nullopt);
  EXPECT_EQ(rank_of_last(values, 5), 25.0);
  EXPECT_EQ(rank_of_last(values, 4), 100.0);
  EXPECT_EQ(rank_of_last(values, 2), std::nullopt);  // all the same
}

TEST(Percentile, StaysWithinItsBounds) {
  EXPECT_TRUE(rc::check([](const std::vector<int>& raw) {
    const std::vector<double> values(raw.begin(), raw.end());
    const int window = *rc::gen::inRange(1, 30);
    const auto percentile = percentile_of_last(values, window);
    RC_ASSERT(percentile.has_value() == (static_cast<int>(values.size()) >= window));
    if (!percentile) { return; }
    RC_ASSERT(*percentile >= 0.0);
    RC_ASSERT(*percentile <= 100.0 * (window - 1) / window);
    if (const auto rank = rank_of_last(values, window)) {
      RC_ASSERT(*rank >= 0.0);
      RC_ASSERT(*rank <= 100.0);
      RC_ASSERT((*percentile > 0.0) == (*rank > 0.0));
    }
  }));
}

}  // namespace
}  // namespace v6
