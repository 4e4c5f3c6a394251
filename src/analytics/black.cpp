#include "analytics/black.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analytics/normalised.hpp"
#include "analytics/option_right.hpp"

namespace v6 {
namespace {

constexpr double kDaysPerYear = 365.0;

/// What exercise is worth at the forward.
double intrinsic(OptionRight right, double forward, double strike) {
  return std::max(right == OptionRight::kCall ? forward - strike : strike - forward, 0.0);
}

/// |ln(forward / strike)|, exact also when the two are close.
double log_distance(double forward, double strike) {
  const auto [low, high] = std::minmax(forward, strike);
  return std::log1p((high - low) / low);
}

/// The deviation at which b(distance, deviation) is `value`: Halley's steps on ln b, which is
/// concave, kept inside a shrinking bracket.
std::expected<double, IvError> solve_deviation(double distance, double value) {
  constexpr int kMaxIterations = 100;
  constexpr double kCloseEnough = 1e-6;  // a cubic step from here is exact
  const double target = std::log(value);
  double low = 0;
  double high = 20.0 + 2.0 * std::sqrt(2.0 * distance);  // b has reached its limit here
  double deviation = std::min(guess_deviation(distance, value), high);
  for (int i = 0; i < kMaxIterations; ++i) {
    const double b = normalised_black(distance, deviation);
    const double vega = normalised_vega(distance, deviation);
    const double excess = b > 0 ? std::log(b) - target : -std::numeric_limits<double>::infinity();
    (excess < 0 ? low : high) = deviation;
    double next = 0.5 * (low + high);
    if (vega > 0 && b > 0) {
      const double a = distance / deviation;
      const double newton = -excess * b / vega;
      const double curvature = a * a / deviation - 0.25 * deviation - vega / b;  // f'' / f'
      const double halley = newton / std::max(1.0 + 0.5 * newton * curvature, 0.5);
      if (std::abs(halley) <= kCloseEnough * deviation) { return deviation + halley; }
      const double stepped = deviation + halley;
      if (stepped > low && stepped < high) { next = stepped; }
    }
    if (next == deviation) { return deviation; }
    deviation = next;
  }
  return std::unexpected{IvError::kNoConvergence};
}

}  // namespace

double undiscounted_black(OptionRight right, double forward, double strike, double volatility,
                          double years) {
  const double exercise = intrinsic(right, forward, strike);
  if (!(volatility > 0) || !(years > 0) || !(forward > 0) || !(strike > 0)) { return exercise; }
  const double deviation = volatility * std::sqrt(years);
  return exercise + std::sqrt(forward) * std::sqrt(strike) *
                        normalised_black(log_distance(forward, strike), deviation);
}

double black_price(const BlackInputs& inputs) {
  return inputs.discount * undiscounted_black(inputs.right, inputs.forward, inputs.strike,
                                              inputs.volatility, inputs.years);
}

Greeks black_greeks(const BlackInputs& inputs, double spot) {
  const auto& [right, forward, strike, volatility, years, discount] = inputs;
  const double sign = right == OptionRight::kCall ? 1.0 : -1.0;
  const bool alive = volatility > 0 && years > 0;
  const double deviation = alive ? volatility * std::sqrt(years) : 0.0;
  const double moneyness = std::copysign(log_distance(forward, strike), forward - strike);
  // Without deviation the option is exercised for sure, never, or (at the kink) half of the time.
  const double d = alive ? moneyness / deviation
                   : moneyness != 0
                       ? std::copysign(std::numeric_limits<double>::infinity(), moneyness)
                       : 0.0;
  const double d1 = d + 0.5 * deviation;
  const double d2 = d - 0.5 * deviation;
  const double exercised = normal_below(sign * d2);
  const double hedge = normal_below(sign * d1);
  const double density = alive ? normal_density(d1) : 0.0;
  const double spot_share = discount * forward / spot;

  Greeks greeks;
  greeks.delta = sign * spot_share * hedge;
  if (alive) {
    greeks.gamma = spot_share * density / (spot * deviation);
    greeks.vega = 0.01 * discount * forward * density * std::sqrt(years);
  }
  if (years > 0) {
    // theta: decay + rate x strike leg - dividend yield x spot leg, signs as held long.
    const double rate = -std::log(discount) / years;
    const double dividend = rate - std::log(forward / spot) / years;
    const double decay =
        alive ? -0.5 * discount * forward * density * volatility / std::sqrt(years) : 0.0;
    const double strike_leg = sign * discount * strike * exercised;
    const double spot_leg = sign * discount * forward * hedge;
    greeks.theta = (decay - rate * strike_leg + dividend * spot_leg) / kDaysPerYear;
    greeks.rho = 0.01 * years * strike_leg;
  }
  return greeks;
}

std::string_view text_of(IvError error) {
  switch (error) {
    case IvError::kNoPrice: return "no price";
    case IvError::kNotFinite: return "an input is not a positive number";
    case IvError::kNoTime: return "no time to expiry";
    case IvError::kBelowIntrinsic: return "price below intrinsic value";
    case IvError::kAboveMaximum: return "price above the most an option can be worth";
    case IvError::kNoConvergence: return "no convergence";
    case IvError::kNoTimeValue: return "no time value left to read";
  }
  return "?";
}

std::expected<double, IvError> implied_volatility(OptionRight right, double price, double forward,
                                                  double strike, double years, double discount) {
  const auto positive = [](double value) { return std::isfinite(value) && value > 0; };
  if (!std::isfinite(price) || !std::isfinite(years) || !positive(forward) || !positive(strike) ||
      !positive(discount)) {
    return std::unexpected{IvError::kNotFinite};
  }
  if (price <= 0) { return std::unexpected{IvError::kNoPrice}; }
  if (years <= 0) { return std::unexpected{IvError::kNoTime}; }

  const double undiscounted = price / discount;
  const double exercise = intrinsic(right, forward, strike);
  const double time_value = undiscounted - exercise;
  if (exercise > 0) {
    // Both terms carry rounding of their own; what is left of that size means nothing.
    const double rounding = 8.0 * std::numeric_limits<double>::epsilon() * (forward + strike);
    if (time_value < -rounding) { return std::unexpected{IvError::kBelowIntrinsic}; }
    if (time_value <= rounding) { return std::unexpected{IvError::kNoTimeValue}; }
  }
  if (time_value >= std::min(forward, strike)) { return std::unexpected{IvError::kAboveMaximum}; }
  const double value = time_value / (std::sqrt(forward) * std::sqrt(strike));
  const auto deviation = solve_deviation(log_distance(forward, strike), value);
  if (!deviation) { return std::unexpected{deviation.error()}; }
  return *deviation / std::sqrt(years);
}

}  // namespace v6
