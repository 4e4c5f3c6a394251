// Black's formula, its Greeks and its inverse on vectors. Two charts: the near one below for the
// options that are quoted; the far one (black_far-inl.hpp), an option at a time, for all others.
// Included once a path, see vector_math-inl.hpp.
//
// Near chart. Of an out-of-the-money option let a = |ln(F / K)| / 2, d = volatility x sqrt(years) /
// (2 sqrt 2), u = a / (2 d). Its undiscounted price is exactly
//   (F + K) / 2 x d e^(-u^2) (M(u) - d^2 G(d^2, a^2)) / A,    M(u) = 2 / sqrt(pi) - 2 u erfcx(u),
// A = a / tanh a, where G is smooth and small: no difference of near-equal numbers is left. That is
// how a volatility is sought. Where it is given, both legs are wanted as well; they are
//   F n(d1) R(u -+ d),    R(x) = sqrt(pi / 2) erfcx(x),
// and the price is their difference, for a small d by the derivatives of R at u.
#if defined(V6_BLACK_KERNEL_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef V6_BLACK_KERNEL_INL
#undef V6_BLACK_KERNEL_INL
#else
#define V6_BLACK_KERNEL_INL
#endif

#include "analytics/vector_math-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace v6::HWY_NAMESPACE {

// Where the near chart holds: a < 0.24 (tanh a below this), d < 0.35, the option not below about
// 1e-15 of its forward where a volatility is sought, 1e-9 where it is given. Beyond the last fits
// there is nothing but the far chart.
inline constexpr double kNearMoneyness = 0.2354;  // tanh a
inline constexpr double kNearHalf = 0.3535;       // d
inline constexpr double kNearTail = 5.65;         // u, of an implied volatility
inline constexpr double kValueTail = 4.2;         // u, of a price
inline constexpr double kShortHalf = 0.08;        // d, of a price by expansion about u
inline constexpr double kNearLog = 40.0;          // ln(1 + |F - K| / price)
inline constexpr double kNearLeast = 1e-100;      // forwards, strikes and d
inline constexpr double kNearMost = 1e100;

/// (a / tanh a - 1) / z^2 in z^2, z = tanh a; 2.8e-18 of the whole.
V6_COEFFICIENTS auto kAtanhTail =
    Coefficients(0.3333333333333282, 0.20000000000296825, 0.14285714226851945, 0.1111111674886754,
                 0.0909061104976694, 0.07701450518757946, 0.06505372173457205, 0.0737904362435934);
/// M(u) for 0 <= u <= 5.8; 5e-18.
V6_COEFFICIENTS auto kMillsTop =
    Coefficients(1.1283791670955126, 1.6849543680780803, 1.3116690767045516, 0.6577988898575166,
                 0.22827278592847025, 0.05560469160483653, 0.009258445058895764,
                 0.0009656382422639584, 4.87215316117744e-05);
V6_COEFFICIENTS auto kMillsBottom =
    Coefficients(1.0, 3.2657057800555465, 4.950749238843273, 4.598975931772616, 2.9072550645138167,
                 1.3112290511639886, 0.42908461098161577, 0.1011243693044263, 0.016539686215955984,
                 0.0017115497323086796, 8.635665818265757e-05);
/// G in d^2, one polynomial for each power of a^2; 1.4e-16 of
/// M at u = 0 after multiplying by d^2, far less beyond.
V6_COEFFICIENTS auto kCrossing0 =
    Coefficients(0.37612638903181106, -0.11283791670807397, 0.026866170610786413,
                 -0.005223977104665397, 0.0008548272496369443, -0.00012052052929701997,
                 1.4835459839129227e-05, -1.5499302023384865e-06);
V6_COEFFICIENTS auto kCrossing1 =
    Coefficients(-0.04388141204537351, 0.01611970201428413, -0.004104548358033764,
                 0.0008231335085362114, -0.00013677227037043642, 1.837166717788994e-05);
V6_COEFFICIENTS auto kCrossing2 =
    Coefficients(0.00462695114847517, -0.0017835970253165605, 0.00046337532194438416,
                 -9.30125274657268e-05, 1.47912287437827e-05);
V6_COEFFICIENTS auto kCrossing3 =
    Coefficients(-0.00047388071081008737, 0.0001847131115753431, -4.5524228404320156e-05);
V6_COEFFICIENTS auto kCrossing4 = Coefficients(4.8085178138641246e-05, -1.7754686201488914e-05);
inline constexpr double kCrossing5 = -4.6067642356575445e-06;
/// R(x) for 0 <= x <= 4.2; 1e-16.
V6_COEFFICIENTS auto kRatioTop = Coefficients(
    1.2533141373155001, 2.088554281037175, 1.739906981157175, 0.8936020648457031,
    0.30118791078416224, 0.06623272247356435, 0.008808263956719665, 0.0005505054661828706);
V6_COEFFICIENTS auto kRatioBottom = Coefficients(
    1.0, 2.7948043823337745, 3.5418439586323953, 2.6669826227728692, 1.3102362167943673,
    0.43216757109151893, 0.09405683507678077, 0.012456749659044709, 0.0007785326751114993);
/// R(x) for -0.36 <= x <= 5.7; 2e-16.
V6_COEFFICIENTS auto kWideRatioTop =
    Coefficients(1.2533141373155003, 2.267171539920378, 2.054869600178336, 1.168387429119832,
                 0.44913410506487395, 0.11866032590949877, 0.020995050624495967,
                 0.0022775646505752136, 0.00011654358320450674);
V6_COEFFICIENTS auto kWideRatioBottom =
    Coefficients(1.0, 2.9373203354896407, 3.9539598020979576, 3.208736601525245, 1.734676282356541,
                 0.6499314081256989, 0.16942181318520413, 0.029773876684607577,
                 0.003220963487681057, 0.00016481750363284397);

/// (e^-x - 1 + x) / x^2 for |x| <= ln(2) / 2; 9e-16 of e^-x.
V6_COEFFICIENTS auto kExpMinusTail = Coefficients(
    0.5, -0.16666666666648206, 0.04166666666665129, -0.008333333353797231, 0.0013888888905938053,
    -0.0001984120859709364, 2.4801536275858554e-05, -2.762519069911663e-06, 2.7613869441565014e-07);

// Of the first guess only:
/// ln(1 + x) for 0 <= x <= 1; 1.9e-7.
V6_COEFFICIENTS auto kLogGuess = Coefficients(
    1.921918769516445e-07, 0.9999731223204953, -0.4993799880524553, 0.32778785014572825,
    -0.22475565920372192, 0.13314628299839884, -0.054108523911720045, 0.010484096263220178);
/// Bachelier's deviation over price + |F - K| / 2, in w = ln(1 + |F - K| / price); 5.1e-7.
V6_COEFFICIENTS auto kBachelierTop =
    Coefficients(2.506629552259773, 0.15203211604476954, 0.0927202358494464, 0.004761780342533975,
                 0.0007883107471715177, 6.809530898249655e-06, -1.232644209360894e-08);
V6_COEFFICIENTS auto kBachelierBottom =
    Coefficients(1.0, 0.06066499673361432, 0.1165142152403747, 0.006808777398524234,
                 0.0015425509247391314, 7.89075543833138e-05);
/// Black's deviation over Bachelier's in proportion, in 8 d^2 and a^2; 8.9e-8.
V6_COEFFICIENTS auto kSkewed0 =
    Coefficients(1.0000000058410543, 0.04166578511574854, 0.0036516263068672706,
                 0.0003789501371644051, 6.351180751739283e-05);
V6_COEFFICIENTS auto kSkewed1 = Coefficients(-0.0013671327504344158, -0.0002963776429024699);
/// d ln s / d ln price over the bracket, in d^2 and a^2; 3.5e-12. And its inverse; 5.9e-6.
V6_COEFFICIENTS auto kStep0 =
    Coefficients(0.8862269254515759, 0.8862269260932952, 0.4431134207765221, 0.1477053941993491,
                 0.03691868858416357, 0.007397911501237674, 0.0013149340194038577);
V6_COEFFICIENTS auto kStep1 =
    Coefficients(0.14770448739694947, 0.1477044677101981, 0.07385437762104279, 0.024569422726326107,
                 0.006568304695717891);
V6_COEFFICIENTS auto kStep2 = Coefficients(0.007385238518455319, 0.007384434044152185,
                                           0.0036936826267152966, 0.0013126836630152684);
V6_COEFFICIENTS auto kStep3 = Coefficients(0.00017565085975226118, 0.00018740191587426268);
inline constexpr double kStep4 = 2.5957324595372676e-06;
V6_COEFFICIENTS auto kSlope0 =
    Coefficients(1.1283746989463814, -1.128102367705122, 0.5612599912893527, -0.1759661317779512);
V6_COEFFICIENTS auto kSlope1 = Coefficients(-0.18780052864078345, 0.17546482004585257);
inline constexpr double kSlope2 = 0.020369809732520623;

inline constexpr double kRootEight = 2.8284271247461900976;
inline constexpr double kRootTwo = 1.4142135623730950488;
inline constexpr double kInverseRoot2 = 0.70710678118654752440;
inline constexpr double kInverseRootTwoPi = 0.39894228040143267794;
inline constexpr double kLn2 = 0.69314718055994530942;
/// Of both sides of forward - strike, what rounding alone can leave of an intrinsic value.
inline constexpr double kIntrinsicRounding = 8.0 * std::numeric_limits<double>::epsilon();

/// How far the forward is from the strike.
template <class V>
struct Moneyness {
  V tanh;   // z = |F - K| / (F + K)
  V ratio;  // A = a / tanh a
  V a;      // |ln(F / K)| / 2
  V a2;
};

/// a / tanh a.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V MoneynessRatio(D d, V tanh) {
  const V z2 = hn::Mul(tanh, tanh);
  return Fma(z2, Polynomial(d, z2, kAtanhTail), hn::Set(d, 1.0));
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE Moneyness<V> MoneynessOf(D d, V reach, V inverse_sum) {
  const V z = hn::Mul(reach, inverse_sum);
  const V ratio = MoneynessRatio(d, z);
  const V a = hn::Mul(z, ratio);
  return {z, ratio, a, hn::Mul(a, a)};
}

/// G(d^2, a^2).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Crossing(D d, V d2, V a2) {
  const V a4 = hn::Mul(a2, a2);
  const V even = Fma(Fma(Polynomial(d, d2, kCrossing4), a4, Polynomial(d, d2, kCrossing2)), a4,
                     Polynomial(d, d2, kCrossing0));
  const V odd = Fma(Fma(hn::Set(d, kCrossing5), a4, Polynomial(d, d2, kCrossing3)), a4,
                    Polynomial(d, d2, kCrossing1));
  return Fma(odd, a2, even);
}

/// M(u) - d^2 G = top / bottom.
template <class V>
struct Bracket {
  V top;
  V bottom;
};

template <class D, class V = hn::Vec<D>>
HWY_INLINE Bracket<V> BracketOf(D d, V u, V d2, V a2) {
  const V bottom = Polynomial(d, u, kMillsBottom);
  const V crossing = hn::Mul(hn::Mul(d2, Crossing(d, d2, a2)), bottom);
  return {hn::Sub(Polynomial(d, u, kMillsTop), crossing), bottom};
}

/// Above the least and below the most that the near chart takes for a price level.
template <class D, class V = hn::Vec<D>>
HWY_INLINE hn::Mask<D> Ordinary(D d, V x) {
  return hn::And(hn::Gt(x, hn::Set(d, kNearLeast)), hn::Lt(x, hn::Set(d, kNearMost)));
}

template <class D>
struct NearVolatility {
  hn::Vec<D> volatility;
  hn::Mask<D> found;  // elsewhere the far chart decides
};

/// What the implied volatilities of an expiry share.
template <class D>
struct VolatilityTerms {
  hn::Vec<D> forward;
  hn::Vec<D> discount;
  hn::Vec<D> inverse_discount;
  hn::Vec<D> root_years;
  hn::Vec<D> scale;  // volatility over d: sqrt(8 / years)
  hn::Mask<D> ordinary;
};

template <class D, class V = hn::Vec<D>>
HWY_INLINE VolatilityTerms<D> VolatilityTermsOf(D d, V forward, V discount, V years) {
  const V root_years = hn::Sqrt(years);
  const V scale = hn::Div(hn::Set(d, kRootEight), root_years);
  return {forward,
          discount,
          hn::Div(hn::Set(d, 1.0), discount),
          root_years,
          scale,
          hn::And(Ordinary(d, forward), hn::And(Ordinary(d, discount), Ordinary(d, scale)))};
}

/// price / discount, correctly rounded but for rare cases.
template <class V>
HWY_INLINE V Undiscounted(V price, V discount, V inverse_discount) {
  const V guess = hn::Mul(price, inverse_discount);
  return Fma(FmaNegated(guess, discount, price), inverse_discount, guess);
}

/// Inverts Bachelier's formula, bends that to Black's (6e-7 off at most), then takes one step of
/// third order in (ln s, ln price).
template <class D, class V = hn::Vec<D>>
HWY_INLINE NearVolatility<D> NearVolatilityOf(D d, const VolatilityTerms<D>& terms,
                                              hn::Mask<D> call, V strike, V price) {
  const V one = hn::Set(d, 1.0);
  const V half = hn::Set(d, 0.5);
  const V undiscounted = Undiscounted(price, terms.discount, terms.inverse_discount);
  const V gap = hn::Sub(terms.forward, strike);
  const V reach = hn::Abs(gap);
  const auto in_the_money = hn::Xor(call, hn::Lt(gap, hn::Zero(d)));
  const V time_value = hn::Sub(undiscounted, hn::IfThenElseZero(in_the_money, reach));
  const V sum = hn::Add(terms.forward, strike);
  const V inverse_sum = hn::Div(one, sum);
  const auto money = MoneynessOf(d, reach, inverse_sum);

  // The guess: d = x / y x bend.
  const V quotient = hn::Add(one, hn::Div(reach, time_value));
  const hn::RebindToUnsigned<D> du;
  const auto bits = hn::BitCast(du, quotient);
  const V exponent =
      hn::Sub(hn::BitCast(d, hn::Or(hn::ShiftRight<52>(bits), hn::Set(du, 0x4330000000000000U))),
              hn::Set(d, 4503599627370496.0 + 1023.0));
  const V m = hn::BitCast(d, hn::Or(hn::And(bits, hn::Set(du, (std::uint64_t{1} << 52U) - 1)),
                                    hn::Set(du, 0x3FF0000000000000U)));
  const V w = Fma(exponent, hn::Set(d, kLn2High), Polynomial(d, hn::Sub(m, one), kLogGuess));
  const V share = hn::Mul(money.ratio, inverse_sum);
  const V x = hn::Mul(hn::Mul(Fma(reach, half, time_value), hn::Set(d, kInverseRoot2)),
                      hn::Mul(share, Polynomial(d, w, kBachelierTop)));
  const V y = Polynomial(d, w, kBachelierBottom);
  const V inverse_product = hn::Div(one, hn::Mul(x, y));
  const V straight = hn::Mul(hn::Mul(x, x), inverse_product);
  const V variance = hn::Mul(hn::Mul(straight, straight), hn::Set(d, 8.0));
  const V bend = hn::Sub(Fma(hn::Mul(variance, money.a2), Polynomial(d, variance, kSkewed1),
                             Polynomial(d, variance, kSkewed0)),
                         one);
  const V guess = Fma(straight, bend, straight);
  const V unbend = Fma(bend, Fma(bend, hn::Sub(one, bend), hn::Neg(one)), one);
  const V rough = hn::Mul(hn::Mul(hn::Mul(y, y), inverse_product), unbend);
  const V off = FmaNegated(guess, rough, one);
  const V inverse_guess = Fma(rough, Fma(off, off, off), rough);

  const V u = hn::Mul(hn::Mul(money.a, half), inverse_guess);
  const V u2 = hn::Mul(u, u);
  const V d2 = hn::Mul(guess, guess);
  const auto bracket = BracketOf(d, u, d2, money.a2);
  const V inverse_top = hn::Div(one, bracket.top);
  // Wanted price over that of the guess, less 1.
  const V wanted = hn::Mul(hn::Mul(hn::Add(time_value, time_value), share),
                           hn::Mul(ExpNear(d, u2), inverse_guess));
  const V slope_shape = hn::Mul(bracket.bottom, inverse_top);
  const V excess = Fma(wanted, slope_shape, hn::Neg(one));
  // ln(wanted price / price) over that ratio; times `wanted` and `step` it is Newton's step.
  const V log_ratio =
      hn::Mul(excess, Fma(excess, Fma(excess, hn::Set(d, 11.0 / 6.0), hn::Set(d, -1.5)), one));
  const V a2 = money.a2;
  const V step = Fma(Fma(Fma(Fma(hn::Set(d, kStep4), a2, Polynomial(d, d2, kStep3)), a2,
                             Polynomial(d, d2, kStep2)),
                         a2, Polynomial(d, d2, kStep1)),
                     a2, Polynomial(d, d2, kStep0));
  const V slope = hn::Mul(slope_shape, Fma(Fma(hn::Set(d, kSlope2), a2, Polynomial(d, d2, kSlope1)),
                                           a2, Polynomial(d, d2, kSlope0)));
  const V newton = hn::Mul(hn::Mul(step, wanted), log_ratio);
  const V curvature = hn::Sub(Fma(hn::Sub(u2, d2), hn::Set(d, 2.0), one), slope);
  const V change = FmaNegated(hn::Mul(hn::Mul(newton, newton), half), curvature, newton);
  const V grown = Fma(guess, Fma(hn::Mul(change, change), half, change), guess);

  const V itm_rounding =
      hn::IfThenElseZero(in_the_money, hn::Mul(sum, hn::Set(d, kIntrinsicRounding)));
  // A strike so near an ordinary forward is ordinary.
  const auto positive = hn::And(hn::Gt(time_value, itm_rounding), hn::Gt(strike, hn::Zero(d)));
  const auto near =
      hn::And(hn::Lt(money.tanh, hn::Set(d, kNearMoneyness)),
              hn::And(hn::Gt(guess, hn::Set(d, kNearLeast)), hn::Lt(guess, hn::Set(d, kNearHalf))));
  const auto quoted = hn::And(hn::Lt(u, hn::Set(d, kNearTail)), hn::Lt(w, hn::Set(d, kNearLog)));
  return {hn::Mul(grown, terms.scale),
          hn::And(hn::And(positive, near), hn::And(quoted, terms.ordinary))};
}

/// What prices and Greeks of an expiry share: the factors that no option changes.
template <class D>
struct ValueTerms {
  hn::Vec<D> forward;
  hn::Vec<D> discount;
  hn::Vec<D> root_years;
  hn::Vec<D> delta_share;  // discounted forward over spot
  hn::Vec<D> hedge_share;  // discount over spot
  hn::Vec<D> gamma_share;  // discount / (sqrt(2) spot^2)
  hn::Vec<D> vega_share;   // of 0.01
  hn::Vec<D> rho_share;    // of 0.01
  hn::Vec<D> decay_share;  // per calendar day, as the next two
  hn::Vec<D> rate;
  hn::Vec<D> paid;  // dividend yield x spot
  hn::Mask<D> ordinary;
};

template <class V>
struct CarryLanes {
  V rate;
  V yield;
};

/// As the discount and the forward have it.
template <class D, class V = hn::Vec<D>>
HWY_INLINE CarryLanes<V> CarryOf(D d, V spot, V forward, V discount, V years) {
  const V rate = hn::Neg(hn::Div(Log(d, discount), years));
  return {rate, hn::Sub(rate, hn::Div(Log(d, hn::Div(forward, spot)), years))};
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE ValueTerms<D> ValueTermsOf(D d, V spot, V forward, V discount, V years,
                                      const CarryLanes<V>& carry) {
  constexpr double kDaysPerYear = 365.0;
  const V root_years = hn::Sqrt(years);
  const V cent = hn::Set(d, 0.01);
  const V day = hn::Set(d, kDaysPerYear);
  return {.forward = forward,
          .discount = discount,
          .root_years = root_years,
          .delta_share = hn::Div(hn::Mul(discount, forward), spot),
          .hedge_share = hn::Div(discount, spot),
          .gamma_share = hn::Div(hn::Mul(discount, hn::Set(d, kInverseRoot2)), hn::Mul(spot, spot)),
          .vega_share = hn::Mul(cent, hn::Mul(discount, root_years)),
          .rho_share = hn::Mul(cent, hn::Mul(years, discount)),
          .decay_share = hn::Div(hn::Mul(hn::Set(d, -0.5), discount), hn::Mul(root_years, day)),
          .rate = hn::Div(hn::Mul(carry.rate, discount), day),
          .paid = hn::Div(hn::Mul(carry.yield, spot), day),
          .ordinary = Ordinary(d, forward)};
}

template <class V>
struct ValueLanes {
  V price;  // discounted
  V delta;
  V gamma;
  V theta;
  V vega;
  V rho;
};

/// Greeks for either chart. `delta` as it is, strike_leg = +-strike x N(+-d2), + for calls,
/// density = forward x n(d1), inverse_2d = sqrt(2) / s.
template <class D, class V = hn::Vec<D>>
HWY_INLINE ValueLanes<V> GreeksOf(const ValueTerms<D>& terms, V volatility, V price, V delta,
                                  V strike_leg, V density, V inverse_2d) {
  const V carried = FmaNegated(terms.rate, strike_leg, hn::Mul(terms.paid, delta));
  return {.price = price,
          .delta = delta,
          .gamma = hn::Mul(hn::Mul(terms.gamma_share, density), inverse_2d),
          .theta = Fma(hn::Mul(terms.decay_share, volatility), density, carried),
          .vega = hn::Mul(terms.vega_share, density),
          .rho = hn::Mul(terms.rho_share, strike_leg)};
}

/// e^-x for 0 <= x < 40; 2e-15, most of it what one number cannot hold of n ln 2.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V ExpMinus(D d, V x) {
  const hn::RebindToUnsigned<D> du;
  const V magic = hn::Set(d, kRoundToInteger);
  const V integer = Fma(x, hn::Set(d, -kLog2E), magic);
  const V rest = Fma(hn::Sub(integer, magic), hn::Set(d, kLn2), x);
  const V mantissa =
      Fma(hn::Mul(rest, rest), Polynomial(d, rest, kExpMinusTail), hn::Sub(hn::Set(d, 1.0), rest));
  return hn::BitCast(
      d, hn::Add(hn::BitCast(du, mantissa), hn::ShiftLeft<52>(hn::BitCast(du, integer))));
}

/// The legs of the option that is out of the money.
template <class V>
struct OutLegs {
  V hedge;       // forward x N(+-d1) = density x R(u - s)
  V strike;      // strike x N(+-d2) = density x R(u + s)
  V difference;  // of the two, to its own precision
};

/// By the derivatives of R at u: c(n), the n-th over n!, is 2 / n (u c(n - 1) + c(n - 2)); here
/// times the denominator of c(0), which is divided out meanwhile. The eleventh is taken to be what
/// it is at u = 0, 2 / 11 of the ninth: 2e-15 of the difference at most; the tenth, 9e-14 of a leg,
/// is left out.
template <class D, class V = hn::Vec<D>>
HWY_INLINE OutLegs<V> OutLegsAbout(D d, V u, V s, V density) {
  const V c0 = Polynomial(d, u, kRatioTop);
  const V bottom = Polynomial(d, u, kRatioBottom);
  const V scale = hn::Div(density, bottom);
  const auto next = [&](double share, V last, V before) {
    return hn::Mul(hn::Set(d, share), Fma(u, last, before));
  };
  const V c1 = Fma(hn::Add(u, u), c0, hn::Mul(bottom, hn::Set(d, -kRootTwo)));
  const V c2 = Fma(u, c1, c0);
  const V c3 = next(2.0 / 3, c2, c1);
  const V c4 = next(2.0 / 4, c3, c2);
  const V c5 = next(2.0 / 5, c4, c3);
  const V c6 = next(2.0 / 6, c5, c4);
  const V c7 = next(2.0 / 7, c6, c5);
  const V c8 = next(2.0 / 8, c7, c6);
  const V c9 = next(2.0 / 9, c8, c7);
  const V s2 = hn::Mul(s, s);
  const V even = Fma(Fma(Fma(Fma(c8, s2, c6), s2, c4), s2, c2), s2, c0);
  const V last = Fma(hn::Mul(s2, hn::Set(d, 2.0 / 11)), c9, c9);
  const V odd = Fma(Fma(Fma(Fma(last, s2, c7), s2, c5), s2, c3), s2, c1);
  const V mean = hn::Mul(scale, even);
  const V half = hn::Mul(hn::Mul(scale, s), odd);
  return {hn::Sub(mean, half), hn::Add(mean, half), hn::Add(half, half)};
}

/// Each by itself, where they are far enough apart to be subtracted.
template <class D, class V = hn::Vec<D>>
HWY_INLINE OutLegs<V> OutLegsApart(D d, V u, V s, V density) {
  const V x = hn::Sub(u, s);
  const V y = hn::Add(u, s);
  const V bottom_x = Polynomial(d, x, kWideRatioBottom);
  const V bottom_y = Polynomial(d, y, kWideRatioBottom);
  const V scale = hn::Div(density, hn::Mul(bottom_x, bottom_y));
  const V hedge = hn::Mul(Polynomial(d, x, kWideRatioTop), bottom_y);
  const V top_y = Polynomial(d, y, kWideRatioTop);
  return {hn::Mul(hedge, scale), hn::Mul(hn::Mul(top_y, bottom_x), scale),
          hn::Mul(FmaNegated(top_y, bottom_x, hedge), scale)};
}

/// Each lane by its own s, whatever stands beside it.
template <class D, class V = hn::Vec<D>>
HWY_INLINE OutLegs<V> OutLegsOf(D d, V u, V s, V density) {
  const auto about = hn::Lt(hn::Abs(s), hn::Set(d, kShortHalf));
  if (hn::AllTrue(d, about)) { return OutLegsAbout(d, u, s, density); }
  const auto apart = OutLegsApart(d, u, s, density);
  if (hn::AllFalse(d, about)) { return apart; }
  const auto near = OutLegsAbout(d, u, s, density);
  return {hn::IfThenElse(about, near.hedge, apart.hedge),
          hn::IfThenElse(about, near.strike, apart.strike),
          hn::IfThenElse(about, near.difference, apart.difference)};
}

/// Where an option stands on the near chart.
template <class V>
struct Place {
  V u;
  V s;           // d, with the sign of strike - forward
  V inverse_2d;  // infinite off the chart: there the far chart decides
};

template <class D, class V = hn::Vec<D>>
HWY_INLINE Place<V> PlaceOf(D d, const ValueTerms<D>& terms, V strike, V volatility) {
  const V infinite = hn::Set(d, std::numeric_limits<double>::infinity());
  const V root_half_years = hn::IfThenElse(
      terms.ordinary, hn::Mul(terms.root_years, hn::Set(d, kInverseRoot2)), hn::Neg(infinite));
  const V above = hn::Sub(strike, terms.forward);
  const V sum = hn::Add(strike, terms.forward);
  const V twice_d = hn::Mul(volatility, root_half_years);
  const V inverse = hn::Div(hn::Set(d, 1.0), hn::Mul(sum, twice_d));
  const V steep = hn::Mul(hn::Abs(above), inverse);
  const V tanh = hn::Mul(steep, twice_d);
  const V u = hn::Mul(steep, MoneynessRatio(d, tanh));
  const V half_d = hn::Mul(hn::Set(d, 0.5), twice_d);

  // A strike so near an ordinary forward is ordinary.
  const auto positive = hn::Gt(hn::Min(twice_d, strike), hn::Set(d, kNearLeast));
  const auto near =
      hn::And(hn::Lt(tanh, hn::Set(d, kNearMoneyness)), hn::Lt(half_d, hn::Set(d, kNearHalf)));
  const auto here = hn::And(hn::And(positive, near), hn::Lt(u, hn::Set(d, kValueTail)));
  return {.u = u,
          .s = hn::CopySign(half_d, above),
          .inverse_2d = hn::IfThenElse(here, hn::Mul(inverse, sum), infinite)};
}

/// Forward x n(d1): d1^2 / 2 = (u - s)^2.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V DensityOf(D d, V forward, V u, V s) {
  const V x = hn::Sub(u, s);
  return hn::Mul(hn::Mul(forward, hn::Set(d, kInverseRootTwoPi)), ExpMinus(d, hn::Mul(x, x)));
}

/// What an option comes to before discounting.
template <class V>
struct NearLegs {
  V price;
  V hedge;   // +-forward x N(+-d1), + for calls
  V strike;  // +-strike x N(+-d2)
};

template <class D, class V = hn::Vec<D>>
HWY_INLINE NearLegs<V> NearLegsOf(D d, V forward, hn::Mask<D> call, V strike,
                                  const OutLegs<V>& out) {
  const V above = hn::Sub(strike, forward);
  const auto in_the_money = hn::Xor(call, hn::Ge(above, hn::Zero(d)));
  const V minus = hn::And(above, hn::SignBit(d));
  // In the money what is not lost: the forward less this leg, and the strike less that one.
  const auto leg = [&](V whole, V out_leg) {
    return hn::Xor(hn::IfThenElse(in_the_money, hn::Sub(out_leg, whole), out_leg), minus);
  };
  return {
      .price = hn::Add(hn::Abs(out.difference), hn::IfThenElseZero(in_the_money, hn::Abs(above))),
      .hedge = leg(forward, out.hedge),
      .strike = leg(strike, out.strike)};
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE ValueLanes<V> NearValueOf(D d, const ValueTerms<D>& terms, hn::Mask<D> call, V strike,
                                     V volatility, V density, V inverse_2d, const OutLegs<V>& out) {
  const auto legs = NearLegsOf(d, terms.forward, call, strike, out);
  return GreeksOf<D>(terms, volatility, hn::Mul(terms.discount, legs.price),
                     hn::Mul(terms.hedge_share, legs.hedge), legs.strike, density, inverse_2d);
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE hn::Mask<D> OnNearChart(D d, V inverse_2d) {
  return hn::Lt(inverse_2d, hn::Set(d, std::numeric_limits<double>::infinity()));
}

}  // namespace v6::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // V6_BLACK_KERNEL_INL
