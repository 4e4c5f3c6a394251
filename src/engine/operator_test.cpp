#include <gtest/gtest.h>

#include "base/enum_text.hpp"
#include "engine/engine_test_kit.hpp"

namespace v6::engine_test {
namespace {

constexpr OperatorWord kStops[] = {OperatorWord::kHalt, OperatorWord::kReduceOnly,
                                   OperatorWord::kCancelWorking, OperatorWord::kFlatten};

SendConditions now_at(const Bench& bench) {
  return {.now = bench.at(),
          .mode = bench.state().settings().mode,
          .latched = bench.state().latches.any(),
          .most_age = 5s};
}

// covers: I-01, A-37
TEST(OperatorWords, AfterAStopNothingOpensUntilResumed) {
  for (const OperatorWord stop : kStops) {
    SCOPED_TRACE(word(stop));
    Bench bench;
    const RequestQuotes nominated = bench.nominate();
    EXPECT_FALSE(all<RaiseAlert>(bench.say(stop)).empty());
    EXPECT_TRUE(sent(bench.feed(bench.answer_to(nominated))).empty()) << "not the one on its way";
    bench.snapshot();
    EXPECT_TRUE(all<RequestQuotes>(bench.say(OperatorWord::kEvaluate)).empty()) << "and no other";
    bench.wait(2h);
    EXPECT_TRUE(sent(bench.log()).empty());
    bench.say(OperatorWord::kResume);
    EXPECT_FALSE(bench.state().latches.any());
    EXPECT_NO_THROW((void)bench.enter());
  }
}

// covers: I-01
TEST(OperatorWords, StopsOutliveTheNight) {
  for (const OperatorWord stop : kStops) {
    SCOPED_TRACE(word(stop));
    Bench bench;
    bench.say(stop);
    bench.next_session();
    EXPECT_TRUE(bench.state().latches.any());
  }
}

// Approved, not yet written, and then halted: the desk looks again at the moment of the write.
// covers: I-01
TEST(OperatorWords, TheDeskRefusesWhatWasApprovedBeforeTheStop) {
  for (const OperatorWord stop : kStops) {
    SCOPED_TRACE(word(stop));
    Bench bench;
    const Commands commands = bench.feed(bench.answer_to(bench.nominate()));
    const auto submits = all<SubmitOrder>(commands);
    ASSERT_EQ(submits.size(), 1U);
    EXPECT_TRUE(PermitDesk::permit(submits[0].order, now_at(bench)));
    bench.say(stop);
    EXPECT_FALSE(PermitDesk::permit(submits[0].order, now_at(bench)));
  }
}

// covers: I-01, I-17
TEST(OperatorWords, TheDeskLetsExitsThroughAfterAStop) {
  Bench bench;
  bench.open();
  bench.snapshot();
  const auto submits = all<SubmitOrder>(bench.say(OperatorWord::kFlatten));
  ASSERT_EQ(submits.size(), 1U);
  EXPECT_TRUE(PermitDesk::permit(submits[0].order, now_at(bench)));
}

// A working opening order may not buy its way in after a halt: its next step is its cancel.
// covers: I-01
TEST(OperatorWords, AHaltedOpeningOrderConcedesNothingMore) {
  for (const OperatorWord stop : {OperatorWord::kHalt, OperatorWord::kReduceOnly}) {
    SCOPED_TRACE(word(stop));
    Bench bench;
    const OrderTicket ticket = bench.enter();
    bench.acknowledge(ticket.order);
    EXPECT_TRUE(all<CancelOrder>(bench.say(stop)).empty()) << "that is the next level's word";
    const Commands later = bench.wait(15s);
    EXPECT_TRUE(all<ModifyOrder>(later).empty());
    EXPECT_EQ(all<CancelOrder>(later).size(), 1U);
  }
}

//
TEST(OperatorWords, CancelWorkingCancelsOpeningsAndLeavesExits) {
  Bench bench{{.settings = only<VixExit>}};
  const StructureId id = bench.open();
  const OrderTicket opening = bench.enter();
  bench.acknowledge(opening.order);
  bench.vix(22);
  const auto exits = sent(bench.confirmed_snapshot());
  ASSERT_EQ(exits.size(), 1U);
  ASSERT_EQ(exits[0].structure, id);
  const auto cancels = all<CancelOrder>(bench.say(OperatorWord::kCancelWorking));
  ASSERT_EQ(cancels.size(), 1U);
  EXPECT_EQ(cancels[0].order, opening.order);
  EXPECT_TRUE(all<CancelOrder>(bench.say(OperatorWord::kCancelWorking)).empty()) << "once";
  EXPECT_NE(bench.state().latches.halted, "");
}

//
TEST(OperatorWords, FlattenClosesEverythingAndGoesOnUntilItIs) {
  Bench bench;
  bench.open();
  bench.open();
  bench.snapshot();
  const auto first = sent(bench.say(OperatorWord::kFlatten));
  ASSERT_EQ(first.size(), 2U);
  for (const OrderTicket& ticket : first) {
    EXPECT_EQ(ticket.purpose, Purpose::kClose);
    EXPECT_EQ(ticket.urgency, Urgency::kImmediate);
  }
  bench.fill(first[0].order);
  bench.cancelled(first[1].order);
  bench.wait(1min);
  const auto again = sent(bench.snapshot());
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].structure, first[1].structure);
  bench.reject(again[0].order);
  bench.next_session();
  const auto next_day = sent(bench.snapshot());
  ASSERT_EQ(next_day.size(), 1U);
  bench.fill(next_day[0].order);
  EXPECT_TRUE(bench.state().structures.empty());
}

//
TEST(OperatorWords, FlattenReachesWhatIsStillBeingOpenedOrHasNoChainYet) {
  Bench bench{{.settings = [](Settings& s) { s.risk.max_order_size = 2; }}};
  const OrderTicket opening = bench.enter();
  bench.acknowledge(opening.order);
  bench.fill(opening.order, 1);
  EXPECT_EQ(all<CancelOrder>(bench.say(OperatorWord::kFlatten)).size(), 1U);
  bench.cancelled(opening.order);
  bench.next_session();
  const auto closing = sent(bench.snapshot());
  ASSERT_EQ(closing.size(), 1U);
  EXPECT_EQ(closing[0].structure, opening.structure);
  EXPECT_EQ(closing[0].quantity, Contracts{1});
}

TEST(OperatorWords, ResumeEndsTheFlattening) {
  Bench bench;
  bench.open();
  bench.snapshot();
  for (const OrderTicket& ticket : sent(bench.say(OperatorWord::kFlatten))) {
    bench.cancelled(ticket.order);
  }
  bench.say(OperatorWord::kResume);
  bench.wait(1min);
  EXPECT_TRUE(sent(bench.snapshot()).empty());
}

// covers: I-23
TEST(OperatorWords, ResumeDoesNotLiftTheDailyLoss) {
  Bench bench;
  bench.state().latches.daily_loss = "lost";
  bench.say(OperatorWord::kHalt);
  bench.say(OperatorWord::kResume);
  EXPECT_EQ(bench.state().latches.daily_loss, "lost");
  EXPECT_EQ(bench.state().latches.halted, "");
}

}  // namespace
}  // namespace v6::engine_test
