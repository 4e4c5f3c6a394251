#include "rules/exit_rules.hpp"

namespace v6 {
namespace {

template <class Rule>
ExitFinding judge_one(const Rule& rule, const ExitView& view, MarksConfirmed marks) {
  if (!rule.enabled) { return {.check = rule_skipped(Rule::kName, "switched off")}; }
  if (Rule::kNeedsMark && !view.mark_valid) {
    return {.check = rule_skipped(Rule::kName, "no valid mark")};
  }
  ExitFinding finding = rule(view);
  if (Rule::kNeedsMark && finding.check.verdict == Verdict::kFire && marks == MarksConfirmed::kNo) {
    finding.check.verdict = Verdict::kHold;
    finding.check.detail = "fires on this mark; waits for a second one";
  }
  return finding;
}

/// An AM series may not reach its opening print whatever the settings say.
ExitFinding judge_one(const TimeExit& rule, const ExitView& view, MarksConfirmed) {
  if (!rule.enabled && !view.last_session_of_am_series) {
    return {.check = rule_skipped(TimeExit::kName, "switched off")};
  }
  return rule(view);
}

}  // namespace

ExitJudgement judge_exit(const ExitRules& rules, const ExitView& view, MarksConfirmed marks) {
  ExitJudgement judgement;
  const auto add = [&](ExitFinding finding) {
    if (finding.check.verdict == Verdict::kFire && !judgement.rule) {
      judgement.rule = finding.check.name;
      judgement.action = finding.action;
      judgement.urgency = finding.urgency;
    }
    judgement.waterfall.push_back(std::move(finding.check));
  };
  std::apply([&](const auto&... rule) { (add(judge_one(rule, view, marks)), ...); }, rules.list);
  return judgement;
}

}  // namespace v6
