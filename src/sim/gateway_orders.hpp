#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "ibkr/messages/orders.hpp"
#include "sim/exchange_orders.hpp"
#include "sim/session_market.hpp"

/// Orders and executions between the wire and the exchange: protocol reference 2.1.4, 2.2.3, 2.2.4
/// and 5.7.
namespace v6::gateway {

/// Why a message names no order that this exchange could take.
struct Refusal {
  int code = 0;
  std::string text;
};

/// The legs of a combo on contracts of this market, or why not.
[[nodiscard]] std::expected<std::vector<OrderLeg>, Refusal> order_legs(
    const SessionMarket& market, const ibkr::WireContract& combo);

/// `payload` is the message's own bytes, which the exchange keeps for what comes back.
[[nodiscard]] std::expected<OrderRequest, Refusal> order_request(const SessionMarket& market,
                                                                 const ibkr::PlaceOrder& message,
                                                                 std::int32_t client_id,
                                                                 std::string_view payload);

/// What only a reply about an order needs to know besides the order.
struct ReplyContext {
  const SessionMarket* market = nullptr;
  std::string account;
};

[[nodiscard]] ibkr::OpenOrder open_order(const ReplyContext& context, const BookedOrder& order);
/// The answer to a what-if: as an open order with all margins.
[[nodiscard]] ibkr::OpenOrder previewed_order(const ReplyContext& context,
                                              const MarginPreviewed& previewed);
[[nodiscard]] ibkr::OrderStatus order_status(const BookedOrder& order);
[[nodiscard]] ibkr::CompletedOrder completed_order(const ReplyContext& context,
                                                   const BookedOrder& order);
[[nodiscard]] ibkr::ExecDetails exec_details(const ReplyContext& context,
                                             const Execution& execution);
[[nodiscard]] ibkr::CommissionReport commission_report(const Execution& execution);

}  // namespace v6::gateway
