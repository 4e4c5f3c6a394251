#include <gtest/gtest.h>

#include <map>

#include "calendar/expiry.hpp"
#include "sim/exchange.hpp"
#include "sim/snapshot_market.hpp"

/// The exchange on the real chains, over nights, an expiry and a day without a chain.
namespace v6 {
namespace {

using namespace literals;
using std::chrono::hours;
using std::chrono::minutes;

/// Official closes: data/spx-eod-2019/manifest.csv, 10 May by data/reference.
MarketHistory week() {
  MarketHistory facts;
  facts.calendar.holidays_source = {
      .name = "test", .first = date(2019, 1, 1), .last = date(2019, 12, 31)};
  facts.calendar.holidays = {{date(2019, 5, 27), {}}, {date(2019, 7, 4), {}}};
  const std::map<Date, double> closes = {{date(2019, 5, 7), 2884.05},
                                         {date(2019, 5, 8), 2879.42},
                                         {date(2019, 5, 9), 2870.72},
                                         {date(2019, 5, 10), 2881.40},
                                         {date(2019, 5, 13), 2811.87}};
  for (Date day = date(2019, 1, 2); day < date(2019, 7, 4); day += std::chrono::days{1}) {
    const auto known = closes.find(day);
    facts.closes.emplace_back(day, known == closes.end() ? 2900 : known->second);
  }
  return facts;
}

TEST(ExchangeWeek, CashIsWhatTheExecutionsAndTheOfficialCloseSay) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    SCOPED_TRACE(seed);
    const auto market =
        make_snapshot_market({.chains = std::string{V6_DATA} + "/spx-eod-2019",
                              .underlying = "SPX"_sym,
                              .start = new_york_instant(date(2019, 5, 7), hours{15}),
                              .seed = seed},
                             week());
    Exchange exchange{{.seed = seed}, *market};
    const auto put = [&](Date expiry, int strike) {
      return con_id_of("SPXW"_sym, expiry, Price::cents(100) * strike, OptionRight::kPut);
    };
    const Date expiry = date(2019, 5, 10);
    const OrderRequest order{.client_id = 1,
                             .order_id = 1,
                             .legs = {{put(expiry, 2900), 1, OrderAction::kSell},
                                      {put(expiry, 2850), 1, OrderAction::kBuy}},
                             .quantity = 2,
                             .limit = Price::cents(-5)};
    exchange.place(order, {.session = market->instant()});
    const auto bought = exchange.executions({});
    ASSERT_EQ(bought.size(), 3u);
    Money cash = Money::cents(500'000'00);
    for (const Execution& execution : bought) {
      if (execution.combo) { continue; }
      cash -= premium(execution.price, Multiplier{100}, Contracts{execution.quantity}) *
                  sign_of(execution.side) +
              execution.commission;
    }
    EXPECT_EQ(exchange.figures().cash, cash);
    for (Instant at = market->instant(); new_york_date(at) < date(2019, 5, 11); at += minutes{97}) {
      exchange.advance({.session = at});
      EXPECT_EQ(exchange.figures().net_liquidation,
                exchange.figures().cash + exchange.figures().option_value);
    }
    // 2,900 less 2,881.40, twice, at 100 a point.
    EXPECT_EQ(exchange.figures().cash, cash - Money::cents(1860'00) * 2);
    EXPECT_TRUE(exchange.positions().empty());
  }
}

}  // namespace
}  // namespace v6
