#include "sim/gateway_account.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace v6::gateway {
namespace {

std::string dollars(Money money) { return fmt::format("{:.2f}", money.dollars()); }

/// Amounts in dollars that summary and updates share.
std::vector<AccountValue> amounts(const AccountFigures& f) {
  const std::pair<const char*, Money> rows[] = {
      {"NetLiquidation", f.net_liquidation},
      {"TotalCashValue", f.cash},
      {"SettledCash", f.cash},
      {"AccruedCash", Money{}},
      {"BuyingPower", f.buying_power},
      {"EquityWithLoanValue", f.equity_with_loan},
      {"PreviousDayEquityWithLoanValue", f.net_liquidation - f.daily_pnl},
      {"GrossPositionValue", f.gross_position_value},
      {"RegTEquity", f.equity_with_loan},
      {"RegTMargin", f.init_margin},
      {"SMA", f.available_funds},
      {"InitMarginReq", f.init_margin},
      {"MaintMarginReq", f.maint_margin},
      {"AvailableFunds", f.available_funds},
      {"ExcessLiquidity", f.excess_liquidity},
      {"FullInitMarginReq", f.init_margin},
      {"FullMaintMarginReq", f.maint_margin},
      {"FullAvailableFunds", f.available_funds},
      {"FullExcessLiquidity", f.excess_liquidity},
      {"LookAheadInitMarginReq", f.init_margin},
      {"LookAheadMaintMarginReq", f.maint_margin},
      {"LookAheadAvailableFunds", f.available_funds},
      {"LookAheadExcessLiquidity", f.excess_liquidity}};
  std::vector<AccountValue> values;
  for (const auto& [key, money] : rows) { values.push_back({key, dollars(money), "USD"}); }
  return values;
}

/// What has no currency.
std::vector<AccountValue> plain(const AccountFigures& f) {
  const double net = f.net_liquidation.dollars();
  const auto share = [&](Money money) {
    return net > 0 ? fmt::format("{:.4f}", money.dollars() / net) : std::string{"0.0000"};
  };
  return {{"AccountType", "INDIVIDUAL", ""},
          {"Cushion", share(f.excess_liquidity), ""},
          {"LookAheadNextChange", "0", ""},
          {"HighestSeverity", "", ""},
          {"DayTradesRemaining", "-1", ""},
          {"DayTradesRemainingT+1", "-1", ""},
          {"DayTradesRemainingT+2", "-1", ""},
          {"DayTradesRemainingT+3", "-1", ""},
          {"DayTradesRemainingT+4", "-1", ""},
          {"Leverage-S", share(f.gross_position_value), ""},
          {"Leverage", share(f.gross_position_value), ""}};
}

void append(std::vector<AccountValue>& to, std::vector<AccountValue> more) {
  std::ranges::move(more, std::back_inserter(to));
}

}  // namespace

std::vector<AccountValue> ledger_values(const AccountFigures& f) {
  std::vector<AccountValue> values;
  for (const char* const currency : {"BASE", "USD"}) {
    const std::pair<const char*, std::string> rows[] = {
        {"Currency", currency},
        {"CashBalance", dollars(f.cash)},
        {"TotalCashBalance", dollars(f.cash)},
        {"AccruedCash", dollars(Money{})},
        {"StockMarketValue", dollars(f.stock_value)},
        {"OptionMarketValue", dollars(f.option_value)},
        {"NetLiquidationByCurrency", dollars(f.net_liquidation)},
        {"UnrealizedPnL", dollars(f.unrealized_pnl)},
        {"RealizedPnL", dollars(f.realized_pnl)},
        {"ExchangeRate", "1.00"},
        {"RealCurrency", currency}};
    for (const auto& [key, value] : rows) { values.push_back({key, value, currency}); }
  }
  return values;
}

std::vector<AccountValue> account_values(const AccountFigures& figures, std::string_view account) {
  std::vector<AccountValue> values = {{"AccountCode", std::string{account}, ""},
                                      {"AccountReady", "true", ""}};
  append(values, plain(figures));
  for (AccountValue& value : amounts(figures)) {
    // A securities account: the commodities' part is empty.
    values.push_back(value);
    values.push_back({value.key + "-S", value.value, value.currency});
    values.push_back({value.key + "-C", "0.00", value.currency});
  }
  append(values, ledger_values(figures));
  return values;
}

std::vector<AccountValue> summary_values(const AccountFigures& figures, std::string_view tags) {
  std::vector<AccountValue> all = plain(figures);
  append(all, amounts(figures));
  std::vector<AccountValue> values;
  while (!tags.empty()) {
    const std::size_t comma = tags.find(',');
    std::string_view tag = tags.substr(0, comma);
    tags.remove_prefix(comma == std::string_view::npos ? tags.size() : comma + 1);
    while (tag.starts_with(' ')) { tag.remove_prefix(1); }
    while (tag.ends_with(' ')) { tag.remove_suffix(1); }
    if (tag.starts_with("$LEDGER")) {
      const std::string_view currency = tag == "$LEDGER"       ? "BASE"
                                        : tag == "$LEDGER:ALL" ? ""
                                                               : tag.substr(8);
      std::ranges::copy_if(ledger_values(figures), std::back_inserter(values),
                           [&](const AccountValue& value) {
                             return currency.empty() || value.currency == currency;
                           });
      continue;
    }
    std::ranges::copy_if(all, std::back_inserter(values),
                         [&](const AccountValue& value) { return value.key == tag; });
  }
  return values;
}

std::vector<AccountValue> changed(const std::vector<AccountValue>& before,
                                  const std::vector<AccountValue>& now) {
  std::vector<AccountValue> news;
  std::ranges::copy_if(now, std::back_inserter(news), [&](const AccountValue& value) {
    return std::ranges::find(before, value) == before.end();
  });
  return news;
}

}  // namespace v6::gateway
