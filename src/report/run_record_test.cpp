#include "report/run_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/report_test_kit.hpp"

namespace v6::report_test {
namespace {

using testing::ElementsAre;
using testing::Pair;

template <class Record>
void keep(RunRecord& record, Record command) {
  record.keep(snapshot_of(4, 26), Command{std::move(command)});
}

RecordStructure closed(std::uint32_t id, std::string_view realised, std::string rule) {
  RecordStructure structure = settled_structure();
  structure.id = StructureId{id};
  structure.realised = cash(realised);
  structure.exit_rule = std::move(rule);
  return structure;
}

RecordStructure still_open(std::uint32_t id, std::string_view unrealised) {
  RecordStructure structure = closed(id, "-2.30", "");
  structure.closed_at.reset();
  structure.unrealised = cash(unrealised);
  return structure;
}

RunFigures figures(std::vector<RecordStructure> structures) {
  RunRecord run;
  run.structures = std::move(structures);
  return figures_of(run, cash("100000"));
}

TEST(RunRecord, KeepsTheLastWordOnEachDecisionAndStructureInTheOrderOfIds) {
  RunRecord record;
  for (const std::uint32_t id : {2U, 1U, 3U}) {
    keep(record, RecordDecision{{.id = DecisionId{id}}});
  }
  keep(record, RecordDecision{{.id = DecisionId{1}, .outcome = Outcome::kClosed}});
  keep(record, still_open(5, "10"));
  keep(record, closed(4, "1", "time_exit"));
  keep(record, closed(5, "2", "stop_loss"));

  ASSERT_EQ(record.decisions.size(), 3U);
  EXPECT_EQ(record.decisions[0].id, DecisionId{1});
  EXPECT_EQ(record.decisions[0].outcome, Outcome::kClosed);
  EXPECT_EQ(record.decisions[2].id, DecisionId{3});
  ASSERT_EQ(record.structures.size(), 2U);
  EXPECT_EQ(record.structures[0].id, StructureId{4});
  EXPECT_EQ(record.structures[1].exit_rule, "stop_loss");
}

TEST(RunRecord, KeepsEveryOrderFillEquityRowAndAlertAsItCame) {
  RunRecord record;
  for (int i = 0; i < 2; ++i) {
    keep(record, opening_order());
    keep(record, some_run().fills.front());
    keep(record, equity(snapshot_of(4, 26), "1"));
    keep(record, RaiseAlert{.what = "look"});
  }
  EXPECT_EQ(record.orders.size(), 2U);
  EXPECT_EQ(record.fills.size(), 2U);
  EXPECT_EQ(record.equity.size(), 2U);
  ASSERT_EQ(record.alerts.size(), 2U);
  EXPECT_EQ(record.alerts[0].first, snapshot_of(4, 26));
}

TEST(RunRecord, LetsWhatIsNoRecordPass) {
  RunRecord record;
  keep(record, CancelOrder{.order = OrderId{1}});
  keep(record, SetTimer{.timer = TimerId{1}});
  EXPECT_TRUE(record.orders.empty());
  EXPECT_TRUE(record.decisions.empty());
}

TEST(Figures, OfNothingAreZeroAndTheCash) {
  const RunFigures none = figures({});
  EXPECT_EQ(none.entries, 0);
  EXPECT_EQ(none.closed, 0);
  EXPECT_TRUE(none.exits.empty());
  EXPECT_EQ(none.final_net_liquidation, cash("100000"));
  EXPECT_EQ(none.max_drawdown, 0);
}

TEST(Figures, CountWinsProfitAndLossOfClosedStructuresOnly) {
  const RunFigures sums =
      figures({closed(1, "300", "take_profit"), closed(2, "-100", "stop_loss"),
               closed(3, "100", "take_profit"), closed(4, "0", "time_exit"), still_open(5, "50")});
  EXPECT_EQ(sums.closed, 4);
  EXPECT_EQ(sums.wins, 2);  // nothing gained is not a win
  EXPECT_EQ(sums.gross_profit, cash("400"));
  EXPECT_EQ(sums.gross_loss, cash("100"));
  EXPECT_EQ(sums.realised, cash("297.70"));
  EXPECT_EQ(sums.unrealised, cash("50"));
  EXPECT_EQ(sums.fees, cash("11.50"));
  EXPECT_EQ(sums.slippage, cash("50"));
  EXPECT_EQ(sums.final_net_liquidation, cash("100347.70"));
  EXPECT_THAT(sums.exits,
              ElementsAre(Pair("stop_loss", 1), Pair("take_profit", 2), Pair("time_exit", 1)));
}

TEST(Figures, AdoptedAndRolledStructuresAreNoEntries) {
  RecordStructure adopted = closed(2, "1", "time_exit");
  adopted.adopted = true;
  RecordStructure rolled = closed(3, "1", "time_exit");
  rolled.rolled_from = StructureId{1};
  const RunFigures sums = figures({closed(1, "1", "dte_roll"), adopted, rolled});
  EXPECT_EQ(sums.structures, 3);
  EXPECT_EQ(sums.entries, 1);
}

TEST(Figures, AReductionIsAnExitByItsRule) {
  RunRecord run;
  run.structures = {closed(1, "10", "trailing_stop")};
  run.decisions = {exit_decision(Outcome::kReduced), exit_decision(Outcome::kHold)};
  run.decisions[0].rule = "take_profit";
  EXPECT_THAT(figures_of(run, cash("1000")).exits,
              ElementsAre(Pair("take_profit", 1), Pair("trailing_stop", 1)));
}

TEST(Figures, DrawdownIsTheWorstFallFromThePeakSoFar) {
  struct Case {
    std::string_view name;
    std::vector<std::string_view> values;
    std::string_view dollars;
    double fraction;
  };
  const Case cases[] = {
      {"only up", {"100000", "101000"}, "0", 0},
      {"from the starting cash", {"99000", "99500"}, "1000", 0.01},
      {"from a later peak", {"120000", "90000", "125000"}, "30000", 0.25},
      {"the deeper of two", {"110000", "104500", "120000", "108000"}, "12000", 0.10},
      {"still falling", {"110000", "105000", "99000"}, "11000", 0.10},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    RunRecord run;
    for (const auto value : c.values) { run.equity.push_back(equity(snapshot_of(5, 1), value)); }
    // The account ends where its last snapshot left it.
    RecordStructure last = closed(1, "0", "time_exit");
    last.realised = run.equity.back().net_liquidation - cash("100000");
    run.structures = {last};
    const RunFigures sums = figures_of(run, cash("100000"));
    EXPECT_EQ(sums.max_drawdown_dollars, cash(c.dollars));
    EXPECT_DOUBLE_EQ(sums.max_drawdown, c.fraction);
  }
}

TEST(Figures, DrawdownSeesWhatSettledAfterTheLastSnapshot) {
  RunRecord run;
  run.equity = {equity(snapshot_of(6, 7), "100000")};
  run.structures = {closed(1, "-3000", "settled")};
  const RunFigures sums = figures_of(run, cash("100000"));
  EXPECT_EQ(sums.max_drawdown_dollars, cash("3000"));
  EXPECT_DOUBLE_EQ(sums.max_drawdown, 0.03);
}

}  // namespace
}  // namespace v6::report_test
