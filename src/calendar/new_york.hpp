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

/// The instant of a wall-clock time in New York, by the daylight-saving rule in force since 2007:
/// second Sunday of March to first Sunday of November, at 02:00. Needs a year from 2007 on.
[[nodiscard]] Instant new_york_instant(Date date, TimeOfDay time);
[[nodiscard]] Date new_york_date(Instant at);
[[nodiscard]] TimeOfDay new_york_time(Instant at);

}  // namespace v6
