#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "sim/snapshot_day.hpp"
#include "sim/snapshot_market.hpp"

namespace v6 {

/// What is known for sure: the chains of a folder and the official levels around them. Chains are
/// read when first asked for, and the last few kept.
class SnapshotStore {
 public:
  SnapshotStore(const SnapshotMarketSettings& settings, MarketHistory history);

  [[nodiscard]] const Calendar& calendar() const { return calendar_; }
  [[nodiscard]] Symbol underlying() const { return underlying_; }
  [[nodiscard]] const MarketHistory& history() const { return history_; }

  [[nodiscard]] Date first_day() const { return files_.begin()->first; }
  [[nodiscard]] Date last_day() const { return files_.rbegin()->first; }
  [[nodiscard]] bool has(Date date) const { return files_.contains(date); }
  /// The nearest day with a chain: the last one before this date, the first from it on.
  [[nodiscard]] std::optional<Date> before(Date date) const;
  [[nodiscard]] std::optional<Date> from(Date date) const;
  /// Needs has(date).
  [[nodiscard]] std::shared_ptr<const SnapshotDay> day(Date date) const;

  /// 15 minutes before the close of the stocks.
  [[nodiscard]] Instant snapshot_at(Date session) const;
  /// Hours of the stocks, and of the options. Need a session.
  [[nodiscard]] Session stocks(Date session) const;
  [[nodiscard]] Session options(Date session) const;

  [[nodiscard]] std::optional<double> close(Date date) const;
  /// The same; fails (data) where the series has none.
  [[nodiscard]] double needed_close(Date date) const;
  [[nodiscard]] std::optional<double> vix(Date date) const;
  /// The last close of VIX before this date.
  [[nodiscard]] std::optional<double> vix_before(Date date) const;

 private:
  Symbol underlying_;
  MarketHistory history_;
  Calendar calendar_;
  std::map<Date, ChainFile> files_;
  mutable std::map<Date, std::shared_ptr<const SnapshotDay>> days_;
};

}  // namespace v6
