#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/time.hpp"
#include "calendar/calendar.hpp"

namespace v6 {

/// Steady time of the machine; only differences mean anything.
using RealTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// One instant on both clocks that a simulated broker lives by.
struct Moment {
  Instant session;   // of the market, UTC
  Duration paced{};  // since the start, in the time that pacing and deadlines are counted in
};

/// What the hours between sessions (16:20 to 9:20 of the next session, New York) cost.
enum class Nights : std::uint8_t { kLived, kSkipped };

/// From steady time to the market's: `speed` seconds of session for each real one. A frozen market
/// stands at its start; pacing then follows real time.
class SessionClock {
 public:
  struct Settings {
    Instant start;
    double speed = 1;  // positive
    bool frozen = false;
    Nights nights = Nights::kLived;
  };

  /// Nights are known as far as the calendar reaches; beyond, none is skipped.
  SessionClock(const Settings& settings, const Calendar& calendar, RealTime real_start);

  [[nodiscard]] Instant session_at(RealTime real) const;
  /// Since the start: real time, times the speed unless frozen.
  [[nodiscard]] Duration paced_at(RealTime real) const;
  [[nodiscard]] Moment at(RealTime real) const { return {session_at(real), paced_at(real)}; }

  /// When the market's time gets there, never before the start; RealTime::max() when frozen.
  [[nodiscard]] RealTime when_session(Instant session) const;
  [[nodiscard]] RealTime when_paced(Duration paced) const;

  [[nodiscard]] bool frozen() const { return settings_.frozen; }
  [[nodiscard]] double speed() const { return settings_.speed; }
  [[nodiscard]] Instant start() const { return settings_.start; }

 private:
  /// A night left out: `from` and what of all nights up to and including it was left out.
  struct Gap {
    Instant from;
    Instant to;
    Duration before;  // left out by the gaps before this one
  };

  Settings settings_;
  RealTime real_start_;
  std::vector<Gap> gaps_;  // ascending, all after the start
};

}  // namespace v6
