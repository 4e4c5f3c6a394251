#pragma once

#include <algorithm>
#include <span>

#include "analytics/payoff.hpp"

namespace v6 {

/// Chance, 0..1, that the underlying ends below `strike`: the slope of the undiscounted put value
/// there, measured over 0.5% of spot to either side. `put_value(strike)` is the expected payoff.
template <class PutValue>
[[nodiscard]] double chance_below(const PutValue& put_value, double strike, double spot) {
  const double step = 0.005 * spot;
  const double slope = (put_value(strike + step) - put_value(strike - step)) / (2.0 * step);
  return std::clamp(slope, 0.0, 1.0);
}

/// Chance, 0..1, that the underlying ends in one of these stretches, which do not overlap.
/// `below(level)` is the chance that it ends below a level above 0.
template <class Below>
[[nodiscard]] double chance_within(std::span<const analytics::LevelRange> ranges,
                                   const Below& below) {
  double chance = 0;
  for (const analytics::LevelRange& range : ranges) {
    const double upto = range.high ? below(*range.high) : 1.0;
    chance += std::max(upto - (range.low > 0 ? below(range.low) : 0.0), 0.0);
  }
  return std::min(chance, 1.0);
}

}  // namespace v6
