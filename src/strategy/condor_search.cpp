#include "strategy/candidate_builder.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <tuple>

#include "portfolio/greeks.hpp"

/// The search of condors in lanes: which pairs the scan (condor_scan.hpp) may settle by bounds, and
/// which the builder must judge one by one.
namespace v6 {
namespace {

constexpr double kPriceRounding = 0.25e-4;  // dollars a share and leg, of the expected price

/// One leg's part of its vertical, dollars a unit.
ScanVertical part_of(const Pricer& pricer, const PricedLeg& leg, bool sold) {
  const int ratio = (sold ? -1 : 1);
  const double shares = pricer.multiplier.raw();
  const Quote& quote = leg.quote.quote;
  const double given_up = leg.mid - (sold ? quote.bid : quote.ask).dollars();
  const double conceded = pricer.settings->expected_concession * -ratio * given_up;
  const double fees = (leg.commission + (sold ? leg.fees_sold : leg.fees_bought)).dollars();
  const double price = -ratio * leg.mid - conceded;
  return {
      .cash = shares * price - fees,
      .value = shares * (ratio * (leg.forecast - leg.mid) - 2.0 * conceded) - 2.0 * fees,
      .theta = shares * ratio * leg.theta,
      .price = price + kPriceRounding,
      .buy_back = -ratio * leg.forecast,
      .half_widths = 0.5 * quote.width().dollars(),
      .short_strike = leg.strike,
      .lean =
          pricer.book.limit > 0
              ? ratio *
                    dollar_greeks({.delta = leg.delta}, shares, pricer.spot, pricer.beta).delta /
                    pricer.book.limit
              : 0.0};
}

ScanVertical sum_of(const ScanVertical& a, const ScanVertical& b, double width) {
  return {.cash = a.cash + b.cash,
          .width = width,
          .value = a.value + b.value,
          .theta = a.theta + b.theta,
          .price = a.price + b.price,
          .buy_back = a.buy_back + b.buy_back,
          .half_widths = a.half_widths + b.half_widths,
          .short_strike = a.short_strike,
          .uses = {a.uses[0] + b.uses[0], a.uses[1] + b.uses[1], a.uses[2] + b.uses[2],
                   a.uses[3] + b.uses[3]},
          .lean = a.lean + b.lean};
}

}  // namespace

/// What the verticals bring of one Greek, at least and at most.
CandidateBuilder::Spread CandidateBuilder::spread_of(std::span<const Vertical> verticals,
                                                     const Greek& greek) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Spread spread{.least = kInfinity, .most = -kInfinity};
  for (const Vertical& vertical : verticals) {
    const double more = (vertical.bought->*greek.of - vertical.sold->*greek.of) * greek.per_share;
    spread.least = std::min(spread.least, more);
    spread.most = std::max(spread.most, more);
  }
  return spread;
}

/// Fills the side's columns for the scan.
void CandidateBuilder::fill_columns(SearchSide& side) const {
  side.sold_parts.clear();
  side.bought_parts.clear();
  for (const PricedLeg& leg : side.priced) {
    side.sold_parts.push_back(part_of(*pricer_, leg, true));
    side.bought_parts.push_back(part_of(*pricer_, leg, false));
    for (std::size_t i = 0; i < greeks_.size(); ++i) {
      const Greek& greek = greeks_[i];
      if (!(greek.room.limit > 0)) { continue; }
      const double use = leg.*greek.of * greek.per_share / greek.room.limit;
      side.sold_parts.back().uses[i] = -use;
      side.bought_parts.back().uses[i] = use;
    }
  }
  side.scanned.clear();
  const double shares = pricer_->multiplier.raw();
  for (const Vertical& vertical : side.verticals) {
    side.scanned.push_back(
        sum_of(side.sold_parts[static_cast<std::size_t>(vertical.sold - side.priced.data())],
               side.bought_parts[static_cast<std::size_t>(vertical.bought - side.priced.data())],
               shares * vertical.width.dollars()));
  }
}

ScanGates CandidateBuilder::scan_gates() const {
  const auto& puts = memory_->puts.verticals;
  const auto& calls = memory_->calls.verticals;
  static constexpr double kSure = 1e-9;
  ScanGates gates{.credit_fraction = windows_.credit_limit,
                  .worst_case = most_worst_case_.dollars()};
  for (std::size_t i = 0; i < greeks_.size(); ++i) {
    const Greek& greek = greeks_[i];
    const Spread a = spread_of(puts, greek);
    const Spread b = spread_of(calls, greek);
    const auto use = [&](double more) {
      return std::fabs(greek.room.now + more) / greek.room.limit;
    };
    const bool fits = greek.room.limit > 0 && use(a.least + b.least) < 1.0 - kSure &&
                      use(a.most + b.most) < 1.0 - kSure;
    gates.greeks_may_fail = gates.greeks_may_fail || !fits;
    gates.uses_now[i] = greek.room.limit > 0 ? greek.room.now / greek.room.limit : 0.0;
  }
  const auto least_commission = [](const std::vector<Vertical>& verticals) {
    Money least = verticals.front().sold->commission + verticals.front().bought->commission;
    for (const Vertical& v : verticals) {
      least = std::min(least, v.sold->commission + v.bought->commission);
    }
    return least;
  };
  const Money short_of_minimum =
      std::max(Money{}, pricer_->fees->minimum_per_order -
                            (least_commission(puts) + least_commission(calls)));
  const double rounding = 0.5e-4 * pricer_->multiplier.raw();
  gates.slack = rounding + short_of_minimum.dollars();
  // Without a limit nothing fits.
  gates.lean_now = pricer_->book.limit > 0 ? pricer_->book.dollar_delta / pricer_->book.limit : 1.0;
  return gates;
}

void CandidateBuilder::scan_condors() {
  const std::vector<Vertical>& puts = memory_->puts.verticals;
  const std::vector<Vertical>& calls = memory_->calls.verticals;
  greeks_ = greeks();
  const ScanGates gates = scan_gates();
  fill_columns(memory_->puts);
  fill_columns(memory_->calls);

  bound_chances();
  CondorScan& scan = memory_->scan;
  const ScoreSettings& score = pricer_->settings->score;
  scan.start({.edge = score.edge,
              .price = score.price,
              .chance = score.chance,
              .liquidity = score.liquidity,
              .carry = score.carry,
              .fit = score.fit},
             gates,
             {.least = memory_->chances.least(),
              .most = memory_->chances.most(),
              .origin = memory_->chances.origin(),
              .step = memory_->chances.step()});
  const std::span<const ScanVertical> columns = memory_->calls.scanned;
  auto& groups = memory_->groups;
  groups.clear();
  for (std::size_t from = 0; from < calls.size();) {
    std::size_t to = from;
    bool touched = false;
    for (; to < calls.size() && calls[to].sold == calls[from].sold; ++to) {
      touched = touched || overlap({calls[to].sold, calls[to].bought}) > 0;
    }
    scan.add_call_group(columns.subspan(from, to - from), touched);
    groups.emplace_back(static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(to));
    from = to;
  }
  scan.close();
  marks_ = {.fraction = -1e3, .worst_case = 1e30, .greek = 1e30, .score = -1e6};
  probe_likely();
  scan.mark(marks_);

  const PricedLeg* sold = nullptr;
  std::uint32_t listed = 0;
  std::uint32_t alike = 0;
  for (std::size_t p = 0; p < puts.size(); ++p) {
    const Vertical& put = puts[p];
    if (put.sold != sold) {
      sold = put.sold;
      std::tie(listed, alike) = allow_groups(put);
    }
    count_.examined += listed;
    if (alike == 0) { continue; }
    if (tally_.strikes.reached() == 0) {
      tally_.strikes.judge(1, 0);
      tally_.strikes.add(alike - 1, alike - 1);
    } else {
      tally_.strikes.add(alike, alike);
    }
    auto& hits = memory_->hits;
    hits.clear();
    const ScanCounts settled =
        scan.row(memory_->puts.scanned[p], overlap({put.sold, put.bought}) > 0, hits);
    std::uint32_t looked_at = 0;
    for (const ScanHit& hit : hits) {
      for (std::uint32_t bits = hit.bits; bits != 0; bits &= bits - 1) {
        consider(put, &calls[hit.first + static_cast<std::uint32_t>(std::countr_zero(bits))]);
        ++looked_at;
      }
    }
    tally_.credit.add(alike - looked_at, settled.credit);
    tally_.overlap.add(settled.credit, settled.credit);
    tally_.greeks.add(settled.credit, settled.credit);
    tally_.worst_case.add(settled.credit, settled.worst_case);
    count_.passed += settled.worst_case;
    if (looked_at > 0 && improve_marks()) { scan.mark(marks_); }
  }
}

/// Lets the put meet the calls it may; returns how many are listed above it, and how many of those
/// it may meet.
std::pair<std::uint32_t, std::uint32_t> CandidateBuilder::allow_groups(const Vertical& put) {
  std::uint32_t listed = 0;
  std::uint32_t alike = 0;
  for (std::size_t g = 0; g < memory_->groups.size(); ++g) {
    const auto [from, to] = memory_->groups[g];
    const Vertical& call = memory_->calls.verticals[from];
    const bool in_order = put.sold->contract.strike < call.sold->contract.strike;
    const bool allowed = in_order && sides_alike(put, call);
    memory_->scan.allow(g, allowed);
    listed += in_order ? to - from : 0;
    alike += allowed ? to - from : 0;
  }
  return {listed, alike};
}

/// What has been judged so far moves the marks.
bool CandidateBuilder::improve_marks() {
  const ScanMarks before = marks_;
  if (const auto margin = tally_.credit.nearest_margin()) {
    marks_.fraction = std::max(marks_.fraction, windows_.credit_limit + *margin);
  }
  if (const auto margin = tally_.worst_case.nearest_margin()) {
    marks_.worst_case = std::min(marks_.worst_case, most_worst_case_.dollars() - *margin);
  }
  if (const auto margin = tally_.greeks.nearest_margin()) {
    marks_.greek = std::min(marks_.greek, 1.0 - *margin);
  }
  if (best_) { marks_.score = std::max(marks_.score, best_->total); }
  return before.fraction != marks_.fraction || before.worst_case != marks_.worst_case ||
         before.greek != marks_.greek || before.score != marks_.score;
}

/// Chances of the break-evens of every price that a vertical may have a part in.
void CandidateBuilder::bound_chances() {
  SearchSide& puts = memory_->puts;
  SearchSide& calls = memory_->calls;
  const auto [put_least, put_most] = std::ranges::minmax(puts.scanned, {}, &ScanVertical::price);
  const auto [call_least, call_most] = std::ranges::minmax(calls.scanned, {}, &ScanVertical::price);
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const ScanVertical& put : puts.scanned) {
    low = std::min(low, put.short_strike - put.price - call_most.price);
  }
  for (const ScanVertical& call : calls.scanned) {
    high = std::max(high, call.short_strike + call.price + put_most.price);
  }
  const double span =
      std::max(call_most.price - call_least.price, put_most.price - put_least.price);
  ChanceBounds& chances = memory_->chances;
  chances.build(pricer_->forecast, pricer_->spot, low, high + 2.0 * span);
  chances.widen(span);
  for (ScanVertical& put : puts.scanned) {
    put.chance = -chances.least_from(put.short_strike - put.price - call_most.price);
  }
  for (ScanVertical& call : calls.scanned) {
    call.chance = chances.most_from(call.short_strike + call.price + put_least.price);
  }
}

/// Sets the marks from pairs that promise to be among the best, so that the rest is settled sooner.
/// They are judged again in their turn.
void CandidateBuilder::probe_likely() {
  const SearchSide& puts = memory_->puts;
  const SearchSide& calls = memory_->calls;
  const auto place_by = [](const SearchSide& side, auto measure) {
    return std::ranges::max_element(side.scanned, {}, measure) - side.scanned.begin();
  };
  const auto probe_by = [&](auto measure) {
    probe(puts.verticals[static_cast<std::size_t>(place_by(puts, measure))],
          calls.verticals[static_cast<std::size_t>(place_by(calls, measure))]);
  };
  probe_by([](const ScanVertical& v) { return v.cash / v.width; });
  probe_by([](const ScanVertical& v) { return v.cash - v.width; });
  probe_by([](const ScanVertical& v) {
    const auto [least, most] = std::ranges::minmax(v.uses);
    return std::min(least, -most);
  });
  const auto promise = [&](std::uint32_t p) {
    const ScanVertical& v = puts.scanned[p];
    return std::min(v.value / std::max(v.width - v.cash, 1.0), 0.1) + 0.3 * v.chance;
  };
  auto& likely = memory_->likely;
  likely.clear();
  for (std::uint32_t p = 0; p < puts.scanned.size(); ++p) { likely.push_back(p); }
  const auto rows = static_cast<std::ptrdiff_t>(std::min<std::size_t>(8, likely.size()));
  std::ranges::partial_sort(likely, likely.begin() + rows, std::greater{}, promise);
  for (const std::uint32_t p : std::span{likely}.first(static_cast<std::size_t>(rows))) {
    const Vertical& put = puts.verticals[p];
    allow_groups(put);
    if (const auto call = memory_->scan.likeliest(puts.scanned[p])) {
      probe(put, calls.verticals[*call]);
    }
  }
}

void CandidateBuilder::probe(const Vertical& put, const Vertical& call) {
  if (put.sold->contract.strike >= call.sold->contract.strike || !sides_alike(put, call)) {
    return;
  }
  const UnitPrice unit = put.unit() + call.unit();
  const UnitMetrics metrics =
      metrics_of(*pricer_, query_->kind, unit, std::max(put.width, call.width));
  marks_.fraction = std::max(marks_.fraction, metrics.credit_fraction);
  const LegList legs{put.sold, put.bought, call.sold, call.bought};
  if (metrics.credit_fraction < windows_.credit_limit || overlap(legs) > 0) { return; }
  const double use = use_of(unit);
  marks_.greek = std::min(marks_.greek, use);
  if (!(1.0 - use >= 0)) { return; }
  const double worst = metrics.worst_case.dollars();
  marks_.worst_case = std::min(marks_.worst_case, worst);
  if (!(most_worst_case_.dollars() - worst >= 0)) { return; }
  const Score score =
      with_chance(*pricer_, score_of(*pricer_, query_->kind, unit, metrics),
                  profit_chance(*pricer_, query_->kind, legs, metrics.expected_price));
  if (score.total > marks_.score) { marks_.score = score.total; }
}

}  // namespace v6
