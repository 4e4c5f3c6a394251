#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

#include "analytics/american.hpp"

namespace v6 {

/// Up to eight options of one right and one expiry, a lane each. Columns are aligned for vectors.
struct DividendLanes {
  static constexpr std::size_t kMost = 8;
  using Column = std::array<double, kMost>;

  std::size_t count = 0;
  alignas(64) Column spots{};
  alignas(64) Column strikes{};
  alignas(64) Column volatilities{};
  alignas(64) Column rates{};
  alignas(64) Column yields{};
  alignas(64) Column early{};  // 1 where early exercise is allowed, else 0
};

/// How fine the grid is.
struct DividendGrid {
  static constexpr std::size_t kMostNodes = 800;

  std::size_t nodes = 0;  // intervals between nodes; even
  double steps = 0;       // in time, over the option's life
  std::size_t least = 0;  // and in a segment besides, however short
  double reach = 0;       // from the middle to an end, in standard deviations
  double negligible = 0;  // yield x volatility x years^1.5 that is not worth exercise for
  bool wide = false;      // every segment centred on the spot and as wide as the last one

  [[nodiscard]] DividendGrid half() const {
    DividendGrid coarse = *this;
    coarse.nodes /= 2;
    coarse.steps /= 2;
    coarse.least /= 2;
    return coarse;
  }
};

/// An option's life, cut at the ex-dates into segments 0, 1, ... from now to expiry.
struct DividendPlan {
  static constexpr double kShortest = 1e-6;  // years: no grid is laid for less
  static constexpr double kFinest = 16;      // points a step at most where an ex-date is crossed

  bool call = false;
  double years = 0;
  std::span<const CashDividend> dividends;  // all within the life

  [[nodiscard]] std::size_t last() const { return dividends.size(); }
  [[nodiscard]] double start(std::size_t segment) const {
    return segment == 0 ? 0 : dividends[segment - 1].years;
  }
  [[nodiscard]] double end(std::size_t segment) const {
    return segment == last() ? years : dividends[segment].years;
  }

  /// Whether the payoff's kink spreads less than the spot does, so that a grid about the strike's
  /// path is the finer one.
  [[nodiscard]] bool strike_is_sharper(std::size_t segment, const DividendGrid& grid) const {
    return !grid.wide && segment > 0 && years - start(segment) < end(segment);
  }

  /// Distance of two nodes, in standard deviations of a year, where all that lies within reach
  /// spreads over so many years.
  [[nodiscard]] static double spacing(double spread, const DividendGrid& grid) {
    return 2 * grid.reach * std::sqrt(std::max(spread, kShortest)) /
           static_cast<double>(grid.nodes);
  }
  /// The same for a grid about the spot's path.
  [[nodiscard]] double spot_spacing(std::size_t segment, const DividendGrid& grid) const {
    return spacing(grid.wide ? years : end(segment), grid);
  }
  [[nodiscard]] double strike_spacing(std::size_t segment, const DividendGrid& grid) const {
    return spacing(years - start(segment), grid);
  }

  /// Whether the value has a kink, or nearly one, at the segment's end: a call's, where exercise
  /// before the ex-date begins, or the payoff's.
  [[nodiscard]] bool sharp(std::size_t segment) const {
    return call || years - end(segment) < 0.1 * (end(segment) - start(segment));
  }

  /// Points a step at which the value is taken when a segment begins: more than one where the kink
  /// is still narrower than the step.
  [[nodiscard]] std::size_t points(std::size_t segment, const DividendGrid& grid) const {
    if (segment == last()) { return 1; }
    const double spread = std::sqrt(std::max(years - end(segment), kShortest));
    const double step = strike_is_sharper(segment, grid) ? strike_spacing(segment, grid)
                                                         : spot_spacing(segment, grid);
    return static_cast<std::size_t>(std::clamp(std::ceil(4 * step / spread), 1.0, kFinest));
  }
};

/// What a solver leaves in its memory: rows of `width` options, from the exercised end on.
struct DividendNodes {
  const double* prices = nullptr;
  const double* spots = nullptr;
  std::size_t width = 0;
};

/// Doubles of scratch memory that a solver needs.
inline constexpr std::size_t kDividendMemory =
    4 * (DividendGrid::kMostNodes + 1) * DividendLanes::kMost;

}  // namespace v6
