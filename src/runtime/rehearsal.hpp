#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "runtime/live_bot.hpp"
#include "sim/exchange.hpp"
#include "sim/incident_player.hpp"

namespace v6 {

/// A way between two ends for bytes: a real socket, or memory. One link at a time.
class Wire {
 public:
  Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  virtual ~Wire() = default;

  virtual void open() = 0;
  virtual void close() = 0;
  /// What arrives at the other end of what was put in at this one, in the pieces it came in.
  using Sink = std::function<void(std::string_view)>;
  virtual void to_gateway(std::string_view bytes, const Sink& sink) = 0;
  virtual void to_client(std::string_view bytes, const Sink& sink) = 0;
};

/// Nothing between.
[[nodiscard]] std::unique_ptr<Wire> memory_wire();
/// A TCP connection over 127.0.0.1.
[[nodiscard]] std::unique_ptr<Wire> loopback_wire();

/// A bot and a simulated gateway, joined by a wire and moved through time together: the clock
/// stands still while a byte is under way, so that the speed of the machine decides nothing. Nights
/// are skipped.
class Rehearsal {
 public:
  struct Parts {
    LiveBot& bot;
    IncidentPlayer& gateway;
    Exchange& exchange;
    Wire& wire;
  };
  Rehearsal(Parts parts, const Calendar& calendar, Instant start);

  /// One step: to the next thing that is due, at most a second on. The time it came to.
  Instant step();
  [[nodiscard]] Instant now() const { return now_.session; }
  [[nodiscard]] bool linked() const { return link_.has_value(); }

  /// Goes on to this time without the bot; the link must be down.
  void pass_without_bot(Instant until);

  /// The bot's end of the link vanishes with its process.
  void drop_link();
  /// Another life of the bot takes its place; the link must be down.
  void replace(LiveBot& bot) { bot_ = &bot; }

 private:
  void exchange_bytes();
  void follow_link();
  void drop(std::string_view why);
  [[nodiscard]] Instant next_step() const;
  [[nodiscard]] std::optional<Instant> morning_after(Instant at) const;

  Parts parts_;
  LiveBot* bot_;
  const Calendar& calendar_;
  Moment now_;
  std::optional<IncidentPlayer::Link> link_;
};

}  // namespace v6
