#pragma once

#include <boost/describe.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ibkr/order_ref.hpp"
#include "ibkr/upkeep.hpp"
#include "model/command.hpp"

namespace v6::ibkr {

enum class AccountKind : std::uint8_t { kPaper, kLive };
BOOST_DESCRIBE_ENUM(AccountKind, kPaper, kLive)

/// Which part of a chain is looked at.
struct ChainPlan {
  Duration every = std::chrono::minutes{5};    // of the clock
  Duration at_most = std::chrono::minutes{4};  // a round is closed then, whatever is missing
  Duration answer = std::chrono::seconds{4};   // one contract's quote
  int farthest_days = 75;
  std::vector<int> around_days{30, 45, 60};  // the expiries on both sides of each
  double least_delta = 0.02;
  double most_delta = 0.80;
  double first_reach = 0.25;  // of the spot, both ways, while no delta is known
};
BOOST_DESCRIBE_STRUCT(ChainPlan, (),
                      (every, at_most, answer, farthest_days, around_days, least_delta, most_delta,
                       first_reach))

struct ClientSettings {
  std::int32_t client_id = 1;
  std::string account;  // empty: the only one that there is
  AccountKind kind = AccountKind::kPaper;
  Book book{};
  std::vector<Symbol> underlyings;
  std::vector<Symbol> roots;  // trading classes wanted; empty: all of these underlyings
  ChainPlan chain;
  std::uint64_t seed = 1;  // of the jitter between attempts to connect
  /// Multiplies every wait for the link and the broker; more than 1 where the clock runs faster
  /// than the machine can answer.
  double patience = 1;
  TimeOfDay restart_at = kUsualRestart;  // the gateway's own, each day
  std::int32_t lines = 90;
  std::int32_t messages_per_second = 40;
  /// The highest order id ever reserved, as the journal knows it.
  std::int32_t highest_order_id = 0;
  /// The last day whose official levels are known already.
  std::optional<Date> levels_through;
};
BOOST_DESCRIBE_STRUCT(ClientSettings, (),
                      (client_id, account, kind, book, underlyings, roots, chain, seed, patience,
                       restart_at, lines, messages_per_second, highest_order_id, levels_through))

/// One contract as the broker names it; the shell stores these rows and gives them back.
struct ContractRow {
  std::int32_t con_id = 0;
  Contract contract;
  std::int32_t market_rule = 0;  // 0: not told
  Date seen;                     // the day it was last listed
};
BOOST_DESCRIBE_STRUCT(ContractRow, (), (con_id, contract, market_rule, seen))

/// An order of ours as the journal knows it, finished or not.
struct KnownOrder {
  OrderTicket ticket;
  std::int32_t broker_id = 0;  // 0: never reserved
  std::vector<std::int64_t> perm_ids;
  v6::OrderStatus status = v6::OrderStatus::kSending;
  Price limit;                          // the last one, as cash to us
  std::vector<ExecutionId> executions;  // booked
};

/// What the broker says an order would do to the account, before it is sent.
struct MarginPreview {
  OrderId order;
  std::optional<double> initial_margin_after;  // dollars
  std::optional<double> equity_after;
  std::optional<double> commission;
  /// Empty when the figures are there: else why not, in the broker's words or ours.
  std::string failure;
  /// The broker does not preview orders like this one; nothing is wrong with it.
  bool unsupported = false;
};

/// Why the client will not go on by itself.
struct Refusal {
  enum class Kind : std::uint8_t { kVersion, kAccount, kClientIdTaken };
  Kind kind = Kind::kVersion;
  std::string why;
};

/// What the client tells besides events: for alerts and logs.
using NoticeSink = std::function<void(Instant, AlertLevel, std::string)>;
using ContractSink = std::function<void(const std::vector<ContractRow>&)>;

}  // namespace v6::ibkr
