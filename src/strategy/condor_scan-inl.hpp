// The scan of condors in lanes of single precision (condor_scan.hpp). It only bounds: whatever
// might touch a result is handed back, so a path's rounding decides nothing. Included once a path:
// Highway's foreach_target.
#if defined(V6_CONDOR_SCAN_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef V6_CONDOR_SCAN_INL
#undef V6_CONDOR_SCAN_INL
#else
#define V6_CONDOR_SCAN_INL
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "strategy/condor_scan_view.hpp"

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
  // Read as wide as written, or the processor would wait for the store.
  using Word = std::conditional_t<(hn::MaxLanes(Wide{}) > 8), std::uint16_t, std::uint8_t>;
  std::array<std::uint8_t, 8> bytes{};
  hn::StoreMaskBits(Wide{}, mask, bytes.data());
  Word bits = 0;
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
  const V last = Same(view.last_node);
  const V above = hn::Add(call_level, moved);
  const V below = hn::Sub(Same(put.put_level), moved);
  const auto between = [&](const float* nodes, V level) {
    const auto node = hn::ConvertTo(di, Between(level, zero, last));
    const V from = hn::GatherIndex(Wide{}, nodes, node);
    const V to = hn::GatherIndex(Wide{}, nodes + 1, node);
    return hn::MulAdd(hn::Sub(level, hn::ConvertTo(Wide{}, node)), hn::Sub(to, from), from);
  };
  const V most = between(view.chance_most, above);
  const V least = between(view.chance_least, below);
  const auto inside = hn::And(hn::And(hn::Ge(above, zero), hn::Lt(above, last)),
                              hn::And(hn::Ge(below, zero), hn::Lt(below, last)));
  return hn::IfThenElse(inside, hn::Sub(most, least), Same(1.0F));
}

/// Points of fit that are lost at least when the book leans by `least`, or `most`.
HWY_INLINE V LeastLost(const ScanRow& put, const ScanWeights& weights, V least, V most) {
  const V own = Same(put.lean);
  const V away = hn::Max(hn::Add(own, least), hn::Neg(hn::Add(own, most)));
  return hn::Mul(Same(static_cast<float>(weights.fit)),
                 Between(away, hn::Zero(Wide{}), Same(1.0F)));
}

/// Most points of price, liquidity and chance together, less those of fit that are lost.
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
  const V lean = At(calls.lean, i);
  return hn::Sub(hn::Add(by_chance, hn::Add(by_price, by_width)),
                 LeastLost(put, weights, lean, lean));
}

/// Least use of the tightest limit.
HWY_INLINE V LeastUse(const ScanRow& put, const std::array<std::vector<float>, 4>& least,
                      const std::array<std::vector<float>, 4>& most, std::size_t i) {
  V use = hn::Zero(Wide{});
  for (std::size_t limit = 0; limit < put.uses.size(); ++limit) {
    const V own = Same(put.uses[limit]);
    const V from = hn::Add(own, At(least[limit], i));
    const V to = hn::Neg(hn::Add(own, At(most[limit], i)));
    use = hn::Max(use, hn::Max(from, to));
  }
  return use;
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
    const V use = LeastUse(put, calls.uses, calls.uses, i);
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

[[maybe_unused]] ScanCounts Row(const ScanRow& put, const ScanView& view,
                                std::vector<ScanHit>& hits) {
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
    const V use = LeastUse(put, blocks.uses_least, blocks.uses_most, b);
    const M greek = hn::And(maybe, hn::Le(use, Same(put.mark_greek)));
    const M worst = hn::And(maybe, hn::Le(worst_least, Same(put.mark_worst)));
    const V rest =
        hn::Add(ChancePoints(put, view.weights, At(blocks.chance_most, b)),
                hn::Add(hn::Max(Same(put.price_points), At(blocks.price_points, b)),
                        hn::Sub(hn::Max(Same(put.liquidity_points), At(blocks.liquidity_points, b)),
                                LeastLost(put, view.weights, At(blocks.lean_least, b),
                                          At(blocks.lean_most, b)))));
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
[[maybe_unused]] std::size_t Likeliest(const ScanRow& put, const ScanView& view) {
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

#endif  // V6_CONDOR_SCAN_INL
