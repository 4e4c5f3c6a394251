#pragma once

#include <boost/describe.hpp>

#include <cstdint>
#include <string>
#include <tuple>

#include "base/settings.hpp"
#include "model/money.hpp"

namespace v6 {

/// Absolute deltas a leg may have, and the one it should have (ties only).
struct DeltaWindow {
  double least = 0;
  double most = 0;
  double target = 0;

  static constexpr auto fields() {
    using W = DeltaWindow;
    return std::tuple{number("least", &W::least, 0.01, 0.99, "delta", "lower edge, included"),
                      number("most", &W::most, 0.01, 0.99, "delta", "upper edge, included"),
                      number("target", &W::target, 0.01, 0.99, "delta", "breaks ties")};
  }
};

/// Distance between a short and its long strike, as a fraction of spot.
struct WidthWindow {
  double least = 0;
  double most = 0;

  static constexpr auto fields() {
    using W = WidthWindow;
    return std::tuple{
        number("least", &W::least, 0.001, 0.2, "fraction of spot", "narrowest, included"),
        number("most", &W::most, 0.001, 0.2, "fraction of spot", "widest, included")};
  }
};

struct CondorSettings {
  DeltaWindow normal{.least = 0.20, .most = 0.25, .target = 0.22};
  DeltaWindow high{.least = 0.16, .most = 0.20, .target = 0.18};
  DeltaWindow extreme{.least = 0.08, .most = 0.12, .target = 0.10};
  double sides_within = 0.05;
  WidthWindow width{.least = 0.01, .most = 0.03};
  double least_credit = 0.20;
  double least_credit_extreme = 0.12;

  static constexpr auto fields() {
    using S = CondorSettings;
    return std::tuple{
        field("normal", &S::normal, "short deltas at normal IV"),
        field("high", &S::high, "short deltas at high IV"),
        field("extreme", &S::extreme, "short deltas at extreme IV"),
        number("sides_within", &S::sides_within, 0, 0.5, "delta", "largest gap of the two sides"),
        field("width", &S::width, "wings"),
        number("least_credit", &S::least_credit, 0.01, 0.9, "fraction of the wider width",
               "expected credit after fees"),
        number("least_credit_extreme", &S::least_credit_extreme, 0.01, 0.9,
               "fraction of the wider width", "the same at extreme IV")};
  }
};

struct CreditSpreadSettings {
  DeltaWindow normal{.least = 0.25, .most = 0.35, .target = 0.30};
  DeltaWindow extreme{.least = 0.15, .most = 0.20, .target = 0.18};
  WidthWindow width{.least = 0.008, .most = 0.02};
  double least_credit = 0.18;

  static constexpr auto fields() {
    using S = CreditSpreadSettings;
    return std::tuple{field("normal", &S::normal, "short delta at normal and high IV"),
                      field("extreme", &S::extreme, "short delta at extreme IV"),
                      field("width", &S::width, "wing"),
                      number("least_credit", &S::least_credit, 0.01, 0.9, "fraction of the width",
                             "expected credit after fees")};
  }
};

struct DebitSpreadSettings {
  DeltaWindow bought{.least = 0.50, .most = 0.60, .target = 0.55};
  DeltaWindow sold{.least = 0.25, .most = 0.35, .target = 0.30};
  WidthWindow width{.least = 0.008, .most = 0.025};
  double most_debit = 0.55;

  static constexpr auto fields() {
    using S = DebitSpreadSettings;
    return std::tuple{field("bought", &S::bought, "long delta"),
                      field("sold", &S::sold, "short delta"),
                      field("width", &S::width, "distance of the strikes"),
                      number("most_debit", &S::most_debit, 0.05, 0.95, "fraction of the width",
                             "expected debit with fees")};
  }
};

struct LiquiditySettings {
  double width_floor = 0.10;
  double width_of_mid = 0.15;
  int least_open_interest = 100;

  static constexpr auto fields() {
    using S = LiquiditySettings;
    return std::tuple{
        number("width_floor", &S::width_floor, 0, 5, "dollars", "a quote this narrow is fine"),
        number("width_of_mid", &S::width_of_mid, 0.01, 1, "fraction of mid",
               "or one this narrow for its price"),
        number("least_open_interest", &S::least_open_interest, 0, 100000, "contracts", "each leg")};
  }
};

struct ForecastSettings {
  double weight_20 = 0.5;
  double weight_252 = 0.5;
  double least = 0.05;
  double directional_drift = 0.02;

  static constexpr auto fields() {
    using S = ForecastSettings;
    return std::tuple{number("weight_20", &S::weight_20, 0, 1, "fraction",
                             "weight of 20-day realised volatility"),
                      number("weight_252", &S::weight_252, 0, 1, "fraction",
                             "weight of 252-day realised volatility"),
                      number("least", &S::least, 0.01, 1, "volatility", "never less"),
                      number("directional_drift", &S::directional_drift, 0, 0.5, "a year",
                             "drift of the forward with the sign of the outlook")};
  }
};

struct ScoreSettings {
  double edge = 35;
  double price = 20;
  double chance = 15;
  double liquidity = 15;
  double carry = 10;
  double fit = 5;
  double threshold = 50;

  static constexpr auto fields() {
    using S = ScoreSettings;
    constexpr auto weight = [](std::string_view name, double S::* member, std::string_view what) {
      return number(name, member, 0, 100, "points", what);
    };
    return std::tuple{
        weight("edge", &S::edge, "expected value / worst case, -0.05 to 0.10"),
        weight("price", &S::price, "expected credit / forecast value, 0.8 to 1.3"),
        weight("chance", &S::chance, "chance of profit, 0.45 to 0.85"),
        weight("liquidity", &S::liquidity, "1 - half the leg widths / expected price, 0.5 to 1"),
        weight("carry", &S::carry, "theta a day / worst case, 0 to 0.01"),
        weight("fit", &S::fit, "1 - dollar delta of the book after / limit, 0 to 1"),
        weight("threshold", &S::threshold, "least total score that trades")};
  }
};

/// Which history the IV percentile is taken of: our own 30-day volatility alone, or, while a year
/// of that is missing, the index defined as it.
enum class IvHistory : std::uint8_t { kAuto, kOwn };
BOOST_DESCRIBE_ENUM(IvHistory, kAuto, kOwn)

/// What may be opened and how it is chosen.
struct StrategySettings {
  IvHistory iv_history = IvHistory::kAuto;
  int least_dte = 21;
  int most_dte = 45;
  CondorSettings condor;
  CreditSpreadSettings credit_spread;
  DebitSpreadSettings debit_spread;
  LiquiditySettings liquidity;
  double least_strike = 0.5;
  double most_strike = 1.5;
  double delta_tolerance = 0.05;
  double iv_tolerance = 0.03;
  double expected_concession = 0.35;
  ForecastSettings forecast;
  ScoreSettings score;

  static constexpr auto fields() {
    using S = StrategySettings;
    return std::tuple{
        field("iv_history", &S::iv_history,
              "auto: the volatility index until a year of our own IV exists; own: never the index"),
        number("least_dte", &S::least_dte, 21, 45, "days", "no entry below, New York date"),
        number("most_dte", &S::most_dte, 21, 45, "days", "no entry above, New York date"),
        field("condor", &S::condor, "iron condors"),
        field("credit_spread", &S::credit_spread, "put and call credit spreads"),
        field("debit_spread", &S::debit_spread, "put and call debit spreads"),
        field("liquidity", &S::liquidity, "each leg"),
        number("least_strike", &S::least_strike, 0.1, 1, "fraction of spot", "sanity"),
        number("most_strike", &S::most_strike, 1, 3, "fraction of spot", "sanity"),
        number("delta_tolerance", &S::delta_tolerance, 0, 0.5, "delta",
               "largest gap of own and broker's delta"),
        number("iv_tolerance", &S::iv_tolerance, 0, 0.5, "volatility",
               "largest gap of own and broker's implied volatility"),
        number("expected_concession", &S::expected_concession, 0, 1, "fraction of mid to natural",
               "what the price walk is expected to give away"),
        field("forecast", &S::forecast, "the measure of expected value"),
        field("score", &S::score, "weights of the components")};
  }
};

}  // namespace v6
