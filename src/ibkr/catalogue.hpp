#pragma once

#include <array>
#include <charconv>
#include <expected>
#include <string>
#include <string_view>
#include <tuple>

#include "ibkr/messages/account.hpp"
#include "ibkr/messages/contracts.hpp"
#include "ibkr/messages/history.hpp"
#include "ibkr/messages/market_data.hpp"
#include "ibkr/messages/orders.hpp"
#include "ibkr/messages/session.hpp"

/// Every message of server versions 177 and 178, both ways, and how bytes become one of them. The
/// client writes requests and reads replies; the simulated gateway does the reverse, over the same
/// layouts. Another dialect is another catalogue: nothing outside knows how a message travels.
namespace v6::ibkr {

using Requests =
    std::tuple<StartApi, ReqIds, ReqManagedAccts, ReqCurrentTime, SetServerLogLevel, ReqUserInfo,
               ReqContractDetails, ReqSecDefOptParams, ReqMatchingSymbols, ReqMarketRule,
               ReqMktData, CancelMktData, ReqMarketDataType, PlaceOrder, CancelOrder,
               ReqGlobalCancel, ReqOpenOrders, ReqAllOpenOrders, ReqAutoOpenOrders,
               ReqCompletedOrders, ReqExecutions, ExerciseOptions, ReqPositions, CancelPositions,
               ReqAccountUpdates, ReqAccountSummary, CancelAccountSummary, ReqPositionsMulti,
               CancelPositionsMulti, ReqAccountUpdatesMulti, CancelAccountUpdatesMulti, ReqPnl,
               CancelPnl, ReqPnlSingle, CancelPnlSingle, ReqHistoricalData, CancelHistoricalData,
               CalculateImpliedVolatility, CalculateOptionPrice, CancelCalculateImpliedVolatility,
               CancelCalculateOptionPrice>;

using Replies =
    std::tuple<ManagedAccounts, NextValidId, CurrentTime, Error, UserInfo, ContractData,
               ContractDataEnd, SecurityDefinitionOptionParameter,
               SecurityDefinitionOptionParameterEnd, MarketRule, SymbolSamples, TickPrice, TickSize,
               TickOptionComputation, TickGeneric, TickString, TickReqParams, TickSnapshotEnd,
               MarketDataType, OrderStatus, OpenOrder, OpenOrderEnd, CompletedOrder,
               CompletedOrdersEnd, OrderBound, ExecDetails, ExecDetailsEnd, CommissionReport,
               UpdateAccountValue, UpdatePortfolio, UpdateAccountTime, AccountDownloadEnd, Position,
               PositionEnd, AccountSummary, AccountSummaryEnd, PositionMulti, PositionMultiEnd,
               AccountUpdateMulti, AccountUpdateMultiEnd, Pnl, PnlSingle, HistoricalData,
               HistoricalDataUpdate>;

/// A message of an id that we do not speak; `fields` is what follows the id.
struct UnknownMessage {
  int id = 0;
  std::string_view fields;
};

/// What a reader tells of a message besides its content.
struct ReadNote {
  /// Fields beyond the layout: a newer peer. They were ignored.
  bool surplus = false;
};

/// Appends the message with its length before it.
template <class M>
void append_message(std::string& out, const M& message, int server_version) {
  const std::size_t start = out.size();
  out.append(4, '\0');
  FieldWriter writer{out, server_version};
  writer("id", std::int32_t{M::kId});
  M::layout(writer, message);
  const auto length = static_cast<std::uint32_t>(out.size() - start - 4);
  for (std::size_t i = 0; i < 4; ++i) {
    out[start + i] = static_cast<char>(length >> (24 - 8 * i) & 0xFFU);
  }
}

namespace catalogue {

using Result = std::expected<ReadNote, WireError>;
inline constexpr int kHighestId = 111;

template <class M, Placeholder needed, class Handler>
Result read(std::string_view fields, int version, Handler& handler) {
  FieldReader reader{fields, version, needed};
  M message;
  M::layout(reader, message);
  if (!reader.ok()) {
    WireError error = *reader.error();
    error.message = M::kName;
    return std::unexpected{std::move(error)};
  }
  handler(static_cast<const M&>(message));
  return ReadNote{.surplus = !reader.left().empty()};
}

template <class Handler>
using Reader = Result (*)(std::string_view, int, Handler&);

template <Placeholder needed, class Handler, class... M>
constexpr auto readers(std::tuple<M...>* /*all*/) {
  std::array<Reader<Handler>, kHighestId + 1> table{};
  ((table[static_cast<std::size_t>(M::kId)] = &read<M, needed, Handler>), ...);
  return table;
}

template <class Messages, Placeholder needed, class Handler>
Result dispatch(std::string_view payload, int version, Handler& handler) {
  static constexpr auto kTable = readers<needed, Handler>(static_cast<Messages*>(nullptr));
  const auto refuse = [&](std::string_view value, std::string_view why) -> Result {
    return std::unexpected{WireError{.message = "message",
                                     .field = "id",
                                     .value = std::string{value.substr(0, 40)},
                                     .why = std::string{why}}};
  };
  const char* const nul =
      wire::end_of_field(payload.data(), payload.data(), payload.data() + payload.size());
  if (nul == nullptr) { return refuse(payload, "does not end"); }
  const auto end = static_cast<std::size_t>(nul - payload.data());
  int id = 0;
  const auto [stop, error] = std::from_chars(payload.data(), payload.data() + end, id);
  if (error != std::errc{} || stop != payload.data() + end) {
    return refuse(payload.substr(0, end), "is not a number");
  }
  const std::string_view fields = payload.substr(end + 1);
  if (id < 0 || id > kHighestId || kTable[static_cast<std::size_t>(id)] == nullptr) {
    handler(UnknownMessage{.id = id, .fields = fields});
    return ReadNote{};
  }
  return kTable[static_cast<std::size_t>(id)](fields, version, handler);
}

}  // namespace catalogue

// Handlers are called for one message after another and never given away: nothing to forward.
// NOLINTBEGIN(cppcoreguidelines-missing-std-forward)

/// Reads one message of a client and calls `handler` with it; UnknownMessage for ids we do not
/// speak. Text on the tick path views `payload`. Errors: nothing was handled, and why.
template <class Handler>
[[nodiscard]] std::expected<ReadNote, WireError> read_request(std::string_view payload, int version,
                                                              Handler&& handler) {
  return catalogue::dispatch<Requests, Placeholder::kIsZero>(payload, version, handler);
}

/// The same for a message of the server.
template <class Handler>
[[nodiscard]] std::expected<ReadNote, WireError> read_reply(std::string_view payload, int version,
                                                            Handler&& handler) {
  return catalogue::dispatch<Replies, Placeholder::kIsError>(payload, version, handler);
}

// NOLINTEND(cppcoreguidelines-missing-std-forward)

}  // namespace v6::ibkr
