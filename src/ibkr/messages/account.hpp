#pragma once

#include "ibkr/messages/blocks.hpp"

/// Positions, account values and profit: protocol reference 2.1.6 and 2.2.6.
namespace v6::ibkr {

// Requests.

/// A subscription: all positions, PositionEnd, then changes.
struct ReqPositions {
  static constexpr int kId = 61;
  static constexpr std::string_view kName = "reqPositions";

  friend bool operator==(const ReqPositions&, const ReqPositions&) = default;
  static void layout(auto& io, auto&) { io.version(1); }
};

struct CancelPositions {
  static constexpr int kId = 64;
  static constexpr std::string_view kName = "cancelPositions";

  friend bool operator==(const CancelPositions&, const CancelPositions&) = default;
  static void layout(auto& io, auto&) { io.version(1); }
};

struct ReqAccountUpdates {
  static constexpr int kId = 6;
  static constexpr std::string_view kName = "reqAccountUpdates";
  bool subscribe = true;
  std::string acct_code;

  friend bool operator==(const ReqAccountUpdates&, const ReqAccountUpdates&) = default;
  static void layout(auto& io, auto& m) {
    io.version(2);
    io("subscribe", m.subscribe);
    io("acctCode", m.acct_code);
  }
};

struct ReqAccountSummary {
  static constexpr int kId = 62;
  static constexpr std::string_view kName = "reqAccountSummary";
  std::int32_t req_id = 0;
  std::string group;
  std::string tags;

  friend bool operator==(const ReqAccountSummary&, const ReqAccountSummary&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
    io("group", m.group);
    io("tags", m.tags);
  }
};

struct CancelAccountSummary {
  static constexpr int kId = 63;
  static constexpr std::string_view kName = "cancelAccountSummary";
  std::int32_t req_id = 0;

  friend bool operator==(const CancelAccountSummary&, const CancelAccountSummary&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
  }
};

struct ReqPositionsMulti {
  static constexpr int kId = 74;
  static constexpr std::string_view kName = "reqPositionsMulti";
  std::int32_t req_id = 0;
  std::string account;
  std::string model_code;

  friend bool operator==(const ReqPositionsMulti&, const ReqPositionsMulti&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
    io("account", m.account);
    io("modelCode", m.model_code);
  }
};

struct CancelPositionsMulti {
  static constexpr int kId = 75;
  static constexpr std::string_view kName = "cancelPositionsMulti";
  std::int32_t req_id = 0;

  friend bool operator==(const CancelPositionsMulti&, const CancelPositionsMulti&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
  }
};

struct ReqAccountUpdatesMulti {
  static constexpr int kId = 76;
  static constexpr std::string_view kName = "reqAccountUpdatesMulti";
  std::int32_t req_id = 0;
  std::string account;
  std::string model_code;
  bool ledger_and_nlv = false;

  friend bool operator==(const ReqAccountUpdatesMulti&, const ReqAccountUpdatesMulti&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
    io("account", m.account);
    io("modelCode", m.model_code);
    io("ledgerAndNLV", m.ledger_and_nlv);
  }
};

struct CancelAccountUpdatesMulti {
  static constexpr int kId = 77;
  static constexpr std::string_view kName = "cancelAccountUpdatesMulti";
  std::int32_t req_id = 0;

  friend bool operator==(const CancelAccountUpdatesMulti&,
                         const CancelAccountUpdatesMulti&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
  }
};

struct ReqPnl {
  static constexpr int kId = 92;
  static constexpr std::string_view kName = "reqPnL";
  std::int32_t req_id = 0;
  std::string account;
  std::string model_code;

  friend bool operator==(const ReqPnl&, const ReqPnl&) = default;
  static void layout(auto& io, auto& m) {
    io("reqId", m.req_id);
    io("account", m.account);
    io("modelCode", m.model_code);
  }
};

struct CancelPnl {
  static constexpr int kId = 93;
  static constexpr std::string_view kName = "cancelPnL";
  std::int32_t req_id = 0;

  friend bool operator==(const CancelPnl&, const CancelPnl&) = default;
  static void layout(auto& io, auto& m) { io("reqId", m.req_id); }
};

struct ReqPnlSingle {
  static constexpr int kId = 94;
  static constexpr std::string_view kName = "reqPnLSingle";
  std::int32_t req_id = 0;
  std::string account;
  std::string model_code;
  std::int32_t con_id = 0;

  friend bool operator==(const ReqPnlSingle&, const ReqPnlSingle&) = default;
  static void layout(auto& io, auto& m) {
    io("reqId", m.req_id);
    io("account", m.account);
    io("modelCode", m.model_code);
    io("conId", m.con_id);
  }
};

struct CancelPnlSingle {
  static constexpr int kId = 95;
  static constexpr std::string_view kName = "cancelPnLSingle";
  std::int32_t req_id = 0;

  friend bool operator==(const CancelPnlSingle&, const CancelPnlSingle&) = default;
  static void layout(auto& io, auto& m) { io("reqId", m.req_id); }
};

// Replies.

struct UpdateAccountValue {
  static constexpr int kId = 6;
  static constexpr std::string_view kName = "updateAccountValue";
  std::string key;
  std::string value;
  std::string currency;
  std::string account_name;

  friend bool operator==(const UpdateAccountValue&, const UpdateAccountValue&) = default;
  static void layout(auto& io, auto& m) {
    io.version(2);
    io("key", m.key);
    io("value", m.value);
    io("currency", m.currency);
    io("accountName", m.account_name);
  }
};

/// Has primaryExchange where others have exchange.
struct UpdatePortfolio {
  static constexpr int kId = 7;
  static constexpr std::string_view kName = "updatePortfolio";
  WireContract contract;
  Size position;
  std::optional<double> market_price;
  std::optional<double> market_value;
  std::optional<double> average_cost;
  std::optional<double> unrealized_pnl;
  std::optional<double> realized_pnl;
  std::string account_name;

  friend bool operator==(const UpdatePortfolio&, const UpdatePortfolio&) = default;
  static void layout(auto& io, auto& m) {
    io.version(8);
    WireContract::head(io, m.contract);
    io("primaryExchange", m.contract.primary_exchange);
    WireContract::tail(io, m.contract);
    io("position", m.position);
    io("marketPrice", m.market_price);
    io("marketValue", m.market_value);
    io("averageCost", m.average_cost);
    io("unrealizedPNL", m.unrealized_pnl);
    io("realizedPNL", m.realized_pnl);
    io("accountName", m.account_name);
  }
};

struct UpdateAccountTime {
  static constexpr int kId = 8;
  static constexpr std::string_view kName = "updateAccountTime";
  std::string time_stamp;

  friend bool operator==(const UpdateAccountTime&, const UpdateAccountTime&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("timeStamp", m.time_stamp);
  }
};

struct AccountDownloadEnd {
  static constexpr int kId = 54;
  static constexpr std::string_view kName = "accountDownloadEnd";
  std::string account_name;

  friend bool operator==(const AccountDownloadEnd&, const AccountDownloadEnd&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("accountName", m.account_name);
  }
};

/// avg_cost includes the multiplier and commissions. A closed position has size 0.
struct Position {
  static constexpr int kId = 61;
  static constexpr std::string_view kName = "position";
  std::string account;
  WireContract contract;
  Size position;
  std::optional<double> avg_cost;

  friend bool operator==(const Position&, const Position&) = default;
  static void layout(auto& io, auto& m) {
    io.version(3);
    io("account", m.account);
    WireContract::in_reply(io, m.contract);
    io("position", m.position);
    io("avgCost", m.avg_cost);
  }
};

struct PositionEnd {
  static constexpr int kId = 62;
  static constexpr std::string_view kName = "positionEnd";

  friend bool operator==(const PositionEnd&, const PositionEnd&) = default;
  static void layout(auto& io, auto&) { io.version(1); }
};

struct AccountSummary {
  static constexpr int kId = 63;
  static constexpr std::string_view kName = "accountSummary";
  std::int32_t req_id = 0;
  std::string account;
  std::string tag;
  std::string value;
  std::string currency;

  friend bool operator==(const AccountSummary&, const AccountSummary&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
    io("account", m.account);
    io("tag", m.tag);
    io("value", m.value);
    io("currency", m.currency);
  }
};

struct AccountSummaryEnd {
  static constexpr int kId = 64;
  static constexpr std::string_view kName = "accountSummaryEnd";
  std::int32_t req_id = 0;

  friend bool operator==(const AccountSummaryEnd&, const AccountSummaryEnd&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
  }
};

struct PositionMulti {
  static constexpr int kId = 71;
  static constexpr std::string_view kName = "positionMulti";
  std::int32_t req_id = 0;
  std::string account;
  WireContract contract;
  Size position;
  std::optional<double> avg_cost;
  std::string model_code;

  friend bool operator==(const PositionMulti&, const PositionMulti&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
    io("account", m.account);
    WireContract::in_reply(io, m.contract);
    io("position", m.position);
    io("avgCost", m.avg_cost);
    io("modelCode", m.model_code);
  }
};

struct PositionMultiEnd {
  static constexpr int kId = 72;
  static constexpr std::string_view kName = "positionMultiEnd";
  std::int32_t req_id = 0;

  friend bool operator==(const PositionMultiEnd&, const PositionMultiEnd&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
  }
};

struct AccountUpdateMulti {
  static constexpr int kId = 73;
  static constexpr std::string_view kName = "accountUpdateMulti";
  std::int32_t req_id = 0;
  std::string account;
  std::string model_code;
  std::string key;
  std::string value;
  std::string currency;

  friend bool operator==(const AccountUpdateMulti&, const AccountUpdateMulti&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
    io("account", m.account);
    io("modelCode", m.model_code);
    io("key", m.key);
    io("value", m.value);
    io("currency", m.currency);
  }
};

struct AccountUpdateMultiEnd {
  static constexpr int kId = 74;
  static constexpr std::string_view kName = "accountUpdateMultiEnd";
  std::int32_t req_id = 0;

  friend bool operator==(const AccountUpdateMultiEnd&, const AccountUpdateMultiEnd&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("reqId", m.req_id);
  }
};

struct Pnl {
  static constexpr int kId = 94;
  static constexpr std::string_view kName = "pnl";
  std::int32_t req_id = 0;
  std::optional<double> daily_pnl;
  std::optional<double> unrealized_pnl;
  std::optional<double> realized_pnl;

  friend bool operator==(const Pnl&, const Pnl&) = default;
  static void layout(auto& io, auto& m) {
    io("reqId", m.req_id);
    io.maximum("dailyPnL", m.daily_pnl);
    io.maximum("unrealizedPnL", m.unrealized_pnl);
    io.maximum("realizedPnL", m.realized_pnl);
  }
};

struct PnlSingle {
  static constexpr int kId = 95;
  static constexpr std::string_view kName = "pnlSingle";
  std::int32_t req_id = 0;
  Size position;
  std::optional<double> daily_pnl;
  std::optional<double> unrealized_pnl;
  std::optional<double> realized_pnl;
  std::optional<double> value;

  friend bool operator==(const PnlSingle&, const PnlSingle&) = default;
  static void layout(auto& io, auto& m) {
    io("reqId", m.req_id);
    io("position", m.position);
    io.maximum("dailyPnL", m.daily_pnl);
    io.maximum("unrealizedPnL", m.unrealized_pnl);
    io.maximum("realizedPnL", m.realized_pnl);
    io.maximum("value", m.value);
  }
};

}  // namespace v6::ibkr
