#pragma once

#include <string>
#include <vector>

#include "report/json.hpp"
#include "strategy/analysis.hpp"

namespace v6 {

/// A stress grid as `v6 payoff` shows it.
struct StressGrid {
  analytics::StressAxes axes;
  std::vector<double> days;     // as the years of the axes
  std::vector<double> changes;  // dollars, as analytics::stress orders them

  [[nodiscard]] double at(std::size_t day, std::size_t volatility, std::size_t spot) const;
};

/// Spot -20 % to +20 %, volatility halved to doubled, today, half way and at the nearest expiry.
[[nodiscard]] StressGrid stress_grid(const StructureAnalysis& analysis);

/// Strikes, break-evens, spot, one and two expected moves: where values are worth a line.
struct NamedLevel {
  double level = 0;
  std::string name;
};
[[nodiscard]] std::vector<NamedLevel> value_levels(const StructureAnalysis& analysis);

/// All figures as tables for people.
[[nodiscard]] std::string payoff_text(const StructureAnalysis& analysis);
[[nodiscard]] std::string stress_text(const StressGrid& grid, double spot);

/// All figures as one document.
[[nodiscard]] Json payoff_json(const StructureAnalysis& analysis);

}  // namespace v6
