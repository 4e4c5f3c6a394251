#pragma once

#include <boost/describe.hpp>

#include <cstdint>
#include <optional>
#include <vector>

#include "model/contract.hpp"
#include "model/ids.hpp"
#include "model/market.hpp"

namespace v6 {

enum class StructureKind : std::uint8_t {
  kIronCondor,
  kIronButterfly,
  kPutCreditSpread,
  kCallCreditSpread,
  kPutDebitSpread,
  kCallDebitSpread,
  kLongCall,
  kLongPut,
  kCalendar,
  kCoveredCall,
  kCashSecuredPut,
  kUndefinedRisk,
  kCustom,
};
BOOST_DESCRIBE_ENUM(StructureKind, kIronCondor, kIronButterfly, kPutCreditSpread, kCallCreditSpread,
                    kPutDebitSpread, kCallDebitSpread, kLongCall, kLongPut, kCalendar, kCoveredCall,
                    kCashSecuredPut, kUndefinedRisk, kCustom)

/// Opened for a credit, so that UPL is a share of the credit and short options carry the risk.
[[nodiscard]] bool is_credit(StructureKind kind);

/// One part of a structure: contracts per unit, positive bought, negative sold.
struct Leg {
  ContractId contract;
  std::int32_t ratio = 0;

  friend auto operator<=>(const Leg&, const Leg&) = default;
};
BOOST_DESCRIBE_STRUCT(Leg, (), (contract, ratio))

using Legs = std::vector<Leg>;

/// The same contracts the other way: what closes a position in these legs.
[[nodiscard]] Legs reversed(const Legs& legs);

/// What these legs are, by their shape alone. Contracts of one underlying.
[[nodiscard]] StructureKind recognise(const Legs& legs, const InstrumentMaster& master);

/// The wider of the two verticals, in dollars of the underlying; zero for shapes without one.
[[nodiscard]] Price width_of(const Legs& legs, const InstrumentMaster& master);

/// Net prices of one unit as cash to us: positive is received. `natural` sells at the bid and buys
/// at the ask, so natural <= mid.
struct NetQuote {
  Price mid;
  Price natural;
  /// Sum of the legs' quote widths.
  Price widths;

  [[nodiscard]] Price distance() const { return mid - natural; }
};
BOOST_DESCRIBE_STRUCT(NetQuote, (), (mid, natural, widths))

/// Net price of trading `legs` on these quotes, which stand in the order of the legs.
[[nodiscard]] NetQuote net_quote(const Legs& legs, const std::vector<Quote>& quotes);
[[nodiscard]] NetQuote net_quote(const Legs& legs, const std::vector<LegQuote>& quotes);

/// The first day on which any of these legs expires.
[[nodiscard]] Date nearest_expiry(const Legs& legs, const InstrumentMaster& master);

}  // namespace v6
