#include "analytics/american_yield.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "analytics/american_yield.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "analytics/american_boundary.hpp"
#include "analytics/american_tree.hpp"
#include "analytics/american_yield-inl.hpp"
#include "analytics/black.hpp"
#include "analytics/kernels.hpp"
#include "analytics/option_right.hpp"
#include "analytics/scalar_math.hpp"
#include "base/check.hpp"

#ifndef V6_AMERICAN_YIELD_ONCE
#define V6_AMERICAN_YIELD_ONCE
namespace v6 {
namespace {

/// 0.004 dollars at a spot of 600 (rms 0.0003) over spot / strike 0.7 to 1.3, a day to 400, 5 to
/// 90 % of volatility, rates to 8 % and yields to 4 %.
constexpr BoundaryScheme kFast{.nodes = 5,
                               .points = 5,
                               .sweeps = 2,
                               .how = Sweeps::kNewtonOnce,
                               .start_steps = 3,
                               .price_points = 12,
                               .slope_points = 64};
/// 1e-9 of the spot over the same.
constexpr BoundaryScheme kReference{.nodes = 20,
                                    .points = 48,
                                    .sweeps = 16,
                                    .how = Sweeps::kDampedInPlace,
                                    .start_steps = 6,
                                    .price_points = 80,
                                    .slope_points = 160};

/// Options on one spot, alike but for strike and volatility.
struct YieldBatch {
  UnitPuts units;
  OptionRight right;
  double spot;
  const double* strikes;
  const double* volatilities;
  std::size_t count;
};

/// An option as units of a unit put: its prices, and the slopes and the boundary of a unit.
struct UnitValue {
  double spot = 0;
  double size = 0;  // how many units
  double price = 0;
  double price_up = 0;  // at a higher volatility
  double price_down = 0;
  double premium = 0;
  double delta = 0;
  double gamma = 0;
  double boundary = 0;
};

}  // namespace
}  // namespace v6
#endif  // V6_AMERICAN_YIELD_ONCE

HWY_BEFORE_NAMESPACE();
namespace v6::HWY_NAMESPACE {
namespace {

template <BoundaryScheme S, class D, class V = hn::Vec<D>>
HWY_INLINE Units<V> units_at(D d, const BatchTerms<S>& terms, const YieldBatch& batch,
                             const double* strikes, const double* volatilities) {
  const V strike = hn::LoadU(d, strikes);
  const V spot = hn::Set(d, batch.spot);
  const bool put = batch.right == OptionRight::kPut;
  Units<V> units;
  units.size = put ? strike : spot;
  units.spot = hn::Div(put ? spot : strike, units.size);
  units.log_spot = Log(d, units.spot);
  units.volatility = hn::LoadU(d, volatilities);
  units.deviation = hn::Mul(units.volatility, hn::Set(d, terms.root_years));
  return units;
}

template <class D>
HWY_INLINE hn::Vec<D> exercise_at(D d, const YieldBatch& batch, const double* strikes) {
  const auto strike = hn::LoadU(d, strikes);
  const auto spot = hn::Set(d, batch.spot);
  return batch.right == OptionRight::kPut ? hn::Sub(strike, spot) : hn::Sub(spot, strike);
}

template <BoundaryScheme S>
HWY_INLINE void prices_of(const YieldBatch& batch, double* prices) {
  const hn::ScalableTag<double> d;
  using V = hn::Vec<decltype(d)>;
  const auto& tables = BoundaryTables<S>::get();
  BatchTerms<S> terms;
  PointTerms<S.price_points> premium_terms;
  set_terms(batch.units, terms);
  set_premium_terms(batch.units, tables.price, premium_terms);
  const auto step = [&](const double* strikes, const double* volatilities, double* out) {
    const auto units = units_at(d, terms, batch, strikes, volatilities);
    Boundary<S.nodes, V> boundary;
    solve_boundary(d, terms, units.volatility, boundary);
    const auto price = unit_price(d, terms, premium_terms, units, boundary);
    hn::StoreU(paid_of(d, price, units.size, exercise_at(d, batch, strikes)), d, out);
  };
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= batch.count; i += lanes) {
    step(&batch.strikes[i], &batch.volatilities[i], &prices[i]);
  }
  if (i == batch.count) { return; }
  using Lanes = std::array<double, hn::MaxLanes(hn::ScalableTag<double>{})>;
  HWY_ALIGN Lanes strikes;
  HWY_ALIGN Lanes volatilities;
  HWY_ALIGN Lanes out;
  for (std::size_t k = 0; k < lanes; ++k) {  // the last again and again
    strikes[k] = batch.strikes[std::min(i + k, batch.count - 1)];
    volatilities[k] = batch.volatilities[std::min(i + k, batch.count - 1)];
  }
  step(strikes.data(), volatilities.data(), out.data());
  std::copy_n(out.data(), batch.count - i, &prices[i]);
}

/// The value of one option, and its price when the volatility is `bump` higher or lower.
template <BoundaryScheme S>
HWY_INLINE UnitValue value_of(const YieldBatch& batch, double bump) {
  const hn::CappedTag<double, 4> d;  // of which three are used: a lane a volatility
  using V = hn::Vec<decltype(d)>;
  const auto& tables = BoundaryTables<S>::get();
  BatchTerms<S> terms;
  PointTerms<S.price_points> premium_terms;
  PointTerms<S.slope_points> slope_terms;
  set_terms(batch.units, terms);
  set_premium_terms(batch.units, tables.price, premium_terms);
  set_premium_terms(batch.units, tables.slopes, slope_terms);
  const double strike = *batch.strikes;
  const double volatility = *batch.volatilities;
  const std::array strikes{strike, strike, strike, strike};
  const std::array volatilities{volatility, volatility + bump, volatility - bump, volatility};
  std::array<double, 4> prices;
  UnitValue value;
  for (std::size_t i = 0; i < prices.size(); i += hn::Lanes(d)) {
    const auto units = units_at(d, terms, batch, &strikes[i], &volatilities[i]);
    Boundary<S.nodes, V> boundary;
    solve_boundary(d, terms, units.volatility, boundary);
    const auto price = unit_price(d, terms, premium_terms, units, boundary);
    const V exercise = exercise_at(d, batch, &strikes[i]);
    const V paid = paid_of(d, price, units.size, exercise);
    hn::StoreU(paid, d, &prices[i]);
    if (i != 0) { continue; }
    const auto european = unit_european(d, terms, units.deviation, units.spot, units.log_spot);
    const auto slopes =
        unit_premium<true>(d, batch.units, tables.slopes, slope_terms, units.deviation, units.spot,
                           units.log_spot, boundary.squares);
    value = {.spot = hn::GetLane(units.spot),
             .size = hn::GetLane(units.size),
             .premium = hn::GetLane(FmaNegated(units.size, price.european, paid)),
             .delta = hn::GetLane(hn::Sub(slopes.delta, european.held)),
             .gamma = hn::GetLane(hn::Add(slopes.gamma, european.gamma)),
             .boundary = hn::GetLane(Exp(d, boundary.log_now))};
  }
  value.price = prices[0];
  value.price_up = prices[1];
  value.price_down = prices[2];
  return value;
}

void fast_prices(const YieldBatch& batch, double* prices) { prices_of<kFast>(batch, prices); }
void reference_prices(const YieldBatch& batch, double* prices) {
  prices_of<kReference>(batch, prices);
}
UnitValue fast_value(const YieldBatch& batch, double bump) { return value_of<kFast>(batch, bump); }
UnitValue reference_value(const YieldBatch& batch, double bump) {
  return value_of<kReference>(batch, bump);
}

}  // namespace
}  // namespace v6::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace v6 {
namespace {

HWY_EXPORT(fast_prices);
HWY_EXPORT(reference_prices);
HWY_EXPORT(fast_value);
HWY_EXPORT(reference_value);

// NOLINTBEGIN(cppcoreguidelines-pro-bounds-constant-array-index): Highway's dispatch.

void boundary_prices(const YieldBatch& batch, AmericanMethod method, double* prices) {
  kernels::make_ready();
  method == AmericanMethod::kFast ? HWY_DYNAMIC_DISPATCH(fast_prices)(batch, prices)
                                  : HWY_DYNAMIC_DISPATCH(reference_prices)(batch, prices);
}

UnitValue boundary_value(const YieldBatch& one, AmericanMethod method, double bump) {
  kernels::make_ready();
  return method == AmericanMethod::kFast ? HWY_DYNAMIC_DISPATCH(fast_value)(one, bump)
                                         : HWY_DYNAMIC_DISPATCH(reference_value)(one, bump);
}

// NOLINTEND(cppcoreguidelines-pro-bounds-constant-array-index)

constexpr double kDaysPerYear = 365.0;

/// How an option is priced.
enum class Way : std::uint8_t {
  kStill,     // nothing moves the spot but its drift: the best day to exercise is known
  kEuropean,  // exercise never pays before expiry
  kBoundary,
  kTree,
};

/// Of the unit put: rate and yield exchanged for a call.
UnitPuts units_of(OptionRight right, double years, double rate, double yield) {
  if (right == OptionRight::kCall) { std::swap(rate, yield); }
  const double top = yield > 0 && rate > 0 && rate < yield ? exact::log(rate / yield) : 0.0;
  return {.years = years, .rate = rate, .yield = yield, .log_top = top};
}

/// How many deviations the spot drifts. All happens in a small part of the time where these are
/// many, and then points must be close.
double drift_deviations(const UnitPuts& units, double volatility) {
  return std::max(std::abs(units.rate), std::abs(units.yield)) * std::sqrt(units.years) /
         volatility;
}

bool fast_holds(const UnitPuts& units, double volatility) {
  constexpr double kMostDrift = 1.7;
  constexpr double kWidest = 1.5;
  return drift_deviations(units, volatility) <= kMostDrift &&
         volatility * std::sqrt(units.years) <= kWidest;
}

bool exercise_may_pay(const UnitPuts& units) {
  // Exercise now earns rate x strike - yield x spot; a put pays where the spot is below the strike.
  return units.rate > 0 || units.rate > units.yield;
}

Way way_of(const AmericanInputs& inputs, const UnitPuts& units) {
  constexpr double kStillDeviation = 1e-7;
  constexpr double kMostDrift = 100.0;  // deviations
  if (!(inputs.spot > 0) || !(inputs.strike > 0) ||
      !(inputs.volatility * std::sqrt(std::max(inputs.years, 0.0)) > kStillDeviation)) {
    return Way::kStill;
  }
  if (!exercise_may_pay(units)) { return Way::kEuropean; }
  if (drift_deviations(units, inputs.volatility) > kMostDrift) { return Way::kStill; }
  return units.rate < 0 ? Way::kTree : Way::kBoundary;  // below zero there are two boundaries
}

/// The fast scheme where it holds.
AmericanMethod method_for(const UnitPuts& units, double volatility, AmericanMethod method) {
  return fast_holds(units, volatility) ? method : AmericanMethod::kReference;
}

BlackInputs european_of(const AmericanInputs& inputs) {
  return {.right = inputs.right,
          .forward = inputs.spot * exact::exp((inputs.rate - inputs.yield) * inputs.years),
          .strike = inputs.strike,
          .volatility = inputs.volatility,
          .years = inputs.years,
          .discount = exact::exp(-inputs.rate * inputs.years)};
}

/// The best time to exercise when the spot only drifts, and what it is worth now.
struct StillExercise {
  double price = 0;
  double when = 0;
};

StillExercise still_exercise(const AmericanInputs& inputs) {
  const auto& [right, spot, strike, volatility, years, rate, yield, dividends] = inputs;
  const double sign = right == OptionRight::kCall ? 1.0 : -1.0;
  StillExercise best;
  const auto try_at = [&](double when) {
    const double price =
        sign * (spot * exact::exp(-yield * when) - strike * exact::exp(-rate * when));
    if (price > best.price) { best = {.price = price, .when = when}; }
  };
  try_at(0);
  if (!(years > 0)) { return best; }
  try_at(years);
  // Where the slope by time is zero.
  const double legs = (rate * strike) / (yield * spot);
  if (rate != yield && legs > 0 && std::isfinite(legs)) {
    const double when = exact::log(legs) / (rate - yield);
    if (when > 0 && when < years) { try_at(when); }
  }
  return best;
}

/// With next to no volatility: that, or what waiting is worth.
double still_price(const AmericanInputs& inputs) {
  const double best = still_exercise(inputs).price;
  const bool priced = inputs.spot > 0 && inputs.strike > 0 && inputs.years > 0;
  return priced ? std::max(best, black_price(european_of(inputs))) : best;
}

double tree_price(const AmericanInputs& inputs, const UnitPuts& units) {
  const bool put = inputs.right == OptionRight::kPut;
  const double size = put ? inputs.strike : inputs.spot;
  const double exercise = put ? inputs.strike - inputs.spot : inputs.spot - inputs.strike;
  const double price = size * tree_put({.spot = (put ? inputs.spot : inputs.strike) / size,
                                        .volatility = inputs.volatility,
                                        .years = units.years,
                                        .rate = units.rate,
                                        .yield = units.yield});
  return std::max({price, exercise, black_price(european_of(inputs))});
}

YieldBatch batch_of(const AmericanInputs& inputs, const UnitPuts& units) {
  return {.units = units,
          .right = inputs.right,
          .spot = inputs.spot,
          .strikes = &inputs.strike,
          .volatilities = &inputs.volatility,
          .count = 1};
}

/// The spot at which exercise is optimal when the unit put's is `unit`.
double boundary_of(const AmericanInputs& inputs, double unit) {
  return inputs.right == OptionRight::kPut ? inputs.strike * unit : inputs.strike / unit;
}

AmericanValue european_value(const AmericanInputs& inputs) {
  const BlackInputs european = european_of(inputs);
  return {
      .price = black_price(european),
      .greeks = black_greeks(european, inputs.spot, {.rate = inputs.rate, .yield = inputs.yield})};
}

AmericanValue still_value(const AmericanInputs& inputs, const UnitPuts& units) {
  const auto& [right, spot, strike, volatility, years, rate, yield, dividends] = inputs;
  const StillExercise best = still_exercise(inputs);
  AmericanValue value{.price = still_price(inputs)};
  if (!(spot > 0) || !(strike > 0)) { return value; }
  if (!(years > 0)) {
    value = european_value(inputs);
    value.boundary = strike;
    return value;
  }
  if (exercise_may_pay(units)) { value.boundary = boundary_of(inputs, exact::exp(units.log_top)); }
  const AmericanValue waiting = european_value(inputs);
  value.premium = value.price - waiting.price;
  if (value.premium == 0) {
    value.greeks = waiting.greeks;
  } else {
    const double sign = right == OptionRight::kCall ? 1.0 : -1.0;
    value.greeks = {.delta = sign * exact::exp(-yield * best.when),
                    .rho = 0.01 * sign * best.when * strike * exact::exp(-rate * best.when)};
  }
  return value;
}

/// Theta and rho, from the others: theta by the equation every price obeys where the option is
/// held, rho by what the price does when the rate moves.
void finish_greeks(const AmericanInputs& inputs, AmericanMethod method, AmericanValue& value) {
  constexpr double kRateBump = 1e-4;
  const double drift = inputs.rate - inputs.yield;
  const double swing = inputs.volatility * inputs.spot;
  value.greeks.theta = (inputs.rate * value.price - drift * inputs.spot * value.greeks.delta -
                        0.5 * swing * swing * value.greeks.gamma) /
                       kDaysPerYear;
  AmericanInputs bumped = inputs;
  bumped.rate = inputs.rate + kRateBump;
  const double above = yield_price(bumped, method);
  bumped.rate = inputs.rate - kRateBump;
  const double below = yield_price(bumped, method);
  value.greeks.rho = 0.01 * (above - below) / (2.0 * kRateBump);
}

AmericanValue boundary_value(const AmericanInputs& inputs, const UnitPuts& units,
                             AmericanMethod method) {
  constexpr double kBump = 1e-3;
  const double step = kBump * inputs.volatility;
  const UnitValue unit =
      boundary_value(batch_of(inputs, units), method_for(units, inputs.volatility, method), step);
  const bool put = inputs.right == OptionRight::kPut;
  AmericanValue value{.price = unit.price,
                      .premium = std::max(unit.premium, 0.0),
                      .boundary = boundary_of(inputs, unit.boundary)};
  if (put ? inputs.spot <= *value.boundary : inputs.spot >= *value.boundary) {
    value.greeks.delta = put ? -1.0 : 1.0;
    return value;
  }
  // A call is spot x unit(strike / spot).
  value.greeks.delta = put ? unit.delta : unit.price / unit.size - unit.spot * unit.delta;
  value.greeks.gamma = (put ? 1.0 : unit.spot * unit.spot) * unit.gamma / unit.size;
  value.greeks.vega = 0.01 * (unit.price_up - unit.price_down) / (2.0 * step);
  finish_greeks(inputs, method, value);
  return value;
}

AmericanValue tree_value(const AmericanInputs& inputs, AmericanMethod method) {
  constexpr double kBump = 0.01;
  const auto priced = [&](double spot, double volatility) {
    AmericanInputs bumped = inputs;
    bumped.spot = spot;
    bumped.volatility = volatility;
    return yield_price(bumped, method);
  };
  const auto& [right, spot, strike, volatility, years, rate, yield, dividends] = inputs;
  const double price = priced(spot, volatility);
  const double sign = right == OptionRight::kCall ? 1.0 : -1.0;
  AmericanValue value{.price = price,
                      .premium = std::max(price - black_price(european_of(inputs)), 0.0)};
  if (price <= sign * (spot - strike)) {
    value.greeks.delta = sign;
    return value;
  }
  const double step = kBump * std::min(spot, spot * volatility * std::sqrt(years));
  const double above = priced(spot + step, volatility);
  const double below = priced(spot - step, volatility);
  value.greeks.delta = (above - below) / (2.0 * step);
  value.greeks.gamma = (above - 2.0 * price + below) / (step * step);
  const double turn = kBump * volatility;
  value.greeks.vega =
      0.01 * (priced(spot, volatility + turn) - priced(spot, volatility - turn)) / (2.0 * turn);
  finish_greeks(inputs, method, value);
  return value;
}

}  // namespace

double yield_price(const AmericanInputs& inputs, AmericanMethod method) {
  const UnitPuts units = units_of(inputs.right, inputs.years, inputs.rate, inputs.yield);
  switch (way_of(inputs, units)) {
    case Way::kStill: return still_price(inputs);
    case Way::kEuropean: return black_price(european_of(inputs));
    case Way::kTree: return tree_price(inputs, units);
    case Way::kBoundary: break;
  }
  double price = 0;
  boundary_prices(batch_of(inputs, units), method_for(units, inputs.volatility, method), &price);
  return price;
}

AmericanValue yield_value(const AmericanInputs& inputs, AmericanMethod method) {
  const UnitPuts units = units_of(inputs.right, inputs.years, inputs.rate, inputs.yield);
  switch (way_of(inputs, units)) {
    case Way::kStill: return still_value(inputs, units);
    case Way::kEuropean: return european_value(inputs);
    case Way::kTree: return tree_value(inputs, method);
    case Way::kBoundary: break;
  }
  return boundary_value(inputs, units, method);
}

void yield_prices(const AmericanSlice& slice, std::span<const double> strikes,
                  std::span<const double> volatilities, std::span<double> prices) {
  V6_CHECK(strikes.size() == volatilities.size() && strikes.size() == prices.size(),
           "spans of different lengths");
  const UnitPuts units = units_of(slice.right, slice.years, slice.rate, slice.yield);
  AmericanInputs one{.right = slice.right,
                     .spot = slice.spot,
                     .years = slice.years,
                     .rate = slice.rate,
                     .yield = slice.yield};
  const bool batched =
      slice.spot > 0 && slice.years > 0 && exercise_may_pay(units) && units.rate >= 0;
  if (batched) {
    boundary_prices({.units = units,
                     .right = slice.right,
                     .spot = slice.spot,
                     .strikes = strikes.data(),
                     .volatilities = volatilities.data(),
                     .count = strikes.size()},
                    AmericanMethod::kFast, prices.data());
  }
  for (std::size_t i = 0; i < strikes.size(); ++i) {
    if (batched && strikes[i] > 0 && fast_holds(units, volatilities[i])) { continue; }
    one.strike = strikes[i];
    one.volatility = volatilities[i];
    prices[i] = yield_price(one, AmericanMethod::kFast);
  }
}

}  // namespace v6
#endif  // HWY_ONCE
