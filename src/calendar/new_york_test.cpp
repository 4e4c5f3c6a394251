#include "calendar/new_york.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/check.hpp"
#include "base/uniform_test_kit.hpp"
#include "calendar/expiry.hpp"

namespace v6 {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(NewYork, FollowsTheDaylightSavingRule) {
  struct Case {
    std::string_view name;
    Date date;
    TimeOfDay time;
    std::string_view utc;
  };
  for (const Case& c :
       {Case{"winter", date(2019, 1, 15), hours{9} + minutes{30}, "2019-01-15T14:30:00Z"},
        Case{"summer", date(2019, 7, 15), hours{9} + minutes{30}, "2019-07-15T13:30:00Z"},
        Case{"last minute of winter", date(2019, 3, 10), hours{1} + minutes{59},
             "2019-03-10T06:59:00Z"},
        Case{"first minute of summer", date(2019, 3, 10), hours{3}, "2019-03-10T07:00:00Z"},
        Case{"before the clocks go back", date(2019, 11, 3), minutes{59}, "2019-11-03T04:59:00Z"},
        // 01:30 happens twice; the first is meant.
        Case{"while they go back", date(2019, 11, 3), hours{1} + minutes{30},
             "2019-11-03T05:30:00Z"},
        Case{"after", date(2019, 11, 3), hours{2}, "2019-11-03T07:00:00Z"},
        Case{"Friday before the change", date(2024, 3, 8), hours{16}, "2024-03-08T21:00:00Z"},
        Case{"Monday after the change", date(2024, 3, 11), hours{16}, "2024-03-11T20:00:00Z"},
        Case{"leap day", date(2024, 2, 29), hours{16}, "2024-02-29T21:00:00Z"}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(iso(new_york_instant(c.date, c.time)), c.utc);
  }
}

TEST(NewYork, SeesTheSecondOfTheHoursThatHappenTwice) {
  const Instant first = new_york_instant(date(2019, 11, 3), hours{1} + minutes{30});
  for (const Instant at : {first, first + hours{1}}) {
    EXPECT_EQ(new_york_date(at), date(2019, 11, 3));
    EXPECT_EQ(new_york_time(at), hours{1} + minutes{30});
  }
  EXPECT_EQ(new_york_time(first + minutes{90}), hours{2});
}

TEST(NewYork, ChangesItsDateAtItsOwnMidnight) {
  struct Case {
    std::string_view name;
    Instant midnight;
    Date after;
  };
  using std::chrono::sys_days;
  using namespace std::chrono;
  for (const Case& c :
       {Case{"winter", sys_days{2019y / 1 / 16} + hours{5}, date(2019, 1, 16)},
        Case{"summer", sys_days{2019y / 7 / 16} + hours{4}, date(2019, 7, 16)},
        Case{"before the clocks go on", sys_days{2019y / 3 / 10} + hours{5}, date(2019, 3, 10)},
        Case{"after", sys_days{2019y / 3 / 11} + hours{4}, date(2019, 3, 11)},
        Case{"before they go back", sys_days{2019y / 11 / 3} + hours{4}, date(2019, 11, 3)},
        Case{"after", sys_days{2019y / 11 / 4} + hours{5}, date(2019, 11, 4)}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(new_york_date(c.midnight), c.after);
    EXPECT_EQ(new_york_time(c.midnight), TimeOfDay{});
    EXPECT_EQ(new_york_date(c.midnight - Duration{1}), c.after - days{1});
    EXPECT_EQ(new_york_time(c.midnight - Duration{1}), hours{23} + minutes{59});
  }
}

TEST(NewYork, GivesBackEveryWallClockTimeThatExists) {
  EXPECT_TRUE(rc::check([] {
    const Date day = date(1900, 1, 1) + days{uniform(0, 300 * 365)};
    const TimeOfDay time{uniform(0, 24 * 60)};
    const bool night = time >= hours{1} && time < hours{3};
    RC_PRE(!night);  // the clocks change there
    const Instant at = new_york_instant(day, time);
    RC_ASSERT(new_york_date(at) == day);
    RC_ASSERT(new_york_time(at) == time);
    RC_ASSERT(new_york_time(at + seconds{59}) == time);
  }));
}

// First and last day of summer time. Source: the tz database, rules "US" of its file northamerica.
TEST(NewYork, KnowsTheRulesOfEarlierYears) {
  for (const auto& [first, last] : {std::pair{date(2006, 4, 2), date(2006, 10, 29)},
                                    std::pair{date(1987, 4, 5), date(1987, 10, 25)},
                                    std::pair{date(1986, 4, 27), date(1986, 10, 26)},
                                    std::pair{date(1976, 4, 25), date(1976, 10, 31)}}) {
    const auto noon = [](Date day) { return iso(new_york_instant(day, hours{12})).substr(11, 5); };
    EXPECT_EQ(noon(first - days{1}), "17:00") << iso(first);
    EXPECT_EQ(noon(first), "16:00") << iso(first);
    EXPECT_EQ(noon(last - days{1}), "16:00") << iso(last);
    EXPECT_EQ(noon(last), "17:00") << iso(last);
  }
  EXPECT_EQ(new_york_date(Instant{}), date(1969, 12, 31));
}

// covers: A-20, I-19
TEST(Dte, CountsFromTheNewYorkDateWhateverTheDateInLondon) {
  const Date expiry = date(2019, 6, 21);
  // 20:30 in New York is past midnight in UTC.
  const Instant evening = new_york_instant(date(2019, 5, 31), hours{20} + minutes{30});
  EXPECT_EQ(iso(evening), "2019-06-01T00:30:00Z");
  EXPECT_EQ(dte(new_york_date(evening), expiry), 21);
  EXPECT_EQ(dte(new_york_date(evening + hours{3}), expiry), 21);
  EXPECT_EQ(dte(new_york_date(evening + hours{4}), expiry), 20);
}

// covers: A-20, I-19
TEST(Dte, CountsCalendarDaysAcrossClockChangesAndLeapDays) {
  struct Case {
    std::string_view name;
    Date today;
    Date expiry;
    int days;
  };
  for (const Case& c :
       {Case{"the same day", date(2019, 5, 1), date(2019, 5, 1), 0},
        Case{"expired", date(2019, 5, 2), date(2019, 5, 1), -1},
        Case{"over the clocks going on", date(2019, 3, 1), date(2019, 3, 22), 21},
        Case{"over the clocks going back", date(2019, 10, 25), date(2019, 12, 9), 45},
        Case{"over a leap day", date(2024, 2, 16), date(2024, 3, 8), 21},
        Case{"over a February without one", date(2023, 2, 16), date(2023, 3, 9), 21},
        Case{"over New Year", date(2019, 12, 20), date(2020, 1, 31), 42}}) {
    SCOPED_TRACE(c.name);
    for (const TimeOfDay time : {TimeOfDay{0}, TimeOfDay{hours{12}}, TimeOfDay{24 * 60 - 1}}) {
      EXPECT_EQ(dte(new_york_date(new_york_instant(c.today, time)), c.expiry), c.days);
    }
  }
}

TEST(NewYork, ATimeOfDayIsStrict) {
  EXPECT_EQ(parse_time_of_day("00:00"), TimeOfDay{0});
  EXPECT_EQ(parse_time_of_day("23:45"), TimeOfDay{23 * 60 + 45});
  for (const auto* bad : {"", "9:20", "24:00", "12:60", "12-30", "12:3", "12:+3", "12:30 "}) {
    EXPECT_EQ(parse_time_of_day(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace v6
