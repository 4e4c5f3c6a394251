#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calendar/calendar.hpp"
#include "model/order.hpp"
#include "portfolio/fees.hpp"
#include "portfolio/greeks.hpp"
#include "portfolio/structure_book.hpp"
#include "risk/limits.hpp"
#include "rules/entry_gates.hpp"
#include "strategy/settings.hpp"

namespace v6 {

/// An order that could still fill, as the gate counts it.
struct LiveOrder {
  OrderTicket ticket;
  Contracts leaves;
};

/// All the gate may look at: the state of the account at this instant, never the builder's results.
struct RiskView {
  Instant at;
  const RiskLimits* limits = nullptr;
  const StrategySettings* strategy = nullptr;
  const EntryGates* gates = nullptr;
  const FeeSchedule* fees = nullptr;
  const Calendar* calendar = nullptr;
  const InstrumentMaster* master = nullptr;
  const std::vector<Symbol>* allowed = nullptr;
  const std::map<StructureId, Structure>* structures = nullptr;
  std::vector<LiveOrder> live;
  EntryView day;  // mode, latches, session, counts, rates as seen now
  Money net_liquidation;
  BookGreeks greeks;  // held and live opening orders
  bool end_of_day = false;
};

/// Why an order may not go. The whole list of checks, so that the "no" explains itself.
struct RiskRefusal {
  Waterfall checks;
  [[nodiscard]] std::string text() const;
};

/// The independent second look, and the only maker of ApprovedOrder. It trusts nothing the builder
/// worked out: prices, widths, worst cases and counts are taken anew from ticket and account.
class RiskGate {
 public:
  /// Orders that add risk must pass every entry limit; all others obey exit predicates alone:
  /// hours, collar, quantity. Anything unreadable on the way is a refusal.
  [[nodiscard]] static std::expected<ApprovedOrder, RiskRefusal> approve(const OrderTicket& ticket,
                                                                         const RiskView& view);
  /// The checks alone, for the waterfall.
  [[nodiscard]] static Waterfall check(const OrderTicket& ticket, const RiskView& view);
};

}  // namespace v6
