#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analytics/black.hpp"

namespace v6::analytics {

/// One option of a position; quantity negative when short. A share is a call of strike 0.
struct PayoffLeg {
  OptionRight right;
  double strike = 0;
  double quantity = 0;
};

/// What the legs are worth at expiry if the underlying ends at `level` >= 0.
[[nodiscard]] double payoff_at(std::span<const PayoffLeg> legs, double level);

/// Least and greatest payoff over every level from 0 up, exactly: it is piecewise linear, so only
/// 0, the strikes and the slope beyond the last one count. Absent is unlimited.
[[nodiscard]] std::optional<double> worst_payoff(std::span<const PayoffLeg> legs);
[[nodiscard]] std::optional<double> best_payoff(std::span<const PayoffLeg> legs);

/// Levels where payoff + net_credit (a debit is negative) is or crosses zero, ascending. Of a
/// stretch at zero, its ends and the strikes within.
[[nodiscard]] std::vector<double> break_evens(std::span<const PayoffLeg> legs, double net_credit);

/// Levels between two others, both left out; without `high` the stretch has no end.
struct LevelRange {
  double low = 0;
  std::optional<double> high;

  friend bool operator==(const LevelRange&, const LevelRange&) = default;
};

/// Where something earns, given all its zeros in ascending order: the stretches between them with a
/// `profit` above zero. Nothing lies below a level of 0.
template <class Profit>
[[nodiscard]] std::vector<LevelRange> ranges_of_profit(std::span<const double> zeros,
                                                       const Profit& profit) {
  std::vector<LevelRange> ranges;
  double low = 0;
  for (const double zero : zeros) {
    if (zero > low && profit(0.5 * (low + zero)) > 0) { ranges.push_back({low, zero}); }
    low = zero;
  }
  if (profit(2.0 * low + 1.0) > 0) { ranges.push_back({low, std::nullopt}); }
  return ranges;
}

/// Where payoff + net_credit is above zero.
[[nodiscard]] std::vector<LevelRange> profit_ranges(std::span<const PayoffLeg> legs,
                                                    double net_credit);

}  // namespace v6::analytics
