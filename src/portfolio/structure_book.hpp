#pragma once

#include <boost/describe.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/command.hpp"
#include "model/event.hpp"
#include "portfolio/exposure.hpp"

namespace v6 {

/// What one contract's option was worth and how it would move, when last seen.
struct LegMark {
  Price mid;
  bool aged = false;           // no usable quote since: the mid is of an earlier snapshot
  std::optional<Price> model;  // by our own smile, at the last snapshot that had one
  std::optional<double> iv;
  double delta = 0;
  double gamma = 0;
  double theta = 0;
  double vega = 0;

  /// What limits reckon with: an aged mid is no measure of today's risk.
  [[nodiscard]] Price for_limits() const { return aged && model ? *model : mid; }
};
BOOST_DESCRIBE_STRUCT(LegMark, (), (mid, aged, model, iv, delta, gamma, theta, vega))

/// An open position in one contract and the cash it brought in (positive) or cost.
struct Holding {
  Contracts quantity;
  Money basis;
  LegMark mark;
};
BOOST_DESCRIBE_STRUCT(Holding, (), (quantity, basis, mark))

/// One to four legs bought and sold together: the unit of orders, profit, limits, exits, records.
/// Folded from fills alone.
struct Structure {
  StructureId id;
  StructureKind kind = StructureKind::kCustom;
  Symbol underlying;
  Legs legs;  // of one unit
  Contracts opened;
  Contracts units;  // whole units still open
  std::map<ContractId, Holding> holdings;
  Money entry_cash;
  Money realised_gross;
  Money fees;
  Money slippage;
  Instant opened_at;
  DecisionId decision;
  bool adopted = false;

  // As it was when opened.
  std::vector<EntryLeg> entry_legs;
  Price entry_price;
  Price spot_at_entry;
  Price width;
  Money worst_case;
  int dte_at_entry = 0;
  std::optional<double> iv_at_entry;
  std::optional<double> vix_at_entry;
  std::optional<double> percentile_at_entry;

  // What exit rules remember.
  double peak_upl = 0;
  bool half_closed = false;
  int valid_marks = 0;  // consecutive
  std::optional<Instant> last_valid_mark;
  std::optional<double> upl;
  std::optional<double> iv;
  std::vector<TimedValue> ivs;  // of the last hour, or the last two end-of-day snapshots
  bool mark_valid = false;
  Price mid;  // of closing one unit, signed as cash

  std::string exit_rule;
  StructureId rolled_from;
  StructureId rolled_to;

  [[nodiscard]] bool flat() const { return holdings.empty(); }
  [[nodiscard]] Money marked_value(const InstrumentMaster& master) const;
  /// With the model's price for a holding whose mark has aged.
  [[nodiscard]] Money value_for_limits(const InstrumentMaster& master) const;
  [[nodiscard]] Money realised() const { return realised_gross - fees; }
  [[nodiscard]] Money unrealised(const InstrumentMaster& master) const;
};
BOOST_DESCRIBE_STRUCT(Structure, (),
                      (id, kind, underlying, legs, opened, units, holdings, entry_cash,
                       realised_gross, fees, slippage, opened_at, decision, adopted, entry_legs,
                       entry_price, spot_at_entry, width, worst_case, dte_at_entry, iv_at_entry,
                       vix_at_entry, percentile_at_entry, peak_upl, half_closed, valid_marks,
                       last_valid_mark, upl, iv, ivs, mark_valid, mid, exit_rule, rolled_from,
                       rolled_to))

/// Books one leg fill into the structure: basis and realised profit move, fees add up. A settlement
/// takes the whole position in the contract. The change of cash, fees taken off.
Money book_fill(Structure& structure, const LegFill& fill, const InstrumentMaster& master);

/// Takes a booked fill back, because the broker corrected it. The change of cash.
Money unbook_fill(Structure& structure, const LegFill& fill, const InstrumentMaster& master);

/// Turns a holding into cash at its intrinsic value. The fill to record.
[[nodiscard]] LegFill settlement_fill(const Structure& structure, ContractId contract, Price level,
                                      const InstrumentMaster& master);

/// Shares that exercise and assignment of what expires on this date make, if the underlying stands
/// at `spot` then; none where the series settle in cash.
[[nodiscard]] std::int64_t shares_after(const Structure& structure, Date expiry, Price spot,
                                        const InstrumentMaster& master);

/// What closing one unit at the mids would bring, signed as cash; a leg that is gone brings
/// nothing.
[[nodiscard]] Price unit_mid(const Structure& structure);

/// Whole units that the holdings still make up.
[[nodiscard]] Contracts whole_units(const Structure& structure);

/// Adds all the structure holds, with the cash it brought, to an exposure.
void add_to(Exposure& exposure, const Structure& structure, const InstrumentMaster& master);

/// The order as exposure: what it brings if all of `leaves` fills at the end of its walk.
[[nodiscard]] std::map<Date, Bundle> exposure_of(const OrderTicket& ticket, Contracts leaves,
                                                 Money fees, const InstrumentMaster& master);

}  // namespace v6
