#include "calendar/calendar.hpp"

#include <algorithm>

namespace v6 {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr TimeOfDay kOpen = hours{9} + minutes{30};
constexpr TimeOfDay kClose = hours{16};
/// Options on ETFs and indices trade on after the stocks.
constexpr minutes kOptionsLonger{15};

bool is_weekend(Date date) {
  const std::chrono::weekday day{date};
  return day == std::chrono::Saturday || day == std::chrono::Sunday;
}

}  // namespace

Blackout around(const MarketEvent& event, BlackoutWindow window) {
  return {.event = event, .from = event.at() - window.before, .to = event.at() + window.after};
}

Calendar::Calendar(Data data) : data_{std::move(data)} {
  std::ranges::stable_sort(data_.holidays, {}, &Holiday::date);
  std::ranges::stable_sort(data_.events, {}, &MarketEvent::date);
}

const Holiday* Calendar::holiday(Date date) const {
  const auto place = std::ranges::lower_bound(data_.holidays, date, {}, &Holiday::date);
  return place != data_.holidays.end() && place->date == date ? &*place : nullptr;
}

bool Calendar::covers_events(Date date) const {
  return !data_.events_sources.empty() &&
         std::ranges::all_of(data_.events_sources,
                             [&](const auto& list) { return list.second.covers(date); });
}

bool Calendar::knows_blackouts(Instant at, BlackoutWindow window) const {
  return covers_events(new_york_date(at - window.after)) &&
         covers_events(new_york_date(at + window.before));
}

bool Calendar::is_session(Date date) const {
  if (!covers(date) || is_weekend(date)) { return false; }
  const Holiday* day = holiday(date);
  return day == nullptr || day->early_close.has_value();
}

std::optional<Session> Calendar::session(Date date, SessionKind kind) const {
  if (!is_session(date)) { return std::nullopt; }
  const Holiday* day = holiday(date);
  TimeOfDay close = day != nullptr ? *day->early_close : kClose;
  if (kind != SessionKind::kEquity) { close += kOptionsLonger; }
  return Session{.date = date,
                 .open = new_york_instant(date, kOpen),
                 .close = new_york_instant(date, close),
                 .early = day != nullptr};
}

std::optional<Session> Calendar::last_session_of_pm_series(Date expiry) const {
  return session(expiry, SessionKind::kEquity);
}

std::optional<Date> Calendar::next_session(Date date) const {
  for (Date day = date + days{1}; covers(day); day += days{1}) {
    if (is_session(day)) { return day; }
  }
  return std::nullopt;
}

std::optional<Date> Calendar::previous_session(Date date) const {
  for (Date day = date - days{1}; covers(day); day -= days{1}) {
    if (is_session(day)) { return day; }
  }
  return std::nullopt;
}

std::vector<Date> Calendar::sessions(Date from, Date to) const {
  std::vector<Date> list;
  for (Date day = from; day <= to; day += days{1}) {
    if (is_session(day)) { list.push_back(day); }
  }
  return list;
}

std::vector<Blackout> Calendar::blackouts(Instant at, BlackoutWindow window) const {
  std::vector<Blackout> found;
  for (const MarketEvent& event : data_.events) {
    Blackout blackout = around(event, window);
    if (blackout.from <= at && at <= blackout.to) { found.push_back(std::move(blackout)); }
  }
  return found;
}

std::vector<MarketEvent> Calendar::events(Date from, Date to) const {
  std::vector<MarketEvent> found;
  std::ranges::copy_if(data_.events, std::back_inserter(found), [&](const MarketEvent& event) {
    return from <= event.date && event.date <= to;
  });
  return found;
}

}  // namespace v6
