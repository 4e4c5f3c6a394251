#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

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

/// Sends one closing part. False when the gate will not have it.
bool send(Turn& turn, Structure& structure, ClosingPart part, const ExitOrder& exit) {
  State& state = turn.state;
  const Setup& setup = state.given->setup;
  const UnderlyingState& market = state.underlyings.at(structure.underlying);
  std::vector<Quote> quotes;
  for (const LegQuote& leg : part.quotes) { quotes.push_back(leg.quote); }
  const NetQuote net = net_quote(part.legs, quotes);
  const Instrument& instrument = state.master[part.legs.front().contract].instrument();
  const double width = structure.width.dollars();
  const Price collar =
      Price::from_dollars(setup.settings.risk.collar_of_width * width).value_or(Price{});
  OrderTicket ticket{.order = OrderId{state.counters.order + 1},
                     .decision = exit.decision,
                     .structure = structure.id,
                     .kind = structure.kind,
                     .purpose = exit.purpose,
                     .urgency = exit.urgency,
                     .mode = setup.settings.mode,
                     .underlying = structure.underlying,
                     .legs = std::move(part.legs),
                     .quantity = part.quantity,
                     .walk = exit_walk(setup.settings.execution,
                                       {.net = net,
                                        .tick = instrument.tick.combo,
                                        .model = setup.fill_model,
                                        .end_of_day = setup.end_of_day},
                                       exit.urgency, collar),
                     .quotes = std::move(part.quotes),
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

std::optional<double> change_of_spot(const UnderlyingState& market) {
  if (market.spots.size() < 2) { return std::nullopt; }
  return market.spots.back().value / market.spots.front().value - 1.0;
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
  for (const DividendDeclared& dividend : market.dividends) {
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
    const double intrinsic =
        contract.right == OptionRight::kCall ? spot - strike : strike - spot;
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
  const Contract first = state.master[structure.legs.front().contract];
  const Instrument& instrument = first.instrument();
  Date expiry = first.expiry;
  for (const Leg& leg : structure.legs) {
    expiry = std::min(expiry, state.master[leg.contract].expiry);
  }
  const Date today = new_york_date(at);
  const auto next = state.calendar().next_session(today);
  ExitView view{.kind = structure.kind,
                .exercise = instrument.exercise,
                .legs = static_cast<int>(structure.legs.size()),
                .units = structure.units.raw(),
                .dte = dte(today, expiry),
                .dte_at_entry = structure.dte_at_entry,
                .mark_valid = structure.mark_valid,
                .upl = structure.upl,
                .peak_upl = structure.peak_upl,
                .half_closed = structure.half_closed,
                .underlying_change = change_of_spot(market),
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
  if (structure.iv && structure.iv_reference && *structure.iv_reference > 0) {
    view.iv_change = *structure.iv / *structure.iv_reference - 1.0;
  }
  if (is_credit(structure.kind)) {
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
  see_short_legs(view, state, structure, view.spot);
  return view;
}

bool has_live_order(const State& state, StructureId id) {
  return std::ranges::any_of(state.orders, [&](const auto& entry) {
    return entry.second.live() && entry.second.ticket.structure == id;
  });
}

/// The price of closing the whole structure at the natural, per unit; absent when it has none.
std::optional<Price> natural_to_close(const State& state, const Structure& structure) {
  const auto parts = closing_parts(state, structure, structure.units);
  if (parts.size() != 1 || parts[0].legs.size() != structure.legs.size()) { return std::nullopt; }
  std::vector<Quote> quotes;
  for (const LegQuote& leg : parts[0].quotes) { quotes.push_back(leg.quote); }
  return net_quote(parts[0].legs, quotes).natural;
}

/// Whether a roll is to be had: the same kind passes every entry gate and the net is no debit.
/// The waterfall of the attempt is added to the decision either way.
bool may_roll(Turn& turn, const Structure& structure, Decision& decision) {
  Evaluation evaluation = evaluate(turn, structure.underlying,
                                   {.kind = structure.kind, .rolls = structure.id});
  const auto natural = natural_to_close(turn.state, structure);
  bool rolls = evaluation.passes() && natural.has_value();
  if (evaluation.best) {
    std::optional<double> net;
    if (natural) { net = (evaluation.best->expected_price + *natural).dollars(); }
    evaluation.waterfall.push_back(gate_at_least({.name = "credit",
                                                  .measured = net,
                                                  .limit = 0,
                                                  .unit = "dollars",
                                                  .detail = "net credit of the roll"}));
    rolls = rolls && net && *net >= 0;
  }
  for (Check& check : evaluation.waterfall) {
    check.detail = check.detail.empty() ? "roll" : "roll: " + check.detail;
    decision.waterfall.push_back(std::move(check));
  }
  decision.candidates = evaluation.count;
  decision.chosen = std::move(evaluation.best);
  return rolls;
}

void act(Turn& turn, Structure& structure, Decision& decision, const ExitJudgement& judgement) {
  State& state = turn.state;
  const ExitAction action = judgement.action;
  decision.rule = *judgement.rule;
  const bool rolls = action == ExitAction::kRoll && may_roll(turn, structure, decision);
  const bool reduces = action == ExitAction::kReduce && structure.units.raw() >= 2;
  const ExitOrder exit{.purpose = rolls     ? Purpose::kRollClose
                                  : reduces ? Purpose::kReduce
                                            : Purpose::kClose,
                       .urgency = judgement.urgency,
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

/// Legs left behind, one by one. What was sold is bought back before its cover may go; wings are
/// sold when somebody bids, else left to settle. False when nothing was sent.
bool trade_leftovers(Turn& turn, Structure& structure, const ExitOrder& exit) {
  const UnderlyingState& market = turn.state.underlyings.at(structure.underlying);
  Legs left = leftovers(structure);
  if (std::ranges::any_of(left, sold)) { std::erase_if(left, std::not_fn(sold)); }
  bool any = false;
  for (const Leg& leg : left) {
    const Legs one = {{leg.contract, sold(leg) ? -1 : 1}};
    auto part = part_of(market, one, Contracts{std::abs(leg.ratio)});
    if (part) { any = send(turn, structure, std::move(*part), exit) || any; }
  }
  return any;
}

}  // namespace

void judge_exits(Turn& turn, Symbol underlying) {
  State& state = turn.state;
  const double use = book_use(state);
  const double limit = std::get<PortfolioLimits>(turn.settings().exits.list).use;
  const StructureId relieves = use > limit ? most_relieving(state) : StructureId{};
  const bool one_is_enough = state.given->setup.end_of_day;
  std::vector<StructureId> ids;
  for (const auto& [id, structure] : state.structures) {
    if (structure.underlying == underlying && !structure.flat()) { ids.push_back(id); }
  }
  for (const StructureId id : ids) {
    Structure& structure = state.structures.at(id);
    if (structure.opened_at == turn.at || has_live_order(state, id)) { continue; }
    const bool whole = structure.units > Contracts{};
    if (!whole || std::ranges::any_of(leftovers(structure), sold)) {
      const bool sent = trade_leftovers(
          turn, structure,
          {.urgency = uncovered(state, structure) ? Urgency::kImmediate : Urgency::kNormal,
           .decision = structure.decision});
      if (sent || !whole) { continue; }
    }
    if (!state.latches.flatten.empty()) {
      close_now(turn, structure, "operator_flatten");
      continue;
    }
    const ExitView view = view_of(state, structure, turn.at, use, relieves);
    const auto confirmed = structure.valid_marks >= (one_is_enough ? 1 : 2) ? MarksConfirmed::kYes
                                                                            : MarksConfirmed::kNo;
    ExitJudgement judgement = judge_exit(turn.settings().exits, view, confirmed);
    Decision decision{.id = DecisionId{++state.counters.decision},
                      .at = turn.at,
                      .underlying = underlying,
                      .kind = DecisionKind::kExit,
                      .outcome = Outcome::kHold,
                      .factors = state.underlyings.at(underlying).factors,
                      .waterfall = std::move(judgement.waterfall),
                      .structure = id};
    if (judgement.rule) { act(turn, structure, decision, judgement); }
    turn.emit(RecordDecision{.decision = std::move(decision)});
  }
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
                         .decision = cause.decision});
}

void close_now(Turn& turn, Structure& structure, std::string rule) {
  State& state = turn.state;
  if (structure.units <= Contracts{} || has_live_order(state, structure.id)) { return; }
  Decision decision{.id = DecisionId{++state.counters.decision},
                    .at = turn.at,
                    .underlying = structure.underlying,
                    .kind = DecisionKind::kExit,
                    .factors = state.underlyings.at(structure.underlying).factors,
                    .structure = structure.id};
  act(turn, structure, decision,
      {.rule = std::move(rule), .action = ExitAction::kClose, .urgency = Urgency::kImmediate});
  turn.emit(RecordDecision{.decision = std::move(decision)});
}

}  // namespace v6
