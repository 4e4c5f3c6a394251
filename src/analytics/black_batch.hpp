#pragma once

#include <optional>
#include <span>

#include "analytics/black.hpp"

namespace v6 {

// Many European options at once, on the widest vectors of the processor. Each option has the same
// bits as alone, in any order, on any path (analytics/paths.hpp). Spans of equal length; those of
// results apart from those of inputs.

/// What the options of one expiry share. Dollars per share; discount is today's price of one
/// dollar at expiry.
struct BlackSlice {
  double spot = 0;  // of no use to implied volatility
  double forward = 0;
  double discount = 1;
  double years = 0;
  std::optional<Carry> carry;  // for Greeks; see `black_greeks`
};

/// The same when every option has its own.
struct BlackRows {
  std::span<const double> spots;  // of no use to implied volatility
  std::span<const double> forwards;
  std::span<const double> discounts;
  std::span<const double> years;
  std::span<const double> rates;  // both or none, see `black_greeks`
  std::span<const double> yields;
};

struct BlackColumns {
  std::span<const OptionRight> rights;
  std::span<const double> strikes;
};

/// Where implied volatilities go; where there is none, NaN and the error.
struct VolatilityColumns {
  std::span<double> volatilities;
  std::span<std::optional<IvError>> errors;
};

/// `implied_volatility` of every option.
void implied_volatilities(const BlackSlice& slice, const BlackColumns& options,
                          std::span<const double> prices, const VolatilityColumns& out);
void implied_volatilities(const BlackRows& rows, const BlackColumns& options,
                          std::span<const double> prices, const VolatilityColumns& out);

/// Where prices and Greeks (units of the desk) go; fastest into columns that begin at a multiple of
/// 64 bytes.
struct ValueColumns {
  std::span<double> prices;
  std::span<double> deltas;
  std::span<double> gammas;
  std::span<double> thetas;
  std::span<double> vegas;
  std::span<double> rhos;
};

/// `black_price` and `black_greeks` of every option.
void black_values(const BlackSlice& slice, const BlackColumns& options,
                  std::span<const double> volatilities, const ValueColumns& out);
void black_values(const BlackRows& rows, const BlackColumns& options,
                  std::span<const double> volatilities, const ValueColumns& out);

}  // namespace v6
