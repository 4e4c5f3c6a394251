#pragma once

#include <tuple>

#include "base/settings.hpp"
#include "rules/check.hpp"
#include "rules/exit/view.hpp"

namespace v6 {

/// Fear rose since we opened, or is high outright. Measure: VIX points.
struct VixExit {
  static constexpr std::string_view kName = "vix_exit";
  static constexpr bool kNeedsMark = true;

  bool enabled = true;
  double level = 35;
  double rise = 5;

  static constexpr auto fields() {
    using R = VixExit;
    return std::tuple{
        field("enabled", &R::enabled),
        number("level", &R::level, 10, 100, "points", "close above this VIX"),
        number("rise", &R::rise, 1, 50, "points", "close above the VIX at entry plus this")};
  }

  [[nodiscard]] ExitFinding operator()(const ExitView& view) const {
    const double from_entry = view.vix_at_entry ? *view.vix_at_entry + rise : level;
    return {.check = rule_above({.name = kName,
                                 .measured = view.vix,
                                 .limit = std::min(level, from_entry),
                                 .unit = "points",
                                 .detail = from_entry < level ? "rise since entry" : "level"}),
            .urgency = Urgency::kHigh};
  }
};

}  // namespace v6
