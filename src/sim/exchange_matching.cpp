#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <ranges>
#include <utility>

#include "base/check.hpp"
#include "base/hash.hpp"
#include "sim/exchange.hpp"
#include "sim/simulated_broker.hpp"

/// What fills, at which prices, and how it is booked.
namespace v6 {

struct Exchange::LegMarket {
  const Listing* listing = nullptr;
  std::int32_t ratio = 1;
  std::int32_t way = 1;  // 1 where this order buys the leg, -1 where it sells
  Price mid;
  Price worse;  // the side it would have to take
  std::int32_t displayed = 0;

  /// Cash the order pays for this leg of one unit at this price.
  [[nodiscard]] Price paid(Price price) const { return price * (way * ratio); }
};

struct Exchange::Fill {
  std::int32_t quantity = 0;
  Price paid;  // by the order, per unit: the sum of what its legs pay
  bool crossed = false;
  std::vector<LegMarket> legs;
  std::vector<Price> prices;
};

namespace {

/// What one order draws from. Not its orderRef: that differs from one state folder to another, and
/// the same day must not.
IntentId name_of(const OrderRequest& request) {
  const std::uint64_t client = mix(static_cast<std::uint64_t>(request.client_id));
  const std::uint64_t order = mix(static_cast<std::uint64_t>(request.order_id));
  return IntentId{static_cast<std::uint32_t>(mix(client ^ order) >> 32)};
}

template <class Leg>
Price total(const std::vector<Leg>& legs, Price Leg::* price) {
  Price sum;
  for (const Leg& leg : legs) { sum += leg.paid(leg.*price); }
  return sum;
}

/// `paid` split over the legs by their half-widths; what the division leaves goes to the widest leg
/// of ratio one, or (there is none) off the total.
template <class Leg>
std::vector<Price> split(const std::vector<Leg>& legs, Price& paid) {
  const Price mid = total(legs, &Leg::mid);
  const Price natural = total(legs, &Leg::worse);
  const std::int64_t conceded = (paid - mid).raw();
  const std::int64_t whole = (natural - mid).raw();
  std::vector<Price> prices;
  Price sum;
  std::optional<std::size_t> widest;
  for (std::size_t i = 0; i < legs.size(); ++i) {
    const std::int64_t half = (legs[i].worse - legs[i].mid).raw();
    const Price step = Price::from_raw(whole == 0 ? 0 : half * conceded / whole);
    prices.push_back(legs[i].mid + step);
    sum += legs[i].paid(prices.back());
    if (legs[i].ratio != 1) { continue; }
    const auto width = [&](std::size_t at) {
      return std::abs((legs[at].worse - legs[at].mid).raw());
    };
    if (!widest || width(i) > width(*widest)) { widest = i; }
  }
  if (widest) {
    prices[*widest] += (paid - sum) * legs[*widest].way;
  } else {
    paid = sum;
  }
  return prices;
}

}  // namespace

bool Exchange::tradable(const OrderRequest& request) const {
  if (halted_) { return false; }
  const auto open = [&](ConId id) {
    const Listing* listing = market_->find(id);
    return listing && market_->is_open(*listing);
  };
  const bool trades = request.is_combo()
                          ? std::ranges::all_of(request.legs, open, &OrderLeg::con_id)
                          : open(request.con_id);
  if (!trades || request.parent_id == 0) { return trades; }
  const auto parent = std::ranges::find_if(book_.orders, [&](const auto& entry) {
    return entry.second.request.client_id == request.client_id &&
           entry.second.request.order_id == request.parent_id;
  });
  return parent == book_.orders.end() || parent->second.status == BookStatus::kFilled;
}

std::optional<std::vector<Exchange::LegMarket>> Exchange::markets_of(
    const OrderRequest& request) const {
  std::vector<OrderLeg> legs = request.legs;
  if (!request.is_combo()) { legs = {{.con_id = request.con_id}}; }
  std::vector<LegMarket> markets;
  for (const OrderLeg& leg : legs) {
    const Listing& listing = *market_->find(leg.con_id);
    const MarketQuote quote = market_->quote(listing);
    if (!quote.two_sided()) { return std::nullopt; }
    LegMarket market{.listing = &listing,
                     .ratio = leg.ratio,
                     .way = sign_of(request.action) * sign_of(leg.action),
                     .mid = Price::from_raw((quote.bid->raw() + quote.ask->raw()) / 2)};
    market.worse = market.way > 0 ? *quote.ask : *quote.bid;
    market.displayed = std::max(market.way > 0 ? quote.ask_size : quote.bid_size, 1);
    markets.push_back(market);
  }
  return markets;
}

/// What this order gets now. An arriving order takes what it crosses, in full; a resting one waits
/// for the market to reach it and gets the size on display. Combos rest between mid and natural:
/// they fill once they have conceded what the draw of their name asks.
std::optional<Exchange::Fill> Exchange::fill_of(const BookedOrder& order, bool arriving) const {
  const OrderRequest& request = order.request;
  auto legs = markets_of(request);
  if (!legs) { return std::nullopt; }
  Fill fill{.quantity = order.remaining(), .legs = std::move(*legs)};
  const Price mid = total(fill.legs, &LegMarket::mid);
  const Price natural = total(fill.legs, &LegMarket::worse);
  if (!request.is_combo() && fill.legs.front().worse <= Price{}) { return std::nullopt; }
  const bool market = request.type == OrderType::kMarket;
  const Price limit = market ? natural : *request.limit * sign_of(request.action);

  if (limit >= natural && (arriving || request.is_combo())) {
    fill.crossed = true;
    fill.paid = natural;
  } else if (request.is_combo()) {
    const double concession = concession_of(settings_.seed, name_of(request));
    const auto way = static_cast<double>((natural - mid).raw());
    const Price conceded = mid + Price::from_raw(static_cast<std::int64_t>(way * concession));
    fill.paid = round_up_to(conceded, fill.legs.front().listing->combo_tick());
    if (limit < fill.paid) { return std::nullopt; }
  } else {
    if (limit < natural) { return std::nullopt; }
    fill.paid = limit;
  }

  std::int32_t most = fill.quantity;
  if (!fill.crossed) {
    for (const LegMarket& leg : fill.legs) { most = std::min(most, leg.displayed / leg.ratio); }
    most = std::max(most, 1);
  }
  if (request.tif == TimeInForce::kFok && most < fill.quantity) { return std::nullopt; }
  if (fill_policy_.max_per_event && request.tif != TimeInForce::kFok) {
    most = std::min(most, std::max(*fill_policy_.max_per_event, 1));
  }
  fill.quantity = std::min(fill.quantity, most);
  if (fill.crossed) {
    for (const LegMarket& leg : fill.legs) { fill.prices.push_back(leg.worse); }
  } else if (request.is_combo()) {
    fill.prices = split(fill.legs, fill.paid);
  } else {
    fill.prices = {*request.limit};
  }
  return fill;
}

void Exchange::match(BookedOrder& order, const Moment& now, bool arriving) {
  const bool at_once =
      order.request.tif == TimeInForce::kIoc || order.request.tif == TimeInForce::kFok;
  next_fill_.erase(order.perm_id);
  if (!fills_held_ && tradable(order.request)) {
    while (order.remaining() > 0) {
      const auto fill = fill_of(order, arriving);
      if (!fill) { break; }
      book_fill(order, *fill);
      if (order.remaining() == 0) {
        order.ended_at = market_->now();
        cancel_rest_of_group(order, now);
        break;
      }
      if (!fill_policy_.max_per_event || !fill->crossed) { break; }
      if (fill_policy_.interval > Duration{} && !at_once) {
        next_fill_[order.perm_id] = now.paced + fill_policy_.interval;
        break;
      }
    }
  }
  if (at_once && is_working(order.status) && !fills_held_) { finish_cancel(order, "", now); }
}

bool Exchange::fill_now(std::int64_t perm_id, std::int32_t quantity, const Moment& now) {
  market_->advance(now.session);
  const auto found = book_.orders.find(perm_id);
  if (found == book_.orders.end()) { return false; }
  BookedOrder& order = found->second;
  auto legs = markets_of(order.request);
  if (!legs) { return false; }
  Fill fill{.quantity = quantity > 0 ? quantity : order.remaining(), .legs = std::move(*legs)};
  if (fill.quantity <= 0) { return false; }
  fill.paid = order.request.limit ? *order.request.limit * sign_of(order.request.action)
                                  : total(fill.legs, &LegMarket::worse);
  fill.prices = order.request.is_combo() ? split(fill.legs, fill.paid)
                                         : std::vector<Price>{fill.paid * fill.legs.front().way};
  book_fill(order, fill);
  if (order.remaining() <= 0) {
    order.status = BookStatus::kFilled;
    order.ended_at = market_->now();
    next_fill_.erase(perm_id);
  }
  return true;
}

/// Each leg's commission; what is missing to the order's least one is on its first.
std::vector<Money> Exchange::fees_of(const BookedOrder& order, const Fill& fill) const {
  std::vector<Money> fees;
  Money sum;
  for (std::size_t i = 0; i < fill.legs.size(); ++i) {
    const LegMarket& leg = fill.legs[i];
    const Contracts quantity{leg.ratio * fill.quantity};
    Money own;
    if (leg.listing->instrument) {
      const Side side = leg.way > 0 ? Side::kBuy : Side::kSell;
      own = commission(settings_.fees, fill.prices[i], quantity) +
            pass_through_fees(settings_.fees, *leg.listing->instrument, side, fill.prices[i],
                              quantity);
      sum += commission(settings_.fees, fill.prices[i], quantity);
    } else {
      constexpr Money kAShare = Money::from_raw(50);
      own = kAShare * quantity.raw();
      sum += own;
    }
    fees.push_back(own);
  }
  if (order.filled == fill.quantity) {
    fees.front() += std::max(Money{}, settings_.fees.minimum_per_order - sum);
  }
  return fees;
}

std::vector<Execution> Exchange::executions_of(const BookedOrder& order, const Fill& fill) {
  const OrderRequest& request = order.request;
  const std::uint32_t number = book_.next_execution++;
  const std::uint32_t book = std::uint32_t{settings_.book} << 16 | (book_.generation & 0xffff);
  int part = 0;
  const auto execution = [&](ConId con_id, OrderAction side, std::int32_t quantity, Price price) {
    Execution made{.exec_id = fmt::format("{:08x}.{:08x}.{:02}.01", book, number, ++part),
                   .perm_id = order.perm_id,
                   .client_id = request.client_id,
                   .order_id = request.order_id,
                   .order_ref = request.order_ref,
                   .at = market_->now(),
                   .combo = con_id == 0,
                   .con_id = con_id,
                   .side = side,
                   .quantity = quantity,
                   .price = price,
                   .cumulative = quantity,
                   .cumulative_value = price.raw() * quantity,
                   .liquidation = order.liquidation,
                   .liquidity = fill.crossed ? 2 : 1};
    for (const Execution& old : std::views::reverse(book_.executions)) {
      if (old.perm_id != made.perm_id || old.con_id != con_id) { continue; }
      made.cumulative += old.cumulative;
      made.cumulative_value += old.cumulative_value;
      break;
    }
    return made;
  };
  std::vector<Execution> made;
  if (request.is_combo()) {
    made.push_back(
        execution(0, request.action, fill.quantity, fill.paid * sign_of(request.action)));
  }
  std::size_t place = 0;
  for (const LegMarket& leg : fill.legs) {
    made.push_back(execution(leg.listing->con_id,
                             leg.way > 0 ? OrderAction::kBuy : OrderAction::kSell,
                             leg.ratio * fill.quantity, fill.prices[place++]));
  }
  return made;
}

/// Books one fill and tells it in the order a broker does.
void Exchange::book_fill(BookedOrder& order, const Fill& fill) {
  const std::int32_t way = sign_of(order.request.action);
  const Price price = fill.paid * way;
  if (order.status == BookStatus::kPreSubmitted && fill.quantity < order.remaining()) {
    order.status = BookStatus::kSubmitted;
    show(order);
  }
  order.filled += fill.quantity;
  order.filled_value += price.raw() * fill.quantity;
  order.last_fill = price;
  const bool done = order.remaining() == 0;
  if (done) {
    order.status = BookStatus::kFilled;
    order.why = fmt::format("Filled Size: {}", order.filled);
  } else {
    show_status(order);
  }

  std::vector<Execution> made = executions_of(order, fill);
  const std::vector<Money> fees = fees_of(order, fill);
  Money cash;
  std::size_t leg = 0;
  for (Execution& execution : made) {
    if (!execution.combo) {
      const std::int32_t side = sign_of(execution.side);
      execution.commission = fees[leg];
      order.commissions += fees[leg];
      const Multiplier multiplier = fill.legs[leg].listing->multiplier();
      const Money paid =
          premium(execution.price, multiplier, Contracts{execution.quantity}) * side +
          execution.commission;
      execution.realized =
          move_position(execution.con_id, std::int64_t{execution.quantity} * side, paid);
      cash -= paid;
      ++leg;
    }
    book_.executions.push_back(execution);
    news_.emplace_back(Executed{execution});
  }
  if (done) {
    show(order);
    show_status(order);
    order.commission_shown = order.commissions;
    show(order);
  }
  for (const Execution& execution : made) {
    if (!execution.combo) { news_.emplace_back(CommissionShown{execution}); }
  }
  for (const LegMarket& traded : fill.legs) { tell_position(traded.listing->con_id); }
  move_cash(cash);
}

void Exchange::cancel_rest_of_group(const BookedOrder& order, const Moment& now) {
  if (order.request.oca_group.empty()) { return; }
  for (auto& [perm_id, other] : book_.orders) {
    if (perm_id != order.perm_id && is_working(other.status) &&
        other.request.client_id == order.request.client_id &&
        other.request.oca_group == order.request.oca_group) {
      finish_cancel(other, "OCA group", now);
    }
  }
}

}  // namespace v6
