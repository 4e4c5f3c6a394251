#include "portfolio/greeks.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace v6 {
namespace {

using namespace literals;

GreekPosition position(Symbol root, int quantity, const Greeks& greeks, double spot) {
  return {.contract = {.root = root, .expiry = date(2019, 6, 21), .strike = Price::cents(10'000)},
          .quantity = Contracts{quantity},
          .greeks = greeks,
          .spot = spot};
}

TEST(PortfolioGreeks, AreWorkedOutByHand) {
  // Betas to SPY of the instrument table: SPY 1, IWM 1.15, SPX 1. All of 100 shares.
  const std::vector<GreekPosition> book{
      position("SPY"_sym, 2, {.delta = 0.50, .gamma = 0.03, .theta = -0.10, .vega = 0.40}, 300),
      position("SPY"_sym, -1, {.delta = -0.25, .gamma = 0.02, .theta = -0.05, .vega = 0.30}, 300),
      position("IWM"_sym, -3, {.delta = 0.40, .gamma = 0.05, .theta = -0.04, .vega = 0.20}, 150),
      position("SPX"_sym, 1, {.delta = 0.10, .rho = 2}, 3000),
      position("SPXW"_sym, -1, {.delta = -0.20, .rho = -1}, 3000)};
  const PortfolioGreeks greeks = portfolio_greeks(book);
  ASSERT_EQ(greeks.underlyings.size(), 3U);

  const UnderlyingGreeks& spy = greeks.underlyings.at("SPY"_sym);
  EXPECT_DOUBLE_EQ(spy.shares.delta, 125);      // 200 x 0.50 + 100 x 0.25
  EXPECT_DOUBLE_EQ(spy.shares.gamma, 4);        // 200 x 0.03 - 100 x 0.02
  EXPECT_DOUBLE_EQ(spy.shares.theta, -15);      // -20 + 5
  EXPECT_DOUBLE_EQ(spy.shares.vega, 50);        // 80 - 30
  EXPECT_DOUBLE_EQ(spy.dollars.delta, 37'500);  // 125 x 300
  EXPECT_DOUBLE_EQ(spy.dollars.gamma, 3'600);   // 4 x 3 x 300
  const UnderlyingGreeks& iwm = greeks.underlyings.at("IWM"_sym);
  EXPECT_DOUBLE_EQ(iwm.dollars.delta, -20'700);  // -300 x 0.40 x 150 x 1.15
  EXPECT_DOUBLE_EQ(iwm.dollars.gamma, -3'375);   // -300 x 0.05 x 1.5 x 150, no beta
  const UnderlyingGreeks& spx = greeks.underlyings.at("SPX"_sym);
  EXPECT_DOUBLE_EQ(spx.dollars.delta, 90'000);  // both roots: (10 + 20) x 3000
  EXPECT_DOUBLE_EQ(spx.shares.rho, 300);        // 200 + 100

  EXPECT_DOUBLE_EQ(greeks.book.delta, 106'800);  // 37,500 - 20,700 + 90,000
  EXPECT_DOUBLE_EQ(greeks.book.gamma, 225);
  EXPECT_DOUBLE_EQ(greeks.book.vega, -10);  // 50 - 60
  EXPECT_DOUBLE_EQ(greeks.book.theta, -3);  // -15 + 12
  EXPECT_DOUBLE_EQ(greeks.spy_shares(300), 356);
}

TEST(PortfolioGreeks, OfNothingAreNothing) {
  const PortfolioGreeks none = portfolio_greeks({});
  EXPECT_TRUE(none.underlyings.empty());
  EXPECT_EQ(none.book.delta, 0);
}

}  // namespace
}  // namespace v6
