#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/check.hpp"
#include "calendar/expiry.hpp"
#include "calendar/new_york.hpp"
#include "engine/turn.hpp"

namespace v6 {
namespace {

Money worst_case_of(const Structure& structure, const InstrumentMaster& master) {
  Bundle bundle{.cash = structure.entry_cash - structure.fees};
  for (const Leg& leg : structure.legs) {
    const Contract contract = master[leg.contract];
    bundle.legs.push_back(
        {contract.right, contract.strike,
         std::int64_t{leg.ratio} * structure.opened.raw() * contract.multiplier().raw()});
  }
  return worst_case(bundle).value_or(Money::from_raw(MoneyKind::kLimit));
}

/// The contract's id, if it was ever listed.
std::optional<ContractId> find_contract(const InstrumentMaster& master, const Contract& wanted) {
  for (std::uint32_t i = 0; i < master.size(); ++i) {
    if (master[ContractId{i}] == wanted) { return ContractId{i}; }
  }
  return std::nullopt;
}

void remember_entry(const State& state, Structure& structure, Instant at) {
  const UnderlyingState& market = state.underlyings.at(structure.underlying);
  structure.opened_at = at;
  structure.width = width_of(structure.legs, state.master);
  structure.spot_at_entry = market.factors.spot;
  structure.vix_at_entry = vix_now(state);
  structure.percentile_at_entry = market.factors.iv_percentile;
  structure.dte_at_entry = dte(new_york_date(at), nearest_expiry(structure.legs, state.master));
}

/// Its last session is over: the broker takes it from his list when he gets to it, we when the
/// level is published that settles it.
bool expired(const Calendar& calendar, const Contract& contract, Instant at) {
  const auto session = calendar.session(contract.expiry, contract.instrument().session);
  return session ? at >= session->close : new_york_date(at) > contract.expiry;
}

}  // namespace

void book(Turn& turn, Structure& structure, const LegFill& fill, IntentId intent,
          DecisionId decision) {
  State& state = turn.state;
  state.cash += book_fill(structure, fill, state.master);
  state.attribution.fees -= fill.fees.dollars();
  turn.emit(RecordFill{.id = FillId{++state.counters.fill},
                       .at = turn.at,
                       .structure = structure.id,
                       .intent = intent,
                       .decision = decision,
                       .kind = structure.kind,
                       .fill = fill});
}

Structure& structure_of(Turn& turn, const Order& order) {
  State& state = turn.state;
  const OrderTicket& ticket = order.ticket;
  const Legs legs = opens(ticket.purpose) ? ticket.legs : reversed(ticket.legs);
  const auto found = state.structures.find(ticket.structure);
  if (found != state.structures.end()) { return found->second; }
  Structure structure{.id = ticket.structure,
                      .kind = ticket.kind,
                      .underlying = ticket.underlying,
                      .legs = legs,
                      .decision = ticket.decision,
                      .rolled_from = order.rolls};
  remember_entry(state, structure, turn.at);
  for (std::size_t i = 0; i < legs.size(); ++i) {
    const LegQuote& quote = ticket.quotes[i];
    structure.entry_legs.push_back(
        {.leg = legs[i], .quote = quote.quote, .open_interest = quote.open_interest});
  }
  return state.structures.emplace(structure.id, std::move(structure)).first->second;
}

void complete_opening(Turn& turn, Structure& structure) {
  const State& state = turn.state;
  mark_holdings(turn, structure.underlying);
  Money basis;
  double vega_sum = 0;
  double iv_sum = 0;
  bool all_iv = true;
  for (const auto& [id, holding] : structure.holdings) { basis += holding.basis; }
  for (EntryLeg& entry : structure.entry_legs) {
    const auto holding = structure.holdings.find(entry.leg.contract);
    if (holding == structure.holdings.end()) { continue; }
    const LegMark& mark = holding->second.mark;
    entry.iv = mark.iv;
    if (mark.iv) { entry.delta = mark.delta; }
    all_iv = all_iv && mark.iv;
    vega_sum += mark.vega;
    iv_sum += mark.vega * mark.iv.value_or(0);
  }
  structure.entry_cash = basis;
  const std::int64_t shares = std::int64_t{structure.opened.raw()} *
                              state.master[structure.legs.front().contract].multiplier().raw();
  if (shares > 0) { structure.entry_price = Price::from_raw(basis.raw() / shares); }
  structure.worst_case = worst_case_of(structure, state.master);
  structure.mid = unit_mid(structure);
  if (all_iv && vega_sum > 0) {
    structure.iv_at_entry = iv_sum / vega_sum;
    structure.iv = structure.iv_at_entry;
    structure.ivs = {{.at = turn.at, .value = *structure.iv}};
  }
}

void record_structure(Turn& turn, const Structure& structure, bool closed) {
  RecordStructure record{.id = structure.id,
                         .kind = structure.kind,
                         .underlying = structure.underlying,
                         .opened_at = structure.opened_at,
                         .quantity = structure.opened,
                         .legs = structure.entry_legs,
                         .entry_price = structure.entry_price,
                         .width = structure.width,
                         .worst_case = structure.worst_case,
                         .dte_at_entry = structure.dte_at_entry,
                         .spot_at_entry = structure.spot_at_entry,
                         .exit_rule = closed ? structure.exit_rule : std::string{},
                         .realised = structure.realised(),
                         .unrealised = structure.unrealised(turn.state.master),
                         .fees = structure.fees,
                         .slippage = structure.slippage,
                         .rolled_from = structure.rolled_from,
                         .rolled_to = structure.rolled_to,
                         .decision = structure.decision,
                         .adopted = structure.adopted};
  if (closed) { record.closed_at = turn.at; }
  turn.emit(std::move(record));
}

void close_if_flat(Turn& turn, StructureId id) {
  State& state = turn.state;
  const auto found = state.structures.find(id);
  if (found == state.structures.end()) { return; }
  Structure& structure = found->second;
  structure.units = whole_units(structure);
  if (!structure.flat()) { return; }
  if (state.rolls.contains(id)) {
    request_roll_quotes(turn, structure);
    return;
  }
  record_structure(turn, structure, true);
  state.structures.erase(found);
}

void on_settled(Turn& turn, const SeriesSettled& event) {
  State& state = turn.state;
  std::vector<StructureId> touched;
  for (auto& [id, structure] : state.structures) {
    std::vector<ContractId> due;
    for (const auto& [contract, holding] : structure.holdings) {
      const Contract option = state.master[contract];
      if (option.root == event.root && option.expiry == event.expiry) { due.push_back(contract); }
    }
    if (due.empty()) { continue; }
    for (const ContractId contract : due) {
      book(turn, structure, settlement_fill(structure, contract, event.level, state.master), {},
           structure.decision);
    }
    if (structure.exit_rule.empty() || structure.units > Contracts{}) {
      structure.exit_rule = "settled";
    }
    touched.push_back(id);
  }
  for (const StructureId id : touched) {
    state.rolls.erase(id);
    close_if_flat(turn, id);
  }
}

void foretell_expiries(Turn& turn, Date today) {
  const State& state = turn.state;
  const auto expiry = state.calendar().next_session(today);
  if (!expiry) { return; }
  for (const auto& [id, structure] : state.structures) {
    const auto due = std::ranges::count_if(structure.holdings, [&](const auto& holding) {
      return state.master[holding.first].expiry == *expiry;
    });
    if (due == 0) { continue; }
    std::string after = "they settle in cash";
    const auto market = state.underlyings.find(structure.underlying);
    const bool physical = std::ranges::any_of(structure.holdings, [&](const auto& holding) {
      return !state.master[holding.first].instrument().cash_settled;
    });
    if (physical && market != state.underlyings.end() && !market->second.spots.empty()) {
      const Price spot = Price::from_dollars(market->second.spots.back().value).value_or(Price{});
      after = fmt::format("at {} they would leave {:+} shares of {}", spot.text(),
                          shares_after(structure, *expiry, spot, state.master),
                          structure.underlying.text());
    }
    turn.alert(AlertLevel::kInfo,
               fmt::format("{}: {} contracts expire on {}; {}, and are gone from the positions",
                           id.text(), due, iso(*expiry), after));
  }
}

void on_adopted(Turn& turn, const StructureAdopted& event) {
  State& state = turn.state;
  const auto priced = [&](const ContractPosition& leg) {
    const auto market = state.underlyings.find(leg.contract.underlying());
    return market != state.underlyings.end() && market->second.view;
  };
  if (!std::ranges::all_of(event.legs, priced)) {
    state.to_adopt.push_back(event);
    return;
  }
  Structure structure{
      .id = StructureId{++state.counters.structure}, .opened = event.quantity, .adopted = true};
  for (const ContractPosition& leg : event.legs) {
    const auto id = find_contract(state.master, leg.contract);
    const auto market = state.underlyings.find(leg.contract.underlying());
    std::optional<LegQuote> quote;
    if (id && market != state.underlyings.end() && market->second.view) {
      quote = market->second.view->leg_quote(*id, market->second.snapshot->kind);
    }
    if (!quote || !quote->quote.usable()) {
      turn.alert(AlertLevel::kCritical, "cannot adopt " + leg.contract.text() +
                                            ": not listed or without a quote; manage it by hand");
      return;
    }
    structure.underlying = leg.contract.underlying();
    structure.legs.push_back({*id, leg.quantity.raw()});
    structure.entry_legs.push_back({.leg = structure.legs.back(),
                                    .quote = quote->quote,
                                    .open_interest = quote->open_interest});
  }
  structure.kind = recognise(structure.legs, state.master);
  remember_entry(state, structure, turn.at);
  Structure& kept = state.structures.emplace(structure.id, std::move(structure)).first->second;
  for (const EntryLeg& entry : kept.entry_legs) {
    book(turn, kept,
         {.contract = entry.leg.contract,
          .side = entry.leg.ratio > 0 ? Side::kBuy : Side::kSell,
          .quantity = Contracts{std::abs(entry.leg.ratio) * event.quantity.raw()},
          .price = entry.quote.mid()},
         {}, {});
  }
  kept.units = whole_units(kept);
  complete_opening(turn, kept);
}

void on_positions(Turn& turn, const PositionsReported& event) {
  const State& state = turn.state;
  std::map<Contract, std::int32_t> difference;
  for (const ContractPosition& position : event.positions) {
    difference[position.contract] += position.quantity.raw();
  }
  for (const auto& [id, structure] : state.structures) {
    for (const auto& [contract, holding] : structure.holdings) {
      difference[state.master[contract]] -= holding.quantity.raw();
    }
  }
  std::string text;
  for (const auto& [contract, quantity] : difference) {
    if (quantity != 0 && !expired(state.calendar(), contract, turn.at)) {
      text += fmt::format("{}{} {:+}", text.empty() ? "" : ", ", contract.text(), quantity);
    }
  }
  if (text.empty()) { return; }
  const std::string latch = "positions differ from the broker's: " + text;
  if (state.latches.mismatch == latch) { return; }
  on_mismatch(turn, latch,
              "positions differ from the broker's (" + text +
                  "); nothing is opened until a person has explained it and resumes");
}

void on_commission(Turn& turn, const CommissionReported& event) {
  State& state = turn.state;
  const auto found = state.orders.find(event.order);
  if (found == state.orders.end()) { return; }
  const auto execution = found->second.executions.find(event.execution.root);
  if (execution == found->second.executions.end()) { return; }
  for (LegFill& leg : execution->second.legs) {
    if (leg.contract != event.contract || leg.fees == event.fees) { continue; }
    const Money more = event.fees - leg.fees;
    leg.fees = event.fees;
    state.cash -= more;
    state.attribution.fees -= more.dollars();
    const auto structure = state.structures.find(found->second.ticket.structure);
    if (structure != state.structures.end()) { structure->second.fees += more; }
    turn.emit(RecordFeeChange{.structure = found->second.ticket.structure,
                              .order = event.order,
                              .contract = event.contract,
                              .more = more});
  }
}

void on_run_ended(Turn& turn) {
  State& state = turn.state;
  for (auto& [id, order] : state.orders) {
    if (order.live() && !order.recorded) {
      turn.emit(RecordOrder{.ticket = order.ticket,
                            .limits = order.limits,
                            .status = order.status,
                            .filled = order.filled,
                            .reason = "still live when the run ended"});
    }
  }
  for (const auto& [id, structure] : state.structures) {
    if (!structure.flat()) { record_structure(turn, structure, false); }
  }
}

}  // namespace v6
