#include "calendar/new_york.hpp"

#include "base/check.hpp"
#include "base/decimal.hpp"

namespace v6 {
namespace {

using namespace std::chrono;

Date nth_sunday(year y, month m, unsigned nth) { return Date{y / m / Sunday[nth]}; }

/// Distance of New York's wall clock to UTC at a wall-clock time.
hours offset(Date date, TimeOfDay time) {
  const year y = year_month_day{date}.year();
  V6_CHECK(y >= year{2007}, "daylight-saving rules before 2007 are not known here");
  const auto wall = date + time;
  const bool summer =
      wall >= nth_sunday(y, March, 2) + hours{2} && wall < nth_sunday(y, November, 1) + hours{2};
  return summer ? hours{-4} : hours{-5};
}

local_time<nanoseconds> new_york_wall(Instant at) {
  // In UTC the clocks change at 07:00 and 06:00; seen from standard time both are 02:00 and 01:00.
  const local_time<nanoseconds> standard{at.time_since_epoch() - hours{5}};
  const year y = year_month_day{floor<days>(standard)}.year();
  V6_CHECK(y >= year{2007}, "daylight-saving rules before 2007 are not known here");
  const bool summer = standard >= nth_sunday(y, March, 2) + hours{2} &&
                      standard < nth_sunday(y, November, 1) + hours{1};
  return summer ? standard + hours{1} : standard;
}

}  // namespace

std::optional<TimeOfDay> parse_time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') { return std::nullopt; }
  const auto hour = parse_count(text.substr(0, 2));
  const auto minute = parse_count(text.substr(3));
  if (!hour || !minute || *hour > 23 || *minute > 59) { return std::nullopt; }
  return minutes{*hour * 60 + *minute};
}

Instant new_york_instant(Date date, TimeOfDay time) {
  return Instant{date.time_since_epoch() + time - offset(date, time)};
}

Date new_york_date(Instant at) { return floor<days>(new_york_wall(at)); }

TimeOfDay new_york_time(Instant at) {
  const auto wall = new_york_wall(at);
  return floor<minutes>(wall - floor<days>(wall));
}

}  // namespace v6
