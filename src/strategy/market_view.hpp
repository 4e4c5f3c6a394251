#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "analytics/dividends.hpp"
#include "analytics/rates.hpp"
#include "analytics/statistics.hpp"
#include "calendar/calendar.hpp"
#include "model/event.hpp"
#include "strategy/surface.hpp"

namespace v6 {

/// A call and a put of one strike, as rows of the chain.
struct StrikeRow {
  Price strike;
  std::optional<std::uint32_t> call;
  std::optional<std::uint32_t> put;
};

/// One expiry of one root at one snapshot.
struct ExpirySlice {
  Symbol root;
  Date expiry;
  int dte = 0;
  double years = 0;
  std::vector<StrikeRow> strikes;  // ascending
};

/// One row of a chain as an entry or exit confirms it.
[[nodiscard]] LegQuote quote_of(const Chain& chain, std::size_t row, Instant at, QuoteKind kind);

/// A chain seen by expiry and strike. Forwards and smiles are worked out when first asked for.
class MarketView {
 public:
  /// The dividends are the underlying's; those gone ex do not matter.
  MarketView(Symbol underlying, Price spot, Instant at, std::shared_ptr<const Chain> chain,
             const InstrumentMaster& master, const Calendar& calendar, const YieldCurve& rates,
             const std::vector<Dividend>& dividends = {});

  [[nodiscard]] Price spot() const { return spot_; }
  [[nodiscard]] Instant at() const { return at_; }
  [[nodiscard]] const Chain& chain() const { return *chain_; }
  [[nodiscard]] const YieldCurve& rates() const { return rates_; }
  /// The share until this expiry, as the curve and the known dividends carry it.
  [[nodiscard]] CarriedShare carry(const ExpirySlice& slice) const;
  [[nodiscard]] std::optional<std::uint32_t> row_of(ContractId id) const;

  /// Expiries of one root, nearest first; empty for a root without quotes.
  [[nodiscard]] std::vector<const ExpirySlice*> expiries(Symbol root) const;
  [[nodiscard]] const ExpirySlice* slice(Symbol root, Date expiry) const;
  /// Nothing when the expiry has too few quotes to fit.
  [[nodiscard]] const Surface* surface(const ExpirySlice& slice) const;

  /// The market in one contract as an entry or exit confirms it.
  [[nodiscard]] std::optional<LegQuote> leg_quote(ContractId id, QuoteKind kind) const;

  /// At-the-money volatility of a constant maturity, from the expiries around it.
  [[nodiscard]] std::optional<double> constant_maturity_iv(Symbol root, double days) const;
  /// 25-delta put less call volatility of the expiry nearest 30 days.
  [[nodiscard]] std::optional<double> skew(Symbol root) const;
  /// Traded puts over traded calls of the whole chain.
  [[nodiscard]] std::optional<double> put_call_ratio() const { return put_call_ratio_; }

 private:
  [[nodiscard]] std::optional<Surface> surface_of(std::span<const StrikeQuote> mids,
                                                  const Forward& parity,
                                                  const ExpirySlice& slice) const;

  Price spot_;
  Instant at_;
  std::shared_ptr<const Chain> chain_;
  YieldCurve rates_;
  std::vector<CashDividend> dividends_;
  std::vector<std::int32_t> row_by_id_;  // -1: no quote
  std::map<std::pair<Symbol, Date>, ExpirySlice> slices_;
  mutable std::map<std::pair<Symbol, Date>, std::optional<Surface>> surfaces_;
  std::optional<double> put_call_ratio_;
};

}  // namespace v6
