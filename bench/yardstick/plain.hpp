#pragma once

#include "analytics/black.hpp"

namespace v6::bench {

/// Price and Greeks as one would write them down: libm's exp, log and erfc, one option at a time.
/// Per unit: theta a year, vega and rho per 1.00.
struct PlainBlack {
  double price;
  double delta;
  double gamma;
  double theta;
  double vega;
  double rho;
};

[[nodiscard]] PlainBlack plain_black(const BlackInputs& inputs, double spot);

}  // namespace v6::bench
