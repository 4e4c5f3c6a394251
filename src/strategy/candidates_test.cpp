#include "strategy/candidates.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <functional>
#include <set>

#include "base/enum_text.hpp"
#include "strategy/strategy_test_kit.hpp"

namespace v6 {
namespace {

using namespace strategy_test;

constexpr Date kExpiry = date(2019, 6, 5);  // 30 days out
const Series kSeries{.expiry = kExpiry, .volatility = 0.15, .slope = -0.3, .step = 12.5};

/// Everything one search needs, on a market in which each kind has candidates. A test changes what
/// it is about.
struct Bench {
  StructureKind kind = StructureKind::kIronCondor;
  IvLevel level = IvLevel::kNormal;
  MadeUpMarket market{};
  StrategySettings settings{};
  FeeSchedule fees{};
  Factors factors{.outlook = Outlook::kNeutral, .realised_20 = 0.14, .realised_252 = 0.16};
  std::set<ContractId> taken;
  Room room = plenty();
  std::optional<double> fresh_spot;
  /// Of the market before a test spoils it, so that only what the test names has changed.
  std::optional<Surface> surface;

  explicit Bench(StructureKind of = StructureKind::kIronCondor) : kind{of} {
    market.list(kSeries);
    const MarketView view = market.view();
    surface = *view.surface(*view.slice("SPXW"_sym, kExpiry));
    // What the strategies are asked for by their market, so that an edge is there to be found.
    settings.condor.least_credit = 0.15;
  }

  [[nodiscard]] CandidateQuery query() const {
    return {.kind = kind, .level = level, .taken = &taken, .room = room};
  }
  /// Calls `work(view, slice, pricer)`.
  template <class Work>
  auto with_pricer(Work work) const {
    const MarketView view = market.view();
    const ExpirySlice& slice = *view.slice("SPXW"_sym, kExpiry);
    const Pricer pricer{.settings = &settings,
                        .fees = &fees,
                        .surface = &*surface,
                        .forecast = Forecast{settings.forecast, factors, surface->smile},
                        .spot = fresh_spot.value_or(market.spot),
                        .multiplier = Multiplier{100},
                        .beta = 1,
                        .book = {.dollar_delta = 0, .limit = 200'000}};
    return work(view, slice, pricer);
  }
  [[nodiscard]] Search search() const {
    return with_pricer([&](const auto& view, const auto& slice, const auto& pricer) {
      return find_best(view, market.master, QuoteKind::kLive, slice, pricer, query());
    });
  }
  [[nodiscard]] Search confirm(const Legs& legs, const std::vector<LegQuote>& quotes) const {
    return with_pricer([&](const auto&, const auto&, const auto& pricer) {
      return check_one(market.master, pricer, query(), legs, quotes);
    });
  }

  [[nodiscard]] Contract contract(const Leg& leg) const { return market.master[leg.contract]; }
  /// "-2850P +2800P".
  [[nodiscard]] std::string text(const std::optional<Candidate>& candidate) const {
    if (!candidate) { return "none"; }
    std::string text;
    for (const Leg& leg : candidate->legs) {
      const Contract c = contract(leg);
      text += fmt::format("{}{}{}{}", text.empty() ? "" : " ", leg.ratio > 0 ? '+' : '-',
                          c.strike.dollars(), c.right == OptionRight::kPut ? 'P' : 'C');
    }
    return text;
  }
};

constexpr StructureKind kBuilt[] = {
    StructureKind::kIronCondor, StructureKind::kPutCreditSpread, StructureKind::kCallCreditSpread,
    StructureKind::kPutDebitSpread, StructureKind::kCallDebitSpread};

std::string refused_by(const Search& search) {
  const Check* check = first_of(search.waterfall, Verdict::kRefuse);
  return check == nullptr ? "nothing" : check->name;
}

TEST(EntryExpiry, IsTheLatestListedWithinTheWindowOnNewYorksDate) {
  struct Case {
    std::vector<int> listed;  // days to expiry
    std::optional<int> chosen;
    double limit;
    std::optional<double> distance;
  };
  // Of several outside, the refusal names the one that misses by least.
  const Case cases[] = {
      {{21}, 21, 45, 24},
      {{45}, 45, 45, 0},
      {{21, 30, 45, 46}, 45, 45, 0},
      {{20, 22, 44, 60}, 44, 45, 1},
      {{20}, {}, 21, -1},
      {{46}, {}, 45, -1},
      {{0, 15, 47}, {}, 45, -2},
      {{19, 60}, {}, 21, -2},
      {{}, {}, 21, {}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::PrintToString(c.listed));
    MadeUpMarket market;
    // Another root's expiries are not asked for.
    market.list({.contract = {"SPX"_sym, kExpiry, dollars(3000), OptionRight::kPut},
                 .quote = quote_around(10, 0.1)});
    for (const int days : c.listed) {
      market.list({.contract = {"SPXW"_sym, kToday + std::chrono::days{days}, dollars(3000),
                                OptionRight::kPut},
                   .quote = quote_around(10, 0.1)});
    }
    // Eleven at night in New York is the next day in UTC.
    market.at = new_york_instant(kToday, std::chrono::hours{23});
    const MarketView view = market.view();
    Check check;
    const ExpirySlice* slice = entry_expiry(view, "SPXW"_sym, StrategySettings{}, check);
    EXPECT_EQ(slice == nullptr ? std::nullopt : std::optional{slice->dte}, c.chosen);
    EXPECT_EQ(check.name, "dte");
    EXPECT_EQ(check.verdict, c.chosen ? Verdict::kPass : Verdict::kRefuse);
    EXPECT_EQ(check.limit, c.limit);
    EXPECT_EQ(check.distance, c.distance);
    EXPECT_FALSE(check.detail.empty());
  }
}

//
RC_GTEST_PROP(EntryExpiry, IsInsideTheWindowOnEveryDateOrThereIsNone, ()) {
  MadeUpMarket market;
  // Any moment of two years, changes of the clock and a leap day included.
  market.at = new_york_instant(date(2019, 1, 1), {}) +
              std::chrono::minutes{*rc::gen::inRange(0, 700 * 24 * 60)};
  const Date today = new_york_date(market.at);
  const auto offered = *rc::gen::container<std::set<int>>(rc::gen::inRange(0, 70));
  std::optional<int> latest;
  for (const int days : offered) {
    market.list({.contract = {"SPXW"_sym, today + std::chrono::days{days}, dollars(3000),
                              OptionRight::kPut},
                 .quote = quote_around(10, 0.1)});
    if (days >= 21 && days <= 45) { latest = days; }
  }
  const MarketView view = market.view();
  Check check;
  const ExpirySlice* slice = entry_expiry(view, "SPXW"_sym, StrategySettings{}, check);
  RC_ASSERT((slice != nullptr) == latest.has_value());
  RC_ASSERT((check.verdict == Verdict::kPass) == latest.has_value());
  if (slice != nullptr) { RC_ASSERT(slice->expiry == today + std::chrono::days{*latest}); }
}

TEST(FindBest, EveryKindHasACandidateOfItsOwnShape) {
  for (const StructureKind kind : kBuilt) {
    SCOPED_TRACE(word(kind));
    const Bench bench{kind};
    const Search search = bench.search();
    ASSERT_TRUE(search.best) << refused_by(search);
    EXPECT_EQ(search.best->kind, kind);
    EXPECT_EQ(recognise(search.best->legs, bench.market.master), kind);
    EXPECT_EQ(refused_by(search), "nothing");
    EXPECT_GT(search.count.passed, 0U);
    EXPECT_GE(search.count.examined, search.count.passed);
    EXPECT_EQ(search.count.best_score, search.best->score.total);
  }
}

TEST(FindBest, OtherShapesAreNotBuilt) {
  Bench bench;
  bench.kind = StructureKind::kIronButterfly;
  EXPECT_FALSE(bench.search().best);
  EXPECT_EQ(refused_by(bench.search()), "strikes");
}

//
TEST(FindBest, SaysWhichGateLeftNothing) {
  struct Case {
    std::string_view name;
    std::string_view gate;
    std::function<void(Bench&)> change;
  };
  const auto each_row = [](auto change) {
    return [change](Bench& bench) {
      for (std::size_t row = 0; row < bench.market.chain.size(); ++row) {
        change(bench.market.chain, row);
      }
    };
  };
  const auto greeks_of_broker = [](double delta_off, double iv_off) {
    return [=](Bench& bench) {
      Chain& chain = bench.market.chain;
      chain.broker_iv = {};
      chain.broker_delta = {};
      for (std::size_t row = 0; row < chain.size(); ++row) {
        const Contract c = bench.market.master[ContractId{chain.contract[row]}];
        const TextbookOption option = bench.market.option(kSeries, c.right, c.strike.dollars());
        chain.broker_iv.push_back(option.volatility + iv_off);
        chain.broker_delta.push_back(option.delta() + delta_off);
      }
    };
  };
  const Case cases[] = {
      {"nothing changed", "nothing", [](Bench&) {}},
      {"99 contracts open", "liquidity",
       each_row([](Chain& c, std::size_t row) { c.open_interest[row] = 99; })},
      {"100 contracts open", "nothing",
       each_row([](Chain& c, std::size_t row) { c.open_interest[row] = 100; })},
      {"no bids", "liquidity", each_row([](Chain& c, std::size_t row) { c.bid[row] = 0; })},
      {"no bids, narrow because worth pennies", "liquidity",
       each_row([](Chain& c, std::size_t row) {
         c.bid[row] = 0;
         c.ask[row] = 800;
       })},
      {"crossed", "liquidity",
       each_row([](Chain& c, std::size_t row) { std::swap(c.bid[row], c.ask[row]); })},
      {"too wide", "liquidity", each_row([](Chain& c, std::size_t row) {
         c.bid[row] -= c.bid[row] / 10;
         c.ask[row] += c.ask[row] / 10;
       })},
      {"no width that narrow", "strikes",
       [](Bench& b) { b.settings.condor.width = {.least = 0.001, .most = 0.002}; }},
      {"no delta like that", "strikes",
       [](Bench& b) { b.settings.condor.normal = {.least = 0.221, .most = 0.222}; }},
      {"no two sides that near", "strikes", [](Bench& b) { b.settings.condor.sides_within = 0; }},
      {"too little credit", "credit", [](Bench& b) { b.settings.condor.least_credit = 0.6; }},
      {"every contract held", "overlap",
       [](Bench& b) {
         for (std::uint32_t id = 0; id < b.market.master.size(); ++id) {
           b.taken.insert(ContractId{id});
         }
       }},
      {"broker agrees", "nothing", greeks_of_broker(0.03, 0.01)},
      {"broker's delta is another", "greeks", greeks_of_broker(0.06, 0)},
      {"broker's volatility is another", "greeks", greeks_of_broker(0, -0.04)},
      {"no room for delta", "greeks", [](Bench& b) { b.room.delta = {.now = 101, .limit = 100}; }},
      {"no room for gamma", "greeks", [](Bench& b) { b.room.gamma.limit = 1; }},
      {"no room for vega", "greeks", [](Bench& b) { b.room.vega.limit = 1; }},
      {"no room for theta", "greeks", [](Bench& b) { b.room.theta.limit = 1; }},
      {"no limit known", "greeks", [](Bench& b) { b.room.theta.limit = 0; }},
      {"structure too large", "worst_case",
       [](Bench& b) { b.room.structure_worst_case = Money::cents(100'00); }},
      {"symbol full", "worst_case", [](Bench& b) { b.room.symbol_left = Money{}; }},
      {"book full", "worst_case", [](Bench& b) { b.room.book_left = Money::cents(-1); }},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Bench bench;
    c.change(bench);
    const Search search = bench.search();
    EXPECT_EQ(refused_by(search), c.gate);
    EXPECT_EQ(search.best.has_value(), c.gate == "nothing");
    if (const Check* check = first_of(search.waterfall, Verdict::kRefuse)) {
      EXPECT_LT(check->distance.value(), 0);
      EXPECT_TRUE(check->measured && check->limit);
      EXPECT_FALSE(check->detail.empty());
      EXPECT_EQ(search.count.passed, 0U);
    }
  }
}

TEST(FindBest, NeverTouchesAContractThatIsTaken) {
  for (const StructureKind kind : kBuilt) {
    SCOPED_TRACE(word(kind));
    Bench bench{kind};
    // Take one leg of the best away, and again, until nothing is left.
    for (int round = 0; round < 100; ++round) {
      const Search search = bench.search();
      if (!search.best) { break; }
      for (const Leg& leg : search.best->legs) { ASSERT_FALSE(bench.taken.contains(leg.contract)); }
      bench.taken.insert(
          search.best->legs[static_cast<std::size_t>(round) % search.best->legs.size()].contract);
    }
    EXPECT_GT(bench.taken.size(), 1U);
    EXPECT_EQ(refused_by(bench.search()), "overlap");
  }
}

TEST(FindBest, NeverUsesAOneSidedQuote) {
  for (const StructureKind kind : kBuilt) {
    SCOPED_TRACE(word(kind));
    Bench bench{kind};
    const auto first = bench.search().best.value();
    for (const Leg& leg : first.legs) {
      Bench broken{kind};
      broken.market.chain.bid[leg.contract.raw()] = 0;  // rows are in the order of ids
      const Search search = broken.search();
      if (!search.best) { continue; }
      for (const Leg& used : search.best->legs) { EXPECT_NE(used.contract, leg.contract); }
    }
  }
}

RC_GTEST_PROP(FindBest, StaysWithinTheRoomForGreeksAndLoss, ()) {
  Bench bench{*rc::gen::elementOf(std::vector(std::begin(kBuilt), std::end(kBuilt)))};
  const auto greek = [](double scale) {
    if (*rc::gen::inRange(0, 3) > 0) { return Room::Greek{.now = 0, .limit = 1e9}; }
    return Room::Greek{.now = *rc::gen::inRange(-50, 51) / 100.0 * scale,
                       .limit = *rc::gen::inRange(1, 100) / 100.0 * scale};
  };
  bench.room.delta = greek(60'000);
  bench.room.gamma = greek(20'000);
  bench.room.vega = greek(150);
  bench.room.theta = greek(50);
  bench.room.structure_worst_case = Money::cents(*rc::gen::inRange(0, 20'000'00));
  bench.room.book_left = Money::cents(*rc::gen::inRange(0, 20'000'00));
  const Search search = bench.search();
  RC_ASSERT(search.best.has_value() == (refused_by(search) == "nothing"));
  RC_CLASSIFY(search.best.has_value());
  if (!search.best) { return; }
  const Candidate& best = *search.best;
  const double spot = bench.market.spot;
  RC_ASSERT(std::fabs(bench.room.delta.now + best.delta * spot) <= bench.room.delta.limit);
  RC_ASSERT(std::fabs(bench.room.gamma.now + best.gamma * spot / 100 * spot) <=
            bench.room.gamma.limit);
  RC_ASSERT(std::fabs(bench.room.vega.now + best.vega) <= bench.room.vega.limit);
  RC_ASSERT(std::fabs(bench.room.theta.now + best.theta) <= bench.room.theta.limit);
  RC_ASSERT(best.worst_case <= std::min(bench.room.structure_worst_case, bench.room.book_left));
}

//
RC_GTEST_PROP(FindBest, GivesAStructureInsideItsWindowsOrAReason, ()) {
  Bench bench{*rc::gen::elementOf(std::vector(std::begin(kBuilt), std::end(kBuilt)))};
  bench.level =
      *rc::gen::element(IvLevel::kLow, IvLevel::kNormal, IvLevel::kHigh, IvLevel::kExtreme);
  Chain& chain = bench.market.chain;
  const int spoilt = *rc::gen::inRange(0, 60);
  for (int i = 0; i < spoilt; ++i) {
    const auto row = *rc::gen::inRange<std::size_t>(0, chain.size());
    switch (*rc::gen::inRange(0, 4)) {
      case 0: chain.bid[row] = 0; break;
      case 1: chain.ask[row] *= 2; break;
      case 2: chain.open_interest[row] = 0; break;
      default: std::swap(chain.bid[row], chain.ask[row]); break;
    }
  }
  const Search search = bench.search();
  RC_ASSERT(search.best.has_value() == (refused_by(search) == "nothing"));
  for (const Check& check : search.waterfall) { RC_ASSERT(check.kind == CheckKind::kGate); }
  if (!search.best) { return; }
  const Candidate& best = *search.best;
  RC_ASSERT(recognise(best.legs, bench.market.master) == bench.kind);
  for (std::size_t i = 0; i < best.legs.size(); ++i) {
    const auto row = best.legs[i].contract.raw();
    RC_ASSERT(best.quotes[i].contract == best.legs[i].contract);
    RC_ASSERT(chain.bid[row] > 0);
    RC_ASSERT(chain.ask[row] >= chain.bid[row]);
    RC_ASSERT(chain.open_interest[row] >= 100);
    const double mid = (chain.bid[row] + chain.ask[row]) / 2e4;
    RC_ASSERT((chain.ask[row] - chain.bid[row]) / 1e4 <= std::max(0.10, 0.15 * mid) + 1e-9);
  }
  const double width = width_of(best.legs, bench.market.master).dollars() / bench.market.spot;
  const bool condor = bench.kind == StructureKind::kIronCondor;
  const double most = condor ? 0.03 : is_credit(bench.kind) ? 0.02 : 0.025;
  RC_ASSERT(width >= (condor ? 0.01 : 0.008) - 1e-9);
  RC_ASSERT(width <= most + 1e-9);
}

/// A market made by hand: puts whose mid rises evenly with the strike, so that every vertical of
/// one width costs the same, seen through a smile that is given. The forecast believes in no
/// movement at all; what is out of the money is then worth exactly nothing to it.
Bench even_market(double volatility) {
  Bench bench{StructureKind::kPutCreditSpread};
  bench.market = {};
  for (int i = 0; i < 20; ++i) {
    bench.market.list({.contract = {"SPXW"_sym, kExpiry, dollars(2400 + 25 * i), OptionRight::kPut},
                       .quote = quote_around(10 + 6 * i, 0.1)});
  }
  const double years = bench.market.years(kSeries);
  const Forward forward{.forward = bench.market.spot, .discount = 1};
  bench.surface = Surface{.forward = forward, .smile = Smile{{{3000, volatility}}, forward, years}};
  bench.factors.realised_20 = bench.factors.realised_252 = 1e-5;
  bench.settings.forecast.least = 1e-5;
  bench.settings.credit_spread.normal = {.least = 0, .most = 1, .target = 0.30};
  bench.settings.credit_spread.width = {.least = 25.0 / 3000, .most = 25.0 / 3000};
  // Nothing scores, so that every candidate is as good as any other until the ties are looked at.
  bench.settings.score = {.edge = 0, .price = 0, .chance = 0, .liquidity = 0, .carry = 0, .fit = 0};
  return bench;
}

TEST(Ties, HigherEdgeComesFirst) {
  Bench bench = even_market(0.40);
  // One cent more for the put at 2,450, whose vertical is far from the target delta.
  bench.market.chain.bid[2] += 100;
  bench.market.chain.ask[2] += 100;
  EXPECT_EQ(bench.text(bench.search().best), "-2450P +2425P");
}

TEST(Ties, ThenNearerTargetDelta) {
  for (const double target : {0.05, 0.10, 0.20, 0.30}) {
    SCOPED_TRACE(target);
    Bench bench = even_market(0.40);
    bench.settings.credit_spread.normal.target = target;
    double nearest = 0;
    double off = 1;
    for (double strike = 2425; strike <= 2875; strike += 25) {
      const TextbookOption put{.right = OptionRight::kPut,
                               .spot = 3000,
                               .strike = strike,
                               .volatility = 0.40,
                               .years = bench.market.years(kSeries)};
      if (std::fabs(-put.delta() - target) >= off) { continue; }
      off = std::fabs(-put.delta() - target);
      nearest = strike;
    }
    EXPECT_EQ(bench.text(bench.search().best), fmt::format("-{}P +{}P", nearest, nearest - 25));
  }
}

TEST(Ties, OfDebitsBothTargetsCount) {
  Bench bench = even_market(0.40);
  bench.kind = StructureKind::kPutDebitSpread;
  DebitSpreadSettings& debit = bench.settings.debit_spread;
  debit.bought = {.least = 0, .most = 1, .target = 0.35};  // above all that is listed: highest wins
  debit.sold = {.least = 0, .most = 1, .target = 0};       // lowest wins
  debit.width = {.least = 25.0 / 3000, .most = 75.0 / 3000};
  // Every width costs the same share of itself; fees make the widest the better edge.
  bench.fees.commission_from_10_cents = bench.fees.minimum_per_order = Money{};
  bench.fees.index_exchange_from_1_dollar = Money{};
  bench.fees.clearing = bench.fees.regulatory = Money{};
  bench.settings.expected_concession = 0;
  EXPECT_EQ(bench.text(bench.search().best), "-2800P +2875P");
}

TEST(Ties, ThenLowerStrikeWhateverTheOrderOfTheRows) {
  // At half a percent every delta is so small that subtracting it from the target changes no bit.
  Bench bench = even_market(0.005);
  ASSERT_GT(bench.search().count.passed, 5U);
  auto order = order_of(bench.market.chain);
  const Chain original = bench.market.chain;
  for (std::size_t shift = 0; shift < order.size(); ++shift) {
    std::ranges::rotate(order, order.begin() + 7);
    bench.market.chain = reordered(original, order);
    EXPECT_EQ(bench.text(bench.search().best), "-2425P +2400P");
  }
}

//
RC_GTEST_PROP(StrikeSanity, NoLegLeavesTheBandAroundTheFreshSpot, ()) {
  Bench bench = even_market(0.40);
  bench.settings.credit_spread.width = {.least = 0.001, .most = 1};
  const double spot = *rc::gen::inRange(1200, 7200);
  bench.fresh_spot = spot;
  const Search search = bench.search();
  RC_ASSERT(search.best.has_value() == (refused_by(search) == "nothing"));
  // Strikes are 2,400 to 2,875: far from this spot there is nothing to build from.
  const auto in_band = [&](double strike) { return strike >= 0.5 * spot && strike <= 1.5 * spot; };
  int usable = 0;
  for (int i = 0; i < 20; ++i) { usable += in_band(2400 + 25 * i) ? 1 : 0; }
  RC_ASSERT(search.best.has_value() == (usable >= 2));
  if (!search.best) { return; }
  const MarketView view = bench.market.view();
  for (const Leg& leg : search.best->legs) {
    RC_ASSERT(in_band(bench.contract(leg).strike.dollars()));
    RC_ASSERT(view.row_of(leg.contract).has_value());
  }
}

//
TEST(StrikeSanity, EdgesBelongToTheBand) {
  Bench bench = even_market(0.40);
  bench.settings.credit_spread.width = {.least = 0.001, .most = 1};
  bench.fresh_spot = 2 * 2850;  // 2,850 is half of it
  EXPECT_EQ(bench.text(bench.search().best), "-2875P +2850P");
  bench.fresh_spot = 2 * 2850.01;
  EXPECT_FALSE(bench.search().best);
  bench.fresh_spot = 2425 / 1.5 + 1e-9;
  EXPECT_EQ(bench.text(bench.search().best), "-2425P +2400P");
  bench.fresh_spot = 2424.9 / 1.5;
  EXPECT_FALSE(bench.search().best);
}

TEST(CheckOne, ConfirmsWhatWasNominatedOnTheSameQuotes) {
  for (const StructureKind kind : kBuilt) {
    SCOPED_TRACE(word(kind));
    const Bench bench{kind};
    const Candidate nominated = bench.search().best.value();
    const Candidate confirmed = bench.confirm(nominated.legs, nominated.quotes).best.value();
    EXPECT_EQ(confirmed.legs, nominated.legs);
    EXPECT_EQ(confirmed.expected_price, nominated.expected_price);
    EXPECT_EQ(confirmed.worst_case, nominated.worst_case);
    EXPECT_EQ(confirmed.expected_value, nominated.expected_value);
    EXPECT_EQ(confirmed.score.total, nominated.score.total);
  }
}

//
TEST(CheckOne, JudgesTheFreshQuotesByEveryGate) {
  const Bench calm;
  const Candidate nominated = calm.search().best.value();
  struct Case {
    std::string_view name;
    std::string_view gate;
    std::function<void(Bench&, std::vector<LegQuote>&)> change;
  };
  const Case cases[] = {
      {"a bid is gone", "liquidity", [](Bench&, auto& quotes) { quotes[1].quote.bid = Price{}; }},
      {"a leg went wide", "liquidity",
       [](Bench&, auto& quotes) { quotes[2].quote.ask += dollars(3); }},
      {"nobody is left", "liquidity", [](Bench&, auto& quotes) { quotes[0].open_interest = 0; }},
      {"a leg did not answer", "strikes", [](Bench&, auto& quotes) { quotes.pop_back(); }},
      {"spot has run away", "strikes", [](Bench& bench, auto&) { bench.fresh_spot = 3000 * 2.1; }},
      {"the credit is gone", "credit",
       [](Bench&, auto& quotes) {
         for (const std::size_t sold : {0U, 2U}) {
           quotes[sold].quote = quote_around(quotes[sold + 1].quote.mid().dollars() + 1, 0.05);
         }
       }},
      {"the broker sees another delta", "greeks",
       [](Bench&, auto& quotes) { quotes[3].broker_delta = 0.5; }},
      {"a leg was bought meanwhile", "overlap",
       [&](Bench& bench, auto& quotes) { bench.taken.insert(quotes[3].contract); }},
      {"the book filled up", "worst_case",
       [](Bench& bench, auto&) { bench.room.book_left = Money::cents(1'00); }},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Bench bench;
    auto quotes = nominated.quotes;
    c.change(bench, quotes);
    const Search search = bench.confirm(nominated.legs, quotes);
    EXPECT_FALSE(search.best);
    EXPECT_TRUE(std::ranges::any_of(search.waterfall, [&](const Check& check) {
      return check.name == c.gate && check.verdict == Verdict::kRefuse;
    })) << refused_by(search);
  }
}

TEST(FinalGates, TradeAtTheThresholdAndAboveAnExpectedValueOfNothing) {
  struct Case {
    double score;
    double expected_value;
    Verdict score_verdict;
    Verdict value_verdict;
  };
  const Case cases[] = {
      {50, 0.01, Verdict::kPass, Verdict::kPass},
      {49.999, 0.01, Verdict::kRefuse, Verdict::kPass},
      {80, 0, Verdict::kPass, Verdict::kRefuse},
      {80, -5, Verdict::kPass, Verdict::kRefuse},
  };
  for (const Case& c : cases) {
    Candidate candidate{.expected_value = c.expected_value};
    candidate.score.total = c.score;
    const Waterfall lines = final_gates(StrategySettings{}, candidate);
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].name, "score");
    EXPECT_EQ(lines[0].verdict, c.score_verdict);
    EXPECT_EQ(lines[0].distance, c.score - 50);
    EXPECT_EQ(lines[1].name, "expected_value");
    EXPECT_EQ(lines[1].verdict, c.value_verdict);
    EXPECT_EQ(lines[1].distance, c.expected_value);
  }
}

}  // namespace
}  // namespace v6
