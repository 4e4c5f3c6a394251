#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "bench/spy_chain.hpp"
#include "ibkr/catalogue.hpp"

namespace v6::bench {

/// A tick as it was before it was written; text stands beside it.
struct SentTick {
  std::variant<ibkr::TickPrice, ibkr::TickSize, ibkr::TickOptionComputation, ibkr::TickString> tick;
  std::string text;
};

/// What TWS sends while options are streamed: 4 tickPrice, 5 tickSize (one after each price, and
/// sizes that change alone), 2 tickOptionComputation with all eight values in full, as TWS writes
/// them, 1 tickString, in a random order.
[[nodiscard]] std::vector<SentTick> mixed_ticks(std::size_t count, Dice& dice);
[[nodiscard]] std::string written(const std::vector<SentTick>& ticks);

}  // namespace v6::bench
