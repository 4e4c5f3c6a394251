#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ibkr/context.hpp"
#include "ibkr/frames.hpp"

namespace v6::ibkr {

/// The session itself: dial, opening, version, account, heartbeat, and when to dial again. Knows
/// nothing of what travels over it.
class Link {
 public:
  enum class Phase : std::uint8_t { kDown, kDialling, kHello, kStarting, kUp };

  explicit Link(Context& context) : c_{&context} {}

  [[nodiscard]] Phase phase() const { return phase_; }
  [[nodiscard]] bool up() const { return phase_ == Phase::kUp; }
  [[nodiscard]] bool wants_connection() const {
    return phase_ == Phase::kDown && c_->now >= dial_at_ && !halted();
  }
  [[nodiscard]] bool wants_close() const { return closing_.has_value(); }
  [[nodiscard]] const std::string& why() const { return closing_ ? *closing_ : why_; }
  [[nodiscard]] int version() const { return version_; }
  [[nodiscard]] const std::string& account() const { return account_; }
  [[nodiscard]] const std::optional<Refusal>& refusal() const { return refusal_; }
  [[nodiscard]] std::optional<Duration> clock_offset() const { return clock_offset_; }
  /// Counts sessions from 1; what was sent on one is proved on another.
  [[nodiscard]] std::uint64_t session() const { return session_; }

  void dialling();
  void connected();
  void disconnected(std::string_view why);
  /// A session that could be worked with: the next loss starts with short pauses again.
  void proved() { attempts_ = 0; }

  /// Feeds bytes; `handle` gets each payload once the version is agreed.
  template <class Handle>
  void received(std::string_view bytes, Handle handle) {
    if (phase_ < Phase::kHello || closing_) { return; }
    frames_.push(bytes);
    while (!closing_) {
      const auto frame = frames_.next();
      if (!frame) {
        close(frame.error().why);
        return;
      }
      if (!*frame) { return; }
      if ((*frame)->empty()) { continue; }
      if (phase_ == Phase::kHello) {
        hello(**frame);
      } else {
        handle(**frame);
      }
    }
  }

  /// True when this message made the session usable.
  [[nodiscard]] bool on(const ManagedAccounts& message);
  [[nodiscard]] bool on(const NextValidId& message);
  void on(const CurrentTime& message);
  void on_id_taken();

  void on_time();
  [[nodiscard]] Instant next_deadline() const;
  /// The clock jumped or the process slept: what was due meanwhile gets its time again.
  void shift(Duration by);

  /// Within the last two seconds an answer came to something we had asked.
  [[nodiscard]] bool round_trip_fresh() const {
    return up() && !closing_ && round_trip_ &&
           c_->now - *round_trip_ <= c_->patient(std::chrono::seconds{2});
  }
  void probe();
  void note_round_trip() { round_trip_ = c_->now; }

  void close(std::string why);
  [[nodiscard]] std::int32_t next_valid_id() const { return next_valid_id_; }

 private:
  [[nodiscard]] bool halted() const {
    return refusal_ && refusal_->kind != Refusal::Kind::kClientIdTaken;
  }
  void hello(std::string_view payload);
  void refuse(Refusal::Kind kind, std::string why);
  [[nodiscard]] bool ready_now();
  void plan_next_dial();

  Context* c_;
  Phase phase_ = Phase::kDown;
  FrameReader frames_;
  std::string why_ = "not connected yet";
  std::optional<std::string> closing_;
  std::optional<Refusal> refusal_;

  int version_ = 0;
  std::string account_;
  bool accounts_told_ = false;
  bool id_told_ = false;
  std::int32_t next_valid_id_ = 0;
  std::uint64_t session_ = 0;

  Instant dial_at_;
  std::uint32_t attempts_ = 0;
  std::uint64_t draws_ = 0;
  std::optional<Instant> down_since_;
  bool down_told_ = false;
  std::optional<Instant> taken_since_;

  Instant start_by_;  // of dial and handshake
  std::optional<Instant> beat_out_;
  Instant next_beat_;
  std::optional<Instant> round_trip_;
  std::optional<Duration> clock_offset_;
};

}  // namespace v6::ibkr
