#pragma once

#include <boost/describe.hpp>

#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "model/money.hpp"
#include "risk/limits.hpp"

namespace v6 {

/// Stops that hold until a person, or for the daily loss the calendar, lifts them. Part of the
/// persisted state, so a restart does not forget them.
struct Latches {
  std::string halted;  // L1: why; empty is not set
  std::string reduce_only;
  std::string daily_loss;  // lifted by the next session
  std::string drawdown;
  std::string mismatch;  // positions or executions that are not ours
  std::string flatten;   // L3: everything is being closed, at every snapshot until it is

  [[nodiscard]] std::vector<std::string> set() const {
    std::vector<std::string> reasons;
    for (const std::string* latch :
         {&halted, &reduce_only, &daily_loss, &drawdown, &mismatch, &flatten}) {
      if (!latch->empty()) { reasons.push_back(*latch); }
    }
    return reasons;
  }
  [[nodiscard]] bool any() const { return !set().empty(); }
};
BOOST_DESCRIBE_STRUCT(Latches, (), (halted, reduce_only, daily_loss, drawdown, mismatch, flatten))

/// Net liquidation against the start of the session and the peak.
struct AccountTrack {
  Money session_start;
  Money peak;
};
BOOST_DESCRIBE_STRUCT(AccountTrack, (), (session_start, peak))

enum class LossLevel : std::uint8_t { kFine, kNoEntries, kReduceOnly };

/// What today's loss, realised and marked, means.
[[nodiscard]] LossLevel daily_loss_level(const AccountTrack& track, Money now,
                                         const RiskLimits& limits);
[[nodiscard]] bool drawdown_reached(const AccountTrack& track, Money now, const RiskLimits& limits);

}  // namespace v6
