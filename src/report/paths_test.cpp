#include "report/paths.hpp"

#include <gtest/gtest.h>

#include "report/report_test_kit.hpp"

namespace v6::report_test {
namespace {

Json path_of(const RunResult& result) { return structures_with_paths(result).at(0).at("path"); }

TEST(Paths, BeginWithTheMidsTheStructureWasOpenedOn) {
  const Json first = path_of(some_result()).front();
  EXPECT_EQ(first["at"], "2019-04-26T19:45:00Z");
  // Closing would have cost 26.40 - 19.90 = 6.50 at once, of 6.40 received.
  EXPECT_EQ(first["mid"], "-6.50");
  EXPECT_DOUBLE_EQ(first["upl"], -0.10 / 6.40);
  EXPECT_EQ(first["net_pnl"], "-12.30");
  EXPECT_EQ(first["valid"], true);
}

TEST(Paths, KeepEveryMarkInBetween) {
  const Json path = path_of(some_result());
  ASSERT_EQ(path.size(), 3U);
  EXPECT_EQ(path[1], Json({{"at", "2019-04-29T19:45:00Z"},
                           {"spot", "2943.03"},
                           {"mid", "-6.00"},
                           {"upl", 0.0625},
                           {"net_pnl", "37.70"},
                           {"valid", true}}));
}

TEST(Paths, EndWithTheLevelASeriesSettledAt) {
  const Json last = path_of(some_result()).back();
  EXPECT_EQ(last["at"], "2019-06-07T20:00:00Z");
  EXPECT_EQ(last["spot"], "2873.34");
  EXPECT_TRUE(last["mid"].is_null());
  EXPECT_DOUBLE_EQ(last["upl"], 1.0) << "640 of 640 received, fees aside";
  EXPECT_EQ(last["net_pnl"], "637.70");
}

TEST(Paths, EndWithTheSpotOfTheSnapshotThatClosed) {
  RunResult result = some_result();
  RunRecord& run = result.runs.at(FillModel::kWalk);
  run.fills.resize(2);
  run.structures[0].closed_at = snapshot_of(5, 8);
  run.equity.push_back(equity(snapshot_of(5, 8), "500637.70"));
  EXPECT_EQ(path_of(result).back()["spot"], "2943.03");
}

TEST(Paths, OfOpenStructuresEndWithTheirLastMark) {
  RunResult result = some_result();
  result.runs.at(FillModel::kWalk).structures[0].closed_at.reset();
  EXPECT_EQ(path_of(result).back()["at"], "2019-04-29T19:45:00Z");
}

TEST(Paths, AMarkThatIsNotValidHasNoUpl) {
  RunResult result = some_result();
  StructureMark& mark = result.runs.at(FillModel::kWalk).equity[1].marks[0];
  mark.valid = false;
  mark.upl.reset();
  const Json step = path_of(result)[1];
  EXPECT_TRUE(step["upl"].is_null());
  EXPECT_EQ(step["valid"], false);
}

}  // namespace
}  // namespace v6::report_test
