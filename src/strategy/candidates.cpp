#include "strategy/candidates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <tuple>

#include "strategy/windows.hpp"

namespace v6 {
namespace {

/// Counts what reached a gate and what passed, and remembers the value that came nearest.
class GateTally {
 public:
  /// `margin` is positive by how much it passes.
  bool judge(double measured, double margin) {
    ++reached_;
    const bool passes = margin >= 0;
    passed_ += passes ? 1 : 0;
    Nearest& nearest = passes ? best_ : miss_;
    if (margin > nearest.margin) { nearest = {.margin = margin, .measured = measured}; }
    return passes;
  }
  [[nodiscard]] int reached() const { return reached_; }
  [[nodiscard]] bool any_missed() const { return passed_ < reached_; }

  /// The waterfall line: what came nearest, and how many got through.
  [[nodiscard]] Check check(std::string_view name, double limit, std::string_view unit,
                            std::string_view what) const {
    if (reached_ == 0) { return gate_skipped(name, "nothing reached this gate"); }
    return line(name, limit, unit, what, passed_ > 0 ? Verdict::kPass : Verdict::kRefuse);
  }
  /// The same where those that missed were needed: without them nothing could be built.
  [[nodiscard]] Check needed(std::string_view name, double limit, std::string_view unit,
                             std::string_view what) const {
    return line(name, limit, unit, what, Verdict::kRefuse);
  }

 private:
  struct Nearest {
    double margin = -std::numeric_limits<double>::infinity();
    double measured = 0;
  };
  [[nodiscard]] Check line(std::string_view name, double limit, std::string_view unit,
                           std::string_view what, Verdict verdict) const {
    const bool passes = verdict == Verdict::kPass;
    const Nearest& shown = passes ? best_ : miss_;
    return make_check({.name = name,
                       .measured = shown.measured,
                       .limit = limit,
                       .unit = unit,
                       .detail = fmt::format("{} of {} {} pass; the {} is shown", passed_, reached_,
                                             what, passes ? "best" : "nearest miss")},
                      CheckKind::kGate, verdict, shown.margin);
  }

  int reached_ = 0;
  int passed_ = 0;
  Nearest best_;  // of those that pass
  Nearest miss_;  // of those that do not
};

struct Tallies {
  GateTally strikes, liquidity, model, credit, overlap, greeks, worst_case;
};

/// A short and a long of one right: the brick of every structure built here.
struct Vertical {
  const PricedLeg* sold = nullptr;
  const PricedLeg* bought = nullptr;
  UnitPrice unit;
  Price width;
};

class Builder {
 public:
  Builder(const InstrumentMaster& master, const Pricer& pricer, const CandidateQuery& query)
      : master_{&master},
        pricer_{&pricer},
        query_{&query},
        windows_{windows_for(*pricer.settings, query.kind, query.level)} {}

  /// Prices the contract if it may be a leg at all.
  std::optional<PricedLeg> leg(const LegQuote& quote) {
    const Contract contract = (*master_)[quote.contract];
    const StrategySettings& s = *pricer_->settings;
    const double strike = contract.strike.dollars();
    if (strike < s.least_strike * pricer_->spot || strike > s.most_strike * pricer_->spot) {
      return std::nullopt;
    }
    return pricer_->leg(quote, contract);
  }

  /// The gates that one leg alone can fail.
  bool leg_passes(const PricedLeg& leg) {
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

  [[nodiscard]] bool sells(const PricedLeg& leg) const {
    return holds(windows_.sold, std::fabs(leg.delta));
  }
  [[nodiscard]] bool buys(const PricedLeg& leg) const {
    return !windows_.bought || holds(*windows_.bought, std::fabs(leg.delta));
  }

  /// A vertical whose long leg lies on the proper side and at a proper distance.
  [[nodiscard]] std::optional<Vertical> vertical(const PricedLeg& sold,
                                                 const PricedLeg& bought) const {
    const bool put = sold.contract.right == OptionRight::kPut;
    const bool long_is_lower = put == is_credit(query_->kind);
    const Price apart = long_is_lower ? sold.contract.strike - bought.contract.strike
                                      : bought.contract.strike - sold.contract.strike;
    const double fraction = apart.dollars() / pricer_->spot;
    if (!holds(windows_.width, fraction)) { return std::nullopt; }
    Vertical found{.sold = &sold, .bought = &bought, .width = apart};
    found.unit.add(sold, -1);
    found.unit.add(bought, 1);
    return found;
  }

  /// Judges one finished combination and keeps it if it is the best so far.
  void consider(const Vertical& first, const Vertical* second) {
    ++count_.examined;
    if (second != nullptr &&
        std::fabs(std::fabs(first.sold->delta) - std::fabs(second->sold->delta)) >
            pricer_->settings->condor.sides_within + kWindowEdge) {
      return;
    }
    tally_.strikes.judge(1, 0);
    const UnitPrice unit = second != nullptr ? first.unit + second->unit : first.unit;
    const Price width = second != nullptr ? std::max(first.width, second->width) : first.width;
    const UnitMetrics metrics = metrics_of(*pricer_, query_->kind, unit, width);
    const bool credit = is_credit(query_->kind);
    if (!tally_.credit.judge(metrics.credit_fraction,
                             credit ? metrics.credit_fraction - windows_.credit_limit
                                    : windows_.credit_limit - metrics.credit_fraction)) {
      return;
    }
    const auto legs = legs_of(first, second);
    const int held = overlap(legs);
    if (!tally_.overlap.judge(held, -held)) { return; }
    if (!greeks_fit(unit)) { return; }
    const double worst = metrics.worst_case.dollars();
    const Money most = std::min(
        {query_->room.structure_worst_case, query_->room.symbol_left, query_->room.book_left});
    if (!tally_.worst_case.judge(worst, most.dollars() - worst)) { return; }
    ++count_.passed;
    rank(legs, unit, metrics);
  }

  /// Strikes inside the windows there were, but a leg of each failed a gate of its own.
  void blame_legs() { legs_to_blame_ = true; }

  [[nodiscard]] Search finish() {
    Search search{.count = count_};
    Waterfall& lines = search.waterfall;
    const bool nothing_built = tally_.strikes.reached() == 0;
    const auto leg_line = [&](const GateTally& tally, std::string_view name,
                              std::string_view unit) {
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
    const Money most = std::min(
        {query_->room.structure_worst_case, query_->room.symbol_left, query_->room.book_left});
    lines.push_back(
        tally_.worst_case.check("worst_case", most.dollars(), "dollars a unit", "combinations"));
    if (best_) {
      Legs legs;
      for (std::size_t i = 0; i < best_->legs.size(); ++i) {
        // Legs stand as sold, bought, sold, bought.
        legs.push_back({best_->legs[i]->quote.contract, i % 2 == 0 ? -1 : 1});
      }
      search.best = price_candidate(*pricer_, query_->kind, legs, best_->legs);
      search.count.best_score = search.best->score.total;
    }
    return search;
  }

 private:
  using LegList = std::vector<const PricedLeg*>;
  struct Best {
    double total = 0;
    double edge = 0;
    double off_target = 0;
    LegList legs;
  };

  static std::array<const PricedLeg*, 4> legs_of(const Vertical& first, const Vertical* second) {
    return {first.sold, first.bought, second != nullptr ? second->sold : nullptr,
            second != nullptr ? second->bought : nullptr};
  }

  [[nodiscard]] int overlap(const std::array<const PricedLeg*, 4>& legs) const {
    return static_cast<int>(std::ranges::count_if(legs, [&](const PricedLeg* leg) {
      return leg != nullptr && query_->taken->contains(leg->quote.contract);
    }));
  }

  bool greeks_fit(const UnitPrice& unit) {
    const Room& room = query_->room;
    const double shares = pricer_->multiplier.raw();
    const double spot = pricer_->spot;
    const auto use = [](const Room::Greek& greek, double more) {
      return greek.limit > 0 ? std::fabs(greek.now + more) / greek.limit
                             : std::numeric_limits<double>::infinity();
    };
    const double worst =
        std::max({use(room.delta, unit.delta * shares * spot * pricer_->beta),
                  use(room.gamma, unit.gamma * spot / 100.0 * shares * spot),
                  use(room.vega, unit.vega * shares), use(room.theta, unit.theta * shares)});
    return tally_.greeks.judge(worst, 1.0 - worst);
  }

  void rank(const std::array<const PricedLeg*, 4>& legs, const UnitPrice& unit,
            const UnitMetrics& metrics) {
    Score score = score_of(*pricer_, query_->kind, unit, metrics);
    // The chance is dear to work out; without hope of winning it is not needed.
    if (best_ && score.total + pricer_->settings->score.chance < best_->total) { return; }
    LegList list;
    for (const PricedLeg* leg : legs) {
      if (leg != nullptr) { list.push_back(leg); }
    }
    score = with_chance(*pricer_, score,
                        profit_chance(*pricer_, query_->kind, list, metrics.expected_price));
    Best found{.total = score.total,
               .edge = metrics.expected_value / metrics.worst_case.dollars(),
               .off_target = off_target(list),
               .legs = std::move(list)};
    if (!best_ || better(found, *best_)) { best_ = std::move(found); }
  }

  [[nodiscard]] double off_target(const LegList& legs) const {
    double sum = 0;
    for (std::size_t i = 0; i < legs.size(); i += 2) {
      sum += std::fabs(std::fabs(legs[i]->delta) - windows_.sold.target);
      if (windows_.bought) {
        sum += std::fabs(std::fabs(legs[i + 1]->delta) - windows_.bought->target);
      }
    }
    return sum;
  }

  static bool better(const Best& a, const Best& b) {
    if (a.total != b.total) { return a.total > b.total; }
    if (a.edge != b.edge) { return a.edge > b.edge; }
    if (a.off_target != b.off_target) { return a.off_target < b.off_target; }
    // One expiry only, so strikes decide; leg by leg they differ somewhere.
    return std::ranges::lexicographical_compare(
        a.legs, b.legs, [](const PricedLeg* x, const PricedLeg* y) {
          return std::tie(x->contract.expiry, x->contract.strike) <
                 std::tie(y->contract.expiry, y->contract.strike);
        });
  }

  const InstrumentMaster* master_;
  const Pricer* pricer_;
  const CandidateQuery* query_;
  Windows windows_;
  Tallies tally_;
  int models_compared_ = 0;
  bool legs_to_blame_ = false;
  CandidateCount count_;
  std::optional<Best> best_;
};

/// Legs of one right that pass the gates of a leg alone.
std::vector<PricedLeg> usable_legs(Builder& builder, const MarketView& market, QuoteKind kind,
                                   const ExpirySlice& slice, OptionRight right) {
  std::vector<PricedLeg> legs;
  for (const StrikeRow& row : slice.strikes) {
    const auto& place = right == OptionRight::kCall ? row.call : row.put;
    if (!place) { continue; }
    const auto quote = market.leg_quote(ContractId{market.chain().contract[*place]}, kind);
    if (auto leg = builder.leg(*quote)) { legs.push_back(*leg); }
  }
  return legs;
}

/// Verticals of one right whose legs pass alone. Only legs that some window wants are judged, so
/// that the tally speaks of those.
std::vector<Vertical> verticals(Builder& builder, const std::vector<PricedLeg>& legs) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  std::vector<bool> wanted(legs.size());
  for (std::size_t sold = 0; sold < legs.size(); ++sold) {
    if (!builder.sells(legs[sold])) { continue; }
    for (std::size_t bought = 0; bought < legs.size(); ++bought) {
      if (sold == bought || !builder.buys(legs[bought])) { continue; }
      if (!builder.vertical(legs[sold], legs[bought])) { continue; }
      pairs.emplace_back(sold, bought);
      wanted[sold] = wanted[bought] = true;
    }
  }
  std::vector<bool> good(legs.size());
  for (std::size_t i = 0; i < legs.size(); ++i) {
    if (wanted[i]) { good[i] = builder.leg_passes(legs[i]); }
  }
  std::vector<Vertical> found;
  for (const auto& [sold, bought] : pairs) {
    if (good[sold] && good[bought]) {
      found.push_back(*builder.vertical(legs[sold], legs[bought]));
    }
  }
  if (found.empty() && !pairs.empty()) { builder.blame_legs(); }
  return found;
}

bool uses(StructureKind kind, OptionRight right) {
  switch (kind) {
    using enum StructureKind;
    case kPutCreditSpread:
    case kPutDebitSpread: return right == OptionRight::kPut;
    case kCallCreditSpread:
    case kCallDebitSpread: return right == OptionRight::kCall;
    case kIronCondor: return true;
    case kIronButterfly:
    case kLongCall:
    case kLongPut:
    case kCalendar:
    case kCoveredCall:
    case kCashSecuredPut:
    case kUndefinedRisk:
    case kCustom: return false;
  }
  return false;
}

void combine(Builder& builder, StructureKind kind, const std::vector<Vertical>& puts,
             const std::vector<Vertical>& calls) {
  if (kind != StructureKind::kIronCondor) {
    for (const Vertical& vertical : puts) { builder.consider(vertical, nullptr); }
    for (const Vertical& vertical : calls) { builder.consider(vertical, nullptr); }
    return;
  }
  for (const Vertical& put : puts) {
    for (const Vertical& call : calls) {
      if (put.sold->contract.strike < call.sold->contract.strike) { builder.consider(put, &call); }
    }
  }
}

/// Against the nearer edge of the window.
Check judge_dte(std::optional<int> days, const StrategySettings& settings, std::string detail) {
  const bool too_near = days.value_or(0) < settings.least_dte;
  Measure measure{.name = "dte",
                  .limit = too_near ? settings.least_dte : settings.most_dte,
                  .unit = "days",
                  .detail = std::move(detail)};
  if (days) { measure.measured = *days; }
  return too_near ? gate_at_least(std::move(measure)) : gate_at_most(std::move(measure));
}

}  // namespace

const ExpirySlice* entry_expiry(const MarketView& market, Symbol root,
                                const StrategySettings& settings, Check& dte_check) {
  const ExpirySlice* latest = nullptr;
  std::optional<int> nearest;  // to the window, for the refusal
  const auto misses_by = [&](int days) {
    return days < settings.least_dte ? settings.least_dte - days : days - settings.most_dte;
  };
  for (const ExpirySlice* slice : market.expiries(root)) {
    if (!nearest || misses_by(slice->dte) < misses_by(*nearest)) { nearest = slice->dte; }
    if (slice->dte >= settings.least_dte && slice->dte <= settings.most_dte) { latest = slice; }
  }
  if (latest != nullptr) { nearest = latest->dte; }
  dte_check = judge_dte(nearest, settings,
                        latest != nullptr ? "expiry " + iso(latest->expiry)
                        : nearest         ? "no expiry inside the window"
                                          : "no expiry listed");
  return latest;
}

const ExpirySlice* listed_expiry(const MarketView& market, const Contract& contract,
                                 const StrategySettings& settings, Check& dte_check) {
  const ExpirySlice* slice = market.slice(contract.root, contract.expiry);
  std::optional<int> days;
  if (slice != nullptr) { days = slice->dte; }
  dte_check = judge_dte(days, settings, "expiry " + iso(contract.expiry));
  return slice;
}

Search find_best(const MarketView& market, const InstrumentMaster& master, QuoteKind kind,
                 const ExpirySlice& slice, const Pricer& pricer, const CandidateQuery& query) {
  Builder builder{master, pricer, query};
  std::vector<PricedLeg> put_legs;
  std::vector<PricedLeg> call_legs;
  if (uses(query.kind, OptionRight::kPut)) {
    put_legs = usable_legs(builder, market, kind, slice, OptionRight::kPut);
  }
  if (uses(query.kind, OptionRight::kCall)) {
    call_legs = usable_legs(builder, market, kind, slice, OptionRight::kCall);
  }
  const auto puts = verticals(builder, put_legs);
  const auto calls = verticals(builder, call_legs);
  combine(builder, query.kind, puts, calls);
  return builder.finish();
}

Search check_one(const InstrumentMaster& master, const Pricer& pricer, const CandidateQuery& query,
                 const Legs& legs, const std::vector<LegQuote>& quotes) {
  Builder builder{master, pricer, query};
  std::vector<PricedLeg> priced;
  for (const LegQuote& quote : quotes) {
    if (auto leg = builder.leg(quote)) { priced.push_back(*leg); }
  }
  if (priced.size() != legs.size()) { return builder.finish(); }
  std::vector<PricedLeg> put_legs;
  std::vector<PricedLeg> call_legs;
  for (const PricedLeg& leg : priced) {
    (leg.contract.right == OptionRight::kPut ? put_legs : call_legs).push_back(leg);
  }
  const auto puts = verticals(builder, put_legs);
  const auto calls = verticals(builder, call_legs);
  combine(builder, query.kind, puts, calls);
  return builder.finish();
}

Waterfall final_gates(const StrategySettings& settings, const Candidate& best) {
  Check value = gate_at_least({.name = "expected_value",
                               .measured = best.expected_value,
                               .limit = 0,
                               .unit = "dollars a unit"});
  if (best.expected_value <= 0) { value.verdict = Verdict::kRefuse; }
  return {gate_at_least({.name = "score",
                         .measured = best.score.total,
                         .limit = settings.score.threshold,
                         .unit = "points"}),
          std::move(value)};
}

}  // namespace v6
