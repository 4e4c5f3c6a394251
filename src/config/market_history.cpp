#include "config/market_history.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace v6 {

MarketHistory market_history(const Reference& reference, Symbol underlying) {
  const auto closes = reference.closes.find(underlying);
  if (closes == reference.closes.end()) {
    fail_data(fmt::format(
        "reference: no daily closes of {}; put them into closes/{}.csv (date,close) of the "
        "reference folder",
        underlying.text(), underlying.text()));
  }
  MarketHistory history{
      .calendar = reference.calendar, .closes = closes->second.values, .vix = reference.vix.values};
  YieldCurve curve;
  for (const YieldRow& row : reference.yields) {
    curve.publish(row.percent);
    history.yields.emplace_back(row.date, curve);
  }
  return history;
}

}  // namespace v6
