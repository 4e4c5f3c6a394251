#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.hpp"
#include "engine/turn.hpp"
#include "strategy/factors.hpp"

namespace v6 {
namespace {

using namespace literals;

/// A year for the percentile, twenty sessions for its mean, and some to spare.
constexpr std::size_t kHistory = 400;

void keep_recent(std::vector<double>& series) {
  if (series.size() > kHistory) {
    series.erase(series.begin(), series.end() - static_cast<std::ptrdiff_t>(kHistory));
  }
}

YieldCurve curve_of(const std::vector<std::optional<double>>& yields) {
  YieldCurve curve;
  curve.publish(yields);
  return curve;
}

std::shared_ptr<const MarketView> view_of(const State& state, Symbol underlying,
                                          const Snapshot& snapshot) {
  std::vector<Dividend> dividends;
  for (const CashPayment& payment : state.underlyings.at(underlying).dividends) {
    dividends.push_back({.ex_date = payment.ex_date, .amount = payment.amount.dollars()});
  }
  return std::make_shared<const MarketView>(underlying, snapshot.spot, snapshot.at, snapshot.chain,
                                            state.master, state.calendar(),
                                            curve_of(state.treasury_yields), dividends);
}

std::optional<double> live_level(const State& state, Symbol index) {
  const auto found = state.index_levels.find(index);
  if (found == state.index_levels.end()) { return std::nullopt; }
  return found->second;
}

}  // namespace

void remember(std::vector<TimedValue>& values, const TimedValue& now, bool end_of_day) {
  values.push_back(now);
  if (end_of_day) {
    if (values.size() > 2) { values.erase(values.begin()); }
    return;
  }
  std::erase_if(values,
                [&](const TimedValue& old) { return now.at - old.at > std::chrono::hours{1}; });
}

std::optional<double> vix_now(const State& state) {
  const Symbol vix = "VIX"_sym;
  if (const auto live = live_level(state, vix)) { return live; }
  // Live trading looks at the live index only; at the end of a day its close is not yet known.
  if (!state.given->setup.end_of_day) { return std::nullopt; }
  const auto closes = state.index_closes.find(vix);
  if (closes == state.index_closes.end() || closes->second.empty()) { return std::nullopt; }
  return closes->second.back();
}

void on_index_level(Turn& turn, const IndexLevelChanged& event) {
  State& state = turn.state;
  state.index_levels[event.level.index] = event.level.level;
  // What is decided between two chains rests on the live value, not on the last chain's.
  for (auto& [symbol, underlying] : state.underlyings) {
    if (!underlying.snapshot) { continue; }
    underlying.factors.vix = vix_now(state);
    underlying.factors.regime = regime_of(underlying.factors);
  }
}

void on_session_started(Turn& turn, const SessionStarted& event) {
  State& state = turn.state;
  // A session starts once: said again after a restart it must not forget the day's losses.
  if (event.date == state.session) { return; }
  state.session = event.date;
  state.index_levels.clear();
  state.latches.daily_loss.clear();
  state.track.session_start = state.net_liquidation();
  abandon_nominations(turn);
  std::erase_if(state.orders, [](const auto& entry) { return !entry.second.live(); });
  end_day_orders(turn);
  std::erase_if(state.timers,
                [](const auto& timer) { return timer.second.purpose != TimerPurpose::kUnknown; });
  std::erase_if(state.opening_orders,
                [&](Instant sent) { return turn.at - sent > std::chrono::days{1}; });
  for (auto& [symbol, underlying] : state.underlyings) {
    underlying.opened_today = 0;
    underlying.iv_today.reset();
    underlying.snapshot.reset();
    underlying.view.reset();
  }
  foretell_expiries(turn, event.date);
  for (const auto& [symbol, root] : state.given->setup.roots) { schedule_evaluation(turn, symbol); }
}

void on_contracts_listed(Turn& turn, const ContractsListed& event) {
  InstrumentMaster& master = turn.state.master;
  V6_CHECK(event.first.raw() == master.size(), "contracts are listed in the order of their ids");
  for (std::size_t i = 0; i < event.contracts.size(); ++i) {
    master.columns.root.push_back(event.contracts.root[i]);
    master.columns.expiry.push_back(event.contracts.expiry[i]);
    master.columns.strike.push_back(event.contracts.strike[i]);
    master.columns.right.push_back(event.contracts.right[i]);
  }
}

void on_chain(Turn& turn, const ChainSnapshotTaken& event) {
  State& state = turn.state;
  UnderlyingState& underlying = state.underlyings[event.underlying];
  underlying.snapshot = Snapshot{.at = turn.at,
                                 .chain_at = turn.at,
                                 .spot = event.spot,
                                 .kind = event.kind,
                                 .chain = event.chain};
  underlying.view = view_of(state, event.underlying, *underlying.snapshot);
  remember(underlying.spots, {.at = turn.at, .value = event.spot.dollars()},
           state.given->setup.end_of_day);

  const Symbol root = turn.root_of(event.underlying);
  const Symbol index = find_instrument(root)->volatility_index;
  underlying.factors = make_factors(*underlying.view, root,
                                    {.closes = &underlying.closes,
                                     .own_iv = &underlying.own_iv,
                                     .volatility_index = &state.index_closes[index],
                                     .volatility_index_level = live_level(state, index),
                                     .volatility_index_name = index.text(),
                                     .wanted = state.settings().strategy.iv_history},
                                    vix_now(state));
  underlying.iv_today = underlying.factors.iv_30;

  for (const StructureAdopted& adopted : std::exchange(state.to_adopt, {})) {
    on_adopted(turn, adopted);
  }
  mark_structures(turn, event.underlying);
  watch_losses(turn);
  judge_exits(turn, event.underlying);
  // An end-of-day snapshot is its own evaluation time, once its exits have been walked and filled.
  if (state.given->setup.end_of_day) {
    turn.set_timer(turn.at, {.purpose = TimerPurpose::kEvaluate, .underlying = event.underlying},
                   TimerTurn::kWhenQuiet);
  }
}

void on_holdings(Turn& turn, const HoldingsQuoted& event) {
  State& state = turn.state;
  const auto found = state.underlyings.find(event.underlying);
  if (found == state.underlyings.end() || !found->second.snapshot) { return; }
  UnderlyingState& underlying = found->second;
  Snapshot& snapshot = *underlying.snapshot;
  Chain chain = *snapshot.chain;
  for (const LegQuote& fresh : event.quotes) {
    const auto row = underlying.view->row_of(fresh.contract);
    if (!row) { continue; }
    chain.bid[*row] = static_cast<std::int32_t>(fresh.quote.bid.raw());
    chain.ask[*row] = static_cast<std::int32_t>(fresh.quote.ask.raw());
    // A quote that is not live marks nothing: as if the market had gone.
    if (fresh.kind != snapshot.kind || fresh.halted) { chain.bid[*row] = chain.ask[*row] = 0; }
  }
  snapshot.chain = std::make_shared<const Chain>(std::move(chain));
  snapshot.spot = event.spot;
  snapshot.at = turn.at;
  underlying.view = view_of(state, event.underlying, snapshot);
  underlying.factors.spot = event.spot;
  remember(underlying.spots, {.at = turn.at, .value = event.spot.dollars()},
           state.given->setup.end_of_day);
  mark_structures(turn, event.underlying);
  watch_losses(turn);
  judge_exits(turn, event.underlying);
}

void on_halted(Turn& turn, const UnderlyingHalted& event) {
  UnderlyingState& underlying = turn.state.underlyings[event.underlying];
  if (underlying.halted == event.halted) { return; }
  underlying.halted = event.halted;
  if (!event.halted) {
    underlying.resumed_at = turn.at;
    turn.alert(AlertLevel::kInfo, fmt::format("{} trades again", event.underlying.text()));
    return;
  }
  for (auto& [id, order] : turn.state.orders) {
    if (order.ticket.underlying == event.underlying && opens(order.ticket.purpose)) {
      cancel(turn, order);
    }
  }
  turn.alert(AlertLevel::kWarning,
             fmt::format("trading in {} is halted; entries are cancelled, nothing opens until five "
                         "minutes after it resumes",
                         event.underlying.text()));
}

void schedule_evaluation(Turn& turn, Symbol underlying) {
  if (turn.state.given->setup.end_of_day) { return; }
  const ScheduleSettings& schedule = turn.settings().schedule;
  const Date today = new_york_date(turn.at);
  for (auto time = schedule.first; time <= schedule.last;
       time += std::chrono::minutes{schedule.every}) {
    const Instant when = new_york_instant(today, time);
    if (when <= turn.at) { continue; }
    turn.set_timer(when, {.purpose = TimerPurpose::kEvaluate, .underlying = underlying});
    return;
  }
}

void on_daily_levels(Turn& turn, const DailyLevelsPublished& event) {
  State& state = turn.state;
  if (!event.closes.empty()) { state.levels_through = std::max(state.levels_through, event.date); }
  for (const IndexLevel& close : event.closes) {
    auto& closes = state.index_closes[close.index];
    closes.push_back(close.level);
    keep_recent(closes);
    if (state.given->setup.roots.contains(close.index)) {
      UnderlyingState& underlying = state.underlyings[close.index];
      underlying.closes.push_back(close.level);
      keep_recent(underlying.closes);
      if (underlying.iv_today) { underlying.own_iv.push_back(*underlying.iv_today); }
      underlying.iv_today.reset();
      keep_recent(underlying.own_iv);
    }
  }
  if (!event.treasury_yields.empty()) {
    YieldCurve curve = curve_of(state.treasury_yields);
    curve.publish(event.treasury_yields);
    state.treasury_yields.assign(curve.percent.begin(), curve.percent.end());
  }
}

State make_state(std::shared_ptr<const Given> given) {
  State state{.given = std::move(given)};
  state.cash = state.given->setup.cash;
  state.track = {.session_start = state.cash, .peak = state.cash};
  if (state.given->setup.brokered) {
    state.link.state = LinkState::kLost;
    state.link.why = "not connected yet";
  }
  return state;
}

void restore_views(State& state) {
  for (auto& [symbol, underlying] : state.underlyings) {
    if (underlying.snapshot) { underlying.view = view_of(state, symbol, *underlying.snapshot); }
  }
}

Money State::net_liquidation() const {
  Money total = cash;
  for (const auto& [id, structure] : structures) { total += structure.value_for_limits(master); }
  return total;
}

}  // namespace v6
