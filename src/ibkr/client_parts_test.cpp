#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <numeric>
#include <set>

#include "calendar/new_york.hpp"
#include "ibkr/combo_fills.hpp"
#include "ibkr/contract_book.hpp"
#include "ibkr/discovery.hpp"
#include "ibkr/error_table.hpp"
#include "ibkr/order_ref.hpp"
#include "ibkr/outbox.hpp"

namespace v6::ibkr {
namespace {

using namespace literals;

TEST(OrderRef, IsBase32OfBookAndIntent) {
  Book book{};
  for (std::size_t i = 0; i < book.size(); ++i) { book[i] = static_cast<std::uint8_t>(i); }
  // base64.b32encode(bytes(range(12)) + (1).to_bytes(4, "big")) in Python, without its padding.
  EXPECT_EQ(order_ref(book, IntentId{1}), "AAAQEAYEAUDAOCAJBIFQAAAAAE");
  EXPECT_EQ(intent_of(book, "AAAQEAYEAUDAOCAJBIFQAAAAAE"), IntentId{1});
}

RC_GTEST_PROP(OrderRef, NamesOneIntentOfOneBook, (std::uint32_t number, std::uint8_t byte)) {
  Book book{};
  book[*rc::gen::inRange<std::size_t>(0, 12)] = byte;
  const std::string ref = order_ref(book, IntentId{number});
  RC_ASSERT(ref.size() == 26U);
  RC_ASSERT(intent_of(book, ref) == IntentId{number});
  Book other = book;
  ++other[3];
  RC_ASSERT(!intent_of(other, ref));
  std::string broken = ref;
  broken[*rc::gen::inRange<std::size_t>(0, 26)] = '1';
  RC_ASSERT(!intent_of(book, broken));
}

TEST(ErrorTable, UnknownCodesWarnAndAskForOrders) {
  for (const int code : {0, 1, 999, 2199, 10999, -5}) {
    const ErrorRow meaning = error_row(code);
    EXPECT_EQ(meaning.data, DataNews::kWarning);
    EXPECT_EQ(meaning.order, OrderNews::kQuery);
    EXPECT_EQ(meaning.session, SessionNews::kNone);
  }
}

TEST(ErrorTable, KnowsEveryCodeOfTheReferences) {
  for (const int code : {100,   101,   103,   104,   105,   110,   162,   200,  201,   202,   300,
                         321,   322,   326,   354,   399,   1100,  1101,  1102, 1300,  2103,  2104,
                         2105,  2106,  2107,  2108,  2110,  2119,  2157,  2158, 10089, 10090, 10091,
                         10147, 10148, 10167, 10168, 10182, 10186, 10197, 10349}) {
    EXPECT_EQ(error_row(code).code, code);
    EXPECT_NE(error_row(code).advice, "a code we do not know") << code;
  }
}

// covers: I-16 F-28
RC_GTEST_PROP(Outbox, NeverWritesMoreThanItsBudgetInAnySecond, ()) {
  const int budget = *rc::gen::inRange(10, 50);
  Outbox box{budget};
  box.open(kNewestVersion);
  Instant now{};
  std::vector<Instant> written;
  for (int step = 0; step < 200; ++step) {
    now += std::chrono::milliseconds{*rc::gen::inRange(0, 100)};
    const std::uint64_t before = box.written();
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
      box.queue(*rc::gen::element(Lane::kNormal, Lane::kLast), ReqCurrentTime{});
    }
    if (*rc::gen::inRange(0, 5) == 0) { static_cast<void>(box.write(now, ReqCurrentTime{})); }
    box.release(now);
    written.insert(written.end(), box.written() - before, now);
  }
  for (std::size_t i = static_cast<std::size_t>(budget); i < written.size(); ++i) {
    RC_ASSERT(written[i] - written[i - static_cast<std::size_t>(budget)] >=
              std::chrono::seconds{1});
  }
}

TEST(Outbox, KeepsPlacesForOrders) {
  Outbox box{40};
  box.open(kNewestVersion);
  for (int i = 0; i < 100; ++i) { box.queue(Lane::kLast, ReqCurrentTime{}); }
  box.release(Instant{});
  EXPECT_EQ(box.written(), 32U);
  for (int i = 0; i < 8; ++i) { EXPECT_TRUE(box.write(Instant{}, CancelOrder{.order_id = 1})); }
  EXPECT_FALSE(box.write(Instant{}, CancelOrder{.order_id = 1}));
}

// covers: F-80
TEST(BrokerHours, AreReadInNewYorkTime) {
  const auto hours = parse_hours(
      "20190507:0830-20190507:1515;20190508:CLOSED;20190509:0830-20190509:1200", "US/Central");
  ASSERT_EQ(hours.size(), 2U);
  const Session& day = hours.at(date(2019, 5, 7));
  EXPECT_EQ(day.open, new_york_instant(date(2019, 5, 7), std::chrono::minutes{570}));
  EXPECT_EQ(day.close, new_york_instant(date(2019, 5, 7), std::chrono::minutes{975}));
  EXPECT_TRUE(parse_hours("20190507:0930-20190507:1600", "Europe/Berlin").empty());
  EXPECT_TRUE(parse_hours("nonsense;2019", "US/Eastern").empty());
}

TEST(WantedExpiries, StandOnBothSidesOfEachDistance) {
  const Date today = date(2019, 5, 7);
  std::set<Date> listed;
  for (int day = 0; day <= 120; day += 7) { listed.insert(today + std::chrono::days{day}); }
  std::vector<int> found;
  for (const Date expiry : wanted_expiries({}, listed, today)) {
    found.push_back(days_between(today, expiry));
  }
  EXPECT_EQ(found, (std::vector<int>{28, 35, 42, 49, 56, 63}));
}

// covers: F-90 I-10
TEST(ContractBook, TakesNoAdjustedOrForeignSeries) {
  struct Case {
    std::string_view name;
    std::string trading_class, multiplier, right;
    std::int32_t under;
    bool taken;
  };
  const Case cases[] = {{"as it should be", "SPXW", "100", "P", 1, true},
                        {"another class", "SPX", "100", "P", 1, false},
                        {"an adjusted class", "SPXW1", "100", "P", 1, false},
                        {"another deliverable", "SPXW", "10", "P", 1, false},
                        {"another underlying", "SPXW", "100", "P", 2, false},
                        {"no right", "SPXW", "100", "?", 1, false}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    ContractData data{.under_con_id = c.under};
    data.contract = {.con_id = 5,
                     .sec_type = "OPT",
                     .expiry = "20190621 16:00 US/Eastern",
                     .strike = 2750,
                     .right = c.right,
                     .multiplier = c.multiplier,
                     .trading_class = c.trading_class};
    EXPECT_EQ(ContractBook::judge(data, "SPXW"_sym, 1, date(2019, 5, 7)).has_value(), c.taken);
  }
}

// covers: F-90
TEST(ContractBook, ANumberThatChangesItsContractIsBlocked) {
  const Contract put{
      .root = "SPXW"_sym, .expiry = date(2019, 6, 21), .strike = Price::cents(275000)};
  Contract other = put;
  other.strike = Price::cents(280000);
  InstrumentMaster master;
  master.columns.push_back(put);
  ContractBook book{master, {{.con_id = 5, .contract = put}}};
  Context context;
  EXPECT_EQ(book.list(context, {{.con_id = 5, .contract = other}}).size(), 1U);
  EXPECT_FALSE(book.con_id(ContractId{0}));
}

/// A condor's executions, cut leg by leg as rapidcheck likes.
struct Cut {
  Legs legs{{ContractId{0}, 1}, {ContractId{1}, -1}, {ContractId{2}, -2}, {ContractId{3}, 2}};
  InstrumentMaster master;
  std::vector<LegExecution> executions;

  explicit Cut(int units) {
    for (int i = 0; i < 4; ++i) {
      master.columns.push_back({.root = "SPXW"_sym,
                                .expiry = date(2019, 6, 21),
                                .strike = Price::cents(270000 + 5000 * i)});
    }
    int number = 0;
    for (const Leg& leg : legs) {
      for (int left = units * std::abs(leg.ratio); left > 0;) {
        const int shares = *rc::gen::inRange(1, left + 1);
        executions.push_back({.id = {.root = fmt::format("e{:03}", ++number), .revision = 1},
                              .contract = leg.contract,
                              .side = leg.ratio > 0 ? Side::kBuy : Side::kSell,
                              .shares = shares,
                              .price = Price::cents(*rc::gen::inRange(5, 5000))});
        left -= shares;
      }
    }
  }
};

std::int64_t cash(const std::vector<OrderFilled>& fills) {
  std::int64_t sum = 0;
  for (const OrderFilled& fill : fills) {
    for (const LegFill& leg : fill.legs) {
      sum += (leg.side == Side::kSell ? 1 : -1) * leg.price.raw() * leg.quantity.raw();
    }
  }
  return sum;
}

// covers: I-05 I-37 F-39 F-55
RC_GTEST_PROP(ComboFills, TellsEveryShareOnceWhateverTheOrder, ()) {
  const int units = *rc::gen::inRange(1, 8);
  const Cut cut{units};
  std::vector<std::size_t> order(cut.executions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  // Lived through two processes: the second knows what the first had told.
  const std::size_t crash = *rc::gen::inRange<std::size_t>(0, order.size() + 1);
  std::vector<OrderFilled> told;
  ComboFills before{OrderId{1}, cut.legs, {}};
  const auto feed = [&](ComboFills& fills, std::size_t at) {
    RC_ASSERT(fills.add(cut.executions[order[at]]));
    if (*rc::gen::arbitrary<bool>()) { RC_ASSERT(fills.add(cut.executions[order[at]])); }
    for (OrderFilled& fill : fills.take({}, cut.master)) { told.push_back(std::move(fill)); }
  };
  for (std::size_t i = 0; i < crash; ++i) { feed(before, i); }
  std::vector<ExecutionId> booked;
  for (const OrderFilled& fill : told) { booked.push_back(fill.execution); }
  ComboFills after{OrderId{1}, cut.legs, booked};
  for (std::size_t i = 0; i < order.size(); ++i) { feed(after, i); }

  std::int32_t sum = 0;
  std::set<std::string> names;
  for (const OrderFilled& fill : told) {
    sum += fill.quantity.raw();
    RC_ASSERT(names.insert(fill.execution.root).second);
    for (const Leg& leg : cut.legs) {
      std::int32_t got = 0;
      for (const LegFill& part : fill.legs) {
        if (part.contract == leg.contract) { got += part.quantity.raw(); }
      }
      RC_ASSERT(got == std::abs(leg.ratio) * fill.quantity.raw());
    }
  }
  RC_ASSERT(sum == units);
  std::int64_t expected = 0;
  for (const LegExecution& one : cut.executions) {
    expected += (one.side == Side::kSell ? 1 : -1) * one.price.raw() * one.shares;
  }
  RC_ASSERT(cash(told) == expected);
  RC_ASSERT(!after.uneven());
}

// covers: F-40
TEST(ComboFills, ACorrectionReplacesTheSetItIsIn) {
  InstrumentMaster master;
  const Legs legs{{ContractId{0}, 1}, {ContractId{1}, -1}};
  for (int i = 0; i < 2; ++i) {
    master.columns.push_back({.root = "SPXW"_sym,
                              .expiry = date(2019, 6, 21),
                              .strike = Price::cents(270000 + 5000 * i)});
  }
  ComboFills fills{OrderId{1}, legs, {}};
  LegExecution bought{
      .id = {"a", 1}, .contract = ContractId{0}, .shares = 1, .price = Price::cents(100)};
  const LegExecution sold{.id = {"b", 1},
                          .contract = ContractId{1},
                          .side = Side::kSell,
                          .shares = 1,
                          .price = Price::cents(250)};
  EXPECT_TRUE(fills.add(bought));
  EXPECT_TRUE(fills.take({}, master).empty());
  EXPECT_TRUE(fills.uneven());
  EXPECT_TRUE(fills.add(sold));
  const auto first = fills.take({}, master);
  ASSERT_EQ(first.size(), 1U);
  bought.id.revision = 2;
  bought.price = Price::cents(105);
  EXPECT_TRUE(fills.add(bought));
  const auto second = fills.take({}, master);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].execution.root, first[0].execution.root);
  EXPECT_GT(second[0].execution.revision, first[0].execution.revision);
  EXPECT_EQ(second[0].legs[0].price, Price::cents(105));
  // Not of these legs, or the wrong way round: for a person, not for the books.
  EXPECT_FALSE(fills.add({.id = {"c", 1}, .contract = ContractId{7}, .shares = 1}));
  EXPECT_FALSE(
      fills.add({.id = {"d", 1}, .contract = ContractId{0}, .side = Side::kSell, .shares = 1}));
}

}  // namespace
}  // namespace v6::ibkr
