#include "strategy/analysis.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analytics/density.hpp"
#include "analytics/touch.hpp"
#include "base/check.hpp"
#include "calendar/expiry.hpp"
#include "portfolio/exposure.hpp"
#include "strategy/pricing.hpp"

namespace v6 {
namespace {

using analytics::LevelRange;

/// How many units these contracts are: the greatest number that divides every leg.
int units_in(const std::vector<QuotedPosition>& legs) {
  int units = 0;
  for (const QuotedPosition& leg : legs) { units = std::gcd(units, leg.position.quantity.raw()); }
  return units;
}

/// One measure's view of an option's expiry.
struct Measure {
  double spot = 0;
  double years = 0;
  double forward = 0;
  std::function<double(double)> volatility;  // by strike

  [[nodiscard]] double expected(OptionRight right, double strike) const {
    return undiscounted_black(right, forward, strike, volatility(strike), years);
  }
  [[nodiscard]] double touched(OptionRight right, double strike) const {
    return touch_chance({.right = right,
                         .spot = spot,
                         .forward = forward,
                         .strike = strike,
                         .volatility = volatility(strike),
                         .years = years});
  }
  [[nodiscard]] double chance(const std::vector<LevelRange>& earns) const {
    const auto put = [&](double strike) { return expected(OptionRight::kPut, strike); };
    return chance_within(earns, [&](double level) { return chance_below(put, level, spot); });
  }
};

class Analyst {
 public:
  explicit Analyst(const AnalysisRequest& request) : request_{request}, view_{*request.view} {
    V6_CHECK(!request.legs.empty(), "analysis of nothing");
    result_.units = Contracts{units_in(request.legs)};
    const Multiplier multiplier = request.legs.front().position.contract.multiplier();
    result_.shares = static_cast<double>(multiplier.raw()) * result_.units.raw();
    result_.spot = view_.spot().dollars();
    result_.at = view_.at();
  }

  std::expected<StructureAnalysis, NoSurface> run() {
    for (const QuotedPosition& leg : request_.legs) {
      if (const auto missing = add(leg)) { return std::unexpected{*missing}; }
    }
    price();
    find_dates();
    if (result_.one_expiry) {
      exact_outcomes();
    } else {
      valued_outcomes();
    }
    judge();
    return std::move(result_);
  }

 private:
  std::optional<NoSurface> add(const QuotedPosition& leg) {
    const Contract& contract = leg.position.contract;
    const ExpirySlice* slice = view_.slice(contract.root, contract.expiry);
    V6_CHECK(slice != nullptr, "a leg that is not listed");
    const Surface* surface = view_.surface(*slice);
    if (surface == nullptr) { return NoSurface{contract.root, contract.expiry}; }
    const Smile& smile = surface->smile;
    const double strike = contract.strike.dollars();
    AnalysedLeg analysed{
        .market = leg,
        .dte = slice->dte,
        .held = {.right = contract.right,
                 .strike = strike,
                 .quantity = static_cast<double>(leg.position.quantity.raw()) / result_.units.raw(),
                 .volatility = surface->volatility(strike),
                 .years = smile.years(),
                 .forward = smile.forward(),
                 .discount = smile.discount()}};
    if (surface->early) {
      analysed.held.early = {.rate = surface->early->rate, .dividends = surface->early->dividends};
    }
    const auto [fair, greeks] = surface->value(contract.right, strike, result_.spot);
    analysed.greeks = greeks;
    early_worth_.push_back(early_worth(*surface, contract.right, strike, fair));
    result_.legs.push_back(analysed);
    market_.push_back({.spot = result_.spot,
                       .years = smile.years(),
                       .forward = smile.forward(),
                       .volatility = [&smile](double at) { return smile.at(at); }});
    if (forecast_level(request_.strategy->forecast, *request_.factors)) {
      const Forecast forecast{request_.strategy->forecast, *request_.factors, smile};
      believed_.push_back(
          {.spot = result_.spot,
           .years = smile.years(),
           .forward = forecast.forward(),
           .volatility = [forecast](double at) { return forecast.volatility(at); }});
    }
    if (leg.position.quantity < Contracts{}) {
      TouchChances touch{.risk_neutral = market_.back().touched(contract.right, strike)};
      if (!believed_.empty()) { touch.forecast = believed_.back().touched(contract.right, strike); }
      result_.legs.back().touch = touch;
    }
    const std::size_t last = market_.size() - 1;
    if (market_[last].years < market_[nearest_].years) { nearest_ = last; }
    return std::nullopt;
  }

  void price() {
    Legs unit;
    std::vector<LegQuote> quotes;
    std::vector<FeeLeg> bought;
    std::vector<GreekPosition> positions;
    MarginBook book{.spot = view_.spot()};
    for (const AnalysedLeg& leg : result_.legs) {
      const auto& [contract, quantity] = leg.market.position;
      const LegQuote& quote = leg.market.quote;
      unit.push_back({.contract = quote.contract, .ratio = quantity.raw() / result_.units.raw()});
      quotes.push_back(quote);
      const bool buys = quantity > Contracts{};
      bought.push_back({.instrument = &contract.instrument(),
                        .side = buys ? Side::kBuy : Side::kSell,
                        .price = quote.quote.mid(),
                        .quantity = buys ? quantity : -quantity});
      book.legs.push_back({.contract = contract, .quantity = quantity, .price = quote.quote.mid()});
      positions.push_back(
          {.contract = contract, .quantity = quantity, .greeks = leg.greeks, .spot = result_.spot});
    }
    result_.kind = recognise(unit, *request_.master);
    result_.width = width_of(unit, *request_.master);
    result_.net = net_quote(unit, quotes);
    concession_ =
        request_.strategy->expected_concession * static_cast<double>(result_.net.distance().raw());
    result_.expected =
        result_.net.mid - Price::from_raw(static_cast<std::int64_t>(std::llround(concession_)));
    result_.basis = request_.basis;
    switch (request_.basis) {
      case PriceBasis::kExpected: result_.price = result_.expected; break;
      case PriceBasis::kMid: result_.price = result_.net.mid; break;
      case PriceBasis::kNatural: result_.price = result_.net.natural; break;
      case PriceBasis::kGiven: result_.price = request_.given; break;
    }
    for (const Money fee : order_fees(*request_.fees, bought)) { result_.fees += fee; }
    result_.greeks = portfolio_greeks(positions).underlyings.begin()->second;
    result_.margin = margin_of(book);
  }

  void find_dates() {
    const AnalysedLeg& nearest = result_.legs[nearest_];
    result_.expiry = nearest.market.position.contract.expiry;
    result_.years = market_[nearest_].years;
    result_.one_expiry = std::ranges::all_of(
        result_.legs, [&](const AnalysedLeg& leg) { return leg.held.years == result_.years; });
    const double at_the_money = market_[nearest_].volatility(market_[nearest_].forward);
    result_.expected_move = result_.spot * at_the_money * std::sqrt(result_.years);

    constexpr int kParts = 4;
    const Date today = result_.expiry - std::chrono::days{nearest.dte};
    int before = -1;
    for (int part = 0; part < kParts; ++part) {
      const int days = nearest.dte * part / kParts;
      const double years = days / 365.0;
      if (days == before || years >= result_.years) { continue; }
      result_.dates.push_back({.date = today + std::chrono::days{days}, .years = years});
      before = days;
    }
    result_.dates.push_back({.date = result_.expiry, .years = result_.years});
  }

  /// One expiry: piecewise linear, so all is exact.
  void exact_outcomes() {
    std::vector<analytics::PayoffLeg> legs;
    Bundle bundle{.cash = cash()};
    for (const AnalysedLeg& leg : result_.legs) {
      legs.push_back(
          {.right = leg.held.right, .strike = leg.held.strike, .quantity = leg.held.quantity});
      const auto& [contract, quantity] = leg.market.position;
      bundle.legs.push_back({.right = contract.right,
                             .strike = contract.strike,
                             .units = std::int64_t{quantity.raw()} * contract.multiplier().raw()});
    }
    const double price = result_.price.dollars();
    result_.worst_case = worst_case(bundle);
    result_.break_evens = analytics::break_evens(legs, price);
    result_.earns = analytics::profit_ranges(legs, price);
    for (ExposureLeg& leg : bundle.legs) { leg.units = -leg.units; }
    bundle.cash = -bundle.cash;
    result_.best_case = worst_case(bundle);
  }

  /// Several expiries: the value at the nearest one is a curve, looked at closely.
  void valued_outcomes() {
    constexpr int kSteps = 2000;
    std::vector<double> levels;
    for (int i = 0; i <= kSteps; ++i) { levels.push_back(2.0 * result_.spot * i / kSteps); }
    double calls = 0;
    for (const AnalysedLeg& leg : result_.legs) {
      levels.push_back(leg.held.strike);
      if (leg.held.right == OptionRight::kCall) { calls += leg.held.quantity; }
    }
    std::ranges::sort(levels);
    const auto profit = [this](double level) { return result_.profit_at_expiry(level); };
    result_.break_evens = analytics::zeros_between(levels, profit);
    result_.earns = analytics::ranges_of_profit(result_.break_evens, profit);
    const analytics::Extremes extremes = analytics::extremes_between(levels, profit);
    const double fees = result_.fees.dollars();
    // Far above every strike only the count of calls matters.
    if (calls >= 0) { result_.worst_case = Money::from_dollars(fees - extremes.least).value(); }
    if (calls <= 0) { result_.best_case = Money::from_dollars(extremes.greatest - fees).value(); }
  }

  void judge() {
    result_.risk_neutral = figures(market_);
    if (believed_.empty()) { return; }
    const ForecastSettings& settings = request_.strategy->forecast;
    result_.forecast = ForecastFigures{.figures = figures(believed_),
                                       .level = *forecast_level(settings, *request_.factors),
                                       .drift = forecast_drift(settings, *request_.factors)};
  }

  [[nodiscard]] MeasureFigures figures(const std::vector<Measure>& measures) const {
    double payoff = 0;
    for (std::size_t i = 0; i < measures.size(); ++i) {
      const analytics::HeldOption& option = result_.legs[i].held;
      payoff +=
          option.quantity * (measures[i].expected(option.right, option.strike) + early_worth_[i]);
    }
    const double conceded = concession_ / 10'000.0;
    // The expected price is rounded to be traded; what is expected of it is not.
    const double price = result_.basis == PriceBasis::kExpected
                             ? result_.net.mid.dollars() - conceded
                             : result_.price.dollars();
    return {.chance_of_profit = measures[nearest_].chance(result_.earns),
            .expected_value =
                result_.shares * (price + payoff - conceded) - 2.0 * result_.fees.dollars()};
  }

  /// What opening brings, fees taken off.
  [[nodiscard]] Money cash() const {
    const Multiplier multiplier = request_.legs.front().position.contract.multiplier();
    return premium(result_.price, multiplier, result_.units) - result_.fees;
  }

  const AnalysisRequest& request_;
  const MarketView& view_;
  StructureAnalysis result_;
  std::vector<Measure> market_;      // by leg
  std::vector<Measure> believed_;    // by leg, or empty
  std::vector<double> early_worth_;  // by leg
  std::size_t nearest_ = 0;          // the leg that expires first
  double concession_ = 0;            // expected, of one trade, ten-thousandths a share
};

}  // namespace

double StructureAnalysis::profit_at(double level, double years_passed, double volatility) const {
  double value = 0;
  for (const AnalysedLeg& leg : legs) {
    value += analytics::value_after(
        {&leg.held, 1}, spot, {.spot = level, .volatility = volatility, .years = years_passed});
  }
  return shares * (price.dollars() + value);
}

std::expected<StructureAnalysis, NoSurface> analyse(const AnalysisRequest& request) {
  return Analyst{request}.run();
}

}  // namespace v6
