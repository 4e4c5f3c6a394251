#pragma once

#include <cmath>

#include <tuple>

#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/exit/view.hpp"

namespace v6 {

/// The structure has become a bet on direction. Measure: absolute delta per unit and share.
struct DeltaRisk {
  static constexpr std::string_view kName = "delta_risk";
  static constexpr bool kNeedsMark = true;

  bool enabled = true;
  double condor = 0.30;
  double vertical = 0.40;

  static constexpr auto fields() {
    using R = DeltaRisk;
    return std::tuple{
        field("enabled", &R::enabled),
        number("condor", &R::condor, 0.01, 1, "delta", "condors and butterflies"),
        number("vertical", &R::vertical, 0.01, 1, "delta", "verticals and calendars")};
  }

  [[nodiscard]] ExitFinding operator()(const ExitView& view) const {
    if (view.legs < 2) { return {.check = rule_skipped(kName, "one leg")}; }
    const bool two_sided =
        view.kind == StructureKind::kIronCondor || view.kind == StructureKind::kIronButterfly;
    return {.check =
                rule_above({.name = kName,
                            .measured = view.delta.transform([](double d) { return std::fabs(d); }),
                            .limit = two_sided ? condor : vertical,
                            .unit = "delta"}),
            .urgency = Urgency::kHigh};
  }
};

}  // namespace v6
