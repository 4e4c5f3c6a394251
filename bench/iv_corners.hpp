#pragma once

#include <cstdint>
#include <vector>

#include "bench/exact_black.hpp"
#include "bench/spy_chain.hpp"

namespace v6::bench {

/// An option far from where options are quoted, and the volatility its price implies.
struct Corner {
  Single option;
  ExactVolatility exact;
};

/// The golden sets of data/golden (LetsBeRational's 1,000 and the 60-digit 1,500) and a grid over
/// everything a double can say: at the money to ten standard deviations off, volatility x
/// sqrt(time) from 1e-5 to 8, prices down to 1e-300. Points whose price has no time value to read
/// are left out. Shuffled.
[[nodiscard]] std::vector<Corner> iv_corners(std::uint64_t seed);

}  // namespace v6::bench
