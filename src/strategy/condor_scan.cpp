#include "strategy/condor_scan.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "strategy/condor_scan.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "analytics/kernels.hpp"

#ifndef V6_CONDOR_SCAN_ONCE
#define V6_CONDOR_SCAN_ONCE
namespace v6 {

/// One put, and the limits, in single precision.
struct ScanRow {
  float cash, limit_width, fraction_width, width, edge, carry, price, buy_back, half_widths,
      price_points, liquidity_points, chance, greek;
  float put_level;               // of the short strike, in buckets
  float tolerance, least_worst;  // dollars
  float most_worst;              // of the gate
  float mark_worst, mark_greek, mark_score;
  float edge_at_zero;
  // Of the bounds of whole blocks: see bound_scores().
  float multiplier, priced, liquid, bound_slack;
  bool look;  // at every pair that may pass the credit gate
};

/// Between the two multipliers of the score bounds.
inline constexpr float kMultiplierSpan = 20.0F;

struct ScanView {
  const CondorScan::Columns* calls;
  const CondorScan::Blocks* blocks;
  const std::uint32_t* first;
  std::size_t count;  // of blocks, padded
  ScanWeights weights;
  const float* chance_least;
  const float* chance_most;
  float last_bucket;
  float inverse_step;
};

}  // namespace v6
#endif

HWY_BEFORE_NAMESPACE();
namespace v6::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Wide = hn::CappedTag<float, CondorScan::kBlock>;
using V = hn::Vec<Wide>;
using M = hn::Mask<Wide>;

HWY_INLINE V Same(float value) { return hn::Set(Wide{}, value); }
HWY_INLINE V At(const std::vector<float>& column, std::size_t i) {
  return hn::LoadU(Wide{}, column.data() + i);
}
HWY_INLINE std::uint32_t Bits(M mask) {
  std::array<std::uint8_t, 8> bytes{};
  hn::StoreMaskBits(Wide{}, mask, bytes.data());
  std::uint32_t bits = 0;
  std::memcpy(&bits, bytes.data(), sizeof bits);
  return bits;
}
HWY_INLINE V Between(V x, V least, V most) { return hn::Min(hn::Max(x, least), most); }

/// Points of edge and carry, times the worst case.
HWY_INLINE V WorstPoints(const ScanRow& put, const ScanWeights& weights, V edge, V carry, V worst) {
  const V zero = hn::Zero(Wide{});
  const V most = hn::Mul(Same(static_cast<float>(weights.edge)), worst);
  const V e = Between(hn::MulAdd(Same(put.edge_at_zero), worst, edge), zero, most);
  const V c = Between(carry, zero, hn::Mul(Same(static_cast<float>(weights.carry)), worst));
  return hn::Add(e, c);
}

/// Where the score could reach the mark, given most points of the rest.
HWY_INLINE M Reaches(const ScanRow& put, V points, V rest, V worst) {
  const V need = hn::Sub(Same(put.mark_score), rest);
  return hn::Or(hn::Ge(points, hn::Mul(need, worst)), hn::Lt(worst, Same(put.least_worst)));
}

HWY_INLINE V ChancePoints(const ScanRow& put, const ScanWeights& weights, V chance) {
  return Between(hn::Add(Same(put.chance), chance), hn::Zero(Wide{}),
                 Same(static_cast<float>(weights.chance)));
}

/// Where a pair of the block could reach the mark by the bounds of bound_scores().
HWY_INLINE M BlockReaches(const ScanRow& put, const ScanView& view, std::size_t b, V rest,
                          V worst) {
  const CondorScan::Blocks& blocks = *view.blocks;
  const V zero = hn::Zero(Wide{});
  const V one = Same(1.0F);
  const V low = Same(put.multiplier);
  // Points that edge and carry must bring together; edge is counted from 0 on.
  const V need = hn::Sub(Same(put.mark_score), rest);
  const V multiplier = hn::Sub(need, Same(put.edge_at_zero));
  const V share =
      Between(hn::Mul(hn::Sub(multiplier, low), Same(1.0F / kMultiplierSpan)), zero, one);
  const V used = hn::MulAdd(share, Same(kMultiplierSpan), low);
  const V wide_low = At(blocks.wide_low, b);
  const V own_low = At(blocks.own_low, b);
  const V wide = hn::MulAdd(share, hn::Sub(At(blocks.wide_high, b), wide_low), wide_low);
  const V own = hn::MulAdd(share, hn::Sub(At(blocks.own_high, b), own_low), own_low);
  const V both = hn::Min(hn::NegMulAdd(used, Same(put.width), wide), own);
  const V sum =
      hn::Add(hn::MulAdd(used, Same(put.cash), Same(put.edge + std::max(put.carry, 0.0F))), both);
  const M free = hn::Or(hn::Le(need, Same(static_cast<float>(view.weights.carry))),
                        hn::Or(hn::Lt(multiplier, low), hn::Lt(worst, Same(put.least_worst))));
  const M earns = hn::Or(free, hn::Ge(sum, Same(-put.bound_slack)));
  const M pays = hn::Ge(hn::Add(Same(put.priced), At(blocks.priced, b)), zero);
  const M trades = hn::Ge(hn::Add(Same(put.liquid), At(blocks.liquid, b)), zero);
  return hn::And(earns, hn::And(pays, trades));
}

/// Most chance of profit: both break-evens looked up.
HWY_INLINE V TightChance(const ScanRow& put, const ScanView& view, V price, V call_level) {
  const hn::RebindToSigned<Wide> di;
  const V zero = hn::Zero(Wide{});
  const V moved = hn::Mul(price, Same(view.inverse_step));
  const V last = Same(view.last_bucket);
  const V above = hn::Add(call_level, moved);
  const V below = hn::Sub(Same(put.put_level), moved);
  const auto bucket = [&](V level) { return hn::ConvertTo(di, Between(level, zero, last)); };
  const V most = hn::GatherIndex(Wide{}, view.chance_most, bucket(above));
  const V least = hn::GatherIndex(Wide{}, view.chance_least, bucket(below));
  const auto inside = hn::And(hn::And(hn::Ge(above, zero), hn::Lt(above, last)),
                              hn::And(hn::Ge(below, zero), hn::Lt(below, last)));
  return hn::IfThenElse(inside, hn::Sub(most, least), Same(1.0F));
}

/// Most points of price, liquidity and chance together.
HWY_INLINE V TightRest(const ScanRow& put, const ScanView& view, std::size_t i) {
  const CondorScan::Columns& calls = *view.calls;
  const ScanWeights& weights = view.weights;
  const V zero = hn::Zero(Wide{});
  const V tiny = Same(1e-6F);
  const V price = hn::Add(Same(put.price), At(calls.price, i));
  const V value = hn::Add(Same(put.buy_back), At(calls.buy_back, i));
  const V most_price = Same(static_cast<float>(weights.price));
  const V most_liquid = Same(static_cast<float>(weights.liquidity));
  const V ratio = hn::Div(price, hn::Max(value, tiny));
  const V by_price =
      hn::IfThenElse(hn::Gt(value, tiny),
                     Between(hn::MulSub(Same(static_cast<float>(2.0 * weights.price)), ratio,
                                        Same(static_cast<float>(1.6 * weights.price))),
                             zero, most_price),
                     most_price);
  const V share =
      hn::Div(hn::Add(Same(put.half_widths), At(calls.half_widths, i)), hn::Max(price, tiny));
  const V by_width = hn::IfThenElse(
      hn::Gt(price, tiny),
      Between(hn::NegMulAdd(Same(static_cast<float>(2.0 * weights.liquidity)), share, most_liquid),
              zero, most_liquid),
      most_liquid);
  const V chance = TightChance(put, view, price, At(calls.level, i));
  const V by_chance = Between(hn::MulSub(chance, Same(static_cast<float>(weights.chance / 0.40)),
                                         Same(static_cast<float>(weights.chance * 0.45 / 0.40))),
                              zero, Same(static_cast<float>(weights.chance)));
  return hn::Add(by_chance, hn::Add(by_price, by_width));
}

/// The pairs of one vector that need a look, of those `settled` how many passed what.
struct Pairs {
  std::uint32_t look = 0;
  std::uint32_t credit = 0;
  std::uint32_t worst_case = 0;
};

struct BlockFlags {
  bool fraction, greek, worst, score, look;
};

HWY_INLINE Pairs JudgePairs(const ScanRow& put, const ScanView& view, std::size_t i,
                            BlockFlags flags) {
  const CondorScan::Columns& calls = *view.calls;
  const V cash = At(calls.cash, i);
  const V own = Same(put.cash);
  const V tolerance = Same(put.tolerance);
  const V margin =
      hn::Add(hn::Min(hn::Sub(cash, Same(put.limit_width)), At(calls.own_credit, i)), own);
  const M maybe = hn::Ge(margin, hn::Neg(tolerance));
  const M sure = hn::Ge(margin, tolerance);
  const V worst = hn::Sub(hn::Max(hn::Sub(Same(put.width), cash), At(calls.own_worst, i)), own);
  const M fits = hn::Le(worst, Same(put.most_worst - put.tolerance));
  const M misses = hn::Gt(worst, Same(put.most_worst + put.tolerance));
  M look = hn::AndNot(hn::And(sure, hn::Or(fits, misses)), maybe);
  if (flags.look) { look = maybe; }
  if (flags.greek) {
    const V use = hn::Abs(hn::Add(Same(put.greek), At(calls.greek, i)));
    look = hn::Or(look, hn::And(maybe, hn::Le(use, Same(put.mark_greek))));
  }
  if (flags.worst) { look = hn::Or(look, hn::And(maybe, hn::Le(worst, Same(put.mark_worst)))); }
  if (flags.score) {
    const ScanWeights& weights = view.weights;
    const V points = WorstPoints(put, weights, hn::Add(Same(put.edge), At(calls.edge, i)),
                                 hn::Add(Same(put.carry), At(calls.carry, i)), worst);
    const V chance = ChancePoints(put, weights, At(calls.chance, i));
    const V rough = hn::Add(
        chance, hn::Add(hn::Max(Same(put.price_points), At(calls.price_points, i)),
                        hn::Max(Same(put.liquidity_points), At(calls.liquidity_points, i))));
    M hope = hn::AndNot(misses, hn::And(maybe, Reaches(put, points, rough, worst)));
    if (!hn::AllFalse(Wide{}, hope)) {
      hope = hn::And(hope, Reaches(put, points, TightRest(put, view, i), worst));
      look = hn::Or(look, hope);
    }
  }
  if (flags.fraction) {
    const V nearer =
        hn::Add(hn::Min(hn::Sub(cash, Same(put.fraction_width)), At(calls.own_fraction, i)), own);
    look = hn::Or(look, hn::Ge(nearer, hn::Neg(tolerance)));
  }
  const M settled = hn::AndNot(look, sure);
  return {.look = Bits(look),
          .credit = static_cast<std::uint32_t>(hn::CountTrue(Wide{}, settled)),
          .worst_case = static_cast<std::uint32_t>(hn::CountTrue(Wide{}, hn::And(settled, fits)))};
}

ScanCounts Row(const ScanRow& put, const ScanView& view, std::vector<ScanHit>& hits) {
  const CondorScan::Blocks& blocks = *view.blocks;
  const Wide d;
  const V own = Same(put.cash);
  const V tolerance = Same(put.tolerance);
  const V zero = hn::Zero(d);
  V settled_credit = zero;
  V settled_worst = zero;
  ScanCounts counts;
  for (std::size_t b = 0; b < view.count; b += hn::Lanes(d)) {
    const M allowed = hn::Gt(At(blocks.allowed, b), zero);
    if (hn::AllFalse(d, allowed)) { continue; }
    const V cash_most = At(blocks.cash_most, b);
    const V cash_least = At(blocks.cash_least, b);
    const V limit = Same(put.limit_width);
    const V margin_most =
        hn::Add(hn::Min(hn::Sub(cash_most, limit), At(blocks.credit_most, b)), own);
    const V margin_least =
        hn::Add(hn::Min(hn::Sub(cash_least, limit), At(blocks.credit_least, b)), own);
    const M maybe = hn::And(allowed, hn::Ge(margin_most, hn::Neg(tolerance)));
    const M sure = hn::Ge(margin_least, tolerance);
    const V width = Same(put.width);
    const V worst_least =
        hn::Sub(hn::Max(hn::Sub(width, cash_most), At(blocks.worst_least, b)), own);
    const V worst_most =
        hn::Sub(hn::Max(hn::Sub(width, cash_least), At(blocks.worst_most, b)), own);
    const M fits = hn::Le(worst_most, Same(put.most_worst - put.tolerance));
    const M misses = hn::Gt(worst_least, Same(put.most_worst + put.tolerance));

    const V nearer = hn::Add(
        hn::Min(hn::Sub(cash_most, Same(put.fraction_width)), At(blocks.fraction_most, b)), own);
    const M fraction = hn::And(allowed, hn::Ge(nearer, hn::Neg(tolerance)));
    const V use = hn::Max(hn::Add(Same(put.greek), At(blocks.greek_least, b)),
                          hn::Neg(hn::Add(Same(put.greek), At(blocks.greek_most, b))));
    const M greek = hn::And(maybe, hn::Le(use, Same(put.mark_greek)));
    const M worst = hn::And(maybe, hn::Le(worst_least, Same(put.mark_worst)));
    const V rest =
        hn::Add(ChancePoints(put, view.weights, At(blocks.chance_most, b)),
                hn::Add(hn::Max(Same(put.price_points), At(blocks.price_points, b)),
                        hn::Max(Same(put.liquidity_points), At(blocks.liquidity_points, b))));
    // A loss over the least worst case would count too much: here it is none.
    const V points = WorstPoints(put, view.weights,
                                 hn::Max(hn::Add(Same(put.edge), At(blocks.edge_most, b)), zero),
                                 hn::Add(Same(put.carry), At(blocks.carry_most, b)), worst_least);
    const M near = hn::And(Reaches(put, points, rest, worst_least),
                           BlockReaches(put, view, b, rest, worst_least));
    const M score = hn::AndNot(misses, hn::And(maybe, near));
    const M look = put.look ? maybe : hn::And(maybe, hn::Gt(At(blocks.look, b), zero));

    const M open = hn::Or(hn::Or(fraction, greek), hn::Or(hn::Or(worst, score), look));
    const M settled = hn::AndNot(open, hn::And(hn::And(maybe, sure), hn::Or(fits, misses)));
    const V size = At(blocks.size, b);
    settled_credit = hn::Add(settled_credit, hn::IfThenElseZero(settled, size));
    settled_worst = hn::Add(settled_worst, hn::IfThenElseZero(hn::And(settled, fits), size));

    std::uint32_t work = Bits(hn::AndNot(settled, hn::Or(maybe, fraction)));
    if (work == 0) { continue; }
    const std::uint32_t fraction_bits = Bits(fraction);
    const std::uint32_t greek_bits = Bits(greek);
    const std::uint32_t worst_bits = Bits(worst);
    const std::uint32_t score_bits = Bits(score);
    const std::uint32_t look_bits = Bits(look);
    for (; work != 0; work &= work - 1) {
      const auto k = static_cast<std::uint32_t>(std::countr_zero(work));
      const std::uint32_t bit = 1U << k;
      const BlockFlags flags{.fraction = (fraction_bits & bit) != 0,
                             .greek = (greek_bits & bit) != 0,
                             .worst = (worst_bits & bit) != 0,
                             .score = (score_bits & bit) != 0,
                             .look = (look_bits & bit) != 0};
      ScanHit hit{.first = view.first[b + k]};
      for (std::size_t j = 0; j < CondorScan::kBlock; j += hn::Lanes(d)) {
        const Pairs pairs = JudgePairs(put, view, (b + k) * CondorScan::kBlock + j, flags);
        hit.bits |= pairs.look << j;
        counts.credit += pairs.credit;
        counts.worst_case += pairs.worst_case;
      }
      if (hit.bits != 0) { hits.push_back(hit); }
    }
  }
  counts.credit += static_cast<std::uint32_t>(hn::GetLane(hn::SumOfLanes(d, settled_credit)));
  counts.worst_case += static_cast<std::uint32_t>(hn::GetLane(hn::SumOfLanes(d, settled_worst)));
  return counts;
}

/// The place among the columns with the most points, or one past the last.
std::size_t Likeliest(const ScanRow& put, const ScanView& view) {
  const CondorScan::Columns& calls = *view.calls;
  std::size_t best = view.count * CondorScan::kBlock;
  float most = -1.0F;
  for (std::size_t b = 0; b < view.count; ++b) {
    if (view.blocks->allowed[b] == 0.0F) { continue; }
    for (std::size_t j = 0; j < CondorScan::kBlock; j += hn::Lanes(Wide{})) {
      const std::size_t i = b * CondorScan::kBlock + j;
      const V cash = At(calls.cash, i);
      const V own = Same(put.cash);
      const V margin =
          hn::Add(hn::Min(hn::Sub(cash, Same(put.limit_width)), At(calls.own_credit, i)), own);
      const V worst = hn::Sub(hn::Max(hn::Sub(Same(put.width), cash), At(calls.own_worst, i)), own);
      const M passes = hn::And(
          hn::Ge(margin, hn::Zero(Wide{})),
          hn::And(hn::Le(worst, Same(put.most_worst)), hn::Ge(worst, Same(put.least_worst))));
      if (hn::AllFalse(Wide{}, passes)) { continue; }
      const V points = WorstPoints(put, view.weights, hn::Add(Same(put.edge), At(calls.edge, i)),
                                   hn::Add(Same(put.carry), At(calls.carry, i)), worst);
      const V total = hn::IfThenElse(
          passes, hn::Add(hn::Div(points, worst), TightRest(put, view, i)), Same(-1.0F));
      const float here = hn::GetLane(hn::MaxOfLanes(Wide{}, total));
      if (here <= most) { continue; }
      most = here;
      best = i + static_cast<std::size_t>(std::countr_zero(Bits(hn::Eq(total, Same(here)))));
    }
  }
  return best;
}

}  // namespace
}  // namespace v6::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

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
        &c.buy_back, &c.half_widths, &c.price_points, &c.liquidity_points, &c.chance, &c.greek,
        &c.level, &c.wide_low, &c.wide_high, &c.own_low, &c.own_high}) {
    work(*column);
  }
}
void each(CondorScan::Blocks& b, auto work) {
  for (auto* column :
       {&b.cash_most,        &b.cash_least,    &b.credit_most, &b.credit_least, &b.worst_most,
        &b.worst_least,      &b.fraction_most, &b.edge_most,   &b.carry_most,   &b.price_points,
        &b.liquidity_points, &b.chance_most,   &b.greek_most,  &b.greek_least,  &b.size,
        &b.allowed,          &b.look,          &b.wide_low,    &b.wide_high,    &b.own_low,
        &b.own_high,         &b.priced,        &b.liquid}) {
    work(*column);
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
    calls_.greek[i] = single(call.greek);
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
  blocks_.greek_most.push_back(most(calls_.greek));
  blocks_.greek_least.push_back(least(calls_.greek));
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
          .greek = single(gates_.greek_now + put.greek),
          .put_level = single((put.short_strike - chances_.origin) / chances_.step),
          .tolerance = single(tolerance),
          .least_worst = single(1000.0 * tolerance),
          .most_worst = single(gates_.worst_case),
          .mark_worst = single(marks_.worst_case + tolerance),
          .mark_greek = single(marks_.greek + 1e-5 * (1.0 + std::abs(marks_.greek))),
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
          .last_bucket = single(static_cast<double>(chances_.least.size()) - 1.0),
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
