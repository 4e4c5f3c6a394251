#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/decision.hpp"
#include "strategy/market_view.hpp"
#include "strategy/settings.hpp"

namespace v6 {

/// Daily history up to the previous session, oldest first.
struct FactorHistory {
  const std::vector<double>* closes = nullptr;            // of the underlying
  const std::vector<double>* own_iv = nullptr;            // our 30-day volatility, a session each
  const std::vector<double>* volatility_index = nullptr;  // the index defined as that volatility
  /// Its level now; absent with end-of-day data, where the previous close is the latest known.
  std::optional<double> volatility_index_level;
  std::string_view volatility_index_name;
  IvHistory wanted = IvHistory::kAuto;
};

/// Everything selection and exits look at, from this snapshot and earlier days only.
/// `vix` is the live level, or with end-of-day data the previous close.
[[nodiscard]] Factors make_factors(const MarketView& market, Symbol root,
                                   const FactorHistory& history, std::optional<double> vix);

/// What to trade in this market: nothing where the outlook and the IV level together give nothing.
[[nodiscard]] std::optional<StructureKind> kind_for(Outlook outlook, IvLevel level);

/// First that holds: crash, high_vol, trending, low_vol, range_bound, normal. Unknown factors leave
/// their regimes out.
[[nodiscard]] Regime regime_of(const Factors& factors);

}  // namespace v6
