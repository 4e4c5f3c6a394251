#pragma once

#include <algorithm>
#include <deque>
#include <string>

#include "base/time.hpp"

/// How many messages a client may send: protocol reference 4.1. Times are paced ones.
namespace v6::gateway {

enum class PaceVerdict : std::uint8_t { kFine, kTooFast, kAbuse };

/// So many messages within any second. What goes beyond is refused; a client that sends as many
/// again in that second, or is too fast for `kSecondsOfGrace` seconds in a row, abuses. A message
/// that waited while we were busy was sent in that time: at the earliest at `looked`, when we
/// looked for messages before; `lag` is what longer waits took of the last second.
class MessagePace {
 public:
  explicit MessagePace(int per_second) : per_second_{static_cast<std::size_t>(per_second)} {}

  [[nodiscard]] PaceVerdict count(Duration now, Duration looked, Duration lag) {
    forget(taken_, now);
    forget(refused_, now);
    const double seconds = std::chrono::duration<double>(lag).count();
    const auto extra =
        static_cast<std::size_t>(static_cast<double>(per_second_) * std::min(seconds, 10.0));
    if (taken_.size() < per_second_ + extra) {
      taken_.push_back(looked);
      return PaceVerdict::kFine;
    }
    if (refused_.empty()) { excess_began_ = now; }
    refused_.push_back(now);
    const bool stubborn = now - excess_began_ >= kSecondsOfGrace;
    return refused_.size() > per_second_ || stubborn ? PaceVerdict::kAbuse : PaceVerdict::kTooFast;
  }

 private:
  static constexpr Duration kSecondsOfGrace = std::chrono::seconds{5};

  static void forget(std::deque<Duration>& times, Duration now) {
    while (!times.empty() && now - times.front() >= std::chrono::seconds{1}) { times.pop_front(); }
  }

  std::size_t per_second_;
  std::deque<Duration> taken_;
  std::deque<Duration> refused_;
  Duration excess_began_{};
};

/// Bars of half a minute or less: none twice within 15 s, fewer than six of a kind within 2 s, at
/// most 60 within 10 minutes.
class HistoryPace {
 public:
  /// `request` names all of it, `kind` only contract, exchange and what to show.
  [[nodiscard]] bool allows(const std::string& request, const std::string& kind, Duration now) {
    while (!asked_.empty() && now - asked_.front().at >= std::chrono::minutes{10}) {
      asked_.pop_front();
    }
    int of_kind = 0;
    bool repeated = false;
    for (const Asked& asked : asked_) {
      of_kind += asked.kind == kind && now - asked.at < std::chrono::seconds{2} ? 1 : 0;
      repeated |= asked.request == request && now - asked.at < std::chrono::seconds{15};
    }
    if (repeated || of_kind >= 5 || asked_.size() >= 60) { return false; }
    asked_.push_back({request, kind, now});
    return true;
  }

 private:
  struct Asked {
    std::string request;
    std::string kind;
    Duration at;
  };
  std::deque<Asked> asked_;
};

}  // namespace v6::gateway
