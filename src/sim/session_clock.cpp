#include "sim/session_clock.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace v6 {
namespace {

constexpr TimeOfDay kNightFalls = std::chrono::hours{16} + std::chrono::minutes{20};
constexpr TimeOfDay kMorning = std::chrono::hours{9} + std::chrono::minutes{20};

Duration scaled(Duration duration, double factor) {
  return Duration{
      static_cast<Duration::rep>(std::floor(static_cast<double>(duration.count()) * factor))};
}

}  // namespace

SessionClock::SessionClock(const Settings& settings, const Calendar& calendar, RealTime real_start)
    : settings_{settings}, real_start_{real_start} {
  V6_CHECK(settings.speed > 0, "a clock runs forward");
  if (settings.frozen || settings.nights == Nights::kLived) { return; }
  Duration before{};
  auto day = calendar.previous_session(new_york_date(settings.start));
  while (day) {
    const auto next = calendar.next_session(*day);
    if (!next) { break; }
    const Instant from = std::max(new_york_instant(*day, kNightFalls), settings.start);
    const Instant to = new_york_instant(*next, kMorning);
    if (to > from) {
      gaps_.push_back({.from = from, .to = to, .before = before});
      before += to - from;
    }
    day = next;
  }
}

Duration SessionClock::paced_at(RealTime real) const {
  const Duration real_time = std::max(real - real_start_, Duration{});
  return settings_.frozen ? real_time : scaled(real_time, settings_.speed);
}

Instant SessionClock::session_at(RealTime real) const {
  if (settings_.frozen) { return settings_.start; }
  const Instant awake = settings_.start + paced_at(real);
  // Of the nights that begin at or before this much waking time, the last one says what was slept.
  const auto after = std::ranges::upper_bound(gaps_, awake, {},
                                              [](const Gap& gap) { return gap.from - gap.before; });
  if (after == gaps_.begin()) { return awake; }
  const Gap& last = *std::prev(after);
  return awake + last.before + (last.to - last.from);
}

RealTime SessionClock::when_session(Instant session) const {
  if (session <= settings_.start) { return real_start_; }
  if (settings_.frozen) { return RealTime::max(); }
  Duration awake = session - settings_.start;
  const auto after = std::ranges::upper_bound(gaps_, session, {}, &Gap::from);
  if (after != gaps_.begin()) {
    const Gap& last = *std::prev(after);
    awake -= last.before + (std::min(session, last.to) - last.from);
  }
  return when_paced(awake);
}

RealTime SessionClock::when_paced(Duration paced) const {
  if (settings_.frozen) { return real_start_ + paced; }
  const double real = std::ceil(static_cast<double>(paced.count()) / settings_.speed);
  Duration needed{static_cast<Duration::rep>(real)};
  while (scaled(needed, settings_.speed) < paced) { needed += Duration{1}; }
  return real_start_ + needed;
}

}  // namespace v6
