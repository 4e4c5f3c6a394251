#include "base/time.hpp"

#include <fmt/format.h>

#include <charconv>

namespace v6 {
namespace {

std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') { return std::nullopt; }
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<Date> date_of(std::string_view year, std::string_view month, std::string_view day) {
  const auto y = digits(year);
  const auto m = digits(month);
  const auto d = digits(day);
  if (!y || !m || !d) { return std::nullopt; }
  const std::chrono::year_month_day found{std::chrono::year{*y},
                                          std::chrono::month{static_cast<unsigned>(*m)},
                                          std::chrono::day{static_cast<unsigned>(*d)}};
  return found.ok() ? std::optional{Date{found}} : std::nullopt;
}

std::string iso_days(std::chrono::year_month_day ymd) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
}

}  // namespace

std::string iso(Date date) { return iso_days(std::chrono::year_month_day{date}); }

std::string iso(Instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::hh_mm_ss time{at - day};
  auto text = fmt::format("{}T{:02}:{:02}:{:02}", iso_days(std::chrono::year_month_day{day}),
                          time.hours().count(), time.minutes().count(), time.seconds().count());
  if (const auto nanoseconds = time.subseconds().count(); nanoseconds != 0) {
    text += fmt::format(".{:09}", nanoseconds);
    while (text.back() == '0') { text.pop_back(); }
  }
  return text + 'Z';
}

std::optional<Date> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') { return std::nullopt; }
  return date_of(text.substr(0, 4), text.substr(5, 2), text.substr(8, 2));
}

std::optional<Date> parse_compact_date(std::string_view text) {
  if (text.size() != 8) { return std::nullopt; }
  return date_of(text.substr(0, 4), text.substr(4, 2), text.substr(6, 2));
}

std::optional<Instant> instant_of(std::int64_t seconds) {
  constexpr std::chrono::days kDays = date(2200, 1, 1).time_since_epoch();
  if (seconds < 0 || seconds >= std::chrono::seconds{kDays}.count()) { return std::nullopt; }
  return Instant{std::chrono::seconds{seconds}};
}

}  // namespace v6
