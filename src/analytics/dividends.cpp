#include "analytics/dividends.hpp"

#include <algorithm>

#include "calendar/expiry.hpp"

namespace v6 {
namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::year_month;
using std::chrono::years;

year_month month_of(Date date) {
  const std::chrono::year_month_day day{date};
  return day.year() / day.month();
}

/// The session on a date or the one before; the date itself where the calendar knows nothing.
Date session_by(Date date, const Calendar& calendar) {
  if (!calendar.covers(date) || calendar.is_session(date)) { return date; }
  return calendar.previous_session(date).value_or(date);
}

Date session_after(Date date, const Calendar& calendar) {
  return calendar.next_session(date).value_or(date + days{1});
}

}  // namespace

std::vector<Dividend> DividendSchedule::between(Date from, Date to,
                                                const Calendar& calendar) const {
  std::vector<Dividend> all = known;
  const auto in_month = [&](year_month month) {
    std::vector<Dividend> found;
    std::ranges::copy_if(all, std::back_inserter(found), [&](const Dividend& dividend) {
      return month_of(dividend.ex_date) == month;
    });
    return found;
  };
  for (year_month month = month_of(source.last); month <= month_of(to); month += months{1}) {
    if (!in_month(month).empty()) { continue; }
    for (const Dividend& before : in_month(month - years{1})) {
      const days off = before.ex_date - third_friday(month - years{1}, calendar);
      const Date due = session_by(third_friday(month, calendar) + off, calendar);
      all.push_back({.ex_date = due > source.last ? due : session_after(source.last, calendar),
                     .amount = before.amount * (1.0 + growth),
                     .kind = DividendKind::kProjected});
    }
  }
  std::erase_if(all, [&](const Dividend& dividend) {
    return dividend.ex_date < from || dividend.ex_date > to;
  });
  std::ranges::stable_sort(all, {}, &Dividend::ex_date);
  return all;
}

std::vector<CashDividend> cash_dividends(const std::vector<Dividend>& dividends, Instant at) {
  constexpr TimeOfDay kOpen = std::chrono::hours{9} + std::chrono::minutes{30};
  std::vector<CashDividend> cash;
  for (const Dividend& dividend : dividends) {
    const double when = year_fraction(at, new_york_instant(dividend.ex_date, kOpen));
    if (when > 0) { cash.push_back({.years = when, .amount = dividend.amount}); }
  }
  return cash;
}

}  // namespace v6
