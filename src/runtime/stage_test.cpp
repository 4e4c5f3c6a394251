#include "runtime/stage_test_kit.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "base/folder_test_kit.hpp"
#include "runtime/replay.hpp"

/// The bot and the simulated gateway, wire and all, over days of real chains.
namespace v6 {
namespace {

/// Until this time of the first day, or the end of so many sessions.
void live(Stage& stage, std::chrono::minutes until) {
  const Instant end = new_york_instant(new_york_date(stage.at()), until);
  while (stage.at() < end) { stage.step(); }
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
