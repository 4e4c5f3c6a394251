#include "analytics/forward.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <vector>

namespace v6 {
namespace {

/// Pairs on the line C - P = D (F - K), `width` wide.
std::vector<ParityQuote> line(double forward, double discount, double first, double step, int count,
                              double width = 0.2) {
  std::vector<ParityQuote> quotes;
  for (int i = 0; i < count; ++i) {
    const double strike = first + step * i;
    const double call = discount * (std::max(forward - strike, 0.0) + 5.0);
    const double put = discount * (std::max(strike - forward, 0.0) + 5.0);
    quotes.push_back({.strike = strike,
                      .call_bid = call - width / 2,
                      .call_ask = call + width / 2,
                      .put_bid = put - width / 2,
                      .put_ask = put + width / 2});
  }
  return quotes;
}

TEST(FitForward, FindsTheLine) {
  const auto fit = fit_forward(line(402.5, 0.985, 380, 1, 41), 400, 0.25, 0.987);
  ASSERT_TRUE(fit.has_value());
  EXPECT_NEAR(fit->forward, 402.5, 1e-9);
  EXPECT_NEAR(fit->discount, 0.985, 1e-9);
  EXPECT_NEAR(fit->residual, 0.0, 1e-9);
  EXPECT_EQ(fit->strikes_used, 25);  // within 3 % of spot
}

TEST(FitForward, WidensWhenStrikesAreSparse) {
  const auto fit = fit_forward(line(402.5, 0.985, 300, 25, 9), 400, 0.25, 0.987);
  ASSERT_TRUE(fit.has_value());
  EXPECT_NEAR(fit->forward, 402.5, 1e-9);
  EXPECT_EQ(fit->strikes_used, 9);
}

TEST(FitForward, TakesTheFallbackDiscountWhenTheSlopeIsUnknownOrAbsurd) {
  // Four strikes: no slope.
  const auto few = fit_forward(line(402.5, 0.985, 398, 2, 4), 400, 0.25, 0.987);
  ASSERT_TRUE(few.has_value());
  EXPECT_EQ(few->discount, 0.987);
  EXPECT_NEAR(few->forward, 402.5, 0.02);
  // A line whose rate would be 24 %.
  const auto absurd = fit_forward(line(402.5, 0.94, 380, 1, 41), 400, 0.25, 0.987);
  ASSERT_TRUE(absurd.has_value());
  EXPECT_EQ(absurd->discount, 0.987);
  EXPECT_NEAR(absurd->forward, 402.5, 0.3);
}

TEST(FitForward, RefusesWhatIsNoChain) {
  using enum ForwardError;
  const auto error_of = [](const std::vector<ParityQuote>& quotes) {
    return fit_forward(quotes, 400, 0.25, 0.987).error();
  };
  EXPECT_EQ(error_of({}), kTooFewStrikes);
  EXPECT_EQ(error_of(line(402.5, 0.985, 399, 1, 2)), kTooFewStrikes);
  EXPECT_EQ(error_of(line(402.5, 0.985, 1000, 1, 40)), kTooFewStrikes);       // nowhere near spot
  EXPECT_EQ(error_of(line(402.5, 0.985, 380, 1, 41, -0.2)), kTooFewStrikes);  // crossed
  EXPECT_EQ(error_of(line(402.5, 0.985, 380, 1, 41, 20)), kTooFewStrikes);    // no bids
  EXPECT_EQ(error_of(line(950, 0.985, 380, 1, 41)), kNoFit);
}

TEST(FitForward, AMinorityOfWildQuotesChangesNothing) {
  EXPECT_TRUE(rc::check([] {
    const double forward = 390 + 0.01 * *rc::gen::inRange(0, 2000);
    auto quotes = line(forward, 0.985, 380, 1, 41);
    const int wild = *rc::gen::inRange(0, 10);
    for (int i = 0; i < wild; ++i) {
      ParityQuote& quote = quotes[static_cast<std::size_t>(*rc::gen::inRange(0, 41))];
      const double factor = *rc::gen::element(0.1, 2.0, 10.0, 100.0);
      const bool call = *rc::gen::arbitrary<bool>();
      (call ? quote.call_bid : quote.put_bid) *= factor;
      (call ? quote.call_ask : quote.put_ask) *= factor;
    }
    const auto fit = fit_forward(quotes, 400, 0.25, 0.987);
    RC_ASSERT(fit.has_value());
    // What happens to land within six cents of the line passes for a quote and pulls a little.
    RC_ASSERT(std::abs(fit->forward - forward) < 0.02);
    RC_ASSERT(std::abs(fit->discount - 0.985) < 1e-3);
  }));
}

TEST(CarriedForward, EarnsTheRateAndLosesEachDividendWithItsInterest) {
  // 300 e^0.015 and 1.5 e^0.0075, with 18 digits.
  const std::vector<CashDividend> dividends = {{.years = 0.25, .amount = 1.5},
                                               {.years = 0.51, .amount = 9}};
  const CarriedShare carry{.spot = 300, .years = 0.5, .rate = 0.03};
  EXPECT_NEAR(carried_forward(carry), 304.533919384715694, 1e-12);
  EXPECT_NEAR(carried_forward({.spot = 300, .years = 0.5, .rate = 0.03, .dividends = dividends}),
              303.022627091548893, 1e-12);
  EXPECT_EQ(carried_forward({.spot = 300, .years = 0.5}), 300);
}

TEST(CompareForward, FindsTheYieldThatMadeTheForward) {
  // 2920.72 for 45 days at 2.43 % less 1.9 %.
  const auto found =
      compare_forward(2922.62909412241382, {.spot = 2920.72, .years = 45.0 / 365, .rate = 0.0243});
  EXPECT_NEAR(found.implied_yield, 0.019, 1e-13);
  EXPECT_NEAR(found.financing_basis, -0.019, 1e-13);
  EXPECT_EQ(found.parity, 2922.62909412241382);
  EXPECT_LT(found.difference, 0);
  EXPECT_NEAR(found.difference, found.parity - found.carried, 1e-12);
}

TEST(CompareForward, WithAScheduleLeavesOnlyTheFinancing) {
  const std::vector<CashDividend> dividends = {{.years = 0.25, .amount = 1.5}};
  const auto found =
      compare_forward(303.022627091548893 * std::exp(0.004 * 0.5),
                      {.spot = 300, .years = 0.5, .rate = 0.03, .dividends = dividends});
  EXPECT_NEAR(found.financing_basis, 0.004, 1e-13);
  EXPECT_NEAR(found.carried, 303.022627091548893, 1e-12);
}

}  // namespace
}  // namespace v6
