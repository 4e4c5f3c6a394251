// Elementary functions on vectors, one algorithm for every path. Every operation is correctly
// rounded and their order is fixed, so each lane has the same bits on AVX-512, on AVX2 and on one
// lane at a time. Included once a path: Highway's foreach_target sets HWY_TARGET.
#if defined(V6_VECTOR_MATH_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef V6_VECTOR_MATH_INL
#undef V6_VECTOR_MATH_INL
#else
#define V6_VECTOR_MATH_INL
#endif

#include <hwy/highway.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace v6::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// a x b + c with one rounding, also where the processor has no such instruction.
template <class V>
HWY_INLINE V Fma(V a, V b, V c) {
#if HWY_NATIVE_FMA
  return hn::MulAdd(a, b, c);
#else
  const hn::DFromV<V> d;
  constexpr std::size_t kLanes = hn::MaxLanes(hn::DFromV<V>{});
  HWY_ALIGN std::array<double, kLanes> x;
  HWY_ALIGN std::array<double, kLanes> y;
  HWY_ALIGN std::array<double, kLanes> z;
  hn::Store(a, d, x.data());
  hn::Store(b, d, y.data());
  hn::Store(c, d, z.data());
  for (std::size_t i = 0; i < kLanes; ++i) { x[i] = std::fma(x[i], y[i], z[i]); }
  return hn::Load(d, x.data());
#endif
}

/// c - a x b with one rounding.
template <class V>
HWY_INLINE V FmaNegated(V a, V b, V c) {
#if HWY_NATIVE_FMA
  return hn::NegMulAdd(a, b, c);
#else
  return Fma(hn::Neg(a), b, c);
#endif
}

/// Coefficients as vectors read them. AVX2 has no instruction that spreads one number over its
/// lanes while it multiplies: there each stands four times, and is not const, lest the compiler
/// gather them again.
#if HWY_TARGET == HWY_AVX2
inline constexpr std::size_t kCopies = 4;
#define V6_COEFFICIENTS alignas(32) inline constinit
#else
inline constexpr std::size_t kCopies = 1;
#define V6_COEFFICIENTS inline constexpr
#endif

template <class... Numbers>
constexpr auto Coefficients(Numbers... numbers) {
  std::array<double, sizeof...(numbers) * kCopies> spread{};
  std::size_t at = 0;
  for (const double number : {numbers...}) {
    for (std::size_t k = 0; k < kCopies; ++k) { spread[at++] = number; }
  }
  return spread;
}

template <std::size_t I, std::size_t N, class D>
HWY_INLINE hn::Vec<D> Coefficient(D d, const std::array<double, N>& c) {
  if constexpr (kCopies > 1) { return hn::Load(d, &c[I * kCopies]); }
  return hn::Set(d, c[I * kCopies]);
}

template <std::size_t I, std::size_t Step, std::size_t N, class D, class V>
HWY_INLINE V EveryNth(D d, V x, const std::array<double, N>& c) {
  if constexpr ((I + Step) * kCopies >= N) {
    return Coefficient<I>(d, c);
  } else {
    return Fma(EveryNth<I + Step, Step>(d, x, c), x, Coefficient<I>(d, c));
  }
}

/// c[0] + c[1] x + c[2] x^2 + ...: even and odd powers apart, so that they run side by side.
template <std::size_t N, class D, class V>
HWY_INLINE V Polynomial(D d, V x, const std::array<double, N>& c) {
  if constexpr (N < 4 * kCopies) {
    return EveryNth<0, 1>(d, x, c);
  } else {
    const V square = hn::Mul(x, x);
    return Fma(EveryNth<1, 2>(d, square, c), x, EveryNth<0, 2>(d, square, c));
  }
}

// Minimax fits, by Remez' exchange in 60 digits; beside each its largest relative error.

/// (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2; 3.6e-18 of e^r.
V6_COEFFICIENTS auto kExpTail =
    Coefficients(0.5000000000000011, 0.16666666666666413, 0.04166666666653016, 0.008333333333494465,
                 0.001388888894363005, 0.0001984126950657133, 2.480149309892918e-05,
                 2.7557586380882427e-06, 2.7630248379742436e-07, 2.5000059256054842e-08);
/// (ln m - 2 s) / s^3 in s^2, s = (m - 1) / (m + 1), for m within a factor sqrt(2) of 1; 2.5e-18.
V6_COEFFICIENTS auto kLogTail =
    Coefficients(0.6666666666666734, 0.39999999999413965, 0.28571428742562144, 0.22222198553785505,
                 0.18183565407248337, 0.15314021118750684, 0.14796261168009292);
/// Scaled complementary error function for 0 <= x <= 28; 5.3e-17.
V6_COEFFICIENTS auto kErfcxTop =
    Coefficients(1.0, 2.192757398290666, 2.378406254448466, 1.6389582280548984, 0.7830214961478628,
                 0.2678742002012288, 0.06561450509759637, 0.011134849033920351,
                 0.0011970152421883111, 6.301752967863766e-05);
V6_COEFFICIENTS auto kErfcxBottom =
    Coefficients(1.0, 3.3211365653861638, 5.125907565910022, 4.854041750550836, 3.132647725520296,
                 1.4449579154446923, 0.4846068162056734, 0.11735950925097301, 0.01979185388406264,
                 0.002121654275563214, 0.00011169566315376603);

inline constexpr double kLog2E = 1.4426950408889634;
inline constexpr double kLn2High = 0.693147180369123816490;  // 32 bits, so products are exact
inline constexpr double kLn2Low = 1.90821492927058770002e-10;
inline constexpr double kRoundToInteger = 6755399441055744.0;  // 1.5 x 2^52

/// x = n ln 2 + r: e^r, and n in the low bits of `integer`.
template <class V>
struct ExpParts {
  V mantissa;
  V integer;
  V n;
};

template <class D, class V = hn::Vec<D>>
HWY_INLINE ExpParts<V> SplitExp(D d, V x) {
  const V magic = hn::Set(d, kRoundToInteger);
  const V integer = Fma(x, hn::Set(d, kLog2E), magic);
  const V n = hn::Sub(integer, magic);
  const V r = FmaNegated(n, hn::Set(d, kLn2Low), FmaNegated(n, hn::Set(d, kLn2High), x));
  const V tail = Polynomial(d, r, kExpTail);
  return {hn::Add(Fma(hn::Mul(r, r), tail, r), hn::Set(d, 1.0)), integer, n};
}

/// 2^n for n in the low bits of `integer`, -1022 <= n <= 1023.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V PowerOfTwo(D d, V integer) {
  const hn::RebindToUnsigned<D> du;
  const auto bits = hn::ShiftLeft<52>(hn::BitCast(du, integer));
  return hn::BitCast(d, hn::Add(bits, hn::Set(du, std::uint64_t{1023} << 52U)));
}

/// e^x for |x| < 700.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V ExpNear(D d, V x) {
  const auto parts = SplitExp(d, x);
  return hn::Mul(parts.mantissa, PowerOfTwo(d, parts.integer));
}

/// e^x for every x; infinity above 709.78, 0 below -745.2.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Exp(D d, V x) {
  const V bounded = hn::Min(hn::Max(x, hn::Set(d, -750.0)), hn::Set(d, 712.0));
  const auto parts = SplitExp(d, bounded);
  // In two steps: the last may overflow, or round to a denormal number, once.
  const V magic = hn::Set(d, kRoundToInteger);
  const V half = Fma(parts.n, hn::Set(d, 0.5), magic);
  const V rest = hn::Add(hn::Sub(parts.n, hn::Sub(half, magic)), magic);
  const V y = hn::Mul(hn::Mul(parts.mantissa, PowerOfTwo(d, half)), PowerOfTwo(d, rest));
  return hn::IfThenElse(hn::Eq(x, x), y, hn::Set(d, std::numeric_limits<double>::quiet_NaN()));
}

/// ln x for normal x > 0.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V LogNear(D d, V x, V exponent_less) {
  const hn::RebindToUnsigned<D> du;
  constexpr std::uint64_t kRootHalf = 0x3FE6A09E667F3BCD;  // bits of sqrt(1/2)
  constexpr std::uint64_t kOne = 0x3FF0000000000000;
  const auto shifted = hn::Add(hn::BitCast(du, x), hn::Set(du, kOne - kRootHalf));
  const auto biased = hn::ShiftRight<52>(shifted);
  const V m = hn::BitCast(d, hn::Add(hn::And(shifted, hn::Set(du, (std::uint64_t{1} << 52U) - 1)),
                                     hn::Set(du, kRootHalf)));
  const V exponent =
      hn::Sub(hn::Sub(hn::BitCast(d, hn::Or(biased, hn::Set(du, 0x4330000000000000U))),
                      hn::Set(d, 4503599627370496.0 + 1023.0)),
              exponent_less);
  const V one = hn::Set(d, 1.0);
  const V f = hn::Sub(m, one);
  const V s = hn::Div(f, hn::Add(m, one));
  const V s2 = hn::Mul(s, s);
  // 2 s = f - s f, and what s rounded away rides along with the small terms.
  const V twice = hn::Add(s, s);
  const V lost = FmaNegated(s, hn::Add(m, one), f);
  const V tail = Fma(hn::Mul(s, s2), Polynomial(d, s2, kLogTail), lost);
  const V low = Fma(exponent, hn::Set(d, kLn2Low), tail);
  return Fma(exponent, hn::Set(d, kLn2High), hn::Add(twice, low));
}

/// ln x; -infinity at 0, NaN below.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Log(D d, V x) {
  const V zero = hn::Zero(d);
  const V infinity = hn::Set(d, std::numeric_limits<double>::infinity());
  const auto tiny = hn::Lt(x, hn::Set(d, std::numeric_limits<double>::min()));
  const V scaled = hn::IfThenElse(tiny, hn::Mul(x, hn::Set(d, 0x1p54)), x);
  V y = LogNear(d, scaled, hn::IfThenElse(tiny, hn::Set(d, 54.0), zero));
  y = hn::IfThenElse(hn::Eq(x, infinity), infinity, y);
  y = hn::IfThenElse(hn::Eq(x, zero), hn::Neg(infinity), y);
  return hn::IfThenElse(hn::Ge(x, zero), y, hn::Set(d, std::numeric_limits<double>::quiet_NaN()));
}

/// e^(x^2) erfc(x) for x >= 0; held at its value of 28 beyond, where erfc is 0.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V Erfcx(D d, V x) {
  const V most = hn::Set(d, 28.0);
  const V bounded = hn::IfThenElse(hn::Lt(x, most), x, most);
  return hn::Div(Polynomial(d, bounded, kErfcxTop), Polynomial(d, bounded, kErfcxBottom));
}

/// e^(-x^2 / 2), with the rounding of x^2 made good.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V GaussianShape(D d, V x) {
  const V bounded = hn::Min(hn::Abs(x), hn::Set(d, 39.0));
  const V half = hn::Mul(hn::Set(d, -0.5), bounded);
  const V high = hn::Mul(bounded, half);
  const V low = Fma(bounded, half, hn::Neg(high));
  const V y = Exp(d, high);
  return Fma(y, low, y);
}

/// Standard normal distribution.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V NormalBelow(D d, V x) {
  constexpr double kInverseRootTwo = 0.70710678118654752440;
  const V t = hn::Mul(hn::Abs(x), hn::Set(d, kInverseRootTwo));
  const V tail = hn::Mul(hn::Set(d, 0.5), hn::Mul(GaussianShape(d, x), Erfcx(d, t)));
  const V y = hn::IfThenElse(hn::Gt(x, hn::Zero(d)), hn::Sub(hn::Set(d, 1.0), tail), tail);
  return hn::IfThenElse(hn::Eq(x, x), y, hn::Set(d, std::numeric_limits<double>::quiet_NaN()));
}

/// Standard normal density.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V NormalDensity(D d, V x) {
  constexpr double kInverseRootTwoPi = 0.39894228040143267794;
  return hn::Mul(hn::Set(d, kInverseRootTwoPi), GaussianShape(d, x));
}

}  // namespace v6::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // V6_VECTOR_MATH_INL
