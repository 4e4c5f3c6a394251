#include <algorithm>
#include <cmath>

#include "base/enum_text.hpp"
#include "engine/turn.hpp"

namespace v6 {
namespace {

/// Value, volatility and Greeks of one contract at this snapshot; what cannot be seen keeps its
/// last value and is flagged.
void mark_leg(const MarketView& view, const Contract& contract, ContractId id, LegMark& mark) {
  const auto row = view.row_of(id);
  std::optional<Quote> quote;
  if (row) { quote = view.chain().quote(*row); }
  mark.aged = !quote || !quote->usable();
  if (!mark.aged) { mark.mid = quote->mid(); }
  const ExpirySlice* slice = view.slice(contract.root, contract.expiry);
  const Surface* surface = slice != nullptr ? view.surface(*slice) : nullptr;
  if (surface == nullptr) { return; }
  const double strike = contract.strike.dollars();
  mark.iv = surface->volatility(strike);
  const auto [price, greeks] = surface->value(contract.right, strike, view.spot().dollars());
  mark.delta = greeks.delta;
  mark.gamma = greeks.gamma;
  mark.theta = greeks.theta;
  mark.vega = greeks.vega;
  if (const auto model = Price::from_dollars(price)) { mark.model = *model; }
}

/// First-order causes of a holding's change of value since its last mark.
void attribute(Attribution& sum, const LegMark& before, const LegMark& now, double shares,
               double spot_change, double days) {
  sum.delta += shares * before.delta * spot_change;
  sum.gamma += shares * 0.5 * before.gamma * spot_change * spot_change;
  sum.theta += shares * before.theta * days;
  if (before.iv && now.iv) { sum.vega += shares * before.vega * (*now.iv - *before.iv) * 100.0; }
}

enum class QuotesCurrent : std::uint8_t { kNo, kYes };

/// Live, or of the end of this day; a delayed or frozen quote marks nothing validly.
QuotesCurrent currency_of(const Snapshot& snapshot, bool end_of_day) {
  const bool current =
      snapshot.kind == QuoteKind::kLive || (end_of_day && snapshot.kind == QuoteKind::kEndOfDay);
  return current ? QuotesCurrent::kYes : QuotesCurrent::kNo;
}

/// What one unit would bring if closed now, and whether that figure may decide.
void judge_mark(Structure& structure, const MarketView& view, Instant at, QuotesCurrent current) {
  structure.mark_valid = false;
  structure.upl.reset();
  if (structure.units <= Contracts{}) { return; }
  std::vector<Quote> quotes;
  double vega_sum = 0;
  double iv_sum = 0;
  bool all_iv = true;
  for (const Leg& leg : structure.legs) {
    const LegMark& mark = structure.holdings.at(leg.contract).mark;
    all_iv = all_iv && mark.iv.has_value();
    vega_sum += mark.vega;
    iv_sum += mark.vega * mark.iv.value_or(0);
    if (const auto row = view.row_of(leg.contract)) { quotes.push_back(view.chain().quote(*row)); }
  }
  structure.mid = unit_mid(structure);
  structure.iv.reset();
  if (all_iv && vega_sum > 0) { structure.iv = iv_sum / vega_sum; }
  const bool usable = current == QuotesCurrent::kYes && quotes.size() == structure.legs.size() &&
                      std::ranges::all_of(quotes, &Quote::usable);
  if (usable) {
    const NetQuote net = net_quote(reversed(structure.legs), quotes);
    const double entry = std::fabs(structure.entry_price.dollars());
    const double allowed = std::max({0.25 * entry, 0.25 * std::fabs(net.mid.dollars()), 0.20});
    structure.mark_valid = net.distance().dollars() <= allowed + 1e-9;
    if (structure.mark_valid && entry > 0) {
      structure.upl = (structure.entry_price + net.mid).dollars() / entry;
      structure.peak_upl = std::max(structure.peak_upl, *structure.upl);
    }
  }
  const bool apart =
      !structure.last_valid_mark || at - *structure.last_valid_mark >= std::chrono::seconds{5};
  if (!structure.mark_valid) {
    structure.valid_marks = 0;
    structure.last_valid_mark.reset();
  } else if (apart) {
    ++structure.valid_marks;
    structure.last_valid_mark = at;
  }
}

}  // namespace

void mark_holdings(Turn& turn, Symbol underlying) {
  const UnderlyingState& market = turn.state.underlyings.at(underlying);
  if (!market.view) { return; }
  for (auto& [id, structure] : turn.state.structures) {
    if (structure.underlying != underlying) { continue; }
    for (auto& [contract, holding] : structure.holdings) {
      mark_leg(*market.view, turn.state.master[contract], contract, holding.mark);
    }
  }
}

void mark_structures(Turn& turn, Symbol underlying) {
  State& state = turn.state;
  const UnderlyingState& market = state.underlyings.at(underlying);
  const auto& spots = market.spots;
  for (auto& [id, structure] : state.structures) {
    if (structure.underlying != underlying) { continue; }
    for (auto& [contract, holding] : structure.holdings) {
      const LegMark before = holding.mark;
      mark_leg(*market.view, state.master[contract], contract, holding.mark);
      if (spots.size() >= 2) {
        const double shares =
            static_cast<double>(holding.quantity.raw()) * state.master[contract].multiplier().raw();
        const TimedValue& last = spots[spots.size() - 2];
        const double days =
            std::chrono::duration<double, std::ratio<86400>>(turn.at - last.at).count();
        attribute(state.attribution, before, holding.mark, shares, spots.back().value - last.value,
                  days);
      }
    }
    const bool end_of_day = state.given->setup.end_of_day;
    judge_mark(structure, *market.view, turn.at, currency_of(*market.snapshot, end_of_day));
    if (structure.iv) {
      remember(structure.ivs, {.at = turn.at, .value = *structure.iv}, end_of_day);
    }
  }
}

void watch_losses(Turn& turn) {
  State& state = turn.state;
  const Money now = state.net_liquidation();
  const RiskLimits& limits = turn.settings().risk;
  const LossLevel level = daily_loss_level(state.track, now, limits);
  if (level == LossLevel::kReduceOnly && !state.latches.daily_loss.starts_with("reduce only")) {
    state.latches.daily_loss = "reduce only: daily loss limit of " + now.text() + " reached";
    turn.alert(AlertLevel::kCritical,
               "the day's loss reached the second limit; only reducing orders until the next "
               "session; look at the open structures");
  } else if (level == LossLevel::kNoEntries && state.latches.daily_loss.empty()) {
    state.latches.daily_loss = "daily loss limit reached at net liquidation " + now.text();
    turn.alert(AlertLevel::kWarning,
               "the day's loss reached the first limit; no entries until the next session");
  }
  if (drawdown_reached(state.track, now, limits) && state.latches.drawdown.empty()) {
    state.latches.drawdown = "drawdown limit reached at net liquidation " + now.text();
    turn.alert(AlertLevel::kCritical,
               "the drawdown from the peak reached its limit; no entries until the account is back "
               "within it and a person resumes");
  }
}

BookGreeks greeks_of(const State& state, const Structure& structure) {
  BookGreeks total;
  const auto market = state.underlyings.find(structure.underlying);
  const double spot = market != state.underlyings.end() && !market->second.spots.empty()
                          ? market->second.spots.back().value
                          : structure.spot_at_entry.dollars();
  for (const auto& [id, holding] : structure.holdings) {
    const Contract contract = state.master[id];
    const double shares = static_cast<double>(holding.quantity.raw()) * contract.multiplier().raw();
    total += dollar_greeks({.delta = holding.mark.delta,
                            .gamma = holding.mark.gamma,
                            .theta = holding.mark.theta,
                            .vega = holding.mark.vega},
                           shares, spot, contract.instrument().beta_to_spy);
  }
  return total;
}

BookGreeks book_greeks(const State& state, StructureId without) {
  BookGreeks total;
  for (const auto& [id, structure] : state.structures) {
    if (id != without) { total += greeks_of(state, structure); }
  }
  for (const auto& [id, order] : state.orders) {
    if (order.live() && opens(order.ticket.purpose)) { total += order.unit * order.leaves().raw(); }
  }
  return total;
}

Exposure exposure_now(const State& state, StructureId without) {
  Exposure exposure;
  for (const auto& [id, structure] : state.structures) {
    if (id != without) { add_to(exposure, structure, state.master); }
  }
  for (const auto& [id, order] : state.orders) {
    if (!order.live()) { continue; }
    exposure.expect(order.ticket.underlying,
                    exposure_of(order.ticket, order.leaves(), Money{}, state.master));
  }
  return exposure;
}

void record_equity(Turn& turn, Symbol underlying) {
  State& state = turn.state;
  mark_holdings(turn, underlying);
  RecordEquity record{.at = turn.at, .cash = state.cash};
  const UnderlyingState& market = state.underlyings.at(underlying);
  if (market.snapshot) { record.spot = market.snapshot->spot; }
  for (const auto& [id, structure] : state.structures) {
    if (structure.flat()) { continue; }
    ++record.open_structures;
    record.positions_value += structure.marked_value(state.master);
    for (const auto& [contract, holding] : structure.holdings) {
      const double shares =
          static_cast<double>(holding.quantity.raw()) * state.master[contract].multiplier().raw();
      record.delta += shares * holding.mark.delta;
      record.gamma += shares * holding.mark.gamma;
      record.theta += shares * holding.mark.theta;
      record.vega += shares * holding.mark.vega;
    }
    record.marks.push_back({.id = id,
                            .mid = structure.mid,
                            .upl = structure.upl,
                            .net_pnl = structure.realised() + structure.unrealised(state.master),
                            .valid = structure.mark_valid});
  }
  record.net_liquidation = record.cash + record.positions_value;
  record.worst_case = exposure_now(state).worst_case_of_all();

  state.track.peak = std::max(state.track.peak, record.net_liquidation);
  Attribution& parts = state.attribution;
  const double change =
      (record.net_liquidation - state.last_net_liquidation.value_or(state.given->setup.cash))
          .dollars();
  parts.residual =
      change - (parts.delta + parts.gamma + parts.theta + parts.vega + parts.slippage + parts.fees);
  record.attribution = parts;
  parts = {};
  state.last_net_liquidation = record.net_liquidation;
  turn.emit(std::move(record));
}

}  // namespace v6
