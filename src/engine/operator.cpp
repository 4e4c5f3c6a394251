#include "base/enum_text.hpp"
#include "engine/turn.hpp"

namespace v6 {
namespace {

void cancel_openings(Turn& turn) {
  for (auto& [id, order] : turn.state.orders) {
    if (opens(order.ticket.purpose)) { cancel(turn, order); }
  }
}

std::string because(const OperatorSpoke& event) {
  return std::string{word(event.word)} + " by the operator" +
         (event.reason.empty() ? "" : ": " + event.reason);
}

}  // namespace

void on_operator(Turn& turn, const OperatorSpoke& event) {
  State& state = turn.state;
  switch (event.word) {
    case OperatorWord::kHalt:
      state.latches.halted = because(event);
      turn.alert(AlertLevel::kWarning, state.latches.halted);
      return;
    case OperatorWord::kReduceOnly:
      state.latches.reduce_only = because(event);
      turn.alert(AlertLevel::kWarning, state.latches.reduce_only);
      return;
    case OperatorWord::kCancelWorking:
      state.latches.halted = because(event);
      cancel_openings(turn);
      turn.alert(AlertLevel::kWarning, state.latches.halted);
      return;
    case OperatorWord::kFlatten:
      state.latches.halted = because(event);
      state.latches.flatten = because(event);
      cancel_openings(turn);
      turn.alert(AlertLevel::kCritical, state.latches.halted);
      for (auto& [id, structure] : state.structures) {
        if (state.underlyings.at(structure.underlying).view) { judge_structure(turn, structure); }
      }
      return;
    case OperatorWord::kResume:
      state.latches = {.daily_loss = state.latches.daily_loss};
      turn.alert(AlertLevel::kInfo, because(event));
      return;
    case OperatorWord::kEvaluate:
      for (const auto& [symbol, root] : state.given->setup.roots) {
        if (state.underlyings[symbol].view) { evaluate_entry(turn, symbol); }
      }
      return;
  }
}

}  // namespace v6
