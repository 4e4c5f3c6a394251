#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>

#include "rules/check.hpp"
#include "strategy/pricing.hpp"

namespace v6 {

/// What the account can still take, so that a candidate it cannot carry is not chosen.
/// `use` are today's absolute totals in dollars, `limit` what a new structure may bring them to.
struct Room {
  Money structure_worst_case;  // most one unit may lose
  Money symbol_left;
  Money book_left;
  struct Greek {
    double now = 0;
    double limit = 0;
  };
  Greek delta;  // beta-weighted dollar delta
  Greek gamma;  // dollar gamma
  Greek vega;
  Greek theta;
};

/// What to look for.
struct CandidateQuery {
  StructureKind kind = StructureKind::kIronCondor;
  IvLevel level = IvLevel::kNormal;
  /// Contracts held or being ordered: no leg may touch them.
  const std::set<ContractId>* taken = nullptr;
  Room room;
};

/// The candidate-level lines of the waterfall and the best structure that passed them all.
struct Search {
  Waterfall waterfall;  // dte, strikes, liquidity, credit, overlap, greeks, worst_case, ...
  CandidateCount count;
  std::optional<Candidate> best;
};

/// The one expiry entries look at: the latest listed within the window.
[[nodiscard]] const ExpirySlice* entry_expiry(const MarketView& market, Symbol root,
                                              const StrategySettings& settings, Check& dte_check);

/// The expiry of a contract chosen before; nothing when the chain has it no more.
[[nodiscard]] const ExpirySlice* listed_expiry(const MarketView& market, const Contract& contract,
                                               const StrategySettings& settings, Check& dte_check);

struct SearchMemory;

/// Every listed combination inside the windows, gated and ranked; the order is total.
[[nodiscard]] Search find_best(const MarketView& market, const InstrumentMaster& master,
                               QuoteKind kind, const ExpirySlice& slice, const Pricer& pricer,
                               const CandidateQuery& query);
/// The same, with memory of an earlier search.
[[nodiscard]] Search find_best(const MarketView& market, const InstrumentMaster& master,
                               QuoteKind kind, const ExpirySlice& slice, const Pricer& pricer,
                               const CandidateQuery& query, SearchMemory& memory);

/// The same gates on one structure with fresh quotes: phase two of an entry.
[[nodiscard]] Search check_one(const InstrumentMaster& master, const Pricer& pricer,
                               const CandidateQuery& query, const Legs& legs,
                               const std::vector<LegQuote>& quotes);

/// score and expected_value: the best trades only above these.
[[nodiscard]] Waterfall final_gates(const StrategySettings& settings, const Candidate& best);

}  // namespace v6
