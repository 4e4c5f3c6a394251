#pragma once

#include <array>

#include "real_chain/real_day.hpp"

/// Sections 6 and 11 as a slow, plain enumeration.
namespace v6::real_chain {

struct Range {
  double least = 0;
  double most = 0;
  [[nodiscard]] bool holds(double value) const { return value >= least && value <= most; }
};

/// The table of section 6.
struct Wanted {
  Range sold;
  Range bought{0, 1};
  Range width;
  double credit = 0;  // least credit, or most debit
  double sold_target = 0;
};

inline Wanted wanted(StructureKind kind, IvLevel level) {
  const bool extreme = level == IvLevel::kExtreme;
  if (kind == StructureKind::kIronCondor) {
    Wanted w{.width = {0.01, 0.03}, .credit = extreme ? 0.12 : 0.20};
    w.sold = extreme                   ? Range{0.08, 0.12}
             : level == IvLevel::kHigh ? Range{0.16, 0.20}
                                       : Range{0.20, 0.25};
    return w;
  }
  if (kind == StructureKind::kPutCreditSpread || kind == StructureKind::kCallCreditSpread) {
    return {.sold = extreme ? Range{0.15, 0.20} : Range{0.25, 0.35},
            .width = {0.008, 0.02},
            .credit = 0.18};
  }
  return {.sold = {0.25, 0.35}, .bought = {0.50, 0.60}, .width = {0.008, 0.025}, .credit = 0.55};
}

/// A finished combination: legs in the order sold, bought, sold, bought.
struct Combination {
  std::vector<const Row*> rows;
  std::vector<PlainLeg> legs;

  void add(const Row& row, int ratio) {
    rows.push_back(&row);
    legs.push_back(row.leg);
    legs.back().ratio = ratio;
  }
};

struct Found {
  std::vector<ContractId> ids;
  Figures figures;
};

class BruteForce {
 public:
  explicit BruteForce(const Evaluation& evaluation)
      : evaluation_{&evaluation},
        rows_{entry_rows(*evaluation.chain)},
        market_{plain_market(evaluation, rows_)},
        wanted_{wanted(evaluation.kind, evaluation.level)} {}

  [[nodiscard]] const PlainMarket& market() const { return market_; }

  /// Every combination inside the windows of strikes, deltas and widths.
  [[nodiscard]] std::vector<Combination> combinations() const {
    std::vector<Combination> list;
    const auto puts = pairs(OptionRight::kPut);
    const auto calls = pairs(OptionRight::kCall);
    switch (evaluation_->kind) {
      using enum StructureKind;
      case kPutCreditSpread:
      case kPutDebitSpread: return puts;
      case kCallCreditSpread:
      case kCallDebitSpread: return calls;
      case kIronCondor: break;
      case kIronButterfly:
      case kLongCall:
      case kLongPut:
      case kCalendar:
      case kCoveredCall:
      case kCashSecuredPut:
      case kUndefinedRisk:
      case kCustom: return {};
    }
    for (const Combination& put : puts) {
      for (const Combination& call : calls) {
        const double gap = std::fabs(delta(*put.rows[0]) - delta(*call.rows[0]));
        if (put.legs[0].strike >= call.legs[0].strike || gap > 0.05) { continue; }
        Combination condor = put;
        condor.add(*call.rows[0], -1);
        condor.add(*call.rows[1], 1);
        list.push_back(std::move(condor));
      }
    }
    return list;
  }

  /// All that pass every gate, best first.
  [[nodiscard]] std::vector<Found> passing() const {
    std::vector<Found> list;
    for (const Combination& combination : combinations()) {
      bool fine = true;
      for (const Row* row : combination.rows) {
        fine = fine && tradable(*row) && !evaluation_->taken.contains(row->id);
      }
      if (!fine) { continue; }
      Found found{.figures = figures_of(market_, combination.legs)};
      if (!affordable(found.figures)) { continue; }
      for (const Row* row : combination.rows) { found.ids.push_back(row->id); }
      list.push_back(std::move(found));
    }
    std::ranges::stable_sort(list, [](const Found& a, const Found& b) {
      return std::pair{a.figures.total, a.figures.edge_ratio} >
             std::pair{b.figures.total, b.figures.edge_ratio};
    });
    return list;
  }

 private:
  [[nodiscard]] bool credit() const {
    return evaluation_->kind != StructureKind::kPutDebitSpread &&
           evaluation_->kind != StructureKind::kCallDebitSpread;
  }
  /// Absolute, of our own model.
  [[nodiscard]] double delta(const Row& row) const {
    return std::fabs(market_.option(row.leg.right, row.leg.strike).delta());
  }

  [[nodiscard]] std::vector<Combination> pairs(OptionRight right) const {
    std::vector<Combination> list;
    for (const Row& sold : rows_) {
      for (const Row& bought : rows_) {
        if (sold.leg.right != right || bought.leg.right != right) { continue; }
        if (!in_band(sold) || !in_band(bought)) { continue; }
        // A credit buys its wing farther out of the money, a debit sells it there.
        const double outward = right == OptionRight::kPut ? sold.leg.strike - bought.leg.strike
                                                          : bought.leg.strike - sold.leg.strike;
        const double width = credit() ? outward : -outward;
        if (width <= 0 || !wanted_.width.holds(width / market_.spot)) { continue; }
        if (!wanted_.sold.holds(delta(sold)) || !wanted_.bought.holds(delta(bought))) { continue; }
        Combination pair;
        pair.add(sold, -1);
        pair.add(bought, 1);
        list.push_back(std::move(pair));
      }
    }
    return list;
  }

  [[nodiscard]] bool in_band(const Row& row) const {
    return Range{0.5 * market_.spot, 1.5 * market_.spot}.holds(row.leg.strike);
  }

  [[nodiscard]] bool tradable(const Row& row) const {
    const double width = row.leg.ask - row.leg.bid;
    if (row.leg.bid <= 0 || width > std::max(0.10, 0.15 * row.leg.mid()) + 1e-9) { return false; }
    if (row.open_interest < 100) { return false; }
    const TextbookOption own = market_.option(row.leg.right, row.leg.strike);
    if (row.broker_delta && std::fabs(*row.broker_delta - own.delta()) > 0.05) { return false; }
    return !row.broker_iv || std::fabs(*row.broker_iv - own.volatility) <= 0.03;
  }

  [[nodiscard]] bool affordable(const Figures& figures) const {
    const Room& room = evaluation_->room;
    const auto fits = [](const Room::Greek& greek, double more) {
      return std::fabs(greek.now + more) <= greek.limit;
    };
    const bool priced = credit() ? figures.credit_fraction >= wanted_.credit
                                 : figures.credit_fraction <= wanted_.credit;
    const double spot = market_.spot;
    return priced && fits(room.delta, figures.delta * spot) &&
           fits(room.gamma, figures.gamma * spot / 100 * spot) && fits(room.vega, figures.vega) &&
           fits(room.theta, figures.theta) &&
           figures.worst_case <= room.structure_worst_case.dollars() &&
           figures.worst_case <= room.symbol_left.dollars() &&
           figures.worst_case <= room.book_left.dollars();
  }

  const Evaluation* evaluation_;
  std::vector<Row> rows_;
  PlainMarket market_;
  Wanted wanted_;
};

}  // namespace v6::real_chain
