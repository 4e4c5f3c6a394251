#pragma once

#include <optional>

#include "model/decision.hpp"
#include "model/order.hpp"

namespace v6 {

/// One open structure as an exit rule sees it. Absent means not known at this snapshot.
struct ExitView {
  StructureKind kind = StructureKind::kCustom;
  ExerciseStyle exercise = ExerciseStyle::kEuropean;
  int legs = 0;
  int units = 0;
  int dte = 0;
  int dte_at_entry = 0;
  /// No session is left before an AM-settled series expires.
  bool last_session_of_am_series = false;
  bool short_puts = false;
  bool short_calls = false;

  /// As cash to us per unit; a shape without a name is a credit when it brought one.
  std::optional<double> entry_price;
  /// To close one unit at the mid, dollars; present only with a valid mark.
  std::optional<double> cost_to_close;

  bool mark_valid = false;
  /// Profit over credit or debit, a fraction; present only with a valid mark.
  std::optional<double> upl;
  double peak_upl = 0;
  bool half_closed = false;
  /// Of the underlying since the reference snapshot, a fraction.
  std::optional<double> underlying_change;
  std::optional<double> iv;
  std::optional<double> iv_at_entry;
  std::optional<double> iv_change;  // since the reference snapshot, a fraction
  std::optional<double> delta;      // per unit and share
  std::optional<double> gamma;
  double spot = 0;

  std::optional<double> vix;
  std::optional<double> vix_at_entry;
  std::optional<double> percentile;
  std::optional<double> percentile_at_entry;
  std::optional<Regime> regime;

  /// Smallest extrinsic value of a short leg in the money, dollars; absent when none is.
  std::optional<double> short_extrinsic;
  /// Dividend of an ex-date before the next session, dollars.
  double dividend = 0;
  bool shares_appeared = false;

  /// How far the book is beyond its limits, as the largest ratio of use to limit; and whether
  /// closing this structure takes most off.
  double book_use = 0;
  bool relieves_most = false;

  [[nodiscard]] bool credit() const {
    const bool unnamed = kind == StructureKind::kCustom || kind == StructureKind::kUndefinedRisk;
    return unnamed ? entry_price.value_or(0) > 0 : is_credit(kind);
  }
};

enum class ExitAction : std::uint8_t { kClose, kReduce, kRoll };

/// What a rule found and what it would do about it.
struct ExitFinding {
  Check check;
  ExitAction action = ExitAction::kClose;
  Urgency urgency = Urgency::kNormal;
};

}  // namespace v6
