#pragma once

#include <boost/describe.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "calendar/calendar.hpp"
#include "engine/settings.hpp"
#include "model/command.hpp"
#include "model/event.hpp"
#include "orders/order.hpp"
#include "portfolio/structure_book.hpp"
#include "risk/breaker.hpp"
#include "risk/gate.hpp"
#include "risk/latches.hpp"
#include "strategy/market_view.hpp"

namespace v6 {

/// What stays fixed for a run. The journal's header holds it; a state starts from it.
struct Setup {
  Settings settings;
  /// The option root traded on each underlying.
  std::map<Symbol, Symbol> roots;
  /// One snapshot a session instead of a live stream.
  bool end_of_day = false;
  FillModel fill_model = FillModel::kWalk;
  Money cash;
  /// A brokerage at the end of a wire: it must be reached and compared with before anything opens.
  bool brokered = false;
};
BOOST_DESCRIBE_STRUCT(Setup, (), (settings, roots, end_of_day, fill_model, cash, brokered))

/// What never changes while a state lives; shared by every copy of it.
struct Given {
  Setup setup;
  Calendar calendar;
};

/// The last chain of an underlying, with the quotes of what we hold renewed since.
struct Snapshot {
  Instant at;        // of the spot and of the holdings' quotes
  Instant chain_at;  // of the chain as a whole
  Price spot;
  QuoteKind kind = QuoteKind::kLive;
  std::shared_ptr<const Chain> chain;
};
BOOST_DESCRIBE_STRUCT(Snapshot, (), (at, chain_at, spot, kind, chain))

/// The broker as last heard of.
struct Link {
  LinkState state = LinkState::kReady;
  std::string why;
  std::optional<AccountReported> account;
  bool funded = false;    // our cash was taken from the broker's first report
  Money cash_difference;  // his less ours, at the last report
};
BOOST_DESCRIBE_STRUCT(Link, (), (state, why, account, funded, cash_difference))

/// Everything known of one underlying.
struct UnderlyingState {
  std::vector<double> closes;  // official, oldest first, up to the previous session
  std::vector<double> own_iv;  // our 30-day volatility, one a session
  std::optional<double> iv_today;
  std::optional<Snapshot> snapshot;
  Factors factors;
  std::vector<TimedValue> spots;  // of the last hour, or the last snapshot of end-of-day data
  std::vector<CashPayment> dividends;
  std::int64_t shares = 0;
  bool halted = false;
  std::optional<Instant> resumed_at;  // of the last halt
  int opened_today = 0;
  CandidateCount nomination_count;  // of the last search
  /// Derived from the snapshot; not part of the persisted state.
  std::shared_ptr<const MarketView> view;
};
BOOST_DESCRIBE_STRUCT(UnderlyingState, (),
                      (closes, own_iv, iv_today, snapshot, factors, spots, dividends, shares,
                       halted, resumed_at, opened_today, nomination_count))

/// A candidate whose legs' fresh quotes are on their way: phase one of an entry or of a roll.
struct Nomination {
  Symbol underlying;
  StructureKind kind = StructureKind::kCustom;
  Legs legs;
  Contracts quantity;
  StructureId rolls;               // the structure it replaces, if it is a roll
  std::optional<Price> closed_at;  // a roll's natural cost of closing, per unit, signed as cash
};
BOOST_DESCRIBE_STRUCT(Nomination, (), (underlying, kind, legs, quantity, rolls, closed_at))

enum class TimerPurpose : std::uint8_t { kEvaluate, kWalk, kUnknown, kQuotes };
BOOST_DESCRIBE_ENUM(TimerPurpose, kEvaluate, kWalk, kUnknown, kQuotes)

struct TimerTask {
  TimerPurpose purpose = TimerPurpose::kEvaluate;
  Symbol underlying;
  OrderId order;
  QuoteRequestId request;
  /// When it is due: a restart sets it again.
  Instant at;
};
BOOST_DESCRIBE_STRUCT(TimerTask, (), (purpose, underlying, order, request, at))

/// Numbers given out so far; the next one is one more.
struct Counters {
  std::uint32_t decision = 0;
  std::uint32_t order = 0;
  std::uint32_t structure = 0;
  std::uint32_t fill = 0;
  std::uint32_t timer = 0;
  std::uint32_t request = 0;
  std::int32_t broker_id = 0;  // the highest of the broker's order numbers ever reserved
};
BOOST_DESCRIBE_STRUCT(Counters, (), (decision, order, structure, fill, timer, request, broker_id))

/// All the core remembers. A value: copy it, encode it, compare it by its bytes.
struct State {
  std::shared_ptr<const Given> given;  // from the header, not persisted again

  Date session;
  InstrumentMaster master;
  std::map<Symbol, UnderlyingState> underlyings;
  std::map<Symbol, std::vector<double>> index_closes;
  std::map<Symbol, double> index_levels;  // live today
  std::vector<std::optional<double>> treasury_yields;
  Date levels_through;  // the last day whose official values are known

  Money cash;
  AccountTrack track;
  Link link;
  Latches latches;
  CircuitBreaker breaker;
  std::map<StructureId, Structure> structures;
  std::map<OrderId, Order> orders;
  std::map<StructureId, Decision> rolls;  // being closed to be reopened later
  std::map<QuoteRequestId, Nomination> nominations;
  std::map<TimerId, TimerTask> timers;
  std::map<OrderId, Decision> awaiting_fill;
  std::vector<StructureAdopted> to_adopt;  // until the session's first chain prices them
  std::vector<Instant> opening_orders;     // of the last day, for the rate limits
  std::vector<Instant> rejects;            // of the last ten minutes
  Counters counters;

  std::optional<Money> last_net_liquidation;  // at the record before
  Attribution attribution;                    // since then

  [[nodiscard]] const Settings& settings() const { return given->setup.settings; }
  [[nodiscard]] const Calendar& calendar() const { return given->calendar; }
  [[nodiscard]] Money net_liquidation() const;
};
BOOST_DESCRIBE_STRUCT(State, (),
                      (session, master, underlyings, index_closes, index_levels, treasury_yields,
                       levels_through, cash, track, link, latches, breaker, structures, orders,
                       rolls, nominations, timers, awaiting_fill, to_adopt, opening_orders, rejects,
                       counters, last_net_liquidation, attribution))

[[nodiscard]] State make_state(std::shared_ptr<const Given> given);

/// Gives a decoded state back what is derived from its snapshots.
void restore_views(State& state);

}  // namespace v6
