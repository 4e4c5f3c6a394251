#pragma once

#include <boost/describe.hpp>

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/market.hpp"
#include "model/order.hpp"

/// Everything that can happen to the core. Past tense: it has happened, the core only reacts.
namespace v6 {

/// A trading day begins: day counters restart, yesterday's chain is gone.
struct SessionStarted {
  Date date;
};
BOOST_DESCRIBE_STRUCT(SessionStarted, (), (date))

/// Contracts seen for the first time; the first one gets the id `first`, the rest follow.
struct ContractsListed {
  ContractId first;
  ContractColumns contracts;
};
BOOST_DESCRIBE_STRUCT(ContractsListed, (), (first, contracts))

/// An underlying's whole chain. It nominates and marks; only fresh leg quotes open.
struct ChainSnapshotTaken {
  Symbol underlying;
  Price spot;
  QuoteKind kind = QuoteKind::kLive;
  std::shared_ptr<const Chain> chain;
  std::vector<RefusedQuotes> refused;
};
BOOST_DESCRIBE_STRUCT(ChainSnapshotTaken, (), (underlying, spot, kind, chain, refused))

/// The answer to RequestQuotes: legs in the order asked for; a leg without a quote is missing.
struct LegQuotesArrived {
  QuoteRequestId request;
  Price spot;
  Instant spot_at;
  std::vector<LegQuote> quotes;
};
BOOST_DESCRIBE_STRUCT(LegQuotesArrived, (), (request, spot, spot_at, quotes))

/// Everything of this snapshot has been told and answered: mark the book.
struct SnapshotEnded {
  Symbol underlying;
};
BOOST_DESCRIBE_STRUCT(SnapshotEnded, (), (underlying))

struct IndexLevel {
  Symbol index;
  double level = 0;
};
BOOST_DESCRIBE_STRUCT(IndexLevel, (), (index, level))

/// Official values of a finished day: closes of indices, Treasury yields in percent.
struct DailyLevelsPublished {
  Date date;
  std::vector<IndexLevel> closes;
  std::vector<std::optional<double>> treasury_yields;  // 1, 3, 6 months, 1, 2 years; or empty
};
BOOST_DESCRIBE_STRUCT(DailyLevelsPublished, (), (date, closes, treasury_yields))

/// A live level between closes; for VIX, what gates and rules look at.
struct IndexLevelChanged {
  IndexLevel level;
};
BOOST_DESCRIBE_STRUCT(IndexLevelChanged, (), (level))

/// Every open contract of this root and expiry turns into cash at its intrinsic value.
struct SeriesSettled {
  Symbol root;
  Date expiry;
  Price level;
};
BOOST_DESCRIBE_STRUCT(SeriesSettled, (), (root, expiry, level))

struct TimerFired {
  TimerId timer;
};
BOOST_DESCRIBE_STRUCT(TimerFired, (), (timer))

/// The shell has reserved the broker's number for this order and is about to write it.
struct OrderSending {
  OrderId order;
  std::int32_t broker_id = 0;
};
BOOST_DESCRIBE_STRUCT(OrderSending, (), (order, broker_id))

/// Live at the broker, under this lasting number of his; 0 while he has not told it.
struct OrderAcknowledged {
  OrderId order;
  std::int64_t perm_id = 0;
};
BOOST_DESCRIBE_STRUCT(OrderAcknowledged, (), (order, perm_id))

/// `quantity` units of the order's combo, each leg in ratio.
struct OrderFilled {
  OrderId order;
  ExecutionId execution;
  Contracts quantity;
  std::vector<LegFill> legs;
};
BOOST_DESCRIBE_STRUCT(OrderFilled, (), (order, execution, quantity, legs))

struct OrderCancelled {
  OrderId order;
};
BOOST_DESCRIBE_STRUCT(OrderCancelled, (), (order))

struct OrderRejected {
  OrderId order;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(OrderRejected, (), (order, reason))

/// A deadline passed without an answer.
struct OrderOutcomeUnknown {
  OrderId order;
};
BOOST_DESCRIBE_STRUCT(OrderOutcomeUnknown, (), (order))

/// Two complete looks at the broker's orders, executions and ended orders show no trace of it: it
/// never arrived.
struct OrderNotFound {
  OrderId order;
};
BOOST_DESCRIBE_STRUCT(OrderNotFound, (), (order))

/// What the broker really charged for one leg of an execution, when it is not what was booked.
struct CommissionReported {
  OrderId order;
  ExecutionId execution;
  ContractId contract;
  Money fees;
};
BOOST_DESCRIBE_STRUCT(CommissionReported, (), (order, execution, contract, fees))

/// An order in the account that is not ours.
struct ForeignOrderSeen {
  std::int64_t perm_id = 0;
  std::int32_t client_id = 0;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(ForeignOrderSeen, (), (perm_id, client_id, text))

/// The shell would not write it: latch, mode or age had changed.
struct SendRefused {
  OrderId order;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(SendRefused, (), (order, reason))

struct ContractPosition {
  Contract contract;
  Contracts quantity;  // signed
};
BOOST_DESCRIBE_STRUCT(ContractPosition, (), (contract, quantity))

/// The broker's complete list of positions; what is not in it is flat.
struct PositionsReported {
  std::vector<ContractPosition> positions;
};
BOOST_DESCRIBE_STRUCT(PositionsReported, (), (positions))

/// Shares of an underlying in the account: assignment or exercise happened.
struct SharesReported {
  Symbol underlying;
  std::int64_t shares = 0;
};
BOOST_DESCRIBE_STRUCT(SharesReported, (), (underlying, shares))

/// A cash dividend: who holds the share before `ex_date` gets `amount`.
struct CashPayment {
  Date ex_date;
  Price amount;
  bool projected = false;  // by last year's pattern; else paid or declared
};
BOOST_DESCRIBE_STRUCT(CashPayment, (), (ex_date, amount, projected))

/// What an underlying pays from now on, by ex-date; what was said before no longer counts.
struct DividendsPublished {
  Symbol underlying;
  std::vector<CashPayment> payments;
};
BOOST_DESCRIBE_STRUCT(DividendsPublished, (), (underlying, payments))

enum class OperatorWord : std::uint8_t {
  kHalt,           // no opening orders (L1)
  kReduceOnly,     // exits and cancels only
  kCancelWorking,  // L2: halt, and cancel every working opening order
  kFlatten,        // L3: halt, and close everything
  kResume,
  kEvaluate,  // look for an entry now
};
BOOST_DESCRIBE_ENUM(OperatorWord, kHalt, kReduceOnly, kCancelWorking, kFlatten, kResume, kEvaluate)

struct OperatorSpoke {
  OperatorWord word = OperatorWord::kHalt;
  std::string reason;
};
BOOST_DESCRIBE_STRUCT(OperatorSpoke, (), (word, reason))

/// A position made elsewhere becomes a structure of ours, at the mid of the session's last chain,
/// or of its first one when there is none yet.
struct StructureAdopted {
  std::vector<ContractPosition> legs;  // one unit: quantity is the leg's ratio
  Contracts quantity;
};
BOOST_DESCRIBE_STRUCT(StructureAdopted, (), (legs, quantity))

/// How far the broker can be relied on. Only kReady opens; exits and cancels try in every state.
enum class LinkState : std::uint8_t {
  kLost,         // no session
  kReconciling,  // a session, but his books and ours have not been compared
  kReady,
  kDegraded,  // a session whose data or orders are in doubt
};
BOOST_DESCRIBE_ENUM(LinkState, kLost, kReconciling, kReady, kDegraded)

struct LinkChanged {
  LinkState state = LinkState::kLost;
  std::string why;
};
BOOST_DESCRIBE_STRUCT(LinkChanged, (), (state, why))

/// The account by the broker's own count. What he did not say is absent.
struct AccountReported {
  std::optional<Money> net_liquidation;
  std::optional<Money> cash;
  std::optional<Money> initial_margin;
  std::optional<Money> maintenance_margin;
  std::optional<Money> excess_liquidity;
};
BOOST_DESCRIBE_STRUCT(AccountReported, (),
                      (net_liquidation, cash, initial_margin, maintenance_margin, excess_liquidity))

/// Fresh quotes of the contracts we hold: marks the book and asks the exit rules between chains.
struct HoldingsQuoted {
  Symbol underlying;
  Price spot;
  Instant spot_at;
  std::vector<LegQuote> quotes;
};
BOOST_DESCRIBE_STRUCT(HoldingsQuoted, (), (underlying, spot, spot_at, quotes))

/// Trading in the underlying was stopped, or goes on.
struct UnderlyingHalted {
  Symbol underlying;
  bool halted = false;
};
BOOST_DESCRIBE_STRUCT(UnderlyingHalted, (), (underlying, halted))

/// Nothing more comes: report what is still open.
struct RunEnded {};
BOOST_DESCRIBE_STRUCT(RunEnded, (), ())

using EventBody =
    std::variant<SessionStarted, ContractsListed, ChainSnapshotTaken, LegQuotesArrived,
                 SnapshotEnded, DailyLevelsPublished, IndexLevelChanged, SeriesSettled, TimerFired,
                 OrderAcknowledged, OrderFilled, OrderCancelled, OrderRejected, OrderOutcomeUnknown,
                 SendRefused, PositionsReported, SharesReported, DividendsPublished, OperatorSpoke,
                 StructureAdopted, RunEnded, OrderSending, OrderNotFound, CommissionReported,
                 ForeignOrderSeen, LinkChanged, AccountReported, HoldingsQuoted, UnderlyingHalted>;

struct Event {
  std::uint64_t sequence = 0;
  Instant at;
  EventBody body;
};
BOOST_DESCRIBE_STRUCT(Event, (), (sequence, at, body))

}  // namespace v6
