#include "config/market_history.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace v6 {
namespace {

using namespace literals;

TEST(MarketHistory, ShippedReferenceDataCarriesTheShippedChains) {
  const Reference reference = read_reference(std::string{V6_DATA} + "/reference");
  const MarketHistory history = market_history(reference, "SPX"_sym);
  const auto close =
      std::ranges::find(history.closes, date(2019, 5, 7), &std::pair<Date, double>::first);
  ASSERT_NE(close, history.closes.end());
  EXPECT_EQ(close->second, 2884.05);  // data/spx-eod-2019/manifest.csv
  const auto vix =
      std::ranges::find(history.vix, date(2019, 5, 7), &std::pair<Date, double>::first);
  ASSERT_NE(vix, history.vix.end());
  EXPECT_EQ(vix->second, 19.32);
  // A holiday keeps the yields of the day before.
  const auto on = [&](Date day) {
    const auto row = std::ranges::find(history.yields, day, &std::pair<Date, YieldCurve>::first);
    return row == history.yields.end() ? YieldCurve{} : row->second;
  };
  EXPECT_FALSE(on(date(2019, 5, 24)).empty());
  EXPECT_TRUE(market_history(reference, "GOOG"_sym).closes.empty());
}

}  // namespace
}  // namespace v6
