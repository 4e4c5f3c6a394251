#include "strategy/own_values.hpp"

#include <gtest/gtest.h>

#include "strategy/strategy_test_kit.hpp"

namespace v6 {
namespace {

using namespace strategy_test;

constexpr Date kJune = date(2019, 6, 5);

/// The values of one expiry, and each contract's by strike and right.
struct Valued {
  ExpiryValues values;

  [[nodiscard]] const OwnValues& of(OptionRight right, double strike) const {
    const OwnValues* found = nullptr;
    values.each([&](const OwnValues& own) {
      if (own.contract.right == right && own.contract.strike == dollars(strike)) { found = &own; }
    });
    return *found;
  }
};

Valued value(const MadeUpMarket& market, Symbol root, Date expiry,
             const std::vector<Dividend>& dividends = {}) {
  const MarketView view = market.view(find_instrument(root)->underlying, dividends);
  return {own_values(view, market.master, *view.slice(root, expiry))};
}

TEST(OwnValues, AreTheVolatilitiesTheQuotesWereMadeWith) {
  MadeUpMarket market;
  const Series series{.expiry = kJune, .slope = -0.4};
  market.list(series);
  const Valued valued = value(market, "SPXW"_sym, kJune);
  EXPECT_EQ(valued.values.exercise, ExerciseStyle::kEuropean);
  for (const OptionRight right : {OptionRight::kCall, OptionRight::kPut}) {
    for (const double strike : {2800.0, 3000.0, 3200.0}) {
      const OwnValues& own = valued.of(right, strike);
      const TextbookOption option = market.option(series, right, strike);
      ASSERT_TRUE(own.mid_iv.has_value());
      EXPECT_NEAR(*own.mid_iv, option.volatility, 2e-5);
      EXPECT_NEAR(own.greeks->delta, option.delta(), 1e-4);
      EXPECT_EQ(own.out_of_the_money,
                (right == OptionRight::kPut) == (strike < market.forward(series)));
      // Half a quote of 0.10 over the vega, dollars per 1.00: the band around the mid.
      const double band = 0.05 / (100 * own.greeks->vega);
      EXPECT_NEAR(*own.ask_iv - *own.mid_iv, band, 0.02 * band);
      EXPECT_NEAR(*own.mid_iv - *own.bid_iv, band, 0.02 * band);
    }
  }
}

TEST(OwnValues, CompareTheForwardWithTheCarriedOne) {
  MadeUpMarket market;
  const Series series{.expiry = kJune};
  market.list(series);
  const Valued valued = value(market, "SPXW"_sym, kJune);
  ASSERT_TRUE(valued.values.comparison.has_value());
  EXPECT_NEAR(valued.values.forward, market.forward(series), 0.01);
  EXPECT_EQ(valued.values.comparison->parity, valued.values.forward);
  const double curve = 2 * std::log(1.01);
  EXPECT_NEAR(valued.values.rate, curve, 1e-15);
  EXPECT_NEAR(valued.values.comparison->carried, 3000 * std::exp(curve * market.years(series)),
              1e-9);
  // The market was made at a carry of 2 % less 1.5 %.
  EXPECT_NEAR(valued.values.comparison->implied_yield, curve - 0.005, 1e-4);
}

TEST(OwnValues, SayWhyThereIsNone) {
  MadeUpMarket market;
  market.list(Series{.expiry = kJune});
  const auto add = [&](double strike, OptionRight right, Quote quote) {
    market.list({.contract = {"SPXW"_sym, kJune, dollars(strike), right}, .quote = quote});
  };
  add(2000, OptionRight::kPut, {.bid = Price{}, .ask = dollars(0.05)});
  add(2000, OptionRight::kCall, {.bid = dollars(980), .ask = dollars(990)});
  const Valued valued = value(market, "SPXW"_sym, kJune);
  const OwnValues& no_bid = valued.of(OptionRight::kPut, 2000);
  EXPECT_EQ(no_bid.bid_iv, std::unexpected{IvError::kNoPrice});
  EXPECT_EQ(no_bid.mid_iv, std::unexpected{IvError::kNoPrice});
  EXPECT_TRUE(no_bid.ask_iv.has_value());
  EXPECT_FALSE(no_bid.greeks.has_value());
  EXPECT_EQ(valued.of(OptionRight::kCall, 2000).mid_iv, std::unexpected{IvError::kBelowIntrinsic});
}

TEST(OwnValues, DifferFromTheBrokersByOwnLessTheirs) {
  MadeUpMarket market;
  const Series series{.expiry = kJune};
  market.list(series);
  for (std::size_t row = 0; row < 2; ++row) {
    const bool call = row == 0;
    const OptionRight right = call ? OptionRight::kCall : OptionRight::kPut;
    const TextbookOption option = market.option(series, right, call ? 3110 : 2890);
    market.list({.contract = {series.root, kJune, dollars(option.strike), right},
                 .quote = quote_around(option.price(), 0.1),
                 .broker_iv = 0.20 - (call ? 0.01 : 0.03),
                 .broker_delta = option.delta() + 0.002,
                 .broker_gamma = 0.0});
  }
  const Valued valued = value(market, "SPXW"_sym, kJune);
  const OwnValues& call = valued.of(OptionRight::kCall, 3110);
  EXPECT_NEAR(*call.iv_off(), 0.01, 5e-5);
  EXPECT_NEAR(*call.delta_off(), -0.002, 2e-4);
  EXPECT_NEAR(*call.gamma_off(), call.greeks->gamma, 1e-12);
  EXPECT_EQ(valued.of(OptionRight::kCall, 3000).iv_off(), std::nullopt);
  const Agreement agreement = valued.values.agreement();
  EXPECT_EQ(agreement.contracts, 2U);
  EXPECT_NEAR(agreement.iv, 0.03, 5e-5);  // the upper of two
  EXPECT_NEAR(agreement.delta, 0.002, 2e-4);
}

TEST(OwnValues, OfFundsAllowForExerciseBeforeACashDividend) {
  // SPY at 300, 46 days, 20 % volatility, 2 ln(1.01) of rate, 1.50 gone ex after 20 days: prices
  // and deltas by QuantLib 1.44, FdBlackScholesVanillaEngine, 1,600 by 1,600. It counts whole days;
  // here the ex-date begins at its open, 6.5 hours before: up to 0.005 dollars of interest on the
  // strike.
  struct Case {
    OptionRight right;
    double strike;
    double price;
    double delta;
  };
  using enum OptionRight;
  const Case cases[] = {{kPut, 280, 1.943446, -0.166860},  {kPut, 300, 8.914218, -0.503895},
                        {kPut, 330, 31.819422, -0.919425}, {kCall, 270, 30.592449, 0.956785},
                        {kCall, 300, 8.159687, 0.506717},  {kCall, 320, 2.040790, 0.182527}};
  MadeUpMarket market{.spot = 300, .at = new_york_instant(kToday, std::chrono::hours{16})};
  for (const Case& c : cases) {
    market.list({.contract = {"SPY"_sym, date(2019, 6, 21), dollars(c.strike), c.right},
                 .quote = quote_around(c.price, 0.02)});
  }
  const std::vector<Dividend> dividends = {
      {.ex_date = kToday + std::chrono::days{20}, .amount = 1.5}};
  const Valued valued = value(market, "SPY"_sym, date(2019, 6, 21), dividends);
  EXPECT_EQ(valued.values.exercise, ExerciseStyle::kAmerican);
  for (const Case& c : cases) {
    SCOPED_TRACE(c.strike);
    const OwnValues& own = valued.of(c.right, c.strike);
    ASSERT_TRUE(own.mid_iv.has_value());
    // The fast price is good to 0.003 dollars here: both over vega.
    EXPECT_NEAR(*own.mid_iv, 0.20, 0.008 / (100 * own.greeks->vega));
    EXPECT_NEAR(own.greeks->delta, c.delta, 1e-3);
  }
}

}  // namespace
}  // namespace v6
