#pragma once

#include <tuple>

#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/exit/view.hpp"

namespace v6 {

/// One-leg structures have rules of their own: profit, loss, time.
/// Measure: UPL, or days to expiry when that is what fires.
struct SingleLegExit {
  static constexpr std::string_view kName = "single_leg_exit";
  static constexpr bool kNeedsMark = true;

  bool enabled = true;
  double profit = 0.8;
  double loss = -0.5;
  int dte = 21;

  static constexpr auto fields() {
    using R = SingleLegExit;
    return std::tuple{
        field("enabled", &R::enabled),
        number("profit", &R::profit, 0.05, 10, "fraction", "UPL that takes the profit"),
        number("loss", &R::loss, -1, -0.05, "fraction", "UPL that takes the loss"),
        number("dte", &R::dte, 0, 60, "days", "close at or below this DTE")};
  }

  [[nodiscard]] ExitFinding operator()(const ExitView& view) const {
    if (view.legs != 1) { return {.check = rule_skipped(kName, "more than one leg")}; }
    if (view.dte <= dte) {
      return {.check = rule_at_most(
                  {.name = kName, .measured = view.dte, .limit = dte, .unit = "days"})};
    }
    if (view.upl && *view.upl <= loss) {
      return {.check = rule_at_most(
                  {.name = kName, .measured = view.upl, .limit = loss, .unit = "fraction"})};
    }
    return {.check = rule_at_least(
                {.name = kName, .measured = view.upl, .limit = profit, .unit = "fraction"})};
  }
};

}  // namespace v6
