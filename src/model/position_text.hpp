#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "model/event.hpp"

namespace v6 {

/// The word of a position's text that cannot be read, and what may stand there.
struct PositionTextError {
  std::string field;
  std::string value;
  std::string accepted;

  /// `strike "x": accepted is ...`
  [[nodiscard]] std::string text() const;
};

/// "-1 SPXW 2019-06-21 2750 P": contracts (sold negative, bought with or without +), root, expiry,
/// strike, C or P (or call, put). Words apart by blanks.
[[nodiscard]] std::expected<ContractPosition, PositionTextError> parse_position(
    std::string_view text);

}  // namespace v6
