#include "ibkr/upkeep.hpp"

#include <gtest/gtest.h>

namespace v6::ibkr {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Date kTuesday = date(2019, 5, 7);
constexpr Date kFriday = date(2019, 5, 10);
constexpr Date kSunday = date(2019, 5, 12);

std::string doubt(Date day, TimeOfDay time, TimeOfDay restart = kUsualRestart) {
  return upkeep_doubt(new_york_instant(day, time), restart);
}

// covers: F-21, F-27
TEST(Upkeep, NothingOpensInTheTenMinutesBeforeTheRestart) {
  EXPECT_EQ(doubt(kTuesday, hours{10}), "");
  EXPECT_EQ(doubt(kTuesday, hours{11} + minutes{49}, hours{12}), "");
  EXPECT_EQ(doubt(kTuesday, hours{11} + minutes{50}, hours{12}), "the gateway restarts at 12:00");
  EXPECT_EQ(doubt(kTuesday, hours{12} + minutes{1}, hours{12}), "");
  EXPECT_EQ(doubt(kTuesday, hours{23} + minutes{58}, minutes{5}), "the gateway restarts at 00:05");
}

// covers: F-27
TEST(Upkeep, TheServersAreResetAtNightAndOnFridays) {
  constexpr std::string_view kReset = "the broker's servers are being reset";
  EXPECT_EQ(doubt(kTuesday, minutes{14}), "");
  EXPECT_EQ(doubt(kTuesday, minutes{15}), kReset);
  EXPECT_EQ(doubt(kTuesday, hours{1} + minutes{45}), "");
  EXPECT_EQ(doubt(kFriday, hours{23}), kReset);
  EXPECT_EQ(doubt(kFriday + std::chrono::days{1}, hours{2} + minutes{59}), kReset);
  EXPECT_EQ(doubt(kFriday + std::chrono::days{1}, hours{3}), "");
}

// covers: F-23
TEST(Upkeep, TheLoginEndsOnSundaysAtOneInNewYork) {
  const Instant end = new_york_instant(kSunday, hours{1});
  const Instant before = end - Duration{1};
  EXPECT_EQ(next_login_end(before), end);
  EXPECT_EQ(last_login_end(end), end);
  EXPECT_EQ(next_login_end(end), new_york_instant(kSunday + std::chrono::weeks{1}, hours{1}));
  EXPECT_EQ(last_login_end(before), new_york_instant(kSunday - std::chrono::weeks{1}, hours{1}));
  // The clocks change at 02:00 of such a Sunday.
  const Date change = date(2019, 11, 3);
  EXPECT_EQ(next_login_end(new_york_instant(change, hours{12})),
            new_york_instant(date(2019, 11, 10), hours{1}));
}

}  // namespace
}  // namespace v6::ibkr
