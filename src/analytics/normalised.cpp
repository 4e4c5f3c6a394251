#include "analytics/normalised.hpp"

#include <algorithm>
#include <cmath>

namespace v6 {
namespace {

// Half the difference of the Mills ratio Y(z) = N(z) / n(z) between -a + t and -a - t, for
// a, t >= 0. Subtracting two close values of Y would lose every digit for short-dated options, so
// we sum its sinh series instead: I(n) t^n / n! over odd n, where I(n), the n-th derivative of Y at
// -a, is the integral of u^n exp(-a u - u^2 / 2) over u > 0 and I(n + 1) = n I(n - 1) - a I(n).

/// The recurrence as it stands: its errors grow with exp(a t), so only for a small.
double mills_difference_near(double a, double t) {
  double even = normal_below(-a) / normal_density(a);
  double odd = 1.0 - a * even;
  double power = t;
  double total = odd * t;
  for (int n = 1; n < 60; n += 2) {
    even = n * even - a * odd;
    odd = (n + 1) * odd - a * even;
    power *= t * t / ((n + 1) * (n + 2));
    const double term = odd * power;
    total += term;
    if (term < 1e-17 * total) { break; }
  }
  return total;
}

/// The ratios r(n) = I(n) / I(n - 1) = n / (a + r(n + 1)) from the far end, where every term is
/// positive and errors die out (Miller's way), two at a time; `nested` is the series so far.
/// For a from 3 on and t up to a / 4 this depth leaves an error of a few 1e-16.
double mills_difference_far(double a, double t) {
  const int depth = a < 4.0 ? 49 : 31;
  double ratio = 0.5 * (std::sqrt(a * a + 4.0 * (depth + 1)) - a);
  double nested = 1.0;
  for (int n = depth; n > 1; n -= 2) {
    const double above = a + ratio;
    const double inverse = 1.0 / (a * above + n);
    nested = 1.0 + nested * t * t * inverse;
    ratio = (n - 1) * above * inverse;
  }
  const double first = 1.0 / (a + ratio);
  return first * t * nested / (a + first);
}

}  // namespace

double normal_below(double z) { return 0.5 * std::erfc(-z * kInverseRoot2); }

double normal_density(double z) { return kInverseRoot2Pi * std::exp(-0.5 * z * z); }

double normalised_black(double distance, double deviation) {
  const double a = distance / deviation;
  const double t = 0.5 * deviation;
  if (t >= std::max(0.75, 0.25 * a)) {
    return std::exp(-0.5 * distance) * normal_below(t - a) -
           std::exp(0.5 * distance) * normal_below(-t - a);
  }
  const double difference = a < 3.0 ? mills_difference_near(a, t) : mills_difference_far(a, t);
  return 2.0 * difference * normalised_vega(distance, deviation);
}

double normalised_vega(double distance, double deviation) {
  const double a = distance / deviation;
  const double t = 0.5 * deviation;
  return kInverseRoot2Pi * std::exp(-0.5 * (a * a + t * t));
}

double guess_deviation(double distance, double value) {
  if (distance <= 0) { return value / kInverseRoot2Pi; }
  // For small deviations b is Bachelier's formula, value / distance = n(a) / a - N(-a). With
  // w = ln(1 + distance / value) the square of w / a is nearly straight in w: a rational function
  // fitted to 0 < a < 37 gives a within 0.06 %.
  const double w = std::log1p(distance / value);
  const double top = 6.285630987 + w * (0.9312906428 + w * (0.1318921373 + w * 0.005989110917));
  const double bottom = 1.0 + w * (0.1507488866 + w * 0.01191917172);
  return distance * std::sqrt(top / bottom) / w;
}

}  // namespace v6
