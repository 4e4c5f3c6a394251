#pragma once

#include "config/reference.hpp"
#include "sim/snapshot_market.hpp"

namespace v6 {

/// The reference data as a simulated market of this underlying needs it. An underlying without
/// closes has none here either; the market that needs them says so.
[[nodiscard]] MarketHistory market_history(const Reference& reference, Symbol underlying);

}  // namespace v6
