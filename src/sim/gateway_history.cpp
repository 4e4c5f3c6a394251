#include "sim/gateway_history.hpp"
#include "ibkr/wire_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace v6::gateway {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr std::size_t kMostBars = 5'000;
/// However short a span of days is, a client gets this many where they exist.
constexpr std::size_t kLeastDays = 5;

constexpr std::array kSizes = {
    std::pair{"1 secs", BarSize{1, 0}},      std::pair{"1 sec", BarSize{1, 0}},
    std::pair{"5 secs", BarSize{5, 0}},      std::pair{"10 secs", BarSize{10, 0}},
    std::pair{"15 secs", BarSize{15, 0}},    std::pair{"30 secs", BarSize{30, 0}},
    std::pair{"1 min", BarSize{60, 0}},      std::pair{"2 mins", BarSize{120, 0}},
    std::pair{"3 mins", BarSize{180, 0}},    std::pair{"5 mins", BarSize{300, 0}},
    std::pair{"10 mins", BarSize{600, 0}},   std::pair{"15 mins", BarSize{900, 0}},
    std::pair{"20 mins", BarSize{1200, 0}},  std::pair{"30 mins", BarSize{1800, 0}},
    std::pair{"1 hour", BarSize{3600, 0}},   std::pair{"2 hours", BarSize{7200, 0}},
    std::pair{"3 hours", BarSize{10800, 0}}, std::pair{"4 hours", BarSize{14400, 0}},
    std::pair{"8 hours", BarSize{28800, 0}}, std::pair{"1 day", BarSize{0, 1}},
    std::pair{"1D", BarSize{0, 1}},          std::pair{"1 week", BarSize{0, 7}},
    std::pair{"1W", BarSize{0, 7}},          std::pair{"1 month", BarSize{0, 30}},
    std::pair{"1M", BarSize{0, 30}}};

Date back_from(Date last, const BarSpan& span) {
  switch (span.unit) {
    case SpanUnit::kSeconds: return last - days{span.count / 86'400};
    // Sessions, not days: twice as many calendar days and a fortnight hold them.
    case SpanUnit::kDays: return last - days{span.count * 2 + 14};
    case SpanUnit::kWeeks: return last - std::chrono::weeks{span.count};
    case SpanUnit::kMonths: return last - days{span.count * 31};
    case SpanUnit::kYears: return last - days{span.count * 366};
  }
  return last;
}

/// The first day of the week or month that a day is in.
Date period_of(Date day, int size) {
  if (size == 7) { return day - (std::chrono::weekday{day} - std::chrono::Monday); }
  const std::chrono::year_month_day ymd{day};
  return Date{ymd.year() / ymd.month() / 1};
}

std::vector<DailyBar> by_period(const std::vector<DailyBar>& bars, int size) {
  if (size == 1) { return bars; }
  std::vector<DailyBar> periods;
  for (const DailyBar& bar : bars) {
    if (periods.empty() || period_of(periods.back().date, size) != period_of(bar.date, size)) {
      periods.push_back(bar);
      continue;
    }
    DailyBar& period = periods.back();
    period.date = bar.date;  // TWS calls it by its last day
    period.high = std::max(period.high, bar.high);
    period.low = std::min(period.low, bar.low);
    period.close = bar.close;
    period.volume += bar.volume;
  }
  return periods;
}

ibkr::Bar wire_bar(const DailyBar& bar) {
  return {.date = ibkr::wire_date(bar.date),
          .open = bar.open,
          .high = bar.high,
          .low = bar.low,
          .close = bar.close,
          .volume = ibkr::Size{static_cast<double>(bar.volume)},
          .wap = bar.close,
          .count = bar.count};
}

std::vector<ibkr::Bar> day_bars(const SessionMarket& market, const Listing& listing,
                                const BarSpan& span, int size, Date last) {
  const Date first = back_from(last, span);
  const Date reach = std::min(first, last - days{3 * static_cast<int>(kLeastDays)});
  std::vector<DailyBar> bars = market.daily_bars(listing, reach, last);
  const auto inside = static_cast<std::size_t>(
      std::ranges::count_if(bars, [&](const DailyBar& bar) { return bar.date >= first; }));
  const std::size_t asked = span.unit == SpanUnit::kDays
                                ? std::min(static_cast<std::size_t>(span.count), bars.size())
                                : inside;
  const std::size_t kept = std::min(std::max(asked, kLeastDays), bars.size());
  bars.erase(bars.begin(), bars.end() - static_cast<std::ptrdiff_t>(kept));
  std::vector<ibkr::Bar> shown;
  for (const DailyBar& bar : by_period(bars, size)) { shown.push_back(wire_bar(bar)); }
  return shown;
}

/// Bars of today's session up to `until`, newest last, from levels six times a bar.
std::vector<ibkr::Bar> intraday_bars(const SessionMarket& market, const Listing& listing,
                                     const BarSpan& span, seconds size, Instant until, int format) {
  const Date today = new_york_date(market.instant());
  const auto session = market.calendar().session(today, SessionKind::kEquity);
  std::vector<ibkr::Bar> bars;
  if (!session) { return bars; }
  const Instant end = std::min({until, session->close, market.instant()});
  constexpr int kSamples = 6;
  Instant first = session->open;
  if (span.unit == SpanUnit::kSeconds) {
    while (first + seconds{span.count} < end) { first += size; }
  }
  for (Instant from = first; from < end; from += size) {
    std::optional<ibkr::Bar> bar;
    for (int i = 0; i <= kSamples; ++i) {
      const Instant at = std::min<Instant>(from + Duration{size} * i / kSamples, end);
      const auto level = market.level_at(listing, at);
      if (!level) { continue; }
      const double value = level->dollars();
      if (!bar) {
        const auto start = std::chrono::floor<seconds>(from).time_since_epoch().count();
        bar = ibkr::Bar{.date = format == 2 ? fmt::format("{}", start) : ibkr::wire_time(from),
                        .open = value,
                        .high = value,
                        .low = value,
                        .close = value,
                        .volume = ibkr::Size{}};
      }
      bar->high = std::max(bar->high, value);
      bar->low = std::min(bar->low, value);
      bar->close = value;
      bar->wap = value;
    }
    if (bar) { bars.push_back(std::move(*bar)); }
    if (bars.size() > kMostBars) { bars.erase(bars.begin()); }
  }
  return bars;
}

}  // namespace

std::optional<BarSpan> parse_span(std::string_view text) {
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos || text.size() != blank + 2) { return std::nullopt; }
  BarSpan span;
  const char* const end = text.data() + blank;
  const auto [stop, error] = std::from_chars(text.data(), end, span.count);
  if (error != std::errc{} || stop != end || span.count < 1 || span.count > 100'000) {
    return std::nullopt;
  }
  switch (text.back()) {
    case 'S': span.unit = SpanUnit::kSeconds; break;
    case 'D': span.unit = SpanUnit::kDays; break;
    case 'W': span.unit = SpanUnit::kWeeks; break;
    case 'M': span.unit = SpanUnit::kMonths; break;
    case 'Y': span.unit = SpanUnit::kYears; break;
    default: return std::nullopt;
  }
  if (span.unit == SpanUnit::kYears && span.count > 100) { return std::nullopt; }
  return span;
}

std::optional<BarSize> parse_bar_size(std::string_view text) {
  const auto* const found = std::ranges::find(
      kSizes, text, [](const auto& entry) { return std::string_view{entry.first}; });
  return found == kSizes.end() ? std::nullopt : std::optional{found->second};
}

std::expected<ibkr::HistoricalData, std::string> history(const SessionMarket& market,
                                                         const Listing& listing,
                                                         const ibkr::ReqHistoricalData& request) {
  const auto span = parse_span(request.duration_str);
  const auto size = parse_bar_size(request.bar_size_setting);
  if (!span) { return std::unexpected{"invalid duration: " + request.duration_str}; }
  if (!size) { return std::unexpected{"invalid bar size: " + request.bar_size_setting}; }
  std::optional<Instant> end = market.instant();
  if (!request.end_date_time.empty()) { end = ibkr::parse_wire_time(request.end_date_time); }
  if (!end) { return std::unexpected{"invalid end date and time: " + request.end_date_time}; }
  constexpr std::array<std::string_view, 4> kKinds{"TRADES", "MIDPOINT", "BID", "ASK"};
  if (listing.is_option() || std::ranges::find(kKinds, request.what_to_show) == kKinds.end()) {
    return std::unexpected{"HMDS query returned no data: " + listing.local_symbol() + "@" +
                           request.contract.exchange + " " + request.what_to_show};
  }
  end = std::min(*end, market.instant());
  ibkr::HistoricalData data{.req_id = request.req_id};
  const Date last = new_york_date(*end);
  data.bars = size->days > 0 ? day_bars(market, listing, *span, size->days, last)
                             : intraday_bars(market, listing, *span, seconds{size->seconds}, *end,
                                             request.format_date);
  if (data.bars.empty()) {
    return std::unexpected{"HMDS query returned no data: " + listing.local_symbol()};
  }
  const auto first = ibkr::parse_wire_date(data.bars.front().date.substr(0, 8));
  data.start_date =
      ibkr::wire_time_without_zone(first && size->days > 0 ? new_york_instant(*first, TimeOfDay{0})
                                                           : new_york_instant(last, TimeOfDay{0}));
  data.end_date = ibkr::wire_time_without_zone(*end);
  return data;
}

std::optional<ibkr::Bar> growing_bar(const SessionMarket& market, const Listing& listing) {
  const MarketQuote quote = market.quote(listing);
  if (!quote.last) { return std::nullopt; }
  const double last = quote.last->dollars();
  const auto or_last = [&](std::optional<Price> price) { return price ? price->dollars() : last; };
  return ibkr::Bar{.date = ibkr::wire_date(new_york_date(market.instant())),
                   .open = or_last(quote.open),
                   .high = or_last(quote.high),
                   .low = or_last(quote.low),
                   .close = last,
                   .volume = ibkr::Size{static_cast<double>(quote.volume)},
                   .wap = last};
}

}  // namespace v6::gateway
