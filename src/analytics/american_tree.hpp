#pragma once

namespace v6 {

/// A put on a strike of one that may be exercised early.
struct TreePut {
  double spot = 0;
  double volatility = 0;
  double years = 0;
  double rate = 0;
  double yield = 0;
};

/// Its price on a tree of `kTreeSteps` steps: any rates and yields, at the price of milliseconds.
/// Needs spot, volatility and years > 0. Source: D. Leisen, M. Reimer, "Binomial models for option
/// valuation", 1996.
[[nodiscard]] double tree_put(const TreePut& put);

inline constexpr int kTreeSteps = 2001;

}  // namespace v6
