// Black's formula for options that few quote: any moneyness, any volatility, one at a time; and
// those of them that lie far out or in the money, as chains have many, a vector at a time by the
// same operations. Included once a path, see vector_math-inl.hpp.
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
template <class D, class V = hn::Vec<D>>
HWY_INLINE V MillsDifferenceNear(D d, V a, V t) {
  constexpr double kRootHalfPi = 1.2533141373155002512;
  constexpr int kMostTerms = 60;
  V even = hn::Mul(hn::Set(d, kRootHalfPi), Erfcx(d, hn::Mul(a, hn::Set(d, kInverseRoot2))));
  V odd = hn::Sub(hn::Set(d, 1.0), hn::Mul(a, even));
  V power = t;
  V total = hn::Mul(odd, t);
  auto open = hn::Ge(t, hn::Zero(d));
  for (int n = 1; n < kMostTerms && !hn::AllFalse(d, open); n += 2) {
    even = hn::Sub(hn::Mul(hn::Set(d, n), even), hn::Mul(a, odd));
    odd = hn::Sub(hn::Mul(hn::Set(d, n + 1), odd), hn::Mul(a, even));
    power = hn::Mul(power, hn::Div(hn::Mul(t, t), hn::Set(d, (n + 1) * (n + 2))));
    const V term = hn::Mul(odd, power);
    total = hn::IfThenElse(open, hn::Add(total, term), total);
    open = hn::AndNot(hn::Lt(term, hn::Mul(hn::Set(d, 1e-17), total)), open);
  }
  return total;
}

/// The ratios r(n) = I(n) / I(n - 1) = n / (a + r(n + 1)) from the far end, where every term is
/// positive and errors die out (Miller's way), two at a time; `nested` is the series so far.
/// For a from 3 on and t up to a / 4 this depth leaves an error of a few 1e-16.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V MillsDifferenceFar(D d, V a, V t) {
  constexpr int kDepth = 31;
  constexpr int kCloseDepth = 49;  // for a below 4
  const V one = hn::Set(d, 1.0);
  const auto close = hn::Lt(a, hn::Set(d, 4.0));
  const V terms =
      hn::IfThenElse(close, hn::Set(d, 4.0 * (kCloseDepth + 1)), hn::Set(d, 4.0 * (kDepth + 1)));
  struct State {
    V ratio;
    V nested;
  };
  State now{hn::Mul(hn::Set(d, 0.5), hn::Sub(hn::Sqrt(hn::Add(hn::Mul(a, a), terms)), a)), one};
  const auto next = [&](int n) {
    const V above = hn::Add(a, now.ratio);
    const V inverse = hn::Div(one, hn::Add(hn::Mul(a, above), hn::Set(d, n)));
    return State{hn::Mul(hn::Mul(hn::Set(d, n - 1), above), inverse),
                 hn::Add(one, hn::Mul(hn::Mul(hn::Mul(now.nested, t), t), inverse))};
  };
  if (!hn::AllFalse(d, close)) {
    for (int n = kCloseDepth; n > kDepth; n -= 2) {
      const State then = next(n);
      now = {hn::IfThenElse(close, then.ratio, now.ratio),
             hn::IfThenElse(close, then.nested, now.nested)};
    }
  }
  for (int n = kDepth; n > 1; n -= 2) { now = next(n); }
  const V first = hn::Div(one, hn::Add(a, now.ratio));
  return hn::Div(hn::Mul(hn::Mul(first, t), now.nested), hn::Add(a, first));
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V MillsDifference(D d, V a, V t) {
  const auto near = hn::Lt(a, hn::Set(d, 3.0));
  if (hn::AllFalse(d, near)) { return MillsDifferenceFar(d, a, t); }
  const V difference = MillsDifferenceNear(d, a, t);
  return hn::AllTrue(d, near) ? difference
                              : hn::IfThenElse(near, difference, MillsDifferenceFar(d, a, t));
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V NormalisedVegaOf(D d, V a, V t) {
  const V square = hn::Add(hn::Mul(a, a), hn::Mul(t, t));
  return hn::Mul(hn::Set(d, kInverseRootTwoPi), Exp(d, hn::Mul(hn::Set(d, -0.5), square)));
}

/// See normalised.hpp.
inline double NormalisedVega(double distance, double deviation) {
  const One d;
  return hn::GetLane(
      NormalisedVegaOf(d, hn::Set(d, distance / deviation), hn::Set(d, 0.5 * deviation)));
}

/// Where the difference of Mills ratios gives b(distance, deviation).
template <class D, class V = hn::Vec<D>>
HWY_INLINE hn::Mask<D> ByMillsDifference(D d, V a, V t) {
  return hn::Lt(t, hn::Max(hn::Set(d, 0.75), hn::Mul(hn::Set(d, 0.25), a)));
}

inline double NormalisedBlack(double distance, double deviation) {
  const double a = distance / deviation;
  const double t = 0.5 * deviation;
  if (t >= std::max(0.75, 0.25 * a)) {
    return Exp1(-0.5 * distance) * NormalBelow1(t - a) -
           Exp1(0.5 * distance) * NormalBelow1(-t - a);
  }
  const One d;
  const double difference = hn::GetLane(MillsDifference(d, hn::Set(d, a), hn::Set(d, t)));
  return 2.0 * difference * NormalisedVega(distance, deviation);
}

/// A step towards the deviation whose b is `excess` less in its logarithm.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V HalleyStep(D d, V a, V deviation, V b, V vega, V excess) {
  const V half = hn::Set(d, 0.5);
  const V newton = hn::Div(hn::Mul(hn::Neg(excess), b), vega);
  // f'' / f'
  const V curvature =
      hn::Sub(hn::Sub(hn::Div(hn::Mul(a, a), deviation), hn::Mul(hn::Set(d, 0.25), deviation)),
              hn::Div(vega, b));
  const V bent = hn::Add(hn::Set(d, 1.0), hn::Mul(hn::Mul(half, newton), curvature));
  return hn::Div(newton, hn::Max(bent, half));
}

inline constexpr double kCloseEnough = 1e-6;  // of a deviation: a cubic step from here is exact

/// For distances above 0. For small deviations b is Bachelier's formula, value / distance =
/// n(a) / a - N(-a). With w = ln(1 + distance / value) the square of w / a is nearly straight in w:
/// a rational function fitted to 0 < a < 37 gives a within 0.06 %.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V GuessDeviationOf(D d, V distance, V value) {
  const V w = Log(d, hn::Add(hn::Set(d, 1.0), hn::Div(distance, value)));
  const auto plus = [&](double c, V rest) { return hn::Add(hn::Set(d, c), hn::Mul(w, rest)); };
  const V top =
      plus(6.285630987, plus(0.9312906428, plus(0.1318921373, hn::Set(d, 0.005989110917))));
  const V bottom = plus(1.0, plus(0.1507488866, hn::Set(d, 0.01191917172)));
  const V bachelier = hn::Div(value, hn::Set(d, kInverseRootTwoPi));
  return hn::IfThenElse(hn::Gt(w, hn::Zero(d)),
                        hn::Div(hn::Mul(distance, hn::Sqrt(hn::Div(top, bottom))), w), bachelier);
}

/// Here b has reached its limit.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V MostDeviation(D d, V distance) {
  const V two = hn::Set(d, 2.0);
  return hn::Add(hn::Set(d, 20.0), hn::Mul(two, hn::Sqrt(hn::Mul(two, distance))));
}

inline double GuessDeviation(double distance, double value) {
  if (distance <= 0) { return value / kInverseRootTwoPi; }
  const One d;
  return hn::GetLane(GuessDeviationOf(d, hn::Set(d, distance), hn::Set(d, value)));
}

/// The deviation at which b(distance, deviation) is `value`: Halley's steps on ln b, which is
/// concave, kept inside a shrinking bracket.
inline std::expected<double, IvError> SolveDeviation(double distance, double value) {
  constexpr int kMaxIterations = 100;
  const double target = Log1(value);
  double low = 0;
  double high = hn::GetLane(MostDeviation(One{}, hn::Set(One{}, distance)));
  double deviation = std::min(GuessDeviation(distance, value), high);
  for (int i = 0; i < kMaxIterations; ++i) {
    const double b = NormalisedBlack(distance, deviation);
    const double vega = NormalisedVega(distance, deviation);
    const double excess = b > 0 ? Log1(b) - target : -std::numeric_limits<double>::infinity();
    (excess < 0 ? low : high) = deviation;
    double next = 0.5 * (low + high);
    if (vega > 0 && b > 0) {
      const One d;
      const double halley =
          hn::GetLane(HalleyStep(d, hn::Set(d, distance / deviation), hn::Set(d, deviation),
                                 hn::Set(d, b), hn::Set(d, vega), hn::Set(d, excess)));
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

/// `FarVolatility` of those whose way there is the usual one: deep out of or in the money, two or
/// three steps. Elsewhere not found.
template <class D, class V = hn::Vec<D>>
HWY_INLINE NearVolatility<D> DeepVolatilityOf(D d, hn::Mask<D> missing,
                                              const VolatilityTerms<D>& terms, hn::Mask<D> call,
                                              V strike, V price) {
  constexpr int kSteps = 3;
  const V zero = hn::Zero(d);
  const V gap = hn::Sub(terms.forward, strike);
  const V exercise = hn::Max(hn::IfThenElse(call, gap, hn::Neg(gap)), zero);
  const V time_value = hn::Sub(hn::Div(price, terms.discount), exercise);
  const V rounding =
      hn::IfThenElseZero(hn::Gt(exercise, zero),
                         hn::Mul(hn::Set(d, kIntrinsicRounding), hn::Add(terms.forward, strike)));
  const V low = hn::Min(terms.forward, strike);
  const V high = hn::Max(terms.forward, strike);
  const auto valid =
      hn::And(hn::And(hn::Gt(time_value, rounding), hn::Lt(time_value, low)),
              hn::And(hn::And(Ordinary(d, strike), terms.ordinary), hn::Gt(price, zero)));
  const auto deep =
      hn::Ge(hn::Div(hn::Sub(high, low), hn::Add(high, low)), hn::Set(d, kNearMoneyness));
  auto open = hn::And(missing, hn::And(valid, deep));
  auto found = hn::Lt(zero, zero);
  if (hn::CountTrue(d, open) < 2) { return {zero, found}; }

  const V value = hn::Div(time_value, hn::Mul(hn::Sqrt(terms.forward), hn::Sqrt(strike)));
  const V distance = Log(d, hn::Div(high, low));
  const V target = Log(d, value);
  V deviation = GuessDeviationOf(d, distance, value);
  V least = zero;
  V most = MostDeviation(d, distance);
  open = hn::And(open, hn::Lt(deviation, most));
  for (int i = 0; i < kSteps && !hn::AllFalse(d, open); ++i) {
    const V a = hn::Div(distance, deviation);
    const V t = hn::Mul(hn::Set(d, 0.5), deviation);
    const V vega = NormalisedVegaOf(d, a, t);
    const V b = hn::Mul(hn::Mul(hn::Set(d, 2.0), MillsDifference(d, a, t)), vega);
    const V excess = hn::Sub(Log(d, b), target);
    const auto short_of = hn::Lt(excess, zero);
    least = hn::IfThenElse(short_of, deviation, least);
    most = hn::IfThenElse(short_of, most, deviation);
    const V halley = HalleyStep(d, a, deviation, b, vega, excess);
    const V stepped = hn::Add(deviation, halley);
    open = hn::And(
        open, hn::And(ByMillsDifference(d, a, t), hn::And(hn::Gt(b, zero), hn::Gt(vega, zero))));
    const auto there =
        hn::And(open, hn::Le(hn::Abs(halley), hn::Mul(hn::Set(d, kCloseEnough), deviation)));
    deviation = hn::IfThenElse(open, stepped, deviation);
    found = hn::Or(found, there);
    open = hn::And(hn::AndNot(there, open), hn::And(hn::Gt(stepped, least), hn::Lt(stepped, most)));
  }
  return {hn::Div(deviation, terms.root_years), found};
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
  auto value =
      GreeksOf<One>(terms, hn::Set(d, volatility), hn::Set(d, price),
                    hn::Mul(hn::Mul(hn::Set(d, sign), terms.delta_share), hn::Set(d, hedge)),
                    hn::Set(d, sign * strike * exercised), hn::Set(d, density),
                    hn::Set(d, alive ? kRootTwo / deviation : 0.0));
  if (!alive) { value.gamma = value.vega = hn::Zero(d); }
  if (!(years > 0)) { value.theta = value.rho = hn::Zero(d); }
  return value;
}

template <class D>
struct DeepValue {
  ValueLanes<hn::Vec<D>> value;
  hn::Mask<D> found;
};

/// `FarValue` of those whose way there is the usual one: far from the money for their deviation.
/// Elsewhere not found.
template <class D, class V = hn::Vec<D>>
HWY_INLINE DeepValue<D> DeepValueOf(D d, hn::Mask<D> missing, const ValueTerms<D>& terms,
                                    hn::Mask<D> call, V strike, V volatility) {
  const V zero = hn::Zero(d);
  const V one = hn::Set(d, 1.0);
  const V half = hn::Set(d, 0.5);
  const V low = hn::Min(terms.forward, strike);
  const V high = hn::Max(terms.forward, strike);
  const V reach = hn::Sub(high, low);
  const V sum = hn::Add(high, low);
  const auto deep = hn::Ge(hn::Div(reach, sum), hn::Set(d, kNearMoneyness));
  const V close_distance = hn::Mul(hn::Set(d, 2.0), MoneynessOf(d, reach, hn::Div(one, sum)).a);
  const V distance = hn::IfThenElse(deep, Log(d, hn::Div(high, low)), close_distance);
  const V deviation = hn::Mul(volatility, terms.root_years);
  const V a = hn::Div(distance, deviation);
  const V t = hn::Mul(half, deviation);
  const auto alive = hn::And(hn::Gt(volatility, zero), hn::Gt(terms.root_years, zero));
  const auto found = hn::And(hn::And(missing, hn::And(alive, ByMillsDifference(d, a, t))),
                             hn::And(Ordinary(d, strike), terms.ordinary));
  if (hn::CountTrue(d, found) < 2) {
    return {{zero, zero, zero, zero, zero, zero}, hn::Lt(zero, zero)};
  }

  const V sign = hn::IfThenElse(call, one, hn::Set(d, -1.0));
  const V gap = hn::Sub(terms.forward, strike);
  const V middle = hn::Div(hn::CopySign(distance, gap), deviation);
  const V d1 = hn::Add(middle, t);
  const V hedge = NormalBelow(d, hn::Mul(sign, d1));
  const V exercised = NormalBelow(d, hn::Mul(sign, hn::Sub(middle, t)));
  const V density = hn::Mul(terms.forward, NormalDensity(d, d1));
  const V b =
      hn::Mul(hn::Mul(hn::Set(d, 2.0), MillsDifference(d, a, t)), NormalisedVegaOf(d, a, t));
  const V exercise = hn::Max(hn::Mul(sign, gap), zero);
  const V price = hn::Add(exercise, hn::Mul(hn::Mul(hn::Sqrt(terms.forward), hn::Sqrt(strike)), b));
  return {GreeksOf<D>(terms, volatility, hn::Mul(terms.discount, price),
                      hn::Mul(hn::Mul(sign, terms.delta_share), hedge),
                      hn::Mul(hn::Mul(sign, strike), exercised), density,
                      hn::Div(hn::Set(d, kRootTwo), deviation)),
          found};
}

}  // namespace v6::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // V6_BLACK_FAR_INL
