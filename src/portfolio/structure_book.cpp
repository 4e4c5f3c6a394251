#include "portfolio/structure_book.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/check.hpp"

namespace v6 {
namespace {

/// The change of position a fill makes. A settlement takes away what is held.
Contracts change_by(const Structure& structure, const LegFill& fill) {
  switch (fill.side) {
    case Side::kBuy: return fill.quantity;
    case Side::kSell: return -fill.quantity;
    case Side::kSettle: {
      const auto held = structure.holdings.find(fill.contract);
      V6_CHECK(held != structure.holdings.end(), "settlement of what is not held");
      return -held->second.quantity;
    }
  }
  return Contracts{};
}

/// Whose losses a leg is counted with. A later long option is worth at least its exercise value
/// when a nearer short one expires, so it covers there; everything else stands at its own expiry.
class CoverDates {
 public:
  void see(Date expiry, std::int64_t quantity) {
    if (quantity < 0 && (!nearest_short_ || expiry < *nearest_short_)) { nearest_short_ = expiry; }
  }
  [[nodiscard]] Date of(Date expiry, std::int64_t quantity) const {
    return quantity > 0 && nearest_short_ && *nearest_short_ < expiry ? *nearest_short_ : expiry;
  }

 private:
  std::optional<Date> nearest_short_;
};

ExposureLeg exposure_leg(const Contract& contract, std::int64_t contracts) {
  return {.right = contract.right,
          .strike = contract.strike,
          .units = contracts * contract.multiplier().raw()};
}

/// The share of `basis` that goes with `part` of `whole` contracts, both of one sign.
Money share(Money basis, Contracts part, Contracts whole) {
  return Money::from_raw(basis.raw() * part.raw() / whole.raw());
}

/// What closes goes at its share of the basis; what goes beyond opens the other way, because a
/// broker that overfills, or corrects an opening that is partly closed, is to be believed.
void book(Structure& structure, ContractId contract, Contracts change, Money cash) {
  Holding& holding = structure.holdings[contract];
  const bool reduces =
      holding.quantity.raw() != 0 && (holding.quantity.raw() > 0) != (change.raw() > 0);
  if (reduces && std::abs(change.raw()) > std::abs(holding.quantity.raw())) {
    // The broker filled through zero: one part closes what is held, the rest is a new position.
    const Contracts closing = -holding.quantity;
    const Money part = share(cash, closing, change);
    book(structure, contract, closing, part);
    book(structure, contract, change - closing, cash - part);
    return;
  }
  if (!reduces) {
    holding.quantity += change;
    holding.basis += cash;
  } else if (std::abs(change.raw()) > std::abs(holding.quantity.raw())) {
    const Contracts closing = -holding.quantity;
    const Money part = share(cash, closing, change);
    book(structure, contract, closing, part);
    book(structure, contract, change - closing, cash - part);
    return;
  } else {
    const Money basis = share(holding.basis, -change, holding.quantity);
    holding.basis -= basis;
    holding.quantity += change;
    structure.realised_gross += basis + cash;
  }
  if (holding.quantity == Contracts{}) {
    structure.realised_gross += holding.basis;
    structure.holdings.erase(contract);
  }
}

}  // namespace

Money Structure::marked_value(const InstrumentMaster& master) const {
  Money value;
  for (const auto& [contract, holding] : holdings) {
    value += premium(holding.mark.mid, master[contract].multiplier(), holding.quantity);
  }
  return value;
}

Money Structure::value_for_limits(const InstrumentMaster& master) const {
  Money value;
  for (const auto& [contract, holding] : holdings) {
    value += premium(holding.mark.for_limits(), master[contract].multiplier(), holding.quantity);
  }
  return value;
}

Money Structure::unrealised(const InstrumentMaster& master) const {
  Money basis;
  for (const auto& [contract, holding] : holdings) { basis += holding.basis; }
  return marked_value(master) + basis;
}

Money book_fill(Structure& structure, const LegFill& fill, const InstrumentMaster& master) {
  const Contracts change = change_by(structure, fill);
  const Money cash = -premium(fill.price, master[fill.contract].multiplier(), change);
  book(structure, fill.contract, change, cash);
  structure.fees += fill.fees;
  return cash - fill.fees;
}

Money unbook_fill(Structure& structure, const LegFill& fill, const InstrumentMaster& master) {
  const Contracts change = -change_by(structure, fill);
  const Money cash = -premium(fill.price, master[fill.contract].multiplier(), change);
  book(structure, fill.contract, change, cash);
  structure.fees -= fill.fees;
  return cash + fill.fees;
}

LegFill settlement_fill(const Structure& structure, ContractId contract, Price level,
                        const InstrumentMaster& master) {
  const Holding& holding = structure.holdings.at(contract);
  const Contract option = master[contract];
  const Price intrinsic = std::max(
      Price{}, option.right == OptionRight::kCall ? level - option.strike : option.strike - level);
  return {.contract = contract,
          .side = Side::kSettle,
          .quantity = holding.quantity > Contracts{} ? holding.quantity : -holding.quantity,
          .price = intrinsic,
          .fees = Money{}};
}

std::int64_t shares_after(const Structure& structure, Date expiry, Price spot,
                          const InstrumentMaster& master) {
  std::int64_t shares = 0;
  for (const auto& [id, holding] : structure.holdings) {
    const Contract option = master[id];
    const Instrument& instrument = option.instrument();
    if (option.expiry != expiry || instrument.cash_settled) { continue; }
    const bool call = option.right == OptionRight::kCall;
    if (call ? spot <= option.strike : spot >= option.strike) { continue; }
    shares += (call ? 1 : -1) * std::int64_t{instrument.multiplier.raw()} * holding.quantity.raw();
  }
  return shares;
}

Price unit_mid(const Structure& structure) {
  Price mid;
  for (const Leg& leg : structure.legs) {
    const auto holding = structure.holdings.find(leg.contract);
    if (holding != structure.holdings.end()) { mid += holding->second.mark.mid * leg.ratio; }
  }
  return mid;
}

Contracts whole_units(const Structure& structure) {
  std::optional<std::int32_t> units;
  for (const Leg& leg : structure.legs) {
    const auto found = structure.holdings.find(leg.contract);
    const std::int32_t held =
        found == structure.holdings.end() ? 0 : found->second.quantity.raw() / leg.ratio;
    units = std::min(units.value_or(held), held);
  }
  return Contracts{std::max(0, units.value_or(0))};
}

void add_to(Exposure& exposure, const Structure& structure, const InstrumentMaster& master) {
  CoverDates dates;
  for (const auto& [id, holding] : structure.holdings) {
    dates.see(master[id].expiry, holding.quantity.raw());
  }
  bool first = true;
  for (const auto& [id, holding] : structure.holdings) {
    const Contract contract = master[id];
    // All fees so far stand against what is left: never less than it can lose.
    const Money fees = first ? structure.fees : Money{};
    first = false;
    exposure.hold(structure.underlying, dates.of(contract.expiry, holding.quantity.raw()),
                  exposure_leg(contract, holding.quantity.raw()), holding.basis - fees);
  }
}

std::map<Date, Bundle> exposure_of(const OrderTicket& ticket, Contracts leaves, Money fees,
                                   const InstrumentMaster& master) {
  std::map<Date, Bundle> by_expiry;
  Multiplier multiplier;
  CoverDates dates;
  for (const Leg& leg : ticket.legs) { dates.see(master[leg.contract].expiry, leg.ratio); }
  for (const Leg& leg : ticket.legs) {
    const Contract contract = master[leg.contract];
    multiplier = contract.multiplier();
    by_expiry[dates.of(contract.expiry, leg.ratio)].legs.push_back(
        exposure_leg(contract, std::int64_t{leg.ratio} * leaves.raw()));
  }
  if (!by_expiry.empty()) {
    by_expiry.begin()->second.cash += premium(ticket.walk.last, multiplier, leaves) - fees;
  }
  return by_expiry;
}

}  // namespace v6
