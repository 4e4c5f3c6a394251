#pragma once

#include <span>

#include "analytics/american.hpp"

namespace v6 {

/// `american_value` where cash dividends are paid before expiry: finite differences on a grid of
/// log spots between two ex-dates. Errors are those of `AmericanMethod`.
[[nodiscard]] AmericanValue dividend_value(const AmericanInputs& inputs, AmericanMethod method);

/// The same option without early exercise, in the same model and on the same grid: never above
/// the American price. An ex-date at expiry lowers what the option pays.
[[nodiscard]] double dividend_european(const AmericanInputs& inputs, AmericanMethod method);

/// `american_prices` where cash dividends are paid before expiry. Vectorised over strikes.
void dividend_prices(const AmericanSlice& slice, std::span<const double> strikes,
                     std::span<const double> volatilities, std::span<double> prices);

/// The same options without early exercise, each on the grid of its American price.
void dividend_europeans(const AmericanSlice& slice, std::span<const double> strikes,
                        std::span<const double> volatilities, std::span<double> prices);

}  // namespace v6
