#include "ibkr/dialogue_test_kit.hpp"

namespace v6::ibkr {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(SessionDialogue, ComparesEverythingBeforeItIsReady) {
  Dialogue talk;
  talk.dial();
  talk.play(kToReady);
  EXPECT_EQ(talk.client().account(), "DU1234567");
  ASSERT_EQ(talk.all<PositionsReported>().size(), 1U);
  const auto account = talk.all<AccountReported>().at(0);
  EXPECT_EQ(account.net_liquidation, Money::cents(500'000'00));
  EXPECT_EQ(account.excess_liquidity, std::nullopt);  // not told, not zero
}

// covers: F-07
TEST(SessionDialogue, RefusesAnOldGatewayWithAReason) {
  Dialogue talk;
  talk.dial();
  talk.play(R"(
    > v157..178
    < 176~20190507 10:00:00 US/Eastern~
    = lost
  )");
  EXPECT_TRUE(talk.client().wants_close());
  ASSERT_TRUE(talk.client().refusal());
  EXPECT_EQ(talk.client().refusal()->kind, Refusal::Kind::kVersion);
  talk.hang_up("closed by us");
  talk.pass(minutes{5});
  EXPECT_FALSE(talk.client().wants_connection());
}

// covers: F-13
TEST(SessionDialogue, AWrongAccountIsRefusedForGood) {
  struct Case {
    std::string_view name;
    AccountKind kind;
    std::string wanted;
    std::string told;
    bool refused;
  };
  const Case cases[] = {
      {"the one", AccountKind::kPaper, "DU1234567", "DU1234567", false},
      {"one of several", AccountKind::kPaper, "DU2", "DU1,DU2,", false},
      {"another", AccountKind::kPaper, "DU1234567", "DU7654321", true},
      {"a live account in a paper run", AccountKind::kPaper, "U1234567", "U1234567", true},
      {"a paper account in a live run", AccountKind::kLive, "DU1234567", "DU1234567", true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Dialogue talk{{.account = c.wanted, .kind = c.kind}};
    talk.dial();
    talk.play("> v157..178\n< 178~20190507 10:00:00 US/Eastern~\n> 71~2~7~~");
    talk.say("15~1~" + c.told + "~");
    EXPECT_EQ(talk.client().wants_close(), c.refused);
    EXPECT_EQ(talk.client().refusal().has_value(), c.refused);
  }
}

// covers: F-09
TEST(SessionDialogue, ARepeatedHandshakeChangesNothing) {
  Dialogue talk;
  talk.dial();
  talk.play(kToReady);
  talk.play("< 15~1~DU1234567~\n< 9~1~1~\n= ready");
}

// covers: F-10
TEST(SessionDialogue, ATakenClientIdIsTriedAgainAndAlarmsAfterFiveMinutes) {
  Dialogue talk;
  const Instant start = talk.now;
  Duration longest{};
  int dials = 0;
  while (talk.now - start < minutes{6}) {
    if (talk.client().wants_connection()) {
      talk.dial();
      ++dials;
      talk.play(R"(
        > v157..178
        < 178~20190507 10:00:00 US/Eastern~
        > 71~2~7~~
        < 4~2~-1~326~Unable to connect as the client id is already in use.~~
      )");
      EXPECT_TRUE(talk.client().wants_close());
      talk.hang_up("closed by us");
    }
    const Instant before = talk.now;
    while (!talk.client().wants_connection() && talk.now - start < minutes{6}) {
      talk.pass(milliseconds{500});
    }
    longest = std::max(longest, talk.now - before);
    const bool late = talk.now - start > minutes{5} + seconds{1};
    EXPECT_EQ(talk.client().refusal().has_value(), late) << (talk.now - start).count();
  }
  EXPECT_GT(dials, 6);
  EXPECT_LE(longest, seconds{61});
}

// covers: F-01
TEST(SessionDialogue, TheGapsBetweenDialsGrowToAMinute) {
  Dialogue talk;
  std::vector<double> gaps;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(talk.client().wants_connection());
    talk.client().dialling(talk.now);
    talk.client().disconnected(talk.now, "connection refused");
    const Instant before = talk.now;
    while (!talk.client().wants_connection()) { talk.pass(milliseconds{100}); }
    gaps.push_back(std::chrono::duration<double>(talk.now - before).count());
  }
  EXPECT_NEAR(gaps.front(), 1, 0.2);
  EXPECT_GT(gaps.back(), 29);
  EXPECT_LT(*std::ranges::max_element(gaps), 60.2);
}

// covers: F-03 F-11
TEST(SessionDialogue, AMuteGatewayIsDeadWithinFiveSeconds) {
  Dialogue talk;
  talk.dial();
  talk.play(kToReady);
  EXPECT_TRUE(talk.client().round_trip_fresh());
  talk.beats = false;
  talk.pass(milliseconds{3'600});
  EXPECT_FALSE(talk.client().round_trip_fresh());
  EXPECT_FALSE(talk.client().wants_close());
  talk.pass(seconds{3});
  EXPECT_TRUE(talk.client().wants_close());
  EXPECT_EQ(talk.client().state(), LinkState::kLost);
}

// covers: F-21
TEST(SessionDialogue, TheLinkIsNotReadyInTheTenMinutesBeforeARestart) {
  ClientSettings settings;
  settings.restart_at = std::chrono::hours{10} + minutes{11};
  Dialogue talk{settings};
  talk.dial();
  talk.play(kToReady);
  talk.pass(seconds{59});
  EXPECT_EQ(talk.client().state(), LinkState::kReady);
  talk.pass(seconds{1});
  EXPECT_EQ(talk.client().state(), LinkState::kDegraded);
  EXPECT_EQ(talk.client().why(), "the gateway restarts at 10:11");
}

// covers: F-23
TEST(SessionDialogue, TheWeeklyLoginIsRemindedOfTwiceAndThenWaitedFor) {
  Dialogue talk;
  talk.now = new_york_instant(date(2019, 5, 10), std::chrono::hours{20});
  talk.dial();
  talk.play(kToReady);
  const auto reminders = [&] {
    return std::ranges::count_if(
        talk.notices, [](const auto& notice) { return notice.contains("weekly login ends"); });
  };
  talk.pass(std::chrono::hours{4} + minutes{59});
  EXPECT_EQ(reminders(), 0);
  talk.pass(minutes{2});
  EXPECT_EQ(reminders(), 1);
  talk.pass(std::chrono::hours{23});
  EXPECT_EQ(reminders(), 2);
  talk.hang_up("closed by the gateway");
  talk.pass(minutes{50});
  EXPECT_FALSE(talk.client().why().contains("awaiting login")) << talk.client().why();
  int dials = 0;
  for (const Instant until = talk.now + std::chrono::hours{2}; talk.now < until;) {
    if (talk.client().wants_connection()) {
      ++dials;
      talk.client().dialling(talk.now);
      talk.client().disconnected(talk.now, "connection refused");
    }
    talk.pass(seconds{1});
  }
  EXPECT_EQ(reminders(), 2);
  EXPECT_TRUE(talk.client().why().contains("awaiting login")) << talk.client().why();
  EXPECT_LT(dials, 250) << "no busy loop";
}

// covers: F-32 F-31 I-26
TEST(SessionDialogue, AMissingEndMarkerIsNoEvidence) {
  Dialogue talk;
  talk.dial();
  talk.play(R"(
    > v157..178
    < 178~20190507 10:00:00 US/Eastern~
    > 71~2~7~~
    < 15~1~DU1234567~
    < 9~1~1~
    > 59~1~1~
    < 4~2~-1~2104~Market data farm connection is OK:usfarm~~
    > 5~1~
    + 11
    = reconciling
    + 5
    > 5~1~
  )");
  EXPECT_TRUE(talk.all<PositionsReported>().empty());
  EXPECT_NE(talk.client().why().find("openOrderEnd"), std::string::npos);
}

// covers: F-14 F-15
TEST(SessionDialogue, ALostServerIsComparedAfresh) {
  Dialogue talk;
  talk.dial();
  talk.play(kToReady);
  talk.play(R"(
    < 4~2~-1~1100~Connectivity between IB and TWS has been lost.~~
    = degraded
    < 4~2~-1~1102~Connectivity between IB and TWS has been restored- data maintained.~~
    = reconciling
    > 5~1~
  )");
}

// covers: F-18 F-20
TEST(SessionDialogue, AFlappingFarmBlocksUntilAMinuteOfPeace) {
  Dialogue talk;
  talk.dial();
  talk.play(kToReady);
  const std::string down = "4~2~-1~2103~Market data farm connection is broken:usopt~~";
  const std::string up = "4~2~-1~2104~Market data farm connection is OK:usopt~~";
  talk.say(down);
  EXPECT_EQ(talk.client().state(), LinkState::kDegraded);
  EXPECT_FALSE(talk.client().wants_close());  // the order channel stays
  talk.say(up);
  EXPECT_EQ(talk.client().state(), LinkState::kReady);
  for (int i = 0; i < 5; ++i) {
    talk.say(down);
    talk.say(up);
  }
  EXPECT_EQ(talk.client().state(), LinkState::kDegraded);
  talk.pass(seconds{50});
  EXPECT_EQ(talk.client().state(), LinkState::kDegraded);
  talk.pass(seconds{11});
  EXPECT_EQ(talk.client().state(), LinkState::kReady);
  EXPECT_LT(talk.notices.size(), 10U);
}

// covers: F-06
TEST(SessionDialogue, GarbageClosesTheLinkAndAppliesNothing) {
  const std::string cases[] = {
      std::string("\x7f\xff\xff\xff", 4),  // an absurd length
      std::string("\0\0\0\x04"
                  "3\0x\0",
                  8),  // an orderStatus of one field
      std::string("\0\0\0\x03"
                  "abc",
                  7),  // no field ends
  };
  for (const std::string& bytes : cases) {
    Dialogue talk;
    talk.dial();
    talk.play(kToReady);
    const std::size_t before = talk.events.size();
    talk.client().received(talk.now, bytes);
    EXPECT_TRUE(talk.client().wants_close());
    ASSERT_EQ(talk.events.size(), before + 1);
    EXPECT_TRUE(std::holds_alternative<LinkChanged>(talk.events.back()));
  }
}

// covers: F-07 F-08
TEST(SessionDialogue, UnknownMessagesAndNumbersAreCounted) {
  Dialogue talk;
  talk.dial();
  talk.play(kToReady);
  talk.play("< 12~1~5~0~\n< 52~1~1999999999~\n< 1~6~5~1~2.5~1~0~\n= ready");
  EXPECT_EQ(talk.client().counters().unknown_messages, 1U);
  EXPECT_EQ(talk.client().counters().unknown_requests, 2U);
}

}  // namespace
}  // namespace v6::ibkr
