#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <optional>
#include <utility>
#include <vector>

#include "calendar/calendar.hpp"
#include "calendar/expiry.hpp"
#include "model/market.hpp"
#include "strategy/candidates.hpp"
#include "strategy/market_view.hpp"

/// What the tests of strategies share: the textbook's formulas, written without the code under
/// test, and markets of which every answer is known.
namespace v6::strategy_test {

using namespace literals;

/// An account whose limits nothing here reaches.
inline Room plenty() {
  const Money million = Money::cents(100'000'000);
  const Room::Greek free{.now = 0, .limit = 1e9};
  return {.structure_worst_case = million,
          .symbol_left = million,
          .book_left = million,
          .delta = free,
          .gamma = free,
          .vega = free,
          .theta = free};
}

inline double normal_below(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }
inline double normal_density(double x) {
  return std::exp(-0.5 * x * x) / std::sqrt(2.0 * std::numbers::pi);
}

/// Expected payoff of an option on a lognormal. Source: Haug 2007, ch. 1.
inline double payoff_expected(OptionRight right, double forward, double strike, double volatility,
                              double years) {
  const double deviation = volatility * std::sqrt(years);
  const double d1 = std::log(forward / strike) / deviation + 0.5 * deviation;
  const double d2 = d1 - deviation;
  return right == OptionRight::kCall ? forward * normal_below(d1) - strike * normal_below(d2)
                                     : strike * normal_below(-d2) - forward * normal_below(-d1);
}

/// A European option by spot, rate and dividend yield, long one share. Source: Haug 2007, ch. 2.
struct TextbookOption {
  OptionRight right = OptionRight::kCall;
  double spot = 0;
  double strike = 0;
  double volatility = 0;
  double years = 0;
  double rate = 0;
  double yield = 0;

  [[nodiscard]] double sign() const { return right == OptionRight::kCall ? 1.0 : -1.0; }
  [[nodiscard]] double carried() const { return std::exp(-yield * years); }
  [[nodiscard]] double discount() const { return std::exp(-rate * years); }
  [[nodiscard]] double d1() const {
    return (std::log(spot / strike) + (rate - yield + 0.5 * volatility * volatility) * years) /
           (volatility * std::sqrt(years));
  }
  [[nodiscard]] double d2() const { return d1() - volatility * std::sqrt(years); }

  [[nodiscard]] double price() const {
    return sign() * (spot * carried() * normal_below(sign() * d1()) -
                     strike * discount() * normal_below(sign() * d2()));
  }
  [[nodiscard]] double delta() const { return sign() * carried() * normal_below(sign() * d1()); }
  [[nodiscard]] double gamma() const {
    return carried() * normal_density(d1()) / (spot * volatility * std::sqrt(years));
  }
  /// Dollars per point of volatility.
  [[nodiscard]] double vega() const {
    return 0.01 * spot * carried() * normal_density(d1()) * std::sqrt(years);
  }
  /// Dollars per calendar day.
  [[nodiscard]] double theta() const {
    const double decay =
        -spot * carried() * normal_density(d1()) * volatility / (2.0 * std::sqrt(years));
    return (decay + sign() * (yield * spot * carried() * normal_below(sign() * d1()) -
                              rate * strike * discount() * normal_below(sign() * d2()))) /
           365.0;
  }
};

/// The volatility at which the textbook's price is `price`, by bisection.
inline double volatility_of(TextbookOption option, double price) {
  double low = 1e-4;
  double high = 5.0;
  for (int i = 0; i < 100; ++i) {
    option.volatility = 0.5 * (low + high);
    (option.price() < price ? low : high) = option.volatility;
  }
  return option.volatility;
}

/// 2019 and 2020, with one holiday and one early close.
inline Calendar market_calendar() {
  return Calendar{
      {.holidays = {{.date = date(2019, 5, 27)},
                    {.date = date(2019, 7, 3), .early_close = std::chrono::hours{13}},
                    {.date = date(2019, 7, 4)}},
       .holidays_source = {
           .name = "holidays.csv", .first = date(2019, 1, 1), .last = date(2020, 12, 31)}}};
}

constexpr Date kToday = date(2019, 5, 6);

inline Instant snapshot_time() {
  return new_york_instant(kToday, std::chrono::hours{15} + std::chrono::minutes{45});
}

inline Price dollars(double amount) { return Price::from_dollars(amount).value(); }

/// A quote this wide around this mid, both to the ten-thousandth.
inline Quote quote_around(double mid, double width) {
  const auto middle = static_cast<std::int64_t>(std::llround(mid * 10'000.0));
  const auto half = static_cast<std::int64_t>(std::llround(width * 5'000.0));
  return {.bid = Price::from_raw(std::max<std::int64_t>(0, middle - half)),
          .ask = Price::from_raw(middle + half)};
}

/// One expiry priced by the textbook; volatility linear in the logarithm of strike / forward.
struct Series {
  Symbol root = "SPXW"_sym;
  Date expiry;
  double volatility = 0.20;
  double slope = 0;
  double lowest = 2400;
  double highest = 3600;
  double step = 25;
};

/// A listed market, row by row.
struct MadeUpMarket {
  double spot = 3000;
  Instant at = snapshot_time();
  double rate = 0.02;
  double yield = 0.015;
  InstrumentMaster master{};
  Chain chain{};

  struct Listing {
    Contract contract;
    Quote quote;
    std::uint32_t open_interest = 1000;
    std::uint32_t volume = 0;
    std::optional<double> broker_iv;
    std::optional<double> broker_delta;
    std::optional<double> broker_gamma;
  };

  ContractId list(const Listing& listing) {
    const ContractId id{static_cast<std::uint32_t>(master.size())};
    master.columns.push_back(listing.contract);
    chain.contract.push_back(id.raw());
    chain.bid.push_back(static_cast<std::int32_t>(listing.quote.bid.raw()));
    chain.ask.push_back(static_cast<std::int32_t>(listing.quote.ask.raw()));
    chain.volume.push_back(listing.volume);
    chain.open_interest.push_back(listing.open_interest);
    chain.broker_iv.push_back(listing.broker_iv);
    chain.broker_delta.push_back(listing.broker_delta);
    chain.broker_gamma.push_back(listing.broker_gamma);
    return id;
  }

  /// Years to the series' end: 16:00, or 9:30 for the AM-settled SPX.
  [[nodiscard]] double years(const Series& series) const {
    const bool am = series.root == "SPX"_sym;
    const Instant end = new_york_instant(
        series.expiry, am ? std::chrono::minutes{9 * 60 + 30} : std::chrono::minutes{16 * 60});
    return std::chrono::duration<double>(end - at).count() / (365.0 * 86'400.0);
  }
  [[nodiscard]] double forward(const Series& series) const {
    return spot * std::exp((rate - yield) * years(series));
  }
  [[nodiscard]] double volatility(const Series& series, double strike) const {
    return series.volatility + series.slope * std::log(strike / forward(series));
  }
  [[nodiscard]] TextbookOption option(const Series& series, OptionRight right,
                                      double strike) const {
    return {.right = right,
            .spot = spot,
            .strike = strike,
            .volatility = volatility(series, strike),
            .years = years(series),
            .rate = rate,
            .yield = yield};
  }

  void list(const Series& series) {
    for (double strike = series.lowest; strike <= series.highest; strike += series.step) {
      for (const OptionRight right : {OptionRight::kCall, OptionRight::kPut}) {
        const double price = option(series, right, strike).price();
        list({.contract = {series.root, series.expiry, dollars(strike), right},
              .quote = quote_around(price, std::min(0.10, 0.1 * price))});
      }
    }
  }

  [[nodiscard]] MarketView view(Symbol underlying = "SPX"_sym,
                                const std::vector<Dividend>& dividends = {}) const {
    return {underlying,
            dollars(spot),
            at,
            std::make_shared<const Chain>(chain),
            master,
            market_calendar(),
            YieldCurve{.percent = {2.0, 2.0, 2.0, 2.0, 2.0}},
            dividends};
  }
};

/// 0, 1, 2 and so on: the chain's rows as they stand.
inline std::vector<std::size_t> order_of(const Chain& chain) {
  std::vector<std::size_t> order;
  for (std::size_t row = 0; row < chain.size(); ++row) { order.push_back(row); }
  return order;
}

/// The same chain with its rows in this order.
inline Chain reordered(const Chain& chain, const std::vector<std::size_t>& order) {
  Chain result;
  const auto pick = [&](const auto& from, auto& to) {
    if (from.size() == 0) { return; }
    for (const std::size_t row : order) { to.push_back(from[row]); }
  };
  pick(chain.contract, result.contract);
  pick(chain.bid, result.bid);
  pick(chain.ask, result.ask);
  pick(chain.bid_size, result.bid_size);
  pick(chain.ask_size, result.ask_size);
  pick(chain.volume, result.volume);
  pick(chain.open_interest, result.open_interest);
  for (const std::size_t row : order) {
    result.broker_iv.push_back(chain.broker_iv.at(row));
    result.broker_delta.push_back(chain.broker_delta.at(row));
    result.broker_gamma.push_back(chain.broker_gamma.at(row));
  }
  return result;
}

}  // namespace v6::strategy_test
