#pragma once

#include <expected>
#include <functional>
#include <string>

#include "model/command.hpp"
#include "model/event.hpp"
#include "model/order.hpp"

namespace v6 {

/// Where an adapter's news goes: what happened, and when.
using EventSink = std::function<void(Instant, EventBody)>;

enum class BrokerError : std::uint8_t { kDisconnected, kPaced };

/// What the engine needs from a brokerage, in our terms. Called on the engine's thread; returns at
/// once; outcomes arrive later as events.
class Broker {
 public:
  virtual ~Broker() = default;

  /// Queues one order; the permit is used up. Errors mean that nothing left this process.
  [[nodiscard]] virtual std::expected<void, BrokerError> submit(SendPermit permit) = 0;
  [[nodiscard]] virtual std::expected<void, BrokerError> modify(const ModifyOrder& change) = 0;
  [[nodiscard]] virtual std::expected<void, BrokerError> cancel(OrderId order) = 0;
};

/// Fresh quotes on demand.
class MarketData {
 public:
  virtual ~MarketData() = default;

  /// Answered by LegQuotesArrived; legs without a market are missing from the answer.
  virtual void request(const RequestQuotes& request) = 0;
};

}  // namespace v6
