#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "analytics/rates.hpp"
#include "calendar/calendar.hpp"
#include "sim/chain_files.hpp"

namespace v6 {

/// One contract at one snapshot, in the terms in which quotes move between snapshots.
struct QuoteAnchor {
  double carry = 0;     // ln(forward / spot)
  double rate = 0;      // continuous, of the discount to expiry
  double variance = 0;  // total, to expiry
  double years = 0;
  double residual = 0;    // mid less the model's price
  double half_width = 0;  // of the quote
};

/// One end-of-day chain with its forwards and volatilities, each worked out when first asked for.
class SnapshotDay {
 public:
  /// The calendar outlives the day.
  SnapshotDay(ParsedDay day, Instant at, YieldCurve curve, const Calendar& calendar);

  [[nodiscard]] Date date() const { return day_.date; }
  [[nodiscard]] Instant at() const { return at_; }
  [[nodiscard]] Price spot() const { return day_.spot; }
  [[nodiscard]] const std::vector<ContractKey>& contracts() const { return day_.contracts; }
  [[nodiscard]] const Chain& chain() const { return day_.chain; }

  [[nodiscard]] std::optional<std::size_t> row_of(ContractKey key) const;
  /// Needs a row of the chain.
  [[nodiscard]] const QuoteAnchor& anchor(std::size_t row) const;

 private:
  struct Series {
    double forward = 0;
    double rate = 0;
    double years = 0;
  };
  using SeriesKey = std::pair<Symbol, Date>;

  [[nodiscard]] const Series& series_of(const Contract& contract) const;
  [[nodiscard]] double volatility_of(std::size_t row, const Contract& contract,
                                     const Series& series) const;
  [[nodiscard]] std::optional<double> implied(std::size_t row, const Contract& contract,
                                              const Series& series) const;

  ParsedDay day_;
  Instant at_;
  YieldCurve curve_;
  const Calendar* calendar_;
  ContractTable rows_;
  std::map<SeriesKey, std::vector<std::uint32_t>> rows_by_series_;
  mutable std::map<SeriesKey, Series> series_;
  mutable std::vector<std::optional<QuoteAnchor>> anchors_;
};

}  // namespace v6
