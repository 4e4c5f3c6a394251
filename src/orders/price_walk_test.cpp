#include "orders/price_walk.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <chrono>
#include <limits>
#include <string_view>

#include "portfolio/portfolio_test_kit.hpp"

namespace v6 {
namespace {

using std::chrono::seconds;
using test::dollars;

constexpr Price kAnyPrice = Price::from_raw(std::numeric_limits<std::int64_t>::min() / 4);

NetQuote net(double mid, double natural) {
  return {.mid = dollars(mid), .natural = dollars(natural)};
}

/// Half-cent mids, as two quotes in cents make them; credits and debits.
WalkAsk arbitrary_ask() {
  const auto mid = *rc::gen::inRange<std::int64_t>(-4'000, 4'000) * 50;
  const auto distance = *rc::gen::inRange<std::int64_t>(0, 3'000) * 50;
  return {.net = {.mid = Price::from_raw(mid), .natural = Price::from_raw(mid - distance)},
          .tick = Price::cents(*rc::gen::element(1, 5))};
}

bool legal(Price price, Price tick) { return price.raw() % tick.raw() == 0; }

/// Follows the walk to its end; every limit on the way is legal and worse than the one before.
void assert_walks_to_its_end(const PriceWalk& walk, Price tick, int most_steps) {
  Price limit = walk.first;
  int steps = 0;
  RC_ASSERT(legal(limit, tick));
  while (const auto next = next_limit(walk, limit)) {
    RC_ASSERT(*next < limit);
    RC_ASSERT(legal(*next, tick));
    limit = *next;
    RC_ASSERT(++steps <= most_steps);
  }
  RC_ASSERT(limit == walk.last);
}

TEST(EntryWalk, ByHand) {
  struct Case {
    std::string_view name;
    NetQuote net;
    double tick;
    double lowest;
    double first;
    double last;
  };
  const Case cases[] = {
      {"credit: 60% of 0.40 below 6.00 is 5.76", net(6.00, 5.60), 0.05, -99, 6.00, 5.80},
      {"mid off the tick is rounded in our favour", net(5.225, 4.90), 0.05, -99, 5.25, 5.05},
      {"pennies spend the budget to the tick", net(1.05, 0.95), 0.01, -99, 1.05, 0.99},
      {"debit: a lower limit pays more", net(-12.00, -12.40), 0.05, -99, -12.00, -12.20},
      {"stops where the expected value is gone", net(6.00, 5.60), 0.05, 5.92, 6.00, 5.95},
      {"nothing to give away", net(6.00, 5.60), 0.05, 6.00, 6.00, 6.00},
      {"no distance", net(6.00, 6.00), 0.05, -99, 6.00, 6.00},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const PriceWalk walk =
        entry_walk({}, {.net = c.net, .tick = dollars(c.tick)}, dollars(c.lowest));
    EXPECT_EQ(walk.first, dollars(c.first));
    EXPECT_EQ(walk.last, dollars(c.last));
    EXPECT_EQ(walk.step, dollars(c.tick));
    EXPECT_EQ(walk.interval, seconds{15});
  }
}

TEST(EntryWalk, StartsAtTheMidAndSpendsTheBudgetAndNoMore) {
  EXPECT_TRUE(rc::check([] {
    const WalkAsk ask = arbitrary_ask();
    const Price mid = ask.net.mid;
    const bool bounded = *rc::gen::arbitrary<bool>();
    const Price lowest =
        bounded ? mid - Price::from_raw(*rc::gen::inRange<std::int64_t>(0, 20'000)) : kAnyPrice;
    const PriceWalk walk = entry_walk({}, ask, lowest);

    RC_ASSERT(walk.first >= mid);
    RC_ASSERT(walk.first - mid < ask.tick);
    RC_ASSERT(walk.last <= walk.first);
    RC_ASSERT(walk.last >= lowest);
    RC_ASSERT(walk.last >= ask.net.natural);
    // Whole numbers only: ten times what is given away against six times the distance.
    RC_ASSERT((mid - walk.last) * 10 <= ask.net.distance() * 6);
    // One tick more, and the slack of one ten-thousandth that rounding may cost, is too much.
    const Price beyond = walk.last - ask.tick - Price::from_raw(1);
    RC_ASSERT((mid - beyond) * 10 > ask.net.distance() * 6 || beyond < lowest);
    assert_walks_to_its_end(walk, ask.tick, ExecutionSettings{}.most_steps);
  }));
}

TEST(EntryWalk, StaysWithinTheMostStepsByTakingLargerOnes) {
  // 60% of 33.25 is 19.95, 399 ticks: steps of two ticks make it in 200, the last one shorter.
  const PriceWalk walk = entry_walk({}, {.net = net(40, 6.75), .tick = dollars(0.05)}, kAnyPrice);
  EXPECT_EQ(walk.last, dollars(20.05));
  EXPECT_EQ(walk.step, dollars(0.10));
}

TEST(ExitWalk, ByHand) {
  struct Case {
    std::string_view name;
    Urgency urgency;
    double first;
    double last;
    int interval;
  };
  // Buying back at a mid of 3.10 with a natural of 3.40; 20% of a width of 25 is 5.
  const Case cases[] = {{"normal", Urgency::kNormal, -3.10, -3.40, 15},
                        {"high", Urgency::kHigh, -3.10, -3.40, 5},
                        {"immediate", Urgency::kImmediate, -3.40, -8.40, 5}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const WalkAsk ask{.net = net(-3.10, -3.40), .tick = dollars(0.05)};
    const PriceWalk walk = exit_walk({}, ask, c.urgency, dollars(5));
    EXPECT_EQ(walk.first, dollars(c.first));
    EXPECT_EQ(walk.last, dollars(c.last));
    EXPECT_EQ(walk.interval, seconds{c.interval});
  }
}

TEST(ExitWalk, EndsAtTheNaturalOrGoesThroughToTheCollar) {
  EXPECT_TRUE(rc::check([] {
    const WalkAsk ask = arbitrary_ask();
    const auto urgency = *rc::gen::element(Urgency::kNormal, Urgency::kHigh, Urgency::kImmediate);
    const Price collar = Price::cents(*rc::gen::inRange(0, 1'000));
    const PriceWalk walk = exit_walk({}, ask, urgency, collar);

    const Price natural = urgency == Urgency::kImmediate ? walk.first : walk.last;
    RC_ASSERT(natural <= ask.net.natural);
    RC_ASSERT(ask.net.natural - natural < ask.tick);
    RC_ASSERT(walk.last <= walk.first);
    if (urgency == Urgency::kImmediate) {
      RC_ASSERT(natural - walk.last <= collar);
      RC_ASSERT(natural - walk.last > collar - ask.tick);
    } else {
      RC_ASSERT(walk.first >= ask.net.mid);
      RC_ASSERT(walk.first - ask.net.mid < ask.tick);
    }
    assert_walks_to_its_end(walk, ask.tick, ExecutionSettings{}.most_steps);
  }));
}

TEST(Walks, OfTheOtherFillModelsStandStill) {
  const auto ask = [](FillModel model) {
    return WalkAsk{.net = net(5.225, 4.90), .tick = dollars(0.05), .model = model};
  };
  const auto still = [](const PriceWalk& walk, double at) {
    return walk.first == dollars(at) && walk.last == dollars(at);
  };
  EXPECT_TRUE(still(entry_walk({}, ask(FillModel::kNatural), kAnyPrice), 4.90));
  EXPECT_TRUE(still(entry_walk({}, ask(FillModel::kMid), kAnyPrice), 5.20));
  EXPECT_TRUE(still(exit_walk({}, ask(FillModel::kNatural), Urgency::kNormal, {}), 4.90));
  EXPECT_EQ(exit_walk({}, ask(FillModel::kMid), Urgency::kNormal, {}).first, dollars(5.20));
}

TEST(Walks, HappenAtOnceWhereThereIsOneSnapshotADay) {
  const WalkAsk ask{.net = net(6.00, 5.60), .tick = dollars(0.05), .end_of_day = true};
  EXPECT_EQ(entry_walk({}, ask, kAnyPrice).interval, Duration{});
  EXPECT_EQ(exit_walk({}, ask, Urgency::kNormal, {}).interval, Duration{});
}

TEST(NextLimit, StepsDownAndShortensTheLastStep) {
  const PriceWalk walk{.first = dollars(1.00), .last = dollars(0.85), .step = dollars(0.10)};
  EXPECT_EQ(next_limit(walk, dollars(1.00)), dollars(0.90));
  EXPECT_EQ(next_limit(walk, dollars(0.90)), dollars(0.85));
  EXPECT_EQ(next_limit(walk, dollars(0.85)), std::nullopt);
  EXPECT_EQ(next_limit(walk, dollars(0.80)), std::nullopt);
}

}  // namespace
}  // namespace v6
