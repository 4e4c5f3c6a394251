#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/live_bot.hpp"
#include "runtime/live_clock.hpp"

namespace v6 {

struct GatewayAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 4002;
};

/// Why a loop ended.
enum class LoopEnd : std::uint8_t {
  kAsked,       // SIGTERM, SIGINT
  kNeverReady,  // the first connection did not come to be in time
  kRefused,     // wrong account, wrong kind of account, or a server too old
};

/// Drives a bot: one thread that moves bytes to and from the gateway, wakes it when something is
/// due, and answers on the control socket. Boost.Asio stays in its source file.
class LiveLoop {
 public:
  struct Options {
    GatewayAddress gateway;
    /// After this without ever having been ready the loop ends; later it retries for good (F-01).
    Duration connect_timeout = std::chrono::seconds{60};
    std::filesystem::path control_socket;
    std::filesystem::path halt_file;
  };
  LiveLoop(LiveBot& bot, const LiveClock& clock, KillSwitch& kill, Options options);
  LiveLoop(const LiveLoop&) = delete;
  LiveLoop& operator=(const LiveLoop&) = delete;
  ~LiveLoop();

  [[nodiscard]] LoopEnd run();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The instant a gateway says it is, from its answer to an opening that is then dropped. For clocks
/// that must agree with a simulated one. Throws Failure (broker) when none answers.
[[nodiscard]] Instant time_at(const GatewayAddress& gateway);

}  // namespace v6
