#include "strategy/surface.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "strategy/analysis.hpp"
#include "strategy/chain_refresh.hpp"
#include "strategy/pricing.hpp"
#include "strategy/strategy_test_kit.hpp"

namespace v6 {
namespace {

using namespace strategy_test;
using enum OptionRight;

constexpr Date kExpiry = date(2019, 6, 21);
constexpr Date kExDate = date(2019, 5, 24);
constexpr double kDividend = 1.5;
const double kCurve = 2 * std::log(1.01);  // the kit's yields, continuous

/// SPY as a market maker quotes it who allows for early exercise: the reference method's prices of
/// a volatility that falls with the strike, to a hundredth of a cent.
struct Fund {
  MadeUpMarket market{.spot = 300};
  std::vector<Dividend> dividends;
  std::vector<ContractId> listed;

  explicit Fund(Date ex_date = kExDate) : dividends{{.ex_date = ex_date, .amount = kDividend}} {
    for (double strike = 260; strike <= 340; strike += 5) {
      for (const OptionRight right : {kPut, kCall}) {
        listed.push_back(market.list({.contract = {"SPY"_sym, kExpiry, dollars(strike), right},
                                      .quote = quote_around(value(right, strike).price, 0.02)}));
      }
    }
  }

  static double volatility(double strike) { return 0.20 - 0.3 * std::log(strike / 300); }
  [[nodiscard]] std::vector<CashDividend> cash() const {
    return cash_dividends(dividends, market.at);
  }
  [[nodiscard]] AmericanValue value(OptionRight right, double strike) const {
    const std::vector<CashDividend> paid = cash();
    return american_value({.right = right,
                           .spot = market.spot,
                           .strike = strike,
                           .volatility = volatility(strike),
                           .years = market.years({.expiry = kExpiry}),
                           .rate = kCurve,
                           .dividends = paid},
                          AmericanMethod::kReference);
  }
  [[nodiscard]] MarketView view() const { return market.view("SPY"_sym, dividends); }
};

/// The fast method's error, dollars at a spot of 300, and half the last digit of a quote.
constexpr double kFastError = 0.003;

TEST(SurfaceOfAFund, HasTheVolatilitiesItsQuotesWereMadeWith) {
  const Fund fund;
  const MarketView view = fund.view();
  const Surface* surface = view.surface(*view.slice("SPY"_sym, kExpiry));
  ASSERT_NE(surface, nullptr);
  ASSERT_TRUE(surface->early.has_value());
  for (double strike = 260; strike <= 340; strike += 5) {
    SCOPED_TRACE(strike);
    for (const OptionRight right : {kPut, kCall}) {
      const AmericanValue made = fund.value(right, strike);
      const auto [price, greeks] = surface->value(right, strike, 300);
      EXPECT_NEAR(surface->volatility(strike), Fund::volatility(strike),
                  2 * kFastError / (100 * made.greeks.vega));
      EXPECT_NEAR(price, made.price, 2 * kFastError);
      EXPECT_NEAR(greeks.delta, made.greeks.delta, 2e-3);
    }
  }
}

TEST(SurfaceOfAFund, IsCarriedToTheForwardByRateAndDividend) {
  const Fund fund;
  const MarketView view = fund.view();
  const Surface* surface = view.surface(*view.slice("SPY"_sym, kExpiry));
  ASSERT_NE(surface, nullptr);
  const double years = fund.market.years({.expiry = kExpiry});
  const double paid = fund.cash().front().years;
  const double carried =
      300 * std::exp(kCurve * years) - kDividend * std::exp(kCurve * (years - paid));
  EXPECT_NEAR(surface->forward.forward, carried, 1e-9);
  EXPECT_NEAR(surface->forward.discount, std::exp(-kCurve * years), 1e-12);
  // Parity of options that may be exercised early is near it and not it.
  EXPECT_NEAR(surface->early->parity.forward, carried, 0.10);
}

// Without early exercise puts and calls of one strike have one volatility: the smile has no step
// at the money, and what its expected payoffs are worth today is the price less the premium.
TEST(SurfaceOfAFund, TakesOffWhatEarlyExerciseAdds) {
  const Fund fund;
  const MarketView view = fund.view();
  const Surface* surface = view.surface(*view.slice("SPY"_sym, kExpiry));
  ASSERT_NE(surface, nullptr);
  for (const double strike : {270.0, 285.0, 300.0, 315.0, 330.0}) {
    SCOPED_TRACE(strike);
    for (const OptionRight right : {kPut, kCall}) {
      const AmericanValue made = fund.value(right, strike);
      const double payoff = payoff_expected(right, surface->forward.forward, strike,
                                            surface->smile.at(strike), surface->smile.years());
      EXPECT_NEAR(surface->forward.discount * payoff, made.price - made.premium, 3 * kFastError);
    }
  }
  // A put deep in the money is worth its exercise; Black on the same smile would say less.
  const double deep = fund.value(kPut, 340).premium;
  EXPECT_GT(deep, 0.03);
  const auto [price, greeks] = surface->value(kPut, 340, 300);
  EXPECT_NEAR(price, fund.value(kPut, 340).price, 2 * kFastError);
}

// SPY's ex-dates are expiries: a call's holder exercises the evening before. What he pays for that
// is not profit of whoever sells it.
TEST(SurfaceOfAFund, CountsEarlyExerciseAgainstWhoeverIsShort) {
  const Fund fund{kExpiry};
  const MarketView view = fund.view();
  const Surface* surface = view.surface(*view.slice("SPY"_sym, kExpiry));
  ASSERT_NE(surface, nullptr);
  const StrategySettings settings;
  const FeeSchedule fees;
  const Factors factors;
  const Pricer pricer{.settings = &settings,
                      .fees = &fees,
                      .surface = surface,
                      .forecast = Forecast{settings.forecast, factors, surface->smile},
                      .spot = 300,
                      .multiplier = Multiplier{100}};
  const Contract contract{"SPY"_sym, kExpiry, dollars(310), kCall};
  const ContractId id = *std::ranges::find_if(
      fund.listed, [&](ContractId listed) { return fund.market.master[listed] == contract; });
  const PricedLeg leg = pricer.leg(*view.leg_quote(id, QuoteKind::kLive), contract);
  const AmericanValue made = fund.value(kCall, 310);
  EXPECT_GT(made.premium, 0.2);
  const double grown = 1 / surface->forward.discount;
  EXPECT_NEAR(leg.risk_neutral, made.price * grown, 2 * kFastError);
  // A forecast that agrees with the market expects what the market does.
  EXPECT_NEAR(leg.forecast, leg.risk_neutral, 2 * kFastError);
  EXPECT_NEAR(early_worth(*surface, kCall, 310, leg.fair), made.premium * grown, 3 * kFastError);
}

TEST(SurfaceOfAFund, AnalysesAFairQuoteAsWorthItsCosts) {
  const Fund fund{kExpiry};
  const MarketView view = fund.view();
  const StrategySettings settings;
  const FeeSchedule fees;
  Factors factors;
  const auto leg = [&](OptionRight right, double strike, int quantity) {
    const Contract contract{"SPY"_sym, kExpiry, dollars(strike), right};
    const ContractId id = *std::ranges::find_if(
        fund.listed, [&](ContractId listed) { return fund.market.master[listed] == contract; });
    return QuotedPosition{{contract, Contracts{quantity}}, *view.leg_quote(id, QuoteKind::kLive)};
  };
  const auto found = analyse({.view = &view,
                              .master = &fund.market.master,
                              .legs = {leg(kCall, 305, -1), leg(kCall, 315, 1)},
                              .basis = PriceBasis::kMid,
                              .factors = &factors,
                              .strategy = &settings,
                              .fees = &fees});
  ASSERT_TRUE(found.has_value());
  // Sold at the market's value: what it expects of it is what the wait grows it by, and the costs.
  const double credit = 100 * found->net.mid.dollars();
  const double conceded = 100 * settings.expected_concession * found->net.distance().dollars();
  const double costs = conceded + 2 * found->fees.dollars();
  const double grown = 1 / view.surface(*view.slice("SPY"_sym, kExpiry))->forward.discount;
  EXPECT_NEAR(found->risk_neutral.expected_value, credit * (1 - grown) - costs,
              100 * 4 * kFastError);
  // Today it is worth what it was sold for; so it is while the share stands, less what decays.
  EXPECT_NEAR(found->profit_at(300, 0), 0, 100 * 4 * kFastError);
  const double day = 1.0 / 365;
  EXPECT_NEAR(found->profit_at(300, day),
              100 * (found->legs[1].greeks.theta - found->legs[0].greeks.theta), 0.5);
}

TEST(SurfaceOfAFund, NeedsACurve) {
  const Fund fund;
  const MadeUpMarket& made = fund.market;
  const MarketView view{
      "SPY"_sym,   dollars(made.spot), made.at,      std::make_shared<const Chain>(made.chain),
      made.master, market_calendar(),  YieldCurve{}, fund.dividends};
  EXPECT_EQ(view.surface(*view.slice("SPY"_sym, kExpiry)), nullptr);
}

TEST(SurfaceOfAFund, MovesWithTheSpot) {
  const Fund fund;
  const MarketView view = fund.view();
  const Surface* surface = view.surface(*view.slice("SPY"_sym, kExpiry));
  ASSERT_NE(surface, nullptr);
  const Surface there = surface->moved(1.01);
  EXPECT_EQ(there.volatility(280), surface->volatility(280));
  EXPECT_EQ(there.smile.at(280), surface->smile.at(280));
  // The dividend does not grow with the share.
  const double grown = 300 * 0.01 * std::exp(kCurve * surface->smile.years());
  EXPECT_NEAR(there.forward.forward - surface->forward.forward, grown, 1e-9);
  EXPECT_EQ(there.smile.forward(), there.forward.forward);
  const double change = there.value(kCall, 310, 303).price - surface->value(kCall, 310, 300).price;
  const Greeks before = surface->value(kCall, 310, 300).greeks;
  EXPECT_NEAR(change, 3 * before.delta + 4.5 * before.gamma, 0.02);
}

TEST(SurfaceOfAFund, IsWhatARefreshOfTheChainDraws) {
  const Fund fund;
  const MarketView view = fund.view();
  const Surface* surface = view.surface(*view.slice("SPY"_sym, kExpiry));
  ASSERT_NE(surface, nullptr);
  ChainRefresh refresh{view, fund.market.master, "SPY"_sym};
  refresh.value(view.spot());
  ASSERT_EQ(refresh.expiries(), 1U);
  const RefreshedSide& puts = refresh.side(0, kPut);
  for (std::size_t i = 0; i < puts.legs.size(); ++i) {
    const double strike = puts.legs.strike(i).dollars();
    SCOPED_TRACE(strike);
    EXPECT_EQ(puts.legs.volatility(i), surface->volatility(strike));
    EXPECT_EQ(puts.legs.smile_volatility(i), surface->smile.at(strike));
    EXPECT_EQ(puts.legs.price(i), surface->value(kPut, strike, 300).price);
    EXPECT_LT(puts.bid_volatilities[i], puts.mid_volatilities[i]);
    EXPECT_LT(puts.mid_volatilities[i], puts.ask_volatilities[i]);
  }
}

TEST(SurfaceOfAFund, NeedsThreeStrikesAndTime) {
  const CarriedShare carry{.spot = 300, .years = 0.1, .rate = 0.02};
  const std::vector<StrikeQuote> two = {{.strike = 290, .put_mid = 3.5},
                                        {.strike = 310, .call_mid = 4.5}};
  EXPECT_EQ(american_surface(two, carry, {.forward = 300}).error(), SmileError::kTooFewPoints);
  CarriedShare over = carry;
  over.years = 0;
  EXPECT_EQ(american_surface(two, over, {.forward = 300}).error(), SmileError::kNoTime);
}

}  // namespace
}  // namespace v6
