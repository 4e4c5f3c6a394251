#include "strategy/candidate_builder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace v6 {
namespace {

int sign_of(bool sold) { return sold ? -1 : 1; }

}  // namespace

UnitPrice Vertical::unit() const {
  UnitPrice unit;
  unit.add(*sold, -1);
  unit.add(*bought, 1);
  return unit;
}

LegQuote QuoteSource::quote(std::uint32_t place) const {
  if (chain == nullptr) { return quotes[place]; }
  return quote_of(*chain, place, at, kind);
}

CandidateBuilder::CandidateBuilder(const InstrumentMaster& master, const Pricer& pricer,
                                   const CandidateQuery& query, SearchMemory& memory)
    : master_{&master},
      pricer_{&pricer},
      query_{&query},
      memory_{&memory},
      windows_{windows_for(*pricer.settings, query.kind, query.level)},
      most_worst_case_{std::min(
          {query.room.structure_worst_case, query.room.symbol_left, query.room.book_left})} {}

bool CandidateBuilder::sells(double delta) const { return holds(windows_.sold, std::fabs(delta)); }
bool CandidateBuilder::buys(double delta) const {
  return !windows_.bought || holds(*windows_.bought, std::fabs(delta));
}

/// The width of a vertical whose long leg lies on the proper side and at a proper distance.
std::optional<Price> CandidateBuilder::suits(const LegTable& legs, std::size_t sold,
                                             std::size_t bought) const {
  const bool long_is_lower = (legs.right() == OptionRight::kPut) == is_credit(query_->kind);
  const Price apart = long_is_lower ? legs.strike(sold) - legs.strike(bought)
                                    : legs.strike(bought) - legs.strike(sold);
  const double fraction = apart.dollars() / pricer_->spot;
  if (!holds(windows_.width, fraction)) { return std::nullopt; }
  return apart;
}

void CandidateBuilder::find_pairs(SearchSide& side) const {
  const LegTable& legs = side.legs;
  side.pairs.clear();
  side.slots.assign(legs.size(), -1);
  // Strikes that no width reaches are passed over by their distance alone, a step to spare.
  const double reach = (windows_.width.most + 0.001) * pricer_->spot;
  const StrategySettings& s = *pricer_->settings;
  const auto sane = [&](std::uint32_t leg) {
    const double strike = legs.strike(leg).dollars();
    return strike >= s.least_strike * pricer_->spot && strike <= s.most_strike * pricer_->spot;
  };
  for (std::uint32_t sold = 0; sold < legs.size(); ++sold) {
    if (!sells(legs.delta(sold)) || !sane(sold)) { continue; }
    const double strike = legs.strike(sold).dollars();
    for (std::uint32_t bought = legs.first_from(strike - reach); bought < legs.size(); ++bought) {
      if (legs.ascending() && legs.strike(bought).dollars() > strike + reach) { break; }
      if (sold == bought || !sane(bought) || !buys(legs.delta(bought))) { continue; }
      if (!suits(legs, sold, bought)) { continue; }
      side.pairs.emplace_back(sold, bought);
      side.slots[sold] = side.slots[bought] = 0;
    }
  }
}

/// Prices the legs that some pair wants, in the order of the table.
void CandidateBuilder::price_legs(SearchSide& side, const QuoteSource& source) const {
  const LegTable& legs = side.legs;
  auto& forecasts = side.forecasts;
  side.priced.clear();
  forecasts.strikes.clear();
  forecasts.volatilities.clear();
  for (std::uint32_t i = 0; i < legs.size(); ++i) {
    if (side.slots[i] < 0) { continue; }
    side.slots[i] = static_cast<std::int32_t>(side.priced.size());
    const LegQuote quote = source.quote(legs.place(i));
    PricedLeg leg = pricer_->quoted_leg(quote, (*master_)[quote.contract]);
    const Greeks greeks = legs.greeks(i);
    leg.volatility = legs.volatility(i);
    leg.delta = greeks.delta;
    leg.gamma = greeks.gamma;
    leg.theta = greeks.theta;
    leg.vega = greeks.vega;
    leg.fair = legs.price(i);
    side.priced.push_back(leg);
    forecasts.strikes.push_back(leg.strike);
    forecasts.volatilities.push_back(legs.smile_volatility(i));
  }
  forecasts.rights.assign(side.priced.size(), legs.right());
  for (auto& column : forecasts.values) { column.resize(side.priced.size()); }
  pricer_->forecast.values({.rights = forecasts.rights, .strikes = forecasts.strikes},
                           forecasts.volatilities,
                           {.prices = forecasts.values[0],
                            .deltas = forecasts.values[1],
                            .gammas = forecasts.values[2],
                            .thetas = forecasts.values[3],
                            .vegas = forecasts.values[4],
                            .rhos = forecasts.values[5]});
  for (std::size_t i = 0; i < side.priced.size(); ++i) {
    pricer_->expect(side.priced[i], forecasts.values[0][i]);
  }
}

/// The gates that one leg alone can fail.
bool CandidateBuilder::leg_passes(const PricedLeg& leg) {
  const StrategySettings& s = *pricer_->settings;
  const Quote& quote = leg.quote.quote;
  const double allowed = std::max(s.liquidity.width_floor, s.liquidity.width_of_mid * leg.mid);
  const bool two_sided = quote.usable() && quote.bid > Price{};
  const bool enough =
      leg.quote.open_interest >= static_cast<std::uint32_t>(s.liquidity.least_open_interest);
  const double width = quote.width().dollars() / allowed;
  const bool liquid =
      tally_.liquidity.judge(width, two_sided && enough ? 1.0 - width + kWindowEdge : -1.0);
  if (!liquid) { return false; }
  double apart = 0;
  if (leg.quote.broker_delta) {
    apart = std::fabs(*leg.quote.broker_delta - leg.delta) / s.delta_tolerance;
  }
  if (leg.quote.broker_iv) {
    apart = std::max(apart, std::fabs(*leg.quote.broker_iv - leg.volatility) / s.iv_tolerance);
  }
  const bool agrees = tally_.model.judge(apart, 1.0 - apart);
  const bool known_to_broker = leg.quote.broker_delta && leg.quote.broker_iv;
  models_compared_ += known_to_broker ? 1 : 0;
  return agrees;
}

/// Verticals of one right whose legs pass alone. Only legs that some pair wants are judged, so that
/// the tally speaks of those.
void CandidateBuilder::find_verticals(SearchSide& side, const QuoteSource& source) {
  find_pairs(side);
  price_legs(side, source);
  side.good.clear();
  for (const PricedLeg& leg : side.priced) { side.good.push_back(leg_passes(leg) ? 1 : 0); }
  side.verticals.clear();
  for (const auto& [sold, bought] : side.pairs) {
    const auto s = static_cast<std::size_t>(side.slots[sold]);
    const auto b = static_cast<std::size_t>(side.slots[bought]);
    if (side.good[s] == 0 || side.good[b] == 0) { continue; }
    side.verticals.push_back({.sold = &side.priced[s],
                              .bought = &side.priced[b],
                              .width = *suits(side.legs, sold, bought)});
  }
  // Strikes inside the windows there were, but a leg of each failed a gate of its own.
  if (side.verticals.empty() && !side.pairs.empty()) { legs_to_blame_ = true; }
}

void CandidateBuilder::search(const QuoteSource& source) {
  SearchSide& puts = memory_->puts;
  SearchSide& calls = memory_->calls;
  find_verticals(puts, source);
  find_verticals(calls, source);
  if (query_->kind == StructureKind::kIronCondor) {
    const std::size_t pairs = puts.verticals.size() * calls.verticals.size();
    if (pairs == 0 || pairs < memory_->least_scanned) {
      every_condor();
    } else {
      scan_condors();
    }
    return;
  }
  for (const SearchSide* side : {&puts, &calls}) {
    for (const Vertical& vertical : side->verticals) {
      ++count_.examined;
      tally_.strikes.judge(1, 0);
      consider(vertical, nullptr);
    }
  }
}

bool CandidateBuilder::sides_alike(const Vertical& put, const Vertical& call) const {
  return !(std::fabs(std::fabs(put.sold->delta) - std::fabs(call.sold->delta)) >
           pricer_->settings->condor.sides_within + kWindowEdge);
}

void CandidateBuilder::every_condor() {
  for (const Vertical& put : memory_->puts.verticals) {
    for (const Vertical& call : memory_->calls.verticals) {
      if (put.sold->contract.strike >= call.sold->contract.strike) { continue; }
      ++count_.examined;
      if (!sides_alike(put, call)) { continue; }
      tally_.strikes.judge(1, 0);
      consider(put, &call);
    }
  }
}

std::array<CandidateBuilder::Greek, 4> CandidateBuilder::greeks() const {
  const Room& room = query_->room;
  const double shares = pricer_->multiplier.raw();
  const double spot = pricer_->spot;
  return {{{room.delta, shares * spot * pricer_->beta, &PricedLeg::delta},
           {room.gamma, spot / 100.0 * shares * spot, &PricedLeg::gamma},
           {room.vega, shares, &PricedLeg::vega},
           {room.theta, shares, &PricedLeg::theta}}};
}

/// Judges one finished combination and keeps it if it is the best so far.
void CandidateBuilder::consider(const Vertical& first, const Vertical* second) {
  const UnitPrice unit = second != nullptr ? first.unit() + second->unit() : first.unit();
  const Price width = second != nullptr ? std::max(first.width, second->width) : first.width;
  const UnitMetrics metrics = metrics_of(*pricer_, query_->kind, unit, width);
  const bool credit = is_credit(query_->kind);
  if (!tally_.credit.judge(metrics.credit_fraction,
                           credit ? metrics.credit_fraction - windows_.credit_limit
                                  : windows_.credit_limit - metrics.credit_fraction)) {
    return;
  }
  const LegList legs{first.sold, first.bought, second != nullptr ? second->sold : nullptr,
                     second != nullptr ? second->bought : nullptr};
  const int held = overlap(legs);
  if (!tally_.overlap.judge(held, -held)) { return; }
  const double use = use_of(unit);
  if (!tally_.greeks.judge(use, 1.0 - use)) { return; }
  const double worst = metrics.worst_case.dollars();
  if (!tally_.worst_case.judge(worst, most_worst_case_.dollars() - worst)) { return; }
  ++count_.passed;
  rank(legs, unit, metrics);
}

/// Share of the tightest Greek limit that the book with this unit uses.
double CandidateBuilder::use_of(const UnitPrice& unit) const {
  const Room& room = query_->room;
  const double shares = pricer_->multiplier.raw();
  const double spot = pricer_->spot;
  const auto use = [](const Room::Greek& greek, double more) {
    return greek.limit > 0 ? std::fabs(greek.now + more) / greek.limit
                           : std::numeric_limits<double>::infinity();
  };
  return std::max({use(room.delta, unit.delta * shares * spot * pricer_->beta),
                   use(room.gamma, unit.gamma * spot / 100.0 * shares * spot),
                   use(room.vega, unit.vega * shares), use(room.theta, unit.theta * shares)});
}

int CandidateBuilder::overlap(const LegList& legs) const {
  return static_cast<int>(std::ranges::count_if(legs, [&](const PricedLeg* leg) {
    return leg != nullptr && query_->taken->contains(leg->quote.contract);
  }));
}

void CandidateBuilder::rank(const LegList& legs, const UnitPrice& unit,
                            const UnitMetrics& metrics) {
  Score score = score_of(*pricer_, query_->kind, unit, metrics);
  // The chance is dear to work out; without hope of winning it is not needed.
  if (best_ && score.total + pricer_->settings->score.chance < best_->total) { return; }
  score = with_chance(*pricer_, score,
                      profit_chance(*pricer_, query_->kind, legs, metrics.expected_price));
  const Best found{.total = score.total,
                   .edge = metrics.expected_value / metrics.worst_case.dollars(),
                   .off_target = off_target(legs),
                   .legs = legs};
  if (!best_ || better(found, *best_)) { best_ = found; }
}

double CandidateBuilder::off_target(const LegList& legs) const {
  double sum = 0;
  for (std::size_t i = 0; i < legs.size() && legs[i] != nullptr; i += 2) {
    sum += std::fabs(std::fabs(legs[i]->delta) - windows_.sold.target);
    if (windows_.bought) {
      sum += std::fabs(std::fabs(legs[i + 1]->delta) - windows_.bought->target);
    }
  }
  return sum;
}

bool CandidateBuilder::better(const Best& a, const Best& b) {
  if (a.total != b.total) { return a.total > b.total; }
  if (a.edge != b.edge) { return a.edge > b.edge; }
  if (a.off_target != b.off_target) { return a.off_target < b.off_target; }
  // One expiry only, so strikes decide; leg by leg they differ somewhere.
  return std::ranges::lexicographical_compare(
      a.legs, b.legs, [](const PricedLeg* x, const PricedLeg* y) {
        if (x == nullptr || y == nullptr) { return false; }
        return std::tie(x->contract.expiry, x->contract.strike) <
               std::tie(y->contract.expiry, y->contract.strike);
      });
}

Search CandidateBuilder::finish() const {
  Search search{.count = count_};
  Waterfall& lines = search.waterfall;
  const bool nothing_built = tally_.strikes.reached() == 0;
  const auto leg_line = [&](const GateTally& tally, std::string_view name, std::string_view unit) {
    return nothing_built && legs_to_blame_ && tally.any_missed()
               ? tally.needed(name, 1, unit, "legs")
               : tally.check(name, 1, unit, "legs");
  };
  lines.push_back(leg_line(tally_.liquidity, "liquidity", "quote width / allowed"));
  lines.push_back(tally_.strikes.check("strikes", 1, "combinations", "combinations"));
  if (nothing_built && !legs_to_blame_) {
    lines.back() = gate_at_least({.name = "strikes",
                                  .measured = 0,
                                  .limit = 1,
                                  .unit = "combinations",
                                  .detail = "no combination inside the delta and width windows"});
  }
  lines.push_back(
      tally_.credit.check("credit", windows_.credit_limit, "fraction of width", "combinations"));
  lines.push_back(tally_.overlap.check("overlap", 0, "contracts held already", "combinations"));
  lines.push_back(leg_line(tally_.model, "greeks", "gap to the broker / allowed"));
  if (models_compared_ == 0 && tally_.model.reached() > 0) {
    lines.back().detail = "no broker Greeks to compare with; own model only";
  }
  lines.push_back(tally_.greeks.check("greeks", 1, "use of the tightest limit", "combinations"));
  lines.push_back(tally_.worst_case.check("worst_case", most_worst_case_.dollars(),
                                          "dollars a unit", "combinations"));
  if (best_) {
    Legs legs;
    std::vector<const PricedLeg*> priced;
    for (const PricedLeg* leg : best_->legs) {
      if (leg == nullptr) { break; }
      // Legs stand as sold, bought, sold, bought.
      legs.push_back({leg->quote.contract, sign_of(priced.size() % 2 == 0)});
      priced.push_back(leg);
    }
    search.best = price_candidate(*pricer_, query_->kind, legs, priced);
    search.count.best_score = search.best->score.total;
  }
  return search;
}

}  // namespace v6
