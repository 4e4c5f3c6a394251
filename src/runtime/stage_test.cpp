#include "runtime/stage.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "base/folder_test_kit.hpp"
#include "runtime/replay.hpp"

/// The bot and the simulated gateway, wire and all, over days of real chains.
namespace v6 {
namespace {

const Reference& reference() {
  static const Reference shipped = read_reference(std::string{V6_DATA} + "/reference");
  return shipped;
}

bool soaking() { return std::getenv("V6_SOAK") != nullptr; }

StageSettings a_day(std::string_view date, std::uint64_t seed = 1) {
  StageSettings settings{.chains = std::string{V6_DATA} + "/spx-eod-2019",
                         .underlying = Symbol::parse("SPX").value(),
                         .root = Symbol::parse("SPXW").value(),
                         .from = parse_date(date),
                         .seed = seed};
  return settings;
}

/// Until this time of the first day, or the end of so many sessions.
void live(Stage& stage, std::chrono::minutes until) {
  const Instant end = new_york_instant(new_york_date(stage.at()), until);
  while (stage.at() < end) { stage.step(); }
}

/// Net contracts by the broker's number, by the gateway's own book.
std::map<Contract, std::int64_t> at_the_broker(Stage& stage) {
  std::map<Contract, std::int64_t> held;
  for (const HeldPosition& position : stage.exchange().positions()) {
    const Listing& listing = *stage.market().find(position.con_id);
    held[{.root = listing.trading_class(),
          .expiry = listing.expiry,
          .strike = listing.strike,
          .right = listing.right}] += position.quantity;
  }
  std::erase_if(held, [](const auto& entry) { return entry.second == 0; });
  return held;
}

std::map<Contract, std::int64_t> in_our_books(const State& state) {
  std::map<Contract, std::int64_t> held;
  for (const auto& [id, structure] : state.structures) {
    for (const auto& [contract, holding] : structure.holdings) {
      held[state.master[contract]] += holding.quantity.raw();
    }
  }
  std::erase_if(held, [](const auto& entry) { return entry.second == 0; });
  return held;
}

/// No intent stands at the broker under two orders.
void expect_no_order_twice(Stage& stage) {
  std::set<std::string> refs;
  const auto once = [&](const BookedOrder& order) {
    EXPECT_TRUE(refs.insert(order.request.order_ref).second) << order.request.order_ref;
  };
  for (const BookedOrder& order : stage.exchange().open_orders(std::nullopt)) { once(order); }
  for (const BookedOrder& order : stage.exchange().completed_orders()) { once(order); }
}

// covers: I-03, I-04, I-05, I-06, I-37
TEST(Stage, ADayOpensStructuresAndBothBooksAgreeToTheCent) {
  const test::Folder home;
  Stage stage{a_day("2019-04-25"), reference(), home / "state", memory_wire()};
  live(stage, std::chrono::minutes{10 * 60 + 45});
  EXPECT_FALSE(stage.bot().state().structures.empty());
  EXPECT_EQ(stage.bot().state().link.state, LinkState::kReady);
  EXPECT_EQ(in_our_books(stage.bot().state()), at_the_broker(stage));
  EXPECT_EQ(stage.bot().state().cash, stage.exchange().figures().cash);
  EXPECT_TRUE(stage.bot().state().latches.set().empty());
  expect_no_order_twice(stage);
}

// covers: I-29
TEST(Stage, TheJournalReplaysToTheSameCommands) {
  const test::Folder home;
  std::filesystem::path journal;
  {
    Stage stage{a_day("2019-04-25"), reference(), home / "state", memory_wire()};
    live(stage, std::chrono::minutes{10 * 60 + 20});
    journal = stage.bot().journal_path();
    static_cast<void>(stage.bot().close(stage.at()));
  }
  const ReplayResult again = replay(journal);
  EXPECT_EQ(again.difference, std::nullopt);
  EXPECT_GT(again.events, 100U);
}

TEST(Stage, OneSeedGivesOneDay) {
  const auto digest = [&](std::uint64_t seed) {
    const test::Folder home;
    Stage stage{a_day("2019-04-25", seed), reference(), home / "state", memory_wire()};
    live(stage, std::chrono::minutes{10 * 60 + 2});
    return decisions_digest(stage.bot().record().decisions);
  };
  EXPECT_EQ(digest(1), digest(1));
  EXPECT_NE(digest(1), digest(2));
}

// A process that dies anywhere wakes up, compares its books with the broker's and goes on.
// covers: F-94, I-02, I-03, I-04, I-21
TEST(Stage, DeathAtAnyInstantDoublesNothingAndLosesNothing) {
  const int lives = soaking() ? 500 : 20;
  std::minstd_rand dice{7};
  const test::Folder home;
  Stage stage{a_day("2019-04-25"), reference(), home / "state", memory_wire()};
  live(stage, std::chrono::minutes{9 * 60 + 58});
  for (int life = 0; life < lives; ++life) {
    const int steps = 1 + static_cast<int>(dice() % 60);
    for (int step = 0; step < steps; ++step) { stage.step(); }
    stage.restart();
    const Instant woke = stage.at();
    while (stage.bot().state().link.state != LinkState::kReady) {
      stage.step();
      ASSERT_LT(stage.at() - woke, std::chrono::seconds{30}) << "life " << life;
    }
    expect_no_order_twice(stage);
  }
  live(stage, std::chrono::minutes{10 * 60 + 50});
  EXPECT_EQ(in_our_books(stage.bot().state()), at_the_broker(stage));
  EXPECT_EQ(stage.bot().state().cash, stage.exchange().figures().cash);
  expect_no_order_twice(stage);
}

// covers: I-01
TEST(Stage, AKillSwitchPulledByAnotherThreadStopsTheNextOpening) {
  const test::Folder home;
  Stage stage{a_day("2019-04-25"), reference(), home / "state", memory_wire()};
  live(stage, std::chrono::minutes{9 * 60 + 59});
  stage.kill().pull();
  live(stage, std::chrono::minutes{10 * 60 + 20});
  EXPECT_TRUE(stage.exchange().open_orders(std::nullopt).empty());
  EXPECT_TRUE(stage.exchange().completed_orders().empty());
  EXPECT_FALSE(stage.bot().state().latches.halted.empty());
}

// covers: I-20
TEST(Stage, DryRunSendsNoOrderMessage) {
  const test::Folder home;
  StageSettings settings = a_day("2019-04-25");
  settings.mode = Mode::kDryRun;
  Stage stage{std::move(settings), reference(), home / "state", memory_wire()};
  live(stage, std::chrono::minutes{10 * 60 + 20});
  EXPECT_FALSE(stage.bot().record().decisions.empty());
  EXPECT_TRUE(stage.exchange().open_orders(std::nullopt).empty());
  EXPECT_TRUE(stage.exchange().completed_orders().empty());
  EXPECT_EQ(stage.exchange().next_order_id(1), 1) << "not even a preview";
}

// The broker's own count of the margin is asked before an opening order is written.
// covers: F-82
TEST(Stage, ABrokerWhoWantsTooMuchMarginGetsNoOrder) {
  const test::Folder home;
  Stage stage{a_day("2019-04-25"), reference(), home / "state", memory_wire()};
  live(stage, std::chrono::minutes{9 * 60 + 59});
  stage.exchange().scale_margin(1000);
  live(stage, std::chrono::minutes{10 * 60 + 20});
  EXPECT_TRUE(stage.exchange().completed_orders().empty());
  const auto& orders = stage.bot().record().orders;
  ASSERT_FALSE(orders.empty());
  EXPECT_NE(orders.front().reason.find("what-if"), std::string::npos) << orders.front().reason;
}

// The real socket changes nothing.
TEST(Stage, ALoopbackConnectionGivesTheSameDayAsMemory) {
  const auto digest = [&](std::unique_ptr<Wire> wire) {
    const test::Folder home;
    Stage stage{a_day("2019-04-25"), reference(), home / "state", std::move(wire)};
    live(stage, std::chrono::minutes{10 * 60 + 2});
    return decisions_digest(stage.bot().record().decisions);
  };
  EXPECT_EQ(digest(memory_wire()), digest(loopback_wire()));
}

}  // namespace
}  // namespace v6
