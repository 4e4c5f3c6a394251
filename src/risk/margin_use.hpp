#pragma once

#include <expected>
#include <string>

#include "risk/gate.hpp"

namespace v6 {

/// What the margin rules ask of the account, or why that cannot be said.
struct MarginUse {
  using Figure = std::expected<Money, std::string>;
  /// Of all that is held and of every subset of live orders, this one included, that could fill:
  /// the most that any of them asks.
  Figure after_trade;
  /// Of what remains of it once the nearest expiry is gone.
  Figure after_next_expiry;
};

/// Underlyings add up, because nothing in one covers anything in another. Prices are the marks of
/// what is held and the quotes of what is ordered; the only spot known is the ticket's own, so that
/// elsewhere an uncovered put is secured by its strike and an uncovered call has no figure.
[[nodiscard]] MarginUse margin_use(const OrderTicket& ticket, const RiskView& view);

}  // namespace v6
