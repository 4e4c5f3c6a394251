#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace v6 {

/// Wall-clock time in New York, since midnight.
using TimeOfDay = std::chrono::minutes;

/// Strict "HH:MM", 00:00 to 23:59, else nothing.
[[nodiscard]] std::optional<TimeOfDay> parse_time_of_day(std::string_view text);

/// The instant of a wall-clock time in New York, by the daylight-saving rules since 1976: from 2007
/// on between the second Sunday of March and the first of November, before between the first Sunday
/// of April (until 1986 the last) and the last of October, at 02:00. Older years are taken by the
/// oldest rule. Source: 15 U.S.C. 260a and its amendments of 1986 and 2005.
[[nodiscard]] Instant new_york_instant(Date date, TimeOfDay time);
[[nodiscard]] Date new_york_date(Instant at);
[[nodiscard]] TimeOfDay new_york_time(Instant at);

}  // namespace v6
