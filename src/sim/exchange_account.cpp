#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/hash.hpp"
#include "portfolio/margin.hpp"
#include "sim/exchange.hpp"

/// Positions, cash, and what they are worth and tie up.
namespace v6 {
namespace {

using namespace literals;

/// Margin rules know roots by our table; a stock that is not in it is margined like a fund.
Contract margined_as(const Listing& option) {
  const Symbol root = option.trading_class();
  return {.root = find_instrument(root) ? root : "SPY"_sym,
          .expiry = option.expiry,
          .strike = option.strike,
          .right = option.right};
}

Money scaled(Money money, double factor) {
  return Money::from_raw(std::llround(static_cast<double>(money.raw()) * factor));
}

}  // namespace

std::optional<Money> Exchange::move_position(ConId con_id, std::int64_t quantity, Money paid) {
  HeldPosition& held = book_.positions[con_id];
  held.con_id = con_id;
  const bool adds = held.quantity == 0 || (held.quantity > 0) == (quantity > 0);
  if (adds) {
    held.quantity += quantity;
    held.cost += paid;
    return std::nullopt;
  }
  const std::int64_t had = std::abs(held.quantity);
  const std::int64_t closed = std::min(had, std::abs(quantity));
  const auto share = [&](Money whole, std::int64_t of) {
    return closed == of ? whole : Money::from_raw(whole.raw() * closed / of);
  };
  const Money released = share(held.cost, had);
  const Money paid_to_close = share(paid, std::abs(quantity));
  const Money realized = -paid_to_close - released;
  held.cost += paid - paid_to_close - released;
  held.quantity += quantity;
  held.realized += realized;
  book_.realized_today += realized;
  return realized;
}

void Exchange::move_cash(Money by) {
  book_.cash += by;
  news_.emplace_back(CashChanged{book_.cash});
}

void Exchange::change_cash(Money by) { move_cash(by); }

void Exchange::tell_position(ConId con_id) {
  news_.emplace_back(PositionChanged{book_.positions.at(con_id)});
}

std::vector<HeldPosition> Exchange::positions() const {
  std::vector<HeldPosition> held;
  for (const auto& [con_id, position] : book_.positions) {
    if (position.quantity != 0) { held.push_back(position); }
  }
  return held;
}

Price Exchange::mark(ConId con_id) const {
  Price& known = last_marks_[con_id];
  const Listing* listing = market_->find(con_id);
  if (!listing) { return known; }
  const MarketQuote quote = market_->quote(*listing);
  if (quote.two_sided()) {
    known = Price::from_raw((quote.bid->raw() + quote.ask->raw()) / 2);
  } else if (quote.last) {
    known = *quote.last;
  }
  return known;
}

Money Exchange::market_value(const HeldPosition& position) const {
  const Listing* listing = market_->find(position.con_id);
  const std::int64_t multiplier = listing ? listing->multiplier().raw() : 1;
  return Money::from_raw(mark(position.con_id).raw() * multiplier * position.quantity);
}

Exchange::Asked Exchange::margin_of_book(const std::vector<HeldPosition>& extra) const {
  MarginBook book{.spot = market_->spot()};
  const auto add = [&](const HeldPosition& position) {
    const Listing* listing = market_->find(position.con_id);
    if (!listing) { return; }
    if (listing->is_option()) {
      book.legs.push_back({.contract = margined_as(*listing),
                           .quantity = Contracts{static_cast<std::int32_t>(position.quantity)},
                           .price = mark(position.con_id)});
    } else {
      book.shares += position.quantity;
    }
  };
  for (const HeldPosition& position : positions()) { add(position); }
  for (const HeldPosition& position : extra) { add(position); }
  const auto asked = [&](MarginPhase phase) {
    if (const auto margin = margin_of(book, {.phase = phase})) { return margin->deposit(); }
    // Too many to pair: each for itself, which is never less.
    Money sum;
    for (const MarginLeg& leg : book.legs) {
      const auto alone = margin_of({.legs = {leg}, .spot = book.spot}, {.phase = phase});
      if (alone) { sum += alone->deposit(); }
    }
    return sum;
  };
  const Money initial = asked(MarginPhase::kInitial);
  // Only shares make a difference.
  return {.initial = initial,
          .maintenance = book.shares == 0 ? initial : asked(MarginPhase::kMaintenance)};
}

/// Pairing a large book takes milliseconds, so what is held is margined once a minute and whenever
/// it changes.
Exchange::Asked Exchange::margin_held() const {
  const auto minute = std::chrono::floor<std::chrono::minutes>(market_->instant());
  auto key = static_cast<std::uint64_t>(minute.time_since_epoch().count());
  for (const HeldPosition& position : positions()) {
    key = mix(key ^ mix(static_cast<std::uint64_t>(position.con_id)) ^
              static_cast<std::uint64_t>(position.quantity));
  }
  if (!margin_known_ || margin_known_->first != key) { margin_known_ = {key, margin_of_book({})}; }
  return margin_known_->second;
}

MarginSide Exchange::margin_with(const std::vector<HeldPosition>& extra) const {
  const Asked asked = extra.empty() ? margin_held() : margin_of_book(extra);
  MarginSide side{.init_margin = scaled(asked.initial, margin_factor_),
                  .maint_margin = scaled(asked.maintenance, margin_factor_),
                  .equity = book_.cash};
  for (const HeldPosition& position : positions()) { side.equity += market_value(position); }
  return side;
}

MarginPreview Exchange::preview_of(const OrderRequest& request) const {
  std::vector<OrderLeg> legs = request.legs;
  if (!request.is_combo()) { legs = {{.con_id = request.con_id}}; }
  std::vector<HeldPosition> extra;
  std::vector<FeeLeg> fee_legs;
  MarginPreview preview{.before = margin_with({})};
  for (const OrderLeg& leg : legs) {
    const OrderAction side =
        request.action == OrderAction::kBuy ? leg.action : opposite(leg.action);
    const std::int32_t quantity = leg.ratio * request.quantity;
    extra.push_back({.con_id = leg.con_id, .quantity = std::int64_t{sign_of(side)} * quantity});
    if (const Instrument* instrument = market_->find(leg.con_id)->instrument) {
      fee_legs.push_back({.instrument = instrument,
                          .side = side == OrderAction::kBuy ? Side::kBuy : Side::kSell,
                          .price = mark(leg.con_id),
                          .quantity = Contracts{quantity}});
    }
  }
  for (const Money fee : order_fees(settings_.fees, fee_legs)) { preview.commission += fee; }
  preview.after = margin_with(extra);
  preview.after.equity -= preview.commission;
  return preview;
}

AccountFigures Exchange::figures() const {
  const MarginSide margin = margin_with({});
  AccountFigures figures{.net_liquidation = margin.equity,
                         .cash = book_.cash,
                         .init_margin = margin.init_margin,
                         .maint_margin = margin.maint_margin,
                         .equity_with_loan = margin.equity,
                         .available_funds = margin.equity - margin.init_margin,
                         .excess_liquidity = margin.equity - margin.maint_margin,
                         .realized_pnl = book_.realized_today,
                         .daily_pnl = margin.equity - book_.day_start_value};
  for (const HeldPosition& position : positions()) {
    const Listing* listing = market_->find(position.con_id);
    const Money value = market_value(position);
    (listing && listing->is_option() ? figures.option_value : figures.stock_value) += value;
    figures.gross_position_value += value < Money{} ? -value : value;
    figures.unrealized_pnl += value - position.cost;
  }
  constexpr int kLeverage = 4;
  figures.buying_power = std::max(figures.available_funds, Money{}) * kLeverage;
  return figures;
}

}  // namespace v6
