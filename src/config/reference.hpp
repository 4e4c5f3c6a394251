#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analytics/dividends.hpp"
#include "analytics/rates.hpp"
#include "calendar/calendar.hpp"
#include "engine/settings.hpp"
#include "model/event.hpp"

namespace v6 {

/// One official value a day, ascending; a day without one is not in it.
struct DailySeries {
  std::string name;  // as errors call it
  std::vector<std::pair<Date, double>> values;
};

/// Treasury constant-maturity yields of one day: 1, 3, 6 months, 1, 2 years; percent a year,
/// bond-equivalent. Holidays are absent.
struct YieldRow {
  Date date;
  std::array<std::optional<double>, 5> percent;
};

/// Daily facts besides chains: official closes, VIX, yields, dividends, holidays and events.
struct Reference {
  std::map<Symbol, DailySeries> closes;  // official closes by underlying
  DailySeries vix;
  std::vector<YieldRow> yields;
  std::map<Symbol, DividendSchedule> dividends;  // of those that have a list
  Calendar::Data calendar;
};

/// Reads a folder laid out as the shipped `data/reference`. Throws Failure (data) that names the
/// file, line, field, value and what is accepted.
[[nodiscard]] Reference read_reference(const std::filesystem::path& folder);

/// The yields a decision of this date may know: those of the days before, since a day's own are
/// published after its close.
struct KnownYields {
  YieldCurve curve;
  std::optional<Date> date;  // of the last day that had any
};
[[nodiscard]] KnownYields yields_before(const std::vector<YieldRow>& rows, Date date);

/// Yields older than this stand for today's no longer.
inline constexpr std::chrono::days kYieldsAge{7};

/// Dividends of the three years from a date on, by the list as it is; nothing without one.
[[nodiscard]] std::vector<Dividend> dividends_from(const Reference& reference, Symbol underlying,
                                                   Date date, const Calendar& calendar);
/// The same as it could be known on that date, for the core: what the list calls paid was not yet
/// when it lay ahead, and is projected. Those of the two days before are there as well.
[[nodiscard]] DividendsPublished dividends_known(const Reference& reference, Symbol underlying,
                                                 Date date, const Calendar& calendar);
/// Throws Failure (data) where options of this root may be exercised early and there is no list of
/// what their share pays.
void need_dividends(const Reference& reference, const Instrument& instrument);

/// The calendar with the configuration's own events among the published ones. Throws Failure
/// (configuration) for a date that is none.
[[nodiscard]] Calendar::Data with_user_events(Calendar::Data calendar,
                                              const std::vector<UserEvent>& events);

}  // namespace v6
