#pragma once

#include <tuple>

#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/exit/view.hpp"

namespace v6 {

/// The book as a whole is beyond a limit: the structure that relieves it most goes, one a snapshot.
/// Measure: largest use of a worst-case or Greek limit, as a fraction of it.
struct PortfolioLimits {
  static constexpr std::string_view kName = "portfolio_limits";
  static constexpr bool kNeedsMark = true;

  bool enabled = true;
  double use = 1.0;

  static constexpr auto fields() {
    using R = PortfolioLimits;
    return std::tuple{
        field("enabled", &R::enabled),
        number("use", &R::use, 0.1, 1, "fraction of the limit", "acts above this use")};
  }

  [[nodiscard]] ExitFinding operator()(const ExitView& view) const {
    Check check = rule_above(
        {.name = kName, .measured = view.book_use, .limit = use, .unit = "fraction of the limit"});
    if (check.verdict == Verdict::kFire && !view.relieves_most) {
      check.verdict = Verdict::kHold;
      check.detail = "another structure takes more off the excess";
    }
    const bool halve = view.units >= 2;
    return {.check = std::move(check),
            .action = halve ? ExitAction::kReduce : ExitAction::kClose,
            .urgency = Urgency::kHigh};
  }
};

}  // namespace v6
