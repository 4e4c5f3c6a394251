#pragma once

#include <algorithm>
#include <tuple>

#include "base/enum_text.hpp"
#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/entry/view.hpp"

namespace v6 {

/// No opening around scheduled news; a date that an event list does not cover is a blackout.
/// Measure: events in force.
struct BlackoutGate {
  [[nodiscard]] Check operator()(const EntryView& view) const {
    Measure measure{.name = "blackout",
                    .measured = static_cast<double>(view.blackouts.size()),
                    .limit = 0,
                    .unit = "events in force"};
    for (const Blackout& blackout : view.blackouts) {
      measure.detail += (measure.detail.empty() ? "" : "; ") +
                        std::string{word(blackout.event.kind)} + " of " + iso(blackout.event.at()) +
                        ", until " + iso(blackout.to);
    }
    if (!view.events_covered) {
      measure.measured.reset();
      measure.detail = "the event calendar does not cover this date";
    }
    return gate_at_most(std::move(measure));
  }
};

}  // namespace v6
