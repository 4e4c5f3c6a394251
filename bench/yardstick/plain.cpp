#include "bench/yardstick/plain.hpp"

#include <cmath>

#include "analytics/option_right.hpp"

namespace v6::bench {

PlainBlack plain_black(const BlackInputs& inputs, double spot) {
  const auto& [right, forward, strike, volatility, years, discount] = inputs;
  const double sign = right == OptionRight::kCall ? 1.0 : -1.0;
  const double root = std::sqrt(years);
  const double deviation = volatility * root;
  const double d1 = std::log(forward / strike) / deviation + 0.5 * deviation;
  const double d2 = d1 - deviation;
  const double hedge = 0.5 * std::erfc(-sign * d1 * 0.70710678118654752);
  const double exercised = 0.5 * std::erfc(-sign * d2 * 0.70710678118654752);
  const double density = 0.39894228040143268 * std::exp(-0.5 * d1 * d1);
  const double rate = -std::log(discount) / years;
  const double yield = rate - std::log(forward / spot) / years;
  const double stock = discount * forward;
  const double cash = discount * strike;
  return {.price = sign * (stock * hedge - cash * exercised),
          .delta = sign * stock / spot * hedge,
          .gamma = stock * density / (spot * spot * deviation),
          .theta = -0.5 * stock * density * volatility / root - rate * sign * cash * exercised +
                   yield * sign * stock * hedge,
          .vega = stock * density * root,
          .rho = years * sign * cash * exercised};
}

}  // namespace v6::bench
