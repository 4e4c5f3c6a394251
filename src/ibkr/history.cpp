#include "ibkr/history.hpp"

#include <algorithm>

#include "calendar/new_york.hpp"
#include "ibkr/wire_time.hpp"

namespace v6::ibkr {
namespace {

using std::chrono::seconds;

constexpr seconds kAnswerWithin{60};
constexpr seconds kPause{20};  // the same question within 15 s is refused
constexpr int kMostTries = 3;

}  // namespace

void History::restart() {
  for (auto& [place, series] : series_) {
    if (series.step == Step::kAsked) { series.step = Step::kNotAsked; }
  }
}

void History::pump() {
  const Date today = new_york_date(c_->now);
  if (done_ == today || discovery_->size() == 0) { return; }
  for (std::size_t place = 0; place < discovery_->size(); ++place) {
    if (discovery_->con_id(place) == 0) { return; }
  }
  bool finished = true;
  for (std::size_t place = 0; place < discovery_->size(); ++place) {
    Series& series = series_[place];
    if (series.step == Step::kNotAsked && c_->now >= series.not_before) {
      series.step = Step::kAsked;
      WireContract contract = wire_underlying(discovery_->symbol(place));
      contract.con_id = discovery_->con_id(place);
      c_->outbox.queue(Lane::kNormal,
                       ReqHistoricalData{.req_id = c_->ask(Ask::kHistory, place, kAnswerWithin),
                                         .contract = std::move(contract),
                                         .bar_size_setting = "1 day",
                                         .duration_str = through_ ? "1 M" : "2 Y",
                                         .use_rth = true,
                                         .what_to_show = "TRADES"});
    }
    finished = finished && (series.step == Step::kAnswered || series.step == Step::kGivenUp);
  }
  if (finished) {
    publish();
    done_ = today;
    series_.clear();
  }
}

void History::on(const HistoricalData& data) {
  const Wait* wait = c_->waits.find(data.req_id);
  if (wait == nullptr || wait->ask != Ask::kHistory) { return; }
  Series& series = series_[wait->subject];
  c_->waits.close(data.req_id);
  series.step = Step::kAnswered;
  for (const Bar& bar : data.bars) {
    const auto day = parse_wire_date(bar.date);
    if (day && bar.close > 0) { series.closes[*day] = bar.close; }
  }
}

void History::failed(const Wait& wait) {
  Series& series = series_[wait.subject];
  series.step = ++series.tries < kMostTries ? Step::kNotAsked : Step::kGivenUp;
  series.not_before = c_->in(kPause);
  if (series.step == Step::kGivenUp) {
    c_->notice(AlertLevel::kWarning, "the broker gives no daily history of {}",
               discovery_->symbol(wait.subject).text());
  }
}

void History::publish() {
  const Date today = new_york_date(c_->now);
  std::map<Date, std::vector<IndexLevel>> days;
  for (const auto& [place, series] : series_) {
    for (const auto& [day, close] : series.closes) {
      if (day < today && (!through_ || day > *through_)) {
        days[day].push_back({.index = discovery_->symbol(place), .level = close});
      }
    }
  }
  for (auto& [day, closes] : days) {
    c_->tell(DailyLevelsPublished{.date = day, .closes = std::move(closes)});
    through_ = day;
  }
}

std::optional<Instant> History::next() const {
  std::optional<Instant> first;
  for (const auto& [place, series] : series_) {
    if (series.step == Step::kNotAsked && series.not_before > c_->now) {
      first = std::min(first.value_or(series.not_before), series.not_before);
    }
  }
  return first;
}

}  // namespace v6::ibkr
