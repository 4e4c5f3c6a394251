#include "portfolio/fees.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>
#include <string_view>

#include "portfolio/portfolio_test_kit.hpp"

namespace v6 {
namespace {

using namespace literals;
using test::dollars;
using test::money;

Money sum(const std::vector<Money>& fees) {
  return std::accumulate(fees.begin(), fees.end(), Money{});
}

TEST(Fees, FollowTheScheduleByTiersOfPremium) {
  struct Case {
    std::string_view name;
    Symbol root;
    Side side;
    double price;
    int quantity;
    double commission;
    double pass_through;
  };
  constexpr double kClearingAndRegulatory = 0.02 + 0.03;
  constexpr double kDear = 0.45 + kClearingAndRegulatory;   // index options from a premium of 1.00
  constexpr double kCheap = 0.37 + kClearingAndRegulatory;  // and below
  const Case cases[] = {
      {"index from 1.00", "SPXW"_sym, Side::kSell, 1.00, 1, 0.65, kDear},
      {"index just below 1.00", "SPXW"_sym, Side::kSell, 0.9999, 1, 0.65, kCheap},
      {"index at 0.10", "SPX"_sym, Side::kBuy, 0.10, 1, 0.65, kCheap},
      {"index just below 0.10", "SPX"_sym, Side::kBuy, 0.0999, 1, 0.50, kCheap},
      {"index at 0.05", "XSP"_sym, Side::kBuy, 0.05, 1, 0.50, kCheap},
      {"index just below 0.05", "XSP"_sym, Side::kBuy, 0.0499, 1, 0.25, kCheap},
      {"index for nothing", "SPXW"_sym, Side::kBuy, 0, 1, 0.25, kCheap},
      {"three contracts", "SPXW"_sym, Side::kBuy, 20, 3, 3 * 0.65, 3 * kDear},
      {"ETF bought", "SPY"_sym, Side::kBuy, 3.00, 2, 2 * 0.65, 2 * kClearingAndRegulatory},
      // 600 dollars of proceeds x 27.80 a million = 1.668 cents, charged as 2.
      {"ETF sold", "SPY"_sym, Side::kSell, 3.00, 2, 2 * 0.65, 2 * kClearingAndRegulatory + 0.02},
      {"ETF sold for nothing", "IWM"_sym, Side::kSell, 0, 1, 0.25, kClearingAndRegulatory},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const FeeSchedule schedule;
    const Price price = dollars(c.price);
    const Contracts quantity{c.quantity};
    EXPECT_EQ(commission(schedule, price, quantity), money(c.commission));
    EXPECT_EQ(pass_through_fees(schedule, *find_instrument(c.root), c.side, price, quantity),
              money(c.pass_through));
  }
}

TEST(Fees, OfAnOrderHaveALeastCommission) {
  const Instrument& index = *find_instrument("SPXW"_sym);
  const auto leg = [&](Side side, double price, int quantity) {
    return FeeLeg{&index, side, dollars(price), Contracts{quantity}};
  };
  const FeeSchedule schedule;
  // 0.65 + 0.45 + 0.05 a leg; commissions of 1.30 are above the least of 1.00.
  const std::vector spread = {leg(Side::kSell, 20, 1), leg(Side::kBuy, 14, 1)};
  EXPECT_EQ(order_fees(schedule, spread), (std::vector{money(1.15), money(1.15)}));
  // 0.25 + 0.37 + 0.05, and 0.75 is missing to 1.00.
  EXPECT_EQ(order_fees(schedule, {leg(Side::kBuy, 0.03, 1)}), std::vector{money(1.42)});
  // Two commissions of 0.25: 0.50 is missing, on the first leg.
  const std::vector cheap = {leg(Side::kSell, 0.04, 1), leg(Side::kBuy, 0.02, 1)};
  EXPECT_EQ(order_fees(schedule, cheap), (std::vector{money(1.17), money(0.67)}));
  EXPECT_TRUE(order_fees(schedule, {}).empty());
}

// covers: I-37
TEST(Fees, OfAnOrderAreItsLegsFeesAndTheMissingCommissionToTheCent) {
  EXPECT_TRUE(rc::check([] {
    FeeSchedule schedule;
    schedule.minimum_per_order = Money::cents(*rc::gen::inRange(0, 400));
    std::vector<FeeLeg> legs(*rc::gen::inRange<std::size_t>(1, 5));
    Money commissions;
    Money passed_through;
    for (FeeLeg& leg : legs) {
      const auto& table = instrument_table();
      leg = {.instrument = &table[*rc::gen::inRange<std::size_t>(0, table.size())],
             .side = *rc::gen::element(Side::kBuy, Side::kSell),
             .price = Price::cents(*rc::gen::inRange(0, 10'000)),
             .quantity = Contracts{*rc::gen::inRange(1, 6)}};
      commissions += commission(schedule, leg.price, leg.quantity);
      passed_through +=
          pass_through_fees(schedule, *leg.instrument, leg.side, leg.price, leg.quantity);
    }
    const auto fees = order_fees(schedule, legs);
    RC_ASSERT(fees.size() == legs.size());
    RC_ASSERT(sum(fees) == std::max(commissions, schedule.minimum_per_order) + passed_through);
    RC_ASSERT(sum(fees).raw() % 100 == 0);
  }));
}

}  // namespace
}  // namespace v6
