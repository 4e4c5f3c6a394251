#pragma once

#include <tuple>

#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/exit/view.hpp"

namespace v6 {

/// Nothing of ours is held into its expiry. Measure: calendar days to expiry.
struct TimeExit {
  static constexpr std::string_view kName = "time_exit";
  static constexpr bool kNeedsMark = false;

  bool enabled = true;
  int dte = 1;

  static constexpr auto fields() {
    using R = TimeExit;
    return std::tuple{field("enabled", &R::enabled),
                      number("dte", &R::dte, 0, 10, "days", "close at or below this DTE")};
  }

  [[nodiscard]] ExitFinding operator()(const ExitView& view) const {
    if (view.last_session_of_am_series) {
      return {.check = rule_at_most({.name = kName,
                                     .measured = view.dte,
                                     .limit = view.dte,
                                     .unit = "days",
                                     .detail = "last session of a series that settles on an "
                                               "opening print"}),
              .urgency = Urgency::kImmediate};
    }
    return {
        .check = rule_at_most({.name = kName, .measured = view.dte, .limit = dte, .unit = "days"}),
        .urgency = Urgency::kImmediate};
  }
};

}  // namespace v6
