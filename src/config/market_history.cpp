#include "config/market_history.hpp"

namespace v6 {

MarketHistory market_history(const Reference& reference, Symbol underlying) {
  MarketHistory history{.calendar = reference.calendar, .vix = reference.vix.values};
  const auto closes = reference.closes.find(underlying);
  if (closes != reference.closes.end()) { history.closes = closes->second.values; }
  YieldCurve curve;
  for (const YieldRow& row : reference.yields) {
    curve.publish(row.percent);
    history.yields.emplace_back(row.date, curve);
  }
  return history;
}

}  // namespace v6
