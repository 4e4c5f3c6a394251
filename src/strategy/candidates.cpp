#include "strategy/candidates.hpp"

#include "strategy/candidate_builder.hpp"

namespace v6 {
namespace {

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

namespace {

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

}  // namespace

Search find_best(const MarketView& market, const InstrumentMaster& master, QuoteKind kind,
                 const ExpirySlice& slice, const Pricer& pricer, const CandidateQuery& query) {
  SearchMemory memory;
  return find_best(market, master, kind, slice, pricer, query, memory);
}

Search find_best(const MarketView& market, const InstrumentMaster& master, QuoteKind kind,
                 const ExpirySlice& slice, const Pricer& pricer, const CandidateQuery& query,
                 SearchMemory& memory) {
  const bool puts = uses(query.kind, OptionRight::kPut);
  const bool calls = uses(query.kind, OptionRight::kCall);
  memory.puts.legs.start(OptionRight::kPut);
  memory.calls.legs.start(OptionRight::kCall);
  for (const StrikeRow& row : slice.strikes) {
    if (row.put && puts) { memory.puts.legs.add(*row.put, row.strike); }
    if (row.call && calls) { memory.calls.legs.add(*row.call, row.strike); }
  }
  memory.puts.legs.value(*pricer.surface, pricer.spot);
  memory.calls.legs.value(*pricer.surface, pricer.spot);
  CandidateBuilder builder{master, pricer, query, memory};
  builder.search({.chain = &market.chain(), .at = market.at(), .kind = kind});
  return builder.finish();
}

Search check_one(const InstrumentMaster& master, const Pricer& pricer, const CandidateQuery& query,
                 const Legs& legs, const std::vector<LegQuote>& quotes) {
  SearchMemory memory;
  CandidateBuilder builder{master, pricer, query, memory};
  memory.puts.legs.start(OptionRight::kPut);
  memory.calls.legs.start(OptionRight::kCall);
  std::size_t sane = 0;
  for (std::uint32_t place = 0; place < quotes.size(); ++place) {
    const Contract contract = master[quotes[place].contract];
    const double strike = contract.strike.dollars();
    const StrategySettings& s = *pricer.settings;
    if (strike < s.least_strike * pricer.spot || strike > s.most_strike * pricer.spot) { continue; }
    ++sane;
    (contract.right == OptionRight::kPut ? memory.puts : memory.calls)
        .legs.add(place, contract.strike);
  }
  if (sane != legs.size()) { return builder.finish(); }
  memory.puts.legs.value(*pricer.surface, pricer.spot);
  memory.calls.legs.value(*pricer.surface, pricer.spot);
  builder.search({.quotes = quotes});
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
