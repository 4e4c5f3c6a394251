#pragma once

#include <boost/describe.hpp>

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/decision.hpp"
#include "model/order.hpp"

/// Everything the core asks for. The shell obeys the imperative ones and keeps the records; result
/// files and `v6 explain` are made of nothing else.
namespace v6 {

struct ModifyOrder {
  OrderId order;
  Price limit;
};
BOOST_DESCRIBE_STRUCT(ModifyOrder, (), (order, limit))

struct CancelOrder {
  OrderId order;
};
BOOST_DESCRIBE_STRUCT(CancelOrder, (), (order))

/// Answered by LegQuotesArrived.
struct RequestQuotes {
  QuoteRequestId request;
  std::vector<ContractId> contracts;
};
BOOST_DESCRIBE_STRUCT(RequestQuotes, (), (request, contracts))

/// Whether a timer takes its turn among the events of its instant, or waits until they and all that
/// follows from them have been answered.
enum class TimerTurn : std::uint8_t { kInOrder, kWhenQuiet };
BOOST_DESCRIBE_ENUM(TimerTurn, kInOrder, kWhenQuiet)

/// Answered by TimerFired at that time or as soon after as may be.
struct SetTimer {
  TimerId timer;
  Instant at;
  TimerTurn turn = TimerTurn::kInOrder;
};
BOOST_DESCRIBE_STRUCT(SetTimer, (), (timer, at, turn))

enum class AlertLevel : std::uint8_t { kInfo, kWarning, kCritical };
BOOST_DESCRIBE_ENUM(AlertLevel, kInfo, kWarning, kCritical)

struct RaiseAlert {
  AlertLevel level = AlertLevel::kInfo;
  std::string what;  // what happened, what the bot did, what a person must do
  DecisionId decision;
  IntentId intent;
};
BOOST_DESCRIBE_STRUCT(RaiseAlert, (), (level, what, decision, intent))

struct RecordDecision {
  Decision decision;
};
BOOST_DESCRIBE_STRUCT(RecordDecision, (), (decision))

/// An order that reached its end, or stands at the end of the run.
struct RecordOrder {
  OrderTicket ticket;
  std::vector<Price> limits;  // as worked, first to last
  OrderStatus status = OrderStatus::kSending;
  Contracts filled;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(RecordOrder, (), (ticket, limits, status, filled, reason))

/// One contract changed hands, or settled (quantity positive, price the intrinsic value).
struct RecordFill {
  FillId id;
  Instant at;
  StructureId structure;
  IntentId intent;
  DecisionId decision;
  StructureKind kind = StructureKind::kCustom;
  LegFill fill;
};
BOOST_DESCRIBE_STRUCT(RecordFill, (), (id, at, structure, intent, decision, kind, fill))

/// The broker charged another amount than was booked with the fill.
struct RecordFeeChange {
  StructureId structure;
  OrderId order;
  ContractId contract;
  Money more;
};
BOOST_DESCRIBE_STRUCT(RecordFeeChange, (), (structure, order, contract, more))

/// A leg as it was when the structure was opened.
struct EntryLeg {
  Leg leg;
  Quote quote;
  std::optional<double> iv;
  std::optional<double> delta;
  std::uint32_t open_interest = 0;
};
BOOST_DESCRIBE_STRUCT(EntryLeg, (), (leg, quote, iv, delta, open_interest))

/// A structure when it closes, or as it stands at the end of the run.
struct RecordStructure {
  StructureId id;
  StructureKind kind = StructureKind::kCustom;
  Symbol underlying;
  Instant opened_at;
  std::optional<Instant> closed_at;
  Contracts quantity;  // as opened
  std::vector<EntryLeg> legs;
  Price entry_price;  // signed as cash, per unit
  Price width;
  Money worst_case;
  int dte_at_entry = 0;
  Price spot_at_entry;
  std::string exit_rule;
  Money realised;
  Money unrealised;
  Money fees;
  Money slippage;  // fills against the mid at decision; positive is what it cost
  StructureId rolled_from;
  StructureId rolled_to;
  DecisionId decision;
  bool adopted = false;
};
BOOST_DESCRIBE_STRUCT(RecordStructure, (),
                      (id, kind, underlying, opened_at, closed_at, quantity, legs, entry_price,
                       width, worst_case, dte_at_entry, spot_at_entry, exit_rule, realised,
                       unrealised, fees, slippage, rolled_from, rolled_to, decision, adopted))

/// One open structure at one snapshot.
struct StructureMark {
  StructureId id;
  Price mid;  // of closing it, signed as cash to us
  std::optional<double> upl;
  Money net_pnl;
  bool valid = false;
};
BOOST_DESCRIBE_STRUCT(StructureMark, (), (id, mid, upl, net_pnl, valid))

/// Profit since the snapshot before, in dollars, by its first-order causes.
struct Attribution {
  double delta = 0;
  double gamma = 0;
  double theta = 0;
  double vega = 0;
  double slippage = 0;  // fills against the mid
  double fees = 0;
  double residual = 0;
};
BOOST_DESCRIBE_STRUCT(Attribution, (), (delta, gamma, theta, vega, slippage, fees, residual))

/// The account at the end of a snapshot. Greeks are position totals.
struct RecordEquity {
  Instant at;
  Price spot;
  Money cash;
  Money positions_value;
  Money net_liquidation;
  std::int32_t open_structures = 0;
  std::optional<Money> worst_case;  // absent: without bound
  double delta = 0;
  double gamma = 0;
  double theta = 0;
  double vega = 0;
  Attribution attribution;
  std::vector<StructureMark> marks;
};
BOOST_DESCRIBE_STRUCT(RecordEquity, (),
                      (at, spot, cash, positions_value, net_liquidation, open_structures,
                       worst_case, delta, gamma, theta, vega, attribution, marks))

struct SubmitOrder {
  ApprovedOrder order;
};
BOOST_DESCRIBE_STRUCT(SubmitOrder, (), (order))

/// A submitted order as the journal gives it back: to read, not to send.
struct SubmittedOrder {
  OrderTicket order;
};
BOOST_DESCRIBE_STRUCT(SubmittedOrder, (), (order))

template <class Submit>
using CommandOf = std::variant<Submit, ModifyOrder, CancelOrder, RequestQuotes, SetTimer,
                               RaiseAlert, RecordDecision, RecordOrder, RecordFill, RecordStructure,
                               RecordEquity, RecordFeeChange>;
using Command = CommandOf<SubmitOrder>;
/// The same bytes as the Command it was encoded from.
using JournalledCommand = CommandOf<SubmittedOrder>;
using Commands = std::vector<Command>;

}  // namespace v6
