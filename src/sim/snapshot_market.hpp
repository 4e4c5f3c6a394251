#pragma once

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "analytics/rates.hpp"
#include "sim/session_market.hpp"

namespace v6 {

/// Daily facts around the chains, in terms of this folder; config/market_history.hpp makes them of
/// the shipped reference data.
struct MarketHistory {
  Calendar::Data calendar;
  std::vector<std::pair<Date, double>> closes;      // official, of the underlying; ascending
  std::vector<std::pair<Date, double>> vix;         // closes; ascending
  std::vector<std::pair<Date, YieldCurve>> yields;  // by the day that published them; ascending
};

struct SnapshotMarketSettings {
  std::filesystem::path chains;  // SYMBOL_YYYYMMDD.csv.gz
  Symbol underlying;
  /// Absent: 9:20 of the first day that has a file (frozen: its snapshot).
  std::optional<Instant> start;
  std::uint64_t seed = 1;
  /// Stand at the snapshot of the start's day.
  bool frozen = false;
};

/// Real end-of-day chains joined into sessions. At each snapshot (15 minutes before the close of
/// the stocks) quotes are exactly the file's, at each close the spot is the official one. In
/// between everything is simulated: the spot follows a seeded Brownian bridge, a share of it
/// overnight; a quote follows its own implied variance, forward and width of both days.
/// Throws Failure (data) for bad files and for dates the reference data does not cover.
[[nodiscard]] std::unique_ptr<SessionMarket> make_snapshot_market(
    const SnapshotMarketSettings& settings, MarketHistory history);

/// When the market of these settings stands at first: what to start a SessionClock with.
[[nodiscard]] Instant start_of(const SnapshotMarketSettings& settings,
                               const MarketHistory& history);

}  // namespace v6
