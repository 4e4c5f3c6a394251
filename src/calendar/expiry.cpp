#include "calendar/expiry.hpp"

#include <algorithm>
#include <map>

namespace v6 {
namespace {

using namespace std::chrono;
using namespace literals;

/// Tuesday expiries were added on 2022-04-18 and Thursday ones on 2022-05-11.
constexpr Date kTuesdays = date(2022, 4, 18);
constexpr Date kThursdays = date(2022, 5, 11);

bool lists_weekly(Date day) {
  const weekday name{day};
  if (name == Monday || name == Wednesday || name == Friday) { return true; }
  return (name == Tuesday && day >= kTuesdays) || (name == Thursday && day >= kThursdays);
}

}  // namespace

Instant expiry_instant(Date expiry, SettlementTime settlement, const Calendar& calendar) {
  const auto session = calendar.session(expiry, SessionKind::kEquity);
  if (settlement == SettlementTime::kAm) {
    return new_york_instant(expiry, hours{9} + minutes{30});
  }
  return session ? session->close : new_york_instant(expiry, hours{16});
}

double year_fraction(Instant from, Instant to) {
  return duration<double>(to - from).count() / (365.0 * 86'400.0);
}

Date third_friday(year_month month, const Calendar& calendar) {
  const Date friday{month / Friday[3]};
  return calendar.is_session(friday) || !calendar.covers(friday) ? friday : friday - days{1};
}

std::vector<ListedExpiry> spx_expiries(Date from, Date to, const Calendar& calendar) {
  std::map<Date, ExpiryKind> pm;
  std::vector<ListedExpiry> list;
  for (Date day = from - days{7}; day <= to + days{7}; day += days{1}) {
    const year_month_day ymd{day};
    const year_month month = ymd.year() / ymd.month();
    if (lists_weekly(day)) {
      const bool monday = weekday{day} == Monday;
      const auto actual = calendar.is_session(day) ? std::optional{day}
                          : monday                 ? calendar.next_session(day)
                                                   : calendar.previous_session(day);
      if (actual) { pm.try_emplace(*actual, ExpiryKind::kWeekly); }
    }
    if (calendar.is_session(day)) {
      const auto next = calendar.next_session(day);
      if (next && year_month_day{*next}.month() != ymd.month()) {
        pm[day] = ExpiryKind::kEndOfMonth;
      }
    }
    if (day == third_friday(month, calendar) && calendar.is_session(day)) {
      pm[day] = ExpiryKind::kMonthlyPm;
      if (day >= from && day <= to) {
        list.push_back({.date = day,
                        .kind = ExpiryKind::kMonthlyAm,
                        .root = "SPX"_sym,
                        .last_trading_day = calendar.previous_session(day).value_or(day)});
      }
    }
  }
  for (const auto& [day, kind] : pm) {
    if (day >= from && day <= to) {
      list.push_back({.date = day, .kind = kind, .root = "SPXW"_sym, .last_trading_day = day});
    }
  }
  std::ranges::stable_sort(list, {}, &ListedExpiry::date);
  return list;
}

}  // namespace v6
