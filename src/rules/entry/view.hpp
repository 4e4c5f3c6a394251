#pragma once

#include <optional>
#include <string>
#include <vector>

#include "calendar/calendar.hpp"
#include "model/decision.hpp"
#include "model/market.hpp"

namespace v6 {

/// What the gates that concern the day, not the candidate, look at.
struct EntryView {
  Instant at;
  Mode mode = Mode::kDryRun;
  /// Latches that are set, each in words; empty means free to open.
  std::vector<std::string> latches;
  /// Of the options' market; absent on a day without one, or that the calendar does not cover.
  std::optional<Session> session;
  bool events_covered = false;
  std::vector<Blackout> blackouts;
  const Factors* factors = nullptr;

  std::optional<QuoteKind> quote_kind;
  Duration spot_age{};
  /// Of the oldest leg; with only the nominating chain at hand, of that chain.
  Duration quote_age{};
  bool halted = false;
  /// Ages count against the limits for fresh legs, or against the chain's own.
  bool confirming = false;

  int structures_in_book = 0;
  int structures_of_symbol = 0;
  int opened_today = 0;
  bool is_roll = false;

  int orders_last_minute = 0;
  int orders_last_hour = 0;
  int orders_today = 0;
};

}  // namespace v6
