#include "ibkr/upkeep.hpp"

#include <fmt/format.h>

namespace v6::ibkr {
namespace {

using namespace std::chrono;

constexpr minutes kBeforeRestart{10};
constexpr TimeOfDay kLoginEnds = hours{1};
constexpr TimeOfDay kDay = hours{24};

/// Sunday to Friday at night, and from Friday 23:00 to Saturday 03:00.
bool servers_reset(weekday day, TimeOfDay time) {
  if (day == Saturday) { return time < hours{3}; }
  if (day == Friday && time >= hours{23}) { return true; }
  return time >= minutes{15} && time < hours{1} + minutes{45};
}

Date sunday_on_or_before(Date date) { return date - (weekday{date} - Sunday); }

}  // namespace

std::string upkeep_doubt(Instant now, TimeOfDay restart_at) {
  const TimeOfDay time = new_york_time(now);
  const TimeOfDay ahead = (restart_at - time + kDay) % kDay;
  if (ahead <= kBeforeRestart) {
    return fmt::format("the gateway restarts at {:02}:{:02}", restart_at / hours{1},
                       (restart_at % hours{1}).count());
  }
  if (servers_reset(weekday{new_york_date(now)}, time)) {
    return "the broker's servers are being reset";
  }
  return {};
}

Instant last_login_end(Instant now) {
  const Date sunday = sunday_on_or_before(new_york_date(now));
  const Instant end = new_york_instant(sunday, kLoginEnds);
  return end <= now ? end : new_york_instant(sunday - weeks{1}, kLoginEnds);
}

Instant next_login_end(Instant now) {
  const Date sunday = sunday_on_or_before(new_york_date(now));
  const Instant end = new_york_instant(sunday, kLoginEnds);
  return end > now ? end : new_york_instant(sunday + weeks{1}, kLoginEnds);
}

}  // namespace v6::ibkr
