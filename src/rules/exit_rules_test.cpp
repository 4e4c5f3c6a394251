// Each exit rule alone, as docs/STRATEGY.md says.
#include "rules/exit_rules.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "base/enum_text.hpp"
#include "rules/exit_test_kit.hpp"

namespace v6 {
namespace {

using enum Verdict;
using enum Fires;

TEST(Catastrophe, ClosesShortPutsOnAFallOfThreePercent) {
  const auto puts = with(quiet_condor(), [](ExitView& v) { v.short_calls = false; });
  expect_edge(Catastrophe{}, puts, set_move, -0.03, kFromLimitDown);
  expect_edge(Catastrophe{}, quiet_condor(), set_move, -0.03, kFromLimitDown);
  expect_verdicts(Catastrophe{}, puts,
                  {{"rise", [](ExitView& v) { v.underlying_change = 0.2; }, kHold}});
}

TEST(Catastrophe, ClosesShortCallsOnARiseOfThreePercent) {
  const auto calls = with(quiet_condor(), [](ExitView& v) { v.short_puts = false; });
  expect_edge(Catastrophe{}, calls, set_move, 0.03, kFromLimitUp);
  expect_edge(Catastrophe{}, quiet_condor(), set_move, 0.03, kFromLimitUp);
  expect_verdicts(Catastrophe{}, calls,
                  {{"fall", [](ExitView& v) { v.underlying_change = -0.2; }, kHold}});
}

TEST(Catastrophe, ClosesOnAVolatilityJumpOfHalf) {
  const auto near = with(quiet_debit_spread(), [](ExitView& v) { v.dte = 7; });
  expect_edge(Catastrophe{}, near, set_iv_change, 0.50, kFromLimitUp);
  expect_verdicts(Catastrophe{}, quiet_condor(),
                  {{"condor", [](ExitView& v) { v.iv_change = 0.50; }, kFire},
                   {"the underlying unknown",
                    [](ExitView& v) {
                      v.iv_change = 0.50;
                      v.underlying_change.reset();
                    },
                    kFire}});
}

TEST(Catastrophe, LooksAtVolatilityOnlyWithAValidMarkAndAWeekToGo) {
  for (const ExitView& base : {quiet_condor(), quiet_debit_spread()}) {
    const auto jumped = with(base, [](ExitView& v) { v.iv_change = 0.60; });
    SCOPED_TRACE(::testing::Message() << base.legs << " legs");
    EXPECT_EQ(Catastrophe{}(jumped).check.verdict, kFire);
    EXPECT_NE(Catastrophe{}(with(jumped, [](ExitView& v) { v.dte = 6; })).check.verdict, kFire);
    EXPECT_NE(Catastrophe{}(with(jumped, [](ExitView& v) { v.mark_valid = false; })).check.verdict,
              kFire);
  }
}

TEST(Catastrophe, MissingDataFiresNothing) {
  expect_verdicts(Catastrophe{}, quiet_condor(),
                  {{"no reference", [](ExitView& v) { v.underlying_change.reset(); }, kSkip}});
  expect_verdicts(Catastrophe{}, quiet_debit_spread(),
                  {{"no volatility", [](ExitView& v) { v.iv_change.reset(); }, kSkip}});
}

/// A short leg in the money on an American underlying.
ExitView assignable(double dividend = 0) {
  return with(quiet_condor(), [&](ExitView& v) {
    v.exercise = ExerciseStyle::kAmerican;
    v.short_extrinsic = 5;
    v.dividend = dividend;
  });
}

TEST(AssignmentRisk, ClosesAShortLegWorthLessThanTheDividendOrTwoCents) {
  expect_edge(AssignmentRisk{}, assignable(), set_extrinsic, 0.02, kBelowLimit);
  expect_edge(AssignmentRisk{}, assignable(0.01), set_extrinsic, 0.02, kBelowLimit);
  expect_edge(AssignmentRisk{}, assignable(1.43), set_extrinsic, 1.43, kBelowLimit);
}

TEST(AssignmentRisk, ActsOnSharesWhateverElseIsKnown) {
  expect_verdicts(AssignmentRisk{}, assignable(),
                  {{"shares appeared", [](ExitView& v) { v.shares_appeared = true; }, kFire},
                   {"and no leg is in the money",
                    [](ExitView& v) {
                      v.shares_appeared = true;
                      v.short_extrinsic.reset();
                    },
                    kFire},
                   {"no leg in the money", [](ExitView& v) { v.short_extrinsic.reset(); }, kSkip},
                   {"European",
                    [](ExitView& v) {
                      v.exercise = ExerciseStyle::kEuropean;
                      v.short_extrinsic = 0;
                    },
                    kSkip}});
}

TEST(TimeExit, ClosesADayBeforeExpiry) {
  expect_edge(TimeExit{}, quiet_condor(), set_dte, 1, kFromLimitDown, kDay);
  expect_verdicts(TimeExit{}, quiet_condor(),
                  {{"expired", [](ExitView& v) { v.dte = -3; }, kFire},
                   // Thursday's close to Friday's opening print.
                   {"last session of an AM series",
                    [](ExitView& v) {
                      v.dte = 4;
                      v.last_session_of_am_series = true;
                    },
                    kFire}});
}

TEST(StopLoss, CreditsStopAtTwiceTheCredit) {
  expect_edge(StopLoss{}, quiet_condor(), set_upl, -2.0, kFromLimitDown);
}

TEST(StopLoss, DebitsStopAtHalfTheDebit) {
  expect_edge(StopLoss{}, quiet_debit_spread(), set_upl, -0.5, kFromLimitDown);
}

TEST(StopLoss, TightensBelowSevenDays) {
  const auto last_week = with(quiet_condor(), [](ExitView& v) { v.dte = 6; });
  expect_edge(StopLoss{}, last_week, set_upl, -0.5, kFromLimitDown);
  const auto week_to_go = with(quiet_condor(), [](ExitView& v) { v.dte = 7; });
  expect_edge(StopLoss{}, week_to_go, set_upl, -2.0, kFromLimitDown);
  // A stop that is tight already is not loosened.
  const StopLoss tight{.credit = -0.25};
  expect_edge(tight, last_week, set_upl, -0.25, kFromLimitDown);
}

TEST(SingleLegExit, TakesProfitLossAndTime) {
  expect_edge(SingleLegExit{}, quiet_long_call(), set_upl, 0.80, kFromLimitUp);
  expect_edge(SingleLegExit{}, quiet_long_call(), set_upl, -0.50, kFromLimitDown);
  expect_edge(SingleLegExit{}, quiet_long_call(), set_dte, 21, kFromLimitDown, kDay);
}

TEST(SingleLegExit, IsForOneLegOnly) {
  const auto due = [](ExitView& v) {
    v.dte = 5;
    v.upl = 0.9;
  };
  expect_verdicts(SingleLegExit{}, quiet_long_call(), {{"one leg", due, kFire}});
  expect_verdicts(SingleLegExit{}, quiet_debit_spread(), {{"two legs", due, kSkip}});
}

TEST(TrailingStop, ArmsAtAPeakOfFortyPercent) {
  const auto given_back = with(quiet_condor(), [](ExitView& v) { v.upl = 0.0; });
  expect_edge(TrailingStop{}, given_back, set_peak, 0.40, kFromLimitUp);
}

TEST(TrailingStop, KeepsFortyPercentOfThePeak) {
  const auto peaked = with(quiet_condor(), [](ExitView& v) { v.peak_upl = 0.50; });
  expect_edge(TrailingStop{}, peaked, set_upl, 0.20, kFromLimitDown);
}

TEST(TrailingStop, ShowsHowFarThePeakIsFromArmingIt) {
  const Check check = TrailingStop{}(quiet_condor()).check;
  EXPECT_EQ(check.measured, 0.15);
  EXPECT_EQ(check.limit, 0.40);
  EXPECT_EQ(check.distance, 0.25);
}

TEST(VixExit, ClosesAboveThirtyFiveOrFivePointsAboveEntry) {
  const auto entered_at = [](std::optional<double> vix) {
    return with(quiet_condor(), [&](ExitView& v) { v.vix_at_entry = vix; });
  };
  expect_edge(VixExit{}, entered_at(16), set_vix, 21, kAboveLimit);
  expect_edge(VixExit{}, entered_at(29), set_vix, 34, kAboveLimit);
  expect_edge(VixExit{}, entered_at(30), set_vix, 35, kAboveLimit);
  expect_edge(VixExit{}, entered_at(34), set_vix, 35, kAboveLimit);
  expect_edge(VixExit{}, entered_at(std::nullopt), set_vix, 35, kAboveLimit);
}

TEST(TakeProfit, HasATargetForEachRegime) {
  struct Target {
    std::optional<Regime> regime;
    double credit;
    double debit;
  };
  for (const Target& target :
       {Target{Regime::kCrash, 0.40, 0.40}, Target{Regime::kHighVol, 0.50, 0.80},
        Target{Regime::kNormal, 0.50, 0.80}, Target{Regime::kRangeBound, 0.50, 0.80},
        Target{Regime::kLowVol, 0.60, 0.80}, Target{Regime::kTrending, 0.60, 0.80},
        Target{std::nullopt, 0.50, 0.80}}) {
    SCOPED_TRACE(target.regime ? word(*target.regime) : "unknown regime");
    const auto in_regime = [&](ExitView& v) { v.regime = target.regime; };
    expect_edge(TakeProfit{}, with(quiet_condor(), in_regime), set_upl, target.credit,
                kFromLimitUp);
    expect_edge(TakeProfit{}, with(quiet_debit_spread(), in_regime), set_upl, target.debit,
                kFromLimitUp);
  }
}

TEST(TakeProfit, ClosesHalfOnceAtHalfTheTarget) {
  const auto two = with(quiet_condor(), [](ExitView& v) { v.units = 2; });
  expect_edge(TakeProfit{}, two, set_upl, 0.25, kFromLimitUp);
  struct Case {
    std::string_view name;
    int units;
    bool half_closed;
    double upl;
    Verdict verdict;
    ExitAction action;
  };
  using enum ExitAction;
  for (const Case& c : {Case{"two units at half", 2, false, 0.25, kFire, kReduce},
                        Case{"five units short of the target", 5, false, 0.49, kFire, kReduce},
                        Case{"two units at the target", 2, false, 0.50, kFire, kClose},
                        Case{"half is gone already", 2, true, 0.49, kHold, kClose},
                        Case{"half is gone, at the target", 2, true, 0.50, kFire, kClose},
                        Case{"one unit has no half", 1, false, 0.49, kHold, kClose}}) {
    SCOPED_TRACE(c.name);
    const ExitFinding finding = TakeProfit{}(with(quiet_condor(), [&](ExitView& v) {
      v.units = c.units;
      v.half_closed = c.half_closed;
      v.upl = c.upl;
    }));
    EXPECT_EQ(word(finding.check.verdict), word(c.verdict));
    EXPECT_EQ(finding.action, c.action);
  }
}

TEST(TakeProfit, ShowsTheTargetThatComesNext) {
  const auto two = with(quiet_condor(), [](ExitView& v) { v.units = 2; });
  EXPECT_EQ(TakeProfit{}(two).check.limit, 0.25);
  EXPECT_NEAR(TakeProfit{}(two).check.distance.value(), 0.15, kHair);
  EXPECT_EQ(TakeProfit{}(quiet_condor()).check.limit, 0.50);
}

TEST(DeltaRisk, KeepsStructuresFromBecomingABetOnDirection) {
  using enum StructureKind;
  struct Limit {
    StructureKind kind;
    double delta;
  };
  for (const Limit& limit :
       {Limit{kIronCondor, 0.30}, Limit{kIronButterfly, 0.30}, Limit{kPutCreditSpread, 0.40},
        Limit{kCallCreditSpread, 0.40}, Limit{kPutDebitSpread, 0.40}, Limit{kCallDebitSpread, 0.40},
        Limit{kCalendar, 0.40}}) {
    SCOPED_TRACE(word(limit.kind));
    const auto view = with(quiet_condor(), [&](ExitView& v) { v.kind = limit.kind; });
    expect_edge(DeltaRisk{}, view, set_delta, limit.delta, kAboveLimit);
    expect_edge(DeltaRisk{}, view, set_delta, -limit.delta, kBelowLimit);
  }
  expect_verdicts(
      DeltaRisk{}, quiet_long_call(),
      {{"a single option is meant to have one", [](ExitView& v) { v.delta = 0.9; }, kSkip}});
}

TEST(GammaRisk, LooksBelowFourteenDays) {
  // 0.10 delta for 1 % of 2,000 is 20 points: gamma 0.005.
  const auto near = with(quiet_condor(), [](ExitView& v) {
    v.spot = 2000;
    v.dte = 13;
  });
  expect_edge(GammaRisk{}, near, set_gamma, 0.005, kAboveLimit);
  expect_edge(GammaRisk{}, near, set_gamma, -0.005, kBelowLimit);
  expect_verdicts(GammaRisk{}, near,
                  {{"two weeks to go",
                    [](ExitView& v) {
                      v.dte = 14;
                      v.gamma = 1;
                    },
                    kSkip}});
}

TEST(IvCrush, ClosesWhenTheStructuresVolatilityFellByThirtyPercent) {
  const auto winning = with(quiet_debit_spread(), [](ExitView& v) {
    v.upl = 0.20;
    v.iv_at_entry = 0.20;
  });
  expect_edge(
      IvCrush{}, winning, [](ExitView& v, double change) { v.iv = 0.20 * (1 + change); }, -0.30,
      kFromLimitDown);
  const auto crushed = with(winning, [](ExitView& v) { v.iv = 0.10; });
  expect_edge(IvCrush{}, crushed, set_upl, 0.20, kFromLimitUp);
}

TEST(IvCrush, ClosesCreditsWhenThePercentileFellBelowThirty) {
  const auto winning = with(quiet_condor(), [](ExitView& v) { v.upl = 0.20; });
  expect_edge(IvCrush{}, winning, set_percentile, 30, kBelowLimit);
  const auto calm = with(winning, [](ExitView& v) { v.percentile = 10; });
  expect_edge(IvCrush{}, calm, set_upl, 0.20, kFromLimitUp);
  expect_verdicts(
      IvCrush{}, calm,
      {{"opened below it", [](ExitView& v) { v.percentile_at_entry = 29; }, kHold},
       {"opened at an unknown one", [](ExitView& v) { v.percentile_at_entry.reset(); }, kHold},
       {"a debit", [](ExitView& v) { v.kind = StructureKind::kPutDebitSpread; }, kHold}});
}

TEST(DteRoll, ActsAtTwentyOneDaysButNotInTheFirstWeek) {
  const auto entered_with = [](int days) {
    return with(quiet_condor(), [&](ExitView& v) { v.dte_at_entry = days; });
  };
  expect_edge(DteRoll{}, entered_with(45), set_dte, 21, kFromLimitDown, kDay);
  expect_edge(DteRoll{}, entered_with(28), set_dte, 21, kFromLimitDown, kDay);
  expect_edge(DteRoll{}, entered_with(27), set_dte, 20, kFromLimitDown, kDay);
  expect_edge(DteRoll{}, entered_with(21), set_dte, 14, kFromLimitDown, kDay);
  EXPECT_EQ(DteRoll{}(quiet_condor()).action, ExitAction::kRoll);
}

TEST(PortfolioLimits, ClosesTheStructureThatRelievesABookBeyondItsLimit) {
  const auto worst = with(quiet_condor(), [](ExitView& v) { v.relieves_most = true; });
  expect_edge(PortfolioLimits{}, worst, set_book_use, 1.0, kAboveLimit);
  expect_verdicts(PortfolioLimits{}, quiet_condor(),
                  {{"another one relieves more", [](ExitView& v) { v.book_use = 1.5; }, kHold}});
}

TEST(PortfolioLimits, HalvesWhatCanBeHalved) {
  const auto action_with = [](int units) {
    return PortfolioLimits{}(with(quiet_condor(), [&](ExitView& v) { v.units = units; })).action;
  };
  EXPECT_EQ(action_with(1), ExitAction::kClose);
  EXPECT_EQ(action_with(2), ExitAction::kReduce);
}

/// A number near where the rules' limits lie, or, one time in five, unknown.
std::optional<double> perhaps(int low, int high, double unit) {
  if (*rc::gen::inRange(0, 5) == 0) { return std::nullopt; }
  return *rc::gen::inRange(low, high) * unit;
}

ExitView any_view() {
  ExitView view;
  view.kind = *rc::gen::element(StructureKind::kIronCondor, StructureKind::kPutCreditSpread,
                                StructureKind::kCallDebitSpread, StructureKind::kLongPut);
  view.exercise = *rc::gen::element(ExerciseStyle::kEuropean, ExerciseStyle::kAmerican);
  view.legs = *rc::gen::inRange(1, 5);
  view.units = *rc::gen::inRange(1, 4);
  view.dte = *rc::gen::inRange(0, 46);
  view.dte_at_entry = *rc::gen::inRange(21, 46);
  view.short_puts = *rc::gen::arbitrary<bool>();
  view.short_calls = *rc::gen::arbitrary<bool>();
  view.mark_valid = *rc::gen::arbitrary<bool>();
  view.upl = perhaps(-30, 12, 0.1);
  view.peak_upl = *rc::gen::inRange(0, 12) * 0.1;
  view.half_closed = *rc::gen::arbitrary<bool>();
  view.underlying_change = perhaps(-6, 7, 0.01);
  view.iv = perhaps(1, 40, 0.01);
  view.iv_at_entry = perhaps(1, 40, 0.01);
  view.iv_change = perhaps(-5, 10, 0.1);
  view.delta = perhaps(-6, 7, 0.1);
  view.gamma = perhaps(0, 10, 0.001);
  view.spot = 2900;
  view.vix = perhaps(9, 60, 1);
  view.vix_at_entry = perhaps(9, 35, 1);
  view.percentile = perhaps(0, 101, 1);
  view.percentile_at_entry = perhaps(0, 101, 1);
  view.short_extrinsic = perhaps(0, 10, 0.01);
  view.shares_appeared = *rc::gen::inRange(0, 10) == 0;
  view.book_use = *rc::gen::inRange(0, 20) * 0.1;
  view.relieves_most = *rc::gen::arbitrary<bool>();
  return view;
}

TEST(EveryExitRule, ShowsADistanceThatAgreesWithItsVerdict) {
  EXPECT_TRUE(rc::check([] {
    const ExitView view = any_view();
    for (const Check& check : judge_exit({}, view, MarksConfirmed::kYes).waterfall) {
      RC_LOG() << check.name << ": " << check.detail << "\n";
      RC_ASSERT(check.verdict == kFire || check.verdict == kHold || check.verdict == kSkip);
      RC_ASSERT(check.distance.has_value() == (check.verdict != kSkip));
      if (check.verdict == kSkip) {
        RC_ASSERT(!check.detail.empty());
        continue;
      }
      RC_ASSERT(std::fabs(*check.distance) == std::fabs(*check.measured - *check.limit));
      // Positive: away from firing. A rule held back although it could fire says why.
      if (check.verdict == kFire) { RC_ASSERT(*check.distance <= 0); }
      if (*check.distance < 0) { RC_ASSERT(check.verdict == kFire || !check.detail.empty()); }
    }
  }));
}

TEST(EveryExitRule, NeverFiresOnWhatItDoesNotKnow) {
  EXPECT_TRUE(rc::check([] {
    ExitView unknown = any_view();
    unknown.dte = 45;  // the calendar is always known
    unknown.dte_at_entry = 45;
    unknown.upl.reset();
    unknown.underlying_change.reset();
    unknown.iv.reset();
    unknown.iv_change.reset();
    unknown.delta.reset();
    unknown.gamma.reset();
    unknown.vix.reset();
    unknown.percentile.reset();
    unknown.short_extrinsic.reset();
    unknown.shares_appeared = false;
    unknown.book_use = 0;
    const ExitJudgement judgement = judge_exit({}, unknown, MarksConfirmed::kYes);
    RC_ASSERT(first_of(judgement.waterfall, kFire) == nullptr);
    RC_ASSERT(!judgement.rule);
  }));
}

}  // namespace
}  // namespace v6
