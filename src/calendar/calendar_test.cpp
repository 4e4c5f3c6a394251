#include "calendar/calendar.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/uniform_test_kit.hpp"
#include "calendar/calendar_test_kit.hpp"

namespace v6 {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Duration kHair{1};

const Calendar& calendar() {
  static const Calendar kCalendar{data_with_events()};
  return kCalendar;
}

/// "09:30-16:00" in New York, or "closed".
std::string hours_of(Date date, SessionKind kind) {
  const auto session = calendar().session(date, kind);
  if (!session) { return "closed"; }
  const auto clock = [&](Instant at) {
    EXPECT_EQ(new_york_date(at), date);
    const std::chrono::hh_mm_ss time{new_york_time(at)};
    return fmt::format("{:02}:{:02}", time.hours().count(), time.minutes().count());
  };
  return clock(session->open) + "-" + clock(session->close);
}

// covers: I-13, A-30
TEST(Session, HasTheHoursOfItsMarket) {
  using enum SessionKind;
  struct Case {
    std::string_view name;
    Date date;
    std::string_view stocks;
    std::string_view options;
  };
  for (const Case& c :
       {Case{"Monday", date(2019, 5, 6), "09:30-16:00", "09:30-16:15"},
        Case{"winter", date(2019, 1, 7), "09:30-16:00", "09:30-16:15"},
        Case{"day before Independence Day", date(2019, 7, 3), "09:30-13:00", "09:30-13:15"},
        Case{"Christmas Eve", date(2019, 12, 24), "09:30-13:00", "09:30-13:15"},
        Case{"Good Friday", date(2019, 4, 19), "closed", "closed"},
        Case{"Independence Day", date(2019, 7, 4), "closed", "closed"},
        Case{"Saturday", date(2019, 5, 4), "closed", "closed"},
        Case{"Sunday", date(2019, 5, 5), "closed", "closed"}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(hours_of(c.date, kEquity), c.stocks);
    EXPECT_EQ(hours_of(c.date, kIndexOption), c.options);
    EXPECT_EQ(hours_of(c.date, kEtfOption), c.options);
    EXPECT_EQ(calendar().is_session(c.date), c.stocks != "closed");
  }
}

TEST(Session, SaysThatItClosesEarly) {
  EXPECT_TRUE(calendar().session(date(2019, 7, 3), SessionKind::kEquity)->early);
  EXPECT_FALSE(calendar().session(date(2019, 7, 2), SessionKind::kEquity)->early);
}

TEST(Session, OfAnExpiringPmSeriesStopsWithTheStocks) {
  const auto close_on = [](Date expiry) {
    return iso(calendar().last_session_of_pm_series(expiry).value().close);
  };
  EXPECT_EQ(close_on(date(2019, 5, 17)), "2019-05-17T20:00:00Z");
  EXPECT_EQ(close_on(date(2019, 7, 3)), "2019-07-03T17:00:00Z");
  EXPECT_EQ(calendar().last_session_of_pm_series(date(2019, 4, 19)), std::nullopt);
}

// covers: I-13, A-30
TEST(Session, IsNoneOnADateTheCalendarDoesNotCover) {
  for (const Date uncovered : {date(2018, 12, 31), date(2020, 1, 2), date(2030, 6, 3)}) {
    SCOPED_TRACE(iso(uncovered));
    EXPECT_FALSE(calendar().covers(uncovered));
    for (const auto kind :
         {SessionKind::kEquity, SessionKind::kEtfOption, SessionKind::kIndexOption}) {
      EXPECT_EQ(calendar().session(uncovered, kind), std::nullopt);
    }
  }
  EXPECT_TRUE(calendar().covers(date(2019, 1, 1)));
  EXPECT_TRUE(calendar().covers(date(2019, 12, 31)));
  EXPECT_EQ(Calendar{{}}.session(date(2019, 5, 6), SessionKind::kEquity), std::nullopt);
}

TEST(Sessions, StepOverWeekendsAndHolidays) {
  EXPECT_EQ(calendar().next_session(date(2019, 5, 24)), date(2019, 5, 28));
  EXPECT_EQ(calendar().previous_session(date(2019, 5, 28)), date(2019, 5, 24));
  EXPECT_EQ(calendar().next_session(date(2019, 5, 25)), date(2019, 5, 28));
  EXPECT_THAT(calendar().sessions(date(2019, 7, 2), date(2019, 7, 8)),
              ElementsAre(date(2019, 7, 2), date(2019, 7, 3), date(2019, 7, 5), date(2019, 7, 8)));
  EXPECT_THAT(calendar().sessions(date(2019, 7, 8), date(2019, 7, 2)), IsEmpty());
}

TEST(Sessions, EndWithTheCoverage) {
  EXPECT_EQ(calendar().next_session(date(2019, 12, 31)), std::nullopt);
  EXPECT_EQ(calendar().previous_session(date(2019, 1, 2)), std::nullopt);
  EXPECT_EQ(calendar().sessions(date(2018, 1, 1), date(2020, 12, 31)).size(), 252U);
}

TEST(Sessions, DoNotDependOnTheOrderOfTheList) {
  Calendar::Data data = data_with_events();
  std::ranges::reverse(data.holidays);
  std::ranges::reverse(data.events);
  const Calendar other{data};
  const Date first = date(2019, 1, 1);
  const Date last = date(2019, 12, 31);
  EXPECT_EQ(other.sessions(first, last), calendar().sessions(first, last));
  EXPECT_EQ(other.events(first, last).front().date, date(2019, 5, 1));
}

std::size_t in_force(Instant at, BlackoutWindow window = {}) {
  return calendar().blackouts(at, window).size();
}

// covers: I-14, A-31
TEST(Blackout, LastsFromADayBeforeToHalfAnHourAfter) {
  // FOMC, 14:00 in summer is 18:00 UTC.
  const Instant decision = new_york_instant(date(2019, 5, 1), hours{14});
  const Instant from = decision - hours{24};
  const Instant to = decision + minutes{30};
  EXPECT_EQ(in_force(from - kHair), 0U);
  EXPECT_EQ(in_force(from), 1U);
  EXPECT_EQ(in_force(decision), 1U);
  EXPECT_EQ(in_force(to), 1U);
  EXPECT_EQ(in_force(to + kHair), 0U);
  const auto found = calendar().blackouts(decision, {});
  EXPECT_EQ(iso(found.at(0).from), "2019-04-30T18:00:00Z");
  EXPECT_EQ(iso(found.at(0).to), "2019-05-01T18:30:00Z");
  EXPECT_EQ(found.at(0).event.kind, EventKind::kFomc);
}

// covers: I-14, A-31
TEST(Blackout, HasWindowsOfTheOperatorsChoice) {
  const Instant report = new_york_instant(date(2019, 5, 3), hours{8} + minutes{30});
  const BlackoutWindow tight{.before = minutes{10}, .after = minutes{0}};
  EXPECT_EQ(in_force(report - minutes{10} - kHair, tight), 0U);
  EXPECT_EQ(in_force(report - minutes{10}, tight), 1U);
  EXPECT_EQ(in_force(report, tight), 1U);
  EXPECT_EQ(in_force(report + kHair, tight), 0U);
  const BlackoutWindow wide{.before = hours{72}, .after = hours{72}};
  EXPECT_EQ(in_force(new_york_instant(date(2019, 5, 2), hours{12}), wide), 2U);
}

// covers: I-14, A-31
TEST(Blackout, CoverageNeedsEveryList) {
  EXPECT_FALSE(calendar().covers_events(date(2019, 3, 19)));
  EXPECT_TRUE(calendar().covers_events(date(2019, 3, 20)));
  EXPECT_TRUE(calendar().covers_events(date(2019, 5, 10)));
  EXPECT_FALSE(calendar().covers_events(date(2019, 5, 11)));
  EXPECT_FALSE(Calendar{data_of_2019()}.covers_events(date(2019, 5, 6)));
}

// covers: I-14, A-31
TEST(Blackout, IsKnownOnlyWhereTheWholeWindowIsCovered) {
  // News of May 11th, which no CPI list has, could be in force from the midnight before its date.
  const Instant edge = new_york_instant(date(2019, 5, 10), hours{0});
  EXPECT_TRUE(calendar().knows_blackouts(edge - kHair, {}));
  EXPECT_FALSE(calendar().knows_blackouts(edge, {}));
  // News of March 19th could have been in force for half an hour into the 20th.
  const Instant start = new_york_instant(date(2019, 3, 20), minutes{30});
  EXPECT_FALSE(calendar().knows_blackouts(start - kHair, {}));
  EXPECT_TRUE(calendar().knows_blackouts(start, {}));
}

// covers: I-14, A-31
TEST(Blackout, NoEventBeyondTheListsCouldBeMissed) {
  EXPECT_TRUE(rc::check([] {
    // Whatever the lists leave out, were it to exist, is never in force where we claim to know.
    const Date beyond = *rc::gen::element(date(2019, 5, 11), date(2019, 3, 19));
    const Instant at = new_york_instant(beyond, {}) + minutes{uniform(-6000, 7500)};
    const BlackoutWindow window{.before = minutes{uniform(0, 4000)},
                                .after = minutes{uniform(0, 1440)}};
    Calendar::Data data = data_of_2019();
    data.events = {event_on(beyond, EventKind::kCpi, TimeOfDay{uniform(0, 24 * 60)})};
    const bool missed = !Calendar{data}.blackouts(at, window).empty();
    RC_ASSERT(!(missed && calendar().knows_blackouts(at, window)));
  }));
}

TEST(Events, AreListedByDate) {
  EXPECT_EQ(calendar().events(date(2019, 5, 1), date(2019, 5, 3)).size(), 2U);
  EXPECT_THAT(calendar().events(date(2019, 5, 4), date(2019, 5, 9)), IsEmpty());
}

}  // namespace
}  // namespace v6
