#pragma once

#include "rules/entry/blackout_gate.hpp"
#include "rules/entry/counts_gate.hpp"
#include "rules/entry/factors_gate.hpp"
#include "rules/entry/freshness_gate.hpp"
#include "rules/entry/latch_gate.hpp"
#include "rules/entry/mode_gate.hpp"
#include "rules/entry/rate_gate.hpp"
#include "rules/entry/session_gate.hpp"
#include "rules/entry/vix_gate.hpp"

namespace v6 {

/// The gates that concern the day and the account, in the order of the waterfall. The gates that
/// concern a candidate follow in strategy/.
struct EntryGates {
  ModeGate mode;
  LatchGate latch;
  SessionGate session;
  BlackoutGate blackout;
  FreshnessGate freshness;
  VixGate vix;
  FactorsGate factors;
  CountsGate counts;
  RateGate rate;

  static constexpr auto fields() {
    using G = EntryGates;
    return std::tuple{field("session", &G::session), field("freshness", &G::freshness),
                      field("vix", &G::vix), field("counts", &G::counts), field("rate", &G::rate)};
  }

  /// Every gate up to the counts; all are judged, also behind a refusal, because each "no" is news.
  [[nodiscard]] Waterfall operator()(const EntryView& view) const;
};

}  // namespace v6
