#pragma once

#include <cstdint>
#include <optional>

#include "sim/snapshot_store.hpp"

namespace v6 {

/// Levels between the ones that are known: bridges from each to the next, a share of their
/// variance as a jump at the open. Levels stand still while their market is closed.
class SnapshotWalk {
 public:
  /// The store outlives the walk.
  SnapshotWalk(const SnapshotStore& store, std::uint64_t seed) : store_{&store}, seed_{seed} {}

  /// Of the underlying: the snapshot's spot at each snapshot, the official close at each close.
  [[nodiscard]] Price spot_at(Instant at) const;
  /// Of VIX: its official close at 16:15; nothing where the series has none.
  [[nodiscard]] std::optional<Price> vix_at(Instant at) const;

 private:
  const SnapshotStore* store_;
  std::uint64_t seed_;
};

/// Market time between two instants, in seconds: trading hours of the stocks, and for each open
/// passed what a night counts for.
[[nodiscard]] std::int64_t market_seconds(const Calendar& calendar, Instant from, Instant to);

}  // namespace v6
