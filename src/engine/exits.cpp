#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "base/check.hpp"
#include "calendar/expiry.hpp"
#include "engine/turn.hpp"

namespace v6 {
namespace {

/// Some legs of a structure, as one closing order.
struct ClosingPart {
  Legs legs;  // as traded
  Contracts quantity;
  std::vector<LegQuote> quotes;
};

struct ExitOrder {
  Purpose purpose = Purpose::kClose;
  Urgency urgency = Urgency::kNormal;
  std::string rule;
  DecisionId decision;
};

std::optional<LegQuote> usable_quote(const UnderlyingState& market, ContractId id) {
  if (!market.view) { return std::nullopt; }
  auto quote = market.view->leg_quote(id, market.snapshot->kind);
  if (!quote || !quote->quote.usable()) { return std::nullopt; }
  return quote;
}

/// The legs that can be traded now, as one part, or nothing when a leg we must buy back has no
/// offer. A long leg without a bid stays where it is.
std::optional<ClosingPart> part_of(const UnderlyingState& market, const Legs& held,
                                   Contracts quantity) {
  ClosingPart part{.quantity = quantity};
  for (const Leg& leg : held) {
    const auto quote = usable_quote(market, leg.contract);
    const bool bought = leg.ratio > 0;
    if (!quote && !bought) { return std::nullopt; }
    if (!quote || (bought && quote->quote.bid <= Price{})) { continue; }
    part.legs.push_back({leg.contract, -leg.ratio});
    part.quotes.push_back(*quote);
  }
  if (part.legs.empty()) { return std::nullopt; }
  return part;
}

/// Whole if every long leg has a bid; else side by side, so that a worthless wing keeps no short
/// open and no short is ever left uncovered.
std::vector<ClosingPart> closing_parts(const State& state, const Structure& structure,
                                       Contracts quantity) {
  const UnderlyingState& market = state.underlyings.at(structure.underlying);
  std::vector<ClosingPart> parts;
  const auto whole = part_of(market, structure.legs, quantity);
  if (whole && whole->legs.size() == structure.legs.size()) { return {*whole}; }
  for (const OptionRight right : {OptionRight::kPut, OptionRight::kCall}) {
    Legs side;
    for (const Leg& leg : structure.legs) {
      if (state.master[leg.contract].right == right) { side.push_back(leg); }
    }
    if (auto part = part_of(market, side, quantity)) { parts.push_back(std::move(*part)); }
  }
  return parts;
}

/// Contracts beyond the whole units, as legs of their own signed count.
Legs leftovers(const Structure& structure) {
  Legs left;
  for (const auto& [id, holding] : structure.holdings) {
    std::int32_t count = holding.quantity.raw();
    for (const Leg& leg : structure.legs) {
      if (leg.contract == id) { count -= leg.ratio * structure.units.raw(); }
    }
    if (count != 0) { left.push_back({id, count}); }
  }
  return left;
}

bool sold(const Leg& leg) { return leg.ratio < 0; }

/// One order over some legs, no larger than an order may be. False when the gate will not have it.
bool send_order(Turn& turn, Structure& structure, const ClosingPart& part, const ExitOrder& exit) {
  const State& state = turn.state;
  const Setup& setup = state.given->setup;
  const UnderlyingState& market = state.underlyings.at(structure.underlying);
  const NetQuote net = net_quote(part.legs, part.quotes);
  const TickRule& tick = state.master[part.legs.front().contract].instrument().tick;
  const double width = structure.width.dollars();
  const Price collar =
      Price::from_dollars(setup.settings.risk.collar_of_width * width).value_or(Price{});
  OrderTicket ticket{
      .order = OrderId{state.counters.order + 1},
      .decision = exit.decision,
      .structure = structure.id,
      .kind = structure.kind,
      .purpose = exit.purpose,
      .urgency = exit.urgency,
      .rule = exit.rule,
      .mode = setup.settings.mode,
      .underlying = structure.underlying,
      .legs = part.legs,
      .quantity = part.quantity,
      .walk = exit_walk(setup.settings.execution,
                        {.net = net,
                         .tick = part.legs.size() > 1 ? tick.combo : tick_at(tick, net.natural),
                         .model = setup.fill_model,
                         .end_of_day = setup.end_of_day},
                        exit.urgency, collar),
      .quotes = part.quotes,
      .spot = market.snapshot->spot,
      .spot_at = market.snapshot->at,
      .fair_value = net.mid.dollars(),
      .decided_at = turn.at};
  const auto refusal = submit(turn, std::move(ticket), {});
  if (!refusal) { return true; }
  turn.alert(AlertLevel::kCritical,
             fmt::format("a closing order of {} was refused ({}); close it by hand if it cannot "
                         "wait",
                         structure.id.text(), refusal->text()),
             exit.decision);
  return false;
}

/// The whole part, in orders no larger than the compiled ceiling. False when none was sent.
bool send(Turn& turn, Structure& structure, ClosingPart part, const ExitOrder& exit) {
  constexpr Contracts kMost{kOrderSizeCeiling};
  bool sent = false;
  for (Contracts left = part.quantity; left > Contracts{}; left -= part.quantity) {
    part.quantity = std::min(left, kMost);
    sent = send_order(turn, structure, part, exit) || sent;
  }
  return sent;
}

/// From the first to the last of the remembered values.
std::optional<double> change_of(const std::vector<TimedValue>& values) {
  if (values.size() < 2 || values.front().value == 0) { return std::nullopt; }
  return values.back().value / values.front().value - 1.0;
}

/// Largest use of a limit by the book, as a fraction of it.
double book_use(const State& state, StructureId without = {}) {
  const double account = state.net_liquidation().dollars();
  if (account <= 0) { return std::numeric_limits<double>::infinity(); }
  const RiskLimits& limits = state.settings().risk;
  const BookGreeks greeks = book_greeks(state, without);
  const Exposure exposure = exposure_now(state, without);
  const auto loss_use = [&](std::optional<Money> loss, double limit) {
    return loss ? loss->dollars() / (limit * account) : std::numeric_limits<double>::infinity();
  };
  double use = loss_use(exposure.worst_case_of_all(), limits.book_worst_case);
  for (const auto& [symbol, root] : state.given->setup.roots) {
    use = std::max(use, loss_use(exposure.worst_case_of(symbol), limits.symbol_worst_case));
  }
  return std::max({use, std::fabs(greeks.delta) / (limits.dollar_delta * account),
                   std::fabs(greeks.gamma) / (limits.dollar_gamma * account),
                   std::fabs(greeks.vega) / (limits.vega * account),
                   std::fabs(greeks.theta) / (limits.theta * account)});
}

/// The structure whose closing takes most off the excess, if there is one.
StructureId most_relieving(const State& state) {
  StructureId best;
  double least = std::numeric_limits<double>::infinity();
  for (const auto& [id, structure] : state.structures) {
    if (structure.units <= Contracts{}) { continue; }
    const double use = book_use(state, id);
    if (use < least) {
      least = use;
      best = id;
    }
  }
  return best;
}

/// The coming dividend that a holder would exercise for: ex-date before the next session.
double coming_dividend(const State& state, const UnderlyingState& market, Instant at) {
  const Date today = new_york_date(at);
  const auto next = state.calendar().next_session(today);
  double amount = 0;
  for (const CashPayment& dividend : market.dividends) {
    if (dividend.ex_date > today && (!next || dividend.ex_date <= *next)) {
      amount += dividend.amount.dollars();
    }
  }
  return amount;
}

void see_short_legs(ExitView& view, const State& state, const Structure& structure, double spot) {
  for (const Leg& leg : structure.legs) {
    if (leg.ratio >= 0) { continue; }
    const Contract contract = state.master[leg.contract];
    const double strike = contract.strike.dollars();
    const double intrinsic = contract.right == OptionRight::kCall ? spot - strike : strike - spot;
    if (intrinsic <= 0) { continue; }
    const auto holding = structure.holdings.find(leg.contract);
    if (holding == structure.holdings.end() || holding->second.mark.aged) { continue; }
    const double extrinsic = holding->second.mark.mid.dollars() - intrinsic;
    view.short_extrinsic = std::min(view.short_extrinsic.value_or(extrinsic), extrinsic);
  }
}

ExitView view_of(const State& state, const Structure& structure, Instant at, double use,
                 StructureId relieves) {
  const UnderlyingState& market = state.underlyings.at(structure.underlying);
  const Instrument& instrument = state.master[structure.legs.front().contract].instrument();
  const Date expiry = nearest_expiry(structure.legs, state.master);
  const Date today = new_york_date(at);
  const auto next = state.calendar().next_session(today);
  ExitView view{.kind = structure.kind,
                .exercise = instrument.exercise,
                .legs = static_cast<int>(structure.legs.size()),
                .units = structure.units.raw(),
                .dte = dte(today, expiry),
                .dte_at_entry = structure.dte_at_entry,
                .entry_price = structure.entry_price.dollars(),
                .mark_valid = structure.mark_valid,
                .upl = structure.upl,
                .peak_upl = structure.peak_upl,
                .half_closed = structure.half_closed,
                .underlying_change = change_of(market.spots),
                .iv = structure.iv,
                .iv_at_entry = structure.iv_at_entry,
                .spot = market.view->spot().dollars(),
                .vix = vix_now(state),
                .vix_at_entry = structure.vix_at_entry,
                .percentile = market.factors.iv_percentile,
                .percentile_at_entry = structure.percentile_at_entry,
                .regime = market.factors.regime,
                .dividend = coming_dividend(state, market, at),
                .shares_appeared = market.shares != 0 && !instrument.cash_settled,
                .book_use = use,
                .relieves_most = relieves == structure.id};
  view.last_session_of_am_series =
      instrument.settlement == SettlementTime::kAm && (!next || *next >= expiry);
  if (structure.iv) { view.iv_change = change_of(structure.ivs); }
  if (view.credit()) {
    for (const Leg& leg : structure.legs) {
      if (leg.ratio >= 0) { continue; }
      const bool put = state.master[leg.contract].right == OptionRight::kPut;
      (put ? view.short_puts : view.short_calls) = true;
    }
  }
  double delta = 0;
  double gamma = 0;
  for (const Leg& leg : structure.legs) {
    const LegMark& mark = structure.holdings.at(leg.contract).mark;
    delta += leg.ratio * mark.delta;
    gamma += leg.ratio * mark.gamma;
  }
  view.delta = delta;
  view.gamma = gamma;
  if (structure.mark_valid) { view.cost_to_close = (-structure.mid).dollars(); }
  see_short_legs(view, state, structure, view.spot);
  return view;
}

/// The price of closing the whole structure at the natural, per unit; absent when it has none.
std::optional<Price> natural_to_close(const State& state, const Structure& structure) {
  const auto parts = closing_parts(state, structure, structure.units);
  if (parts.size() != 1 || parts[0].legs.size() != structure.legs.size()) { return std::nullopt; }
  return net_quote(parts[0].legs, parts[0].quotes).natural;
}

void act(Turn& turn, Structure& structure, Decision& decision, const ExitJudgement& judgement) {
  State& state = turn.state;
  const ExitAction action = judgement.action;
  decision.rule = *judgement.rule;
  const bool rolls = action == ExitAction::kRoll &&
                     may_roll(turn, structure, natural_to_close(state, structure), decision);
  const bool reduces = action == ExitAction::kReduce && structure.units.raw() >= 2;
  const ExitOrder exit{.purpose = rolls     ? Purpose::kRollClose
                                  : reduces ? Purpose::kReduce
                                            : Purpose::kClose,
                       .urgency = judgement.urgency,
                       .rule = decision.rule,
                       .decision = decision.id};
  const Contracts quantity = reduces ? Contracts{structure.units.raw() / 2} : structure.units;
  decision.intent = IntentId{state.counters.order + 1};
  bool sent = false;
  for (ClosingPart& part : closing_parts(state, structure, quantity)) {
    sent = send(turn, structure, std::move(part), exit) || sent;
  }
  if (!sent) {
    decision.outcome = Outcome::kHold;
    decision.intent = {};
    turn.alert(AlertLevel::kCritical,
               fmt::format("{} must close by {}, but has no quotes to close on; tried again at "
                           "the next snapshot",
                           structure.id.text(), decision.rule),
               decision.id);
    return;
  }
  decision.outcome = rolls ? Outcome::kRolled : reduces ? Outcome::kReduced : Outcome::kClosed;
  if (!reduces) { structure.exit_rule = decision.rule; }
  if (rolls) { state.rolls[structure.id] = decision; }
}

/// More sold than bought of one right and expiry.
bool uncovered(const State& state, const Structure& structure) {
  std::map<std::pair<Date, OptionRight>, std::int32_t> net;
  for (const auto& [id, holding] : structure.holdings) {
    const Contract contract = state.master[id];
    net[{contract.expiry, contract.right}] += holding.quantity.raw();
  }
  return std::ranges::any_of(net, [](const auto& sum) { return sum.second < 0; });
}

/// What is left of each side, as one order: sides with a short option first, which goes with the
/// cover it has; wings are sold when somebody bids, else left to settle. False when nothing was
/// sent.
bool trade_leftovers(Turn& turn, Structure& structure, const ExitOrder& exit) {
  const State& state = turn.state;
  const UnderlyingState& market = state.underlyings.at(structure.underlying);
  const Legs left = leftovers(structure);
  const bool shorts = std::ranges::any_of(left, sold);
  bool any = false;
  for (const OptionRight right : {OptionRight::kPut, OptionRight::kCall}) {
    Legs side = left;
    std::erase_if(side, [&](const Leg& leg) { return state.master[leg.contract].right != right; });
    if (shorts && std::ranges::none_of(side, sold)) { continue; }
    std::int32_t units = 0;
    for (const Leg& leg : side) { units = std::gcd(units, leg.ratio); }
    for (Leg& leg : side) { leg.ratio /= units; }
    if (auto part = part_of(market, side, Contracts{units})) {
      any = send(turn, structure, std::move(*part), exit) || any;
    }
  }
  return any;
}

/// Whether an exit of this urgency may go now. What is still being opened is cancelled, and so is a
/// less urgent exit: the structure is judged again once that is gone. Otherwise the exit that is
/// out already, or whose outcome is unknown, has to end first.
bool makes_way(Turn& turn, StructureId id, Urgency urgency) {
  bool free = true;
  for (auto& [order_id, order] : turn.state.orders) {
    if (!order.live() || order.ticket.structure != id) { continue; }
    if (opens(order.ticket.purpose)) {
      cancel(turn, order);
      continue;
    }
    free = false;
    if (order.ticket.urgency < urgency) {
      order.makes_way = true;
      cancel(turn, order);
    }
  }
  return free;
}

/// The book against its limits, as the exit rules see it.
struct BookUse {
  double use = 0;
  StructureId relieves;  // the structure whose closing takes most off, when there is an excess
};

BookUse use_of_book(const State& state) {
  BookUse book{.use = book_use(state)};
  const double limit = std::get<PortfolioLimits>(state.settings().exits.list).use;
  if (book.use > limit) { book.relieves = most_relieving(state); }
  return book;
}

ExitJudgement judgement_of(const Turn& turn, const Structure& structure, const BookUse& book) {
  const State& state = turn.state;
  if (!state.latches.flatten.empty()) {
    return {
        .rule = "operator_flatten", .action = ExitAction::kClose, .urgency = Urgency::kImmediate};
  }
  const int needed = state.given->setup.end_of_day ? 1 : 2;
  return judge_exit(turn.settings().exits,
                    view_of(state, structure, turn.at, book.use, book.relieves),
                    structure.valid_marks >= needed ? MarksConfirmed::kYes : MarksConfirmed::kNo);
}

void judge(Turn& turn, Structure& structure, const BookUse& book) {
  State& state = turn.state;
  const bool whole = structure.units > Contracts{};
  if (!whole || std::ranges::any_of(leftovers(structure), sold)) {
    const ExitOrder exit{
        .urgency = uncovered(state, structure) ? Urgency::kImmediate : Urgency::kNormal,
        .rule = "leftover",
        .decision = structure.decision};
    const bool sent =
        makes_way(turn, structure.id, exit.urgency) && trade_leftovers(turn, structure, exit);
    if (sent || !whole) { return; }
  }
  ExitJudgement judgement = judgement_of(turn, structure, book);
  Decision decision{.id = DecisionId{++state.counters.decision},
                    .at = turn.at,
                    .underlying = structure.underlying,
                    .kind = DecisionKind::kExit,
                    .outcome = Outcome::kHold,
                    .factors = state.underlyings.at(structure.underlying).factors,
                    .waterfall = std::move(judgement.waterfall),
                    .structure = structure.id};
  if (judgement.rule) {
    if (makes_way(turn, structure.id, judgement.urgency)) {
      act(turn, structure, decision, judgement);
    } else {
      decision.rule = *judgement.rule;  // its exit is on its way
    }
  }
  turn.emit(RecordDecision{.decision = std::move(decision)});
}

}  // namespace

void judge_exits(Turn& turn, Symbol underlying) {
  const BookUse book = use_of_book(turn.state);
  std::vector<StructureId> ids;
  for (const auto& [id, structure] : turn.state.structures) {
    const bool older = structure.opened_at != turn.at;
    if (structure.underlying == underlying && !structure.flat() && older) { ids.push_back(id); }
  }
  for (const StructureId id : ids) { judge(turn, turn.state.structures.at(id), book); }
}

void judge_structure(Turn& turn, Structure& structure) {
  const UnderlyingState& market = turn.state.underlyings.at(structure.underlying);
  if (!market.view || structure.flat()) { return; }
  judge(turn, structure, use_of_book(turn.state));
}

void repair_orphans(Turn& turn, Structure& structure, const OrderTicket& cause) {
  structure.units = whole_units(structure);
  if (std::ranges::none_of(leftovers(structure), sold)) { return; }
  on_mismatch(turn, "legs of " + structure.id.text() + " filled out of ratio",
              fmt::format("legs of {} are out of ratio; short legs without cover are being bought "
                          "back and nothing is opened until a person resumes",
                          structure.id.text()),
              cause.decision, cause.intent);
  (void)trade_leftovers(turn, structure,
                        {.purpose = Purpose::kReduce,
                         .urgency = Urgency::kImmediate,
                         .rule = "out of ratio",
                         .decision = cause.decision});
}

}  // namespace v6
