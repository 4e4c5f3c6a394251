#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <memory>

#include "base/enum_text.hpp"
#include "calendar/expiry.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "report/json.hpp"

namespace v6 {
namespace {

struct CalendarOptions {
  ConfigOptions config;
  ReferenceOption reference;
  std::string from;
  std::string to;
  bool json = false;
};

struct CalendarDay {
  Session stocks;
  Session options;
  bool events_covered = false;
  std::vector<ListedExpiry> expiries;
  std::vector<MarketEvent> events;
  std::vector<Blackout> blackouts;  // that touch the session
};

std::vector<CalendarDay> days_of(const Calendar& calendar, Date from, Date to,
                                 BlackoutWindow window) {
  std::multimap<Date, ListedExpiry> expiries;
  for (const ListedExpiry& expiry : spx_expiries(from, to, calendar)) {
    expiries.emplace(expiry.date, expiry);
  }
  std::vector<CalendarDay> days;
  for (const Date date : calendar.sessions(from, to)) {
    CalendarDay day{.stocks = *calendar.session(date, SessionKind::kEquity),
                    .options = *calendar.session(date, SessionKind::kIndexOption),
                    .events_covered = calendar.covers_events(date),
                    .events = calendar.events(date, date)};
    const auto [first, last] = expiries.equal_range(date);
    for (auto expiry = first; expiry != last; ++expiry) { day.expiries.push_back(expiry->second); }
    for (const MarketEvent& event : calendar.events(date, date + std::chrono::days{8})) {
      const Blackout blackout = around(event, window);
      if (blackout.from <= day.options.close && blackout.to >= day.options.open) {
        day.blackouts.push_back(blackout);
      }
    }
    days.push_back(std::move(day));
  }
  return days;
}

std::string clock_text(Instant at) {
  const TimeOfDay time = new_york_time(at);
  return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60);
}

std::string day_and_clock(Instant at) { return iso(new_york_date(at)) + ' ' + clock_text(at); }

Json as_json(const std::vector<CalendarDay>& days, const Calendar& calendar) {
  const auto source = [](const ListSource& list) {
    return Json{{"list", list.name}, {"first", iso(list.first)}, {"last", iso(list.last)}};
  };
  Json sources = {{"sessions", source(calendar.horizon().sessions)}};
  for (const auto& [kind, list] : calendar.horizon().events) {
    sources[std::string{word(kind)}] = source(list);
  }
  Json list = Json::array();
  for (const CalendarDay& day : days) {
    Json expiries = Json::array();
    for (const ListedExpiry& expiry : day.expiries) {
      expiries.push_back({{"root", expiry.root.text()},
                          {"kind", word(expiry.kind)},
                          {"last_trading_day", iso(expiry.last_trading_day)}});
    }
    Json events = Json::array();
    for (const MarketEvent& event : day.events) {
      events.push_back({{"kind", word(event.kind)},
                        {"at", iso(event.at())},
                        {"text", event.text},
                        {"lists_agreeing", event.lists_agreeing}});
    }
    Json blackouts = Json::array();
    for (const Blackout& blackout : day.blackouts) {
      blackouts.push_back({{"kind", word(blackout.event.kind)},
                           {"from", iso(blackout.from)},
                           {"to", iso(blackout.to)}});
    }
    list.push_back({{"date", iso(day.stocks.date)},
                    {"open", iso(day.stocks.open)},
                    {"close", iso(day.stocks.close)},
                    {"index_options_close", iso(day.options.close)},
                    {"early_close", day.stocks.early},
                    {"expiries", std::move(expiries)},
                    {"events", std::move(events)},
                    {"events_covered", day.events_covered},
                    {"blackouts", std::move(blackouts)}});
  }
  return {{"sources", std::move(sources)}, {"sessions", std::move(list)}};
}

std::string as_text(const std::vector<CalendarDay>& days, const Calendar& calendar) {
  TextTable table{{"session", "stocks", "index options", "expiries", "events", "no entries"}};
  for (const CalendarDay& day : days) {
    std::vector<std::string> expiries;
    for (const ListedExpiry& expiry : day.expiries) {
      expiries.push_back(fmt::format("{} {}", expiry.root.text(), word(expiry.kind)));
    }
    std::vector<std::string> events;
    for (const MarketEvent& event : day.events) {
      events.push_back(fmt::format("{} {}", word(event.kind), clock_text(event.at())));
    }
    std::vector<std::string> blackouts;
    for (const Blackout& blackout : day.blackouts) {
      blackouts.push_back(
          fmt::format("{} to {}", day_and_clock(blackout.from), day_and_clock(blackout.to)));
    }
    if (!day.events_covered) { blackouts.emplace_back("all day: an event list does not reach"); }
    table.add(
        {iso(day.stocks.date), clock_text(day.stocks.open) + "-" + clock_text(day.stocks.close),
         clock_text(day.options.open) + "-" + clock_text(day.options.close) +
             (day.stocks.early ? " early" : ""),
         fmt::format("{}", fmt::join(expiries, ", ")), fmt::format("{}", fmt::join(events, ", ")),
         fmt::format("{}", fmt::join(blackouts, "; "))});
  }
  std::string text = table.text() + "\nNew York time. Expiring PM series stop with the stocks.\n";
  const auto horizon = calendar.horizon();
  text += fmt::format("sessions: {} to {} ({})\n", iso(horizon.sessions.first),
                      iso(horizon.sessions.last), horizon.sessions.name);
  for (const auto& [kind, list] : horizon.events) {
    text +=
        fmt::format("{}: {} to {} ({})\n", word(kind), iso(list.first), iso(list.last), list.name);
  }
  return text;
}

ExitCode run(const CalendarOptions& options) {
  const Date from = date_option(options.from, "--from");
  const Date to = date_option(options.to, "--to");
  if (from > to) {
    fail_usage(fmt::format("--from {} lies after --to {}: swap them", options.from, options.to));
  }
  const BlackoutSettings settings = options.config.load().settings.blackout;
  const Calendar calendar{with_user_events(options.reference.read().calendar, settings.events)};
  for (const Date date : {from, to}) {
    if (!calendar.covers(date)) {
      const ListSource covered = calendar.horizon().sessions;
      fail_data(fmt::format("the calendar does not cover {}; it reaches from {} to {}", iso(date),
                            iso(covered.first), iso(covered.last)));
    }
  }
  const auto days = days_of(calendar, from, to,
                            {.before = std::chrono::minutes{settings.before},
                             .after = std::chrono::minutes{settings.after}});
  print(options.json ? as_json(days, calendar).dump(2) + '\n' : as_text(days, calendar));
  return ExitCode::kDone;
}

}  // namespace

void add_calendar(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<CalendarOptions>();
  CLI::App* command = app.add_subcommand("calendar", "sessions, expiries, events and blackouts");
  command->footer("Example:\n  v6 calendar --from 2019-06-01 --to 2019-06-30");
  command->add_option("--from", options->from, "first date, as 2019-06-01")->required();
  command->add_option("--to", options->to, "last date")->required();
  command->add_flag("--json", options->json, "print one JSON document");
  options->config.add_to(*command);
  options->reference.add_to(*command);
  command->callback(
      [options, &invocation] { invocation.run = [options] { return run(*options); }; });
}

}  // namespace v6
