#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "sim/exchange.hpp"

/// What goes wrong on purpose.
namespace v6 {
namespace {

/// The same execution, corrected once more: the part after the last dot goes up.
std::string corrected(const std::string& exec_id) {
  const auto dot = exec_id.rfind('.');
  V6_CHECK(dot != std::string::npos, "an execution id has parts");
  return fmt::format("{}.{:02}", exec_id.substr(0, dot), std::stoi(exec_id.substr(dot + 1)) + 1);
}

}  // namespace

void Exchange::repeat_last_execution() {
  const auto last = std::ranges::find_if(book_.executions.rbegin(), book_.executions.rend(),
                                         [](const Execution& each) { return !each.combo; });
  if (last == book_.executions.rend()) { return; }
  news_.emplace_back(Executed{*last});
  news_.emplace_back(CommissionShown{*last});
}

bool Exchange::correct_last_execution(Price price) {
  const auto last = std::ranges::find_if(book_.executions.rbegin(), book_.executions.rend(),
                                         [](const Execution& each) { return !each.combo; });
  if (last == book_.executions.rend()) { return false; }
  const Money more = premium(price - last->price, market_->find(last->con_id)->multiplier(),
                             Contracts{last->quantity}) *
                     sign_of(last->side);
  last->cumulative_value += (price - last->price).raw() * last->quantity;
  last->price = price;
  last->exec_id = corrected(last->exec_id);
  HeldPosition& held = book_.positions.at(last->con_id);
  if (last->realized) {
    *last->realized -= more;
    held.realized -= more;
    book_.realized_today -= more;
  } else {
    held.cost += more;
  }
  news_.emplace_back(Executed{*last});
  news_.emplace_back(CommissionShown{*last});
  tell_position(last->con_id);
  move_cash(-more);
  return true;
}

void Exchange::place_foreign(OrderRequest request, const Moment& now) {
  market_->advance(now.session);
  request.client_id = 0;
  request.order_id = 0;
  request.transmit = true;
  if (const auto refusal = contract_refusal(request)) {
    return refuse(request, refusal->code, refusal->text);
  }
  const std::int64_t perm_id = book_.next_perm_id++;
  BookedOrder& order = book_.orders[perm_id];
  order = {.request = std::move(request), .perm_id = perm_id, .placed_at = market_->now()};
  submit(order, now);
}

void Exchange::close_by_hand(ConId con_id, const Moment& now) { close_out(con_id, false, now); }

void Exchange::liquidate(ConId con_id, const Moment& now) { close_out(con_id, true, now); }

void Exchange::close_out(ConId con_id, bool by_broker, const Moment& now) {
  market_->advance(now.session);
  const auto held = book_.positions.find(con_id);
  if (held == book_.positions.end() || held->second.quantity == 0) { return; }
  const std::int64_t quantity = held->second.quantity;
  const std::int64_t perm_id = book_.next_perm_id++;
  BookedOrder& order = book_.orders[perm_id];
  order = {.request = {.con_id = con_id,
                       .action = quantity > 0 ? OrderAction::kSell : OrderAction::kBuy,
                       .quantity = static_cast<std::int32_t>(std::abs(quantity)),
                       .type = OrderType::kMarket},
           .perm_id = perm_id,
           .placed_at = market_->now(),
           .liquidation = by_broker};
  submit(order, now);
}

bool Exchange::twin_order(std::int64_t perm_id, const Moment& now) {
  market_->advance(now.session);
  const auto found = book_.orders.find(perm_id);
  if (found == book_.orders.end() || !is_working(found->second.status)) { return false; }
  const OrderRequest request = found->second.request;
  const std::int64_t twin = book_.next_perm_id++;
  BookedOrder& order = book_.orders[twin];
  order = {.request = request, .perm_id = twin, .placed_at = market_->now()};
  submit(order, now);
  return true;
}

void Exchange::transfer(ConId con_id, std::int64_t quantity) {
  move_position(con_id, quantity, Money{});
  tell_position(con_id);
}

}  // namespace v6
