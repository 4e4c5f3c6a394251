#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace v6 {

/// A point in time, UTC, in nanoseconds.
using Instant = std::chrono::sys_time<std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;

/// A date at the exchange (New York). A local_days on purpose: it does not convert to an Instant,
/// only calendar/ may join the two.
using Date = std::chrono::local_days;

[[nodiscard]] constexpr Date date(int year, unsigned month, unsigned day) {
  return Date{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}};
}

/// Calendar days from one date to another; negative when `to` lies before `from`.
[[nodiscard]] constexpr int days_between(Date from, Date to) {
  return static_cast<int>((to - from).count());
}

/// "2019-05-01".
[[nodiscard]] std::string iso(Date date);
/// "2019-05-01T19:45:00Z"; fractions of a second only where there are any.
[[nodiscard]] std::string iso(Instant at);

/// Strict "YYYY-MM-DD" of an existing day, else nothing.
[[nodiscard]] std::optional<Date> parse_date(std::string_view text);
/// The same of "YYYYMMDD".
[[nodiscard]] std::optional<Date> parse_compact_date(std::string_view text);

/// From 1900 to 2199: all instants of such a day can be told (they reach from 1677 to 2262).
[[nodiscard]] constexpr bool has_instants(Date day) {
  return date(1900, 1, 1) <= day && day < date(2200, 1, 1);
}
/// So many seconds after 1970 began, before the year 2200, else nothing.
[[nodiscard]] std::optional<Instant> instant_of(std::int64_t seconds);

}  // namespace v6
