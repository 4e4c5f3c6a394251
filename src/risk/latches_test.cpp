#include "risk/latches.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/codec.hpp"
#include "risk/risk_test_kit.hpp"

namespace v6 {
namespace {

using test::money;

// covers: I-23
TEST(Latches, EachStopsAndSurvivesARestart) {
  EXPECT_FALSE(Latches{}.any());
  for (std::string Latches::* latch :
       {&Latches::halted, &Latches::reduce_only, &Latches::daily_loss, &Latches::drawdown,
        &Latches::mismatch}) {
    Latches latches;
    latches.*latch = "why";
    const auto restored = decoded<Latches>(encoded(latches));
    EXPECT_TRUE(restored.any());
    EXPECT_EQ(restored.set(), std::vector<std::string>{"why"});
    EXPECT_EQ(restored.*latch, "why");
  }
}

TEST(Limits, OfADaysLossAreTwoAndFourPercentOfItsStart) {
  struct Case {
    double now;
    LossLevel level;
  };
  const Case cases[] = {{101'000, LossLevel::kFine},      {98'000.01, LossLevel::kFine},
                        {98'000, LossLevel::kNoEntries},  {96'000.01, LossLevel::kNoEntries},
                        {96'000, LossLevel::kReduceOnly}, {-5, LossLevel::kReduceOnly}};
  // The peak is of no concern to the day.
  const AccountTrack track{.session_start = money(100'000), .peak = money(150'000)};
  for (const Case& c : cases) {
    EXPECT_EQ(daily_loss_level(track, money(c.now), {}), c.level) << c.now;
  }
}

// covers: I-39
TEST(Limits, OfAnAccountThatIsUnknownAllowNothing) {
  EXPECT_EQ(daily_loss_level({}, Money{}, {}), LossLevel::kReduceOnly);
  EXPECT_TRUE(drawdown_reached({}, Money{}, {}));
}

TEST(Limits, OfDrawdownIsTenPercentOfThePeak) {
  const AccountTrack track{.session_start = money(99'500), .peak = money(110'000)};
  EXPECT_FALSE(drawdown_reached(track, money(99'000.01), {}));
  EXPECT_TRUE(drawdown_reached(track, money(99'000), {}));
  EXPECT_TRUE(drawdown_reached(track, money(50'000), {}));
}

// covers, I-08
TEST(Limits, HaveCompiledCeilingsThatNoSettingCanRaise) {
  static_assert(kOrderSizeCeiling == 5);
  const std::map<std::string_view, double> ceilings = {
      {"structure_worst_case", 0.05},
      {"symbol_worst_case", 0.10},
      {"book_worst_case", 0.20},
      {"max_order_size", 5},
      {"dollar_delta", 1},
      {"dollar_gamma", 0.5},
      {"vega", 0.02},
      {"theta", 0.01},
      {"new_structure_share", 1},
      {"margin", 0.8},
      {"daily_loss_no_entries", 0.1},
      {"daily_loss_reduce_only", 0.1},
      {"drawdown_no_entries", 0.3},
      {"collar_of_width", 0.5},
      {"collar_from_fair", 1},
  };
  std::set<std::string_view> seen;
  std::apply(
      [&](const auto&... field) {
        const auto judge = [&](const auto& one) {
          SCOPED_TRACE(one.name);
          seen.insert(one.name);
          ASSERT_TRUE(ceilings.contains(one.name)) << "a limit without a ceiling of its own";
          EXPECT_EQ(one.most, ceilings.at(one.name));
          EXPECT_GT(one.least, 0) << "no limit can be switched off by zero";
          const auto value = static_cast<double>(RiskLimits{}.*one.member);
          EXPECT_GE(value, one.least);
          EXPECT_LE(value, one.most);
        };
        (judge(field), ...);
      },
      RiskLimits::fields());
  EXPECT_EQ(seen.size(), ceilings.size());
}

//
TEST(Limits, DefaultToWhatTheProductPromises) {
  constexpr RiskLimits kLimits;
  EXPECT_EQ(kLimits.structure_worst_case, 0.02);
  EXPECT_EQ(kLimits.symbol_worst_case, 0.05);
  EXPECT_EQ(kLimits.book_worst_case, 0.08);
  EXPECT_EQ(kLimits.max_order_size, 1);
  EXPECT_EQ(kLimits.dollar_delta, 0.40);
  EXPECT_EQ(kLimits.dollar_gamma, 0.10);
  EXPECT_EQ(kLimits.vega, 0.003);
  EXPECT_EQ(kLimits.theta, 0.001);
  EXPECT_EQ(kLimits.new_structure_share, 0.80);
  EXPECT_EQ(kLimits.margin, 0.50);
  EXPECT_EQ(kLimits.daily_loss_no_entries, 0.02);
  EXPECT_EQ(kLimits.daily_loss_reduce_only, 0.04);
  EXPECT_EQ(kLimits.drawdown_no_entries, 0.10);
  EXPECT_EQ(kLimits.collar_of_width, 0.20);
}

}  // namespace
}  // namespace v6
