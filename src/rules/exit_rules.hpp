#pragma once

#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "rules/exit/assignment_risk.hpp"
#include "rules/exit/catastrophe.hpp"
#include "rules/exit/delta_risk.hpp"
#include "rules/exit/dte_roll.hpp"
#include "rules/exit/gamma_risk.hpp"
#include "rules/exit/iv_crush.hpp"
#include "rules/exit/portfolio_limits.hpp"
#include "rules/exit/single_leg_exit.hpp"
#include "rules/exit/stop_loss.hpp"
#include "rules/exit/take_profit.hpp"
#include "rules/exit/time_exit.hpp"
#include "rules/exit/trailing_stop.hpp"
#include "rules/exit/vix_exit.hpp"

namespace v6 {

/// Every exit rule in order of priority: the first that fires decides. A rule enters here and
/// nowhere else; its settings, waterfall line and report row follow from the list.
using ExitRuleList =
    std::tuple<Catastrophe, AssignmentRisk, TimeExit, StopLoss, SingleLegExit, TrailingStop,
               VixExit, TakeProfit, DeltaRisk, GammaRisk, IvCrush, DteRoll, PortfolioLimits>;

/// The rules with their settings, as the configuration's table `exits`.
struct ExitRules {
  ExitRuleList list;

  static constexpr auto fields() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
      return std::tuple{
          part<ExitRules>(std::tuple_element_t<I, ExitRuleList>::kName,
                          [](auto& rules) -> auto& { return std::get<I>(rules.list); })...};
    }(std::make_index_sequence<std::tuple_size_v<ExitRuleList>>{});
  }
};

/// What the rules together found.
struct ExitJudgement {
  Waterfall waterfall;
  /// The rule that decides, if one fired.
  std::optional<std::string> rule;
  ExitAction action = ExitAction::kClose;
  Urgency urgency = Urgency::kNormal;
};

/// Whether a structure's marks may decide: one valid mark with end-of-day data, else two in a row.
enum class MarksConfirmed : std::uint8_t { kNo, kYes };

[[nodiscard]] ExitJudgement judge_exit(const ExitRules& rules, const ExitView& view,
                                       MarksConfirmed marks);

}  // namespace v6
