#pragma once

#include "ibkr/messages/blocks.hpp"

/// Contracts and chains: protocol reference 2.1.2 and 2.2.5.
namespace v6::ibkr {

// Requests.

/// Answered by ContractData rows and ContractDataEnd, or by error 200 alone.
struct ReqContractDetails {
  static constexpr int kId = 9;
  static constexpr std::string_view kName = "reqContractDetails";
  std::int32_t req_id = 0;
  WireContract contract;
  bool include_expired = false;
  std::string sec_id_type;
  std::string sec_id;
  std::string issuer_id;

  friend bool operator==(const ReqContractDetails&, const ReqContractDetails&) = default;
  static void layout(auto& io, auto& m) {
    io.version(8);
    io("reqId", m.req_id);
    WireContract::in_request(io, m.contract);
    io("includeExpired", m.include_expired);
    io("secIdType", m.sec_id_type);
    io("secId", m.sec_id);
    io("issuerId", m.issuer_id);
  }
};

struct ReqSecDefOptParams {
  static constexpr int kId = 78;
  static constexpr std::string_view kName = "reqSecDefOptParams";
  std::int32_t req_id = 0;
  std::string underlying_symbol;
  std::string fut_fop_exchange;
  std::string underlying_sec_type;
  std::int32_t underlying_con_id = 0;

  friend bool operator==(const ReqSecDefOptParams&, const ReqSecDefOptParams&) = default;
  static void layout(auto& io, auto& m) {
    io("reqId", m.req_id);
    io("underlyingSymbol", m.underlying_symbol);
    io("futFopExchange", m.fut_fop_exchange);
    io("underlyingSecType", m.underlying_sec_type);
    io("underlyingConId", m.underlying_con_id);
  }
};

struct ReqMatchingSymbols {
  static constexpr int kId = 81;
  static constexpr std::string_view kName = "reqMatchingSymbols";
  std::int32_t req_id = 0;
  std::string pattern;

  friend bool operator==(const ReqMatchingSymbols&, const ReqMatchingSymbols&) = default;
  static void layout(auto& io, auto& m) {
    io("reqId", m.req_id);
    io("pattern", m.pattern);
  }
};

/// Answered by MarketRule, matched by the rule's number.
struct ReqMarketRule {
  static constexpr int kId = 91;
  static constexpr std::string_view kName = "reqMarketRule";
  std::int32_t market_rule_id = 0;

  friend bool operator==(const ReqMarketRule&, const ReqMarketRule&) = default;
  static void layout(auto& io, auto& m) { io("marketRuleId", m.market_rule_id); }
};

// Replies.

/// conId and multiplier stand where no other message has them.
struct ContractData {
  static constexpr int kId = 10;
  static constexpr std::string_view kName = "contractData";
  std::int32_t req_id = 0;
  WireContract contract;  // expiry: date, or "date time zone"
  std::string market_name;
  double min_tick = 0;  // the smallest step of all rules, not the one that applies
  std::string order_types;
  std::string valid_exchanges;  // parallel to market_rule_ids
  std::int32_t price_magnifier = 1;
  std::int32_t under_con_id = 0;
  std::string long_name;
  std::string contract_month;
  std::string industry;
  std::string category;
  std::string subcategory;
  std::string time_zone_id;
  std::string trading_hours;
  std::string liquid_hours;
  std::string ev_rule;
  std::optional<std::int32_t> ev_multiplier;
  std::vector<TagValue> sec_ids;
  std::optional<std::int32_t> agg_group;
  std::string under_symbol;
  std::string under_sec_type;
  std::string market_rule_ids;
  std::string real_expiration_date;
  std::string stock_type;
  std::optional<Size> min_size;
  std::optional<Size> size_increment;
  std::optional<Size> suggested_size_increment;

  friend bool operator==(const ContractData&, const ContractData&) = default;
  static void layout(auto& io, auto& m) {
    io("reqId", m.req_id);
    io("symbol", m.contract.symbol);
    io("secType", m.contract.sec_type);
    io("lastTradeDate", m.contract.expiry);
    io("strike", m.contract.strike);
    io("right", m.contract.right);
    io("exchange", m.contract.exchange);
    io("currency", m.contract.currency);
    io("localSymbol", m.contract.local_symbol);
    io("marketName", m.market_name);
    io("tradingClass", m.contract.trading_class);
    io("conId", m.contract.con_id);
    io("minTick", m.min_tick);
    io("multiplier", m.contract.multiplier);
    io("orderTypes", m.order_types);
    io("validExchanges", m.valid_exchanges);
    io("priceMagnifier", m.price_magnifier);
    io("underConId", m.under_con_id);
    io("longName", m.long_name);
    io("primaryExchange", m.contract.primary_exchange);
    io("contractMonth", m.contract_month);
    io("industry", m.industry);
    io("category", m.category);
    io("subcategory", m.subcategory);
    io("timeZoneId", m.time_zone_id);
    io("tradingHours", m.trading_hours);
    io("liquidHours", m.liquid_hours);
    io("evRule", m.ev_rule);
    io("evMultiplier", m.ev_multiplier);
    io.list("secIdCount", m.sec_ids, kRow);
    io("aggGroup", m.agg_group);
    io("underSymbol", m.under_symbol);
    io("underSecType", m.under_sec_type);
    io("marketRuleIds", m.market_rule_ids);
    io("realExpirationDate", m.real_expiration_date);
    io("stockType", m.stock_type);
    io("minSize", m.min_size);
    io("sizeIncrement", m.size_increment);
    io("suggestedSizeIncrement", m.suggested_size_increment);
  }
};

struct ContractDataEnd {
  static constexpr int kId = 52;
  static constexpr std::string_view kName = "contractDataEnd";
  std::int32_t req_id = 0;

  friend bool operator==(const ContractDataEnd&, const ContractDataEnd&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
  }
};

/// The union of expirations and of strikes, not the product that exists.
struct SecurityDefinitionOptionParameter {
  static constexpr int kId = 75;
  static constexpr std::string_view kName = "securityDefinitionOptionParameter";
  std::int32_t req_id = 0;
  std::string exchange;
  std::int32_t underlying_con_id = 0;
  std::string trading_class;
  std::string multiplier;
  std::vector<std::string> expirations;
  std::vector<double> strikes;

  friend bool operator==(const SecurityDefinitionOptionParameter&,
                         const SecurityDefinitionOptionParameter&) = default;
  static void layout(auto& io, auto& m) {
    io("reqId", m.req_id);
    io("exchange", m.exchange);
    io("underlyingConId", m.underlying_con_id);
    io("tradingClass", m.trading_class);
    io("multiplier", m.multiplier);
    io.list("expirationCount", m.expirations, [](auto& each, auto& v) { each("expiration", v); });
    io.list("strikeCount", m.strikes, [](auto& each, auto& v) { each("strike", v); });
  }
};

struct SecurityDefinitionOptionParameterEnd {
  static constexpr int kId = 76;
  static constexpr std::string_view kName = "securityDefinitionOptionParameterEnd";
  std::int32_t req_id = 0;

  friend bool operator==(const SecurityDefinitionOptionParameterEnd&,
                         const SecurityDefinitionOptionParameterEnd&) = default;
  static void layout(auto& io, auto& m) { io("reqId", m.req_id); }
};

struct PriceIncrement {
  double low_edge = 0;
  double increment = 0;

  friend bool operator==(const PriceIncrement&, const PriceIncrement&) = default;
  static void layout(auto& io, auto& m) {
    io("lowEdge", m.low_edge);
    io("increment", m.increment);
  }
};

struct MarketRule {
  static constexpr int kId = 93;
  static constexpr std::string_view kName = "marketRule";
  std::int32_t market_rule_id = 0;
  std::vector<PriceIncrement> increments;

  friend bool operator==(const MarketRule&, const MarketRule&) = default;
  static void layout(auto& io, auto& m) {
    io("marketRuleId", m.market_rule_id);
    io.list("incrementCount", m.increments, kRow);
  }
};

struct SymbolSample {
  std::int32_t con_id = 0;
  std::string symbol;
  std::string sec_type;
  std::string primary_exchange;
  std::string currency;
  std::vector<std::string> derivative_sec_types;
  std::string description;
  std::string issuer_id;

  friend bool operator==(const SymbolSample&, const SymbolSample&) = default;
  static void layout(auto& io, auto& m) {
    io("conId", m.con_id);
    io("symbol", m.symbol);
    io("secType", m.sec_type);
    io("primaryExchange", m.primary_exchange);
    io("currency", m.currency);
    io.list("derivativeCount", m.derivative_sec_types,
            [](auto& each, auto& v) { each("derivativeSecType", v); });
    io("description", m.description);
    io("issuerId", m.issuer_id);
  }
};

struct SymbolSamples {
  static constexpr int kId = 79;
  static constexpr std::string_view kName = "symbolSamples";
  std::int32_t req_id = 0;
  std::vector<SymbolSample> samples;

  friend bool operator==(const SymbolSamples&, const SymbolSamples&) = default;
  static void layout(auto& io, auto& m) {
    io("reqId", m.req_id);
    io.list("count", m.samples, kRow);
  }
};

}  // namespace v6::ibkr
