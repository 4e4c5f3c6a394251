#include "ibkr/order_desk.hpp"
#include "ibkr/wire_time.hpp"

#include <algorithm>
#include <cstdlib>

namespace v6::ibkr {
namespace {

using std::chrono::seconds;

constexpr seconds kAnswerWithin{5};
constexpr seconds kLooksApart{5};

}  // namespace

std::optional<Contract> parse_option(const WireContract& wire) {
  const auto root = Symbol::parse(wire.trading_class);
  const Instrument* instrument = root ? find_instrument(*root) : nullptr;
  const auto expiry = parse_wire_date(wire.expiry);
  const auto strike = Price::from_dollars(wire.strike);
  const bool call = wire.right == "C" || wire.right == "CALL";
  const bool put = wire.right == "P" || wire.right == "PUT";
  if (wire.sec_type != "OPT" || instrument == nullptr || !expiry || !strike || (!call && !put) ||
      wire.multiplier != std::to_string(instrument->multiplier.raw())) {
    return std::nullopt;
  }
  return Contract{.root = *root,
                  .expiry = *expiry,
                  .strike = *strike,
                  .right = call ? OptionRight::kCall : OptionRight::kPut};
}

OrderDesk::OrderDesk(Context& context, const ContractBook& book, FeeSchedule fees,
                     const std::vector<KnownOrder>& known)
    : c_{&context},
      book_{&book},
      fees_{std::move(fees)},
      highest_id_{context.settings.highest_order_id} {
  for (const KnownOrder& past : known) {
    const OrderId id = past.ticket.order;
    Tracked tracked{.ticket = past.ticket,
                    .broker_id = past.broker_id,
                    .limit = past.limit,
                    .fills = ComboFills{id, past.ticket.legs, past.executions}};
    switch (past.status) {
      case v6::OrderStatus::kSending:
      case v6::OrderStatus::kUnknown: tracked.phase = Phase::kUnknown; break;
      case v6::OrderStatus::kWorking:
      case v6::OrderStatus::kPartiallyFilled:
        tracked.phase = Phase::kLive;
        tracked.acknowledged = true;
        break;
      case v6::OrderStatus::kCancelling:
        tracked.phase = past.perm_ids.empty() ? Phase::kUnknown : Phase::kLive;
        tracked.cancelling = true;
        break;
      case v6::OrderStatus::kFilled:
      case v6::OrderStatus::kCancelled:
      case v6::OrderStatus::kRejected:
      case v6::OrderStatus::kNotSent: tracked.phase = Phase::kEnded; break;
    }
    for (const std::int64_t perm_id : past.perm_ids) {
      if (perm_id == 0) { continue; }
      tracked.incarnations.push_back({.perm_id = perm_id,
                                      .order_id = past.broker_id,
                                      .client_id = c_->settings.client_id,
                                      .live = tracked.phase == Phase::kLive});
      tracked.told_perm_id = perm_id;
      by_perm_[perm_id] = id;
    }
    if (past.broker_id != 0) {
      by_id_[past.broker_id] = id;
      note_id(past.broker_id);
    }
    by_intent_[past.ticket.intent] = id;
    orders_.emplace(id, std::move(tracked));
  }
}

void OrderDesk::note_id(std::int32_t order_id) {
  if (!RequestIds::is_request(order_id)) { highest_id_ = std::max(highest_id_, order_id); }
}

std::int32_t OrderDesk::reserve_id(OrderId order, std::int32_t next_valid_id) {
  highest_id_ = std::max(highest_id_, next_valid_id - 1) + 1;
  V6_CHECK(!RequestIds::is_request(highest_id_), "order ids have reached the request ids");
  by_id_[highest_id_] = order;
  return highest_id_;
}

PlaceOrder OrderDesk::place_message(const Tracked& order) const {
  const OrderTicket& ticket = order.ticket;
  PlaceOrder message{.order_id = order.broker_id};
  WireOrder& wire = message.order;
  wire.total_quantity = {static_cast<double>(ticket.quantity.raw())};
  wire.order_type = "LMT";
  wire.tif = "DAY";
  wire.use_price_mgmt_algo = false;  // said, not left to a preset
  wire.account = order.account;
  wire.order_ref = order_ref(c_->settings.book, ticket.intent);
  if (ticket.legs.size() == 1) {
    const Leg& leg = ticket.legs.front();
    const bool buys = leg.ratio > 0;
    message.contract = book_->wire(leg.contract);
    wire.action = buys ? "BUY" : "SELL";
    wire.total_quantity.value *= std::abs(leg.ratio);
    wire.lmt_price = (buys ? -order.limit : order.limit).dollars();
    return message;
  }
  // Bought as the legs say: what we receive is a negative price.
  message.contract = {.symbol = std::string{ticket.underlying.text()},
                      .sec_type = "BAG",
                      .exchange = "SMART",
                      .currency = "USD"};
  if (order.wire) { message.contract = *order.wire; }
  message.contract.legs.clear();
  for (const Leg& leg : ticket.legs) {
    message.contract.legs.push_back({.con_id = book_->con_id(leg.contract).value_or(0),
                                     .ratio = std::abs(leg.ratio),
                                     .action = leg.ratio > 0 ? "BUY" : "SELL",
                                     .exchange = "SMART"});
  }
  wire.action = "BUY";
  wire.lmt_price = (-order.limit).dollars();
  return message;
}

std::expected<void, BrokerError> OrderDesk::submit(const OrderTicket& ticket,
                                                   const std::string& account,
                                                   std::uint64_t session) {
  const auto refuse = [&](std::string_view why) -> std::expected<void, BrokerError> {
    c_->notice(AlertLevel::kCritical, "{} was not written: {}", ticket.order.text(), why);
    return std::unexpected{BrokerError::kDisconnected};
  };
  if (orders_.contains(ticket.order)) { return refuse("it was written before"); }
  const auto reserved =
      std::ranges::find_if(by_id_, [&](const auto& entry) { return entry.second == ticket.order; });
  if (reserved == by_id_.end()) { return refuse("no order id was reserved"); }
  const auto unnamed = [&](const Leg& leg) { return !book_->con_id(leg.contract); };
  if (ticket.legs.empty() || std::ranges::any_of(ticket.legs, unnamed)) {
    return refuse("the broker's number of a leg is not known");
  }
  if (ticket.legs.size() == 1 && std::abs(ticket.legs.front().ratio) != 1) {
    return refuse("a single leg of a ratio other than one");
  }
  Tracked order{.ticket = ticket,
                .broker_id = reserved->first,
                .limit = ticket.walk.first,
                .phase = Phase::kSent,
                .fills = ComboFills{ticket.order, ticket.legs, {}},
                .account = account,
                .session = session,
                .sent_at = c_->now,
                .answer_by = c_->in(kAnswerWithin)};
  if (!c_->outbox.write(c_->now, place_message(order))) {
    return std::unexpected{BrokerError::kPaced};
  }
  by_intent_[ticket.intent] = ticket.order;
  orders_.emplace(ticket.order, std::move(order));
  return {};
}

std::expected<void, BrokerError> OrderDesk::preview(const OrderTicket& ticket,
                                                    const std::string& account,
                                                    std::int32_t next_valid_id) {
  const auto unnamed = [&](const Leg& leg) { return !book_->con_id(leg.contract); };
  if (ticket.legs.empty() || std::ranges::any_of(ticket.legs, unnamed)) {
    preview_answered(
        {.order = ticket.order, .failure = "the broker's number of a leg is not known"});
    return {};
  }
  // A number of its own: under one that an order has, it would change that order.
  highest_id_ = std::max(highest_id_, next_valid_id - 1) + 1;
  PlaceOrder message = place_message({.ticket = ticket,
                                      .broker_id = highest_id_,
                                      .limit = ticket.walk.first,
                                      .fills = ComboFills{ticket.order, ticket.legs, {}},
                                      .account = account});
  message.order.what_if = true;
  if (!c_->outbox.write(c_->now, message)) { return std::unexpected{BrokerError::kPaced}; }
  previewing_ = {
      .order = ticket.order, .broker_id = highest_id_, .answer_by = c_->in(kAnswerWithin)};
  return {};
}

void OrderDesk::preview_answered(MarginPreview answer) {
  previewing_.reset();
  previewed_ = std::move(answer);
}

std::expected<void, BrokerError> OrderDesk::modify(const ModifyOrder& change) {
  const auto found = orders_.find(change.order);
  if (found == orders_.end() || found->second.phase != Phase::kLive || found->second.cancelling ||
      found->second.incarnations.size() > 1 || found->second.account.empty()) {
    return std::unexpected{BrokerError::kDisconnected};
  }
  Tracked& order = found->second;
  const Price before = std::exchange(order.limit, change.limit);
  if (!c_->outbox.write(c_->now, place_message(order))) {
    order.limit = before;
    return std::unexpected{BrokerError::kPaced};
  }
  order.changing = true;
  order.rounded = false;
  return {};
}

std::expected<void, BrokerError> OrderDesk::cancel(OrderId named) {
  const auto found = orders_.find(named);
  if (found == orders_.end() || found->second.phase == Phase::kNew ||
      found->second.phase == Phase::kEnded || found->second.broker_id == 0) {
    return std::unexpected{BrokerError::kDisconnected};
  }
  Tracked& order = found->second;
  std::set<std::int32_t> ids{order.broker_id};
  for (const Incarnation& one : order.incarnations) {
    if (one.live && one.client_id == c_->settings.client_id && one.order_id > 0) {
      ids.insert(one.order_id);
    }
  }
  bool any = false;
  for (const std::int32_t order_id : ids) {
    any = c_->outbox.write(c_->now, v6::ibkr::CancelOrder{.order_id = order_id}) || any;
  }
  if (!any) { return std::unexpected{BrokerError::kPaced}; }
  order.cancelling = true;
  order.answer_by = c_->in(kAnswerWithin);
  return {};
}

Purpose OrderDesk::purpose(OrderId order) const {
  const auto found = orders_.find(order);
  return found == orders_.end() ? Purpose::kOpen : found->second.ticket.purpose;
}

OrderDesk::Tracked* OrderDesk::by_broker_id(std::int32_t order_id) {
  const auto found = by_id_.find(order_id);
  if (found == by_id_.end()) { return nullptr; }
  const auto order = orders_.find(found->second);
  return order == orders_.end() ? nullptr : &order->second;
}

OrderDesk::Tracked* OrderDesk::find(const Name& name) {
  if (name.perm_id != 0) {
    if (const auto known = by_perm_.find(name.perm_id); known != by_perm_.end()) {
      return &orders_.at(known->second);
    }
  }
  if (!name.ref.empty()) {
    // A name that is not ours is somebody else's order, whatever its number.
    const auto intent = intent_of(c_->settings.book, name.ref);
    const auto known = intent ? by_intent_.find(*intent) : by_intent_.end();
    return known == by_intent_.end() ? nullptr : &orders_.at(known->second);
  }
  if (name.client_id != c_->settings.client_id) { return nullptr; }
  Tracked* order = by_broker_id(name.order_id);
  if (order == nullptr || name.perm_id == 0) { return order; }
  // The number was used again if the lasting one differs.
  const bool other = std::ranges::any_of(
      order->incarnations, [&](const auto& one) { return one.order_id == name.order_id; });
  return other ? nullptr : order;
}

bool OrderDesk::filled(const Tracked& order) {
  return order.fills.units() >= order.ticket.quantity.raw();
}

void OrderDesk::adopt(Tracked& order, const Name& name, bool live) {
  order.seen = true;
  order.absent = 0;
  if (name.client_id == c_->settings.client_id) { note_id(name.order_id); }
  if (name.perm_id == 0) { return; }
  const auto known = std::ranges::find(order.incarnations, name.perm_id, &Incarnation::perm_id);
  if (known != order.incarnations.end()) {
    known->live = live;
    return;
  }
  order.incarnations.push_back({.perm_id = name.perm_id,
                                .order_id = name.order_id,
                                .client_id = name.client_id,
                                .live = live});
  by_perm_[name.perm_id] = order.ticket.order;
  if (order.incarnations.size() > 1) {
    c_->notice(AlertLevel::kCritical,
               "{} stands at the broker {} times (permId {}): a change in a bad moment; nothing is "
               "changed any more, a cancel goes to all of them",
               order.ticket.order.text(), order.incarnations.size(), name.perm_id);
    wishes_.query = true;
  }
}

void OrderDesk::acknowledge(Tracked& order) {
  if (order.phase == Phase::kEnded) {
    // Its last fill has overtaken this, unless another one of it is meant.
    if (filled(order) && order.incarnations.size() <= 1) { return; }
    if (std::exchange(order.cancelling, true)) { return; }
    c_->notice(AlertLevel::kCritical, "{} had ended, and is live at the broker: it is cancelled",
               order.ticket.order.text());
    static_cast<void>(
        c_->outbox.write(c_->now, v6::ibkr::CancelOrder{.order_id = order.broker_id}));
    return;
  }
  const bool news = order.phase != Phase::kLive || !order.acknowledged;
  order.phase = Phase::kLive;
  order.acknowledged = true;
  if (!order.cancelling) { order.answer_by.reset(); }
  std::int64_t perm_id = 0;
  for (const Incarnation& one : order.incarnations) { perm_id = one.perm_id; }
  if (news || perm_id != order.told_perm_id) {
    order.told_perm_id = perm_id;
    c_->tell(OrderAcknowledged{.order = order.ticket.order, .perm_id = perm_id});
  }
}

void OrderDesk::doubt(Tracked& order) {
  order.answer_by.reset();
  wishes_.query = true;
  if (order.phase != Phase::kSent && order.phase != Phase::kLive) { return; }
  if (order.phase == Phase::kLive && order.acknowledged) { return; }
  order.phase = Phase::kUnknown;
  c_->tell(OrderOutcomeUnknown{.order = order.ticket.order});
}

/// Refused, or waiting for something: an error or the next comparison says which.
void OrderDesk::dormant(Tracked& order) {
  if (order.phase == Phase::kSent) { doubt(order); }
}

void OrderDesk::end(Tracked& order, EventBody news) {
  if (order.phase == Phase::kEnded) { return; }
  order.phase = Phase::kEnded;
  order.answer_by.reset();
  order.changing = false;
  c_->tell(std::move(news));
}

void OrderDesk::ended_at_broker(Tracked& order, const Name& name) {
  for (Incarnation& one : order.incarnations) {
    if (name.perm_id == 0 || one.perm_id == name.perm_id) {
      one.live = false;
      if (name.perm_id == 0) { break; }
    }
  }
  if (std::ranges::any_of(order.incarnations, &Incarnation::live)) {
    // Another one of it still works: cancel that too, if this was a cancel; a comparison follows.
    if (order.cancelling && !cancel(order.ticket.order)) {
      order.answer_by = c_->in(kAnswerWithin);
    }
    wishes_.query = true;
    return;
  }
  if (filled(order)) {
    order.phase = Phase::kEnded;
    return;
  }
  end(order, OrderCancelled{.order = order.ticket.order});
}

void OrderDesk::on_time() {
  if (previewing_ && c_->now >= previewing_->answer_by) {
    preview_answered({.order = previewing_->order, .failure = "no answer"});
  }
  for (auto& [id, order] : orders_) {
    if (order.answer_by && c_->now >= *order.answer_by) {
      order.answer_by.reset();
      doubt(order);
    }
    if (order.fills_by && c_->now >= *order.fills_by) {
      order.fills_by.reset();
      wishes_.query = true;
      if (order.fills.uneven() && !std::exchange(order.uneven_told, true)) {
        c_->notice(AlertLevel::kCritical,
                   "{}: some legs have executions that the others lack; the broker is asked",
                   id.text());
      }
    }
  }
}

std::optional<Instant> OrderDesk::next() const {
  std::optional<Instant> first;
  if (previewing_) { first = previewing_->answer_by; }
  for (const auto& [id, order] : orders_) {
    for (const auto& at : {order.answer_by, order.fills_by}) {
      if (at) { first = std::min(first.value_or(*at), *at); }
    }
  }
  return first;
}

void OrderDesk::shift(Duration by) {
  if (previewing_) { previewing_->answer_by += by; }
  for (auto& [id, order] : orders_) {
    if (order.answer_by) { *order.answer_by += by; }
    if (order.fills_by) { *order.fills_by += by; }
  }
}

void OrderDesk::link_lost() {
  if (previewing_) {
    preview_answered({.order = previewing_->order, .failure = "the link was lost"});
  }
  for (auto& [id, order] : orders_) {
    if (order.phase == Phase::kSent) { doubt(order); }
    order.answer_by.reset();
    order.fills_by.reset();
    order.changing = false;
  }
}

void OrderDesk::snapshot_begins() {
  for (auto& [id, order] : orders_) { order.seen = false; }
}

void OrderDesk::snapshot_ended(std::uint64_t session) {
  for (auto& [id, order] : orders_) {
    const bool open = order.phase == Phase::kUnknown || order.phase == Phase::kLive;
    if (!open || order.seen) {
      order.absent = 0;
      continue;
    }
    if (order.phase == Phase::kUnknown && order.session == session) {
      // It may still be on its way through this session.
      wishes_.new_session = true;
      continue;
    }
    if (order.absent == 0) {
      order.absent = 1;
      order.absent_since = c_->now;
      continue;
    }
    if (c_->now - order.absent_since < kLooksApart) { continue; }
    if (order.phase == Phase::kUnknown) {
      end(order, OrderNotFound{.order = id});
    } else {
      end(order, OrderCancelled{.order = id});  // it was there, and its day is over
    }
    for (Incarnation& one : order.incarnations) { one.live = false; }
  }
}

bool OrderDesk::any_unknown() const {
  return std::ranges::any_of(
      orders_, [](const auto& entry) { return entry.second.phase == Phase::kUnknown; });
}

bool OrderDesk::needs_another_look() const {
  return std::ranges::any_of(orders_, [](const auto& entry) {
    return entry.second.absent > 0 && entry.second.phase != Phase::kEnded;
  });
}

}  // namespace v6::ibkr
