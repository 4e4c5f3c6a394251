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
/// kinks (payoff, exercise before an ex-date) enter as exact averages. Time: Crank-Nicolson after
/// implicit steps, which grow from where a segment's value is sharp. Exercise: Brennan-Schwartz,
/// which eliminates towards the exercised end (node 0) and comes back; the matrix is Toeplitz, so
/// it factors into two constant recurrences without a division a node.
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
        other_{memory + Room()},
        averages_{memory + 2 * Room()},
        spots_{memory + 3 * Room()},
        spot_{hn::Load(d_, &lanes.spots[from])},
        strike_{hn::Load(d_, &lanes.strikes[from])},
        volatility_{hn::Load(d_, &lanes.volatilities[from])},
        rate_{hn::Load(d_, &lanes.rates[from])},
        yield_{hn::Load(d_, &lanes.yields[from])},
        early_{hn::Gt(hn::Load(d_, &lanes.early[from]), hn::Zero(d_))},
        sign_{Set(plan.call ? -1.0 : 1.0)},
        variance_{Set(0.5) * volatility_ * volatility_},
        drift_{rate_ - yield_ - variance_} {}

  /// Prices now, a row of Lanes(d) options a node; the spot is the node in the middle.
  DividendNodes Solve() {
    for (std::size_t segment = plan_.last() + 1; segment-- > 0;) {
      LayNodes(segment);
      CrossExDate(segment);
      boundary_ = Set(kNone);
      source_ = hn::Zero(d_);
      if (length_ > 0) { RollBack(segment); }
      if (segment > 0) { KeepEnds(); }
    }
    const V discount = Exp(d_, hn::Neg(rate_) * Set(length_));
    for (std::size_t i = 0; i <= grid_.nodes; ++i) { Put(values_, i, discount * At(values_, i)); }
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

  [[nodiscard]] std::size_t Room() const { return (grid_.nodes + 1) * hn::Lanes(d_); }
  [[nodiscard]] V Set(double x) const { return hn::Set(d_, x); }
  [[nodiscard]] V At(const double* column, std::size_t i) const {
    return hn::Load(d_, column + i * hn::Lanes(d_));
  }
  void Put(double* column, std::size_t i, V x) const {
    hn::Store(x, d_, column + i * hn::Lanes(d_));
  }

  /// Where the spot's path, with each dividend taken off, stands at the segment's start.
  [[nodiscard]] V PathAt(std::size_t segment) const {
    V path = spot_;
    for (std::size_t k = 0; k < segment; ++k) {
      const V before = path * Exp(d_, drift_ * Set(plan_.end(k) - plan_.start(k)));
      path = hn::Max(before - Set(plan_.dividends[k].amount), before * Set(0.1));
    }
    return path;
  }

  void LayNodes(std::size_t segment) {
    const bool last = segment == plan_.last();
    // The strike's path, backwards: it rises by each dividend.
    kink_ = last ? strike_
                 : Fma(kink_, Exp(d_, hn::Neg(drift_) * Set(length_)),
                       Set(plan_.dividends[segment].amount));
    discount_ = last ? Set(1.0) : Exp(d_, hn::Neg(rate_) * Set(length_));
    old_log_ = log_;
    old_inverse_ = inverse_;

    length_ = plan_.end(segment) - plan_.start(segment);
    spacing_ = plan_.spacing(segment, grid_);
    step_ = sign_ * volatility_ * Set(spacing_);
    inverse_ = Set(1.0) / step_;
    growth_ = Exp(d_, drift_ * Set(length_));
    const V centre = plan_.at_strike(segment, grid_) ? kink_ / growth_ : PathAt(segment);
    const V factor = Exp(d_, step_);
    const std::size_t middle = grid_.nodes / 2;
    Put(spots_, middle, centre);
    for (std::size_t i = middle; i < grid_.nodes; ++i) {
      Put(spots_, i + 1, At(spots_, i) * factor);
    }
    const V back = Exp(d_, hn::Neg(step_));
    for (std::size_t i = middle; i > 0; --i) { Put(spots_, i - 1, At(spots_, i) * back); }
    log_ = Log(d_, At(spots_, 0));
  }

  /// Undiscounted value a moment after an ex-date, by cubic interpolation; `kNever` where exercise
  /// is better.
  [[nodiscard]] V ValueAfter(V spot) const {
    const V zero = hn::Zero(d_);
    const auto nodes = static_cast<double>(grid_.nodes);
    const V tiny = Set(1e-300);
    const V place = (Log(d_, hn::Max(spot, tiny)) - old_log_) * old_inverse_;
    const V inside = hn::Min(hn::Max(place, zero), Set(nodes));
    const V first = hn::Min(hn::Max(hn::Floor(inside) - Set(1.0), zero), Set(nodes - 3));
    const V z = inside - first;

    const hn::Rebind<std::int64_t, D> di;
    const auto width = static_cast<std::int64_t>(hn::Lanes(d_));
    const auto index = hn::Iota(di, 0) + hn::ConvertTo(di, first * Set(static_cast<double>(width)));
    const V y0 = hn::GatherIndex(d_, values_, index);
    const V y1 = hn::GatherIndex(d_, values_ + width, index);
    const V y2 = hn::GatherIndex(d_, values_ + 2 * width, index);
    const V y3 = hn::GatherIndex(d_, values_ + 3 * width, index);
    const V rise = y1 - y0;
    const V bend = (y2 - y1) - rise;
    const V twist = ((y3 - y2) - (y2 - y1)) - bend;
    const V third = Fma((z - Set(2.0)) * Set(1.0 / 3.0), twist, bend);
    const V second = Fma((z - Set(1.0)) * Set(0.5), third, rise);
    V value = Fma(z, second, y0);

    value = hn::IfThenElse(hn::Lt(place, boundary_), Set(kNever), value);
    value = hn::IfThenElse(hn::Lt(place, zero), near_.at(spot), value);
    return hn::IfThenElse(hn::Gt(place, Set(nodes)), far_.at(spot), value);
  }

  /// The choice at the segment's end: at expiry, or the last instant before an ex-date.
  [[nodiscard]] Choice ChoiceAt(std::size_t segment, V spot) const {
    const V zero = hn::Zero(d_);
    const V exercise = sign_ * (strike_ - spot);
    if (segment == plan_.last()) { return {.hold = zero, .exercise = exercise}; }
    const V after = hn::Max(spot - Set(plan_.dividends[segment].amount), zero);
    const V least = hn::IfThenElseZero(early_, hn::Max(sign_ * (strike_ - after), zero));
    return {.hold = hn::Max(discount_ * ValueAfter(after), least),
            .exercise = hn::IfThenElse(early_, exercise, Set(kNever))};
  }

  /// Values at the segment's end into `values_`, their averages over hats into `averages_`.
  /// Averages of hats between nodes sum to those of the nodes.
  void CrossExDate(std::size_t segment) {
    const V zero = hn::Zero(d_);
    const std::size_t points = plan_.points(segment, grid_);
    const double share = 1.0 / static_cast<double>(points);
    const V step = step_ * Set(share);
    const V factor = Exp(d_, step);
    for (std::size_t i = 0; i <= grid_.nodes; ++i) { Put(averages_, i, zero); }

    V spot = At(spots_, 0) * growth_;
    Choice choice = ChoiceAt(segment, spot);
    V before = choice.value();
    V value = before;
    V carried = zero;
    Put(other_, 0, value);
    for (std::size_t node = 0; node < grid_.nodes; ++node) {
      for (std::size_t k = 0; k < points; ++k) {
        const V next_spot = k + 1 == points ? At(spots_, node + 1) * growth_ : spot * factor;
        const Choice next = ChoiceAt(segment, next_spot);
        const V next_value = next.value();
        V average = Fma(before + next_value, Set(1.0 / 12.0), value * Set(10.0 / 12.0)) + carried;
        carried = zero;
        const M kink = hn::Xor(hn::Gt(choice.gain(), zero), hn::Gt(next.gain(), zero));
        if (!hn::AllFalse(d_, kink)) {
          // Linear in the spot, the gain is zero at a fraction t of the step, or `place` in logs.
          const V rise = choice.gain() - next.gain();
          const V t = choice.gain() / rise;
          const V place = Fma(step * Set(0.5) * t, Set(1.0) - t, t);
          const V jump = hn::Abs(rise) * Fma(place - Set(0.5), step, Set(1.0));
          average = average + hn::IfThenElseZero(kink, KinkShare(jump, Set(1.0) - place));
          carried = hn::IfThenElseZero(kink, KinkShare(jump, place));
        }
        const double right = static_cast<double>(k) * share;
        if (node + k > 0) {
          Put(averages_, node, Fma(average, Set((1.0 - right) * share), At(averages_, node)));
          Put(averages_, node + 1, Fma(average, Set(right * share), At(averages_, node + 1)));
        }
        before = value;
        value = next_value;
        choice = next;
        spot = next_spot;
      }
      Put(other_, node + 1, value);
    }
    std::swap(values_, other_);
  }

  /// A ramp that starts `reach` steps inside a hat: its average less what three points make of it.
  [[nodiscard]] V KinkShare(V jump, V reach) const {
    return jump * reach * Fma(reach * reach, Set(1.0 / 6.0), Set(-1.0 / 12.0));
  }

  /// What the interpolation of the segment before needs: lines beyond the ends, and over the
  /// exercised nodes that it touches the smooth extension of the held values.
  void KeepEnds() {
    const std::size_t n = grid_.nodes;
    near_ = LineThrough(0, 1);
    far_ = LineThrough(n, n - 1);
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

  [[nodiscard]] Line LineThrough(std::size_t end, std::size_t inner) const {
    const V spot = At(spots_, end);
    const V value = At(values_, end);
    return {.spot = spot,
            .value = value,
            .slope = (At(values_, inner) - value) / (At(spots_, inner) - spot)};
  }

  /// One time step of the matrix (1/12 - x, 10/12 + 2x, 1/12 - x), as
  /// pivot (1 - ratio shift)(1 - ratio shift'), all right sides divided by the pivot.
  struct Weights {
    double ratio;
    double outer;
    double inner;
    double now;
    double past;
  };
  [[nodiscard]] static Weights WeightsOf(double heat, double growth) {
    const double lead = (1 + 2 * growth) / (1 + growth);
    const double part = heat / lead;
    const double side = 1.0 / 12.0 - part;
    const double middle = 10.0 / 12.0 + 2 * part;
    const double pivot = 0.5 * (middle + std::sqrt(middle * middle - 4 * side * side));
    return {.ratio = -side / pivot,
            .outer = 1.0 / 12.0 / pivot,
            .inner = 10.0 / 12.0 / pivot,
            .now = (1 + growth) / lead,
            .past = -growth * growth / (1 + growth) / lead};
  }

  void RollBack(std::size_t segment) {
    const bool sharp = plan_.call || segment == plan_.last();
    const std::size_t implicit_steps = sharp ? 2 : 1;
    const std::size_t steps =
        grid_.least + static_cast<std::size_t>(std::ceil(grid_.steps * length_ / plan_.years));
    // Beyond the ends the value stays a line in the spot, which grows with the drift.
    const Line near = LineThrough(0, 1);
    const Line far = LineThrough(grid_.nodes, grid_.nodes - 1);
    double before = 0;
    double dt_before = 1;
    for (std::size_t j = 1; j <= steps; ++j) {
      const double part = static_cast<double>(j) / static_cast<double>(steps);
      const double now = length_ * part * (sharp ? part : std::sqrt(part));
      const double heat = (now - before) / (2 * spacing_ * spacing_);
      const double dt = now - before;
      const Weights weights = WeightsOf(heat, j <= implicit_steps ? 0 : dt / dt_before);
      dt_before = dt;
      before = now;
      const V lift = Exp(d_, variance_ * Set(now));
      const auto end = [&](const Line& line, std::size_t i) {
        return Fma(line.slope, Fma(lift, At(spots_, i), hn::Neg(line.spot)), line.value);
      };
      const V far_value = end(far, grid_.nodes) - Set(weights.ratio) * end(far, grid_.nodes - 1);
      Eliminate(weights, far_value, j == 1);
      ComeBack(weights, far_value, end(near, 0), now);
    }
  }

  /// From the far end to the exercised one; the right side of the first step are the averages.
  void Eliminate(const Weights& weights, V carried, bool first) {
    const V ratio = Set(weights.ratio);
    if (first) {
      const V scale = Set(12 * weights.outer);
      for (std::size_t i = grid_.nodes - 1; i > 0; --i) {
        carried = Fma(ratio, carried, At(averages_, i) * scale);
        Put(other_, i, carried);
      }
    } else {
      const V outer = Set(weights.outer);
      const V inner = Set(weights.inner);
      const V latest = Set(weights.now);
      const V past = Set(weights.past);
      const auto z = [&](std::size_t i) {
        return Fma(past, At(other_, i), latest * At(values_, i));
      };
      V above = z(grid_.nodes);
      V here = z(grid_.nodes - 1);
      for (std::size_t i = grid_.nodes - 1; i > 0; --i) {
        const V below = z(i - 1);
        carried = Fma(ratio, carried, Fma(outer, below + above, inner * here));
        Put(other_, i, carried);
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
  [[nodiscard]] Exercise ExerciseAt(double now) const {
    const V inflation = sign_ * Exp(d_, rate_ * Set(now));
    const V growth = Exp(d_, drift_ * Set(length_ - now));
    const V scale = inflation * Set(spacing_ * spacing_);
    return {.payoff = hn::IfThenElse(early_, inflation * strike_, Set(kNever)),
            .payoff_slope = hn::IfThenElseZero(early_, hn::Neg(inflation * growth)),
            .source = hn::IfThenElseZero(early_, scale * rate_ * strike_),
            .source_slope = hn::IfThenElseZero(early_, hn::Neg(scale * yield_ * growth))};
  }

  /// From the exercised end on. The first node held has a neighbour that is exercised: the smooth
  /// extension of its value lies `source` x (1 - t)^2 above what exercise pays there, where the
  /// boundary is a fraction t of the step away and the node itself `source` x t^2 above; so t
  /// solves a quadratic equation.
  void ComeBack(const Weights& weights, V far_value, V near_value, double now) {
    const V ratio = Set(weights.ratio);
    const V zero = hn::Zero(d_);
    const V one = Set(1.0);
    const Exercise exercise = ExerciseAt(now);
    const V first_payoff = Fma(exercise.payoff_slope, At(spots_, 0), exercise.payoff);
    V value = hn::Max(near_value, first_payoff);
    M exercised = hn::Le(value, first_payoff);
    boundary_ = Set(kNone);
    Put(values_, 0, value);
    std::size_t i = 1;
    for (; i < grid_.nodes && !hn::AllFalse(d_, exercised); ++i) {
      const V spot = At(spots_, i);
      const V payoff = Fma(exercise.payoff_slope, spot, exercise.payoff);
      const V source = Fma(exercise.source_slope, spot, exercise.source);
      V held = Fma(ratio, value, At(values_, i));
      const V most = ratio * source;
      const V excess = held - payoff + most;
      const M first_held = hn::And(exercised, hn::And(hn::Gt(excess, zero), hn::Gt(source, zero)));
      if (!hn::AllFalse(d_, first_held)) {
        const V square = (one - ratio) * source;
        const V t = (hn::Sqrt(Fma(most, most, square * excess)) - most) / square;
        const V reach = hn::Min(t, one);
        const V rest = one - reach;
        held = hn::IfThenElse(first_held, Fma(most * rest, rest, held), held);
        boundary_ = hn::IfThenElse(first_held, Set(static_cast<double>(i)) - reach, boundary_);
        source_ = hn::IfThenElse(first_held, source, source_);
      }
      value = hn::Max(payoff, held);
      exercised = hn::And(exercised, hn::Le(held, payoff));
      Put(values_, i, value);
    }
    for (; i < grid_.nodes; ++i) {
      const V payoff = Fma(exercise.payoff_slope, At(spots_, i), exercise.payoff);
      value = hn::Max(payoff, Fma(ratio, value, At(values_, i)));
      Put(values_, i, value);
    }
    Put(values_, grid_.nodes, Fma(ratio, value, far_value));
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
  double spacing_ = 0;
  V step_;  // log of the ratio of two nodes; negative for calls
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
  V source_;    // see ComeBack
};

}  // namespace v6::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // V6_AMERICAN_DIVIDENDS_INL
