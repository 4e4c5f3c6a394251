#include "orders/order.hpp"

namespace v6 {

OrderStatus after(OrderStatus status, OrderSignal signal) {
  using enum OrderStatus;
  if (!is_live(status)) { return status; }
  switch (signal) {
    case OrderSignal::kAcknowledged:
      return status == kSending || status == kUnknown ? kWorking : status;
    case OrderSignal::kCancelRequested: return status == kUnknown ? status : kCancelling;
    case OrderSignal::kCancelled: return kCancelled;
    case OrderSignal::kRejected: return kRejected;
    case OrderSignal::kUnknown: return kUnknown;
    // Found nowhere: it did not arrive. An order known to work does not vanish by not being seen.
    case OrderSignal::kNotFound:
      return status == kSending || status == kUnknown ? kNotSent : status;
    // Never written, even if its cancel was asked for in the meantime.
    case OrderSignal::kSendRefused:
      return status == kSending || status == kCancelling ? kNotSent : status;
  }
  return status;
}

FillEffect apply_fill(Order& order, const OrderFilled& fill) {
  FillEffect effect;
  const auto known = order.executions.find(fill.execution.root);
  if (known != order.executions.end()) {
    if (known->second.execution.revision >= fill.execution.revision) { return effect; }
    effect.take_back = known->second;
    order.filled -= known->second.quantity;
  }
  effect.book = fill;
  order.executions[fill.execution.root] = fill;
  order.filled += fill.quantity;
  effect.overfilled = order.filled > order.ticket.quantity;
  if (order.filled >= order.ticket.quantity) {
    order.status = OrderStatus::kFilled;
  } else if (order.live() && order.status != OrderStatus::kCancelling) {
    order.status = OrderStatus::kPartiallyFilled;
  } else if (order.status == OrderStatus::kFilled) {
    order.status = OrderStatus::kPartiallyFilled;  // a correction took part of it back
  }
  return effect;
}

}  // namespace v6
