#include <algorithm>
#include <cmath>

#include "ibkr/order_desk.hpp"

/// What the broker says of our orders, and what it makes of them.
namespace v6::ibkr {
namespace {

using std::chrono::seconds;

constexpr seconds kFillsWithin{5};
constexpr std::size_t kMostEarly = 1'000;

bool is_dead(std::string_view status) {
  return status == "Cancelled" || status == "ApiCancelled" || status == "Inactive";
}

/// TWS holds it, and nobody has accepted it.
bool is_pending(std::string_view status) {
  return status == "ApiPending" || status == "PendingSubmit";
}

}  // namespace

void OrderDesk::foreign(const Name& name, std::string text) {
  const std::pair key{name.perm_id, name.perm_id == 0 ? name.order_id : 0};
  if (!foreigners_.insert(key).second) { return; }
  c_->tell(ForeignOrderSeen{
      .perm_id = name.perm_id, .client_id = name.client_id, .text = std::move(text)});
}

void OrderDesk::on(const OpenOrder& message) {
  if (message.order.what_if) {
    // TWS may answer twice, at first without figures.
    const bool told = message.state.init_margin_change.has_value();
    if (previewing_ && previewing_->broker_id == message.order_id && told) {
      preview_answered({.order = previewing_->order,
                        .initial_margin_after = message.state.init_margin_after,
                        .equity_after = message.state.equity_with_loan_after,
                        .commission = message.state.commission});
    }
    return;
  }
  // Ids must rise above those of all clients that we see.
  note_id(message.order_id);
  const Name name{.perm_id = message.perm_id,
                  .ref = message.order.order_ref,
                  .client_id = message.client_id,
                  .order_id = message.order_id};
  Tracked* order = find(name);
  const std::string& status = message.state.status;
  if (order == nullptr) {
    if (is_dead(status) || status == "Filled") { return; }
    foreign(name,
            fmt::format("{} {} {} {} at {}, client {}, order {}, permId {}", message.order.action,
                        message.order.total_quantity.value, message.contract.symbol,
                        message.contract.sec_type, message.order.lmt_price.value_or(0),
                        message.client_id, message.order_id, message.perm_id));
    return;
  }
  const bool live = !is_dead(status) && status != "Filled";
  adopt(*order, name, live || status == "Filled");
  order->account = message.order.account;
  order->wire = message.contract;
  order->wire->legs.clear();
  if (order->wire->right == "?" || order->wire->right == "0") { order->wire->right.clear(); }
  order->changing = false;
  if (status == "Inactive") {
    dormant(*order);
  } else if (is_dead(status)) {
    ended_at_broker(*order, name);
  } else if (status == "Filled") {
    if (order->phase == Phase::kEnded) { return; }
    if (!order->fills_by) { order->fills_by = c_->in(kFillsWithin); }
    acknowledge(*order);
  } else if (!is_pending(status)) {
    acknowledge(*order);
  }
}

void OrderDesk::on(const OrderStatus& message) {
  const Name name{
      .perm_id = message.perm_id, .client_id = message.client_id, .order_id = message.order_id};
  Tracked* order = find(name);
  if (order == nullptr) { return; }  // its openOrder says whose it is
  if (order->phase == Phase::kEnded) { return; }
  adopt(*order, name, !is_dead(message.status));
  if (message.status == "Inactive") {
    dormant(*order);
  } else if (is_dead(message.status)) {
    ended_at_broker(*order, name);
  } else if (message.status == "Filled") {
    order->fills_by = c_->in(kFillsWithin);
    acknowledge(*order);
  } else if (!is_pending(message.status)) {
    acknowledge(*order);
  }
}

std::optional<ContractId> OrderDesk::contract_of(const WireContract& wire) const {
  if (const auto id = book_->find(wire.con_id)) { return id; }
  const auto contract = parse_option(wire);
  return contract ? book_->find(*contract) : std::nullopt;
}

void OrderDesk::on(const ExecDetails& message) {
  const Name name{.perm_id = message.perm_id,
                  .ref = message.order_ref,
                  .client_id = message.client_id,
                  .order_id = message.order_id};
  if (message.liquidation != 0) {
    c_->notice(AlertLevel::kCritical, "the broker liquidates: {} {} {} at {}", message.side,
               message.shares.value, message.contract.local_symbol, message.price);
  }
  Tracked* order = find(name);
  if (order == nullptr) {
    // What happened before is judged by the positions; what happens now is news.
    if (message.req_id < 0 || message.liquidation != 0) {
      foreign(name, fmt::format("{} {} {} {} at {}, client {}, permId {}{}", message.side,
                                message.shares.value, message.contract.symbol,
                                message.contract.local_symbol, message.price, message.client_id,
                                message.perm_id,
                                message.liquidation != 0 ? ", liquidation by the broker" : ""));
    }
    return;
  }
  const auto known = std::ranges::find(order->incarnations, name.perm_id, &Incarnation::perm_id);
  adopt(*order, name, known == order->incarnations.end() || known->live);
  if (message.contract.is_combo()) { return; }  // the legs carry position and cash
  const auto id = parse_execution_id(message.exec_id);
  const auto contract = contract_of(message.contract);
  const auto price = Price::from_dollars(message.price);
  const double shares = message.shares.value;
  const bool usable = id && contract && price && shares > 0 && shares == std::floor(shares) &&
                      shares < 1e9 && (message.side == "BOT" || message.side == "SLD");
  if (!usable || !order->fills.add({.id = *id,
                                    .contract = *contract,
                                    .side = message.side == "BOT" ? Side::kBuy : Side::kSell,
                                    .shares = static_cast<std::int32_t>(shares),
                                    .price = *price})) {
    c_->notice(AlertLevel::kCritical,
               "execution {} of {} fits none of its legs: {} {} {} at {}; positions will tell",
               message.exec_id, order->ticket.order.text(), message.side, shares,
               message.contract.local_symbol, message.price);
    wishes_.query = true;
    return;
  }
  by_execution_[id->root] = order->ticket.order;
  if (const auto early = early_charges_.find(id->root); early != early_charges_.end()) {
    order->fills.charge(id->root, early->second);
    early_charges_.erase(early);
  }
  if (!order->fills_by) { order->fills_by = c_->in(kFillsWithin); }
  tell_fills(*order);
}

void OrderDesk::tell_fills(Tracked& order) {
  for (OrderFilled& fill : order.fills.take(fees_, book_->master())) {
    order.answer_by.reset();
    if (order.phase == Phase::kSent || order.phase == Phase::kUnknown) {
      order.phase = Phase::kLive;  // the fill says it
    }
    c_->tell(std::move(fill));
  }
  for (CommissionReported& report : order.fills.take_commissions()) { c_->tell(std::move(report)); }
  if (order.fills.uneven()) { return; }
  order.fills_by.reset();
  order.uneven_told = false;
  if (filled(order) && std::ranges::count_if(order.incarnations, &Incarnation::live) <= 1) {
    order.phase = Phase::kEnded;
    for (Incarnation& one : order.incarnations) { one.live = false; }
  }
}

void OrderDesk::on(const CommissionReport& message) {
  const auto id = parse_execution_id(message.exec_id);
  if (!id || !message.commission) { return; }  // a placeholder: the figure follows
  const auto charge = Money::from_dollars(*message.commission);
  if (!charge) { return; }
  const auto found = by_execution_.find(id->root);
  if (found == by_execution_.end()) {
    if (early_charges_.insert_or_assign(id->root, *charge).second) {
      early_order_.push_back(id->root);
      if (early_order_.size() > kMostEarly) {
        early_charges_.erase(early_order_.front());
        early_order_.pop_front();
      }
    }
    return;
  }
  Tracked& order = orders_.at(found->second);
  order.fills.charge(id->root, *charge);
  for (CommissionReported& report : order.fills.take_commissions()) { c_->tell(std::move(report)); }
}

void OrderDesk::on(const CompletedOrder& message) {
  const Name name{
      .perm_id = message.perm_id, .ref = message.order.order_ref, .client_id = -1, .order_id = 0};
  Tracked* order = find(name);
  if (order == nullptr || order->phase == Phase::kEnded) { return; }
  adopt(*order, name, false);
  if (message.status == "Inactive") {
    end(*order, OrderRejected{.order = order->ticket.order, .reason = message.completed_status});
  } else if (is_dead(message.status)) {
    ended_at_broker(*order, name);
  } else if (message.status == "Filled" && !filled(*order)) {
    if (!std::exchange(order->untold_told, true)) {
      c_->notice(AlertLevel::kCritical, "{} has filled, but its executions are not told",
                 order->ticket.order.text());
    }
    acknowledge(*order);
  }
}

std::optional<Price> OrderDesk::coarser(const Tracked& order) const {
  Price step;
  for (const Leg& leg : order.ticket.legs) {
    const TickRule& own = book_->contract(leg.contract).instrument().tick;
    const Price each =
        std::max(own.from_three, book_->step(leg.contract, order.limit).value_or(Price{}));
    step = std::max({step, each, own.combo});
  }
  if (step <= Price{}) { return std::nullopt; }
  // Never to give more than was approved.
  const Price rounded = round_up_to(order.limit, step);
  return rounded == order.limit ? std::nullopt : std::optional{rounded};
}

void OrderDesk::refused(Tracked& order, const ErrorRow& meaning, const std::string& text) {
  const bool changing = order.changing || order.cancelling;
  if (order.phase == Phase::kLive && order.acknowledged &&
      (changing || (meaning.code != 201 && meaning.code != 203))) {
    // The change was refused, or more; what stands at the broker is what counts.
    order.changing = false;
    wishes_.query = true;
    return;
  }
  for (Incarnation& one : order.incarnations) { one.live = false; }
  end(order, OrderRejected{.order = order.ticket.order,
                           .reason = fmt::format("{}: {}", meaning.code, text)});
}

bool OrderDesk::on_error(std::int32_t order_id, const ErrorRow& meaning, const std::string& text) {
  if (previewing_ && previewing_->broker_id == order_id) {
    if (meaning.severity == Severity::kInfo) { return true; }
    constexpr int kNotForCombos = 360;
    preview_answered({.order = previewing_->order,
                      .failure = fmt::format("{} ({})", text, meaning.code),
                      .unsupported = meaning.code == kNotForCombos});
    return true;
  }
  Tracked* order = by_broker_id(order_id);
  if (order == nullptr) { return false; }
  if (meaning.order != OrderNews::kCancelled) {
    c_->notice(meaning.severity == Severity::kInfo ? AlertLevel::kInfo : AlertLevel::kWarning,
               "{}: {} ({}): {}", order->ticket.order.text(), text, meaning.code, meaning.advice);
  }
  switch (meaning.order) {
    case OrderNews::kNone: break;
    case OrderNews::kQuery: doubt(*order); break;
    case OrderNews::kRejected: refused(*order, meaning, text); break;
    case OrderNews::kCancelled: ended_at_broker(*order, {.order_id = order_id}); break;
    case OrderNews::kUsedId:
      note_id(order_id);
      doubt(*order);
      break;
    case OrderNews::kBadStep: {
      const auto rounded = order->rounded ? std::nullopt : coarser(*order);
      if (!rounded || order->cancelling || order->account.empty()) {
        refused(*order, meaning, text);
        break;
      }
      order->rounded = true;
      order->limit = *rounded;
      if (c_->outbox.write(c_->now, place_message(*order))) {
        c_->notice(AlertLevel::kWarning, "{}: the limit is rounded to {} and sent again",
                   order->ticket.order.text(), rounded->text());
      } else {
        refused(*order, meaning, text);
      }
      break;
    }
  }
  return true;
}

}  // namespace v6::ibkr
