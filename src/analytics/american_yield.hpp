#pragma once

#include <span>

#include "analytics/american.hpp"

namespace v6 {

// American options with a continuous yield and no cash dividends: those of the inputs are not
// looked at. By the boundary of Andersen, Lake and Offengenden (american_boundary.hpp); where
// exercise pays between two boundaries (both rates negative), or next to nothing moves the spot,
// by a tree of 2,001 steps, good to about 1e-6 of spot and strike.

/// `american_value` of such an option.
[[nodiscard]] AmericanValue yield_value(const AmericanInputs& inputs, AmericanMethod method);

/// Its price alone: several times faster.
[[nodiscard]] double yield_price(const AmericanInputs& inputs, AmericanMethod method);

/// `american_prices` of such options; each the `yield_price` by the fast method, to the same bit.
void yield_prices(const AmericanSlice& slice, std::span<const double> strikes,
                  std::span<const double> volatilities, std::span<double> prices);

}  // namespace v6
