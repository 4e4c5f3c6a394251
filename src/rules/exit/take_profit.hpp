#pragma once

#include <tuple>

#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/exit/view.hpp"

namespace v6 {

/// Enough is enough: the target depends on the regime; at half of it half the units go, once.
/// Measure: UPL, a fraction of credit or debit.
struct TakeProfit {
  static constexpr std::string_view kName = "take_profit";
  static constexpr bool kNeedsMark = true;

  bool enabled = true;
  double crash = 0.40;
  double high_vol = 0.50;
  double normal = 0.50;
  double range_bound = 0.50;
  double low_vol = 0.60;
  double trending = 0.60;
  double debit = 0.80;
  double half_at = 0.50;

  static constexpr auto fields() {
    using R = TakeProfit;
    constexpr auto target = [](std::string_view name, double R::* member) {
      return number(name, member, 0.05, 5, "fraction", "UPL target in this regime");
    };
    return std::tuple{field("enabled", &R::enabled),
                      target("crash", &R::crash),
                      target("high_vol", &R::high_vol),
                      target("normal", &R::normal),
                      target("range_bound", &R::range_bound),
                      target("low_vol", &R::low_vol),
                      target("trending", &R::trending),
                      number("debit", &R::debit, 0.05, 5, "fraction",
                             "UPL target of debits in every regime but crash"),
                      number("half_at", &R::half_at, 0.1, 1, "fraction of the target",
                             "close half here once, with two units or more")};
  }

  [[nodiscard]] double target(const ExitView& view) const {
    const Regime regime = view.regime.value_or(Regime::kNormal);
    if (regime == Regime::kCrash) { return crash; }
    if (!view.credit()) { return debit; }
    switch (regime) {
      case Regime::kCrash: return crash;
      case Regime::kHighVol: return high_vol;
      case Regime::kTrending: return trending;
      case Regime::kLowVol: return low_vol;
      case Regime::kRangeBound: return range_bound;
      case Regime::kNormal: return normal;
    }
    return normal;
  }

  [[nodiscard]] ExitFinding operator()(const ExitView& view) const {
    const double full = target(view);
    const bool may_halve = view.units >= 2 && !view.half_closed;
    if (may_halve && view.upl.value_or(0) < full) {
      return {.check = rule_at_least({.name = kName,
                                      .measured = view.upl,
                                      .limit = full * half_at,
                                      .unit = "fraction",
                                      .detail = "half the target: half the units"}),
              .action = ExitAction::kReduce};
    }
    return {.check = rule_at_least(
                {.name = kName, .measured = view.upl, .limit = full, .unit = "fraction"})};
  }
};

}  // namespace v6
