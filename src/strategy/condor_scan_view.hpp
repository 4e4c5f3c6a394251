#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "strategy/condor_scan.hpp"

namespace v6 {

/// One put, and the limits, in single precision.
struct ScanRow {
  float cash, limit_width, fraction_width, width, edge, carry, price, buy_back, half_widths,
      price_points, liquidity_points, chance, lean;
  std::array<float, 4> uses;
  float put_level;               // of the short strike, in nodes
  float tolerance, least_worst;  // dollars
  float most_worst;              // of the gate
  float mark_worst, mark_greek, mark_score;
  float edge_at_zero;
  // Of the bounds of whole blocks: see bound_scores().
  float multiplier, priced, liquid, bound_slack;
  bool look;  // at every pair that may pass the credit gate
};

/// Between the two multipliers of the score bounds.
inline constexpr float kMultiplierSpan = 20.0F;

struct ScanView {
  const CondorScan::Columns* calls;
  const CondorScan::Blocks* blocks;
  const std::uint32_t* first;
  std::size_t count;  // of blocks, padded
  ScanWeights weights;
  const float* chance_least;
  const float* chance_most;
  float last_node;  // that has another beyond
  float inverse_step;
};

}  // namespace v6
