#pragma once

#include "ibkr/messages/blocks.hpp"

/// Streaming quotes: protocol reference 2.1.3 and 2.2.2. Ticks own nothing: text is a view of the
/// frame, alive until the next read.
namespace v6::ibkr {

// Requests.

struct ReqMktData {
  static constexpr int kId = 1;
  static constexpr std::string_view kName = "reqMktData";
  std::int32_t req_id = 0;
  WireContract contract;
  std::optional<DeltaNeutralContract> delta_neutral;
  std::string generic_tick_list;  // "100,101,104,106"
  bool snapshot = false;
  bool regulatory_snapshot = false;  // costs money
  std::string mkt_data_options;

  friend bool operator==(const ReqMktData&, const ReqMktData&) = default;
  static void layout(auto& io, auto& m) {
    io.version(11);
    io("reqId", m.req_id);
    WireContract::in_request(io, m.contract);
    WireContract::brief_legs(io, m.contract);
    DeltaNeutralContract::optional(io, m.delta_neutral);
    io("genericTickList", m.generic_tick_list);
    io("snapshot", m.snapshot);
    io("regulatorySnapshot", m.regulatory_snapshot);
    io("mktDataOptions", m.mkt_data_options);
  }
};

struct CancelMktData {
  static constexpr int kId = 2;
  static constexpr std::string_view kName = "cancelMktData";
  std::int32_t req_id = 0;

  friend bool operator==(const CancelMktData&, const CancelMktData&) = default;
  static void layout(auto& io, auto& m) {
    io.version(2);
    io("reqId", m.req_id);
  }
};

/// 1 live, 2 frozen, 3 delayed, 4 delayed-frozen; for requests made afterwards.
struct ReqMarketDataType {
  static constexpr int kId = 59;
  static constexpr std::string_view kName = "reqMarketDataType";
  std::int32_t market_data_type = 1;

  friend bool operator==(const ReqMarketDataType&, const ReqMarketDataType&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("marketDataType", m.market_data_type);
  }
};

// Replies.

struct TickPrice {
  static constexpr int kId = 1;
  static constexpr std::string_view kName = "tickPrice";
  std::int32_t req_id = 0;
  std::int32_t tick_type = 0;
  std::optional<double> price;  // absent: no quote; negative only for combos
  std::optional<Size> size;
  std::int32_t attr_mask = 0;  // bit 0 can auto-execute, 1 past limit, 2 pre-open

  friend bool operator==(const TickPrice&, const TickPrice&) = default;
  static void layout(auto& io, auto& m) {
    io.version(6);
    io("reqId", m.req_id);
    io("tickType", m.tick_type);
    io.price_and_size(m.price, m.size);
    io("attrMask", m.attr_mask);
  }
};

struct TickSize {
  static constexpr int kId = 2;
  static constexpr std::string_view kName = "tickSize";
  std::int32_t req_id = 0;
  std::int32_t tick_type = 0;
  std::optional<Size> size;

  friend bool operator==(const TickSize&, const TickSize&) = default;
  static void layout(auto& io, auto& m) {
    io.version(6);
    io("reqId", m.req_id);
    io("tickType", m.tick_type);
    io("size", m.size);
  }
};

/// Volatility as a fraction, vega per percentage point, theta per day.
struct TickOptionComputation {
  static constexpr int kId = 21;
  static constexpr std::string_view kName = "tickOptionComputation";
  std::int32_t req_id = 0;
  std::int32_t tick_type = 0;
  std::int32_t tick_attrib = 0;  // 0 return-based, 1 price-based
  std::optional<double> implied_vol;
  std::optional<double> delta;
  std::optional<double> opt_price;
  std::optional<double> pv_dividend;
  std::optional<double> gamma;
  std::optional<double> vega;
  std::optional<double> theta;
  std::optional<double> und_price;

  friend bool operator==(const TickOptionComputation&, const TickOptionComputation&) = default;
  static void layout(auto& io, auto& m) {
    io("reqId", m.req_id);
    io("tickType", m.tick_type);
    io("tickAttrib", m.tick_attrib);
    io.marked("impliedVol", m.implied_vol, -1);
    io.marked("delta", m.delta, -2);
    io.marked("optPrice", m.opt_price, -1);
    io.marked("pvDividend", m.pv_dividend, -1);
    io.marked("gamma", m.gamma, -2);
    io.marked("vega", m.vega, -2);
    io.marked("theta", m.theta, -2);
    io.marked("undPrice", m.und_price, -1);
  }
};

struct TickGeneric {
  static constexpr int kId = 45;
  static constexpr std::string_view kName = "tickGeneric";
  std::int32_t req_id = 0;
  std::int32_t tick_type = 0;
  std::optional<double> value;

  friend bool operator==(const TickGeneric&, const TickGeneric&) = default;
  static void layout(auto& io, auto& m) {
    io.version(6);
    io("reqId", m.req_id);
    io("tickType", m.tick_type);
    io("value", m.value);
  }
};

struct TickString {
  static constexpr int kId = 46;
  static constexpr std::string_view kName = "tickString";
  std::int32_t req_id = 0;
  std::int32_t tick_type = 0;
  std::string_view value;

  friend bool operator==(const TickString&, const TickString&) = default;
  static void layout(auto& io, auto& m) {
    io.version(6);
    io("reqId", m.req_id);
    io("tickType", m.tick_type);
    io("value", m.value);
  }
};

struct TickReqParams {
  static constexpr int kId = 81;
  static constexpr std::string_view kName = "tickReqParams";
  std::int32_t req_id = 0;
  std::optional<double> min_tick;  // the step of quotes, not of orders
  std::string_view bbo_exchange;
  std::int32_t snapshot_permissions = 0;

  friend bool operator==(const TickReqParams&, const TickReqParams&) = default;
  static void layout(auto& io, auto& m) {
    io("reqId", m.req_id);
    io("minTick", m.min_tick);
    io("bboExchange", m.bbo_exchange);
    io("snapshotPermissions", m.snapshot_permissions);
  }
};

struct TickSnapshotEnd {
  static constexpr int kId = 57;
  static constexpr std::string_view kName = "tickSnapshotEnd";
  std::int32_t req_id = 0;

  friend bool operator==(const TickSnapshotEnd&, const TickSnapshotEnd&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
  }
};

struct MarketDataType {
  static constexpr int kId = 58;
  static constexpr std::string_view kName = "marketDataType";
  std::int32_t req_id = 0;
  std::int32_t market_data_type = 0;

  friend bool operator==(const MarketDataType&, const MarketDataType&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
    io("marketDataType", m.market_data_type);
  }
};

}  // namespace v6::ibkr
