#pragma once

#include <algorithm>
#include <tuple>

#include "base/enum_text.hpp"
#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/entry/view.hpp"

namespace v6 {

/// A set latch stops every opening. Measure: how many are set.
struct LatchGate {
  [[nodiscard]] Check operator()(const EntryView& view) const {
    std::string which;
    for (const std::string& latch : view.latches) { which += (which.empty() ? "" : "; ") + latch; }
    return gate_at_most({.name = "latch",
                         .measured = static_cast<double>(view.latches.size()),
                         .limit = 0,
                         .unit = "latches set",
                         .detail = std::move(which)});
  }
};

}  // namespace v6
