#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/codec.hpp"
#include "base/error.hpp"
#include "sim/exchange.hpp"
#include "sim/exchange_test_kit.hpp"

namespace v6 {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::IsEmpty;

const Instant kAfterExpiry = new_york_instant(HandMadeMarket::kExpiry, hours{16} + minutes{5});

/// A path that is gone with the test.
class Scratch {
 public:
  Scratch()
      : path_{std::filesystem::temp_directory_path() /
              ("v6-exchange-" + std::to_string(::getpid()) + "-" + std::to_string(++count))} {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { std::filesystem::remove(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  static inline int count = 0;
  std::filesystem::path path_;
};

Money cash_of(const Execution& execution, const SessionMarket& market) {
  return -premium(execution.price, market.find(execution.con_id)->multiplier(),
                  Contracts{execution.quantity}) *
             sign_of(execution.side) -
         execution.commission;
}

TEST(ExchangeAccount, AverageCostHoldsCommissions) {
  TradingDay day;
  day.place(day.single(1, day.put_sold, OrderAction::kBuy, 1, "12.40"));
  const auto report = day.all<CommissionShown>().front().execution;
  const HeldPosition held = day.exchange.positions().front();
  EXPECT_EQ(held.cost, Money::cents(1240'00) + report.commission);
  EXPECT_DOUBLE_EQ(held.average_cost(), 1240 + report.commission.dollars());
  // A short one: negative position, positive cost, less the commission.
  day.place(day.single(2, day.call_sold, OrderAction::kSell, 2, "9.50"));
  for (const HeldPosition& position : day.exchange.positions()) {
    if (position.quantity < 0) {
      EXPECT_NEAR(position.average_cost(), 950, 3);
      EXPECT_LT(position.average_cost(), 950);
    }
  }
}

TEST(ExchangeAccount, FiguresHangTogether) {
  TradingDay day;
  day.place(day.condor(1, 2, "-9.00"));
  const AccountFigures figures = day.exchange.figures();
  EXPECT_EQ(figures.net_liquidation, figures.cash + figures.option_value + figures.stock_value);
  EXPECT_EQ(figures.option_value, Money::cents(-970'00) * 2);
  EXPECT_EQ(figures.init_margin, Money::cents(4030'00) * 2);
  EXPECT_EQ(figures.excess_liquidity, figures.equity_with_loan - figures.maint_margin);
  EXPECT_EQ(figures.daily_pnl, figures.net_liquidation - Money::cents(500'000'00));
  EXPECT_EQ(figures.unrealized_pnl, figures.daily_pnl);
  day.exchange.scale_margin(3);
  EXPECT_EQ(day.exchange.figures().init_margin, figures.init_margin * 3);
}

TEST(ExchangeAccount, IndexOptionsSettleInCashOnce) {
  TradingDay day;
  day.place(day.condor(1, 2, "-9.00"));
  const Money before = day.exchange.figures().cash;
  day.market.settle_at("2838.25");
  day.advance_to(kAfterExpiry);
  // The 2850 put sold ends 11.75 in the money, all else worthless.
  EXPECT_EQ(day.exchange.figures().cash, before - Money::cents(1175'00) * 2);
  EXPECT_THAT(day.exchange.positions(), IsEmpty());
  EXPECT_EQ(day.all<PositionChanged>().size(), 4u);
  day.advance(minutes{5});
  EXPECT_EQ(day.exchange.figures().cash, before - Money::cents(1175'00) * 2);
}

TEST(ExchangeAccount, StockOptionsAreExercisedAndAssigned) {
  TradingDay day;
  day.place(day.single(1, day.spy_call, OrderAction::kBuy, 2, "10.10"));
  const Money option_cost = day.exchange.positions().front().cost;
  const Money cash = day.exchange.figures().cash;
  day.exchange.exercise({.client_id = 7, .request_id = 90, .con_id = day.spy_call, .quantity = 1},
                        day.moment());
  day.hear();
  EXPECT_EQ(day.words().front(), "open PreSubmitted");
  EXPECT_EQ(day.held(day.spy_call), 1);
  EXPECT_EQ(day.held(day.market.spy()), 100);
  EXPECT_EQ(day.exchange.figures().cash, cash - Money::cents(28'000'00));
  // What the option cost is part of what the shares cost.
  Money cost;
  for (const HeldPosition& position : day.exchange.positions()) { cost += position.cost; }
  EXPECT_EQ(cost, option_cost + Money::cents(28'000'00));
  // The rest at expiry, by itself.
  day.market.settle_at("290");
  day.advance_to(kAfterExpiry);
  EXPECT_EQ(day.held(day.market.spy()), 200);
  EXPECT_EQ(day.held(day.spy_call), 0);
}

TEST(ExchangeAccount, EarlyAssignmentDeliversShares) {
  TradingDay day;
  day.place(day.single(1, day.spy_call, OrderAction::kSell, 3, "10.00"));
  EXPECT_FALSE(day.exchange.assign(day.spy_call, 4, day.moment()));
  EXPECT_TRUE(day.exchange.assign(day.spy_call, 2, day.moment()));
  EXPECT_EQ(day.held(day.spy_call), -1);
  EXPECT_EQ(day.held(day.market.spy()), -200);
  day.place(day.condor(2, 1, "-9.00"));
  EXPECT_FALSE(day.exchange.assign(day.put_sold, 1, day.moment()));  // European
}

TEST(ExchangeAccount, ManualClosesAndLiquidationsSayWhoTheyAre) {
  TradingDay day;
  day.place(day.condor(1, 2, "-9.00"));
  day.exchange.close_by_hand(day.put_sold, day.moment());
  day.hear();
  EXPECT_EQ(day.all<Executed>().front().execution.order_id, 0);
  EXPECT_EQ(day.held(day.put_sold), 0);
  day.exchange.liquidate(day.call_sold, day.moment());
  day.hear();
  EXPECT_TRUE(day.all<Executed>().front().execution.liquidation);
}

TEST(ExchangeAccount, ACorrectionReplacesItsExecution) {
  TradingDay day;
  day.place(day.single(1, day.put_sold, OrderAction::kBuy, 2, "12.40"));
  const Execution first = day.all<Executed>().front().execution;
  const Money cash = day.exchange.figures().cash;
  day.exchange.repeat_last_execution();
  day.hear();
  EXPECT_EQ(day.all<Executed>().front().execution.exec_id, first.exec_id);
  EXPECT_EQ(day.exchange.figures().cash, cash);
  ASSERT_TRUE(day.exchange.correct_last_execution(Price::cents(1230)));
  day.hear();
  const Execution second = day.all<Executed>().front().execution;
  EXPECT_EQ(second.exec_id.substr(0, 20), first.exec_id.substr(0, 20));
  EXPECT_EQ(second.exec_id.substr(21), "02");
  EXPECT_EQ(day.exchange.figures().cash, cash + Money::cents(20'00));
  EXPECT_EQ(day.exchange.executions({}).size(), 1u);
}

/// A few random orders, cancels and moves of the market.
void trade_at_random(TradingDay& day, int first_id) {
  const int orders = *rc::gen::inRange(1, 8);
  for (int id = first_id; id < first_id + orders; ++id) {
    const int quantity = *rc::gen::inRange(1, 6);
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
        day.place(day.condor(id, quantity, *rc::gen::element("-9.00", "-9.45", "-9.70")));
        break;
      case 1: {
        OrderRequest close = day.condor(id, quantity, *rc::gen::element("-9.70", "-10.20"));
        close.action = OrderAction::kSell;
        day.place(close);
        break;
      }
      case 2:
        day.place(day.single(id, day.put_sold,
                             *rc::gen::element(OrderAction::kBuy, OrderAction::kSell), quantity,
                             *rc::gen::element("12.00", "12.20", "12.40")));
        break;
      case 3:
        day.market.quote_of(day.put_sold, *rc::gen::element("11.90", "12.10"),
                            *rc::gen::element("12.20", "12.60"), *rc::gen::inRange(1, 9));
        break;
      default: day.exchange.cancel(TradingDay::kClient, id - 1, day.moment()); break;
    }
    day.advance(seconds{1});
  }
}

RC_GTEST_PROP(ExchangeAccount, BooksEqualTheSumOfExecutions, ()) {
  TradingDay day{ExchangeSettings{.seed = *rc::gen::inRange<std::uint64_t>(1, 1000)}};
  if (*rc::gen::arbitrary<bool>()) {
    day.exchange.set_fill_policy({.max_per_event = *rc::gen::inRange(1, 3)});
  }
  trade_at_random(day, 1);
  Money cash = Money::cents(500'000'00);
  std::map<ConId, std::int64_t> held;
  std::map<std::int64_t, Price> net_of_legs;
  std::map<std::int64_t, Price> net_of_combos;
  std::set<std::string> ids;
  for (const Execution& execution : day.exchange.executions({})) {
    RC_ASSERT(ids.insert(execution.exec_id).second);
    const Price paid = execution.price * execution.quantity * sign_of(execution.side);
    if (execution.combo) {
      net_of_combos[execution.perm_id] += paid;
      continue;
    }
    net_of_legs[execution.perm_id] += paid;
    cash += cash_of(execution, day.market);
    held[execution.con_id] += std::int64_t{execution.quantity} * sign_of(execution.side);
  }
  for (const auto& [perm_id, net] : net_of_combos) { RC_ASSERT(net_of_legs[perm_id] == net); }
  RC_ASSERT(day.exchange.figures().cash == cash);
  for (const auto& [con_id, quantity] : held) { RC_ASSERT(day.held(con_id) == quantity); }
  // What was put in is what is there: cash, cost of what is held, and what was realised.
  Money sum = day.exchange.figures().cash - day.exchange.figures().realized_pnl;
  for (const HeldPosition& position : day.exchange.positions()) { sum += position.cost; }
  RC_ASSERT(sum == Money::cents(500'000'00));
  for (const BookedOrder& order : day.exchange.completed_orders()) {
    RC_ASSERT(order.filled <= order.request.quantity);
  }
}

RC_GTEST_PROP(ExchangeAccount, ASavedBookReadsBackWhole, ()) {
  const Scratch file;
  TradingDay day{ExchangeSettings{.book = 0xabcd}};
  trade_at_random(day, 1);
  day.exchange.save(file.path());
  TradingDay again;
  RC_ASSERT(again.exchange.load(file.path()));
  const auto bytes = [](const Exchange& exchange) {
    return std::tuple{encoded(exchange.open_orders({})),
                      encoded(exchange.completed_orders()),
                      encoded(exchange.executions({})),
                      encoded(exchange.positions()),
                      exchange.figures().cash,
                      exchange.figures().realized_pnl,
                      exchange.next_order_id(TradingDay::kClient)};
  };
  RC_ASSERT(bytes(again.exchange) == bytes(day.exchange));
  // New executions and orders never take old names.
  std::set<std::string> ids;
  for (const Execution& execution : again.exchange.executions({})) {
    ids.insert(execution.exec_id);
  }
  trade_at_random(again, 100);
  const auto all = again.exchange.executions({});
  std::set<std::string> after;
  for (const Execution& execution : all) { after.insert(execution.exec_id); }
  RC_ASSERT(after.size() == all.size());
}

TEST(ExchangeAccount, ALostSaveNeverRepeatsAnExecutionId) {
  const Scratch file;
  TradingDay day;
  day.exchange.save(file.path());
  day.place(day.single(1, day.put_sold, OrderAction::kBuy, 1, "12.40"));
  const std::string lost = day.all<Executed>().front().execution.exec_id;
  TradingDay again;
  ASSERT_TRUE(again.exchange.load(file.path()));
  again.place(again.single(1, again.put_sold, OrderAction::kBuy, 1, "12.40"));
  EXPECT_NE(again.all<Executed>().front().execution.exec_id, lost);
}

TEST(ExchangeAccount, HeldOrdersDoNotSurviveARestart) {
  const Scratch file;
  TradingDay day;
  OrderRequest held = day.single(1, day.put_sold, OrderAction::kBuy, 1, "12.40");
  held.transmit = false;
  day.place(held);
  day.exchange.save(file.path());
  TradingDay again;
  ASSERT_TRUE(again.exchange.load(file.path()));
  again.exchange.cancel(TradingDay::kClient, 1, again.moment());
  again.hear();
  EXPECT_EQ(again.error(), 10147);
  EXPECT_EQ(again.exchange.next_order_id(TradingDay::kClient), 2);
}

TEST(ExchangeAccount, ADamagedBookIsRefused) {
  const Scratch file;
  TradingDay day;
  EXPECT_FALSE(day.exchange.load(file.path()));
  day.place(day.condor(1, 1, "-9.00"));
  day.exchange.save(file.path());
  const auto refuses = [&](const ExchangeSettings& settings) {
    TradingDay again{settings};
    EXPECT_THROW(static_cast<void>(again.exchange.load(file.path())), Failure);
  };
  refuses({.account = "DU7654321"});
  std::fstream{file.path(), std::ios::in | std::ios::out | std::ios::binary}.seekp(120).put('?');
  refuses({});
  std::filesystem::resize_file(file.path(), 60);
  refuses({});
  std::ofstream{file.path()} << "something else";
  refuses({});
}

}  // namespace
}  // namespace v6
