#include "sim/gateway_orders.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ibkr/catalogue.hpp"
#include "ibkr/frames.hpp"
#include "ibkr/wire_time.hpp"
#include "sim/gateway_contracts.hpp"

namespace v6::gateway {
namespace {

constexpr std::int32_t kUnsetWhole = std::numeric_limits<std::int32_t>::max();
constexpr double kUnsetReal = std::numeric_limits<double>::max();

Refusal refuse(int code, std::string text) { return {code, std::move(text)}; }
Refusal reject(std::string_view why) {
  return refuse(201, fmt::format("Order rejected - reason:{}", why));
}

std::optional<OrderAction> parse_action(std::string_view text) {
  if (text == "BUY") { return OrderAction::kBuy; }
  if (text == "SELL" || text == "SSHORT") { return OrderAction::kSell; }
  return std::nullopt;
}

std::string_view text_of(OrderAction action) {
  return action == OrderAction::kBuy ? "BUY" : "SELL";
}
std::string_view text_of(OrderType type) {
  switch (type) {
    case OrderType::kLimit: return "LMT";
    case OrderType::kMarket: return "MKT";
    case OrderType::kExercise: return "EXERCISE";
  }
  return "";
}
std::string_view text_of(TimeInForce tif) {
  switch (tif) {
    case TimeInForce::kDay: return "DAY";
    case TimeInForce::kGtc: return "GTC";
    case TimeInForce::kIoc: return "IOC";
    case TimeInForce::kFok: return "FOK";
  }
  return "";
}

/// Empty takes the preset, DAY.
std::optional<TimeInForce> parse_tif(std::string_view text) {
  for (const TimeInForce tif :
       {TimeInForce::kDay, TimeInForce::kGtc, TimeInForce::kIoc, TimeInForce::kFok}) {
    if (text == text_of(tif)) { return tif; }
  }
  return text.empty() ? std::optional{TimeInForce::kDay} : std::nullopt;
}

bool asks_non_guaranteed(const ibkr::WireOrder& order) {
  return std::ranges::any_of(order.smart_combo_routing_params, [](const ibkr::TagValue& parameter) {
    return parameter.tag == "NonGuaranteed" && parameter.value == "1";
  });
}

/// What real exchanges or TWS do and this one does not: named, never ignored.
std::optional<Refusal> unsupported(const ibkr::WireOrder& order, bool combo) {
  if (order.order_type != "LMT" && order.order_type != "MKT") {
    return refuse(387,
                  fmt::format("Unsupported order type for this exchange and security type: \"{}\"; "
                              "the simulated gateway takes LMT and MKT",
                              order.order_type));
  }
  if (order.e_trade_only) {
    return refuse(10268, "The 'EtradeOnly' order attribute is not supported.");
  }
  if (order.firm_quote_only) {
    return refuse(10269, "The 'FirmQuoteOnly' order attribute is not supported.");
  }
  if (order.nbbo_price_cap.value_or(0) != 0) {
    return refuse(10270, "The 'NbboPriceCap' order attribute is not supported.");
  }
  if (std::ranges::any_of(order.leg_prices, [](const auto& price) { return price.has_value(); })) {
    return refuse(10058, "Per-leg prices are not supported for guaranteed combos.");
  }
  if (combo && !order.oca_group.empty()) {
    return refuse(356, "OCA is not available for guaranteed SMART combos.");
  }
  const std::pair<bool, std::string_view> features[] = {
      {!order.conditions.empty(), "conditions"},
      {!order.algo_strategy.empty(), "algoStrategy"},
      {!order.hedge_type.empty(), "hedgeType"},
      {order.scale_price_increment.value_or(0) > 0, "scalePriceIncrement"},
      {!order.good_after_time.empty(), "goodAfterTime"},
      {order.all_or_none, "allOrNone"},
      {order.delta_neutral_contract.has_value(), "deltaNeutralContract"},
      {!order.delta_neutral_order_type.empty() && order.delta_neutral_order_type != "None",
       "deltaNeutralOrderType"},
      {order.cash_qty.value_or(0) != 0, "cashQty"}};
  for (const auto& [used, name] : features) {
    if (used) { return reject(fmt::format("{} is not supported by the simulated gateway.", name)); }
  }
  return std::nullopt;
}

/// The message as its client sent it, or one made of the order where no client did.
ibkr::PlaceOrder sent_message(const ReplyContext& context, const OrderRequest& request) {
  ibkr::PlaceOrder message;
  bool read = false;
  if (!request.wire.empty()) {
    const auto keep = [&](const auto& found) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(found)>, ibkr::PlaceOrder>) {
        message = found;
        read = true;
      }
    };
    const auto done = ibkr::read_request(request.wire, ibkr::kNewestVersion, keep);
    read = read && done.has_value();
  }
  if (!read) {
    for (const OrderLeg& leg : request.legs) {
      message.contract.legs.push_back({.con_id = leg.con_id,
                                       .ratio = leg.ratio,
                                       .action = std::string{text_of(leg.action)},
                                       .exchange = "SMART"});
    }
  }
  const ConId any = request.is_combo() ? request.legs.front().con_id : request.con_id;
  if (const Listing* const listing = context.market->find(any)) {
    auto legs = std::move(message.contract.legs);
    const std::string exchange = message.contract.exchange;
    message.contract = request.is_combo() ? wire_combo(listing->symbol) : wire_contract(*listing);
    message.contract.legs = std::move(legs);
    if (!exchange.empty()) { message.contract.exchange = exchange; }
  }
  return message;
}

std::string legs_text(const std::vector<OrderLeg>& legs) {
  std::string text;
  for (const OrderLeg& leg : legs) {
    if (!text.empty()) { text += ','; }
    text += fmt::format("{}|{}", leg.con_id, leg.ratio * sign_of(leg.action));
  }
  return text;
}

/// The order as it stands now, with what TWS fills in.
ibkr::PlaceOrder shown_message(const ReplyContext& context, const OrderRequest& request,
                               std::int64_t perm_id) {
  ibkr::PlaceOrder message = sent_message(context, request);
  if (message.contract.right.empty()) { message.contract.right = "?"; }
  ibkr::WireOrder& order = message.order;
  order.action = text_of(request.action);
  order.total_quantity.value = request.quantity;
  order.order_type = text_of(request.type);
  order.lmt_price = request.limit ? request.limit->dollars() : 0.0;
  order.aux_price = order.aux_price.value_or(0);
  order.tif = text_of(request.tif);
  order.account = context.account;
  order.order_ref = request.order_ref;
  order.oca_group = request.oca_group;
  order.parent_id = request.parent_id;
  order.shares_allocation = fmt::format("{}.0/{}/{}", perm_id, context.account, request.quantity);
  if (order.rule80a.empty()) { order.rule80a = "0"; }
  order.display_size = kUnsetWhole;
  order.oca_type = 3;
  order.volatility.reset();
  order.volatility_type = 0;
  order.delta_neutral_order_type = "None";
  order.delta_neutral_open_close = "?";
  order.reference_price_type = 0;
  order.combo_legs_descrip = legs_text(request.legs);
  order.scale_init_level_size = kUnsetWhole;
  order.scale_subs_level_size = kUnsetWhole;
  order.scale_price_increment.reset();
  order.clearing_intent = "IB";
  order.adjusted_order_type = "None";
  order.trigger_price = kUnsetReal;
  order.trail_stop_price = kUnsetReal;
  order.lmt_price_offset = kUnsetReal;
  order.adjusted_stop_price = kUnsetReal;
  order.adjusted_stop_limit_price = kUnsetReal;
  order.adjusted_trailing_amount = kUnsetReal;
  order.cash_qty = 0;
  order.dont_use_auto_price_for_hedge = true;
  order.use_price_mgmt_algo.reset();
  order.duration.reset();
  order.post_to_ats.reset();
  return message;
}

}  // namespace

std::expected<std::vector<OrderLeg>, Refusal> order_legs(const SessionMarket& market,
                                                         const ibkr::WireContract& combo) {
  if (combo.legs.empty()) {
    return std::unexpected{
        refuse(321, "Error validating request:-'combo' : cause - requires combo leg details")};
  }
  std::vector<OrderLeg> legs;
  for (const ibkr::ComboLeg& leg : combo.legs) {
    const Listing* const listing =
        the_one(market, {.con_id = leg.con_id, .exchange = leg.exchange});
    const auto action = parse_action(leg.action);
    if (leg.con_id == 0 || !listing || !action || leg.ratio < 1 || leg.ratio > 1'000 ||
        (!combo.symbol.empty() && combo.symbol != listing->symbol.text())) {
      return std::unexpected{refuse(
          200, fmt::format("No security definition has been found for the request: leg {} {} {} {}",
                           leg.action, leg.ratio, leg.con_id, leg.exchange))};
    }
    legs.push_back({.con_id = leg.con_id, .ratio = leg.ratio, .action = *action});
  }
  return legs;
}

std::expected<OrderRequest, Refusal> order_request(const SessionMarket& market,
                                                   const ibkr::PlaceOrder& message,
                                                   std::int32_t client_id,
                                                   std::string_view payload) {
  const ibkr::WireOrder& order = message.order;
  OrderRequest request{.client_id = client_id,
                       .order_id = message.order_id,
                       .account = order.account,
                       .order_ref = order.order_ref,
                       .oca_group = order.oca_group,
                       .parent_id = order.parent_id,
                       .transmit = order.transmit,
                       .what_if = order.what_if,
                       .guaranteed = !asks_non_guaranteed(order),
                       .wire = std::string{payload}};
  if (order.what_if && !order.transmit) {
    return std::unexpected{refuse(413, "What-if order should have the transmit flag set to true.")};
  }
  const bool combo = message.contract.is_combo();
  if (combo) {
    auto legs = order_legs(market, message.contract);
    if (!legs) { return std::unexpected{legs.error()}; }
    request.legs = std::move(*legs);
    if (!request.guaranteed && request.legs.size() > 2) {
      return std::unexpected{
          reject("Non-guaranteed combos of more than two legs are not supported.")};
    }
  } else {
    const Listing* const listing = the_one(market, message.contract);
    if (!listing || listing->kind == SecurityKind::kIndex) {
      return std::unexpected{refuse(200, "No security definition has been found for the request")};
    }
    request.con_id = listing->con_id;
  }
  if (auto refusal = unsupported(order, combo)) { return std::unexpected{std::move(*refusal)}; }
  const auto action = parse_action(order.action);
  if (!action) {
    return std::unexpected{refuse(
        321,
        fmt::format("Error validating request:-'order' : cause - Invalid side: {}", order.action))};
  }
  request.action = *action;
  const double quantity = order.total_quantity.value;
  if (quantity != std::floor(quantity)) {
    return std::unexpected{refuse(10243, "Fractional-sized order cannot be placed via API")};
  }
  if (quantity <= 0 || quantity > 1'000'000) {
    return std::unexpected{
        reject(fmt::format("Invalid order size {}; from 1 to 1000000 is accepted.", quantity))};
  }
  request.quantity = static_cast<std::int32_t>(quantity);
  request.type = order.order_type == "LMT" ? OrderType::kLimit : OrderType::kMarket;
  if (request.type == OrderType::kLimit) {
    const auto limit = order.lmt_price ? Price::from_dollars(*order.lmt_price)
                                       : std::expected<Price, NumberError>{Price{}};
    if (!order.lmt_price || !limit) {
      return std::unexpected{refuse(
          321,
          "Error validating request:-'order' : cause - The limit price is missing or invalid")};
    }
    request.limit = *limit;
  }
  const auto tif = parse_tif(order.tif);
  if (!tif) {
    return std::unexpected{reject(fmt::format(
        "Time in force \"{}\" is not supported; DAY, GTC, IOC and FOK are.", order.tif))};
  }
  request.tif = *tif;
  return request;
}

ibkr::OpenOrder open_order(const ReplyContext& context, const BookedOrder& order) {
  ibkr::PlaceOrder message = shown_message(context, order.request, order.perm_id);
  ibkr::OpenOrder shown{.order_id = order.request.order_id,
                        .contract = std::move(message.contract),
                        .order = std::move(message.order),
                        .client_id = order.request.client_id,
                        .perm_id = order.perm_id};
  shown.state.status = wire_name(order.status);
  if (order.commission_shown) {
    shown.state.commission = order.commission_shown->dollars();
    shown.state.commission_currency = "USD";
  }
  if (order.status == BookStatus::kInactive) { shown.state.warning_text = order.why; }
  return shown;
}

ibkr::OpenOrder previewed_order(const ReplyContext& context, const MarginPreviewed& previewed) {
  ibkr::PlaceOrder message = shown_message(context, previewed.request, 0);
  ibkr::OpenOrder shown{.order_id = previewed.request.order_id,
                        .contract = std::move(message.contract),
                        .order = std::move(message.order),
                        .client_id = previewed.request.client_id};
  shown.order.what_if = true;
  const MarginSide& before = previewed.preview.before;
  const MarginSide& after = previewed.preview.after;
  ibkr::OrderState& state = shown.state;
  state.status = "PreSubmitted";
  state.init_margin_before = before.init_margin.dollars();
  state.maint_margin_before = before.maint_margin.dollars();
  state.equity_with_loan_before = before.equity.dollars();
  state.init_margin_change = (after.init_margin - before.init_margin).dollars();
  state.maint_margin_change = (after.maint_margin - before.maint_margin).dollars();
  state.equity_with_loan_change = (after.equity - before.equity).dollars();
  state.init_margin_after = after.init_margin.dollars();
  state.maint_margin_after = after.maint_margin.dollars();
  state.equity_with_loan_after = after.equity.dollars();
  state.commission = previewed.preview.commission.dollars();
  state.min_commission = state.commission;
  state.max_commission = state.commission;
  state.commission_currency = "USD";
  return shown;
}

ibkr::OrderStatus order_status(const BookedOrder& order) {
  ibkr::OrderStatus status{.order_id = order.request.order_id,
                           .status = std::string{wire_name(order.status)}};
  status.filled.value = order.filled;
  status.remaining.value = order.remaining();
  status.avg_fill_price = order.average_price();
  status.perm_id = order.perm_id;
  status.parent_id = order.request.parent_id;
  status.last_fill_price = order.last_fill.dollars();
  status.client_id = order.request.client_id;
  status.mkt_cap_price = 0;
  return status;
}

ibkr::CompletedOrder completed_order(const ReplyContext& context, const BookedOrder& order) {
  ibkr::PlaceOrder message = shown_message(context, order.request, order.perm_id);
  ibkr::CompletedOrder shown{.contract = std::move(message.contract),
                             .order = std::move(message.order),
                             .perm_id = order.perm_id};
  const bool filled = order.status == BookStatus::kFilled;
  shown.status = wire_name(order.status);
  if (filled) { shown.order.total_quantity.value = 0; }  // as TWS has it
  shown.filled_quantity = ibkr::Size{static_cast<double>(order.filled)};
  shown.ref_futures_con_id = kUnsetWhole;
  shown.shareholder = "Not an insider or substantial shareholder";
  shown.parent_perm_id = 0;
  shown.completed_time = ibkr::wire_time(order.ended_at);
  shown.completed_status = filled              ? fmt::format("Filled Size: {}", order.filled)
                           : order.why.empty() ? "Cancelled"
                                               : order.why;
  return shown;
}

ibkr::ExecDetails exec_details(const ReplyContext& context, const Execution& execution) {
  ibkr::ExecDetails details{.order_id = execution.order_id};
  const Listing* const listing = context.market->find(execution.con_id);
  if (listing) {
    details.contract = wire_contract(*listing);
    details.exchange = listing_exchange(*listing);
  } else {
    details.contract = wire_combo(context.market->underlying().symbol);
    details.exchange = "CBOE";
  }
  if (details.contract.right.empty()) { details.contract.right = "?"; }
  details.exec_id = execution.exec_id;
  details.time = ibkr::wire_time(execution.at);
  details.acct_number = context.account;
  details.side = execution.side == OrderAction::kBuy ? "BOT" : "SLD";
  details.shares.value = execution.quantity;
  details.price = execution.price.dollars();
  details.perm_id = execution.perm_id;
  details.client_id = execution.client_id;
  details.liquidation = execution.liquidation ? 1 : 0;
  details.cum_qty.value = execution.cumulative;
  details.avg_price = execution.average_price();
  details.order_ref = execution.order_ref;
  details.last_liquidity = execution.liquidity;
  return details;
}

ibkr::CommissionReport commission_report(const Execution& execution) {
  ibkr::CommissionReport report{.exec_id = execution.exec_id,
                                .commission = execution.commission.dollars(),
                                .currency = "USD"};
  if (execution.realized) { report.realized_pnl = execution.realized->dollars(); }
  return report;
}

}  // namespace v6::gateway
