#include "ibkr/wire_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "calendar/new_york.hpp"

namespace v6::ibkr {
namespace {

using std::chrono::seconds;

std::optional<int> number(std::string_view digits) {
  int value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  return error == std::errc{} && stop == end && value >= 0 ? std::optional{value} : std::nullopt;
}

/// "15:45:00" as seconds since midnight.
std::optional<seconds> parse_clock(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') { return std::nullopt; }
  const auto hour = number(text.substr(0, 2));
  const auto minute = number(text.substr(3, 2));
  const auto second = number(text.substr(6, 2));
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  return std::chrono::hours{*hour} + std::chrono::minutes{*minute} + seconds{*second};
}

std::string clock_text(Instant at) {
  const auto of_day = new_york_time(at);
  const auto within = at - std::chrono::floor<std::chrono::minutes>(at);
  return fmt::format("{:02}:{:02}:{:02}", of_day.count() / 60, of_day.count() % 60,
                     std::chrono::floor<seconds>(within).count());
}

bool among(std::string_view zone, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, zone) != names.end();
}

}  // namespace

std::string wire_date(Date date) {
  std::string text = iso(date);
  std::erase(text, '-');
  return text;
}

std::string wire_time(Instant at) {
  return fmt::format("{} {} {}", wire_date(new_york_date(at)), clock_text(at), kWireZone);
}

std::string wire_time_without_zone(Instant at) {
  return fmt::format("{}  {}", wire_date(new_york_date(at)), clock_text(at));
}

std::optional<Date> parse_wire_date(std::string_view text) {
  if (text.size() > 8 && text[8] != ' ' && text[8] != '-') { return std::nullopt; }
  const auto day = parse_compact_date(text.substr(0, 8));
  return day && has_instants(*day) ? day : std::nullopt;
}

std::optional<Instant> parse_wire_time(std::string_view text) {
  const auto day = parse_wire_date(text.substr(0, 8));
  if (!day) { return std::nullopt; }
  if (text.size() == 8) { return new_york_instant(*day, TimeOfDay{0}); }
  const bool utc_form = text[8] == '-';
  if (!utc_form && text[8] != ' ') { return std::nullopt; }
  text.remove_prefix(9);
  if (!utc_form && text.starts_with(' ')) { text.remove_prefix(1); }
  const auto clock = parse_clock(text.substr(0, 8));
  if (!clock) { return std::nullopt; }
  std::string_view zone = text.substr(8);
  if (zone.starts_with(' ')) { zone.remove_prefix(1); }
  const Instant as_utc{day->time_since_epoch() + *clock};
  if (utc_form && zone.empty()) { return as_utc; }
  if (among(zone, {"UTC", "GMT", "Etc/UTC", "Z"})) { return as_utc; }
  const auto minutes = std::chrono::floor<std::chrono::minutes>(*clock);
  const Instant in_new_york = new_york_instant(*day, minutes) + (*clock - minutes);
  if (among(zone, {"", kWireZone, "America/New_York", "EST", "EDT", "EST5EDT", "ET"})) {
    return in_new_york;
  }
  if (among(zone, {"US/Central", "America/Chicago", "CST", "CDT", "CST6CDT"})) {
    return in_new_york + std::chrono::hours{1};
  }
  return std::nullopt;
}

}  // namespace v6::ibkr
