#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace v6::ibkr {

enum class Severity : std::uint8_t { kInfo, kWarning, kCritical };

/// What a code says about the session as a whole, whatever id it comes with.
enum class SessionNews : std::uint8_t {
  kNone,
  kServerLost,      // TWS has lost IB: orders and quotes are in doubt
  kPlatformLost,    // the same for its own link; the next good farm says it is back
  kServerBackBare,  // it is back, the subscriptions are gone
  kServerBack,      // it is back, the subscriptions live
  kPortChanged,
  kMarketFarmBroken,
  kMarketFarmFine,
  kDefinitionFarmBroken,
  kDefinitionFarmFine,
  kCompeting,  // somebody else uses the data entitlement
  kIdTaken,
  kTooFast,
};

/// What it means for the request whose id it carries.
enum class DataNews : std::uint8_t {
  kWarning,       // the request lives on, or ends at its deadline
  kEnds,          // no answer will come
  kNotPermitted,  // nor will there be one if we ask again
  kNoLine,        // all market-data lines are taken
  kAskAgain,      // this subscription was dropped
};

/// What it means for the order whose id it carries.
enum class OrderNews : std::uint8_t {
  kNone,      // the order lives as it did
  kQuery,     // find out now
  kRejected,  // refused, if it was not at work before
  kCancelled,
  kUsedId,   // the number was used before: no proof of anything
  kBadStep,  // the limit is off the price step
};

struct ErrorRow {
  int code = 0;
  Severity severity = Severity::kWarning;
  SessionNews session = SessionNews::kNone;
  DataNews data = DataNews::kWarning;
  OrderNews order = OrderNews::kQuery;
  std::string_view advice;
};

/// The row of a code; for a code that nobody described, a warning for data and a reason to look for
/// orders. Sources: protocol reference 1.7 and 4; safety reference 5.6.
[[nodiscard]] ErrorRow error_row(int code);
[[nodiscard]] std::span<const ErrorRow> error_rows();

}  // namespace v6::ibkr
