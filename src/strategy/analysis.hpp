#pragma once

#include <expected>
#include <optional>
#include <vector>

#include "analytics/payoff.hpp"
#include "analytics/position.hpp"
#include "model/decision.hpp"
#include "portfolio/fees.hpp"
#include "portfolio/greeks.hpp"
#include "portfolio/margin.hpp"
#include "strategy/market_view.hpp"
#include "strategy/settings.hpp"

/// Everything that can be said of one structure from one snapshot of its chain.
namespace v6 {

/// Contracts of one option and the market in it.
struct QuotedPosition {
  ContractPosition position;  // sold: negative
  LegQuote quote;
};

enum class PriceBasis : std::uint8_t { kExpected, kMid, kNatural, kGiven };
BOOST_DESCRIBE_ENUM(PriceBasis, kExpected, kMid, kNatural, kGiven)

/// What to look at, and with whose eyes. At least one leg, no contract twice, all of one underlying
/// and each listed in the view.
struct AnalysisRequest {
  const MarketView* view = nullptr;
  const InstrumentMaster* master = nullptr;
  std::vector<QuotedPosition> legs;
  PriceBasis basis = PriceBasis::kExpected;
  Price given;  // with kGiven: per share of one unit, a debit negative
  const Factors* factors = nullptr;
  const StrategySettings* strategy = nullptr;
  const FeeSchedule* fees = nullptr;
};

/// Chance that the strike is touched before expiry, watched without a pause, with the strike's own
/// volatility.
struct TouchChances {
  double risk_neutral = 0;
  std::optional<double> forecast;
};

struct AnalysedLeg {
  QuotedPosition market;
  int dte = 0;
  analytics::HeldOption held;         // quantity: contracts per unit
  Greeks greeks;                      // of one share, held long
  std::optional<TouchChances> touch;  // of short legs
};

/// What one measure says of the structure; money for all contracts.
struct MeasureFigures {
  double chance_of_profit = 0;  // at the price, before fees
  double expected_value = 0;    // after the concession of closing and fees twice
};

/// The forecast believes in a level of volatility and a drift.
struct ForecastFigures {
  MeasureFigures figures;
  double level = 0;
  double drift = 0;  // a year, signed by the outlook
};

/// A day on which the structure is valued: the snapshot's time that many days on, or the nearest
/// expiry.
struct ValueDate {
  Date date;
  double years = 0;  // from the snapshot
};

/// Prices per share of one unit and signed as cash to us, money for all contracts. With several
/// expiries everything "at expiry" is at the nearest one, the others valued with their volatilities
/// held and looked at from 0 to twice the spot.
struct StructureAnalysis {
  StructureKind kind = StructureKind::kCustom;
  Contracts units;
  double shares = 0;  // multiplier x units
  double spot = 0;
  Instant at;
  Date expiry;  // the nearest
  double years = 0;
  bool one_expiry = true;
  double expected_move = 0;  // one standard deviation at the money until expiry, dollars

  NetQuote net;
  Price expected;
  PriceBasis basis = PriceBasis::kExpected;
  Price price;
  Price width;
  Money fees;  // of opening
  std::vector<AnalysedLeg> legs;

  std::optional<Money> worst_case;  // the loss, with fees; absent: unlimited
  std::optional<Money> best_case;   // the profit, less fees; absent: unlimited
  std::vector<double> break_evens;  // before fees
  std::vector<analytics::LevelRange> earns;
  MeasureFigures risk_neutral;
  std::optional<ForecastFigures> forecast;  // absent while realised volatility is
  UnderlyingGreeks greeks;
  std::expected<MarginRequirement, MarginError> margin;  // of a margin account, initial
  std::vector<ValueDate> dates;                          // today first, expiry last

  /// Profit before fees if the underlying stands at `level` when this much time has passed, every
  /// volatility held.
  [[nodiscard]] double profit_at(double level, double years_passed, double volatility = 1) const;
  [[nodiscard]] double profit_at_expiry(double level) const { return profit_at(level, years); }
};

/// Nothing can be valued where an expiry has no forward or smile.
struct NoSurface {
  Symbol root;
  Date expiry;
};

/// All figures of the structure. Sources: docs/STRATEGY.md, forecast and score.
[[nodiscard]] std::expected<StructureAnalysis, NoSurface> analyse(const AnalysisRequest& request);

}  // namespace v6
