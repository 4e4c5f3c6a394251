#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/toml_settings.hpp"
#include "orders/price_walk.hpp"
#include "report/run_record.hpp"
#include "risk/limits.hpp"

namespace v6 {

/// Where a backtest's time went. Load is reading and parsing of chain files as far as the core had
/// to wait for it.
struct Timing {
  double load_s = 0;
  double run_s = 0;
  double report_s = 0;
  double quotes_per_s = 0;
  double peak_rss_mib = 0;
};

/// A finished backtest, whole: what its result files and its report are written from.
struct RunResult {
  std::string kind = "backtest";  // or "demo"
  Symbol underlying;
  Symbol root;
  Date from;
  Date to;
  FillModel fill = FillModel::kWalk;
  std::uint64_t seed = 0;
  Money cash;
  RiskLimits limits;
  std::vector<ShownSetting> config;

  std::vector<Date> sessions;
  std::vector<Date> missing;
  std::map<Date, Price> settlements;  // the level at which a series expiring that day settled
  std::uint64_t quotes_read = 0;
  std::map<std::string, std::uint64_t> quotes_refused;  // by reason
  std::vector<std::string> warnings;
  std::map<FillModel, RunRecord> runs;
  InstrumentMaster master;
  std::string decisions_digest;
  std::string journal_digest;
  std::uint64_t events = 0;
  Timing timing;

  [[nodiscard]] const RunRecord& run() const { return runs.at(fill); }
};

}  // namespace v6
