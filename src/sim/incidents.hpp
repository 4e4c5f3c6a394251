#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/settings.hpp"
#include "base/time.hpp"
#include "calendar/calendar.hpp"
#include "model/money.hpp"

/// What goes wrong at a simulated broker, as a scenario file says it. docs/GATEWAY.md lists the
/// words.
namespace v6 {

enum class Deed : std::uint8_t {
  // The link.
  kDropSocket,
  kRefuseConnections,
  kHalfOpen,
  kMute,
  kDelayBytes,
  kSplitBytes,
  kCoalesceBytes,
  kCorruptFrame,
  // The session.
  kSay,
  kLoseServer,
  kRestoreServer,
  kBreakFarm,
  kMendFarm,
  kCompete,
  kRestart,
  kWeeklyLogin,
  kRollBackIds,
  kRepeatHandshake,
  kTakeClientId,
  kShowAccount,
  kSpeakVersion,
  kUnknownMessage,
  kForeignNumbers,
  // Requests and replies.
  kNeverAnswer,
  kOmit,
  kLate,
  kRepeat,
  kRefuseLines,
  kDropSubscription,
  // Orders.
  kLoseOrder,
  kLoseAcknowledgement,
  kDelayAcknowledgement,
  kDuplicateAcknowledgement,
  kReject,
  kUsedId,
  kHoldOrder,
  kCancelUnasked,
  kCrossCancel,
  kTwinOrder,
  kForeignOrder,
  // Fills and positions.
  kFill,
  kHoldFills,
  kPartialFills,
  kDuplicateExecution,
  kCorrectExecution,
  kUnevenCombo,
  kCloseByHand,
  kLiquidate,
  kAssign,
  // The market and the account.
  kHalt,
  kWrongTick,
  kSentinels,
  kCrossQuotes,
  kStaleQuotes,
  kSpike,
  kDelayedData,
  kAbsurdGreeks,
  kThinChain,
  kRenumber,
  kWrongHours,
  kScaleMargin,
  kChangeCash,
  kOmitFigure,
};

/// One thing that goes wrong. `at` or `on` says when; a deed takes only the values that mean
/// something for it.
struct Incident {
  std::string at;
  std::string on;
  int nth = 1;
  int after_ms = 0;
  std::string deed;
  double for_s = 0;
  int ms = 0;
  int bytes = 0;
  int times = 1;
  int code = 0;
  std::string text;
  std::string message;
  std::string kind;
  int quantity = 0;
  double by = 0;

  static constexpr auto fields() {
    using S = Incident;
    return std::tuple{
        field("at", &S::at, "\"10:05\" of the first day or \"day 2 10:05\", New York"),
        field("on", &S::on, "an event: connect, order placed, fill, request:reqPositions, ..."),
        number("nth", &S::nth, 1, 1'000'000, "", "of those events"),
        number("after_ms", &S::after_ms, 0, 86'400'000, "milliseconds", "after the event"),
        field("do", &S::deed, "what happens, in words"),
        number("for_s", &S::for_s, 0, 86'400, "seconds", "how long it lasts; 0: for good"),
        number("ms", &S::ms, 0, 86'400'000, "milliseconds", "how late"),
        number("bytes", &S::bytes, 0, 1'000'000, "bytes", "a piece"),
        number("times", &S::times, 1, 1'000'000, "", "how often"),
        number("code", &S::code, 0, 100'000, "", "error code, or another number of the protocol"),
        field("text", &S::text, "what is said"),
        field("message", &S::message, "a message of the protocol, as openOrderEnd"),
        field("kind", &S::kind, "which sort of it"),
        number("quantity", &S::quantity, 0, 1'000'000, "", "contracts, orders, ids or legs"),
        number("by", &S::by, -1e9, 1e9, "", "factor, or dollars")};
  }
};

/// When an incident is due.
struct IncidentTime {
  int day = 1;                  // sessions from the first
  std::chrono::seconds time{};  // after midnight, New York
};
/// "10:05", "10:05:30", "day 2 10:05".
[[nodiscard]] std::optional<IncidentTime> parse_incident_time(std::string_view text);
/// That time in New York; absent when the calendar does not reach so far.
[[nodiscard]] std::optional<Instant> instant_of(const IncidentTime& time, Date first,
                                                const Calendar& calendar);

/// What an `on` waits for.
struct IncidentEvent {
  enum class Kind : std::uint8_t {
    kConnect,
    kOrderPlaced,
    kOrderChanged,
    kOrderCancelled,
    kOrderAcknowledged,
    kFill,
    kRequest,
    kReply,
  };
  Kind kind = Kind::kConnect;
  int message = 0;  // of a request or a reply
};
[[nodiscard]] std::optional<IncidentEvent> parse_incident_event(std::string_view text);

/// The number of a request or a reply of the protocol by its name; absent: there is none.
[[nodiscard]] std::optional<int> request_number(std::string_view name);
[[nodiscard]] std::optional<int> reply_number(std::string_view name);

/// What one incident has wrong, if anything: the key and what is accepted for it. `given` are the
/// keys that stand in the file.
struct IncidentFault {
  std::string key;
  std::string why;
};
[[nodiscard]] std::optional<IncidentFault> fault_of(const Incident& incident,
                                                    std::span<const std::string> given);

/// What it does; the incident has no fault.
[[nodiscard]] Deed deed_of(const Incident& incident);

/// A line for people: "the socket is dropped".
[[nodiscard]] std::string story_of(const Incident& incident);

}  // namespace v6
