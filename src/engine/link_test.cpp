#include <gtest/gtest.h>

#include "engine/engine_test_kit.hpp"

namespace v6::engine_test {
namespace {

AccountReported account(Money cash) {
  return {.net_liquidation = cash, .cash = cash, .excess_liquidity = cash};
}

/// A bot whose brokerage is at the end of a wire, with that link in this state.
Bench brokered(LinkState state, const Past& past = kNeutral) {
  Bench bench{{.past = past, .brokered = true}};
  bench.feed(LinkChanged{.state = LinkState::kReconciling, .why = "comparing"});
  bench.feed(account(kCash));
  bench.feed(LinkChanged{.state = state, .why = "as the test wants it"});
  return bench;
}

bool nominates(Bench& bench) {
  bench.snapshot();
  return !all<RequestQuotes>(bench.say(OperatorWord::kEvaluate)).empty();
}

// covers: I-21, F-14, F-19
TEST(BrokerLink, OnlyAReadyLinkOpens) {
  for (const LinkState state : {LinkState::kLost, LinkState::kReconciling, LinkState::kDegraded}) {
    SCOPED_TRACE(word(state));
    Bench bench = brokered(state);
    EXPECT_FALSE(nominates(bench));
    bench.feed(account(kCash));  // a lost link takes the account's figures with it
    bench.feed(LinkChanged{.state = LinkState::kReady, .why = ""});
    EXPECT_TRUE(nominates(bench));
  }
}

// Never told of a link, a brokered bot has none.
TEST(BrokerLink, IsLostUntilToldOtherwise) {
  Bench bench{{.brokered = true}};
  bench.feed(account(kCash));
  EXPECT_FALSE(nominates(bench));
}

// covers: F-82
TEST(BrokerLink, AnAccountWithoutRoomOrWithoutFiguresOpensNothing) {
  Bench bench = brokered(LinkState::kReady);
  EXPECT_TRUE(nominates(bench));
  bench.feed(AccountReported{.net_liquidation = kCash, .cash = kCash});
  EXPECT_FALSE(nominates(bench)) << "excess liquidity is missing";
  AccountReported drained = account(kCash);
  drained.excess_liquidity = Money{};
  bench.feed(drained);
  EXPECT_FALSE(nominates(bench)) << "and here it is gone";
  bench.feed(account(kCash));
  EXPECT_TRUE(nominates(bench));
}

// The link goes between approval and write: what was on its way is not confirmed any more.
// covers: I-21
TEST(BrokerLink, ALossBetweenNominationAndConfirmationOpensNothing) {
  Bench bench = brokered(LinkState::kReady);
  const RequestQuotes nominated = bench.nominate();
  bench.feed(LinkChanged{.state = LinkState::kLost, .why = "reset"});
  EXPECT_TRUE(sent(bench.feed(bench.answer_to(nominated))).empty());
}

// covers: I-37, I-06
TEST(BrokerLink, CashIsTheBrokersAndALastingDifferenceStopsOpenings) {
  Bench bench = brokered(LinkState::kReady);
  EXPECT_EQ(bench.state().cash, kCash);
  bench.feed(account(kCash + Money::cents(1)));
  EXPECT_TRUE(bench.state().latches.mismatch.empty()) << "it may be a report that crossed a fill";
  const Commands again = bench.feed(account(kCash + Money::cents(1)));
  EXPECT_FALSE(bench.state().latches.mismatch.empty());
  EXPECT_TRUE(alerted(again, AlertLevel::kCritical, "cash"));
  EXPECT_FALSE(nominates(bench));
}

// covers: F-41
TEST(BrokerLink, AForeignOrderStopsOpeningsAndIsLeftAlone) {
  Bench bench = brokered(LinkState::kReady);
  const Commands commands =
      bench.feed(ForeignOrderSeen{.perm_id = 7, .client_id = 0, .text = "BUY 1 SPX"});
  EXPECT_TRUE(alerted(commands, AlertLevel::kCritical, "BUY 1 SPX"));
  EXPECT_TRUE(all<CancelOrder>(commands).empty());
  EXPECT_FALSE(nominates(bench));
  EXPECT_TRUE(bench.feed(ForeignOrderSeen{.perm_id = 7, .text = "BUY 1 SPX"}).empty())
      << "seen again it is no news";
}

// covers: F-79
TEST(BrokerLink, AHaltCancelsEntriesAndBlocksUntilFiveMinutesAfterItEnds) {
  Bench bench = brokered(LinkState::kReady);
  const OrderTicket entry = bench.enter();
  bench.acknowledge(entry.order);
  const Commands halted = bench.feed(UnderlyingHalted{.underlying = kIndex, .halted = true});
  ASSERT_EQ(all<CancelOrder>(halted).size(), 1U);
  bench.cancelled(entry.order);
  EXPECT_FALSE(nominates(bench));
  bench.feed(UnderlyingHalted{.underlying = kIndex, .halted = false});
  bench.wait(4min);
  EXPECT_FALSE(nominates(bench));
  bench.wait(2min);
  EXPECT_TRUE(nominates(bench));
}

// covers: I-25
TEST(BrokerLink, TheHighestOrderNumberIsRemembered) {
  Bench bench = brokered(LinkState::kReady);
  const OrderTicket entry = bench.enter();
  bench.feed(OrderSending{.order = entry.order, .broker_id = 42});
  EXPECT_EQ(bench.state().counters.broker_id, 42);
  EXPECT_EQ(bench.state().orders.at(entry.order).broker_id, 42);
  bench.feed(OrderAcknowledged{.order = entry.order, .perm_id = 600});
  bench.feed(OrderAcknowledged{.order = entry.order});
  EXPECT_EQ(bench.state().orders.at(entry.order).perm_id, 600) << "untold changes nothing";
}

// covers: I-07, F-37
TEST(BrokerLink, OnlyAnOrderNobodyKnowsToWorkCanTurnOutNeverToHaveArrived) {
  Bench bench = brokered(LinkState::kReady);
  const OrderTicket entry = bench.enter();
  bench.lose_sight_of(entry.order);
  bench.feed(OrderNotFound{.order = entry.order});
  EXPECT_FALSE(bench.state().orders.contains(entry.order) &&
               bench.state().orders.at(entry.order).live());
  Bench working = brokered(LinkState::kReady);
  const OrderTicket other = working.enter();
  working.acknowledge(other.order);
  working.feed(OrderNotFound{.order = other.order});
  EXPECT_TRUE(working.state().orders.at(other.order).live());
}

// Between two chains the fresh quotes of what is held mark it and ask the exit rules.
TEST(Holdings, FreshQuotesMarkAndCloseBetweenChains) {
  Bench bench = brokered(LinkState::kReady, kBullish);
  const StructureId id = bench.open();
  bench.snapshot();
  const auto chain_at = bench.state().underlyings.at(kIndex).snapshot->chain_at;
  bench.wait(30s);
  bench.price_at_upl(id, 0.80);
  const auto holdings = [&] {
    HoldingsQuoted quoted{.underlying = kIndex,
                          .spot = Price::from_dollars(bench.market.spot).value(),
                          .spot_at = bench.at()};
    for (const Leg& leg : bench.structure(id).legs) {
      quoted.quotes.push_back(
          *quote_of(bench.market, bench.state().master, leg.contract, bench.at()));
    }
    return quoted;
  };
  EXPECT_EQ(sent(bench.feed(holdings())).size(), 1U) << "profit is taken on the second mark";
  EXPECT_NEAR(bench.structure(id).upl.value(), 0.80, 0.05);
  EXPECT_EQ(bench.state().underlyings.at(kIndex).snapshot->chain_at, chain_at)
      << "the rest of the chain is as old as before";
}

// covers: F-77
TEST(Commissions, WhatTheBrokerReallyChargedIsBooked) {
  Bench bench = brokered(LinkState::kReady);
  const OrderTicket entry = bench.enter();
  bench.acknowledge(entry.order);
  const OrderFilled filled = bench.fill_of(entry, 1);
  bench.feed(filled);
  const Money cash = bench.state().cash;
  const Money fees = bench.structure(entry.structure).fees;
  const CommissionReported report{.order = entry.order,
                                  .execution = filled.execution,
                                  .contract = filled.legs[0].contract,
                                  .fees = filled.legs[0].fees + Money::cents(10)};
  EXPECT_EQ(all<RecordFeeChange>(bench.feed(report)).size(), 1U);
  EXPECT_EQ(bench.state().cash, cash - Money::cents(10));
  EXPECT_EQ(bench.structure(entry.structure).fees, fees + Money::cents(10));
  EXPECT_TRUE(bench.feed(report).empty()) << "told twice, booked once";
}

}  // namespace
}  // namespace v6::engine_test
