#pragma once

#include <tuple>

#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/exit/view.hpp"

namespace v6 {

/// What we sold has lost its volatility; the rest is not worth waiting for. Needs some profit.
/// Measure: change of the structure's volatility since entry, or the IV percentile.
struct IvCrush {
  static constexpr std::string_view kName = "iv_crush";
  static constexpr bool kNeedsMark = true;

  bool enabled = true;
  double fall = -0.30;
  double percentile = 30;
  double least_upl = 0.20;

  static constexpr auto fields() {
    using R = IvCrush;
    return std::tuple{
        field("enabled", &R::enabled),
        number("fall", &R::fall, -1, -0.01, "fraction", "change of the structure's IV since entry"),
        number("percentile", &R::percentile, 0, 100, "percentile",
               "credits opened at or above it close below it"),
        number("least_upl", &R::least_upl, 0, 5, "fraction", "both need this UPL")};
  }

  [[nodiscard]] ExitFinding operator()(const ExitView& view) const {
    const bool profit = view.upl && *view.upl >= least_upl;
    const bool opened_above =
        view.credit() && view.percentile_at_entry && *view.percentile_at_entry >= percentile;
    if (profit && opened_above && view.percentile && *view.percentile < percentile) {
      return {.check = rule_below({.name = kName,
                                   .measured = view.percentile,
                                   .limit = percentile,
                                   .unit = "percentile",
                                   .detail = "IV percentile fell"})};
    }
    std::optional<double> change;
    if (view.iv && view.iv_at_entry) { change = *view.iv / *view.iv_at_entry - 1.0; }
    Check check =
        rule_at_most({.name = kName, .measured = change, .limit = fall, .unit = "fraction"});
    if (check.verdict == Verdict::kFire && !profit) {
      check.verdict = Verdict::kHold;
      check.detail = "volatility fell, but the profit is too small";
    }
    return {.check = std::move(check)};
  }
};

}  // namespace v6
