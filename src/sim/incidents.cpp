#include "sim/incidents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "calendar/new_york.hpp"
#include "ibkr/catalogue.hpp"

namespace v6 {
namespace {

/// Keys that every incident may have.
constexpr std::string_view kAlways = " at on nth after_ms do ";

struct DeedRow {
  Deed deed;
  std::string_view name;
  std::string_view needs;  // keys between blanks
  std::string_view may;
  std::string_view kinds;  // of `kind`, the first being what it is without
  std::string_view story;
};

constexpr std::array kRows{
    DeedRow{Deed::kDropSocket, "drop the socket", "", "kind", "told lost", "the socket is dropped"},
    DeedRow{Deed::kRefuseConnections, "refuse connections", "for_s", "", "",
            "connections are refused"},
    DeedRow{Deed::kHalfOpen, "half-open", "", "", "",
            "the link is half-open: nothing arrives any more"},
    DeedRow{Deed::kMute, "mute", "for_s", "", "",
            "the gateway takes everything and answers nothing"},
    DeedRow{Deed::kDelayBytes, "delay bytes", "ms", "for_s", "", "every byte comes late"},
    DeedRow{Deed::kSplitBytes, "split bytes", "bytes", "for_s", "",
            "messages arrive in small pieces"},
    DeedRow{Deed::kCoalesceBytes, "coalesce bytes", "ms", "for_s", "",
            "messages arrive many at once"},
    DeedRow{Deed::kCorruptFrame, "corrupt a frame", "", "kind", "length garbage text",
            "a message arrives damaged"},
    DeedRow{Deed::kSay, "say", "code", "text times", "", "the gateway says"},
    DeedRow{Deed::kLoseServer, "lose the server", "", "code text for_s kind", "kept bare",
            "the gateway loses its server"},
    DeedRow{Deed::kRestoreServer, "restore the server", "code", "text", "", "the gateway is back"},
    DeedRow{Deed::kBreakFarm, "break a farm", "code", "text for_s", "", "a farm breaks"},
    DeedRow{Deed::kMendFarm, "mend a farm", "code", "text", "", "a farm is fine again"},
    DeedRow{Deed::kCompete, "compete", "for_s", "", "", "another session takes the market data"},
    DeedRow{Deed::kRestart, "restart", "for_s", "quantity", "", "the gateway restarts"},
    DeedRow{Deed::kWeeklyLogin, "weekly login", "for_s", "", "",
            "the gateway waits for its weekly login"},
    DeedRow{Deed::kRollBackIds, "roll back ids", "quantity", "", "",
            "the gateway forgets the last order ids"},
    DeedRow{Deed::kRepeatHandshake, "repeat the handshake", "", "", "",
            "nextValidId and managedAccounts come again"},
    DeedRow{Deed::kTakeClientId, "take the client id", "for_s", "", "",
            "another program holds the client id"},
    DeedRow{Deed::kShowAccount, "show another account", "text", "for_s", "",
            "the gateway shows another account"},
    DeedRow{Deed::kSpeakVersion, "speak another version", "code", "for_s", "",
            "the gateway speaks another version"},
    DeedRow{Deed::kUnknownMessage, "send unknown messages", "", "", "",
            "messages nobody knows arrive"},
    DeedRow{Deed::kForeignNumbers, "answer unknown numbers", "", "", "",
            "replies to numbers nobody gave arrive"},
    DeedRow{Deed::kNeverAnswer, "never answer", "message", "times for_s", "",
            "a request is never answered"},
    DeedRow{Deed::kOmit, "leave out", "message", "times for_s", "", "a reply is left out"},
    DeedRow{Deed::kLate, "delay", "message ms", "times for_s", "", "a reply comes late"},
    DeedRow{Deed::kRepeat, "repeat", "message", "times for_s", "", "a reply comes twice"},
    DeedRow{Deed::kRefuseLines, "refuse market data", "code", "text times for_s", "",
            "market data is refused"},
    DeedRow{Deed::kDropSubscription, "drop a subscription", "", "", "",
            "a subscription is dropped"},
    DeedRow{Deed::kLoseOrder, "lose the order", "", "times", "", "an order is lost on its way"},
    DeedRow{Deed::kLoseAcknowledgement, "lose the acknowledgement", "", "for_s", "",
            "the acknowledgement is lost"},
    DeedRow{Deed::kDelayAcknowledgement, "delay the acknowledgement", "ms", "for_s", "",
            "the acknowledgement comes late"},
    DeedRow{Deed::kDuplicateAcknowledgement, "duplicate the acknowledgement", "", "for_s", "",
            "acknowledgements come twice"},
    DeedRow{Deed::kReject, "reject", "code text", "times", "", "an order is rejected"},
    DeedRow{Deed::kUsedId, "call the id used", "", "kind", "live dead",
            "an order id is said to be used"},
    DeedRow{Deed::kHoldOrder, "hold the order", "", "text", "", "an order is held"},
    DeedRow{Deed::kCancelUnasked, "cancel unasked", "", "text", "", "the broker cancels an order"},
    DeedRow{Deed::kCrossCancel, "hold cancels", "", "for_s", "",
            "cancels wait, and a fill may win"},
    DeedRow{Deed::kTwinOrder, "twin the order", "", "", "", "a change makes a second order of one"},
    DeedRow{Deed::kForeignOrder, "foreign order", "", "quantity", "",
            "somebody places an order by hand"},
    DeedRow{Deed::kFill, "fill", "", "quantity", "", "the order fills"},
    DeedRow{Deed::kHoldFills, "hold fills", "for_s", "", "", "nothing fills"},
    DeedRow{Deed::kPartialFills, "partial fills", "quantity", "ms", "", "orders fill in parts"},
    DeedRow{Deed::kDuplicateExecution, "duplicate the execution", "", "", "",
            "the last execution is told again"},
    DeedRow{Deed::kCorrectExecution, "correct the execution", "by", "", "",
            "the last execution is corrected"},
    DeedRow{Deed::kUnevenCombo, "uneven combo", "", "for_s", "", "one leg's execution is not told"},
    DeedRow{Deed::kCloseByHand, "close by hand", "", "kind", "short long",
            "somebody closes a leg by hand"},
    DeedRow{Deed::kLiquidate, "liquidate", "", "kind", "short long", "the broker liquidates a leg"},
    DeedRow{Deed::kAssign, "assign", "", "", "", "a short leg is assigned"},
    DeedRow{Deed::kHalt, "halt", "", "for_s", "", "trading is halted"},
    DeedRow{Deed::kWrongTick, "wrong tick", "by", "for_s times", "", "price steps are told wrong"},
    DeedRow{Deed::kSentinels, "sentinels", "", "kind for_s times",
            "price size account position order nan", "placeholders stand where numbers should"},
    DeedRow{Deed::kCrossQuotes, "impossible quotes", "", "for_s kind",
            "crossed locked zero negative", "quotes are impossible"},
    DeedRow{Deed::kStaleQuotes, "stale quotes", "", "for_s kind", "all legs underlying one",
            "quotes stand still"},
    DeedRow{Deed::kSpike, "spike", "by", "for_s kind", "legs underlying one", "quotes jump"},
    DeedRow{Deed::kDelayedData, "change the data type", "code", "for_s", "",
            "data is of another type"},
    DeedRow{Deed::kAbsurdGreeks, "useless greeks", "", "for_s kind", "absurd missing",
            "the broker's greeks are of no use"},
    DeedRow{Deed::kThinChain, "thin the chain", "", "for_s", "", "the chain lacks strikes"},
    DeedRow{Deed::kRenumber, "renumber the underlying", "", "for_s", "",
            "the underlying's contract has another number"},
    DeedRow{Deed::kWrongHours, "other trading hours", "text", "for_s", "",
            "the broker's trading hours differ"},
    DeedRow{Deed::kScaleMargin, "scale the margin", "by", "for_s", "",
            "margin requirements change"},
    DeedRow{Deed::kChangeCash, "change cash", "by", "", "", "cash moves without a trade"},
    DeedRow{Deed::kOmitFigure, "leave out a figure", "text", "for_s", "",
            "a figure of the account is missing"}};

const DeedRow* row_of(std::string_view name) {
  const auto found = std::ranges::find(kRows, name, &DeedRow::name);
  return found == kRows.end() ? nullptr : &*found;
}

std::string deed_names() {
  std::string names;
  for (const DeedRow& row : kRows) {
    names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", row.name);
  }
  return names;
}

/// Each word of a list between blanks.
template <class Visit>
void for_each_word(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    if (end > 0) { visit(list.substr(0, end)); }
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

bool has_word(std::string_view list, std::string_view word) {
  bool found = false;
  for_each_word(list, [&](std::string_view each) { found = found || each == word; });
  return found;
}

template <class... M>
std::optional<int> number_in(std::tuple<M...>* /*all*/, std::string_view name) {
  std::optional<int> number;
  ((M::kName == name ? void(number = M::kId) : void()), ...);
  return number;
}

template <class... M>
std::string names_in(std::tuple<M...>* /*all*/) {
  std::string names;
  ((names += (names.empty() ? "" : ", ") + std::string{M::kName}), ...);
  return names;
}

constexpr std::string_view kEvents =
    "connect, order placed, order changed, order cancelled, order acknowledged, fill, "
    "request:NAME, reply:NAME";

}  // namespace

std::optional<int> request_number(std::string_view name) {
  return number_in(static_cast<ibkr::Requests*>(nullptr), name);
}

std::optional<int> reply_number(std::string_view name) {
  return number_in(static_cast<ibkr::Replies*>(nullptr), name);
}

std::optional<IncidentTime> parse_incident_time(std::string_view text) {
  IncidentTime parsed;
  const std::string copy{text};
  const char* rest = copy.c_str();
  int read = 0;
  if (std::sscanf(rest, "day %3d %n", &parsed.day, &read) == 1 && read > 0) { rest += read; }
  int hour = -1;
  int minute = -1;
  int second = 0;
  read = 0;
  if (std::sscanf(rest, "%2d:%2d%n", &hour, &minute, &read) != 2 || read != 5) {
    return std::nullopt;
  }
  rest += read;
  if (*rest != '\0' &&
      (std::sscanf(rest, ":%2d%n", &second, &read) != 1 || read != 3 || rest[3] != '\0')) {
    return std::nullopt;
  }
  const bool fits = parsed.day >= 1 && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 &&
                    second >= 0 && second < 60;
  parsed.time =
      std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second};
  return fits ? std::optional{parsed} : std::nullopt;
}

std::optional<Instant> instant_of(const IncidentTime& time, Date first, const Calendar& calendar) {
  Date date = first;
  for (int day = 1; day < time.day; ++day) {
    const auto next = calendar.next_session(date);
    if (!next) { return std::nullopt; }
    date = *next;
  }
  const auto minutes = std::chrono::floor<std::chrono::minutes>(time.time);
  return new_york_instant(date, minutes) + (time.time - minutes);
}

std::optional<IncidentEvent> parse_incident_event(std::string_view text) {
  using Kind = IncidentEvent::Kind;
  static constexpr std::array<std::pair<std::string_view, Kind>, 6> kPlain{
      {{"connect", Kind::kConnect},
       {"order placed", Kind::kOrderPlaced},
       {"order changed", Kind::kOrderChanged},
       {"order cancelled", Kind::kOrderCancelled},
       {"order acknowledged", Kind::kOrderAcknowledged},
       {"fill", Kind::kFill}}};
  for (const auto& [name, kind] : kPlain) {
    if (text == name) { return IncidentEvent{.kind = kind}; }
  }
  const auto named = [&](std::string_view prefix, Kind kind,
                         auto number) -> std::optional<IncidentEvent> {
    const auto found = number(text.substr(prefix.size()));
    return found ? std::optional{IncidentEvent{.kind = kind, .message = *found}} : std::nullopt;
  };
  if (text.starts_with("request:")) { return named("request:", Kind::kRequest, request_number); }
  if (text.starts_with("reply:")) { return named("reply:", Kind::kReply, reply_number); }
  return std::nullopt;
}

std::optional<IncidentFault> fault_of(const Incident& incident,
                                      std::span<const std::string> given) {
  const auto has = [&](std::string_view key) {
    return std::ranges::find(given, key) != given.end();
  };
  if (!has("do")) { return IncidentFault{"do", "is missing: what happens"}; }
  const DeedRow* const found = row_of(incident.deed);
  if (found == nullptr) { return IncidentFault{"do", fmt::format("accepted {}", deed_names())}; }
  const DeedRow& row = *found;
  for (const std::string& key : given) {
    if (has_word(kAlways, key) || has_word(row.needs, key) || has_word(row.may, key)) { continue; }
    const std::string takes = fmt::format("{}{}{}", row.needs, row.may.empty() ? "" : " ", row.may);
    return IncidentFault{key, fmt::format("means nothing for {}; accepted {}", incident.deed,
                                          takes.empty() ? "no values" : takes)};
  }
  std::string missing;
  for_each_word(row.needs, [&](std::string_view key) {
    if (missing.empty() && !has(key)) { missing = key; }
  });
  if (!missing.empty()) {
    return IncidentFault{missing, fmt::format("is missing: {} needs it", incident.deed)};
  }
  if (has("at") == has("on")) {
    return IncidentFault{"at",
                         "accepted either at = \"10:05\" or on = \"order placed\", one of them"};
  }
  if (has("at") && !parse_incident_time(incident.at)) {
    return IncidentFault{"at",
                         "accepted a time in New York, \"10:05\", \"10:05:30\" or \"day 2 10:05\""};
  }
  if (has("on") && !parse_incident_event(incident.on)) {
    return IncidentFault{"on", fmt::format("accepted {}", kEvents)};
  }
  if (has("kind") && !has_word(row.kinds, incident.kind)) {
    return IncidentFault{"kind", fmt::format("accepted {}", row.kinds)};
  }
  if (has("message")) {
    const bool request = row.deed == Deed::kNeverAnswer;
    if (request ? !request_number(incident.message) : !reply_number(incident.message)) {
      return IncidentFault{
          "message",
          fmt::format("accepted {}", request ? names_in(static_cast<ibkr::Requests*>(nullptr))
                                             : names_in(static_cast<ibkr::Replies*>(nullptr)))};
    }
  }
  return std::nullopt;
}

Deed deed_of(const Incident& incident) { return row_of(incident.deed)->deed; }

std::string story_of(const Incident& incident) {
  std::string story{row_of(incident.deed)->story};
  if (!incident.message.empty()) { story += ": " + incident.message; }
  if (incident.code != 0) { story += fmt::format(" {}", incident.code); }
  if (!incident.text.empty()) { story += ": " + incident.text; }
  if (!incident.kind.empty()) { story += fmt::format(" ({})", incident.kind); }
  if (incident.for_s > 0) { story += fmt::format(", for {} s", incident.for_s); }
  return story;
}

}  // namespace v6
