#include "strategy/market_view.hpp"

#include <gtest/gtest.h>

#include "strategy/strategy_test_kit.hpp"

namespace v6 {
namespace {

using namespace strategy_test;

constexpr Date kJune = date(2019, 6, 5);  // 30 days out

TEST(MarketView, GroupsRowsByRootAndExpiryWhateverTheirOrder) {
  MadeUpMarket market;
  const auto put = [&](Symbol root, Date expiry, double strike, OptionRight right) {
    return market.list(
        {.contract = {root, expiry, dollars(strike), right}, .quote = quote_around(10, 0.1)});
  };
  const auto late = put("SPXW"_sym, date(2019, 7, 3), 3000, OptionRight::kCall);
  const auto high = put("SPXW"_sym, kJune, 3010, OptionRight::kPut);
  put("SPX"_sym, kJune, 3000, OptionRight::kPut);
  put("SPY"_sym, kJune, 300, OptionRight::kPut);
  const auto low_put = put("SPXW"_sym, kJune, 2990, OptionRight::kPut);
  const auto low_call = put("SPXW"_sym, kJune, 2990, OptionRight::kCall);

  for (const bool turned : {false, true}) {
    SCOPED_TRACE(turned);
    if (turned) {
      auto backwards = order_of(market.chain);
      std::ranges::reverse(backwards);
      market.chain = reordered(market.chain, backwards);
    }
    const MarketView view = market.view();
    const auto list = view.expiries("SPXW"_sym);
    ASSERT_EQ(list.size(), 2U);
    EXPECT_EQ(list[0]->expiry, kJune);
    EXPECT_EQ(list[1]->expiry, date(2019, 7, 3));
    ASSERT_EQ(list[0]->strikes.size(), 2U);
    const StrikeRow& first = list[0]->strikes[0];
    const StrikeRow& second = list[0]->strikes[1];
    EXPECT_EQ(first.strike, dollars(2990));
    EXPECT_EQ(first.put, view.row_of(low_put));
    EXPECT_EQ(first.call, view.row_of(low_call));
    EXPECT_EQ(second.strike, dollars(3010));
    EXPECT_EQ(second.put, view.row_of(high));
    EXPECT_FALSE(second.call);
    EXPECT_TRUE(view.row_of(late));
    EXPECT_EQ(view.expiries("SPX"_sym).size(), 1U);
    EXPECT_TRUE(view.expiries("SPY"_sym).empty());  // another underlying's
    EXPECT_EQ(view.slice("SPXW"_sym, kJune), list[0]);
    EXPECT_EQ(view.slice("SPXW"_sym, date(2019, 6, 6)), nullptr);
  }
}

TEST(MarketView, CountsDaysByNewYorksDateAndYearsToTheSettlement) {
  struct Case {
    std::string_view name;
    Symbol root;
    Date expiry;
    int dte;
    double minutes;  // past 15:45 of the expiry date
  };
  const Case cases[] = {
      {"PM settles at the close", "SPXW"_sym, kJune, 30, 15},
      {"AM settles at the open", "SPX"_sym, kJune, 30, -375},
      {"an early close is sooner", "SPXW"_sym, date(2019, 7, 3), 58, -165},
      {"its own day", "SPXW"_sym, kToday, 0, 15},
      {"already settled", "SPX"_sym, kToday, 0, -375},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    MadeUpMarket market;
    market.list({.contract = {c.root, c.expiry, dollars(3000), OptionRight::kCall},
                 .quote = quote_around(10, 0.1)});
    const MarketView view = market.view();
    const ExpirySlice& slice = *view.expiries(c.root).at(0);
    EXPECT_EQ(slice.dte, c.dte);
    EXPECT_NEAR(slice.years, (c.dte + c.minutes / 1440.0) / 365.0, 1e-12);
  }
  // Late in the evening of New York it is tomorrow in UTC, but not here.
  MadeUpMarket evening;
  evening.at = new_york_instant(kToday, std::chrono::hours{23});
  evening.list({.contract = {"SPXW"_sym, kJune, dollars(3000), OptionRight::kCall},
                .quote = quote_around(10, 0.1)});
  EXPECT_EQ(evening.view().expiries("SPXW"_sym).at(0)->dte, 30);
}

TEST(MarketView, QuotesALegWithAllTheChainKnowsOfIt) {
  MadeUpMarket market;
  const Contract contract{"SPXW"_sym, kJune, dollars(3000), OptionRight::kPut};
  const ContractId id = market.list({.contract = contract,
                                     .quote = {dollars(9.9), dollars(10.1)},
                                     .open_interest = 321,
                                     .broker_iv = 0.21,
                                     .broker_delta = -0.48});
  market.master.columns.push_back(
      {"SPXW"_sym, kJune, dollars(3005), OptionRight::kPut});  // listed, without a quote
  const MarketView view = market.view();
  const LegQuote leg = view.leg_quote(id, QuoteKind::kEndOfDay).value();
  EXPECT_EQ(leg.contract, id);
  EXPECT_EQ(leg.quote, (Quote{dollars(9.9), dollars(10.1)}));
  EXPECT_EQ(leg.at, market.at);
  EXPECT_EQ(leg.kind, QuoteKind::kEndOfDay);
  EXPECT_EQ(leg.open_interest, 321U);
  EXPECT_EQ(leg.broker_iv, 0.21);
  EXPECT_EQ(leg.broker_delta, -0.48);
  for (const std::uint32_t unknown : {1U, 2U, 4'000'000'000U}) {
    EXPECT_FALSE(view.row_of(ContractId{unknown}));
    EXPECT_FALSE(view.leg_quote(ContractId{unknown}, QuoteKind::kLive));
  }
}

TEST(MarketView, SurfaceIsTheMarketItWasQuotedFrom) {
  MadeUpMarket market;
  const Series series{.expiry = kJune, .volatility = 0.18, .slope = -0.5};
  market.list(series);
  const MarketView view = market.view();
  const Surface* surface = view.surface(*view.slice("SPXW"_sym, kJune));
  ASSERT_NE(surface, nullptr);
  EXPECT_NEAR(surface->forward.forward, market.forward(series), 0.001);
  EXPECT_NEAR(surface->forward.discount, std::exp(-market.rate * market.years(series)), 1e-5);
  for (const double strike : {2700.0, 2900.0, 3000.0, 3100.0}) {
    EXPECT_NEAR(surface->smile.at(strike), market.volatility(series, strike), 1e-5) << strike;
  }
  EXPECT_EQ(view.surface(*view.slice("SPXW"_sym, kJune)), surface);  // worked out once
}

TEST(MarketView, ZeroBidsSayNothingOfVolatility) {
  MadeUpMarket market;
  const Series series{.expiry = kJune, .lowest = 2900, .highest = 3100};
  market.list(series);
  // Half an ask of 8 dollars at 2,000 would be a volatility of about 100 %.
  market.list({.contract = {"SPXW"_sym, kJune, dollars(2000), OptionRight::kPut},
               .quote = {Price{}, dollars(8)}});
  const MarketView view = market.view();
  const Surface* surface = view.surface(*view.slice("SPXW"_sym, kJune));
  ASSERT_NE(surface, nullptr);
  EXPECT_EQ(surface->smile.points().front().strike, 2900);
}

TEST(MarketView, HasNoSurfaceWithoutEnoughQuotesOrTime) {
  struct Case {
    std::string_view name;
    Series series;
  };
  const Case cases[] = {
      {"two strikes", {.expiry = kJune, .lowest = 3000, .highest = 3025}},
      {"far from spot", {.expiry = kJune, .lowest = 6100, .highest = 6400}},
      {"settled this morning", {.root = "SPX"_sym, .expiry = kToday}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    MadeUpMarket market;
    for (double strike = c.series.lowest; strike <= c.series.highest; strike += 25) {
      for (const OptionRight right : {OptionRight::kCall, OptionRight::kPut}) {
        market.list({.contract = {c.series.root, c.series.expiry, dollars(strike), right},
                     .quote = quote_around(20, 0.1)});
      }
    }
    const MarketView view = market.view();
    EXPECT_EQ(view.surface(*view.expiries(c.series.root).at(0)), nullptr);
    EXPECT_FALSE(view.constant_maturity_iv(c.series.root, 30));
    EXPECT_FALSE(view.skew(c.series.root));
  }
}

/// Total variance linear in time, section 5 by hand.
double between(double near, double near_years, double far, double far_years, double days) {
  const double years = days / 365.0;
  const double share = (years - near_years) / (far_years - near_years);
  const double variance = (1.0 - share) * near * near * near_years + share * far * far * far_years;
  return std::sqrt(variance / years);
}

TEST(MarketView, ConstantMaturityLiesBetweenTheExpiriesAroundIt) {
  MadeUpMarket market;
  const Series weeks{.expiry = date(2019, 5, 20), .volatility = 0.30};   // 14 days: not a neighbour
  const Series near{.expiry = date(2019, 5, 29), .volatility = 0.16};    // 23
  const Series middle{.expiry = date(2019, 6, 12), .volatility = 0.20};  // 37
  const Series far{.expiry = date(2019, 7, 12), .volatility = 0.15};     // 67
  for (const Series& series : {weeks, near, middle, far}) { market.list(series); }
  // Nothing can be fitted to this one, though it is nearest of all.
  market.list({.contract = {"SPXW"_sym, kJune, dollars(3000), OptionRight::kCall},
               .quote = quote_around(10, 0.1)});
  const MarketView view = market.view();
  const double years[] = {market.years(near), market.years(middle), market.years(far)};
  EXPECT_NEAR(view.constant_maturity_iv("SPXW"_sym, 30).value(),
              between(0.16, years[0], 0.20, years[1], 30), 1e-4);
  EXPECT_NEAR(view.constant_maturity_iv("SPXW"_sym, 60).value(),
              between(0.20, years[1], 0.15, years[2], 60), 1e-4);
  EXPECT_NEAR(view.constant_maturity_iv("SPXW"_sym, 70).value(), 0.15, 1e-4);  // within a tenth
  EXPECT_FALSE(view.constant_maturity_iv("SPXW"_sym, 90));
  EXPECT_FALSE(view.constant_maturity_iv("SPXW"_sym, 5));
  EXPECT_FALSE(view.constant_maturity_iv("SPX"_sym, 30));
}

TEST(MarketView, SkewIsPositiveWherePutsAreDearer) {
  const Series flat{.expiry = kJune, .volatility = 0.20, .step = 5};
  const auto skew = [](Series series, double slope) {
    MadeUpMarket market;
    series.slope = slope;
    market.list(series);
    return market.view().skew("SPXW"_sym).value();
  };
  EXPECT_NEAR(skew(flat, 0), 0, 1e-4);
  EXPECT_GT(skew(flat, -0.5), 0.02);
  EXPECT_LT(skew(flat, 0.5), -0.02);
  // With a slope the 25-delta strikes lie 0.6745 deviations out: about the slope times both.
  EXPECT_NEAR(skew(flat, -0.1), 0.1 * 2 * 0.6745 * 0.20 * std::sqrt(30.0 / 365.0), 3e-4);
}

TEST(MarketView, SkewIsThatOfTheExpiryNearestThirtyDays) {
  MadeUpMarket market;
  market.list(Series{.expiry = date(2019, 5, 29), .slope = -0.5, .step = 5});  // 23 days
  market.list(Series{.expiry = date(2019, 6, 7), .slope = 0.5, .step = 5});    // 32
  market.list(Series{.expiry = date(2019, 6, 21), .slope = -0.5, .step = 5});  // 46
  EXPECT_LT(market.view().skew("SPXW"_sym).value(), 0);
}

TEST(MarketView, PutCallRatioIsByVolumeAndAbsentWithoutCalls) {
  MadeUpMarket market;
  const auto trade = [&](OptionRight right, std::uint32_t volume) {
    market.list({.contract = {"SPXW"_sym, kJune, dollars(3000), right},
                 .quote = quote_around(10, 0.1),
                 .volume = volume});
  };
  trade(OptionRight::kPut, 300);
  EXPECT_FALSE(market.view().put_call_ratio());
  trade(OptionRight::kCall, 150);
  trade(OptionRight::kPut, 60);
  EXPECT_EQ(market.view().put_call_ratio(), 2.4);
}

}  // namespace
}  // namespace v6
