#include "sim/snapshot_walk.hpp"

#include <algorithm>
#include <cmath>

#include "base/hash.hpp"
#include "sim/bridge.hpp"

namespace v6 {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

/// Trading seconds that one night counts for: a fifth of a day's variance.
constexpr std::int64_t kNight = 5'850;
constexpr std::int64_t kTradingDay = 23'400;
constexpr double kSessionsAYear = 252;
/// What is realised of the volatility that options are priced with.
constexpr double kRealisedShare = 0.8;
constexpr double kPlainVix = 15;
/// Deviation of VIX over a day, as a fraction of its level.
constexpr double kVixADay = 0.05;

enum class Part : std::uint8_t { kSpotToSnapshot, kSpotToClose, kSpotWholeDay, kVix };

std::int64_t seconds_between(Instant from, Instant to) { return floor<seconds>(to - from).count(); }

/// One stretch between two known levels.
struct Stretch {
  double from = 0;
  double to = 0;
  double deviation = 0;      // per root of a second, in points
  std::int64_t night = 0;    // seconds that the jump at its start counts for
  std::int64_t length = 0;   // trading seconds after the jump
  std::int64_t elapsed = 0;  // of them
  std::uint64_t seed = 0;
};

Price level(const Stretch& stretch) {
  const std::int64_t whole = stretch.night + stretch.length;
  const std::int64_t at = std::clamp<std::int64_t>(stretch.night + stretch.elapsed, 0, whole);
  const double share = whole == 0 ? 1 : static_cast<double>(at) / static_cast<double>(whole);
  const double value = stretch.from + (stretch.to - stretch.from) * share +
                       stretch.deviation * bridge(stretch.seed, at, whole);
  return Price::cents(std::max<std::int64_t>(std::llround(value * 100), 1));
}

}  // namespace

Price SnapshotWalk::spot_at(Instant at) const {
  const Calendar& calendar = store_->calendar();
  Date day = new_york_date(at);
  if (!calendar.is_session(day) || at < store_->stocks(day).open) {
    day = calendar.previous_session(day).value_or(day);
    return Price::from_dollars(store_->needed_close(day)).value();
  }
  const Session hours = store_->stocks(day);
  const Instant now = std::min(at, hours.close);
  const double vix = store_->vix_before(day).value_or(kPlainVix);
  const auto stretch = [&](Part part, double from, double to, Instant start, Instant end) {
    const bool whole_night = start == hours.open;
    const double a_day = from * vix / 100 * kRealisedShare / std::sqrt(kSessionsAYear);
    const auto name = static_cast<std::uint64_t>(day.time_since_epoch().count()) * 4 +
                      static_cast<std::uint64_t>(part);
    return level({.from = from,
                  .to = to,
                  .deviation = a_day / std::sqrt(static_cast<double>(kNight + kTradingDay)),
                  .night = whole_night ? kNight : 0,
                  .length = seconds_between(start, end),
                  .elapsed = seconds_between(start, now),
                  .seed = mix(seed_) ^ mix(name)});
  };
  const auto yesterday = [&] {
    return store_->needed_close(calendar.previous_session(day).value_or(day));
  };
  if (!store_->has(day)) {
    return stretch(Part::kSpotWholeDay, yesterday(), store_->needed_close(day), hours.open,
                   hours.close);
  }
  const Instant snapshot = store_->snapshot_at(day);
  const double seen = store_->day(day)->spot().dollars();
  if (now <= snapshot) {
    return stretch(Part::kSpotToSnapshot, yesterday(), seen, hours.open, snapshot);
  }
  return stretch(Part::kSpotToClose, seen, store_->needed_close(day), snapshot, hours.close);
}

std::optional<Price> SnapshotWalk::vix_at(Instant at) const {
  const Calendar& calendar = store_->calendar();
  const Date day = new_york_date(at);
  const auto before = store_->vix_before(day);
  if (!before) { return std::nullopt; }
  const auto today = store_->vix(day);
  if (!today || !calendar.is_session(day) || at < store_->options(day).open) {
    return Price::from_dollars(std::round(*before * 100) / 100).value();
  }
  const Session hours = store_->options(day);
  const auto name = static_cast<std::uint64_t>(day.time_since_epoch().count()) * 4 +
                    static_cast<std::uint64_t>(Part::kVix);
  return level(
      {.from = *before,
       .to = *today,
       .deviation = *before * kVixADay / std::sqrt(static_cast<double>(kNight + kTradingDay)),
       .night = kNight,
       .length = seconds_between(hours.open, hours.close),
       .elapsed = seconds_between(hours.open, std::min(at, hours.close)),
       .seed = mix(seed_) ^ mix(name)});
}

std::int64_t market_seconds(const Calendar& calendar, Instant from, Instant to) {
  std::int64_t sum = 0;
  for (const Date day : calendar.sessions(new_york_date(from), new_york_date(to))) {
    const Session hours = *calendar.session(day, SessionKind::kEquity);
    if (from < hours.open && hours.open <= to) { sum += kNight; }
    const Instant start = std::max(from, hours.open);
    const Instant end = std::min(to, hours.close);
    if (start < end) { sum += seconds_between(start, end); }
  }
  return sum;
}

}  // namespace v6
