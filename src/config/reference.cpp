#include "config/reference.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/decimal.hpp"
#include "base/error.hpp"
#include "config/csv.hpp"

namespace v6 {
namespace {

using namespace literals;
using std::filesystem::path;

Date date_in(const CsvPlace& place, std::string_view field, std::string_view text) {
  const auto date = parse_date(text);
  if (!date) { place.refuse(field, text, "a date as 2019-05-01"); }
  return *date;
}

/// Dollars per share; more than any fund of ours has paid in a year.
constexpr double kHighestDividend = 1000;

/// How far ahead of a session its dividends are told: beyond every listed expiry.
constexpr std::chrono::days kDividendsAhead{3 * 366};

/// A positive level, or nothing where the field is empty.
std::optional<double> level_in(const CsvPlace& place, std::string_view field,
                               std::string_view text) {
  if (text.empty()) { return std::nullopt; }
  const auto level = parse_double(text);
  if (!level || *level <= 0) { place.refuse(field, text, "a number above 0, or nothing"); }
  return *level;
}

TimeOfDay time_in(const CsvPlace& place, std::string_view field, std::string_view text) {
  if (text.size() == 5 && text[2] == ':') {
    const auto hours = parse_count(text.substr(0, 2));
    const auto minutes = parse_count(text.substr(3));
    if (hours && minutes && *hours < 24 && *minutes < 60) {
      return std::chrono::hours{static_cast<int>(*hours)} +
             std::chrono::minutes{static_cast<int>(*minutes)};
    }
  }
  place.refuse(field, text, "a New York time as 13:00");
}

/// Dates must rise, so that a doubled or misplaced row cannot hide.
class Rising {
 public:
  void check(const CsvPlace& place, std::string_view field, std::string_view text, Date date) {
    if (last_ && date <= *last_) { place.refuse(field, text, "a date after " + iso(*last_)); }
    last_ = date;
  }

 private:
  std::optional<Date> last_;
};

DailySeries read_series(const path& file, std::string name, const std::vector<std::string>& columns,
                        std::size_t value) {
  DailySeries series{.name = std::move(name)};
  Rising rising;
  read_csv(file, columns, [&](const CsvPlace& place, const auto& fields) {
    const Date date = date_in(place, columns[0], fields[0]);
    rising.check(place, columns[0], fields[0], date);
    if (const auto level = level_in(place, columns[value], fields[value])) {
      series.values.emplace_back(date, *level);
    }
  });
  return series;
}

std::vector<YieldRow> read_yields(const path& file) {
  const std::vector<std::string> columns = {"date", "DGS1MO", "DGS3MO", "DGS6MO", "DGS1", "DGS2"};
  std::vector<YieldRow> rows;
  Rising rising;
  read_csv(file, columns, [&](const CsvPlace& place, const auto& fields) {
    YieldRow row{.date = date_in(place, columns[0], fields[0])};
    rising.check(place, columns[0], fields[0], row.date);
    for (std::size_t i = 0; i < row.percent.size(); ++i) {
      if (fields[i + 1].empty()) { continue; }
      const auto percent = parse_double(fields[i + 1]);
      if (!percent || *percent < -5 || *percent > 30) {
        place.refuse(columns[i + 1], fields[i + 1], "percent a year from -5 to 30, or nothing");
      }
      row.percent[i] = *percent;
    }
    rows.push_back(row);
  });
  return rows;
}

/// Dividends by ex-date; the last row, known_to, says how far the list is complete.
DividendSchedule read_dividends(const path& file) {
  const std::vector<std::string> columns = {"date", "kind", "amount"};
  DividendSchedule schedule{.source = {.name = file.filename().string()}};
  Rising rising;
  std::optional<Date> first;
  bool ended = false;
  read_csv(file, columns, [&](const CsvPlace& place, const auto& fields) {
    const Date date = date_in(place, columns[0], fields[0]);
    rising.check(place, columns[0], fields[0], date);
    if (ended) { place.refuse(columns[0], fields[0], "nothing after the row known_to"); }
    if (!first) { first = date; }
    if (fields[1] == "known_to") {
      if (!fields[2].empty()) { place.refuse(columns[2], fields[2], "nothing in this row"); }
      schedule.source.first = *first;
      schedule.source.last = date;
      ended = true;
      return;
    }
    Dividend dividend{.ex_date = date};
    if (fields[1] == "declared") {
      dividend.kind = DividendKind::kDeclared;
    } else if (fields[1] != "paid") {
      place.refuse(columns[1], fields[1], "paid, declared or known_to");
    }
    const auto amount = parse_double(fields[2]);
    if (!amount || *amount <= 0 || *amount > kHighestDividend) {
      place.refuse(columns[2], fields[2], "dollars above 0, up to 1000");
    }
    dividend.amount = *amount;
    schedule.known.push_back(dividend);
  });
  if (!ended) {
    fail_data(file.string() + ": no row known_to; without it nobody knows where the list ends");
  }
  return schedule;
}

void read_holidays(const path& file, Calendar::Data& calendar) {
  const std::vector<std::string> columns = {"date", "kind", "close_et"};
  Rising rising;
  read_csv(file, columns, [&](const CsvPlace& place, const auto& fields) {
    Holiday day{.date = date_in(place, columns[0], fields[0])};
    rising.check(place, columns[0], fields[0], day.date);
    if (fields[1] == "early_close") {
      day.early_close = time_in(place, columns[2], fields[2]);
    } else if (fields[1] != "closed") {
      place.refuse(columns[1], fields[1], "closed or early_close");
    }
    calendar.holidays.push_back(day);
  });
  if (calendar.holidays.empty()) { fail_data(file.string() + ": no holidays; is it complete?"); }
  // Whole years: a list that has New Year's Day has the year.
  using namespace std::chrono;
  const auto year_of = [](const Holiday& day) { return year_month_day{day.date}.year(); };
  calendar.holidays_source = {.name = file.filename().string(),
                              .first = Date{year_of(calendar.holidays.front()) / January / 1},
                              .last = Date{year_of(calendar.holidays.back()) / December / 31}};
}

/// The scheduled news a file of events must know, as it calls them.
constexpr std::array<std::pair<std::string_view, EventKind>, 3> kScheduled = {
    {{"FOMC", EventKind::kFomc}, {"CPI", EventKind::kCpi}, {"NFP", EventKind::kEmployment}}};

EventKind kind_in(const CsvPlace& place, std::string_view text) {
  for (const auto& [name, kind] : kScheduled) {
    if (text == name) { return kind; }
  }
  place.refuse("event", text, "FOMC, CPI or NFP");
}

/// A list reaches from its first to its last date; between two events it knows that there is none.
void read_events(const path& file, Calendar::Data& calendar) {
  const std::vector<std::string> columns = {"date", "event", "time_et", "detail", "lists_agreeing"};
  read_csv(file, columns, [&](const CsvPlace& place, const auto& fields) {
    MarketEvent event{.date = date_in(place, columns[0], fields[0]),
                      .kind = kind_in(place, fields[1]),
                      .time = time_in(place, columns[2], fields[2]),
                      .text = std::string{fields[3]}};
    const auto lists = parse_count(fields[4]);
    if (!lists || *lists < 1 || *lists > 99) { place.refuse(columns[4], fields[4], "1 to 99"); }
    event.lists_agreeing = static_cast<int>(*lists);
    auto& source = calendar.events_sources[event.kind];
    if (source.name.empty()) { source = {file.filename().string(), event.date, event.date}; }
    source.first = std::min(source.first, event.date);
    source.last = std::max(source.last, event.date);
    calendar.events.push_back(std::move(event));
  });
  for (const auto& [name, kind] : kScheduled) {
    if (!calendar.events_sources.contains(kind)) {
      fail_data(fmt::format("{}: no event {}; without its list every date looks free of it",
                            file.string(), name));
    }
  }
}

}  // namespace

Reference read_reference(const path& folder) {
  Reference reference;
  reference.closes["SPX"_sym] = read_series(folder / "datasets-s-and-p-500/fred_sp500.csv",
                                            "SPX closes", {"observation_date", "SP500"}, 1);
  for (const Instrument& instrument : instrument_table()) {
    const Symbol underlying = instrument.underlying;
    const path file = folder / "closes" / (std::string{underlying.text()} + ".csv");
    if (reference.closes.contains(underlying) || !exists(file)) { continue; }
    reference.closes[underlying] =
        read_series(file, std::string{underlying.text()} + " closes", {"date", "close"}, 1);
  }
  for (const Instrument& instrument : instrument_table()) {
    const Symbol underlying = instrument.underlying;
    const path file = folder / "dividends" / (std::string{underlying.text()} + ".csv");
    if (reference.dividends.contains(underlying) || !exists(file)) { continue; }
    reference.dividends[underlying] = read_dividends(file);
  }
  reference.vix = read_series(folder / "datasets-finance-vix/vix-daily.csv", "VIX closes",
                              {"DATE", "OPEN", "HIGH", "LOW", "CLOSE"}, 4);
  reference.yields = read_yields(folder / "us-treasury-fred/treasury_cmt_2005_2026.csv");
  read_holidays(folder / "QuantConnect-Lean/us_equity_holidays_2013_2028.csv", reference.calendar);
  read_events(folder / "events/us_macro_events_2015_2026.csv", reference.calendar);
  return reference;
}

KnownYields yields_before(const std::vector<YieldRow>& rows, Date date) {
  KnownYields known;
  for (const YieldRow& row : rows) {
    if (row.date >= date) { break; }
    known.curve.publish(row.percent);
    if (std::ranges::any_of(row.percent, [](const auto& yield) { return yield.has_value(); })) {
      known.date = row.date;
    }
  }
  return known;
}

std::vector<Dividend> dividends_from(const Reference& reference, Symbol underlying, Date date,
                                     const Calendar& calendar) {
  const auto found = reference.dividends.find(underlying);
  if (found == reference.dividends.end()) { return {}; }
  return found->second.between(date, date + kDividendsAhead, calendar);
}

DividendsPublished dividends_known(const Reference& reference, Symbol underlying, Date date,
                                   const Calendar& calendar) {
  DividendsPublished published{.underlying = underlying};
  const auto found = reference.dividends.find(underlying);
  if (found == reference.dividends.end()) { return published; }
  DividendSchedule schedule = found->second;
  std::erase_if(schedule.known, [&](const Dividend& dividend) {
    return dividend.ex_date > date && dividend.kind == DividendKind::kPaid;
  });
  schedule.source.last = std::min(schedule.source.last, date);
  for (const Dividend& dividend :
       schedule.between(date - std::chrono::days{2}, date + kDividendsAhead, calendar)) {
    published.payments.push_back({.ex_date = dividend.ex_date,
                                  .amount = Price::from_dollars(dividend.amount).value(),
                                  .projected = dividend.kind == DividendKind::kProjected});
  }
  return published;
}

void need_dividends(const Reference& reference, const Instrument& instrument) {
  if (instrument.exercise == ExerciseStyle::kEuropean ||
      reference.dividends.contains(instrument.underlying)) {
    return;
  }
  const std::string_view name = instrument.underlying.text();
  fail_data(
      fmt::format("reference: no dividends of {0}, whose options are exercised early for them; put "
                  "them into dividends/{0}.csv (date,kind,amount) of the reference folder",
                  name));
}

Calendar::Data with_user_events(Calendar::Data calendar, const std::vector<UserEvent>& events) {
  for (const UserEvent& event : events) {
    const auto date = parse_date(event.date);
    if (!date) {
      fail_configuration(fmt::format(
          "blackout.events.date = \"{}\": accepted is a date as 2019-05-01", event.date));
    }
    calendar.events.push_back(
        {.date = *date, .kind = EventKind::kUser, .time = event.time, .text = event.text});
  }
  return calendar;
}

}  // namespace v6
