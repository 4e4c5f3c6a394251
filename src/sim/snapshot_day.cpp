#include "sim/snapshot_day.hpp"

#include <algorithm>
#include <cmath>

#include "analytics/black.hpp"
#include "analytics/forward.hpp"
#include "analytics/scalar_math.hpp"
#include "calendar/expiry.hpp"

namespace v6 {
namespace {

/// Where nothing says how volatile a contract is.
constexpr double kPlainVolatility = 0.15;
/// Below this a slope of parity says nothing about rates.
constexpr double kShortestForRates = 2.0 / 365;

}  // namespace

SnapshotDay::SnapshotDay(ParsedDay day, Instant at, YieldCurve curve, const Calendar& calendar)
    : day_{std::move(day)},
      at_{at},
      curve_{curve},
      calendar_{&calendar},
      anchors_(day_.contracts.size()) {
  for (std::uint32_t row = 0; row < day_.contracts.size(); ++row) {
    rows_.insert(day_.contracts[row], row);
    const Contract contract = day_.contracts[row].contract();
    rows_by_series_[{contract.root, contract.expiry}].push_back(row);
  }
}

std::optional<std::size_t> SnapshotDay::row_of(ContractKey key) const {
  return rows_.find(key).transform([](std::uint32_t row) { return std::size_t{row}; });
}

const SnapshotDay::Series& SnapshotDay::series_of(const Contract& contract) const {
  const SeriesKey key{contract.root, contract.expiry};
  const auto known = series_.find(key);
  if (known != series_.end()) { return known->second; }

  const double spot = day_.spot.dollars();
  const Instant expiry =
      expiry_instant(contract.expiry, contract.instrument().settlement, *calendar_);
  Series series{.forward = spot, .years = std::max(year_fraction(at_, expiry), 0.0)};
  series.rate = curve_.rate_at(series.years);
  std::map<Price, ParityQuote> pairs;
  for (const std::uint32_t row : rows_by_series_.at(key)) {
    const Contract leg = day_.contracts[row].contract();
    const Quote quote = day_.chain.quote(row);
    ParityQuote& pair = pairs[leg.strike];
    pair.strike = leg.strike.dollars();
    const bool call = leg.right == OptionRight::kCall;
    (call ? pair.call_bid : pair.put_bid) = quote.bid.dollars();
    (call ? pair.call_ask : pair.put_ask) = quote.ask.dollars();
  }
  std::vector<ParityQuote> quotes;
  for (const auto& [strike, pair] : pairs) { quotes.push_back(pair); }
  if (series.years > 0) {
    const double discount = exact::exp(-series.rate * series.years);
    if (const auto fit = fit_forward(quotes, spot, series.years, discount)) {
      series.forward = fit->forward;
      if (series.years > kShortestForRates) {
        series.rate = -exact::log(fit->discount) / series.years;
      }
    }
  }
  return series_.emplace(key, series).first->second;
}

std::optional<double> SnapshotDay::implied(std::size_t row, const Contract& contract,
                                           const Series& series) const {
  const auto volatility = implied_volatility(contract.right, day_.chain.quote(row).mid().dollars(),
                                             series.forward, contract.strike.dollars(),
                                             series.years, exact::exp(-series.rate * series.years));
  return volatility ? std::optional{*volatility} : std::nullopt;
}

double SnapshotDay::volatility_of(std::size_t row, const Contract& contract,
                                  const Series& series) const {
  if (const auto own = implied(row, contract, series)) { return *own; }
  // Deep in the money the price says nothing; the option across the strike does.
  Contract twin = contract;
  twin.right = contract.right == OptionRight::kCall ? OptionRight::kPut : OptionRight::kCall;
  if (const auto across = row_of(ContractKey{twin})) {
    if (const auto its = implied(*across, twin, series)) { return *its; }
  }
  return day_.chain.broker_iv.at(row).value_or(kPlainVolatility);
}

const QuoteAnchor& SnapshotDay::anchor(std::size_t row) const {
  std::optional<QuoteAnchor>& anchor = anchors_[row];
  if (anchor) { return *anchor; }
  const Contract contract = day_.contracts[row].contract();
  const Series& series = series_of(contract);
  const double volatility = volatility_of(row, contract, series);
  const double model = black_price({.right = contract.right,
                                    .forward = series.forward,
                                    .strike = contract.strike.dollars(),
                                    .volatility = volatility,
                                    .years = series.years,
                                    .discount = exact::exp(-series.rate * series.years)});
  const Quote quote = day_.chain.quote(row);
  anchor = QuoteAnchor{.carry = exact::log(series.forward / day_.spot.dollars()),
                       .rate = series.rate,
                       .variance = volatility * volatility * series.years,
                       .years = series.years,
                       .residual = quote.mid().dollars() - model,
                       .half_width = quote.width().dollars() / 2};
  return *anchor;
}

}  // namespace v6
