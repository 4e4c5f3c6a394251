#include "strategy/analysis.hpp"

#include <gtest/gtest.h>

#include "real_chain/brute_force.hpp"

namespace v6::real_chain {
namespace {

struct Wish {
  int quantity = 0;
  double strike = 0;
  OptionRight right = OptionRight::kPut;
  Date expiry = date(2019, 6, 14);
};

/// The day's listed weeklies a test asks for, by strike.
QuotedPosition quoted(const MarketView& view, const Wish& wish) {
  const Contract contract{.root = "SPXW"_sym,
                          .expiry = wish.expiry,
                          .strike = dollars(wish.strike),
                          .right = wish.right};
  const ContractId id = real_day().index.find(contract).value();
  return {.position = {.contract = contract, .quantity = Contracts{wish.quantity}},
          .quote = view.leg_quote(id, QuoteKind::kEndOfDay).value()};
}

struct Analysis {
  MarketView view = real_day().view();
  Factors factors{.outlook = Outlook::kNeutral, .realised_20 = 0.09, .realised_252 = 0.15};
  StrategySettings strategy;
  FeeSchedule fees;
  PriceBasis basis = PriceBasis::kExpected;
  Price given;

  [[nodiscard]] StructureAnalysis of(std::vector<QuotedPosition> legs) const {
    return analyse({.view = &view,
                    .master = &real_day().master(),
                    .legs = std::move(legs),
                    .basis = basis,
                    .given = given,
                    .factors = &factors,
                    .strategy = &strategy,
                    .fees = &fees})
        .value();
  }
  [[nodiscard]] StructureAnalysis of(const std::vector<Wish>& wishes) const {
    std::vector<QuotedPosition> legs;
    for (const Wish& wish : wishes) { legs.push_back(quoted(view, wish)); }
    return of(std::move(legs));
  }
};

constexpr auto kCall = OptionRight::kCall;
constexpr auto kPut = OptionRight::kPut;
const std::vector<Wish> kCondorWish{
    {1, 2700, kPut}, {-1, 2750, kPut}, {-1, 3025, kCall}, {1, 3075, kCall}};

std::vector<Wish> times(std::vector<Wish> wishes, int count) {
  for (Wish& wish : wishes) { wish.quantity *= count; }
  return wishes;
}

TEST(AnalysisOfARealDay, IsTheCandidateOfEveryBuiltKind) {
  // Two ways to the same figures: the strategy knows each shape's break-evens, the analysis finds
  // them in the payoff. Prices, fees and worst case agree exactly, the rest to the last digits.
  for (const StructureKind kind : kBuilt) {
    const Evaluation evaluation{.kind = kind};
    const BruteForce brute{evaluation};
    const auto combinations = brute.combinations();
    ASSERT_GE(combinations.size(), 10U);
    const std::size_t step = std::max<std::size_t>(1, combinations.size() / 40);
    evaluation.with_pricer([&](const MarketView& view, const auto&, const Pricer& pricer) {
      Analysis analysis;
      analysis.factors = evaluation.factors();
      for (std::size_t i = 0; i < combinations.size(); i += step) {
        SCOPED_TRACE(fmt::format("{} {}", word(kind), i));
        Legs legs;
        std::vector<PricedLeg> priced;
        std::vector<QuotedPosition> positions;
        for (std::size_t leg = 0; leg < combinations[i].rows.size(); ++leg) {
          const ContractId id = combinations[i].rows[leg]->id;
          const Contract contract = real_day().master()[id];
          const LegQuote quote = view.leg_quote(id, QuoteKind::kEndOfDay).value();
          const int ratio = combinations[i].legs[leg].ratio;
          priced.push_back(pricer.leg(quote, contract));
          legs.push_back({.contract = id, .ratio = ratio});
          positions.push_back(
              {.position = {.contract = contract, .quantity = Contracts{ratio}}, .quote = quote});
        }
        std::vector<const PricedLeg*> pointers;
        for (const PricedLeg& leg : priced) { pointers.push_back(&leg); }
        const Candidate candidate = price_candidate(pricer, kind, legs, pointers);
        const StructureAnalysis found = analysis.of(positions);
        EXPECT_EQ(found.kind, kind);
        EXPECT_EQ(found.net.mid, candidate.mid);
        EXPECT_EQ(found.net.natural, candidate.natural);
        EXPECT_EQ(found.price, candidate.expected_price);
        EXPECT_EQ(found.fees, candidate.fees);
        EXPECT_EQ(found.worst_case, candidate.worst_case);
        EXPECT_NEAR(found.forecast->figures.chance_of_profit, candidate.probability_of_profit,
                    1e-12);
        EXPECT_NEAR(found.forecast->figures.expected_value, candidate.expected_value, 1e-8);
        EXPECT_NEAR(found.risk_neutral.expected_value, candidate.expected_value_risk_neutral, 1e-8);
        EXPECT_NEAR(found.greeks.shares.delta, candidate.delta, 1e-9);
        EXPECT_NEAR(found.greeks.shares.gamma, candidate.gamma, 1e-9);
        EXPECT_NEAR(found.greeks.shares.theta, candidate.theta, 1e-9);
        EXPECT_NEAR(found.greeks.shares.vega, candidate.vega, 1e-9);
      }
    });
  }
}

TEST(AnalysisOfARealDay, ScalesWithTheContracts) {
  const Analysis analysis;
  const StructureAnalysis one = analysis.of(kCondorWish);
  const StructureAnalysis three = analysis.of(times(kCondorWish, 3));
  EXPECT_EQ(one.kind, StructureKind::kIronCondor);
  EXPECT_EQ(three.kind, StructureKind::kIronCondor);
  EXPECT_EQ(three.units, Contracts{3});
  EXPECT_EQ(three.price, one.price);
  EXPECT_EQ(three.break_evens, one.break_evens);
  EXPECT_EQ(three.worst_case->raw(), 3 * one.worst_case->raw());
  EXPECT_EQ(three.best_case->raw(), 3 * one.best_case->raw());
  EXPECT_NEAR(three.risk_neutral.expected_value, 3 * one.risk_neutral.expected_value, 1e-8);
  EXPECT_NEAR(three.greeks.dollars.delta, 3 * one.greeks.dollars.delta, 1e-8);
  EXPECT_NEAR(three.greeks.dollars.delta, three.greeks.shares.delta * one.spot, 1e-8);
  // A condor keeps its credit between the strikes and loses a width less credit beyond.
  EXPECT_EQ(one.best_case, premium(one.price, Multiplier{100}, Contracts{1}) - one.fees);
  EXPECT_EQ(one.worst_case, Money::cents(500'000) - *one.best_case);
  EXPECT_NEAR(one.break_evens.at(0), 2750 - one.price.dollars(), 1e-9);
  EXPECT_NEAR(one.break_evens.at(1), 3025 + one.price.dollars(), 1e-9);
}

TEST(AnalysisOfARealDay, TheGivenPriceMovesWhatDependsOnIt) {
  Analysis analysis{.basis = PriceBasis::kGiven, .given = dollars(12)};
  const StructureAnalysis found = analysis.of(kCondorWish);
  EXPECT_NEAR(found.break_evens.at(0), 2738, 1e-9);
  EXPECT_NEAR(found.break_evens.at(1), 3037, 1e-9);
  EXPECT_EQ(found.worst_case, Money::cents(380'000) + found.fees);
  EXPECT_NEAR(found.profit_at_expiry(2900), 1200, 1e-9);
  EXPECT_NEAR(found.profit_at_expiry(2725), 100 * (12 - 25), 1e-9);
  EXPECT_NEAR(found.profit_at_expiry(0), -3800, 1e-9);
  analysis.basis = PriceBasis::kMid;
  const StructureAnalysis mid = analysis.of(kCondorWish);
  analysis.basis = PriceBasis::kNatural;
  const StructureAnalysis natural = analysis.of(kCondorWish);
  EXPECT_EQ(mid.price, mid.net.mid);
  EXPECT_EQ(natural.price, natural.net.natural);
  EXPECT_NEAR(mid.risk_neutral.expected_value - natural.risk_neutral.expected_value,
              100 * mid.net.distance().dollars(), 1e-9);
}

TEST(AnalysisOfARealDay, NamesWhatHasNoEnd) {
  const Analysis analysis;
  const StructureAnalysis call = analysis.of({{-1, 3025, kCall}});
  EXPECT_EQ(call.kind, StructureKind::kUndefinedRisk);
  EXPECT_EQ(call.worst_case, std::nullopt);
  EXPECT_EQ(call.best_case, premium(call.price, Multiplier{100}, Contracts{1}) - call.fees);
  const StructureAnalysis put = analysis.of({{-2, 2750, kPut}});
  EXPECT_EQ(put.kind, StructureKind::kUndefinedRisk);
  EXPECT_EQ(put.worst_case, Money::cents(2 * 27'500'000) -
                                premium(put.price, Multiplier{100}, Contracts{2}) + put.fees);
  const StructureAnalysis bought = analysis.of({{1, 2950, kCall}});
  EXPECT_EQ(bought.kind, StructureKind::kLongCall);
  EXPECT_EQ(bought.best_case, std::nullopt);
  EXPECT_EQ(bought.earns.back().high, std::nullopt);
}

TEST(AnalysisOfARealDay, TouchingIsLikelierThanEndingThere) {
  const Analysis analysis;
  const StructureAnalysis condor = analysis.of(kCondorWish);
  EXPECT_FALSE(condor.legs[0].touch.has_value()) << "only what is sold can be called";
  for (const std::size_t leg : {1U, 2U}) {
    const double ends = std::fabs(condor.legs[leg].greeks.delta);
    const double touch = condor.legs[leg].touch.value().risk_neutral;
    EXPECT_GT(touch, 1.5 * ends);  // about twice, by reflection
    EXPECT_LT(touch, 2.5 * ends);
    // The forecast believes in less volatility than the market charges that day.
    EXPECT_LT(condor.legs[leg].touch->forecast.value(), touch);
  }
}

TEST(AnalysisOfARealDay, WithoutHistoryThereIsNoForecast) {
  Analysis analysis;
  analysis.factors.realised_252.reset();
  const StructureAnalysis found = analysis.of(kCondorWish);
  EXPECT_FALSE(found.forecast.has_value());
  EXPECT_FALSE(found.legs[1].touch->forecast.has_value());
  EXPECT_GT(found.risk_neutral.chance_of_profit, 0.5);
}

TEST(AnalysisOfARealDay, CalendarIsValuedAtItsNearExpiry) {
  const Analysis analysis;
  const StructureAnalysis found =
      analysis.of({{-1, 2925, kCall, date(2019, 5, 31)}, {1, 2925, kCall, date(2019, 6, 14)}});
  EXPECT_EQ(found.kind, StructureKind::kCalendar);
  EXPECT_FALSE(found.one_expiry);
  EXPECT_EQ(found.expiry, date(2019, 5, 31));
  const analytics::HeldOption& far = found.legs[1].held;
  const double rate = -std::log(far.discount) / far.years;
  const auto by_hand = [&](double level) {
    const TextbookOption option{.right = kCall,
                                .spot = level,
                                .strike = 2925,
                                .volatility = far.volatility,
                                .years = far.years - found.years,
                                .rate = rate,
                                .yield = rate - std::log(far.forward / found.spot) / far.years};
    return 100 * (found.price.dollars() + option.price() - std::max(level - 2925, 0.0));
  };
  double least = 0;
  double most = 0;
  for (double level = 1; level < 2 * found.spot; level += 1) {
    EXPECT_NEAR(found.profit_at_expiry(level), by_hand(level), 1e-6) << level;
    least = std::min(least, by_hand(level));
    most = std::max(most, by_hand(level));
  }
  ASSERT_EQ(found.break_evens.size(), 2U);
  for (const double level : found.break_evens) { EXPECT_NEAR(by_hand(level), 0, 1e-6); }
  EXPECT_LT(found.break_evens[0], 2925);
  EXPECT_GT(found.break_evens[1], 2925);
  EXPECT_NEAR(found.worst_case->dollars() - found.fees.dollars(), -least, 5);
  EXPECT_NEAR(found.best_case->dollars() + found.fees.dollars(), most, 1);
}

TEST(AnalysisOfARealDay, ValueDatesRunFromTodayToExpiry) {
  const StructureAnalysis found = Analysis{}.of(kCondorWish);
  std::vector<Date> dates;
  for (const ValueDate& when : found.dates) { dates.push_back(when.date); }
  // 39 days in quarters.
  EXPECT_EQ(dates, (std::vector<Date>{date(2019, 5, 6), date(2019, 5, 15), date(2019, 5, 25),
                                      date(2019, 6, 4), date(2019, 6, 14)}));
  EXPECT_EQ(found.dates.front().years, 0.0);
  EXPECT_EQ(found.dates.back().years, found.years);
}

}  // namespace
}  // namespace v6::real_chain
