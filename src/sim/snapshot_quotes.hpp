#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "analytics/black.hpp"
#include "sim/session_market.hpp"
#include "sim/snapshot_walk.hpp"

namespace v6 {

/// Option quotes between two snapshots: each contract's own variance, forward, width and distance
/// from its model go from one day's to the next day's in market time.
class SnapshotQuotes {
 public:
  /// Both outlive this.
  SnapshotQuotes(const SnapshotStore& store, const SnapshotWalk& walk, std::uint64_t seed)
      : store_{&store}, walk_{&walk}, seed_{seed} {}

  /// The quote at an instant at which the options' market is open or has just closed.
  [[nodiscard]] MarketQuote at(const Listing& option, Instant instant) const;
  /// The model of a contract then, with the underlying elsewhere; nothing for unknown contracts.
  [[nodiscard]] std::optional<BlackInputs> model(const Listing& option, Instant instant,
                                                 double underlying) const;

 private:
  /// Everything that all contracts share at one instant.
  struct Scene {
    Instant at;
    double spot = 0;
    std::shared_ptr<const SnapshotDay> earlier;
    std::shared_ptr<const SnapshotDay> later;
    double share = 0;  // of the way from the earlier to the later
  };
  /// A two-sided market before it is rounded.
  struct Point {
    QuoteAnchor anchor;
    double mid = 0;
    Quote quote;
  };

  [[nodiscard]] Scene scene_at(Instant instant) const;
  [[nodiscard]] std::optional<Point> point(const Listing& option, const Scene& scene) const;
  void add_last(MarketQuote& quote, const Listing& option, const Scene& scene) const;
  void add_activity(MarketQuote& quote, const Listing& option, const Scene& scene) const;

  const SnapshotStore* store_;
  const SnapshotWalk* walk_;
  std::uint64_t seed_;
};

}  // namespace v6
