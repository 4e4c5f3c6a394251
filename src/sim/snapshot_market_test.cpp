#include "sim/snapshot_market.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.hpp"
#include "calendar/expiry.hpp"
#include "sim/bridge.hpp"
#include "sim/chain_files.hpp"

namespace v6 {
namespace {

using namespace literals;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const std::filesystem::path kChains = std::string{V6_DATA} + "/spx-eod-2019";

Instant new_york(Date day, int hour, int minute = 0) {
  return new_york_instant(day, hours{hour} + minutes{minute});
}

/// Official closes of SPX and VIX around the tests' days (data/spx-eod-2019/manifest.csv; 10 May
/// from data/reference).
MarketHistory history() {
  MarketHistory facts;
  facts.calendar.holidays_source = {
      .name = "test", .first = date(2019, 1, 1), .last = date(2019, 12, 31)};
  facts.calendar.holidays = {
      {date(2019, 5, 27), {}}, {date(2019, 7, 3), hours{13}}, {date(2019, 7, 4), {}}};
  const std::map<Date, std::pair<double, double>> levels = {
      {date(2019, 5, 3), {2945.64, 12.87}},  {date(2019, 5, 6), {2932.47, 15.44}},
      {date(2019, 5, 7), {2884.05, 19.32}},  {date(2019, 5, 8), {2879.42, 19.40}},
      {date(2019, 5, 9), {2870.72, 19.10}},  {date(2019, 5, 10), {2881.40, 16.04}},
      {date(2019, 5, 13), {2811.87, 20.55}}, {date(2019, 5, 14), {2834.41, 18.06}}};
  // Days before and after, so that every session of the folder has a close.
  for (Date day = date(2019, 1, 2); day < date(2019, 7, 10); day += std::chrono::days{1}) {
    const auto known = levels.find(day);
    const std::chrono::weekday weekday{day};
    if (weekday == std::chrono::Saturday || weekday == std::chrono::Sunday) { continue; }
    facts.closes.emplace_back(day, known == levels.end() ? 2900 : known->second.first);
    facts.vix.emplace_back(day, known == levels.end() ? 15 : known->second.second);
  }
  YieldCurve curve;
  curve.percent = {2.43, 2.43, 2.45, 2.38, 2.3};
  facts.yields.emplace_back(date(2019, 1, 2), curve);
  return facts;
}

std::unique_ptr<SessionMarket> market_at(Instant start, std::uint64_t seed = 1) {
  return make_snapshot_market(
      {.chains = kChains, .underlying = "SPX"_sym, .start = start, .seed = seed}, history());
}

const Listing& option(const SessionMarket& market, Date expiry, double strike, OptionRight right) {
  const Listing* found =
      market.find(con_id_of("SPXW"_sym, expiry, Price::from_dollars(strike).value(), right));
  EXPECT_NE(found, nullptr);
  return *found;
}

ParsedDay file_of(Date day) {
  const Calendar calendar{history().calendar};
  return parse_chain_file(list_chain_files(kChains, "SPX"_sym, day, day, calendar).front(),
                          "SPX"_sym);
}

TEST(SnapshotMarket, QuotesAtTheSnapshotAreTheFiles) {
  for (const Date day : {date(2019, 5, 7), date(2019, 7, 3)}) {
    SCOPED_TRACE(iso(day));
    const bool early = day == date(2019, 7, 3);
    const auto market = market_at(new_york(day, early ? 11 : 14));
    market->advance(new_york(day, early ? 12 : 15, 45));
    const ParsedDay file = file_of(day);
    EXPECT_EQ(market->spot(), file.spot);
    std::size_t compared = 0;
    for (std::size_t row = 0; row < file.contracts.size(); row += 37) {
      const Contract contract = file.contracts[row].contract();
      const Listing* listing =
          market->find(con_id_of(contract.root, contract.expiry, contract.strike, contract.right));
      ASSERT_NE(listing, nullptr) << contract.text();
      if (listing->last_trade_day < day) { continue; }
      const MarketQuote quote = market->quote(*listing);
      EXPECT_EQ(quote.bid, file.chain.quote(row).bid) << contract.text();
      EXPECT_EQ(quote.ask, file.chain.quote(row).ask) << contract.text();
      EXPECT_EQ(quote.volume, file.chain.volume[row]) << contract.text();
      EXPECT_EQ(quote.open_interest, file.chain.open_interest[row]) << contract.text();
      ++compared;
    }
    EXPECT_GT(compared, 300u);
  }
}

TEST(SnapshotMarket, AFrozenMarketStandsAtTheFirstSnapshot) {
  const auto market = make_snapshot_market({.chains = kChains,
                                            .underlying = "SPX"_sym,
                                            .start = new_york(date(2019, 5, 7), 9, 20),
                                            .frozen = true},
                                           history());
  EXPECT_EQ(market->instant(), new_york(date(2019, 5, 7), 15, 45));
  market->advance(new_york(date(2019, 5, 9), 12));
  EXPECT_EQ(market->instant(), new_york(date(2019, 5, 7), 15, 45));
  EXPECT_EQ(market->spot(), Price::cents(287201));
  EXPECT_TRUE(market->is_open(option(*market, date(2019, 6, 5), 2850, OptionRight::kPut)));
}

TEST(SnapshotMarket, TheSpotMeetsTheOfficialCloseAndStandsOvernight) {
  const auto market = market_at(new_york(date(2019, 5, 7), 15, 50));
  for (const auto& [at, level] : {std::pair{new_york(date(2019, 5, 7), 16), 288405},
                                  std::pair{new_york(date(2019, 5, 7), 16, 10), 288405},
                                  std::pair{new_york(date(2019, 5, 8), 9, 29), 288405},
                                  std::pair{new_york(date(2019, 5, 8), 15, 45), 288976},
                                  std::pair{new_york(date(2019, 5, 8), 18), 287942},
                                  // No chain on the 10th, but a close.
                                  std::pair{new_york(date(2019, 5, 10), 16), 288140},
                                  std::pair{new_york(date(2019, 5, 12), 12), 288140}}) {
    market->advance(at);
    EXPECT_EQ(market->spot(), Price::cents(level)) << iso(at);
  }
}

TEST(SnapshotMarket, OvernightTheSpotJumps) {
  int jumps = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto market = market_at(new_york(date(2019, 5, 8), 9, 30), seed);
    jumps += market->spot() != Price::cents(288405);
  }
  EXPECT_GE(jumps, 19);
}

TEST(SnapshotMarket, QuotesDependOnSeedAndTimeOnly) {
  const Date expiry = date(2019, 6, 5);
  const Instant at = new_york(date(2019, 5, 8), 11, 3) + seconds{17};
  const auto walked = market_at(new_york(date(2019, 5, 6), 10));
  for (Instant step = walked->instant(); step < at; step += minutes{47}) { walked->advance(step); }
  walked->advance(at);
  const auto direct = market_at(at);
  const auto other = market_at(at, 2);
  bool differs = false;
  for (const double strike : {2700.0, 2800.0, 2850.0, 2900.0, 3000.0}) {
    for (const OptionRight right : {OptionRight::kCall, OptionRight::kPut}) {
      const MarketQuote a = walked->quote(option(*walked, expiry, strike, right));
      const MarketQuote b = direct->quote(option(*direct, expiry, strike, right));
      EXPECT_EQ(a.bid, b.bid);
      EXPECT_EQ(a.ask, b.ask);
      EXPECT_EQ(a.bid_size, b.bid_size);
      EXPECT_EQ(a.last, b.last);
      EXPECT_EQ(a.model->iv, b.model->iv);
      differs |= a.bid != other->quote(option(*other, expiry, strike, right)).bid;
    }
  }
  EXPECT_TRUE(differs);
}

TEST(SnapshotMarket, QuotesAreLegalAndNeverCrossed) {
  const auto market = market_at(new_york(date(2019, 5, 7), 9, 30));
  for (int step = 0; step < 40; ++step) {
    market->advance(market->instant() + minutes{13} + seconds{7});
    const auto& listed = market->listed();
    for (std::size_t i = 2 + static_cast<std::size_t>(step); i < listed.size(); i += 211) {
      const MarketQuote quote = market->quote(*listed[i]);
      if (!quote.two_sided()) { continue; }
      ASSERT_LT(*quote.bid, *quote.ask) << listed[i]->local_symbol();
      ASSERT_EQ(quote.bid->raw() % listed[i]->tick(*quote.bid).raw(), 0);
      ASSERT_EQ(quote.ask->raw() % listed[i]->tick(*quote.ask).raw(), 0);
      if (quote.last) {
        EXPECT_GT(*quote.last, Price{});
        EXPECT_LE(quote.last_at, market->instant());
      }
    }
  }
}

/// Out of the money and a month away, a quote has nowhere to jump to but where its volatility and
/// the spot lead.
TEST(SnapshotMarket, QuotesMoveSmoothlyIntoTheSnapshot) {
  const auto market = market_at(new_york(date(2019, 5, 8), 15, 40));
  const Listing& put = option(*market, date(2019, 6, 5), 2800, OptionRight::kPut);
  const MarketQuote before = market->quote(put);
  market->advance(new_york(date(2019, 5, 8), 15, 45));
  const MarketQuote after = market->quote(put);
  ASSERT_TRUE(before.model && after.model);
  EXPECT_NEAR(before.model->iv, after.model->iv, 0.002);
  EXPECT_NEAR(after.model->price, (after.bid->dollars() + after.ask->dollars()) / 2, 1e-6);
  EXPECT_LT(after.bid_model->iv, after.model->iv);
  EXPECT_LT(after.model->iv, after.ask_model->iv);
  EXPECT_LT(after.model->delta, 0);
  EXPECT_LT(after.model->theta, 0);
}

/// Put-call parity holds between snapshots too: both sides follow one forward.
TEST(SnapshotMarket, ParityHoldsBetweenSnapshots) {
  const auto market = market_at(new_york(date(2019, 5, 8), 12, 17));
  for (const double strike : {2800.0, 2850.0, 2875.0, 2900.0, 2950.0}) {
    const auto call = market->quote(option(*market, date(2019, 6, 5), strike, OptionRight::kCall));
    const auto put = market->quote(option(*market, date(2019, 6, 5), strike, OptionRight::kPut));
    const double forward = strike + (call.model->price - put.model->price) / 0.998;
    EXPECT_NEAR(forward, market->spot().dollars(), 8) << strike;
  }
}

/// The calculators speak of the same model as the quotes.
TEST(SnapshotMarket, CalculatorsInvertEachOther) {
  const auto market = market_at(new_york(date(2019, 5, 8), 12, 17));
  const Listing& put = option(*market, date(2019, 6, 5), 2800, OptionRight::kPut);
  const ModelValues model = market->quote(put).model.value();
  const auto priced = market->model_at(put, 0.22, 2880);
  ASSERT_TRUE(priced);
  EXPECT_NEAR(market->volatility_at(put, priced->price, 2880).value(), 0.22, 1e-9);
  const auto same = market->model_at(put, model.iv, model.underlying);
  EXPECT_NEAR(same->price, model.price, 0.01);
  EXPECT_NEAR(same->delta, model.delta, 1e-12);
  EXPECT_FALSE(market->volatility_at(put, 0, 2880));
}

TEST(SnapshotMarket, AStartOutsideTheFolderIsRefused) {
  for (const Date day : {date(2019, 4, 24), date(2019, 7, 5)}) {
    EXPECT_THROW(static_cast<void>(market_at(new_york(day, 10))), Failure) << iso(day);
  }
  // No chain on the 10th: a market can run through that day, not stand at its snapshot.
  EXPECT_THROW(static_cast<void>(make_snapshot_market({.chains = kChains,
                                                       .underlying = "SPX"_sym,
                                                       .start = new_york(date(2019, 5, 10), 10),
                                                       .frozen = true},
                                                      history())),
               Failure);
}

TEST(SnapshotMarket, ContractsKeepTheirNumbers) {
  // Fixed for good: what clients stored stays valid.
  EXPECT_EQ(con_id_of("SPX"_sym), 700'000'001);
  EXPECT_EQ(con_id_of("VIX"_sym), 700'000'002);
  const auto market = market_at(new_york(date(2019, 5, 7), 9, 20));
  std::map<ConId, const Listing*> seen;
  for (const Listing* listing : market->listed()) {
    EXPECT_GE(listing->con_id, 700'000'000);
    EXPECT_TRUE(seen.emplace(listing->con_id, listing).second) << listing->local_symbol();
    EXPECT_EQ(market->find(listing->con_id), listing);
  }
  EXPECT_GT(seen.size(), 6'000u);
  EXPECT_EQ(option(*market, date(2019, 6, 21), 2750, OptionRight::kPut).local_symbol(),
            "SPXW  190621P02750000");
}

RC_GTEST_PROP(ConIds, NoTwoContractsShareOne, ()) {
  struct Place {
    int root, day, step, right;
    auto operator<=>(const Place&) const = default;
  };
  const auto any = [] {
    return Place{*rc::gen::inRange(0, 3), *rc::gen::inRange(0, 8192), *rc::gen::inRange(0, 9600),
                 *rc::gen::inRange(0, 2)};
  };
  const auto number = [](const Place& place) {
    const Symbol roots[] = {"SPX"_sym, "SPXW"_sym, "GOOG"_sym};
    const Price step = place.root == 2 ? Price::cents(50) : Price::cents(500);
    return con_id_of(roots[place.root], date(2010, 1, 1) + std::chrono::days{place.day},
                     step * place.step, place.right == 0 ? OptionRight::kCall : OptionRight::kPut);
  };
  const Place a = any();
  const Place b = any();
  RC_ASSERT((number(a) == number(b)) == (a == b));
  RC_ASSERT(number(a) >= 700'000'000);
}

TEST(SnapshotMarket, PmSeriesSettleOnTheOfficialClose) {
  const auto market = market_at(new_york(date(2019, 5, 8), 15, 30));
  const Listing& expiring = option(*market, date(2019, 5, 8), 2880, OptionRight::kCall);
  EXPECT_FALSE(market->settlement(expiring));
  EXPECT_TRUE(market->is_open(expiring));
  market->advance(new_york(date(2019, 5, 8), 16));
  EXPECT_FALSE(market->is_open(expiring));
  EXPECT_FALSE(market->quote(expiring).two_sided());
  EXPECT_EQ(market->settlement(expiring), Price::cents(287942));
}

TEST(SnapshotMarket, HoursAndNextOpen) {
  const auto market = market_at(new_york(date(2019, 5, 7), 9, 20));
  const Listing& put = option(*market, date(2019, 6, 5), 2800, OptionRight::kPut);
  EXPECT_FALSE(market->is_open(put));
  EXPECT_EQ(market->next_open(put), new_york(date(2019, 5, 7), 9, 30));
  market->advance(new_york(date(2019, 5, 7), 16, 14));
  EXPECT_TRUE(market->is_open(put));
  EXPECT_FALSE(market->is_open(market->underlying()));
  market->advance(new_york(date(2019, 5, 10), 17));
  EXPECT_FALSE(market->is_open(put));
  EXPECT_EQ(market->next_open(put), new_york(date(2019, 5, 13), 9, 30));
  EXPECT_TRUE(market->quote(put).two_sided());  // the session's last
}

TEST(SnapshotMarket, BarsAreThoseOfFinishedDays) {
  const auto market = market_at(new_york(date(2019, 5, 8), 12));
  const auto bars = market->daily_bars(market->underlying(), date(2019, 5, 6), date(2019, 5, 20));
  ASSERT_EQ(bars.size(), 2u);
  EXPECT_EQ(bars.back().date, date(2019, 5, 7));
  EXPECT_EQ(bars.back().close, 2884.05);
  const Listing& vix = *market->find(con_id_of("VIX"_sym));
  EXPECT_EQ(market->daily_bars(vix, date(2019, 5, 7), date(2019, 5, 7)).front().close, 19.32);
}

TEST(SnapshotMarket, VixMovesBetweenItsCloses) {
  const auto market = market_at(new_york(date(2019, 5, 7), 9, 20));
  const Listing& vix = *market->find(con_id_of("VIX"_sym));
  EXPECT_EQ(market->quote(vix).last, Price::cents(1544));
  market->advance(new_york(date(2019, 5, 7), 12));
  const MarketQuote noon = market->quote(vix);
  EXPECT_NE(noon.last, Price::cents(1544));
  EXPECT_LE(*noon.low, *noon.last);
  EXPECT_GE(*noon.high, *noon.last);
  market->advance(new_york(date(2019, 5, 7), 16, 15));
  EXPECT_EQ(market->quote(vix).last, Price::cents(1932));
}

TEST(Bridge, StandsOnItsBanksWithTheVarianceOfOne) {
  constexpr std::int64_t kLength = 1'000;
  double squares = 0;
  constexpr int kSeeds = 4'000;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    EXPECT_EQ(bridge(seed, 0, kLength), 0);
    EXPECT_EQ(bridge(seed, kLength, kLength), 0);
    const double value = bridge(seed, 300, kLength);
    squares += value * value;
  }
  // Variance t (T - t) / T.
  EXPECT_NEAR(squares / kSeeds, 210, 210 * 4 * std::sqrt(2.0 / kSeeds));
}

}  // namespace
}  // namespace v6
