#pragma once

namespace v6 {

/// Black's formula without units. Every undiscounted European price is
///   intrinsic + sqrt(forward x strike) x b(distance, deviation),
/// distance = |ln(forward / strike)| >= 0, deviation = volatility x sqrt(years) > 0.
/// Accurate to about 1e-14 of itself down to 1e-30, however far out of the money; below that the
/// exponent's own rounding shows. Source of the idea: P. Jaeckel, "Let's be rational", 2013.
[[nodiscard]] double normalised_black(double distance, double deviation);

/// Derivative of b by deviation.
[[nodiscard]] double normalised_vega(double distance, double deviation);

}  // namespace v6
