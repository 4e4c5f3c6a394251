// The exit rules together: who decides, and on which marks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/enum_text.hpp"
#include "rules/exit_rules.hpp"
#include "rules/exit_test_kit.hpp"

namespace v6 {
namespace {

/// A rule in order of priority, and what makes it fire on an otherwise quiet structure.
struct Trigger {
  std::string_view rule;
  Change change;
  ExitAction action;
  Urgency urgency;
  bool acts_without_mark = false;
};

const std::vector<Trigger>& triggers() {
  using enum ExitAction;
  using enum Urgency;
  static const std::vector<Trigger> kTriggers = {
      {"catastrophe", [](ExitView& v) { v.underlying_change = -0.05; }, kClose, kImmediate, true},
      {"assignment_risk", [](ExitView& v) { v.shares_appeared = true; }, kClose, kImmediate, true},
      {"time_exit", [](ExitView& v) { v.last_session_of_am_series = true; }, kClose, kImmediate,
       true},
      {"stop_loss", [](ExitView& v) { v.upl = -2.5; }, kClose, kImmediate},
      {"single_leg_exit",
       [](ExitView& v) {
         v.legs = 1;
         v.upl = -0.6;
       },
       kClose, kNormal},
      {"trailing_stop", [](ExitView& v) { v.peak_upl = 0.9; }, kClose, kNormal},
      {"vix_exit", [](ExitView& v) { v.vix = 40; }, kClose, kHigh},
      {"take_profit", [](ExitView& v) { v.upl = 0.7; }, kClose, kNormal},
      {"delta_risk", [](ExitView& v) { v.delta = -0.5; }, kClose, kHigh},
      {"gamma_risk",
       [](ExitView& v) {
         v.dte = 13;
         v.dte_at_entry = 15;
         v.gamma = 0.01;
       },
       kClose, kHigh},
      {"iv_crush",
       [](ExitView& v) {
         v.iv = 0.05;
         v.upl = 0.3;
       },
       kClose, kNormal},
      {"dte_roll", [](ExitView& v) { v.dte = 20; }, kRoll, kNormal, true},
      {"portfolio_limits",
       [](ExitView& v) {
         v.book_use = 1.2;
         v.relieves_most = true;
       },
       kClose, kHigh},
  };
  return kTriggers;
}

std::vector<std::string> fired(const ExitJudgement& judgement) {
  std::vector<std::string> names;
  for (const Check& check : judgement.waterfall) {
    if (check.verdict == Verdict::kFire) { names.push_back(check.name); }
  }
  return names;
}

const Check& line(const ExitJudgement& judgement, std::string_view rule) {
  const auto found = std::ranges::find(judgement.waterfall, rule, &Check::name);
  if (found == judgement.waterfall.end()) {
    throw std::runtime_error("no line of " + std::string{rule});
  }
  return *found;
}

/// The rules with one of them switched off.
ExitRules without(std::string_view name) {
  ExitRules rules;
  std::apply([&](auto&... rule) { ((rule.enabled = rule.kName != name), ...); }, rules.list);
  return rules;
}

TEST(JudgeExit, KeepsTheLineOfEveryRuleInOrderOfPriority) {
  for (const ExitView& view : {quiet_condor(), with(quiet_condor(), triggers()[0].change)}) {
    const ExitJudgement judgement = judge_exit({}, view, MarksConfirmed::kYes);
    ASSERT_EQ(judgement.waterfall.size(), triggers().size());
    for (std::size_t i = 0; i < triggers().size(); ++i) {
      EXPECT_EQ(judgement.waterfall[i].name, triggers()[i].rule);
    }
  }
}

TEST(JudgeExit, HoldsAQuietStructure) {
  for (const ExitView& view : {quiet_condor(), quiet_debit_spread(), quiet_long_call()}) {
    const ExitJudgement judgement = judge_exit({}, view, MarksConfirmed::kYes);
    EXPECT_THAT(fired(judgement), ::testing::IsEmpty());
    EXPECT_EQ(judgement.rule, std::nullopt);
  }
}

TEST(JudgeExit, LetsEachRuleActOnItsOwn) {
  for (const Trigger& trigger : triggers()) {
    SCOPED_TRACE(trigger.rule);
    const ExitJudgement judgement =
        judge_exit({}, with(quiet_condor(), trigger.change), MarksConfirmed::kYes);
    EXPECT_THAT(fired(judgement), ::testing::ElementsAre(trigger.rule));
    EXPECT_EQ(judgement.rule, trigger.rule);
    EXPECT_EQ(judgement.action, trigger.action);
    EXPECT_EQ(word(judgement.urgency), word(trigger.urgency));
  }
}

TEST(JudgeExit, LetsTheFirstRuleThatFiresDecide) {
  int contests = 0;
  for (std::size_t first = 0; first < triggers().size(); ++first) {
    for (std::size_t second = first + 1; second < triggers().size(); ++second) {
      const ExitView view =
          with(with(quiet_condor(), triggers()[second].change), triggers()[first].change);
      const ExitJudgement judgement = judge_exit({}, view, MarksConfirmed::kYes);
      const auto names = fired(judgement);
      // Some exclude each other: no profit is taken while a stop is hit.
      if (names != std::vector<std::string>{std::string{triggers()[first].rule},
                                            std::string{triggers()[second].rule}}) {
        continue;
      }
      ++contests;
      SCOPED_TRACE(names.front() + " before " + names.back());
      EXPECT_EQ(judgement.rule, triggers()[first].rule);
      EXPECT_EQ(judgement.action, triggers()[first].action);
      EXPECT_EQ(word(judgement.urgency), word(triggers()[first].urgency));
    }
  }
  EXPECT_GE(contests, 60);  // of 78 pairs
}

TEST(JudgeExit, ActsWithoutAValidMarkOnlyWhereNoPriceIsNeeded) {
  for (const Trigger& trigger : triggers()) {
    SCOPED_TRACE(trigger.rule);
    const ExitView view =
        with(with(quiet_condor(), trigger.change), [](ExitView& v) { v.mark_valid = false; });
    const ExitJudgement judgement = judge_exit({}, view, MarksConfirmed::kYes);
    EXPECT_EQ(judgement.rule.has_value(), trigger.acts_without_mark);
    EXPECT_EQ(word(line(judgement, trigger.rule).verdict),
              trigger.acts_without_mark ? "fire" : "skip");
  }
}

TEST(JudgeExit, WaitsForASecondValidMark) {
  for (const Trigger& trigger : triggers()) {
    SCOPED_TRACE(trigger.rule);
    const ExitJudgement judgement =
        judge_exit({}, with(quiet_condor(), trigger.change), MarksConfirmed::kNo);
    EXPECT_EQ(judgement.rule.has_value(), trigger.acts_without_mark);
    const Check& check = line(judgement, trigger.rule);
    EXPECT_EQ(word(check.verdict), trigger.acts_without_mark ? "fire" : "hold");
    if (!trigger.acts_without_mark) {
      EXPECT_EQ(check.detail, "fires on this mark; waits for a second one");
    }
  }
}

TEST(JudgeExit, LetsCatastropheActOnTheFirstMarkOfAVolatilityJump) {
  const ExitView jumped = with(quiet_condor(), [](ExitView& v) { v.iv_change = 0.6; });
  EXPECT_EQ(judge_exit({}, jumped, MarksConfirmed::kNo).rule, "catastrophe");
}

TEST(JudgeExit, SkipsARuleThatIsSwitchedOff) {
  for (const Trigger& trigger : triggers()) {
    if (trigger.rule == TimeExit::kName) { continue; }  // the test below
    SCOPED_TRACE(trigger.rule);
    const ExitJudgement judgement = judge_exit(
        without(trigger.rule), with(quiet_condor(), trigger.change), MarksConfirmed::kYes);
    EXPECT_EQ(judgement.rule, std::nullopt);
    EXPECT_EQ(word(line(judgement, trigger.rule).verdict), "skip");
    EXPECT_EQ(line(judgement, trigger.rule).detail, "switched off");
  }
}

TEST(JudgeExit, NeverHoldsAnAmSeriesIntoItsOpeningPrint) {
  const ExitRules rules = without(TimeExit::kName);
  const ExitView due = with(quiet_condor(), [](ExitView& v) {
    v.dte = 0;
    v.dte_at_entry = 0;
  });
  EXPECT_EQ(judge_exit(rules, due, MarksConfirmed::kYes).rule, std::nullopt);
  const ExitView last_session = with(due, [](ExitView& v) { v.last_session_of_am_series = true; });
  EXPECT_EQ(judge_exit(rules, last_session, MarksConfirmed::kYes).rule, TimeExit::kName);
}

TEST(JudgeExit, RollsBeforeTheBackstopsOfTheLastDaysCanAct) {
  // Day by day from entry to expiry: with the defaults the roll comes first.
  for (const int entered : {45, 30, 21}) {
    ExitView view = with(quiet_condor(), [&](ExitView& v) { v.dte_at_entry = entered; });
    std::optional<std::string> first;
    for (view.dte = entered; view.dte >= 0 && !first; --view.dte) {
      first = judge_exit({}, view, MarksConfirmed::kYes).rule;
    }
    EXPECT_EQ(first, DteRoll::kName) << "entered with " << entered << " days";
  }
}

}  // namespace
}  // namespace v6
