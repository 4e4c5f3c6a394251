#include "cli/option_value.hpp"

#include <cmath>

namespace v6 {
namespace {

using Valued = std::expected<OptionValue, PriceStatus>;

constexpr double kDaysPerYear = 365.0;

PriceStatus status_of(IvError error) {
  switch (error) {
    case IvError::kNoPrice: return PriceStatus::kNoPrice;
    case IvError::kNotFinite: return PriceStatus::kOutOfRange;
    case IvError::kNoTime: return PriceStatus::kNoTime;
    case IvError::kBelowIntrinsic: return PriceStatus::kBelowIntrinsic;
    case IvError::kAboveMaximum: return PriceStatus::kAboveMaximum;
    case IvError::kNoConvergence: return PriceStatus::kNoConvergence;
    case IvError::kNoTimeValue: return PriceStatus::kNoTimeValue;
  }
  return PriceStatus::kOutOfRange;
}

AmericanMethod american(PriceMethod method) {
  switch (method) {
    case PriceMethod::kFast: return AmericanMethod::kFast;
    case PriceMethod::kReference: return AmericanMethod::kReference;
  }
  return AmericanMethod::kReference;
}

bool usable(const ForwardMarket& market) {
  return std::isfinite(market.forward) && market.forward > 0 && std::isfinite(market.discount) &&
         market.discount > 0;
}

ForwardMarket carried(const SpotMarket& market, double years) {
  return {.forward = market.spot * std::exp((market.rate - market.yield) * years),
          .discount = std::exp(-market.rate * years)};
}

/// Early exercise where it may pay, cash dividends and all.
Valued american_option(const OptionTerms& terms, const SpotMarket& market, PriceMethod method) {
  AmericanInputs inputs{.right = terms.right,
                        .spot = market.spot,
                        .strike = terms.strike,
                        .years = terms.years,
                        .rate = market.rate,
                        .yield = market.yield,
                        .dividends = terms.dividends};
  OptionValue value;
  if (terms.price) {
    const auto implied = american_implied_volatility(inputs, *terms.price, american(method));
    if (!implied) { return std::unexpected{status_of(implied.error())}; }
    value.iv = *implied;
  }
  inputs.volatility = terms.volatility ? *terms.volatility : value.iv.value_or(0);
  const AmericanValue worth = american_value(inputs, american(method));
  value.price = worth.price;
  value.greeks = worth.greeks;
  value.premium = worth.premium;
  value.boundary = worth.boundary;
  return value;
}

Valued european_option(const OptionTerms& terms) {
  const auto* const by_spot = std::get_if<SpotMarket>(&terms.market);
  const ForwardMarket market =
      by_spot != nullptr ? carried(*by_spot, terms.years) : std::get<ForwardMarket>(terms.market);
  if (!usable(market)) { return std::unexpected{PriceStatus::kOutOfRange}; }
  OptionValue value;
  if (terms.price) {
    const auto implied = implied_volatility(terms.right, *terms.price, market.forward, terms.strike,
                                            terms.years, market.discount);
    if (!implied) { return std::unexpected{status_of(implied.error())}; }
    value.iv = *implied;
  }
  const BlackInputs inputs{
      .right = terms.right,
      .forward = market.forward,
      .strike = terms.strike,
      .volatility = terms.volatility ? *terms.volatility : value.iv.value_or(0),
      .years = terms.years,
      .discount = market.discount};
  value.price = black_price(inputs);
  // A spot that equals its forward is one whose yield equals the rate: the Greeks by the forward,
  // but for rho, which must leave it where it is.
  value.greeks = black_greeks(inputs, by_spot != nullptr ? by_spot->spot : market.forward);
  if (by_spot == nullptr) { value.greeks.rho = -0.01 * terms.years * value.price; }
  return value;
}

bool finite(const OptionValue& value) {
  const Greeks& greeks = value.greeks;
  return std::isfinite(value.price) && std::isfinite(greeks.delta) && std::isfinite(greeks.gamma) &&
         std::isfinite(greeks.theta) && std::isfinite(greeks.vega) && std::isfinite(greeks.rho) &&
         std::isfinite(value.premium) && std::isfinite(value.iv.value_or(0));
}

void convert(Greeks& greeks, GreekUnits units) {
  switch (units) {
    case GreekUnits::kDesk: return;
    case GreekUnits::kUnit:
      greeks.theta *= kDaysPerYear;
      greeks.vega *= 100;
      greeks.rho *= 100;
      return;
  }
}

}  // namespace

std::string_view text_of(PriceStatus status) {
  switch (status) {
    case PriceStatus::kOk: return "ok";
    case PriceStatus::kBadQuote: return "a quote is opened and not closed";
    case PriceStatus::kRaggedRow: return "not as many fields as columns";
    case PriceStatus::kBadType: return "the type is none of C, P, call, put";
    case PriceStatus::kBadStyle: return "the style is neither european nor american";
    case PriceStatus::kBadStrike: return "the strike is no number above 0";
    case PriceStatus::kBadSpot: return "the spot is no number above 0";
    case PriceStatus::kBadRate: return "the rate is no number";
    case PriceStatus::kBadYield: return "the yield is no number";
    case PriceStatus::kBadForward: return "the forward is no number above 0";
    case PriceStatus::kBadDiscount: return "the discount is no number above 0";
    case PriceStatus::kBadYears: return "the years are no number from 0 on";
    case PriceStatus::kBadExpiry: return "the expiry is no date";
    case PriceStatus::kExpired: return "expired before the day it is priced for";
    case PriceStatus::kBadVol: return "the volatility is no number from 0 on";
    case PriceStatus::kBadPrice: return "the price is no number";
    case PriceStatus::kNoVolOrPrice: return "neither a volatility nor a price";
    case PriceStatus::kBadDividends: return "the dividends are no years:amount list";
    case PriceStatus::kDividendsOutOfOrder: return "the dividends do not ascend";
    case PriceStatus::kDividendsNeedAmerican: return "cash dividends need an american style";
    case PriceStatus::kAmericanNeedsSpot: return "an american style needs a spot";
    case PriceStatus::kNoPrice: return text_of(IvError::kNoPrice);
    case PriceStatus::kNoTime: return text_of(IvError::kNoTime);
    case PriceStatus::kBelowIntrinsic: return text_of(IvError::kBelowIntrinsic);
    case PriceStatus::kAboveMaximum: return text_of(IvError::kAboveMaximum);
    case PriceStatus::kNoTimeValue: return text_of(IvError::kNoTimeValue);
    case PriceStatus::kNoConvergence: return text_of(IvError::kNoConvergence);
    case PriceStatus::kOutOfRange: return "inputs so extreme that the result is no number";
  }
  return "?";
}

Valued value_option(const OptionTerms& terms, const ValueSettings& settings) {
  const auto* const by_spot = std::get_if<SpotMarket>(&terms.market);
  const bool early = terms.style == ExerciseStyle::kAmerican;
  if (early && by_spot == nullptr) { return std::unexpected{PriceStatus::kAmericanNeedsSpot}; }
  if (!early && !terms.dividends.empty()) {
    return std::unexpected{PriceStatus::kDividendsNeedAmerican};
  }
  Valued value = early ? american_option(terms, *by_spot, settings.method) : european_option(terms);
  if (value && !finite(*value)) { return std::unexpected{PriceStatus::kOutOfRange}; }
  if (value) { convert(value->greeks, settings.units); }
  return value;
}

}  // namespace v6
