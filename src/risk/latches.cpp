#include "risk/latches.hpp"

namespace v6 {

LossLevel daily_loss_level(const AccountTrack& track, Money now, const RiskLimits& limits) {
  const double start = track.session_start.dollars();
  const double loss = start - now.dollars();
  if (loss >= limits.daily_loss_reduce_only * start) { return LossLevel::kReduceOnly; }
  if (loss >= limits.daily_loss_no_entries * start) { return LossLevel::kNoEntries; }
  return LossLevel::kFine;
}

bool drawdown_reached(const AccountTrack& track, Money now, const RiskLimits& limits) {
  const double peak = track.peak.dollars();
  return peak - now.dollars() >= limits.drawdown_no_entries * peak;
}

}  // namespace v6
