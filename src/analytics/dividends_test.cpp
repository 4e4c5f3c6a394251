#include "analytics/dividends.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "calendar/calendar_test_kit.hpp"
#include "calendar/expiry.hpp"

namespace v6 {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Dividend paid(Date ex_date, double amount) { return {.ex_date = ex_date, .amount = amount}; }
Dividend projected(Date ex_date, double amount) {
  return {.ex_date = ex_date, .amount = amount, .kind = DividendKind::kProjected};
}

/// SPY's of 2018, as it paid them: the third Friday of each quarter's last month.
DividendSchedule spy_of_2018() {
  return {.known = {paid(date(2018, 3, 16), 1.10), paid(date(2018, 6, 15), 1.25),
                    paid(date(2018, 9, 21), 1.33), paid(date(2018, 12, 21), 1.4354)},
          .source = covering(date(2018, 1, 1), date(2018, 12, 31))};
}

const Calendar& calendar() {
  static const Calendar kCalendar{data_of_2019()};
  return kCalendar;
}

TEST(DividendSchedule, TellsWhatWasPaidInItsList) {
  EXPECT_THAT(spy_of_2018().between(date(2018, 6, 15), date(2018, 12, 20), calendar()),
              ElementsAre(paid(date(2018, 6, 15), 1.25), paid(date(2018, 9, 21), 1.33)));
}

TEST(DividendSchedule, RepeatsTheYearBeforeOnTheThirdFridays) {
  // SPY did go ex on these days of 2019.
  EXPECT_THAT(
      spy_of_2018().between(date(2019, 1, 1), date(2019, 12, 31), calendar()),
      ElementsAre(projected(date(2019, 3, 15), 1.10), projected(date(2019, 6, 21), 1.25),
                  projected(date(2019, 9, 20), 1.33), projected(date(2019, 12, 20), 1.4354)));
}

TEST(DividendSchedule, KeepsTheDaysOffTheThirdFriday) {
  // IWM of 2019; it went ex on 2020-03-25, 06-15, 09-23 and 12-14.
  const DividendSchedule iwm{
      .known = {paid(date(2019, 3, 20), 0.4121), paid(date(2019, 6, 17), 0.533),
                paid(date(2019, 9, 24), 0.5437), paid(date(2019, 12, 16), 0.5973)},
      .source = covering(date(2019, 1, 1), date(2019, 12, 31))};
  EXPECT_THAT(
      iwm.between(date(2020, 1, 1), date(2020, 12, 31), calendar()),
      ElementsAre(projected(date(2020, 3, 25), 0.4121), projected(date(2020, 6, 15), 0.533),
                  projected(date(2020, 9, 22), 0.5437), projected(date(2020, 12, 14), 0.5973)));
}

TEST(DividendSchedule, GrowsOnceAYear) {
  DividendSchedule schedule = spy_of_2018();
  schedule.growth = 0.10;
  const auto far = schedule.between(date(2020, 12, 1), date(2020, 12, 31), calendar());
  ASSERT_EQ(far.size(), 1U);
  EXPECT_EQ(far[0].ex_date, date(2020, 12, 18));
  EXPECT_EQ(far[0].kind, DividendKind::kProjected);
  EXPECT_NEAR(far[0].amount, 1.4354 * 1.21, 1e-12);
}

TEST(DividendSchedule, DoesNotProjectAMonthItsListHas) {
  DividendSchedule schedule = spy_of_2018();
  schedule.known.push_back(
      {.ex_date = date(2019, 3, 15), .amount = 1.2331, .kind = DividendKind::kDeclared});
  schedule.source.last = date(2019, 3, 18);
  EXPECT_THAT(schedule.between(date(2019, 3, 1), date(2019, 6, 30), calendar()),
              ElementsAre(schedule.known.back(), projected(date(2019, 6, 21), 1.25)));
}

TEST(DividendSchedule, ExpectsALateOneRightAfterItsList) {
  DividendSchedule schedule = spy_of_2018();
  schedule.source.last = date(2019, 3, 22);  // and no dividend of March
  EXPECT_THAT(schedule.between(date(2019, 3, 1), date(2019, 3, 31), calendar()),
              ElementsAre(projected(date(2019, 3, 25), 1.10)));
}

TEST(DividendSchedule, MovesOffDaysWithoutASession) {
  // Thirteen days after the third Friday, which of November 2019 is Thanksgiving, and one after it,
  // a Saturday.
  const DividendSchedule schedule{
      .known = {paid(date(2018, 11, 29), 0.5), paid(date(2018, 12, 22), 0.7)},
      .source = covering(date(2018, 1, 1), date(2018, 12, 31))};
  EXPECT_THAT(schedule.between(date(2019, 1, 1), date(2019, 12, 31), calendar()),
              ElementsAre(projected(date(2019, 11, 27), 0.5), projected(date(2019, 12, 20), 0.7)));
}

TEST(DividendSchedule, OfNothingProjectsNothing) {
  const DividendSchedule none{.source = covering(date(2018, 1, 1), date(2018, 12, 31))};
  EXPECT_THAT(none.between(date(2018, 1, 1), date(2020, 1, 1), calendar()), IsEmpty());
}

TEST(CashDividends, RunToTheOpenOfTheExDate) {
  // From 15:45 on Thursday to 9:30 on Friday are 17 hours and 45 minutes.
  const Instant at = new_york_instant(date(2019, 6, 20), hours{15} + minutes{45});
  const auto cash =
      cash_dividends({paid(date(2019, 6, 20), 9), paid(date(2019, 6, 21), 1.4316)}, at);
  ASSERT_EQ(cash.size(), 1U);  // the one of that morning is gone
  EXPECT_EQ(cash[0].amount, 1.4316);
  EXPECT_NEAR(cash[0].years, 17.75 / 24 / 365, 1e-15);
  // SPY's quarterly options expire the afternoon their dividend goes ex: it counts.
  EXPECT_LT(cash[0].years,
            year_fraction(at, expiry_instant(date(2019, 6, 21), SettlementTime::kPm, calendar())));
}

}  // namespace
}  // namespace v6
