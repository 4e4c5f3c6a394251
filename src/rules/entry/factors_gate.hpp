#pragma once

#include <algorithm>
#include <tuple>

#include "base/enum_text.hpp"
#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/entry/view.hpp"

namespace v6 {

/// Every factor the strategy selects by must be known. Measure: how many are missing.
struct FactorsGate {
  [[nodiscard]] Check operator()(const EntryView& view) const {
    const Factors& factors = *view.factors;
    std::string missing;
    int count = 0;
    const auto need = [&](bool known, std::string_view name) {
      if (known) { return; }
      ++count;
      missing += (missing.empty() ? "unknown: " : ", ") + std::string{name};
    };
    need(factors.outlook.has_value(), "outlook (history too short)");
    need(factors.iv_level.has_value(), "IV percentile (history too short)");
    need(factors.volatility_rising.has_value(), "volatility trend (history too short)");
    need(factors.backwardated.has_value(), "term structure (no 30- and 60-day IV)");
    need(factors.realised_252.has_value(), "realised volatility (history too short)");
    return gate_at_most({.name = "factors",
                         .measured = count,
                         .limit = 0,
                         .unit = "factors missing",
                         .detail = std::move(missing)});
  }
};

}  // namespace v6
