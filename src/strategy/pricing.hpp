#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analytics/black_batch.hpp"
#include "model/decision.hpp"
#include "portfolio/fees.hpp"
#include "strategy/market_view.hpp"
#include "strategy/settings.hpp"

namespace v6 {

/// The stated measure of expected value: it argues with the market about the level of volatility,
/// not about the smile. Strike by strike: level x IV(K) / IV(at the money); forward: the market's,
/// drifted. All values undiscounted.
class Forecast {
 public:
  Forecast(const ForecastSettings& settings, const Factors& factors, const Smile& smile);

  [[nodiscard]] double forward() const { return forward_; }
  [[nodiscard]] double volatility(double strike) const { return smile_->at(strike) * scale_; }
  [[nodiscard]] const Smile& smile() const { return *smile_; }
  /// The forecast's volatility over the smile's.
  [[nodiscard]] double scale() const { return scale_; }
  /// Expected payoff of one option.
  [[nodiscard]] double value(OptionRight right, double strike) const;
  /// The same of many; the volatilities are the smile's own and become the forecast's.
  void values(const BlackColumns& options, std::span<double> volatilities,
              const ValueColumns& out) const;
  /// Chance that the underlying ends below `level`: derivative of the put value by strike, central
  /// difference over 0.5 % of spot to either side.
  [[nodiscard]] double chance_below(double level, double spot) const;

 private:
  const Smile* smile_;
  double scale_;
  double forward_;
};

/// Level of volatility the forecast believes in; absent while realised volatility is.
[[nodiscard]] std::optional<double> forecast_level(const ForecastSettings& settings,
                                                   const Factors& factors);

/// Drift of the forward a year, with the sign of the outlook.
[[nodiscard]] double forecast_drift(const ForecastSettings& settings, const Factors& factors);

/// One contract with everything a candidate is summed from. Per share, long one.
struct PricedLeg {
  LegQuote quote;
  Contract contract;
  double strike = 0;
  double mid = 0;
  double volatility = 0;  // our own
  double delta = 0;
  double gamma = 0;
  double theta = 0;
  double vega = 0;
  double fair = 0;          // own value today
  double forecast = 0;      // expected payoff by the forecast, with `early_worth`
  double risk_neutral = 0;  // expected payoff by the market's own smile, with it as well
  Money commission;         // of one contract
  Money fees_bought;        // pass-through of one contract
  Money fees_sold;
};

/// What pricing needs of the account to judge the fit.
struct BookDelta {
  double dollar_delta = 0;  // beta-weighted, of what is held
  double limit = 0;
};

/// Everything one evaluation prices with.
struct Pricer {
  const StrategySettings* settings = nullptr;
  const FeeSchedule* fees = nullptr;
  const Surface* surface = nullptr;
  Forecast forecast;
  double spot = 0;
  Multiplier multiplier;
  double beta = 1;
  BookDelta book;

  /// Everything but the values by model.
  [[nodiscard]] PricedLeg quoted_leg(const LegQuote& quote, const Contract& contract) const;
  /// Fills in what is expected of a leg that has its fair value; `payoff`: the forecast's.
  void expect(PricedLeg& leg, double payoff) const;
  [[nodiscard]] PricedLeg leg(const LegQuote& quote, const Contract& contract) const;
};

/// What early exercise adds to the expected payoff of an option of this fair value, as the market
/// has it: a short option that is exercised early costs more than it would on its last day. 0 where
/// exercise is European.
[[nodiscard]] double early_worth(const Surface& surface, OptionRight right, double strike,
                                 double fair);

/// Two to four priced legs added up as one unit. Prices signed as cash to us.
struct UnitPrice {
  std::int64_t mid = 0;  // ten-thousandths, so sums are exact
  std::int64_t natural = 0;
  std::int64_t widths = 0;
  double forecast = 0;  // expected payoff of the unit
  double risk_neutral = 0;
  double fair = 0;
  double delta = 0;
  double gamma = 0;
  double theta = 0;
  double vega = 0;
  Money commissions;
  Money pass_through;

  void add(const PricedLeg& leg, int ratio);
  friend UnitPrice operator+(const UnitPrice& a, const UnitPrice& b);
};

/// The figures candidates are gated and ranked by; money and values in dollars a unit.
struct UnitMetrics {
  Price expected_price;
  Money fees;
  Money worst_case;
  double credit_fraction = 0;  // expected credit after fees (debit with fees) / width
  double expected_value = 0;
  double expected_value_risk_neutral = 0;
};

[[nodiscard]] UnitMetrics metrics_of(const Pricer& pricer, StructureKind kind,
                                     const UnitPrice& unit, Price width);

/// Score without the chance component, which is dear; add it with `with_chance`.
[[nodiscard]] Score score_of(const Pricer& pricer, StructureKind kind, const UnitPrice& unit,
                             const UnitMetrics& metrics);
[[nodiscard]] Score with_chance(const Pricer& pricer, Score score, double probability_of_profit);

/// Chance that one unit ends in profit at the expected price, before fees.
[[nodiscard]] double profit_chance(const Pricer& pricer, StructureKind kind,
                                   std::span<const PricedLeg* const> legs, Price expected_price);

/// The whole candidate of these legs (ratio +-1 each), priced from their quotes alone.
[[nodiscard]] Candidate price_candidate(const Pricer& pricer, StructureKind kind, const Legs& legs,
                                        std::span<const PricedLeg* const> priced);

}  // namespace v6
