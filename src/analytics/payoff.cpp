#include "analytics/payoff.hpp"

#include <algorithm>

#include "analytics/option_right.hpp"

namespace v6::analytics {
namespace {

/// Where the payoff bends, ascending, 0 first.
std::vector<double> kinks(std::span<const PayoffLeg> legs) {
  std::vector<double> levels{0.0};
  for (const PayoffLeg& leg : legs) { levels.push_back(std::max(leg.strike, 0.0)); }
  std::ranges::sort(levels);
  const auto repeated = std::ranges::unique(levels);
  levels.erase(repeated.begin(), repeated.end());
  return levels;
}

/// Change per dollar of the underlying above every strike.
double upper_slope(std::span<const PayoffLeg> legs) {
  double slope = 0;
  for (const PayoffLeg& leg : legs) {
    if (leg.right == OptionRight::kCall) { slope += leg.quantity; }
  }
  return slope;
}

}  // namespace

double payoff_at(std::span<const PayoffLeg> legs, double level) {
  double value = 0;
  for (const PayoffLeg& leg : legs) {
    const double exercise =
        leg.right == OptionRight::kCall ? level - leg.strike : leg.strike - level;
    value += leg.quantity * std::max(exercise, 0.0);
  }
  return value;
}

std::optional<double> worst_payoff(std::span<const PayoffLeg> legs) {
  if (upper_slope(legs) < 0) { return std::nullopt; }
  double worst = payoff_at(legs, 0.0);
  for (const PayoffLeg& leg : legs) { worst = std::min(worst, payoff_at(legs, leg.strike)); }
  return worst;
}

std::optional<double> best_payoff(std::span<const PayoffLeg> legs) {
  if (upper_slope(legs) > 0) { return std::nullopt; }
  double best = payoff_at(legs, 0.0);
  for (const PayoffLeg& leg : legs) { best = std::max(best, payoff_at(legs, leg.strike)); }
  return best;
}

std::vector<double> break_evens(std::span<const PayoffLeg> legs, double net_credit) {
  std::vector<double> levels;
  const std::vector<double> bends = kinks(legs);
  const auto profit = [&](double level) { return payoff_at(legs, level) + net_credit; };
  for (std::size_t i = 0; i < bends.size(); ++i) {
    const double here = profit(bends[i]);
    if (here == 0) { levels.push_back(bends[i]); }
    if (i + 1 == bends.size()) {
      const double slope = upper_slope(legs);
      if (here * slope < 0) { levels.push_back(bends[i] - here / slope); }
    } else if (const double next = profit(bends[i + 1]); here * next < 0) {
      levels.push_back(bends[i] + (bends[i + 1] - bends[i]) * here / (here - next));
    }
  }
  return levels;
}

std::vector<LevelRange> profit_ranges(std::span<const PayoffLeg> legs, double net_credit) {
  return ranges_of_profit(break_evens(legs, net_credit),
                          [&](double level) { return payoff_at(legs, level) + net_credit; });
}

}  // namespace v6::analytics
