#pragma once

namespace v6::exact {

// Elementary functions with the same bits on every machine: the C library's last bit changes with
// its version. Within 1.5 units in the last place; erfcx and normal_below within 7.

[[nodiscard]] double exp(double x);
/// -infinity at 0, NaN below.
[[nodiscard]] double log(double x);
/// ln(1 + x), also for small x.
[[nodiscard]] double log1p(double x);
/// e^(x^2) erfc(x) for x >= 0.
[[nodiscard]] double erfcx(double x);
/// Standard normal distribution and density.
[[nodiscard]] double normal_below(double x);
[[nodiscard]] double normal_density(double x);

}  // namespace v6::exact
