#pragma once

#include <string_view>
#include <vector>

#include "calendar/calendar.hpp"

namespace v6 {

/// Calendar days from the New York date to expiry.
[[nodiscard]] constexpr int dte(Date today, Date expiry) { return days_between(today, expiry); }

/// When a series turns into cash: PM at the stocks' close (16:00, early closes 13:00), AM at 9:30.
[[nodiscard]] Instant expiry_instant(Date expiry, SettlementTime settlement,
                                     const Calendar& calendar);

/// Actual seconds over 365 days; negative backwards.
[[nodiscard]] double year_fraction(Instant from, Instant to);

/// The monthly expiry: third Friday, or the Thursday before when that is a holiday.
[[nodiscard]] Date third_friday(std::chrono::year_month month, const Calendar& calendar);

enum class ExpiryKind : std::uint8_t { kMonthlyAm, kMonthlyPm, kWeekly, kEndOfMonth };
BOOST_DESCRIBE_ENUM(ExpiryKind, kMonthlyAm, kMonthlyPm, kWeekly, kEndOfMonth)

struct ListedExpiry {
  Date date;
  ExpiryKind kind = ExpiryKind::kWeekly;
  Symbol root;
  /// AM series stop trading the session before.
  Date last_trading_day;
};

/// SPX and SPXW expiries by rule: monthly AM and PM on the third Friday; weeklies on Mondays,
/// Wednesdays and Fridays (daily from 2022-05-11); the month's last session. On a holiday the
/// session before, for Mondays the one after.
[[nodiscard]] std::vector<ListedExpiry> spx_expiries(Date from, Date to, const Calendar& calendar);

}  // namespace v6
