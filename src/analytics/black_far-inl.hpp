// Black's formula for options that nobody quotes: any moneyness, any volatility, one at a time.
// Included once a path, see vector_math-inl.hpp.
#if defined(V6_BLACK_FAR_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef V6_BLACK_FAR_INL
#undef V6_BLACK_FAR_INL
#else
#define V6_BLACK_FAR_INL
#endif

#include <algorithm>
#include <expected>

#include "analytics/black.hpp"
#include "analytics/black_kernel-inl.hpp"
#include "analytics/option_right.hpp"

HWY_BEFORE_NAMESPACE();
namespace v6::HWY_NAMESPACE {

using One = hn::CappedTag<double, 1>;

inline double Exp1(double x) { return hn::GetLane(Exp(One{}, hn::Set(One{}, x))); }
inline double Log1(double x) { return hn::GetLane(Log(One{}, hn::Set(One{}, x))); }
inline double Erfcx1(double x) { return hn::GetLane(Erfcx(One{}, hn::Set(One{}, x))); }
inline double NormalBelow1(double x) { return hn::GetLane(NormalBelow(One{}, hn::Set(One{}, x))); }
inline double NormalDensity1(double x) {
  return hn::GetLane(NormalDensity(One{}, hn::Set(One{}, x)));
}

/// What exercise is worth at the forward.
inline double Intrinsic(OptionRight right, double forward, double strike) {
  return std::max(right == OptionRight::kCall ? forward - strike : strike - forward, 0.0);
}

/// |ln(forward / strike)|, exact also when the two are close.
inline double LogDistance(double forward, double strike) {
  const auto [low, high] = std::minmax(forward, strike);
  const One d;
  const double z = (high - low) / (high + low);
  if (z < kNearMoneyness) {
    const auto money = MoneynessOf(d, hn::Set(d, high - low), hn::Set(d, 1.0 / (high + low)));
    return 2.0 * hn::GetLane(money.a);
  }
  return Log1(high / low);
}

// Half the difference of the Mills ratio Y(z) = N(z) / n(z) between -a + t and -a - t, for
// a, t >= 0. Subtracting two close values of Y would lose every digit for short-dated options, so
// we sum its sinh series instead: I(n) t^n / n! over odd n, where I(n), the n-th derivative of Y at
// -a, is the integral of u^n exp(-a u - u^2 / 2) over u > 0 and I(n + 1) = n I(n - 1) - a I(n).

/// The recurrence as it stands: its errors grow with exp(a t), so only for a small.
inline double MillsDifferenceNear(double a, double t) {
  constexpr double kRootHalfPi = 1.2533141373155002512;
  double even = kRootHalfPi * Erfcx1(a * kInverseRoot2);
  double odd = 1.0 - a * even;
  double power = t;
  double total = odd * t;
  for (int n = 1; n < 60; n += 2) {
    even = n * even - a * odd;
    odd = (n + 1) * odd - a * even;
    power *= t * t / ((n + 1) * (n + 2));
    const double term = odd * power;
    total += term;
    if (term < 1e-17 * total) { break; }
  }
  return total;
}

/// The ratios r(n) = I(n) / I(n - 1) = n / (a + r(n + 1)) from the far end, where every term is
/// positive and errors die out (Miller's way), two at a time; `nested` is the series so far.
/// For a from 3 on and t up to a / 4 this depth leaves an error of a few 1e-16.
inline double MillsDifferenceFar(double a, double t) {
  const int depth = a < 4.0 ? 49 : 31;
  double ratio = 0.5 * (std::sqrt(a * a + 4.0 * (depth + 1)) - a);
  double nested = 1.0;
  for (int n = depth; n > 1; n -= 2) {
    const double above = a + ratio;
    const double inverse = 1.0 / (a * above + n);
    nested = 1.0 + nested * t * t * inverse;
    ratio = (n - 1) * above * inverse;
  }
  const double first = 1.0 / (a + ratio);
  return first * t * nested / (a + first);
}

/// See normalised.hpp.
inline double NormalisedVega(double distance, double deviation) {
  const double a = distance / deviation;
  const double t = 0.5 * deviation;
  return kInverseRootTwoPi * Exp1(-0.5 * (a * a + t * t));
}

inline double NormalisedBlack(double distance, double deviation) {
  const double a = distance / deviation;
  const double t = 0.5 * deviation;
  if (t >= std::max(0.75, 0.25 * a)) {
    return Exp1(-0.5 * distance) * NormalBelow1(t - a) -
           Exp1(0.5 * distance) * NormalBelow1(-t - a);
  }
  const double difference = a < 3.0 ? MillsDifferenceNear(a, t) : MillsDifferenceFar(a, t);
  return 2.0 * difference * NormalisedVega(distance, deviation);
}

inline double GuessDeviation(double distance, double value) {
  if (distance <= 0) { return value / kInverseRootTwoPi; }
  // For small deviations b is Bachelier's formula, value / distance = n(a) / a - N(-a). With
  // w = ln(1 + distance / value) the square of w / a is nearly straight in w: a rational function
  // fitted to 0 < a < 37 gives a within 0.06 %.
  const double w = Log1(1.0 + distance / value);
  const double top = 6.285630987 + w * (0.9312906428 + w * (0.1318921373 + w * 0.005989110917));
  const double bottom = 1.0 + w * (0.1507488866 + w * 0.01191917172);
  return w > 0 ? distance * std::sqrt(top / bottom) / w : value / kInverseRootTwoPi;
}

/// The deviation at which b(distance, deviation) is `value`: Halley's steps on ln b, which is
/// concave, kept inside a shrinking bracket.
inline std::expected<double, IvError> SolveDeviation(double distance, double value) {
  constexpr int kMaxIterations = 100;
  constexpr double kCloseEnough = 1e-6;  // a cubic step from here is exact
  const double target = Log1(value);
  double low = 0;
  double high = 20.0 + 2.0 * std::sqrt(2.0 * distance);  // b has reached its limit here
  double deviation = std::min(GuessDeviation(distance, value), high);
  for (int i = 0; i < kMaxIterations; ++i) {
    const double b = NormalisedBlack(distance, deviation);
    const double vega = NormalisedVega(distance, deviation);
    const double excess = b > 0 ? Log1(b) - target : -std::numeric_limits<double>::infinity();
    (excess < 0 ? low : high) = deviation;
    double next = 0.5 * (low + high);
    if (vega > 0 && b > 0) {
      const double a = distance / deviation;
      const double newton = -excess * b / vega;
      const double curvature = a * a / deviation - 0.25 * deviation - vega / b;  // f'' / f'
      const double halley = newton / std::max(1.0 + 0.5 * newton * curvature, 0.5);
      const double stepped = deviation + halley;
      if (std::abs(halley) <= kCloseEnough * deviation) { return stepped; }
      if (stepped > low && stepped < high) { next = stepped; }
    }
    if (next == deviation) { return deviation; }
    deviation = next;
  }
  return std::unexpected{IvError::kNoConvergence};
}

inline std::expected<double, IvError> FarVolatility(OptionRight right, double price, double forward,
                                                    double strike, double years, double discount) {
  const auto positive = [](double value) { return std::isfinite(value) && value > 0; };
  if (!std::isfinite(price) || !std::isfinite(years) || !positive(forward) || !positive(strike) ||
      !positive(discount)) {
    return std::unexpected{IvError::kNotFinite};
  }
  if (price <= 0) { return std::unexpected{IvError::kNoPrice}; }
  if (years <= 0) { return std::unexpected{IvError::kNoTime}; }

  const double undiscounted = price / discount;
  const double exercise = Intrinsic(right, forward, strike);
  const double time_value = undiscounted - exercise;
  if (exercise > 0) {
    // Both terms carry rounding of their own; what is left of that size means nothing.
    const double rounding = kIntrinsicRounding * (forward + strike);
    if (time_value < -rounding) { return std::unexpected{IvError::kBelowIntrinsic}; }
    if (time_value <= rounding) { return std::unexpected{IvError::kNoTimeValue}; }
  }
  if (time_value >= std::min(forward, strike)) { return std::unexpected{IvError::kAboveMaximum}; }
  const double value = time_value / (std::sqrt(forward) * std::sqrt(strike));
  const auto deviation = SolveDeviation(LogDistance(forward, strike), value);
  if (!deviation) { return std::unexpected{deviation.error()}; }
  return *deviation / std::sqrt(years);
}

/// Undiscounted price. Without volatility or time left: what exercise is worth.
inline double FarPrice(OptionRight right, double forward, double strike, double volatility,
                       double years) {
  const double exercise = Intrinsic(right, forward, strike);
  if (!(volatility > 0) || !(years > 0) || !(forward > 0) || !(strike > 0)) { return exercise; }
  const double deviation = volatility * std::sqrt(years);
  return exercise + std::sqrt(forward) * std::sqrt(strike) *
                        NormalisedBlack(LogDistance(forward, strike), deviation);
}

/// Price and Greeks; the limits where no volatility or time is left, see `black_greeks`.
inline ValueLanes<hn::Vec<One>> FarValue(const ValueTerms<One>& terms, OptionRight right,
                                         double strike, double volatility, double years) {
  const One d;
  const double forward = hn::GetLane(terms.forward);
  const double discount = hn::GetLane(terms.discount);
  const double sign = right == OptionRight::kCall ? 1.0 : -1.0;
  const bool alive = volatility > 0 && years > 0;
  const double deviation = alive ? volatility * std::sqrt(years) : 0.0;
  const double moneyness = std::copysign(LogDistance(forward, strike), forward - strike);
  // Without deviation the option is exercised for sure, never, or (at the kink) half of the time.
  const double certain =
      moneyness != 0 ? std::copysign(std::numeric_limits<double>::infinity(), moneyness) : 0.0;
  const double middle = alive ? moneyness / deviation : certain;
  const double d1 = middle + 0.5 * deviation;
  const double hedge = NormalBelow1(sign * d1);
  const double exercised = NormalBelow1(sign * (middle - 0.5 * deviation));
  const double density = alive ? forward * NormalDensity1(d1) : 0.0;
  const double price = discount * FarPrice(right, forward, strike, volatility, years);
  auto value = GreeksOf<One>(terms, hn::Set(d, sign), hn::Set(d, strike), hn::Set(d, volatility),
                             hn::Set(d, price), hn::Set(d, hedge), hn::Set(d, exercised),
                             hn::Set(d, density), hn::Set(d, alive ? kRootEight / deviation : 0.0));
  if (!alive) { value.gamma = value.vega = hn::Zero(d); }
  if (!(years > 0)) { value.theta = value.rho = hn::Zero(d); }
  return value;
}

}  // namespace v6::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // V6_BLACK_FAR_INL
