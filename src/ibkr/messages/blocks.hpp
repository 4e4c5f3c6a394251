#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ibkr/wire.hpp"

/// What several messages share: contracts, combo legs, tags. Names are those of IB's documentation.
namespace v6::ibkr {

struct ComboLeg {
  std::int32_t con_id = 0;
  std::int32_t ratio = 0;
  std::string action;  // BUY or SELL, as buying the combo does it
  std::string exchange;
  std::int32_t open_close = 0;
  std::int32_t short_sale_slot = 0;
  std::string designated_location;
  std::int32_t exempt_code = -1;

  friend bool operator==(const ComboLeg&, const ComboLeg&) = default;

  /// In requests for data; orders carry eight fields.
  static void brief(auto& io, auto& m) {
    io("conId", m.con_id);
    io("ratio", m.ratio);
    io("action", m.action);
    io("exchange", m.exchange);
  }
  static void layout(auto& io, auto& m) {
    brief(io, m);
    io("openClose", m.open_close);
    io("shortSaleSlot", m.short_sale_slot);
    io("designatedLocation", m.designated_location);
    io("exemptCode", m.exempt_code);
  }
};

/// A contract as the wire names it; which fields travel depends on the message.
struct WireContract {
  std::int32_t con_id = 0;
  std::string symbol;
  std::string sec_type;  // OPT, STK, IND, BAG
  std::string expiry;    // lastTradeDateOrContractMonth: yyyymmdd, yyyymm or empty
  double strike = 0;
  std::string right;  // C, P or empty; "?" and "0" come where it is no option
  std::string multiplier;
  std::string exchange;
  std::string primary_exchange;
  std::string currency;
  std::string local_symbol;
  std::string trading_class;
  std::vector<ComboLeg> legs;  // of a BAG; where they travel differs by message

  friend bool operator==(const WireContract&, const WireContract&) = default;

  [[nodiscard]] bool is_combo() const { return sec_type == "BAG"; }

  static void head(auto& io, auto& m) {
    io("conId", m.con_id);
    io("symbol", m.symbol);
    io("secType", m.sec_type);
    io("lastTradeDateOrContractMonth", m.expiry);
    io("strike", m.strike);
    io("right", m.right);
    io("multiplier", m.multiplier);
  }
  static void tail(auto& io, auto& m) {
    io("currency", m.currency);
    io("localSymbol", m.local_symbol);
    io("tradingClass", m.trading_class);
  }
  /// Twelve fields: every request but exerciseOptions.
  static void in_request(auto& io, auto& m) {
    head(io, m);
    io("exchange", m.exchange);
    io("primaryExchange", m.primary_exchange);
    tail(io, m);
  }
  /// Eleven fields: every reply but updatePortfolio and contractData.
  static void in_reply(auto& io, auto& m) {
    head(io, m);
    io("exchange", m.exchange);
    tail(io, m);
  }
  static void brief_legs(auto& io, auto& m) {
    if (m.is_combo()) {
      io.list("legCount", m.legs, [](auto& each, auto& leg) { ComboLeg::brief(each, leg); });
    }
  }
};

struct TagValue {
  std::string tag;
  std::string value;

  friend bool operator==(const TagValue&, const TagValue&) = default;
  static void layout(auto& io, auto& m) {
    io("tag", m.tag);
    io("value", m.value);
  }
};

/// Layout of a list's row that has one of its own.
inline constexpr auto kRow = [](auto& io, auto& item) {
  std::remove_cvref_t<decltype(item)>::layout(io, item);
};

struct DeltaNeutralContract {
  std::int32_t con_id = 0;
  double delta = 0;
  double price = 0;

  friend bool operator==(const DeltaNeutralContract&, const DeltaNeutralContract&) = default;

  static void optional(auto& io, auto& m) {
    bool present = m.has_value();
    io("deltaNeutralPresent", present);
    if constexpr (std::remove_cvref_t<decltype(io)>::kReads) {
      m.reset();
      if (present) { m.emplace(); }
    }
    if (!present) { return; }
    io("conId", m->con_id);
    io("delta", m->delta);
    io("price", m->price);
  }
};

}  // namespace v6::ibkr
