// The shipped calendar against what the exchange did, as recorded by others.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "analytics/golden_file.hpp"
#include "base/decimal.hpp"
#include "base/enum_text.hpp"
#include "calendar/expiry.hpp"
#include "config/reference.hpp"

namespace v6 {
namespace {

using namespace literals;
using std::chrono::days;

const Calendar& shipped() {
  static const Calendar kCalendar{read_reference(V6_DATA "/reference").calendar};
  return kCalendar;
}

struct Hours {
  std::string open;
  std::string close;
};

/// Sessions of the New York Stock Exchange as exchange_calendars has them.
std::map<Date, Hours> recorded_sessions() {
  std::map<Date, Hours> sessions;
  for (const GoldenRow& row :
       golden_rows("reference/exchange_calendars/xnys_sessions_1990_2023.csv.gz")) {
    const auto day = parse_date(row.text("").substr(0, 10));
    sessions[day.value()] = {row.text("open"), row.text("close")};
  }
  return sessions;
}

// covers: I-13, A-30
TEST(ShippedCalendar, AgreesWithTheExchangeOnEverySessionOfTenYears) {
  const auto recorded = recorded_sessions();
  int sessions = 0;
  int early = 0;
  for (Date day = date(2013, 1, 1); day <= date(2023, 1, 13); day += days{1}) {
    SCOPED_TRACE(iso(day));
    const auto session = shipped().session(day, SessionKind::kEquity);
    const auto expected = recorded.find(day);
    ASSERT_EQ(session.has_value(), expected != recorded.end());
    if (!session) { continue; }
    ++sessions;
    early += session->early ? 1 : 0;
    EXPECT_EQ(iso(session->open), expected->second.open);
    EXPECT_EQ(iso(session->close), expected->second.close);
    EXPECT_EQ(shipped().session(day, SessionKind::kIndexOption)->close - session->close,
              std::chrono::minutes{15});
  }
  EXPECT_EQ(sessions, 2527);
  EXPECT_GE(early, 20);
}

TEST(ShippedCalendar, CoversWhatItSaysAndNoMore) {
  EXPECT_FALSE(shipped().covers(date(2012, 12, 31)));
  EXPECT_TRUE(shipped().covers(date(2013, 1, 1)));
  EXPECT_TRUE(shipped().covers(date(2028, 12, 31)));
  EXPECT_FALSE(shipped().covers(date(2029, 1, 1)));
  // From the first FOMC decision of 2015 to the last employment report of 2026.
  EXPECT_FALSE(shipped().covers_events(date(2015, 1, 27)));
  EXPECT_TRUE(shipped().covers_events(date(2015, 1, 28)));
  EXPECT_TRUE(shipped().covers_events(date(2026, 12, 4)));
  EXPECT_FALSE(shipped().covers_events(date(2026, 12, 5)));
}

// covers: I-14, A-31
TEST(ShippedCalendar, HasTheNewsOfTheSpringOf2019) {
  std::vector<std::string> found;
  for (const MarketEvent& event : shipped().events(date(2019, 4, 25), date(2019, 6, 20))) {
    found.push_back(iso(event.at()) + " " + std::string{word(event.kind)});
  }
  EXPECT_EQ(found, (std::vector<std::string>{
                       "2019-05-01T18:00:00Z fomc", "2019-05-03T12:30:00Z employment",
                       "2019-05-10T12:30:00Z cpi", "2019-06-07T12:30:00Z employment",
                       "2019-06-12T12:30:00Z cpi", "2019-06-19T18:00:00Z fomc"}));
}

/// "04/26/2019".
Date american_date(std::string_view text) {
  const auto part = [&](std::size_t at, std::size_t size) {
    return static_cast<unsigned>(parse_count(text.substr(at, size)).value());
  };
  return date(static_cast<int>(part(6, 4)), part(0, 2), part(3, 2));
}

using Series = std::pair<Symbol, Date>;

/// Root and expiry of every series in one day's file, by whose columns rows begin:
/// underlying, its last, exchange, root with expiry and strike, type, expiration.
std::set<Series> series_in(const std::string& file) {
  std::set<Series> series;
  const std::string text = golden_text("spx-eod-2019/" + file);
  for (std::size_t row = text.find('\n') + 1; row < text.size(); row = text.find('\n', row) + 1) {
    const auto fields = split(std::string_view{text}.substr(row, 80), ',');
    const auto root = Symbol::parse(fields.at(3).substr(0, fields[3].find_first_of("0123456789")));
    series.emplace(root.value(), american_date(fields.at(5)));
  }
  return series;
}

TEST(ShippedCalendar, ForetellsTheExpiriesThatWereListed) {
  for (const Date today : {date(2019, 4, 25), date(2019, 5, 24), date(2019, 7, 3)}) {
    SCOPED_TRACE(iso(today));
    std::string digits = iso(today);
    std::erase(digits, '-');
    const auto actual = series_in("SPX_" + digits + ".csv.gz");
    std::set<Series> by_rule;
    for (const ListedExpiry& expiry :
         spx_expiries(today + days{1}, today + days{1000}, shipped())) {
      by_rule.emplace(expiry.root, expiry.date);
    }
    // Every series that was traded follows the rule ...
    for (const auto& [root, expiry] : actual) {
      if (expiry == today) { continue; }
      EXPECT_TRUE(by_rule.contains({root, expiry})) << root.text() << " " << iso(expiry);
    }
    // ... and of the coming four weeks, which are listed in full, none is missing.
    for (const auto& [root, expiry] : by_rule) {
      if (expiry > today + days{28}) { continue; }
      EXPECT_TRUE(actual.contains({root, expiry})) << root.text() << " " << iso(expiry);
    }
  }
}

}  // namespace
}  // namespace v6
