#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "portfolio/margin.hpp"

/// The rules for one group of positions. Which positions make a group is for margin.cpp to find.
namespace v6 {

/// The smallest thing that is margined: one option, or as many shares as one option delivers.
struct MarginLot {
  std::optional<Contract> option;  // absent: shares
  int side = 1;                    // 1 bought, -1 sold
  Money value;                     // of an option at the market, not negative
  std::int64_t units = 100;        // shares in the lot
  int percentage = 20;             // of the underlying, asked of an uncovered option

  [[nodiscard]] bool is(OptionRight right, int bought_or_sold) const {
    return option && option->right == right && side == bought_or_sold;
  }
};

/// Some lots of one kind. Count positive.
struct MarginPart {
  const MarginLot* lot = nullptr;
  std::int32_t count = 0;
};

/// What one rule asks of a group.
struct MarginRuling {
  MarginShape shape = MarginShape::kLongOption;
  Money requirement;
  Money proceeds;
};

/// The rule that asks least of these positions as one group; absent where no rule takes them as
/// one, or the account may not hold them. Parts of one underlying, no two of the same lot; any
/// order.
[[nodiscard]] std::optional<MarginRuling> ruling_on(std::span<const MarginPart> parts,
                                                    std::optional<Price> spot, MarginTerms terms);

}  // namespace v6
