#pragma once

#include <chrono>

#include "base/time.hpp"
#include "sim/session_clock.hpp"

namespace v6 {

/// The time a bot lives in: the machine's, or one that runs faster from some instant on.
class LiveClock {
 public:
  [[nodiscard]] static LiveClock real() { return LiveClock{1, {}, {}}; }
  [[nodiscard]] static LiveClock scaled(double speed, Instant start) {
    return LiveClock{speed, start, std::chrono::steady_clock::now()};
  }

  [[nodiscard]] Instant now() const {
    if (start_ == Instant{}) {
      return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    }
    return start_ + scaled_by(speed_, std::chrono::steady_clock::now() - began_);
  }
  /// How long until then, in the machine's time; zero when it is past.
  [[nodiscard]] Duration until(Instant when) const {
    const Duration left = when - now();
    return left <= Duration{} ? Duration{} : scaled_by(1.0 / speed_, left);
  }
  [[nodiscard]] double speed() const { return speed_; }

 private:
  LiveClock(double speed, Instant start, RealTime began)
      : speed_{speed}, start_{start}, began_{began} {}
  [[nodiscard]] static Duration scaled_by(double factor, Duration span) {
    return Duration{static_cast<std::int64_t>(static_cast<double>(span.count()) * factor)};
  }

  double speed_;
  Instant start_;
  RealTime began_;
};

}  // namespace v6
