#include "model/structure.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/check.hpp"

namespace v6 {
namespace {

struct NamedLeg {
  Contract contract;
  std::int32_t ratio;
};

std::vector<NamedLeg> sorted(const Legs& legs, const InstrumentMaster& master) {
  std::vector<NamedLeg> named;
  for (const Leg& leg : legs) { named.push_back({master[leg.contract], leg.ratio}); }
  std::ranges::sort(named, [](const NamedLeg& a, const NamedLeg& b) {
    return std::tie(a.contract.right, a.contract.strike, a.contract.expiry) <
           std::tie(b.contract.right, b.contract.strike, b.contract.expiry);
  });
  return named;
}

StructureKind recognise_pair(const NamedLeg& low, const NamedLeg& high) {
  using enum StructureKind;
  const bool same_right = low.contract.right == high.contract.right;
  if (!same_right || low.ratio + high.ratio != 0 || std::abs(low.ratio) != 1) { return kCustom; }
  if (low.contract.expiry != high.contract.expiry) {
    const bool near_is_short =
        (low.contract.expiry < high.contract.expiry ? low : high).ratio == -1;
    if (!near_is_short) { return kCustom; }
    return low.contract.strike == high.contract.strike ? kCalendar : kCustom;
  }
  const bool low_is_bought = low.ratio == 1;
  if (low.contract.right == OptionRight::kPut) {
    return low_is_bought ? kPutCreditSpread : kPutDebitSpread;
  }
  return low_is_bought ? kCallDebitSpread : kCallCreditSpread;
}

/// Sorted: calls low to high, then puts low to high.
StructureKind recognise_four(const std::vector<NamedLeg>& legs) {
  const auto right = [&](std::size_t i) { return legs[i].contract.right; };
  const auto strike = [&](std::size_t i) { return legs[i].contract.strike; };
  const bool one_expiry = std::ranges::all_of(legs, [&](const NamedLeg& leg) {
    return leg.contract.expiry == legs.front().contract.expiry;
  });
  const bool shape = right(0) == OptionRight::kCall && right(1) == OptionRight::kCall &&
                     right(2) == OptionRight::kPut && right(3) == OptionRight::kPut;
  const bool signs =
      legs[0].ratio == -1 && legs[1].ratio == 1 && legs[2].ratio == 1 && legs[3].ratio == -1;
  if (!one_expiry || !shape || !signs || strike(3) > strike(0)) { return StructureKind::kCustom; }
  return strike(3) == strike(0) ? StructureKind::kIronButterfly : StructureKind::kIronCondor;
}

/// Whether an option is still alive when another one settles. On the same day an AM series is gone
/// hours before a PM series.
bool lives_as_long(const Contract& cover, const Contract& sold) {
  if (cover.expiry != sold.expiry) { return cover.expiry > sold.expiry; }
  return cover.instrument().settlement == SettlementTime::kPm ||
         sold.instrument().settlement == SettlementTime::kAm;
}

/// A short option that nothing of its right, bought at least as long, stands behind.
bool has_uncovered_short(const std::vector<NamedLeg>& legs) {
  for (const NamedLeg& leg : legs) {
    if (leg.ratio >= 0) { continue; }
    std::int32_t cover = 0;
    for (const NamedLeg& other : legs) {
      if (other.contract.right != leg.contract.right) { continue; }
      if (other.ratio < 0 || lives_as_long(other.contract, leg.contract)) { cover += other.ratio; }
    }
    if (cover < 0) { return true; }
  }
  return false;
}

}  // namespace

bool is_credit(StructureKind kind) {
  switch (kind) {
    using enum StructureKind;
    case kIronCondor:
    case kIronButterfly:
    case kPutCreditSpread:
    case kCallCreditSpread:
    case kCoveredCall:
    case kCashSecuredPut:
    case kUndefinedRisk: return true;
    case kPutDebitSpread:
    case kCallDebitSpread:
    case kLongCall:
    case kLongPut:
    case kCalendar:
    case kCustom: return false;
  }
  return false;
}

Legs reversed(const Legs& legs) {
  Legs other = legs;
  for (Leg& leg : other) { leg.ratio = -leg.ratio; }
  return other;
}

StructureKind recognise(const Legs& legs, const InstrumentMaster& master) {
  using enum StructureKind;
  if (legs.empty()) { return kCustom; }
  const auto named = sorted(legs, master);
  if (legs.size() == 1) {
    const bool call = named[0].contract.right == OptionRight::kCall;
    if (named[0].ratio > 0) { return call ? kLongCall : kLongPut; }
    // Whether shares or cash stand behind a short option is not in its legs.
    return kUndefinedRisk;
  }
  if (has_uncovered_short(named)) { return kUndefinedRisk; }
  const bool one_root = std::ranges::all_of(
      named, [&](const NamedLeg& leg) { return leg.contract.root == named.front().contract.root; });
  // A contract against itself is no leg of anything.
  const bool twice = std::ranges::adjacent_find(named, {}, &NamedLeg::contract) != named.end();
  if (!one_root || twice) { return kCustom; }
  if (legs.size() == 2) { return recognise_pair(named[0], named[1]); }
  if (legs.size() == 4) { return recognise_four(named); }
  return kCustom;
}

Price width_of(const Legs& legs, const InstrumentMaster& master) {
  Price widest;
  for (const Leg& sold : legs) {
    if (sold.ratio >= 0) { continue; }
    const Contract short_leg = master[sold.contract];
    for (const Leg& bought : legs) {
      if (bought.ratio <= 0) { continue; }
      const Contract long_leg = master[bought.contract];
      if (long_leg.right != short_leg.right || long_leg.expiry != short_leg.expiry) { continue; }
      const Price apart = long_leg.strike - short_leg.strike;
      widest = std::max(widest, std::max(apart, -apart));
    }
  }
  return widest;
}

NetQuote net_quote(const Legs& legs, const std::vector<Quote>& quotes) {
  V6_CHECK(legs.size() == quotes.size(), "one quote a leg");
  NetQuote net;
  for (std::size_t i = 0; i < legs.size(); ++i) {
    const std::int64_t ratio = legs[i].ratio;
    net.mid -= quotes[i].mid() * ratio;
    net.natural -= (ratio > 0 ? quotes[i].ask : quotes[i].bid) * ratio;
    net.widths += quotes[i].width() * std::abs(ratio);
  }
  return net;
}

NetQuote net_quote(const Legs& legs, const std::vector<LegQuote>& quotes) {
  std::vector<Quote> plain;
  for (const LegQuote& leg : quotes) { plain.push_back(leg.quote); }
  return net_quote(legs, plain);
}

Date nearest_expiry(const Legs& legs, const InstrumentMaster& master) {
  Date nearest = master[legs.front().contract].expiry;
  for (const Leg& leg : legs) { nearest = std::min(nearest, master[leg.contract].expiry); }
  return nearest;
}

}  // namespace v6
