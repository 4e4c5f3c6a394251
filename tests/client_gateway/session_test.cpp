#include <algorithm>
#include <chrono>
#include <set>

#include "base/hash.hpp"
#include "client_gateway/pair.hpp"

namespace v6 {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

Instant at(int hour, int minute) {
  return new_york_instant(date(2019, 5, 7), std::chrono::hours{hour} + minutes{minute});
}

/// Two puts of the first expiry of the last chain.
Legs put_spread(const Pair& pair) {
  Legs legs;
  const auto chain = pair.all<ChainSnapshotTaken>().back().chain;
  const Contract first = pair.master[ContractId{chain->contract.front()}];
  for (const auto& [strike, ratio] : {std::pair{2700, 1}, std::pair{2750, -1}}) {
    for (const std::uint32_t id : chain->contract) {
      const Contract contract = pair.master[ContractId{id}];
      if (contract.expiry == first.expiry && contract.right == OptionRight::kPut &&
          contract.strike == Price::cents(strike * 100)) {
        legs.push_back({ContractId{id}, ratio});
      }
    }
  }
  return legs;
}

OrderTicket ticket_of(std::uint32_t number, Legs legs, Price limit) {
  return {.intent = IntentId{number},
          .order = OrderId{number},
          .underlying = "SPX"_sym,
          .legs = std::move(legs),
          .quantity = Contracts{2},
          .walk = {.first = limit, .last = limit, .step = Price::cents(5)}};
}

TEST(ClientAtTheGateway, TellsAWholeChainEveryFiveMinutes) {
  Pair pair{at(9, 20)};
  pair.run(minutes{10});
  EXPECT_TRUE(pair.all<ChainSnapshotTaken>().empty());  // nothing trades yet
  EXPECT_GT(pair.all<DailyLevelsPublished>().size(), 252U);
  EXPECT_TRUE(
      std::ranges::is_sorted(pair.all<DailyLevelsPublished>(), {}, &DailyLevelsPublished::date));
  pair.run(minutes{30});
  const auto chains = pair.all<ChainSnapshotTaken>();
  ASSERT_EQ(chains.size(), 6U);
  EXPECT_EQ(pair.all<SnapshotEnded>().size(), 6U);
  for (const ChainSnapshotTaken& chain : chains) {
    EXPECT_EQ(chain.kind, QuoteKind::kLive);
    EXPECT_GT(chain.chain->size(), 500U);
    std::set<Date> expiries;
    for (const std::uint32_t id : chain.chain->contract) {
      expiries.insert(pair.master[ContractId{id}].expiry);
    }
    EXPECT_GE(expiries.size(), 3U);
    for (std::size_t i = 0; i < chain.chain->size(); ++i) {
      ASSERT_TRUE(chain.chain->quote(i).usable());
    }
  }
  EXPECT_TRUE(pair.client().broker_hours("SPX"_sym, date(2019, 5, 7)));
  EXPECT_EQ(pair.client().counters().unknown_requests, 0U);
  // What the gateway has to say about us: nothing.
  EXPECT_EQ(pair.log.size(), 1U) << pair.log.back();
}

// covers: I-12
TEST(ClientAtTheGateway, QuotesLegsFreshlyWhenAsked) {
  Pair pair{at(9, 50)};
  pair.run(minutes{8});
  const Legs legs = put_spread(pair);
  ASSERT_EQ(legs.size(), 2U);
  pair.client().request(
      {.request = QuoteRequestId{4}, .contracts = {legs[0].contract, legs[1].contract}});
  pair.run(seconds{2});
  ASSERT_EQ(pair.all<LegQuotesArrived>().size(), 1U);
  const LegQuotesArrived answer = pair.all<LegQuotesArrived>()[0];
  EXPECT_EQ(answer.request, QuoteRequestId{4});
  ASSERT_EQ(answer.quotes.size(), 2U);
  EXPECT_EQ(answer.quotes[1].contract, legs[1].contract);
  for (const LegQuote& quote : answer.quotes) {
    EXPECT_LT(pair.at() - quote.at, seconds{3});
    EXPECT_EQ(quote.kind, QuoteKind::kLive);
    EXPECT_TRUE(quote.broker_delta);
  }
  EXPECT_LT(pair.at() - answer.spot_at, seconds{4});
}

// covers: I-05 I-37
TEST(ClientAtTheGateway, TradesAComboAndFindsItAgainAfterARestart) {
  Pair pair{at(9, 50)};
  pair.run(minutes{8});
  const OrderTicket ticket = ticket_of(1, put_spread(pair), Price::cents(2000));
  ibkr::TwsClient& client = pair.client();
  const std::int32_t id = client.reserve_id(ticket.order);
  ASSERT_TRUE(client.submit(pair.permit(ticket)));
  pair.run(seconds{2});
  ASSERT_EQ(pair.all<OrderAcknowledged>().size(), 1U);
  EXPECT_TRUE(pair.all<OrderFilled>().empty());
  ASSERT_TRUE(client.modify({.order = ticket.order, .limit = Price::cents(100)}));
  pair.run(seconds{2});
  ASSERT_EQ(pair.all<OrderFilled>().size(), 1U);
  const OrderFilled fill = pair.all<OrderFilled>()[0];
  EXPECT_EQ(fill.quantity, Contracts{2});
  Money moved;
  for (const LegFill& leg : fill.legs) {
    moved += premium(leg.price, Multiplier{100}, leg.quantity) * (leg.side == Side::kSell ? 1 : -1);
  }
  for (const CommissionReported& charge : pair.all<CommissionReported>()) { moved -= charge.fees; }
  EXPECT_EQ(pair.exchange().figures().cash - Money::cents(500'000'00), moved);

  client.hold({ticket.legs[0].contract, ticket.legs[1].contract});
  pair.run(minutes{1});
  EXPECT_GE(pair.all<HoldingsQuoted>().size(), 3U);
  EXPECT_EQ(pair.all<PositionsReported>().back().positions.size(), 2U);

  // The same books in another process: nothing is told twice.
  pair.drop();
  const ibkr::TwsClient::Memory memory{.master = pair.master,
                                       .contracts = pair.rows,
                                       .orders = {{.ticket = ticket,
                                                   .broker_id = id,
                                                   .perm_ids = {},
                                                   .status = OrderStatus::kUnknown,
                                                   .limit = Price::cents(100),
                                                   .executions = {fill.execution}}}};
  pair.events.clear();
  pair.make_client(memory);
  pair.run(seconds{30});
  EXPECT_EQ(pair.client().state(), LinkState::kReady) << pair.client().why();
  EXPECT_TRUE(pair.all<OrderFilled>().empty());
  EXPECT_TRUE(pair.all<ContractsListed>().empty());
  EXPECT_TRUE(pair.all<ForeignOrderSeen>().empty());
  EXPECT_GT(pair.client().reserve_id(OrderId{2}), id);
}

// covers: F-34 F-16 F-02
TEST(ClientAtTheGateway, SurvivesAHundredLossesWithoutALeak) {
  Pair pair{at(9, 40)};
  pair.run(minutes{8});
  std::uint64_t draw = 7;
  for (int i = 0; i < 100; ++i) {
    draw = mix(draw);
    pair.run(std::chrono::milliseconds{static_cast<int>(draw % 9'000)});
    pair.drop();
    ASSERT_LE(pair.client().counters().lines, 4);
    ASSERT_EQ(pair.client().counters().outstanding, 0);
  }
  pair.run(seconds{30});
  EXPECT_EQ(pair.client().state(), LinkState::kReady);
  EXPECT_GE(pair.client().counters().lines, 2);
  EXPECT_LE(pair.client().counters().lines, 90);
  // Duplicate ids, unknown ids, too many lines or messages would all be in the gateway's log.
  for (const std::string& line : pair.log) {
    EXPECT_NE(line.find("connected"), std::string::npos) << line;
  }
}

// covers: F-03
TEST(ClientAtTheGateway, LeavesADeadLinkAndComesBack) {
  Pair pair{at(9, 40)};
  pair.run(minutes{2});
  const Instant before = pair.at();
  pair.frozen = true;
  while (pair.client().state() != LinkState::kLost) { pair.run(std::chrono::milliseconds{100}); }
  EXPECT_LT(pair.at() - before, seconds{7});
  pair.frozen = false;
  pair.run(seconds{60});
  EXPECT_EQ(pair.client().state(), LinkState::kReady);
}

}  // namespace
}  // namespace v6
