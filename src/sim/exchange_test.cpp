#include "sim/exchange.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "sim/exchange_test_kit.hpp"

namespace v6 {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Exchange, ARestingLimitIsAcknowledgedStepByStep) {
  TradingDay day;
  day.place(day.single(1, day.put_sold, OrderAction::kBuy, 2, "12.10"));
  EXPECT_THAT(day.words(), ElementsAre("open PreSubmitted", "status PreSubmitted", "open Submitted",
                                       "status Submitted"));
  const auto open = day.exchange.open_orders(TradingDay::kClient);
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open.front().remaining(), 2);
  EXPECT_GT(open.front().perm_id, 0);
  EXPECT_LT(open.front().perm_id, std::int64_t{1} << 31);
}

TEST(Exchange, ACrossingSingleFillsAtTheQuoteAtOnce) {
  TradingDay day;
  day.place(day.single(1, day.put_sold, OrderAction::kBuy, 70, "13.00"));
  EXPECT_THAT(day.words(),
              ElementsAre("open PreSubmitted", "status PreSubmitted", "exec", "open Filled",
                          "status Filled", "open Filled with commission", "commission", "position",
                          "cash"));
  const Execution fill = day.all<Executed>().front().execution;
  EXPECT_EQ(fill.price, Price::cents(1240));
  EXPECT_EQ(fill.quantity, 70);  // more than displayed: in full all the same
  EXPECT_EQ(day.held(day.put_sold), 70);
}

TEST(Exchange, ACrossingCondorFillsAtTheNaturalLegByLeg) {
  TradingDay day;
  const Money cash = day.exchange.figures().cash;
  day.place(day.condor(1, 3, "-9.00"));
  EXPECT_THAT(day.words(),
              ElementsAre("open PreSubmitted", "status PreSubmitted", "exec combo", "exec", "exec",
                          "exec", "exec", "open Filled", "status Filled",
                          "open Filled with commission", "commission", "commission", "commission",
                          "commission", "position", "position", "position", "position", "cash"));
  const auto fills = day.all<Executed>();
  EXPECT_EQ(fills[0].execution.price, Price::cents(-920));
  EXPECT_EQ(fills[0].execution.quantity, 3);
  EXPECT_EQ(fills[2].execution.side, OrderAction::kSell);
  EXPECT_EQ(fills[2].execution.price, Price::cents(1200));
  Money commissions;
  for (const CommissionShown& report : day.all<CommissionShown>()) {
    EXPECT_GT(report.execution.commission, Money{});
    EXPECT_FALSE(report.execution.realized);
    commissions += report.execution.commission;
  }
  EXPECT_EQ(day.exchange.figures().cash, cash + Money::cents(92000) * 3 - commissions);
  EXPECT_EQ(day.held(day.call_sold), -3);
}

/// Sold as written, the same condor is closed.
TEST(Exchange, SellingACombosDoesTheOppositeOfItsLegs) {
  TradingDay day;
  day.place(day.condor(1, 1, "-9.00"));
  OrderRequest close = day.condor(2, 1, "-10.20");
  close.action = OrderAction::kSell;
  // Closing pays 8.00 - 12.40 - 9.80 + 4.00 the other way: 10.20.
  day.place(close);
  const auto fills = day.all<Executed>();
  ASSERT_EQ(fills.size(), 5u);
  EXPECT_EQ(fills[0].execution.price, Price::cents(-1020));
  EXPECT_THAT(day.exchange.positions(), IsEmpty());
  Money realized;
  for (const CommissionShown& report : day.all<CommissionShown>()) {
    ASSERT_TRUE(report.execution.realized);
    realized += *report.execution.realized;
  }
  EXPECT_EQ(day.exchange.figures().realized_pnl, realized);
  EXPECT_EQ(day.exchange.figures().cash, Money::cents(500'000'00) + realized);
}

TEST(Exchange, APassiveCondorFillsOnceItConcededEnough) {
  std::set<Price> conceded;
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    TradingDay day{ExchangeSettings{.seed = seed}};
    std::int64_t cents = -970;
    day.place(day.condor(1, 2, "-9.70"));
    while (day.all<Executed>().empty() && cents < -920) {
      cents += 5;
      day.place(day.condor(1, 2, Price::cents(cents).text().c_str()));
    }
    const auto fills = day.all<Executed>();
    ASSERT_EQ(fills.size(), 5u) << seed;
    const Price net = fills[0].execution.price;
    EXPECT_EQ(net, Price::cents(cents));  // legal, and no worse than the limit
    Price legs;
    for (std::size_t i = 1; i < fills.size(); ++i) {
      legs += fills[i].execution.price * sign_of(fills[i].execution.side);
    }
    EXPECT_EQ(legs, net);
    conceded.insert(net);
  }
  EXPECT_GT(conceded.size(), 3u);
}

TEST(Exchange, APassiveSingleFillsByDisplayedSizeWhenTheMarketComes) {
  TradingDay day;
  day.place(day.single(1, day.put_sold, OrderAction::kBuy, 60, "12.10"));
  day.advance(seconds{1});
  EXPECT_THAT(day.told, IsEmpty());
  day.market.quote_of(day.put_sold, "11.80", "12.00", 40);
  day.advance(seconds{1});
  EXPECT_THAT(day.words(),
              ElementsAre("status Submitted", "exec", "commission", "position", "cash"));
  EXPECT_EQ(day.all<Executed>().front().execution.quantity, 40);
  EXPECT_EQ(day.all<Executed>().front().execution.price, Price::cents(1210));
  day.advance(seconds{1});
  EXPECT_EQ(day.all<Executed>().front().execution.cumulative, 60);
  EXPECT_THAT(day.exchange.open_orders({}), IsEmpty());
}

TEST(Exchange, TheFillPolicyCutsFillsIntoEvents) {
  TradingDay day;
  day.exchange.set_fill_policy({.max_per_event = 2, .interval = milliseconds{500}});
  day.place(day.condor(1, 5, "-9.00"));
  EXPECT_EQ(day.all<Executed>().front().execution.quantity, 2);
  ASSERT_TRUE(day.exchange.next_paced());
  day.advance(milliseconds{400});
  EXPECT_THAT(day.all<Executed>(), IsEmpty());
  day.advance(milliseconds{100});
  EXPECT_EQ(day.all<Executed>().front().execution.cumulative, 4);
  day.advance(milliseconds{500});
  EXPECT_EQ(day.all<Executed>().front().execution.cumulative, 5);
  EXPECT_FALSE(day.exchange.next_paced());
}

TEST(Exchange, RefusesInABrokersCodes) {
  struct Case {
    const char* name;
    int code;
    void (*change)(TradingDay&, OrderRequest&);
  };
  const Case singles[] = {
      {"off the step", 110, [](TradingDay&, OrderRequest& o) { o.limit = Price::cents(1205); }},
      {"unknown contract", 200, [](TradingDay&, OrderRequest& o) { o.con_id = 12; }},
      {"an index", 201, [](TradingDay& d, OrderRequest& o) { o.con_id = d.market.spx(); }},
      {"no quantity", 201, [](TradingDay&, OrderRequest& o) { o.quantity = 0; }},
      {"no limit", 201, [](TradingDay&, OrderRequest& o) { o.limit.reset(); }},
      {"another account", 201, [](TradingDay&, OrderRequest& o) { o.account = "DU9"; }},
      {"no order id", 103, [](TradingDay&, OrderRequest& o) { o.order_id = 0; }},
      {"held what-if", 413,
       [](TradingDay&, OrderRequest& o) {
         o.what_if = true;
         o.transmit = false;
       }},
      {"no parent", 10006, [](TradingDay&, OrderRequest& o) { o.parent_id = 99; }},
      {"more than the account carries", 201,
       [](TradingDay&, OrderRequest& o) {
         o.action = OrderAction::kSell;
         o.quantity = 500;
       }},
  };
  for (const Case& c : singles) {
    SCOPED_TRACE(c.name);
    TradingDay day;
    OrderRequest order = day.single(1, day.put_sold, OrderAction::kBuy, 1, "12.00");
    c.change(day, order);
    day.place(order);
    EXPECT_EQ(day.words(), std::vector<std::string>{"error " + std::to_string(c.code)});
    EXPECT_THAT(day.exchange.open_orders({}), IsEmpty());
  }
  const Case combos[] = {
      {"off the step", 110, [](TradingDay&, OrderRequest& o) { o.limit = Price::cents(-902); }},
      {"unknown leg", 200, [](TradingDay&, OrderRequest& o) { o.legs[1].con_id = 12; }},
      {"the same leg twice", 201,
       [](TradingDay&, OrderRequest& o) { o.legs[1].con_id = o.legs[0].con_id; }},
      {"ratios with a common divisor", 201,
       [](TradingDay&, OrderRequest& o) {
         for (OrderLeg& leg : o.legs) { leg.ratio = 2; }
       }},
      {"one leg", 201, [](TradingDay&, OrderRequest& o) { o.legs.resize(1); }},
      {"not guaranteed", 10002, [](TradingDay&, OrderRequest& o) { o.guaranteed = false; }},
      {"in a group", 356, [](TradingDay&, OrderRequest& o) { o.oca_group = "one"; }},
      {"two underlyings", 201,
       [](TradingDay& d, OrderRequest& o) { o.legs[0].con_id = d.spy_call; }},
  };
  for (const Case& c : combos) {
    SCOPED_TRACE(c.name);
    TradingDay day;
    OrderRequest order = day.condor(1, 1, "-9.00");
    c.change(day, order);
    day.place(order);
    EXPECT_EQ(day.words(), std::vector<std::string>{"error " + std::to_string(c.code)});
  }
}

TEST(Exchange, ABoxIsRiskless) {
  TradingDay day;
  const ConId low_call = day.market.option("SPXW"_sym, 2850, OptionRight::kCall, "60", "61");
  const ConId high_put = day.market.option("SPXW"_sym, 2950, OptionRight::kPut, "58", "59");
  OrderRequest box = day.condor(1, 1, "99.00");
  box.legs = {{low_call, 1, OrderAction::kBuy},
              {day.call_sold, 1, OrderAction::kSell},
              {high_put, 1, OrderAction::kBuy},
              {day.put_sold, 1, OrderAction::kSell}};
  day.place(box);
  ASSERT_EQ(day.error(), 201);
  EXPECT_EQ(day.all<ExchangeError>().front().text,
            "Order rejected - reason:Riskless combination orders are not allowed.");
}

TEST(Exchange, OrderIdsRiseAndAreNeverUsedTwice) {
  TradingDay day;
  EXPECT_EQ(day.exchange.next_order_id(TradingDay::kClient), 1);
  day.place(day.single(5, day.put_sold, OrderAction::kBuy, 1, "13.00"));
  EXPECT_EQ(day.exchange.next_order_id(TradingDay::kClient), 6);
  EXPECT_EQ(day.exchange.next_order_id(8), 1);
  day.place(day.single(4, day.put_sold, OrderAction::kBuy, 1, "12.00"));
  EXPECT_EQ(day.error(), 103);
  day.place(day.single(5, day.put_sold, OrderAction::kBuy, 2, "13.00"));
  EXPECT_EQ(day.error(), 104);  // filled
  day.place(day.single(6, day.put_sold, OrderAction::kBuy, 1, "12.05"));
  EXPECT_EQ(day.error(), 110);
  day.place(day.single(6, day.put_sold, OrderAction::kBuy, 1, "12.00"));
  EXPECT_EQ(day.error(), 103);  // a refused id is used too
}

TEST(Exchange, AChangeKeepsThePermIdAndTheContract) {
  TradingDay day;
  day.place(day.single(1, day.put_sold, OrderAction::kBuy, 1, "12.00"));
  const auto perm_id = day.exchange.open_orders({}).front().perm_id;
  day.place(day.single(1, day.put_sold, OrderAction::kBuy, 3, "12.20"));
  EXPECT_THAT(day.words(), ElementsAre("open Submitted", "status Submitted"));
  EXPECT_EQ(day.exchange.open_orders({}).front().perm_id, perm_id);
  EXPECT_EQ(day.exchange.open_orders({}).front().request.quantity, 3);
  day.place(day.single(1, day.put_sold, OrderAction::kSell, 3, "12.20"));
  EXPECT_EQ(day.error(), 105);
  day.place(day.single(1, day.call_sold, OrderAction::kBuy, 3, "9.00"));
  EXPECT_EQ(day.error(), 105);
  day.place(day.single(1, day.put_sold, OrderAction::kBuy, 3, "12.40"));
  EXPECT_EQ(day.held(day.put_sold), 3);
}

TEST(Exchange, CancelsTellTheirStory) {
  TradingDay day;
  day.exchange.cancel(TradingDay::kClient, 3, day.moment());
  day.hear();
  EXPECT_EQ(day.error(), 10147);
  day.place(day.single(3, day.put_sold, OrderAction::kBuy, 1, "12.00"));
  day.exchange.cancel(8, 3, day.moment());  // another client's
  day.hear();
  EXPECT_EQ(day.error(), 10147);
  day.exchange.cancel(TradingDay::kClient, 3, day.moment());
  day.hear();
  EXPECT_THAT(day.words(), ElementsAre("status PendingCancel", "status Cancelled", "error 202"));
  day.exchange.cancel(TradingDay::kClient, 3, day.moment());
  day.hear();
  EXPECT_EQ(day.error(), 10148);
  EXPECT_EQ(day.exchange.completed_orders().size(), 1u);
}

TEST(Exchange, AFillMayWinOverACancel) {
  TradingDay day;
  day.place(day.single(1, day.put_sold, OrderAction::kBuy, 1, "12.00"));
  day.exchange.hold_cancels(true);
  day.exchange.cancel(TradingDay::kClient, 1, day.moment());
  day.market.quote_of(day.put_sold, "11.80", "12.00");
  day.advance(seconds{1});
  EXPECT_EQ(day.held(day.put_sold), 1);
  day.exchange.hold_cancels(false);
  day.hear();
  EXPECT_THAT(day.told, IsEmpty());
}

TEST(Exchange, GlobalCancelReachesEverybody) {
  TradingDay day;
  day.place(day.single(1, day.put_sold, OrderAction::kBuy, 1, "12.00"));
  OrderRequest other = day.single(1, day.call_sold, OrderAction::kBuy, 1, "9.00");
  other.client_id = 8;
  day.place(other);
  day.exchange.place_foreign(day.single(0, day.call_sold, OrderAction::kBuy, 1, "9.10"),
                             day.moment());
  EXPECT_EQ(day.exchange.open_orders({}).size(), 3u);
  day.exchange.cancel_all(day.moment());
  EXPECT_THAT(day.exchange.open_orders({}), IsEmpty());
}

TEST(Exchange, UntransmittedOrdersAreSilentUntilTheLastOfTheFamily) {
  TradingDay day;
  OrderRequest parent = day.single(1, day.put_sold, OrderAction::kBuy, 1, "12.40");
  parent.transmit = false;
  day.place(parent);
  EXPECT_THAT(day.told, IsEmpty());
  EXPECT_THAT(day.exchange.open_orders({}), IsEmpty());
  OrderRequest child = day.single(2, day.put_sold, OrderAction::kSell, 1, "20.00");
  child.parent_id = 1;
  day.place(child);
  EXPECT_EQ(day.held(day.put_sold), 1);
  EXPECT_EQ(day.exchange.open_orders({}).size(), 1u);
  day.advance(seconds{1});
  EXPECT_EQ(day.exchange.open_orders({}).front().status, BookStatus::kSubmitted);
}

TEST(Exchange, ImmediateOrdersDoNotRest) {
  TradingDay day;
  OrderRequest order = day.single(1, day.put_sold, OrderAction::kBuy, 1, "12.00");
  order.tif = TimeInForce::kIoc;
  day.place(order);
  EXPECT_EQ(day.words().back(), "error 202");
  day.exchange.set_fill_policy({.max_per_event = 1, .interval = seconds{1}});
  order = day.single(2, day.put_sold, OrderAction::kBuy, 3, "12.40");
  order.tif = TimeInForce::kFok;
  day.place(order);
  EXPECT_EQ(day.all<Executed>().front().execution.quantity, 3);
  order = day.single(3, day.put_sold, OrderAction::kBuy, 3, "12.40");
  order.type = OrderType::kMarket;
  order.limit.reset();
  order.tif = TimeInForce::kIoc;
  day.place(order);
  EXPECT_EQ(day.held(day.put_sold), 6);
}

TEST(Exchange, OutsideHoursOrdersWaitForTheOpen) {
  TradingDay day;
  day.advance_to(new_york_instant(date(2019, 5, 7), hours{18}));
  day.place(day.single(1, day.put_sold, OrderAction::kBuy, 1, "12.40"));
  EXPECT_THAT(day.words(), ElementsAre("open PreSubmitted", "status PreSubmitted", "error 399"));
  EXPECT_THAT(day.all<ExchangeError>().front().text,
              ::testing::HasSubstr("2019-05-08 09:30:00 US/Eastern"));
  day.advance_to(new_york_instant(date(2019, 5, 8), hours{10}));
  EXPECT_EQ(day.held(day.put_sold), 1);
}

TEST(Exchange, DayOrdersEndWithTheirSessionGtcOrdersStay) {
  TradingDay day;
  day.place(day.single(1, day.put_sold, OrderAction::kBuy, 1, "12.00"));
  OrderRequest good = day.single(2, day.put_sold, OrderAction::kBuy, 1, "11.90");
  good.tif = TimeInForce::kGtc;
  day.place(good);
  day.advance_to(new_york_instant(date(2019, 5, 7), hours{16} + minutes{14}));
  EXPECT_THAT(day.told, IsEmpty());
  day.advance(minutes{1});
  EXPECT_THAT(day.words(), ElementsAre("status Cancelled", "error 202"));
  EXPECT_EQ(day.exchange.open_orders({}).front().request.order_id, 2);
  day.advance_to(new_york_instant(date(2019, 5, 10), hours{17}));
  EXPECT_THAT(day.exchange.open_orders({}), IsEmpty());  // its contract is gone
}

TEST(Exchange, AWhatIfShowsMarginAndLeavesNoTrace) {
  TradingDay day;
  OrderRequest order = day.condor(1, 1, "-9.00");
  order.what_if = true;
  day.place(order);
  const auto previews = day.all<MarginPreviewed>();
  ASSERT_EQ(previews.size(), 1u);
  const MarginPreview& preview = previews.front().preview;
  EXPECT_EQ(preview.before.init_margin, Money{});
  // 50 points wide, 9.70 received at the mid.
  EXPECT_EQ(preview.after.init_margin, Money::cents(4030'00));
  EXPECT_GT(preview.commission, Money{});
  EXPECT_EQ(preview.after.equity, preview.before.equity - preview.commission);
  EXPECT_EQ(day.exchange.next_order_id(TradingDay::kClient), 1);
  EXPECT_THAT(day.exchange.open_orders({}), IsEmpty());
}

TEST(Exchange, ExecutionsAnswerTheirFilter) {
  TradingDay day;
  day.place(day.condor(1, 1, "-9.00"));
  OrderRequest other = day.single(1, day.put_sold, OrderAction::kBuy, 1, "12.40");
  other.client_id = 8;
  day.place(other);
  const auto count = [&](const ExecutionFilter& filter) {
    return day.exchange.executions(filter).size();
  };
  EXPECT_EQ(count({}), 6u);
  EXPECT_EQ(count({.client_id = 8}), 1u);
  EXPECT_EQ(count({.kind = "BAG"}), 1u);
  EXPECT_EQ(count({.side = OrderAction::kSell}), 2u);
  EXPECT_EQ(count({.symbol = "QQQ"}), 0u);
  EXPECT_EQ(count({.since = day.market.instant() + seconds{1}}), 0u);
  day.advance_to(new_york_instant(date(2019, 5, 8), hours{10}));
  EXPECT_EQ(count({}), 0u);  // since midnight
}

TEST(Exchange, HeldFillsAndHaltsKeepOrdersWaiting) {
  TradingDay day;
  day.exchange.hold_fills(true);
  day.place(day.single(1, day.put_sold, OrderAction::kBuy, 1, "12.40"));
  EXPECT_EQ(day.words().back(), "status Submitted");
  day.exchange.hold_fills(false);
  day.exchange.halt(true);
  day.advance(seconds{1});
  EXPECT_EQ(day.held(day.put_sold), 0);
  day.exchange.halt(false);
  day.advance(seconds{1});
  EXPECT_EQ(day.held(day.put_sold), 1);
}

TEST(Exchange, RejectsTheNextOrderOnDemand) {
  TradingDay day;
  day.exchange.reject_next(201, "Order rejected - reason:because");
  day.place(day.single(1, day.put_sold, OrderAction::kBuy, 1, "12.40"));
  EXPECT_THAT(day.words(), ElementsAre("error 201"));
  day.place(day.single(2, day.put_sold, OrderAction::kBuy, 1, "12.40"));
  EXPECT_EQ(day.held(day.put_sold), 1);
}

}  // namespace
}  // namespace v6
