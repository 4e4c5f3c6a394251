#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace v6 {

/// Gauss' rule over a time span in the angle: with s = span x sine^2,
///   the integral of f(s) ds over the span = span x sum of weight x f(s).
/// The substitution takes away the root at both ends: near s = 0 the integrands of American
/// premiums depend on sqrt(s), near the far end the boundary does on sqrt(span - s).
/// From exactly rounded operations only, so the same on every machine. Spans of equal length.
void angle_rule(std::span<double> sines, std::span<double> cosines, std::span<double> weights);

/// Chebyshev nodes but the first, which is 0: ascending on (0, 1], the last is 1.
void chebyshev_nodes(std::span<double> nodes);

/// What the value at each of these nodes adds to the value at x of the polynomial through them and
/// zero at 0. Spans of equal length.
void chebyshev_weights(std::span<const double> nodes, double x, std::span<double> weights);

/// Points of an integral over a stretch of time, and the weights that give a function there from
/// its values at Chebyshev nodes of the square root of time.
template <std::size_t Nodes, std::size_t Points>
struct IntegralRule {
  std::array<double, Points> sines;
  std::array<double, Points> inverse_sines;
  std::array<double, Points> weights;
  std::array<std::array<double, Nodes>, Points> interpolation;

  /// Over the time up to that of `root`, a share of the whole in its square root.
  explicit IntegralRule(const std::array<double, Nodes>& nodes, double root = 1.0) {
    std::array<double, Points> cosines;
    angle_rule(sines, cosines, weights);
    for (std::size_t k = 0; k < Points; ++k) {
      inverse_sines[k] = 1.0 / sines[k];
      chebyshev_weights(nodes, root * cosines[k], interpolation[k]);
    }
  }
};

}  // namespace v6
