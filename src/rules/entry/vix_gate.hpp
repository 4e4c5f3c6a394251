#pragma once

#include <limits>

#include <algorithm>
#include <tuple>

#include "base/enum_text.hpp"
#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/entry/view.hpp"

namespace v6 {

/// Nothing is opened into a panic. Measure: VIX, which must lie below the limit; unknown refuses.
struct VixGate {
  double below = 35;

  static constexpr auto fields() {
    return std::tuple{
        number("below", &VixGate::below, 5, 35, "points", "open below this VIX only")};
  }

  [[nodiscard]] Check operator()(const EntryView& view) const {
    Check check = gate_at_most(
        {.name = "vix", .measured = view.factors->vix, .limit = below, .unit = "points"});
    if (check.measured == below) { check.verdict = Verdict::kRefuse; }
    return check;
  }
};

}  // namespace v6
