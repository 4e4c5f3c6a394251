#pragma once

#include <boost/describe.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "model/money.hpp"
#include "sim/listing.hpp"

/// What goes into the simulated exchange and what comes out. Prices as brokers write them: a
/// combo's is what its buyer pays for the legs as written, negative where he receives.
namespace v6 {

enum class OrderAction : std::uint8_t { kBuy, kSell };
BOOST_DESCRIBE_ENUM(OrderAction, kBuy, kSell)
enum class OrderType : std::uint8_t { kLimit, kMarket, kExercise };
BOOST_DESCRIBE_ENUM(OrderType, kLimit, kMarket, kExercise)
enum class TimeInForce : std::uint8_t { kDay, kGtc, kIoc, kFok };
BOOST_DESCRIBE_ENUM(TimeInForce, kDay, kGtc, kIoc, kFok)

[[nodiscard]] constexpr OrderAction opposite(OrderAction action) {
  return action == OrderAction::kBuy ? OrderAction::kSell : OrderAction::kBuy;
}
/// 1 for buying, -1 for selling.
[[nodiscard]] constexpr std::int32_t sign_of(OrderAction action) {
  return action == OrderAction::kBuy ? 1 : -1;
}

/// A leg of a combo: what buying the combo does.
struct OrderLeg {
  ConId con_id = 0;
  std::int32_t ratio = 1;
  OrderAction action = OrderAction::kBuy;

  friend bool operator==(const OrderLeg&, const OrderLeg&) = default;
};
BOOST_DESCRIBE_STRUCT(OrderLeg, (), (con_id, ratio, action))

/// An order as a client wrote it. One contract, or a combo when it has legs.
struct OrderRequest {
  std::int32_t client_id = 0;
  std::int32_t order_id = 0;
  std::string account;  // empty: the only one
  ConId con_id = 0;     // of a single order
  std::vector<OrderLeg> legs;
  OrderAction action = OrderAction::kBuy;
  std::int32_t quantity = 0;
  OrderType type = OrderType::kLimit;
  std::optional<Price> limit;
  TimeInForce tif = TimeInForce::kDay;
  std::string order_ref;
  std::string oca_group;
  std::int32_t parent_id = 0;
  bool transmit = true;
  bool what_if = false;
  bool guaranteed = true;  // false: NonGuaranteed=1 was asked
  /// The gateway's own: the whole message, to give back in openOrder. Kept, never looked at.
  std::string wire;

  [[nodiscard]] bool is_combo() const { return !legs.empty(); }
};
BOOST_DESCRIBE_STRUCT(OrderRequest, (),
                      (client_id, order_id, account, con_id, legs, action, quantity, type, limit,
                       tif, order_ref, oca_group, parent_id, transmit, what_if, guaranteed, wire))

enum class BookStatus : std::uint8_t {
  kHeld,  // not transmitted: shown to nobody, gone with the process
  kPreSubmitted,
  kSubmitted,
  kPendingCancel,
  kCancelled,
  kFilled,
  kInactive,
};
BOOST_DESCRIBE_ENUM(BookStatus, kHeld, kPreSubmitted, kSubmitted, kPendingCancel, kCancelled,
                    kFilled, kInactive)

/// "PreSubmitted", ...; a held order is "ApiPending".
[[nodiscard]] std::string_view wire_name(BookStatus status);
/// Could still fill.
[[nodiscard]] constexpr bool is_working(BookStatus status) {
  return status == BookStatus::kPreSubmitted || status == BookStatus::kSubmitted ||
         status == BookStatus::kPendingCancel;
}

/// An order as the exchange keeps it.
struct BookedOrder {
  OrderRequest request;
  std::int64_t perm_id = 0;
  BookStatus status = BookStatus::kHeld;
  std::int32_t filled = 0;
  std::int64_t filled_value = 0;  // ten-thousandths: price x quantity over all fills
  Price last_fill;
  Money commissions;                      // charged so far
  std::optional<Money> commission_shown;  // total, once the reports are due
  Instant placed_at;
  Instant ended_at;
  bool liquidation = false;
  std::string why;  // it ended: "Cancelled by Trader", a reject's text, ...

  [[nodiscard]] std::int32_t remaining() const { return request.quantity - filled; }
  /// Dollars; 0 while nothing has filled.
  [[nodiscard]] double average_price() const {
    return filled == 0 ? 0
                       : static_cast<double>(filled_value) / static_cast<double>(filled) / 10'000.0;
  }
};
BOOST_DESCRIBE_STRUCT(BookedOrder, (),
                      (request, perm_id, status, filled, filled_value, last_fill, commissions,
                       commission_shown, placed_at, ended_at, liquidation, why))

/// One execution: of a combo as such (`combo`, con_id 0), of one of its legs, or of a single order.
struct Execution {
  std::string exec_id;  // aaaaaaaa.bbbbbbbb.nn.01
  std::int64_t perm_id = 0;
  std::int32_t client_id = 0;
  std::int32_t order_id = 0;
  std::string order_ref;
  Instant at;
  bool combo = false;
  ConId con_id = 0;
  OrderAction side = OrderAction::kBuy;
  std::int32_t quantity = 0;  // positive
  Price price;
  std::int32_t cumulative = 0;        // of this contract within the order
  std::int64_t cumulative_value = 0;  // ten-thousandths: price x quantity, up to this one
  bool liquidation = false;
  std::int32_t liquidity = 2;  // 1 added, 2 removed
  Money commission;
  /// Realised by what this closed; absent for openings and combos.
  std::optional<Money> realized;

  [[nodiscard]] double average_price() const {
    return static_cast<double>(cumulative_value) / static_cast<double>(cumulative) / 10'000.0;
  }
};
BOOST_DESCRIBE_STRUCT(Execution, (),
                      (exec_id, perm_id, client_id, order_id, order_ref, at, combo, con_id, side,
                       quantity, price, cumulative, cumulative_value, liquidation, liquidity,
                       commission, realized))

/// What is held of one contract.
struct HeldPosition {
  ConId con_id = 0;
  std::int64_t quantity = 0;  // signed; shares or contracts
  Money cost;                 // paid for what is held, with commissions; short: negative
  Money realized;             // since the account exists

  /// Dollars each, with multiplier and commissions; positive for shorts too.
  [[nodiscard]] double average_cost() const {
    return quantity == 0 ? 0 : cost.dollars() / static_cast<double>(quantity);
  }
};
BOOST_DESCRIBE_STRUCT(HeldPosition, (), (con_id, quantity, cost, realized))

/// The account's figures.
struct AccountFigures {
  Money net_liquidation;  // cash and everything at the mid
  Money cash;
  Money stock_value;
  Money option_value;
  Money gross_position_value;
  Money init_margin;  // by rule, beyond what the sales brought
  Money maint_margin;
  Money equity_with_loan;
  Money available_funds;   // equity less initial margin
  Money excess_liquidity;  // equity less maintenance margin
  Money buying_power;
  Money realized_pnl;  // of today
  Money unrealized_pnl;
  Money daily_pnl;
};

struct MarginSide {
  Money init_margin;
  Money maint_margin;
  Money equity;
};
struct MarginPreview {
  MarginSide before;
  MarginSide after;
  Money commission;
};

// What comes out, in the order a broker tells it.

/// About a request or an order. `id` is what the client called it, -1 for nothing.
struct ExchangeError {
  std::int32_t client_id = 0;
  std::int32_t id = -1;
  int code = 0;
  std::string text;
};
/// openOrder.
struct OrderShown {
  BookedOrder order;
};
/// orderStatus.
struct StatusShown {
  BookedOrder order;
};
/// execDetails to whoever placed the order.
struct Executed {
  Execution execution;
};
/// commissionReport, once for each execution of a leg or a single order.
struct CommissionShown {
  Execution execution;
};
struct PositionChanged {
  HeldPosition position;
};
struct CashChanged {
  Money cash;
};
/// The answer to a what-if order.
struct MarginPreviewed {
  OrderRequest request;
  MarginPreview preview;
};

using ExchangeNews = std::variant<ExchangeError, OrderShown, StatusShown, Executed, CommissionShown,
                                  PositionChanged, CashChanged, MarginPreviewed>;

}  // namespace v6
