#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <initializer_list>
#include <string_view>

#include "base/enum_text.hpp"
#include "rules/exit_rules.hpp"

/// Structures for the tests of the exit rules.
namespace v6 {

/// An iron condor ten days after its entry with everything known and nothing wrong: no rule fires.
inline ExitView quiet_condor() {
  return {.kind = StructureKind::kIronCondor,
          .exercise = ExerciseStyle::kEuropean,
          .legs = 4,
          .units = 1,
          .dte = 35,
          .dte_at_entry = 45,
          .short_puts = true,
          .short_calls = true,
          .mark_valid = true,
          .upl = 0.10,
          .peak_upl = 0.15,
          .underlying_change = 0.001,
          .iv = 0.15,
          .iv_at_entry = 0.16,
          .iv_change = -0.02,
          .delta = 0.05,
          .gamma = 0.001,
          .spot = 2900,
          .vix = 15,
          .vix_at_entry = 16,
          .percentile = 60,
          .percentile_at_entry = 65,
          .regime = Regime::kNormal,
          .book_use = 0.5};
}

/// The same for a structure that was paid for and is short nothing that could run away.
inline ExitView quiet_debit_spread() {
  ExitView view = quiet_condor();
  view.kind = StructureKind::kCallDebitSpread;
  view.legs = 2;
  view.short_puts = false;
  view.short_calls = false;
  return view;
}

inline ExitView quiet_long_call() {
  ExitView view = quiet_debit_spread();
  view.kind = StructureKind::kLongCall;
  view.legs = 1;
  return view;
}

/// What a case changes of a quiet structure.
using Change = std::function<void(ExitView&)>;

inline ExitView with(ExitView view, const Change& change) {
  change(view);
  return view;
}

struct ExitCase {
  std::string_view name;
  Change change;
  Verdict verdict;
};

template <class Rule>
void expect_verdicts(const Rule& rule, const ExitView& base,
                     std::initializer_list<ExitCase> cases) {
  for (const ExitCase& c : cases) {
    SCOPED_TRACE(c.name);
    const Check check = rule(with(base, c.change)).check;
    EXPECT_EQ(word(check.verdict), word(c.verdict));
    EXPECT_EQ(check.name, Rule::kName);
    EXPECT_EQ(check.kind, CheckKind::kRule);
  }
}

/// On which side of its limit a rule fires, and whether at the limit itself.
enum class Fires : std::uint8_t { kFromLimitUp, kFromLimitDown, kAboveLimit, kBelowLimit };

/// The step to either side of the limit: a hair for fractions, 1 for days and units.
constexpr double kHair = 1e-9;
constexpr double kDay = 1;

/// Moves one number of the view over its limit: just below, exactly there, just above.
template <class Rule>
void expect_edge(const Rule& rule, const ExitView& base,
                 const std::function<void(ExitView&, double)>& set, double limit, Fires fires,
                 double step = kHair) {
  const bool up = fires == Fires::kFromLimitUp || fires == Fires::kAboveLimit;
  const bool itself = fires == Fires::kFromLimitUp || fires == Fires::kFromLimitDown;
  struct Place {
    std::string_view name;
    double value;
    bool fires;
  };
  for (const Place& side :
       {Place{"below the limit", limit - step, !up}, Place{"at the limit", limit, itself},
        Place{"above the limit", limit + step, up}}) {
    SCOPED_TRACE(::testing::Message() << Rule::kName << " " << side.name << " " << limit);
    const auto view = with(base, [&](ExitView& v) { set(v, side.value); });
    EXPECT_EQ(word(rule(view).check.verdict), side.fires ? "fire" : "hold");
  }
}

// The numbers that the edges move.
inline void set_upl(ExitView& view, double value) { view.upl = value; }
inline void set_peak(ExitView& view, double value) { view.peak_upl = value; }
inline void set_dte(ExitView& view, double value) { view.dte = static_cast<int>(value); }
inline void set_move(ExitView& view, double value) { view.underlying_change = value; }
inline void set_iv_change(ExitView& view, double value) { view.iv_change = value; }
inline void set_vix(ExitView& view, double value) { view.vix = value; }
inline void set_delta(ExitView& view, double value) { view.delta = value; }
inline void set_gamma(ExitView& view, double value) { view.gamma = value; }
inline void set_percentile(ExitView& view, double value) { view.percentile = value; }
inline void set_extrinsic(ExitView& view, double value) { view.short_extrinsic = value; }
inline void set_book_use(ExitView& view, double value) { view.book_use = value; }

}  // namespace v6
