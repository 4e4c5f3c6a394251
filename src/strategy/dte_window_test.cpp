// The entry window: 21 to 45 calendar days on the New York date, both included.
#include <gtest/gtest.h>

#include <chrono>
#include <initializer_list>

#include "base/enum_text.hpp"
#include "calendar/new_york.hpp"
#include "strategy/candidates.hpp"

namespace v6 {
namespace {

using namespace literals;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

/// The years of the shipped holidays.
const Calendar& calendar() {
  static const Calendar kCalendar{
      {.holidays_source = {.name = "test", .first = date(2013, 1, 1), .last = date(2028, 12, 31)}}};
  return kCalendar;
}

struct Found {
  std::optional<int> dte;  // of the expiry taken
  Check check;
};

/// What the strategy takes at this instant when expiries with these DTE on `today` are listed.
Found take(Instant at, Date today, std::initializer_list<int> listed,
           const StrategySettings& settings = {}) {
  InstrumentMaster master;
  auto chain = std::make_shared<Chain>();
  for (const int away : listed) {
    chain->contract.push_back(static_cast<std::uint32_t>(master.size()));
    master.columns.push_back({.root = "SPXW"_sym,
                              .expiry = today + days{away},
                              .strike = Price::cents(290'000),
                              .right = OptionRight::kPut});
    chain->bid.push_back(10'0000);
    chain->ask.push_back(11'0000);
    chain->volume.push_back(0);
  }
  const MarketView market{"SPX"_sym,  Price::cents(290'000), at, std::move(chain), master,
                          calendar(), YieldCurve{}};
  Found found;
  const ExpirySlice* slice = entry_expiry(market, "SPXW"_sym, settings, found.check);
  if (slice != nullptr) { found.dte = slice->dte; }
  return found;
}

// covers: A-20, I-19
TEST(EntryWindow, AcceptsTwentyOneToFortyFiveDaysOnEveryDateOfTheCalendar) {
  int dates = 0;
  for (Date today = date(2012, 12, 31); today <= date(2029, 1, 1); today += days{1}) {
    if (!calendar().covers(today)) { continue; }
    ++dates;
    // Midnight to midnight: the date is New York's, not that of UTC.
    for (const TimeOfDay time :
         {TimeOfDay{}, TimeOfDay{hours{15} + minutes{45}}, TimeOfDay{hours{23} + minutes{59}}}) {
      const Instant at = new_york_instant(today, time);
      SCOPED_TRACE(iso(at));
      ASSERT_EQ(take(at, today, {20, 46}).dte, std::nullopt);
      ASSERT_EQ(take(at, today, {20, 21}).dte, 21);
      ASSERT_EQ(take(at, today, {45, 46}).dte, 45);
    }
  }
  EXPECT_EQ(dates, 16 * 365 + 4);  // leap years 2016, 2020, 2024, 2028
}

// covers: A-20, I-19
TEST(EntryWindow, JudgesEveryDistanceFromExpired) {
  const Date today = date(2019, 5, 6);
  const Instant at = new_york_instant(today, hours{15} + minutes{45});
  for (int away = -5; away <= 75; ++away) {
    SCOPED_TRACE(away);
    const bool inside = away >= 21 && away <= 45;
    const Found found = take(at, today, {away});
    EXPECT_EQ(found.dte.has_value(), inside);
    EXPECT_EQ(word(found.check.verdict), inside ? "pass" : "refuse");
    EXPECT_EQ(found.check.measured, away);
  }
}

TEST(EntryWindow, TakesTheLatestExpiryInsideOnly) {
  const Date today = date(2019, 5, 6);
  const Instant at = new_york_instant(today, hours{15} + minutes{45});
  EXPECT_EQ(take(at, today, {7, 21, 30, 44, 60}).dte, 44);
  EXPECT_EQ(take(at, today, {21, 46}).dte, 21);
  EXPECT_EQ(take(at, today, {}).dte, std::nullopt);
}

TEST(EntryWindow, ShowsTheExpiryThatCameNearest) {
  const Date today = date(2019, 5, 6);
  const Instant at = new_york_instant(today, hours{15} + minutes{45});
  const Check near = take(at, today, {4, 18, 60}).check;
  EXPECT_EQ(near.measured, 18);
  EXPECT_EQ(near.limit, 21);
  EXPECT_EQ(near.distance, -3);
  const Check far = take(at, today, {4, 47}).check;
  EXPECT_EQ(far.measured, 47);
  EXPECT_EQ(far.limit, 45);
  EXPECT_EQ(far.distance, -2);
  const Check none = take(at, today, {}).check;
  EXPECT_EQ(word(none.verdict), "refuse");
  EXPECT_EQ(none.measured, std::nullopt);
  EXPECT_EQ(none.detail, "no expiry listed");
}

TEST(EntryWindow, MayBeNarrowed) {
  const Date today = date(2019, 5, 6);
  const Instant at = new_york_instant(today, hours{15} + minutes{45});
  const StrategySettings narrow{.least_dte = 30, .most_dte = 40};
  EXPECT_EQ(take(at, today, {29, 41}, narrow).dte, std::nullopt);
  EXPECT_EQ(take(at, today, {30, 40, 41}, narrow).dte, 40);
}

}  // namespace
}  // namespace v6
