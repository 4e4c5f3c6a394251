#include <algorithm>

#include "sim/exchange.hpp"

/// What the passing of days does: orders end, options turn into cash or shares.
namespace v6 {
namespace {

constexpr std::chrono::days kExecutionsKept{7};
/// In the money by this much is exercised unless its holder says otherwise.
constexpr Price kExercised = Price::cents(1);

Price intrinsic(const Listing& option, Price level) {
  const Price worth =
      option.right == OptionRight::kCall ? level - option.strike : option.strike - level;
  return std::max(worth, Price{});
}

}  // namespace

void Exchange::start_day() {
  book_.day = new_york_date(market_->now());
  const Instant midnight = new_york_instant(book_.day, TimeOfDay{});
  std::erase_if(book_.orders, [&](const auto& entry) {
    const BookedOrder& order = entry.second;
    return !is_working(order.status) && order.status != BookStatus::kHeld &&
           order.ended_at < midnight;
  });
  std::erase_if(book_.executions, [&](const Execution& execution) {
    return execution.at < midnight - kExecutionsKept;
  });
  book_.realized_today = Money{};
  book_.day_start_value = figures().net_liquidation;
}

/// A DAY order ends with the first session that closes after it came, any order with the last
/// session of one of its legs.
bool Exchange::is_over(const BookedOrder& order) const {
  const Instant now = market_->now();
  const auto over = [&](ConId id) {
    const Listing& listing = *market_->find(id);
    const Calendar& calendar = market_->calendar();
    const SessionKind kind =
        listing.instrument ? listing.instrument->session : SessionKind::kEquity;
    std::optional<Date> day = new_york_date(order.placed_at);
    if (order.request.tif != TimeInForce::kDay) {
      if (!listing.is_option()) { return false; }
      day = listing.last_trade_day;
    }
    while (day && *day <= new_york_date(now)) {
      const bool last = listing.is_option() && *day == listing.expiry &&
                        listing.instrument->settlement == SettlementTime::kPm &&
                        listing.instrument->cash_settled;
      const auto session =
          last ? calendar.last_session_of_pm_series(*day) : calendar.session(*day, kind);
      if (session && session->close > order.placed_at) { return session->close <= now; }
      day = calendar.next_session(*day);
    }
    return false;
  };
  const OrderRequest& request = order.request;
  return request.is_combo() ? std::ranges::any_of(request.legs, over, &OrderLeg::con_id)
                            : over(request.con_id);
}

void Exchange::expire_orders(const Moment& now) {
  for (const std::int64_t perm_id : working_orders()) {
    BookedOrder& order = book_.orders.at(perm_id);
    if (is_working(order.status) && is_over(order)) { finish_cancel(order, "", now); }
  }
}

void Exchange::settle() {
  for (const HeldPosition& position : positions()) {
    const Listing* option = market_->find(position.con_id);
    if (!option || !option->is_option() || market_->settles_at(*option) > market_->now()) {
      continue;
    }
    const auto level = market_->settlement(*option);
    if (!level) { continue; }
    if (option->instrument->cash_settled) {
      settle_in_cash(*option, *level);
    } else if (intrinsic(*option, *level) >= kExercised && !lapsing_.contains(option->con_id)) {
      deliver(*option, position.quantity);
    } else {
      move_position(option->con_id, -position.quantity, Money{});
      tell_position(option->con_id);
    }
    lapsing_.erase(option->con_id);
  }
}

void Exchange::settle_in_cash(const Listing& option, Price level) {
  const std::int64_t held = book_.positions.at(option.con_id).quantity;
  const Money worth = Money::from_raw(intrinsic(option, level).raw() *
                                      std::int64_t{option.multiplier().raw()} * held);
  move_position(option.con_id, -held, -worth);
  tell_position(option.con_id);
  move_cash(worth);
}

/// What the options cost becomes part of what the shares cost.
void Exchange::deliver(const Listing& option, std::int64_t options) {
  HeldPosition& held = book_.positions.at(option.con_id);
  const Money released = held.quantity == options
                             ? held.cost
                             : Money::from_raw(held.cost.raw() * options / held.quantity);
  held.quantity -= options;
  held.cost -= released;
  const std::int64_t way = option.right == OptionRight::kCall ? 1 : -1;
  const std::int64_t shares = options * option.multiplier().raw() * way;
  const Money paid = Money::from_raw(option.strike.raw() * shares);
  move_position(option.underlying, shares, paid + released);
  tell_position(option.con_id);
  tell_position(option.underlying);
  move_cash(-paid);
}

void Exchange::exercise(const ExerciseRequest& request, const Moment& now) {
  market_->advance(now.session);
  const auto answer = [&](int code, std::string text) {
    news_.emplace_back(ExchangeError{.client_id = request.client_id,
                                     .id = request.request_id,
                                     .code = code,
                                     .text = std::move(text)});
  };
  const Listing* option = market_->find(request.con_id);
  if (!option || !option->is_option()) {
    return answer(200, "No security definition has been found for the request");
  }
  const auto held = book_.positions.find(request.con_id);
  if (held == book_.positions.end() || held->second.quantity < request.quantity ||
      request.quantity <= 0) {
    return answer(201, "Order rejected - reason:No such long position to exercise");
  }
  constexpr int kExercise = 1;
  const bool exercises = request.action == kExercise;
  if (exercises && option->instrument->exercise == ExerciseStyle::kEuropean) {
    return answer(201, "Order rejected - reason:European options are exercised at expiry only");
  }
  const bool in_the_money = intrinsic(*option, market_->spot()) >= kExercised;
  if (exercises != in_the_money && !request.override_natural) {
    return answer(201, exercises
                           ? "Order rejected - reason:The option is out of the money; override"
                           : "Order rejected - reason:The option is in the money; override");
  }
  const std::int64_t perm_id = book_.next_perm_id++;
  BookedOrder& order = book_.orders[perm_id];
  order = {.request = {.client_id = request.client_id,
                       .order_id = request.request_id,
                       .con_id = request.con_id,
                       .quantity = request.quantity,
                       .type = OrderType::kExercise},
           .perm_id = perm_id,
           .status = BookStatus::kPreSubmitted,
           .placed_at = market_->now()};
  show(order);
  show_status(order);
  order.filled = request.quantity;
  if (exercises) {
    deliver(*option, request.quantity);
  } else {
    lapsing_.insert(request.con_id);
  }
  end_order(order, BookStatus::kFilled, "Filled", now);
}

bool Exchange::assign(ConId con_id, std::int32_t quantity, const Moment& now) {
  market_->advance(now.session);
  const Listing* option = market_->find(con_id);
  const auto held = book_.positions.find(con_id);
  if (!option || !option->is_option() || option->instrument->cash_settled ||
      held == book_.positions.end() || held->second.quantity > -quantity || quantity <= 0) {
    return false;
  }
  deliver(*option, -std::int64_t{quantity});
  return true;
}

}  // namespace v6
