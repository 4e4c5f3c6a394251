#pragma once

#include <cmath>

#include "ibkr/messages/order_fields.hpp"

/// Orders and executions: protocol reference 2.1.4, 2.1.5, 2.2.3 and 2.2.4.
namespace v6::ibkr {

// Requests.

/// A new order, or a modification of the live one with this id.
struct PlaceOrder {
  static constexpr int kId = 3;
  static constexpr std::string_view kName = "placeOrder";
  std::int32_t order_id = 0;
  WireContract contract;
  std::string sec_id_type;
  std::string sec_id;
  WireOrder order;

  friend bool operator==(const PlaceOrder&, const PlaceOrder&) = default;
  static void layout(auto& io, auto& m) {
    auto& o = m.order;
    io("orderId", m.order_id);
    WireContract::in_request(io, m.contract);
    io("secIdType", m.sec_id_type);
    io("secId", m.sec_id);
    order_fields::head(io, o);
    io("transmit", o.transmit);
    io("parentId", o.parent_id);
    io("blockOrder", o.block_order);
    io("sweepToFill", o.sweep_to_fill);
    io("displaySize", o.display_size);
    io("triggerMethod", o.trigger_method);
    io("outsideRth", o.outside_rth);
    io("hidden", o.hidden);
    if (m.contract.is_combo()) { order_fields::legs(io, m.contract, o); }
    io("sharesAllocation", o.shares_allocation);
    io("discretionaryAmt", o.discretionary_amt);
    io("goodAfterTime", o.good_after_time);
    io("goodTillDate", o.good_till_date);
    order_fields::advisor(io, o);
    order_fields::short_sale(io, o);
    io("ocaType", o.oca_type);
    io("rule80A", o.rule80a);
    io("settlingFirm", o.settling_firm);
    io("allOrNone", o.all_or_none);
    io("minQty", o.min_qty);
    io("percentOffset", o.percent_offset);
    order_fields::quote_flags(io, o);
    io("auctionStrategy", o.auction_strategy);
    order_fields::box(io, o);
    io("overridePercentageConstraints", o.override_percentage_constraints);
    order_fields::volatility(io, o, order_fields::DeltaNeutral::kEight);
    order_fields::scale(io, o);
    io("scaleTable", o.scale_table);
    io("activeStartTime", o.active_start_time);
    io("activeStopTime", o.active_stop_time);
    order_fields::hedge(io, o);
    io("optOutSmartRouting", o.opt_out_smart_routing);
    order_fields::clearing(io, o);
    io("algoId", o.algo_id);
    io("whatIf", o.what_if);
    io("orderMiscOptions", o.order_misc_options);
    io("solicited", o.solicited);
    order_fields::randomize(io, o);
    order_fields::peg_bench(io, o);
    order_fields::conditions(io, o);
    io("adjustedOrderType", o.adjusted_order_type);
    io("triggerPrice", o.trigger_price);
    io("lmtPriceOffset", o.lmt_price_offset);
    order_fields::adjusted_stops(io, o);
    io("extOperator", o.ext_operator);
    order_fields::soft_dollar(io, o);
    io("cashQty", o.cash_qty);
    io("mifid2DecisionMaker", o.mifid2_decision_maker);
    io("mifid2DecisionAlgo", o.mifid2_decision_algo);
    io("mifid2ExecutionTrader", o.mifid2_execution_trader);
    io("mifid2ExecutionAlgo", o.mifid2_execution_algo);
    order_fields::containers(io, o);
    order_fields::price_management(io, o);
    io("advancedErrorOverride", o.advanced_error_override);
    io("manualOrderTime", o.manual_order_time);
    if (m.contract.exchange == "IBKRATS") { io("minTradeQty", o.min_trade_qty); }
    if (o.order_type == "PEG BEST") {
      io("minCompeteSize", o.min_compete_size);
      io.unbounded("competeAgainstBestOffset", o.compete_against_best_offset);
      if (std::isinf(o.compete_against_best_offset.value_or(0))) {
        order_fields::mid_offsets(io, o);
      }
    }
    if (o.order_type == "PEG MID") { order_fields::mid_offsets(io, o); }
  }
};

struct CancelOrder {
  static constexpr int kId = 4;
  static constexpr std::string_view kName = "cancelOrder";
  std::int32_t order_id = 0;
  std::string manual_cancel_order_time;

  friend bool operator==(const CancelOrder&, const CancelOrder&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("orderId", m.order_id);
    io("manualCancelOrderTime", m.manual_cancel_order_time);
  }
};

/// Cancels every order of the account, whoever placed it.
struct ReqGlobalCancel {
  static constexpr int kId = 58;
  static constexpr std::string_view kName = "reqGlobalCancel";

  friend bool operator==(const ReqGlobalCancel&, const ReqGlobalCancel&) = default;
  static void layout(auto& io, auto&) { io.version(1); }
};

struct ReqOpenOrders {
  static constexpr int kId = 5;
  static constexpr std::string_view kName = "reqOpenOrders";

  friend bool operator==(const ReqOpenOrders&, const ReqOpenOrders&) = default;
  static void layout(auto& io, auto&) { io.version(1); }
};

struct ReqAllOpenOrders {
  static constexpr int kId = 16;
  static constexpr std::string_view kName = "reqAllOpenOrders";

  friend bool operator==(const ReqAllOpenOrders&, const ReqAllOpenOrders&) = default;
  static void layout(auto& io, auto&) { io.version(1); }
};

/// Client 0 only.
struct ReqAutoOpenOrders {
  static constexpr int kId = 15;
  static constexpr std::string_view kName = "reqAutoOpenOrders";
  bool auto_bind = false;

  friend bool operator==(const ReqAutoOpenOrders&, const ReqAutoOpenOrders&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("autoBind", m.auto_bind);
  }
};

struct ReqCompletedOrders {
  static constexpr int kId = 99;
  static constexpr std::string_view kName = "reqCompletedOrders";
  bool api_only = false;

  friend bool operator==(const ReqCompletedOrders&, const ReqCompletedOrders&) = default;
  static void layout(auto& io, auto& m) { io("apiOnly", m.api_only); }
};

/// Empty fields mean any.
struct ReqExecutions {
  static constexpr int kId = 7;
  static constexpr std::string_view kName = "reqExecutions";
  std::int32_t req_id = 0;
  std::int32_t client_id = 0;
  std::string acct_code;
  std::string time;
  std::string symbol;
  std::string sec_type;
  std::string exchange;
  std::string side;

  friend bool operator==(const ReqExecutions&, const ReqExecutions&) = default;
  static void layout(auto& io, auto& m) {
    io.version(3);
    io("reqId", m.req_id);
    io("clientId", m.client_id);
    io("acctCode", m.acct_code);
    io("time", m.time);
    io("symbol", m.symbol);
    io("secType", m.sec_type);
    io("exchange", m.exchange);
    io("side", m.side);
  }
};

struct ExerciseOptions {
  static constexpr int kId = 21;
  static constexpr std::string_view kName = "exerciseOptions";
  std::int32_t req_id = 0;
  WireContract contract;
  std::int32_t exercise_action = 1;  // 1 exercise, 2 lapse
  std::int32_t exercise_quantity = 0;
  std::string account;
  bool override_natural = false;

  friend bool operator==(const ExerciseOptions&, const ExerciseOptions&) = default;
  static void layout(auto& io, auto& m) {
    io.version(2);
    io("reqId", m.req_id);
    WireContract::in_reply(io, m.contract);  // the one request without primaryExchange
    io("exerciseAction", m.exercise_action);
    io("exerciseQuantity", m.exercise_quantity);
    io("account", m.account);
    io("override", m.override_natural);
    io.rest();
  }
};

// Replies.

/// A hint: it may repeat, and a fast order may have none. Executions are the truth.
struct OrderStatus {
  static constexpr int kId = 3;
  static constexpr std::string_view kName = "orderStatus";
  std::int32_t order_id = 0;
  std::string status;
  Size filled;
  Size remaining;
  std::optional<double> avg_fill_price;
  std::int64_t perm_id = 0;
  std::int32_t parent_id = 0;
  std::optional<double> last_fill_price;
  std::int32_t client_id = 0;
  std::string why_held;
  std::optional<double> mkt_cap_price;

  friend bool operator==(const OrderStatus&, const OrderStatus&) = default;
  static void layout(auto& io, auto& m) {
    io("orderId", m.order_id);
    io("status", m.status);
    io("filled", m.filled);
    io("remaining", m.remaining);
    io("avgFillPrice", m.avg_fill_price);
    io("permId", m.perm_id);
    io("parentId", m.parent_id);
    io("lastFillPrice", m.last_fill_price);
    io("clientId", m.client_id);
    io("whyHeld", m.why_held);
    io("mktCapPrice", m.mkt_cap_price);
  }
};

/// Margins and costs of an order; all absent unless it was a preview or has filled.
struct OrderState {
  std::string status;
  std::optional<double> init_margin_before;
  std::optional<double> maint_margin_before;
  std::optional<double> equity_with_loan_before;
  std::optional<double> init_margin_change;
  std::optional<double> maint_margin_change;
  std::optional<double> equity_with_loan_change;
  std::optional<double> init_margin_after;
  std::optional<double> maint_margin_after;
  std::optional<double> equity_with_loan_after;
  std::optional<double> commission;
  std::optional<double> min_commission;
  std::optional<double> max_commission;
  std::string commission_currency;
  std::string warning_text;

  friend bool operator==(const OrderState&, const OrderState&) = default;
  static void layout(auto& io, auto& m) {
    io("status", m.status);
    io.maximum("initMarginBefore", m.init_margin_before);
    io.maximum("maintMarginBefore", m.maint_margin_before);
    io.maximum("equityWithLoanBefore", m.equity_with_loan_before);
    io.maximum("initMarginChange", m.init_margin_change);
    io.maximum("maintMarginChange", m.maint_margin_change);
    io.maximum("equityWithLoanChange", m.equity_with_loan_change);
    io.maximum("initMarginAfter", m.init_margin_after);
    io.maximum("maintMarginAfter", m.maint_margin_after);
    io.maximum("equityWithLoanAfter", m.equity_with_loan_after);
    io("commission", m.commission);
    io("minCommission", m.min_commission);
    io("maxCommission", m.max_commission);
    io("commissionCurrency", m.commission_currency);
    io("warningText", m.warning_text);
  }
};

struct OpenOrder {
  static constexpr int kId = 5;
  static constexpr std::string_view kName = "openOrder";
  std::int32_t order_id = 0;
  WireContract contract;
  WireOrder order;
  std::int32_t client_id = 0;
  std::int64_t perm_id = 0;
  OrderState state;

  friend bool operator==(const OpenOrder&, const OpenOrder&) = default;
  static void layout(auto& io, auto& m) {
    auto& o = m.order;
    io("orderId", m.order_id);
    WireContract::in_reply(io, m.contract);
    order_fields::head(io, o);
    io("clientId", m.client_id);
    io("permId", m.perm_id);
    io("outsideRth", o.outside_rth);
    io("hidden", o.hidden);
    io("discretionaryAmt", o.discretionary_amt);
    io("goodAfterTime", o.good_after_time);
    io("sharesAllocation", o.shares_allocation);
    order_fields::advisor(io, o);
    io("goodTillDate", o.good_till_date);
    io("rule80A", o.rule80a);
    io("percentOffset", o.percent_offset);
    io("settlingFirm", o.settling_firm);
    order_fields::short_sale(io, o);
    io("auctionStrategy", o.auction_strategy);
    order_fields::box(io, o);
    io("displaySize", o.display_size);
    io("blockOrder", o.block_order);
    io("sweepToFill", o.sweep_to_fill);
    io("allOrNone", o.all_or_none);
    io("minQty", o.min_qty);
    io("ocaType", o.oca_type);
    order_fields::quote_flags(io, o);
    io("parentId", o.parent_id);
    io("triggerMethod", o.trigger_method);
    order_fields::volatility(io, o, order_fields::DeltaNeutral::kEight);
    io("basisPoints", o.basis_points);
    io("basisPointsType", o.basis_points_type);
    io("comboLegsDescrip", o.combo_legs_descrip);
    order_fields::legs(io, m.contract, o);
    order_fields::scale(io, o);
    order_fields::hedge(io, o);
    io("optOutSmartRouting", o.opt_out_smart_routing);
    order_fields::clearing(io, o);
    io("solicited", o.solicited);
    io("whatIf", o.what_if);
    OrderState::layout(io, m.state);
    order_fields::randomize(io, o);
    order_fields::peg_bench(io, o);
    order_fields::conditions(io, o);
    io("adjustedOrderType", o.adjusted_order_type);
    io("triggerPrice", o.trigger_price);
    io("trailStopPrice", o.trail_stop_price);  // a second time, the same value
    io("lmtPriceOffset", o.lmt_price_offset);
    order_fields::adjusted_stops(io, o);
    order_fields::soft_dollar(io, o);
    io("softDollarTierDisplayName", o.soft_dollar_tier_display_name);
    io("cashQty", o.cash_qty);
    order_fields::containers(io, o);
    order_fields::price_management(io, o);
    order_fields::pegs(io, o);
  }
};

struct OpenOrderEnd {
  static constexpr int kId = 53;
  static constexpr std::string_view kName = "openOrderEnd";

  friend bool operator==(const OpenOrderEnd&, const OpenOrderEnd&) = default;
  static void layout(auto& io, auto&) { io.version(1); }
};

/// Without orderId and clientId: matched by permId or orderRef.
struct CompletedOrder {
  static constexpr int kId = 101;
  static constexpr std::string_view kName = "completedOrder";
  WireContract contract;
  WireOrder order;
  std::int64_t perm_id = 0;
  std::string status;
  std::string auto_cancel_date;
  std::optional<Size> filled_quantity;
  std::optional<std::int32_t> ref_futures_con_id;
  std::string shareholder;
  bool imbalance_only = false;
  bool route_marketable_to_bbo = false;
  std::optional<std::int64_t> parent_perm_id;
  std::string completed_time;
  std::string completed_status;

  friend bool operator==(const CompletedOrder&, const CompletedOrder&) = default;
  static void layout(auto& io, auto& m) {
    auto& o = m.order;
    WireContract::in_reply(io, m.contract);
    order_fields::head(io, o);
    io("permId", m.perm_id);
    io("outsideRth", o.outside_rth);
    io("hidden", o.hidden);
    io("discretionaryAmt", o.discretionary_amt);
    io("goodAfterTime", o.good_after_time);
    order_fields::advisor(io, o);
    io("goodTillDate", o.good_till_date);
    io("rule80A", o.rule80a);
    io("percentOffset", o.percent_offset);
    io("settlingFirm", o.settling_firm);
    order_fields::short_sale(io, o);
    order_fields::box(io, o);
    io("displaySize", o.display_size);
    io("sweepToFill", o.sweep_to_fill);
    io("allOrNone", o.all_or_none);
    io("minQty", o.min_qty);
    io("ocaType", o.oca_type);
    io("triggerMethod", o.trigger_method);
    order_fields::volatility(io, o, order_fields::DeltaNeutral::kFour);
    io("comboLegsDescrip", o.combo_legs_descrip);
    order_fields::legs(io, m.contract, o);
    order_fields::scale(io, o);
    order_fields::hedge(io, o);
    order_fields::clearing(io, o);
    io("solicited", o.solicited);
    io("status", m.status);
    order_fields::randomize(io, o);
    order_fields::peg_bench(io, o);
    order_fields::conditions(io, o);
    io("trailStopPrice", o.trail_stop_price);
    io("lmtPriceOffset", o.lmt_price_offset);
    io("cashQty", o.cash_qty);
    order_fields::containers(io, o);
    io("autoCancelDate", m.auto_cancel_date);
    io("filledQuantity", m.filled_quantity);
    io("refFuturesConId", m.ref_futures_con_id);
    io("autoCancelParent", o.auto_cancel_parent);
    io("shareholder", m.shareholder);
    io("imbalanceOnly", m.imbalance_only);
    io("routeMarketableToBbo", m.route_marketable_to_bbo);
    io("parentPermId", m.parent_perm_id);
    io("completedTime", m.completed_time);
    io("completedStatus", m.completed_status);
    order_fields::pegs(io, o);
  }
};

struct CompletedOrdersEnd {
  static constexpr int kId = 102;
  static constexpr std::string_view kName = "completedOrdersEnd";

  friend bool operator==(const CompletedOrdersEnd&, const CompletedOrdersEnd&) = default;
  static void layout(auto&, auto&) {}
};

struct OrderBound {
  static constexpr int kId = 100;
  static constexpr std::string_view kName = "orderBound";
  std::int64_t perm_id = 0;
  std::int32_t client_id = 0;
  std::int32_t order_id = 0;

  friend bool operator==(const OrderBound&, const OrderBound&) = default;
  static void layout(auto& io, auto& m) {
    io("permId", m.perm_id);
    io("clientId", m.client_id);
    io("orderId", m.order_id);
  }
};

/// `req_id` is -1 when nobody asked. A corrected execution repeats all of its id but the part after
/// the last dot.
struct ExecDetails {
  static constexpr int kId = 11;
  static constexpr std::string_view kName = "execDetails";
  std::int32_t req_id = -1;
  std::int32_t order_id = 0;
  WireContract contract;
  std::string exec_id;
  std::string time;  // yyyymmdd hh:mm:ss ZONE
  std::string acct_number;
  std::string exchange;
  std::string side;  // BOT or SLD
  Size shares;
  double price = 0;
  std::int64_t perm_id = 0;
  std::int32_t client_id = 0;
  std::int32_t liquidation = 0;
  Size cum_qty;
  std::optional<double> avg_price;
  std::string order_ref;
  std::string ev_rule;
  std::optional<double> ev_multiplier;
  std::string model_code;
  std::int32_t last_liquidity = 0;  // 0 none, 1 added, 2 removed, 3 routed out
  bool pending_price_revision = false;

  friend bool operator==(const ExecDetails&, const ExecDetails&) = default;
  static void layout(auto& io, auto& m) {
    io("reqId", m.req_id);
    io("orderId", m.order_id);
    WireContract::in_reply(io, m.contract);
    io("execId", m.exec_id);
    io("time", m.time);
    io("acctNumber", m.acct_number);
    io("exchange", m.exchange);
    io("side", m.side);
    io("shares", m.shares);
    io("price", m.price);
    io("permId", m.perm_id);
    io("clientId", m.client_id);
    io("liquidation", m.liquidation);
    io("cumQty", m.cum_qty);
    io("avgPrice", m.avg_price);
    io("orderRef", m.order_ref);
    io("evRule", m.ev_rule);
    io("evMultiplier", m.ev_multiplier);
    io("modelCode", m.model_code);
    io("lastLiquidity", m.last_liquidity);
    if (io.server_version() >= 178) { io("pendingPriceRevision", m.pending_price_revision); }
  }
};

struct ExecDetailsEnd {
  static constexpr int kId = 55;
  static constexpr std::string_view kName = "execDetailsEnd";
  std::int32_t req_id = 0;

  friend bool operator==(const ExecDetailsEnd&, const ExecDetailsEnd&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
  }
};

/// Keyed by the execution alone; may come again, the last one counts.
struct CommissionReport {
  static constexpr int kId = 59;
  static constexpr std::string_view kName = "commissionReport";
  std::string exec_id;
  std::optional<double> commission;  // absent: not known yet
  std::string currency;
  std::optional<double> realized_pnl;
  std::optional<double> yield;
  std::optional<std::int32_t> yield_redemption_date;

  friend bool operator==(const CommissionReport&, const CommissionReport&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("execId", m.exec_id);
    io.marked("commission", m.commission, -1);
    io("currency", m.currency);
    io.maximum("realizedPNL", m.realized_pnl);
    io.maximum("yield", m.yield);
    io("yieldRedemptionDate", m.yield_redemption_date);
  }
};

}  // namespace v6::ibkr
