#pragma once

#include <optional>
#include <span>

#include "analytics/black.hpp"

namespace v6 {

/// What the European options of one expiry share. Dollars per share; discount is today's price of
/// one dollar at expiry.
struct BlackSlice {
  double spot = 0;
  double forward = 0;
  double discount = 1;
  double years = 0;
};

/// Options of one expiry, one an index. Spans of equal length.
struct BlackColumns {
  std::span<const OptionRight> rights;
  std::span<const double> strikes;
};

/// `implied_volatility` of every option; where there is none, NaN and the error.
void implied_volatilities(const BlackSlice& slice, const BlackColumns& options,
                          std::span<const double> prices, std::span<double> volatilities,
                          std::span<std::optional<IvError>> errors);

/// Where `black_values` writes: a price and Greeks (units of the desk) an option.
struct BlackValues {
  std::span<double> prices;
  std::span<double> deltas;
  std::span<double> gammas;
  std::span<double> thetas;
  std::span<double> vegas;
  std::span<double> rhos;
};

/// `black_price` and `black_greeks` of every option, to the same bit.
void black_values(const BlackSlice& slice, const BlackColumns& options,
                  std::span<const double> volatilities, const BlackValues& values);

}  // namespace v6
