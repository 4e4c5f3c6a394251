#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/contract.hpp"

/// What a simulated market lists, with the numbers a broker knows it by.
namespace v6 {

enum class SecurityKind : std::uint8_t { kStock, kIndex, kOption };

/// A broker's number of one contract: 700,000,000 and up, below 2^31.
using ConId = std::int32_t;

/// One tradable thing, or an index. Expiry, strike and right mean something for options only.
struct Listing {
  ConId con_id = 0;
  SecurityKind kind = SecurityKind::kOption;
  Symbol symbol;                           // the underlying's: "SPX" for an SPXW option
  const Instrument* instrument = nullptr;  // of an option; of others null
  Date expiry;
  Price strike;
  OptionRight right = OptionRight::kCall;
  ConId underlying = 0;  // of an option
  /// The last day it trades: the expiry, or the session before for AM-settled series.
  Date last_trade_day;

  [[nodiscard]] bool is_option() const { return kind == SecurityKind::kOption; }
  [[nodiscard]] Symbol trading_class() const { return instrument ? instrument->root : symbol; }
  [[nodiscard]] Multiplier multiplier() const {
    return instrument ? instrument->multiplier : Multiplier{1};
  }
  /// The legal price step here: of an option by its rule, else a cent.
  [[nodiscard]] Price tick(Price price) const;
  /// The step of combos of this option.
  [[nodiscard]] Price combo_tick() const;
  /// "SPXW  190621P02750000": root to six places, yymmdd, right, strike x 1000 to eight digits. The
  /// symbol of a stock or an index.
  [[nodiscard]] std::string local_symbol() const;
};

/// The number of an option: an injective scramble of root, right, expiry and strike, so that it
/// depends on nothing but the contract and no two share one. Fails (data) for what has no place in
/// it: expiries before 2010 or after 2032, strikes off the steps of 5 (SPX) or 0.5 (others).
[[nodiscard]] ConId con_id_of(Symbol root, Date expiry, Price strike, OptionRight right);
/// The number of an index or a stock: SPX, VIX, GOOG, TWX, ...; fails for unknown ones.
[[nodiscard]] ConId con_id_of(Symbol symbol);

}  // namespace v6
