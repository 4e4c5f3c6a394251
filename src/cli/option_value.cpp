#include "cli/option_value.hpp"

#include <array>
#include <cmath>

#include "analytics/black_batch.hpp"
#include "analytics/scalar_math.hpp"

namespace v6 {
namespace {

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
  return {.forward = market.spot * exact::exp((market.rate - market.yield) * years),
          .discount = exact::exp(-market.rate * years)};
}

/// A put is worth no more than its strike and a call no more than the spot, while neither rate is
/// negative; beyond that the method has left its range.
bool possible(const OptionTerms& terms, const SpotMarket& market, double price) {
  if (market.rate < 0 || market.yield < 0) { return true; }
  const double most = terms.right == OptionRight::kCall ? market.spot : terms.strike;
  return price >= 0 && price <= most * (1 + 1e-9);
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
  if (!possible(terms, market, worth.price)) { return std::unexpected{PriceStatus::kOutOfRange}; }
  value.price = worth.price;
  value.greeks = worth.greeks;
  value.premium = worth.premium;
  value.boundary = worth.boundary;
  return value;
}

/// The spot Greeks are by. A forward that is given is one itself, whose yield is the rate.
SpotMarket spot_of(const OptionTerms& terms, const ForwardMarket& market) {
  if (const auto* const given = std::get_if<SpotMarket>(&terms.market)) { return *given; }
  const double rate = terms.years > 0 ? -exact::log(market.discount) / terms.years : 0.0;
  return {.spot = market.forward, .rate = rate, .yield = rate};
}

/// European options as columns, with the places they came from.
class EuropeanColumns {
 public:
  explicit EuropeanColumns(std::size_t most) {
    places_.reserve(most);
    rights_.reserve(most);
    for (std::vector<double>* column :
         {&spots_, &forwards_, &discounts_, &years_, &rates_, &yields_, &strikes_, &givens_}) {
      column->reserve(most);
    }
  }

  /// `given` is what else is known: a price or a volatility.
  void add(std::size_t place, const OptionTerms& terms, const ForwardMarket& market, double given) {
    const SpotMarket spot = spot_of(terms, market);
    places_.push_back(place);
    rights_.push_back(terms.right);
    spots_.push_back(spot.spot);
    forwards_.push_back(market.forward);
    discounts_.push_back(market.discount);
    years_.push_back(terms.years);
    rates_.push_back(spot.rate);
    yields_.push_back(spot.yield);
    strikes_.push_back(terms.strike);
    givens_.push_back(given);
  }

  [[nodiscard]] std::size_t size() const { return places_.size(); }
  [[nodiscard]] std::size_t place(std::size_t i) const { return places_[i]; }
  [[nodiscard]] std::span<const double> givens() const { return givens_; }
  [[nodiscard]] BlackRows rows() const {
    return {spots_, forwards_, discounts_, years_, rates_, yields_};
  }
  [[nodiscard]] BlackColumns options() const { return {rights_, strikes_}; }

 private:
  std::vector<std::size_t> places_;
  std::vector<OptionRight> rights_;
  std::vector<double> spots_, forwards_, discounts_, years_, rates_, yields_, strikes_, givens_;
};

/// What the prices given imply, into `values`; or why they imply nothing.
void imply(const EuropeanColumns& priced, std::span<Valued> values) {
  std::vector<double> volatilities(priced.size());
  std::vector<std::optional<IvError>> errors(priced.size());
  implied_volatilities(priced.rows(), priced.options(), priced.givens(), {volatilities, errors});
  for (std::size_t i = 0; i < priced.size(); ++i) {
    Valued& value = values[priced.place(i)];
    if (const auto error = errors[i]) {
      value = std::unexpected{status_of(*error)};
    } else {
      value->iv = volatilities[i];
    }
  }
}

/// Prices and Greeks at the volatilities given, into `values`.
void evaluate(const EuropeanColumns& options, std::span<Valued> values) {
  std::array<std::vector<double>, 6> columns;
  for (std::vector<double>& column : columns) { column.resize(options.size()); }
  const auto& [prices, deltas, gammas, thetas, vegas, rhos] = columns;
  black_values(options.rows(), options.options(), options.givens(),
               {columns[0], columns[1], columns[2], columns[3], columns[4], columns[5]});
  for (std::size_t i = 0; i < options.size(); ++i) {
    OptionValue& value = *values[options.place(i)];
    value.price = prices[i];
    value.greeks = {.delta = deltas[i],
                    .gamma = gammas[i],
                    .theta = thetas[i],
                    .vega = vegas[i],
                    .rho = rhos[i]};
  }
}

ForwardMarket forward_of(const OptionTerms& terms) {
  const auto* const by_spot = std::get_if<SpotMarket>(&terms.market);
  return by_spot != nullptr ? carried(*by_spot, terms.years)
                            : std::get<ForwardMarket>(terms.market);
}

/// All that are European, at once.
void european_options(std::span<const OptionTerms> terms, std::span<const std::size_t> places,
                      std::span<Valued> values) {
  std::vector<ForwardMarket> markets(terms.size());
  EuropeanColumns priced{places.size()};
  for (const std::size_t place : places) {
    markets[place] = forward_of(terms[place]);
    if (!usable(markets[place])) {
      values[place] = std::unexpected{PriceStatus::kOutOfRange};
    } else if (terms[place].price) {
      priced.add(place, terms[place], markets[place], *terms[place].price);
    }
  }
  imply(priced, values);
  EuropeanColumns alive{places.size()};
  for (const std::size_t place : places) {
    if (!values[place]) { continue; }
    const auto& given = terms[place].volatility;
    alive.add(place, terms[place], markets[place], given ? *given : values[place]->iv.value_or(0));
  }
  evaluate(alive, values);
  for (const std::size_t place : places) {
    // A higher rate leaves a forward that is given where it is, and only discounts more.
    if (values[place] && std::holds_alternative<ForwardMarket>(terms[place].market)) {
      values[place]->greeks.rho = -0.01 * terms[place].years * values[place]->price;
    }
  }
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
  Valued value;
  value_options({&terms, 1}, settings, {&value, 1});
  return value;
}

void value_options(std::span<const OptionTerms> terms, const ValueSettings& settings,
                   std::span<Valued> values) {
  std::vector<std::size_t> european;
  european.reserve(terms.size());
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const auto* const by_spot = std::get_if<SpotMarket>(&terms[i].market);
    if (terms[i].style == ExerciseStyle::kEuropean) {
      if (terms[i].dividends.empty()) {
        values[i] = OptionValue{};
        european.push_back(i);
      } else {
        values[i] = std::unexpected{PriceStatus::kDividendsNeedAmerican};
      }
    } else if (by_spot == nullptr) {
      values[i] = std::unexpected{PriceStatus::kAmericanNeedsSpot};
    } else {
      values[i] = american_option(terms[i], *by_spot, settings.method);
    }
  }
  european_options(terms, european, values);
  for (Valued& value : values) {
    if (value && !finite(*value)) { value = std::unexpected{PriceStatus::kOutOfRange}; }
    if (value) { convert(value->greeks, settings.units); }
  }
}

}  // namespace v6
