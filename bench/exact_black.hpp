#pragma once

#include "analytics/black.hpp"

namespace v6::bench {

/// Black's price and Greeks of the given doubles, worked out with 113 bits: what ours and the
/// yardsticks are judged by. Greeks in units of the desk, as `Greeks`.
struct ExactValues {
  double price;  // correctly rounded
  long double delta;
  long double gamma;
  long double theta;
  long double vega;
  long double rho;
};

/// Needs volatility and years > 0.
[[nodiscard]] ExactValues exact_values(const BlackInputs& inputs, double spot, const Carry& carry);

/// A price as a double, and the volatility that double implies.
struct ExactVolatility {
  double price;            // that of the inputs, correctly rounded
  long double volatility;  // implied by `price`: not the inputs' own, from which rounding took it
  long double carried;     // what half an ulp of `price` does to it
};

/// Where `carried` is no small part of the volatility, the latter means nothing.
[[nodiscard]] ExactVolatility exact_volatility(const BlackInputs& inputs);

}  // namespace v6::bench
