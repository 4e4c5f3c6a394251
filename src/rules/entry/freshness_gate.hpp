#pragma once

#include <chrono>

#include <algorithm>
#include <tuple>

#include "base/enum_text.hpp"
#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/entry/view.hpp"

namespace v6 {

/// Old, delayed or halted data decides nothing. Measure: age of the oldest input, seconds.
struct FreshnessGate {
  int chain = 600;
  int leg = 5;
  int underlying = 2;

  static constexpr auto fields() {
    using G = FreshnessGate;
    return std::tuple{
        number("chain", &G::chain, 1, 3600, "seconds", "age of a chain that may nominate"),
        number("leg", &G::leg, 1, 5, "seconds", "age of a leg's quote that may open"),
        number("underlying", &G::underlying, 1, 2, "seconds",
               "age of the underlying when opening")};
  }

  [[nodiscard]] Check operator()(const EntryView& view) const {
    const auto seconds = [](Duration age) { return std::chrono::duration<double>(age).count(); };
    const double limit = view.confirming ? leg : chain;
    Measure measure{.name = "freshness",
                    .measured = seconds(view.quote_age),
                    .limit = limit,
                    .unit = "seconds",
                    .detail = view.confirming ? "legs" : "chain"};
    const bool current =
        view.quote_kind == QuoteKind::kLive || view.quote_kind == QuoteKind::kEndOfDay;
    if (!current || view.halted) {
      measure.measured.reset();
      measure.detail = !view.quote_kind ? "no quotes"
                       : view.halted    ? "halted"
                                        : std::string{word(*view.quote_kind)} + " data";
    } else if (view.confirming && seconds(view.spot_age) > underlying) {
      measure.measured = seconds(view.spot_age);
      measure.limit = underlying;
      measure.detail = "underlying";
    }
    return gate_at_most(std::move(measure));
  }
};

}  // namespace v6
