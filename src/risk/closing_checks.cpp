#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "risk/checks.hpp"

namespace v6 {
namespace {

/// Orders that could still fill beside this one.
std::vector<LiveOrder> others_of_structure(const OrderTicket& ticket, const RiskView& view) {
  std::vector<LiveOrder> others;
  std::ranges::copy_if(view.live, std::back_inserter(others), [&](const LiveOrder& other) {
    return other.ticket.structure == ticket.structure && other.ticket.order != ticket.order;
  });
  return others;
}

/// What is held of the structure and not being closed already, in units of this order.
Contracts closable(const OrderTicket& ticket, const RiskView& view) {
  const auto found = view.structures->find(ticket.structure);
  if (found == view.structures->end()) { return Contracts{}; }
  std::optional<std::int32_t> units;
  for (const Leg& leg : ticket.legs) {
    std::int32_t held = 0;
    if (const auto holding = found->second.holdings.find(leg.contract);
        holding != found->second.holdings.end()) {
      held = holding->second.quantity.raw();
    }
    const auto closes = [&](std::int32_t ratio) { return (held > 0) == (ratio < 0); };
    std::int32_t left = std::abs(held);
    for (const LiveOrder& other : others_of_structure(ticket, view)) {
      for (const Leg& ordered : other.ticket.legs) {
        // An opening that has not filled brings nothing that could be closed.
        if (ordered.contract == leg.contract && closes(ordered.ratio)) {
          left -= std::abs(ordered.ratio * other.leaves.raw());
        }
      }
    }
    const std::int32_t can = closes(leg.ratio) ? std::max(0, left) / std::abs(leg.ratio) : 0;
    units = std::min(units.value_or(can), can);
  }
  return Contracts{units.value_or(0)};
}

/// The payoff alone of what an order would still trade.
Bundle payoff_of(const OrderTicket& ticket, Contracts quantity, const InstrumentMaster& master) {
  Bundle bundle;
  for (const Leg& leg : ticket.legs) {
    const Contract contract = master[leg.contract];
    bundle.legs.push_back(
        {contract.right, contract.strike, std::int64_t{leg.ratio} * quantity.raw()});
  }
  return bundle;
}

/// A short option would be left without the long that covered it, or more could be lost than
/// before, whichever of the structure's other orders fill.
bool adds_risk(const OrderTicket& ticket, const RiskView& view) {
  const auto found = view.structures->find(ticket.structure);
  if (found == view.structures->end()) { return true; }
  Bundle before;
  for (const auto& [id, holding] : found->second.holdings) {
    const Contract contract = (*view.master)[id];
    before.legs.push_back({contract.right, contract.strike, holding.quantity.raw()});
  }
  std::vector<Bundle> others;
  for (const LiveOrder& other : others_of_structure(ticket, view)) {
    others.push_back(payoff_of(other.ticket, other.leaves, *view.master));
  }
  // Calls that stand uncovered already are covered here on both sides of the comparison: else
  // nothing could be told apart from an unbounded loss.
  std::int64_t missing = before.upper_slope();
  for (const Bundle& other : others) { missing += std::min<std::int64_t>(0, other.upper_slope()); }
  Price top;
  for (const ExposureLeg& leg : before.legs) { top = std::max(top, leg.strike); }
  before.legs.push_back({OptionRight::kCall, top, std::max<std::int64_t>(0, -missing)});

  Bundle after = before;
  for (const ExposureLeg& leg : payoff_of(ticket, ticket.quantity, *view.master).legs) {
    after.legs.push_back(leg);
  }
  const auto was = worst_case(before, others);
  const auto is = worst_case(after, others);
  return !was || !is || *is > *was;
}

}  // namespace

Waterfall closing_checks(const OrderTicket& ticket, const RiskView& view) {
  Waterfall checks;
  // Hours: any moment of the session, to the second, because an exit must be able to go.
  const auto& session = view.day.session;
  const bool open = session && view.at >= session->open && view.at <= session->close;
  checks.push_back(gate_if(open, {.name = "session", .detail = "exits need an open market only"}));
  const Contracts most = closable(ticket, view);
  checks.push_back(gate_at_most({.name = "worst_case",
                                 .measured = ticket.quantity.raw(),
                                 .limit = most.raw(),
                                 .unit = "units held",
                                 .detail = "an exit closes what is held, no more"}));
  if (adds_risk(ticket, view)) {
    checks.push_back(refusal("worst_case", "would leave more risk than it takes off"));
  }
  const NetQuote net = net_quote(ticket.legs, ticket.quotes);
  const auto structure = view.structures->find(ticket.structure);
  const Price width = structure == view.structures->end() ? Price{} : structure->second.width;
  const double beyond = (net.natural - ticket.walk.last).dollars();
  const double tick =
      (*view.master)[ticket.legs.front().contract].instrument().tick.combo.dollars();
  checks.push_back(gate_at_most({.name = "collar",
                                 .measured = beyond,
                                 .limit = view.limits->collar_of_width * width.dollars() + tick,
                                 .unit = "dollars beyond the natural"}));
  return checks;
}

}  // namespace v6
