#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

namespace v6 {

enum class OptionRight : std::uint8_t;  // kCall, kPut: see analytics/option_right.hpp

/// A European option on a forward. Dollars per share; volatility a fraction a year (0.20 is 20%);
/// discount is today's price of one dollar at expiry.
struct BlackInputs {
  OptionRight right;
  double forward = 0;
  double strike = 0;
  double volatility = 0;
  double years = 0;
  double discount = 1;
};

/// Black's price, discounted, dollars per share. Without volatility or time left: the discounted
/// intrinsic value. Source: Black 1976; Haug 2007, ch. 1.
[[nodiscard]] double black_price(const BlackInputs& inputs);

/// The same before discounting: the expected payoff.
[[nodiscard]] double undiscounted_black(OptionRight right, double forward, double strike,
                                        double volatility, double years);

/// Sensitivities per share in the units of the desk.
struct Greeks {
  double delta = 0;  // dollars per $1 of spot
  double gamma = 0;  // delta per $1 of spot
  double theta = 0;  // dollars per calendar day, while spot, volatility and rates hold
  double vega = 0;   // dollars per 0.01 of volatility
  double rho = 0;    // dollars per 0.01 of rate, the dividend yield held
};

/// Continuous rates, a fraction a year: of money, and of what the underlying pays.
struct Carry {
  double rate = 0;
  double yield = 0;
};

/// Greeks by spot. Without a carry the rate is read from the discount and the yield from forward /
/// spot, as well as their rounding allows.
/// Without volatility or time left: those of the discounted intrinsic value (half a delta at the
/// kink); without time theta and rho are 0.
/// Needs spot, forward and strike > 0.
[[nodiscard]] Greeks black_greeks(const BlackInputs& inputs, double spot);
[[nodiscard]] Greeks black_greeks(const BlackInputs& inputs, double spot, const Carry& carry);

enum class IvError : std::uint8_t {
  kNoPrice,         // zero or less
  kNotFinite,       // an input is no number, or forward, strike or discount is not positive
  kNoTime,          // no time left
  kBelowIntrinsic,  // cheaper than exercise
  kAboveMaximum,    // dearer than any volatility makes it
  kNoConvergence,   // nothing found within the iterations allowed
  kNoTimeValue,     // so deep in the money that the rest drowns in rounding
};

[[nodiscard]] std::string_view text_of(IvError error);

/// The volatility at which `black_price` is `price` (discounted, dollars per share).
/// Works on the out-of-the-money side; to machine precision where the time value has the digits.
[[nodiscard]] std::expected<double, IvError> implied_volatility(OptionRight right, double price,
                                                                double forward, double strike,
                                                                double years, double discount);

}  // namespace v6
