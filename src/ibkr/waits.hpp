#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "base/time.hpp"

namespace v6::ibkr {

/// Numbers requests; one counter for the whole life of a process, far from the order ids, because
/// an error does not say which of the two it speaks of.
class RequestIds {
 public:
  static constexpr std::int32_t kFirst = 1'000'000'000;
  [[nodiscard]] std::int32_t next() { return next_++; }
  /// Given out in this process, whatever became of it.
  [[nodiscard]] bool given(std::int32_t id) const { return id >= kFirst && id < next_; }
  [[nodiscard]] static constexpr bool is_request(std::int32_t id) { return id >= kFirst; }

 private:
  std::int32_t next_ = kFirst;
};

/// What an outstanding request is about.
enum class Ask : std::uint8_t {
  kUnderlying,
  kParameters,
  kExpiry,
  kHistory,
  kOpenOrders,  // these have no number on the wire, ours stands for them
  kAllOrders,
  kExecutions,
  kCompleted,
  kPositions,
  kAccount,
  kMarketRule,
};

struct Wait {
  Ask ask = Ask::kUnderlying;
  std::size_t subject = 0;
  Instant deadline;
};

/// Every request that has not been answered, and until when it may be.
class Waits {
 public:
  void open(std::int32_t id, Wait wait) { waits_.emplace(id, wait); }
  [[nodiscard]] const Wait* find(std::int32_t id) const {
    const auto found = waits_.find(id);
    return found == waits_.end() ? nullptr : &found->second;
  }
  [[nodiscard]] std::optional<std::int32_t> id_of(Ask ask) const {
    for (const auto& [id, wait] : waits_) {
      if (wait.ask == ask) { return id; }
    }
    return std::nullopt;
  }
  void close(std::int32_t id) { waits_.erase(id); }
  /// More of the answer came: it may take until then.
  void extend(std::int32_t id, Instant deadline) {
    if (const auto found = waits_.find(id); found != waits_.end()) {
      found->second.deadline = deadline;
    }
  }
  void clear() { waits_.clear(); }
  void shift(Duration by) {
    for (auto& [id, wait] : waits_) { wait.deadline += by; }
  }
  /// Takes one whose time is over.
  [[nodiscard]] std::optional<std::pair<std::int32_t, Wait>> expire(Instant now) {
    for (const auto& [id, wait] : waits_) {
      if (wait.deadline <= now) {
        const std::pair<std::int32_t, Wait> taken{id, wait};
        waits_.erase(id);
        return taken;
      }
    }
    return std::nullopt;
  }
  [[nodiscard]] std::optional<Instant> next() const {
    std::optional<Instant> first;
    for (const auto& [id, wait] : waits_) {
      first = std::min(first.value_or(wait.deadline), wait.deadline);
    }
    return first;
  }
  [[nodiscard]] std::size_t size() const { return waits_.size(); }

 private:
  std::map<std::int32_t, Wait> waits_;
};

}  // namespace v6::ibkr
