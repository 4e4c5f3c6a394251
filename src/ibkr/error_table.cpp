#include "ibkr/error_table.hpp"

#include <algorithm>
#include <array>

namespace v6::ibkr {
namespace {

using S = SessionNews;
using D = DataNews;
using O = OrderNews;
constexpr auto kInfo = Severity::kInfo;
constexpr auto kWarn = Severity::kWarning;
constexpr auto kCrit = Severity::kCritical;

// Ascending by code.
constexpr std::array kRows{
    ErrorRow{100, kCrit, S::kTooFast, D::kWarning, O::kQuery,
             "too many messages a second; the budget is halved: a bug of ours"},
    ErrorRow{101, kWarn, S::kNone, D::kNoLine, O::kNone,
             "all market-data lines are taken: close watch lists or lower the line budget"},
    ErrorRow{102, kWarn, S::kNone, D::kEnds, O::kQuery, "a request id was used twice"},
    ErrorRow{103, kCrit, S::kNone, D::kWarning, O::kUsedId,
             "the order id was used before; nothing is proved, the broker is asked"},
    ErrorRow{104, kWarn, S::kNone, D::kWarning, O::kQuery, "the order to change has filled"},
    ErrorRow{105, kWarn, S::kNone, D::kWarning, O::kQuery,
             "the change does not match the order at the broker"},
    ErrorRow{107, kWarn, S::kNone, D::kWarning, O::kRejected, "the order is incomplete"},
    ErrorRow{109, kWarn, S::kNone, D::kWarning, O::kQuery,
             "the price is outside the presets: tick every bypass box of API precautions"},
    ErrorRow{110, kWarn, S::kNone, D::kWarning, O::kBadStep, "the price is off the step"},
    ErrorRow{111, kWarn, S::kNone, D::kWarning, O::kRejected, "TIF and order type do not agree"},
    ErrorRow{116, kWarn, S::kNone, D::kWarning, O::kRejected, "the exchange is dead"},
    ErrorRow{135, kWarn, S::kNone, D::kWarning, O::kQuery, "the order was not found"},
    ErrorRow{136, kWarn, S::kNone, D::kWarning, O::kQuery, "the order cannot be cancelled"},
    ErrorRow{161, kWarn, S::kNone, D::kWarning, O::kQuery,
             "the order is not in a state to be cancelled"},
    ErrorRow{162, kWarn, S::kNone, D::kEnds, O::kNone, "no history, or asked too fast"},
    ErrorRow{163, kWarn, S::kNone, D::kWarning, O::kQuery,
             "the price breaks a percentage preset: tick every bypass box of API precautions"},
    ErrorRow{164, kWarn, S::kNone, D::kWarning, O::kQuery,
             "no market data to check the price against"},
    ErrorRow{165, kInfo, S::kNone, D::kWarning, O::kNone, "a history service notice"},
    ErrorRow{200, kWarn, S::kNone, D::kEnds, O::kRejected, "no such contract"},
    ErrorRow{201, kWarn, S::kNone, D::kEnds, O::kRejected, "the order was refused"},
    ErrorRow{202, kInfo, S::kNone, D::kWarning, O::kCancelled, "the order was cancelled"},
    ErrorRow{203, kWarn, S::kNone, D::kEnds, O::kRejected, "not allowed for this account"},
    ErrorRow{300, kInfo, S::kNone, D::kWarning, O::kNone, "the subscription had ended already"},
    ErrorRow{309, kWarn, S::kNone, D::kEnds, O::kNone, "too many depth requests"},
    ErrorRow{320, kCrit, S::kNone, D::kEnds, O::kQuery, "a message of ours was not understood"},
    ErrorRow{321, kWarn, S::kNone, D::kEnds, O::kRejected,
             "the request was refused; if it says Read-Only, untick Read-Only API"},
    ErrorRow{322, kWarn, S::kNone, D::kEnds, O::kQuery, "a request id was used twice"},
    ErrorRow{326, kWarn, S::kIdTaken, D::kWarning, O::kNone,
             "another program uses this client id, or our last session has not ended yet"},
    ErrorRow{327, kWarn, S::kNone, D::kEnds, O::kNone, "only client 0 may bind orders"},
    ErrorRow{354, kWarn, S::kNone, D::kNotPermitted, O::kNone, "market data is not subscribed"},
    ErrorRow{356, kWarn, S::kNone, D::kWarning, O::kRejected, "no OCA with guaranteed combos"},
    ErrorRow{360, kWarn, S::kNone, D::kWarning, O::kRejected, "no preview of this combo"},
    ErrorRow{366, kInfo, S::kNone, D::kEnds, O::kNone, "the history request had ended"},
    ErrorRow{382, kWarn, S::kNone, D::kWarning, O::kQuery,
             "the price breaks a preset: tick every bypass box of API precautions"},
    ErrorRow{383, kWarn, S::kNone, D::kWarning, O::kQuery,
             "the size breaks a preset: tick every bypass box of API precautions"},
    ErrorRow{387, kWarn, S::kNone, D::kWarning, O::kRejected, "unsupported order type"},
    ErrorRow{388, kWarn, S::kNone, D::kWarning, O::kRejected, "the size is below the least"},
    ErrorRow{399, kInfo, S::kNone, D::kWarning, O::kNone,
             "a notice about the order; it counts as working"},
    ErrorRow{404, kInfo, S::kNone, D::kWarning, O::kNone, "held while shares are located"},
    ErrorRow{413, kWarn, S::kNone, D::kWarning, O::kRejected, "a preview must be transmitted"},
    ErrorRow{414, kWarn, S::kNone, D::kEnds, O::kNone, "a snapshot takes no generic ticks"},
    ErrorRow{434, kWarn, S::kNone, D::kWarning, O::kRejected, "the size cannot be zero"},
    ErrorRow{451, kWarn, S::kNone, D::kWarning, O::kQuery,
             "the value breaks a preset: tick every bypass box of API precautions"},
    ErrorRow{460, kWarn, S::kNone, D::kEnds, O::kRejected, "no trading permission"},
    ErrorRow{492, kInfo, S::kNone, D::kWarning, O::kNone, "a notice"},
    ErrorRow{1100, kCrit, S::kServerLost, D::kWarning, O::kNone,
             "the gateway has lost Interactive Brokers; it reconnects by itself"},
    ErrorRow{1101, kWarn, S::kServerBackBare, D::kWarning, O::kNone,
             "the gateway is back; everything is subscribed again"},
    ErrorRow{1102, kWarn, S::kServerBack, D::kWarning, O::kNone, "the gateway is back"},
    ErrorRow{1300, kCrit, S::kPortChanged, D::kWarning, O::kNone,
             "the gateway's port was changed in its settings: change ours or theirs"},
    ErrorRow{2100, kInfo, S::kNone, D::kWarning, O::kNone, "account updates went elsewhere"},
    ErrorRow{2101, kWarn, S::kNone, D::kWarning, O::kNone, "the account subscription failed"},
    ErrorRow{2102, kInfo, S::kNone, D::kWarning, O::kQuery, "the order is still being processed"},
    ErrorRow{2103, kWarn, S::kMarketFarmBroken, D::kWarning, O::kNone,
             "a market-data farm is down"},
    ErrorRow{2104, kInfo, S::kMarketFarmFine, D::kWarning, O::kNone, "a market-data farm is fine"},
    ErrorRow{2105, kWarn, S::kNone, D::kWarning, O::kNone, "a history farm is down"},
    ErrorRow{2106, kInfo, S::kNone, D::kWarning, O::kNone, "a history farm is fine"},
    ErrorRow{2107, kInfo, S::kNone, D::kWarning, O::kNone, "a history farm waits for requests"},
    ErrorRow{2108, kInfo, S::kNone, D::kWarning, O::kNone, "a market-data farm waits for requests"},
    ErrorRow{2109, kInfo, S::kNone, D::kWarning, O::kNone, "outsideRth was ignored"},
    ErrorRow{2110, kCrit, S::kPlatformLost, D::kWarning, O::kNone,
             "the gateway has lost its server; it reconnects by itself"},
    ErrorRow{2119, kInfo, S::kMarketFarmBroken, D::kWarning, O::kNone,
             "a market-data farm is connecting"},
    ErrorRow{2137, kCrit, S::kNone, D::kWarning, O::kNone,
             "the order would turn a position around"},
    ErrorRow{2157, kWarn, S::kDefinitionFarmBroken, D::kWarning, O::kNone,
             "the contract farm is down"},
    ErrorRow{2158, kInfo, S::kDefinitionFarmFine, D::kWarning, O::kNone,
             "the contract farm is fine"},
    ErrorRow{2168, kInfo, S::kNone, D::kWarning, O::kNone, "eTradeOnly is no longer supported"},
    ErrorRow{2169, kInfo, S::kNone, D::kWarning, O::kNone, "firmQuoteOnly is no longer supported"},
    ErrorRow{2174, kInfo, S::kNone, D::kWarning, O::kNone, "a time without its zone"},
    ErrorRow{10002, kWarn, S::kNone, D::kWarning, O::kRejected, "the combo cannot be routed so"},
    ErrorRow{10006, kWarn, S::kNone, D::kWarning, O::kQuery, "the parent order is missing"},
    ErrorRow{10058, kWarn, S::kNone, D::kWarning, O::kRejected, "no limit beside leg prices"},
    ErrorRow{10089, kWarn, S::kNone, D::kNotPermitted, O::kNone, "market data is not subscribed"},
    ErrorRow{10090, kWarn, S::kNone, D::kWarning, O::kNone, "part of the data is not subscribed"},
    ErrorRow{10091, kWarn, S::kNone, D::kNotPermitted, O::kNone, "market data is not subscribed"},
    ErrorRow{10147, kWarn, S::kNone, D::kWarning, O::kQuery, "the order to cancel was not found"},
    ErrorRow{10148, kWarn, S::kNone, D::kWarning, O::kQuery, "the order cannot be cancelled"},
    ErrorRow{10167, kWarn, S::kNone, D::kWarning, O::kNone, "delayed data instead of live"},
    ErrorRow{10168, kWarn, S::kNone, D::kNotPermitted, O::kNone, "market data is not subscribed"},
    ErrorRow{10182, kWarn, S::kNone, D::kAskAgain, O::kNone, "a subscription was dropped"},
    ErrorRow{10186, kWarn, S::kNone, D::kNotPermitted, O::kNone, "market data is not subscribed"},
    ErrorRow{10197, kCrit, S::kCompeting, D::kWarning, O::kNone,
             "another session of this user has the market data: log it off"},
    ErrorRow{10268, kWarn, S::kNone, D::kWarning, O::kRejected, "eTradeOnly is not supported"},
    ErrorRow{10269, kWarn, S::kNone, D::kWarning, O::kRejected, "firmQuoteOnly is not supported"},
    ErrorRow{10270, kWarn, S::kNone, D::kWarning, O::kRejected, "nbboPriceCap is not supported"},
    ErrorRow{10311, kWarn, S::kNone, D::kWarning, O::kQuery,
             "a warning about routing: tick every bypass box of API precautions"},
    ErrorRow{10349, kInfo, S::kNone, D::kWarning, O::kNone,
             "a preset changed the order's TIF; it lives"},
};
static_assert(std::ranges::is_sorted(kRows, {}, &ErrorRow::code));

}  // namespace

ErrorRow error_row(int code) {
  const auto found = std::ranges::lower_bound(kRows, code, {}, &ErrorRow::code);
  if (found != kRows.end() && found->code == code) { return *found; }
  return {.code = code, .advice = "a code we do not know"};
}

std::span<const ErrorRow> error_rows() { return kRows; }

}  // namespace v6::ibkr
