#include <gtest/gtest.h>

#include <algorithm>

#include "base/codec.hpp"
#include "base/folder_test_kit.hpp"
#include "runtime/journal_backtest.hpp"
#include "runtime/stage_test_kit.hpp"

/// A week of shipped chains through a real socket, by seed.
namespace v6 {
namespace {

constexpr int kSessions = 5;

class AWeek : public ::testing::TestWithParam<std::uint64_t> {};

/// No right of an expiry is short on balance: condors and verticals buy what they sell.
void expect_covered(Stage& stage) {
  std::map<std::pair<Date, OptionRight>, std::int64_t> balance;
  for (const auto& [contract, quantity] : at_the_broker(stage)) {
    balance[{contract.expiry, contract.right}] += quantity;
  }
  for (const auto& [series, quantity] : balance) {
    ASSERT_GE(quantity, 0) << iso(series.first) << " at " << iso(stage.at());
  }
}

/// What was decided, without what the market made of the order.
Bytes choice(Decision decision) {
  decision.outcome = Outcome::kHold;
  decision.structure = {};
  std::erase_if(decision.waterfall, [](const Check& check) { return check.name == "fill"; });
  return encoded(decision);
}

/// What an order's legs were traded at.
std::vector<Price> prices(const RunRecord& record, IntentId intent) {
  std::vector<Price> all;
  for (const RecordFill& fill : record.fills) {
    if (intent && fill.intent == intent) { all.push_back(fill.fill.price); }
  }
  return all;
}

// covers: I-03, I-04, I-05, I-06, I-29, I-37
TEST_P(AWeek, ThroughTheSocketEndsWithOneSetOfBooksAndDecidesAsABacktest) {
  const test::Folder home;
  const StageSettings settings = a_day("2019-04-25", GetParam());
  const Money cash = settings.cash;
  Stage stage{settings, reference(), home / "state", loopback_wire()};
  Instant looked;
  while (!stage.over(kSessions)) {
    stage.step();
    if (stage.at() - looked < std::chrono::minutes{1}) { continue; }
    looked = stage.at();
    expect_covered(stage);
    if (HasFatalFailure()) { return; }
  }
  EXPECT_EQ(in_our_books(stage.bot().state()), at_the_broker(stage));
  EXPECT_EQ(stage.bot().state().cash, stage.exchange().figures().cash);
  expect_no_order_twice(stage);

  const RunRecord live = stage.bot().record();
  ASSERT_GE(live.fills.size(), 4U) << "two structures at least";
  std::set<std::string> fills;
  for (const RecordFill& fill : live.fills) {
    EXPECT_TRUE(fills.insert(fill.id.text()).second) << fill.id.text() << " twice";
  }
  const std::filesystem::path journal = stage.bot().journal_path();
  static_cast<void>(stage.bot().close(stage.at()));

  const RunRecord backtest = backtest_of(journal, cash, GetParam());
  // Whether it fills is a draw of the fill model, and after another one the quotes of what it would
  // trade next are not in the journal.
  EXPECT_FALSE(backtest.orders.empty());
  // One by one, up to the first whose order was filled otherwise.
  for (std::size_t i = 0; i < live.decisions.size(); ++i) {
    ASSERT_LT(i, backtest.decisions.size());
    const Decision& decision = live.decisions[i];
    ASSERT_TRUE(choice(decision) == choice(backtest.decisions[i]))
        << decision.id.text() << " at " << iso(decision.at);
    if (prices(live, decision.intent) != prices(backtest, decision.intent)) { break; }
  }
}

std::vector<std::uint64_t> seeds() {
  std::vector<std::uint64_t> all(soaking() ? 20 : 2);
  std::ranges::generate(all, [next = std::uint64_t{0}]() mutable { return ++next; });
  return all;
}

INSTANTIATE_TEST_SUITE_P(Seeds, AWeek, ::testing::ValuesIn(seeds()));

}  // namespace
}  // namespace v6
