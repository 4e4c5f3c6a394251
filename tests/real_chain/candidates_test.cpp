#include "strategy/candidates.hpp"

#include <gtest/gtest.h>

#include <random>

#include "real_chain/brute_force.hpp"

namespace v6::real_chain {
namespace {

std::vector<ContractId> ids_of(const std::optional<Candidate>& candidate) {
  std::vector<ContractId> ids;
  if (candidate) {
    for (const Leg& leg : candidate->legs) { ids.push_back(leg.contract); }
  }
  return ids;
}

/// find_best and the enumeration agree on what is best, or that there is nothing. Whether there was
/// something.
bool expect_same_choice(const Evaluation& evaluation) {
  const auto passing = BruteForce{evaluation}.passing();
  const Search search = evaluation.search();
  EXPECT_EQ(search.count.passed, passing.size());
  EXPECT_EQ(search.best.has_value(), !passing.empty());
  if (!search.best || passing.empty()) { return false; }
  EXPECT_EQ(ids_of(search.best), passing[0].ids);
  EXPECT_NEAR(search.best->score.total, passing[0].figures.total, 1e-4);
  // Else rounding would choose, and the comparison say nothing.
  if (passing.size() > 1) { EXPECT_GT(passing[0].figures.total - passing[1].figures.total, 1e-4); }
  return true;
}

//
TEST(FindBestOnARealDay, IsTheBestOfAllThereAre) {
  int chosen = 0;
  for (const StructureKind kind : kBuilt) {
    for (const IvLevel level : kLevels) {
      SCOPED_TRACE(fmt::format("{} at {} IV", word(kind), word(level)));
      chosen += expect_same_choice({.kind = kind, .level = level}) ? 1 : 0;
    }
  }
  EXPECT_GE(chosen, 10);  // of 20
}

TEST(FindBestOnARealDay, IsTheBestOfWhatIsFreeAndFits) {
  for (const StructureKind kind : kBuilt) {
    SCOPED_TRACE(word(kind));
    Evaluation evaluation{.kind = kind};
    const auto free = BruteForce{evaluation}.passing();
    ASSERT_FALSE(free.empty());
    // What the best needs is held or just too much, one thing after the other.
    const Figures& best = free[0].figures;
    const double spot = real_day().quotes.spot.dollars();
    const auto without = [&](auto change) {
      Evaluation tight{.kind = kind};
      change(tight);
      expect_same_choice(tight);
      EXPECT_NE(ids_of(tight.search().best), free[0].ids);
    };
    for (const ContractId leg : free[0].ids) {
      without([&](Evaluation& tight) { tight.taken = {leg}; });
    }
    const auto below = [](double use) {
      return Room::Greek{.now = 0, .limit = 0.999 * std::fabs(use)};
    };
    without([&](Evaluation& tight) { tight.room.delta = below(best.delta * spot); });
    without([&](Evaluation& tight) { tight.room.gamma = below(best.gamma * spot / 100 * spot); });
    without([&](Evaluation& tight) { tight.room.vega = below(best.vega); });
    without([&](Evaluation& tight) { tight.room.theta = below(best.theta); });
    const Money less = Money::from_dollars(best.worst_case - 0.01).value();
    without([&](Evaluation& tight) { tight.room.structure_worst_case = less; });
    without([&](Evaluation& tight) { tight.room.symbol_left = less; });
    without([&](Evaluation& tight) { tight.room.book_left = less; });
  }
}

TEST(FindBestOnARealDay, DoesNotDependOnTheOrderOfTheRows) {
  const Chain& chain = *real_day().quotes.chain;
  auto order = order_of(chain);
  std::mt19937_64 random{20190506};  // the same shuffles on every run
  for (int round = 0; round < 3; ++round) {
    std::ranges::shuffle(order, random);
    const auto shuffled = std::make_shared<const Chain>(reordered(chain, order));
    for (const StructureKind kind : kBuilt) {
      SCOPED_TRACE(word(kind));
      const Search search = Evaluation{.kind = kind}.search();
      const Search again = Evaluation{.kind = kind, .chain = shuffled}.search();
      EXPECT_EQ(ids_of(again.best), ids_of(search.best));
      // To the last bit, because replays compare decisions bit for bit.
      EXPECT_EQ(again.count.best_score, search.count.best_score);
      EXPECT_EQ(again.count.examined, search.count.examined);
      EXPECT_EQ(again.count.passed, search.count.passed);
      EXPECT_EQ(again.waterfall, search.waterfall);
    }
  }
}

}  // namespace
}  // namespace v6::real_chain
