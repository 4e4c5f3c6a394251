// The exercise boundary and the premium of unit puts (american_boundary.hpp), one option a lane,
// each with a volatility of its own. Included once a path: Highway's foreach_target.
#if defined(V6_AMERICAN_YIELD_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef V6_AMERICAN_YIELD_INL
#undef V6_AMERICAN_YIELD_INL
#else
#define V6_AMERICAN_YIELD_INL
#endif

#include <cmath>
#include <utility>

#include "analytics/american_boundary.hpp"
#include "analytics/vector_math-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace v6::HWY_NAMESPACE {

// Densities and distributions here are sqrt(2 pi) times the usual ones.
inline constexpr double kRootTwoPi = 2.50662827463100050242;
inline constexpr double kRootHalfPi = 1.25331413731550025121;
inline constexpr double kRootHalf = 0.70710678118654752440;

/// Density at x.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V density_at(D d, V x) {
  const V exponent = hn::Mul(hn::Mul(x, x), hn::Set(d, -0.5));
  return ExpNear(d, hn::Max(exponent, hn::Set(d, -690.0)));
}

/// Distribution above |x|, over the density.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V mills_ratio(D d, V x) {
  return hn::Mul(hn::Set(d, kRootHalfPi), Erfcx(d, hn::Mul(hn::Abs(x), hn::Set(d, kRootHalf))));
}

/// Distribution below x, from the density there.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V below_of(D d, V x, V density) {
  const V tail = hn::Mul(density, mills_ratio(d, x));
  return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), tail, hn::Sub(hn::Set(d, kRootTwoPi), tail));
}

/// A whole number of vectors, whatever their width.
template <std::size_t N>
using WholeVectors = std::array<double, (N + 7) / 8 * 8>;

/// e^x of all, in place.
template <std::size_t N>
HWY_INLINE void exp_all(std::array<double, N>& x) {
  const hn::ScalableTag<double> d;
  static_assert(N % hn::MaxLanes(hn::ScalableTag<double>{}) == 0);
  for (std::size_t i = 0; i < N; i += hn::Lanes(d)) {
    hn::StoreU(ExpNear(d, hn::LoadU(d, &x[i])), d, &x[i]);
  }
}

/// What the points of an integral need of rate, yield and time.
template <std::size_t Points>
struct PointTerms {
  std::array<double, Points> drift{};  // (rate - yield) x time from here
  WholeVectors<Points> by_rate{};
  WholeVectors<Points> by_yield{};
};

/// What a node of the boundary needs of them.
template <BoundaryScheme S>
struct NodeTerms {
  double time;
  double carry;  // (rate - yield) x time
  double rate_discount;
  double yield_discount;
  PointTerms<S.points> points;
};

/// What all options of a batch share. The slowest part of a batch of one, so its exponentials go
/// through the vectors too.
template <BoundaryScheme S>
struct BatchTerms {
  UnitPuts puts;
  double root_years;
  std::array<NodeTerms<S>, S.nodes> nodes;
};

template <BoundaryScheme S>
void set_terms(const UnitPuts& puts, BatchTerms<S>& terms) {
  const auto& tables = BoundaryTables<S>::get();
  terms.puts = puts;
  terms.root_years = std::sqrt(puts.years);
  const double carry = puts.rate - puts.yield;
  WholeVectors<2 * S.nodes> discounts{};
  for (std::size_t i = 0; i < S.nodes; ++i) {
    NodeTerms<S>& node = terms.nodes[i];
    const auto& rule = tables.equation[i];
    node.time = puts.years * (tables.nodes[i] * tables.nodes[i]);
    node.carry = carry * node.time;
    discounts[2 * i] = -puts.rate * node.time;
    discounts[2 * i + 1] = -puts.yield * node.time;
    for (std::size_t k = 0; k < S.points; ++k) {
      const double since = node.time * (rule.sines[k] * rule.sines[k]);
      node.points.drift[k] = carry * since;
      node.points.by_rate[k] = puts.rate * (node.time - since);
      node.points.by_yield[k] = puts.yield * (node.time - since);
    }
    exp_all(node.points.by_rate);
    exp_all(node.points.by_yield);
    for (std::size_t k = 0; k < S.points; ++k) {
      const double weight = node.time * rule.weights[k] * rule.inverse_sines[k];
      node.points.by_rate[k] *= puts.rate * weight;
      node.points.by_yield[k] *= puts.yield * weight;
    }
  }
  exp_all(discounts);
  for (std::size_t i = 0; i < S.nodes; ++i) {
    terms.nodes[i].rate_discount = discounts[2 * i];
    terms.nodes[i].yield_discount = discounts[2 * i + 1];
  }
}

template <std::size_t Nodes, std::size_t Points>
void set_premium_terms(const UnitPuts& puts, const IntegralRule<Nodes, Points>& rule,
                       PointTerms<Points>& terms) {
  for (std::size_t k = 0; k < Points; ++k) {
    const double since = puts.years * (rule.sines[k] * rule.sines[k]);
    terms.drift[k] = (puts.rate - puts.yield) * since;
    terms.by_rate[k] = -puts.rate * since;
    terms.by_yield[k] = -puts.yield * since;
  }
  exp_all(terms.by_rate);
  exp_all(terms.by_yield);
  for (std::size_t k = 0; k < Points; ++k) {
    const double weight = puts.years * rule.weights[k] / kRootTwoPi;  // for our distributions
    terms.by_rate[k] *= puts.rate * weight;
    terms.by_yield[k] *= puts.yield * weight;
  }
}

/// The quadratic approximation of L. MacMillan, 1986: what early exercise adds goes with the
/// spot's `power`, a negative one.
template <class V>
struct Quadratic {
  V inverse_variance;
  V a;  // 2 rate / variance / (1 - discount)
  V inverse_root;
  V power;
};

template <BoundaryScheme S, class D, class V = hn::Vec<D>>
HWY_INLINE Quadratic<V> quadratic_at(D d, const UnitPuts& puts, const NodeTerms<S>& node,
                                     V variance) {
  const V one = hn::Set(d, 1.0);
  const double grown = 1.0 - node.rate_discount;
  const double hurdle = grown > 1e-9 || grown < -1e-9 ? puts.rate / grown : 1.0 / node.time;
  Quadratic<V> at;
  at.inverse_variance = hn::Div(one, variance);
  at.a = hn::Mul(hn::Set(d, 2.0 * hurdle), at.inverse_variance);
  const V w =
      Fma(hn::Set(d, 2.0 * (puts.rate - puts.yield)), at.inverse_variance, hn::Set(d, -1.0));
  const V root = hn::Sqrt(Fma(w, w, hn::Mul(hn::Set(d, 4.0), at.a)));
  at.inverse_root = hn::Div(one, root);
  at.power = hn::Mul(hn::Add(w, root), hn::Set(d, -0.5));
  return at;
}

/// The boundary's distance at a time by the quadratic approximation of M. Li, "Analytical
/// approximations for the critical stock prices of American options", 2010 (QD+), improved from
/// `distance` by Newton's steps in its logarithm.
template <BoundaryScheme S, class D, class V = hn::Vec<D>>
HWY_INLINE V start_at(D d, const BatchTerms<S>& terms, const NodeTerms<S>& node, V variance,
                      V deviation, V distance, std::size_t steps) {
  const V one = hn::Set(d, 1.0);
  const V half = hn::Set(d, 0.5);
  const double rate = terms.puts.rate;
  const double yield = terms.puts.yield;
  const auto quadratic = quadratic_at(d, terms.puts, node, variance);
  const V a_root = hn::Mul(quadratic.a, quadratic.inverse_root);
  const V slope = Fma(hn::Mul(hn::Set(d, node.rate_discount), a_root),
                      FmaNegated(a_root, quadratic.inverse_root, one), quadratic.power);
  const V by_theta =
      hn::Mul(hn::Mul(hn::Set(d, -2.0), quadratic.inverse_variance), quadratic.inverse_root);
  const V inverse_deviation = hn::Div(one, deviation);
  const V decay = hn::Mul(hn::Mul(variance, half), inverse_deviation);
  constexpr double kInverseRootTwoPi = 0.39894228040143267794;
  const V rate_density = hn::Set(d, node.rate_discount * kInverseRootTwoPi);
  const V rate_discount = hn::Set(d, node.rate_discount);
  const V yield_discount = hn::Set(d, node.yield_discount);
  for (std::size_t step = 0; step < steps; ++step) {
    const V log_spot = hn::Sub(hn::Set(d, terms.puts.log_top), distance);
    const V spot = ExpNear(d, hn::Max(log_spot, hn::Set(d, -690.0)));
    const V moved = hn::Add(log_spot, hn::Set(d, node.carry));
    const V d2 = FmaNegated(deviation, half, hn::Mul(moved, inverse_deviation));
    const V d1 = hn::Add(d2, deviation);
    const V density =
        hn::Mul(rate_density, density_at(d, d2));  // of the strike leg, and of the spot's
    const V strike_tail = hn::Mul(density, mills_ratio(d, d2));
    const V spot_tail = hn::Mul(density, mills_ratio(d, d1));
    const V strike_leg =
        hn::IfThenElse(hn::Lt(d2, hn::Zero(d)), hn::Sub(rate_discount, strike_tail), strike_tail);
    const V held = hn::IfThenElse(hn::Lt(d1, hn::Zero(d)),
                                  Fma(spot, yield_discount, hn::Neg(spot_tail)), spot_tail);
    const V theta = FmaNegated(
        decay, density, Fma(hn::Set(d, rate), strike_leg, hn::Mul(hn::Set(d, -yield), held)));
    const V kept = hn::Sub(spot, held);
    const V excess = hn::Sub(hn::Sub(one, strike_leg), kept);  // exercise less the European value
    const V value = Fma(by_theta, theta, Fma(slope, excess, kept));
    const V density_slope = hn::Mul(density, inverse_deviation);
    const V theta_slope =
        Fma(hn::Set(d, yield - rate), density_slope,
            Fma(hn::Mul(decay, d2), density_slope, hn::Mul(hn::Set(d, -yield), held)));
    const V value_slope =
        hn::Add(Fma(by_theta, theta_slope, density_slope), FmaNegated(slope, kept, kept));
    const V t = hn::Div(value, hn::Mul(value_slope, distance));
    const V change = hn::Mul(t, Fma(t, half, one));
    const V bounded = hn::Min(hn::Max(change, hn::Set(d, -0.75)), hn::Set(d, 3.0));
    distance = Fma(distance, bounded, distance);
  }
  return distance;
}

/// Distance of the boundary at a point of an integral, from the squares at the nodes.
template <std::size_t N, class D, class V = hn::Vec<D>>
HWY_INLINE V distance_at(D d, const std::array<double, N>& weights, const V* HWY_RESTRICT squares) {
  V sum = hn::Mul(hn::Set(d, weights[0]), squares[0]);
  for (std::size_t j = 1; j < N; ++j) { sum = Fma(hn::Set(d, weights[j]), squares[j], sum); }
  return hn::Sqrt(hn::Max(sum, hn::Zero(d)));
}

/// One step of the fixed point at a node: the distance it asks for (their equation A).
template <bool kNewton, BoundaryScheme S, class D, class V = hn::Vec<D>>
HWY_INLINE V improved(D d, const BatchTerms<S>& terms, std::size_t i, V deviation, V distance,
                      const V* HWY_RESTRICT squares) {
  const auto& rule = BoundaryTables<S>::get().equation[i];
  const NodeTerms<S>& node = terms.nodes[i];
  const bool pays = terms.puts.yield != 0;
  const V one = hn::Set(d, 1.0);
  const V half = hn::Set(d, 0.5);
  const V inverse = hn::Div(one, deviation);
  const V log_spot = hn::Sub(hn::Set(d, terms.puts.log_top), distance);
  const V moved = hn::Add(log_spot, hn::Set(d, node.carry));
  const V d2 = FmaNegated(deviation, half, hn::Mul(moved, inverse));
  const V d1 = hn::Add(d2, deviation);
  // Numerator and denominator, and their slopes by the log of the spot.
  V top = density_at(d, d2);
  V top_slope = hn::Neg(hn::Mul(hn::Mul(d2, top), inverse));
  const V density = density_at(d, d1);
  V bottom = Fma(deviation, below_of(d, d1, density), density);
  V bottom_slope = FmaNegated(hn::Mul(d1, density), inverse, density);
  for (std::size_t k = 0; k < S.points; ++k) {
    const V there = distance_at(d, rule.interpolation[k], squares);
    const V scale = hn::Mul(deviation, hn::Set(d, rule.sines[k]));
    const V inverse_scale = hn::Mul(inverse, hn::Set(d, rule.inverse_sines[k]));
    const V apart = hn::Add(hn::Sub(there, distance), hn::Set(d, node.points.drift[k]));
    const V p2 = FmaNegated(scale, half, hn::Mul(apart, inverse_scale));
    const V by_rate = hn::Mul(hn::Set(d, node.points.by_rate[k]), density_at(d, p2));
    top = hn::Add(top, by_rate);
    if constexpr (kNewton) {
      top_slope = FmaNegated(hn::Mul(by_rate, p2), inverse_scale, top_slope);
    }
    if (pays) {
      const V p1 = hn::Add(p2, scale);
      const V shape = density_at(d, p1);
      const V by_yield = hn::Set(d, node.points.by_yield[k]);
      bottom = Fma(by_yield, Fma(scale, below_of(d, p1, shape), shape), bottom);
      if constexpr (kNewton) {
        bottom_slope =
            Fma(hn::Mul(by_yield, shape), FmaNegated(p1, inverse_scale, one), bottom_slope);
      }
    }
  }
  const V tiny = hn::Set(d, 1e-140);  // so that far out neither is zero
  top = hn::Add(top, tiny);
  bottom = hn::Add(bottom, tiny);
  const V both = hn::Div(one, hn::Mul(top, bottom));
  // By how much the log of the boundary wants to move.
  const V step = hn::Sub(LogNear(d, hn::Mul(hn::Mul(top, top), both), hn::Zero(d)), moved);
  V taken = step;
  if constexpr (kNewton) {
    V slope = hn::Mul(FmaNegated(bottom_slope, top, hn::Mul(top_slope, bottom)), both);
    if constexpr (S.how == Sweeps::kDampedInPlace) { slope = hn::Min(slope, hn::Zero(d)); }
    taken = hn::Div(step, hn::Sub(one, slope));
  }
  const V wanted = hn::Sub(distance, taken);
  return hn::Min(hn::Max(wanted, hn::Mul(half, distance)), hn::Add(distance, distance));
}

/// The distance an option without end would have: no other has a greater one.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V most_distance(D d, const UnitPuts& puts, V variance) {
  const V one = hn::Set(d, 1.0);
  const V inverse = hn::Div(one, variance);
  const V w = Fma(hn::Set(d, 2.0 * (puts.rate - puts.yield)), inverse, hn::Set(d, -1.0));
  const V root = hn::Sqrt(Fma(w, w, hn::Mul(hn::Set(d, 8.0 * puts.rate), inverse)));
  const V power = hn::Mul(hn::Add(w, root), hn::Set(d, 0.5));  // minus that of the spot
  return hn::Sub(hn::Set(d, puts.log_top), Log(d, hn::Div(power, hn::Add(power, one))));
}

/// The boundary of a vector of options.
template <std::size_t Nodes, class V>
struct Boundary {
  V squares[Nodes];  // of the distances at the nodes
  V log_now;         // of the spot at which exercise pays now
};

template <BoundaryScheme S, class D, class V = hn::Vec<D>>
HWY_INLINE void solve_boundary(D d, const BatchTerms<S>& terms, V volatility,
                               Boundary<S.nodes, V>& boundary) {
  const auto& tables = BoundaryTables<S>::get();
  const V variance = hn::Mul(volatility, volatility);
  const V whole = hn::Mul(volatility, hn::Set(d, terms.root_years));
  const V most = most_distance(d, terms.puts, variance);
  V deviations[S.nodes];
  V distances[S.nodes];
  for (std::size_t i = 0; i < S.nodes; ++i) {
    deviations[i] = hn::Mul(whole, hn::Set(d, tables.nodes[i]));
    const V start = i == 0 ? hn::Mul(deviations[0], hn::Set(d, 1.5))
                           : hn::Mul(distances[i - 1], hn::Set(d, tables.growth[i]));
    distances[i] = start_at(d, terms, terms.nodes[i], variance, deviations[i], hn::Min(start, most),
                            i == 0 ? S.start_steps + 3 : S.start_steps);
    boundary.squares[i] = hn::Mul(distances[i], distances[i]);
  }
  constexpr bool kInPlace = S.how == Sweeps::kDampedInPlace;
  for (std::size_t sweep = 0; sweep < S.sweeps; ++sweep) {
    for (std::size_t i = 0; i < S.nodes; ++i) {
      distances[i] =
          kInPlace || sweep == 0
              ? improved<true>(d, terms, i, deviations[i], distances[i], boundary.squares)
              : improved<false>(d, terms, i, deviations[i], distances[i], boundary.squares);
      if constexpr (kInPlace) { boundary.squares[i] = hn::Mul(distances[i], distances[i]); }
    }
    for (std::size_t i = 0; i < S.nodes; ++i) {
      boundary.squares[i] = hn::Mul(distances[i], distances[i]);
    }
  }
  boundary.log_now = hn::Sub(hn::Set(d, terms.puts.log_top), distances[S.nodes - 1]);
}

/// A unit put without early exercise, and what its slopes need.
template <class V>
struct UnitEuropean {
  V price;
  V held;  // minus the delta
  V gamma;
};

template <BoundaryScheme S, class D, class V = hn::Vec<D>>
HWY_INLINE UnitEuropean<V> unit_european(D d, const BatchTerms<S>& terms, V deviation, V spot,
                                         V log_spot) {
  constexpr double kInverseRootTwoPi = 0.39894228040143267794;
  const NodeTerms<S>& last = terms.nodes[S.nodes - 1];
  const V moved = hn::Add(log_spot, hn::Set(d, last.carry));
  const V d2 = FmaNegated(deviation, hn::Set(d, 0.5), hn::Div(moved, deviation));
  const V d1 = hn::Add(d2, deviation);
  const V strike_share = hn::Set(d, last.rate_discount * kInverseRootTwoPi);
  const V spot_share = hn::Set(d, last.yield_discount * kInverseRootTwoPi);
  const V density = density_at(d, d1);
  const V held = hn::Mul(spot_share, below_of(d, hn::Neg(d1), density));
  const V strike_leg = hn::Mul(strike_share, below_of(d, hn::Neg(d2), density_at(d, d2)));
  return {.price = hn::Max(FmaNegated(spot, held, strike_leg), hn::Zero(d)),
          .held = held,
          .gamma = hn::Div(hn::Mul(spot_share, density), hn::Mul(deviation, spot))};
}

/// What early exercise adds to a unit put above the boundary, and to its slopes by spot.
template <class V>
struct UnitPremium {
  V price;
  V delta;
  V gamma;
};

template <bool kSlopes, std::size_t Nodes, std::size_t Points, class D, class V = hn::Vec<D>>
HWY_INLINE UnitPremium<V> unit_premium(D d, const UnitPuts& puts,
                                       const IntegralRule<Nodes, Points>& rule,
                                       const PointTerms<Points>& terms, V deviation, V spot,
                                       V log_spot, const V* HWY_RESTRICT squares) {
  const V one = hn::Set(d, 1.0);
  const V half = hn::Set(d, 0.5);
  const V inverse = hn::Div(one, deviation);
  const V above = hn::Sub(log_spot, hn::Set(d, puts.log_top));
  UnitPremium<V> premium{hn::Zero(d), hn::Zero(d), hn::Zero(d)};
  for (std::size_t k = 0; k < Points; ++k) {
    const V there = distance_at(d, rule.interpolation[k], squares);
    const V scale = hn::Mul(deviation, hn::Set(d, rule.sines[k]));
    const V inverse_scale = hn::Mul(inverse, hn::Set(d, rule.inverse_sines[k]));
    const V apart = hn::Add(hn::Add(above, there), hn::Set(d, terms.drift[k]));
    const V p2 = FmaNegated(scale, half, hn::Mul(apart, inverse_scale));
    const V shape2 = density_at(d, p2);
    const V by_rate = hn::Set(d, terms.by_rate[k]);
    premium.price = Fma(by_rate, below_of(d, hn::Neg(p2), shape2), premium.price);
    if constexpr (kSlopes) {  // times the spot, and its square
      const V weight = hn::Mul(hn::Mul(by_rate, shape2), inverse_scale);
      premium.delta = hn::Sub(premium.delta, weight);
      premium.gamma = Fma(weight, Fma(p2, inverse_scale, one), premium.gamma);
    }
    if (puts.yield == 0) { continue; }
    const V p1 = hn::Add(p2, scale);
    const V shape1 = density_at(d, p1);
    const V by_yield = hn::Mul(spot, hn::Set(d, terms.by_yield[k]));
    const V below = below_of(d, hn::Neg(p1), shape1);
    premium.price = FmaNegated(by_yield, below, premium.price);
    if constexpr (kSlopes) {
      const V weight = hn::Mul(hn::Mul(by_yield, shape1), inverse_scale);
      premium.delta = hn::Add(FmaNegated(by_yield, below, premium.delta), weight);
      premium.gamma = Fma(weight, FmaNegated(p1, inverse_scale, one), premium.gamma);
    }
  }
  if constexpr (kSlopes) {
    const V inverse_spot = hn::Div(one, spot);
    premium.delta = hn::Mul(premium.delta, inverse_spot);
    premium.gamma = hn::Mul(hn::Mul(premium.gamma, inverse_spot), inverse_spot);
  }
  return premium;
}

/// Options of a batch as units of a unit put: a put is `strike` puts of spot / strike; a call is
/// `spot` puts of strike / spot, rate and yield exchanged.
template <class V>
struct Units {
  V spot;
  V log_spot;
  V size;
  V volatility;
  V deviation;
};

/// Of a unit held; `above` is how far its spot's log is above the boundary's.
template <class V>
struct UnitPrice {
  V price;
  V european;
  V above;
};

/// The integral at the boundary shows how far the points are from what is known there, the value of
/// exercise; the spots above are corrected by what is left of that as they move away. Then the
/// price meets the exercise value without a jump, and is convex.
template <BoundaryScheme S, class D, class V = hn::Vec<D>>
HWY_INLINE UnitPrice<V> unit_price(D d, const BatchTerms<S>& terms,
                                   const PointTerms<S.price_points>& premium_terms,
                                   const Units<V>& units, const Boundary<S.nodes, V>& boundary) {
  const auto& rule = BoundaryTables<S>::get().price;
  const V zero = hn::Zero(d);
  const auto held = [&](V spot, V log_spot) {
    const auto premium = unit_premium<false>(d, terms.puts, rule, premium_terms, units.deviation,
                                             spot, log_spot, boundary.squares);
    const auto european = unit_european(d, terms, units.deviation, spot, log_spot);
    return std::pair{premium.price, european.price};
  };
  const auto [premium, european] = held(units.spot, units.log_spot);
  const V spot_there = ExpNear(d, hn::Max(boundary.log_now, hn::Set(d, -690.0)));
  const auto [premium_there, european_there] = held(spot_there, boundary.log_now);
  const V miss =
      hn::Sub(hn::Add(premium_there, european_there), hn::Sub(hn::Set(d, 1.0), spot_there));
  const V power = quadratic_at(d, terms.puts, terms.nodes[S.nodes - 1],
                               hn::Mul(units.volatility, units.volatility))
                      .power;
  const V above = hn::Sub(units.log_spot, boundary.log_now);
  const V left = ExpNear(d, hn::Min(hn::Max(hn::Mul(power, above), hn::Set(d, -690.0)), zero));
  const V corrected = hn::Max(FmaNegated(miss, left, premium), zero);
  return {.price = hn::Add(european, corrected), .european = european, .above = above};
}

/// What is paid: exercise below the boundary, and never less.
template <class D, class V = hn::Vec<D>>
HWY_INLINE V paid_of(D d, const UnitPrice<V>& unit, V size, V exercise) {
  return hn::IfThenElse(hn::Le(unit.above, hn::Zero(d)), exercise,
                        hn::Max(hn::Mul(size, unit.price), exercise));
}

}  // namespace v6::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // V6_AMERICAN_YIELD_INL
