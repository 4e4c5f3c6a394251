#pragma once

#include <tuple>

#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/exit/view.hpp"

namespace v6 {

/// American exercise only: a short leg in the money whose holder gains by exercising.
/// Measure: its extrinsic value in dollars, against the coming dividend or a small constant.
struct AssignmentRisk {
  static constexpr std::string_view kName = "assignment_risk";
  static constexpr bool kNeedsMark = false;

  bool enabled = true;
  double least_extrinsic = 0.02;

  static constexpr auto fields() {
    using R = AssignmentRisk;
    return std::tuple{field("enabled", &R::enabled),
                      number("least_extrinsic", &R::least_extrinsic, 0, 5, "dollars",
                             "close a short leg in the money with less extrinsic value")};
  }

  [[nodiscard]] ExitFinding operator()(const ExitView& view) const {
    const auto found = [](Check check) {
      return ExitFinding{.check = std::move(check), .urgency = Urgency::kImmediate};
    };
    if (view.shares_appeared) {
      return found(rule_at_least({.name = kName,
                                  .measured = 1,
                                  .limit = 1,
                                  .unit = "yes/no",
                                  .detail = "shares appeared: the holder exercised"}));
    }
    if (view.exercise == ExerciseStyle::kEuropean) {
      return found(rule_skipped(kName, "European exercise"));
    }
    if (!view.short_extrinsic) { return found(rule_skipped(kName, "no short leg in the money")); }
    return found(rule_below({.name = kName,
                             .measured = view.short_extrinsic,
                             .limit = std::max(view.dividend, least_extrinsic),
                             .unit = "dollars",
                             .detail = view.dividend > least_extrinsic
                                           ? "extrinsic value against the coming dividend"
                                           : "extrinsic value of the short leg in the money"}));
  }
};

}  // namespace v6
