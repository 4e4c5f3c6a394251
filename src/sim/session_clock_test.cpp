#include "sim/session_clock.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace v6 {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Calendar weekdays() {
  return Calendar{
      {.holidays_source = {.name = "test", .first = date(2019, 1, 1), .last = date(2019, 12, 31)}}};
}
Instant new_york(Date day, int hour, int minute = 0) {
  return new_york_instant(day, hours{hour} + minutes{minute});
}
constexpr RealTime kStart{seconds{1000}};
const Instant kTuesday = new_york(date(2019, 5, 7), 9, 20);

TEST(SessionClock, RunsAtItsSpeed) {
  const SessionClock clock{{.start = kTuesday, .speed = 60}, weekdays(), kStart};
  EXPECT_EQ(clock.session_at(kStart), kTuesday);
  EXPECT_EQ(clock.session_at(kStart + seconds{10}), kTuesday + minutes{10});
  EXPECT_EQ(clock.paced_at(kStart + seconds{10}), minutes{10});
  EXPECT_EQ(clock.when_session(kTuesday + minutes{10}), kStart + seconds{10});
  EXPECT_EQ(clock.session_at(kStart - seconds{1}), kTuesday);
}

TEST(SessionClock, FrozenStandsButPacesInRealTime) {
  const SessionClock clock{{.start = kTuesday, .speed = 60, .frozen = true}, weekdays(), kStart};
  EXPECT_EQ(clock.session_at(kStart + hours{5}), kTuesday);
  EXPECT_EQ(clock.paced_at(kStart + hours{5}), hours{5});
  EXPECT_EQ(clock.when_session(kTuesday + seconds{1}), RealTime::max());
  EXPECT_EQ(clock.when_paced(seconds{3}), kStart + seconds{3});
}

TEST(SessionClock, SkipsNightsAndWeekends) {
  const SessionClock clock{
      {.start = kTuesday, .speed = 1, .nights = Nights::kSkipped}, weekdays(), kStart};
  const Duration day = hours{7};  // 9:20 to 16:20
  EXPECT_EQ(clock.session_at(kStart + day - seconds{1}),
            new_york(date(2019, 5, 7), 16, 20) - seconds{1});
  EXPECT_EQ(clock.session_at(kStart + day), new_york(date(2019, 5, 8), 9, 20));
  // Tuesday to Friday, then Monday.
  EXPECT_EQ(clock.session_at(kStart + 4 * day + minutes{5}), new_york(date(2019, 5, 13), 9, 25));
  EXPECT_EQ(clock.when_session(new_york(date(2019, 5, 8), 2)), kStart + day);
  EXPECT_EQ(clock.when_session(new_york(date(2019, 5, 13), 9, 25)), kStart + 4 * day + minutes{5});
}

TEST(SessionClock, AStartInTheNightIsMorningAtOnce) {
  const SessionClock clock{
      {.start = new_york(date(2019, 5, 7), 3), .nights = Nights::kSkipped}, weekdays(), kStart};
  EXPECT_EQ(clock.session_at(kStart), kTuesday);
}

RC_GTEST_PROP(SessionClock, NeverRunsBackAndComesWhenItSays, ()) {
  const auto nights = *rc::gen::element(Nights::kLived, Nights::kSkipped);
  const double speed = *rc::gen::element(0.5, 1.0, 3.0, 60.0, 3000.0);
  const SessionClock clock{
      {.start = kTuesday, .speed = speed, .nights = nights}, weekdays(), kStart};
  const RealTime a = kStart + minutes{*rc::gen::inRange(0, 10'000)};
  const RealTime b = a + seconds{*rc::gen::inRange(0, 10'000)};
  RC_ASSERT(clock.session_at(a) <= clock.session_at(b));
  const Instant wanted = kTuesday + minutes{*rc::gen::inRange(0, 10'000)};
  RC_ASSERT(clock.session_at(clock.when_session(wanted)) >= wanted);
  RC_ASSERT(clock.session_at(clock.when_session(wanted) - Duration{1}) <= wanted);
}

}  // namespace
}  // namespace v6
