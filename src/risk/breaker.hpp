#pragma once

#include <boost/describe.hpp>

#include <optional>
#include <tuple>
#include <vector>

#include "base/settings.hpp"
#include "base/time.hpp"
#include "model/decision.hpp"

namespace v6 {

struct BreakerSettings {
  int failures = 5;
  int failures_in_paper = 3;
  int window = 60;
  int open = 300;
  int successes_to_close = 3;

  static constexpr auto fields() {
    using S = BreakerSettings;
    return std::tuple{
        number("failures", &S::failures, 1, 20, "failures", "open the breaker"),
        number("failures_in_paper", &S::failures_in_paper, 1, 20, "failures", "the same in paper"),
        number("window", &S::window, 1, 3600, "seconds", "failures within this time count"),
        number("open", &S::open, 10, 86400, "seconds", "then one probe is let through"),
        number("successes_to_close", &S::successes_to_close, 1, 20, "successes", "in a row")};
  }
};

enum class BreakerState : std::uint8_t { kClosed, kOpen, kHalfOpen };
BOOST_DESCRIBE_ENUM(BreakerState, kClosed, kOpen, kHalfOpen)

/// Stops opening when the broker path fails again and again. Failures: reject, unknown, mismatch,
/// missed deadline. Successes: fill, acknowledged cancel. Part of the persisted state.
struct CircuitBreaker {
  BreakerState state = BreakerState::kClosed;
  std::vector<Instant> failures;  // within the window
  Instant opened_at;
  int successes = 0;
  bool probing = false;

  /// True when this changed the state; the caller alerts.
  bool on_failure(Instant at, const BreakerSettings& settings, Mode mode);
  bool on_success(const BreakerSettings& settings);
  /// Time passes: an open breaker becomes half open. True when it did.
  bool on_time(Instant at, const BreakerSettings& settings);
  /// An opening order goes out.
  void on_probe() { probing = state == BreakerState::kHalfOpen; }

  /// Why nothing may be opened now; nothing when it may.
  [[nodiscard]] std::optional<std::string> blocks() const;
};
BOOST_DESCRIBE_STRUCT(CircuitBreaker, (), (state, failures, opened_at, successes, probing))

}  // namespace v6
