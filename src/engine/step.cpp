#include "engine/step.hpp"

#include "engine/turn.hpp"

namespace v6 {
namespace {

void on_timer(Turn& turn, const TimerFired& event) {
  const auto found = turn.state.timers.find(event.timer);
  if (found == turn.state.timers.end()) { return; }
  const TimerTask task = found->second;
  turn.state.timers.erase(found);
  switch (task.purpose) {
    case TimerPurpose::kEvaluate:
      evaluate_entry(turn, task.underlying);
      schedule_evaluation(turn, task.underlying);
      return;
    case TimerPurpose::kWalk: walk_on(turn, task.order); return;
    case TimerPurpose::kUnknown: unknown_too_long(turn, task.order); return;
    case TimerPurpose::kQuotes: no_leg_quotes(turn, task.request); return;
  }
}

struct Dispatch {
  Turn& turn;

  void operator()(const SessionStarted& e) { on_session_started(turn, e); }
  void operator()(const ContractsListed& e) { on_contracts_listed(turn, e); }
  void operator()(const ChainSnapshotTaken& e) { on_chain(turn, e); }
  void operator()(const LegQuotesArrived& e) { on_leg_quotes(turn, e); }
  void operator()(const SnapshotEnded& e) { record_equity(turn, e.underlying); }
  void operator()(const DailyLevelsPublished& e) { on_daily_levels(turn, e); }
  void operator()(const IndexLevelChanged& e) { on_index_level(turn, e); }
  void operator()(const SeriesSettled& e) { on_settled(turn, e); }
  void operator()(const TimerFired& e) { on_timer(turn, e); }
  void operator()(const OrderAcknowledged& e) { on_acknowledged(turn, e); }
  void operator()(const OrderFilled& e) { on_filled(turn, e); }
  void operator()(const OrderCancelled& e) { on_cancelled(turn, e.order); }
  void operator()(const OrderRejected& e) {
    on_rejected(turn, e.order, e.reason, OrderSignal::kRejected);
  }
  void operator()(const OrderOutcomeUnknown& e) { on_unknown(turn, e.order); }
  void operator()(const SendRefused& e) {
    on_rejected(turn, e.order, e.reason, OrderSignal::kSendRefused);
  }
  void operator()(const PositionsReported& e) { on_positions(turn, e); }
  void operator()(const SharesReported& e) {
    turn.state.underlyings[e.underlying].shares = e.shares;
  }
  void operator()(const DividendsPublished& e) {
    turn.state.underlyings[e.underlying].dividends = e.payments;
  }
  void operator()(const OperatorSpoke& e) { on_operator(turn, e); }
  void operator()(const StructureAdopted& e) { on_adopted(turn, e); }
  void operator()(const RunEnded&) { on_run_ended(turn); }
  void operator()(const OrderSending& e) { on_sending(turn, e); }
  void operator()(const OrderNotFound& e) {
    on_rejected(turn, e.order, "never arrived at the broker", OrderSignal::kNotFound);
  }
  void operator()(const CommissionReported& e) { on_commission(turn, e); }
  void operator()(const ForeignOrderSeen& e) { on_foreign_order(turn, e); }
  void operator()(const LinkChanged& e) { on_link(turn, e); }
  void operator()(const AccountReported& e) { on_account(turn, e); }
  void operator()(const HoldingsQuoted& e) { on_holdings(turn, e); }
  void operator()(const UnderlyingHalted& e) { on_halted(turn, e); }
};

}  // namespace

Commands step(State& state, const Event& event) {
  Commands commands;
  Turn turn{.state = state, .at = event.at, .commands = commands};
  if (state.breaker.on_time(event.at, state.settings().breaker)) {
    turn.alert(AlertLevel::kInfo, "circuit breaker half open: one opening order may probe");
  }
  std::visit(Dispatch{turn}, event.body);
  return commands;
}

void Turn::alert(AlertLevel level, std::string what, DecisionId decision, IntentId intent) {
  emit(RaiseAlert{.level = level, .what = std::move(what), .decision = decision, .intent = intent});
}

void Turn::set_timer(Instant when, TimerTask task, TimerTurn turn) {
  const TimerId id{++state.counters.timer};
  task.at = when;
  state.timers[id] = task;
  emit(SetTimer{.timer = id, .at = when, .turn = turn});
}

}  // namespace v6
