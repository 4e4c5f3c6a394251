#include "rules/check.hpp"

namespace v6 {
namespace {

enum class Side_ : std::uint8_t { kUp, kDown };

/// How far `measured` lies on the good side of the limit.
std::optional<double> room(const Measure& measure, Side_ good) {
  if (!measure.measured || !measure.limit) { return std::nullopt; }
  return good == Side_::kUp ? *measure.measured - *measure.limit
                            : *measure.limit - *measure.measured;
}

Check gate(Measure measure, Side_ good) {
  const auto distance = room(measure, good);
  if (!distance && measure.detail.empty()) { measure.detail = "no data"; }
  const Verdict verdict = distance && *distance >= 0 ? Verdict::kPass : Verdict::kRefuse;
  return make_check(std::move(measure), CheckKind::kGate, verdict, distance);
}

/// `at_limit`: whether the limit itself fires.
Check rule(Measure measure, Side_ quiet, bool at_limit) {
  const auto distance = room(measure, quiet);
  if (!distance) {
    if (measure.detail.empty()) { measure.detail = "no data"; }
    return make_check(std::move(measure), CheckKind::kRule, Verdict::kSkip, std::nullopt);
  }
  const bool fires = at_limit ? *distance <= 0 : *distance < 0;
  return make_check(std::move(measure), CheckKind::kRule, fires ? Verdict::kFire : Verdict::kHold,
                    distance);
}

}  // namespace

Check make_check(Measure measure, CheckKind kind, Verdict verdict, std::optional<double> distance) {
  return {.name = std::string{measure.name},
          .kind = kind,
          .verdict = verdict,
          .measured = measure.measured,
          .limit = measure.limit,
          .unit = std::string{measure.unit},
          .distance = distance,
          .detail = std::move(measure.detail)};
}

Check gate_at_most(Measure measure) { return gate(std::move(measure), Side_::kDown); }
Check gate_at_least(Measure measure) { return gate(std::move(measure), Side_::kUp); }

Check gate_if(bool passes, Measure measure) {
  measure.measured = passes ? 1.0 : 0.0;
  measure.limit = 1.0;
  if (measure.unit.empty()) { measure.unit = "yes/no"; }
  return gate(std::move(measure), Side_::kUp);
}

Check gate_skipped(std::string_view name, std::string detail) {
  return make_check({.name = name, .detail = std::move(detail)}, CheckKind::kGate, Verdict::kSkip,
                    std::nullopt);
}

Check rule_at_least(Measure measure) { return rule(std::move(measure), Side_::kDown, true); }
Check rule_at_most(Measure measure) { return rule(std::move(measure), Side_::kUp, true); }
Check rule_above(Measure measure) { return rule(std::move(measure), Side_::kDown, false); }
Check rule_below(Measure measure) { return rule(std::move(measure), Side_::kUp, false); }

Check rule_skipped(std::string_view name, std::string detail) {
  return make_check({.name = name, .detail = std::move(detail)}, CheckKind::kRule, Verdict::kSkip,
                    std::nullopt);
}

}  // namespace v6
