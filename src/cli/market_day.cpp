#include "cli/market_day.hpp"

#include <algorithm>

namespace v6 {
namespace {

std::vector<double> closes_before(const Reference& reference, Symbol underlying, Date date,
                                  const Calendar& calendar) {
  const auto series = reference.closes.find(underlying);
  if (series == reference.closes.end()) { return {}; }
  std::vector<double> closes;
  std::optional<Date> last;
  for (const auto& [day, close] : series->second.values) {
    if (day >= date) { break; }
    closes.push_back(close);
    last = day;
  }
  return last == calendar.previous_session(date) ? closes : std::vector<double>{};
}

}  // namespace

MarketDay::MarketDay(const std::filesystem::path& chains, Symbol underlying, Date date,
                     const Reference& reference)
    : calendar_{reference.calendar}, yields_{yields_before(reference.yields, date)} {
  const auto files = list_chain_files(chains, underlying, date, date, calendar_);
  quotes_ = intern_day(parse_chain_file(files.front(), underlying), index_);
  // End-of-day files carry no time: by convention 15 minutes before the close.
  const Instant at =
      calendar_.session(date, SessionKind::kEquity)->close - std::chrono::minutes{15};
  view_.emplace(underlying, quotes_.spot, at, quotes_.chain, index_.master(), calendar_,
                yields_.curve, dividends_from(reference, underlying, date, calendar_));
  closes_ = closes_before(reference, underlying, date, calendar_);
}

std::optional<ContractId> MarketDay::find(const Contract& contract) const {
  return index_.find(contract);
}

Factors MarketDay::factors(Symbol root) const {
  const std::vector<double> none;
  return make_factors(
      *view_, root, {.closes = &closes_, .own_iv = &none, .volatility_index = &none}, std::nullopt);
}

}  // namespace v6
