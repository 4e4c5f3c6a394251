#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <string_view>

#include "risk/risk_test_kit.hpp"

namespace v6 {
namespace {

using namespace literals;
using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;
using test::Desk;
using test::dollars;
using test::expect_edges;
using test::expect_refused;
using test::kTiny;
using test::money;
using test::Names;

constexpr auto kPut = OptionRight::kPut;
constexpr auto kCall = OptionRight::kCall;

TEST(RiskGate, ApprovesWhatIsInOrderAndHandsTheTicketOn) {
  for (const Desk& desk : {test::put_spread_desk(), test::condor_desk(), test::call_debit_desk()}) {
    EXPECT_EQ(desk.refusals(), Names{});
    const auto approved = desk.approve();
    ASSERT_TRUE(approved.has_value());
    EXPECT_EQ(encoded(approved->ticket()), encoded(desk.ticket));
  }
}

TEST(RiskGate, SaysWhatItMeasuredWhenItRefuses) {
  Desk desk = test::put_spread_desk();
  desk.ticket.quantity = Contracts{2};
  const auto answer = desk.approve();
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().text(), "worst_case: 2 contracts against 1 (order size)");
  EXPECT_EQ(RiskRefusal{}.text(), "refused");
}

// covers: I-08, A-24
TEST(RiskGate, RefusesMoreContractsThanConfiguredOrThanEverAllowed) {
  struct Case {
    int configured;
    int quantity;
    bool passes;
  };
  const Case cases[] = {{1, 1, true},  {1, 2, false}, {3, 3, true},   {3, 4, false},
                        {5, 5, true},  {5, 6, false}, {100, 5, true}, {100, 6, false},
                        {1, 0, false}, {1, -1, false}};
  for (const Case& c : cases) {
    SCOPED_TRACE(std::to_string(c.quantity) + " of " + std::to_string(c.configured));
    for (Desk desk : {test::put_spread_desk(), test::condor_desk()}) {
      desk.net_liquidation = money(100'000'000);
      desk.limits.max_order_size = c.configured;
      desk.ticket.quantity = Contracts{c.quantity};
      EXPECT_EQ(desk.refusals(), c.passes ? Names{} : Names{"worst_case"});
    }
  }
}

// covers: I-10, A-22, A-29
TEST(RiskGate, RefusesWhatIsNotInTheUniverse) {
  expect_refused({
      {"underlying not on the list", "strikes",
       [](Desk& d) { d.allowed = {"SPY"_sym, "XSP"_sym}; }},
      {"empty list", "strikes", [](Desk& d) { d.allowed.clear(); }},
      {"ticket names another underlying", "strikes",
       [](Desk& d) { d.ticket.underlying = "XSP"_sym; }},
      {"contract nobody listed", "strikes",
       [](Desk& d) { d.ticket.legs[1].contract = d.ticket.quotes[1].contract = ContractId{99}; }},
      {"a leg of another underlying", "strikes",
       [](Desk& d) {
         d.ticket.legs[1].contract = d.ticket.quotes[1].contract =
             d.list(2825, kPut, test::kExpiry, "XSP"_sym);
       }},
      {"a leg that settles at another hour", "strikes",
       [](Desk& d) {
         d.ticket.legs[1].contract = d.ticket.quotes[1].contract =
             d.list(d.listed.master[d.ticket.legs[1].contract].strike.dollars(), kPut,
                    test::kExpiry, "SPX"_sym);
       }},
      {"quote of another contract", "strikes",
       [](Desk& d) { d.ticket.quotes[1].contract = d.list(2500, kPut); }},
  });
}

// covers: I-10, A-22
TEST(RiskGate, RefusesShapesThatAreNotWhatTheyClaim) {
  expect_refused({
      {"no legs", "strikes", [](Desk& d) { d.ticket.legs.clear(); }},
      {"five legs", "strikes", [](Desk& d) { d.ticket.legs.resize(5, d.ticket.legs[0]); }},
      {"a leg without a quote", "freshness", [](Desk& d) { d.ticket.quotes.pop_back(); }},
      {"a leg of nothing", "strikes", [](Desk& d) { d.ticket.legs[0].ratio = 0; }},
      {"one contract twice", "strikes",
       [](Desk& d) {
         d.ticket.legs[1].contract = d.ticket.quotes[1].contract = d.ticket.legs[0].contract;
       }},
      {"another kind than its legs make", "strikes",
       [](Desk& d) { d.ticket.kind = StructureKind::kCallCreditSpread; }},
  });
}

// covers: I-09, I-10
TEST(RiskGate, NeverOpensUndefinedRiskHoweverItIsNamed) {
  struct Case {
    std::string_view what;
    StructureKind claimed;
    std::vector<test::LegAt> legs;
  };
  const test::LegAt short_put{-1, 2850, kPut, 20.00, 20.40};
  const test::LegAt short_call{-1, 2975, kCall, 9.00, 9.40};
  const test::LegAt long_call{1, 3000, kCall, 5.80, 6.20};
  const Case cases[] = {
      {"naked put", StructureKind::kUndefinedRisk, {short_put}},
      {"naked put as cash-secured", StructureKind::kCashSecuredPut, {short_put}},
      {"naked call", StructureKind::kUndefinedRisk, {short_call}},
      {"naked call as covered", StructureKind::kCoveredCall, {short_call}},
      {"strangle", StructureKind::kUndefinedRisk, {short_put, short_call}},
      {"put spread without its long", StructureKind::kPutCreditSpread, {short_put}},
      {"two sold, one bought",
       StructureKind::kCallCreditSpread,
       {{-2, 2975, kCall, 9.00, 9.40}, long_call}},
      {"jade lizard", StructureKind::kCustom, {short_put, short_call, long_call}},
      {"inverted condor",
       StructureKind::kIronCondor,
       {{-1, 2990, kPut, 95, 95.4}, {1, 2965, kPut, 75, 75.4}, short_call, long_call}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    EXPECT_TRUE(Desk(c.claimed, c.legs).refusals().contains("strikes"));
  }
}

// covers: I-19, A-20
TEST(RiskGate, OpensFrom21To45DaysOnly) {
  const auto at_days = [](int count) {
    return [=](Desk& d) { d.expire_on(date(2024, 5, 1) + days{count}); };
  };
  expect_edges({{"21 days", "dte", at_days(21), at_days(20)},
                {"45 days", "dte", at_days(45), at_days(46)},
                {"expired", "dte", at_days(30), at_days(-1)},
                {"today", "dte", at_days(30), at_days(0)}});
}

// covers: I-19, A-20
TEST(RiskGate, CountsDaysOnTheNewYorkDate) {
  EXPECT_TRUE(rc::check([] {
    // Five in the afternoon UTC is the same date in New York all year; midnight UTC is the day
    // before. Leap days and both changes of the clock lie in between.
    const Date today = date(2019, 1, 1) + days{*rc::gen::inRange(0, 4'000)};
    const bool afternoon = *rc::gen::arbitrary<bool>();
    const auto utc = std::chrono::sys_days{today.time_since_epoch()};
    const Instant now = afternoon ? utc + std::chrono::hours{17} : utc + days{1};
    const int count = *rc::gen::inRange(-10, 80);
    Desk desk = test::put_spread_desk();
    desk.move_to(now);
    desk.day.session->open = now - minutes{60};
    desk.day.session->close = now + minutes{60};
    desk.expire_on(today + days{count});
    const Names refusals = desk.refusals();
    RC_ASSERT(refusals.contains("dte") == (count < 21 || count > 45));
    RC_ASSERT(refusals.contains("dte") || refusals.empty());
  }));
}

// covers: A-21, I-19
TEST(RiskGate, OpensStrikesWithinHalfOfSpotOnly) {
  const auto spot = [](double level) { return [=](Desk& d) { d.ticket.spot = dollars(level); }; };
  expect_edges({{"2825 is half of 5650", "strikes", spot(5650), spot(5650.01)},
                {"2850 is 1.5 times 1900", "strikes", spot(1900), spot(1899.99)},
                {"no spot", "strikes", spot(2900), spot(0)},
                {"a negative spot", "strikes", spot(2900), spot(-2900)}});
}

// covers: I-12, I-39
TEST(RiskGate, RefusesOldOrUntrueQuotes) {
  const auto each_leg = [](const std::function<void(LegQuote&)>& change) {
    return [=](Desk& d) { change(d.ticket.quotes.back()); };
  };
  const auto kind = [&](QuoteKind value) {
    return each_leg([=](LegQuote& leg) { leg.kind = value; });
  };
  expect_refused({
      {"stale leg", "freshness", each_leg([](LegQuote& leg) { leg.at -= seconds{5} + kTiny; })},
      {"leg from the future", "freshness", each_leg([](LegQuote& leg) { leg.at += kTiny; })},
      {"stale spot", "freshness", [](Desk& d) { d.ticket.spot_at -= seconds{2} + kTiny; }},
      {"spot from the future", "freshness", [](Desk& d) { d.ticket.spot_at += kTiny; }},
      {"delayed", "freshness", kind(QuoteKind::kDelayed)},
      {"frozen", "freshness", kind(QuoteKind::kFrozen)},
      {"of an unknown kind", "freshness", kind(static_cast<QuoteKind>(99))},
      {"end-of-day in a live market", "freshness", kind(QuoteKind::kEndOfDay)},
      {"halted", "freshness", each_leg([](LegQuote& leg) { leg.halted = true; })},
      {"day: no quotes", "freshness", [](Desk& d) { d.day.quote_kind.reset(); }},
      {"day: delayed", "freshness", [](Desk& d) { d.day.quote_kind = QuoteKind::kDelayed; }},
      {"day: halted", "freshness", [](Desk& d) { d.day.halted = true; }},
  });
  expect_edges({{"leg of 5 s", "freshness", [](Desk& d) { d.ticket.quotes[0].at -= seconds{5}; },
                 [](Desk& d) { d.ticket.quotes[0].at -= seconds{6}; }},
                {"spot of 2 s", "freshness", [](Desk& d) { d.ticket.spot_at -= seconds{2}; },
                 [](Desk& d) { d.ticket.spot_at -= seconds{3}; }},
                {"end-of-day data counts as live in an end-of-day run", "freshness",
                 [](Desk& d) {
                   d.end_of_day = true;
                   for (LegQuote& leg : d.ticket.quotes) { leg.kind = QuoteKind::kEndOfDay; }
                 },
                 [](Desk& d) {
                   d.end_of_day = true;
                   d.ticket.quotes[0].kind = QuoteKind::kFrozen;
                 }}});
}

// covers: I-12
TEST(RiskGate, RefusesThinMarkets) {
  const auto long_leg = [](double bid, double ask) {
    return [=](Desk& d) {
      d.quote(1, bid, ask);
      d.reprice();
    };
  };
  expect_refused({
      {"no bid", "liquidity", long_leg(0, 0.05)},
      {"negative bid", "liquidity", long_leg(-0.05, 0.05)},
      {"no offer", "liquidity", long_leg(0, 0)},
      {"crossed", "liquidity", long_leg(2.04, 2.00)},
      {"too wide", "liquidity", long_leg(1.90, 2.30)},
      {"low open interest", "liquidity", [](Desk& d) { d.ticket.quotes[1].open_interest = 99; }},
      {"open interest unknown", "liquidity", [](Desk& d) { d.ticket.quotes[1].open_interest = 0; }},
  });
  // Allowed are 0.10, or 15 % of the mid: 0.30 at 2.00.
  expect_edges({{"15 % of mid", "liquidity", long_leg(1.85, 2.15), long_leg(1.84, 2.16)},
                {"0.10 for a cheap leg", "liquidity", long_leg(0.10, 0.20), long_leg(0.10, 0.21)}});
}

TEST(RiskGate, AsksForEnoughCreditAtTheExpectedPriceAfterFees) {
  // Distance 0.40, of which 35 % = 0.14 is conceded; fees 0.023 a share. 18 % of 25 is 4.50, so
  // the mid must be 4.663 at least. The long leg's mid is 14.20.
  const auto spread = [](double mid) {
    return [=](Desk& d) {
      d.quote(0, mid + 14.00, mid + 14.40);
      d.reprice();
    };
  };
  expect_edges({{"18 % of a vertical's width", "credit", spread(4.67), spread(4.66)}});

  // A condor: distance 0.80, so 0.28; fees 0.046. 20 % of 25 needs a mid of 5.326, of which the
  // calls bring 3.20 and the long put costs 10.00. At extreme IV 12 % needs 3.326.
  struct Case {
    IvLevel level;
    double mid;
    bool passes;
  };
  const Case cases[] = {{IvLevel::kNormal, 5.33, true},
                        {IvLevel::kNormal, 5.32, false},
                        {IvLevel::kHigh, 5.32, false},
                        {IvLevel::kExtreme, 3.33, true},
                        {IvLevel::kExtreme, 3.32, false}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.mid);
    Desk desk = test::condor_desk();
    desk.factors.iv_level = c.level;
    desk.strategy.condor.high = desk.strategy.condor.extreme = desk.strategy.condor.normal;
    desk.quote(0, c.mid - 3.20 + 9.80, c.mid - 3.20 + 10.20);
    desk.reprice();
    EXPECT_EQ(desk.refusals(), c.passes ? Names{} : Names{"credit"});
  }
}

TEST(RiskGate, RefusesTooHighADebit) {
  // 55 % of 25 is 13.75; of it 0.14 is conceded and 0.023 are fees: a mid of 13.587 at most. The
  // sold leg's mid is 28.20.
  const auto refusals = [](double mid) {
    Desk desk = test::call_debit_desk();
    desk.quote(0, mid + 28.00, mid + 28.40);
    desk.reprice();
    return desk.refusals();
  };
  EXPECT_EQ(refusals(13.58), Names{});
  EXPECT_EQ(refusals(13.59), Names{"credit"});
}

//
TEST(RiskGate, RepeatsTheChecksOfTheBuilder) {
  struct Case {
    std::string_view what;
    std::function<void(Desk&)> spoil;
    std::string gate;
  };
  const Case cases[] = {
      {"short delta beyond its window", [](Desk& d) { d.ticket.claims.deltas[0] = -0.351; },
       "strikes"},
      {"short delta below its window", [](Desk& d) { d.ticket.claims.deltas[0] = -0.249; },
       "strikes"},
      {"wing too wide", [](Desk& d) { d.strategy.credit_spread.width.most = 0.0086; }, "strikes"},
      {"wing too narrow", [](Desk& d) { d.strategy.credit_spread.width.least = 0.0087; },
       "strikes"},
      {"broker's delta", [](Desk& d) { d.ticket.quotes[0].broker_delta = -0.351; }, "greeks"},
      {"broker's volatility", [](Desk& d) { d.ticket.quotes[1].broker_iv = 0.161; }, "greeks"},
      {"score", [](Desk& d) { d.ticket.claims.score = 49.9; }, "score"},
      {"value", [](Desk& d) { d.ticket.claims.expected_value = 0; }, "expected_value"},
      {"no Greeks", [](Desk& d) { d.ticket.claims.deltas.pop_back(); }, "greeks"},
      {"held already",
       [](Desk& d) {
         Structure held{.id = StructureId{9}, .underlying = "SPX"_sym};
         held.holdings[d.ticket.legs[1].contract].quantity = Contracts{1};
         d.structures[held.id] = held;
       },
       "overlap"},
      {"being ordered",
       [](Desk& d) {
         d.live.push_back({.ticket = d.ticket, .leaves = Contracts{1}});
         d.live.back().ticket.order = OrderId{9};
         d.live.back().ticket.structure = StructureId{9};
       },
       "overlap"},
  };
  EXPECT_TRUE(test::put_spread_desk().approves());
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    Desk desk = test::put_spread_desk();
    c.spoil(desk);
    EXPECT_THAT(desk.refusals(), testing::Contains(c.gate));
  }
}

// covers: I-15
TEST(RiskGate, KeepsTheWholeWalkInItsCollar) {
  const auto walk = [](const std::function<void(PriceWalk&)>& change) {
    return [=](Desk& d) { change(d.ticket.walk); };
  };
  expect_refused({
      {"first off the tick", "collar", walk([](PriceWalk& w) { w.first += Price::cents(1); })},
      {"last off the tick", "collar", walk([](PriceWalk& w) { w.last -= Price::cents(1); })},
      {"steps off the tick", "collar", walk([](PriceWalk& w) { w.step = Price::cents(1); })},
      {"no step", "collar", walk([](PriceWalk& w) { w.step = Price{}; })},
      {"a step back", "collar", walk([](PriceWalk& w) { w.step = -w.step; })},
      {"walking up", "collar", walk([](PriceWalk& w) { std::swap(w.first, w.last); })},
      {"beyond the natural", "collar", walk([](PriceWalk& w) { w.last -= Price::cents(40); })},
      {"far above the mid", "collar", walk([](PriceWalk& w) { w.first += Price::cents(10); })},
      {"far above fair", "collar", [](Desk& d) { d.ticket.fair_value -= 8; }},
      {"far below fair", "collar", [](Desk& d) { d.ticket.fair_value += 8; }},
      {"no fair value", "collar", [](Desk& d) { d.ticket.fair_value = std::nan(""); }},
  });
  // 25 % of 25 is 6.25, and a tick of 0.05; the walk ends at 5.80, the natural is 5.60.
  const auto fair = [](double value) { return [=](Desk& d) { d.ticket.fair_value = value; }; };
  expect_edges({{"above fair", "collar", fair(-0.49), fair(-0.51)},
                {"below fair", "collar", fair(12.09), fair(12.11)},
                {"at the natural", "collar", walk([](PriceWalk& w) { w.last = dollars(5.60); }),
                 walk([](PriceWalk& w) { w.last = dollars(5.55); })},
                {"a tick above mid", "collar", walk([](PriceWalk& w) { w.first = dollars(6.05); }),
                 walk([](PriceWalk& w) { w.first = dollars(6.10); })}});
}

// covers: I-01, I-13, I-14, I-20, A-30, A-31
TEST(RiskGate, OpensOnlyWhenModeLatchesSessionAndCalendarAllow) {
  expect_refused({
      {"latched", "latch", [](Desk& d) { d.day.latches = {"halted by the operator"}; }},
      {"dry run", "mode", [](Desk& d) { d.day.mode = d.ticket.mode = Mode::kDryRun; }},
      {"dry run, ticket of another mode", "mode", [](Desk& d) { d.day.mode = Mode::kDryRun; }},
      {"ticket of another mode", "mode", [](Desk& d) { d.ticket.mode = Mode::kLive; }},
      {"a mode nobody knows", "mode",
       [](Desk& d) { d.day.mode = d.ticket.mode = static_cast<Mode>(99); }},
      {"no session", "session", [](Desk& d) { d.day.session.reset(); }},
      {"blackout", "blackout",
       [](Desk& d) {
         d.day.blackouts = {{.event = {.date = date(2024, 5, 1), .kind = EventKind::kFomc},
                             .from = test::kOpen,
                             .to = test::kClose}};
       }},
      {"events not covered", "blackout", [](Desk& d) { d.day.events_covered = false; }},
      {"VIX at 35", "vix", [](Desk& d) { d.factors.vix = 35; }},
      {"no VIX", "vix", [](Desk& d) { d.factors.vix.reset(); }},
      {"no outlook", "factors", [](Desk& d) { d.factors.outlook.reset(); }},
  });
  const auto at = [](Instant now) { return [=](Desk& d) { d.move_to(now); }; };
  expect_edges({{"five minutes after the open", "session", at(test::kOpen + minutes{5}),
                 at(test::kOpen + minutes{5} - kTiny)},
                {"fifteen before the close", "session", at(test::kClose - minutes{15}),
                 at(test::kClose - minutes{15} + kTiny)}});
}

// covers: I-39
TEST(RiskGate, RefusesWhatItHasNothingToJudgeBy) {
  const Desk desk = test::put_spread_desk();
  const std::function<void(RiskView&)> missing[] = {
      [](RiskView& view) { view.limits = nullptr; },
      [](RiskView& view) { view.strategy = nullptr; },
      [](RiskView& view) { view.gates = nullptr; },
      [](RiskView& view) { view.fees = nullptr; },
      [](RiskView& view) { view.master = nullptr; },
      [](RiskView& view) { view.allowed = nullptr; },
      [](RiskView& view) { view.structures = nullptr; },
      [](RiskView& view) { view.day.factors = nullptr; },
      [](RiskView& view) { view.net_liquidation = Money{}; },
      [](RiskView& view) { view.net_liquidation = money(-1); },
      [](RiskView& view) { view = {}; },
  };
  for (const auto& take_away : missing) {
    RiskView view = desk.view();
    take_away(view);
    EXPECT_FALSE(RiskGate::approve(desk.ticket, view).has_value());
  }
  EXPECT_FALSE(RiskGate::approve({}, desk.view()).has_value());
  Desk unknown_purpose = desk;
  unknown_purpose.ticket.purpose = static_cast<Purpose>(99);
  EXPECT_FALSE(unknown_purpose.approves());
}

}  // namespace
}  // namespace v6
