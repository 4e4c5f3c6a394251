#include "report/json.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "report/report_test_kit.hpp"

namespace v6::report_test {
namespace {

class JsonFormTest : public testing::Test {
 protected:
  const InstrumentMaster master_ = some_master();
  const JsonForm form_{master_};
};

TEST_F(JsonFormTest, WritesAmountsAsDecimalStrings) {
  struct Case {
    std::int64_t ten_thousandths;
    std::string_view text;
  };
  constexpr Case kCases[] = {{0, "0.00"},        {28'950'000, "2895.00"},
                             {64'176, "6.4176"}, {-305'000, "-30.50"},
                             {-1, "-0.0001"},    {5'000'000'000, "500000.00"}};
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(form_.of(Price::from_raw(c.ten_thousandths)), Json(c.text));
    EXPECT_EQ(form_.of(Money::from_raw(c.ten_thousandths)), Json(c.text));
  }
}

TEST_F(JsonFormTest, WritesTimesInUtcAndDatesBare) {
  EXPECT_EQ(form_.of(snapshot_of(4, 26)), "2019-04-26T19:45:00Z");
  EXPECT_EQ(form_.of(date(2019, 6, 7)), "2019-06-07");
}

TEST_F(JsonFormTest, WritesAbsenceAsNullAndKeepsTheKey) {
  EXPECT_TRUE(form_.of(std::optional<double>{}).is_null());
  EXPECT_TRUE(form_.of(StructureId{}).is_null());

  const Json open = form_.of(RecordStructure{.id = StructureId{7}, .underlying = "SPX"_sym});
  for (const auto* key : {"closed_at", "exit_rule", "rolled_from", "rolled_to", "decision"}) {
    SCOPED_TRACE(key);
    ASSERT_TRUE(open.contains(key));
    EXPECT_TRUE(open[key].is_null());
  }
  const Json refused = form_.of(Decision{.id = DecisionId{1}, .outcome = Outcome::kRefused});
  for (const auto* key : {"chosen", "rule", "structure", "intent"}) {
    SCOPED_TRACE(key);
    ASSERT_TRUE(refused.contains(key));
    EXPECT_TRUE(refused[key].is_null());
  }
  for (const auto* factor : {"vix", "outlook", "iv_percentile", "regime", "backwardated"}) {
    SCOPED_TRACE(factor);
    EXPECT_TRUE(refused["factors"].at(factor).is_null());
  }
}

TEST_F(JsonFormTest, ZeroIsAValueAndNotAbsence) {
  const Json check = form_.of(Check{.name = "latch", .measured = 0, .limit = 0, .distance = 0});
  EXPECT_EQ(check["measured"], 0);
  EXPECT_EQ(check["limit"], 0);
  EXPECT_EQ(check["distance"], 0);
}

TEST_F(JsonFormTest, SpellsContractsOut) {
  EXPECT_EQ(form_.of(kShort), Json({{"underlying", "SPX"},
                                    {"root", "SPXW"},
                                    {"expiry", "2019-06-07"},
                                    {"strike", "2895.00"},
                                    {"right", "put"},
                                    {"multiplier", 100}}));
}

TEST_F(JsonFormTest, SaysTheDirectionOfALegInWordsAndItsRatioUnsigned) {
  const Json legs = form_.of(RecordOrder{.ticket = {.legs = {{kShort, -2}, {kLong, 1}}}})["legs"];
  EXPECT_EQ(legs[0]["side"], "sell");
  EXPECT_EQ(legs[0]["ratio"], 2);
  EXPECT_EQ(legs[1]["side"], "buy");
  EXPECT_EQ(legs[1]["ratio"], 1);
}

TEST_F(JsonFormTest, WritesStatesAsWords) {
  EXPECT_EQ(form_.of(StructureKind::kPutCreditSpread), "put_credit_spread");
  EXPECT_EQ(form_.of(Outcome::kNoCandidate), "no_candidate");
  EXPECT_EQ(form_.of(Purpose::kRollOpen), "roll_open");
  EXPECT_EQ(form_.of(Side::kSettle), "settle");
}

TEST_F(JsonFormTest, NamesALineOfAWaterfallByWhatItIs) {
  EXPECT_EQ(form_.of(Check{.name = "vix", .kind = CheckKind::kGate})["gate"], "vix");
  EXPECT_EQ(form_.of(Check{.name = "stop_loss", .kind = CheckKind::kRule})["rule"], "stop_loss");
  EXPECT_FALSE(form_.of(Check{.name = "vix", .kind = CheckKind::kGate}).contains("rule"));
}

TEST_F(JsonFormTest, KeepsTheWholePathOfAnOrdersLimit) {
  EXPECT_EQ(form_.of(opening_order())["limit"], Json({"6.50", "6.45", "6.40"}));
}

// covers: I-24
TEST_F(JsonFormTest, OrdersAndFillsSayWhichDecisionIntentAndStrategyTheyBelongTo) {
  const Json order = form_.of(opening_order());
  const Json filled = form_.of(some_run().fills.front());
  for (const Json& record : {order, filled}) {
    EXPECT_EQ(record.at("decision"), "D-0002");
    EXPECT_EQ(record.at("intent"), "I-0001");
    EXPECT_EQ(record.at("structure"), "S-0001");
    EXPECT_EQ(record.at("strategy"), "put_credit_spread");
  }
}

TEST_F(JsonFormTest, ASettlementHasNoIntentAndNoFees) {
  const Json settled = form_.of(some_run().fills.back());
  EXPECT_EQ(settled["side"], "settle");
  EXPECT_TRUE(settled["intent"].is_null());
  EXPECT_EQ(settled["fees"], "0.00");
  EXPECT_EQ(settled["price"], "0.00");
  EXPECT_EQ(settled["quantity"], 1);
}

}  // namespace
}  // namespace v6::report_test
