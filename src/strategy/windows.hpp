#pragma once

#include <optional>

#include "model/decision.hpp"
#include "strategy/settings.hpp"

namespace v6 {

/// A window's edge belongs to it, whatever the last bit says.
inline constexpr double kWindowEdge = 1e-9;

[[nodiscard]] inline bool holds(const DeltaWindow& window, double delta) {
  return delta >= window.least - kWindowEdge && delta <= window.most + kWindowEdge;
}
[[nodiscard]] inline bool holds(const WidthWindow& window, double fraction_of_spot) {
  return fraction_of_spot >= window.least - kWindowEdge &&
         fraction_of_spot <= window.most + kWindowEdge;
}

/// What the legs of one kind must look like at one IV level.
struct Windows {
  DeltaWindow sold;
  std::optional<DeltaWindow> bought;  // debit spreads name both deltas
  WidthWindow width;
  double credit_limit = 0;  // least credit, or most debit, of the width
};

[[nodiscard]] inline Windows windows_for(const StrategySettings& settings, StructureKind kind,
                                         IvLevel level) {
  const bool extreme = level == IvLevel::kExtreme;
  if (kind == StructureKind::kIronCondor) {
    const CondorSettings& s = settings.condor;
    const DeltaWindow& calm = level == IvLevel::kHigh ? s.high : s.normal;
    return {.sold = extreme ? s.extreme : calm,
            .width = s.width,
            .credit_limit = extreme ? s.least_credit_extreme : s.least_credit};
  }
  if (is_credit(kind)) {
    const CreditSpreadSettings& s = settings.credit_spread;
    return {
        .sold = extreme ? s.extreme : s.normal, .width = s.width, .credit_limit = s.least_credit};
  }
  const DebitSpreadSettings& s = settings.debit_spread;
  return {.sold = s.sold, .bought = s.bought, .width = s.width, .credit_limit = s.most_debit};
}

}  // namespace v6
