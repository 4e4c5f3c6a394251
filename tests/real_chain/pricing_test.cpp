#include "strategy/pricing.hpp"

#include <gtest/gtest.h>

#include "real_chain/brute_force.hpp"

namespace v6::real_chain {
namespace {

void expect_same(const Candidate& candidate, const Figures& figures) {
  // Volatilities are bisected on one side and solved on the other: twelve digits agree, and what
  // follows from them does to six.
  constexpr double kClose = 1e-6;
  EXPECT_NEAR(candidate.mid.dollars(), figures.mid, 1e-9);
  EXPECT_NEAR(candidate.natural.dollars(), figures.natural, 1e-9);
  EXPECT_NEAR(candidate.expected_price.dollars(), figures.expected_price, 1e-9);
  EXPECT_NEAR(candidate.fees.dollars(), figures.fees, 1e-9);
  EXPECT_NEAR(candidate.worst_case.dollars(), figures.worst_case, 1e-9);
  EXPECT_NEAR(candidate.expected_value, figures.expected_value, kClose);
  EXPECT_NEAR(candidate.expected_value_risk_neutral, figures.expected_value_risk_neutral, kClose);
  EXPECT_NEAR(candidate.probability_of_profit, figures.chance_of_profit, kClose);
  EXPECT_NEAR(candidate.delta, figures.delta, kClose);
  EXPECT_NEAR(candidate.gamma, figures.gamma, kClose);
  EXPECT_NEAR(candidate.theta, figures.theta, kClose);
  EXPECT_NEAR(candidate.vega, figures.vega, kClose);
  EXPECT_NEAR(candidate.score.edge, figures.edge, kClose);
  EXPECT_NEAR(candidate.score.price, figures.price, kClose);
  EXPECT_NEAR(candidate.score.chance, figures.chance, kClose);
  EXPECT_NEAR(candidate.score.liquidity, figures.liquidity, kClose);
  EXPECT_NEAR(candidate.score.carry, figures.carry, kClose);
  EXPECT_NEAR(candidate.score.fit, figures.fit, kClose);
  EXPECT_NEAR(candidate.score.total, figures.total, 100 * kClose);
}

TEST(PricingOfARealDay, IsSectionElevenForEveryKind) {
  for (const StructureKind kind : kBuilt) {
    const Evaluation evaluation{.kind = kind};
    const BruteForce brute{evaluation};
    const auto combinations = brute.combinations();
    ASSERT_GE(combinations.size(), 10U) << word(kind);
    const std::size_t step = std::max<std::size_t>(1, combinations.size() / 100);
    evaluation.with_pricer([&](const MarketView& view, const auto&, const Pricer& pricer) {
      for (std::size_t i = 0; i < combinations.size(); i += step) {
        const Combination& combination = combinations[i];
        SCOPED_TRACE(fmt::format("{} {}", word(kind), i));
        std::vector<PricedLeg> priced;
        Legs legs;
        for (std::size_t leg = 0; leg < combination.rows.size(); ++leg) {
          const ContractId id = combination.rows[leg]->id;
          priced.push_back(
              pricer.leg(*view.leg_quote(id, QuoteKind::kEndOfDay), real_day().master()[id]));
          legs.push_back({.contract = id, .ratio = combination.legs[leg].ratio});
        }
        std::vector<const PricedLeg*> pointers;
        for (const PricedLeg& leg : priced) { pointers.push_back(&leg); }
        const Candidate candidate = price_candidate(pricer, kind, legs, pointers);
        const Figures figures = figures_of(brute.market(), combination.legs);
        expect_same(candidate, figures);

        UnitPrice unit;
        for (std::size_t leg = 0; leg < legs.size(); ++leg) {
          unit.add(priced[leg], legs[leg].ratio);
        }
        const Price width = width_of(legs, real_day().master());
        EXPECT_NEAR(unit.forecast, figures.forecast, 1e-6);
        EXPECT_NEAR(metrics_of(pricer, kind, unit, width).credit_fraction, figures.credit_fraction,
                    1e-9);
      }
    });
  }
}

TEST(PricingOfARealDay, ForecastArguesWithTheLevelOnly) {
  // Believing exactly what the market says at the money, without drift, the forecast is the market.
  Evaluation evaluation{.kind = StructureKind::kIronCondor};
  evaluation.with_pricer([&](const auto&, const auto&, const Pricer& pricer) {
    evaluation.realised_20 = evaluation.realised_252 = pricer.surface->smile.atm();
  });
  const Candidate best = evaluation.search().best.value();
  EXPECT_NEAR(best.expected_value, best.expected_value_risk_neutral, 1e-9);
  evaluation.realised_20 = evaluation.realised_252 = 0.01;  // never below 5 %
  const double floor = evaluation.search().best.value().expected_value;
  evaluation.realised_20 = evaluation.realised_252 = 0.05;
  EXPECT_EQ(evaluation.search().best.value().expected_value, floor);
}

}  // namespace
}  // namespace v6::real_chain
