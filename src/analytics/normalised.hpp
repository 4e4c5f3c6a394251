#pragma once

namespace v6 {

// One over the square roots of 2 and of 2 pi, as literals: a compiler must not fold them its way.
inline constexpr double kInverseRoot2 = 0.70710678118654752440;
inline constexpr double kInverseRoot2Pi = 0.39894228040143267794;

/// Standard normal distribution and density.
[[nodiscard]] double normal_below(double z);
[[nodiscard]] double normal_density(double z);

/// Black's formula without units. Every undiscounted European price is
///   intrinsic + sqrt(forward x strike) x b(distance, deviation),
/// distance = |ln(forward / strike)| >= 0, deviation = volatility x sqrt(years) > 0.
/// Accurate to about 1e-14 of itself down to 1e-30, however far out of the money; below that the
/// exponent's own rounding shows. Source of the idea: P. Jaeckel, "Let's be rational", 2013.
[[nodiscard]] double normalised_black(double distance, double deviation);

/// Derivative of b by deviation.
[[nodiscard]] double normalised_vega(double distance, double deviation);

/// A deviation near the one that gives b = `value`, for 0 < value < exp(-distance / 2): within a
/// fraction of a percent for small deviations, worse above one.
[[nodiscard]] double guess_deviation(double distance, double value);

}  // namespace v6
