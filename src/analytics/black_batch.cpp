#include "analytics/black_batch.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <expected>
#include <limits>
#include <optional>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "analytics/black_batch.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "analytics/black_far-inl.hpp"
#include "analytics/kernels.hpp"
#include "analytics/normalised.hpp"
#include "analytics/option_right.hpp"
#include "analytics/scalar_math.hpp"
#include "base/check.hpp"

HWY_BEFORE_NAMESPACE();
namespace v6::HWY_NAMESPACE {
namespace {

/// Terms of the lanes from index i on, from a whole expiry or from rows.
template <class D>
class SliceVolatilities {
 public:
  SliceVolatilities(D d, const BlackSlice& slice)
      : terms_(VolatilityTermsOf(d, hn::Set(d, slice.forward), hn::Set(d, slice.discount),
                                 hn::Set(d, slice.years))) {}
  [[nodiscard]] const VolatilityTerms<D>& at(std::size_t /*i*/) const { return terms_; }

 private:
  VolatilityTerms<D> terms_;
};

template <class D>
class RowVolatilities {
 public:
  RowVolatilities(D d, const BlackRows& rows) : d_{d}, rows_{&rows} {}
  [[nodiscard]] VolatilityTerms<D> at(std::size_t i) const {
    return VolatilityTermsOf(d_, hn::LoadU(d_, &rows_->forwards[i]),
                             hn::LoadU(d_, &rows_->discounts[i]), hn::LoadU(d_, &rows_->years[i]));
  }

 private:
  D d_;
  const BlackRows* rows_;
};

template <class D>
ValueTerms<D> TermsOf(D d, const BlackSlice& slice) {
  const auto spot = hn::Set(d, slice.spot);
  const auto forward = hn::Set(d, slice.forward);
  const auto discount = hn::Set(d, slice.discount);
  const auto years = hn::Set(d, slice.years);
  const auto carry = slice.carry ? CarryLanes<hn::Vec<D>>{hn::Set(d, slice.carry->rate),
                                                          hn::Set(d, slice.carry->yield)}
                                 : CarryOf(d, spot, forward, discount, years);
  return ValueTermsOf(d, spot, forward, discount, years, carry);
}

template <class D>
class SliceValues {
 public:
  SliceValues(D d, const BlackSlice& slice) : terms_(TermsOf(d, slice)) {}
  [[nodiscard]] const ValueTerms<D>& at(std::size_t /*i*/) const { return terms_; }

 private:
  ValueTerms<D> terms_;
};

template <class D>
class RowValues {
 public:
  RowValues(D d, const BlackRows& rows) : d_{d}, rows_{&rows} {}
  [[nodiscard]] ValueTerms<D> at(std::size_t i) const {
    const auto spot = hn::LoadU(d_, &rows_->spots[i]);
    const auto forward = hn::LoadU(d_, &rows_->forwards[i]);
    const auto discount = hn::LoadU(d_, &rows_->discounts[i]);
    const auto years = hn::LoadU(d_, &rows_->years[i]);
    const auto carry = rows_->rates.empty()
                           ? CarryOf(d_, spot, forward, discount, years)
                           : CarryLanes<hn::Vec<D>>{hn::LoadU(d_, &rows_->rates[i]),
                                                    hn::LoadU(d_, &rows_->yields[i])};
    return ValueTermsOf(d_, spot, forward, discount, years, carry);
  }

 private:
  D d_;
  const BlackRows* rows_;
};

// The slice or row as the far chart wants it.
BlackSlice slice_at(const BlackSlice& slice, std::size_t /*i*/) { return slice; }
BlackSlice slice_at(const BlackRows& rows, std::size_t i) {
  BlackSlice slice{.spot = rows.spots.empty() ? 0.0 : rows.spots[i],
                   .forward = rows.forwards[i],
                   .discount = rows.discounts[i],
                   .years = rows.years[i]};
  if (!rows.rates.empty()) { slice.carry = {.rate = rows.rates[i], .yield = rows.yields[i]}; }
  return slice;
}

template <class D>
hn::Mask<D> CallsAt(D d, const OptionRight* rights) {
  const hn::Rebind<std::uint8_t, D> d8;
  const hn::Rebind<std::uint32_t, D> d32;
  const hn::RebindToUnsigned<D> d64;
  static_assert(static_cast<std::uint8_t>(OptionRight::kCall) == 0);
  const auto bytes = hn::LoadU(d8, reinterpret_cast<const std::uint8_t*>(rights));  // NOLINT
  const auto wide = hn::PromoteTo(d64, hn::PromoteTo(d32, bytes));
  return hn::RebindMask(d, hn::Eq(wide, hn::Zero(d64)));
}

/// `step(d, terms, i)` over whole vectors, the last of which begins early enough to be whole: some
/// options have their results written twice, the same. Fewer than a vector go one by one. The terms
/// are made once.
template <template <class> class Terms, class Inputs, class Step>
HWY_INLINE void ForAll(const Inputs& inputs, std::size_t count, Step step) {
  using Wide = hn::ScalableTag<double>;
  const Wide d;
  const Terms<Wide> terms{d, inputs};
  if (count >= hn::Lanes(d)) {
    const std::size_t last = count - hn::Lanes(d);
    for (std::size_t i = 0; i < count; i += hn::Lanes(d)) { step(d, terms, std::min(i, last)); }
    return;
  }
  const One one;
  const Terms<One> alone{one, inputs};
  for (std::size_t i = 0; i < count; ++i) { step(one, alone, i); }
}

/// `far(k)` for each index of a vector, from i on, that the near chart did not find.
template <class D, class Far>
HWY_INLINE void ForMissing(D d, hn::Mask<D> found, std::size_t i, Far far) {
  HWY_ALIGN std::array<double, hn::MaxLanes(D{})> lanes;
  hn::Store(hn::IfThenElseZero(found, hn::Set(d, 1.0)), d, lanes.data());
  for (std::size_t k = 0; k < hn::Lanes(d); ++k) {
    if (lanes[k] == 0) { far(i + k); }
  }
}

// What the near chart did not find. Not inlined, given columns by value and no terms: whatever the
// loop around kept ready for them, or had to read again after them, would cost every vector.
template <template <class> class Terms, class D, class Inputs>
HWY_NOINLINE void MissingVolatilities(D d, const Inputs& inputs, BlackColumns options,
                                      const double* prices, VolatilityColumns out, std::size_t i,
                                      hn::Mask<D> found) {
  if constexpr (hn::MaxLanes(D{}) > 1) {
    const auto deep = DeepVolatilityOf(d, hn::Not(found), Terms<D>{d, inputs}.at(i),
                                       CallsAt(d, &options.rights[i]),
                                       hn::LoadU(d, &options.strikes[i]), hn::LoadU(d, &prices[i]));
    hn::BlendedStore(deep.volatility, deep.found, d, &out.volatilities[i]);
    found = hn::Or(found, deep.found);
  }
  ForMissing(d, found, i, [&](std::size_t k) {
    const BlackSlice slice = slice_at(inputs, k);
    const auto far = FarVolatility(options.rights[k], prices[k], slice.forward, options.strikes[k],
                                   slice.years, slice.discount);
    out.volatilities[k] = far ? *far : std::numeric_limits<double>::quiet_NaN();
    if (!far) { out.errors[k] = far.error(); }
  });
}

template <template <class> class Terms, class Inputs>
void Volatilities(const Inputs& inputs, BlackColumns options, const double* prices,
                  VolatilityColumns out) {
  ForAll<Terms>(inputs, options.strikes.size(), [&](auto d, const auto& terms, std::size_t i) {
    const auto near = NearVolatilityOf(d, terms.at(i), CallsAt(d, &options.rights[i]),
                                       hn::LoadU(d, &options.strikes[i]), hn::LoadU(d, &prices[i]));
    hn::StoreU(near.volatility, d, &out.volatilities[i]);
    std::fill_n(&out.errors[i], hn::Lanes(d), std::nullopt);
    if (HWY_LIKELY(hn::AllTrue(d, near.found))) { return; }
    MissingVolatilities<Terms>(d, inputs, options, prices, out, i, near.found);
  });
}

void SliceVolatility(const BlackSlice& slice, const BlackColumns& options, const double* prices,
                     const VolatilityColumns& out) {
  Volatilities<SliceVolatilities>(slice, options, prices, out);
}

void RowVolatility(const BlackRows& rows, const BlackColumns& options, const double* prices,
                   const VolatilityColumns& out) {
  Volatilities<RowVolatilities>(rows, options, prices, out);
}

hn::Mask<One> CallOf(OptionRight right) {
  return hn::Eq(hn::Set(One{}, right == OptionRight::kCall ? 0.0 : 1.0), hn::Zero(One{}));
}

std::expected<double, IvError> OneVolatility(OptionRight right, double price, double forward,
                                             double strike, double years, double discount) {
  const One d;
  const auto terms =
      VolatilityTermsOf(d, hn::Set(d, forward), hn::Set(d, discount), hn::Set(d, years));
  const auto near =
      NearVolatilityOf(d, terms, CallOf(right), hn::Set(d, strike), hn::Set(d, price));
  if (hn::AllTrue(d, near.found)) { return hn::GetLane(near.volatility); }
  return FarVolatility(right, price, forward, strike, years, discount);
}

/// `store(lanes, place)` of each result.
template <class V, class Store>
HWY_INLINE void EachValue(const ValueLanes<V>& value, const ValueColumns& out, std::size_t i,
                          Store store) {
  store(value.price, &out.prices[i]);
  store(value.delta, &out.deltas[i]);
  store(value.gamma, &out.gammas[i]);
  store(value.theta, &out.thetas[i]);
  store(value.vega, &out.vegas[i]);
  store(value.rho, &out.rhos[i]);
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE void StoreValue(D d, const ValueLanes<V>& value, const ValueColumns& out,
                           std::size_t i) {
  EachValue(value, out, i, [d](V lanes, double* place) { hn::StoreU(lanes, d, place); });
}

template <template <class> class Terms, class D, class Inputs>
HWY_NOINLINE void MissingValues(D d, const Inputs& inputs, BlackColumns options,
                                const double* volatilities, ValueColumns out, std::size_t i,
                                hn::Mask<D> found) {
  if constexpr (hn::MaxLanes(D{}) > 1) {
    const auto deep =
        DeepValueOf(d, hn::Not(found), Terms<D>{d, inputs}.at(i), CallsAt(d, &options.rights[i]),
                    hn::LoadU(d, &options.strikes[i]), hn::LoadU(d, &volatilities[i]));
    EachValue(deep.value, out, i,
              [&](auto lanes, double* place) { hn::BlendedStore(lanes, deep.found, d, place); });
    found = hn::Or(found, deep.found);
  }
  ForMissing(d, found, i, [&](std::size_t k) {
    const One one;
    const BlackSlice slice = slice_at(inputs, k);
    StoreValue(one,
               FarValue(TermsOf(one, slice), options.rights[k], options.strikes[k], volatilities[k],
                        slice.years),
               out, k);
  });
}

/// So many options are taken a quarter of the way, then another, and so on: each loop is so short
/// that a processor sees several of its turns at once, and never waits for a long chain to end.
inline constexpr std::size_t kBlock = 64;

struct Block {
  using Column = std::array<double, kBlock>;
  HWY_ALIGN Column u;  // then the hedge's leg
  HWY_ALIGN Column s;  // then the strike's
  HWY_ALIGN Column density;
  HWY_ALIGN Column inverse_2d;
  HWY_ALIGN Column difference;
};

/// Options from `first` on, whole vectors of them and no more than a block.
template <template <class> class Terms, class D, class Inputs>
HWY_INLINE void BlockValues(D d, const Terms<D>& terms, const Inputs& inputs,
                            const BlackColumns& options, const double* volatilities,
                            const ValueColumns& out, std::size_t first, std::size_t count) {
  Block block;
  const auto strikes = [&](std::size_t k) { return hn::LoadU(d, &options.strikes[first + k]); };
  const auto vols = [&](std::size_t k) { return hn::LoadU(d, &volatilities[first + k]); };
  const auto in = [&](const Block::Column& column, std::size_t k) {
    return hn::Load(d, &column[k]);
  };
  for (std::size_t k = 0; k < count; k += hn::Lanes(d)) {
    const auto place = PlaceOf(d, terms.at(first + k), strikes(k), vols(k));
    hn::Store(place.u, d, &block.u[k]);
    hn::Store(place.s, d, &block.s[k]);
    hn::Store(place.inverse_2d, d, &block.inverse_2d[k]);
  }
  for (std::size_t k = 0; k < count; k += hn::Lanes(d)) {
    const auto forward = terms.at(first + k).forward;
    hn::Store(DensityOf(d, forward, in(block.u, k), in(block.s, k)), d, &block.density[k]);
  }
  for (std::size_t k = 0; k < count; k += hn::Lanes(d)) {
    const auto legs = OutLegsOf(d, in(block.u, k), in(block.s, k), in(block.density, k));
    hn::Store(legs.hedge, d, &block.u[k]);
    hn::Store(legs.strike, d, &block.s[k]);
    hn::Store(legs.difference, d, &block.difference[k]);
  }
  for (std::size_t k = 0; k < count; k += hn::Lanes(d)) {
    const std::size_t i = first + k;
    const auto inverse_2d = in(block.inverse_2d, k);
    const OutLegs<hn::Vec<D>> legs{
        .hedge = in(block.u, k), .strike = in(block.s, k), .difference = in(block.difference, k)};
    StoreValue(d,
               NearValueOf(d, terms.at(i), CallsAt(d, &options.rights[i]), strikes(k), vols(k),
                           in(block.density, k), inverse_2d, legs),
               out, i);
    const auto found = OnNearChart(d, inverse_2d);
    if (HWY_LIKELY(hn::AllTrue(d, found))) { continue; }
    MissingValues<Terms>(d, inputs, options, volatilities, out, i, found);
  }
}

template <template <class> class Terms, class D, class Inputs>
HWY_INLINE void WholeValues(D d, const Inputs& inputs, const BlackColumns& options,
                            const double* volatilities, const ValueColumns& out) {
  const Terms<D> terms{d, inputs};
  const std::size_t lanes = hn::Lanes(d);
  const std::size_t count = options.strikes.size();
  for (std::size_t i = 0; i < count; i += kBlock) {
    const std::size_t whole = std::min(count - i, kBlock) / lanes * lanes;
    BlockValues(d, terms, inputs, options, volatilities, out, i, whole);
  }
  // The last vector begins early enough to be whole: some results are written twice, the same.
  if (count % lanes != 0) {
    BlockValues(d, terms, inputs, options, volatilities, out, count - lanes, lanes);
  }
}

template <template <class> class Terms, class Inputs>
void Values(const Inputs& inputs, BlackColumns options, const double* volatilities,
            ValueColumns out) {
  const hn::ScalableTag<double> wide;
  if (options.strikes.size() >= hn::Lanes(wide)) {
    WholeValues<Terms>(wide, inputs, options, volatilities, out);
  } else {
    WholeValues<Terms>(One{}, inputs, options, volatilities, out);
  }
}

void SliceValue(const BlackSlice& slice, const BlackColumns& options, const double* volatilities,
                const ValueColumns& out) {
  Values<SliceValues>(slice, options, volatilities, out);
}

void RowValue(const BlackRows& rows, const BlackColumns& options, const double* volatilities,
              const ValueColumns& out) {
  Values<RowValues>(rows, options, volatilities, out);
}

double OnePrice(OptionRight right, double forward, double strike, double volatility, double years) {
  const One d;
  const ValueTerms<One> terms{.forward = hn::Set(d, forward),
                              .root_years = hn::Sqrt(hn::Set(d, years)),
                              .ordinary = Ordinary(d, hn::Set(d, forward))};
  const auto place = PlaceOf(d, terms, hn::Set(d, strike), hn::Set(d, volatility));
  if (!hn::AllTrue(d, OnNearChart(d, place.inverse_2d))) {
    return FarPrice(right, forward, strike, volatility, years);
  }
  const auto density = DensityOf(d, terms.forward, place.u, place.s);
  const auto legs = OutLegsOf(d, place.u, place.s, density);
  return hn::GetLane(NearLegsOf(d, terms.forward, CallOf(right), hn::Set(d, strike), legs).price);
}

void OneValue(const BlackSlice& slice, OptionRight right, double strike, double volatility,
              Greeks* greeks) {
  const One d;
  const auto terms = TermsOf(d, slice);
  const auto place = PlaceOf(d, terms, hn::Set(d, strike), hn::Set(d, volatility));
  const auto density = DensityOf(d, terms.forward, place.u, place.s);
  const auto value =
      hn::AllTrue(d, OnNearChart(d, place.inverse_2d))
          ? NearValueOf(d, terms, CallOf(right), hn::Set(d, strike), hn::Set(d, volatility),
                        density, place.inverse_2d, OutLegsOf(d, place.u, place.s, density))
          : FarValue(terms, right, strike, volatility, slice.years);
  *greeks = {.delta = hn::GetLane(value.delta),
             .gamma = hn::GetLane(value.gamma),
             .theta = hn::GetLane(value.theta),
             .vega = hn::GetLane(value.vega),
             .rho = hn::GetLane(value.rho)};
}

double Log1p(double x) {
  if (x > -0.35 && x < 0.5) {
    // 2 atanh(x / (2 + x)).
    const One d;
    const double reach = std::abs(x);
    const auto money = MoneynessOf(d, hn::Set(d, reach), hn::Set(d, 1.0 / (2.0 + x)));
    return std::copysign(2.0 * hn::GetLane(money.a), x);
  }
  return Log1(1.0 + x);
}

}  // namespace
}  // namespace v6::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace v6 {

HWY_EXPORT(SliceVolatility);
HWY_EXPORT(RowVolatility);
HWY_EXPORT(OneVolatility);
HWY_EXPORT(SliceValue);
HWY_EXPORT(RowValue);
HWY_EXPORT(OneValue);
HWY_EXPORT(OnePrice);
HWY_EXPORT(Exp1);
HWY_EXPORT(Log1);
HWY_EXPORT(Log1p);
HWY_EXPORT(Erfcx1);
HWY_EXPORT(NormalBelow1);
HWY_EXPORT(NormalDensity1);
HWY_EXPORT(NormalisedBlack);
HWY_EXPORT(NormalisedVega);

// NOLINTBEGIN(cppcoreguidelines-pro-bounds-constant-array-index): Highway's dispatch.

void implied_volatilities(const BlackSlice& slice, const BlackColumns& options,
                          std::span<const double> prices, const VolatilityColumns& out) {
  kernels::make_ready();
  HWY_DYNAMIC_DISPATCH(SliceVolatility)(slice, options, prices.data(), out);
}

void implied_volatilities(const BlackRows& rows, const BlackColumns& options,
                          std::span<const double> prices, const VolatilityColumns& out) {
  kernels::make_ready();
  HWY_DYNAMIC_DISPATCH(RowVolatility)(rows, options, prices.data(), out);
}

std::expected<double, IvError> implied_volatility(OptionRight right, double price, double forward,
                                                  double strike, double years, double discount) {
  kernels::make_ready();
  return HWY_DYNAMIC_DISPATCH(OneVolatility)(right, price, forward, strike, years, discount);
}

void black_values(const BlackSlice& slice, const BlackColumns& options,
                  std::span<const double> volatilities, const ValueColumns& out) {
  kernels::make_ready();
  HWY_DYNAMIC_DISPATCH(SliceValue)(slice, options, volatilities.data(), out);
}

void black_values(const BlackRows& rows, const BlackColumns& options,
                  std::span<const double> volatilities, const ValueColumns& out) {
  kernels::make_ready();
  HWY_DYNAMIC_DISPATCH(RowValue)(rows, options, volatilities.data(), out);
}

double undiscounted_black(OptionRight right, double forward, double strike, double volatility,
                          double years) {
  kernels::make_ready();
  return HWY_DYNAMIC_DISPATCH(OnePrice)(right, forward, strike, volatility, years);
}

double black_price(const BlackInputs& inputs) {
  return inputs.discount * undiscounted_black(inputs.right, inputs.forward, inputs.strike,
                                              inputs.volatility, inputs.years);
}

namespace {

Greeks greeks_of(const BlackInputs& inputs, double spot, const std::optional<Carry>& carry) {
  kernels::make_ready();
  Greeks greeks;
  HWY_DYNAMIC_DISPATCH(OneValue)
  ({.spot = spot,
    .forward = inputs.forward,
    .discount = inputs.discount,
    .years = inputs.years,
    .carry = carry},
   inputs.right, inputs.strike, inputs.volatility, &greeks);
  return greeks;
}

}  // namespace

Greeks black_greeks(const BlackInputs& inputs, double spot) {
  return greeks_of(inputs, spot, std::nullopt);
}

Greeks black_greeks(const BlackInputs& inputs, double spot, const Carry& carry) {
  return greeks_of(inputs, spot, carry);
}

double normalised_black(double distance, double deviation) {
  kernels::make_ready();
  return HWY_DYNAMIC_DISPATCH(NormalisedBlack)(distance, deviation);
}

double normalised_vega(double distance, double deviation) {
  kernels::make_ready();
  return HWY_DYNAMIC_DISPATCH(NormalisedVega)(distance, deviation);
}

namespace exact {

double exp(double x) {
  kernels::make_ready();
  return HWY_DYNAMIC_DISPATCH(Exp1)(x);
}

double log(double x) {
  kernels::make_ready();
  return HWY_DYNAMIC_DISPATCH(Log1)(x);
}

double log1p(double x) {
  kernels::make_ready();
  return HWY_DYNAMIC_DISPATCH(Log1p)(x);
}

double erfcx(double x) {
  kernels::make_ready();
  return HWY_DYNAMIC_DISPATCH(Erfcx1)(x);
}

double normal_below(double x) {
  kernels::make_ready();
  return HWY_DYNAMIC_DISPATCH(NormalBelow1)(x);
}

double normal_density(double x) {
  kernels::make_ready();
  return HWY_DYNAMIC_DISPATCH(NormalDensity1)(x);
}

}  // namespace exact

namespace kernels {
namespace {

/// FNV-1a over the bits of doubles.
class Hash {
 public:
  void add(double value) { hash_ = (hash_ ^ std::bit_cast<std::uint64_t>(value)) * 0x100000001b3U; }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

}  // namespace

std::uint64_t digest() {
  // A ladder of strikes, volatilities and times: near and far chart, calls and puts.
  constexpr std::size_t kCount = 67;
  std::array<OptionRight, kCount> rights{};
  std::array<double, kCount> strikes{};
  std::array<double, kCount> volatilities{};
  for (std::size_t i = 0; i < kCount; ++i) {
    const auto step = static_cast<double>(i);
    rights.at(i) = i % 3 == 0 ? OptionRight::kPut : OptionRight::kCall;
    strikes.at(i) = 400.0 + 7.25 * step;
    volatilities.at(i) = 0.05 + 0.011 * step;
  }
  std::array<std::array<double, kCount>, 7> columns{};
  std::array<std::optional<IvError>, kCount> errors;
  Hash hash;
  for (const double years : {0.01, 0.12, 1.7}) {
    const BlackSlice slice{
        .spot = 600.0, .forward = 603.5, .discount = 1.0 - 0.04 * years, .years = years};
    const BlackColumns options{.rights = rights, .strikes = strikes};
    HWY_DYNAMIC_DISPATCH(SliceValue)
    (slice, options, volatilities.data(),
     {.prices = columns[0],
      .deltas = columns[1],
      .gammas = columns[2],
      .thetas = columns[3],
      .vegas = columns[4],
      .rhos = columns[5]});
    HWY_DYNAMIC_DISPATCH(SliceVolatility)
    (slice, options, columns[0].data(), {.volatilities = columns[6], .errors = errors});
    for (const auto& column : columns) {
      for (const double value : column) { hash.add(std::isnan(value) ? -1.0 : value); }
    }
  }
  for (double x = -740.0; x < 700.0; x += 13.7) {
    hash.add(HWY_DYNAMIC_DISPATCH(Exp1)(x));
    hash.add(HWY_DYNAMIC_DISPATCH(NormalBelow1)(0.05 * x));
    hash.add(HWY_DYNAMIC_DISPATCH(Log1)(x + 741.0));
  }
  return hash.value();
}

}  // namespace kernels

// NOLINTEND(cppcoreguidelines-pro-bounds-constant-array-index)

}  // namespace v6
#endif  // HWY_ONCE
