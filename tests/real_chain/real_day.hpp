#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "base/enum_text.hpp"
#include "real_chain/section_11.hpp"
#include "sim/chain_files.hpp"
#include "strategy/candidates.hpp"

namespace v6::real_chain {

constexpr StructureKind kBuilt[] = {
    StructureKind::kIronCondor, StructureKind::kPutCreditSpread, StructureKind::kCallCreditSpread,
    StructureKind::kPutDebitSpread, StructureKind::kCallDebitSpread};
constexpr IvLevel kLevels[] = {IvLevel::kLow, IvLevel::kNormal, IvLevel::kHigh, IvLevel::kExtreme};

/// SPX options at the end of 2019-05-06, as the file has them.
struct RealDay {
  ContractIndex index;
  DayOfQuotes quotes;

  RealDay() {
    const std::filesystem::path path =
        std::filesystem::path{V6_DATA} / "spx-eod-2019" / "SPX_20190506.csv.gz";
    quotes = intern_day(parse_chain_file({.date = kToday, .path = path}, "SPX"_sym), index);
  }
  [[nodiscard]] const InstrumentMaster& master() const { return index.master(); }
  [[nodiscard]] MarketView view(std::shared_ptr<const Chain> chain) const {
    // Treasury yields of that day, H.15.
    return {"SPX"_sym,
            quotes.spot,
            snapshot_time(),
            std::move(chain),
            master(),
            market_calendar(),
            YieldCurve{.percent = {2.43, 2.44, 2.46, 2.39, 2.31}}};
  }
  [[nodiscard]] MarketView view() const { return view(quotes.chain); }
};

inline const RealDay& real_day() {
  static const RealDay kDay;
  return kDay;
}

/// The outlook under which the strategy asks for this kind.
inline Outlook outlook_for(StructureKind kind) {
  switch (kind) {
    using enum StructureKind;
    case kPutCreditSpread:
    case kCallDebitSpread: return Outlook::kBullish;
    case kCallCreditSpread:
    case kPutDebitSpread: return Outlook::kBearish;
    case kIronCondor:
    case kIronButterfly:
    case kLongCall:
    case kLongPut:
    case kCalendar:
    case kCoveredCall:
    case kCashSecuredPut:
    case kUndefinedRisk:
    case kCustom: break;
  }
  return Outlook::kNeutral;
}

/// One evaluation of the day: everything find_best is given, and the same as plain numbers.
struct Evaluation {
  StructureKind kind;
  IvLevel level = IvLevel::kNormal;
  std::shared_ptr<const Chain> chain = real_day().quotes.chain;
  StrategySettings settings{};
  FeeSchedule fees{};
  std::set<ContractId> taken;
  Room room = [] {
    const Money million = Money::cents(100'000'000);
    const Room::Greek free{.now = 0, .limit = 1e9};
    return Room{.structure_worst_case = million,
                .symbol_left = million,
                .book_left = million,
                .delta = free,
                .gamma = free,
                .vega = free,
                .theta = free};
  }();
  double realised_20 = 0.09;
  double realised_252 = 0.15;
  double book_delta = 12'000;
  double delta_limit = 200'000;

  [[nodiscard]] Factors factors() const {
    return {.outlook = outlook_for(kind), .realised_20 = realised_20, .realised_252 = realised_252};
  }
  /// Calls `work(view, slice, pricer)`.
  template <class Work>
  auto with_pricer(Work work) const {
    const MarketView view = real_day().view(chain);
    Check dte_check;
    const ExpirySlice& slice = *entry_expiry(view, "SPXW"_sym, settings, dte_check);
    const Surface& surface = *view.surface(slice);
    const Pricer pricer{.settings = &settings,
                        .fees = &fees,
                        .surface = &surface,
                        .forecast = Forecast{settings.forecast, factors(), surface.smile},
                        .spot = view.spot().dollars(),
                        .multiplier = Multiplier{100},
                        .beta = 1,
                        .book = {.dollar_delta = book_delta, .limit = delta_limit}};
    return work(view, slice, pricer);
  }
  [[nodiscard]] Search search() const {
    return with_pricer([&](const auto& view, const auto& slice, const auto& pricer) {
      return find_best(view, real_day().master(), QuoteKind::kEndOfDay, slice, pricer,
                       {.kind = kind, .level = level, .taken = &taken, .room = room});
    });
  }
};

/// A listed option with all that gates look at.
struct Row {
  ContractId id;
  PlainLeg leg;
  std::uint32_t open_interest = 0;
  std::optional<double> broker_iv;
  std::optional<double> broker_delta;
};

/// The weeklies' rows of the last expiry from 21 to 45 days out, straight from the chain's columns.
inline std::vector<Row> entry_rows(const Chain& chain) {
  const InstrumentMaster& master = real_day().master();
  std::vector<Row> rows;
  Date last = kToday;
  for (std::size_t row = 0; row < chain.size(); ++row) {
    const Contract contract = master[ContractId{chain.contract[row]}];
    const auto days = (contract.expiry - kToday).count();
    if (contract.root != "SPXW"_sym || days < 21 || days > 45 || contract.expiry < last) {
      continue;
    }
    if (contract.expiry > last) { rows.clear(); }
    last = contract.expiry;
    rows.push_back({.id = ContractId{chain.contract[row]},
                    .leg = {.right = contract.right,
                            .strike = contract.strike.dollars(),
                            .bid = chain.bid[row] / 1e4,
                            .ask = chain.ask[row] / 1e4},
                    .open_interest = chain.open_interest[row],
                    .broker_iv = chain.broker_iv.at(row),
                    .broker_delta = chain.broker_delta.at(row)});
  }
  return rows;
}

/// The evaluation's market as plain numbers. Forward and discount are the fit's, which has tests of
/// its own; every volatility is bisected anew from its quote.
inline PlainMarket plain_market(const Evaluation& evaluation, const std::vector<Row>& rows) {
  PlainMarket market;
  evaluation.with_pricer([&](const auto& view, const auto& slice, const Pricer& pricer) {
    market.spot = view.spot().dollars();
    market.forward = pricer.surface->forward.forward;
    market.discount = pricer.surface->forward.discount;
    market.years = slice.years;
  });
  for (const Row& row : rows) {
    const bool put = row.leg.strike < market.forward;
    if (put != (row.leg.right == OptionRight::kPut) || row.leg.bid <= 0) { continue; }
    TextbookOption option{.right = row.leg.right,
                          .spot = market.spot,
                          .strike = row.leg.strike,
                          .years = market.years,
                          .rate = market.rate(),
                          .yield = market.yield()};
    market.smile[row.leg.strike] = volatility_of(option, row.leg.mid());
  }
  market.believed = std::max(0.05, 0.5 * evaluation.realised_20 + 0.5 * evaluation.realised_252);
  const Outlook outlook = outlook_for(evaluation.kind);
  market.drift = outlook == Outlook::kBullish ? 0.02 : outlook == Outlook::kBearish ? -0.02 : 0.0;
  market.book_delta = evaluation.book_delta;
  market.delta_limit = evaluation.delta_limit;
  return market;
}

}  // namespace v6::real_chain
