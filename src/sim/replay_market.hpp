#pragma once

#include <memory>

#include "sim/snapshot_market.hpp"

namespace v6 {

/// Whether a folder holds recorded minutes (YYYYMMDD_quote_american.zip) and not end-of-day chains.
[[nodiscard]] bool holds_minutes(const std::filesystem::path& folder);

/// One recorded session, minute by minute as it was: Lean's quote, trade and open-interest zips of
/// a stock's American options and of the stock, all in one folder. A bar is known once its minute
/// is over. Nothing is simulated but the models' view of the quotes; the seed means nothing.
/// Throws Failure (data) for missing and bad files.
[[nodiscard]] std::unique_ptr<SessionMarket> make_replay_market(
    const SnapshotMarketSettings& settings, MarketHistory history);

/// Whichever market the folder holds, and where it stands at first.
[[nodiscard]] std::unique_ptr<SessionMarket> make_session_market(
    const SnapshotMarketSettings& settings, MarketHistory history);
[[nodiscard]] Instant session_start_of(const SnapshotMarketSettings& settings,
                                       const MarketHistory& history);

}  // namespace v6
