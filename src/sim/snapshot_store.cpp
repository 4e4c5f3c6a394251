#include "sim/snapshot_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/check.hpp"
#include "base/error.hpp"

namespace v6 {
namespace {

constexpr std::chrono::minutes kBeforeClose{15};
/// Yesterday's, today's, and one more for questions about the past.
constexpr std::size_t kDaysKept = 4;

using Series = std::vector<std::pair<Date, double>>;

std::optional<double> value_on(const Series& series, Date date) {
  const auto place = std::ranges::lower_bound(series, date, {}, &std::pair<Date, double>::first);
  if (place == series.end() || place->first != date) { return std::nullopt; }
  return place->second;
}

}  // namespace

SnapshotStore::SnapshotStore(const SnapshotMarketSettings& settings, MarketHistory history)
    : underlying_{settings.underlying}, history_{std::move(history)}, calendar_{history_.calendar} {
  const Date earliest{std::chrono::days{0}};
  const Date latest = date(2999, 12, 31);
  for (ChainFile& file :
       list_chain_files(settings.chains, underlying_, earliest, latest, calendar_)) {
    files_.emplace(file.date, std::move(file));
  }
}

std::optional<Date> SnapshotStore::before(Date date) const {
  const auto after = files_.lower_bound(date);
  return after == files_.begin() ? std::nullopt : std::optional{std::prev(after)->first};
}

std::optional<Date> SnapshotStore::from(Date date) const {
  const auto found = files_.lower_bound(date);
  return found == files_.end() ? std::nullopt : std::optional{found->first};
}

std::shared_ptr<const SnapshotDay> SnapshotStore::day(Date date) const {
  const auto known = days_.find(date);
  if (known != days_.end()) { return known->second; }
  // The farthest from what is asked for goes: one walks through days in order.
  if (days_.size() >= kDaysKept) {
    const bool first_is_farther =
        days_between(days_.begin()->first, date) > days_between(date, days_.rbegin()->first);
    days_.erase(first_is_farther ? days_.begin() : std::prev(days_.end()));
  }
  const auto& yields = history_.yields;
  const auto later =
      std::ranges::lower_bound(yields, date, {}, &std::pair<Date, YieldCurve>::first);
  const YieldCurve curve = later == yields.begin() ? YieldCurve{} : std::prev(later)->second;
  auto day = std::make_shared<const SnapshotDay>(parse_chain_file(files_.at(date), underlying_),
                                                 snapshot_at(date), curve, calendar_);
  return days_.emplace(date, std::move(day)).first->second;
}

Session SnapshotStore::stocks(Date session) const {
  const auto hours = calendar_.session(session, SessionKind::kEquity);
  V6_CHECK(hours, "a session");
  return *hours;
}

Session SnapshotStore::options(Date session) const {
  const auto hours = calendar_.session(session, SessionKind::kIndexOption);
  V6_CHECK(hours, "a session");
  return *hours;
}

Instant SnapshotStore::snapshot_at(Date session) const {
  return stocks(session).close - kBeforeClose;
}

std::optional<double> SnapshotStore::close(Date date) const {
  return value_on(history_.closes, date);
}

double SnapshotStore::needed_close(Date date) const {
  if (const auto value = close(date)) { return *value; }
  const Series& series = history_.closes;
  fail_data(fmt::format("reference: no official close of {} for {}; the series covers {} to {}",
                        underlying_.text(), iso(date),
                        series.empty() ? "nothing" : iso(series.front().first),
                        series.empty() ? "nothing" : iso(series.back().first)));
}

std::optional<double> SnapshotStore::vix(Date date) const { return value_on(history_.vix, date); }

std::optional<double> SnapshotStore::vix_before(Date date) const {
  const Series& series = history_.vix;
  const auto place = std::ranges::lower_bound(series, date, {}, &std::pair<Date, double>::first);
  return place == series.begin() ? std::nullopt : std::optional{std::prev(place)->second};
}

}  // namespace v6
