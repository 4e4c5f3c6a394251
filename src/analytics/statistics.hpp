#pragma once

#include <optional>
#include <span>

#include "analytics/smile.hpp"

namespace v6 {

// Every series is oldest first. Too short a series (or a value no price can have) gives nothing.

/// At-the-money volatility of one expiry.
struct TermPoint {
  double years = 0;
  double atm_volatility = 0;
};

/// Volatility `target_days` calendar days out: total variance linear in time between the expiries
/// on either side. Beyond the ends the nearest expiry's, if it is within 10% of its own time away;
/// else nothing. Points ascending by years; those at or past expiry are ignored.
[[nodiscard]] std::optional<double> constant_maturity(std::span<const TermPoint> points,
                                                      double target_days);

/// 60-day less 30-day constant-maturity volatility: negative is backwardation.
[[nodiscard]] std::optional<double> term_slope(std::span<const TermPoint> points);

/// Standard deviation (n - 1) of the last `returns` >= 2 close-to-close log returns, x sqrt(252).
[[nodiscard]] std::optional<double> realised_volatility(std::span<const double> closes,
                                                        int returns);

/// Mean of the last n >= 1 values.
[[nodiscard]] std::optional<double> simple_average(std::span<const double> values, int n);

/// Last value over the one n >= 1 before it, less 1.
[[nodiscard]] std::optional<double> period_return(std::span<const double> values, int n);

/// Share of the last `window` values, the last one included, strictly below the last: 0..100.
[[nodiscard]] std::optional<double> percentile_of_last(std::span<const double> values, int window);

/// Where the last value stands between the least and the greatest of the last `window`: 0..100.
/// Nothing when they are all the same.
[[nodiscard]] std::optional<double> rank_of_last(std::span<const double> values, int window);

/// Volatility of the 25-delta put less that of the 25-delta call (deltas by spot, on the smile).
/// Nothing when the smile's own points do not reach that far out on both sides.
[[nodiscard]] std::optional<double> skew_25_delta(const Smile& smile, double spot);

}  // namespace v6
