#pragma once

#include <boost/describe.hpp>

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/contract.hpp"

/// Buying power by rule: what an exchange's strategy-based margin asks for a book of one
/// underlying. Sources: Cboe Margin Manual (April 2000, pages as cited), Cboe Rule 10.3 (12.3 until
/// 2019) and FINRA Rule 4210(f)(2), which agree. docs/MARGIN.md has the table of shapes.
namespace v6 {

/// What a group of positions is margined as.
enum class MarginShape : std::uint8_t {
  kLongOption,
  kUncoveredCall,
  kUncoveredPut,
  kCashSecuredPut,
  kShortStraddle,
  kShortStrangle,
  kCreditSpread,
  kDebitSpread,
  kIronCondor,
  kIronButterfly,
  kLongButterfly,
  kShortButterfly,
  kLongBox,
  kShortBox,
  kCalendar,
  kDiagonal,
  kSpread,  // any other spread: longs and shorts balanced, worst loss known
  kLongShares,
  kShortShares,
  kCoveredCall,
  kCoveredPut,
  kProtectivePut,
  kProtectiveCall,
  kCollar,
  kConversion,
  kReverseConversion,
};
BOOST_DESCRIBE_ENUM(MarginShape, kLongOption, kUncoveredCall, kUncoveredPut, kCashSecuredPut,
                    kShortStraddle, kShortStrangle, kCreditSpread, kDebitSpread, kIronCondor,
                    kIronButterfly, kLongButterfly, kShortButterfly, kLongBox, kShortBox, kCalendar,
                    kDiagonal, kSpread, kLongShares, kShortShares, kCoveredCall, kCoveredPut,
                    kProtectivePut, kProtectiveCall, kCollar, kConversion, kReverseConversion)

/// The rule behind a shape and where it is written.
[[nodiscard]] std::string_view rule_of(MarginShape shape);

/// Only shares make a difference: options ask the same at the start and later.
enum class MarginPhase : std::uint8_t { kInitial, kMaintenance };
/// A cash account lends nothing: shares are paid in full, a short put is secured by its strike, a
/// short call by shares, a spread only where both sides are European and settle in cash.
enum class AccountKind : std::uint8_t { kMargin, kCash };

struct MarginTerms {
  MarginPhase phase = MarginPhase::kInitial;
  AccountKind account = AccountKind::kMargin;
};

/// Options of one contract: quantity bought positive, sold negative; price of one option, as the
/// market has it now, not negative.
struct MarginLeg {
  Contract contract;
  Contracts quantity;
  Price price;

  friend bool operator==(const MarginLeg&, const MarginLeg&) = default;
};

/// All that is held in one underlying. Without a spot an uncovered put is secured by its strike,
/// and uncovered calls and shares cannot be margined.
struct MarginBook {
  std::vector<MarginLeg> legs;
  std::int64_t shares = 0;  // sold short: negative
  std::optional<Price> spot;
};

/// A group of positions, the shape it is margined as and what that asks.
struct MarginItem {
  MarginShape shape = MarginShape::kLongOption;
  std::vector<MarginLeg> legs;
  std::int64_t shares = 0;
  Money requirement;
  Money proceeds;  // of its sales, which may stand for a part of the requirement

  friend bool operator==(const MarginItem&, const MarginItem&) = default;
};

struct MarginRequirement {
  std::vector<MarginItem> items;
  /// What the rules ask in total. What was bought counts at its price, since it must be paid in
  /// full; what was sold takes nothing off: a spread sold asks its width, whatever the credit.
  Money requirement;
  Money proceeds;
  /// No other pairing asks less. Otherwise the book is too large to try all: never too little.
  bool exact = true;

  /// What the account must bring once the proceeds are applied.
  [[nodiscard]] Money deposit() const { return requirement - proceeds; }
};

enum class MarginFault : std::uint8_t {
  kSeveralUnderlyings,
  kBadPrice,
  kTooLarge,
  kNoSpot,
  kNotAllowed
};
BOOST_DESCRIBE_ENUM(MarginFault, kSeveralUnderlyings, kBadPrice, kTooLarge, kNoSpot, kNotAllowed)

struct MarginError {
  MarginFault fault = MarginFault::kNoSpot;
  std::string what;  // the position at fault
  [[nodiscard]] std::string text() const;
};

/// The pairing of the book into groups that asks least in total. Does not depend on the order of
/// the legs; two legs of one contract are netted first, at the higher of their prices. Errors: legs
/// of several underlyings, a price below zero, a book too large, no spot where one is needed, a
/// position that the account may not hold.
[[nodiscard]] std::expected<MarginRequirement, MarginError> margin_of(const MarginBook& book,
                                                                      MarginTerms terms = {});

}  // namespace v6
