#include <gtest/gtest.h>

#include "engine/engine_test_kit.hpp"

namespace v6::engine_test {
namespace {

/// Days until the first expiry is 16 days away, inside the roll's reach, and the second 44.
constexpr int kUntilRoll = 19;

/// A bull whose vertical is old enough to roll.
struct Roll {
  Bench bench;
  StructureId old;
  Money cash_before_roll;

  explicit Roll(int contracts = 1)
      : bench{{.past = kBullish,
               .settings =
                   [=](Settings& s) {
                     std::get<TakeProfit>(s.exits.list).enabled = false;
                     s.risk.max_order_size = contracts;
                   }}},
        old{bench.open()} {
    bench.next_session(kUntilRoll);
    bench.advance_to(new_york_instant(new_york_date(bench.at()), 11h));
    cash_before_roll = bench.state().cash;
  }

  /// The closing order of the roll.
  OrderTicket start() {
    bench.wait(1min);
    const auto tickets = sent(bench.snapshot());
    if (tickets.size() != 1) { throw std::runtime_error("no roll was started"); }
    bench.acknowledge(tickets[0].order);
    return tickets[0];
  }
  /// The old structure is closed; what quotes are asked for to open the new one.
  RequestQuotes close() {
    const auto requests = all<RequestQuotes>(bench.fill(start().order));
    if (requests.size() != 1) { throw std::runtime_error("no quotes were asked for"); }
    return requests[0];
  }
  OrderTicket reopen() {
    const auto tickets = sent(bench.feed(bench.answer_to(close())));
    if (tickets.size() != 1) { throw std::runtime_error("not reopened: " + bench.refusals()); }
    bench.acknowledge(tickets[0].order);
    return tickets[0];
  }
  /// The one record of the old structure's end.
  RecordStructure end_of_old() const {
    auto records = all<RecordStructure>(bench.log());
    std::erase_if(records, [&](const RecordStructure& r) { return r.id != old; });
    if (records.size() != 1) { throw std::runtime_error("recorded more or less than once"); }
    return records[0];
  }
};

/// The old structure ended closed, not rolled, and nothing of the roll is left behind.
void expect_plainly_closed(const Roll& roll) {
  const State& state = roll.bench.state();
  EXPECT_TRUE(state.structures.empty());
  EXPECT_TRUE(state.rolls.empty());
  EXPECT_TRUE(state.nominations.empty());
  const RecordStructure record = roll.end_of_old();
  EXPECT_EQ(record.exit_rule, "dte_roll");
  EXPECT_FALSE(record.rolled_to);
  EXPECT_EQ(record.realised, state.cash - kCash);
  EXPECT_EQ(decisions(roll.bench.log()).back().outcome, Outcome::kClosed) << "and it says so";
}

TEST(Roll, IsOneTransactionOfTwoIntentsWithOneLifetimeProfit) {
  Roll roll;
  Bench& bench = roll.bench;
  const OrderTicket closing = roll.start();
  EXPECT_EQ(closing.purpose, Purpose::kRollClose);
  EXPECT_EQ(closing.structure, roll.old);
  const Decision decided = decisions(bench.log()).back();
  EXPECT_EQ(decided.outcome, Outcome::kRolled);
  EXPECT_EQ(decided.rule, "dte_roll");
  const auto net =
      std::ranges::find(decided.waterfall, "roll: net credit of the roll", &Check::detail);
  ASSERT_NE(net, decided.waterfall.end());
  EXPECT_GE(net->measured, 0);
  EXPECT_TRUE(openings(bench.log()).size() == 1) << "only the entry so far: first close, then open";

  const auto requests = all<RequestQuotes>(bench.fill(closing.order));
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_TRUE(bench.structure(roll.old).flat());
  EXPECT_TRUE(all<RecordStructure>(bench.log()).empty()) << "not over yet";

  const auto tickets = sent(bench.feed(bench.answer_to(requests[0])));
  ASSERT_EQ(tickets.size(), 1U);
  const OrderTicket& opening = tickets[0];
  EXPECT_EQ(opening.purpose, Purpose::kRollOpen);
  EXPECT_EQ(opening.kind, closing.kind) << "the same kind";
  EXPECT_NE(opening.intent, closing.intent);
  EXPECT_EQ(opening.decision, closing.decision);
  for (const Leg& leg : opening.legs) {
    EXPECT_EQ(bench.state().master[leg.contract].expiry, kFirstDay + std::chrono::days{kNext});
  }
  bench.acknowledge(opening.order);
  bench.fill(opening.order);

  const RecordStructure record = roll.end_of_old();
  EXPECT_EQ(record.exit_rule, "dte_roll");
  EXPECT_EQ(record.rolled_to, opening.structure);
  const Structure& continued = bench.structure(opening.structure);
  EXPECT_EQ(continued.rolled_from, roll.old);
  EXPECT_TRUE(bench.state().rolls.empty());
  EXPECT_EQ(bench.state().underlyings.at(kIndex).opened_today, 0) << "a roll is not new";

  // The lifetime's profit is the sum along the chain, and that is all the cash there ever was.
  bench.wait(1min);
  bench.snapshot();
  for (const OrderTicket& ticket : sent(bench.say(OperatorWord::kFlatten))) {
    bench.fill(ticket.order);
  }
  ASSERT_TRUE(bench.state().structures.empty());
  Money lifetime;
  for (const RecordStructure& part : all<RecordStructure>(bench.log())) {
    lifetime += part.realised;
  }
  EXPECT_EQ(lifetime, bench.state().cash - kCash);
}

TEST(Roll, WhoseOpeningIsNotFilledIsAClose) {
  Roll roll;
  const OrderTicket opening = roll.reopen();
  roll.bench.wait(30min);
  ASSERT_EQ(roll.bench.status(opening.order), OrderStatus::kCancelling);
  roll.bench.cancelled(opening.order);
  expect_plainly_closed(roll);
}

TEST(Roll, PartlyReopenedGoesOnAsTheSmallerStructure) {
  Roll roll{2};
  const OrderTicket opening = roll.reopen();
  ASSERT_EQ(opening.quantity, Contracts{2});
  roll.bench.fill(opening.order, 1);
  roll.bench.cancelled(opening.order);
  EXPECT_EQ(roll.end_of_old().rolled_to, opening.structure);
  EXPECT_EQ(roll.bench.structure(opening.structure).units, Contracts{1});
  EXPECT_EQ(roll.bench.structure(opening.structure).opened, Contracts{1});
}

TEST(Roll, ReopensOnlyWhatItClosed) {
  Roll roll{2};
  Bench& bench = roll.bench;
  const OrderTicket first = roll.start();
  ASSERT_EQ(first.quantity, Contracts{2});
  bench.fill(first.order, 1);
  bench.cancelled(first.order);
  EXPECT_EQ(roll.reopen().quantity, Contracts{1});
}

TEST(Roll, WithoutAllQuotesForTheNewLegsIsAClose) {
  Roll roll;
  LegQuotesArrived answer = roll.bench.answer_to(roll.close());
  answer.quotes.pop_back();
  EXPECT_TRUE(alerted(roll.bench.feed(answer), AlertLevel::kWarning, roll.old.text()));
  expect_plainly_closed(roll);
}

TEST(Roll, WhoseQuotesNeverComeIsACloseInTime) {
  Roll roll;
  roll.close();
  roll.bench.wait(1min);
  expect_plainly_closed(roll);
}

TEST(Roll, CaughtBetweenItsLegsByTheNightIsAClose) {
  Roll roll;
  roll.close();
  const auto day = new_york_date(roll.bench.at()) + std::chrono::days{1};
  roll.bench.feed(SessionStarted{.date = day});
  expect_plainly_closed(roll);
}

TEST(Roll, WhoseOpeningOrderMeetsTheNightIsAClose) {
  Roll roll;
  roll.reopen();
  roll.bench.next_session();
  expect_plainly_closed(roll);
}

// covers: I-01
TEST(Roll, IsNotReopenedOnceHalted) {
  Roll roll;
  const RequestQuotes request = roll.close();
  roll.bench.say(OperatorWord::kHalt);
  EXPECT_TRUE(sent(roll.bench.feed(roll.bench.answer_to(request))).empty());
  expect_plainly_closed(roll);
}

// The roll's closing order did not fill, and then another rule had to close: that is no roll.
TEST(Roll, OvertakenByAnotherExitReopensNothing) {
  Roll roll;
  Bench& bench = roll.bench;
  bench.cancelled(roll.start().order);
  bench.vix(36);
  bench.wait(1min);
  const auto tickets = sent(bench.confirmed_snapshot());
  ASSERT_EQ(tickets.size(), 1U);
  ASSERT_EQ(tickets[0].purpose, Purpose::kClose);
  EXPECT_TRUE(all<RequestQuotes>(bench.fill(tickets[0].order)).empty());
  EXPECT_TRUE(bench.state().structures.empty());
  EXPECT_EQ(roll.end_of_old().exit_rule, "vix_exit");
}

TEST(Roll, ClosesWhenTheNewStructureMayNotBeOpened) {
  Roll roll;
  roll.bench.say(OperatorWord::kReduceOnly);
  const OrderTicket ticket = roll.start();
  EXPECT_EQ(ticket.purpose, Purpose::kClose);
  const Decision decided = decisions(roll.bench.log()).back();
  EXPECT_EQ(decided.outcome, Outcome::kClosed);
  EXPECT_TRUE(std::ranges::any_of(decided.waterfall, [](const Check& check) {
    return check.name == "latch" && check.verdict == Verdict::kRefuse &&
           check.detail.starts_with("roll: ");
  })) << "the record says why it did not roll";
  roll.bench.fill(ticket.order);
  EXPECT_FALSE(roll.end_of_old().rolled_to);
}

// covers: I-24
TEST(Roll, GivenUpNamesItsDecision) {
  Roll roll;
  LegQuotesArrived answer = roll.bench.answer_to(roll.close());
  answer.quotes.clear();
  const auto alerts = all<RaiseAlert>(roll.bench.feed(answer));
  ASSERT_EQ(alerts.size(), 1U);
  EXPECT_EQ(alerts[0].decision, decisions(roll.bench.log()).back().id);
}

}  // namespace
}  // namespace v6::engine_test
