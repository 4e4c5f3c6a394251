#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ibkr/messages/contracts.hpp"
#include "sim/session_market.hpp"

/// Contracts of a session market as the wire names them, and back. Protocol reference 2.1.2, 2.2.5,
/// 5.4, 5.5 and 6.
namespace v6::gateway {

/// What a combo is called in everything that comes back.
inline constexpr std::int32_t kComboConId = 28'812'380;

/// "OPT", "IND", "STK".
[[nodiscard]] std::string_view sec_type_of(const Listing& listing);
/// Where it is asked for: SMART, an index at its exchange.
[[nodiscard]] std::string_view home_exchange(const Listing& listing);
/// Where it is listed and executed: CBOE, NASDAQ, NYSE, ARCA.
[[nodiscard]] std::string_view listing_exchange(const Listing& listing);
/// The contract as replies carry it.
[[nodiscard]] ibkr::WireContract wire_contract(const Listing& listing);
/// A combo on this underlying, without its legs.
[[nodiscard]] ibkr::WireContract wire_combo(Symbol underlying);

/// What the description fits, in the order of the market's list; empty fields fit anything.
[[nodiscard]] std::vector<const Listing*> matches(const SessionMarket& market,
                                                  const ibkr::WireContract& asked);
/// The one contract that is meant, of those that still trade; null when there is none or several.
[[nodiscard]] const Listing* the_one(const SessionMarket& market, const ibkr::WireContract& asked);

/// A row of contract details; the exchange is the one that was asked for.
[[nodiscard]] ibkr::ContractData contract_data(const SessionMarket& market, const Listing& listing,
                                               std::string_view exchange);
/// One message for each exchange and class of the options that trade.
[[nodiscard]] std::vector<ibkr::SecurityDefinitionOptionParameter> option_parameters(
    const SessionMarket& market, std::int32_t req_id);
/// The price steps a rule's number stands for; the numbers are made of the steps.
[[nodiscard]] std::optional<ibkr::MarketRule> market_rule(std::int32_t id);
/// Underlyings whose symbol or name begins with the pattern.
[[nodiscard]] std::vector<ibkr::SymbolSample> symbols_like(const SessionMarket& market,
                                                           std::string_view pattern);

}  // namespace v6::gateway
