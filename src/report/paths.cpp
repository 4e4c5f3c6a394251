#include "report/paths.hpp"

#include <cmath>
#include <map>

namespace v6 {
namespace {

struct Step {
  Instant at;
  std::optional<Price> spot;
  std::optional<Price> mid;
  std::optional<double> upl;
  Money net_pnl;
  bool valid = true;
};
BOOST_DESCRIBE_STRUCT(Step, (), (at, spot, mid, upl, net_pnl, valid))

using Path = std::vector<Step>;

std::optional<double> share(double profit, double entry) {
  if (entry == 0) { return std::nullopt; }
  return profit / std::fabs(entry);
}

/// The snapshot that opened a structure judges no mark of it; the mids it was opened on are one.
void mark_opening(Step& step, const RecordStructure& structure) {
  Price mid;
  for (const EntryLeg& entry : structure.legs) { mid += entry.quote.mid() * entry.leg.ratio; }
  step.mid = mid;
  step.upl = share((structure.entry_price + mid).dollars(), structure.entry_price.dollars());
  step.valid = true;
}

std::map<StructureId, Path> marked_paths(const RunRecord& run) {
  std::map<StructureId, Path> paths;
  for (const RecordEquity& row : run.equity) {
    for (const StructureMark& mark : row.marks) {
      paths[mark.id].push_back({.at = row.at,
                                .spot = row.spot,
                                .mid = mark.mid,
                                .upl = mark.upl,
                                .net_pnl = mark.net_pnl,
                                .valid = mark.valid});
    }
  }
  return paths;
}

/// Levels of the underlying where structures ended: snapshots, and settlements.
class Levels {
 public:
  explicit Levels(const RunResult& result) {
    for (const RecordEquity& row : result.run().equity) { snapshots_[row.at] = row.spot; }
    for (const RecordFill& fill : result.run().fills) {
      if (fill.fill.side != Side::kSettle) { continue; }
      const auto level = result.settlements.find(result.master[fill.fill.contract].expiry);
      if (level != result.settlements.end()) {
        settled_[{fill.structure, fill.at}] = level->second;
      }
    }
  }
  [[nodiscard]] std::optional<Price> at_end_of(const RecordStructure& structure) const {
    const auto settled = settled_.find({structure.id, *structure.closed_at});
    if (settled != settled_.end()) { return settled->second; }
    const auto seen = snapshots_.find(*structure.closed_at);
    return seen != snapshots_.end() ? std::optional{seen->second} : std::nullopt;
  }

 private:
  std::map<Instant, Price> snapshots_;
  std::map<std::pair<StructureId, Instant>, Price> settled_;
};

Step closing_step(const RecordStructure& structure, const Levels& levels, Multiplier multiplier) {
  const Money entry = premium(structure.entry_price, multiplier, structure.quantity);
  return {.at = *structure.closed_at,
          .spot = levels.at_end_of(structure),
          .upl = share((structure.realised + structure.fees).dollars(), entry.dollars()),
          .net_pnl = structure.realised};
}

}  // namespace

Json structures_with_paths(const RunResult& result) {
  const JsonForm form{result.master};
  const Levels levels{result};
  std::map<StructureId, Path> paths = marked_paths(result.run());
  Json structures = Json::array();
  for (const RecordStructure& structure : result.run().structures) {
    Path& path = paths[structure.id];
    if (!path.empty() && path.front().at == structure.opened_at && !path.front().valid) {
      mark_opening(path.front(), structure);
    }
    if (structure.closed_at && !structure.legs.empty()) {
      const Contract contract = result.master[structure.legs.front().leg.contract];
      path.push_back(closing_step(structure, levels, contract.multiplier()));
    }
    Json entry = form.of(structure);
    entry["path"] = form.of(path);
    structures.push_back(std::move(entry));
  }
  return structures;
}

}  // namespace v6
