#pragma once

#include <array>
#include <vector>

#include "strategy/pricing.hpp"

namespace v6 {

/// Bounds of `Forecast::chance_below`, so that most pairs need no chance of their own worked out.
/// Certain, not likely: see build(). Keeps its memory.
class ChanceBounds {
 public:
  /// For levels from `low` to `high`, dollars a share. Nodes a sixteenth of the range apart over
  /// which the chance is measured.
  void build(const Forecast& forecast, double spot, double low, double high);

  /// Bounds over every level from `low` to `low` + the span of `widen`; 0 and 1 outside the table.
  void widen(double span);
  [[nodiscard]] double least_from(double low) const { return at(least_wide_, low, 0.0); }
  [[nodiscard]] double most_from(double low) const { return at(most_wide_, low, 1.0); }

  /// As lanes read them: bounds at the nodes origin() + i x step(), straight in between. A level
  /// may be off by kLevelSlack.
  static constexpr double kLevelSlack = 1e-3;
  [[nodiscard]] const std::vector<float>& least() const { return least_; }
  [[nodiscard]] const std::vector<float>& most() const { return most_; }
  [[nodiscard]] double origin() const { return origin_; }
  [[nodiscard]] double step() const { return step_; }

 private:
  [[nodiscard]] double at(const std::vector<float>& bounds, double level, double none) const;
  void value_nodes(const Forecast& forecast, double first, std::size_t count);
  [[nodiscard]] double bend(const Forecast& forecast, std::size_t node, double slopes) const;

  double origin_ = 0;
  double step_ = 1;
  std::vector<float> least_, most_, least_wide_, most_wide_;
  std::vector<OptionRight> rights_;
  std::vector<double> nodes_, volatilities_, steepest_, bends_;
  std::array<std::vector<double>, 6> values_;
};

}  // namespace v6
