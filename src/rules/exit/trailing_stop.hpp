#pragma once

#include <tuple>

#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/exit/view.hpp"

namespace v6 {

/// A good profit must not be given back. Measure: UPL, against a share of its peak.
struct TrailingStop {
  static constexpr std::string_view kName = "trailing_stop";
  static constexpr bool kNeedsMark = true;

  bool enabled = true;
  double arm_at = 0.40;
  double keep = 0.40;

  static constexpr auto fields() {
    using R = TrailingStop;
    return std::tuple{
        field("enabled", &R::enabled),
        number("arm_at", &R::arm_at, 0.05, 5, "fraction", "peak UPL from which the stop trails"),
        number("keep", &R::keep, 0.05, 0.95, "fraction of the peak", "UPL at or below closes")};
  }

  [[nodiscard]] ExitFinding operator()(const ExitView& view) const {
    if (view.peak_upl < arm_at) {
      return {.check = make_check({.name = kName,
                                   .measured = view.peak_upl,
                                   .limit = arm_at,
                                   .unit = "fraction",
                                   .detail = "peak UPL has not armed it"},
                                  CheckKind::kRule, Verdict::kHold, arm_at - view.peak_upl)};
    }
    return {.check = rule_at_most({.name = kName,
                                   .measured = view.upl,
                                   .limit = keep * view.peak_upl,
                                   .unit = "fraction"})};
  }
};

}  // namespace v6
