#include "ibkr/dialogue_test_kit.hpp"

#include "ibkr/order_desk.hpp"

namespace v6::ibkr {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Date kExpiry = date(2019, 6, 21);
constexpr std::int32_t kConIds[] = {700000001, 700000002, 700000003, 700000004};

/// Four SPXW contracts that master and cache know, for an iron condor.
TwsClient::Memory four_contracts() {
  TwsClient::Memory memory;
  const std::pair<int, OptionRight> legs[] = {{2700, OptionRight::kPut},
                                              {2750, OptionRight::kPut},
                                              {3000, OptionRight::kCall},
                                              {3050, OptionRight::kCall}};
  for (std::size_t i = 0; i < 4; ++i) {
    const Contract contract{.root = "SPXW"_sym,
                            .expiry = kExpiry,
                            .strike = Price::cents(legs[i].first * 100),
                            .right = legs[i].second};
    memory.master.columns.push_back(contract);
    memory.contracts.push_back(
        {.con_id = kConIds[i], .contract = contract, .seen = date(2019, 5, 6)});
  }
  return memory;
}

OrderTicket condor(std::uint32_t number, int quantity = 1) {
  OrderTicket ticket{.intent = IntentId{number},
                     .order = OrderId{number},
                     .underlying = "SPX"_sym,
                     .quantity = Contracts{quantity}};
  const int ratios[] = {1, -1, -1, 1};
  for (std::uint32_t i = 0; i < 4; ++i) { ticket.legs.push_back({ContractId{i}, ratios[i]}); }
  ticket.walk = {.first = Price::cents(125), .last = Price::cents(100), .step = Price::cents(5)};
  return ticket;
}

/// A ready link and one condor, written.
class OrderDialogue : public ::testing::Test {
 protected:
  OrderDialogue() {
    talk_.dial();
    talk_.play(kToReady);
  }
  void submit(const OrderTicket& ticket, std::int32_t expected_id) {
    EXPECT_EQ(client().reserve_id(ticket.order), expected_id);
    ASSERT_TRUE(
        client().submit(permit_for(ticket, four_contracts().master, talk_.calendar(), talk_.now)));
    talk_.listen();
    talk_.play(fmt::format("> 3~{}~0~SPX~BAG~**", expected_id));
  }
  [[nodiscard]] std::string ref(std::uint32_t intent) const {
    return order_ref(Book{}, IntentId{intent});
  }
  void open_order(std::int32_t id, std::uint32_t intent, std::int64_t perm_id,
                  std::string status = "Submitted", std::int32_t client = 7) {
    OpenOrder open{.order_id = id, .client_id = client, .perm_id = perm_id};
    open.contract = {.con_id = 28812380,
                     .symbol = "SPX",
                     .sec_type = "BAG",
                     .exchange = "SMART",
                     .currency = "USD"};
    open.order.account = "DU1234567";
    open.order.order_ref = intent == 0 ? "" : ref(intent);
    open.state.status = std::move(status);
    say(open);
  }
  void execution(std::size_t leg, std::uint32_t intent, std::string_view exec_id, double price,
                 double shares = 1, std::int64_t perm_id = 600) {
    ExecDetails exec{.order_id = 1};
    exec.contract = {.con_id = kConIds[leg], .symbol = "SPX", .sec_type = "OPT"};
    exec.exec_id = exec_id;
    exec.acct_number = "DU1234567";
    exec.side = leg == 0 || leg == 3 ? "BOT" : "SLD";
    exec.shares = {shares};
    exec.price = price;
    exec.perm_id = perm_id;
    exec.client_id = 7;
    exec.order_ref = ref(intent);
    say(exec);
  }
  template <class M>
  void say(const M& message) {
    std::string framed;
    append_message(framed, message, kNewestVersion);
    std::string text = framed.substr(4);
    std::ranges::replace(text, '\0', '~');
    talk_.say(text);
  }
  /// Answers a whole comparison with nothing in it, or with what `between` tells among the orders.
  template <class Tell>
  void answer_look(Tell between) {
    const auto request = [&] {
      const std::string text = talk_.sent.empty() ? "" : talk_.sent.front();
      if (!talk_.sent.empty()) { talk_.sent.pop_front(); }
      return text;
    };
    ASSERT_EQ(request(), "5~1~");
    between();
    talk_.say("53~1~");
    ASSERT_EQ(request(), "16~1~");
    talk_.say("53~1~");
    const std::string executions = request();
    ASSERT_TRUE(executions.starts_with("7~3~")) << executions;
    talk_.say("55~1~" + executions.substr(4, 10) + "~");
    ASSERT_EQ(request(), "99~1~");
    talk_.say("102~");
    ASSERT_EQ(request(), "61~1~");
    talk_.say("62~1~");
    ASSERT_EQ(request(), "64~1~");
    const std::string summary = request();
    ASSERT_TRUE(summary.starts_with("62~1~")) << summary;
    talk_.say("64~1~" + summary.substr(5, 10) + "~");
    ASSERT_TRUE(request().starts_with("63~1~"));
  }
  void answer_look() {
    answer_look([] {});
  }
  /// The link breaks and comes back.
  void reconnect() {
    talk_.hang_up("reset by peer");
    while (!client().wants_connection()) { talk_.pass(milliseconds{100}); }
    talk_.dial();
    talk_.play(R"(
      > v157..178
      < 178~20190507 10:00:00 US/Eastern~
      > 71~2~7~~
      < 15~1~DU1234567~
      < 9~1~1~
      > 59~1~1~
    )");
    talk_.say("4~2~-1~2104~Market data farm connection is OK:usfarm~~");
  }
  [[nodiscard]] TwsClient& client() { return talk_.client(); }
  template <class Event>
  [[nodiscard]] std::size_t count() const {
    return talk_.all<Event>().size();
  }

  Dialogue talk_{{}, four_contracts()};
};

TEST_F(OrderDialogue, ACondorIsBoughtAtMinusItsCredit) {
  const OrderTicket ticket = condor(1, 2);
  EXPECT_EQ(client().reserve_id(ticket.order), 1);
  ASSERT_TRUE(
      client().submit(permit_for(ticket, four_contracts().master, talk_.calendar(), talk_.now)));
  talk_.listen();
  talk_.play("> 3~1~0~SPX~BAG~~0.0~~~SMART~~USD~~~~~BUY~2~LMT~-1.25~~DAY~~DU1234567~~0~" + ref(1) +
             "~1~0~0~0~0~0~0~0~4~700000001~1~BUY~SMART~0~0~~-1~700000002~1~SELL~SMART~0~0~~-1~"
             "700000003~1~SELL~SMART~0~0~~-1~700000004~1~BUY~SMART~0~0~~-1~**");
}

// covers: F-35 I-07
TEST_F(OrderDialogue, SilenceIsUnknownAndNeverResent) {
  submit(condor(1), 1);
  talk_.pass(seconds{4});
  EXPECT_EQ(count<OrderOutcomeUnknown>(), 0U);
  talk_.pass(seconds{2});
  EXPECT_EQ(count<OrderOutcomeUnknown>(), 1U);
  EXPECT_EQ(client().state(), LinkState::kReconciling);
  // One look on the same session proves nothing: the order may still be on its way.
  answer_look();
  EXPECT_EQ(count<OrderNotFound>(), 0U);
  EXPECT_TRUE(client().wants_close());
  reconnect();
  answer_look();
  EXPECT_EQ(count<OrderNotFound>(), 0U);
  talk_.pass(milliseconds{4'900});
  EXPECT_TRUE(talk_.sent.empty());
  talk_.pass(milliseconds{200});
  answer_look();
  EXPECT_EQ(count<OrderNotFound>(), 1U);
  EXPECT_EQ(client().state(), LinkState::kReady);
}

// covers: F-36
TEST_F(OrderDialogue, AnOrderWhoseAnswerWasLostIsFoundByItsName) {
  submit(condor(1), 1);
  reconnect();
  EXPECT_EQ(count<OrderOutcomeUnknown>(), 1U);
  answer_look([&] { open_order(1, 1, 600); });
  ASSERT_EQ(count<OrderAcknowledged>(), 1U);
  EXPECT_EQ(talk_.all<OrderAcknowledged>()[0].perm_id, 600);
  EXPECT_EQ(client().state(), LinkState::kReady);
}

// covers: F-22 I-25
TEST_F(OrderDialogue, NumbersRiseWhateverTheBrokerSays) {
  EXPECT_EQ(client().reserve_id(OrderId{1}), 1);
  open_order(41, 0, 900, "Submitted", 3);
  EXPECT_EQ(client().reserve_id(OrderId{2}), 42);
  reconnect();  // nextValidId is 1 again
  EXPECT_EQ(client().reserve_id(OrderId{3}), 43);
}

// covers: F-38 I-05
TEST_F(OrderDialogue, AFillBeforeAnyAnswerCounts) {
  submit(condor(1), 1);
  for (std::size_t leg = 0; leg < 4; ++leg) {
    execution(leg, 1, fmt::format("0001.0{}.01", leg), 1.0 + static_cast<double>(leg));
  }
  ASSERT_EQ(count<OrderFilled>(), 1U);
  const OrderFilled fill = talk_.all<OrderFilled>()[0];
  EXPECT_EQ(fill.execution.root, "0001.00+0001.01+0001.02+0001.03");
  EXPECT_EQ(fill.legs.size(), 4U);
  EXPECT_EQ(fill.legs[2].price, Price::cents(300));
  EXPECT_EQ(fill.legs[2].side, Side::kSell);
  talk_.pass(seconds{6});
  EXPECT_EQ(count<OrderOutcomeUnknown>(), 0U);
}

TEST_F(OrderDialogue, AnAnswerThatTheLastFillOvertookIsStale) {
  submit(condor(1), 1);
  for (std::size_t leg = 0; leg < 4; ++leg) {
    execution(leg, 1, fmt::format("0001.0{}.01", leg), 2.0);
  }
  ASSERT_EQ(count<OrderFilled>(), 1U);
  open_order(1, 1, 600);
  EXPECT_TRUE(talk_.sent.empty()) << "nothing is cancelled: " << talk_.sent.front();
}

// covers: F-44
TEST_F(OrderDialogue, AFillThatCrossesTheCancelWins) {
  submit(condor(1), 1);
  open_order(1, 1, 600);
  ASSERT_TRUE(client().cancel(OrderId{1}));
  talk_.listen();
  talk_.play("> 4~1~1~~\n< 4~2~1~202~Order Canceled - reason:~~");
  EXPECT_EQ(count<OrderCancelled>(), 1U);
  for (std::size_t leg = 0; leg < 4; ++leg) {
    execution(leg, 1, fmt::format("0001.0{}.01", leg), 2.0);
  }
  EXPECT_EQ(count<OrderFilled>(), 1U);
}

// covers: F-50
TEST_F(OrderDialogue, ARejectIsFinalWithItsReason) {
  submit(condor(1), 1);
  talk_.play("< 4~2~1~201~Order rejected - reason:YOUR ORDER IS NOT ACCEPTED.~~");
  ASSERT_EQ(count<OrderRejected>(), 1U);
  EXPECT_EQ(talk_.all<OrderRejected>()[0].reason,
            "201: Order rejected - reason:YOUR ORDER IS NOT ACCEPTED.");
  talk_.play("< 3~1~Inactive~0~1~0.0~600~0~0.0~7~~0.0~");
  EXPECT_EQ(count<OrderOutcomeUnknown>(), 0U);
}

// covers: F-51
TEST_F(OrderDialogue, AUsedNumberProvesNothing) {
  submit(condor(1), 1);
  talk_.say("4~2~1~103~Duplicate order id~~");
  EXPECT_EQ(count<OrderRejected>(), 0U);
  EXPECT_EQ(count<OrderOutcomeUnknown>(), 1U);
  EXPECT_EQ(client().reserve_id(OrderId{2}), 2);
}

// covers: F-52
TEST_F(OrderDialogue, AWarningLeavesTheOrderAtWork) {
  submit(condor(1), 1);
  open_order(1, 1, 600, "PreSubmitted");
  for (const int code : {399, 10349, 2109, 404}) {
    talk_.say(fmt::format("4~2~1~{}~a notice~~", code));
  }
  EXPECT_EQ(count<OrderAcknowledged>(), 1U);
  EXPECT_EQ(count<OrderRejected>() + count<OrderCancelled>() + count<OrderOutcomeUnknown>(), 0U);
}

// covers: F-78
TEST_F(OrderDialogue, APriceOffTheStepIsRoundedOnce) {
  submit(condor(1), 1);
  talk_.play(R"(
    < 4~2~1~110~The price does not conform to the minimum price variation for this contract.~~
    > 3~1~0~SPX~BAG~~0.0~~~SMART~~USD~~~~~BUY~1~LMT~-1.3~**
    < 4~2~1~110~The price does not conform to the minimum price variation for this contract.~~
  )");
  EXPECT_EQ(count<OrderRejected>(), 1U);
}

// covers: F-43 I-04
TEST_F(OrderDialogue, TwoIncarnationsAreBothCancelledAndBothOurs) {
  submit(condor(1, 2), 1);
  open_order(1, 1, 600);
  open_order(9, 1, 601);
  EXPECT_FALSE(client().modify({.order = OrderId{1}, .limit = Price::cents(120)}));
  ASSERT_TRUE(client().cancel(OrderId{1}));
  talk_.listen();
  ASSERT_GE(talk_.sent.size(), 2U);
  std::ranges::sort(talk_.sent);
  EXPECT_EQ(std::ranges::count(talk_.sent, "4~1~1~~"), 1);
  EXPECT_EQ(std::ranges::count(talk_.sent, "4~1~9~~"), 1);
  for (std::size_t leg = 0; leg < 4; ++leg) {
    execution(leg, 1, fmt::format("0001.0{}.01", leg), 2.0, 1, 601);
  }
  EXPECT_EQ(count<OrderFilled>(), 1U);
}

// covers: F-43
TEST_F(OrderDialogue, NothingIsChangedWhileTheServerIsLost) {
  submit(condor(1), 1);
  open_order(1, 1, 600);
  talk_.say("4~2~-1~1100~Connectivity between IB and TWS has been lost.~~");
  EXPECT_FALSE(client().modify({.order = OrderId{1}, .limit = Price::cents(120)}));
  EXPECT_TRUE(talk_.sent.empty());
  // What still arrives is still heard.
  for (std::size_t leg = 0; leg < 4; ++leg) {
    execution(leg, 1, fmt::format("0001.0{}.01", leg), 2.0);
  }
  EXPECT_EQ(count<OrderFilled>(), 1U);
}

TEST_F(OrderDialogue, AChangeRepeatsTheOrderWithTheBrokersContract) {
  submit(condor(1), 1);
  open_order(1, 1, 600);
  ASSERT_TRUE(client().modify({.order = OrderId{1}, .limit = Price::cents(120)}));
  talk_.listen();
  talk_.play("> 3~1~28812380~SPX~BAG~~0.0~~~SMART~~USD~~~~~BUY~1~LMT~-1.2~**");
}

// covers: F-41 I-03
TEST_F(OrderDialogue, AnOrderOfAnotherIsToldOnce) {
  open_order(5, 0, 700, "Submitted", 0);
  open_order(5, 0, 700, "Submitted", 0);
  ASSERT_EQ(count<ForeignOrderSeen>(), 1U);
  EXPECT_EQ(talk_.all<ForeignOrderSeen>()[0].perm_id, 700);
}

// covers: F-03
TEST_F(OrderDialogue, NoOrderLeavesWithoutARoundTrip) {
  const OrderTicket ticket = condor(1);
  static_cast<void>(client().reserve_id(ticket.order));
  talk_.beats = false;
  talk_.pass(milliseconds{3'600});
  talk_.sent.clear();
  EXPECT_FALSE(
      client().submit(permit_for(ticket, four_contracts().master, talk_.calendar(), talk_.now)));
  talk_.listen();
  EXPECT_TRUE(talk_.sent.empty());
}

// covers: F-77
TEST_F(OrderDialogue, ALateCommissionReplacesTheEstimate) {
  submit(condor(1), 1);
  say(CommissionReport{.exec_id = "0001.00.01", .commission = 1.5, .currency = "USD"});
  for (std::size_t leg = 0; leg < 4; ++leg) {
    execution(leg, 1, fmt::format("0001.0{}.01", leg), 2.0);
  }
  ASSERT_EQ(count<CommissionReported>(), 0U);
  for (std::size_t leg = 1; leg < 4; ++leg) {
    say(CommissionReport{.exec_id = fmt::format("0001.0{}.01", leg), .currency = "USD"});
    say(CommissionReport{
        .exec_id = fmt::format("0001.0{}.01", leg), .commission = 1.0, .currency = "USD"});
  }
  ASSERT_EQ(count<CommissionReported>(), 4U);
  EXPECT_EQ(talk_.all<CommissionReported>()[0].fees, Money::cents(150));
}

}  // namespace
}  // namespace v6::ibkr
