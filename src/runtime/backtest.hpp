#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/reference.hpp"
#include "engine/settings.hpp"
#include "engine/state.hpp"
#include "report/run_result.hpp"

namespace v6 {

/// A position that exists before the run opens anything: at the first snapshot of its date.
struct Adoption {
  std::string date;               // 2019-05-01
  std::vector<std::string> legs;  // "-1 SPXW 2019-06-21 2750 P"
  int quantity = 1;

  static constexpr auto fields() {
    using A = Adoption;
    return std::tuple{field("date", &A::date, "first session with the position"),
                      field("legs", &A::legs, "ratio, root, expiry, strike, C or P"),
                      number("quantity", &A::quantity, 1, 100, "units", "of the legs")};
  }
};

/// From a date on, prices multiplied: a crash or a rally that the data does not have.
struct PriceScale {
  std::string from;
  double spot = 1;
  double quotes = 1;

  static constexpr auto fields() {
    using S = PriceScale;
    return std::tuple{field("from", &S::from, "first session scaled"),
                      number("spot", &S::spot, 0.1, 10, "factor", "on the underlying"),
                      number("quotes", &S::quotes, 0.1, 10, "factor", "on every bid and ask")};
  }
};

/// What only a backtest knows; the configuration's table `backtest`.
struct BacktestSettings {
  std::vector<Adoption> adopt;
  std::vector<PriceScale> scale;
  Mode mode = Mode::kSimulated;
  std::vector<std::string> halt;     // dates on which the operator halts before the snapshot
  std::vector<std::string> resume;   // dates on which the operator resumes before the snapshot
  std::vector<std::string> delayed;  // dates whose quotes come with a delay

  static constexpr auto fields() {
    using S = BacktestSettings;
    return std::tuple{field("adopt", &S::adopt, "positions made elsewhere"),
                      field("scale", &S::scale, "what-if prices, from a date on"),
                      field("mode", &S::mode, "dry_run shows what would be done and sends nothing"),
                      field("halt", &S::halt, "dates on which the operator halts"),
                      field("resume", &S::resume, "dates on which the operator resumes"),
                      field("delayed", &S::delayed, "dates whose quotes are delayed ones")};
  }
};

/// The configuration file as a whole.
struct Configuration : Settings {
  BacktestSettings backtest;

  static constexpr auto fields() {
    return std::tuple_cat(Settings::fields(), std::tuple{field("backtest", &Configuration::backtest,
                                                               "what a backtest makes up")});
  }
};

struct BacktestRequest {
  Settings settings;
  BacktestSettings scenario;
  std::filesystem::path chains;
  Symbol underlying;
  Symbol root;
  Date from;
  Date to;
  FillModel fill = FillModel::kWalk;
  std::uint64_t seed = 1;
  Money cash;
  std::filesystem::path journal;  // where to write it
  std::string command_line;
  std::vector<ShownSetting> config;  // effective, with origins
};

/// Called after each session: how many are done of how many.
using Progress = std::function<void(std::size_t, std::size_t)>;

/// Throws Failure for dates, an instrument or reference data that cannot be run, before anything is
/// written.
void check_request(const BacktestRequest& request, const Reference& reference);

/// Steps the core through every session of the files, once for each fill model, and journals the
/// run of `request.fill`. Throws Failure for data that cannot be trusted or does not reach.
[[nodiscard]] RunResult run_backtest(const BacktestRequest& request, const Reference& reference,
                                     const Progress& progress);

}  // namespace v6
