#include <fmt/format.h>

#include "sim/gateway_contracts.hpp"
#include "sim/gateway_desk.hpp"
#include "sim/gateway_history.hpp"

/// Contracts, chains, history and the two calculators.
namespace v6::gateway {
namespace {

constexpr const char* kNoContract = "No security definition has been found for the request";

}  // namespace

void Desk::on(Client& client, const ibkr::ReqContractDetails& m) {
  if (m.contract.is_combo()) {
    return tell_error(client, m.req_id, 321,
                      "Error validating request:-'bJ' : cause - BAG isn't supported for contract "
                      "data request.");
  }
  const auto found = matches(market(), m.contract);
  if (found.empty()) { return tell_error(client, m.req_id, 200, kNoContract); }
  for (const Listing* listing : found) {
    ibkr::ContractData row = contract_data(market(), *listing, m.contract.exchange);
    row.req_id = m.req_id;
    tell(client, row);
  }
  tell(client, ibkr::ContractDataEnd{.req_id = m.req_id});
}

void Desk::on(Client& client, const ibkr::ReqSecDefOptParams& m) {
  const Listing& underlying = market().underlying();
  const bool known =
      m.underlying_con_id == underlying.con_id &&
      (m.underlying_symbol.empty() || m.underlying_symbol == underlying.symbol.text()) &&
      (m.underlying_sec_type.empty() || m.underlying_sec_type == sec_type_of(underlying));
  const Listing* const other = market().find(m.underlying_con_id);
  if (!known && (!other || other->symbol.text() != m.underlying_symbol || other->is_option())) {
    return tell_error(client, m.req_id, 200, kNoContract);
  }
  // Another underlying (VIX) has no options here; on futures there are none at all.
  if (known && m.fut_fop_exchange.empty()) {
    for (const auto& row : option_parameters(market(), m.req_id)) { tell(client, row); }
  }
  tell(client, ibkr::SecurityDefinitionOptionParameterEnd{.req_id = m.req_id});
}

void Desk::on(Client& client, const ibkr::ReqMatchingSymbols& m) {
  tell(client,
       ibkr::SymbolSamples{.req_id = m.req_id, .samples = symbols_like(market(), m.pattern)});
}

void Desk::on(Client& client, const ibkr::ReqMarketRule& m) {
  if (const auto rule = market_rule(m.market_rule_id)) { return tell(client, *rule); }
  tell_error(client, -1, 321,
             fmt::format("Error validating request:-'market rule' : cause - Invalid market rule "
                         "id {}",
                         m.market_rule_id));
}

void Desk::on(Client& client, const ibkr::ReqHistoricalData& m) {
  const auto no_data = [&](std::string_view why) {
    tell_error(client, m.req_id, 162,
               fmt::format("Historical Market Data Service error message:{}", why));
  };
  if (client.histories.contains(m.req_id)) {
    return tell_error(
        client, m.req_id, 322,
        "Error processing request. Duplicate ticker ID for API historical data query");
  }
  if (m.contract.is_combo()) { return no_data("HMDS query returned no data: combos have none"); }
  const Listing* const listing = the_one(market(), m.contract);
  if (!listing) { return tell_error(client, m.req_id, 200, kNoContract); }
  const auto size = parse_bar_size(m.bar_size_setting);
  if (size && size->small()) {
    const std::string kind =
        fmt::format("{} {} {}", listing->con_id, m.contract.exchange, m.what_to_show);
    const std::string request = fmt::format("{} {} {} {} {}", kind, m.end_date_time,
                                            m.bar_size_setting, m.duration_str, m.use_rth);
    if (!client.history_pace.allows(request, kind, now_.paced)) {
      return no_data("API historical data query pacing violation");
    }
  }
  if (m.keep_up_to_date && !m.end_date_time.empty()) {
    return no_data("an end date is not allowed with keepUpToDate");
  }
  const auto data = history(market(), *listing, m);
  if (!data) { return no_data(data.error()); }
  tell(client, *data);
  if (m.keep_up_to_date) {
    client.histories[m.req_id] = {.listing = listing, .told = growing_bar(market(), *listing)};
  }
}

void Desk::on(Client& client, const ibkr::CancelHistoricalData& m) {
  if (client.histories.erase(m.req_id) == 0) {
    tell_error(client, m.req_id, 366,
               fmt::format("No historical data query found for ticker id:{}", m.req_id));
  }
}

void Desk::tell_growing_bars(Client& client) {
  for (auto& [req_id, live] : client.histories) {
    const auto bar = growing_bar(market(), *live.listing);
    if (!bar || bar == live.told) { continue; }
    live.told = bar;
    tell(client, ibkr::HistoricalDataUpdate{.req_id = req_id, .bar = *bar});
  }
}

void Desk::on(Client& client, const ibkr::CalculateImpliedVolatility& m) {
  const Listing* const option = the_one(market(), m.contract);
  if (!option || !option->is_option()) { return tell_error(client, m.req_id, 200, kNoContract); }
  ibkr::TickOptionComputation answer{
      .req_id = m.req_id, .tick_type = 53, .opt_price = m.option_price, .und_price = m.under_price};
  answer.implied_vol = market().volatility_at(*option, m.option_price, m.under_price);
  if (answer.implied_vol) {
    if (const auto model = market().model_at(*option, *answer.implied_vol, m.under_price)) {
      answer.delta = model->delta;
      answer.gamma = model->gamma;
      answer.vega = model->vega;
      answer.theta = model->theta;
      answer.pv_dividend = 0;
    }
  }
  tell(client, answer);
}

void Desk::on(Client& client, const ibkr::CalculateOptionPrice& m) {
  const Listing* const option = the_one(market(), m.contract);
  if (!option || !option->is_option()) { return tell_error(client, m.req_id, 200, kNoContract); }
  ibkr::TickOptionComputation answer{
      .req_id = m.req_id, .tick_type = 53, .implied_vol = m.volatility, .und_price = m.under_price};
  if (const auto model = market().model_at(*option, m.volatility, m.under_price)) {
    answer.delta = model->delta;
    answer.opt_price = model->price;
    answer.pv_dividend = 0;
    answer.gamma = model->gamma;
    answer.vega = model->vega;
    answer.theta = model->theta;
  }
  tell(client, answer);
}

}  // namespace v6::gateway
