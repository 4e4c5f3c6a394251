#pragma once

#include <cstdint>
#include <string>

#include "strategy/analysis.hpp"

namespace v6 {

enum class Colours : std::uint8_t { kNone, kTerminal };

/// The profit at expiry (line) and today (dots) by level, in braille. At least 40 columns wide.
[[nodiscard]] std::string payoff_plot(const StructureAnalysis& analysis, int columns,
                                      Colours colours);

/// Colours where standard output is a terminal and NO_COLOR is not set.
[[nodiscard]] Colours colours_of_output();
/// Columns of the terminal, 100 where there is none; never under 40 nor over 140.
[[nodiscard]] int columns_of_output();

}  // namespace v6
