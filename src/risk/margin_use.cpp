#include "risk/margin_use.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "portfolio/margin.hpp"

namespace v6 {
namespace {

/// Every subset of this many orders is looked at; with more in one underlying there is no figure.
constexpr std::size_t kMostOrders = 6;

using MarginLegs = std::vector<MarginLeg>;

/// Everything in one underlying that margin may be asked for.
struct Positions {
  MarginLegs held;
  std::vector<MarginLegs> orders;
  std::optional<Price> spot;
};
using Account = std::map<Symbol, Positions>;

MarginLegs legs_of(const OrderTicket& ticket, Contracts leaves, const InstrumentMaster& master) {
  MarginLegs legs;
  for (std::size_t i = 0; i < ticket.legs.size(); ++i) {
    legs.push_back({.contract = master[ticket.legs[i].contract],
                    .quantity = Contracts{ticket.legs[i].ratio * leaves.raw()},
                    .price = ticket.quotes[i].quote.mid()});
  }
  return legs;
}

Account account_of(const OrderTicket& ticket, const RiskView& view) {
  Account account;
  for (const auto& [id, structure] : *view.structures) {
    Positions& positions = account[structure.underlying];
    for (const auto& [contract, holding] : structure.holdings) {
      positions.held.push_back({.contract = (*view.master)[contract],
                                .quantity = holding.quantity,
                                .price = holding.mark.for_limits()});
    }
  }
  const auto expect = [&](const OrderTicket& order, Contracts leaves) {
    account[order.underlying].orders.push_back(legs_of(order, leaves, *view.master));
  };
  for (const LiveOrder& live : view.live) {
    if (live.ticket.order != ticket.order) { expect(live.ticket, live.leaves); }
  }
  expect(ticket, ticket.quantity);
  if (ticket.spot > Price{}) { account[ticket.underlying].spot = ticket.spot; }
  return account;
}

MarginUse::Figure most_of_any_subset(Symbol underlying, const Positions& positions) {
  if (positions.orders.size() > kMostOrders) {
    return std::unexpected{std::string{underlying.text()} + ": too many orders working"};
  }
  Money most;
  for (std::uint32_t subset = 0; subset < (1U << positions.orders.size()); ++subset) {
    MarginBook book{.legs = positions.held, .spot = positions.spot};
    for (std::size_t i = 0; i < positions.orders.size(); ++i) {
      if ((subset >> i & 1U) == 0) { continue; }
      book.legs.insert(book.legs.end(), positions.orders[i].begin(), positions.orders[i].end());
    }
    const auto margin = margin_of(book);
    if (!margin) { return std::unexpected{margin.error().text()}; }
    most = std::max(most, margin->requirement);
  }
  return most;
}

MarginUse::Figure asked_of(const Account& account) {
  Money sum;
  for (const auto& [underlying, positions] : account) {
    const auto most = most_of_any_subset(underlying, positions);
    if (!most) { return most; }
    sum += *most;
  }
  return sum;
}

template <class Each>
void for_each_leg_list(Account& account, Each each) {
  for (auto& [underlying, positions] : account) {
    each(positions.held);
    for (MarginLegs& order : positions.orders) { each(order); }
  }
}

void drop_nearest_expiry(Account& account) {
  std::optional<Date> nearest;
  for_each_leg_list(account, [&](const MarginLegs& legs) {
    for (const MarginLeg& leg : legs) {
      nearest = std::min(nearest.value_or(leg.contract.expiry), leg.contract.expiry);
    }
  });
  for_each_leg_list(account, [&](MarginLegs& legs) {
    std::erase_if(legs, [&](const MarginLeg& leg) { return leg.contract.expiry == *nearest; });
  });
}

}  // namespace

MarginUse margin_use(const OrderTicket& ticket, const RiskView& view) {
  Account account = account_of(ticket, view);
  MarginUse use{.after_trade = asked_of(account), .after_next_expiry = Money{}};
  drop_nearest_expiry(account);
  use.after_next_expiry = asked_of(account);
  return use;
}

}  // namespace v6
