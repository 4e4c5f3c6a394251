#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/check.hpp"
#include "engine/turn.hpp"

namespace v6 {
namespace {

constexpr std::chrono::seconds kUnknownLimit{120};
constexpr std::chrono::minutes kRejectWindow{10};
constexpr std::size_t kMostRejects = 3;

void note_failure(Turn& turn) {
  if (turn.state.breaker.on_failure(turn.at, turn.settings().breaker, turn.settings().mode)) {
    turn.alert(AlertLevel::kCritical,
               "circuit breaker open: the broker path failed too often; no openings until it has "
               "recovered; look at the orders");
  }
}

void note_success(Turn& turn) {
  if (turn.state.breaker.on_success(turn.settings().breaker)) {
    turn.alert(AlertLevel::kInfo, "circuit breaker closed: the broker path works again");
  }
}

void record_order(Turn& turn, Order& order) {
  order.recorded = true;
  turn.emit(RecordOrder{.ticket = order.ticket,
                        .limits = order.limits,
                        .status = order.status,
                        .filled = order.filled,
                        .reason = order.reason});
}

/// The order can no longer fill: its decision, its roll and its structure learn of it.
void after_end(Turn& turn, OrderId id) {
  Order& order = turn.state.orders.at(id);
  record_order(turn, order);
  settle_decision(turn, order);
  if (opens(order.ticket.purpose)) { turn.state.breaker.probing = false; }
  const StructureId structure = order.ticket.structure;
  if (order.rolls) { roll_opened(turn, order); }
  const auto held = turn.state.structures.find(structure);
  if (held == turn.state.structures.end()) { return; }
  if (!held->second.flat()) {
    // A roll that did not come to its close is over: whatever closes the rest reopens nothing.
    if (order.ticket.purpose == Purpose::kRollClose) { turn.state.rolls.erase(structure); }
    if (order.makes_way) { judge_structure(turn, held->second); }
  }
  close_if_flat(turn, structure);
}

/// The first sign of life starts the walk, be it an acknowledgement or a fill; no order walks
/// twice.
void start_walk(Turn& turn, const Order& order) {
  const OrderId id = order.ticket.order;
  const bool walks = std::ranges::any_of(turn.state.timers, [&](const auto& timer) {
    return timer.second.purpose == TimerPurpose::kWalk && timer.second.order == id;
  });
  if (walks) { return; }
  turn.set_timer(turn.at + order.ticket.walk.interval,
                 {.purpose = TimerPurpose::kWalk, .order = id});
}

bool ratio_kept(const Order& order, const OrderFilled& fill) {
  for (const Leg& leg : order.ticket.legs) {
    std::int32_t got = 0;
    for (const LegFill& part : fill.legs) {
      if (part.contract == leg.contract) {
        got += (part.side == Side::kBuy ? 1 : -1) * part.quantity.raw();
      }
    }
    if (got != leg.ratio * fill.quantity.raw()) { return false; }
  }
  return true;
}

/// What the fill cost against the mid the order was decided on.
Money slippage(const State& state, const Order& order, const OrderFilled& fill) {
  Price net;
  for (const LegFill& leg : fill.legs) {
    net += leg.price * (std::int64_t{leg.side == Side::kSell ? 1 : -1} * leg.quantity.raw());
  }
  return premium(order.mid * fill.quantity.raw() - net,
                 state.master[order.ticket.legs.front().contract].multiplier(), Contracts{1});
}

/// Holds the opposite of one of its legs: closed more than once.
bool turned_around(const Structure& structure) {
  return std::ranges::any_of(structure.legs, [&](const Leg& leg) {
    const auto held = structure.holdings.find(leg.contract);
    return held != structure.holdings.end() &&
           (held->second.quantity > Contracts{}) != (leg.ratio > 0);
  });
}

}  // namespace

void on_mismatch(Turn& turn, std::string latch, std::string alert, DecisionId decision,
                 IntentId intent) {
  turn.state.latches.mismatch = std::move(latch);
  turn.alert(AlertLevel::kCritical, std::move(alert), decision, intent);
  note_failure(turn);
}

EntryView day_view(const State& state, Instant at, Symbol underlying) {
  const Settings& settings = state.settings();
  const UnderlyingState& market = state.underlyings.at(underlying);
  const Instrument& instrument = *find_instrument(state.given->setup.roots.at(underlying));
  const Date today = new_york_date(at);
  const BlackoutWindow window{.before = std::chrono::minutes{settings.blackout.before},
                              .after = std::chrono::minutes{settings.blackout.after}};
  EntryView view{.at = at,
                 .mode = settings.mode,
                 .latches = state.latches.set(),
                 .session = state.calendar().session(today, instrument.session),
                 .events_covered = state.calendar().knows_blackouts(at, window),
                 .blackouts = state.calendar().blackouts(at, window),
                 .factors = &market.factors};
  if (instrument.exercise == ExerciseStyle::kAmerican) {
    // Whoever is short a call over an ex-date may be assigned for the dividend.
    for (const CashPayment& dividend : market.dividends) {
      const MarketEvent ex_date{
          .date = dividend.ex_date,
          .kind = EventKind::kExDividend,
          .time = std::chrono::hours{9} + std::chrono::minutes{30},
          .text = dividend.amount.text() + (dividend.projected ? ", projected" : "")};
      const Blackout blackout = around(ex_date, window);
      if (blackout.from <= at && at <= blackout.to) { view.blackouts.push_back(blackout); }
    }
  }
  if (const auto blocked = state.breaker.blocks()) { view.latches.push_back(*blocked); }
  std::ranges::move(doubts(state, at, underlying), std::back_inserter(view.latches));
  if (market.snapshot) {
    view.quote_kind = market.snapshot->kind;
    view.quote_age = at - market.snapshot->chain_at;
    view.spot_age = at - market.snapshot->at;
  }
  std::set<StructureId> book;
  std::set<StructureId> of_symbol;
  int being_opened = 0;
  const auto count = [&](StructureId id, Symbol symbol) {
    book.insert(id);
    if (symbol == underlying) { of_symbol.insert(id); }
  };
  for (const auto& [id, structure] : state.structures) {
    if (!structure.flat()) { count(id, structure.underlying); }
  }
  for (const auto& [id, order] : state.orders) {
    if (!order.live() || !opens(order.ticket.purpose)) { continue; }
    const bool filled = state.structures.contains(order.ticket.structure);
    if (!filled && order.ticket.purpose == Purpose::kOpen) { ++being_opened; }
    count(order.ticket.structure, order.ticket.underlying);
  }
  view.structures_in_book = static_cast<int>(book.size());
  view.structures_of_symbol = static_cast<int>(of_symbol.size());
  int opened = being_opened;
  for (const auto& [symbol, other] : state.underlyings) { opened += other.opened_today; }
  view.opened_today = opened;
  for (const Instant sent : state.opening_orders) {
    view.orders_last_minute += at - sent < std::chrono::minutes{1} ? 1 : 0;
    view.orders_last_hour += at - sent < std::chrono::hours{1} ? 1 : 0;
    view.orders_today += new_york_date(sent) == today ? 1 : 0;
  }
  return view;
}

RiskView risk_view(const State& state, Instant at, const OrderTicket& ticket) {
  const Settings& settings = state.settings();
  RiskView view{.at = at,
                .limits = &settings.risk,
                .strategy = &settings.strategy,
                .gates = &settings.entry,
                .fees = &settings.fees,
                .calendar = &state.calendar(),
                .master = &state.master,
                .allowed = &settings.underlyings,
                .structures = &state.structures,
                .day = day_view(state, at, ticket.underlying),
                .net_liquidation = state.net_liquidation(),
                .greeks = book_greeks(state),
                .end_of_day = state.given->setup.end_of_day};
  view.day.is_roll = ticket.purpose == Purpose::kRollOpen;
  view.day.confirming = true;
  view.day.quote_age = {};
  view.day.spot_age = at - ticket.spot_at;
  for (const LegQuote& leg : ticket.quotes) {
    view.day.quote_age = std::max(view.day.quote_age, at - leg.at);
  }
  for (const auto& [id, order] : state.orders) {
    if (order.live()) { view.live.push_back({.ticket = order.ticket, .leaves = order.leaves()}); }
  }
  return view;
}

std::optional<RiskRefusal> submit(Turn& turn, OrderTicket ticket, const BookGreeks& unit,
                                  StructureId rolls) {
  State& state = turn.state;
  ticket.intent = IntentId{ticket.order.raw()};
  auto approved = RiskGate::approve(ticket, risk_view(state, turn.at, ticket));
  if (!approved) { return std::move(approved).error(); }
  V6_CHECK(ticket.order.raw() == state.counters.order + 1, "order ids count up by one");
  state.counters.order = ticket.order.raw();
  if (opens(ticket.purpose)) {
    state.opening_orders.push_back(turn.at);
    state.breaker.on_probe();
  }
  Order order{.ticket = ticket,
              .limits = {ticket.walk.first},
              .unit = unit,
              .mid = net_quote(ticket.legs, ticket.quotes).mid,
              .rolls = rolls,
              .changed_at = turn.at};
  state.orders.emplace(ticket.order, std::move(order));
  turn.emit(SubmitOrder{.order = std::move(*approved)});
  return std::nullopt;
}

void on_sending(Turn& turn, const OrderSending& event) {
  State& state = turn.state;
  state.counters.broker_id = std::max(state.counters.broker_id, event.broker_id);
  const auto found = state.orders.find(event.order);
  if (found != state.orders.end()) { found->second.broker_id = event.broker_id; }
}

void on_acknowledged(Turn& turn, const OrderAcknowledged& event) {
  const auto found = turn.state.orders.find(event.order);
  if (found == turn.state.orders.end()) { return; }
  Order& order = found->second;
  if (event.perm_id != 0) { order.perm_id = event.perm_id; }
  const OrderStatus before = order.status;
  order.status = after(before, OrderSignal::kAcknowledged);
  order.changed_at = turn.at;
  if (order.status == OrderStatus::kWorking && before != OrderStatus::kWorking) {
    start_walk(turn, order);
  }
}

void walk_on(Turn& turn, OrderId id) {
  const auto found = turn.state.orders.find(id);
  if (found == turn.state.orders.end()) { return; }
  Order& order = found->second;
  const bool movable =
      order.status == OrderStatus::kWorking || order.status == OrderStatus::kPartiallyFilled;
  if (!movable) { return; }
  if (opens(order.ticket.purpose) && turn.state.latches.any()) {
    cancel(turn, order);  // a better price would be an opening message after a stop
    return;
  }
  const auto next = next_limit(order.ticket.walk, order.limits.back());
  if (next) {
    order.limits.push_back(*next);
    turn.emit(ModifyOrder{.order = id, .limit = *next});
  } else if (opens(order.ticket.purpose)) {
    cancel(turn, order);
    return;
  } else if (!turn.state.given->setup.end_of_day) {
    // An exit rests at its last price; the next snapshot prices it anew.
    cancel(turn, order);
    return;
  } else {
    return;
  }
  start_walk(turn, order);
}

void cancel(Turn& turn, Order& order) {
  if (!order.live() || order.status == OrderStatus::kCancelling) { return; }
  order.status = after(order.status, OrderSignal::kCancelRequested);
  turn.emit(CancelOrder{.order = order.ticket.order});
}

void end_day_orders(Turn& turn) {
  for (auto& [id, order] : turn.state.orders) {
    if (!order.live() || order.status == OrderStatus::kUnknown) { continue; }
    // It should be gone; whoever still holds it lets go now.
    turn.emit(CancelOrder{.order = id});
    order.status = after(order.status, OrderSignal::kCancelled);
    order.reason = "its session ended";
    order.changed_at = turn.at;
    after_end(turn, id);
  }
}

void on_filled(Turn& turn, const OrderFilled& event) {
  State& state = turn.state;
  const auto found = state.orders.find(event.order);
  if (found == state.orders.end()) {
    on_mismatch(turn, "an execution of the unknown order " + event.order.text(),
                "an execution arrived for an order that is not ours; nothing is opened until a "
                "person has looked and resumes");
    return;
  }
  Order& order = found->second;
  const OrderStatus before = order.status;
  const FillEffect effect = apply_fill(order, event);
  if (!effect.book) { return; }
  const bool first_sign = before == OrderStatus::kSending || before == OrderStatus::kUnknown;
  if (first_sign && order.live()) { start_walk(turn, order); }
  order.changed_at = turn.at;
  note_success(turn);
  const OrderTicket& ticket = order.ticket;
  const bool opening = opens(ticket.purpose);
  const bool known = state.structures.contains(ticket.structure);
  Structure& structure = structure_of(turn, order);
  if (ticket.purpose == Purpose::kOpen && !known && !effect.take_back) {
    ++state.underlyings.at(ticket.underlying).opened_today;
  }

  const auto units_before = structure.units;
  if (effect.take_back) {
    for (const LegFill& leg : effect.take_back->legs) {
      state.cash += unbook_fill(structure, leg, state.master);
      state.attribution.fees += leg.fees.dollars();
    }
  }
  for (const LegFill& leg : event.legs) {
    book(turn, structure, leg, ticket.intent, ticket.decision);
  }
  Money slipped = slippage(state, order, event);
  if (effect.take_back) { slipped -= slippage(state, order, *effect.take_back); }
  structure.slippage += slipped;
  state.attribution.slippage -= slipped.dollars();

  if (opening) {
    if (effect.take_back) { structure.opened -= effect.take_back->quantity; }
    structure.opened += event.quantity;
  }
  structure.units = whole_units(structure);
  if (opening) { complete_opening(turn, structure); }
  if (ticket.rule == TakeProfit::kName && structure.units < units_before) {
    structure.half_closed = true;
  }
  const bool beyond = turned_around(structure);
  if (beyond) { mark_holdings(turn, structure.underlying); }
  if (effect.overfilled || beyond) {
    on_mismatch(turn, ticket.order.text() + " filled beyond its quantity",
                "an order filled beyond its quantity, or what it was to close was closed before; "
                "the position is booked as it is and nothing is opened until a person resumes",
                ticket.decision, ticket.intent);
  }
  if (beyond || !ratio_kept(order, event)) { repair_orphans(turn, structure, ticket); }
  settle_decision(turn, order);
  watch_losses(turn);
  if (!order.live()) { after_end(turn, event.order); }
}

void on_cancelled(Turn& turn, OrderId id) {
  const auto found = turn.state.orders.find(id);
  if (found == turn.state.orders.end() || !found->second.live()) { return; }
  Order& order = found->second;
  order.status = after(order.status, OrderSignal::kCancelled);
  order.changed_at = turn.at;
  note_success(turn);
  after_end(turn, id);
}

void on_rejected(Turn& turn, OrderId id, const std::string& reason, OrderSignal signal) {
  State& state = turn.state;
  const auto found = state.orders.find(id);
  if (found == state.orders.end() || !found->second.live()) { return; }
  Order& order = found->second;
  order.status = after(order.status, signal);
  if (order.live()) { return; }
  order.reason = reason;
  order.changed_at = turn.at;
  if (signal == OrderSignal::kRejected) {
    note_failure(turn);
    state.rejects.push_back(turn.at);
    std::erase_if(state.rejects, [&](Instant past) { return turn.at - past > kRejectWindow; });
    if (state.rejects.size() >= kMostRejects && state.latches.halted.empty()) {
      state.latches.halted = "three rejects within ten minutes";
      turn.alert(AlertLevel::kCritical,
                 "three orders were rejected within ten minutes; nothing is opened until a person "
                 "resumes",
                 order.ticket.decision, order.ticket.intent);
    }
    turn.alert(AlertLevel::kWarning,
               fmt::format("order {} was rejected: {}", order.ticket.order.text(), reason),
               order.ticket.decision, order.ticket.intent);
  }
  after_end(turn, id);
}

void on_unknown(Turn& turn, OrderId id) {
  const auto found = turn.state.orders.find(id);
  if (found == turn.state.orders.end() || !found->second.live()) { return; }
  Order& order = found->second;
  order.status = after(order.status, OrderSignal::kUnknown);
  order.changed_at = turn.at;
  note_failure(turn);
  turn.alert(AlertLevel::kWarning,
             fmt::format("no answer for order {}; it counts against every limit until the broker "
                         "says what became of it",
                         order.ticket.order.text()),
             order.ticket.decision, order.ticket.intent);
  turn.set_timer(turn.at + kUnknownLimit, {.purpose = TimerPurpose::kUnknown, .order = id});
}

void unknown_too_long(Turn& turn, OrderId id) {
  const auto found = turn.state.orders.find(id);
  if (found == turn.state.orders.end() || found->second.status != OrderStatus::kUnknown) { return; }
  turn.state.latches.halted = "order " + id.text() + " unknown for two minutes";
  turn.alert(AlertLevel::kCritical,
             fmt::format("order {} has been without an answer for two minutes; look it up at the "
                         "broker, then resume",
                         id.text()),
             found->second.ticket.decision, found->second.ticket.intent);
}

}  // namespace v6
