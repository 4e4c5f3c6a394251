#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "ibkr/catalogue.hpp"
#include "ibkr/frames.hpp"

namespace v6::ibkr {
namespace {

constexpr const char* kFile = V6_DATA "/golden/tws-requests/requests.txt";

std::map<std::string, std::string> golden() {
  std::map<std::string, std::string> payloads;
  std::ifstream in{kFile};
  for (std::string line; std::getline(in, line);) {
    const std::size_t tab = line.find('\t');
    std::string payload = line.substr(tab + 1);
    std::ranges::replace(payload, '~', '\0');
    payloads[line.substr(0, tab)] = payload;
  }
  return payloads;
}

/// Our bytes of the calls that ib_async made: see data/golden/tws-requests.
class GoldenRequests : public ::testing::Test {
 protected:
  template <class M>
  void expect_same(const std::string& name, const M& message) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(golden_.contains(name)) << kFile;
    std::string framed;
    append_message(framed, message, kNewestVersion);
    std::string ours = framed.substr(4);
    std::string theirs = golden_.at(name);
    golden_.erase(name);
    std::ranges::replace(ours, '\0', '~');
    std::ranges::replace(theirs, '\0', '~');
    EXPECT_EQ(ours, theirs);
  }
  std::map<std::string, std::string> golden_ = golden();
};

WireContract spx(std::int32_t con_id) {
  return {
      .con_id = con_id, .symbol = "SPX", .sec_type = "IND", .exchange = "CBOE", .currency = "USD"};
}
WireContract series() {
  return {.symbol = "SPX",
          .sec_type = "OPT",
          .expiry = "20190621",
          .multiplier = "100",
          .exchange = "SMART",
          .currency = "USD",
          .trading_class = "SPXW"};
}
WireContract option() {
  WireContract one = series();
  one.con_id = 700000001;
  one.strike = 2750;
  one.right = "P";
  return one;
}

PlaceOrder order(std::int32_t id, WireContract contract, std::string action, double quantity,
                 double limit) {
  PlaceOrder place{.order_id = id, .contract = std::move(contract)};
  place.order.action = std::move(action);
  place.order.total_quantity = {quantity};
  place.order.order_type = "LMT";
  place.order.lmt_price = limit;
  place.order.tif = "DAY";
  place.order.use_price_mgmt_algo = false;
  place.order.account = "DU1234567";
  place.order.order_ref = "AAAQEAYEAUDAOCAJAAAAAAAAAE";
  return place;
}
PlaceOrder condor(std::int32_t id, double limit) {
  WireContract bag{.symbol = "SPX", .sec_type = "BAG", .exchange = "SMART", .currency = "USD"};
  std::int32_t con_id = 700000000;
  for (const char* action : {"BUY", "SELL", "SELL", "BUY"}) {
    bag.legs.push_back({.con_id = ++con_id, .ratio = 1, .action = action, .exchange = "SMART"});
  }
  return order(id, std::move(bag), "BUY", 2, limit);
}

TEST_F(GoldenRequests, AreOursByteForByte) {
  std::string opening = opening_of({.least = kOldestOffered, .most = kNewestVersion});
  opening.erase(4, 4);  // the length word
  EXPECT_EQ(opening, golden_.at("opening"));
  golden_.erase("opening");

  expect_same("start_api", StartApi{.client_id = 7});
  expect_same("current_time", ReqCurrentTime{});
  expect_same("contract_details_index",
              ReqContractDetails{.req_id = 1'000'000'000, .contract = spx(0)});
  expect_same("contract_details_series",
              ReqContractDetails{.req_id = 1'000'000'001, .contract = series()});
  expect_same("option_parameters", ReqSecDefOptParams{.req_id = 1'000'000'002,
                                                      .underlying_symbol = "SPX",
                                                      .underlying_sec_type = "IND",
                                                      .underlying_con_id = 416904});
  expect_same("market_rule", ReqMarketRule{.market_rule_id = 110});
  expect_same("market_data_type", ReqMarketDataType{.market_data_type = 1});
  expect_same("market_data_index", ReqMktData{.req_id = 1'000'000'003, .contract = spx(416904)});
  expect_same(
      "market_data_option",
      ReqMktData{.req_id = 1'000'000'004, .contract = option(), .generic_tick_list = "101"});
  expect_same("cancel_market_data", CancelMktData{.req_id = 1'000'000'004});
  expect_same("history", ReqHistoricalData{.req_id = 1'000'000'005,
                                           .contract = spx(416904),
                                           .bar_size_setting = "1 day",
                                           .duration_str = "2 Y",
                                           .use_rth = true,
                                           .what_to_show = "TRADES"});
  expect_same("combo_order", condor(42, -1.25));
  expect_same("combo_modify", condor(42, -1.2));
  PlaceOrder preview = condor(43, -1.25);
  preview.order.what_if = true;
  expect_same("combo_whatif", preview);
  expect_same("single_order", order(44, option(), "SELL", 1, 12.5));
  expect_same("cancel_order", CancelOrder{.order_id = 42});
  expect_same("global_cancel", ReqGlobalCancel{});
  expect_same("open_orders", ReqOpenOrders{});
  expect_same("all_open_orders", ReqAllOpenOrders{});
  expect_same("completed_orders", ReqCompletedOrders{.api_only = true});
  expect_same("executions", ReqExecutions{.req_id = 1'000'000'006});
  expect_same("positions", ReqPositions{});
  expect_same("cancel_positions", CancelPositions{});
  expect_same(
      "account_summary",
      ReqAccountSummary{
          .req_id = 1'000'000'007,
          .group = "All",
          .tags = "NetLiquidation,TotalCashValue,InitMarginReq,MaintMarginReq,ExcessLiquidity"});
  expect_same("cancel_account_summary", CancelAccountSummary{.req_id = 1'000'000'007});
  expect_same("account_updates", ReqAccountUpdates{.subscribe = true, .acct_code = "DU1234567"});
  for (const auto& [name, payload] : golden_) {
    ADD_FAILURE() << name << " is compared with nothing";
  }
}

}  // namespace
}  // namespace v6::ibkr
