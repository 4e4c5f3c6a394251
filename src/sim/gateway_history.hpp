#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "ibkr/messages/history.hpp"
#include "sim/session_market.hpp"

/// Historical bars of the underlying and of VIX: protocol reference 2.1.7 and 2.2.7. Daily bars are
/// official; intraday ones are of today only, sampled from the simulated walk.
namespace v6::gateway {

enum class SpanUnit : std::uint8_t { kSeconds, kDays, kWeeks, kMonths, kYears };

/// "30 D": from the smallest step, one, up.
struct BarSpan {
  int count = 0;
  SpanUnit unit = SpanUnit::kDays;
};
[[nodiscard]] std::optional<BarSpan> parse_span(std::string_view text);

/// "1 day", "5 mins": in seconds; a day and more in days.
struct BarSize {
  int seconds = 0;
  int days = 0;  // 1, 7 or 30

  /// Of half a minute or less: those are paced hard.
  [[nodiscard]] bool small() const { return days == 0 && seconds <= 30; }
};
[[nodiscard]] std::optional<BarSize> parse_bar_size(std::string_view text);

/// The bars, or why there are none: what error 162 says.
[[nodiscard]] std::expected<ibkr::HistoricalData, std::string> history(
    const SessionMarket& market, const Listing& listing, const ibkr::ReqHistoricalData& request);

/// Today's bar as it grows, for keepUpToDate.
[[nodiscard]] std::optional<ibkr::Bar> growing_bar(const SessionMarket& market,
                                                   const Listing& listing);

}  // namespace v6::gateway
