#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "strategy/candidates.hpp"
#include "strategy/chance_bounds.hpp"
#include "strategy/condor_scan.hpp"
#include "strategy/gate_tally.hpp"
#include "strategy/leg_table.hpp"
#include "strategy/windows.hpp"

namespace v6 {

/// A short and a long of one right: the brick of every structure built here.
struct Vertical {
  const PricedLeg* sold = nullptr;
  const PricedLeg* bought = nullptr;
  Price width;

  [[nodiscard]] UnitPrice unit() const;
};

/// What one right brings to a search.
struct SearchSide {
  LegTable legs;  // the caller fills it and has it valued; the rest is the builder's
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;  // sold, bought, that suit
  std::vector<std::int32_t> slots;                             // of each leg among `priced`; or -1
  std::vector<PricedLeg> priced;                               // those some pair wants
  std::vector<std::uint8_t> good;                              // of these, pass alone
  std::vector<Vertical> verticals;
  std::vector<ScanVertical> sold_parts, bought_parts, scanned;
  struct Forecasts {
    std::vector<OptionRight> rights;
    std::vector<double> strikes, volatilities;
    std::array<std::vector<double>, 6> values;
  } forecasts;
};

/// Memory that searches share, so that the next one allocates nothing.
struct SearchMemory {
  /// Fewer pairs of verticals are judged one by one: the columns of a scan would cost more.
  std::size_t least_scanned = 96;
  SearchSide puts, calls;
  CondorScan scan;
  ChanceBounds chances;
  std::vector<std::uint32_t> likely;
  std::vector<ScanHit> hits;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> groups;  // of calls with one short, from, to
};

/// Where the quote of a leg's place is: a chain's row, or one of a list.
struct QuoteSource {
  const Chain* chain = nullptr;
  Instant at;
  QuoteKind kind = QuoteKind::kLive;
  std::span<const LegQuote> quotes;

  [[nodiscard]] LegQuote quote(std::uint32_t place) const;
};

/// Builds every combination inside the windows, puts each through the gates and keeps the best.
/// Allocates nothing but in `finish`, once its memory has been used.
class CandidateBuilder {
 public:
  CandidateBuilder(const InstrumentMaster& master, const Pricer& pricer,
                   const CandidateQuery& query, SearchMemory& memory);

  void search(const QuoteSource& source);

  using LegList = std::array<const PricedLeg*, 4>;  // sold, bought, sold, bought; the rest null
  struct Best {
    double total = 0;
    double edge = 0;
    double off_target = 0;
    LegList legs{};
  };
  /// Valid as long as the memory is left alone.
  [[nodiscard]] const std::optional<Best>& best() const { return best_; }
  [[nodiscard]] const CandidateCount& count() const { return count_; }

  [[nodiscard]] Search finish() const;

 private:
  struct Tallies {
    GateTally strikes, liquidity, model, credit, overlap, greeks, worst_case;
  };
  /// A limit of the book, and what one share's worth of a leg takes of it.
  struct Greek {
    Room::Greek room;
    double per_share = 0;
    double PricedLeg::* of = nullptr;
  };
  struct Spread {
    double least = 0;
    double most = 0;
  };

  [[nodiscard]] bool sells(double delta) const;
  [[nodiscard]] bool buys(double delta) const;
  [[nodiscard]] std::optional<Price> suits(const LegTable& legs, std::size_t sold,
                                           std::size_t bought) const;
  void find_pairs(SearchSide& side) const;
  void price_legs(SearchSide& side, const QuoteSource& source) const;
  bool leg_passes(const PricedLeg& leg);
  void find_verticals(SearchSide& side, const QuoteSource& source);

  void every_condor();
  void scan_condors();
  [[nodiscard]] std::array<Greek, 4> greeks() const;
  static Spread spread_of(std::span<const Vertical> verticals, const Greek& greek);
  [[nodiscard]] ScanGates scan_gates() const;
  void fill_columns(SearchSide& side) const;
  void bound_chances();
  std::pair<std::uint32_t, std::uint32_t> allow_groups(const Vertical& put);
  void probe_likely();
  void probe(const Vertical& put, const Vertical& call);
  bool improve_marks();
  [[nodiscard]] bool sides_alike(const Vertical& put, const Vertical& call) const;
  void consider(const Vertical& first, const Vertical* second);
  [[nodiscard]] double use_of(const UnitPrice& unit) const;
  void rank(const LegList& legs, const UnitPrice& unit, const UnitMetrics& metrics);
  [[nodiscard]] int overlap(const LegList& legs) const;
  [[nodiscard]] double off_target(const LegList& legs) const;
  static bool better(const Best& a, const Best& b);

  const InstrumentMaster* master_;
  const Pricer* pricer_;
  const CandidateQuery* query_;
  SearchMemory* memory_;
  Windows windows_;
  Money most_worst_case_;
  std::array<Greek, 4> greeks_;
  ScanMarks marks_;
  Tallies tally_;
  int models_compared_ = 0;
  bool legs_to_blame_ = false;
  CandidateCount count_;
  std::optional<Best> best_;
};

}  // namespace v6
