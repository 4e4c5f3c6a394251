#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "model/decision.hpp"

namespace v6 {

/// What a gate judged: `measured` against `limit`, in `unit`.
struct Measure {
  std::string_view name;
  std::optional<double> measured;
  std::optional<double> limit;
  std::string_view unit;
  std::string detail;
};

[[nodiscard]] Check make_check(Measure measure, CheckKind kind, Verdict verdict,
                               std::optional<double> distance);

/// Passes at or below the limit. Missing data never passes.
[[nodiscard]] Check gate_at_most(Measure measure);
/// Passes at or above the limit.
[[nodiscard]] Check gate_at_least(Measure measure);
/// A yes-or-no gate: measured 1 or 0 against the limit 1.
[[nodiscard]] Check gate_if(bool passes, Measure measure);
[[nodiscard]] Check gate_skipped(std::string_view name, std::string detail);

/// An exit rule that fires at or above its limit.
[[nodiscard]] Check rule_at_least(Measure measure);
/// An exit rule that fires at or below its limit.
[[nodiscard]] Check rule_at_most(Measure measure);
/// An exit rule that fires above its limit only.
[[nodiscard]] Check rule_above(Measure measure);
[[nodiscard]] Check rule_below(Measure measure);
[[nodiscard]] Check rule_skipped(std::string_view name, std::string detail);

}  // namespace v6
