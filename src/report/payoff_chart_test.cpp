#include "report/payoff_chart.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace v6 {
namespace {

using Ticks = std::vector<double>;

TEST(PayoffChart, TicksAreRoundNumbers) {
  EXPECT_EQ(round_ticks(-3938, 1062, 6), (Ticks{-3000, -2000, -1000, 0, 1000}));
  EXPECT_EQ(round_ticks(2627, 3213, 5), (Ticks{2800, 3000, 3200}));
  EXPECT_EQ(round_ticks(0, 1, 4), (Ticks{0, 0.25, 0.5, 0.75, 1}));
  EXPECT_EQ(round_ticks(100, 100.09, 3).size(), 2U);
  EXPECT_EQ(decimals_of({0, 0.25, 0.5}), 2);
  EXPECT_EQ(decimals_of({2800, 3000}), 0);
  EXPECT_EQ(decimals_of({1.0 / 3.0}), 4);
}

TEST(PayoffChart, DollarsHaveSeparatorsAndSigns) {
  struct Case {
    double dollars;
    SignStyle sign;
    int decimals;
    std::string_view text;
  };
  constexpr auto kAlways = SignStyle::kAlways;
  constexpr auto kMinusOnly = SignStyle::kMinusOnly;
  const Case cases[] = {{0, kAlways, 2, "0.00"},
                        {1234.5, kAlways, 2, "+1,234.50"},
                        {-1234567, kAlways, 0, "-1,234,567"},
                        {999, kMinusOnly, 0, "999"},
                        {999.6, kMinusOnly, 0, "1,000"},
                        {-0.001, kAlways, 2, "0.00"},
                        {-100, kMinusOnly, 2, "-100.00"}};
  for (const Case& c : cases) { EXPECT_EQ(dollars_text(c.dollars, c.sign, c.decimals), c.text); }
}

TEST(PayoffChart, LooksAtEveryStrikeAndBreakEvenAndTwoMoves) {
  StructureAnalysis analysis{.spot = 100, .expected_move = 5, .break_evens = {93, 97}};
  analysis.legs.push_back({.held = {.strike = 120}});
  const LevelSpan span = interesting_levels(analysis);
  EXPECT_LT(span.low, 90);
  EXPECT_GT(span.low, 85);
  EXPECT_GT(span.high, 120);
  EXPECT_LT(span.high, 125);
  analysis.expected_move = 80;
  EXPECT_EQ(interesting_levels(analysis).low, 0) << "nothing trades below zero";
  // The bends themselves are drawn, or the picture would cut the corners.
  const Ticks levels = curve_levels(analysis, {90, 130}, 3);
  EXPECT_EQ(levels.size(), 4U + 3U);
  EXPECT_TRUE(std::ranges::is_sorted(levels));
  EXPECT_TRUE(std::ranges::binary_search(levels, 120.0));
}

}  // namespace
}  // namespace v6
