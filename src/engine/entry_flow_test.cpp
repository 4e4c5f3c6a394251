#include <gtest/gtest.h>

#include "base/enum_text.hpp"
#include "engine/engine_test_kit.hpp"

namespace v6::engine_test {
namespace {

const Check* line(const Decision& decision, std::string_view name, Verdict verdict) {
  const auto found = std::ranges::find_if(decision.waterfall, [&](const Check& check) {
    return check.name == name && check.verdict == verdict;
  });
  return found == decision.waterfall.end() ? nullptr : &*found;
}

//
TEST(Entry, FollowsTheFactorsToItsKind) {
  struct Case {
    std::string_view name;
    Past past;
    StructureKind kind;
  };
  const Case cases[] = {{"neutral, high", kNeutral, StructureKind::kIronCondor},
                        {"bullish, high", kBullish, StructureKind::kPutCreditSpread},
                        {"bearish, high", kBearish, StructureKind::kCallCreditSpread},
                        {"bullish, low", kBullishCalm, StructureKind::kCallDebitSpread}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Bench bench{{.past = c.past}};
    const OrderTicket ticket = bench.enter();
    EXPECT_EQ(ticket.kind, c.kind);
    EXPECT_EQ(ticket.purpose, Purpose::kOpen);
    EXPECT_EQ(ticket.quantity, Contracts{1});
    for (const Leg& leg : ticket.legs) {
      EXPECT_EQ(bench.state().master[leg.contract].expiry, kFirstDay + std::chrono::days{kEntry});
    }
  }
}

// covers: I-12
TEST(Entry, NominatesOnTheChainAndOpensOnFreshLegQuotesOnly) {
  Bench bench;
  const Commands on_chain = bench.snapshot();
  EXPECT_TRUE(sent(on_chain).empty());
  EXPECT_TRUE(all<RequestQuotes>(on_chain).empty()) << "the schedule decides when to look";

  const Commands on_schedule = bench.advance_to(new_york_instant(kFirstDay, 10h));
  const auto requests = all<RequestQuotes>(on_schedule);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].contracts.size(), 4U);
  EXPECT_TRUE(sent(on_schedule).empty());

  const Commands on_quotes = bench.feed(bench.answer_to(requests[0]));
  ASSERT_EQ(openings(on_quotes).size(), 1U);
  EXPECT_TRUE(sent(bench.feed(bench.answer_to(requests[0]))).empty()) << "one answer, one order";
}

// covers: I-12
TEST(Entry, RefusesLegQuotesThatAreNotFreshLiveAndWhole) {
  struct Case {
    std::string_view name;
    std::string_view gate;
    std::function<void(LegQuotesArrived&)> spoil;
    bool opens = false;
  };
  const auto quote = [](std::size_t leg, auto change) {
    return [=](LegQuotesArrived& answer) { change(answer.quotes.at(leg)); };
  };
  const Case cases[] = {
      {"at the limit", "", quote(0, [](LegQuote& leg) { leg.at -= 5s; }), true},
      {"stale leg", "freshness", quote(2, [](LegQuote& leg) { leg.at -= 5s + 1ns; })},
      {"leg from the future", "freshness", quote(1, [](LegQuote& leg) { leg.at += 1s; })},
      {"stale underlying", "freshness", [](LegQuotesArrived& a) { a.spot_at -= 2s + 1ns; }},
      {"underlying from the future", "freshness", [](LegQuotesArrived& a) { a.spot_at += 1s; }},
      {"delayed first leg", "freshness",
       quote(0, [](LegQuote& leg) { leg.kind = QuoteKind::kDelayed; })},
      {"frozen last leg", "freshness",
       quote(3, [](LegQuote& leg) { leg.kind = QuoteKind::kFrozen; })},
      {"end-of-day leg in a live run", "freshness",
       quote(1, [](LegQuote& leg) { leg.kind = QuoteKind::kEndOfDay; })},
      {"halted leg", "freshness", quote(1, [](LegQuote& leg) { leg.halted = true; })},
      {"missing leg", "freshness", [](LegQuotesArrived& a) { a.quotes.pop_back(); }},
      {"no leg", "freshness", [](LegQuotesArrived& a) { a.quotes.clear(); }},
      {"wing without a bid", "liquidity", quote(1, [](LegQuote& leg) { leg.quote.bid = Price{}; })},
      {"crossed", "liquidity",
       quote(0, [](LegQuote& leg) { std::swap(leg.quote.bid, leg.quote.ask); })},
      {"too wide", "liquidity",
       quote(0, [](LegQuote& leg) { leg.quote.ask += Price::cents(1000); })},
      {"thinly held", "liquidity", quote(0, [](LegQuote& leg) { leg.open_interest = 99; })},
      {"broker's delta disagrees", "greeks",
       quote(0, [](LegQuote& leg) { *leg.broker_delta += 0.06; })},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Bench bench;
    LegQuotesArrived answer = bench.answer_to(bench.nominate());
    c.spoil(answer);
    const Commands commands = bench.feed(answer);
    EXPECT_EQ(sent(commands).size(), c.opens ? 1U : 0U);
    const auto recorded = decisions(commands);
    ASSERT_EQ(recorded.size(), 1U);
    EXPECT_EQ(recorded[0].outcome == Outcome::kOpened, c.opens);
    if (!c.opens) { EXPECT_NE(line(recorded[0], c.gate, Verdict::kRefuse), nullptr); }
  }
}

// covers: I-12
TEST(Entry, OldOrDelayedChainDoesNotEvenNominate) {
  Bench bench;
  bench.snapshot(QuoteKind::kDelayed);
  EXPECT_TRUE(all<RequestQuotes>(bench.say(OperatorWord::kEvaluate)).empty());
  bench.snapshot();
  bench.wait(10min + 1s);
  EXPECT_TRUE(all<RequestQuotes>(bench.say(OperatorWord::kEvaluate)).empty());
  bench.snapshot();
  EXPECT_EQ(all<RequestQuotes>(bench.say(OperatorWord::kEvaluate)).size(), 1U);
}

// covers: I-20, A-25
TEST(Entry, DryRunSendsNothing) {
  static_assert(Settings{}.mode == Mode::kDryRun);
  Bench bench{{.mode = Mode::kDryRun}};
  bench.snapshot();
  bench.say(OperatorWord::kEvaluate);
  bench.wait(6h);
  ASSERT_FALSE(decisions(bench.log()).empty());
  EXPECT_NE(line(decisions(bench.log()).back(), "mode", Verdict::kRefuse), nullptr);
  EXPECT_TRUE(sent(bench.log()).empty());
}

// covers: I-20
TEST(Entry, InADryRunEvenTheExitOfAnAdoptedStructureGetsNoPermit) {
  Bench bench{{.mode = Mode::kDryRun}};
  bench.snapshot();
  bench.adopt({{.ratio = 1, .strike = 2800}, {.ratio = -1, .strike = 2900}});
  Commands commands = bench.say(OperatorWord::kFlatten);
  auto submits = all<SubmitOrder>(commands);
  ASSERT_EQ(submits.size(), 1U);
  EXPECT_FALSE(PermitDesk::permit(
      submits[0].order,
      {.now = bench.at(), .mode = Mode::kDryRun, .latched = false, .most_age = 5s}));
}

// A refusal explains itself: every line that refused says what was measured against what, or in
// words which datum is missing.
TEST(Entry, EveryNoCarriesItsWaterfall) {
  const auto news = [](Calendar::Data data) {
    data.events.push_back(
        {.date = kFirstDay, .kind = EventKind::kFomc, .time = 14h, .text = "decision"});
    return data;
  };
  struct Case {
    std::string_view gate;
    BenchOptions options;
    std::function<void(Bench&)> before = [](Bench&) {};
  };
  const Case cases[] = {
      {"mode", {.mode = Mode::kDryRun}},
      {"blackout", {.calendar = news(quiet_calendar())}},
      {"latch", {}, [](Bench& bench) { bench.say(OperatorWord::kHalt); }},
      {"vix", {.market = {.vix = 35}}},
      {"session",
       {},
       [](Bench& bench) { bench.advance_to(new_york_instant(kFirstDay, 16h + 1min)); }},
      {"freshness", {}, [](Bench& bench) { bench.snapshot(QuoteKind::kFrozen); }},
      {"factors", {.past = {.vix_rank = 0.1}}},
      {"credit", {.settings = [](Settings& s) { s.strategy.condor.least_credit = 0.5; }}},
      {"worst_case", {.cash = Money::cents(10'000'000)}},
      {"score", {.past = {.swing = 0.006}}},
      {"dte", {.settings = [](Settings& s) { s.strategy.most_dte = 30; }}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.gate);
    Bench bench{c.options};
    bench.snapshot();
    c.before(bench);
    const Commands commands = bench.say(OperatorWord::kEvaluate);
    EXPECT_TRUE(all<RequestQuotes>(commands).empty());
    const auto recorded = decisions(commands);
    ASSERT_EQ(recorded.size(), 1U);
    const Decision& no = recorded[0];
    EXPECT_TRUE(no.outcome == Outcome::kRefused || no.outcome == Outcome::kNoCandidate);
    EXPECT_TRUE(no.id);
    EXPECT_NE(line(no, c.gate, Verdict::kRefuse), nullptr) << bench.refusals();
    for (const Check& check : no.waterfall) {
      if (check.verdict != Verdict::kRefuse) { continue; }
      SCOPED_TRACE(check.name);
      EXPECT_TRUE(check.limit);
      EXPECT_FALSE(check.unit.empty());
      EXPECT_TRUE((check.measured && check.distance) || !check.detail.empty());
      if (check.distance) { EXPECT_LE(*check.distance, 0); }
    }
  }
}

// covers: I-16, I-18
TEST(Entry, OpensAtMostTwoNewStructuresADay) {
  Bench bench;
  bench.open();
  bench.open();
  bench.snapshot();
  bench.say(OperatorWord::kEvaluate);
  EXPECT_NE(line(decisions(bench.log()).back(), "counts", Verdict::kRefuse), nullptr);
  bench.next_session();
  EXPECT_NO_THROW((void)bench.nominate());
}

TEST(Entry, WalksDownOneTickAStepAndCancelsAtItsEnd) {
  Bench bench;
  const OrderTicket ticket = bench.enter();
  ASSERT_GT(ticket.walk.first, ticket.walk.last);
  bench.acknowledge(ticket.order);
  EXPECT_TRUE(all<ModifyOrder>(bench.wait(14s)).empty());
  Price limit = ticket.walk.first;
  while (limit > ticket.walk.last) {
    const auto moved = all<ModifyOrder>(bench.wait(15s));
    ASSERT_EQ(moved.size(), 1U);
    EXPECT_EQ(moved[0].limit, limit - Price::cents(5));
    limit = moved[0].limit;
  }
  EXPECT_EQ(all<CancelOrder>(bench.wait(15s)).size(), 1U);
  const Commands ended = bench.cancelled(ticket.order);
  const auto recorded = decisions(ended);
  ASSERT_EQ(recorded.size(), 1U);
  EXPECT_EQ(recorded[0].outcome, Outcome::kRefused);
  EXPECT_NE(line(recorded[0], "fill", Verdict::kRefuse), nullptr);
  EXPECT_TRUE(bench.state().structures.empty());
  const auto orders = all<RecordOrder>(ended);
  ASSERT_EQ(orders.size(), 1U);
  EXPECT_EQ(orders[0].status, OrderStatus::kCancelled);
  EXPECT_EQ(orders[0].limits.front(), ticket.walk.first);
  EXPECT_EQ(orders[0].limits.back(), ticket.walk.last);
}

// A fill before the acknowledgement starts the walk as well; else nothing would ever end the order.
TEST(Entry, WalksOnWhenTheFirstNewsIsAPartialFill) {
  Bench bench{{.settings = [](Settings& s) { s.risk.max_order_size = 3; }}};
  const OrderTicket ticket = bench.enter();
  ASSERT_EQ(ticket.quantity, Contracts{3});
  bench.fill(ticket.order, 1);
  bench.acknowledge(ticket.order);
  bench.wait(10min);
  EXPECT_EQ(bench.status(ticket.order), OrderStatus::kCancelling);
}

TEST(Entry, WalksAtOnePaceAfterAnUnknownSpell) {
  Bench bench;
  const OrderTicket ticket = bench.enter();
  bench.acknowledge(ticket.order);
  bench.wait(5s);
  bench.lose_sight_of(ticket.order);
  bench.acknowledge(ticket.order);
  EXPECT_EQ(all<ModifyOrder>(bench.wait(15s)).size(), 1U);
}

// covers: I-18
TEST(Entry, CountsWhatIsBeingOpenedInOtherUnderlyingsTowardsTheDay) {
  Bench bench;
  const OrderTicket first = bench.enter();
  const OrderTicket second = bench.enter();
  ASSERT_TRUE(is_live(bench.status(first.order)) && is_live(bench.status(second.order)));
  State state = bench.state();
  Given given = *state.given;
  given.setup.roots["XSP"_sym] = "XSP"_sym;
  state.given = std::make_shared<const Given>(given);
  state.underlyings["XSP"_sym];
  EXPECT_EQ(day_view(state, bench.at(), "XSP"_sym).opened_today, 2);
}

// covers: I-12
TEST(Entry, LooksAtTheLiveVixAndNotAtTheLastChains) {
  Bench bench;
  const RequestQuotes request = bench.nominate();
  bench.vix(35);
  EXPECT_TRUE(sent(bench.feed(bench.answer_to(request))).empty());
  EXPECT_NE(line(decisions(bench.log()).back(), "vix", Verdict::kRefuse), nullptr);
  bench.vix(34.9);
  EXPECT_NO_THROW((void)bench.enter());
}

TEST(Entry, ANominationWithoutAnAnswerIsRefusedInTime) {
  Bench bench;
  bench.nominate();
  ASSERT_EQ(bench.state().nominations.size(), 1U);
  const Commands commands = bench.wait(2min);
  EXPECT_TRUE(bench.state().nominations.empty());
  ASSERT_EQ(decisions(commands).size(), 1U);
  EXPECT_NE(line(decisions(commands)[0], "freshness", Verdict::kRefuse), nullptr);
}

}  // namespace
}  // namespace v6::engine_test
