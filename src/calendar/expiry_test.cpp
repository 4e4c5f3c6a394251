#include "calendar/expiry.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "calendar/calendar_test_kit.hpp"

namespace v6 {
namespace {

using namespace literals;
using std::chrono::days;
using std::chrono::hours;

const Calendar& calendar() {
  static const Calendar kCalendar{data_of_2019()};
  return kCalendar;
}

TEST(ExpiryInstant, IsTheClosePmAndTheOpenAm) {
  using enum SettlementTime;
  struct Case {
    std::string_view name;
    Date expiry;
    SettlementTime settlement;
    std::string_view utc;
  };
  for (const Case& c :
       {Case{"PM", date(2019, 5, 17), kPm, "2019-05-17T20:00:00Z"},
        Case{"PM in winter", date(2019, 12, 20), kPm, "2019-12-20T21:00:00Z"},
        Case{"PM on an early close", date(2019, 7, 3), kPm, "2019-07-03T17:00:00Z"},
        Case{"AM", date(2019, 5, 17), kAm, "2019-05-17T13:30:00Z"},
        Case{"AM on an early close", date(2019, 7, 3), kAm, "2019-07-03T13:30:00Z"},
        Case{"PM beyond the calendar", date(2021, 6, 18), kPm, "2021-06-18T20:00:00Z"}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(iso(expiry_instant(c.expiry, c.settlement, calendar())), c.utc);
  }
}

TEST(YearFraction, IsActualSecondsOver365Days) {
  const Instant start = new_york_instant(date(2019, 3, 1), hours{16});
  EXPECT_EQ(year_fraction(start, start + days{365}), 1.0);
  EXPECT_EQ(year_fraction(start, start), 0.0);
  EXPECT_LT(year_fraction(start, start - hours{1}), 0.0);
  // An hour is missing between two closes over the change of clocks.
  const Instant after = new_york_instant(date(2019, 3, 31), hours{16});
  EXPECT_DOUBLE_EQ(year_fraction(start, after), (30.0 * 24 - 1) / (365.0 * 24));
}

TEST(ThirdFriday, IsTheThursdayBeforeAHoliday) {
  using namespace std::chrono;
  EXPECT_EQ(third_friday(2019y / 3, calendar()), date(2019, 3, 15));
  EXPECT_EQ(third_friday(2019y / 4, calendar()), date(2019, 4, 18));  // Good Friday
  EXPECT_EQ(third_friday(2019y / 5, calendar()), date(2019, 5, 17));
  EXPECT_EQ(third_friday(2019y / 6, calendar()), date(2019, 6, 21));
  EXPECT_EQ(third_friday(2021y / 6, calendar()), date(2021, 6, 18));  // beyond the calendar
}

/// Expiries of one root as text, with the last day they trade.
std::vector<std::string> listed(Symbol root, Date from, Date to, const Calendar& within) {
  std::vector<std::string> list;
  for (const ListedExpiry& expiry : spx_expiries(from, to, within)) {
    if (expiry.root == root) {
      list.push_back(iso(expiry.date).substr(5) + " until " +
                     iso(expiry.last_trading_day).substr(5));
    }
  }
  return list;
}

using Texts = std::vector<std::string>;

TEST(SpxExpiries, OfAMonthWithAMondayHoliday) {
  EXPECT_EQ(listed("SPX"_sym, date(2019, 5, 1), date(2019, 5, 31), calendar()),
            Texts{"05-17 until 05-16"});
  EXPECT_EQ(listed("SPXW"_sym, date(2019, 5, 13), date(2019, 5, 31), calendar()),
            (Texts{"05-13 until 05-13", "05-15 until 05-15", "05-17 until 05-17",
                   "05-20 until 05-20", "05-22 until 05-22", "05-24 until 05-24",
                   "05-28 until 05-28", "05-29 until 05-29", "05-31 until 05-31"}));
}

TEST(SpxExpiries, MoveBeforeAHolidayOnAnyOtherDay) {
  // Good Friday: both the monthly and the weekly expire on Thursday.
  EXPECT_EQ(listed("SPX"_sym, date(2019, 4, 15), date(2019, 4, 22), calendar()),
            Texts{"04-18 until 04-17"});
  EXPECT_EQ(
      listed("SPXW"_sym, date(2019, 4, 15), date(2019, 4, 22), calendar()),
      (Texts{"04-15 until 04-15", "04-17 until 04-17", "04-18 until 04-18", "04-22 until 04-22"}));
  // Christmas, a Wednesday: Tuesday instead.
  EXPECT_EQ(listed("SPXW"_sym, date(2019, 12, 23), date(2019, 12, 27), calendar()),
            (Texts{"12-23 until 12-23", "12-24 until 12-24", "12-27 until 12-27"}));
}

TEST(SpxExpiries, AddTheLastSessionOfAMonth) {
  const auto april = spx_expiries(date(2019, 4, 30), date(2019, 4, 30), calendar());
  ASSERT_EQ(april.size(), 1U);  // a Tuesday
  EXPECT_EQ(april[0].kind, ExpiryKind::kEndOfMonth);
  EXPECT_EQ(april[0].root, "SPXW"_sym);
}

TEST(SpxExpiries, AreDailySinceTheSpringOf2022) {
  const Calendar year{{.holidays_source = covering(date(2022, 1, 1), date(2022, 12, 31))}};
  EXPECT_EQ(listed("SPXW"_sym, date(2022, 4, 11), date(2022, 4, 14), year).size(), 2U);
  EXPECT_EQ(listed("SPXW"_sym, date(2022, 4, 18), date(2022, 4, 22), year).size(), 4U);
  EXPECT_EQ(listed("SPXW"_sym, date(2022, 5, 16), date(2022, 5, 20), year).size(), 5U);
}

TEST(SpxExpiries, AreAscendingSessionsAndListedOncePerRoot) {
  const auto all = spx_expiries(date(2019, 1, 1), date(2019, 12, 31), calendar());
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, &ListedExpiry::date));
  std::map<std::pair<Symbol, Date>, int> seen;
  for (const ListedExpiry& expiry : all) {
    EXPECT_TRUE(calendar().is_session(expiry.date)) << iso(expiry.date);
    EXPECT_EQ(++seen[std::pair(expiry.root, expiry.date)], 1) << iso(expiry.date);
  }
  EXPECT_EQ(std::ranges::count(all, "SPX"_sym, &ListedExpiry::root), 12);
}

}  // namespace
}  // namespace v6
