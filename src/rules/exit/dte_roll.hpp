#pragma once

#include <algorithm>

#include <tuple>

#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/exit/view.hpp"

namespace v6 {

/// Old structures make room for new ones of the same kind. Measure: calendar days to expiry.
struct DteRoll {
  static constexpr std::string_view kName = "dte_roll";
  static constexpr bool kNeedsMark = false;

  bool enabled = true;
  int dte = 21;
  int least_held = 7;

  static constexpr auto fields() {
    using R = DteRoll;
    return std::tuple{field("enabled", &R::enabled),
                      number("dte", &R::dte, 0, 60, "days", "roll or close at or below this DTE"),
                      number("least_held", &R::least_held, 0, 45, "days",
                             "but not before this many days of the entry DTE are gone")};
  }

  [[nodiscard]] ExitFinding operator()(const ExitView& view) const {
    return {.check = rule_at_most({.name = kName,
                                   .measured = view.dte,
                                   .limit = std::min(dte, view.dte_at_entry - least_held),
                                   .unit = "days"}),
            .action = ExitAction::kRoll};
  }
};

}  // namespace v6
