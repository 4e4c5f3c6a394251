// American options with cash dividends, a lane each, by finite differences. Included once a path:
// Highway's foreach_target sets HWY_TARGET.
#if defined(V6_AMERICAN_DIVIDENDS_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef V6_AMERICAN_DIVIDENDS_INL
#undef V6_AMERICAN_DIVIDENDS_INL
#else
#define V6_AMERICAN_DIVIDENDS_INL
#endif

#include <hwy/highway.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "analytics/american_dividends_plan.hpp"
#include "analytics/vector_math-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace v6::HWY_NAMESPACE {

/// Between ex-dates, undiscounted, in the log of the spot, on nodes that move with its drift, the
/// value of every option follows the heat equation u' = u_xx / 2 once the log is measured in
/// volatilities: one matrix for all lanes. They differ in where exercise stops it.
///
/// Space: the compact scheme of fourth order. Its right side is an average over a hat function, so
/// kinks (payoff, exercise before an ex-date) enter as exact averages. Time: implicit steps, then
/// the two-step backward formula, which does not ring where exercise begins and ends; the steps
/// grow from where a segment's value is sharp. Exercise: Brennan-Schwartz, which eliminates towards
/// the exercised end (node 0) and comes back; the matrix is Toeplitz, so it factors into two
/// constant recurrences without a division a node.
template <class D>
class DividendSolver {
  using V = hn::Vec<D>;
  using M = hn::Mask<D>;

 public:
  DividendSolver(const DividendPlan& plan, const DividendGrid& grid, const DividendLanes& lanes,
                 std::size_t from, double* memory)
      : plan_{plan},
        grid_{grid},
        values_{memory},
        other_{memory + room()},
        averages_{memory + 2 * room()},
        spots_{memory + 3 * room()},
        spot_{hn::Load(d_, &lanes.spots[from])},
        strike_{hn::Load(d_, &lanes.strikes[from])},
        volatility_{hn::Load(d_, &lanes.volatilities[from])},
        rate_{hn::Load(d_, &lanes.rates[from])},
        yield_{hn::Load(d_, &lanes.yields[from])},
        early_{hn::Gt(hn::Load(d_, &lanes.early[from]), hn::Zero(d_))},
        sign_{set(plan.call ? -1.0 : 1.0)},
        variance_{set(0.5) * volatility_ * volatility_},
        drift_{rate_ - yield_ - variance_} {}

  /// Prices now, a row of Lanes(d) options a node; the spot is the node in the middle.
  DividendNodes solve() {
    for (std::size_t segment = plan_.last() + 1; segment-- > 0;) {
      lay_nodes(segment);
      cross_ex_date(segment);
      boundary_ = set(kNone);
      source_ = hn::Zero(d_);
      if (length_ > 0) { roll_back(segment); }
      if (segment > 0) { keep_ends(); }
    }
    const V discount = Exp(d_, hn::Neg(rate_) * set(length_));
    for (std::size_t i = 0; i <= grid_.nodes; ++i) { put(values_, i, discount * at(values_, i)); }
    return {.prices = values_, .spots = spots_, .width = hn::Lanes(d_)};
  }

 private:
  static constexpr double kNever = -1e300;  // what exercise pays where it is not allowed
  static constexpr double kNone = -1.0;     // a boundary off the grid

  /// A straight line in the spot through the two nodes at an end of the grid, for values beyond.
  struct Line {
    V spot;
    V value;
    V slope;
    [[nodiscard]] V at(V spot_there) const { return Fma(slope, spot_there - spot, value); }
  };

  /// What holding on is worth, and how much more exercise pays.
  struct Choice {
    V hold;
    V exercise;
    [[nodiscard]] V value() const { return hn::Max(hold, exercise); }
    [[nodiscard]] V gain() const { return exercise - hold; }
  };

  [[nodiscard]] std::size_t room() const { return (grid_.nodes + 1) * hn::Lanes(d_); }
  [[nodiscard]] V set(double x) const { return hn::Set(d_, x); }
  [[nodiscard]] V at(const double* column, std::size_t i) const {
    return hn::Load(d_, column + i * hn::Lanes(d_));
  }
  void put(double* column, std::size_t i, V x) const {
    hn::Store(x, d_, column + i * hn::Lanes(d_));
  }

  /// Where the spot's path, with each dividend taken off, stands at the segment's start.
  [[nodiscard]] V path_at(std::size_t segment) const {
    V path = spot_;
    for (std::size_t k = 0; k < segment; ++k) {
      const V before = path * Exp(d_, drift_ * set(plan_.end(k) - plan_.start(k)));
      path = hn::Max(before - set(plan_.dividends[k].amount), before * set(0.1));
    }
    return path;
  }

  /// Whether the grid is centred on the strike's path. Beyond its reach values are lines in the
  /// spot, but for exercise where interest on the strike and yield of the spot balance, deep in the
  /// money: if the spot may get there and only a grid about the spot does, that one is taken,
  /// unless too little time is left for it to matter (about a millionth of the spot).
  [[nodiscard]] M is_at_strike(std::size_t segment) const {
    if (!plan_.strike_is_sharper(segment, grid_)) { return hn::Lt(strike_, hn::Zero(d_)); }
    const double left = plan_.years - plan_.start(segment);
    const double room = 1 - 2 / grid_.reach;  // two deviations about the boundary that starts there
    const V half = set(0.5 * static_cast<double>(grid_.nodes)) * volatility_;
    const auto within = [&](V log_distance, double spacing)
                            HWY_ATTR { return hn::Lt(hn::Abs(log_distance), half * set(spacing)); };
    const V zero = hn::Zero(d_);
    const M both = hn::And(hn::Gt(rate_, zero), hn::Gt(yield_, zero));
    const V balance = hn::IfThenElse(both, rate_ / yield_, set(1.0));
    const V from_strike = Log(d_, balance);
    const V from_spot = Log(d_, balance * strike_ / path_at(segment));
    const M in_the_money = hn::Lt(sign_ * from_strike, zero);
    const M missed =
        hn::And(hn::Not(within(from_strike, room * plan_.strike_spacing(segment, grid_))),
                within(from_spot, plan_.spot_spacing(segment, grid_)));
    const M matters =
        hn::Gt(yield_ * volatility_ * set(left * std::sqrt(left)), set(grid_.negligible));
    return hn::Not(hn::And(hn::And(in_the_money, missed), matters));
  }

  void lay_nodes(std::size_t segment) {
    const bool last = segment == plan_.last();
    // The strike's path, backwards: it rises by each dividend.
    kink_ = last ? strike_
                 : Fma(kink_, Exp(d_, hn::Neg(drift_) * set(length_)),
                       set(plan_.dividends[segment].amount));
    discount_ = last ? set(1.0) : Exp(d_, hn::Neg(rate_) * set(length_));
    old_log_ = log_;
    old_inverse_ = inverse_;

    length_ = plan_.end(segment) - plan_.start(segment);
    const M at_strike = is_at_strike(segment);
    spacing_ = hn::IfThenElse(at_strike, set(plan_.strike_spacing(segment, grid_)),
                              set(plan_.spot_spacing(segment, grid_)));
    step_ = sign_ * volatility_ * spacing_;
    inverse_ = set(1.0) / step_;
    growth_ = Exp(d_, drift_ * set(length_));
    const V centre = hn::IfThenElse(at_strike, kink_ / growth_, path_at(segment));
    const V factor = Exp(d_, step_);
    const std::size_t middle = grid_.nodes / 2;
    put(spots_, middle, centre);
    for (std::size_t i = middle; i < grid_.nodes; ++i) {
      put(spots_, i + 1, at(spots_, i) * factor);
    }
    const V back = Exp(d_, hn::Neg(step_));
    for (std::size_t i = middle; i > 0; --i) { put(spots_, i - 1, at(spots_, i) * back); }
    log_ = Log(d_, at(spots_, 0));
  }

  /// Undiscounted value a moment after an ex-date, by cubic interpolation; `kNever` where exercise
  /// is better.
  [[nodiscard]] V value_after(V spot) const {
    const V zero = hn::Zero(d_);
    const M near = hn::Lt(sign_ * spot, sign_ * near_.spot);
    const M far = hn::Gt(sign_ * spot, sign_ * far_.spot);
    const V outside = hn::IfThenElse(near, near_.at(spot), far_.at(spot));
    if (hn::AllTrue(d_, hn::Or(near, far))) { return outside; }
    const auto nodes = static_cast<double>(grid_.nodes);
    const V tiny = set(1e-300);
    const V place = (Log(d_, hn::Max(spot, tiny)) - old_log_) * old_inverse_;
    const V inside = hn::Min(hn::Max(place, zero), set(nodes));
    const V first = hn::Min(hn::Max(hn::Floor(inside) - set(1.0), zero), set(nodes - 3));
    const V z = inside - first;

    const hn::Rebind<std::int64_t, D> di;
    const auto width = static_cast<std::int64_t>(hn::Lanes(d_));
    const auto index = hn::Iota(di, 0) + hn::ConvertTo(di, first * set(static_cast<double>(width)));
    const V y0 = hn::GatherIndex(d_, values_, index);
    const V y1 = hn::GatherIndex(d_, values_ + width, index);
    const V y2 = hn::GatherIndex(d_, values_ + 2 * width, index);
    const V y3 = hn::GatherIndex(d_, values_ + 3 * width, index);
    const V rise = y1 - y0;
    const V bend = (y2 - y1) - rise;
    const V twist = ((y3 - y2) - (y2 - y1)) - bend;
    const V third = Fma((z - set(2.0)) * set(1.0 / 3.0), twist, bend);
    const V second = Fma((z - set(1.0)) * set(0.5), third, rise);
    V value = Fma(z, second, y0);

    value = hn::IfThenElse(hn::Lt(place, boundary_), set(kNever), value);
    return hn::IfThenElse(hn::Or(near, far), outside, value);
  }

  /// The choice at the segment's end: at expiry, or the last instant before an ex-date.
  [[nodiscard]] Choice choice_at(std::size_t segment, V spot) const {
    const V zero = hn::Zero(d_);
    const V exercise = sign_ * (strike_ - spot);
    if (segment == plan_.last()) { return {.hold = zero, .exercise = exercise}; }
    const V after = hn::Max(spot - set(plan_.dividends[segment].amount), zero);
    const V least = hn::IfThenElseZero(early_, hn::Max(sign_ * (strike_ - after), zero));
    return {.hold = hn::Max(discount_ * value_after(after), least),
            .exercise = hn::IfThenElse(early_, exercise, set(kNever))};
  }

  /// Values at the segment's end into `values_`, their averages over hats into `averages_`.
  /// Averages of hats between nodes sum to those of the nodes.
  void cross_ex_date(std::size_t segment) {
    const V zero = hn::Zero(d_);
    const std::size_t points = plan_.points(segment, grid_);
    const double share = 1.0 / static_cast<double>(points);
    const V step = step_ * set(share);
    const V factor = Exp(d_, step);
    for (std::size_t i = 0; i <= grid_.nodes; ++i) { put(averages_, i, zero); }

    V spot = at(spots_, 0) * growth_;
    Choice choice = choice_at(segment, spot);
    V before = choice.value();
    V value = before;
    V carried = zero;
    put(other_, 0, value);
    for (std::size_t node = 0; node < grid_.nodes; ++node) {
      for (std::size_t k = 0; k < points; ++k) {
        const V next_spot = k + 1 == points ? at(spots_, node + 1) * growth_ : spot * factor;
        const Choice next = choice_at(segment, next_spot);
        const V next_value = next.value();
        V average = Fma(before + next_value, set(1.0 / 12.0), value * set(10.0 / 12.0)) + carried;
        carried = zero;
        const M kink = hn::Xor(hn::Gt(choice.gain(), zero), hn::Gt(next.gain(), zero));
        if (!hn::AllFalse(d_, kink)) {
          // Linear in the spot, the gain is zero at a fraction t of the step, or `place` in logs.
          const V rise = choice.gain() - next.gain();
          const V t = choice.gain() / rise;
          const V place = Fma(step * set(0.5) * t, set(1.0) - t, t);
          const V jump = hn::Abs(rise) * Fma(place - set(0.5), step, set(1.0));
          average = average + hn::IfThenElseZero(kink, kink_share(jump, set(1.0) - place));
          carried = hn::IfThenElseZero(kink, kink_share(jump, place));
        }
        const double right = static_cast<double>(k) * share;
        if (node + k > 0) {
          put(averages_, node, Fma(average, set((1.0 - right) * share), at(averages_, node)));
          put(averages_, node + 1, Fma(average, set(right * share), at(averages_, node + 1)));
        }
        before = value;
        value = next_value;
        choice = next;
        spot = next_spot;
      }
      put(other_, node + 1, value);
    }
    std::swap(values_, other_);
  }

  /// A ramp that starts `reach` steps inside a hat: its average less what three points make of it.
  [[nodiscard]] V kink_share(V jump, V reach) const {
    return jump * reach * Fma(reach * reach, set(1.0 / 6.0), set(-1.0 / 12.0));
  }

  /// What the interpolation of the segment before needs: lines beyond the ends, and over the
  /// exercised nodes that it touches the smooth extension of the held values.
  void keep_ends() {
    const std::size_t n = grid_.nodes;
    near_ = line_through(0, 1);
    far_ = line_through(n, n - 1);
    HWY_ALIGN std::array<double, hn::MaxLanes(D{})> boundaries;
    HWY_ALIGN std::array<double, hn::MaxLanes(D{})> sources;
    hn::Store(boundary_, d_, boundaries.data());
    hn::Store(source_, d_, sources.data());
    const std::size_t width = hn::Lanes(d_);
    for (std::size_t lane = 0; lane < width; ++lane) {
      if (boundaries[lane] < 0) { continue; }
      const auto exercised = static_cast<std::size_t>(boundaries[lane]) + 1;
      for (std::size_t k = 0; k < 3 && k < exercised; ++k) {
        const double reach = boundaries[lane] - static_cast<double>(exercised - 1 - k);
        values_[(exercised - 1 - k) * width + lane] += sources[lane] * reach * reach;
      }
    }
  }

  [[nodiscard]] Line line_through(std::size_t end, std::size_t inner) const {
    const V spot = at(spots_, end);
    const V value = at(values_, end);
    return {.spot = spot,
            .value = value,
            .slope = (at(values_, inner) - value) / (at(spots_, inner) - spot)};
  }

  /// One time step: the matrix (1/12 - x, 10/12 + 2x, 1/12 - x) as
  /// pivot (1 - ratio shift)(1 - ratio shift'); the right side, divided by the pivot, is
  /// (outer, inner, outer) applied to now x the latest values + past x those before.
  struct Weights {
    V ratio;
    V inverse_pivot;
    V outer;
    V inner;
    double now;
    double past;
  };
  /// `growth` of the step over the one before; 0: the values before do not count.
  [[nodiscard]] Weights weights_of(double dt, double growth) const {
    const double lead = (1 + 2 * growth) / (1 + growth);
    const V part = set(0.5 * dt / lead) / (spacing_ * spacing_);
    const V side = set(1.0 / 12.0) - part;
    const V middle = Fma(set(2.0), part, set(10.0 / 12.0));
    const V root = hn::Sqrt(Fma(middle, middle, set(-4.0) * side * side));
    const V inverse = set(2.0) / (middle + root);
    return {.ratio = hn::Neg(side) * inverse,
            .inverse_pivot = inverse,
            .outer = set(1.0 / 12.0) * inverse,
            .inner = set(10.0 / 12.0) * inverse,
            .now = (1 + growth) / lead,
            .past = -growth * growth / (1 + growth) / lead};
  }

  void roll_back(std::size_t segment) {
    const bool sharp = plan_.sharp(segment);
    const std::size_t implicit_steps = sharp ? 2 : 1;
    const std::size_t steps =
        grid_.least + static_cast<std::size_t>(std::ceil(grid_.steps * length_ / plan_.years));
    // Beyond the ends the value stays a line in the spot, which grows with the drift.
    const Line near = line_through(0, 1);
    const Line far = line_through(grid_.nodes, grid_.nodes - 1);
    double before = 0;
    double dt_before = 1;
    for (std::size_t j = 1; j <= steps; ++j) {
      const double part = static_cast<double>(j) / static_cast<double>(steps);
      const double now = length_ * part * (sharp ? part : std::sqrt(part));
      const double dt = now - before;
      const Weights weights = weights_of(dt, j <= implicit_steps ? 0 : dt / dt_before);
      dt_before = dt;
      before = now;
      const V lift = Exp(d_, variance_ * set(now));
      const auto end = [&](const Line& line, std::size_t i) HWY_ATTR {
        return Fma(line.slope, Fma(lift, at(spots_, i), hn::Neg(line.spot)), line.value);
      };
      const V far_value = end(far, grid_.nodes) - weights.ratio * end(far, grid_.nodes - 1);
      eliminate(weights, far_value, j == 1);
      come_back(weights, far_value, end(near, 0), now);
    }
  }

  /// From the far end to the exercised one; the right side of the first step are the averages.
  void eliminate(const Weights& weights, V carried, bool first) {
    // Columns by name: a store might change a member.
    double* const next = other_;
    const double* const latest_values = values_;
    const V ratio = weights.ratio;
    if (first) {
      const V scale = weights.inverse_pivot;
      for (std::size_t i = grid_.nodes - 1; i > 0; --i) {
        carried = Fma(ratio, carried, at(averages_, i) * scale);
        put(next, i, carried);
      }
    } else {
      const V outer = weights.outer;
      const V inner = weights.inner;
      const V latest = set(weights.now);
      const V past = set(weights.past);
      const auto z = [&](std::size_t i)
                         HWY_ATTR { return Fma(past, at(next, i), latest * at(latest_values, i)); };
      V above = z(grid_.nodes);
      V here = z(grid_.nodes - 1);
      for (std::size_t i = grid_.nodes - 1; i > 0; --i) {
        const V below = z(i - 1);
        carried = Fma(ratio, carried, Fma(outer, below + above, inner * here));
        put(next, i, carried);
        above = here;
        here = below;
      }
    }
    std::swap(values_, other_);
  }

  /// What exercise pays at a node, undiscounted, and the source it takes from the heat equation.
  struct Exercise {
    V payoff;
    V payoff_slope;
    V source;
    V source_slope;
  };
  [[nodiscard]] Exercise exercise_at(double now) const {
    const V inflation = sign_ * Exp(d_, rate_ * set(now));
    const V growth = Exp(d_, drift_ * set(length_ - now));
    const V scale = inflation * spacing_ * spacing_;
    return {.payoff = hn::IfThenElse(early_, inflation * strike_, set(kNever)),
            .payoff_slope = hn::IfThenElseZero(early_, hn::Neg(inflation * growth)),
            .source = hn::IfThenElseZero(early_, scale * rate_ * strike_),
            .source_slope = hn::IfThenElseZero(early_, hn::Neg(scale * yield_ * growth))};
  }

  /// From the exercised end on. The first node held has a neighbour that is exercised: the smooth
  /// extension of its value lies `source` x (1 - t)^2 above what exercise pays there, where the
  /// boundary is a fraction t of the step away and the node itself `source` x t^2 above; so t
  /// solves a quadratic equation.
  void come_back(const Weights& weights, V far_value, V near_value, double now) {
    double* const values = values_;
    const double* const spots = spots_;
    const std::size_t nodes = grid_.nodes;
    const V ratio = weights.ratio;
    const V zero = hn::Zero(d_);
    const V one = set(1.0);
    const Exercise exercise = exercise_at(now);
    const V first_payoff = Fma(exercise.payoff_slope, at(spots, 0), exercise.payoff);
    V value = hn::Max(near_value, first_payoff);
    M exercised = hn::Le(value, first_payoff);
    boundary_ = set(kNone);
    put(values, 0, value);
    const auto next = [&](std::size_t i, V previous) HWY_ATTR {
      const V spot = at(spots, i);
      const V payoff = Fma(exercise.payoff_slope, spot, exercise.payoff);
      const V source = Fma(exercise.source_slope, spot, exercise.source);
      V held = Fma(ratio, previous, at(values, i));
      const V most = ratio * source;
      const V excess = held - payoff + most;
      const M first_held = hn::And(exercised, hn::And(hn::Gt(excess, zero), hn::Gt(source, zero)));
      if (!hn::AllFalse(d_, first_held)) {
        const V square = (one - ratio) * source;
        const V t = (hn::Sqrt(Fma(most, most, square * excess)) - most) / square;
        const V reach = hn::Min(t, one);
        const V rest = one - reach;
        held = hn::IfThenElse(first_held, Fma(most * rest, rest, held), held);
        boundary_ = hn::IfThenElse(first_held, set(static_cast<double>(i)) - reach, boundary_);
        source_ = hn::IfThenElse(first_held, source, source_);
      }
      exercised = hn::And(exercised, hn::Le(held, payoff));
      return hn::Max(payoff, held);
    };
    // Held lanes go two nodes at a time: a rising line moves inside the maximum, so that a node
    // waits only for the one before the last. Which pairs must not depend on the other lanes.
    const M falling = hn::Lt(ratio, zero);
    std::size_t i = 1;
    for (const V square = ratio * ratio; i + 1 < nodes; i += 2) {
      const V payoff = Fma(exercise.payoff_slope, at(spots, i), exercise.payoff);
      const V next_payoff = Fma(exercise.payoff_slope, at(spots, i + 1), exercise.payoff);
      const V rest = at(values, i);
      const V next_rest = at(values, i + 1);
      const V least = hn::Max(next_payoff, Fma(ratio, payoff, next_rest));
      V first = hn::Max(payoff, Fma(ratio, value, rest));
      V second = hn::Max(least, Fma(square, value, Fma(ratio, rest, next_rest)));
      const M apart = hn::Or(exercised, falling);
      if (!hn::AllFalse(d_, apart)) {
        const V first_apart = next(i, value);
        const V second_apart = next(i + 1, first_apart);
        first = hn::IfThenElse(apart, first_apart, first);
        second = hn::IfThenElse(apart, second_apart, second);
      }
      value = second;
      put(values, i, first);
      put(values, i + 1, second);
    }
    for (; i < nodes; ++i) {
      value = next(i, value);
      put(values, i, value);
    }
    put(values, nodes, Fma(ratio, value, far_value));
  }

  D d_;
  const DividendPlan& plan_;
  const DividendGrid& grid_;
  double* values_;
  double* other_;
  double* averages_;
  double* spots_;
  V spot_;
  V strike_;
  V volatility_;
  V rate_;
  V yield_;
  M early_;
  V sign_;
  V variance_;
  V drift_;

  // Of the segment at hand; `old` and `discount` of the one after it.
  double length_ = 0;
  V spacing_;  // of nodes, in standard deviations of a year
  V step_;     // log of the ratio of two nodes; negative for calls
  V inverse_;
  V growth_;
  V log_;
  V kink_;
  V discount_;
  V old_log_;
  V old_inverse_;
  Line near_;
  Line far_;
  V boundary_;  // of exercise, in steps from node 0
  V source_;    // see come_back
};

}  // namespace v6::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // V6_AMERICAN_DIVIDENDS_INL
