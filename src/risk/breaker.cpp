#include "risk/breaker.hpp"

#include <fmt/format.h>

namespace v6 {

bool CircuitBreaker::on_failure(Instant at, const BreakerSettings& settings, Mode mode) {
  successes = 0;
  probing = false;
  std::erase_if(failures, [&](Instant failure) {
    return at - failure > std::chrono::seconds{settings.window};
  });
  failures.push_back(at);
  const int limit = mode == Mode::kPaper ? settings.failures_in_paper : settings.failures;
  const bool trips = state == BreakerState::kHalfOpen ||
                     (state == BreakerState::kClosed && static_cast<int>(failures.size()) >= limit);
  if (!trips) { return false; }
  state = BreakerState::kOpen;
  opened_at = at;
  return true;
}

bool CircuitBreaker::on_success(const BreakerSettings& settings) {
  probing = false;
  if (state != BreakerState::kHalfOpen) { return false; }
  if (++successes < settings.successes_to_close) { return false; }
  state = BreakerState::kClosed;
  failures.clear();
  successes = 0;
  return true;
}

bool CircuitBreaker::on_time(Instant at, const BreakerSettings& settings) {
  if (state != BreakerState::kOpen || at - opened_at < std::chrono::seconds{settings.open}) {
    return false;
  }
  state = BreakerState::kHalfOpen;
  successes = 0;
  probing = false;
  return true;
}

std::optional<std::string> CircuitBreaker::blocks() const {
  switch (state) {
    case BreakerState::kClosed: return std::nullopt;
    case BreakerState::kOpen:
      return fmt::format("circuit breaker open since {} after {} failures", iso(opened_at),
                         failures.size());
    case BreakerState::kHalfOpen:
      if (!probing) { return std::nullopt; }
      return "circuit breaker half open, its probe is still out";
  }
  return "circuit breaker in an unknown state";
}

}  // namespace v6
