#include "sim/exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace v6 {
namespace {

constexpr int kDuplicateId = 103;

std::string open_text(Instant open) {
  const TimeOfDay time = new_york_time(open);
  return fmt::format("{} {:02}:{:02}:00 US/Eastern", iso(new_york_date(open)), time.count() / 60,
                     time.count() % 60);
}

}  // namespace

std::string_view wire_name(BookStatus status) {
  switch (status) {
    case BookStatus::kHeld: return "ApiPending";
    case BookStatus::kPreSubmitted: return "PreSubmitted";
    case BookStatus::kSubmitted: return "Submitted";
    case BookStatus::kPendingCancel: return "PendingCancel";
    case BookStatus::kCancelled: return "Cancelled";
    case BookStatus::kFilled: return "Filled";
    case BookStatus::kInactive: return "Inactive";
  }
  return "";
}

Exchange::Exchange(ExchangeSettings settings, SessionMarket& market)
    : settings_{std::move(settings)}, market_{&market} {
  book_.cash = settings_.cash;
  book_.day_start_value = settings_.cash;
  book_.day = new_york_date(market_->now());
}

void Exchange::advance(const Moment& now) {
  market_->advance(now.session);
  if (new_york_date(market_->now()) != book_.day) { start_day(); }
  settle();
  expire_orders(now);
  if (fills_held_) { return; }
  for (const std::int64_t perm_id : working_orders()) {
    BookedOrder& order = book_.orders.at(perm_id);
    if (!is_working(order.status) || !tradable(order.request)) { continue; }
    const auto due = next_fill_.find(perm_id);
    if (due != next_fill_.end() && due->second > now.paced) { continue; }
    if (order.status == BookStatus::kPreSubmitted) {
      activate(order, now);
    } else {
      // One that began to fill goes on at what it crossed; one that rests waits for the market.
      match(order, now, due != next_fill_.end());
    }
  }
}

std::vector<std::int64_t> Exchange::working_orders() const {
  std::vector<std::int64_t> working;
  for (const auto& [perm_id, order] : book_.orders) {
    if (is_working(order.status)) { working.push_back(perm_id); }
  }
  return working;
}

std::optional<Duration> Exchange::next_paced() const {
  std::optional<Duration> next;
  for (const auto& [perm_id, due] : next_fill_) { next = std::min(next.value_or(due), due); }
  return next;
}

BookedOrder* Exchange::find_order(std::int32_t client_id, std::int32_t order_id) {
  if (order_id <= 0) { return nullptr; }
  BookedOrder* found = nullptr;
  for (auto& [perm_id, order] : book_.orders) {
    if (order.request.client_id != client_id || order.request.order_id != order_id) { continue; }
    // A number that stands for two orders means the one that works.
    if (found == nullptr || (!is_working(found->status) && is_working(order.status))) {
      found = &order;
    }
  }
  return found;
}

void Exchange::place(const OrderRequest& request, const Moment& now) {
  market_->advance(now.session);
  BookedOrder* same = find_order(request.client_id, request.order_id);
  auto refusal = refusal_of(request, same);
  const bool fresh = !same && !request.what_if && (!refusal || refusal->code != kDuplicateId);
  if (fresh) {
    // Seen is used, whatever becomes of it.
    std::int32_t& highest = book_.highest_order_id[request.client_id];
    highest = std::max(highest, request.order_id);
    if (next_refusal_) { refusal = std::exchange(next_refusal_, std::nullopt); }
  }
  if (refusal) { return refuse(request, refusal->code, refusal->text); }
  if (request.what_if) {
    news_.emplace_back(MarginPreviewed{.request = request, .preview = preview_of(request)});
    return;
  }
  if (same) { return modify(*same, request, now); }
  const std::int64_t perm_id = book_.next_perm_id++;
  BookedOrder& order = book_.orders[perm_id];
  order = {.request = request, .perm_id = perm_id, .placed_at = market_->now()};
  if (!request.transmit) { return; }
  submit(order, now);
  release_family(order, now);
}

/// The last of a bracket transmits the whole: its parent, then the parent's other children.
void Exchange::release_family(const BookedOrder& order, const Moment& now) {
  if (order.request.parent_id == 0) { return; }
  const std::int32_t client = order.request.client_id;
  const std::int32_t parent_id = order.request.parent_id;
  std::vector<std::int64_t> held;
  for (const auto& [perm_id, other] : book_.orders) {
    const bool family = other.request.client_id == client && (other.request.order_id == parent_id ||
                                                              other.request.parent_id == parent_id);
    if (family && other.status == BookStatus::kHeld) { held.push_back(perm_id); }
  }
  for (const std::int64_t perm_id : held) {
    BookedOrder& other = book_.orders.at(perm_id);
    other.request.transmit = true;
    submit(other, now);
  }
}

void Exchange::submit(BookedOrder& order, const Moment& now) {
  order.status = BookStatus::kPreSubmitted;
  show(order);
  show_status(order);
  if (order.request.parent_id != 0 && !tradable(order.request)) { return; }
  if (!tradable(order.request)) {
    const ConId first =
        order.request.is_combo() ? order.request.legs.front().con_id : order.request.con_id;
    const auto open = market_->next_open(*market_->find(first));
    if (order.request.tif == TimeInForce::kIoc || order.request.tif == TimeInForce::kFok) {
      return finish_cancel(order, "The market is closed", now);
    }
    news_.emplace_back(ExchangeError{
        .client_id = order.request.client_id,
        .id = order.request.order_id,
        .code = 399,
        .text = fmt::format("Order Message:\nWarning: your order will not be placed at the "
                            "exchange until {}",
                            open ? open_text(*open) : "the market opens")});
    return;
  }
  activate(order, now);
}

/// First contact with the market: fills what it crosses, else rests.
void Exchange::activate(BookedOrder& order, const Moment& now) {
  match(order, now, true);
  if (order.status != BookStatus::kPreSubmitted) { return; }
  order.status = BookStatus::kSubmitted;
  show(order);
  show_status(order);
}

void Exchange::modify(BookedOrder& order, const OrderRequest& request, const Moment& now) {
  const bool was_held = order.status == BookStatus::kHeld;
  order.request = request;
  if (was_held) {
    if (!request.transmit) { return; }
    submit(order, now);
    return release_family(order, now);
  }
  order.request.transmit = true;
  if (order.remaining() == 0) { return end_order(order, BookStatus::kFilled, "Filled", now); }
  show(order);
  show_status(order);
  match(order, now, true);
}

void Exchange::cancel(std::int32_t client_id, std::int32_t order_id, const Moment& now) {
  BookedOrder* order = find_order(client_id, order_id);
  const auto answer = [&](int code, std::string text) {
    news_.emplace_back(ExchangeError{
        .client_id = client_id, .id = order_id, .code = code, .text = std::move(text)});
  };
  if (!order) {
    return answer(10147,
                  fmt::format("OrderId {} that needs to be cancelled is not found.", order_id));
  }
  if (order->status == BookStatus::kHeld) {
    book_.orders.erase(order->perm_id);
    return answer(202, "Order Canceled - reason:");
  }
  if (!is_working(order->status)) {
    return answer(
        10148, fmt::format("OrderId {} that needs to be cancelled cannot be cancelled, state: {}.",
                           order_id, wire_name(order->status)));
  }
  order->status = BookStatus::kPendingCancel;
  show_status(*order);
  if (!cancels_held_) { finish_cancel(*order, "", now); }
}

void Exchange::cancel_all(const Moment& now) {
  for (const std::int64_t perm_id : working_orders()) {
    BookedOrder& order = book_.orders.at(perm_id);
    if (!is_working(order.status)) { continue; }  // gone with its parent
    order.status = BookStatus::kPendingCancel;
    show_status(order);
    if (!cancels_held_) { finish_cancel(order, "", now); }
  }
}

bool Exchange::cancel_unasked(std::int64_t perm_id, const std::string& text, const Moment& now) {
  const auto found = book_.orders.find(perm_id);
  if (found == book_.orders.end() || !is_working(found->second.status)) { return false; }
  finish_cancel(found->second, text, now);
  return true;
}

void Exchange::hold_cancels(bool held) {
  cancels_held_ = held;
  if (held) { return; }
  for (auto& [perm_id, order] : book_.orders) {
    if (order.status == BookStatus::kPendingCancel) {
      finish_cancel(order, "", {.session = market_->now()});
    }
  }
}

void Exchange::finish_cancel(BookedOrder& order, const std::string& why, const Moment& now) {
  end_order(order, BookStatus::kCancelled, why.empty() ? "Cancelled by Trader" : why, now);
  news_.emplace_back(ExchangeError{.client_id = order.request.client_id,
                                   .id = order.request.order_id,
                                   .code = 202,
                                   .text = "Order Canceled - reason:" + why});
}

/// Final. Children go with a cancelled parent.
void Exchange::end_order(BookedOrder& order, BookStatus status, std::string why,
                         const Moment& now) {
  order.status = status;
  order.ended_at = market_->now();
  order.why = std::move(why);
  next_fill_.erase(order.perm_id);
  if (status == BookStatus::kFilled) { show(order); }
  show_status(order);
  if (status == BookStatus::kFilled || order.request.order_id <= 0) { return; }
  for (auto& [perm_id, child] : book_.orders) {
    if (child.request.client_id == order.request.client_id &&
        child.request.parent_id == order.request.order_id && is_working(child.status)) {
      finish_cancel(child, "Parent order is cancelled", now);
    }
  }
}

void Exchange::refuse(const OrderRequest& request, int code, std::string text) {
  news_.emplace_back(ExchangeError{.client_id = request.client_id,
                                   .id = request.order_id,
                                   .code = code,
                                   .text = std::move(text)});
}

void Exchange::reject_next(int code, std::string text) {
  next_refusal_ = Refusal{.code = code, .text = std::move(text)};
}

void Exchange::show(const BookedOrder& order) { news_.emplace_back(OrderShown{order}); }
void Exchange::show_status(const BookedOrder& order) { news_.emplace_back(StatusShown{order}); }

std::vector<ExchangeNews> Exchange::take_news() { return std::exchange(news_, {}); }

std::int32_t Exchange::next_order_id(std::int32_t client_id) const {
  const auto found = book_.highest_order_id.find(client_id);
  return found == book_.highest_order_id.end() ? 1 : found->second + 1;
}

std::vector<BookedOrder> Exchange::open_orders(std::optional<std::int32_t> client_id) const {
  std::vector<BookedOrder> open;
  for (const auto& [perm_id, order] : book_.orders) {
    if (is_working(order.status) && (!client_id || order.request.client_id == *client_id)) {
      open.push_back(order);
    }
  }
  return open;
}

std::vector<BookedOrder> Exchange::completed_orders() const {
  std::vector<BookedOrder> completed;
  for (const auto& [perm_id, order] : book_.orders) {
    if (!is_working(order.status) && order.status != BookStatus::kHeld) {
      completed.push_back(order);
    }
  }
  return completed;
}

std::vector<Execution> Exchange::executions(const ExecutionFilter& filter) const {
  const auto kind_of = [&](const Execution& execution) -> std::string_view {
    if (execution.combo) { return "BAG"; }
    return market_->find(execution.con_id)->is_option() ? "OPT" : "STK";
  };
  std::vector<Execution> found;
  if (!filter.account.empty() && filter.account != settings_.account) { return found; }
  const Instant midnight = new_york_instant(new_york_date(market_->now()), TimeOfDay{});
  std::ranges::copy_if(
      book_.executions, std::back_inserter(found), [&](const Execution& execution) {
        return execution.at >= filter.since.value_or(midnight) &&
               (!filter.client_id || execution.client_id == *filter.client_id) &&
               (filter.symbol.empty() || filter.symbol == market_->underlying().symbol.text()) &&
               (filter.kind.empty() || filter.kind == kind_of(execution)) &&
               (!filter.side || execution.side == *filter.side);
      });
  return found;
}

}  // namespace v6
