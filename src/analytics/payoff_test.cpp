#include "analytics/payoff.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "analytics/option_right.hpp"

namespace v6::analytics {
namespace {

constexpr auto kCall = OptionRight::kCall;
constexpr auto kPut = OptionRight::kPut;
using Levels = std::vector<double>;

const std::vector<PayoffLeg> kCondor{
    {kPut, 90, 1}, {kPut, 95, -1}, {kCall, 105, -1}, {kCall, 112, 1}};

TEST(Payoff, OfKnownShapes) {
  EXPECT_EQ(worst_payoff(kCondor), -7.0);
  EXPECT_EQ(best_payoff(kCondor), 0.0);
  EXPECT_EQ(break_evens(kCondor, 2), (Levels{93, 107}));

  const std::vector<PayoffLeg> long_call{{kCall, 100, 1}};
  EXPECT_EQ(worst_payoff(long_call), 0.0);
  EXPECT_EQ(best_payoff(long_call), std::nullopt);
  EXPECT_EQ(break_evens(long_call, -3), Levels{103});

  const std::vector<PayoffLeg> short_call{{kCall, 100, -1}};
  EXPECT_EQ(worst_payoff(short_call), std::nullopt);
  EXPECT_EQ(best_payoff(short_call), 0.0);

  const std::vector<PayoffLeg> short_put{{kPut, 100, -1}};
  EXPECT_EQ(worst_payoff(short_put), -100.0);
  EXPECT_EQ(break_evens(short_put, 4), Levels{96});

  const std::vector<PayoffLeg> covered_call{{kCall, 0, 1}, {kCall, 100, -1}};
  EXPECT_EQ(worst_payoff(covered_call), 0.0);
  EXPECT_EQ(best_payoff(covered_call), 100.0);
  EXPECT_EQ(break_evens(covered_call, -95), Levels{95});

  EXPECT_EQ(worst_payoff({}), 0.0);
  EXPECT_TRUE(break_evens({}, 1).empty());
}

TEST(Payoff, EarnsBetweenItsBreakEvens) {
  using Ranges = std::vector<LevelRange>;
  EXPECT_EQ(profit_ranges(kCondor, 2), (Ranges{{93, 107}}));
  EXPECT_EQ(profit_ranges(kCondor, -1), Ranges{}) << "a condor paid for loses everywhere";
  // A profit of nothing is none: the plateau of a condor sold for nothing.
  EXPECT_EQ(profit_ranges(kCondor, 0), Ranges{});

  const std::vector<PayoffLeg> long_straddle{{kCall, 100, 1}, {kPut, 100, 1}};
  EXPECT_EQ(profit_ranges(long_straddle, -8), (Ranges{{0, 92}, {108, std::nullopt}}));
  EXPECT_EQ(profit_ranges(long_straddle, -100), (Ranges{{200, std::nullopt}}));
  EXPECT_EQ(profit_ranges(long_straddle, 1), (Ranges{{0, std::nullopt}}));
  // Down to zero at one level only, on either side of which it earns.
  EXPECT_EQ(profit_ranges(long_straddle, 0), (Ranges{{0, 100}, {100, std::nullopt}}));
  EXPECT_EQ(profit_ranges({}, 1), (Ranges{{0, std::nullopt}}));
  EXPECT_EQ(profit_ranges({}, 0), Ranges{});
}

TEST(Payoff, WorstBestAndBreakEvensAgreeWithBruteForce) {
  EXPECT_TRUE(rc::check([] {
    std::vector<PayoffLeg> legs;
    const int count = *rc::gen::inRange(1, 6);
    for (int i = 0; i < count; ++i) {
      legs.push_back({.right = *rc::gen::element(kCall, kPut),
                      .strike = 1.0 * *rc::gen::inRange(1, 40),
                      .quantity = 1.0 * *rc::gen::inRange(-3, 4)});
    }
    // Every kink is whole, so whole levels see every extreme; far out shows what has no end.
    double worst = 0;
    double best = 0;
    for (int level = 0; level <= 100; ++level) {
      const double value = payoff_at(legs, level);
      worst = level == 0 ? value : std::min(worst, value);
      best = level == 0 ? value : std::max(best, value);
    }
    const double slope = payoff_at(legs, 100) - payoff_at(legs, 99);
    RC_ASSERT(worst_payoff(legs) == (slope < 0 ? std::nullopt : std::optional{worst}));
    RC_ASSERT(best_payoff(legs) == (slope > 0 ? std::nullopt : std::optional{best}));

    const double credit = 0.5 + *rc::gen::inRange(-20, 20);
    const Levels levels = break_evens(legs, credit);
    RC_ASSERT(std::ranges::is_sorted(levels));
    for (const double level : levels) {
      RC_ASSERT(std::abs(payoff_at(legs, level) + credit) < 1e-9);
    }
    // As many sign changes as crossings. Two crossings are at least 1/15 apart (half a dollar from
    // a kink at a slope of 15), and none is beyond 700.
    int changes = 0;
    const auto positive = [&](double level) { return payoff_at(legs, level) + credit > 0; };
    constexpr double kStep = 1.0 / 64.0;
    for (int i = 0; i < 700 * 64; ++i) {
      changes += positive(i * kStep) != positive((i + 1) * kStep) ? 1 : 0;
    }
    RC_ASSERT(changes == static_cast<int>(levels.size()));

    const auto ranges = profit_ranges(legs, credit);
    const auto inside = [&](double level) {
      return std::ranges::any_of(ranges, [&](const LevelRange& range) {
        return level >= range.low && (!range.high || level <= *range.high);
      });
    };
    for (int i = 1; i < 2000; ++i) {
      const double level = 0.35 * i + 1e-7;  // not where it is zero
      if (std::abs(payoff_at(legs, level) + credit) < 1e-5) { continue; }
      RC_ASSERT(inside(level) == positive(level));
    }
  }));
}

}  // namespace
}  // namespace v6::analytics
