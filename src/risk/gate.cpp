#include "risk/gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/enum_text.hpp"
#include "risk/checks.hpp"

namespace v6 {
namespace {

/// Bytes can say what no enumerator means; nothing is decided on it.
template <DescribedEnum E>
bool is_known(E value) {
  return std::ranges::any_of(words<E>(), [&](const auto& entry) { return entry.first == value; });
}

/// Everything the checks of this purpose read is there.
bool complete(const RiskView& view, Purpose purpose) {
  if (view.limits == nullptr || view.master == nullptr || view.structures == nullptr) {
    return false;
  }
  return !opens(purpose) ||
         (view.strategy != nullptr && view.calendar != nullptr && view.gates != nullptr &&
          view.fees != nullptr && view.allowed != nullptr && view.day.factors != nullptr);
}

/// The ticket is whole and speaks of contracts we know: without that nothing else can be judged.
std::optional<Check> malformed(const OrderTicket& ticket, const RiskView& view) {
  if (!is_known(ticket.purpose) || !is_known(ticket.mode)) {
    return refusal("mode", "a purpose or mode that does not exist");
  }
  if (!complete(view, ticket.purpose)) { return refusal("worst_case", "nothing to judge it by"); }
  if (ticket.legs.empty() || ticket.legs.size() > 4) {
    return refusal("strikes", "an order has one to four legs");
  }
  if (ticket.quotes.size() != ticket.legs.size()) {
    return refusal("freshness", "a leg without a quote");
  }
  std::set<ContractId> seen;
  for (std::size_t i = 0; i < ticket.legs.size(); ++i) {
    const Leg& leg = ticket.legs[i];
    if (leg.ratio == 0 || !view.master->knows(leg.contract) ||
        ticket.quotes[i].contract != leg.contract) {
      return refusal("strikes", "a leg that names no listed contract");
    }
    if ((*view.master)[leg.contract].underlying() != ticket.underlying) {
      return refusal("strikes", "a leg of another underlying");
    }
    if (!seen.insert(leg.contract).second) { return refusal("strikes", "one contract twice"); }
  }
  if (ticket.quantity <= Contracts{}) { return refusal("worst_case", "quantity below 1"); }
  const bool claimed = ticket.claims.deltas.size() == ticket.legs.size() &&
                       ticket.claims.volatilities.size() == ticket.legs.size();
  if (opens(ticket.purpose) && !claimed) { return refusal("greeks", "a leg without Greeks"); }
  return std::nullopt;
}

}  // namespace

std::string RiskRefusal::text() const {
  const Check* check = first_of(checks, Verdict::kRefuse);
  if (check == nullptr) { return "refused"; }
  if (!check->measured || !check->limit) { return check->name + ": " + check->detail; }
  return fmt::format("{}: {} {} against {} ({})", check->name, *check->measured, check->unit,
                     *check->limit, check->detail);
}

Waterfall RiskGate::check(const OrderTicket& ticket, const RiskView& view) {
  if (auto fault = malformed(ticket, view)) { return {std::move(*fault)}; }
  return opens(ticket.purpose) ? opening_checks(ticket, view) : closing_checks(ticket, view);
}

std::expected<ApprovedOrder, RiskRefusal> RiskGate::approve(const OrderTicket& ticket,
                                                            const RiskView& view) {
  Waterfall checks = check(ticket, view);
  const bool refused = checks.empty() || first_of(checks, Verdict::kRefuse) != nullptr;
  if (refused) { return std::unexpected{RiskRefusal{std::move(checks)}}; }
  return ApprovedOrder{ticket};
}

}  // namespace v6