#pragma once

#include <tuple>

#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/exit/view.hpp"

namespace v6 {

/// Losses have an end. Measure: UPL, a fraction of credit or debit.
struct StopLoss {
  static constexpr std::string_view kName = "stop_loss";
  static constexpr bool kNeedsMark = true;

  bool enabled = true;
  double credit = -2.0;
  double debit = -0.5;
  int near_expiry_dte = 7;
  double near_expiry = -0.5;

  static constexpr auto fields() {
    using R = StopLoss;
    return std::tuple{
        field("enabled", &R::enabled),
        number("credit", &R::credit, -10, -0.1, "fraction of credit", "UPL that closes a credit"),
        number("debit", &R::debit, -1, -0.05, "fraction of debit", "UPL that closes a debit"),
        number("near_expiry_dte", &R::near_expiry_dte, 0, 30, "days",
               "below this DTE the tighter stop holds"),
        number("near_expiry", &R::near_expiry, -10, -0.05, "fraction",
               "UPL that closes any structure near expiry")};
  }

  [[nodiscard]] ExitFinding operator()(const ExitView& view) const {
    double limit = view.credit() ? credit : debit;
    const bool near = view.dte < near_expiry_dte && near_expiry > limit;
    if (near) { limit = near_expiry; }
    return {.check = rule_at_most({.name = kName,
                                   .measured = view.upl,
                                   .limit = limit,
                                   .unit = "fraction",
                                   .detail = near ? "near expiry" : ""}),
            .urgency = Urgency::kImmediate};
  }
};

}  // namespace v6
