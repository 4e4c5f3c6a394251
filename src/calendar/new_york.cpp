#include "calendar/new_york.hpp"

#include "base/decimal.hpp"

namespace v6 {
namespace {

using namespace std::chrono;

/// The clocks change at 02:00 of these days.
struct Summer {
  Date begins;
  Date ends;
};

Summer summer_of(year y) {
  if (y >= year{2007}) { return {Date{y / March / Sunday[2]}, Date{y / November / Sunday[1]}}; }
  const Date ends{y / October / Sunday[last]};
  if (y >= year{1987}) { return {Date{y / April / Sunday[1]}, ends}; }
  return {Date{y / April / Sunday[last]}, ends};
}

/// Distance of New York's wall clock to UTC at a wall-clock time.
hours offset(Date date, TimeOfDay time) {
  const Summer summer = summer_of(year_month_day{date}.year());
  const auto wall = date + time;
  const bool within = wall >= summer.begins + hours{2} && wall < summer.ends + hours{2};
  return within ? hours{-4} : hours{-5};
}

local_time<nanoseconds> new_york_wall(Instant at) {
  // In UTC the clocks change at 07:00 and 06:00; seen from standard time both are 02:00 and 01:00.
  const local_time<nanoseconds> standard{at.time_since_epoch() - hours{5}};
  const Summer summer = summer_of(year_month_day{floor<days>(standard)}.year());
  const bool within = standard >= summer.begins + hours{2} && standard < summer.ends + hours{1};
  return within ? standard + hours{1} : standard;
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
