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

/// Which structure the factors ask for, and the lines that say why none.
std::optional<StructureKind> choose_kind(const Factors& factors, Waterfall& waterfall,
                                         std::optional<StructureKind> wanted) {
  if (!factors.outlook || !factors.iv_level) { return std::nullopt; }
  const auto kind = wanted ? wanted : kind_for(*factors.outlook, *factors.iv_level);
  const std::string cell =
      fmt::format("{} outlook, {} IV", word(*factors.outlook), word(*factors.iv_level));
  waterfall.push_back(
      gate_if(kind.has_value(),
              {.name = "factors",
               .unit = "structure kinds",
               .detail = kind ? fmt::format("{}: {}", cell, word(*kind)) : cell + ": no trade"}));
  if (!kind) { return std::nullopt; }
  if (is_credit(*kind)) {
    const bool storm =
        factors.volatility_rising.value_or(true) && factors.backwardated.value_or(true);
    waterfall.push_back(gate_if(
        !storm, {.name = "factors",
                 .detail = storm ? "rising volatility with a backwardated term structure: no new "
                                   "credit trades"
                                 : "volatility not rising into backwardation"}));
  }
  return kind;
}

/// Contracts held, being ordered, or chosen for a roll other than `own_roll`.
std::set<ContractId> taken_contracts(const State& state, StructureId own_roll) {
  std::set<ContractId> taken;
  for (const auto& [id, structure] : state.structures) {
    for (const auto& [contract, holding] : structure.holdings) { taken.insert(contract); }
  }
  for (const auto& [id, order] : state.orders) {
    if (!order.live()) { continue; }
    for (const Leg& leg : order.ticket.legs) { taken.insert(leg.contract); }
  }
  for (const auto& [id, roll] : state.rolls) {
    if (id == own_roll || !roll.chosen) { continue; }
    for (const Leg& leg : roll.chosen->legs) { taken.insert(leg.contract); }
  }
  return taken;
}

Room room_for(const State& state, Symbol underlying) {
  const RiskLimits& limits = state.settings().risk;
  const double account = state.net_liquidation().dollars();
  const Exposure exposure = exposure_now(state);
  const auto share = [&](double fraction) {
    return Money::from_dollars(fraction * account).value_or(Money{});
  };
  const auto left = [&](double fraction, std::optional<Money> used) {
    return used ? share(fraction) - *used : Money{};
  };
  const BookGreeks now = book_greeks(state);
  const double part = account * limits.new_structure_share;
  return {.structure_worst_case = share(limits.structure_worst_case),
          .symbol_left = left(limits.symbol_worst_case, exposure.worst_case_of(underlying)),
          .book_left = left(limits.book_worst_case, exposure.worst_case_of_all()),
          .delta = {.now = now.delta, .limit = part * limits.dollar_delta},
          .gamma = {.now = now.gamma, .limit = part * limits.dollar_gamma},
          .vega = {.now = now.vega, .limit = part * limits.vega},
          .theta = {.now = now.theta, .limit = part * limits.theta}};
}

/// The price below which the expected value, counting the concession twice, is gone.
Price lowest_price(const Candidate& candidate, Multiplier multiplier) {
  const double shares = multiplier.raw();
  const double conceded = (candidate.mid - candidate.expected_price).dollars();
  const double spare = candidate.expected_value / (2.0 * shares) + conceded;
  const auto raw = static_cast<std::int64_t>(std::floor(spare * 10'000.0));
  return candidate.mid - Price::from_raw(std::max<std::int64_t>(0, raw - 1));
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
  decision.outcome =
      evaluation.best || evaluation.day_refused ? Outcome::kRefused : Outcome::kNoCandidate;
  decision.waterfall = std::move(evaluation.waterfall);
  decision.candidates = evaluation.count;
  decision.chosen = std::move(evaluation.best);
  turn.emit(RecordDecision{.decision = std::move(decision)});
}

}  // namespace

OrderTicket opening_ticket(const Turn& turn, const Candidate& candidate, const OpeningAsk& ask) {
  const State& state = turn.state;
  const Setup& setup = state.given->setup;
  const Instrument& instrument = state.master[candidate.legs.front().contract].instrument();
  const NetQuote net{.mid = candidate.mid, .natural = candidate.natural, .widths = Price{}};
  OrderTicket ticket{.order = OrderId{state.counters.order + 1},
                     .kind = candidate.kind,
                     .purpose = ask.purpose,
                     .mode = setup.settings.mode,
                     .underlying = ask.underlying,
                     .legs = candidate.legs,
                     .quotes = candidate.quotes,
                     .spot = ask.spot,
                     .spot_at = ask.spot_at,
                     .fair_value = candidate.fair_value,
                     .claims = {.deltas = candidate.leg_deltas,
                                .volatilities = candidate.leg_ivs,
                                .expected_value = candidate.expected_value,
                                .score = candidate.score.total},
                     .decided_at = turn.at};
  const Money budget = Money::from_dollars(setup.settings.risk.structure_worst_case *
                                           state.net_liquidation().dollars())
                           .value_or(Money{});
  const std::int64_t fits =
      candidate.worst_case > Money{} ? budget.raw() / candidate.worst_case.raw() : ask.most.raw();
  ticket.quantity =
      Contracts{static_cast<std::int32_t>(std::min<std::int64_t>(fits, ask.most.raw()))};
  if (ticket.quantity <= Contracts{}) { return ticket; }
  // What a unit may lose beyond the expected price bounds the walk as the expected value does.
  const Money spare = Money::from_raw(budget.raw() / ticket.quantity.raw()) - candidate.worst_case;
  const Price affordable =
      candidate.expected_price - Price::from_raw(spare.raw() / instrument.multiplier.raw());
  ticket.walk = entry_walk(setup.settings.execution,
                           {.net = net,
                            .tick = instrument.tick.combo,
                            .model = setup.fill_model,
                            .end_of_day = setup.end_of_day},
                           std::max(affordable, lowest_price(candidate, instrument.multiplier)));
  return ticket;
}

BookGreeks unit_greeks(const Turn& turn, const Candidate& candidate, Price spot) {
  const Instrument& instrument = turn.state.master[candidate.legs.front().contract].instrument();
  return dollar_greeks({.delta = candidate.delta,
                        .gamma = candidate.gamma,
                        .theta = candidate.theta,
                        .vega = candidate.vega},
                       1, spot.dollars(), instrument.beta_to_spy);
}

void add_gate_look(const Turn& turn, const OrderTicket& ticket, Evaluation& evaluation) {
  for (Check& check : RiskGate::check(ticket, risk_view(turn.state, turn.at, ticket))) {
    const bool adds = check.name == "worst_case" || check.name == "margin" ||
                      check.name == "rate" || check.name == "collar";
    if (!adds && check.verdict != Verdict::kRefuse) { continue; }
    check.detail = check.detail.empty() ? "risk gate" : "risk gate: " + check.detail;
    evaluation.waterfall.push_back(std::move(check));
  }
}

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

Evaluation evaluate(const Turn& turn, Symbol underlying, const EvaluationAsk& ask) {
  const State& state = turn.state;
  const Settings& settings = state.settings();
  const UnderlyingState& market = state.underlyings.at(underlying);
  Evaluation result;
  EntryView view = day_view(state, turn.at, underlying);
  view.is_roll = ask.is_roll;
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
  if (!market.view || !kind) {
    result.day_refused = true;
    return result;
  }

  const Symbol root = turn.root_of(underlying);
  result.day_refused = first_of(result.waterfall, Verdict::kRefuse) != nullptr;
  Check dte_check;
  const ExpirySlice* slice =
      ask.nomination != nullptr
          ? listed_expiry(*market.view, state.master[ask.nomination->legs.front().contract],
                          settings.strategy, dte_check)
          : entry_expiry(*market.view, root, settings.strategy, dte_check);
  result.waterfall.push_back(std::move(dte_check));
  if (slice == nullptr) { return result; }
  const Surface* surface = market.view->surface(*slice);
  std::optional<Surface> moved;
  if (surface != nullptr && ask.fresh != nullptr && ask.fresh->spot != market.view->spot()) {
    moved = surface->moved(ask.fresh->spot.dollars() / market.view->spot().dollars());
    surface = &*moved;
  }
  if (surface == nullptr || !forecast_level(settings.strategy.forecast, market.factors)) {
    result.waterfall.push_back(gate_if(
        false, {.name = "greeks",
                .detail = surface == nullptr ? "no forward or volatility can be fitted"
                                             : "no forecast: realised volatility is unknown"}));
    return result;
  }
  const Instrument& instrument = *find_instrument(root);
  const double spot = (ask.fresh != nullptr ? ask.fresh->spot : market.view->spot()).dollars();
  const Room room = room_for(state, underlying);
  const Pricer pricer{
      .settings = &settings.strategy,
      .fees = &settings.fees,
      .surface = surface,
      .forecast = Forecast{settings.strategy.forecast, market.factors, surface->smile},
      .spot = spot,
      .multiplier = instrument.multiplier,
      .beta = instrument.beta_to_spy,
      .book = {.dollar_delta = room.delta.now,
               .limit = settings.risk.dollar_delta * state.net_liquidation().dollars()}};
  const auto taken =
      taken_contracts(state, ask.nomination != nullptr ? ask.nomination->rolls : StructureId{});
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

  Evaluation evaluation = evaluate(
      turn, nomination.underlying,
      {.kind = nomination.kind, .is_roll = roll, .nomination = &nomination, .fresh = &event});
  if (roll && evaluation.best) {
    evaluation.waterfall.push_back(net_credit(*evaluation.best, nomination.closed_at));
  }
  if (!roll) {
    // The search that nominated, not the one structure that was confirmed.
    const CandidateCount& nominated = state.underlyings.at(nomination.underlying).nomination_count;
    evaluation.count.examined = nominated.examined;
    evaluation.count.passed = nominated.passed;
  }
  OrderTicket ticket;
  if (evaluation.passes()) {
    ticket = opening_ticket(turn, *evaluation.best,
                            {.underlying = nomination.underlying,
                             .spot = event.spot,
                             .spot_at = event.spot_at,
                             .most = nomination.quantity,
                             .purpose = roll ? Purpose::kRollOpen : Purpose::kOpen});
    if (ticket.quantity <= Contracts{}) {
      evaluation.waterfall.push_back(
          gate_at_least({.name = "worst_case",
                         .measured = 0,
                         .limit = 1,
                         .unit = "contracts",
                         .detail = "not even one contract fits the structure's budget"}));
    } else {
      add_gate_look(turn, ticket, evaluation);
    }
  }
  if (roll) { note_reopening(turn, nomination.rolls, evaluation); }
  if (!evaluation.passes()) {
    if (!roll) { return record_refusal(turn, nomination.underlying, std::move(evaluation)); }
    const Check* check = first_of(evaluation.waterfall, Verdict::kRefuse);
    return give_up_roll(turn, nomination.rolls,
                        check == nullptr ? "no candidate" : check->name + " refused");
  }

  const BookGreeks unit = unit_greeks(turn, *evaluation.best, event.spot);
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
