#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/enum_text.hpp"
#include "engine/engine_test_kit.hpp"

namespace v6::engine_test {
namespace {

using testing::UnorderedElementsAre;

void three_contracts(Settings& settings) { settings.risk.max_order_size = 3; }

/// A bull with one vertical open, and the settings under which it is judged.
Bench bull(std::function<void(Settings&)> settings = [](Settings&) {}) {
  return Bench{{.past = kBullish, .settings = std::move(settings)}};
}

/// The one order these commands send.
OrderTicket only_order(const Commands& commands) {
  const auto tickets = sent(commands);
  if (tickets.size() != 1) {
    throw std::runtime_error("orders sent: " + std::to_string(tickets.size()));
  }
  return tickets[0];
}

// covers: I-17
TEST(Exit, EachRuleLeadsToItsClosingOrder) {
  struct Case {
    std::string_view rule;
    Urgency urgency;
    std::function<void(Settings&)> settings;
    std::function<void(Bench&, StructureId)> happens;
    int marks = 2;
  };
  const auto upl = [](double value) {
    return [=](Bench& bench, StructureId id) { bench.price_at_upl(id, value); };
  };
  const Case cases[] = {
      {"catastrophe", Urgency::kImmediate, only<Catastrophe>,
       [](Bench& bench, StructureId) {
         bench.snapshot();
         bench.wait(5min);
         bench.market.spot *= 0.969;
       },
       1},
      {"time_exit", Urgency::kImmediate, only<TimeExit>,
       [](Bench& bench, StructureId id) {
         bench.next_session(kEntry - 1);
         bench.price_at_upl(id, 0);
       },
       1},
      {"stop_loss", Urgency::kImmediate, only<StopLoss>, upl(-2.0)},
      {"trailing_stop", Urgency::kNormal, only<TrailingStop>,
       [&](Bench& bench, StructureId id) {
         bench.price_at_upl(id, 0.45);
         bench.confirmed_snapshot();
         bench.wait(30s);
         bench.price_at_upl(id, 0.17);
       },
       1},
      {"vix_exit", Urgency::kHigh, only<VixExit>,
       [](Bench& bench, StructureId) { bench.vix(*bench.market.vix + 5.1); }},
      {"take_profit", Urgency::kNormal, only<TakeProfit>, upl(0.51)},
      {"delta_risk", Urgency::kHigh,
       [](Settings& s) {
         only<DeltaRisk>(s);
         std::get<DeltaRisk>(s.exits.list).vertical = 0.05;
       },
       [](Bench&, StructureId) {}},
      {"gamma_risk", Urgency::kHigh,
       [](Settings& s) {
         only<GammaRisk>(s);
         std::get<GammaRisk>(s.exits.list) = {.below_dte = 40, .delta_change = 0.001};
       },
       [](Bench&, StructureId) {}},
      {"iv_crush", Urgency::kNormal, only<IvCrush>,
       [](Bench& bench, StructureId) { bench.market.volatility = 0.08; }},
      {"portfolio_limits", Urgency::kHigh,
       [](Settings& s) {
         only<PortfolioLimits>(s);
         std::get<PortfolioLimits>(s.exits.list).use = 0.01;
       },
       [](Bench&, StructureId) {}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.rule);
    Bench bench = bull(c.settings);
    const StructureId id = bench.open();
    c.happens(bench, id);
    if (c.marks == 2) {
      EXPECT_TRUE(sent(bench.snapshot()).empty()) << "one mark confirms nothing";
      bench.wait(30s);
    }
    const Commands commands = bench.snapshot();
    const auto tickets = sent(commands);
    ASSERT_EQ(tickets.size(), 1U);
    const OrderTicket& ticket = tickets[0];
    const Structure& held = bench.structure(id);
    EXPECT_EQ(ticket.purpose, Purpose::kClose);
    EXPECT_EQ(ticket.urgency, c.urgency);
    EXPECT_EQ(ticket.structure, id);
    EXPECT_EQ(ticket.legs, reversed(held.legs));
    EXPECT_EQ(ticket.quantity, held.units);
    // Every exit walk ends at the natural or, when immediate, starts there and may go through it.
    Price natural;
    for (std::size_t i = 0; i < ticket.legs.size(); ++i) {
      const Quote& quote = ticket.quotes[i].quote;
      natural -= (ticket.legs[i].ratio > 0 ? quote.ask : quote.bid) * ticket.legs[i].ratio;
    }
    const bool immediate = c.urgency == Urgency::kImmediate;
    EXPECT_EQ(immediate ? ticket.walk.first : ticket.walk.last, natural);
    if (immediate) {
      EXPECT_GE(ticket.walk.last, natural - Price::from_raw(held.width.raw() / 5));
      EXPECT_LT(ticket.walk.last, natural);
    }
    EXPECT_EQ(ticket.walk.interval, c.urgency == Urgency::kNormal ? 15s : 5s);

    const auto recorded = decisions(commands);
    ASSERT_EQ(recorded.size(), 1U);
    EXPECT_EQ(recorded[0].rule, c.rule);
    EXPECT_EQ(recorded[0].outcome, Outcome::kClosed);
    EXPECT_EQ(recorded[0].intent, ticket.intent);

    bench.acknowledge(ticket.order);
    const auto closed = all<RecordStructure>(bench.fill(ticket.order));
    ASSERT_EQ(closed.size(), 1U);
    EXPECT_EQ(closed[0].exit_rule, c.rule);
    EXPECT_EQ(closed[0].closed_at, bench.at());
    // It opened and closed at mids: all the cash there was, less the fees of four contracts.
    EXPECT_EQ(closed[0].realised, bench.state().cash - kCash);
    EXPECT_EQ(closed[0].fees, kFee * 4);
    EXPECT_TRUE(bench.state().structures.empty());
  }
}

TEST(Exit, SingleLegHasRulesOfItsOwn) {
  Bench bench{{.settings = only<SingleLegExit>}};
  bench.snapshot();
  const StructureId id = bench.adopt({{.ratio = 1, .strike = 2900}});
  ASSERT_EQ(bench.structure(id).kind, StructureKind::kLongPut);
  bench.next_session(kEntry - 21);
  const OrderTicket ticket = only_order(bench.confirmed_snapshot());
  EXPECT_EQ(ticket.legs, (Legs{{bench.structure(id).legs[0].contract, -1}}));
  bench.fill(ticket.order);
  EXPECT_TRUE(bench.state().structures.empty());
}

TEST(Exit, ClosesHalfOnceAtHalfTheTarget) {
  Bench bench = bull([](Settings& s) {
    only<TakeProfit>(s);
    three_contracts(s);
  });
  const StructureId id = bench.open();
  ASSERT_EQ(bench.structure(id).units, Contracts{3});
  bench.price_at_upl(id, 0.30);
  const OrderTicket half = only_order(bench.confirmed_snapshot());
  EXPECT_EQ(half.purpose, Purpose::kReduce);
  EXPECT_EQ(half.quantity, Contracts{1}) << "half of three, rounded down";
  EXPECT_EQ(decisions(bench.log()).back().outcome, Outcome::kReduced);
  bench.fill(half.order);
  EXPECT_EQ(bench.structure(id).units, Contracts{2});
  EXPECT_TRUE(bench.structure(id).half_closed);

  bench.wait(1min);
  EXPECT_TRUE(sent(bench.confirmed_snapshot()).empty()) << "once";
  bench.price_at_upl(id, 0.55);
  const OrderTicket rest = only_order(bench.confirmed_snapshot());
  EXPECT_EQ(rest.purpose, Purpose::kClose);
  EXPECT_EQ(rest.quantity, Contracts{2});
  const auto closed = all<RecordStructure>(bench.fill(rest.order));
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].quantity, Contracts{3});
  EXPECT_EQ(closed[0].realised, bench.state().cash - kCash);
}

TEST(Exit, WaitsForTwoMarksAtLeastFiveSecondsApart) {
  Bench bench = bull(only<StopLoss>);
  const StructureId id = bench.open();
  bench.price_at_upl(id, -2.5);
  bench.snapshot();
  bench.wait(4s);
  EXPECT_TRUE(sent(bench.snapshot()).empty());
  bench.wait(1s);
  EXPECT_EQ(sent(bench.snapshot()).size(), 1U);
}

// covers: I-17
TEST(Exit, GoesOnWhateverStopsEntries) {
  const auto give = [](Bench& bench, auto change) {
    Given given = *bench.state().given;
    change(given);
    bench.state().given = std::make_shared<const Given>(std::move(given));
  };
  struct Case {
    std::string_view name;
    std::function<void(Bench&)> happens;
  };
  const Case cases[] = {
      {"halted", [](Bench& bench) { bench.say(OperatorWord::kHalt); }},
      {"reduce only", [](Bench& bench) { bench.say(OperatorWord::kReduceOnly); }},
      {"working orders cancelled", [](Bench& bench) { bench.say(OperatorWord::kCancelWorking); }},
      {"daily loss", [](Bench& bench) { bench.state().latches.daily_loss = "lost"; }},
      {"drawdown", [](Bench& bench) { bench.state().latches.drawdown = "fell"; }},
      {"mismatch", [](Bench& bench) { bench.feed(PositionsReported{}); }},
      {"breaker open",
       [](Bench& bench) {
         bench.state().breaker = {.state = BreakerState::kOpen, .opened_at = bench.at()};
       }},
      {"blackout",
       [&](Bench& bench) {
         give(bench, [](Given& given) {
           auto data = given.calendar.data();
           data.events.push_back({.date = kFirstDay, .kind = EventKind::kCpi, .time = 10h});
           given.calendar = Calendar{std::move(data)};
         });
       }},
      {"events not covered",
       [&](Bench& bench) {
         give(bench, [](Given& given) {
           auto data = given.calendar.data();
           data.events_sources.clear();
           given.calendar = Calendar{std::move(data)};
         });
       }},
      {"symbol removed",
       [&](Bench& bench) {
         give(bench, [](Given& given) { given.setup.settings.underlyings.clear(); });
       }},
      {"order rate used up",
       [](Bench& bench) { bench.state().opening_orders.assign(100, bench.at()); }},
      {"minutes before the close",
       [](Bench& bench) { bench.advance_to(new_york_instant(kFirstDay, 16h + 14min)); }},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Bench bench = bull();
    const StructureId id = bench.open();
    bench.snapshot();
    c.happens(bench);
    for (const RequestQuotes& request : all<RequestQuotes>(bench.say(OperatorWord::kEvaluate))) {
      EXPECT_TRUE(openings(bench.feed(bench.answer_to(request))).empty());
    }
    bench.price_at_upl(id, -2.5);
    EXPECT_EQ(sent(bench.confirmed_snapshot()).size(), 1U);
  }
}

// covers: I-17
TEST(Exit, RefusedByAClosedMarketIsTriedAgainAndSaysSo) {
  Bench bench = bull(only<StopLoss>);
  const StructureId id = bench.open();
  bench.advance_to(new_york_instant(kFirstDay, 16h + 16min));
  bench.price_at_upl(id, -2.5);
  const Commands late = bench.confirmed_snapshot();
  EXPECT_TRUE(sent(late).empty());
  EXPECT_TRUE(alerted(late, AlertLevel::kCritical, id.text()));
  bench.next_session();
  EXPECT_EQ(sent(bench.confirmed_snapshot()).size(), 1U);
}

TEST(Exit, UnfilledIsCancelledAtTheNaturalAndPricedAnew) {
  Bench bench = bull(only<StopLoss>);
  const StructureId id = bench.open();
  bench.price_at_upl(id, -2.5);
  const OrderTicket first = only_order(bench.confirmed_snapshot());
  bench.acknowledge(first.order);
  const Commands walked = bench.wait(25min);
  ASSERT_FALSE(all<ModifyOrder>(walked).empty());
  EXPECT_EQ(all<ModifyOrder>(walked).back().limit, first.walk.last);
  ASSERT_EQ(all<CancelOrder>(walked).size(), 1U);
  EXPECT_TRUE(sent(bench.snapshot()).empty()) << "the first order may still fill";
  bench.cancelled(first.order);
  bench.wait(10s);
  EXPECT_EQ(only_order(bench.snapshot()).structure, id);
}

/// A stop whose order was still working when its session ended.
struct YesterdaysExit {
  Bench bench = bull(only<StopLoss>);
  StructureId id = bench.open();
  OrderTicket stale;

  YesterdaysExit() {
    bench.price_at_upl(id, -2.5);
    stale = only_order(bench.confirmed_snapshot());
    bench.acknowledge(stale.order);
    bench.next_session();
  }
};

// covers: I-17
TEST(Exit, OrderOfYesterdayKeepsNoExitAway) {
  YesterdaysExit test;
  auto& [bench, id, stale] = test;
  EXPECT_EQ(bench.status(stale.order), OrderStatus::kCancelled) << "a DAY order";
  EXPECT_EQ(only_order(bench.confirmed_snapshot()).structure, id);
}

// A fill of the old session that is told late still reaches the books.
// covers: I-05
TEST(Exit, FillOfYesterdaysOrderIsBookedInTheNewSession) {
  YesterdaysExit test;
  Bench& bench = test.bench;
  bench.fill(test.stale.order);
  EXPECT_TRUE(bench.state().structures.empty());
  EXPECT_EQ(bench.state().latches.mismatch, "");
}

/// A condor whose put wing nobody bids for.
struct WorthlessWing {
  Bench bench;
  StructureId id = bench.open();
  Legs legs = bench.structure(id).legs;
  ContractId wing = leg_of(bench.state().master, legs, OptionRight::kPut, 1);
  ContractId sold_put = leg_of(bench.state().master, legs, OptionRight::kPut, -1);

  void show_no_bid() {
    bench.market.fixed[wing] = {.bid = Price{}, .ask = Price::cents(5)};
    bench.wait(1min);
  }
};

// covers: I-09, I-36
TEST(Exit, WingWithoutBidIsClosedSideBySide) {
  WorthlessWing test;
  Bench& bench = test.bench;
  test.show_no_bid();
  bench.snapshot();
  const auto tickets = sent(bench.say(OperatorWord::kFlatten));
  ASSERT_EQ(tickets.size(), 2U);
  EXPECT_EQ(tickets[0].legs, (Legs{{test.sold_put, 1}})) << "the short put alone; the wing stays";
  EXPECT_EQ(tickets[1].legs.size(), 2U);
  for (const OrderTicket& ticket : tickets) { bench.fill(ticket.order); }

  const Structure& left = bench.structure(test.id);
  ASSERT_EQ(left.holdings.size(), 1U);
  EXPECT_EQ(left.holdings.at(test.wing).quantity, Contracts{1});
  EXPECT_EQ(bench.state().latches.mismatch, "");
  bench.wait(1min);
  EXPECT_TRUE(sent(bench.snapshot()).empty()) << "still no bid";

  bench.market.fixed[test.wing] = {.bid = Price::cents(5), .ask = Price::cents(10)};
  bench.wait(1min);
  const OrderTicket sale = only_order(bench.snapshot());
  EXPECT_EQ(sale.legs, (Legs{{test.wing, -1}}));
  const auto closed = all<RecordStructure>(bench.fill(sale.order));
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].exit_rule, "operator_flatten");
  EXPECT_EQ(closed[0].realised, bench.state().cash - kCash);
}

// One side went, the other did not: what is left is bought back before its cover is sold.
// covers: I-09, I-36
TEST(Exit, HalfDoneSideBySideCloseGoesOnWithTheWholeSide) {
  WorthlessWing test;
  Bench& bench = test.bench;
  test.show_no_bid();
  bench.snapshot();
  const auto tickets = sent(bench.say(OperatorWord::kFlatten));
  ASSERT_EQ(tickets.size(), 2U);
  bench.fill(tickets[0].order);
  bench.cancelled(tickets[1].order);
  bench.wait(1min);

  const ContractId sold_call = leg_of(bench.state().master, test.legs, OptionRight::kCall, -1);
  const ContractId bought_call = leg_of(bench.state().master, test.legs, OptionRight::kCall, 1);
  const Commands next = bench.snapshot();
  EXPECT_FALSE(alerted(next, AlertLevel::kCritical)) << "nothing was even tried that cannot go";
  EXPECT_THAT(only_order(next).legs, UnorderedElementsAre(Leg{sold_call, 1}, Leg{bought_call, -1}));
}

TEST(Exit, WithoutAnyQuoteToCloseOnCriesForHelp) {
  Bench bench = bull(only<TimeExit>);
  const StructureId id = bench.open();
  bench.next_session(kEntry - 1);
  for (const Leg& leg : bench.structure(id).legs) { bench.market.missing.insert(leg.contract); }
  const Commands commands = bench.snapshot();
  EXPECT_TRUE(sent(commands).empty());
  EXPECT_TRUE(alerted(commands, AlertLevel::kCritical, id.text()));
  ASSERT_EQ(decisions(commands).size(), 1U);
  EXPECT_EQ(decisions(commands)[0].outcome, Outcome::kHold);
  bench.market.missing.clear();
  bench.wait(5min);
  EXPECT_EQ(sent(bench.snapshot()).size(), 1U);
}

// covers: I-17
TEST(Exit, AnUrgentRuleDoesNotWaitForALeisurelyExit) {
  Bench bench = bull([](Settings& s) {
    no_exits(s);
    std::get<TakeProfit>(s.exits.list).enabled = true;
    std::get<Catastrophe>(s.exits.list).enabled = true;
  });
  const StructureId id = bench.open();
  bench.price_at_upl(id, 0.55);
  const OrderTicket slow = only_order(bench.confirmed_snapshot());
  ASSERT_EQ(slow.rule, "take_profit");
  bench.acknowledge(slow.order);

  bench.wait(10s);
  bench.market.spot *= 0.969;
  const Commands fall = bench.snapshot();
  EXPECT_TRUE(sent(fall).empty()) << "never two exits of one position";
  const auto cancels = all<CancelOrder>(fall);
  ASSERT_EQ(cancels.size(), 1U);
  EXPECT_EQ(cancels[0].order, slow.order);
  const Decision waiting = decisions(fall).back();
  EXPECT_EQ(waiting.outcome, Outcome::kHold);
  EXPECT_EQ(waiting.rule, "catastrophe");

  const OrderTicket fast = only_order(bench.cancelled(slow.order));
  EXPECT_EQ(fast.rule, "catastrophe");
  EXPECT_EQ(fast.urgency, Urgency::kImmediate);
  bench.fill(fast.order);
  EXPECT_FALSE(bench.state().structures.contains(id));
}

// covers: I-17
TEST(Exit, AnExitCancelsWhatIsStillBeingOpened) {
  Bench bench = bull([](Settings& s) {
    no_exits(s);
    s.risk.max_order_size = 2;
    std::get<Catastrophe>(s.exits.list).enabled = true;
  });
  const OrderTicket opening = bench.enter();
  ASSERT_EQ(opening.quantity, Contracts{2});
  bench.acknowledge(opening.order);
  bench.fill(opening.order, 1);
  bench.snapshot();
  bench.wait(5s);
  bench.market.spot *= 0.969;
  const Commands fall = bench.snapshot();
  ASSERT_EQ(all<CancelOrder>(fall).size(), 1U);
  EXPECT_EQ(all<CancelOrder>(fall)[0].order, opening.order);
  const OrderTicket exit = only_order(fall);
  EXPECT_EQ(exit.rule, "catastrophe");
  EXPECT_EQ(exit.quantity, Contracts{1}) << "what has filled, no more";
}

// covers: I-08, I-17
TEST(Exit, AnAdoptedPositionBeyondTheCeilingIsClosedInSeveralOrders) {
  Bench bench;
  bench.snapshot();
  const StructureId id =
      bench.adopt({{.ratio = 1, .strike = 2800}, {.ratio = -1, .strike = 2900}}, 12);
  const auto tickets = sent(bench.say(OperatorWord::kFlatten));
  std::int32_t closed = 0;
  for (const OrderTicket& ticket : tickets) {
    EXPECT_LE(ticket.quantity, Contracts{kOrderSizeCeiling});
    closed += ticket.quantity.raw();
    bench.fill(ticket.order);
  }
  EXPECT_EQ(closed, 12);
  EXPECT_FALSE(bench.state().structures.contains(id));
}

// A delayed chain shows prices, but no mark of it is valid.
TEST(Exit, DelayedQuotesConfirmNoMark) {
  Bench bench = bull(only<TakeProfit>);
  const StructureId id = bench.open();
  bench.price_at_upl(id, 0.55);
  for (int i = 0; i < 3; ++i) {
    bench.wait(30s);
    EXPECT_TRUE(sent(bench.snapshot(QuoteKind::kDelayed)).empty());
    EXPECT_FALSE(bench.structure(id).mark_valid);
  }
}

}  // namespace
}  // namespace v6::engine_test
