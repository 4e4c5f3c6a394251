#include "runtime/stage_test_kit.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <random>

#include "base/folder_test_kit.hpp"
#include "runtime/journal.hpp"
#include "runtime/replay.hpp"
#include "runtime/state_folder.hpp"

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
  const unsigned most = soaking() ? 600 : 60;  // steps of a life: half a day, or the first orders
  std::minstd_rand dice{7};
  const test::Folder home;
  Stage stage{a_day("2019-04-25"), reference(), home / "state", memory_wire()};
  live(stage, std::chrono::minutes{9 * 60 + 58});
  for (int life = 0; life < lives; ++life) {
    const auto steps = 1 + dice() % most;
    for (unsigned step = 0; step < steps; ++step) { stage.step(); }
    stage.restart();
    const Instant woke = stage.at();
    while (stage.bot().state().link.state != LinkState::kReady) {
      stage.step();
      ASSERT_LT(stage.at() - woke, std::chrono::seconds{30}) << "life " << life;
    }
    expect_no_order_twice(stage);
  }
  const auto busy = [&] {
    return std::ranges::any_of(stage.bot().state().orders,
                               [](const auto& order) { return order.second.live(); });
  };
  for (int step = 0; step < 1'200 && (step < 600 || busy()); ++step) { stage.step(); }
  EXPECT_EQ(in_our_books(stage.bot().state()), at_the_broker(stage));
  EXPECT_EQ(stage.bot().state().cash, stage.exchange().figures().cash);
  expect_no_order_twice(stage);
}

// A journal without a record is what a process leaves that dies before its first commit.
// covers: F-94, I-21
TEST(Stage, LivesThatDiedAtBirthHideNothing) {
  const test::Folder home;
  Stage stage{a_day("2019-04-25"), reference(), home / "state", memory_wire()};
  live(stage, std::chrono::minutes{10 * 60 + 45});
  const auto held = in_our_books(stage.bot().state());
  ASSERT_FALSE(held.empty());
  const std::filesystem::path image = home / "image";
  stage.copy_state(image);
  const std::uint32_t life = life_of(stage.bot().journal_path());
  for (std::uint32_t born = 1; born <= 25; ++born) {
    static_cast<void>(Journal::create(journal_path(image, life + born), {}));
  }
  stage.restart(image);
  EXPECT_EQ(in_our_books(stage.bot().state()), held);
  EXPECT_FALSE(stage.bot().record().decisions.empty());
}

struct Footprint {
  std::ptrdiff_t descriptors = 0;
  std::size_t heap = 0;  // bytes; 0 where the sanitizer has its own
};

Footprint footprint() {
  const std::filesystem::directory_iterator open{"/proc/self/fd"};
  return {.descriptors = std::distance(begin(open), end(open)), .heap = mallinfo2().uordblks};
}

// covers: F-02, F-34
TEST(Stage, ReconnectsLeaveNothingBehind) {
  const int reconnects = soaking() ? 1'000 : 50;
  constexpr int kSettled = 10;
  constexpr std::chrono::seconds kApart{5};
  StageSettings settings = a_day("2019-04-25");
  settings.start = std::chrono::hours{9} + std::chrono::minutes{56};
  const Instant first = new_york_instant(*settings.from, settings.start) + kApart;
  for (int i = 0; i < reconnects; ++i) {
    const auto at = std::chrono::hours{9} + std::chrono::minutes{56} + kApart * (i + 1);
    const std::chrono::hh_mm_ss time{at};
    settings.incidents.push_back({.at = fmt::format("{:02}:{:02}:{:02}", time.hours().count(),
                                                    time.minutes().count(), time.seconds().count()),
                                  .deed = "drop the socket"});
  }
  const test::Folder home;
  Stage stage{std::move(settings), reference(), home / "state", loopback_wire()};
  const auto ready_after = [&](int drops) {
    const auto ready = [&] { return stage.bot().state().link.state == LinkState::kReady; };
    while (stage.at() < first + kApart * drops || !ready()) { stage.step(); }
    return footprint();
  };
  const Footprint before = ready_after(kSettled);
  const Footprint after = ready_after(reconnects);

  const ibkr::ClientCounters counters = stage.bot().client().counters();
  EXPECT_EQ(counters.sessions, static_cast<std::uint64_t>(reconnects) + 1);
  EXPECT_EQ(after.descriptors, before.descriptors);
  EXPECT_LE(counters.lines, 90);
  EXPECT_EQ(counters.unknown_requests, 0U) << "answers to what an earlier session asked";
  EXPECT_EQ(in_our_books(stage.bot().state()), at_the_broker(stage));
  const auto grown = static_cast<double>(after.heap) - static_cast<double>(before.heap);
  fmt::print(
      "{} reconnects: {} descriptors before and {} after, {} lines, {:.0f} bytes of heap "
      "each, records of the run among them\n",
      reconnects, before.descriptors, after.descriptors, counters.lines,
      grown / (reconnects - kSettled));
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
