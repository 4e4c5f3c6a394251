#pragma once

#include <algorithm>

namespace v6 {

/// Chance, 0..1, that the underlying ends below `strike`: the slope of the undiscounted put value
/// there, measured over 0.5% of spot to either side. `put_value(strike)` is the expected payoff.
template <class PutValue>
[[nodiscard]] double chance_below(const PutValue& put_value, double strike, double spot) {
  const double step = 0.005 * spot;
  const double slope = (put_value(strike + step) - put_value(strike - step)) / (2.0 * step);
  return std::clamp(slope, 0.0, 1.0);
}

}  // namespace v6
