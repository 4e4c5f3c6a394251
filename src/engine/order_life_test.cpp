#include <gtest/gtest.h>

#include "engine/engine_test_kit.hpp"

namespace v6::engine_test {
namespace {

BenchOptions contracts(int most, Past past = kBullish) {
  return {.past = past, .settings = [=](Settings& s) { s.risk.max_order_size = most; }};
}

/// Cash after these fills and nothing else.
Money cash_after(const std::vector<OrderFilled>& fills) {
  Money cash = kCash;
  for (const OrderFilled& fill : fills) {
    for (const LegFill& leg : fill.legs) {
      const Money value = Money::from_raw(leg.price.raw() * 100 * leg.quantity.raw());
      cash += (leg.side == Side::kSell ? value : -value) - leg.fees;
    }
  }
  return cash;
}

OrderFilled at_other_price(OrderFilled fill, Price change) {
  for (LegFill& leg : fill.legs) { leg.price += change * (leg.side == Side::kSell ? 2 : 1); }
  return fill;
}

// covers: I-05, I-08
TEST(OrderLife, PartialFillsKeepTheRatioAndMakeASmallerStructure) {
  Bench bench{contracts(3, kNeutral)};
  const OrderTicket ticket = bench.enter();
  ASSERT_EQ(ticket.quantity, Contracts{3});
  bench.acknowledge(ticket.order);
  bench.fill(ticket.order, 1);
  bench.fill(ticket.order, 1);
  bench.cancelled(ticket.order);
  const Structure& structure = bench.structure(ticket.structure);
  EXPECT_EQ(structure.units, Contracts{2});
  EXPECT_EQ(structure.opened, Contracts{2});
  for (const Leg& leg : structure.legs) {
    EXPECT_EQ(structure.holdings.at(leg.contract).quantity, Contracts{2 * leg.ratio});
  }
  // Width less credit, for two units, and the fees of eight contracts.
  const Money loss = Money::from_raw((structure.width - structure.entry_price).raw() * 200);
  EXPECT_EQ(structure.worst_case, loss + kFee * 8);
  EXPECT_EQ(all<RecordOrder>(bench.log()).back().filled, Contracts{2});
}

// covers: I-05, I-37
TEST(OrderLife, EachExecutionCountsOnceAndACorrectionReplacesIt) {
  Bench bench{contracts(2)};
  const OrderTicket ticket = bench.enter();
  const OrderFilled first = bench.fill_of(ticket, 1);
  const OrderFilled second = bench.fill_of(ticket, 1);
  bench.feed(first);
  EXPECT_EQ(bench.state().cash, cash_after({first}));
  bench.feed(first);
  EXPECT_EQ(bench.state().cash, cash_after({first})) << "a duplicate";
  bench.feed(second);
  EXPECT_EQ(bench.state().cash, cash_after({first, second}));

  OrderFilled corrected = at_other_price(first, Price::cents(5));
  corrected.execution.revision = 2;
  bench.feed(corrected);
  EXPECT_EQ(bench.state().cash, cash_after({corrected, second}));
  bench.feed(first);
  EXPECT_EQ(bench.state().cash, cash_after({corrected, second})) << "an older revision";
  EXPECT_EQ(bench.structure(ticket.structure).units, Contracts{2});
  EXPECT_EQ(bench.structure(ticket.structure).opened, Contracts{2});
  EXPECT_EQ(bench.state().latches.mismatch, "");
  // Sold 0.10 dearer and bought 0.05 dearer than the mid, once, for a multiplier of 100.
  EXPECT_EQ(bench.structure(ticket.structure).slippage, Money::cents(-500));
  EXPECT_NEAR(bench.state().attribution.fees, -(kFee * 4).dollars(), 1e-9);
}

// The broker corrects a fill of a structure that is closed and recorded by now.
// covers: I-05, I-37
TEST(OrderLife, CorrectionAfterTheEndStillReachesTheCash) {
  for (const bool of_the_opening : {true, false}) {
    SCOPED_TRACE(of_the_opening);
    Bench bench{contracts(1)};
    const OrderTicket ticket = bench.enter();
    const OrderFilled opening = bench.fill_of(ticket, 1);
    bench.feed(opening);
    bench.wait(1min);
    bench.snapshot();
    const auto tickets = sent(bench.say(OperatorWord::kFlatten));
    ASSERT_EQ(tickets.size(), 1U);
    const OrderFilled closing = bench.fill_of(tickets[0], 1);
    bench.feed(closing);
    ASSERT_TRUE(bench.state().structures.empty());

    OrderFilled corrected = at_other_price(of_the_opening ? opening : closing, Price::cents(10));
    corrected.execution.revision = 2;
    bench.feed(corrected);
    EXPECT_EQ(bench.state().cash, cash_after({corrected, of_the_opening ? closing : opening}));
    EXPECT_TRUE(bench.state().structures.empty());
    EXPECT_EQ(bench.state().latches.mismatch, "");
    EXPECT_EQ(bench.state().underlyings.at(kIndex).opened_today, 1);
    // What the records say of the structure adds up to the cash as well.
    Money realised;
    for (const RecordStructure& part : all<RecordStructure>(bench.log())) {
      realised += part.realised;
    }
    EXPECT_EQ(realised, bench.state().cash - kCash);
  }
}

// covers: I-05
TEST(OrderLife, FillAfterACancelIsBookedAndManaged) {
  Bench bench{contracts(1)};
  const OrderTicket ticket = bench.enter();
  bench.acknowledge(ticket.order);
  bench.wait(10min);
  bench.cancelled(ticket.order);
  bench.fill(ticket.order);
  EXPECT_EQ(bench.structure(ticket.structure).units, Contracts{1});
  EXPECT_EQ(bench.status(ticket.order), OrderStatus::kFilled);
  EXPECT_EQ(bench.state().latches.mismatch, "") << "a race the broker won, not a mistake";
  bench.snapshot();
  EXPECT_EQ(sent(bench.say(OperatorWord::kFlatten)).size(), 1U);
}

// Two closing orders filled where one was wanted: what is now short is bought back at once.
// covers: I-36
TEST(OrderLife, LateFillOfAClosingOrderIsTurnedAround) {
  Bench bench{contracts(1)};
  const StructureId id = bench.open();
  const Legs legs = bench.structure(id).legs;
  bench.snapshot();
  const OrderTicket first = sent(bench.say(OperatorWord::kFlatten)).at(0);
  bench.cancelled(first.order);
  bench.wait(1min);
  const OrderTicket second = sent(bench.snapshot()).at(0);
  bench.fill(second.order);
  ASSERT_FALSE(bench.state().structures.contains(id));
  bench.wait(1min);
  bench.snapshot();

  const Commands late = bench.fill(first.order);
  EXPECT_NE(bench.state().latches.mismatch, "");
  EXPECT_TRUE(alerted(late, AlertLevel::kCritical));
  const auto repairs = sent(late);
  ASSERT_EQ(repairs.size(), 1U);
  const ContractId now_short = leg_of(bench.state().master, legs, OptionRight::kPut, 1);
  EXPECT_EQ(std::ranges::count(repairs[0].legs, Leg{now_short, 1}), 1);
  EXPECT_EQ(repairs[0].urgency, Urgency::kImmediate);
  bench.fill(repairs[0].order);
  EXPECT_TRUE(bench.state().structures.empty());
}

// covers: I-08, I-36
TEST(OrderLife, OverfillIsBookedAsItIsAndLatches) {
  struct Case {
    std::string_view name;
    bool opening;
  };
  for (const Case& c : {Case{"opening", true}, Case{"closing", false}}) {
    SCOPED_TRACE(c.name);
    Bench bench{contracts(1)};
    OrderTicket ticket;
    if (c.opening) {
      ticket = bench.enter();
    } else {
      bench.open();
      bench.snapshot();
      ticket = sent(bench.say(OperatorWord::kFlatten)).at(0);
    }
    const Money before = bench.state().cash;
    const OrderFilled fill = bench.fill_of(ticket, 2);
    const Commands commands = bench.feed(fill);
    EXPECT_NE(bench.state().latches.mismatch, "");
    EXPECT_TRUE(alerted(commands, AlertLevel::kCritical));
    EXPECT_EQ(bench.state().cash - before, cash_after({fill}) - kCash);
    const Structure& structure = bench.structure(ticket.structure);
    const int units = c.opening ? 2 : 1;
    for (const Leg& leg : ticket.legs) {
      EXPECT_EQ(structure.holdings.at(leg.contract).quantity, Contracts{leg.ratio * units});
    }
    // Two bought verticals are no danger; one sold from nothing is, and its short goes at once.
    EXPECT_EQ(sent(commands).size(), c.opening ? 0U : 1U);
  }
}

// covers: I-36
TEST(OrderLife, FillOfAnOrderThatIsNotOursLatches) {
  Bench bench;
  const OrderTicket ticket = bench.enter();
  OrderFilled foreign = bench.fill_of(ticket, 1);
  foreign.order = OrderId{999};
  const Commands commands = bench.feed(foreign);
  EXPECT_NE(bench.state().latches.mismatch, "");
  EXPECT_TRUE(alerted(commands, AlertLevel::kCritical));
  EXPECT_TRUE(bench.state().structures.empty());
  EXPECT_EQ(bench.state().cash, kCash);
}

// covers: I-09, I-18
TEST(OrderLife, UnknownCountsIsNeverResentAndHaltsAfterTwoMinutes) {
  Bench bench;
  const OrderTicket ticket = bench.enter();
  EXPECT_TRUE(alerted(bench.lose_sight_of(ticket.order), AlertLevel::kWarning));
  bench.wait(119s);
  EXPECT_EQ(bench.state().latches.halted, "");
  EXPECT_EQ(day_view(bench.state(), bench.at(), kIndex).structures_in_book, 1);
  EXPECT_EQ(day_view(bench.state(), bench.at(), kIndex).opened_today, 1);
  EXPECT_GT(exposure_now(bench.state()).worst_case_of_all(), Money{});

  const Commands later = bench.wait(1s);
  EXPECT_NE(bench.state().latches.halted, "");
  EXPECT_TRUE(alerted(later, AlertLevel::kCritical, ticket.order.text()));
  bench.wait(6h);
  EXPECT_EQ(bench.status(ticket.order), OrderStatus::kUnknown) << "time is no evidence";
  EXPECT_EQ(sent(bench.log()).size(), 1U);
}

TEST(OrderLife, UnknownEndsByEvidenceOnly) {
  struct Case {
    std::string_view name;
    std::function<void(Bench&, OrderId)> news;
    OrderStatus status;
  };
  const Case cases[] = {
      {"night", [](Bench& bench, OrderId) { bench.next_session(); }, OrderStatus::kUnknown},
      {"own cancel", [](Bench& bench, OrderId) { bench.say(OperatorWord::kCancelWorking); },
       OrderStatus::kUnknown},
      {"acknowledged", [](Bench& bench, OrderId id) { bench.acknowledge(id); },
       OrderStatus::kWorking},
      {"cancelled", [](Bench& bench, OrderId id) { bench.cancelled(id); }, OrderStatus::kCancelled},
      {"rejected", [](Bench& bench, OrderId id) { bench.reject(id); }, OrderStatus::kRejected},
      {"filled", [](Bench& bench, OrderId id) { bench.fill(id); }, OrderStatus::kFilled},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Bench bench;
    const OrderTicket ticket = bench.enter();
    bench.lose_sight_of(ticket.order);
    c.news(bench, ticket.order);
    EXPECT_EQ(bench.status(ticket.order), c.status);
  }
}

TEST(OrderLife, UnknownLateInTheDayHaltsInTheNextSession) {
  Bench bench;
  const OrderTicket ticket = bench.enter();
  bench.lose_sight_of(ticket.order);
  bench.feed(SessionStarted{.date = kFirstDay + std::chrono::days{1}});
  bench.wait(2min);
  EXPECT_NE(bench.state().latches.halted, "");
}

// covers: I-16
TEST(OrderLife, ThreeRejectsWithinTenMinutesLatch) {
  struct Case {
    std::string_view name;
    Duration apart;
    bool latches;
  };
  for (const Case& c : {Case{"quick", 5min, true}, Case{"slow", 5min + 1s, false}}) {
    SCOPED_TRACE(c.name);
    Bench bench;
    for (int i = 0; i < 3; ++i) {
      const OrderTicket ticket = bench.enter();
      EXPECT_EQ(bench.state().latches.halted, "");
      EXPECT_TRUE(alerted(bench.reject(ticket.order), AlertLevel::kWarning));
      if (i < 2) { bench.wait(c.apart); }
    }
    EXPECT_EQ(!bench.state().latches.halted.empty(), c.latches);
    EXPECT_EQ(alerted(bench.log(), AlertLevel::kCritical), c.latches);
    EXPECT_TRUE(bench.state().structures.empty());
  }
}

// Nothing left this process, whatever was asked of the order meanwhile.
TEST(OrderLife, NotSentIsOverEvenWhenACancelWasOut) {
  for (const bool cancelled_first : {false, true}) {
    Bench bench;
    const OrderTicket ticket = bench.enter();
    if (cancelled_first) { bench.say(OperatorWord::kCancelWorking); }
    bench.feed(SendRefused{.order = ticket.order, .reason = "a latch was set"});
    EXPECT_EQ(bench.status(ticket.order), OrderStatus::kNotSent);
    EXPECT_EQ(decisions(bench.log()).back().outcome, Outcome::kRefused);
    EXPECT_TRUE(bench.state().awaiting_fill.empty());
  }
}

//
TEST(OrderLife, BreakerTripsRecoversAndAlertsEachTime) {
  Bench bench;
  std::vector<OrderId> lost;
  for (int i = 0; i < 3; ++i) {  // the limit in paper
    const OrderTicket ticket = bench.enter();
    lost.push_back(ticket.order);
    EXPECT_FALSE(alerted(bench.log(), AlertLevel::kCritical, "circuit breaker"));
    if (i < 2) {
      bench.lose_sight_of(ticket.order);
      bench.cancelled(ticket.order);
    }
  }
  EXPECT_TRUE(alerted(bench.lose_sight_of(lost[2]), AlertLevel::kCritical, "circuit breaker"));
  bench.cancelled(lost[2]);
  bench.snapshot();
  EXPECT_TRUE(all<RequestQuotes>(bench.say(OperatorWord::kEvaluate)).empty());

  bench.wait(299s);
  EXPECT_EQ(bench.state().breaker.state, BreakerState::kOpen);
  bench.wait(1s);
  EXPECT_TRUE(alerted(bench.snapshot(), AlertLevel::kInfo, "half open"));

  const OrderTicket probe = bench.enter();
  EXPECT_TRUE(all<RequestQuotes>(bench.say(OperatorWord::kEvaluate)).empty()) << "one probe";
  bench.feed(SendRefused{.order = probe.order, .reason = "too old"});
  Commands closing;
  for (int i = 0; i < 3; ++i) {
    const OrderTicket next = bench.enter();
    closing = bench.cancelled(next.order);
    bench.wait(1min);
  }
  EXPECT_TRUE(alerted(closing, AlertLevel::kInfo, "circuit breaker closed"));
  EXPECT_EQ(bench.state().breaker.state, BreakerState::kClosed);
}

//
TEST(OrderLife, MismatchIsAFailureOfTheBrokerPath) {
  Bench bench;
  bench.feed(PositionsReported{
      .positions = {{.contract = bench.state().master[ContractId{0}], .quantity = Contracts{1}}}});
  EXPECT_EQ(bench.state().breaker.failures.size(), 1U);
}

}  // namespace
}  // namespace v6::engine_test
