#pragma once

#include <boost/describe.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/event.hpp"
#include "model/order.hpp"
#include "risk/gate.hpp"

namespace v6 {

/// One order through its life. Everything the broker says about it lands here first.
struct Order {
  OrderTicket ticket;
  OrderStatus status = OrderStatus::kSending;
  std::vector<Price> limits;  // as worked, first to last
  Contracts filled;
  std::map<std::string, OrderFilled> executions;  // by root, the latest revision
  std::string reason;
  BookGreeks unit;    // what one unit adds to the book
  Price mid;          // of the quotes it was decided on; slippage is measured from here
  StructureId rolls;  // the closed structure a roll's opening order continues
  Instant changed_at;
  std::int32_t broker_id = 0;  // the number it was sent under; 0 before
  std::int64_t perm_id = 0;    // the broker's own for it, once told
  bool recorded = false;
  bool makes_way = false;  // cancelled so that a more urgent exit can go

  [[nodiscard]] Contracts leaves() const { return ticket.quantity - filled; }
  [[nodiscard]] bool live() const { return is_live(status); }
};
BOOST_DESCRIBE_STRUCT(Order, (),
                      (ticket, status, limits, filled, executions, reason, unit, mid, rolls,
                       changed_at, broker_id, perm_id, recorded, makes_way))

enum class OrderSignal : std::uint8_t {
  kAcknowledged,
  kCancelRequested,
  kCancelled,
  kRejected,
  kUnknown,
  kSendRefused,
  kNotFound,
};

/// The status after a signal. A terminal order stays what it is; a repeated or late signal changes
/// nothing; only evidence leads out of kUnknown.
[[nodiscard]] OrderStatus after(OrderStatus status, OrderSignal signal);

/// What an execution report means for the books.
struct FillEffect {
  /// Booked before, now replaced by the broker's correction.
  std::optional<OrderFilled> take_back;
  /// To book now; absent for a duplicate.
  std::optional<OrderFilled> book;
  bool overfilled = false;
};

/// Applies each execution once, whatever order acknowledgements and fills come in; a correction
/// replaces what it corrects; a fill wins over a cancel.
[[nodiscard]] FillEffect apply_fill(Order& order, const OrderFilled& fill);

}  // namespace v6
