#include "sim/gateway_contracts.hpp"
#include "ibkr/wire_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

namespace v6::gateway {
namespace {

using namespace literals;
using ibkr::WireContract;

struct UnderlyingName {
  Symbol symbol;
  std::string_view name;
  std::string_view exchange;
};
constexpr std::array kNames = {UnderlyingName{"SPX"_sym, "S&P 500 Stock Index", "CBOE"},
                               UnderlyingName{"XSP"_sym, "Mini-SPX Index", "CBOE"},
                               UnderlyingName{"VIX"_sym, "CBOE Volatility Index", "CBOE"},
                               UnderlyingName{"SPY"_sym, "SPDR S&P 500 ETF TRUST", "ARCA"},
                               UnderlyingName{"IWM"_sym, "ISHARES RUSSELL 2000 ETF", "ARCA"},
                               UnderlyingName{"QQQ"_sym, "INVESCO QQQ TRUST SERIES 1", "NASDAQ"},
                               UnderlyingName{"GOOG"_sym, "ALPHABET INC-CL C", "NASDAQ"},
                               UnderlyingName{"AAPL"_sym, "APPLE INC", "NASDAQ"},
                               UnderlyingName{"TWX"_sym, "TIME WARNER INC", "NYSE"}};

UnderlyingName name_of(Symbol symbol) {
  const auto found = std::ranges::find(kNames, symbol, &UnderlyingName::symbol);
  return found != kNames.end() ? *found : UnderlyingName{symbol, symbol.text(), "CBOE"};
}

std::int32_t cents_of(Price price) { return static_cast<std::int32_t>(price.raw() / 100); }

/// 1 and the two steps in cents: 1510 is 0.05, from 3.00 on 0.10.
std::int32_t rule_of(Price below, Price from) {
  return 1'000 + cents_of(below) * 100 + cents_of(from);
}

std::int32_t rule_of(const Listing& listing) {
  if (!listing.instrument) { return rule_of(Price::cents(1), Price::cents(1)); }
  return rule_of(listing.instrument->tick.below_three, listing.instrument->tick.from_three);
}

bool exchange_fits(const Listing& listing, std::string_view exchange) {
  return exchange.empty() || exchange == home_exchange(listing) ||
         exchange == listing_exchange(listing);
}

bool right_fits(const Listing& listing, std::string_view right) {
  if (right.empty() || right == "?" || right == "0") { return true; }
  if (!listing.is_option()) { return false; }
  return listing.right == OptionRight::kCall ? right == "C" || right == "CALL"
                                             : right == "P" || right == "PUT";
}

bool expiry_fits(const Listing& listing, std::string_view expiry) {
  if (expiry.empty()) { return true; }
  if (!listing.is_option()) { return false; }
  const std::string own = ibkr::wire_date(listing.expiry);
  return expiry == own || (expiry.size() == 6 && own.starts_with(expiry));
}

bool fits(const Listing& listing, const WireContract& asked) {
  const auto same = [](std::string_view wanted, std::string_view own) {
    return wanted.empty() || wanted == own;
  };
  return (asked.con_id == 0 || asked.con_id == listing.con_id) &&
         same(asked.symbol, listing.symbol.text()) && same(asked.sec_type, sec_type_of(listing)) &&
         expiry_fits(listing, asked.expiry) &&
         (asked.strike == 0 ||
          (listing.is_option() && std::fabs(asked.strike - listing.strike.dollars()) < 1e-6)) &&
         right_fits(listing, asked.right) && exchange_fits(listing, asked.exchange) &&
         same(asked.currency, "USD") && same(asked.trading_class, listing.trading_class().text()) &&
         (asked.multiplier.empty() || !listing.is_option() ||
          asked.multiplier == fmt::format("{}", listing.multiplier().raw())) &&
         (asked.local_symbol.empty() || asked.local_symbol == listing.local_symbol());
}

/// The days from today on, as long as TWS tells them.
constexpr int kDaysOfHours = 6;

std::optional<Session> hours_on(const SessionMarket& market, const Listing& listing, Date day) {
  const Calendar& calendar = market.calendar();
  if (!listing.instrument) { return calendar.session(day, SessionKind::kEquity); }
  if (day > listing.last_trade_day) { return std::nullopt; }
  if (day == listing.expiry && listing.instrument->settlement == SettlementTime::kPm &&
      listing.instrument->session == SessionKind::kIndexOption) {
    return calendar.last_session_of_pm_series(day);
  }
  return calendar.session(day, listing.instrument->session);
}

std::string hours_of(const SessionMarket& market, const Listing& listing) {
  std::string text;
  const auto clock = [](Instant at) {
    const auto of_day = new_york_time(at);
    return fmt::format("{:02}{:02}", of_day.count() / 60, of_day.count() % 60);
  };
  const Date today = new_york_date(market.instant());
  for (int ahead = 0; ahead < kDaysOfHours; ++ahead) {
    const Date day = today + std::chrono::days{ahead};
    const std::string date = ibkr::wire_date(day);
    if (!text.empty()) { text += ';'; }
    if (const auto session = hours_on(market, listing, day)) {
      text += fmt::format("{}:{}-{}:{}", date, clock(session->open), date, clock(session->close));
    } else {
      text += date + ":CLOSED";
    }
  }
  return text;
}

bool trades(const SessionMarket& market, const Listing& listing) {
  return !listing.is_option() || market.instant() < market.settles_at(listing);
}

}  // namespace

std::string_view sec_type_of(const Listing& listing) {
  switch (listing.kind) {
    case SecurityKind::kStock: return "STK";
    case SecurityKind::kIndex: return "IND";
    case SecurityKind::kOption: return "OPT";
  }
  return "";
}

std::string_view home_exchange(const Listing& listing) {
  return listing.kind == SecurityKind::kIndex ? listing_exchange(listing) : "SMART";
}

std::string_view listing_exchange(const Listing& listing) {
  return listing.is_option() ? "CBOE" : name_of(listing.symbol).exchange;
}

WireContract wire_contract(const Listing& listing) {
  WireContract contract{.con_id = listing.con_id,
                        .symbol = std::string{listing.symbol.text()},
                        .sec_type = std::string{sec_type_of(listing)},
                        .exchange = std::string{home_exchange(listing)},
                        .currency = "USD",
                        .local_symbol = listing.local_symbol(),
                        .trading_class = std::string{listing.trading_class().text()}};
  if (listing.is_option()) {
    contract.expiry = ibkr::wire_date(listing.expiry);
    contract.strike = listing.strike.dollars();
    contract.right = listing.right == OptionRight::kCall ? "C" : "P";
    contract.multiplier = fmt::format("{}", listing.multiplier().raw());
  }
  return contract;
}

WireContract wire_combo(Symbol underlying) {
  return {.con_id = kComboConId,
          .symbol = std::string{underlying.text()},
          .sec_type = "BAG",
          .exchange = "SMART",
          .currency = "USD",
          .local_symbol = fmt::format("{}", kComboConId),
          .trading_class = "COMB"};
}

std::vector<const Listing*> matches(const SessionMarket& market, const WireContract& asked) {
  std::vector<const Listing*> found;
  if (asked.con_id != 0) {
    const Listing* const listing = market.find(asked.con_id);
    if (listing && fits(*listing, asked) && trades(market, *listing)) { found.push_back(listing); }
    return found;
  }
  // A contract without a name is none.
  if (asked.symbol.empty() && asked.local_symbol.empty()) { return found; }
  std::ranges::copy_if(market.listed(), std::back_inserter(found), [&](const Listing* listing) {
    return fits(*listing, asked) && trades(market, *listing);
  });
  return found;
}

const Listing* the_one(const SessionMarket& market, const WireContract& asked) {
  if (asked.con_id == 0 && asked.sec_type.empty() && asked.local_symbol.empty()) { return nullptr; }
  const auto found = matches(market, asked);
  return found.size() == 1 ? found.front() : nullptr;
}

ibkr::ContractData contract_data(const SessionMarket& market, const Listing& listing,
                                 std::string_view exchange) {
  ibkr::ContractData row{.contract = wire_contract(listing)};
  const UnderlyingName under = name_of(listing.symbol);
  if (!exchange.empty()) { row.contract.exchange = exchange; }
  row.market_name = listing.trading_class().text();
  row.min_tick = listing.tick(Price{}).dollars();
  row.order_types = "ACTIVETIM,DAY,FOK,GTC,IOC,LMT,MKT,WHATIF";
  const std::string rule = fmt::format("{}", rule_of(listing));
  if (home_exchange(listing) == listing_exchange(listing)) {
    row.valid_exchanges = home_exchange(listing);
    row.market_rule_ids = rule;
  } else {
    row.valid_exchanges = fmt::format("{},{}", home_exchange(listing), listing_exchange(listing));
    row.market_rule_ids = fmt::format("{},{}", rule, rule);
  }
  row.long_name = under.name;
  row.time_zone_id = ibkr::kWireZone;
  row.trading_hours = hours_of(market, listing);
  row.liquid_hours = row.trading_hours;
  row.min_size = row.size_increment = row.suggested_size_increment = ibkr::Size{1};
  row.agg_group = 1;
  switch (listing.kind) {
    case SecurityKind::kOption: {
      const Listing& underlying = market.underlying();
      row.under_con_id = listing.underlying;
      row.under_symbol = listing.symbol.text();
      row.under_sec_type = sec_type_of(underlying);
      row.contract_month = row.contract.expiry.substr(0, 6);
      row.real_expiration_date = row.contract.expiry;
      row.agg_group = 2;
      break;
    }
    case SecurityKind::kIndex:
      row.industry = "Indices";
      row.category = "Broad Range Equity Index";
      row.subcategory = "*";
      break;
    case SecurityKind::kStock:
      row.contract.primary_exchange = under.exchange;
      row.stock_type = "COMMON";
      break;
  }
  return row;
}

std::vector<ibkr::SecurityDefinitionOptionParameter> option_parameters(const SessionMarket& market,
                                                                       std::int32_t req_id) {
  struct Grid {
    Multiplier multiplier;
    std::set<Date> expiries;
    std::set<Price> strikes;
  };
  std::map<Symbol, Grid> grids;  // by trading class
  for (const Listing* listing : market.listed()) {
    if (!listing->is_option() || !trades(market, *listing)) { continue; }
    Grid& grid = grids[listing->trading_class()];
    grid.multiplier = listing->multiplier();
    grid.expiries.insert(listing->expiry);
    grid.strikes.insert(listing->strike);
  }
  std::vector<ibkr::SecurityDefinitionOptionParameter> rows;
  for (const std::string_view exchange : {"CBOE", "SMART"}) {
    for (const auto& [trading_class, grid] : grids) {
      auto& row = rows.emplace_back();
      row.req_id = req_id;
      row.exchange = exchange;
      row.underlying_con_id = market.underlying().con_id;
      row.trading_class = trading_class.text();
      row.multiplier = fmt::format("{}", grid.multiplier.raw());
      for (const Date expiry : grid.expiries) {
        row.expirations.push_back(ibkr::wire_date(expiry));
      }
      for (const Price strike : grid.strikes) { row.strikes.push_back(strike.dollars()); }
    }
  }
  return rows;
}

std::optional<ibkr::MarketRule> market_rule(std::int32_t id) {
  const std::int32_t below = (id - 1'000) / 100;
  const std::int32_t from = (id - 1'000) % 100;
  const bool used = std::ranges::any_of(instrument_table(), [&](const Instrument& instrument) {
    return rule_of(instrument.tick.below_three, instrument.tick.from_three) == id;
  });
  if (!used && id != rule_of(Price::cents(1), Price::cents(1))) { return std::nullopt; }
  ibkr::MarketRule rule{.market_rule_id = id};
  rule.increments.push_back({.low_edge = 0, .increment = Price::cents(below).dollars()});
  if (from != below) {
    rule.increments.push_back({.low_edge = 3, .increment = Price::cents(from).dollars()});
  }
  return rule;
}

std::vector<ibkr::SymbolSample> symbols_like(const SessionMarket& market,
                                             std::string_view pattern) {
  const auto upper = [](std::string_view text) {
    std::string capitals{text};
    std::ranges::transform(capitals, capitals.begin(), [](char letter) {
      return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    });
    return capitals;
  };
  const std::string wanted = upper(pattern);
  std::vector<ibkr::SymbolSample> samples;
  if (wanted.empty()) { return samples; }
  for (const Listing* listing : market.listed()) {
    if (listing->is_option()) { continue; }
    const UnderlyingName under = name_of(listing->symbol);
    if (!listing->symbol.text().starts_with(wanted) && !upper(under.name).starts_with(wanted)) {
      continue;
    }
    auto& sample = samples.emplace_back();
    sample.con_id = listing->con_id;
    sample.symbol = listing->symbol.text();
    sample.sec_type = sec_type_of(*listing);
    sample.primary_exchange = under.exchange;
    sample.currency = "USD";
    if (listing->con_id == market.underlying().con_id) { sample.derivative_sec_types = {"OPT"}; }
    sample.description = under.name;
  }
  return samples;
}

}  // namespace v6::gateway
