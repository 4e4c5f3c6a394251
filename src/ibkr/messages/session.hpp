#pragma once

#include "ibkr/messages/blocks.hpp"

/// Session and errors: protocol reference 2.1.1 and 2.2.1.
namespace v6::ibkr {

// Requests.

struct StartApi {
  static constexpr int kId = 71;
  static constexpr std::string_view kName = "startApi";
  std::int32_t client_id = 0;
  std::string optional_capabilities;

  friend bool operator==(const StartApi&, const StartApi&) = default;
  static void layout(auto& io, auto& m) {
    io.version(2);
    io("clientId", m.client_id);
    io("optionalCapabilities", m.optional_capabilities);
  }
};

/// Answered by one NextValidId; reserves nothing.
struct ReqIds {
  static constexpr int kId = 8;
  static constexpr std::string_view kName = "reqIds";
  std::int32_t num_ids = 1;

  friend bool operator==(const ReqIds&, const ReqIds&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("numIds", m.num_ids);
  }
};

struct ReqManagedAccts {
  static constexpr int kId = 17;
  static constexpr std::string_view kName = "reqManagedAccts";

  friend bool operator==(const ReqManagedAccts&, const ReqManagedAccts&) = default;
  static void layout(auto& io, auto&) { io.version(1); }
};

struct ReqCurrentTime {
  static constexpr int kId = 49;
  static constexpr std::string_view kName = "reqCurrentTime";

  friend bool operator==(const ReqCurrentTime&, const ReqCurrentTime&) = default;
  static void layout(auto& io, auto&) { io.version(1); }
};

struct SetServerLogLevel {
  static constexpr int kId = 14;
  static constexpr std::string_view kName = "setServerLogLevel";
  std::int32_t level = 2;

  friend bool operator==(const SetServerLogLevel&, const SetServerLogLevel&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("level", m.level);
  }
};

struct ReqUserInfo {
  static constexpr int kId = 104;
  static constexpr std::string_view kName = "reqUserInfo";
  std::int32_t req_id = 0;

  friend bool operator==(const ReqUserInfo&, const ReqUserInfo&) = default;
  static void layout(auto& io, auto& m) { io("reqId", m.req_id); }
};

// Replies.

struct ManagedAccounts {
  static constexpr int kId = 15;
  static constexpr std::string_view kName = "managedAccounts";
  std::string accounts_list;  // comma-separated, may end with a comma

  friend bool operator==(const ManagedAccounts&, const ManagedAccounts&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("accountsList", m.accounts_list);
  }
};

struct NextValidId {
  static constexpr int kId = 9;
  static constexpr std::string_view kName = "nextValidId";
  std::int32_t order_id = 0;

  friend bool operator==(const NextValidId&, const NextValidId&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("orderId", m.order_id);
  }
};

struct CurrentTime {
  static constexpr int kId = 49;
  static constexpr std::string_view kName = "currentTime";
  std::int64_t time = 0;  // seconds since 1970, UTC

  friend bool operator==(const CurrentTime&, const CurrentTime&) = default;
  static void layout(auto& io, auto& m) {
    io.version(1);
    io("time", m.time);
  }
};

/// `id` is a request's, an order's, or -1: the wire does not say which.
struct Error {
  static constexpr int kId = 4;
  static constexpr std::string_view kName = "error";
  std::int32_t id = -1;
  std::int32_t code = 0;
  std::string text;
  std::string advanced_order_reject_json;  // empty or one JSON object

  friend bool operator==(const Error&, const Error&) = default;
  static void layout(auto& io, auto& m) {
    io.version(2);
    io("id", m.id);
    io("errorCode", m.code);
    io("errorString", m.text);
    io("advancedOrderRejectJson", m.advanced_order_reject_json);
  }
};

struct UserInfo {
  static constexpr int kId = 107;
  static constexpr std::string_view kName = "userInfo";
  std::int32_t req_id = 0;
  std::string white_branding_id;

  friend bool operator==(const UserInfo&, const UserInfo&) = default;
  static void layout(auto& io, auto& m) {
    io("reqId", m.req_id);
    io("whiteBrandingId", m.white_branding_id);
  }
};

}  // namespace v6::ibkr
