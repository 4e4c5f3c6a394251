#pragma once

#include <string>
#include <vector>

#include "cli/market_day.hpp"
#include "strategy/analysis.hpp"

namespace v6 {

/// The --leg options as positions of one underlying, each contract once, none expired before the
/// date. Throws Failure (usage) that names the leg, the word in it and what is accepted.
[[nodiscard]] std::vector<ContractPosition> read_legs(const std::vector<std::string>& texts,
                                                      Date date);

/// The day's market in each position. Throws Failure (usage) for a contract without a quote that
/// day, naming the nearest that have one.
[[nodiscard]] std::vector<QuotedPosition> quote_legs(const MarketDay& day,
                                                     const std::vector<ContractPosition>& legs);

}  // namespace v6
