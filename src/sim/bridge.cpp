#include "sim/bridge.hpp"

#include <cmath>

#include "base/check.hpp"
#include "base/hash.hpp"

namespace v6 {
namespace {

/// Mean 0, variance 1, within +-4.2: six uniforms, so no library function and no tail that tears a
/// market apart.
double nearly_normal(std::uint64_t seed) {
  constexpr int kUniforms = 6;
  double sum = 0;
  for (std::uint64_t i = 0; i < kUniforms; ++i) { sum += unit_interval(mix(seed + i)); }
  return (sum - kUniforms / 2.0) * std::sqrt(12.0 / kUniforms);
}

}  // namespace

double bridge(std::uint64_t seed, std::int64_t at, std::int64_t length) {
  V6_CHECK(0 <= at && at <= length, "a bridge has no value off its banks");
  std::int64_t low = 0;
  std::int64_t high = length;
  double at_low = 0;
  double at_high = 0;
  while (at != low && at != high) {
    const std::int64_t middle = low + (high - low) / 2;
    const auto left = static_cast<double>(middle - low);
    const auto right = static_cast<double>(high - middle);
    const double deviation = std::sqrt(left * right / (left + right));
    const double value =
        (at_low * right + at_high * left) / (left + right) +
        deviation * nearly_normal(mix(seed ^ mix(static_cast<std::uint64_t>(middle))));
    if (at < middle) {
      high = middle;
      at_high = value;
    } else {
      low = middle;
      at_low = value;
    }
  }
  return at == low ? at_low : at_high;
}

}  // namespace v6
