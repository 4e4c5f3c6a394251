#include "runtime/live_views.hpp"

#include <algorithm>
#include <ranges>

#include "calendar/expiry.hpp"
#include "engine/turn.hpp"

namespace v6 {
namespace {

const Decision* last_exit_look(const LiveBot& bot, StructureId structure) {
  for (const Decision& decision : std::views::reverse(bot.record().decisions)) {
    if (decision.kind == DecisionKind::kExit && decision.structure == structure) {
      return &decision;
    }
  }
  return nullptr;
}

Json greeks_of_book(const BookGreeks& greeks, const JsonForm& form) { return form.of(greeks); }

Json structure_row(const LiveBot& bot, const Structure& structure) {
  const State& state = bot.state();
  const JsonForm form{state.master};
  Json legs = Json::array();
  for (const auto& [contract, holding] : structure.holdings) {
    legs.push_back({{"contract", form.of(contract)},
                    {"quantity", holding.quantity.raw()},
                    {"mid", holding.mark.mid.text()},
                    {"aged", holding.mark.aged},
                    {"iv", form.of(holding.mark.iv)},
                    {"delta", holding.mark.delta}});
  }
  Json exits = Json::array();
  if (const Decision* look = last_exit_look(bot, structure.id)) {
    for (const Check& check : look->waterfall) { exits.push_back(form.of(check)); }
  }
  return {{"id", structure.id.text()},
          {"kind", word(structure.kind)},
          {"underlying", structure.underlying.text()},
          {"units", structure.units.raw()},
          {"opened_at", iso(structure.opened_at)},
          {"dte", dte(new_york_date(bot.at()), nearest_expiry(structure.legs, state.master))},
          {"entry_price", structure.entry_price.text()},
          {"mid", structure.mid.text()},
          {"upl", form.of(structure.upl)},
          {"unrealised", structure.unrealised(state.master).text()},
          {"worst_case", structure.worst_case.text()},
          {"greeks", greeks_of_book(greeks_of(state, structure), form)},
          {"legs", std::move(legs)},
          {"exits", std::move(exits)}};
}

Json order_row(const LiveBot& bot, const Order& order) {
  const JsonForm form{bot.state().master};
  return {{"order", order.ticket.order.text()},
          {"broker_id", order.broker_id},
          {"perm_id", order.perm_id},
          {"intent", order.ticket.intent.text()},
          {"structure", order.ticket.structure.text()},
          {"purpose", word(order.ticket.purpose)},
          {"kind", word(order.ticket.kind)},
          {"status", word(order.status)},
          {"quantity", order.ticket.quantity.raw()},
          {"filled", order.filled.raw()},
          {"limits", form.of(order.limits)},
          {"last_limit", order.ticket.walk.last.text()},
          {"reason", order.reason}};
}

Money closing_cost(const State& state, const Structure& structure) {
  const auto market = state.underlyings.find(structure.underlying);
  if (market == state.underlyings.end() || !market->second.view) { return {}; }
  std::vector<Quote> quotes;
  for (const Leg& leg : structure.legs) {
    const auto row = market->second.view->row_of(leg.contract);
    if (!row) { return {}; }
    quotes.push_back(market->second.view->chain().quote(*row));
  }
  return premium(net_quote(reversed(structure.legs), quotes).natural,
                 state.master[structure.legs.front().contract].multiplier(), structure.units);
}

}  // namespace

const Check* decided_by(const Decision& decision) {
  return first_of(decision.waterfall,
                  decision.kind == DecisionKind::kExit ? Verdict::kFire : Verdict::kRefuse);
}

Json status_view(const LiveBot& bot) {
  const State& state = bot.state();
  const ibkr::ClientCounters counters = bot.client().counters();
  Json underlyings = Json::array();
  for (const auto& [symbol, underlying] : state.underlyings) {
    if (!underlying.snapshot) { continue; }
    underlyings.push_back({{"symbol", symbol.text()},
                           {"spot", underlying.snapshot->spot.text()},
                           {"chain_at", iso(underlying.snapshot->chain_at)},
                           {"contracts", underlying.snapshot->chain->size()}});
  }
  std::size_t open = 0;
  for (const auto& [id, structure] : state.structures) { open += structure.flat() ? 0U : 1U; }
  const JsonForm form{state.master};
  return {{"at", iso(bot.at())},
          {"mode", word(state.settings().mode)},
          {"account", bot.client().account()},
          {"link", word(state.link.state)},
          {"why", state.link.why},
          {"session", state.session == Date{} ? Json(nullptr) : Json(iso(state.session))},
          {"latches", state.latches.set()},
          {"net_liquidation", state.net_liquidation().text()},
          {"cash", state.cash.text()},
          {"session_start", state.track.session_start.text()},
          {"open_structures", open},
          {"live_orders", std::ranges::count_if(
                              state.orders, [](const auto& entry) { return entry.second.live(); })},
          {"underlyings", std::move(underlyings)},
          {"vix", form.of(vix_now(state))},
          {"lines", counters.lines},
          {"requests", counters.outstanding},
          {"messages_in", counters.messages_in},
          {"messages_out", counters.messages_out},
          {"sessions_of_the_link", counters.sessions},
          {"journal", bot.journal_path().string()}};
}

Json positions_view(const LiveBot& bot) {
  Json rows = Json::array();
  for (const auto& [id, structure] : bot.state().structures) {
    if (!structure.flat()) { rows.push_back(structure_row(bot, structure)); }
  }
  return rows;
}

Json orders_view(const LiveBot& bot) {
  Json rows = Json::array();
  for (const bool live : {true, false}) {
    for (const auto& [id, order] : bot.state().orders) {
      if (order.live() == live) { rows.push_back(order_row(bot, order)); }
    }
  }
  return rows;
}

Json decisions_view(const LiveBot& bot, std::size_t most) {
  const JsonForm form{bot.state().master};
  Json rows = Json::array();
  for (const Decision& decision : std::views::reverse(bot.record().decisions)) {
    if (rows.size() == most) { break; }
    rows.push_back(form.of(decision));
  }
  return rows;
}

Json greeks_view(const LiveBot& bot) {
  const State& state = bot.state();
  const JsonForm form{state.master};
  Json rows = Json::array();
  for (const auto& [id, structure] : state.structures) {
    if (structure.flat()) { continue; }
    rows.push_back({{"structure", id.text()},
                    {"kind", word(structure.kind)},
                    {"greeks", greeks_of_book(greeks_of(state, structure), form)}});
  }
  return {{"book", greeks_of_book(book_greeks(state), form)}, {"structures", std::move(rows)}};
}

Json chain_view(const LiveBot& bot) {
  const State& state = bot.state();
  const JsonForm form{state.master};
  Json all = Json::object();
  for (const auto& [symbol, underlying] : state.underlyings) {
    if (!underlying.snapshot) { continue; }
    const Chain& chain = *underlying.snapshot->chain;
    Json rows = Json::array();
    for (std::size_t i = 0; i < chain.size(); ++i) {
      const Contract contract = state.master[ContractId{chain.contract[i]}];
      rows.push_back({{"contract", contract.text()},
                      {"bid", chain.quote(i).bid.text()},
                      {"ask", chain.quote(i).ask.text()},
                      {"iv", form.of(chain.broker_iv.at(i))},
                      {"delta", form.of(chain.broker_delta.at(i))}});
    }
    all[symbol.text()] = {{"at", iso(underlying.snapshot->chain_at)},
                          {"spot", underlying.snapshot->spot.text()},
                          {"rows", std::move(rows)}};
  }
  return all;
}

Json alerts_view(const LiveBot& bot, std::size_t most) {
  Json rows = Json::array();
  for (const auto& [at, alert] : std::views::reverse(bot.record().alerts)) {
    if (rows.size() == most) { break; }
    rows.push_back({{"at", iso(at)}, {"level", word(alert.level)}, {"what", alert.what}});
  }
  return rows;
}

Json preview(const LiveBot& bot, OperatorWord said) {
  const State& state = bot.state();
  Json cancels = Json::array();
  Json closes = Json::array();
  const bool cancelling = said == OperatorWord::kCancelWorking || said == OperatorWord::kFlatten;
  for (const auto& [id, order] : state.orders) {
    if (cancelling && order.live() && opens(order.ticket.purpose)) { cancels.push_back(id.text()); }
  }
  if (said == OperatorWord::kFlatten) {
    for (const auto& [id, structure] : state.structures) {
      if (structure.flat()) { continue; }
      closes.push_back({{"structure", id.text()},
                        {"units", structure.units.raw()},
                        {"cash_at_natural", closing_cost(state, structure).text()}});
    }
  }
  return {{"word", word(said)},
          {"stops_entries", said != OperatorWord::kResume},
          {"lifts", said == OperatorWord::kResume ? Json(state.latches.set()) : Json::array()},
          {"cancels", std::move(cancels)},
          {"closes", std::move(closes)}};
}

}  // namespace v6
