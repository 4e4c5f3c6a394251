#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "strategy/strategy_test_kit.hpp"

/// Section 11 of the product text once more, from plain numbers and with nothing of the code under
/// test: what a structure of SPXW options is worth to us.
namespace v6::real_chain {

using namespace strategy_test;

/// One leg of a unit: +1 bought, -1 sold.
struct PlainLeg {
  OptionRight right = OptionRight::kCall;
  double strike = 0;
  double bid = 0;
  double ask = 0;
  int ratio = 0;

  [[nodiscard]] double mid() const { return (bid + ask) / 2; }
  [[nodiscard]] double worth_at(double level) const {
    return std::max(0.0, right == OptionRight::kCall ? level - strike : strike - level);
  }
};

/// The market of one expiry and what is believed of it.
struct PlainMarket {
  double spot = 0;
  double forward = 0;
  double discount = 1;
  double years = 0;
  std::map<double, double> smile;  // volatility by strike, from the out-of-the-money side
  double believed = 0;             // level of volatility
  double drift = 0;                // a year, signed by the outlook
  double book_delta = 0;           // dollars
  double delta_limit = 1;

  [[nodiscard]] double rate() const { return -std::log(discount) / years; }
  [[nodiscard]] double yield() const { return rate() - std::log(forward / spot) / years; }
  [[nodiscard]] double volatility(double strike) const {
    const auto above = smile.lower_bound(strike);
    if (above == smile.end()) { return smile.rbegin()->second; }
    if (above == smile.begin() || above->first == strike) { return above->second; }
    const auto below = std::prev(above);
    const double part = (strike - below->first) / (above->first - below->first);
    return (1 - part) * below->second + part * above->second;
  }
  [[nodiscard]] TextbookOption option(OptionRight right, double strike) const {
    return {.right = right,
            .spot = spot,
            .strike = strike,
            .volatility = volatility(strike),
            .years = years,
            .rate = rate(),
            .yield = yield()};
  }
  [[nodiscard]] double forecast(OptionRight right, double strike) const {
    return payoff_expected(right, forward * std::exp(drift * years), strike,
                           believed * volatility(strike) / volatility(forward), years);
  }
  [[nodiscard]] double chance_below(double level) const {
    const double step = 0.005 * spot;
    const double slope =
        (forecast(OptionRight::kPut, level + step) - forecast(OptionRight::kPut, level - step)) /
        (2 * step);
    return std::clamp(slope, 0.0, 1.0);
  }
};

/// Dollars of one unit of 100 shares, prices per share and signed as cash to us.
struct Figures {
  double mid = 0;
  double natural = 0;
  double expected_price = 0;
  double fees = 0;
  double worst_case = 0;
  double credit_fraction = 0;
  double forecast = 0;
  double expected_value = 0;
  double expected_value_risk_neutral = 0;
  double chance_of_profit = 0;
  double delta = 0;
  double gamma = 0;
  double theta = 0;
  double vega = 0;
  double edge_ratio = 0;
  // Components of the score.
  double edge = 0;
  double price = 0;
  double chance = 0;
  double liquidity = 0;
  double carry = 0;
  double fit = 0;
  double total = 0;
};

inline double scaled(double value, double zero, double one) {
  return std::min(1.0, std::max(0.0, (value - zero) / (one - zero)));
}

/// Commission by premium tier, and what an index option passes through.
inline double commission_of(double premium) {
  return premium >= 0.10 ? 0.65 : premium >= 0.05 ? 0.50 : 0.25;
}
inline double pass_through_of(double premium) {
  return (premium >= 1.00 ? 0.45 : 0.37) + 0.02 + 0.03;
}

/// What the unit pays at expiry, before the price.
inline double payoff_at(const std::vector<PlainLeg>& legs, double level) {
  double sum = 0;
  for (const PlainLeg& leg : legs) { sum += leg.ratio * leg.worth_at(level); }
  return sum;
}

/// The chance that price and payoff together are positive: straight lines between the strikes,
/// level beyond the outermost ones.
inline double chance_of_profit(const PlainMarket& market, const std::vector<PlainLeg>& legs,
                               double price) {
  std::vector<double> knots{0};
  for (const PlainLeg& leg : legs) { knots.push_back(leg.strike); }
  std::ranges::sort(knots);
  knots.push_back(2 * knots.back());
  double chance = 0;
  const auto below = [&](double level) {
    return level <= 0 ? 0.0 : level >= knots.back() ? 1.0 : market.chance_below(level);
  };
  for (std::size_t i = 0; i + 1 < knots.size(); ++i) {
    double low = knots[i];
    double high = knots[i + 1];
    const double at_low = price + payoff_at(legs, low);
    const double at_high = price + payoff_at(legs, high);
    if (at_low <= 0 && at_high <= 0) { continue; }
    const double zero = low + (high - low) * at_low / (at_low - at_high);
    if (at_low <= 0) { low = zero; }
    if (at_high <= 0) { high = zero; }
    chance += below(high) - below(low);
  }
  return chance;
}

inline Figures figures_of(const PlainMarket& market, const std::vector<PlainLeg>& legs) {
  Figures f;
  double widths = 0;
  double risk_neutral = 0;
  double commissions = 0;
  double pass_through = 0;
  double least = 0;
  double most = 0;
  for (const PlainLeg& leg : legs) {
    const TextbookOption option = market.option(leg.right, leg.strike);
    f.mid -= leg.ratio * leg.mid();
    f.natural -= leg.ratio * (leg.ratio > 0 ? leg.ask : leg.bid);
    widths += leg.ask - leg.bid;
    f.forecast += leg.ratio * market.forecast(leg.right, leg.strike);
    risk_neutral += leg.ratio * option.price() / market.discount;
    f.delta += 100 * leg.ratio * option.delta();
    f.gamma += 100 * leg.ratio * option.gamma();
    f.theta += 100 * leg.ratio * option.theta();
    f.vega += 100 * leg.ratio * option.vega();
    commissions += commission_of(leg.mid());
    pass_through += pass_through_of(leg.mid());
    least = std::min(least, payoff_at(legs, leg.strike));
    most = std::max(most, payoff_at(legs, leg.strike));
  }
  for (const double end : {0.0, 1e5}) {
    least = std::min(least, payoff_at(legs, end));
    most = std::max(most, payoff_at(legs, end));
  }
  const double conceded = 0.35 * (f.mid - f.natural);
  // Prices are exact in ten-thousandths of a dollar; half of one is conceded.
  f.expected_price = f.mid - std::round(0.35 * std::round((f.mid - f.natural) * 1e4)) / 1e4;
  f.fees = std::max(1.00, commissions) + pass_through;
  f.worst_case = f.fees - 100 * (f.expected_price + least);
  const double cash = 100 * f.expected_price - f.fees;
  f.credit_fraction = std::fabs(cash) / (100 * std::max(-least, most));
  const double costs = 2 * 100 * conceded + 2 * f.fees;
  f.expected_value = 100 * (f.mid + f.forecast) - costs;
  f.expected_value_risk_neutral = 100 * (f.mid + risk_neutral) - costs;
  f.chance_of_profit = chance_of_profit(market, legs, f.expected_price);

  const bool credit = f.expected_price > 0;
  const double amount = std::fabs(f.expected_price);
  f.edge_ratio = f.expected_value / f.worst_case;
  f.edge = scaled(f.edge_ratio, -0.05, 0.10);
  f.price = scaled(credit ? amount / -f.forecast : f.forecast / amount, 0.8, 1.3);
  f.chance = scaled(f.chance_of_profit, 0.45, 0.85);
  f.liquidity = scaled(1 - widths / 2 / amount, 0.5, 1);
  f.carry =
      credit ? scaled(f.theta / f.worst_case, 0, 0.01) : scaled(f.theta / f.worst_case, -0.01, 0);
  f.fit =
      scaled(1 - std::fabs(market.book_delta + f.delta * market.spot) / market.delta_limit, 0, 1);
  f.total =
      35 * f.edge + 20 * f.price + 15 * f.chance + 15 * f.liquidity + 10 * f.carry + 5 * f.fit;
  return f;
}

}  // namespace v6::real_chain
