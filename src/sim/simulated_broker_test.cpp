#include "sim/simulated_broker.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <variant>

#include "base/enum_text.hpp"
#include "risk/gate.hpp"
#include "risk/permit_desk.hpp"

namespace v6 {
namespace {

using namespace literals;

constexpr Date kDay = date(2019, 5, 6);
constexpr Price kTick = Price::cents(5);

Instant snapshot_time() {
  return new_york_instant(kDay, std::chrono::hours{15} + std::chrono::minutes{45});
}

Price dollars(double amount) { return Price::from_dollars(amount).value(); }

/// An iron condor or part of one on SPXW: sold, bought, sold, bought.
InstrumentMaster four_contracts() {
  InstrumentMaster master;
  for (const auto& [strike, right] :
       {std::pair{2850, OptionRight::kPut}, std::pair{2800, OptionRight::kPut},
        std::pair{3050, OptionRight::kCall}, std::pair{3100, OptionRight::kCall}}) {
    master.columns.push_back({"SPXW"_sym, date(2019, 6, 5), dollars(strike), right});
  }
  return master;
}

constexpr ContractId kPutSold{0};
constexpr ContractId kPutBought{1};
constexpr ContractId kCallSold{2};
constexpr ContractId kCallBought{3};
const Legs kCondor = {{kPutSold, -1}, {kPutBought, 1}, {kCallSold, -1}, {kCallBought, 1}};

using Market = std::map<ContractId, Quote>;
const Market kQuotes = {{kPutSold, {Price::cents(1200), Price::cents(1240)}},
                        {kPutBought, {Price::cents(800), Price::cents(820)}},
                        {kCallSold, {Price::cents(950), Price::cents(980)}},
                        {kCallBought, {Price::cents(400), Price::cents(410)}}};

NetQuote net_of(const Legs& legs, const Market& market) {
  std::vector<Quote> quotes;
  for (const Leg& leg : legs) { quotes.push_back(market.at(leg.contract)); }
  return net_quote(legs, quotes);
}

/// An order whose limit never moves.
PriceWalk resting_at(Price limit) { return {.first = limit, .last = limit, .step = kTick}; }
/// Takes whatever it is given.
PriceWalk at_any_price() { return resting_at(dollars(-1000)); }

/// A broker with one snapshot on show, and the news it sent.
struct Desk {
  std::vector<EventBody> news;
  InstrumentMaster master = four_contracts();
  Calendar calendar{
      {.holidays_source = {.name = "none", .first = date(2019, 1, 1), .last = date(2019, 12, 31)}}};
  SimulatedBroker broker;

  explicit Desk(FillModel model, std::uint64_t seed = 1, const Market& market = kQuotes)
      : broker{model, seed, FeeSchedule{}, [this](Instant at, EventBody body) {
                 EXPECT_EQ(at, snapshot_time());
                 news.push_back(std::move(body));
               }} {
    show(market);
  }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;
  ~Desk() = default;

  void show(const Market& market) {
    auto chain = std::make_shared<Chain>();
    for (const auto& [contract, quote] : market) {
      chain->contract.push_back(contract.raw());
      chain->bid.push_back(static_cast<std::int32_t>(quote.bid.raw()));
      chain->ask.push_back(static_cast<std::int32_t>(quote.ask.raw()));
      chain->open_interest.push_back(100 + contract.raw());
      chain->broker_iv.push_back(0.2);
      chain->broker_delta.push_back(std::nullopt);
    }
    broker.show(snapshot_time(), dollars(2950), std::move(chain), master);
  }

  /// The only way to a permit leads through the gate; of its doors the one for exits asks least.
  /// The broker does not look at what an order is for.
  [[nodiscard]] SendPermit permit(OrderTicket ticket) const {
    ticket.purpose = Purpose::kClose;
    ticket.mode = Mode::kSimulated;
    ticket.underlying = "SPX"_sym;
    ticket.structure = StructureId{1};
    Structure held{.id = ticket.structure, .underlying = ticket.underlying};
    for (const Leg& leg : ticket.legs) {
      held.holdings[leg.contract].quantity = Contracts{-leg.ratio * ticket.quantity.raw()};
      ticket.quotes.push_back({.contract = leg.contract});
    }
    // A walk to any price needs a collar as wide.
    held.width = dollars(50);
    const RiskLimits limits{.collar_of_width = 1e9};
    const std::map<StructureId, Structure> book{{held.id, held}};
    const RiskView view{.at = snapshot_time(),
                        .limits = &limits,
                        .master = &master,
                        .structures = &book,
                        .day = {.session = calendar.session(kDay, SessionKind::kIndexOption)}};
    auto approved = RiskGate::approve(ticket, view);
    EXPECT_TRUE(approved) << (approved ? "" : approved.error().text());
    return PermitDesk::permit(std::move(approved).value(),
                              {.now = snapshot_time(), .mode = Mode::kSimulated})
        .value();
  }
  void submit(OrderTicket ticket) { ASSERT_TRUE(broker.submit(permit(std::move(ticket)))); }

  template <class Event>
  [[nodiscard]] std::vector<Event> all() const {
    std::vector<Event> events;
    for (const EventBody& body : news) {
      if (const auto* event = std::get_if<Event>(&body)) { events.push_back(*event); }
    }
    return events;
  }
  [[nodiscard]] std::optional<OrderFilled> fill() const {
    const auto fills = all<OrderFilled>();
    EXPECT_LE(fills.size(), 1U);
    return fills.empty() ? std::nullopt : std::optional{fills[0]};
  }
};

OrderTicket order(const Legs& legs, const PriceWalk& walk, std::uint32_t number = 7) {
  return {.intent = IntentId{number},
          .order = OrderId{number},
          .legs = legs,
          .quantity = Contracts{1},
          .walk = walk};
}

/// Walks an order as the engine does: submit, lower the limit step by step, cancel at the end.
std::optional<OrderFilled> walked(Desk& desk, const OrderTicket& ticket) {
  desk.submit(ticket);
  for (auto limit = next_limit(ticket.walk, ticket.walk.first); limit && !desk.fill();
       limit = next_limit(ticket.walk, *limit)) {
    EXPECT_TRUE(desk.broker.modify({.order = ticket.order, .limit = *limit}));
  }
  return desk.fill();
}

Price net_of(const OrderFilled& filled) {
  Price net;
  for (const LegFill& leg : filled.legs) {
    EXPECT_EQ(leg.quantity.raw() % filled.quantity.raw(), 0);
    const std::int64_t ratio = leg.quantity.raw() / filled.quantity.raw();
    net += leg.price * (leg.side == Side::kBuy ? -ratio : ratio);
  }
  return net;
}

constexpr int kDraws = 20'000;

std::vector<double> draws(std::uint64_t seed) {
  std::vector<double> values;
  for (std::uint32_t intent = 1; intent <= kDraws; ++intent) {
    values.push_back(concession_of(seed, IntentId{intent}));
  }
  return values;
}

TEST(Concession, IsDistributedAsBetaTwoThree) {
  // Dvoretzky-Kiefer-Wolfowitz with Massart's constant: the greatest gap between an empirical and
  // its own distribution exceeds e with a chance of at most 2 exp(-2 n e^2). One in a billion.
  const double allowed = std::sqrt(std::log(2.0 / 1e-9) / (2.0 * kDraws));
  // The mean of Beta(2,3) is 0.4 and its variance 1/25: six deviations of the mean.
  const double mean_allowed = 6 * 0.2 / std::sqrt(kDraws);
  for (const std::uint64_t seed : {0ULL, 1ULL, 20190506ULL, ~0ULL}) {
    SCOPED_TRACE(seed);
    auto values = draws(seed);
    double sum = 0;
    for (const double value : values) { sum += value; }
    EXPECT_NEAR(sum / kDraws, 0.4, mean_allowed);
    std::ranges::sort(values);
    EXPECT_GE(values.front(), 0);
    EXPECT_LT(values.back(), 1);
    double gap = 0;
    for (int i = 0; i < kDraws; ++i) {
      const double x = values[static_cast<std::size_t>(i)];
      // Density 12 x (1-x)^2, integrated.
      const double below = x * x * (6 - 8 * x + 3 * x * x);
      gap = std::max(
          {gap, std::fabs(below - 1.0 * i / kDraws), std::fabs(below - 1.0 * (i + 1) / kDraws)});
    }
    EXPECT_LT(gap, allowed);
  }
}

TEST(Concession, DependsOnSeedAndIntentAndNeighboursAreUnrelated) {
  const auto one = draws(1);
  EXPECT_EQ(one, draws(1));
  // The correlation of n independent pairs has a deviation of 1 / sqrt(n): six of them.
  const double allowed = 6 / std::sqrt(kDraws);
  const auto correlation = [](const std::vector<double>& a, const std::vector<double>& b,
                              std::size_t lag) {
    double sum = 0;
    for (std::size_t i = 0; i + lag < a.size(); ++i) { sum += (a[i] - 0.4) * (b[i + lag] - 0.4); }
    return sum / static_cast<double>(a.size() - lag) / 0.04;
  };
  for (const std::size_t lag : {1U, 2U, 4U}) {
    EXPECT_LT(std::fabs(correlation(one, one, lag)), allowed) << lag;
  }
  for (const std::uint64_t other : {0ULL, 2ULL, 4ULL}) {
    EXPECT_LT(std::fabs(correlation(one, draws(other), 0)), allowed) << other;
  }
}

TEST(Concession, IsTheOrdersOwnWhateverElseHappens) {
  const OrderTicket ticket = order(kCondor, at_any_price());
  Desk alone{FillModel::kWalk};
  alone.submit(ticket);
  const Price price = net_of(alone.fill().value());

  Desk busy{FillModel::kWalk};
  for (std::uint32_t other = 100; other < 110; ++other) {
    busy.submit(order({{kPutSold, 1}}, at_any_price(), other));
  }
  OrderTicket renamed = ticket;
  renamed.order = OrderId{4321};
  renamed.quantity = Contracts{3};
  busy.submit(renamed);
  EXPECT_EQ(net_of(busy.all<OrderFilled>().back()), price);

  OrderTicket another = ticket;
  another.intent = IntentId{8};
  Desk next{FillModel::kWalk};
  next.submit(another);
  EXPECT_NE(net_of(next.fill().value()), price);
}

/// A market in cents, now and then with a zero bid.
Market any_market() {
  Market market;
  for (const Leg& leg : kCondor) {
    const int bid = *rc::gen::inRange(-20, 3000);
    const int width = *rc::gen::inRange(0, 200);
    market[leg.contract] = {Price::cents(std::max(0, bid)),
                            Price::cents(std::max(0, bid) + std::max(bid < 1 ? 1 : 0, width))};
  }
  return market;
}

Legs any_legs() {
  const auto count = *rc::gen::inRange<std::size_t>(1, 5);
  Legs legs;
  for (std::size_t i = 0; i < count; ++i) {
    legs.push_back({.contract = kCondor[i].contract, .ratio = *rc::gen::element(-2, -1, 1, 2)});
  }
  return legs;
}

RC_GTEST_PROP(Fill, LiesBetweenMidAndNaturalSplitByHalfWidth, ()) {
  const Market market = any_market();
  const auto model = *rc::gen::element(FillModel::kNatural, FillModel::kWalk, FillModel::kMid);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  OrderTicket ticket = order(any_legs(), at_any_price(), *rc::gen::inRange(1U, 100'000U));
  ticket.quantity = Contracts{*rc::gen::inRange(1, 6)};
  ticket.urgency = *rc::gen::element(Urgency::kNormal, Urgency::kHigh, Urgency::kImmediate);

  Desk desk{model, seed, market};
  desk.submit(ticket);
  const OrderFilled filled = desk.fill().value();
  double c = model == FillModel::kNatural ? 1 : 0;
  if (model == FillModel::kWalk) {
    c = ticket.urgency == Urgency::kImmediate ? 1 : concession_of(seed, ticket.intent);
  }
  RC_ASSERT(filled.order == ticket.order);
  RC_ASSERT(filled.quantity == ticket.quantity);
  RC_ASSERT(filled.legs.size() == ticket.legs.size());
  std::int64_t ratios = 0;
  for (std::size_t i = 0; i < filled.legs.size(); ++i) {
    const LegFill& leg = filled.legs[i];
    const Leg& asked = ticket.legs[i];
    const Quote& quote = market.at(asked.contract);
    const bool bought = asked.ratio > 0;
    RC_ASSERT(leg.contract == asked.contract);
    RC_ASSERT(leg.side == (bought ? Side::kBuy : Side::kSell));
    RC_ASSERT(leg.quantity.raw() == std::abs(asked.ratio) * ticket.quantity.raw());
    RC_ASSERT(leg.price >= (bought ? quote.mid() : quote.bid));
    RC_ASSERT(leg.price <= (bought ? quote.ask : quote.mid()));
    const double given = static_cast<double>((leg.price - quote.mid()).raw()) * (bought ? 1 : -1);
    RC_ASSERT(std::fabs(given - c * static_cast<double>(quote.width().raw()) / 2) < 1.0);
    ratios += std::abs(asked.ratio);
  }
  // The net is what the legs add up to; no leg is off by a whole ten-thousandth.
  const NetQuote net = net_of(ticket.legs, market);
  const Price price = net_of(filled);
  RC_ASSERT(price <= net.mid);
  RC_ASSERT(price >= net.natural);
  const double exact =
      static_cast<double>(net.mid.raw()) - c * static_cast<double>(net.distance().raw());
  RC_ASSERT(std::fabs(static_cast<double>(price.raw()) - exact) < static_cast<double>(ratios));
  if (c == 0) { RC_ASSERT(price == net.mid); }
  if (c == 1) { RC_ASSERT(price == net.natural); }
}

RC_GTEST_PROP(Entry, FillsWhenTheWalkConcedesWhatIsAsked, ()) {
  const Market market = any_market();
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const NetQuote net = net_of(kCondor, market);
  const OrderTicket ticket =
      order(kCondor, entry_walk({}, {.net = net, .tick = kTick, .end_of_day = true}, dollars(-1e5)),
            *rc::gen::inRange(1U, 100'000U));
  Desk desk{FillModel::kWalk, seed, market};
  const auto filled = walked(desk, ticket);
  const double c = concession_of(seed, ticket.intent);
  const double distance = net.distance().dollars();
  RC_CLASSIFY(filled.has_value());
  // Limits are legal ticks, and a leg's price is rounded to a ten-thousandth.
  constexpr double kRounding = 4e-4;
  if (c * distance <= 0.6 * distance - kTick.dollars() - kRounding) { RC_ASSERT(filled); }
  if (c * distance > 0.6 * distance + kRounding) { RC_ASSERT(!filled); }
  if (filled) { RC_ASSERT(net_of(*filled) >= ticket.walk.last); }
}

TEST(Entry, NeverFillsBelowThePriceThatKeepsItWorthwhile) {
  const NetQuote net = net_of(kCondor, kQuotes);
  const PriceWalk walk = entry_walk({}, {.net = net, .tick = kTick, .end_of_day = true}, net.mid);
  Desk desk{FillModel::kWalk};
  EXPECT_FALSE(walked(desk, order(kCondor, walk)));
  // The optimist gets the mid all the same.
  Desk optimist{FillModel::kMid};
  EXPECT_EQ(net_of(walked(optimist, order(kCondor, resting_at(net.mid))).value()), net.mid);
}

RC_GTEST_PROP(Exit, AlwaysFillsUnderEveryModelAndUrgency, ()) {
  const Market market = any_market();
  const auto model = *rc::gen::element(FillModel::kNatural, FillModel::kWalk, FillModel::kMid);
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const auto urgency = *rc::gen::element(Urgency::kNormal, Urgency::kHigh, Urgency::kImmediate);
  const Legs legs = reversed(kCondor);
  const NetQuote net = net_of(legs, market);
  OrderTicket ticket =
      order(legs, exit_walk({}, {.net = net, .tick = kTick, .model = model, .end_of_day = true},
                            urgency, dollars(10)));
  ticket.urgency = urgency;
  Desk desk{model, seed, market};
  const auto filled = walked(desk, ticket);
  RC_ASSERT(filled);
  const Price price = net_of(*filled);
  RC_ASSERT(price >= net.natural);
  if (model == FillModel::kMid) { RC_ASSERT(price == net.mid); }
  if (model == FillModel::kNatural) { RC_ASSERT(price == net.natural); }
  if (model == FillModel::kWalk && urgency == Urgency::kImmediate) {
    RC_ASSERT(price == net.natural);
  }
}

TEST(Fees, AreThoseOfEachLegAtItsOwnPrice) {
  const Market market = {{kPutSold, {Price::cents(120), Price::cents(140)}},
                         {kPutBought, {Price::cents(30), Price::cents(40)}},
                         {kCallSold, {Price::cents(7), Price::cents(12)}},
                         {kCallBought, {Price::cents(1), Price::cents(4)}}};
  Desk desk{FillModel::kNatural, 1, market};
  OrderTicket ticket = order(kCondor, at_any_price());
  ticket.quantity = Contracts{2};
  desk.submit(ticket);
  const OrderFilled filled = desk.fill().value();
  // Commission and exchange fee by the price paid, clearing and regulatory 0.05; two contracts.
  const Money one[] = {Money::cents(65 + 45 + 5), Money::cents(65 + 37 + 5),
                       Money::cents(50 + 37 + 5), Money::cents(25 + 37 + 5)};
  for (std::size_t i = 0; i < 4; ++i) { EXPECT_EQ(filled.legs[i].fees, one[i] * 2) << i; }
}

TEST(Fees, OfASmallOrderComeToTheLeastCommission) {
  Desk desk{FillModel::kNatural};
  desk.submit(order({{kPutBought, 1}}, at_any_price()));
  EXPECT_EQ(desk.fill().value().legs[0].fees, Money::cents(100 + 45 + 5));
}

TEST(Working, OrderThatCannotFillStaysUntilItIsCancelled) {
  Desk desk{FillModel::kNatural};
  const NetQuote net = net_of(kCondor, kQuotes);
  const OrderTicket ticket = order(kCondor, resting_at(net.natural + kTick));
  desk.submit(ticket);
  ASSERT_EQ(desk.news.size(), 1U);
  EXPECT_EQ(desk.all<OrderAcknowledged>().at(0).order, ticket.order);
  EXPECT_TRUE(desk.broker.cancel(ticket.order));
  ASSERT_EQ(desk.news.size(), 2U);
  EXPECT_EQ(desk.all<OrderCancelled>().at(0).order, ticket.order);
  // Gone: nothing more is heard of it.
  EXPECT_TRUE(desk.broker.cancel(ticket.order));
  EXPECT_TRUE(desk.broker.modify({.order = ticket.order, .limit = net.natural}));
  EXPECT_EQ(desk.news.size(), 2U);
}

TEST(Working, LoweredLimitFillsOnceAndAcknowledgementComesFirst) {
  Desk desk{FillModel::kNatural};
  const NetQuote net = net_of(kCondor, kQuotes);
  const OrderTicket ticket = order(kCondor, resting_at(net.natural + kTick));
  desk.submit(ticket);
  EXPECT_TRUE(desk.broker.modify({.order = ticket.order, .limit = net.natural}));
  EXPECT_TRUE(desk.broker.modify({.order = ticket.order, .limit = net.natural - kTick}));
  EXPECT_TRUE(desk.broker.cancel(ticket.order));
  ASSERT_EQ(desk.news.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<OrderAcknowledged>(desk.news[0]));
  EXPECT_EQ(std::get<OrderFilled>(desk.news[1]).execution, (ExecutionId{"X7", 1}));
}

TEST(Working, NothingFillsWithoutAMarketInEveryLeg) {
  struct Case {
    std::string_view name;
    std::optional<Quote> quote;
    bool fills;
  };
  const Case cases[] = {
      {"not quoted", {}, false},
      {"no ask", Quote{}, false},
      {"crossed", Quote{Price::cents(410), Price::cents(400)}, false},
      {"negative", Quote{Price::cents(-5), Price::cents(400)}, false},
      {"zero bid", Quote{Price{}, Price::cents(5)}, true},
  };
  for (const FillModel model : {FillModel::kNatural, FillModel::kWalk, FillModel::kMid}) {
    for (const Case& c : cases) {
      SCOPED_TRACE(fmt::format("{} under {}", c.name, word(model)));
      Market market = kQuotes;
      market.erase(kCallBought);
      if (c.quote) { market[kCallBought] = *c.quote; }
      Desk desk{model, 1, market};
      desk.submit(order(kCondor, at_any_price()));
      EXPECT_EQ(desk.fill().has_value(), c.fills);
      if (c.fills) { continue; }
      // The market comes back: the order was working all along.
      desk.show(kQuotes);
      EXPECT_TRUE(desk.broker.modify({.order = OrderId{7}, .limit = dollars(-1000)}));
      EXPECT_TRUE(desk.fill());
    }
  }
}

TEST(Quotes, AreAnsweredInTheOrderAskedWithoutThoseThatHaveNone) {
  Market market = kQuotes;
  market[kPutBought] = {};
  Desk desk{FillModel::kWalk, 1, market};
  desk.broker.request({.request = QuoteRequestId{5},
                       .contracts = {kCallSold, kPutBought, ContractId{99}, kPutSold}});
  const auto answer = desk.all<LegQuotesArrived>().at(0);
  EXPECT_EQ(answer.request, QuoteRequestId{5});
  EXPECT_EQ(answer.spot, dollars(2950));
  EXPECT_EQ(answer.spot_at, snapshot_time());
  ASSERT_EQ(answer.quotes.size(), 2U);
  EXPECT_EQ(answer.quotes[0].contract, kCallSold);
  EXPECT_EQ(answer.quotes[0].quote, kQuotes.at(kCallSold));
  EXPECT_EQ(answer.quotes[0].at, snapshot_time());
  EXPECT_EQ(answer.quotes[0].kind, QuoteKind::kEndOfDay);
  EXPECT_EQ(answer.quotes[0].open_interest, 102U);
  EXPECT_EQ(answer.quotes[0].broker_iv, 0.2);
  EXPECT_FALSE(answer.quotes[0].broker_delta);
  EXPECT_EQ(answer.quotes[1].contract, kPutSold);
}

}  // namespace
}  // namespace v6
