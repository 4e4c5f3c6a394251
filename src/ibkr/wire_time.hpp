#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"

/// Dates and times as TWS writes and reads them. Its zone is New York's.
namespace v6::ibkr {

inline constexpr std::string_view kWireZone = "US/Eastern";

/// "20190621".
[[nodiscard]] std::string wire_date(Date date);
/// "20190507 15:45:00 US/Eastern".
[[nodiscard]] std::string wire_time(Instant at);
/// "20190507  15:45:00", as the ends of a history travel.
[[nodiscard]] std::string wire_time_without_zone(Instant at);

/// "20190621" or "20190621 16:00 US/Eastern", of a day that has instants.
[[nodiscard]] std::optional<Date> parse_wire_date(std::string_view text);
/// "20190507-19:45:00" is UTC; "20190507 15:45:00", with one blank or two and a zone or none, is
/// New York unless the zone says UTC or Chicago; a date alone is its midnight in New York.
[[nodiscard]] std::optional<Instant> parse_wire_time(std::string_view text);

}  // namespace v6::ibkr
