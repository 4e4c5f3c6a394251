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
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(5, 2));
  const auto day = digits(text.substr(8, 2));
  if (!year || !month || !day) { return std::nullopt; }
  const auto ymd = std::chrono::year{*year} / std::chrono::month{static_cast<unsigned>(*month)} /
                   std::chrono::day{static_cast<unsigned>(*day)};
  if (!ymd.ok()) { return std::nullopt; }
  return Date{ymd};
}

}  // namespace v6
