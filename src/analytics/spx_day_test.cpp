// One real day of SPX options, 2019-05-06, end of day, with the vendor's own IV and delta.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

#include "analytics/forward.hpp"
#include "analytics/golden_file.hpp"
#include "analytics/option_right.hpp"
#include "analytics/rates.hpp"
#include "analytics/smile.hpp"
#include "analytics/statistics.hpp"

namespace v6 {
namespace {

struct Row {
  OptionRight right;
  double strike, bid, ask, iv, delta;
};

struct Expiry {
  int dte = 0;
  std::vector<Row> rows;

  [[nodiscard]] double years() const { return dte / 365.0; }
  [[nodiscard]] std::vector<ParityQuote> pairs() const {
    std::map<double, ParityQuote> by_strike;
    for (const Row& row : rows) {
      ParityQuote& pair = by_strike[row.strike];
      pair.strike = row.strike;
      (row.right == OptionRight::kCall ? pair.call_bid : pair.put_bid) = row.bid;
      (row.right == OptionRight::kCall ? pair.call_ask : pair.put_ask) = row.ask;
    }
    std::vector<ParityQuote> list;
    for (const auto& [strike, pair] : by_strike) { list.push_back(pair); }
    return list;
  }
};

constexpr double kSpot = 2920.72;
// H.15 for 2019-05-06.
const YieldCurve kYields{.percent = {2.43, 2.44, 2.46, 2.39, 2.31}};

int days(const std::string& month_day_year) {
  const auto parts = split(month_day_year, '/');
  const std::chrono::year_month_day date{
      std::chrono::year{std::stoi(parts[2])},
      std::chrono::month{static_cast<unsigned>(std::stoi(parts[0]))},
      std::chrono::day{static_cast<unsigned>(std::stoi(parts[1]))}};
  return static_cast<int>(std::chrono::sys_days{date}.time_since_epoch().count());
}

/// The weeklies, which settle at the close.
const std::vector<Expiry>& expiries() {
  static const auto kList = [] {
    std::map<int, Expiry> by_dte;
    for (const GoldenRow& row : golden_rows("spx-eod-2019/SPX_20190506.csv.gz")) {
      if (!row.text("optionroot").starts_with("SPXW")) { continue; }
      const int dte = days(row.text("expiration")) - days(row.text("quotedate"));
      by_dte[dte].dte = dte;
      by_dte[dte].rows.push_back(
          {.right = row.text("type") == "call" ? OptionRight::kCall : OptionRight::kPut,
           .strike = row.number("strike"),
           .bid = row.number("bid"),
           .ask = row.number("ask"),
           .iv = row.number("impliedvol"),
           .delta = row.number("delta")});
    }
    std::vector<Expiry> list;
    for (auto& [dte, expiry] : by_dte) { list.push_back(std::move(expiry)); }
    return list;
  }();
  return kList;
}

Forward fitted(const Expiry& expiry) {
  return fit_forward(expiry.pairs(), kSpot, expiry.years(), kYields.discount_at(expiry.years()))
      .value();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.at(values.size() / 2);
}

TEST(SpxDay, ParityFitsWithinACoupleOfTicks) {
  int seen = 0;
  for (const Expiry& expiry : expiries()) {
    if (expiry.dte < 20 || expiry.dte > 45) { continue; }
    ++seen;
    const Forward forward = fitted(expiry);
    EXPECT_LT(forward.residual, 0.1) << expiry.dte;
    EXPECT_GT(forward.strikes_used, 20) << expiry.dte;
    const double carry = std::log(forward.forward / kSpot) / expiry.years();
    EXPECT_GT(carry, -0.02) << expiry.dte;
    EXPECT_LT(carry, 0.03) << expiry.dte;
  }
  EXPECT_GE(seen, 6);
}

TEST(SpxDay, OwnVolatilityAndDeltaAgreeWithTheVendors) {
  std::vector<double> iv_off;
  std::vector<double> delta_off;
  for (const Expiry& expiry : expiries()) {
    if (expiry.dte < 2) { continue; }
    const Forward forward = fitted(expiry);
    for (const Row& row : expiry.rows) {
      if (row.bid <= 0 || row.iv <= 0 || std::abs(row.delta) < 0.02 || std::abs(row.delta) > 0.8) {
        continue;
      }
      const auto iv = implied_volatility(row.right, 0.5 * (row.bid + row.ask), forward.forward,
                                         row.strike, expiry.years(), forward.discount);
      if (!iv) { continue; }
      iv_off.push_back(std::abs(*iv - row.iv));
      const Greeks greeks = black_greeks({.right = row.right,
                                          .forward = forward.forward,
                                          .strike = row.strike,
                                          .volatility = *iv,
                                          .years = expiry.years(),
                                          .discount = forward.discount},
                                         kSpot);
      delta_off.push_back(std::abs(greeks.delta - row.delta));
    }
  }
  ASSERT_GT(iv_off.size(), 2000U);
  EXPECT_LT(median(iv_off), 0.0015);
  EXPECT_LT(std::ranges::max(delta_off), 0.005);
}

TEST(SpxDay, WildQuotesDoNotMoveTheForward) {
  for (const Expiry& expiry : expiries()) {
    if (expiry.dte < 20 || expiry.dte > 45) { continue; }
    const Forward clean = fitted(expiry);
    std::vector<ParityQuote> pairs = expiry.pairs();
    for (std::size_t i = 0; i < pairs.size(); i += 4) {
      ParityQuote& pair = pairs[i];
      (i % 8 == 0 ? pair.call_bid : pair.put_bid) *= 10;
      (i % 8 == 0 ? pair.call_ask : pair.put_ask) *= 10;
    }
    for (std::size_t i = 1; i < pairs.size(); i += 8) { pairs[i].call_bid = 0; }
    const auto wild =
        fit_forward(pairs, kSpot, expiry.years(), kYields.discount_at(expiry.years()));
    ASSERT_TRUE(wild.has_value()) << expiry.dte;
    EXPECT_NEAR(wild->forward, clean.forward, 0.1) << expiry.dte;
    EXPECT_NEAR(wild->discount, clean.discount, 0.001) << expiry.dte;
  }
}

TEST(SpxDay, SmileAndStatisticsLookLikeThatDay) {
  std::vector<TermPoint> term;
  for (const Expiry& expiry : expiries()) {
    if (expiry.dte < 2 || expiry.dte > 100) { continue; }
    const Forward forward = fitted(expiry);
    std::vector<StrikeQuote> mids;
    for (const ParityQuote& pair : expiry.pairs()) {
      StrikeQuote mid{.strike = pair.strike};
      if (pair.call_bid > 0) { mid.call_mid = 0.5 * (pair.call_bid + pair.call_ask); }
      if (pair.put_bid > 0) { mid.put_mid = 0.5 * (pair.put_bid + pair.put_ask); }
      mids.push_back(mid);
    }
    const auto smile = make_smile(mids, forward, expiry.years());
    ASSERT_TRUE(smile.has_value()) << expiry.dte;
    term.push_back({.years = smile->years(), .atm_volatility = smile->atm()});
    if (expiry.dte == 32) {
      const auto skew = skew_25_delta(*smile, kSpot);
      ASSERT_TRUE(skew.has_value());
      EXPECT_GT(*skew, 0.02);
      EXPECT_LT(*skew, 0.08);
    }
  }
  // VIX closed at 15.44 that day; at the money, without the wings, is lower.
  const auto month = constant_maturity(term, 30);
  ASSERT_TRUE(month.has_value());
  EXPECT_GT(*month, 0.11);
  EXPECT_LT(*month, 0.1544);
  EXPECT_TRUE(term_slope(term).has_value());
}

}  // namespace
}  // namespace v6
