#pragma once

#include <chrono>

#include <algorithm>
#include <tuple>

#include "base/enum_text.hpp"
#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/entry/view.hpp"

namespace v6 {

/// Not in the first minutes of a session nor the last, both edges allowed; never on a day that the
/// calendar does not know. Measure: minutes to the nearer edge of that window, negative outside.
struct SessionGate {
  int after_open = 5;
  int before_close = 15;

  static constexpr auto fields() {
    using G = SessionGate;
    return std::tuple{
        number("after_open", &G::after_open, 5, 120, "minutes", "wait after the open"),
        number("before_close", &G::before_close, 15, 120, "minutes", "stop before the close")};
  }

  [[nodiscard]] Check operator()(const EntryView& view) const {
    Measure measure{.name = "session", .limit = 0, .unit = "minutes inside"};
    if (!view.session) {
      measure.detail = "no trading session, or a date the calendar does not cover";
      return gate_at_least(std::move(measure));
    }
    const Instant from = view.session->open + std::chrono::minutes{after_open};
    const Instant to = view.session->close - std::chrono::minutes{before_close};
    const Duration inside = std::min(view.at - from, to - view.at);
    measure.measured = std::chrono::duration<double, std::ratio<60>>(inside).count();
    if (view.session->early) { measure.detail = "early close"; }
    return gate_at_least(std::move(measure));
  }
};

}  // namespace v6
