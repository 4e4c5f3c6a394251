#pragma once

#include <cmath>

#include <tuple>

#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/exit/view.hpp"

namespace v6 {

/// Near expiry the delta itself starts to jump.
/// Measure: change of delta for a 1 % move of the underlying, gamma x spot / 100, per unit.
struct GammaRisk {
  static constexpr std::string_view kName = "gamma_risk";
  static constexpr bool kNeedsMark = true;

  bool enabled = true;
  int below_dte = 14;
  double delta_change = 0.10;

  static constexpr auto fields() {
    using R = GammaRisk;
    return std::tuple{
        field("enabled", &R::enabled),
        number("below_dte", &R::below_dte, 0, 60, "days", "looks below this DTE"),
        number("delta_change", &R::delta_change, 0.001, 2, "delta for 1 %", "closes above")};
  }

  [[nodiscard]] ExitFinding operator()(const ExitView& view) const {
    if (view.dte >= below_dte) { return {.check = rule_skipped(kName, "too far from expiry")}; }
    return {.check = rule_above({.name = kName,
                                 .measured = view.gamma.transform([&](double gamma) {
                                   return std::fabs(gamma) * view.spot / 100.0;
                                 }),
                                 .limit = delta_change,
                                 .unit = "delta for 1 %"}),
            .urgency = Urgency::kHigh};
  }
};

}  // namespace v6
