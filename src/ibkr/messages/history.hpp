#pragma once

#include "ibkr/messages/blocks.hpp"

/// Historical bars and the two option calculators: protocol reference 2.1.7 and 2.2.7.
namespace v6::ibkr {

// Requests.

/// endDateTime empty is now; formatDate 1 is text, 2 epoch seconds.
struct ReqHistoricalData {
  static constexpr int kId = 20;
  static constexpr std::string_view kName = "reqHistoricalData";
  std::int32_t req_id = 0;
  WireContract contract;
  bool include_expired = false;
  std::string end_date_time;
  std::string bar_size_setting;
  std::string duration_str;
  bool use_rth = false;
  std::string what_to_show;
  std::int32_t format_date = 1;
  bool keep_up_to_date = false;
  std::string chart_options;

  friend bool operator==(const ReqHistoricalData&, const ReqHistoricalData&) = default;
  static void layout(auto& io, auto& m) {
    io("reqId", m.req_id);
    WireContract::in_request(io, m.contract);
    io("includeExpired", m.include_expired);
    io("endDateTime", m.end_date_time);
    io("barSizeSetting", m.bar_size_setting);
    io("durationStr", m.duration_str);
    io("useRTH", m.use_rth);
    io("whatToShow", m.what_to_show);
    io("formatDate", m.format_date);
    WireContract::brief_legs(io, m.contract);
    io("keepUpToDate", m.keep_up_to_date);
    io("chartOptions", m.chart_options);
  }
};

struct CancelHistoricalData {
  static constexpr int kId = 25;
  static constexpr std::string_view kName = "cancelHistoricalData";
  std::int32_t req_id = 0;

  friend bool operator==(const CancelHistoricalData&, const CancelHistoricalData&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
  }
};

/// Writers end it with one field or two; both are read.
struct CalculateImpliedVolatility {
  static constexpr int kId = 54;
  static constexpr std::string_view kName = "calculateImpliedVolatility";
  std::int32_t req_id = 0;
  WireContract contract;
  double option_price = 0;
  double under_price = 0;
  std::string options;

  friend bool operator==(const CalculateImpliedVolatility&,
                         const CalculateImpliedVolatility&) = default;
  static void layout(auto& io, auto& m) {
    io.version(3);
    io("reqId", m.req_id);
    WireContract::in_request(io, m.contract);
    io("optionPrice", m.option_price);
    io("underPrice", m.under_price);
    io("implVolOptions", m.options);
    io.rest();
  }
};

struct CalculateOptionPrice {
  static constexpr int kId = 55;
  static constexpr std::string_view kName = "calculateOptionPrice";
  std::int32_t req_id = 0;
  WireContract contract;
  double volatility = 0;
  double under_price = 0;
  std::string options;

  friend bool operator==(const CalculateOptionPrice&, const CalculateOptionPrice&) = default;
  static void layout(auto& io, auto& m) {
    io.version(3);
    io("reqId", m.req_id);
    WireContract::in_request(io, m.contract);
    io("volatility", m.volatility);
    io("underPrice", m.under_price);
    io("optPrcOptions", m.options);
    io.rest();
  }
};

struct CancelCalculateImpliedVolatility {
  static constexpr int kId = 56;
  static constexpr std::string_view kName = "cancelCalculateImpliedVolatility";
  std::int32_t req_id = 0;

  friend bool operator==(const CancelCalculateImpliedVolatility&,
                         const CancelCalculateImpliedVolatility&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
  }
};

struct CancelCalculateOptionPrice {
  static constexpr int kId = 57;
  static constexpr std::string_view kName = "cancelCalculateOptionPrice";
  std::int32_t req_id = 0;

  friend bool operator==(const CancelCalculateOptionPrice&,
                         const CancelCalculateOptionPrice&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
  }
};

// Replies.

struct Bar {
  std::string date;  // yyyymmdd of day bars; else "yyyymmdd hh:mm:ss ZONE" or epoch seconds
  double open = 0;
  double high = 0;
  double low = 0;
  double close = 0;
  std::optional<Size> volume;
  std::optional<double> wap;
  std::int32_t count = -1;

  friend bool operator==(const Bar&, const Bar&) = default;
  static void layout(auto& io, auto& m) {
    io("date", m.date);
    io("open", m.open);
    io("high", m.high);
    io("low", m.low);
    io("close", m.close);
    io("volume", m.volume);
    io("wap", m.wap);
    io("count", m.count);
  }
};

/// All bars at once; its arrival is the end.
struct HistoricalData {
  static constexpr int kId = 17;
  static constexpr std::string_view kName = "historicalData";
  std::int32_t req_id = 0;
  std::string start_date;  // yyyymmdd  hh:mm:ss, two blanks
  std::string end_date;
  std::vector<Bar> bars;

  friend bool operator==(const HistoricalData&, const HistoricalData&) = default;
  static void layout(auto& io, auto& m) {
    io("reqId", m.req_id);
    io("startDate", m.start_date);
    io("endDate", m.end_date);
    io.list("barCount", m.bars, kRow);
  }
};

/// The bar in its own order: close before high, volume last.
struct HistoricalDataUpdate {
  static constexpr int kId = 90;
  static constexpr std::string_view kName = "historicalDataUpdate";
  std::int32_t req_id = 0;
  Bar bar;

  friend bool operator==(const HistoricalDataUpdate&, const HistoricalDataUpdate&) = default;
  static void layout(auto& io, auto& m) {
    io("reqId", m.req_id);
    io("barCount", m.bar.count);
    io("date", m.bar.date);
    io("open", m.bar.open);
    io("close", m.bar.close);
    io("high", m.bar.high);
    io("low", m.bar.low);
    io("wap", m.bar.wap);
    io("volume", m.bar.volume);
  }
};

}  // namespace v6::ibkr
