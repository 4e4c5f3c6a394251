#include "strategy/condor_scan.hpp"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "strategy/condor_scan.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "analytics/kernels.hpp"
#include "strategy/condor_scan-inl.hpp"

#if HWY_ONCE
namespace v6 {

HWY_EXPORT(Row);
HWY_EXPORT(Likeliest);

namespace {

constexpr float kOutOfReach = -1e30F;
constexpr double kSinglePrecision = 1e-6;  // of sums of a few floats, with room to spare
constexpr double kScoreSlack = 0.1;        // points; more than all rounding together
constexpr double kEdgeZero = 0.05;         // the clamps of pricing.cpp
constexpr double kEdgeSpan = 0.15;
constexpr double kCarrySpan = 0.01;
constexpr double kChanceSpan = 0.40;

float single(double value) { return static_cast<float>(value); }

double edge_points(const ScanWeights& weights, const ScanVertical& vertical) {
  return weights.edge / kEdgeSpan * vertical.value;
}
double carry_points(const ScanWeights& weights, const ScanVertical& vertical) {
  return weights.carry / kCarrySpan * vertical.theta;
}
// The ratio of sums lies between the ratios, so the better side's own points bound a pair's.
double price_points(const ScanWeights& weights, const ScanVertical& vertical) {
  if (vertical.buy_back <= 0) { return weights.price; }
  return weights.price * std::clamp((vertical.price / vertical.buy_back - 0.8) / 0.5, 0.0, 1.0);
}
double liquidity_points(const ScanWeights& weights, const ScanVertical& vertical) {
  if (vertical.price <= 0) { return weights.liquidity; }
  return weights.liquidity *
         std::clamp(1.0 - 2.0 * vertical.half_widths / vertical.price, 0.0, 1.0);
}

void each(CondorScan::Columns& c, auto work) {
  for (auto* column :
       {&c.cash, &c.own_credit, &c.own_worst, &c.own_fraction, &c.edge, &c.carry, &c.price,
        &c.buy_back, &c.half_widths, &c.price_points, &c.liquidity_points, &c.chance, &c.lean,
        &c.level, &c.wide_low, &c.wide_high, &c.own_low, &c.own_high}) {
    work(*column);
  }
  for (auto& column : c.uses) { work(column); }
}
void each(CondorScan::Blocks& b, auto work) {
  for (auto* column :
       {&b.cash_most,        &b.cash_least,    &b.credit_most, &b.credit_least, &b.worst_most,
        &b.worst_least,      &b.fraction_most, &b.edge_most,   &b.carry_most,   &b.price_points,
        &b.liquidity_points, &b.chance_most,   &b.lean_most,   &b.lean_least,   &b.size,
        &b.allowed,          &b.look,          &b.wide_low,    &b.wide_high,    &b.own_low,
        &b.own_high,         &b.priced,        &b.liquid}) {
    work(*column);
  }
  for (auto* columns : {&b.uses_most, &b.uses_least}) {
    for (auto& column : *columns) { work(column); }
  }
}

}  // namespace

void CondorScan::start(const ScanWeights& weights, const ScanGates& gates,
                       const ScanChances& chances) {
  weights_ = weights;
  chances_ = chances;
  gates_ = gates;
  marks_ = {};
  fraction_used_ = 0;
  score_used_ = 0;
  multiplier_ = 0;
  count_ = 0;
  largest_ = 0;
  largest_use_ = 0;
  each(calls_, [](auto& column) { column.clear(); });
  each(blocks_, [](auto& column) { column.clear(); });
  cash_.clear();
  width_.clear();
  first_.clear();
  group_blocks_.clear();
}

void CondorScan::add_call_group(std::span<const ScanVertical> calls, bool overlaps) {
  const std::size_t blocks = (calls.size() + kBlock - 1) / kBlock;
  for (std::size_t i = 0; i < blocks; ++i) {
    const std::size_t from = i * calls.size() / blocks;
    const std::size_t to = (i + 1) * calls.size() / blocks;
    add_block(calls.subspan(from, to - from), overlaps);
  }
  group_blocks_.push_back(static_cast<std::uint32_t>(first_.size()));
}

void CondorScan::add_block(std::span<const ScanVertical> calls, bool overlaps) {
  const std::size_t at = calls_.cash.size();
  each(calls_, [&](auto& column) { column.resize(at + kBlock, kOutOfReach); });
  cash_.resize(at + kBlock, double{kOutOfReach});
  width_.resize(at + kBlock, 0);
  for (std::size_t k = 0; k < calls.size(); ++k) {
    const ScanVertical& call = calls[k];
    const std::size_t i = at + k;
    largest_ = std::max(largest_, std::abs(call.cash) + call.width);

    cash_[i] = call.cash;
    width_[i] = call.width;
    calls_.cash[i] = single(call.cash);
    calls_.own_credit[i] = single(call.cash - gates_.credit_fraction * call.width);
    calls_.own_worst[i] = single(call.width - call.cash);
    calls_.edge[i] = single(edge_points(weights_, call));
    calls_.carry[i] = single(carry_points(weights_, call));
    calls_.price[i] = single(call.price);
    calls_.buy_back[i] = single(call.buy_back);
    calls_.half_widths[i] = single(call.half_widths);
    calls_.price_points[i] = single(price_points(weights_, call));
    calls_.liquidity_points[i] = single(liquidity_points(weights_, call));
    calls_.chance[i] = single(weights_.chance * call.chance / kChanceSpan);
    for (std::size_t limit = 0; limit < call.uses.size(); ++limit) {
      largest_use_ = std::max(largest_use_, std::abs(call.uses[limit]));
      calls_.uses[limit][i] = single(call.uses[limit]);
    }
    calls_.lean[i] = single(call.lean);
    calls_.level[i] = single((call.short_strike - chances_.origin) / chances_.step);
  }
  const auto most = [&](const std::vector<float>& column) {
    return *std::max_element(&column[at], &column[at] + calls.size());
  };
  const auto least = [&](const std::vector<float>& column) {
    return *std::min_element(&column[at], &column[at] + calls.size());
  };
  blocks_.cash_most.push_back(most(calls_.cash));
  blocks_.cash_least.push_back(least(calls_.cash));
  blocks_.credit_most.push_back(most(calls_.own_credit));
  blocks_.credit_least.push_back(least(calls_.own_credit));
  blocks_.worst_most.push_back(most(calls_.own_worst));
  blocks_.worst_least.push_back(least(calls_.own_worst));
  blocks_.edge_most.push_back(most(calls_.edge));
  blocks_.carry_most.push_back(most(calls_.carry));
  blocks_.price_points.push_back(most(calls_.price_points));
  blocks_.liquidity_points.push_back(most(calls_.liquidity_points));
  blocks_.chance_most.push_back(most(calls_.chance));
  for (std::size_t limit = 0; limit < calls_.uses.size(); ++limit) {
    blocks_.uses_most[limit].push_back(most(calls_.uses[limit]));
    blocks_.uses_least[limit].push_back(least(calls_.uses[limit]));
  }
  blocks_.lean_most.push_back(most(calls_.lean));
  blocks_.lean_least.push_back(least(calls_.lean));
  blocks_.size.push_back(static_cast<float>(calls.size()));
  blocks_.allowed.push_back(0);
  blocks_.look.push_back(overlaps ? 1.0F : 0.0F);
  first_.push_back(count_);
  count_ += static_cast<std::uint32_t>(calls.size());
}

void CondorScan::close() {
  for (auto* column : {&blocks_.fraction_most, &blocks_.wide_low, &blocks_.wide_high,
                       &blocks_.own_low, &blocks_.own_high, &blocks_.priced, &blocks_.liquid}) {
    column->resize(first_.size());
  }
  const std::size_t padded = (first_.size() + kBlock - 1) / kBlock * kBlock;
  each(blocks_, [&](auto& column) { column.resize(padded, 0); });
  bound_fractions();
  bound_scores();
}

/// A pair's points of edge and carry must reach what the other components leave open. Where they
/// must bring more than carry alone can, edge is above its 0, so that with multiplier m = points
/// needed - points of edge at value 0:
///   edge x value + carry x theta >= m x worst case, which is a sum over the two verticals but for
/// the wider width. The most of a block is convex in m: two multipliers bound those between.
/// Price and liquidity must reach what all the others leave open; each is a sum as well.
void CondorScan::bound_scores() {
  score_used_ = marks_.score;
  const double mark = marks_.score - weights_.fit - kScoreSlack;
  const double least = mark - weights_.price - weights_.liquidity - weights_.chance -
                       weights_.edge * kEdgeZero / kEdgeSpan;
  multiplier_ = std::max(least, 0.0);
  const auto low = single(multiplier_);
  const float high = low + kMultiplierSpan;
  for (std::size_t b = 0; b < first_.size(); ++b) {
    const std::size_t from = b * kBlock;
    for (std::size_t i = from; i < from + kBlock; ++i) {
      const float earned = calls_.edge[i] + std::max(calls_.carry[i], 0.0F);
      calls_.wide_low[i] = earned + low * calls_.cash[i];
      calls_.wide_high[i] = earned + high * calls_.cash[i];
      calls_.own_low[i] = earned - low * calls_.own_worst[i];
      calls_.own_high[i] = earned - high * calls_.own_worst[i];
    }
    const auto used = static_cast<std::ptrdiff_t>(blocks_.size[b]);
    const auto most = [&](const std::vector<float>& column) {
      const auto first = column.begin() + static_cast<std::ptrdiff_t>(from);
      return *std::max_element(first, first + used);
    };
    blocks_.wide_low[b] = most(calls_.wide_low);
    blocks_.wide_high[b] = most(calls_.wide_high);
    blocks_.own_low[b] = most(calls_.own_low);
    blocks_.own_high[b] = most(calls_.own_high);
    blocks_.priced[b] = blocks_.liquid[b] = kOutOfReach;
    for (std::size_t i = from; i < from + static_cast<std::size_t>(used); ++i) {
      const Earns earns = earns_of(calls_.price[i], calls_.buy_back[i], calls_.half_widths[i]);
      blocks_.priced[b] = std::max(blocks_.priced[b], earns.priced);
      blocks_.liquid[b] = std::max(blocks_.liquid[b], earns.liquid);
    }
  }
}

/// By how much a vertical's part exceeds what price and liquidity must reach; 0 for a pair is just
/// enough. Without limit where the components are not these ratios.
CondorScan::Earns CondorScan::earns_of(double price, double buy_back, double half_widths) const {
  constexpr double kFree = 1e30;
  constexpr double kSlack = 1e-4;  // of what single precision loses
  const double mark =
      score_used_ - weights_.fit - kScoreSlack - weights_.edge - weights_.carry - weights_.chance;
  const double by_price = mark - weights_.liquidity;
  const double by_width = mark - weights_.price;
  Earns earns{.priced = single(kFree), .liquid = single(kFree)};
  if (by_price > 0 && buy_back > 0 && price > 0) {
    earns.priced =
        single(2.0 * weights_.price * price - (1.6 * weights_.price + by_price) * buy_back +
               kSlack * (price + buy_back) * (weights_.price + by_price));
  }
  if (by_width > 0 && price > 0) {
    earns.liquid =
        single((weights_.liquidity - by_width) * price - 2.0 * weights_.liquidity * half_widths +
               kSlack * (price + half_widths) * (weights_.liquidity + by_width));
  }
  return earns;
}

void CondorScan::bound_fractions() {
  fraction_used_ = marks_.fraction;
  for (std::size_t b = 0; b < first_.size(); ++b) {
    float most = kOutOfReach;
    for (std::size_t i = b * kBlock; i < (b + 1) * kBlock; ++i) {
      calls_.own_fraction[i] = single(cash_[i] - fraction_used_ * width_[i]);
      most = std::max(most, calls_.own_fraction[i]);
    }
    blocks_.fraction_most[b] = most;
  }
}

void CondorScan::allow(std::size_t group, bool allowed) {
  const std::size_t from = group == 0 ? 0 : group_blocks_[group - 1];
  std::fill(&blocks_.allowed[from], &blocks_.allowed[from] + (group_blocks_[group] - from),
            allowed ? 1.0F : 0.0F);
}

void CondorScan::mark(const ScanMarks& marks) {
  marks_ = marks;
  if (marks_.fraction != fraction_used_) { bound_fractions(); }
  // A lower mark than the present one bounds as well, only less closely.
  if (marks_.score > score_used_ + 0.5) { bound_scores(); }
}

ScanRow CondorScan::row_of(const ScanVertical& put, bool overlaps) const {
  const double tolerance =
      gates_.slack + kSinglePrecision * (std::abs(put.cash) + put.width + largest_);
  double used = 0;
  std::array<float, 4> uses{};
  for (std::size_t limit = 0; limit < uses.size(); ++limit) {
    const double now = gates_.uses_now[limit];
    uses[limit] = single(now + put.uses[limit]);
    used = std::max(used, std::abs(now) + std::abs(put.uses[limit]));
  }
  used += std::abs(marks_.greek) + largest_use_;
  const Earns earns = earns_of(put.price, put.buy_back, put.half_widths);
  return {.cash = single(put.cash),
          .limit_width = single(gates_.credit_fraction * put.width),
          .fraction_width = single(fraction_used_ * put.width),
          .width = single(put.width),
          .edge = single(edge_points(weights_, put)),
          .carry = single(carry_points(weights_, put)),
          .price = single(put.price),
          .buy_back = single(put.buy_back),
          .half_widths = single(put.half_widths),
          .price_points = single(price_points(weights_, put)),
          .liquidity_points = single(liquidity_points(weights_, put)),
          .chance = single(weights_.chance * (put.chance - 0.45) / kChanceSpan),

          .lean = single(gates_.lean_now + put.lean),
          .uses = uses,
          .put_level = single((put.short_strike - chances_.origin) / chances_.step),
          .tolerance = single(tolerance),
          .least_worst = single(1000.0 * tolerance),
          .most_worst = single(gates_.worst_case),
          .mark_worst = single(marks_.worst_case + tolerance),
          .mark_greek = single(marks_.greek + kSinglePrecision * used),
          .mark_score = single(marks_.score - weights_.fit - kScoreSlack),
          .edge_at_zero = single(weights_.edge * kEdgeZero / kEdgeSpan),
          .multiplier = single(multiplier_),
          .priced = earns.priced,
          .liquid = earns.liquid,
          .bound_slack = single(1.0 + 4.0 * (multiplier_ + kMultiplierSpan) * tolerance),
          .look = overlaps || gates_.greeks_may_fail};
}

ScanView CondorScan::view() const {
  return {.calls = &calls_,
          .blocks = &blocks_,
          .first = first_.data(),
          .count = blocks_.cash_most.size(),
          .weights = weights_,
          .chance_least = chances_.least.data(),
          .chance_most = chances_.most.data(),
          .last_node = single(static_cast<double>(chances_.least.size()) - 2.0),
          .inverse_step = single(1.0 / chances_.step)};
}

ScanCounts CondorScan::row(const ScanVertical& put, bool overlaps,
                           std::vector<ScanHit>& hits) const {
  kernels::make_ready();
  return HWY_DYNAMIC_DISPATCH(Row)(row_of(put, overlaps), view(), hits);
}

std::optional<std::uint32_t> CondorScan::likeliest(const ScanVertical& put) const {
  kernels::make_ready();
  const std::size_t place = HWY_DYNAMIC_DISPATCH(Likeliest)(row_of(put, false), view());
  if (place >= first_.size() * kBlock) { return std::nullopt; }
  return first_[place / kBlock] + static_cast<std::uint32_t>(place % kBlock);
}

}  // namespace v6
#endif  // HWY_ONCE
