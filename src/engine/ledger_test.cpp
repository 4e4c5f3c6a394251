#include <gtest/gtest.h>

#include "engine/engine_test_kit.hpp"

namespace v6::engine_test {
namespace {

constexpr Date kExpiry = kFirstDay + std::chrono::days{kEntry};

// covers: I-37
TEST(Settlement, TurnsEveryLegIntoItsIntrinsicValue) {
  struct Case {
    std::string_view name;
    int level;
    int puts;  // dollars a share that the put side, and the call side, pay out to us
    int calls;
  };
  // Short 2860/3130, bought 2820/3170: what the neutral past opens.
  const Case cases[] = {{"between the shorts", 3000, 0, 0},
                        {"inside the put side", 2845, -15, 0},
                        {"below both puts", 2700, -40, 0},
                        {"above both calls", 3300, 0, -40}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Bench bench{{.settings = no_exits}};
    const StructureId id = bench.open();
    ASSERT_EQ(bench.structure(id).width, Price::cents(4000));
    const Money before = bench.state().cash;
    EXPECT_TRUE(
        bench
            .feed(SeriesSettled{
                .root = kRoot, .expiry = kExpiry + std::chrono::days{1}, .level = dollars(c.level)})
            .empty())
        << "another series";
    const Commands commands =
        bench.feed(SeriesSettled{.root = kRoot, .expiry = kExpiry, .level = dollars(c.level)});
    EXPECT_EQ(bench.state().cash - before,
              Money::cents(std::int64_t{c.puts + c.calls} * 100 * 100));
    EXPECT_TRUE(bench.state().structures.empty());
    const auto fills = all<RecordFill>(commands);
    ASSERT_EQ(fills.size(), 4U);
    for (const RecordFill& fill : fills) {
      EXPECT_EQ(fill.fill.side, Side::kSettle);
      EXPECT_EQ(fill.fill.quantity, Contracts{1});
      EXPECT_EQ(fill.fill.fees, Money{});
      EXPECT_FALSE(fill.intent);
      EXPECT_EQ(fill.structure, id);
      EXPECT_TRUE(fill.decision);
    }
    const auto records = all<RecordStructure>(commands);
    ASSERT_EQ(records.size(), 1U);
    EXPECT_EQ(records[0].exit_rule, "settled");
    EXPECT_EQ(records[0].realised, bench.state().cash - kCash);
  }
}

// covers: F-58
TEST(Settlement, IsForetoldOnTheSessionBefore) {
  Bench bench{{.settings = no_exits}};
  const StructureId id = bench.open();
  const auto told = [&](Date session) {
    return all<RaiseAlert>(bench.feed(SessionStarted{.date = session}));
  };
  // The expiry is a Wednesday.
  EXPECT_TRUE(told(kExpiry - std::chrono::days{2}).empty());
  const auto alerts = told(kExpiry - std::chrono::days{1});
  ASSERT_EQ(alerts.size(), 1U);
  EXPECT_EQ(alerts[0].what,
            fmt::format("{}: 4 contracts expire on {}; they settle in cash, and are "
                        "gone from the positions",
                        id.text(), iso(kExpiry)));
}

//
TEST(Adoption, MakesAForeignPositionAStructureWithAllItsExits) {
  Bench bench{{.settings = only<VixExit>}};
  bench.snapshot();
  const StructureId id =
      bench.adopt({{.ratio = -1, .strike = 2900}, {.ratio = 1, .strike = 2860}}, 2);
  const Structure& adopted = bench.structure(id);
  EXPECT_TRUE(adopted.adopted);
  EXPECT_EQ(adopted.kind, StructureKind::kPutCreditSpread);
  EXPECT_EQ(adopted.units, Contracts{2});
  EXPECT_EQ(bench.state().cash - kCash, Money::from_raw(adopted.entry_price.raw() * 200))
      << "booked at mid, without fees";
  EXPECT_EQ(bench.state().net_liquidation(), kCash);
  bench.wait(1min);
  bench.vix(40);
  const auto exits = sent(bench.confirmed_snapshot());
  ASSERT_EQ(exits.size(), 1U);
  EXPECT_EQ(exits[0].quantity, Contracts{2}) << "an exit closes what is held, whatever its size";
}

TEST(Adoption, OfWhatCannotBePricedBooksNothingAndCriesForHelp) {
  Bench bench;
  bench.snapshot();
  bench.adopt({{.ratio = -1, .strike = 2900}, {.ratio = 1, .strike = 2861}});
  EXPECT_TRUE(bench.state().structures.empty());
  EXPECT_EQ(bench.state().cash, kCash);
  EXPECT_TRUE(alerted(bench.log(), AlertLevel::kCritical, "2861"));
}

// covers: I-06, I-36
TEST(Positions, AreComparedWithTheBrokersList) {
  struct Case {
    std::string_view name;
    std::function<void(std::vector<ContractPosition>&)> differ;
    bool agrees = false;
  };
  const Case cases[] = {
      {"equal", [](auto&) {}, true},
      {"leg missing", [](auto& list) { list.pop_back(); }},
      {"other size", [](auto& list) { list[0].quantity += Contracts{1}; }},
      {"foreign leg",
       [](auto& list) {
         list.push_back({.contract = {.root = kRoot, .expiry = kExpiry, .strike = Price::cents(1)},
                         .quantity = Contracts{-1}});
       }},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Bench bench;
    const StructureId id = bench.open();
    std::vector<ContractPosition> list;
    for (const auto& [contract, holding] : bench.structure(id).holdings) {
      list.push_back({.contract = bench.state().master[contract], .quantity = holding.quantity});
    }
    c.differ(list);
    const Commands commands = bench.feed(PositionsReported{.positions = list});
    EXPECT_EQ(bench.state().latches.mismatch.empty(), c.agrees);
    EXPECT_EQ(alerted(commands, AlertLevel::kCritical), !c.agrees);
  }
}

// covers: F-58
TEST(Positions, ThatHaveExpiredAreNoDifferenceWhileTheirLevelIsNotPublished) {
  Bench bench{{.settings = no_exits}};
  static_cast<void>(bench.open());
  const Calendar& calendar = bench.state().calendar();
  const Instant close = calendar.session(kExpiry, SessionKind::kIndexOption)->close;
  bench.advance_to(close - 1s);
  bench.feed(PositionsReported{});
  EXPECT_FALSE(bench.state().latches.mismatch.empty()) << "still to trade";
  bench.feed(OperatorSpoke{.word = OperatorWord::kResume, .reason = "test"});
  bench.advance_to(close);
  bench.feed(PositionsReported{});
  EXPECT_TRUE(bench.state().latches.mismatch.empty()) << bench.state().latches.mismatch;
}

/// A condor's opening order of which only some legs fill: one bit a leg.
struct OrphanedLegs {
  Bench bench{{.settings = no_exits}};
  OrderTicket ticket = bench.enter();

  Commands fill(unsigned legs) {
    OrderFilled fill = bench.fill_of(ticket, 1);
    std::vector<LegFill> some;
    for (std::size_t i = 0; i < fill.legs.size(); ++i) {
      if ((legs >> i & 1U) != 0) { some.push_back(fill.legs[i]); }
    }
    fill.legs = std::move(some);
    return bench.feed(fill);
  }
  [[nodiscard]] bool short_of_anything() const {
    const auto& structures = bench.state().structures;
    return std::ranges::any_of(structures, [](const auto& entry) {
      return std::ranges::any_of(entry.second.holdings, [](const auto& holding) {
        return holding.second.quantity < Contracts{};
      });
    });
  }
};

// covers: I-09, I-36
TEST(OrphanLegs, AnyPartOfACondorResolvesToNothingShortSidesFirst) {
  for (unsigned legs = 1; legs < 15; ++legs) {
    SCOPED_TRACE(legs);
    OrphanedLegs test;
    Bench& bench = test.bench;
    const Commands commands = test.fill(legs);
    // Legs stand as sold, bought, sold, bought.
    const bool shorts = (legs & 0b0101U) != 0;
    const auto repairs = sent(commands);
    EXPECT_EQ(repairs.size(), static_cast<std::size_t>((legs & 1U) + (legs >> 2 & 1U)));
    EXPECT_EQ(!bench.state().latches.mismatch.empty(), shorts);
    EXPECT_EQ(alerted(commands, AlertLevel::kCritical), shorts);
    for (const OrderTicket& repair : repairs) {
      EXPECT_EQ(repair.urgency, Urgency::kImmediate);
      EXPECT_EQ(std::ranges::count(repair.legs, 1, &Leg::ratio), 1) << "the short, bought back";
      bench.fill(repair.order);
    }
    EXPECT_FALSE(test.short_of_anything());
    bench.wait(1min);
    for (const OrderTicket& sale : sent(bench.snapshot())) { bench.fill(sale.order); }
    EXPECT_TRUE(bench.state().structures.empty());
  }
}

// covers: I-36
TEST(OrphanLegs, RepairThatDoesNotFillIsTriedAgain) {
  for (const bool one_whole_unit : {false, true}) {
    SCOPED_TRACE(one_whole_unit);
    Bench bench{{.settings = [](Settings& s) {
      no_exits(s);
      s.risk.max_order_size = 2;
    }}};
    const OrderTicket ticket = bench.enter();
    if (one_whole_unit) { bench.fill(ticket.order, 1); }
    OrderFilled lone = bench.fill_of(ticket, 1);
    lone.legs = {lone.legs[0]};
    const auto first = sent(bench.feed(lone));
    ASSERT_EQ(first.size(), 1U);
    bench.cancelled(first[0].order);
    bench.cancelled(ticket.order);
    bench.wait(1min);
    const auto again = sent(bench.snapshot());
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].legs, (Legs{{lone.legs[0].contract, 1}}));
    EXPECT_EQ(again[0].urgency, Urgency::kImmediate);
  }
}

// covers: I-36
TEST(OrphanLegs, WithoutAQuoteLatchAndCryAllTheSame) {
  Bench bench{{.settings = no_exits}};
  const OrderTicket ticket = bench.enter();
  bench.market.missing.insert(ticket.legs[0].contract);
  bench.snapshot();
  OrderFilled lone = bench.fill_of(ticket, 1);
  lone.legs = {lone.legs[0]};
  const Commands commands = bench.feed(lone);
  EXPECT_TRUE(sent(commands).empty());
  EXPECT_NE(bench.state().latches.mismatch, "");
  EXPECT_TRUE(alerted(commands, AlertLevel::kCritical));
}

/// Ten spreads made elsewhere, large enough to hurt, and no exit to end it.
struct Losing {
  Bench bench{{.settings = no_exits}};
  StructureId id = adopted();

  StructureId adopted() {
    bench.snapshot();
    return bench.adopt({{.ratio = -1, .strike = 2950}, {.ratio = 1, .strike = 2850}}, 15);
  }
  /// A snapshot at which so many dollars of the spreads' value are lost.
  Commands lose(double dollars) {
    const double entry = bench.structure(id).entry_price.dollars();
    bench.price_at_upl(id, -dollars / (entry * 1500));
    bench.wait(1min);
    return bench.snapshot();
  }
};

// covers: I-23, A-34
TEST(Losses, OfADayStopEntriesThenAllButReducing) {
  Losing test;
  EXPECT_FALSE(alerted(test.lose(19'500), AlertLevel::kWarning));
  EXPECT_EQ(test.bench.state().latches.daily_loss, "");
  EXPECT_TRUE(alerted(test.lose(20'200), AlertLevel::kWarning, "first limit"));
  EXPECT_TRUE(test.bench.state().latches.daily_loss.starts_with("daily loss"));
  EXPECT_FALSE(alerted(test.lose(39'500), AlertLevel::kCritical)) << "told once";
  EXPECT_TRUE(alerted(test.lose(40'200), AlertLevel::kCritical, "second limit"));
  EXPECT_TRUE(test.bench.state().latches.daily_loss.starts_with("reduce only"));
  EXPECT_TRUE(all<RaiseAlert>(test.lose(0)).empty());
  EXPECT_TRUE(test.bench.state().latches.daily_loss.starts_with("reduce only"))
      << "a recovery lifts nothing";
}

// covers: I-23
TEST(Losses, OfADayAreLiftedByTheNextSessionAndByNothingElse) {
  Losing test;
  test.lose(25'000);
  Bench& bench = test.bench;
  ASSERT_NE(bench.state().latches.daily_loss, "");
  const Money start = bench.state().track.session_start;
  bench.say(OperatorWord::kResume);
  EXPECT_NE(bench.state().latches.daily_loss, "");
  bench.feed(SessionStarted{.date = kFirstDay});
  EXPECT_NE(bench.state().latches.daily_loss, "") << "the same session, after a restart";
  EXPECT_EQ(bench.state().track.session_start, start);
  const auto copy = decoded<State>(encoded(bench.state()));
  EXPECT_EQ(copy.latches.daily_loss, bench.state().latches.daily_loss);
  bench.next_session();
  EXPECT_EQ(bench.state().latches.daily_loss, "");
  EXPECT_LT(bench.state().track.session_start, start - Money::cents(2'400'000));
}

// covers: I-23
TEST(Losses, FromThePeakStopEntriesAcrossSessions) {
  Losing test;
  Bench& bench = test.bench;
  bench.feed(SnapshotEnded{.underlying = kIndex});
  EXPECT_FALSE(alerted(test.lose(99'000), AlertLevel::kCritical, "drawdown"));
  EXPECT_TRUE(alerted(test.lose(100'500), AlertLevel::kCritical, "drawdown"));
  bench.next_session();
  EXPECT_NE(bench.state().latches.drawdown, "");
  EXPECT_EQ(bench.state().latches.daily_loss, "");
}

}  // namespace
}  // namespace v6::engine_test
