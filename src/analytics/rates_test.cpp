#include "analytics/rates.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace v6 {
namespace {

using Row = std::array<std::optional<double>, 5>;

TEST(YieldCurve, ConvertsBondYieldsAndInterpolatesInYears) {
  const YieldCurve curve{.percent = {2.0, std::nullopt, 3.0, std::nullopt, 4.0}};
  // Twice a year at 3 %: one dollar in half a year costs 1 / 1.015.
  EXPECT_NEAR(curve.discount_at(0.5), 1 / 1.015, 1e-15);
  EXPECT_NEAR(curve.discount_at(2.0), std::pow(1.02, -4.0), 1e-15);
  const double low = 2 * std::log(1.01);
  const double high = 2 * std::log(1.015);
  EXPECT_NEAR(curve.rate_at(7.0 / 24.0), (low + high) / 2, 1e-15);
  EXPECT_NEAR(curve.rate_at(0.001), low, 1e-15);
  EXPECT_NEAR(curve.rate_at(10), 2 * std::log(1.02), 1e-15);
  EXPECT_FALSE(curve.empty());
  EXPECT_TRUE(YieldCurve{}.empty());
  EXPECT_EQ(YieldCurve{}.discount_at(1), 1.0);
}

TEST(YieldCurve, OfAPublishedLineGivesRatesWorkedOutByHand) {
  // FRED, DGS1MO to DGS2 of 2019-05-06; expected values with 30 digits of 2 ln(1 + y / 2).
  const YieldCurve curve{.percent = Row{2.43, 2.44, 2.46, 2.39, 2.31}};
  EXPECT_NEAR(curve.rate_at(1.0 / 12.0), 0.0241535624508985237, 1e-16);
  EXPECT_NEAR(curve.rate_at(0.25), 0.0242523595956811306, 1e-16);
  EXPECT_NEAR(curve.rate_at(0.5), 0.0244499392451379418, 1e-16);
  EXPECT_NEAR(curve.rate_at(45.0 / 365.0), 0.02417724669793545, 1e-16);
  EXPECT_NEAR(curve.discount_at(45.0 / 365.0), 0.997023681601601672, 2e-16);
}

TEST(YieldCurve, TakesYieldsOfZeroAndBelow) {
  // FRED of 2020-03-25: one and three months at 0.00.
  const YieldCurve curve{.percent = Row{0.00, 0.00, 0.07, 0.19, 0.34}};
  EXPECT_EQ(curve.rate_at(0.1), 0.0);
  EXPECT_EQ(curve.discount_at(0.1), 1.0);
  EXPECT_NEAR(YieldCurve{.percent = Row{-0.05}}.rate_at(1), -0.000500062510418620182, 1e-18);
}

TEST(YieldCurve, CarriesWhatAHolidayOrATenorLeavesOut) {
  YieldCurve curve{.percent = Row{2.37, 2.35, 2.39, 2.33, 2.16}};  // 2019-05-24
  curve.publish(Row{});                                            // Memorial Day
  EXPECT_EQ(curve.percent, (Row{2.37, 2.35, 2.39, 2.33, 2.16}));
  curve.publish(Row{2.35, std::nullopt, 2.38, std::nullopt, 2.12});
  EXPECT_EQ(curve.percent, (Row{2.35, 2.35, 2.38, 2.33, 2.12}));
  curve.publish({});
  EXPECT_EQ(curve.percent, (Row{2.35, 2.35, 2.38, 2.33, 2.12}));
}

}  // namespace
}  // namespace v6
