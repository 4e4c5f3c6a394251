#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "analytics/black.hpp"
#include "analytics/black_batch.hpp"

namespace v6 {

/// Cash paid to holders of a share: dollars, and the years from now to the ex-date.
struct CashDividend {
  double years = 0;
  double amount = 0;
};

/// An option that may be exercised early, in the spot model: between ex-dates the spot is
/// lognormal with drift rate - yield, at an ex-date it drops by the amount (never below zero), and
/// exercise is allowed at any time, also at the last instant before a drop.
struct AmericanInputs {
  OptionRight right;
  double spot = 0;
  double strike = 0;
  double volatility = 0;  // a fraction a year
  double years = 0;
  double rate = 0;                          // continuous, a fraction a year; may be negative
  double yield = 0;                         // continuous dividend yield
  std::span<const CashDividend> dividends;  // ascending; those after expiry do not matter
};

/// How an American price is worked out. Errors are dollars at a spot of 600.
enum class AmericanMethod : std::uint8_t {
  kFast,       // 0.005 with yields, 0.006 with cash dividends: for decisions
  kReference,  // 1e-6 and 1e-5 of the spot, slow: for audit
};

struct AmericanValue {
  double price = 0;
  double premium = 0;              // price less that of the same option without early exercise
  Greeks greeks;                   // of the price, units of the desk
  std::optional<double> boundary;  // spot at which exercise is optimal now; absent if none is
};

/// Price, premium, Greeks and boundary of one option, dollars per share. Without volatility or
/// time: the limit. Needs spot, strike > 0 and finite inputs.
[[nodiscard]] AmericanValue american_value(const AmericanInputs& inputs, AmericanMethod method);

/// What the options of one expiry share.
struct AmericanSlice {
  OptionRight right;
  double spot = 0;
  double years = 0;
  double rate = 0;
  double yield = 0;
  std::span<const CashDividend> dividends;
};

/// Fast prices of one right of one expiry, every strike with a volatility of its own.
/// Needs spans of equal length.
void american_prices(const AmericanSlice& slice, std::span<const double> strikes,
                     std::span<const double> volatilities, std::span<double> prices);

/// Prices of the same options if they could not be exercised early. Needs spans of equal length.
void european_prices(const AmericanSlice& slice, std::span<const double> strikes,
                     std::span<const double> volatilities, std::span<double> prices);

/// The volatility at which the American price is `price`. Errors as `implied_volatility`; a price
/// at or below what exercise pays now implies none.
[[nodiscard]] std::expected<double, IvError> american_implied_volatility(AmericanInputs inputs,
                                                                         double price,
                                                                         AmericanMethod method);

/// The same of one right of one expiry by the fast method, many times faster: each gives its price
/// back to 1e-6 dollars. Needs spans of equal length.
void american_implied_volatilities(const AmericanSlice& slice, std::span<const double> strikes,
                                   std::span<const double> prices, const VolatilityColumns& out);

}  // namespace v6
