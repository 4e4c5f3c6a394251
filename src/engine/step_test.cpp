#include <gtest/gtest.h>

#include "engine/engine_test_kit.hpp"

namespace v6::engine_test {
namespace {

/// A few weeks with something of everything: entries, a walk, rejects, a roll, exits, a settlement.
Bench eventful() {
  Bench bench{{.past = kBullish, .settings = [](Settings& s) { s.risk.max_order_size = 2; }}};
  bench.open();
  const OrderTicket slow = bench.enter();
  bench.acknowledge(slow.order);
  bench.wait(10min);
  bench.cancelled(slow.order);
  bench.reject(bench.enter().order);
  const OrderTicket lost = bench.enter();
  bench.lose_sight_of(lost.order);
  bench.fill(lost.order, 1);
  OrderFilled much = bench.fill_of(lost, 2);
  bench.feed(much);
  bench.say(OperatorWord::kResume);
  bench.feed(SnapshotEnded{.underlying = kIndex});
  bench.next_session(19);
  bench.advance_to(new_york_instant(new_york_date(bench.at()), 11h));
  for (const OrderTicket& ticket : sent(bench.snapshot())) {
    for (const auto& request : all<RequestQuotes>(bench.fill(ticket.order))) {
      for (const OrderTicket& next : sent(bench.feed(bench.answer_to(request)))) {
        bench.fill(next.order);
      }
    }
  }
  bench.vix(40);
  bench.wait(1min);
  bench.confirmed_snapshot();
  bench.feed(RunEnded{});
  return bench;
}

struct Replayed {
  Bytes commands;
  Bytes state;
};

/// The same events over a new state, written down and read back before event `pause`.
Replayed replay(const Bench& bench, std::size_t pause) {
  State state = make_state(bench.state().given);
  Commands commands;
  for (std::size_t i = 0; i < bench.events().size(); ++i) {
    if (i == pause) {
      state = decoded<State>(encoded(state));
      state.given = bench.state().given;
      restore_views(state);
    }
    for (Command& command : step(state, bench.events()[i])) {
      commands.push_back(std::move(command));
    }
  }
  return {.commands = encoded(commands), .state = encoded(state)};
}

// covers: I-29
TEST(Step, GivesEqualBytesForEqualEventsAlsoAfterAnyRestart) {
  const Bench bench = eventful();
  const Bytes commands = encoded(bench.log());
  const Bytes state = encoded(bench.state());
  const std::size_t count = bench.events().size();
  ASSERT_GT(sent(bench.log()).size(), 6U) << "eventful it must be";
  for (std::size_t back = 0; back < 45; ++back) {
    SCOPED_TRACE(back);
    const Replayed again = replay(bench, count - back);
    ASSERT_TRUE(again.commands == commands);
    ASSERT_TRUE(again.state == state);
  }
}

// covers: I-24
TEST(Step, AttributesEveryOrderFillAndAlert) {
  const Bench bench = eventful();
  std::map<OrderId, OrderTicket> orders;
  for (const OrderTicket& ticket : sent(bench.log())) {
    EXPECT_TRUE(ticket.intent && ticket.decision && ticket.structure && ticket.order);
    EXPECT_TRUE(orders.emplace(ticket.order, ticket).second);
  }
  std::set<DecisionId> decided;
  for (const Decision& decision : decisions(bench.log())) { decided.insert(decision.id); }
  for (const auto& [id, ticket] : orders) { EXPECT_TRUE(decided.contains(ticket.decision)); }

  std::set<IntentId> intents;
  for (const auto& [id, ticket] : orders) {
    EXPECT_TRUE(intents.insert(ticket.intent).second) << "one intent, one order";
  }
  ASSERT_FALSE(all<RecordFill>(bench.log()).empty());
  for (const RecordFill& fill : all<RecordFill>(bench.log())) {
    EXPECT_TRUE(fill.structure);
    EXPECT_TRUE(decided.contains(fill.decision));
    EXPECT_TRUE(intents.contains(fill.intent));
  }
  ASSERT_FALSE(all<RecordOrder>(bench.log()).empty());
  for (const RecordOrder& record : all<RecordOrder>(bench.log())) {
    EXPECT_EQ(encoded(record.ticket), encoded(orders.at(record.ticket.order)));
  }
  int concerning_orders = 0;
  for (const RaiseAlert& alert : all<RaiseAlert>(bench.log())) {
    const bool of_the_path = alert.what.starts_with("circuit breaker");
    if (of_the_path || alert.what.find("order ") == std::string::npos) { continue; }
    ++concerning_orders;
    EXPECT_TRUE(decided.contains(alert.decision)) << alert.what;
    EXPECT_TRUE(intents.contains(alert.intent)) << alert.what;
  }
  EXPECT_GE(concerning_orders, 3) << "rejected, unknown, overfilled";
}

// covers: I-24
TEST(Step, NumbersCountUpAndAreNeverGivenTwice) {
  const Bench bench = eventful();
  const auto expect_ascending = [](const auto& list, auto number) {
    std::uint32_t last = 0;
    for (const auto& one : list) {
      EXPECT_GT(number(one), last);
      last = number(one);
    }
  };
  expect_ascending(sent(bench.log()), [](const OrderTicket& t) { return t.order.raw(); });
  expect_ascending(all<RecordFill>(bench.log()), [](const RecordFill& f) { return f.id.raw(); });
  expect_ascending(all<SetTimer>(bench.log()), [](const SetTimer& t) { return t.timer.raw(); });
  expect_ascending(all<RequestQuotes>(bench.log()),
                   [](const RequestQuotes& r) { return r.request.raw(); });
}

}  // namespace
}  // namespace v6::engine_test
