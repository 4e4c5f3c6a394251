#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "orders/price_walk.hpp"
#include "portfolio/fees.hpp"
#include "risk/breaker.hpp"
#include "risk/limits.hpp"
#include "rules/entry_gates.hpp"
#include "rules/exit_rules.hpp"
#include "strategy/settings.hpp"

namespace v6 {

/// When entries are looked for, New York time.
struct ScheduleSettings {
  std::chrono::minutes first{10 * 60};
  std::chrono::minutes last{15 * 60 + 30};
  int every = 15;

  static constexpr auto fields() {
    using S = ScheduleSettings;
    return std::tuple{number("first", &S::first, 0, 1439, "HH:MM", "first look of the session"),
                      number("last", &S::last, 0, 1439, "HH:MM", "last look of the session"),
                      number("every", &S::every, 1, 390, "minutes", "between looks")};
  }
};

/// News that no shipped list has: earnings, a vote, a day off.
struct UserEvent {
  std::string date;  // 2019-05-01
  std::chrono::minutes time{9 * 60 + 30};
  std::string text;

  static constexpr auto fields() {
    using E = UserEvent;
    return std::tuple{field("date", &E::date, "New York date"),
                      number("time", &E::time, 0, 1439, "HH:MM", "New York time"),
                      field("text", &E::text, "shown where it refuses")};
  }
};

/// How long scheduled news keeps entries away.
struct BlackoutSettings {
  int before = 24 * 60;
  int after = 30;
  std::vector<UserEvent> events;

  static constexpr auto fields() {
    using S = BlackoutSettings;
    return std::tuple{number("before", &S::before, 0, 7 * 24 * 60, "minutes", "before an event"),
                      number("after", &S::after, 0, 24 * 60, "minutes", "after an event"),
                      field("events", &S::events, "news of your own")};
  }
};

/// The whole configuration of the core, one member a table.
struct Settings {
  Mode mode = Mode::kDryRun;
  std::vector<Symbol> underlyings = {Symbol::parse("SPY").value(), Symbol::parse("QQQ").value(),
                                     Symbol::parse("IWM").value()};
  ScheduleSettings schedule;
  BlackoutSettings blackout;
  EntryGates entry;
  StrategySettings strategy;
  ExitRules exits;
  RiskLimits risk;
  BreakerSettings breaker;
  ExecutionSettings execution;
  FeeSchedule fees;

  static constexpr auto fields() {
    using S = Settings;
    return std::tuple{
        field("mode", &S::mode, "dry_run sends nothing; anything unreadable is dry_run"),
        field("underlyings", &S::underlyings, "may be traded; a subset of the instrument table"),
        field("schedule", &S::schedule, "when entries are looked for"),
        field("blackout", &S::blackout, "distance to scheduled news"),
        field("entry", &S::entry, "gates of the day"),
        field("strategy", &S::strategy, "what is opened and how it is chosen"),
        field("exits", &S::exits, "exit rules in order of priority"),
        field("risk", &S::risk, "account limits"),
        field("breaker", &S::breaker, "circuit breaker"),
        field("execution", &S::execution, "price walk"),
        field("fees", &S::fees, "what trading costs")};
  }
};

}  // namespace v6
