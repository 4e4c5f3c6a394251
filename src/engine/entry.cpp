#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/enum_text.hpp"
#include "calendar/expiry.hpp"
#include "engine/turn.hpp"
#include "strategy/candidates.hpp"
#include "strategy/factors.hpp"

namespace v6 {
namespace {

void append(Waterfall& waterfall, Waterfall more) {
  for (Check& check : more) { waterfall.push_back(std::move(check)); }
}

/// Which structure the factors ask for, and the lines that say why none.
std::optional<StructureKind> choose_kind(const Factors& factors, Waterfall& waterfall,
                                         std::optional<StructureKind> wanted) {
  if (!factors.outlook || !factors.iv_level) { return std::nullopt; }
  const auto kind = wanted ? wanted : kind_for(*factors.outlook, *factors.iv_level);
  const std::string cell =
      fmt::format("{} outlook, {} IV", word(*factors.outlook), word(*factors.iv_level));
  waterfall.push_back(gate_if(
      kind.has_value(),
      {.name = "factors",
       .unit = "structure kinds",
       .detail = kind ? fmt::format("{}: {}", cell, word(*kind)) : cell + ": no trade"}));
  if (!kind) { return std::nullopt; }
  if (is_credit(*kind)) {
    const bool storm = factors.volatility_rising.value_or(true) && factors.backwardated.value_or(true);
    waterfall.push_back(gate_if(
        !storm, {.name = "factors",
                 .detail = storm ? "rising volatility with a backwardated term structure: no new "
                                   "credit trades"
                                 : "volatility not rising into backwardation"}));
  }
  return kind;
}

/// Contracts held or being ordered; the structure to be rolled is about to let go of its own.
std::set<ContractId> taken_contracts(const State& state, StructureId rolls) {
  std::set<ContractId> taken;
  for (const auto& [id, structure] : state.structures) {
    if (id == rolls) { continue; }
    for (const auto& [contract, holding] : structure.holdings) { taken.insert(contract); }
  }
  for (const auto& [id, order] : state.orders) {
    if (!order.live() || order.ticket.structure == rolls) { continue; }
    for (const Leg& leg : order.ticket.legs) { taken.insert(leg.contract); }
  }
  return taken;
}

Room room_for(const State& state, Symbol underlying, StructureId rolls) {
  const RiskLimits& limits = state.settings().risk;
  const double account = state.net_liquidation().dollars();
  const Exposure exposure = exposure_now(state, rolls);
  const auto share = [&](double fraction) {
    return Money::from_dollars(fraction * account).value_or(Money{});
  };
  const auto left = [&](double fraction, std::optional<Money> used) {
    return used ? share(fraction) - *used : Money{};
  };
  const BookGreeks now = book_greeks(state, rolls);
  const double part = account * limits.new_structure_share;
  return {.structure_worst_case = share(limits.structure_worst_case),
          .symbol_left = left(limits.symbol_worst_case, exposure.worst_case_of(underlying)),
          .book_left = left(limits.book_worst_case, exposure.worst_case_of_all()),
          .delta = {.now = now.delta, .limit = part * limits.dollar_delta},
          .gamma = {.now = now.gamma, .limit = part * limits.dollar_gamma},
          .vega = {.now = now.vega, .limit = part * limits.vega},
          .theta = {.now = now.theta, .limit = part * limits.theta}};
}

BookGreeks unit_greeks(const Candidate& candidate, double spot, double beta) {
  return {.delta = candidate.delta * spot * beta,
          .gamma = candidate.gamma * spot / 100.0 * spot,
          .vega = candidate.vega,
          .theta = candidate.theta};
}

/// The price below which the expected value, counting the concession twice, is gone.
Price lowest_price(const Candidate& candidate, Multiplier multiplier) {
  const double shares = multiplier.raw();
  const double conceded = (candidate.mid - candidate.expected_price).dollars();
  const double spare = candidate.expected_value / (2.0 * shares) + conceded;
  const auto raw = static_cast<std::int64_t>(std::floor(spare * 10'000.0));
  return candidate.mid - Price::from_raw(std::max<std::int64_t>(0, raw - 1));
}

/// Loss of one unit at the end of its walk, with opening fees.
Money loss_at(const Candidate& candidate, Price price, const InstrumentMaster& master) {
  Bundle bundle;
  Multiplier multiplier;
  for (const Leg& leg : candidate.legs) {
    const Contract contract = master[leg.contract];
    multiplier = contract.multiplier();
    bundle.legs.push_back(
        {contract.right, contract.strike, std::int64_t{leg.ratio} * multiplier.raw()});
  }
  bundle.cash = premium(price, multiplier, Contracts{1}) - candidate.fees;
  return worst_case(bundle).value_or(Money::from_raw(MoneyKind::kLimit));
}

/// The order that would open this candidate; quantity 0 when not even one fits the budget.
OrderTicket opening_ticket(const State& state, Instant at, Symbol underlying,
                           const Candidate& candidate, Instant spot_at, Contracts most,
                           Purpose purpose) {
  const Setup& setup = state.given->setup;
  const Instrument& instrument = state.master[candidate.legs.front().contract].instrument();
  const NetQuote net{.mid = candidate.mid, .natural = candidate.natural, .widths = Price{}};
  OrderTicket ticket{.kind = candidate.kind,
                     .purpose = purpose,
                     .mode = setup.settings.mode,
                     .underlying = underlying,
                     .legs = candidate.legs,
                     .quotes = candidate.quotes,
                     .spot = state.underlyings.at(underlying).factors.spot,
                     .spot_at = spot_at,
                     .fair_value = candidate.fair_value,
                     .decided_at = at};
  ticket.walk = entry_walk(setup.settings.execution,
                           {.net = net,
                            .tick = instrument.tick.combo,
                            .model = setup.fill_model,
                            .end_of_day = setup.end_of_day},
                           lowest_price(candidate, instrument.multiplier));
  const Money budget = Money::from_dollars(setup.settings.risk.structure_worst_case *
                                           state.net_liquidation().dollars())
                           .value_or(Money{});
  const Money loss = loss_at(candidate, ticket.walk.last, state.master);
  const auto fits = loss > Money{} ? budget.raw() / loss.raw() : most.raw();
  ticket.quantity = Contracts{static_cast<std::int32_t>(std::min<std::int64_t>(fits, most.raw()))};
  return ticket;
}

Decision new_decision(Turn& turn, Symbol underlying, DecisionKind kind) {
  return {.id = DecisionId{++turn.state.counters.decision},
          .at = turn.at,
          .underlying = underlying,
          .kind = kind,
          .factors = turn.state.underlyings.at(underlying).factors};
}

void record_refusal(Turn& turn, Symbol underlying, Evaluation evaluation) {
  Decision decision = new_decision(turn, underlying, DecisionKind::kEntry);
  // Nothing to trade is another answer than something that may not be traded.
  decision.outcome = evaluation.best || first_of(evaluation.waterfall, Verdict::kRefuse) == nullptr ||
                             evaluation.count.examined == 0
                         ? Outcome::kRefused
                         : Outcome::kNoCandidate;
  decision.waterfall = std::move(evaluation.waterfall);
  decision.candidates = evaluation.count;
  decision.chosen = std::move(evaluation.best);
  turn.emit(RecordDecision{.decision = std::move(decision)});
}

/// Phase one ends with a question; whoever does not answer in time has no quotes.
void request_quotes(Turn& turn, Nomination nomination) {
  constexpr std::chrono::seconds kPatience{30};
  State& state = turn.state;
  const QuoteRequestId request{++state.counters.request};
  std::vector<ContractId> contracts;
  for (const Leg& leg : nomination.legs) { contracts.push_back(leg.contract); }
  state.nominations[request] = std::move(nomination);
  turn.emit(RequestQuotes{.request = request, .contracts = std::move(contracts)});
  // An end-of-day snapshot is all there is, so that its answer is there at once.
  if (state.given->setup.end_of_day) { return; }
  turn.set_timer(turn.at + kPatience, {.purpose = TimerPurpose::kQuotes, .request = request});
}

void give_up_roll(Turn& turn, StructureId old_id, const std::string& why) {
  turn.alert(AlertLevel::kWarning,
             fmt::format("{} was closed to be rolled, but could not be reopened: {}; it stays "
                         "closed, nothing need be done",
                         old_id.text(), why),
             turn.state.rolls.at(old_id).id);
  finish_roll(turn, old_id, {});
}

}  // namespace

Evaluation evaluate(const Turn& turn, Symbol underlying, const EvaluationAsk& ask) {
  const State& state = turn.state;
  const Settings& settings = state.settings();
  const UnderlyingState& market = state.underlyings.at(underlying);
  Evaluation result;
  EntryView view = day_view(state, turn.at, underlying, ask.rolls);
  if (ask.fresh != nullptr) {
    view.confirming = true;
    view.spot_age = turn.at - ask.fresh->spot_at;
    view.quote_age = {};
    for (const LegQuote& leg : ask.fresh->quotes) {
      view.quote_age = std::max(view.quote_age, turn.at - leg.at);
      view.quote_kind = leg.kind;
      view.halted = view.halted || leg.halted;
    }
  }
  result.waterfall = settings.entry(view);
  if (ask.fresh != nullptr && ask.fresh->quotes.size() < ask.nomination->legs.size()) {
    result.waterfall.push_back(
        gate_at_least({.name = "freshness",
                       .measured = static_cast<double>(ask.fresh->quotes.size()),
                       .limit = static_cast<double>(ask.nomination->legs.size()),
                       .unit = "legs",
                       .detail = "not every leg has a fresh quote"}));
  }
  const auto kind = choose_kind(market.factors, result.waterfall, ask.kind);
  if (!market.view || !kind) { return result; }

  const Symbol root = turn.root_of(underlying);
  Check dte_check;
  const ExpirySlice* slice = entry_expiry(*market.view, root, settings.strategy, dte_check);
  result.waterfall.push_back(std::move(dte_check));
  if (slice == nullptr) { return result; }
  const Surface* surface = market.view->surface(*slice);
  if (surface == nullptr || !forecast_level(settings.strategy.forecast, market.factors)) {
    result.waterfall.push_back(gate_if(
        false, {.name = "greeks",
                .detail = surface == nullptr ? "no forward or volatility can be fitted"
                                             : "no forecast: realised volatility is unknown"}));
    return result;
  }
  const Instrument& instrument = *find_instrument(root);
  const double spot = (ask.fresh != nullptr ? ask.fresh->spot : market.view->spot()).dollars();
  const Room room = room_for(state, underlying, ask.rolls);
  const Pricer pricer{.settings = &settings.strategy,
                      .fees = &settings.fees,
                      .surface = surface,
                      .forecast = Forecast{settings.strategy.forecast, market.factors, surface->smile},
                      .spot = spot,
                      .multiplier = instrument.multiplier,
                      .beta = instrument.beta_to_spy,
                      .book = {.dollar_delta = room.delta.now,
                               .limit = settings.risk.dollar_delta *
                                        state.net_liquidation().dollars()}};
  const auto taken = taken_contracts(state, ask.rolls);
  const CandidateQuery query{
      .kind = *kind, .level = *market.factors.iv_level, .taken = &taken, .room = room};
  Search search =
      ask.nomination != nullptr
          ? check_one(state.master, pricer, query, ask.nomination->legs, ask.fresh->quotes)
          : find_best(*market.view, state.master, market.snapshot->kind, *slice, pricer, query);
  append(result.waterfall, std::move(search.waterfall));
  result.count = search.count;
  result.best = std::move(search.best);
  if (result.best) { append(result.waterfall, final_gates(settings.strategy, *result.best)); }
  return result;
}

void evaluate_entry(Turn& turn, Symbol underlying) {
  State& state = turn.state;
  UnderlyingState& market = state.underlyings[underlying];
  Evaluation evaluation = evaluate(turn, underlying, {});
  if (!evaluation.passes()) {
    record_refusal(turn, underlying, std::move(evaluation));
    return;
  }
  const Candidate& best = *evaluation.best;
  market.nomination_count = evaluation.count;
  request_quotes(turn, {.underlying = underlying,
                        .kind = best.kind,
                        .legs = best.legs,
                        .quantity = Contracts{turn.settings().risk.max_order_size}});
}

void request_roll_quotes(Turn& turn, const Structure& closed) {
  State& state = turn.state;
  const Decision& roll = state.rolls.at(closed.id);
  const Candidate& planned = *roll.chosen;
  // What an earlier order of this structure closed is gone; only the roll's own part comes back.
  const Order& closing = state.orders.at(OrderId{roll.intent.raw()});
  request_quotes(turn, {.underlying = closed.underlying,
                        .kind = planned.kind,
                        .legs = planned.legs,
                        .quantity = closing.filled,
                        .rolls = closed.id});
}

void no_leg_quotes(Turn& turn, QuoteRequestId request) {
  const auto found = turn.state.nominations.find(request);
  if (found == turn.state.nominations.end()) { return; }
  const Price spot = turn.state.underlyings.at(found->second.underlying).factors.spot;
  on_leg_quotes(turn, {.request = request, .spot = spot, .spot_at = turn.at});
}

void on_leg_quotes(Turn& turn, const LegQuotesArrived& event) {
  State& state = turn.state;
  const auto found = state.nominations.find(event.request);
  if (found == state.nominations.end()) { return; }
  const Nomination nomination = found->second;
  state.nominations.erase(found);
  const bool roll = static_cast<bool>(nomination.rolls);

  Evaluation evaluation = evaluate(turn, nomination.underlying,
                                   {.kind = nomination.kind,
                                    .rolls = nomination.rolls,
                                    .nomination = &nomination,
                                    .fresh = &event});
  if (!roll) {
    // The search that nominated, not the one structure that was confirmed.
    const CandidateCount& nominated = state.underlyings.at(nomination.underlying).nomination_count;
    evaluation.count.examined = nominated.examined;
    evaluation.count.passed = nominated.passed;
  }
  const auto fail = [&](Evaluation refused) {
    if (!roll) {
      record_refusal(turn, nomination.underlying, std::move(refused));
      return;
    }
    const Check* check = first_of(refused.waterfall, Verdict::kRefuse);
    give_up_roll(turn, nomination.rolls,
                 check == nullptr ? "no candidate" : check->name + " refused");
  };
  if (!evaluation.passes()) { return fail(std::move(evaluation)); }

  const Candidate& best = *evaluation.best;
  OrderTicket ticket =
      opening_ticket(state, turn.at, nomination.underlying, best, event.spot_at,
                     nomination.quantity, roll ? Purpose::kRollOpen : Purpose::kOpen);
  const Instrument& instrument = state.master[best.legs.front().contract].instrument();
  const BookGreeks unit = unit_greeks(best, event.spot.dollars(), instrument.beta_to_spy);
  ticket.spot = event.spot;
  ticket.order = OrderId{state.counters.order + 1};
  if (ticket.quantity <= Contracts{}) {
    evaluation.waterfall.push_back(
        gate_at_least({.name = "worst_case",
                       .measured = 0,
                       .limit = 1,
                       .unit = "contracts",
                       .detail = "not even one contract fits the structure's budget"}));
    return fail(std::move(evaluation));
  }
  // The gate's own look, of which the waterfall keeps what it adds or refuses.
  for (Check& check : RiskGate::check(ticket, risk_view(state, turn.at, ticket, unit))) {
    const bool adds = check.name == "worst_case" || check.name == "margin" ||
                      check.name == "rate" || check.name == "collar";
    if (!adds && check.verdict != Verdict::kRefuse) { continue; }
    check.detail = check.detail.empty() ? "risk gate" : "risk gate: " + check.detail;
    evaluation.waterfall.push_back(std::move(check));
  }
  if (!evaluation.passes()) { return fail(std::move(evaluation)); }

  Decision decision = roll ? state.rolls.at(nomination.rolls)
                           : new_decision(turn, nomination.underlying, DecisionKind::kEntry);
  if (!roll) {
    decision.outcome = Outcome::kOpened;
    decision.waterfall = std::move(evaluation.waterfall);
    decision.candidates = evaluation.count;
    decision.chosen = std::move(evaluation.best);
    decision.waterfall.push_back(gate_skipped("fill", "on its way"));
    decision.structure = StructureId{++state.counters.structure};
  }
  ticket.decision = decision.id;
  ticket.structure = roll ? StructureId{++state.counters.structure} : decision.structure;
  if (!roll) { decision.intent = IntentId{ticket.order.raw()}; }
  const OrderId order = ticket.order;
  if (const auto refusal = submit(turn, std::move(ticket), unit, nomination.rolls)) {
    // Cannot differ from the look a moment ago; if it ever does, nothing is sent.
    if (roll) { return give_up_roll(turn, nomination.rolls, refusal->text()); }
    decision.outcome = Outcome::kRefused;
    append(decision.waterfall, refusal->checks);
  }
  if (!roll) {
    turn.emit(RecordDecision{.decision = decision});
    if (decision.outcome == Outcome::kOpened) { state.awaiting_fill[order] = std::move(decision); }
  }
}

void abandon_nominations(Turn& turn) {
  const auto nominations = std::exchange(turn.state.nominations, {});
  for (const auto& [request, nomination] : nominations) {
    if (nomination.rolls) {
      give_up_roll(turn, nomination.rolls, "the session ended before its quotes came");
    }
  }
}

void settle_decision(Turn& turn, const Order& order) {
  State& state = turn.state;
  const auto found = state.awaiting_fill.find(order.ticket.order);
  if (found == state.awaiting_fill.end()) { return; }
  if (order.live() && order.filled <= Contracts{}) { return; }
  Decision& decision = found->second;
  const bool filled = order.filled > Contracts{};
  decision.waterfall.back() = gate_at_least(
      {.name = "fill",
       .measured = order.filled.raw(),
       .limit = 1,
       .unit = "contracts filled",
       .detail = filled ? "" : fmt::format("not filled down to {}", order.limits.back().text())});
  if (!filled) {
    decision.outcome = Outcome::kRefused;
    decision.structure = {};
  }
  turn.emit(RecordDecision{.decision = std::move(decision)});
  state.awaiting_fill.erase(found);
}

}  // namespace v6
