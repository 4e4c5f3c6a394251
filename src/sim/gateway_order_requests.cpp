#include <fmt/format.h>

#include <algorithm>

#include "ibkr/wire_time.hpp"
#include "sim/gateway_contracts.hpp"
#include "sim/gateway_desk.hpp"

/// Orders and executions, asked for and told unasked.
namespace v6::gateway {

ReplyContext Desk::reply_context() const {
  return {.market = &market(), .account = exchange_->account()};
}

void Desk::on(Client& client, const ibkr::PlaceOrder& m) {
  const auto refuse = [&](int code, std::string text) {
    log(client, fmt::format("order {} refused, {}: {}", m.order_id, code, text));
    tell_error(client, m.order_id, code, std::move(text));
  };
  if (!m.order.account.empty() && !own_account(m.order.account)) {
    return refuse(321, fmt::format("Error validating request:-'order' : cause - Invalid account "
                                   "code '{}'.",
                                   m.order.account));
  }
  auto request = order_request(market(), m, client.id, payload_);
  if (!request) { return refuse(request.error().code, request.error().text); }
  if (request->is_combo() && m.order.outside_rth) {
    tell_error(client, m.order_id, 2109,
               "Order Event Warning: Attribute 'Outside Regular Trading Hours' is ignored based on "
               "the order type and destination. PlaceOrder is now being processed.");
  }
  exchange_->place(*request, now_);
  changed_ = true;
}

void Desk::on(Client& client, const ibkr::CancelOrder& m) {
  const auto bound =
      std::ranges::find(bound_, m.order_id, [](const auto& entry) { return entry.second; });
  if (client.id == 0 && bound != bound_.end()) {
    if (!exchange_->cancel_unasked(bound->first, "", now_)) {
      tell_error(
          client, m.order_id, 10148,
          fmt::format("OrderId {} that needs to be cancelled cannot be cancelled.", m.order_id));
    }
    return;
  }
  exchange_->cancel(client.id, m.order_id, now_);
}

void Desk::on(Client& client, const ibkr::ReqGlobalCancel& /*m*/) {
  log(client, "cancels all orders");
  exchange_->cancel_all(now_);
}

std::int32_t Desk::shown_order_id(const Client& client, std::int64_t perm_id,
                                  std::int32_t order_id) {
  if (order_id != 0 || client.id != 0 || !client.binds_orders) { return order_id; }
  const auto [bound, fresh] =
      bound_.try_emplace(perm_id, -1 - static_cast<std::int32_t>(bound_.size()));
  return bound->second;
}

void Desk::tell_order(Client& client, const BookedOrder& order) {
  ibkr::OpenOrder shown = open_order(reply_context(), order);
  shown.order_id = shown_order_id(client, order.perm_id, shown.order_id);
  tell(client, shown);
}

void Desk::tell_open_orders(Client& client, std::optional<std::int32_t> of) {
  for (const BookedOrder& order : exchange_->open_orders(of)) {
    tell_order(client, order);
    ibkr::OrderStatus status = order_status(order);
    status.order_id = shown_order_id(client, order.perm_id, status.order_id);
    tell(client, status);
  }
  tell(client, ibkr::OpenOrderEnd{});
}

void Desk::on(Client& client, const ibkr::ReqOpenOrders& /*m*/) {
  tell_open_orders(client, client.id);
}

void Desk::on(Client& client, const ibkr::ReqAllOpenOrders& /*m*/) {
  tell_open_orders(client, std::nullopt);
}

void Desk::on(Client& client, const ibkr::ReqAutoOpenOrders& m) {
  if (client.id != 0) {
    return tell_error(client, -1, 327, "Only the default client (i.e 0) can auto bind orders.");
  }
  client.binds_orders = m.auto_bind;
}

void Desk::on(Client& client, const ibkr::ReqCompletedOrders& m) {
  for (const BookedOrder& order : exchange_->completed_orders()) {
    const bool by_hand = order.request.client_id == 0 && order.request.order_id == 0;
    if (m.api_only && by_hand) { continue; }
    tell(client, completed_order(reply_context(), order));
  }
  tell(client, ibkr::CompletedOrdersEnd{});
}

void Desk::on(Client& client, const ibkr::ReqExecutions& m) {
  const auto refuse = [&](std::string_view field, std::string_view value) {
    tell_error(client, m.req_id, 321,
               fmt::format("Error validating request:-'executions' : cause - Invalid {} \"{}\"",
                           field, value));
    // A client that takes 321 for a warning waits for the end.
    tell(client, ibkr::ExecDetailsEnd{.req_id = m.req_id});
  };
  ExecutionFilter filter{.account = m.acct_code, .symbol = m.symbol, .kind = m.sec_type};
  if (m.client_id != 0) { filter.client_id = m.client_id; }
  if (!m.time.empty()) {
    filter.since = ibkr::parse_wire_time(m.time);
    if (!filter.since) { return refuse("time", m.time); }
  }
  if (m.side == "BUY" || m.side == "BOT") {
    filter.side = OrderAction::kBuy;
  } else if (m.side == "SELL" || m.side == "SLD" || m.side == "SSHORT") {
    filter.side = OrderAction::kSell;
  } else if (!m.side.empty()) {
    return refuse("side", m.side);
  }
  for (const Execution& execution : exchange_->executions(filter)) {
    ibkr::ExecDetails details = exec_details(reply_context(), execution);
    if (!m.exchange.empty() && m.exchange != "SMART" && m.exchange != details.exchange) {
      continue;
    }
    details.req_id = m.req_id;
    tell(client, details);
    if (!execution.combo) { tell(client, commission_report(execution)); }
  }
  tell(client, ibkr::ExecDetailsEnd{.req_id = m.req_id});
}

void Desk::on(Client& client, const ibkr::ExerciseOptions& m) {
  const Listing* const option = the_one(market(), m.contract);
  if (!option || !option->is_option()) {
    return tell_error(client, m.req_id, 200,
                      "No security definition has been found for the request");
  }
  if (!m.account.empty() && !own_account(m.account)) {
    return tell_error(client, m.req_id, 321,
                      fmt::format("Error validating request:-'exercise' : cause - Invalid account "
                                  "code '{}'.",
                                  m.account));
  }
  exchange_->exercise({.client_id = client.id,
                       .request_id = m.req_id,
                       .con_id = option->con_id,
                       .action = m.exercise_action,
                       .quantity = m.exercise_quantity,
                       .override_natural = m.override_natural},
                      now_);
}

// News.

void Desk::tell_news() {
  const std::vector<ExchangeNews> news = exchange_->take_news();
  if (news.empty()) { return; }
  for (const ExchangeNews& one : news) {
    std::visit([&](const auto& told) { tell_news_of(told); }, one);
  }
  changed_ = true;
  if (!std::exchange(account_moved_, false)) { return; }
  const AccountFigures figures = exchange_->figures();
  for (auto& [link, client] : clients_) {
    if (client.stage == Stage::kReady) { tell_changed_account(client, figures); }
  }
}

void Desk::tell_news_of(const ExchangeError& news) {
  if (Client* const client = client_of(news.client_id)) {
    log(*client, fmt::format("order or request {}: {} {}", news.id, news.code, news.text));
    tell_error(*client, news.id, news.code, news.text);
  }
}

void Desk::tell_news_of(const OrderShown& news) {
  if (Client* const client = client_of(news.order.request.client_id)) {
    tell_order(*client, news.order);
    const auto bound = bound_.find(news.order.perm_id);
    if (client->binds_orders && bound != bound_.end()) {
      tell(*client, ibkr::OrderBound{
                        .perm_id = news.order.perm_id, .client_id = 0, .order_id = bound->second});
    }
  }
}

void Desk::tell_news_of(const StatusShown& news) {
  if (Client* const client = client_of(news.order.request.client_id)) {
    ibkr::OrderStatus status = order_status(news.order);
    status.order_id = shown_order_id(*client, news.order.perm_id, status.order_id);
    tell(*client, status);
  }
}

void Desk::tell_news_of(const Executed& news) {
  if (Client* const client = client_of(news.execution.client_id)) {
    ibkr::ExecDetails details = exec_details(reply_context(), news.execution);
    details.order_id = shown_order_id(*client, news.execution.perm_id, details.order_id);
    tell(*client, details);
  }
}

void Desk::tell_news_of(const CommissionShown& news) {
  if (Client* const client = client_of(news.execution.client_id)) {
    tell(*client, commission_report(news.execution));
  }
}

void Desk::tell_news_of(const PositionChanged& news) {
  account_moved_ = true;
  for (auto& [link, client] : clients_) {
    if (client.stage != Stage::kReady) { continue; }
    if (client.wants_positions) { tell(client, wire_position(news.position)); }
    for (const std::int32_t req_id : client.position_multis) {
      tell(client, wire_position_multi(news.position, req_id));
    }
    if (client.account_told) { tell(client, wire_portfolio(news.position)); }
  }
}

void Desk::tell_news_of(const CashChanged& /*news*/) { account_moved_ = true; }

void Desk::tell_news_of(const MarginPreviewed& news) {
  if (Client* const client = client_of(news.request.client_id)) {
    tell(*client, previewed_order(reply_context(), news));
  }
}

}  // namespace v6::gateway
