#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.hpp"
#include "base/time.hpp"
#include "ibkr/catalogue.hpp"
#include "ibkr/frames.hpp"

namespace v6::ibkr {

/// Who goes first when messages must wait. Heartbeats and orders are in no lane: they are written.
enum class Lane : std::uint8_t { kNormal, kLast };

/// Requests on their way out, never more than the budget in any one second; a few places of each
/// second are kept for orders. Bounded: a queue that is full is a bug and ends the process.
class Outbox {
 public:
  static constexpr std::size_t kMostQueued = 4'000;

  explicit Outbox(std::int32_t per_second) : budget_{static_cast<std::size_t>(per_second)} {}

  /// A new session: nothing of the last one is sent.
  void open(int server_version) {
    version_ = server_version;
    open_ = true;
    for (auto& lane : lanes_) { lane.clear(); }
  }
  void close() {
    open_ = false;
    ready_.clear();
    for (auto& lane : lanes_) { lane.clear(); }
  }
  /// The opening, before any version is agreed.
  void raw(std::string_view bytes) { ready_.append(bytes); }

  template <class M>
  void queue(Lane lane, const M& message) {
    if (!open_) { return; }
    auto& queue = lanes_[static_cast<std::size_t>(lane)];
    V6_CHECK(queue.size() < kMostQueued, "more requests wait than any plan of ours makes");
    append_message(queue.emplace_back(), message, version_);
  }
  /// Writes at once, before all that waits; false when this second's budget is used up.
  template <class M>
  [[nodiscard]] bool write(Instant now, const M& message) {
    if (!open_ || used(now) >= budget_) { return false; }
    append_message(ready_, message, version_);
    note(now);
    return true;
  }

  /// Moves what the budget allows to the output.
  void release(Instant now) {
    for (auto& lane : lanes_) {
      while (!lane.empty() && used(now) < budget_ - reserve()) {
        ready_ += lane.front();
        lane.pop_front();
        note(now);
      }
    }
  }
  /// When a place will be free for what waits; absent: nothing waits.
  [[nodiscard]] std::optional<Instant> next() const {
    if (waiting() == 0) { return std::nullopt; }
    return sent_.empty() ? Instant{} : sent_.front() + std::chrono::seconds{1};
  }
  [[nodiscard]] std::size_t waiting() const { return lanes_[0].size() + lanes_[1].size(); }
  [[nodiscard]] std::size_t waiting(Lane lane) const {
    return lanes_[static_cast<std::size_t>(lane)].size();
  }
  [[nodiscard]] std::string take() { return std::exchange(ready_, {}); }
  [[nodiscard]] bool has_output() const { return !ready_.empty(); }
  [[nodiscard]] std::uint64_t written() const { return written_; }
  /// The broker said that we talk too fast.
  void slow_down() { budget_ = std::max<std::size_t>(budget_ / 2, 10); }

 private:
  [[nodiscard]] std::size_t reserve() const { return budget_ / 5; }
  [[nodiscard]] std::size_t used(Instant now) {
    while (!sent_.empty() && now - sent_.front() >= std::chrono::seconds{1}) { sent_.pop_front(); }
    return sent_.size();
  }
  void note(Instant now) {
    sent_.push_back(now);
    ++written_;
  }

  std::size_t budget_;
  int version_ = kNewestVersion;
  bool open_ = false;
  std::array<std::deque<std::string>, 2> lanes_;
  std::deque<Instant> sent_;  // within the last second
  std::string ready_;
  std::uint64_t written_ = 0;
};

}  // namespace v6::ibkr
