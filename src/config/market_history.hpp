#pragma once

#include "config/reference.hpp"
#include "sim/snapshot_market.hpp"

namespace v6 {

/// The reference data as a simulated market of this underlying needs it. Fails (data) when the
/// underlying has no closes.
[[nodiscard]] MarketHistory market_history(const Reference& reference, Symbol underlying);

}  // namespace v6
