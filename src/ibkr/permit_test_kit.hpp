#pragma once

#include <gtest/gtest.h>

#include "risk/gate.hpp"
#include "risk/permit_desk.hpp"

namespace v6::ibkr {

/// A permit for an order that closes what it says. The only way to one leads through the gate; of
/// its doors the one for exits asks least, and the client does not look at what an order is for.
inline SendPermit permit_for(OrderTicket ticket, const InstrumentMaster& master,
                             const Calendar& calendar, Instant at) {
  ticket.purpose = Purpose::kClose;
  ticket.mode = Mode::kPaper;
  ticket.structure = StructureId{1};
  ticket.decided_at = at;
  Structure held{.id = ticket.structure, .underlying = ticket.underlying};
  for (const Leg& leg : ticket.legs) {
    held.holdings[leg.contract].quantity = Contracts{-leg.ratio * ticket.quantity.raw()};
    ticket.quotes.push_back({.contract = leg.contract});
  }
  held.width = Price::cents(5'000);
  const RiskLimits limits{.collar_of_width = 1e9};
  const std::map<StructureId, Structure> book{{held.id, held}};
  const RiskView view{
      .at = at,
      .limits = &limits,
      .master = &master,
      .structures = &book,
      .day = {.mode = Mode::kPaper,
              .session = calendar.session(new_york_date(at), SessionKind::kIndexOption)}};
  auto approved = RiskGate::approve(ticket, view);
  EXPECT_TRUE(approved) << (approved ? "" : approved.error().text());
  return PermitDesk::permit(std::move(approved).value(), {.now = at, .mode = Mode::kPaper}).value();
}

}  // namespace v6::ibkr
