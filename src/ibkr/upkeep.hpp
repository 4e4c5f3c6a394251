#pragma once

#include <string>

#include "calendar/new_york.hpp"

namespace v6::ibkr {

// The appointments of the broker, in New York's time. Source: IBKR, System Status and Availability;
// IBKR, TWS API, Initial Setup.

inline constexpr TimeOfDay kUsualRestart = std::chrono::minutes{23 * 60 + 45};

/// Why nothing should open now: the gateway's daily restart is less than ten minutes away, or the
/// broker's servers are in their nightly or weekend reset. Empty: nothing is in the way.
[[nodiscard]] std::string upkeep_doubt(Instant now, TimeOfDay restart_at);

/// When the week's login ended last: at 01:00 of the Sunday on or before `now`. From then on a
/// person must log in again, with the second factor.
[[nodiscard]] Instant last_login_end(Instant now);
[[nodiscard]] Instant next_login_end(Instant now);

}  // namespace v6::ibkr
