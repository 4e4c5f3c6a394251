#include "strategy/pricing.hpp"

#include <algorithm>
#include <cmath>

#include "analytics/density.hpp"
#include "analytics/scalar_math.hpp"
#include "base/check.hpp"
#include "portfolio/greeks.hpp"

namespace v6 {
namespace {

/// 0 at `zero`, 1 at `one`, straight between, flat outside.
double clamped(double value, double zero, double one) {
  return std::clamp((value - zero) / (one - zero), 0.0, 1.0);
}

double dollars(std::int64_t ten_thousandths) {
  return static_cast<double>(ten_thousandths) / 10'000.0;
}

/// Expected concession of one trade, dollars a share.
double concession(const Pricer& pricer, const UnitPrice& unit) {
  return pricer.settings->expected_concession * dollars(unit.mid - unit.natural);
}

Price price_width(StructureKind kind, std::span<const PricedLeg* const> legs) {
  // Legs stand as pairs of one right; a condor's put pair first.
  Price widest;
  for (std::size_t i = 0; i + 1 < legs.size(); i += 2) {
    const Price apart = legs[i]->contract.strike - legs[i + 1]->contract.strike;
    widest = std::max(widest, std::max(apart, -apart));
  }
  V6_CHECK(kind != StructureKind::kCustom, "only known shapes are priced");
  return widest;
}

}  // namespace

std::optional<double> forecast_level(const ForecastSettings& settings, const Factors& factors) {
  if (!factors.realised_20 || !factors.realised_252) { return std::nullopt; }
  return std::max(settings.least, settings.weight_20 * *factors.realised_20 +
                                      settings.weight_252 * *factors.realised_252);
}

double forecast_drift(const ForecastSettings& settings, const Factors& factors) {
  const Outlook outlook = factors.outlook.value_or(Outlook::kNeutral);
  const double sign = outlook == Outlook::kBullish ? 1 : outlook == Outlook::kBearish ? -1 : 0;
  return sign * settings.directional_drift;
}

Forecast::Forecast(const ForecastSettings& settings, const Factors& factors, const Smile& smile)
    : smile_{&smile},
      scale_{forecast_level(settings, factors).value_or(smile.atm()) / smile.atm()} {
  forward_ = smile.forward() * exact::exp(forecast_drift(settings, factors) * smile.years());
}

double Forecast::value(OptionRight right, double strike) const {
  return undiscounted_black(right, forward_, strike, volatility(strike), smile_->years());
}

void Forecast::values(const BlackColumns& options, std::span<double> volatilities,
                      const ValueColumns& out) const {
  for (double& volatility : volatilities) { volatility *= scale_; }
  black_values({.spot = forward_, .forward = forward_, .discount = 1, .years = smile_->years()},
               options, volatilities, out);
}

double Forecast::chance_below(double level, double spot) const {
  return v6::chance_below([&](double strike) { return value(OptionRight::kPut, strike); }, level,
                          spot);
}

PricedLeg Pricer::quoted_leg(const LegQuote& quote, const Contract& contract) const {
  PricedLeg leg{.quote = quote, .contract = contract, .strike = contract.strike.dollars()};
  const Price price = quote.quote.mid();
  leg.mid = price.dollars();
  const Instrument& instrument = contract.instrument();
  leg.commission = commission(*fees, price, Contracts{1});
  leg.fees_bought = pass_through_fees(*fees, instrument, Side::kBuy, price, Contracts{1});
  leg.fees_sold = pass_through_fees(*fees, instrument, Side::kSell, price, Contracts{1});
  return leg;
}

double early_worth(const Surface& surface, OptionRight right, double strike, double fair) {
  if (!surface.early) { return 0; }
  const Smile& smile = surface.smile;
  return fair / smile.discount() -
         undiscounted_black(right, smile.forward(), strike, smile.at(strike), smile.years());
}

void Pricer::expect(PricedLeg& leg, double payoff) const {
  leg.risk_neutral = leg.fair / surface->smile.discount();
  leg.forecast = payoff + early_worth(*surface, leg.contract.right, leg.strike, leg.fair);
}

PricedLeg Pricer::leg(const LegQuote& quote, const Contract& contract) const {
  PricedLeg leg = quoted_leg(quote, contract);
  leg.volatility = surface->volatility(leg.strike);
  const auto [fair, greeks] = surface->value(contract.right, leg.strike, spot);
  leg.delta = greeks.delta;
  leg.gamma = greeks.gamma;
  leg.theta = greeks.theta;
  leg.vega = greeks.vega;
  leg.fair = fair;
  expect(leg, forecast.value(contract.right, leg.strike));
  return leg;
}

void UnitPrice::add(const PricedLeg& leg, int ratio) {
  const Quote& quote = leg.quote.quote;
  mid -= ratio * quote.mid().raw();
  natural -= ratio * (ratio > 0 ? quote.ask : quote.bid).raw();
  widths += std::abs(ratio) * quote.width().raw();
  forecast += ratio * leg.forecast;
  risk_neutral += ratio * leg.risk_neutral;
  fair -= ratio * leg.fair;
  delta += ratio * leg.delta;
  gamma += ratio * leg.gamma;
  theta += ratio * leg.theta;
  vega += ratio * leg.vega;
  commissions += leg.commission * std::abs(ratio);
  pass_through += (ratio > 0 ? leg.fees_bought : leg.fees_sold) * std::abs(ratio);
}

UnitPrice operator+(const UnitPrice& a, const UnitPrice& b) {
  return {.mid = a.mid + b.mid,
          .natural = a.natural + b.natural,
          .widths = a.widths + b.widths,
          .forecast = a.forecast + b.forecast,
          .risk_neutral = a.risk_neutral + b.risk_neutral,
          .fair = a.fair + b.fair,
          .delta = a.delta + b.delta,
          .gamma = a.gamma + b.gamma,
          .theta = a.theta + b.theta,
          .vega = a.vega + b.vega,
          .commissions = a.commissions + b.commissions,
          .pass_through = a.pass_through + b.pass_through};
}

UnitMetrics metrics_of(const Pricer& pricer, StructureKind kind, const UnitPrice& unit,
                       Price width) {
  const double shares = pricer.multiplier.raw();
  UnitMetrics metrics;
  metrics.fees = std::max(unit.commissions, pricer.fees->minimum_per_order) + unit.pass_through;
  const double conceded =
      pricer.settings->expected_concession * static_cast<double>(unit.mid - unit.natural);
  metrics.expected_price =
      Price::from_raw(unit.mid - static_cast<std::int64_t>(std::llround(conceded)));
  const Money cash =
      premium(metrics.expected_price, pricer.multiplier, Contracts{1}) - metrics.fees;
  const Money span = premium(width, pricer.multiplier, Contracts{1});
  metrics.worst_case = is_credit(kind) ? span - cash : -cash;
  metrics.credit_fraction = (is_credit(kind) ? cash : -cash).dollars() / span.dollars();
  const double costs = 2.0 * shares * concession(pricer, unit) + 2.0 * metrics.fees.dollars();
  metrics.expected_value = shares * (dollars(unit.mid) + unit.forecast) - costs;
  metrics.expected_value_risk_neutral = shares * (dollars(unit.mid) + unit.risk_neutral) - costs;
  return metrics;
}

Score score_of(const Pricer& pricer, StructureKind kind, const UnitPrice& unit,
               const UnitMetrics& metrics) {
  const ScoreSettings& weights = pricer.settings->score;
  const double shares = pricer.multiplier.raw();
  const double worst = metrics.worst_case.dollars();
  const double price = metrics.expected_price.dollars();
  const bool credit = is_credit(kind);
  Score score;
  score.edge = clamped(metrics.expected_value / worst, -0.05, 0.10);
  // Credit over what it should cost to buy back; debit: what it should be worth over its cost.
  const double value = credit ? -unit.forecast : unit.forecast;
  const double paid = credit ? price : -price;
  const double ratio = credit ? (value > 0 ? paid / value : 2.0) : (paid > 0 ? value / paid : 2.0);
  score.price = clamped(ratio, 0.8, 1.3);
  score.liquidity = paid > 0 ? clamped(1.0 - dollars(unit.widths) / 2.0 / paid, 0.5, 1.0) : 0.0;
  const double carry = shares * unit.theta / worst;
  score.carry = credit ? clamped(carry, 0, 0.01) : clamped(carry, -0.01, 0);
  const double after = pricer.book.dollar_delta +
                       dollar_greeks({.delta = unit.delta}, shares, pricer.spot, pricer.beta).delta;
  score.fit =
      pricer.book.limit > 0 ? clamped(1.0 - std::fabs(after) / pricer.book.limit, 0.0, 1.0) : 0.0;
  score.total = weights.edge * score.edge + weights.price * score.price +
                weights.liquidity * score.liquidity + weights.carry * score.carry +
                weights.fit * score.fit;
  return score;
}

Score with_chance(const Pricer& pricer, Score score, double probability_of_profit) {
  score.chance = clamped(probability_of_profit, 0.45, 0.85);
  score.total += pricer.settings->score.chance * score.chance;
  return score;
}

double profit_chance(const Pricer& pricer, StructureKind kind,
                     std::span<const PricedLeg* const> legs, Price expected_price) {
  const double price = expected_price.dollars();
  const auto below = [&](double level) { return pricer.forecast.chance_below(level, pricer.spot); };
  switch (kind) {
    using enum StructureKind;
    // Verticals: legs are sold, bought. A credit moves its break-even away from the short strike, a
    // debit away from the long one.
    case kPutCreditSpread: return 1.0 - below(legs[0]->strike - price);
    case kCallCreditSpread: return below(legs[0]->strike + price);
    case kPutDebitSpread: return below(legs[1]->strike + price);
    case kCallDebitSpread: return 1.0 - below(legs[1]->strike - price);
    case kIronCondor:
    case kIronButterfly:
      return std::max(0.0, below(legs[2]->strike + price) - below(legs[0]->strike - price));
    case kLongCall:
    case kLongPut:
    case kCalendar:
    case kCoveredCall:
    case kCashSecuredPut:
    case kUndefinedRisk:
    case kCustom: break;
  }
  fail_check("priced kind", "only verticals and condors are built");
}

Candidate price_candidate(const Pricer& pricer, StructureKind kind, const Legs& legs,
                          std::span<const PricedLeg* const> priced) {
  UnitPrice unit;
  Candidate candidate{.kind = kind, .legs = legs};
  double vega_sum = 0;
  double volatility_sum = 0;
  for (std::size_t i = 0; i < legs.size(); ++i) {
    unit.add(*priced[i], legs[i].ratio);
    candidate.quotes.push_back(priced[i]->quote);
    candidate.leg_deltas.push_back(priced[i]->delta);
    candidate.leg_ivs.push_back(priced[i]->volatility);
    vega_sum += priced[i]->vega;
    volatility_sum += priced[i]->vega * priced[i]->volatility;
  }
  const UnitMetrics metrics = metrics_of(pricer, kind, unit, price_width(kind, priced));
  const double shares = pricer.multiplier.raw();
  candidate.mid = Price::from_raw(unit.mid);
  candidate.natural = Price::from_raw(unit.natural);
  candidate.expected_price = metrics.expected_price;
  candidate.worst_case = metrics.worst_case;
  candidate.fees = metrics.fees;
  candidate.expected_value = metrics.expected_value;
  candidate.expected_value_risk_neutral = metrics.expected_value_risk_neutral;
  candidate.probability_of_profit = profit_chance(pricer, kind, priced, metrics.expected_price);
  candidate.delta = shares * unit.delta;
  candidate.gamma = shares * unit.gamma;
  candidate.theta = shares * unit.theta;
  candidate.vega = shares * unit.vega;
  candidate.implied_volatility = vega_sum > 0 ? volatility_sum / vega_sum : 0;
  candidate.fair_value = unit.fair;
  candidate.score =
      with_chance(pricer, score_of(pricer, kind, unit, metrics), candidate.probability_of_profit);
  return candidate;
}

}  // namespace v6
