#include "sim/gateway.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "sim/gateway_test_kit.hpp"

namespace v6 {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// Opening: protocol reference 1.3, 1.4, 5.1.

TEST(GatewayOpening, AnswersWithVersionAndTimeInOneFrameOfTwoFields) {
  GatewayDay day;
  day.open("a");
  day.send("a", std::string{"API\0\0\0\0\x09v157..178", 17});
  EXPECT_THAT(day.heard("a"), ElementsAre("178~20190507 11:00:00 US/Eastern~"));
  EXPECT_FALSE(day.closed("a"));
}

TEST(GatewayOpening, ServesItsTwoVersionsAndClosesOnAllOthersWithoutAWord) {
  struct Case {
    std::string offer;
    std::string version;  // empty: closed
  };
  const Case cases[] = {{"v157..178", "178"},
                        {"v100..193", "178"},
                        {"v100..225", "178"},
                        {"v100..177", "177"},
                        {"v178", "178"},
                        {"v177..177", "177"},
                        {"v157..178 +PACEAPI", "178"},
                        {"v100..176", ""},
                        {"v100..157", ""},
                        {"v213..225", ""},
                        {"v179", ""},
                        {"178", ""},
                        {"v", ""},
                        {"v178..157", ""},
                        {"", ""}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.offer);
    GatewayDay day;
    day.open("a");
    day.send("a", std::string{"API\0", 4} + framed(c.offer));
    const auto heard = day.heard("a");
    EXPECT_EQ(day.closed("a"), c.version.empty());
    if (c.version.empty()) {
      EXPECT_THAT(heard, IsEmpty());
    } else {
      EXPECT_THAT(heard, ElementsAre(StartsWith(c.version + "~")));
    }
  }
}

TEST(GatewayOpening, ClosesOnWhatIsNotTheProtocol) {
  for (const std::string& bytes :
       {std::string{"GET / HTTP/1.1\r\n\r\n"}, std::string(64, '\xFF'), std::string(8, '\0'),
        std::string{"API\0\xFF\xFF\xFF\xFFv157..178", 17}}) {
    GatewayDay day;
    day.open("a");
    day.send("a", bytes);
    EXPECT_TRUE(day.closed("a"));
    EXPECT_THAT(day.heard("a"), IsEmpty());
  }
}

constexpr const char* kStart = R"(
    a<15~1~DU1234567~
    a<9~1~1~
    a<4~2~-1~2104~Market data farm connection is OK:usfarm~~
    a<4~2~-1~2106~HMDS data farm connection is OK:ushmds~~
    a<4~2~-1~2158~Sec-def data farm connection is OK:secdefnj~~
)";

TEST(GatewayOpening, StartsWithAccountsIdAndNotices) {
  GatewayDay day;
  day.open("a");
  day.send("a", std::string{"API\0", 4} + framed("v157..178"));
  day.heard("a");
  day.play(std::string{"a>71~2~7~~\n"} + kStart);
}

TEST(GatewayOpening, KeepsRequestsThatComeBeforeTheStart) {
  GatewayDay day;
  day.open("a");
  day.send("a", std::string{"API\0", 4} + framed("v157..178"));
  day.heard("a");
  day.play(std::string{"a>49~1~\na>61~1~\na>71~2~7~~\n"} + kStart +
           "a<49~1~1557241200~\na<62~1~\n");
}

TEST(GatewayOpening, IgnoresASecondStartEmptyFramesAndSurplusFields) {
  GatewayDay day;
  day.start("a", 7);
  day.play(R"(
    a>71~2~8~~
    a>
    a>49~1~more~and more~
    a<49~1~1557241200~
  )");
  EXPECT_THAT(day.log, Contains(HasSubstr("second startApi")));
  EXPECT_THAT(day.log, Contains(HasSubstr("fields beyond those known")));
}

TEST(GatewayOpening, AnIdInUseIsRefusedAndFreeAgainAfterwards) {
  GatewayDay day;
  day.start("a", 7);
  day.open("b");
  day.send("b", std::string{"API\0", 4} + framed("v157..178"));
  day.heard("b");
  day.play(R"(
    b>71~2~7~~
    b<4~2~-1~326~Unable to connect as the client id is already in use. Retry with a unique client id.~~
    b|
    a>49~1~
    a<49~1~1557241200~
  )");
  day.leave("a");
  day.start("c", 7);
  EXPECT_FALSE(day.closed("c"));
}

TEST(GatewayOpening, OneConnectionTooManyIsClosed) {
  GatewayDay day;
  for (int i = 0; i < 32; ++i) { day.start(fmt::format("client{}", i), i); }
  day.open("late");
  EXPECT_TRUE(day.closed("late"));
  EXPECT_FALSE(day.closed("client31"));
  day.leave("client3");
  day.start("next", 3);
  EXPECT_FALSE(day.closed("next"));
}

// Bad messages and too many of them: 5.11.

TEST(GatewayMessages, AMalformedOneIsAnsweredWithItsIdAndChangesNothing) {
  GatewayDay day;
  day.start("a", 7);
  day.play(R"(
    a>9~8~31~x~SPX~IND~~0.0~~~CBOE~~USD~~~0~~~~
    a<4~2~31~320~Error reading request. reqContractDetails: conId = "x" is not a whole number of 32 bits~~
    a>3~42~0~SPX~BAG~
    a<4~2~42~320~Error reading request. placeOrder: lastTradeDateOrContractMonth is missing: the message ends before it~~
    a>62~1~
    a<4~2~-1~320~Error reading request. reqAccountSummary: reqId is missing: the message ends before it~~
    a>3~2147483648~
    a<4~2~-1~320~Error reading request. placeOrder: orderId = "2147483648" is not a whole number of 32 bits~~
    a>16~1~
    a<53~1~
    a>52~1~77~more~
    a<4~2~77~321~Error validating request:-'52' : cause - The simulated gateway does not support this request.~~
  )");
}

TEST(GatewayMessages, AStreamThatIsNoMessagesIsClosedAndOthersGoOn) {
  for (const std::string& bytes : {framed("garbage"), framed(bytes_of("x~1~")),
                                   std::string{"\x7F\xFF\xFF\xFF", 4}, std::string(200, '\xFF')}) {
    GatewayDay day;
    day.start("a", 7);
    day.start("b", 8);
    day.send("a", bytes);
    EXPECT_TRUE(day.closed("a"));
    day.play("b>49~1~\nb<49~1~1557241200~\n");
  }
}

TEST(GatewayMessages, EveryCutOfTheStreamSaysTheSame) {
  const std::string stream = std::string{"API\0", 4} + framed("v157..178") +
                             framed(bytes_of("71~2~7~~")) + framed(bytes_of("49~1~")) +
                             framed(bytes_of("78~5~SPX~~IND~0~")) + framed(bytes_of("61~1~"));
  std::vector<std::string> whole;
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    GatewayDay day;
    day.open("a");
    day.send("a", stream.substr(0, cut));
    day.send("a", stream.substr(cut));
    auto heard = day.heard("a");
    if (cut == 0) { whole = heard; }
    EXPECT_EQ(heard, whole) << "cut at " << cut;
  }
  EXPECT_GT(whole.size(), 8u);
}

TEST(GatewayPacing, TheExcessOfASecondGetsError100AndTheNextSecondIsFree) {
  GatewayDay day;
  day.start("a", 7);
  for (int i = 0; i < 10; ++i) { day.pass(milliseconds{100}); }
  for (int i = 0; i < 60; ++i) { day.say("a", "49~1~"); }
  const auto kinds = kinds_of(day.heard("a"));
  EXPECT_EQ(std::ranges::count(kinds, 49), 50);
  EXPECT_EQ(std::ranges::count(kinds, 4), 10);
  EXPECT_FALSE(day.closed("a"));
  for (int i = 0; i < 10; ++i) { day.pass(milliseconds{100}); }
  day.play("a>49~1~\na<49~1~1557241202~\n");
}

TEST(GatewayPacing, WhoGoesOnIsClosedAndOthersAreNot) {
  GatewayDay day;
  day.start("a", 7);
  day.start("b", 8);
  for (int i = 0; i < 200; ++i) { day.say("a", "49~1~"); }
  EXPECT_TRUE(day.closed("a"));
  EXPECT_THAT(day.heard("a"), Contains(StartsWith("4~2~-1~100~")));
  day.play("b>49~1~\nb<49~1~1557241200~\n");
}

TEST(GatewayPacing, WhatWaitedWhileWeWereBusyWasNotTooFast) {
  GatewayDay day;
  day.start("a", 7);
  for (int i = 0; i < 10; ++i) { day.pass(milliseconds{100}); }
  day.paced += seconds{2};  // nobody called us
  for (int i = 0; i < 90; ++i) { day.say("a", "49~1~"); }
  EXPECT_THAT(kinds_of(day.heard("a")), Each(49));
}

// Contracts: 2.1.2, 5.3 to 5.5.

TEST(GatewayContracts, ARowHoldsWhatTheContractIs) {
  GatewayDay day;
  day.start("a", 7);
  day.play(fmt::format(R"(
    a>9~8~31~{0}~~~~0~~~SMART~~~~~0~~~~
    a<10~31~SPX~OPT~20190510~2850.0~P~SMART~USD~SPXW  190510P02850000~SPXW~SPXW~{0}~0.05~100~ACTIVETIM,DAY,FOK,GTC,IOC,LMT,MKT,WHATIF~SMART,CBOE~1~{1}~S&P 500 Stock Index~~201905~~~~US/Eastern~20190507:0930-20190507:1615;20190508:0930-20190508:1615;20190509:0930-20190509:1615;20190510:0930-20190510:1600;20190511:CLOSED;20190512:CLOSED~20190507:0930-20190507:1615;20190508:0930-20190508:1615;20190509:0930-20190509:1615;20190510:0930-20190510:1600;20190511:CLOSED;20190512:CLOSED~~~0~2~SPX~IND~1510,1510~20190510~~1~1~1~
    a<52~1~31~
    a>91~1510~
    a<93~1510~2~0.0~0.05~3.0~0.1~
    a>91~4242~
    a<4~2~-1~321~Error validating request:-'market rule' : cause - Invalid market rule id 4242~~
  )",
                       day.put_sold, day.market.spx()));
}

TEST(GatewayContracts, QueriesFindAllThatFitsOrSay200Alone) {
  struct Case {
    std::string what;
    std::string contract;
    int rows;
  };
  const Case cases[] = {{"the index", "0~SPX~IND~~0.0~~~CBOE~~USD~~~", 1},
                        {"the index without strike", "0~SPX~IND~~~~~CBOE~~USD~~~", 1},
                        {"all puts of a day", "0~SPX~OPT~20190510~0~P~~SMART~~USD~~SPXW~", 2},
                        {"a month", "0~SPX~OPT~201905~~~100~SMART~~USD~~~", 4},
                        {"by right in words", "0~SPX~OPT~20190510~2800~PUT~~SMART~~USD~~~", 1},
                        {"by local symbol", "0~~OPT~~0~~~SMART~~~SPXW  190510P02800000~~", 1},
                        {"another multiplier", "0~SPX~OPT~20190510~2800~P~10~SMART~~USD~~~", 0},
                        {"another currency", "0~SPX~OPT~20190510~2800~P~~SMART~~EUR~~~", 0},
                        {"no such strike", "0~SPX~OPT~20190510~2801~P~~SMART~~USD~~~", 0},
                        {"another class", "0~SPX~OPT~20190510~2800~P~~SMART~~USD~~SPX~", 0},
                        {"a symbol that is a class", "0~SPXW~OPT~~~~~SMART~~USD~~~", 0},
                        {"an unknown number", "12345~~~~~~~SMART~~~~~", 0},
                        {"the index as a stock", "0~SPX~STK~~~~~SMART~~USD~~~", 0},
                        {"nothing", "0~~~~~~~~~~~~", 0}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    GatewayDay day;
    day.start("a", 7);
    day.say("a", "9~8~5~" + c.contract + "0~~~~");
    const auto heard = day.heard("a");
    if (c.rows == 0) {
      EXPECT_THAT(heard, ElementsAre(StartsWith("4~2~5~200~")));
      continue;
    }
    EXPECT_EQ(heard.size(), static_cast<std::size_t>(c.rows) + 1);
    EXPECT_EQ(heard.back(), "52~1~5~");
  }
}

TEST(GatewayContracts, ChainsComeForSmartAndForTheExchange) {
  GatewayDay day;
  day.start("a", 7);
  day.say("a", fmt::format("78~5~SPX~~IND~{}~", day.market.spx()));
  const auto heard = day.heard("a");
  const std::string grid =
      fmt::format("~{}~SPXW~100~1~20190510~4~2800.0~2850.0~2950.0~3000.0~", day.market.spx());
  EXPECT_THAT(heard, Contains("75~5~SMART" + grid));
  EXPECT_THAT(heard, Contains("75~5~CBOE" + grid));
  EXPECT_EQ(heard.back(), "76~5~");
  day.play(
      "a>78~6~SPX~~IND~1~\na<4~2~6~200~No security definition has been found for the request~~");
}

// Market data: 2.1.3, 5.6.

TEST(GatewayMarketData, AComboIsQuotedByItsLegsAndThenByWhatChanges) {
  GatewayDay day;
  day.start("a", 7);
  day.play(fmt::format(R"(
    a>1~11~21~0~SPX~BAG~~0.0~~~SMART~~USD~~~2~{0}~1~BUY~SMART~{1}~1~SELL~SMART~0~~0~0~~
    a<81~21~0.05~9c0001~3~
    a<58~1~21~1~
    a<1~6~21~1~-4.4~50~1~
    a<2~6~21~0~50~
    a<1~6~21~2~-3.8~50~1~
    a<2~6~21~3~50~
    +250
    a>2~2~21~
    a>2~1~21~
    a<4~2~21~300~Can't find EId with tickerId:21~~
  )",
                       day.put_bought, day.put_sold));
}

TEST(GatewayMarketData, OnlyChangesFollowTheFullSet) {
  GatewayDay day;
  day.start("a", 7);
  day.say("a", fmt::format("1~11~21~{}~~~~0.0~~~SMART~~~~~0~101~0~0~~", day.put_sold));
  EXPECT_THAT(day.heard("a"), Contains("2~6~21~28~0~"));
  day.market.quote_of(day.put_sold, "12.10", "12.40", 50);
  day.play(R"(
    +250
    a<1~6~21~1~12.1~50~1~
    a<21~21~10~0~-1.0~-2.0~12.1~-1.0~-2.0~-2.0~-2.0~2900.0~
    +250
  )");
}

TEST(GatewayMarketData, LinesAreSharedAndCountedAndGivenBack) {
  GatewayDay day{{.lines = 2}};
  day.start("a", 7);
  day.start("b", 8);
  const auto ask = [&](const std::string& who, int req_id, ConId con_id, int snapshot) {
    day.say(who, fmt::format("1~11~{}~{}~~~~0.0~~~SMART~~~~~0~~{}~0~~", req_id, con_id, snapshot));
    return day.heard(who);
  };
  EXPECT_THAT(ask("a", 1, day.put_sold, 0), Contains(StartsWith("81~1~")));
  EXPECT_THAT(ask("a", 1, day.put_sold, 0), ElementsAre(StartsWith("4~2~1~322~")));
  EXPECT_EQ(ask("b", 1, day.call_sold, 1).back(), "57~1~1~");  // over at once
  EXPECT_THAT(ask("b", 1, day.call_sold, 0), Contains(StartsWith("81~1~")));
  EXPECT_THAT(ask("b", 2, day.put_sold, 0), ElementsAre(StartsWith("4~2~2~101~")));
  EXPECT_THAT(ask("b", 2, day.put_sold, 1), ElementsAre(StartsWith("4~2~2~101~")));
  EXPECT_THAT(ask("b", 3, 12345, 0), ElementsAre(StartsWith("4~2~3~200~")));
  day.leave("a");
  EXPECT_THAT(ask("b", 2, day.put_sold, 0), Contains(StartsWith("81~2~")));
}

// Orders: 2.1.4, 5.7, 5.8.

/// A condor as ib_async writes it: protocol reference 3.3.
std::string condor(const GatewayDay& day, int id, const char* limit, int what_if = 0) {
  return fmt::format(
      "3~{}~0~SPX~BAG~~0.0~~~SMART~~USD~~~~~BUY~1~LMT~{}~~DAY~~DU1234567~~0~ic-42~1~0~0~0~0~0~0~0~"
      "4~{}~1~BUY~SMART~0~0~~-1~{}~1~SELL~SMART~0~0~~-1~{}~1~SELL~SMART~0~0~~-1~{}~1~BUY~SMART~0~0~"
      "~-1~0~0~~0.0~~~~~~~0~~-1~0~~~0~~~0~0~~0~~~~~~0~~~~~0~~~~~~~~~~~0~~~0~0~~~{}~~0~0~0~0~~~~~~~"
      "0~"
      "~~~~~~~~0~0~0~~~~0~~~",
      id, limit, day.put_bought, day.put_sold, day.call_sold, day.call_bought, what_if);
}

/// The openOrder of protocol reference 3.3 with this day's legs and numbers.
std::string shown(const GatewayDay& day, const char* limit, std::string_view status,
                  std::string_view commission = "~~~~~") {
  constexpr const char* kMax = "1.7976931348623157E308";
  std::string margins;
  for (int i = 0; i < 9; ++i) { margins += std::string{kMax} + "~"; }
  return fmt::format(
      "5~42~28812380~SPX~BAG~~0.0~?~~SMART~USD~28812380~COMB~BUY~1~LMT~{}~0.0~DAY~~DU1234567~~0~ic-"
      "42~7~600000001~0~0~0.0~~600000001.0/DU1234567/"
      "1~~~~~~0~~~0~~-1~0~~~~~~2147483647~0~0~0~~3~0~0~~0~0~~0~None~~0~~~~?~0~0~~0~0~{}~~~~{}|1,{}|"
      "-1,{}|-1,{}|1~4~{}~1~BUY~SMART~0~0~~-1~{}~1~SELL~SMART~0~0~~-1~{}~1~SELL~SMART~0~0~~-1~{}~1~"
      "BUY~SMART~0~0~~-1~0~0~2147483647~2147483647~~~0~~IB~0~0~~0~0~{}~{}{}0~0~0~None~{}~{}~{}~{}~{"
      "}~{}~0~~~~0.0~1~0~0~~~~0~~~~~~",
      limit, kMax, day.put_bought, day.put_sold, day.call_sold, day.call_bought, day.put_bought,
      day.put_sold, day.call_sold, day.call_bought, status, margins, commission, kMax, kMax, kMax,
      kMax, kMax, kMax);
}

TEST(GatewayOrders, ARestingComboIsAcknowledgedModifiedAndCancelledByTheBook) {
  GatewayDay day;
  day.start("a", 7);
  day.play(fmt::format(
      R"(
    a>{0}
    a<{1}
    a<3~42~PreSubmitted~0~1~0.0~600000001~0~0.0~7~~0.0~
    a<{2}
    a<3~42~Submitted~0~1~0.0~600000001~0~0.0~7~~0.0~
    a>{3}
    a<{4}
    a<3~42~Submitted~0~1~0.0~600000001~0~0.0~7~~0.0~
    a>4~1~42~~
    a<3~42~PendingCancel~0~1~0.0~600000001~0~0.0~7~~0.0~
    a<3~42~Cancelled~0~1~0.0~600000001~0~0.0~7~~0.0~
    a<4~2~42~202~Order Canceled - reason:~~
    a>4~1~42~~
    a<4~2~42~10148~OrderId 42 that needs to be cancelled cannot be cancelled, state: Cancelled.~~
    a>4~1~43~~
    a<4~2~43~10147~OrderId 43 that needs to be cancelled is not found.~~
  )",
      condor(day, 42, "-12.0"), shown(day, "-12.0", "PreSubmitted"),
      shown(day, "-12.0", "Submitted"), condor(day, 42, "-11.5"),
      shown(day, "-11.5", "Submitted")));
  EXPECT_THAT(day.exchange.open_orders(std::nullopt), IsEmpty());
}

TEST(GatewayOrders, AFilledComboTellsTheWholeThenTheLegsThenTheCommissions) {
  GatewayDay day;
  day.start("a", 7);
  day.say("a", "61~1~");
  day.say("a", "6~2~1~DU1234567~");
  day.heard("a");
  day.say("a", condor(day, 42, "-9.0"));
  const auto heard = day.heard("a");
  const std::vector<int> order{5, 3, 11, 11, 11, 11, 11, 5, 3, 5, 59, 59, 59, 59};
  auto kinds = kinds_of(heard);
  ASSERT_GT(kinds.size(), order.size());
  EXPECT_TRUE(std::equal(order.begin(), order.end(), kinds.begin()))
      << ::testing::PrintToString(kinds);
  EXPECT_THAT(heard[2], HasSubstr("~28812380~SPX~BAG~"));
  EXPECT_THAT(heard[2], HasSubstr("~DU1234567~CBOE~BOT~1~-9.2~600000001~7~0~1~-9.2~ic-42~"));
  EXPECT_THAT(heard[4], HasSubstr(fmt::format("11~-1~42~{}~SPX~OPT~20190510~2850.0~P~100~SMART~USD~"
                                              "SPXW  190510P02850000~SPXW~",
                                              day.put_sold)));
  EXPECT_THAT(heard[4], HasSubstr("~20190507 11:00:00 US/Eastern~DU1234567~CBOE~SLD~1~12.0~"));
  EXPECT_EQ(std::ranges::count(kinds, 61), 4);  // positions pushed
  EXPECT_EQ(std::ranges::count(kinds, 7), 4);   // and the portfolio
  EXPECT_THAT(heard, Contains(StartsWith("6~2~TotalCashValue~")));
}

TEST(GatewayOrders, APreviewShowsMarginsAndLeavesNoTrace) {
  GatewayDay day;
  day.start("a", 7);
  day.say("a", condor(day, 42, "-9.0", 1));
  const auto heard = day.heard("a");
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_THAT(heard[0], StartsWith("5~42~28812380~"));
  EXPECT_THAT(heard[0], HasSubstr("~0~1~PreSubmitted~0.0~0.0~500000.0~"));
  day.play(R"(
    a>16~1~
    a<53~1~
    a>99~0~
    a<102~
    a>8~1~1~
    a<9~1~1~
  )");
}

TEST(GatewayOrders, BelongToTheClientThatPlacedThem) {
  GatewayDay day;
  day.start("a", 7);
  day.start("b", 8);
  day.say("a", condor(day, 42, "-12.0"));
  day.heard("a");
  day.play(R"(
    b>4~1~42~~
    b<4~2~42~10147~OrderId 42 that needs to be cancelled is not found.~~
    b>5~1~
    b<53~1~
    b>15~1~1~
    b<4~2~-1~327~Only the default client (i.e 0) can auto bind orders.~~
  )");
  day.say("b", "16~1~");
  EXPECT_THAT(kinds_of(day.heard("b")), ElementsAre(5, 3, 53));
  day.say("b", "58~1~");  // but this cancels everybody's
  EXPECT_THAT(kinds_of(day.heard("a")), ElementsAre(3, 3, 4));
  EXPECT_THAT(day.heard("b"), IsEmpty());
}

TEST(GatewayOrders, SurviveTheirClientAndAreFoundAgain) {
  GatewayDay day;
  day.start("a", 7);
  day.say("a", condor(day, 42, "-12.0"));
  day.leave("a");
  day.messages.clear();
  day.raw.clear();
  day.start("a", 7);
  day.play("a>8~1~1~\na<9~1~43~\n");
  day.say("a", "5~1~");
  EXPECT_THAT(day.heard("a"),
              ElementsAre(shown(day, "-12.0", "Submitted"), StartsWith("3~42~"), "53~1~"));
}

TEST(GatewayOrders, ManualOnesAreTheDefaultClientsToSeeAndToBind) {
  GatewayDay day;
  day.start("zero", 0);
  day.start("a", 7);
  day.say("zero", "15~1~1~");
  day.exchange.place_foreign(day.single(0, day.put_sold, OrderAction::kBuy, 1, "12.10"),
                             day.moment());
  day.pass(milliseconds{100});
  EXPECT_THAT(day.heard("a"), IsEmpty());
  const auto heard = day.heard("zero");
  EXPECT_THAT(heard, Contains(StartsWith("5~-1~")));
  EXPECT_THAT(heard, Contains("100~600000001~0~-1~"));
  day.say("zero", "4~1~-1~~");
  EXPECT_THAT(day.heard("zero"), Contains(StartsWith("3~-1~Cancelled~")));
}

TEST(GatewayOrders, WhatTheExchangeCannotDoIsRefusedByName) {
  struct Case {
    std::string_view from;
    std::string_view to;
    int code;
  };
  const Case cases[] = {{"~LMT~-9.0~", "~STP~-9.0~", 387},
                        {"~BUY~1~LMT", "~BUY~1.5~LMT", 10243},
                        {"~BUY~1~LMT", "~BUY~0~LMT", 201},
                        {"~BUY~1~LMT", "~HOLD~1~LMT", 321},
                        {"~DAY~", "~GTD~", 201},
                        {"~DU1234567~", "~DU9999999~", 321},
                        {"~LMT~-9.0~", "~LMT~~", 321},
                        {"~SMART~0~0~~-1~0~0~~", "~SMART~0~0~~-1~0~1~NonGuaranteed~1~~", 201}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.to);
    GatewayDay day;
    day.start("a", 7);
    std::string message = condor(day, 42, "-9.0");
    const std::size_t at = message.rfind(c.from);
    ASSERT_NE(at, std::string::npos);
    message.replace(at, c.from.size(), c.to);
    day.say("a", message);
    EXPECT_THAT(day.heard("a"), ElementsAre(StartsWith(fmt::format("4~2~42~{}~", c.code))));
    EXPECT_THAT(day.exchange.open_orders(std::nullopt), IsEmpty());
  }
}

// Every request has its complete answer: 5.3.

TEST(GatewayAnswers, NoRequestIsMetWithSilence) {
  struct Case {
    std::string request;
    std::vector<int> first_and_last;
  };
  const Case cases[] = {{"49~1~", {49, 49}},
                        {"17~1~", {15, 15}},
                        {"8~1~1~", {9, 9}},
                        {"61~1~", {62, 62}},
                        {"62~1~9~All~NetLiquidation,$LEDGER~", {63, 64}},
                        {"74~1~9~DU1234567~~", {72, 72}},
                        {"76~1~9~DU1234567~~0~", {73, 74}},
                        {"76~1~9~DU1234567~~1~", {73, 74}},
                        {"6~2~1~DU1234567~", {6, 54}},
                        {"6~2~1~DU7~", {4, 4}},
                        {"92~9~DU1234567~~", {94, 94}},
                        {"94~9~DU1234567~~700000001~", {95, 95}},
                        {"7~3~9~0~~~~~~~", {55, 55}},
                        {"7~3~9~0~~yesterday~~~~~", {4, 55}},
                        {"5~1~", {53, 53}},
                        {"16~1~", {53, 53}},
                        {"99~1~", {102, 102}},
                        {"81~9~SP~", {79, 79}},
                        {"81~9~NOSUCH~", {79, 79}},
                        {"104~9~", {107, 107}},
                        {"20~9~0~SPX~IND~~0.0~~~CBOE~~USD~~~0~~1 day~30 D~1~TRADES~1~0~~", {4, 4}},
                        {"20~9~0~NO~IND~~0.0~~~CBOE~~USD~~~0~~1 day~30 D~1~TRADES~1~0~~", {4, 4}},
                        {"54~3~9~0~NO~OPT~~0.0~~~CBOE~~USD~~~1~2~~", {4, 4}},
                        {"55~3~9~0~NO~OPT~~0.0~~~CBOE~~USD~~~1~2~0~~", {4, 4}},
                        {"21~2~9~0~NO~OPT~~0.0~~~SMART~USD~~~1~1~DU1234567~0~", {4, 4}},
                        {"9~8~9~0~SPX~BAG~~0.0~~~SMART~~USD~~~0~~~~", {4, 4}},
                        {"22~9~50~", {4, 4}},
                        {"97~9~", {4, 4}},
                        {"110~9~", {4, 4}}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.request);
    GatewayDay day;
    day.start("a", 7);
    day.say("a", c.request);
    const auto kinds = kinds_of(day.heard("a"));
    ASSERT_FALSE(kinds.empty());
    EXPECT_EQ(kinds.front(), c.first_and_last[0]);
    EXPECT_EQ(kinds.back(), c.first_and_last[1]);
  }
}

TEST(GatewayAnswers, AThirdAccountSummaryIsRefused) {
  GatewayDay day;
  day.start("a", 7);
  day.play(R"(
    a>62~1~1~All~NetLiquidation~
    a<63~1~1~DU1234567~NetLiquidation~500000.00~USD~
    a<64~1~1~
    a>62~1~2~All~~
    a<64~1~2~
    a>62~1~3~All~~
    a<4~2~3~322~Error processing request. Maximum number of account summary requests exceeded~~
    a>63~1~2~
    a>62~1~3~All~~
    a<64~1~3~
  )");
}

TEST(GatewayAnswers, ExecutionsAreFilteredAndSayWhatTheyCost) {
  GatewayDay day;
  day.start("a", 7);
  day.say("a", condor(day, 42, "-9.0"));
  day.heard("a");
  struct Case {
    std::string filter;
    std::size_t executions;
  };
  const Case cases[] = {{"0~~~~~~~", 5},
                        {"7~~~~~~~", 5},
                        {"8~~~~~~~", 0},
                        {"0~DU1234567~~~~~~", 5},
                        {"0~DU7~~~~~~", 0},
                        {"0~~~SPX~~~~", 5},
                        {"0~~~SPY~~~~", 0},
                        {"0~~~~BAG~~~", 1},
                        {"0~~~~OPT~~~", 4},
                        {"0~~~~~~BUY~", 3},
                        {"0~~~~~~SELL~", 2},
                        {"0~~20190507-15:00:00~~~~~", 5},
                        {"0~~20190507-15:00:01~~~~~", 0},
                        {"0~~20190507 11:00:00 US/Eastern~~~~~", 5}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.filter);
    day.paced += seconds{1};
    day.say("a", "7~3~9~" + c.filter);
    const auto heard = day.heard("a");
    const auto kinds = kinds_of(heard);
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(kinds, 11)), c.executions);
    EXPECT_EQ(heard.back(), "55~1~9~");
  }
}

}  // namespace
}  // namespace v6
