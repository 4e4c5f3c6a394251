// What a line of a waterfall says. Its distance is positive by how much a gate passes, negative by
// how much it misses.
#include "rules/check.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "base/enum_text.hpp"

namespace v6 {
namespace {

struct LineCase {
  std::string_view name;
  Check check;
  std::string_view verdict;
  std::optional<double> distance;
};

Measure of(std::optional<double> measured, std::optional<double> limit = 10) {
  return {.name = "sample", .measured = measured, .limit = limit, .unit = "points"};
}

TEST(WaterfallLine, ShowsByHowMuchItPassesOrMisses) {
  for (const LineCase& c :
       {LineCase{"at most, inside", gate_at_most(of(9)), "pass", 1},
        LineCase{"at most, at the limit", gate_at_most(of(10)), "pass", 0},
        LineCase{"at most, outside", gate_at_most(of(12)), "refuse", -2},
        LineCase{"at least, inside", gate_at_least(of(11)), "pass", 1},
        LineCase{"at least, at the limit", gate_at_least(of(10)), "pass", 0},
        LineCase{"at least, outside", gate_at_least(of(8)), "refuse", -2},
        LineCase{"yes", gate_if(true, of(std::nullopt)), "pass", 0},
        LineCase{"no", gate_if(false, of(std::nullopt)), "refuse", -1},
        LineCase{"gate skipped", gate_skipped("sample", "why"), "skip", std::nullopt},
        // A rule's distance is how far it is from firing.
        LineCase{"rule from 10 up, quiet", rule_at_least(of(9)), "hold", 1},
        LineCase{"rule from 10 up, at the limit", rule_at_least(of(10)), "fire", 0},
        LineCase{"rule from 10 up, beyond", rule_at_least(of(12)), "fire", -2},
        LineCase{"rule above 10, at the limit", rule_above(of(10)), "hold", 0},
        LineCase{"rule above 10, beyond", rule_above(of(12)), "fire", -2},
        LineCase{"rule from 10 down, quiet", rule_at_most(of(11)), "hold", 1},
        LineCase{"rule from 10 down, at the limit", rule_at_most(of(10)), "fire", 0},
        LineCase{"rule below 10, at the limit", rule_below(of(10)), "hold", 0},
        LineCase{"rule below 10, beyond", rule_below(of(8)), "fire", -2},
        LineCase{"rule skipped", rule_skipped("sample", "why"), "skip", std::nullopt}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(word(c.check.verdict), c.verdict);
    EXPECT_EQ(c.check.distance, c.distance);
    EXPECT_EQ(c.check.name, "sample");
  }
}

// covers: I-39
TEST(WaterfallLine, NeverPassesOrFiresOnMissingData) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  for (const Measure& unknown : {of(std::nullopt), of(5, std::nullopt)}) {
    for (const Check& gate : {gate_at_most(unknown), gate_at_least(unknown)}) {
      EXPECT_EQ(word(gate.verdict), "refuse");
      EXPECT_EQ(gate.distance, std::nullopt);
      EXPECT_EQ(gate.detail, "no data");
    }
    for (const Check& rule : {rule_at_most(unknown), rule_at_least(unknown), rule_above(unknown),
                              rule_below(unknown)}) {
      EXPECT_EQ(word(rule.verdict), "skip");
      EXPECT_EQ(rule.detail, "no data");
    }
  }
  for (const Check& gate : {gate_at_most(of(kNan)), gate_at_least(of(kNan)),
                            gate_at_most(of(5, kNan)), gate_at_least(of(5, kNan))}) {
    EXPECT_EQ(word(gate.verdict), "refuse");
  }
}

TEST(WaterfallLine, KeepsTheReasonItWasGiven) {
  Measure measure = of(std::nullopt);
  measure.detail = "frozen data";
  EXPECT_EQ(gate_at_most(measure).detail, "frozen data");
  EXPECT_EQ(gate_if(true, of(std::nullopt)).unit, "points");
  EXPECT_EQ(gate_if(true, {.name = "mode"}).unit, "yes/no");
}

}  // namespace
}  // namespace v6
