#include "strategy/market_view.hpp"

#include <algorithm>
#include <cmath>

#include "calendar/expiry.hpp"

namespace v6 {
namespace {

/// Rows of one expiry before they are paired by strike.
struct OptionRow {
  std::int64_t strike;
  OptionRight right;
  std::uint32_t row;
};

std::vector<StrikeRow> by_strike(std::vector<OptionRow>& rows) {
  const auto order = [](const OptionRow& a, const OptionRow& b) { return a.strike < b.strike; };
  if (!std::ranges::is_sorted(rows, order)) { std::ranges::stable_sort(rows, order); }
  std::vector<StrikeRow> strikes;
  for (const OptionRow& row : rows) {
    if (strikes.empty() || strikes.back().strike.raw() != row.strike) {
      strikes.push_back({.strike = Price::from_raw(row.strike)});
    }
    (row.right == OptionRight::kCall ? strikes.back().call : strikes.back().put) = row.row;
  }
  return strikes;
}

}  // namespace

LegQuote quote_of(const Chain& chain, std::size_t row, Instant at, QuoteKind kind) {
  return {.contract = ContractId{chain.contract[row]},
          .quote = chain.quote(row),
          .at = at,
          .kind = kind,
          .open_interest = chain.open_interest[row],
          .broker_iv = chain.broker_iv.at(row),
          .broker_delta = chain.broker_delta.at(row)};
}

MarketView::MarketView(Symbol underlying, Price spot, Instant at,
                       std::shared_ptr<const Chain> chain, const InstrumentMaster& master,
                       const Calendar& calendar, const YieldCurve& rates,
                       const std::vector<Dividend>& dividends)
    : spot_{spot},
      at_{at},
      chain_{std::move(chain)},
      rates_{rates},
      dividends_{cash_dividends(dividends, at)},
      row_by_id_(master.size(), -1) {
  const ContractColumns& contracts = master.columns;
  const auto& table = instrument_table();
  // Rows by (root, expiry), packed so that grouping 14,000 of them is cheap.
  std::map<std::uint64_t, std::vector<OptionRow>> groups;
  std::uint64_t last_key = ~std::uint64_t{0};
  std::vector<OptionRow>* group = nullptr;
  std::uint64_t puts = 0;
  std::uint64_t calls = 0;
  for (std::uint32_t row = 0; row < chain_->size(); ++row) {
    const std::uint32_t id = chain_->contract[row];
    row_by_id_[id] = static_cast<std::int32_t>(row);
    const auto right = static_cast<OptionRight>(contracts.right[id]);
    (right == OptionRight::kPut ? puts : calls) += chain_->volume[row];
    const std::uint64_t key = (std::uint64_t{contracts.root[id]} << 32) |
                              static_cast<std::uint32_t>(contracts.expiry[id]);
    if (key != last_key) {
      group = &groups[key];
      last_key = key;
    }
    group->push_back({contracts.strike[id], right, row});
  }
  if (calls > 0) { put_call_ratio_ = static_cast<double>(puts) / static_cast<double>(calls); }

  const Date today = new_york_date(at);
  for (auto& [key, rows] : groups) {
    const Instrument& instrument = table[key >> 32];
    const Date expiry{std::chrono::days{static_cast<std::int32_t>(key & 0xffffffffU)}};
    if (instrument.underlying != underlying) { continue; }
    slices_.emplace(std::pair{instrument.root, expiry},
                    ExpirySlice{.root = instrument.root,
                                .expiry = expiry,
                                .dte = dte(today, expiry),
                                .years = year_fraction(
                                    at, expiry_instant(expiry, instrument.settlement, calendar)),
                                .strikes = by_strike(rows)});
  }
}

std::optional<std::uint32_t> MarketView::row_of(ContractId id) const {
  if (id.raw() >= row_by_id_.size() || row_by_id_[id.raw()] < 0) { return std::nullopt; }
  return static_cast<std::uint32_t>(row_by_id_[id.raw()]);
}

std::vector<const ExpirySlice*> MarketView::expiries(Symbol root) const {
  std::vector<const ExpirySlice*> list;
  for (const auto& [key, slice] : slices_) {
    if (key.first == root) { list.push_back(&slice); }
  }
  return list;
}

const ExpirySlice* MarketView::slice(Symbol root, Date expiry) const {
  const auto found = slices_.find({root, expiry});
  return found == slices_.end() ? nullptr : &found->second;
}

CarriedShare MarketView::carry(const ExpirySlice& slice) const {
  return {.spot = spot_.dollars(),
          .years = slice.years,
          .rate = rates_.rate_at(slice.years),
          .dividends = dividends_};
}

std::optional<Surface> MarketView::surface_of(std::span<const StrikeQuote> mids,
                                              const Forward& parity,
                                              const ExpirySlice& slice) const {
  if (find_instrument(slice.root)->exercise == ExerciseStyle::kAmerican) {
    // Without a curve nothing is known of the forward.
    if (rates_.empty()) { return std::nullopt; }
    auto surface = american_surface(mids, carry(slice), parity);
    return surface ? std::optional{std::move(*surface)} : std::nullopt;
  }
  auto smile = make_smile(mids, parity, slice.years);
  if (!smile) { return std::nullopt; }
  return Surface{.forward = parity, .smile = std::move(*smile)};
}

const Surface* MarketView::surface(const ExpirySlice& slice) const {
  const std::pair key{slice.root, slice.expiry};
  auto found = surfaces_.find(key);
  if (found == surfaces_.end()) {
    std::optional<Surface> surface;
    std::vector<ParityQuote> parity;
    std::vector<StrikeQuote> mids;
    for (const StrikeRow& row : slice.strikes) {
      StrikeQuote mid{.strike = row.strike.dollars()};
      std::optional<Quote> call;
      std::optional<Quote> put;
      if (row.call) { call = chain_->quote(*row.call); }
      if (row.put) { put = chain_->quote(*row.put); }
      // A zero bid has no mid worth a volatility.
      if (call && call->bid > Price{}) { mid.call_mid = call->mid().dollars(); }
      if (put && put->bid > Price{}) { mid.put_mid = put->mid().dollars(); }
      if (mid.call_mid && mid.put_mid) {
        parity.push_back({.strike = mid.strike,
                          .call_bid = call->bid.dollars(),
                          .call_ask = call->ask.dollars(),
                          .put_bid = put->bid.dollars(),
                          .put_ask = put->ask.dollars()});
      }
      if (mid.call_mid || mid.put_mid) { mids.push_back(mid); }
    }
    if (slice.years > 0) {
      const auto forward =
          fit_forward(parity, spot_.dollars(), slice.years, rates_.discount_at(slice.years));
      if (forward) { surface = surface_of(mids, *forward, slice); }
    }
    found = surfaces_.emplace(key, std::move(surface)).first;
  }
  return found->second ? &*found->second : nullptr;
}

std::optional<LegQuote> MarketView::leg_quote(ContractId id, QuoteKind kind) const {
  const auto row = row_of(id);
  if (!row) { return std::nullopt; }
  return quote_of(*chain_, *row, at_, kind);
}

std::optional<double> MarketView::constant_maturity_iv(Symbol root, double days) const {
  const double target = days / 365.0;
  std::vector<TermPoint> before;
  std::vector<TermPoint> after;
  const auto list = expiries(root);
  const auto point = [&](const ExpirySlice& slice) -> std::optional<TermPoint> {
    const Surface* fitted = surface(slice);
    if (fitted == nullptr) { return std::nullopt; }
    return TermPoint{.years = slice.years, .atm_volatility = fitted->smile.atm()};
  };
  // The nearest expiry on either side that can be fitted, no more.
  for (auto slice = list.rbegin(); slice != list.rend() && before.empty(); ++slice) {
    if ((*slice)->years > target || (*slice)->years <= 0) { continue; }
    if (const auto found = point(**slice)) { before.push_back(*found); }
  }
  for (auto slice = list.begin(); slice != list.end() && after.empty(); ++slice) {
    if ((*slice)->years <= target) { continue; }
    if (const auto found = point(**slice)) { after.push_back(*found); }
  }
  before.insert(before.end(), after.begin(), after.end());
  return constant_maturity(before, days);
}

std::optional<double> MarketView::skew(Symbol root) const {
  const ExpirySlice* nearest = nullptr;
  for (const ExpirySlice* slice : expiries(root)) {
    if (nearest == nullptr || std::abs(slice->dte - 30) < std::abs(nearest->dte - 30)) {
      nearest = slice;
    }
  }
  if (nearest == nullptr) { return std::nullopt; }
  const Surface* fitted = surface(*nearest);
  if (fitted == nullptr) { return std::nullopt; }
  return skew_25_delta(fitted->smile, spot_.dollars());
}

}  // namespace v6
