#pragma once

#include <boost/describe.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/codec.hpp"
#include "model/decision.hpp"
#include "model/ids.hpp"
#include "model/structure.hpp"

namespace v6 {

enum class Purpose : std::uint8_t { kOpen, kClose, kReduce, kRollClose, kRollOpen };
BOOST_DESCRIBE_ENUM(Purpose, kOpen, kClose, kReduce, kRollClose, kRollOpen)

/// Adds risk, so every entry gate applies; all other purposes are never blocked by entry rules.
[[nodiscard]] constexpr bool opens(Purpose purpose) {
  return purpose == Purpose::kOpen || purpose == Purpose::kRollOpen;
}

enum class Urgency : std::uint8_t { kNormal, kHigh, kImmediate };
BOOST_DESCRIBE_ENUM(Urgency, kNormal, kHigh, kImmediate)

/// Limits of one order over time, as cash to us per unit: from `first` down to `last` in steps.
struct PriceWalk {
  Price first;
  Price last;
  Price step;
  Duration interval{};

  friend bool operator==(const PriceWalk&, const PriceWalk&) = default;
};
BOOST_DESCRIBE_STRUCT(PriceWalk, (), (first, last, step, interval))

/// What an opening was chosen for, as its builder worked it out: claims that the gate holds against
/// the broker's figures and the windows. Legs in the order of the ticket's.
struct Claims {
  std::vector<double> deltas;        // of one option, puts negative
  std::vector<double> volatilities;  // 0.15 is 15 %
  double expected_value = 0;         // dollars a unit
  double score = 0;
};
BOOST_DESCRIBE_STRUCT(Claims, (), (deltas, volatilities, expected_value, score))

/// One guaranteed combo limit order, DAY: everything the gate judges and the broker needs.
struct OrderTicket {
  IntentId intent;  // travels as orderRef
  OrderId order;
  DecisionId decision;
  StructureId structure;
  StructureKind kind = StructureKind::kCustom;  // the strategy it belongs to
  Purpose purpose = Purpose::kOpen;
  Urgency urgency = Urgency::kNormal;
  std::string rule;  // the exit rule that ordered it; empty for openings
  Mode mode = Mode::kDryRun;
  Symbol underlying;
  Legs legs;  // as traded: a closing order's legs are the structure's reversed
  Contracts quantity;
  PriceWalk walk;
  std::vector<LegQuote> quotes;  // the market it was decided on, in the order of the legs
  Price spot;
  Instant spot_at;
  double fair_value = 0;  // of the unit by our own smile, signed as cash
  Claims claims;          // of openings
  Instant decided_at;
};
BOOST_DESCRIBE_STRUCT(OrderTicket, (),
                      (intent, order, decision, structure, kind, purpose, urgency, rule, mode,
                       underlying, legs, quantity, walk, quotes, spot, spot_at, fair_value, claims,
                       decided_at))

/// A ticket that passed the risk gate. Nothing else can make one.
class ApprovedOrder {
 public:
  [[nodiscard]] const OrderTicket& ticket() const { return ticket_; }

 private:
  friend class RiskGate;
  explicit ApprovedOrder(OrderTicket ticket) : ticket_{std::move(ticket)} {}
  OrderTicket ticket_;
};

/// The journal holds an approved order as its ticket; it is never read back as an approval.
void encode(ByteWriter& out, const ApprovedOrder& order);

/// Permission to write one approved order, once, now. Made by PermitDesk, consumed by the broker.
class SendPermit {
 public:
  SendPermit(SendPermit&&) = default;
  SendPermit& operator=(SendPermit&&) = default;
  SendPermit(const SendPermit&) = delete;
  SendPermit& operator=(const SendPermit&) = delete;

  [[nodiscard]] const OrderTicket& ticket() const { return order_.ticket(); }

 private:
  friend class PermitDesk;
  explicit SendPermit(ApprovedOrder order) : order_{std::move(order)} {}
  ApprovedOrder order_;
};

enum class OrderStatus : std::uint8_t {
  kSending,          // approved, on its way; counts as live
  kWorking,          // acknowledged
  kPartiallyFilled,  // some filled, the rest working
  kCancelling,       // a cancel is out; fills may still come
  kUnknown,          // no answer: counts against every limit until the broker says otherwise
  kFilled,
  kCancelled,
  kRejected,
  kNotSent,  // the send permit was refused: nothing left this process
};
BOOST_DESCRIBE_ENUM(OrderStatus, kSending, kWorking, kPartiallyFilled, kCancelling, kUnknown,
                    kFilled, kCancelled, kRejected, kNotSent)

/// Could still fill, so it counts against every limit.
[[nodiscard]] bool is_live(OrderStatus status);

enum class Side : std::uint8_t { kBuy, kSell, kSettle };
BOOST_DESCRIBE_ENUM(Side, kBuy, kSell, kSettle)

/// One execution's identity: a correction repeats the root with a higher revision.
struct ExecutionId {
  std::string root;
  std::uint32_t revision = 0;

  friend auto operator<=>(const ExecutionId&, const ExecutionId&) = default;
};
BOOST_DESCRIBE_STRUCT(ExecutionId, (), (root, revision))

/// What one leg of a combo fill did. Quantity positive; `fees` as the broker reported them.
struct LegFill {
  ContractId contract;
  Side side = Side::kBuy;
  Contracts quantity;
  Price price;
  Money fees;
};
BOOST_DESCRIBE_STRUCT(LegFill, (), (contract, side, quantity, price, fees))

}  // namespace v6
