#include "runtime/backtest.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <future>
#include <memory>
#include <optional>
#include <ranges>
#include <set>

#include "base/error.hpp"
#include "calendar/expiry.hpp"
#include "model/position_text.hpp"
#include "runtime/digest.hpp"
#include "runtime/journal.hpp"
#include "runtime/lane.hpp"
#include "runtime/recorder.hpp"
#include "sim/chain_files.hpp"

namespace v6 {
namespace {

using namespace literals;
using Clock = std::chrono::steady_clock;

/// Enough for a 252-session percentile, its 20-session mean, and a realised year.
constexpr std::size_t kHistorySessions = 300;
constexpr std::chrono::minutes kBeforeClose{15};
/// Yields skip holidays; older than this they are no longer today's rates.

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double peak_rss_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

/// Daily values of one series by date, and what to say when one is missing.
class Levels {
 public:
  explicit Levels(const DailySeries& series) : series_{&series} {}

  [[nodiscard]] std::optional<double> find(Date date) const {
    const auto place = std::ranges::lower_bound(series_->values, date, {},
                                                [](const auto& entry) { return entry.first; });
    if (place == series_->values.end() || place->first != date) { return std::nullopt; }
    return place->second;
  }
  [[nodiscard]] double need(Date date) const {
    if (const auto level = find(date)) { return *level; }
    const auto& values = series_->values;
    fail_data(fmt::format(
        "reference: {} has no value for {}; it covers {} to {}; choose dates inside, or give newer "
        "data with --reference",
        series_->name, iso(date), values.empty() ? "nothing" : iso(values.front().first),
        values.empty() ? "nothing" : iso(values.back().first)));
  }

 private:
  const DailySeries* series_;
};

/// The official close that settles and rates this underlying.
const DailySeries& closes_of(const Reference& reference, Symbol underlying) {
  const auto found = reference.closes.find(underlying);
  if (found != reference.closes.end()) { return found->second; }
  fail_data(
      fmt::format("reference: no daily closes of {}; put them into closes/{}.csv (date,close) "
                  "of the reference folder",
                  underlying.text(), underlying.text()));
}

DailyLevelsPublished levels_of(const Reference& reference, Symbol underlying, Date date,
                               double close) {
  DailyLevelsPublished levels{.date = date, .closes = {{underlying, close}}};
  if (const auto vix = Levels{reference.vix}.find(date)) {
    levels.closes.push_back({"VIX"_sym, *vix});
  }
  const auto row = std::ranges::lower_bound(reference.yields, date, {}, &YieldRow::date);
  if (row != reference.yields.end() && row->date == date) {
    levels.treasury_yields.assign(row->percent.begin(), row->percent.end());
  }
  return levels;
}

bool is_empty(const YieldRow& row) {
  return std::ranges::none_of(row.percent, [](const auto& value) { return value.has_value(); });
}

/// A decision knows VIX and yields of the session before: older ones must not stand in for them.
void check_coverage(const Reference& reference, const Calendar& calendar, Date from, Date to) {
  const Levels vix{reference.vix};
  const auto& yields = reference.yields;
  for (const Date date : calendar.sessions(from, to)) {
    const auto before = calendar.previous_session(date);
    if (!before) { continue; }
    static_cast<void>(vix.need(*before));
    auto after = std::ranges::upper_bound(yields, *before, {}, &YieldRow::date);
    while (after != yields.begin() && is_empty(*std::prev(after))) { --after; }
    if (after == yields.begin() || std::prev(after)->date < *before - kYieldsAge) {
      fail_data(fmt::format(
          "reference: treasury yields have no value within {} days up to {}; they cover {} to {}; "
          "choose dates inside, or give newer data with --reference",
          kYieldsAge.count(), iso(*before), yields.empty() ? "nothing" : iso(yields.front().date),
          yields.empty() ? "nothing" : iso(yields.back().date)));
    }
  }
}

Setup setup_for(const BacktestRequest& request, FillModel model) {
  Setup setup{.settings = request.settings,
              .roots = {{request.underlying, request.root}},
              .end_of_day = true,
              .fill_model = model,
              .cash = request.cash};
  // A backtest trades with nobody: neither the file's mode nor its list of underlyings is about it.
  setup.settings.mode = request.scenario.mode;
  setup.settings.underlyings = {request.underlying};
  return setup;
}

Date date_in(const std::string& text, std::string_view key) {
  if (const auto date = parse_date(text)) { return *date; }
  fail_configuration(fmt::format("{} = \"{}\": accepted is a date as 2019-05-01", key, text));
}

/// "-1 SPXW 2019-06-21 2750 P".
ContractPosition leg_in(const std::string& text) {
  const auto leg = parse_position(text);
  if (leg) { return *leg; }
  fail_configuration(fmt::format("backtest.adopt.legs \"{}\": {}", text, leg.error().text()));
}

/// The scenario of a run, read once.
struct Scenario {
  std::multimap<Date, StructureAdopted> adoptions;
  std::map<Date, PriceScale> scales;
  std::multimap<Date, OperatorWord> words;
  std::set<Date> delayed;

  explicit Scenario(const BacktestSettings& settings) {
    for (const Adoption& adoption : settings.adopt) {
      StructureAdopted adopted{.quantity = Contracts{adoption.quantity}};
      for (const std::string& leg : adoption.legs) { adopted.legs.push_back(leg_in(leg)); }
      if (adopted.legs.empty() || adopted.legs.size() > 4) {
        fail_configuration("backtest.adopt.legs: accepted are one to four legs");
      }
      adoptions.emplace(date_in(adoption.date, "backtest.adopt.date"), std::move(adopted));
    }
    for (const PriceScale& scale : settings.scale) {
      scales[date_in(scale.from, "backtest.scale.from")] = scale;
    }
    for (const std::string& date : settings.halt) {
      words.emplace(date_in(date, "backtest.halt"), OperatorWord::kHalt);
    }
    for (const std::string& date : settings.resume) {
      words.emplace(date_in(date, "backtest.resume"), OperatorWord::kResume);
    }
    for (const std::string& date : settings.delayed) {
      delayed.insert(date_in(date, "backtest.delayed"));
    }
  }

  [[nodiscard]] PriceScale scale_on(Date date) const {
    const auto after = scales.upper_bound(date);
    return after == scales.begin() ? PriceScale{} : std::prev(after)->second;
  }

  /// The day's prices as the scenario wants them.
  void apply(Date date, DayOfQuotes& day) const {
    const PriceScale scale = scale_on(date);
    if (scale.spot == 1 && scale.quotes == 1) { return; }
    const auto scaled = [](std::int64_t ten_thousandths, double factor) {
      return std::llround(static_cast<double>(ten_thousandths) * factor / 100.0) * 100;
    };
    day.spot = Price::from_raw(scaled(day.spot.raw(), scale.spot));
    if (scale.quotes == 1) { return; }
    Chain chain = *day.chain;
    for (std::size_t row = 0; row < chain.size(); ++row) {
      chain.bid[row] = static_cast<std::int32_t>(scaled(chain.bid[row], scale.quotes));
      chain.ask[row] = static_cast<std::int32_t>(scaled(chain.ask[row], scale.quotes));
    }
    day.chain = std::make_shared<const Chain>(std::move(chain));
  }
};

/// Parses one file ahead on a second thread.
class DayReader {
 public:
  DayReader(std::vector<ChainFile> files, Symbol underlying)
      : files_{std::move(files)}, underlying_{underlying} {
    start();
  }

  /// The day's quotes if there is a file of that date; call with dates ascending.
  std::optional<DayOfQuotes> take(Date date) {
    if (next_ >= files_.size() || files_[next_].date != date) { return std::nullopt; }
    const Clock::time_point waiting = Clock::now();
    ParsedDay parsed = ahead_.get();
    const ChainFile& file = files_[next_++];
    start();
    DayOfQuotes day = intern_day(std::move(parsed), index_);
    if (previous_) { refuse_stale_copy(file, *day.chain, *previous_file_, *previous_); }
    previous_ = day.chain;
    previous_file_ = file;
    load_seconds_ += seconds_since(waiting);
    return day;
  }
  [[nodiscard]] double load_seconds() const { return load_seconds_; }

 private:
  void start() {
    if (next_ >= files_.size()) { return; }
    ahead_ = std::async(std::launch::async, parse_chain_file, files_[next_], underlying_);
  }

  std::vector<ChainFile> files_;
  Symbol underlying_;
  std::size_t next_ = 0;
  std::future<ParsedDay> ahead_;
  ContractIndex index_;
  std::shared_ptr<const Chain> previous_;
  std::optional<ChainFile> previous_file_;
  double load_seconds_ = 0;
};

/// The lanes of all fill models, fed alike.
class Lanes {
 public:
  Lanes(const BacktestRequest& request, const Calendar& calendar, Recorder& recorder) {
    for (const FillModel model : {FillModel::kNatural, FillModel::kWalk, FillModel::kMid}) {
      auto given = std::make_shared<const Given>(
          Given{.setup = setup_for(request, model), .calendar = calendar});
      lanes_.emplace(model, std::make_unique<Lane>(std::move(given), request.seed,
                                                   model == request.fill ? &recorder : nullptr));
    }
  }
  void feed(Instant at, const EventBody& body) {
    for (auto& [model, lane] : lanes_) { lane->feed(at, body); }
  }
  void show(Instant at, const DayOfQuotes& day, QuoteKind kind) {
    for (auto& [model, lane] : lanes_) { lane->show(at, day.spot, day.chain, kind); }
  }
  void checkpoint(Instant at) {
    for (auto& [model, lane] : lanes_) { lane->checkpoint(at); }
  }
  [[nodiscard]] const Lane& lane(FillModel model) const { return *lanes_.at(model); }

 private:
  std::map<FillModel, std::unique_ptr<Lane>> lanes_;
};

void feed_snapshot(Lanes& lanes, const Scenario& scenario, const BacktestRequest& request,
                   Date date, Instant at, DayOfQuotes day) {
  if (day.new_contracts.contracts.size() > 0) { lanes.feed(at, day.new_contracts); }
  scenario.apply(date, day);
  const QuoteKind kind =
      scenario.delayed.contains(date) ? QuoteKind::kDelayed : QuoteKind::kEndOfDay;
  lanes.show(at, day, kind);
  const auto [first, last] = scenario.adoptions.equal_range(date);
  for (auto adoption = first; adoption != last; ++adoption) { lanes.feed(at, adoption->second); }
  const auto [word, last_word] = scenario.words.equal_range(date);
  for (auto spoken = word; spoken != last_word; ++spoken) {
    lanes.feed(at, OperatorSpoke{.word = spoken->second, .reason = "scenario"});
  }
  lanes.feed(at, ChainSnapshotTaken{.underlying = request.underlying,
                                    .spot = day.spot,
                                    .kind = kind,
                                    .chain = day.chain,
                                    .refused = day.refused});
  lanes.feed(at, SnapshotEnded{.underlying = request.underlying});
}

/// What series settle at.
struct SettlementLevels {
  /// An AM series settles on an opening print that is not at hand: its structures are closed the
  /// session before; should one remain, the last official close stands in.
  double am = 0;
  double pm = 0;

  [[nodiscard]] Price of(const Instrument& instrument) const {
    return Price::from_dollars(instrument.settlement == SettlementTime::kPm ? pm : am).value();
  }
};

void settle(Lanes& lanes, Symbol underlying, Instant at, Date expiry,
            const SettlementLevels& levels) {
  for (const Instrument& instrument : instrument_table()) {
    if (instrument.underlying != underlying) { continue; }
    lanes.feed(at, SeriesSettled{
                       .root = instrument.root, .expiry = expiry, .level = levels.of(instrument)});
  }
}

}  // namespace

void check_request(const BacktestRequest& request, const Reference& reference) {
  const Calendar calendar{reference.calendar};
  if (request.from > request.to) {
    fail_usage(
        fmt::format("--from {} lies after --to {}: swap them", iso(request.from), iso(request.to)));
  }
  const Instrument* instrument = find_instrument(request.root);
  if (instrument == nullptr || instrument->underlying != request.underlying) {
    std::string known;
    for (const Instrument& entry : instrument_table()) {
      known += fmt::format("{}{} on {}", known.empty() ? "" : ", ", entry.root.text(),
                           entry.underlying.text());
    }
    fail_usage(fmt::format("--underlying {} --root {}: no such instrument; known are {}",
                           request.underlying.text(), request.root.text(), known));
  }
  for (const Date date : {request.from, request.to}) {
    if (!calendar.covers(date)) {
      fail_data(fmt::format("reference: the calendar does not cover {}; it reaches to {}",
                            iso(date), iso(calendar.horizon().sessions.last)));
    }
  }
  need_dividends(reference, *instrument);
  check_coverage(reference, calendar, request.from, request.to);
}

RunResult run_backtest(const BacktestRequest& request, const Reference& reference,
                       const Progress& progress) {
  const Clock::time_point started = Clock::now();
  const Calendar calendar{with_user_events(reference.calendar, request.settings.blackout.events)};
  check_request(request, reference);
  const Scenario scenario{request.scenario};
  const Levels closes{closes_of(reference, request.underlying)};
  DayReader reader{
      list_chain_files(request.chains, request.underlying, request.from, request.to, calendar),
      request.underlying};

  RunResult result{.underlying = request.underlying,
                   .root = request.root,
                   .from = request.from,
                   .to = request.to,
                   .fill = request.fill,
                   .seed = request.seed,
                   .cash = request.cash,
                   .limits = request.settings.risk,
                   .config = request.config};
  Journal journal =
      Journal::create(request.journal, header_of({.setup = setup_for(request, request.fill),
                                                  .seed = request.seed,
                                                  .configuration = as_toml(request.config)},
                                                 calendar.data(), request.command_line));
  Recorder recorder{journal};
  Lanes lanes{request, calendar, recorder};

  // The past: official values of the sessions before the first one, each as of its own close.
  std::vector<Date> before;
  for (auto day = calendar.previous_session(request.from); day && before.size() < kHistorySessions;
       day = calendar.previous_session(*day)) {
    if (!closes.find(*day)) { break; }
    before.push_back(*day);
  }
  for (const Date day : std::views::reverse(before)) {
    lanes.feed(calendar.session(day, SessionKind::kEquity)->close,
               levels_of(reference, request.underlying, day, closes.need(day)));
  }

  result.sessions = calendar.sessions(request.from, request.to);
  std::size_t done = 0;
  std::optional<double> last_close;
  for (const Date date : result.sessions) {
    const Session session = *calendar.session(date, SessionKind::kEquity);
    const double close = closes.need(date) * scenario.scale_on(date).spot;
    lanes.checkpoint(session.open);
    lanes.feed(session.open, SessionStarted{.date = date});
    if (reference.dividends.contains(request.underlying)) {
      lanes.feed(session.open, dividends_known(reference, request.underlying, date, calendar));
    }
    if (auto day = reader.take(date)) {
      result.quotes_read += day->rows;
      for (const RefusedQuotes& refused : day->refused) {
        result.quotes_refused[refused.reason] += refused.count;
      }
      std::ranges::copy(day->warnings, std::back_inserter(result.warnings));
      feed_snapshot(lanes, scenario, request, date, session.close - kBeforeClose, std::move(*day));
    } else {
      result.missing.push_back(date);
    }
    const SettlementLevels levels{.am = last_close.value_or(close), .pm = close};
    settle(lanes, request.underlying, session.close, date, levels);
    result.settlements.emplace(date, levels.of(*find_instrument(request.root)));
    lanes.feed(session.close, levels_of(reference, request.underlying, date, close));
    last_close = close;
    journal.commit();
    if (progress) { progress(++done, result.sessions.size()); }
  }
  const Instant end = calendar.session(result.sessions.back(), SessionKind::kEquity)->close;
  lanes.feed(end, RunEnded{});
  result.journal_digest = journal.close();
  result.decisions_digest = decisions_digest(lanes.lane(request.fill).record().decisions);

  for (const FillModel model : {FillModel::kNatural, FillModel::kWalk, FillModel::kMid}) {
    result.runs[model] = lanes.lane(model).record();
  }
  result.master = lanes.lane(request.fill).state().master;
  result.events = lanes.lane(request.fill).events();
  const double total = seconds_since(started);
  result.timing = {.load_s = reader.load_seconds(),
                   .run_s = total - reader.load_seconds(),
                   .quotes_per_s = static_cast<double>(result.quotes_read) / total,
                   .peak_rss_mib = peak_rss_mib()};
  return result;
}

}  // namespace v6
