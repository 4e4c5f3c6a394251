#pragma once

#include <algorithm>
#include <tuple>

#include "base/enum_text.hpp"
#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/entry/view.hpp"

namespace v6 {

/// A strategy that orders without end is broken. Measure: orders counting this one.
struct RateGate {
  int per_minute = 6;
  int per_hour = 30;
  int per_day = 60;

  static constexpr auto fields() {
    using G = RateGate;
    return std::tuple{number("per_minute", &G::per_minute, 1, 60, "orders", "opening orders"),
                      number("per_hour", &G::per_hour, 1, 600, "orders", "opening orders"),
                      number("per_day", &G::per_day, 1, 1000, "orders", "opening orders")};
  }

  [[nodiscard]] Check operator()(const EntryView& view) const {
    const auto rate = [](int sent, int limit, std::string detail) {
      return gate_at_most({.name = "rate",
                           .measured = sent + 1,
                           .limit = limit,
                           .unit = "orders",
                           .detail = std::move(detail)});
    };
    Check worst = rate(view.orders_last_minute, per_minute, "last minute");
    for (Check& check : std::vector{rate(view.orders_last_hour, per_hour, "last hour"),
                                    rate(view.orders_today, per_day, "today")}) {
      if (*check.distance < *worst.distance) { worst = std::move(check); }
    }
    return worst;
  }
};

}  // namespace v6
