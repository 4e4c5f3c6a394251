#pragma once

#include <algorithm>
#include <tuple>

#include "base/enum_text.hpp"
#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/entry/view.hpp"

namespace v6 {

/// Few structures at a time. Measure: how many there would be, over the book, the symbol, the day.
struct CountsGate {
  int book = 5;
  int symbol = 3;
  int new_per_day = 2;

  static constexpr auto fields() {
    using G = CountsGate;
    return std::tuple{
        number("book", &G::book, 1, 20, "structures", "open and working in the whole book"),
        number("symbol", &G::symbol, 1, 10, "structures", "open and working in one underlying"),
        number("new_per_day", &G::new_per_day, 1, 10, "structures", "opened in one session")};
  }

  [[nodiscard]] Waterfall operator()(const EntryView& view) const {
    const auto count = [](int now, int limit, std::string detail) {
      return gate_at_most({.name = "counts",
                           .measured = now + 1,
                           .limit = limit,
                           .unit = "structures",
                           .detail = std::move(detail)});
    };
    // A roll replaces its structure, so it is neither one more nor new.
    Waterfall checks = {count(view.structures_in_book, book, "book"),
                        count(view.structures_of_symbol, symbol, "symbol")};
    if (!view.is_roll) { checks.push_back(count(view.opened_today, new_per_day, "new today")); }
    return checks;
  }
};

}  // namespace v6
