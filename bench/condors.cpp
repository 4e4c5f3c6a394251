#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bench/kit.hpp"
#include "bench/spy_chain.hpp"
#include "bench/yardstick/quantlib.hpp"
#include "cli/market_day.hpp"
#include "strategy/chain_refresh.hpp"
#include "strategy/strategy_test_kit.hpp"

/// PERF-8 as the product does it: a recorded chain brought up to date by `ChainRefresh` (quotes
/// decoded; volatilities of bid, mid and ask, smiles and Greeks of every contract; every condor
/// inside the settings' windows scored in every expiry, the best ones chosen), against the time
/// QuantLib takes for one implied volatility of each mid. Beside it the same with the windows wide
/// open, which makes some 280 condors a contract.
namespace v6::bench {
namespace {

using namespace literals;

constexpr Date kDay = date(2019, 5, 6);

StrategySettings wide_settings() {
  StrategySettings settings;
  settings.condor.normal = {.least = 0.06, .most = 0.40, .target = 0.22};
  settings.condor.sides_within = 0.5;
  settings.condor.width = {.least = 0.004, .most = 0.05};
  return settings;
}

/// Every quote of the chain once, in random order, as the refresh reads them.
std::vector<std::byte> shuffled_stream(const Chain& chain, Dice& dice) {
  std::vector<std::uint32_t> rows(chain.size());
  for (std::uint32_t i = 0; i < rows.size(); ++i) { rows[i] = i; }
  dice.shuffle(rows);
  std::vector<std::byte> stream;
  const auto put = [&](std::uint32_t value) {
    for (unsigned shift = 0; shift < 32; shift += 8) {
      stream.push_back(static_cast<std::byte>(value >> shift));
    }
  };
  for (const std::uint32_t row : rows) {
    put(row);
    put(static_cast<std::uint32_t>(chain.bid[row]));
    put(static_cast<std::uint32_t>(chain.ask[row]));
  }
  return stream;
}

struct Desk {
  Desk(std::uint64_t seed, const StrategySettings& windows) : settings{windows} {
    Dice dice{seed};
    stream = shuffled_stream(day.view().chain(), dice);
  }

  std::span<const RefreshedExpiry> run() {
    taken_in = refresh.take(stream).value_or(0);
    refresh.value(day.view().spot());
    return refresh.search(terms);
  }
  /// A number that depends on every expiry.
  double score() {
    double total = 0;
    for (const RefreshedExpiry& expiry : run()) { total += expiry.best ? expiry.best->score : 0; }
    return total;
  }

  Reference reference = read_reference(V6_DATA "/reference");
  MarketDay day{V6_DATA "/spx-eod-2019", "SPX"_sym, kDay, reference};
  ChainRefresh refresh{day.view(), day.master(), "SPXW"_sym};
  std::vector<std::byte> stream;
  std::size_t taken_in = 0;
  StrategySettings settings;
  FeeSchedule fees;
  Factors factors{.outlook = Outlook::kNeutral, .realised_20 = 0.14, .realised_252 = 0.16};
  std::set<ContractId> taken;
  RefreshTerms terms{.settings = &settings,
                     .fees = &fees,
                     .factors = &factors,
                     .query = {.kind = StructureKind::kIronCondor,
                               .level = IvLevel::kNormal,
                               .taken = &taken,
                               .room = strategy_test::plenty()},
                     .book = {.dollar_delta = 0, .limit = 200'000}};
};

/// The mids as QuantLib is asked for them.
struct Mid {
  bool call;
  double price, forward, strike, years, discount, ours;
};

std::vector<Mid> mids_of(const Desk& desk) {
  std::vector<Mid> mids;
  std::size_t expiry = 0;
  for (const ExpirySlice* slice : desk.day.view().expiries("SPXW"_sym)) {
    const Surface* surface = desk.day.view().surface(*slice);
    if (surface == nullptr) { continue; }
    for (const OptionRight right : {OptionRight::kPut, OptionRight::kCall}) {
      const RefreshedSide& side = desk.refresh.side(expiry, right);
      for (std::size_t i = 0; i < side.legs.size(); ++i) {
        mids.push_back({.call = right == OptionRight::kCall,
                        .price = side.mids[i],
                        .forward = surface->forward.forward,
                        .strike = side.legs.strike(i).dollars(),
                        .years = slice->years,
                        .discount = surface->forward.discount,
                        .ours = side.mid_volatilities[i]});
      }
    }
    ++expiry;
  }
  return mids;
}

std::uint64_t condors(Desk& desk) {
  std::uint64_t examined = 0;
  for (const RefreshedExpiry& expiry : desk.run()) { examined += expiry.count.examined; }
  return examined;
}

double quantlib(const Mid& mid) {
  return quantlib_implied_volatility(mid.call, mid.price, mid.forward, mid.strike, mid.years,
                                     mid.discount);
}

void prepare(std::uint64_t seed, Accuracy& accuracy) {
  const auto desk = std::make_shared<Desk>(seed, StrategySettings{});
  const auto wide = std::make_shared<Desk>(seed, wide_settings());
  benchmark::AddCustomContext("condors", std::to_string(condors(*desk)));
  benchmark::AddCustomContext("condors, windows wide open", std::to_string(condors(*wide)));
  const auto mids = std::make_shared<std::vector<Mid>>(mids_of(*desk));
  Largest worst;
  for (const Mid& mid : *mids) {
    const double theirs = quantlib(mid);
    // Deep in the money QuantLib's twelve digits of price say little of the volatility.
    const bool out = mid.call == (mid.strike > mid.forward);
    if (out && !std::isnan(theirs) && !std::isnan(mid.ours)) {
      worst.add(std::abs(theirs - mid.ours));
    }
  }
  accuracy.at_most("PERF-8", "quotes not taken", 0,
                   static_cast<double>(desk->day.view().chain().size() - desk->taken_in));
  accuracy.at_most("PERF-8", "volatility off QuantLib's, out of the money", 1e-6, worst.value());
  const std::size_t contracts = desk->refresh.contracts();
  for (const Path path : usable_paths()) {
    measure(on_path("PERF-8", path), contracts, [desk] { return desk->score(); }, path);
  }
  measure("wide", contracts, [wide] { return wide->score(); });
  const auto step = [&](const std::string& name, auto work) {
    measure("step/" + name, contracts, [desk, work] { return work(*desk); });
  };
  step("decode", [](Desk& d) { return static_cast<double>(d.refresh.take(d.stream).value_or(0)); });
  step("value", [](Desk& d) {
    d.refresh.value(d.day.view().spot());
    return d.refresh.side(0, OptionRight::kPut).mid_volatilities.front();
  });
  step("search", [](Desk& d) { return d.refresh.search(d.terms).front().best ? 1.0 : 0.0; });
  measure("yardstick/quantlib", mids->size(), [mids] {
    double total = 0;
    for (const Mid& mid : *mids) { total += quantlib(mid); }
    return total;
  });
}

}  // namespace
}  // namespace v6::bench

int main(int argc, char** argv) { return v6::bench::run(argc, argv, v6::bench::prepare); }
