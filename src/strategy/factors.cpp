#include "strategy/factors.hpp"

#include <cmath>
#include <span>

namespace v6 {
namespace {

constexpr int kYear = 252;
constexpr int kMonth = 20;

/// The percentile today and its mean over the last 20 sessions, today included.
void rate_series(Factors& factors, const std::vector<double>& series) {
  factors.iv_percentile = percentile_of_last(series, kYear);
  factors.iv_rank = rank_of_last(series, kYear);
  if (series.size() < static_cast<std::size_t>(kYear + kMonth - 1)) { return; }
  double sum = 0;
  for (int back = 0; back < kMonth; ++back) {
    const auto upto = series.size() - static_cast<std::size_t>(back);
    sum += *percentile_of_last(std::span{series}.first(upto), kYear);
  }
  factors.iv_percentile_mean_20 = sum / kMonth;
}

/// Of our own volatility once a year of it exists, else of the index; each with today's value last.
void rate_volatility(Factors& factors, const FactorHistory& history) {
  std::vector<double> own = *history.own_iv;
  if (factors.iv_30) { own.push_back(*factors.iv_30); }
  if (own.size() >= static_cast<std::size_t>(kYear)) {
    factors.iv_source = "own 30-day IV";
    // Yesterday's percentile is not today's: without a value of today there is none.
    if (factors.iv_30) { rate_series(factors, own); }
  } else if (history.wanted == IvHistory::kAuto && !history.volatility_index->empty()) {
    factors.iv_source = std::string{history.volatility_index_name};
    std::vector<double> index = *history.volatility_index;
    if (history.volatility_index_level) { index.push_back(*history.volatility_index_level); }
    rate_series(factors, index);
  } else {
    factors.iv_source = "none";
  }
}

std::optional<Outlook> outlook_of(const Factors& factors) {
  if (!factors.average_20 || !factors.average_50 || !factors.return_20) { return std::nullopt; }
  const double spot = factors.spot.dollars();
  if (spot > *factors.average_20 && *factors.average_20 > *factors.average_50 &&
      *factors.return_20 > 0) {
    return Outlook::kBullish;
  }
  if (spot < *factors.average_20 && *factors.average_20 < *factors.average_50 &&
      *factors.return_20 < 0) {
    return Outlook::kBearish;
  }
  return Outlook::kNeutral;
}

IvLevel level_of(double percentile) {
  if (percentile < 25) { return IvLevel::kLow; }
  if (percentile < 50) { return IvLevel::kNormal; }
  if (percentile <= 75) { return IvLevel::kHigh; }
  return IvLevel::kExtreme;
}

}  // namespace

Factors make_factors(const MarketView& market, Symbol root, const FactorHistory& history,
                     std::optional<double> vix) {
  Factors factors{.spot = market.spot(), .vix = vix};

  std::vector<double> closes = *history.closes;
  closes.push_back(market.spot().dollars());
  factors.average_20 = simple_average(closes, kMonth);
  factors.average_50 = simple_average(closes, 50);
  factors.return_20 = period_return(closes, kMonth);
  factors.realised_20 = realised_volatility(closes, kMonth);
  factors.realised_252 = realised_volatility(closes, kYear);
  factors.outlook = outlook_of(factors);

  factors.iv_30 = market.constant_maturity_iv(root, 30);
  factors.iv_60 = market.constant_maturity_iv(root, 60);
  factors.skew_25_delta = market.skew(root);
  factors.put_call_ratio = market.put_call_ratio();
  if (factors.iv_30 && factors.iv_60) { factors.backwardated = *factors.iv_60 < *factors.iv_30; }

  rate_volatility(factors, history);
  if (factors.iv_percentile) { factors.iv_level = level_of(*factors.iv_percentile); }
  if (factors.iv_percentile && factors.iv_percentile_mean_20) {
    factors.volatility_rising = *factors.iv_percentile - *factors.iv_percentile_mean_20 >= 5.0;
  }
  factors.regime = regime_of(factors);
  return factors;
}

std::optional<StructureKind> kind_for(Outlook outlook, IvLevel level) {
  const bool low = level == IvLevel::kLow;
  switch (outlook) {
    case Outlook::kBullish:
      return low ? StructureKind::kCallDebitSpread : StructureKind::kPutCreditSpread;
    case Outlook::kBearish:
      return low ? StructureKind::kPutDebitSpread : StructureKind::kCallCreditSpread;
    case Outlook::kNeutral:
      if (low) { return std::nullopt; }
      return StructureKind::kIronCondor;
  }
  return std::nullopt;
}

Regime regime_of(const Factors& factors) {
  const double vix = factors.vix.value_or(0);
  const double month = factors.return_20.value_or(0);
  const bool directional = factors.outlook && *factors.outlook != Outlook::kNeutral;
  if (vix > 40 || month <= -0.10) { return Regime::kCrash; }
  if (factors.iv_percentile.value_or(0) > 75 || vix > 25) { return Regime::kHighVol; }
  if (directional && std::fabs(month) >= 0.03) { return Regime::kTrending; }
  if (factors.iv_percentile && *factors.iv_percentile < 25) { return Regime::kLowVol; }
  if (factors.return_20 && std::fabs(month) <= 0.02 && factors.outlook == Outlook::kNeutral) {
    return Regime::kRangeBound;
  }
  return Regime::kNormal;
}

}  // namespace v6
