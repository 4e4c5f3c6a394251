#include <fmt/format.h>

#include <algorithm>

#include "engine/turn.hpp"

namespace v6 {
namespace {

/// The account as it would be with this structure closed at its marks.
State without(const State& state, const Structure& structure) {
  State after = state;
  after.cash += structure.value_for_limits(state.master);
  after.structures.erase(structure.id);
  return after;
}

Check later_expiry(const State& state, const Structure& structure, const Candidate& opening) {
  const int gained = days_between(nearest_expiry(structure.legs, state.master),
                                  nearest_expiry(opening.legs, state.master));
  return gate_at_least({.name = "dte",
                        .measured = gained,
                        .limit = 1,
                        .unit = "days gained",
                        .detail = "a roll goes to a later expiry"});
}

void append_named(Waterfall& waterfall, Waterfall more, const std::string& name) {
  for (Check& check : more) {
    check.detail = check.detail.empty() ? name : name + ": " + check.detail;
  }
  append(waterfall, std::move(more));
}

/// The transaction is over: its last word is told, the old structure knows its heir and goes.
void finish(Turn& turn, StructureId old_id, StructureId new_id) {
  State& state = turn.state;
  const auto roll = state.rolls.find(old_id);
  if (roll == state.rolls.end()) { return; }
  Decision decision = std::move(roll->second);
  state.rolls.erase(roll);
  if (!new_id) { decision.outcome = Outcome::kClosed; }
  turn.emit(RecordDecision{.decision = std::move(decision)});
  if (const auto old = state.structures.find(old_id); old != state.structures.end()) {
    old->second.rolled_to = new_id;
  }
  close_if_flat(turn, old_id);
}

}  // namespace

Check net_credit(const Candidate& opening, std::optional<Price> natural) {
  std::optional<double> net;
  if (natural) { net = (opening.expected_price + *natural).dollars(); }
  return gate_at_least({.name = "credit",
                        .measured = net,
                        .limit = 0,
                        .unit = "dollars",
                        .detail = "net credit of the roll"});
}

bool may_roll(Turn& turn, const Structure& structure, std::optional<Price> natural,
              Decision& decision) {
  State after = without(turn.state, structure);
  Commands none;
  const Turn as_if{.state = after, .at = turn.at, .commands = none};
  Evaluation evaluation =
      evaluate(as_if, structure.underlying, {.kind = structure.kind, .is_roll = true});
  if (evaluation.best) {
    evaluation.waterfall.push_back(later_expiry(after, structure, *evaluation.best));
    evaluation.waterfall.push_back(net_credit(*evaluation.best, natural));
  }
  if (evaluation.passes()) {
    const Snapshot& snapshot = *after.underlyings.at(structure.underlying).snapshot;
    const OrderTicket ticket = opening_ticket(
        as_if, *evaluation.best,
        {.underlying = structure.underlying,
         .spot = snapshot.spot,
         .spot_at = snapshot.at,
         .most = std::min(structure.units, Contracts{turn.settings().risk.max_order_size}),
         .purpose = Purpose::kRollOpen});
    add_gate_look(as_if, ticket, evaluation);
  }
  const bool rolls = evaluation.passes();
  append_named(decision.waterfall, std::move(evaluation.waterfall), "roll");
  decision.candidates = evaluation.count;
  decision.chosen = std::move(evaluation.best);
  return rolls;
}

void request_roll_quotes(Turn& turn, const Structure& closed) {
  const State& state = turn.state;
  const Decision& roll = state.rolls.at(closed.id);
  const Candidate& planned = *roll.chosen;
  // What an earlier order of this structure closed is gone; only the roll's own part comes back.
  const Order& closing = state.orders.at(OrderId{roll.intent.raw()});
  const Contracts most{turn.settings().risk.max_order_size};
  request_quotes(turn,
                 {.underlying = closed.underlying,
                  .kind = planned.kind,
                  .legs = planned.legs,
                  .quantity = std::min(closing.filled, most),
                  .rolls = closed.id,
                  .closed_at = net_quote(closing.ticket.legs, closing.ticket.quotes).natural});
}

void note_reopening(Turn& turn, StructureId old_id, const Evaluation& evaluation) {
  append_named(turn.state.rolls.at(old_id).waterfall, evaluation.waterfall, "reopening");
}

void give_up_roll(Turn& turn, StructureId old_id, const std::string& why) {
  turn.alert(AlertLevel::kWarning,
             fmt::format("{} was closed to be rolled, but could not be reopened: {}; it stays "
                         "closed, nothing need be done",
                         old_id.text(), why),
             turn.state.rolls.at(old_id).id);
  finish(turn, old_id, {});
}

void roll_opened(Turn& turn, const Order& order) {
  const auto roll = turn.state.rolls.find(order.rolls);
  if (roll == turn.state.rolls.end()) { return; }
  const bool filled = order.filled > Contracts{};
  const std::string unfilled = fmt::format("not filled down to {}", order.limits.back().text());
  roll->second.waterfall.push_back(
      gate_at_least({.name = "fill",
                     .measured = order.filled.raw(),
                     .limit = 1,
                     .unit = "contracts filled",
                     .detail = filled ? "reopening" : "reopening: " + unfilled}));
  if (!filled) { return give_up_roll(turn, order.rolls, unfilled); }
  finish(turn, order.rolls, order.ticket.structure);
}

}  // namespace v6
