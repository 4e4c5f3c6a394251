#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/reference_test_kit.hpp"

namespace v6 {
namespace {

using namespace literals;
using namespace std::chrono_literals;

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::HasSubstr;

using namespace reference_test;

TEST_F(ReferenceFolder, IsReadToTheLastField) {
  const Reference reference = read(good_files());
  using Values = std::vector<std::pair<Date, double>>;
  // An empty field is a day without a value, never a zero.
  EXPECT_EQ(reference.closes.at("SPX"_sym).values,
            (Values{{date(2019, 5, 1), 2923.73}, {date(2019, 5, 3), 2945.64}}));
  EXPECT_EQ(reference.vix.values, (Values{{date(2019, 5, 1), 14.8}, {date(2019, 5, 2), 14.42}}));
  ASSERT_EQ(reference.yields.size(), 2U);
  EXPECT_EQ(reference.yields[0].percent[4], 2.31);
  EXPECT_EQ(reference.yields[1].percent[0], std::nullopt);
  EXPECT_EQ(reference.yields[1].percent[4], -0.02);

  const Calendar::Data& calendar = reference.calendar;
  ASSERT_EQ(calendar.holidays.size(), 3U);
  EXPECT_EQ(calendar.holidays[0].early_close, hours{13});
  EXPECT_EQ(calendar.holidays[1].early_close, std::nullopt);
  ASSERT_EQ(calendar.events.size(), 4U);
  EXPECT_EQ(calendar.events[1].date, date(2019, 5, 3));
  EXPECT_EQ(calendar.events[1].kind, EventKind::kEmployment);
  EXPECT_EQ(calendar.events[1].time, hours{8} + minutes{30});
  EXPECT_EQ(calendar.events[1].lists_agreeing, 2);
  EXPECT_EQ(calendar.events[1].text, "reference April 2019");
}

// covers: I-14
TEST_F(ReferenceFolder, CoversWholeYearsOfHolidaysAndEachEventListFromEndToEnd) {
  const Calendar::Data calendar = read(good_files()).calendar;
  EXPECT_EQ(calendar.holidays_source.first, date(2019, 1, 1));
  EXPECT_EQ(calendar.holidays_source.last, date(2020, 12, 31));
  const ListSource& fomc = calendar.events_sources.at(EventKind::kFomc);
  EXPECT_EQ(fomc.first, date(2019, 5, 1));
  EXPECT_EQ(fomc.last, date(2019, 6, 19));
  EXPECT_EQ(fomc.name, "us_macro_events_2015_2026.csv");
  EXPECT_EQ(calendar.events_sources.at(EventKind::kCpi).last, date(2019, 5, 10));
}

TEST_F(ReferenceFolder, MayHaveItsColumnsInAnyOrderAndLinesOfAnySystem) {
  const Reference reference = read_with(kSp500, "SP500,observation_date\r\n2923.73,2019-05-01\r\n");
  EXPECT_EQ(reference.closes.at("SPX"_sym).values.at(0).second, 2923.73);
}

// covers: I-39
TEST_F(ReferenceFolder, RefusesABadFieldByFileLineAndName) {
  struct Case {
    std::string_view name;
    std::string_view file;
    std::string text;
    std::string complaint;
  };
  const std::string sp500 = "observation_date,SP500\n2019-05-01,2923.73\n";
  const std::string vix = "DATE,OPEN,HIGH,LOW,CLOSE\n";
  const std::string yields = "date,DGS1MO,DGS3MO,DGS6MO,DGS1,DGS2\n";
  const std::string holidays = "date,kind,close_et\n";
  const std::string events = "date,event,time_et,detail,lists_agreeing\n";
  for (const Case& c : {
           Case{"no such day", kSp500, sp500 + "2019-02-29,2900\n",
                ":3: observation_date = \"2019-02-29\": accepted is a date as 2019-05-01"},
           Case{"the same day twice", kSp500, sp500 + "2019-05-01,2900\n",
                ":3: observation_date = \"2019-05-01\": accepted is a date after 2019-05-01"},
           Case{"a day out of order", kSp500, sp500 + "2019-04-30,2900\n",
                ":3: observation_date = \"2019-04-30\": accepted is a date after 2019-05-01"},
           Case{"a level of 0", kSp500, sp500 + "2019-05-02,0\n",
                ":3: SP500 = \"0\": accepted is a number above 0, or nothing"},
           Case{"a word", kSp500, sp500 + "2019-05-02,n/a\n", ":3: SP500 = \"n/a\""},
           Case{"infinity", kSp500, sp500 + "2019-05-02,inf\n", ":3: SP500 = \"inf\""},
           Case{"a negative VIX", kVix, vix + "2019-05-01,1,1,1,-14\n", ":2: CLOSE = \"-14\""},
           Case{"a VIX that is no number", kVix, vix + "2019-05-01,1,1,1,nan\n",
                ":2: CLOSE = \"nan\""},
           Case{"a yield of 31 percent", kYields, yields + "2019-05-01,2,2,31,2,2\n",
                ":2: DGS6MO = \"31\": accepted is percent a year from -5 to 30, or nothing"},
           Case{"a yield of -6 percent", kYields, yields + "2019-05-01,2,2,2,2,-6\n",
                ":2: DGS2 = \"-6\""},
           Case{"a yield day twice", kYields,
                yields + "2019-05-01,2,2,2,2,2\n2019-05-01,2,2,2,2,2\n",
                ":3: date = \"2019-05-01\": accepted is a date after 2019-05-01"},
           Case{"a kind of holiday unknown", kHolidays, holidays + "2019-07-04,half,\n",
                ":2: kind = \"half\": accepted is closed or early_close"},
           Case{"an early close without a time", kHolidays, holidays + "2019-07-03,early_close,\n",
                ":2: close_et = \"\": accepted is a New York time as 13:00"},
           Case{"24:00", kHolidays, holidays + "2019-07-03,early_close,24:00\n",
                ":2: close_et = \"24:00\""},
           Case{"13:60", kHolidays, holidays + "2019-07-03,early_close,13:60\n",
                ":2: close_et = \"13:60\""},
           Case{"1:00", kHolidays, holidays + "2019-07-03,early_close,1:00\n",
                ":2: close_et = \"1:00\""},
           Case{"13:-1", kHolidays, holidays + "2019-07-03,early_close,13:-1\n",
                ":2: close_et = \"13:-1\""},
           Case{"a holiday twice", kHolidays, holidays + "2019-07-04,closed,\n2019-07-04,closed,\n",
                ":3: date = \"2019-07-04\": accepted is a date after 2019-07-04"},
           Case{"an event unknown", kEvents, events + "2019-05-01,PPI,08:30,x,2\n",
                ":2: event = \"PPI\": accepted is FOMC, CPI or NFP"},
           Case{"an event at no time", kEvents, events + "2019-05-01,CPI,,x,2\n",
                ":2: time_et = \"\""},
           Case{"an event on no list", kEvents, events + "2019-05-01,CPI,08:30,x,0\n",
                ":2: lists_agreeing = \"0\": accepted is 1 to 99"},
           Case{"an event on no day", kEvents, events + "May 1st,CPI,08:30,x,1\n",
                ":2: date = \"May 1st\""},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_THAT(complaint(c.file, c.text), HasSubstr(std::string{c.file} + c.complaint));
  }
}

// covers: I-39
TEST_F(ReferenceFolder, RefusesAFileOfAnotherShape) {
  struct Case {
    std::string_view name;
    std::string text;
    std::string_view complaint;
  };
  for (const Case& c : {
           Case{"empty", "", "fred_sp500.csv: empty file"},
           Case{"a column missing", "observation_date\n2019-05-01\n",
                "fred_sp500.csv:1: no column \"SP500\"; needed are observation_date, SP500"},
           Case{"a column too many", "observation_date,SP500,note\n2019-05-01,2900,x\n",
                "fred_sp500.csv:1: column \"note\" is one too many"},
           Case{"a column twice", "observation_date,SP500,SP500\n2019-05-01,2900,2900\n",
                "fred_sp500.csv:1: column \"SP500\" is one too many"},
           Case{"a short row", "observation_date,SP500\n2019-05-01\n",
                "fred_sp500.csv:2: 1 fields, 2 are needed"},
           Case{"a long row", "observation_date,SP500\n2019-05-01,2900,1\n",
                "fred_sp500.csv:2: 3 fields, 2 are needed"},
           Case{"an empty row inside", "observation_date,SP500\n\n2019-05-01,2900\n",
                "fred_sp500.csv:2: 1 fields, 2 are needed"},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_THAT(complaint(kSp500, c.text), HasSubstr(c.complaint));
  }
}

// covers: I-39
TEST_F(ReferenceFolder, RefusesToBeIncomplete) {
  for (const auto& [name, text] : good_files()) {
    SCOPED_TRACE(name);
    Files files = good_files();
    files.erase(name);
    try {
      (void)read(files);
      ADD_FAILURE() << "accepted";
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.code(), ExitCode::kData);
      EXPECT_THAT(failure.what(), HasSubstr(std::string{name} + ": cannot be read"));
    }
  }
}

// covers: I-14, I-39
TEST_F(ReferenceFolder, RefusesACalendarWithoutAListOfEachScheduledEvent) {
  // Without its list every date would look free of it.
  for (const std::string_view kind : {"FOMC", "CPI", "NFP"}) {
    SCOPED_TRACE(kind);
    std::string text = "date,event,time_et,detail,lists_agreeing\n";
    for (const std::string_view other : {"FOMC", "CPI", "NFP"}) {
      if (other != kind) { text += "2019-05-01," + std::string{other} + ",08:30,x,2\n"; }
    }
    EXPECT_THAT(complaint(kEvents, text), HasSubstr("no event " + std::string{kind}));
  }
}

// covers: I-13, I-39
TEST_F(ReferenceFolder, RefusesACalendarWithoutHolidays) {
  EXPECT_THAT(complaint(kHolidays, "date,kind,close_et\n"), HasSubstr("no holidays"));
}

// covers: I-14, A-31
TEST(UserEvents, StandAmongThePublishedOnesOrAreRefusedByName) {
  const auto merged = with_user_events({}, {{.date = "2019-05-09", .time = 10h, .text = "a vote"}});
  ASSERT_EQ(merged.events.size(), 1U);
  EXPECT_EQ(merged.events[0].date, date(2019, 5, 9));
  EXPECT_EQ(merged.events[0].kind, EventKind::kUser);
  EXPECT_EQ(merged.events[0].time, 10h);
  try {
    (void)with_user_events({}, {{.date = "9 May"}});
    FAIL() << "a date that is none";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::kConfiguration);
    EXPECT_THAT(failure.what(), testing::HasSubstr("blackout.events.date = \"9 May\""));
  }
}

}  // namespace
}  // namespace v6
