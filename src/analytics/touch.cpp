#include "analytics/touch.hpp"

#include <algorithm>
#include <cmath>

#include "analytics/normalised.hpp"
#include "analytics/option_right.hpp"

namespace v6 {

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
  const double distance = sign * std::log(strike / spot);
  const double mean = sign * (std::log(forward / spot) - 0.5 * deviation * deviation);
  const double ends_beyond = normal_below((mean - distance) / deviation);
  // Paths that come back: exp(weight) N(-tail). Far out the one is huge while the other vanishes,
  // so the exponents are joined and what is left of N is its asymptotic series (5e-11 off at 35).
  const double weight = 2.0 * mean * distance / (deviation * deviation);
  const double tail = (mean + distance) / deviation;
  double comes_back = 0;
  if (weight < 600.0) {
    comes_back = std::exp(weight) * normal_below(-tail);
  } else {
    const double u = 1.0 / (tail * tail);
    const double series = 1.0 - u * (1.0 - 3.0 * u * (1.0 - 5.0 * u));
    comes_back = normal_density((mean - distance) / deviation) * series / tail;
  }
  return std::min(ends_beyond + comes_back, 1.0);
}

}  // namespace v6
