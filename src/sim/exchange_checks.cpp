#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "sim/exchange.hpp"

/// What is wrong with an order before it reaches the market, in a broker's codes and words.
namespace v6 {
namespace {

constexpr std::int32_t kMostQuantity = 100'000;
constexpr int kMostWorkingPerSide = 20;
constexpr std::size_t kMostLegs = 6;

bool off_step(Price price, Price tick) { return price.raw() % tick.raw() != 0; }

}  // namespace

std::optional<Exchange::Refusal> Exchange::contract_refusal(const OrderRequest& request) const {
  Refusal unknown{200, "No security definition has been found for the request"};
  const auto known = [&](ConId id) {
    const Listing* listing = market_->find(id);
    return listing &&
           (!listing->is_option() || listing->last_trade_day >= new_york_date(market_->now()));
  };
  if (!request.is_combo()) {
    if (!known(request.con_id)) { return unknown; }
    if (market_->find(request.con_id)->kind == SecurityKind::kIndex) {
      return Refusal{201, "Order rejected - reason:Indices cannot be traded"};
    }
    return std::nullopt;
  }
  std::set<ConId> seen;
  std::int32_t divisor = 0;
  for (const OrderLeg& leg : request.legs) {
    if (!known(leg.con_id)) { return unknown; }
    if (market_->find(leg.con_id)->kind == SecurityKind::kIndex ||
        !seen.insert(leg.con_id).second || leg.ratio <= 0) {
      return Refusal{201, "Order rejected - reason:Invalid combination leg"};
    }
    divisor = std::gcd(divisor, leg.ratio);
  }
  if (request.legs.size() < 2 || request.legs.size() > kMostLegs || divisor != 1) {
    return Refusal{201, "Order rejected - reason:Invalid combination ratio"};
  }
  if (!request.guaranteed && request.legs.size() > 2) {
    return Refusal{10002, "Non-guaranteed combos with more than two legs are not supported"};
  }
  if (!request.oca_group.empty() && request.guaranteed) {
    return Refusal{356, "Guaranteed SMART combo orders cannot be in an OCA group"};
  }
  return std::nullopt;
}

/// A combination that pays the same wherever the underlying ends: nothing to be at risk.
bool Exchange::riskless(const OrderRequest& request) const {
  std::set<std::int64_t> levels{0};
  std::int64_t slope = 0;  // far above every strike
  for (const OrderLeg& leg : request.legs) {
    const Listing& listing = *market_->find(leg.con_id);
    if (listing.is_option()) {
      if (listing.expiry != market_->find(request.legs.front().con_id)->expiry) { return false; }
      levels.insert(listing.strike.raw());
    }
    const bool rises = !listing.is_option() || listing.right == OptionRight::kCall;
    const std::int64_t shares = listing.multiplier().raw();
    slope += rises ? shares * sign_of(leg.action) * leg.ratio : 0;
  }
  const auto payoff = [&](std::int64_t level) {
    std::int64_t sum = 0;
    for (const OrderLeg& leg : request.legs) {
      const Listing& listing = *market_->find(leg.con_id);
      const std::int64_t beyond = listing.is_option() ? level - listing.strike.raw() : level;
      const std::int64_t worth = !listing.is_option() ? beyond
                                 : listing.right == OptionRight::kCall
                                     ? std::max<std::int64_t>(beyond, 0)
                                     : std::max<std::int64_t>(-beyond, 0);
      sum += worth * sign_of(leg.action) * leg.ratio * listing.multiplier().raw();
    }
    return sum;
  };
  const std::int64_t first = payoff(0);
  return slope == 0 &&
         std::ranges::all_of(levels, [&](std::int64_t level) { return payoff(level) == first; });
}

std::optional<Exchange::Refusal> Exchange::change_refusal(const OrderRequest& request,
                                                          const BookedOrder& order) {
  if (order.status == BookStatus::kFilled) { return Refusal{104, "Cannot modify a filled order."}; }
  if (order.status == BookStatus::kPendingCancel) {
    return Refusal{2102, "Unable to modify this order as it is still being processed."};
  }
  const OrderRequest& old = order.request;
  const bool same_contract =
      request.legs == old.legs && (request.is_combo() || request.con_id == old.con_id);
  if (!same_contract || request.action != old.action || request.quantity < order.filled) {
    return Refusal{105, "Order being modified does not match original order."};
  }
  return std::nullopt;
}

std::optional<Exchange::Refusal> Exchange::margin_refusal(const OrderRequest& request) const {
  const MarginPreview preview = preview_of(request);
  const bool asks_more = preview.after.init_margin > preview.before.init_margin;
  if (!asks_more || preview.after.init_margin <= preview.after.equity) { return std::nullopt; }
  return Refusal{
      201, fmt::format("Order rejected - reason:YOUR ORDER IS NOT ACCEPTED. IN ORDER TO OBTAIN "
                       "THE DESIRED POSITION YOUR EQUITY WITH LOAN VALUE [{} USD] MUST EXCEED THE "
                       "INITIAL MARGIN [{} USD]",
                       preview.after.equity.text(), preview.after.init_margin.text())};
}

std::optional<Exchange::Refusal> Exchange::refusal_of(const OrderRequest& request,
                                                      const BookedOrder* same) const {
  const auto last = book_.highest_order_id.find(request.client_id);
  const bool used = last != book_.highest_order_id.end() && request.order_id <= last->second;
  if (request.order_id <= 0 || (used && !same) || (same && request.what_if) ||
      (same && (same->status == BookStatus::kCancelled || same->status == BookStatus::kInactive))) {
    return Refusal{103, "Duplicate order id"};
  }
  if (same) {
    if (const auto refusal = change_refusal(request, *same)) { return refusal; }
  }
  if (!request.account.empty() && request.account != settings_.account) {
    return Refusal{201, fmt::format("Order rejected - reason:Invalid account {}", request.account)};
  }
  if (const auto refusal = contract_refusal(request)) { return refusal; }
  if (request.quantity <= 0 || request.quantity > kMostQuantity) {
    return Refusal{201, "Order rejected - reason:Invalid order quantity"};
  }
  if (request.what_if && !request.transmit) {
    return Refusal{413, "What-if order should have the transmit flag set to TRUE."};
  }
  if (request.type == OrderType::kLimit) {
    const ConId first = request.is_combo() ? request.legs.front().con_id : request.con_id;
    const Listing& listing = *market_->find(first);
    if (!request.limit || (!request.is_combo() && *request.limit <= Price{})) {
      return Refusal{201, "Order rejected - reason:Invalid limit price"};
    }
    const Price tick = request.is_combo() ? listing.combo_tick() : listing.tick(*request.limit);
    if (off_step(*request.limit, tick)) {
      return Refusal{
          110, "The price does not conform to the minimum price variation for this contract."};
    }
  }
  if (request.is_combo()) {
    const Symbol symbol = market_->find(request.legs.front().con_id)->symbol;
    if (!std::ranges::all_of(request.legs, [&](const OrderLeg& leg) {
          return market_->find(leg.con_id)->symbol == symbol;
        })) {
      return Refusal{201, "Order rejected - reason:Legs of different underlyings"};
    }
    if (riskless(request)) {
      return Refusal{201, "Order rejected - reason:Riskless combination orders are not allowed."};
    }
  }
  if (request.parent_id != 0 && !same) {
    const auto parent = std::ranges::find_if(book_.orders, [&](const auto& entry) {
      return entry.second.request.client_id == request.client_id &&
             entry.second.request.order_id == request.parent_id;
    });
    if (parent == book_.orders.end()) { return Refusal{10006, "Missing parent order."}; }
  }
  if (!same && !request.what_if) {
    const auto alike = std::ranges::count_if(book_.orders, [&](const auto& entry) {
      const OrderRequest& other = entry.second.request;
      return is_working(entry.second.status) && other.con_id == request.con_id &&
             other.legs == request.legs && other.action == request.action;
    });
    if (alike >= kMostWorkingPerSide) {
      return Refusal{201, "Order rejected - reason:Maximum of 20 working orders per side reached"};
    }
  }
  if (!request.what_if) { return margin_refusal(request); }
  return std::nullopt;
}

}  // namespace v6
