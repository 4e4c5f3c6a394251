#include <fmt/format.h>

#include "sim/gateway_contracts.hpp"
#include "sim/gateway_desk.hpp"

/// Positions, account values and profit.
namespace v6::gateway {
namespace {

constexpr std::size_t kMostSummaries = 2;

}  // namespace

bool Desk::own_account(std::string_view account) const { return account == exchange_->account(); }

// Positions.

ibkr::Position Desk::wire_position(const HeldPosition& held) const {
  ibkr::Position position{.account = exchange_->account(),
                          .contract = wire_contract(*market().find(held.con_id))};
  position.contract.exchange.clear();  // as TWS leaves it
  position.position.value = static_cast<double>(held.quantity);
  position.avg_cost = held.average_cost();
  return position;
}

ibkr::PositionMulti Desk::wire_position_multi(const HeldPosition& held, std::int32_t req_id) const {
  ibkr::Position position = wire_position(held);
  return {.req_id = req_id,
          .account = std::move(position.account),
          .contract = std::move(position.contract),
          .position = position.position,
          .avg_cost = position.avg_cost};
}

void Desk::on(Client& client, const ibkr::ReqPositions& /*m*/) {
  client.wants_positions = true;
  for (const HeldPosition& held : exchange_->positions()) { tell(client, wire_position(held)); }
  tell(client, ibkr::PositionEnd{});
}

void Desk::on(Client& client, const ibkr::CancelPositions& /*m*/) {
  client.wants_positions = false;
}

void Desk::on(Client& client, const ibkr::ReqPositionsMulti& m) {
  if (!m.account.empty() && !own_account(m.account)) {
    return tell_error(client, m.req_id, 321,
                      "Error validating request:-'positions' : cause - Invalid account code");
  }
  client.position_multis.insert(m.req_id);
  for (const HeldPosition& held : exchange_->positions()) {
    tell(client, wire_position_multi(held, m.req_id));
  }
  tell(client, ibkr::PositionMultiEnd{.req_id = m.req_id});
}

void Desk::on(Client& client, const ibkr::CancelPositionsMulti& m) {
  client.position_multis.erase(m.req_id);
}

// Account values.

ibkr::UpdatePortfolio Desk::wire_portfolio(const HeldPosition& held) const {
  const Listing& listing = *market().find(held.con_id);
  ibkr::UpdatePortfolio row{.contract = wire_contract(listing)};
  const Money value = exchange_->market_value(held);
  row.contract.primary_exchange = listing_exchange(listing);
  row.position.value = static_cast<double>(held.quantity);
  row.market_price = exchange_->mark(held.con_id).dollars();
  row.market_value = value.dollars();
  row.average_cost = held.average_cost();
  row.unrealized_pnl = held.quantity == 0 ? 0 : (value - held.cost).dollars();
  row.realized_pnl = held.realized.dollars();
  row.account_name = exchange_->account();
  return row;
}

void Desk::tell_account_time(Client& client) {
  const auto time = new_york_time(now_.session);
  tell(client, ibkr::UpdateAccountTime{
                   .time_stamp = fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60)});
}

void Desk::on(Client& client, const ibkr::ReqAccountUpdates& m) {
  if (!m.subscribe) {
    client.account_told.reset();
    return;
  }
  if (!m.acct_code.empty() && !own_account(m.acct_code)) {
    return tell_error(client, -1, 321,
                      fmt::format("Error validating request:-'account' : cause - Invalid account "
                                  "code '{}'.",
                                  m.acct_code));
  }
  const std::string& account = exchange_->account();
  client.account_told = account_values(exchange_->figures(), account);
  for (const AccountValue& value : *client.account_told) {
    tell(client, ibkr::UpdateAccountValue{value.key, value.value, value.currency, account});
  }
  for (const HeldPosition& held : exchange_->positions()) { tell(client, wire_portfolio(held)); }
  tell_account_time(client);
  tell(client, ibkr::AccountDownloadEnd{.account_name = account});
}

void Desk::on(Client& client, const ibkr::ReqAccountSummary& m) {
  const bool again = client.summaries.contains(m.req_id);
  if (again || client.summaries.size() >= kMostSummaries) {
    return tell_error(client, m.req_id, 322,
                      again ? "Error processing request. Duplicate request id"
                            : "Error processing request. Maximum number of account summary "
                              "requests exceeded");
  }
  auto values = summary_values(exchange_->figures(), m.tags);
  for (const AccountValue& value : values) {
    tell(client, ibkr::AccountSummary{m.req_id, exchange_->account(), value.key, value.value,
                                      value.currency});
  }
  tell(client, ibkr::AccountSummaryEnd{.req_id = m.req_id});
  client.summaries[m.req_id] = {.tags = m.tags, .told = std::move(values)};
}

void Desk::on(Client& client, const ibkr::CancelAccountSummary& m) {
  client.summaries.erase(m.req_id);
}

void Desk::on(Client& client, const ibkr::ReqAccountUpdatesMulti& m) {
  if (!m.account.empty() && m.account != "All" && !own_account(m.account)) {
    return tell_error(client, m.req_id, 321,
                      "Error validating request:-'account' : cause - Invalid account code");
  }
  const AccountFigures figures = exchange_->figures();
  auto values =
      m.ledger_and_nlv ? ledger_values(figures) : account_values(figures, exchange_->account());
  for (const AccountValue& value : values) {
    tell(client, ibkr::AccountUpdateMulti{m.req_id, exchange_->account(), m.model_code, value.key,
                                          value.value, value.currency});
  }
  tell(client, ibkr::AccountUpdateMultiEnd{.req_id = m.req_id});
  client.account_multis[m.req_id] = {.tags = m.ledger_and_nlv ? "ledger" : "",
                                     .told = std::move(values)};
}

void Desk::on(Client& client, const ibkr::CancelAccountUpdatesMulti& m) {
  client.account_multis.erase(m.req_id);
}

void Desk::tell_changed_account(Client& client, const AccountFigures& figures) {
  const std::string& account = exchange_->account();
  if (client.account_told) {
    auto now = account_values(figures, account);
    const auto news = changed(*client.account_told, now);
    for (const AccountValue& value : news) {
      tell(client, ibkr::UpdateAccountValue{value.key, value.value, value.currency, account});
    }
    client.account_told = std::move(now);
    if (!news.empty()) { tell_account_time(client); }
  }
  for (auto& [req_id, summary] : client.summaries) {
    auto now = summary_values(figures, summary.tags);
    for (const AccountValue& value : changed(summary.told, now)) {
      tell(client, ibkr::AccountSummary{req_id, account, value.key, value.value, value.currency});
    }
    summary.told = std::move(now);
  }
  for (auto& [req_id, multi] : client.account_multis) {
    auto now = multi.tags == "ledger" ? ledger_values(figures) : account_values(figures, account);
    for (const AccountValue& value : changed(multi.told, now)) {
      tell(client,
           ibkr::AccountUpdateMulti{req_id, account, "", value.key, value.value, value.currency});
    }
    multi.told = std::move(now);
  }
}

// Profit.

void Desk::tell_profit(Client& client, std::int32_t req_id, std::optional<ConId> con_id) {
  if (!con_id) {
    const AccountFigures figures = exchange_->figures();
    return tell(client, ibkr::Pnl{.req_id = req_id,
                                  .daily_pnl = figures.daily_pnl.dollars(),
                                  .unrealized_pnl = figures.unrealized_pnl.dollars(),
                                  .realized_pnl = figures.realized_pnl.dollars()});
  }
  ibkr::PnlSingle single{
      .req_id = req_id, .daily_pnl = 0, .unrealized_pnl = 0, .realized_pnl = 0, .value = 0};
  for (const HeldPosition& held : exchange_->positions()) {
    if (held.con_id != *con_id) { continue; }
    const Money value = exchange_->market_value(held);
    single.position.value = static_cast<double>(held.quantity);
    single.daily_pnl.reset();  // nobody keeps yesterday's value of each contract
    single.unrealized_pnl = (value - held.cost).dollars();
    single.realized_pnl = held.realized.dollars();
    single.value = value.dollars();
  }
  tell(client, single);
}

void Desk::on(Client& client, const ibkr::ReqPnl& m) {
  if (!m.account.empty() && !own_account(m.account)) {
    return tell_error(client, m.req_id, 321,
                      "Error validating request:-'pnl' : cause - Invalid account code");
  }
  client.profits[m.req_id] = std::nullopt;
  tell_profit(client, m.req_id, std::nullopt);
}

void Desk::on(Client& client, const ibkr::CancelPnl& m) { client.profits.erase(m.req_id); }

void Desk::on(Client& client, const ibkr::ReqPnlSingle& m) {
  if (!m.account.empty() && !own_account(m.account)) {
    return tell_error(client, m.req_id, 321,
                      "Error validating request:-'pnl' : cause - Invalid account code");
  }
  client.profits[m.req_id] = m.con_id;
  tell_profit(client, m.req_id, m.con_id);
}

void Desk::on(Client& client, const ibkr::CancelPnlSingle& m) { client.profits.erase(m.req_id); }

}  // namespace v6::gateway
