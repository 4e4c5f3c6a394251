#include "base/time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>
#include <string>
#include <type_traits>

#include "base/uniform_test_kit.hpp"

namespace v6 {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

//
TEST(Date, IsNoInstant) {
  // Which instant a date begins at depends on the place: only the calendar knows.
  static_assert(!std::is_convertible_v<Date, Instant>);
  static_assert(!std::is_convertible_v<Instant, Date>);
  static_assert(!std::is_constructible_v<Instant, Date>);
  static_assert(!std::is_invocable_v<std::minus<>, Instant, Date>);
  static_assert(!std::is_invocable_v<std::less<>, Instant, Date>);
  EXPECT_EQ(days_between(date(2024, 2, 28), date(2024, 3, 1)), 2);
  EXPECT_EQ(days_between(date(2019, 3, 1), date(2019, 2, 28)), -1);
}

TEST(Iso, WritesFractionsOnlyWhereThereAreAny) {
  const Instant at{seconds{1'556'740'800}};  // 2019-05-01 20:00
  EXPECT_EQ(iso(at), "2019-05-01T20:00:00Z");
  EXPECT_EQ(iso(at + milliseconds{250}), "2019-05-01T20:00:00.25Z");
  EXPECT_EQ(iso(at + nanoseconds{1}), "2019-05-01T20:00:00.000000001Z");
  EXPECT_EQ(iso(Instant{nanoseconds{-1}}), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(iso(date(2019, 5, 1)), "2019-05-01");
  EXPECT_EQ(iso(date(7, 1, 1)), "0007-01-01");
}

TEST(ParseDate, InvertsIso) {
  EXPECT_TRUE(rc::check([] {
    const Date day = date(1, 1, 1) + days{uniform(0, 3'600'000)};  // to the year 9857
    std::string text = iso(day);
    RC_ASSERT(parse_date(text) == day);
    std::erase(text, '-');
    RC_ASSERT(parse_compact_date(text) == day);
  }));
}

TEST(ParseDate, IsStrict) {
  EXPECT_EQ(parse_date("2024-02-29"), date(2024, 2, 29));
  for (const std::string_view text :
       {"", "2023-02-29", "2019-04-31", "2019-00-10", "2019-13-01", "2019-05-00", "2019-5-1",
        "2019/05/01", "20190501", "2019-05-01T", " 2019-05-01", "2019-05-0x", "-019-05-01",
        "+019-05-01"}) {
    EXPECT_EQ(parse_date(text), std::nullopt) << text;
  }
  for (const std::string_view text : {"", "2019050", "201905011", "20190532", "2019-5-1"}) {
    EXPECT_EQ(parse_compact_date(text), std::nullopt) << text;
  }
}

TEST(InstantOf, TakesOnlySecondsThatAnInstantHolds) {
  EXPECT_EQ(iso(instant_of(0).value()), "1970-01-01T00:00:00Z");
  EXPECT_EQ(iso(instant_of(7'258'118'399).value()), "2199-12-31T23:59:59Z");
  for (const std::int64_t count :
       {std::int64_t{-1}, std::int64_t{7'258'118'400}, std::numeric_limits<std::int64_t>::max(),
        std::numeric_limits<std::int64_t>::min()}) {
    EXPECT_EQ(instant_of(count), std::nullopt) << count;
  }
}

}  // namespace
}  // namespace v6
