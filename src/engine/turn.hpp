#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/state.hpp"

/// The inside of `step`: one turn is one event being worked on. Each part of the engine is a few
/// functions over it, in the file its name says.
namespace v6 {

struct Turn {
  State& state;
  Instant at;
  Commands& commands;

  template <class C>
  void emit(C command) {
    commands.emplace_back(std::move(command));
  }
  void alert(AlertLevel level, std::string what, DecisionId decision = {}, IntentId intent = {});
  void set_timer(Instant when, TimerTask task, TimerTurn turn = TimerTurn::kInOrder);
  [[nodiscard]] const Settings& settings() const { return state.settings(); }
  [[nodiscard]] Symbol root_of(Symbol underlying) const {
    return state.given->setup.roots.at(underlying);
  }
};

// market.cpp
void on_session_started(Turn& turn, const SessionStarted& event);
void on_contracts_listed(Turn& turn, const ContractsListed& event);
void on_chain(Turn& turn, const ChainSnapshotTaken& event);
void on_daily_levels(Turn& turn, const DailyLevelsPublished& event);
void on_index_level(Turn& turn, const IndexLevelChanged& event);
void on_holdings(Turn& turn, const HoldingsQuoted& event);
void on_halted(Turn& turn, const UnderlyingHalted& event);
[[nodiscard]] std::optional<double> vix_now(const State& state);
/// What the catastrophe rule compares with: an hour of values, or the end-of-day one before.
void remember(std::vector<TimedValue>& values, const TimedValue& now, bool end_of_day);
void schedule_evaluation(Turn& turn, Symbol underlying);

// marks.cpp
void mark_structures(Turn& turn, Symbol underlying);
void mark_holdings(Turn& turn, Symbol underlying);
void watch_losses(Turn& turn);
void record_equity(Turn& turn, Symbol underlying);
[[nodiscard]] BookGreeks book_greeks(const State& state, StructureId without = {});
[[nodiscard]] BookGreeks greeks_of(const State& state, const Structure& structure);
[[nodiscard]] Exposure exposure_now(const State& state, StructureId without = {});

// entry.cpp
/// An entry judged: the whole waterfall and, if there is one, the best structure.
struct Evaluation {
  Waterfall waterfall;
  CandidateCount count;
  std::optional<Candidate> best;
  bool day_refused = false;  // by the day, the account or the factors: before any candidate

  [[nodiscard]] bool passes() const {
    return best && first_of(waterfall, Verdict::kRefuse) == nullptr;
  }
};
/// What to evaluate: by default the best structure the factors ask for; with a nomination only that
/// one, on its fresh quotes.
struct EvaluationAsk {
  std::optional<StructureKind> kind;
  bool is_roll = false;
  const Nomination* nomination = nullptr;
  const LegQuotesArrived* fresh = nullptr;
};
[[nodiscard]] Evaluation evaluate(const Turn& turn, Symbol underlying, const EvaluationAsk& ask);
void evaluate_entry(Turn& turn, Symbol underlying);
void on_leg_quotes(Turn& turn, const LegQuotesArrived& event);
/// The deadline passed: no answer is an answer without quotes.
void no_leg_quotes(Turn& turn, QuoteRequestId request);
void request_quotes(Turn& turn, Nomination nomination);
/// The session is over: no question of it will be answered.
void abandon_nominations(Turn& turn);
/// The order that would open this candidate; quantity 0 when not even one fits the budget.
struct OpeningAsk {
  Symbol underlying;
  Price spot;
  Instant spot_at;
  Contracts most;
  Purpose purpose = Purpose::kOpen;
};
[[nodiscard]] OrderTicket opening_ticket(const Turn& turn, const Candidate& candidate,
                                         const OpeningAsk& ask);
[[nodiscard]] BookGreeks unit_greeks(const Turn& turn, const Candidate& candidate, Price spot);
/// The risk gate's own look at a ticket, of which the waterfall keeps what it adds or refuses.
void add_gate_look(const Turn& turn, const OrderTicket& ticket, Evaluation& evaluation);
/// The entry's record again, now that its order has ended or begun to fill.
void settle_decision(Turn& turn, const Order& order);

// roll.cpp
/// Whether a roll is to be had: with the structure closed at `natural` the same kind passes every
/// gate at a later expiry and pays for the closing. The attempt is added to the decision either
/// way.
[[nodiscard]] bool may_roll(Turn& turn, const Structure& structure, std::optional<Price> natural,
                            Decision& decision);
/// The closing leg is done: ask for the quotes of the opening one.
void request_roll_quotes(Turn& turn, const Structure& closed);
/// What the opening leg's confirmation found, added to the roll's own decision.
void note_reopening(Turn& turn, StructureId old_id, const Evaluation& evaluation);
void give_up_roll(Turn& turn, StructureId old_id, const std::string& why);
/// The opening leg's order has ended.
void roll_opened(Turn& turn, const Order& order);
/// Expected credit of the new structure less the natural cost of closing the old.
[[nodiscard]] Check net_credit(const Candidate& opening, std::optional<Price> natural);

// exits.cpp
void judge_exits(Turn& turn, Symbol underlying);
/// One structure, now: also when an order that stood in the way has ended.
void judge_structure(Turn& turn, Structure& structure);
/// After a fill of `cause` that may have left a short option without its cover.
void repair_orphans(Turn& turn, Structure& structure, const OrderTicket& cause);

// order_flow.cpp
/// The gate as it would judge this ticket now.
[[nodiscard]] RiskView risk_view(const State& state, Instant at, const OrderTicket& ticket);
/// Sends a ticket through the gate. The refusal, if it may not go.
[[nodiscard]] std::optional<RiskRefusal> submit(Turn& turn, OrderTicket ticket,
                                                const BookGreeks& unit, StructureId rolls = {});
void on_sending(Turn& turn, const OrderSending& event);
void on_acknowledged(Turn& turn, const OrderAcknowledged& event);
void on_filled(Turn& turn, const OrderFilled& event);
void on_cancelled(Turn& turn, OrderId id);
void on_rejected(Turn& turn, OrderId id, const std::string& reason, OrderSignal signal);
void on_unknown(Turn& turn, OrderId id);
void walk_on(Turn& turn, OrderId id);
void unknown_too_long(Turn& turn, OrderId id);
void cancel(Turn& turn, Order& order);
/// Positions or executions are not what ours should be: latched, told, and a failure of the broker
/// path.
void on_mismatch(Turn& turn, std::string latch, std::string alert, DecisionId decision = {},
                 IntentId intent = {});
/// DAY orders end with their session, told or not; one whose outcome is unknown waits for evidence.
void end_day_orders(Turn& turn);
/// The day and the account as entry gates see them.
[[nodiscard]] EntryView day_view(const State& state, Instant at, Symbol underlying);

// ledger.cpp
void book(Turn& turn, Structure& structure, const LegFill& fill, IntentId intent,
          DecisionId decision);
void close_if_flat(Turn& turn, StructureId id);
/// On the session before an expiry: what will be there after it, to be held against the broker's
/// positions then.
void foretell_expiries(Turn& turn, Date today);
/// The structure the order trades for; begun anew when the books know it no more.
[[nodiscard]] Structure& structure_of(Turn& turn, const Order& order);
/// Entry price, worst case, volatility and Greeks after an opening fill.
void complete_opening(Turn& turn, Structure& structure);
void record_structure(Turn& turn, const Structure& structure, bool closed);
void on_settled(Turn& turn, const SeriesSettled& event);
void on_adopted(Turn& turn, const StructureAdopted& event);
void on_positions(Turn& turn, const PositionsReported& event);
void on_run_ended(Turn& turn);

void on_commission(Turn& turn, const CommissionReported& event);

// link.cpp
void on_link(Turn& turn, const LinkChanged& event);
void on_account(Turn& turn, const AccountReported& event);
void on_foreign_order(Turn& turn, const ForeignOrderSeen& event);
/// Why nothing may be opened because of the broker or of the underlying's market.
[[nodiscard]] std::vector<std::string> doubts(const State& state, Instant at, Symbol underlying);

// operator.cpp
void on_operator(Turn& turn, const OperatorSpoke& event);

}  // namespace v6
