#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/command.hpp"
#include "model/contract.hpp"

namespace v6 {

/// What one run did, gathered from its commands alone.
struct RunRecord {
  std::vector<Decision> decisions;  // by id; the last word on each; structures too
  std::vector<RecordOrder> orders;
  std::vector<RecordFill> fills;
  std::vector<RecordStructure> structures;
  std::vector<RecordEquity> equity;
  std::vector<std::pair<Instant, RaiseAlert>> alerts;

  /// Keeps what is a record; other commands pass by.
  void keep(Instant at, const Command& command);
  void keep(Instant at, const JournalledCommand& command);
};

/// The figures of one run that compare runs.
struct RunFigures {
  int entries = 0;
  std::map<std::string, int> exits;  // by rule
  int structures = 0;
  int wins = 0;
  int closed = 0;
  Money realised;
  Money unrealised;
  Money fees;
  Money slippage;
  Money gross_profit;
  Money gross_loss;
  Money final_net_liquidation;
  double max_drawdown = 0;  // fraction of the peak
  Money max_drawdown_dollars;
};

[[nodiscard]] RunFigures figures_of(const RunRecord& record, Money cash);

}  // namespace v6
