#include "analytics/american_dividends.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "analytics/american_dividends.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "analytics/american_dividends-inl.hpp"
#include "analytics/american_dividends_plan.hpp"
#include "analytics/kernels.hpp"
#include "analytics/option_right.hpp"
#include "analytics/scalar_math.hpp"
#include "base/check.hpp"

HWY_BEFORE_NAMESPACE();
namespace v6::HWY_NAMESPACE {
namespace {

DividendNodes solve_dividends(const DividendPlan& plan, const DividendGrid& grid,
                              const DividendLanes& lanes, std::size_t from, double* memory) {
  return DividendSolver<hn::ScalableTag<double>>{plan, grid, lanes, from, memory}.solve();
}

}  // namespace
}  // namespace v6::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace v6 {

HWY_EXPORT(solve_dividends);

namespace {

constexpr double kDaysAYear = 365.0;
constexpr double kPoint = 0.01;  // of volatility or rate, the desk's unit
constexpr double kVolatilityBump = 0.005;
constexpr double kRateBump = 0.0025;
constexpr double kRounding = 1e-13;       // of the strike
constexpr double kLeastDeviation = 1e-7;  // of the log spot, over the life: less is certainty

/// Errors of both fall with the square of the step, so that the half grid takes off most of it.
DividendGrid grid_of(AmericanMethod method) {
  switch (method) {
    case AmericanMethod::kFast:
      return {.nodes = 168, .steps = 44, .least = 8, .reach = 4.8, .negligible = 5e-6};
    case AmericanMethod::kReference:
      return {.nodes = 800, .steps = 300, .least = 24, .reach = 6, .negligible = 1e-7};
  }
  V6_CHECK(false, "no such method");
}

DividendPlan plan_of(OptionRight right, double years, std::span<const CashDividend> dividends) {
  const auto gone = [](const CashDividend& d) { return d.years < 0; };
  const auto within = [&](const CashDividend& d) { return d.years <= years; };
  const auto first = std::ranges::find_if_not(dividends, gone);
  const auto last = std::find_if_not(first, dividends.end(), within);
  return {.call = right == OptionRight::kCall, .years = years, .dividends = {first, last}};
}

class Solver {
 public:
  Solver(const DividendPlan& plan, const DividendLanes& lanes) : plan_{plan}, lanes_{lanes} {}

  /// Calls `read` with the nodes of each option: (lane, nodes whose column 0 is that lane).
  template <class Read>
  void solve(const DividendGrid& grid, const Read& read) {
    std::size_t width = 1;
    for (std::size_t from = 0; from < lanes_.count; from += width) {
      DividendNodes nodes =
          HWY_DYNAMIC_DISPATCH(solve_dividends)(plan_, grid, lanes_, from, memory_.data());
      width = nodes.width;
      for (std::size_t lane = from; lane < std::min(from + width, lanes_.count); ++lane) {
        read(lane, nodes);
        ++nodes.prices;
        ++nodes.spots;
      }
    }
  }

 private:
  const DividendPlan& plan_;
  const DividendLanes& lanes_;
  alignas(64) std::array<double, kDividendMemory> memory_;  // written before it is read
};

struct Node {
  double price = 0;
  double delta = 0;
  double gamma = 0;
};

double intrinsic(bool call, double spot, double strike) {
  return call ? spot - strike : strike - spot;
}

/// What the grid says, and exactly what exercise pays where it says that but for rounding.
double price_of(const Node& node, double exercise, double strike) {
  const bool exercised = node.price <= exercise + kRounding * strike;
  return std::max(exercised ? exercise : node.price, 0.0);
}

/// Price and slopes at the spot. Next to the exercise boundary the neighbour is exercised, and its
/// value is replaced by the smooth extension of the held one (see `DividendSolver::come_back`).
Node node_at_spot(const DividendPlan& plan, const DividendGrid& grid, const DividendLanes& lanes,
                  std::size_t lane, const DividendNodes& nodes) {
  const std::size_t middle = grid.nodes / 2;
  const auto price = [&](std::size_t i) { return nodes.prices[i * nodes.width]; };
  const auto excess = [&](std::size_t i) {
    return price(i) - intrinsic(plan.call, nodes.spots[i * nodes.width], lanes.strikes[lane]);
  };
  const double spot = lanes.spots[lane];
  const double here = price(middle);
  const double spacing = plan.spot_spacing(0, grid);
  double before = price(middle - 1);
  if (lanes.early[lane] != 0) {
    const double source =
        intrinsic(plan.call, lanes.yields[lane] * spot, lanes.rates[lane] * lanes.strikes[lane]) *
        spacing * spacing;
    const double rounding = kRounding * lanes.strikes[lane];
    if (excess(middle) <= rounding) { return {here, plan.call ? 1.0 : -1.0, 0}; }
    if (source > 0 && excess(middle - 1) <= rounding) {
      const double rest = 1 - std::min(std::sqrt(excess(middle) / source), 1.0);
      before += source * rest * rest;
    }
  }
  const double step = (plan.call ? -spacing : spacing) * lanes.volatilities[lane];
  const double after = price(middle + 1);
  const double slope = (after - before) / (2 * step);
  const double bend = ((after - here) - (here - before)) / (step * step);
  return {here, slope / spot, (bend - slope) / (spot * spot)};
}

/// Every lane at its spot, from a grid and its half.
std::array<Node, DividendLanes::kMost> nodes_of(const DividendPlan& plan,
                                                const DividendLanes& lanes, AmericanMethod method) {
  std::array<Node, DividendLanes::kMost> fine{};
  std::array<Node, DividendLanes::kMost> coarse{};
  const DividendGrid grid = grid_of(method);
  const DividendGrid half = grid.half();
  Solver solver{plan, lanes};
  solver.solve(grid, [&](std::size_t lane, const DividendNodes& nodes) {
    fine.at(lane) = node_at_spot(plan, grid, lanes, lane, nodes);
  });
  solver.solve(half, [&](std::size_t lane, const DividendNodes& nodes) {
    coarse.at(lane) = node_at_spot(plan, half, lanes, lane, nodes);
  });
  const auto extrapolate = [](double& x, double from) { x += (x - from) * (1.0 / 3.0); };
  for (std::size_t lane = 0; lane < lanes.count; ++lane) {
    extrapolate(fine.at(lane).price, coarse.at(lane).price);
    extrapolate(fine.at(lane).delta, coarse.at(lane).delta);
    extrapolate(fine.at(lane).gamma, coarse.at(lane).gamma);
  }
  return fine;
}

bool certain(double volatility, double years) {
  return years <= 0 || volatility * std::sqrt(years) < kLeastDeviation;
}

/// The best that exercise pays, discounted, when the spot's path is known.
double certain_price(const DividendPlan& plan, const AmericanInputs& in, bool early) {
  const auto pay = [&](double spot) { return intrinsic(plan.call, spot, in.strike); };
  double best = early ? std::max(pay(in.spot), 0.0) : 0.0;
  double spot = in.spot;
  for (std::size_t segment = 0;; ++segment) {
    const double start = std::min(plan.start(segment), std::max(plan.years, 0.0));
    const double length = std::max(plan.end(segment) - start, 0.0);
    const auto paid = [&](double after) {
      return exact::exp(-in.rate * (start + after)) *
             pay(spot * exact::exp((in.rate - in.yield) * after));
    };
    if (early) {
      best = std::max({best, paid(0), paid(length)});
      // Where interest on the strike and the yield of the spot balance.
      const double ratio = in.rate * in.strike / (in.yield * spot);
      if (in.rate != in.yield && ratio > 0 && std::isfinite(ratio)) {
        const double after = exact::log(ratio) / (in.rate - in.yield);
        if (after > 0 && after < length) { best = std::max(best, paid(after)); }
      }
    }
    if (segment == plan.last()) { return std::max(best, paid(length)); }
    spot = std::max(
        spot * exact::exp((in.rate - in.yield) * length) - plan.dividends[segment].amount, 0.0);
  }
}

/// Greeks but theta of what exercise now pays.
Greeks exercised_greeks(bool call) { return {.delta = call ? 1.0 : -1.0}; }

/// While spot, volatility and rates hold; dollars per day.
double theta_of(const AmericanInputs& in, const Node& node) {
  const double deviation = in.volatility * in.spot;
  return (in.rate * node.price - (in.rate - in.yield) * in.spot * node.delta -
          0.5 * deviation * deviation * node.gamma) /
         kDaysAYear;
}

AmericanValue certain_value(const DividendPlan& plan, const AmericanInputs& inputs) {
  const auto price = [&](double spot, double rate) {
    AmericanInputs moved = inputs;
    moved.spot = spot;
    moved.rate = rate;
    return certain_price(plan, moved, true);
  };
  AmericanValue value{.price = price(inputs.spot, inputs.rate)};
  value.premium = value.price - certain_price(plan, inputs, false);
  const double exercise = intrinsic(plan.call, inputs.spot, inputs.strike);
  if (value.price <= exercise + kRounding * inputs.strike) {
    value.greeks = exercised_greeks(plan.call);
    return value;
  }
  constexpr double kBump = 1e-6;
  const double up = inputs.spot * (1 + kBump);
  const double down = inputs.spot * (1 - kBump);
  value.greeks.delta = (price(up, inputs.rate) - price(down, inputs.rate)) / (up - down);
  if (plan.years > 0) {
    value.greeks.theta = theta_of(inputs, {value.price, value.greeks.delta, 0});
    value.greeks.rho =
        (price(inputs.spot, inputs.rate + kBump) - price(inputs.spot, inputs.rate - kBump)) /
        (2 * kBump) * kPoint;
  }
  return value;
}

/// Every lane the option itself.
DividendLanes lanes_of(const AmericanInputs& inputs, std::size_t count, double early) {
  DividendLanes lanes{.count = count};
  lanes.spots.fill(inputs.spot);
  lanes.strikes.fill(inputs.strike);
  lanes.volatilities.fill(inputs.volatility);
  lanes.rates.fill(inputs.rate);
  lanes.yields.fill(inputs.yield);
  lanes.early.fill(early);
  return lanes;
}

/// Where the held nodes begin, on a wide grid about the strike.
std::optional<double> boundary_of(const DividendPlan& plan, AmericanInputs inputs,
                                  AmericanMethod method) {
  constexpr double kLeastVolatility = 1e-3;
  inputs.spot = inputs.strike;
  inputs.volatility = std::max(inputs.volatility, kLeastVolatility);
  DividendGrid grid = grid_of(method);
  grid.wide = true;
  const DividendLanes lanes = lanes_of(inputs, 1, 1.0);
  std::optional<double> boundary;
  const double rounding = kRounding * inputs.strike;
  Solver{plan, lanes}.solve(grid, [&](std::size_t /*lane*/, const DividendNodes& nodes) {
    const auto spot = [&](std::size_t i) { return nodes.spots[i * nodes.width]; };
    const auto excess = [&](std::size_t i) {
      return nodes.prices[i * nodes.width] - intrinsic(plan.call, spot(i), inputs.strike);
    };
    std::size_t held = 0;
    while (held <= grid.nodes && excess(held) <= rounding) { ++held; }
    if (held == 0 || held > grid.nodes) { return; }
    const double spacing = plan.spot_spacing(0, grid);
    const double source =
        intrinsic(plan.call, inputs.yield * spot(held), inputs.rate * inputs.strike) * spacing *
        spacing;
    const double reach = source > 0 ? std::min(std::sqrt(excess(held) / source), 1.0) : 1.0;
    boundary = spot(held) + reach * (spot(held - 1) - spot(held));
  });
  return boundary;
}

/// Fast prices of one right of one expiry, vectorised over strikes.
void slice_prices(const AmericanSlice& slice, std::span<const double> strikes,
                  std::span<const double> volatilities, bool early, std::span<double> prices) {
  V6_CHECK(strikes.size() == volatilities.size() && strikes.size() == prices.size(),
           "spans of equal length");
  kernels::make_ready();
  const DividendPlan plan = plan_of(slice.right, slice.years, slice.dividends);
  DividendLanes lanes;
  lanes.spots.fill(slice.spot);
  lanes.rates.fill(slice.rate);
  lanes.yields.fill(slice.yield);
  lanes.early.fill(early ? 1.0 : 0.0);
  lanes.strikes.fill(slice.spot);
  lanes.volatilities.fill(0.2);
  for (std::size_t from = 0; from < strikes.size(); from += DividendLanes::kMost) {
    lanes.count = std::min(DividendLanes::kMost, strikes.size() - from);
    std::copy_n(&strikes[from], lanes.count, lanes.strikes.begin());
    std::copy_n(&volatilities[from], lanes.count, lanes.volatilities.begin());
    for (double& volatility : lanes.volatilities) {
      if (certain(volatility, slice.years)) { volatility = 0.2; }  // any: priced below
    }
    const auto nodes = nodes_of(plan, lanes, AmericanMethod::kFast);
    for (std::size_t i = 0; i < lanes.count; ++i) {
      const AmericanInputs inputs{.right = slice.right,
                                  .spot = slice.spot,
                                  .strike = strikes[from + i],
                                  .volatility = volatilities[from + i],
                                  .years = slice.years,
                                  .rate = slice.rate,
                                  .yield = slice.yield};
      const double exercise = intrinsic(plan.call, inputs.spot, inputs.strike);
      prices[from + i] = certain(inputs.volatility, inputs.years)
                             ? certain_price(plan, inputs, early)
                             : std::max({nodes.at(i).price, early ? exercise : 0.0, 0.0});
    }
  }
}

}  // namespace

void dividend_prices(const AmericanSlice& slice, std::span<const double> strikes,
                     std::span<const double> volatilities, std::span<double> prices) {
  slice_prices(slice, strikes, volatilities, true, prices);
}

void dividend_europeans(const AmericanSlice& slice, std::span<const double> strikes,
                        std::span<const double> volatilities, std::span<double> prices) {
  slice_prices(slice, strikes, volatilities, false, prices);
}

double dividend_european(const AmericanInputs& inputs, AmericanMethod method) {
  kernels::make_ready();
  const DividendPlan plan = plan_of(inputs.right, inputs.years, inputs.dividends);
  if (certain(inputs.volatility, inputs.years)) { return certain_price(plan, inputs, false); }
  return std::max(nodes_of(plan, lanes_of(inputs, 1, 0.0), method).front().price, 0.0);
}

AmericanValue dividend_value(const AmericanInputs& inputs, AmericanMethod method) {
  kernels::make_ready();
  const DividendPlan plan = plan_of(inputs.right, inputs.years, inputs.dividends);
  AmericanValue value;
  const double exercise = intrinsic(plan.call, inputs.spot, inputs.strike);
  if (certain(inputs.volatility, inputs.years)) {
    value = certain_value(plan, inputs);
  } else {
    enum Lane : std::size_t { kBase, kVolUp, kVolDown, kRateUp, kRateDown, kEuropean, kCount };
    const double bump = std::min(kVolatilityBump, 0.25 * inputs.volatility);
    DividendLanes lanes = lanes_of(inputs, kCount, 1.0);
    lanes.volatilities[kVolUp] += bump;
    lanes.volatilities[kVolDown] -= bump;
    lanes.rates[kRateUp] += kRateBump;
    lanes.rates[kRateDown] -= kRateBump;
    lanes.early[kEuropean] = 0;
    const auto nodes = nodes_of(plan, lanes, method);
    const double european = std::max(nodes[kEuropean].price, 0.0);
    value.price = std::max(price_of(nodes[kBase], exercise, inputs.strike), european);
    value.premium = value.price - european;
    if (value.price <= exercise) {
      value.greeks = exercised_greeks(plan.call);
    } else {
      const Node& base = nodes[kBase];
      value.greeks = {
          .delta = base.delta,
          .gamma = base.gamma,
          .theta = theta_of(inputs, base),
          .vega = (nodes[kVolUp].price - nodes[kVolDown].price) / (2 * bump) * kPoint,
          .rho = (nodes[kRateUp].price - nodes[kRateDown].price) / (2 * kRateBump) * kPoint};
    }
  }
  if (inputs.years > 0) {
    value.boundary = boundary_of(plan, inputs, method);
  } else {
    value.boundary = inputs.strike;
  }
  return value;
}

}  // namespace v6
#endif  // HWY_ONCE
