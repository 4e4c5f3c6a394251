#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/exchange.hpp"
#include "sim/gateway_ticks.hpp"

/// The simulated IB Gateway as a state machine: bytes and time go in, bytes come out. No socket, no
/// clock, no file. Protocol reference, section 5.
namespace v6 {

namespace gateway {
struct Client;
class Desk;
}  // namespace gateway

struct GatewaySettings {
  int lines = 100;               // market-data subscriptions of all clients together
  int connections = 32;          // at once
  int messages_per_second = 50;  // a client
};

class Gateway {
 public:
  /// One connection, for as long as it lasts; never used again.
  using Link = std::uint32_t;
  using Log = std::function<void(const std::string&)>;

  /// The exchange outlives the gateway. `log` gets one line for each refusal and oddity.
  Gateway(const GatewaySettings& settings, Exchange& exchange, Log log);
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;
  ~Gateway();

  /// A client connected. One too many is closed at once: see wants_close().
  [[nodiscard]] Link accept(const Moment& now);
  void received(Link link, std::string_view bytes, const Moment& now);
  /// The link is gone, from whichever side.
  void closed(Link link);
  /// Moves the market and tells everyone what changed.
  void advance(const Moment& now);
  /// When to advance next, in paced time; earlier does no harm.
  [[nodiscard]] std::optional<Duration> next_wakeup() const;

  /// What is to be written to a link; empties it.
  [[nodiscard]] std::string take_output(Link link);
  /// Close once the output is written.
  [[nodiscard]] bool wants_close(Link link) const;
  [[nodiscard]] std::vector<Link> links() const;

  /// Whether the exchange's book changed since the last call: time to save it.
  [[nodiscard]] bool take_changed();

 private:
  std::unique_ptr<gateway::Desk> desk_;
};

}  // namespace v6
