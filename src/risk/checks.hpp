#pragma once

#include <string>
#include <string_view>

#include "risk/gate.hpp"

/// The two halves of the gate. The ticket they get is whole and names contracts we know.
namespace v6 {

/// Every entry limit, for orders that add risk.
[[nodiscard]] Waterfall opening_checks(const OrderTicket& ticket, const RiskView& view);
/// Hours, quantity, cover and collar, for orders that take it off.
[[nodiscard]] Waterfall closing_checks(const OrderTicket& ticket, const RiskView& view);

/// A gate that has nothing to measure.
[[nodiscard]] inline Check refusal(std::string_view name, std::string why) {
  return gate_if(false, {.name = name, .detail = std::move(why)});
}

}  // namespace v6
