#include "report/run_record.hpp"

#include <algorithm>
#include <functional>

namespace v6 {
namespace {

struct Keep {
  RunRecord& record;
  Instant at;

  /// The last word on each counts; the list stays in the order of its ids.
  template <class T, class IdOf>
  static void keep_last(std::vector<T>& list, const T& entry, IdOf id_of) {
    const auto place = std::ranges::lower_bound(list, std::invoke(id_of, entry), {}, id_of);
    if (place != list.end() && std::invoke(id_of, *place) == std::invoke(id_of, entry)) {
      *place = entry;
    } else {
      list.insert(place, entry);
    }
  }

  void operator()(const RecordDecision& command) const {
    keep_last(record.decisions, command.decision, &Decision::id);
  }
  void operator()(const RecordOrder& command) const { record.orders.push_back(command); }
  void operator()(const RecordFill& command) const { record.fills.push_back(command); }
  void operator()(const RecordStructure& command) const {
    keep_last(record.structures, command, &RecordStructure::id);
  }
  void operator()(const RecordEquity& command) const { record.equity.push_back(command); }
  /// The fill it belongs to says what it cost after all.
  void operator()(const RecordFeeChange& command) const {
    const auto of = [&](const RecordFill& fill) {
      return fill.structure == command.structure && fill.fill.contract == command.contract &&
             fill.intent.raw() == command.order.raw();
    };
    const auto last = std::ranges::find_if(record.fills.rbegin(), record.fills.rend(), of);
    if (last != record.fills.rend()) { last->fill.fees += command.more; }
  }
  void operator()(const RaiseAlert& command) const { record.alerts.emplace_back(at, command); }
  void operator()(const SubmitOrder&) const {}
  void operator()(const SubmittedOrder&) const {}
  void operator()(const ModifyOrder&) const {}
  void operator()(const CancelOrder&) const {}
  void operator()(const RequestQuotes&) const {}
  void operator()(const SetTimer&) const {}
};

}  // namespace

void RunRecord::keep(Instant at, const Command& command) { std::visit(Keep{*this, at}, command); }

void RunRecord::keep(Instant at, const JournalledCommand& command) {
  std::visit(Keep{*this, at}, command);
}

RunFigures figures_of(const RunRecord& record, Money cash) {
  RunFigures figures{.final_net_liquidation = cash};
  for (const RecordStructure& structure : record.structures) {
    ++figures.structures;
    if (!structure.adopted && !structure.rolled_from) { ++figures.entries; }
    figures.realised += structure.realised;
    figures.unrealised += structure.unrealised;
    figures.fees += structure.fees;
    figures.slippage += structure.slippage;
    if (!structure.closed_at) { continue; }
    ++figures.closed;
    ++figures.exits[structure.exit_rule];
    if (structure.realised > Money{}) {
      ++figures.wins;
      figures.gross_profit += structure.realised;
    } else {
      figures.gross_loss -= structure.realised;
    }
  }
  for (const Decision& decision : record.decisions) {
    if (decision.outcome == Outcome::kReduced) { ++figures.exits[decision.rule]; }
  }
  // Cash, closed profit and marks are one account: this is what it ends with.
  figures.final_net_liquidation += figures.realised + figures.unrealised;
  Money peak = cash;
  const auto see = [&](Money value) {
    peak = std::max(peak, value);
    const Money fall = peak - value;
    figures.max_drawdown_dollars = std::max(figures.max_drawdown_dollars, fall);
    figures.max_drawdown = std::max(figures.max_drawdown, fall.dollars() / peak.dollars());
  };
  for (const RecordEquity& row : record.equity) { see(row.net_liquidation); }
  see(figures.final_net_liquidation);  // what settled after the last snapshot counts too
  return figures;
}

}  // namespace v6
