#include "portfolio/exposure.hpp"

#include <algorithm>

namespace v6 {
namespace {

Price intrinsic(OptionRight right, Price strike, Price level) {
  return std::max(Price{}, right == OptionRight::kCall ? level - strike : strike - level);
}

}  // namespace

Money Bundle::outcome(Price level) const {
  Money total = cash;
  for (const ExposureLeg& leg : legs) {
    total += Money::from_raw(intrinsic(leg.right, leg.strike, level).raw() * leg.units);
  }
  return total;
}

std::int64_t Bundle::upper_slope() const {
  std::int64_t slope = 0;
  for (const ExposureLeg& leg : legs) {
    if (leg.right == OptionRight::kCall) { slope += leg.units; }
  }
  return slope;
}

std::optional<Money> worst_case(const Bundle& held, const std::vector<Bundle>& pending) {
  std::int64_t slope = held.upper_slope();
  for (const Bundle& order : pending) { slope += std::min<std::int64_t>(0, order.upper_slope()); }
  if (slope < 0) { return std::nullopt; }

  // Between strikes an order's min(0, line) is concave, and so is the sum: each stretch is lowest
  // at one of its ends, and beyond the last strike nothing falls, because the slope is not
  // negative.
  std::vector<Price> levels = {Price{}};
  const auto add_strikes = [&](const Bundle& bundle) {
    for (const ExposureLeg& leg : bundle.legs) { levels.push_back(leg.strike); }
  };
  add_strikes(held);
  std::ranges::for_each(pending, add_strikes);

  const auto outcome_at = [&](Price level) {
    Money outcome = held.outcome(level);
    for (const Bundle& order : pending) { outcome += std::min(Money{}, order.outcome(level)); }
    return outcome;
  };
  Money lowest = outcome_at(Price{});
  for (const Price level : levels) { lowest = std::min(lowest, outcome_at(level)); }
  return -lowest;
}

void Exposure::hold(Symbol underlying, Date expiry, const ExposureLeg& leg, Money cash) {
  Bundle& held = series_[{underlying, expiry}].held;
  held.legs.push_back(leg);
  held.cash += cash;
}

void Exposure::expect(Symbol underlying, const std::map<Date, Bundle>& order) {
  for (const auto& [expiry, bundle] : order) {
    series_[{underlying, expiry}].pending.push_back(bundle);
  }
}

template <class Keep>
std::optional<Money> Exposure::sum(Keep keep) const {
  Money total;
  for (const auto& [key, series] : series_) {
    if (!keep(key.first, key.second)) { continue; }
    const auto worst = worst_case(series.held, series.pending);
    if (!worst) { return std::nullopt; }
    total += std::max(Money{}, *worst);
  }
  return total;
}

std::optional<Money> Exposure::worst_case_of(Symbol underlying) const {
  return sum([&](Symbol symbol, Date) { return symbol == underlying; });
}

std::optional<Money> Exposure::worst_case_of_all() const {
  return sum([](Symbol, Date) { return true; });
}

}  // namespace v6
