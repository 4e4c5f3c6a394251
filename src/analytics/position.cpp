#include "analytics/position.hpp"

#include <algorithm>
#include <cmath>

#include "analytics/option_right.hpp"
#include "analytics/scalar_math.hpp"
#include "base/check.hpp"

namespace v6::analytics {
namespace {

/// base ^ share for a positive base.
double power(double base, double share) { return exact::exp(exact::log(base) * share); }

double exercised(const HeldOption& option, double spot) {
  return std::max(option.right == OptionRight::kCall ? spot - option.strike : option.strike - spot,
                  0.0);
}

double american_of(const HeldOption& option, const MarketMove& move) {
  std::vector<CashDividend> dividends;
  for (const CashDividend& dividend : option.early->dividends) {
    if (dividend.years > move.years) {
      dividends.push_back({.years = dividend.years - move.years, .amount = dividend.amount});
    }
  }
  const AmericanSlice slice{.right = option.right,
                            .spot = move.spot,
                            .years = option.years - move.years,
                            .rate = option.early->rate,
                            .dividends = dividends};
  const double volatility = option.volatility * move.volatility;
  double price = 0;
  american_prices(slice, {&option.strike, 1}, {&volatility, 1}, {&price, 1});
  return price;
}

/// One of an option.
double value_of(const HeldOption& option, double spot, const MarketMove& move) {
  const double left = option.years - move.years;
  if (!(left > 0)) { return exercised(option, move.spot); }
  if (!(move.spot > 0)) {
    const double wait = option.early ? 1.0 : power(option.discount, left / option.years);
    return wait * exercised(option, move.spot);
  }
  if (option.early) { return american_of(option, move); }
  const double share = left / option.years;
  return black_price({.right = option.right,
                      .forward = move.spot * power(option.forward / spot, share),
                      .strike = option.strike,
                      .volatility = option.volatility * move.volatility,
                      .years = left,
                      .discount = power(option.discount, share)});
}

/// The least `f` between two levels around a lowest third one, by golden section.
double least_around(double low, double high, const std::function<double(double)>& f) {
  constexpr double kGolden = 0.61803398874989484820;
  double a = high - kGolden * (high - low);
  double b = low + kGolden * (high - low);
  double at_a = f(a);
  double at_b = f(b);
  for (int i = 0; i < 40; ++i) {
    if (at_a < at_b) {
      high = b;
      b = a;
      at_b = at_a;
      a = high - kGolden * (high - low);
      at_a = f(a);
    } else {
      low = a;
      a = b;
      at_a = at_b;
      b = low + kGolden * (high - low);
      at_b = f(b);
    }
  }
  return std::min(at_a, at_b);
}

double least_between(std::span<const double> levels, const std::function<double(double)>& f) {
  std::size_t best = 0;
  double least = f(levels.front());
  for (std::size_t i = 1; i < levels.size(); ++i) {
    const double here = f(levels[i]);
    if (here < least) {
      least = here;
      best = i;
    }
  }
  const double low = levels[best == 0 ? 0 : best - 1];
  const double high = levels[std::min(best + 1, levels.size() - 1)];
  return std::min(least, least_around(low, high, f));
}

}  // namespace

double value_after(std::span<const HeldOption> position, double spot, const MarketMove& move) {
  double value = 0;
  for (const HeldOption& option : position) {
    value += option.quantity * value_of(option, spot, move);
  }
  return value;
}

std::vector<double> stress(std::span<const HeldOption> position, double spot,
                           const StressAxes& axes) {
  const double today = value_after(position, spot, {.spot = spot});
  std::vector<double> changes;
  changes.reserve(axes.years.size() * axes.volatilities.size() * axes.spots.size());
  for (const double years : axes.years) {
    for (const double volatility : axes.volatilities) {
      for (const double move : axes.spots) {
        changes.push_back(
            value_after(
                position, spot,
                {.spot = spot * (1.0 + move), .volatility = 1.0 + volatility, .years = years}) -
            today);
      }
    }
  }
  return changes;
}

std::vector<double> zeros_between(std::span<const double> levels,
                                  const std::function<double(double)>& profit) {
  V6_CHECK(std::ranges::is_sorted(levels), "levels not ascending");
  std::vector<double> zeros;
  double before = 0;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const double here = profit(levels[i]);
    if (here == 0) { zeros.push_back(levels[i]); }
    if (i > 0 && before * here < 0) {
      double low = levels[i - 1];
      double high = levels[i];
      for (double middle = 0.5 * (low + high); middle > low && middle < high;
           middle = 0.5 * (low + high)) {
        ((profit(middle) < 0) == (before < 0) ? low : high) = middle;
      }
      zeros.push_back(high);
    }
    before = here;
  }
  return zeros;
}

Extremes extremes_between(std::span<const double> levels,
                          const std::function<double(double)>& profit) {
  V6_CHECK(!levels.empty() && std::ranges::is_sorted(levels), "levels not ascending");
  return {.least = least_between(levels, profit),
          .greatest = -least_between(levels, [&](double level) { return -profit(level); })};
}

}  // namespace v6::analytics
