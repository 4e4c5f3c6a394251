#pragma once

#include <tuple>

#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/exit/view.hpp"

namespace v6 {

/// The market runs through the short side, or volatility explodes: get out now.
/// Measure: change of the underlying since the reference snapshot (an hour ago; with end-of-day
/// data the one before), or of the structure's volatility.
struct Catastrophe {
  static constexpr std::string_view kName = "catastrophe";
  static constexpr bool kNeedsMark = false;

  bool enabled = true;
  double fall = -0.03;
  double rise = 0.03;
  double iv_jump = 0.50;
  int iv_least_dte = 7;

  static constexpr auto fields() {
    using R = Catastrophe;
    return std::tuple{field("enabled", &R::enabled),
                      number("fall", &R::fall, -0.5, -0.005, "fraction",
                             "fall of the underlying that closes structures short puts"),
                      number("rise", &R::rise, 0.005, 0.5, "fraction",
                             "rise of the underlying that closes structures short calls"),
                      number("iv_jump", &R::iv_jump, 0.05, 5, "fraction",
                             "rise of the structure's volatility, with a valid mark"),
                      number("iv_least_dte", &R::iv_least_dte, 0, 60, "days",
                             "the volatility part needs at least this DTE")};
  }

  [[nodiscard]] ExitFinding operator()(const ExitView& view) const {
    const auto found = [](Check check) {
      return ExitFinding{.check = std::move(check), .urgency = Urgency::kImmediate};
    };
    const auto change = view.underlying_change;
    const Measure moved{.name = kName, .measured = change, .unit = "fraction"};
    const auto against = [&](double limit, std::string detail) {
      Measure measure = moved;
      measure.limit = limit;
      measure.detail = std::move(detail);
      return measure;
    };
    if (view.short_puts && change && *change <= fall) {
      return found(rule_at_most(against(fall, "the underlying fell through the short puts' side")));
    }
    if (view.short_calls && change && *change >= rise) {
      return found(
          rule_at_least(against(rise, "the underlying rose through the short calls' side")));
    }
    const bool volatility_counts = view.mark_valid && view.dte >= iv_least_dte;
    if (volatility_counts && view.iv_change && *view.iv_change >= iv_jump) {
      return found(rule_at_least({.name = kName,
                                  .measured = view.iv_change,
                                  .limit = iv_jump,
                                  .unit = "fraction",
                                  .detail = "the structure's volatility jumped"}));
    }
    // Show the side that is nearer to firing.
    if (view.short_calls && (!view.short_puts || change.value_or(0) > 0)) {
      return found(rule_at_least(against(rise, "")));
    }
    if (view.short_puts) { return found(rule_at_most(against(fall, ""))); }
    if (!volatility_counts) {
      return found(rule_skipped(
          kName, "no short side, and volatility needs a valid mark and more days to expiry"));
    }
    return found(rule_at_least({.name = kName,
                                .measured = view.iv_change,
                                .limit = iv_jump,
                                .unit = "fraction",
                                .detail = "no short side; volatility only"}));
  }
};

}  // namespace v6
