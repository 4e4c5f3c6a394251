#include "analytics/touch.hpp"

#include <algorithm>
#include <cmath>

#include "analytics/option_right.hpp"
#include "analytics/scalar_math.hpp"

namespace v6 {
namespace {

/// e^(t^2 / 2) N(-t) for t >= 0: exact::erfcx as far as it goes, then the asymptotic series
/// (1e-13).
double scaled_upper_tail(double t) {
  constexpr double kInverseRoot2 = 0.70710678118654752440;
  constexpr double kInverseRoot2Pi = 0.39894228040143267794;
  if (t < 39.0) { return 0.5 * exact::erfcx(t * kInverseRoot2); }
  const double u = 1.0 / (t * t);
  return kInverseRoot2Pi / t * (1.0 - u * (1.0 - 3.0 * u * (1.0 - 5.0 * u * (1.0 - 7.0 * u))));
}

}  // namespace

double touch_chance(const TouchInputs& inputs) {
  const auto& [right, spot, forward, strike, volatility, years] = inputs;
  const bool call = right == OptionRight::kCall;
  const auto beyond = [&](double level) { return call ? level >= strike : level <= strike; };
  if (beyond(spot)) { return 1.0; }
  if (!(volatility > 0) || !(years > 0)) { return beyond(forward) ? 1.0 : 0.0; }

  // As seen by a call; for a put the path is mirrored. The logarithm of spot moves by `mean` and
  // `deviation` until expiry and has `distance` > 0 to go.
  const double sign = call ? 1.0 : -1.0;
  const double deviation = volatility * std::sqrt(years);
  const double distance = sign * exact::log(strike / spot);
  const double mean = sign * (exact::log(forward / spot) - 0.5 * deviation * deviation);
  const double ends_beyond = exact::normal_below((mean - distance) / deviation);
  // Paths that come back: exp(weight) N(-tail). Where the one is huge the other vanishes, so for an
  // upper tail their exponents are joined: exp(weight - tail^2 / 2) is a square.
  const double tail = (mean + distance) / deviation;
  const double short_of = (mean - distance) / deviation;
  const double comes_back =
      tail < 0
          ? exact::exp(2.0 * mean * distance / (deviation * deviation)) * exact::normal_below(-tail)
          : exact::exp(-0.5 * short_of * short_of) * scaled_upper_tail(tail);
  return std::min(ends_beyond + comes_back, 1.0);
}

}  // namespace v6
