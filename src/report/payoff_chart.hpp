#pragma once

#include <string>
#include <utility>
#include <vector>

#include "strategy/analysis.hpp"

namespace v6 {

/// Round numbers from `low` to `high`, both included where round: steps of 1, 2, 2.5 or 5 times a
/// power of ten, about `wanted` of them. Needs low < high.
[[nodiscard]] std::vector<double> round_ticks(double low, double high, int wanted);

/// Decimals that tell these ticks apart, at most four.
[[nodiscard]] int decimals_of(const std::vector<double>& ticks);

/// Levels worth looking at: every strike and break-even and two expected moves to either side, with
/// a little room.
struct LevelSpan {
  double low = 0;
  double high = 0;
};
[[nodiscard]] LevelSpan interesting_levels(const StructureAnalysis& analysis);

/// Levels to draw a curve through, ascending: evenly spaced, and every bend.
[[nodiscard]] std::vector<double> curve_levels(const StructureAnalysis& analysis,
                                               const LevelSpan& span, int count);

/// The profit of a structure by level as one self-contained SVG picture, for light and dark pages:
/// at expiry, today and on the days between; break-evens, short strikes, spot and expected move.
[[nodiscard]] std::string payoff_svg(const StructureAnalysis& analysis);

/// "iron condor": a kind in words.
[[nodiscard]] std::string kind_text(StructureKind kind);

/// "-5,062.50": dollars and cents with separators; a sign only where negative or `signed_always`.
enum class SignStyle : std::uint8_t { kMinusOnly, kAlways };
[[nodiscard]] std::string dollars_text(double dollars, SignStyle sign = SignStyle::kMinusOnly,
                                       int decimals = 2);

}  // namespace v6
