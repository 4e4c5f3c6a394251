#include "sim/replay_market.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <unordered_map>

#include "analytics/american.hpp"
#include "base/error.hpp"
#include "calendar/expiry.hpp"
#include "sim/minute_files.hpp"

namespace v6 {
namespace {

using namespace literals;
using std::chrono::floor;
using std::chrono::minutes;

constexpr TimeOfDay kMorning = std::chrono::hours{9} + minutes{20};
constexpr minutes kBeforeClose{15};

/// Classes whose minutes are recorded. None is in the table of what V6 trades.
const Instrument& recorded_class(Symbol symbol) {
  static const auto kClasses = [] {
    std::array<Instrument, 3> classes;
    const std::array symbols = {"GOOG"_sym, "TWX"_sym, "AAPL"_sym};
    for (std::size_t i = 0; i < symbols.size(); ++i) {
      classes[i] = {.underlying = symbols[i],
                    .root = symbols[i],
                    .exercise = ExerciseStyle::kAmerican,
                    .session = SessionKind::kEquity,
                    .cash_settled = false,
                    .tick = {Price::cents(1), Price::cents(5), Price::cents(1)}};
    }
    return classes;
  }();
  const auto found = std::ranges::find(kClasses, symbol, &Instrument::root);
  if (found == kClasses.end()) {
    fail_data("no recorded minutes of " + std::string{symbol.text()} +
              "; accepted: GOOG, TWX, AAPL");
  }
  return *found;
}

/// The last bar that was over by then.
template <class Bar>
const Bar* last_of(const std::vector<Bar>& bars, Instant at) {
  const auto after = std::ranges::upper_bound(bars, at, {}, &Bar::end);
  return after == bars.begin() ? nullptr : &*std::prev(after);
}

class ReplayMarket final : public SessionMarket {
 public:
  ReplayMarket(const SnapshotMarketSettings& settings, MarketHistory history)
      : history_{std::move(history)},
        calendar_{history_.calendar},
        files_{settings.chains, settings.underlying},
        instrument_{&recorded_class(settings.underlying)},
        frozen_{settings.frozen} {
    const auto hours = calendar_.session(files_.date(), SessionKind::kEquity);
    if (!hours) { fail_data(iso(files_.date()) + " is no trading session of the calendar"); }
    hours_ = *hours;
    now_ = settings.start.value_or(new_york_instant(files_.date(), kMorning));
    if (frozen_ && !settings.start) { now_ = hours_.close - kBeforeClose; }
    if (new_york_date(now_) != files_.date()) {
      fail_data("the minutes of " + std::string{settings.underlying.text()} + " are of " +
                iso(files_.date()) + ": start on that day");
    }
    const auto later = std::ranges::lower_bound(history_.yields, files_.date(), {},
                                                &std::pair<Date, YieldCurve>::first);
    if (later != history_.yields.begin()) { curve_ = std::prev(later)->second; }
    list_contracts(settings.underlying);
  }

  void advance(Instant now) override {
    if (!frozen_) { now_ = std::max(now_, now); }
  }
  Instant instant() const override { return now_; }
  const Calendar& calendar() const override { return calendar_; }
  const Listing& underlying() const override { return *stock_; }
  const Listing* find(ConId id) const override {
    const auto found = listings_.find(id);
    return found == listings_.end() ? nullptr : &found->second;
  }
  const std::vector<const Listing*>& listed() const override { return listed_; }

  bool is_open(const Listing&) const override { return hours_.open <= now_ && now_ < hours_.close; }
  std::optional<Instant> next_open(const Listing&) const override {
    return now_ < hours_.open ? std::optional{hours_.open} : std::nullopt;
  }

  MarketQuote quote(const Listing& listing) const override {
    const Instant at = std::min(now_, hours_.close);
    if (listing.is_option() && listing.expiry == files_.date() && now_ >= hours_.close) {
      return {};
    }
    Kept& kept = kept_[listing.con_id];
    const Instant minute = floor<minutes>(at);
    if (kept.minute != minute) { kept = {minute, made_quote(listing, minute)}; }
    return kept.quote;
  }

  Price spot() const override {
    return level_at(*stock_, now_).value_or(files_.stock().trades.front().close);
  }

  std::optional<Price> level_at(const Listing& listing, Instant at) const override {
    if (listing.is_option() || at > now_) { return std::nullopt; }
    const TradeBar* bar = last_of(files_.stock().trades, std::min(at, hours_.close));
    return bar ? std::optional{bar->close} : std::nullopt;
  }

  std::vector<DailyBar> daily_bars(const Listing& listing, Date from, Date to) const override {
    std::vector<DailyBar> bars;
    if (listing.is_option()) { return bars; }
    for (const auto& [day, close] : history_.closes) {
      if (day < from || day > to || day >= files_.date()) { continue; }
      bars.push_back({.date = day, .open = close, .high = close, .low = close, .close = close});
    }
    return bars;
  }

  std::optional<ModelValues> model_at(const Listing& option, double volatility,
                                      double underlying) const override {
    AmericanInputs inputs = inputs_of(option, now_, underlying);
    if (underlying <= 0 || inputs.years <= 0 || volatility < 0) { return std::nullopt; }
    inputs.volatility = volatility;
    return values_of(inputs);
  }
  std::optional<double> volatility_at(const Listing& option, double price,
                                      double underlying) const override {
    const AmericanInputs inputs = inputs_of(option, now_, underlying);
    if (underlying <= 0 || inputs.years <= 0) { return std::nullopt; }
    const auto found = american_implied_volatility(inputs, price, AmericanMethod::kFast);
    return found ? std::optional{*found} : std::nullopt;
  }

  Instant settles_at(const Listing& option) const override {
    return expiry_instant(option.expiry, SettlementTime::kPm, calendar_);
  }
  std::optional<Price> settlement(const Listing& option) const override {
    return settles_at(option) > now_ ? std::nullopt : std::optional{spot()};
  }
  std::optional<double> implied_volatility() const override { return std::nullopt; }
  std::optional<double> historical_volatility() const override { return std::nullopt; }
  Instant end() const override { return hours_.close; }

 private:
  struct Kept {
    Instant minute;
    MarketQuote quote;
  };

  const Listing* add(const Listing& listing) {
    return &listings_.emplace(listing.con_id, listing).first->second;
  }

  void list_contracts(Symbol symbol) {
    stock_ = add({.con_id = con_id_of(symbol), .kind = SecurityKind::kStock, .symbol = symbol});
    std::vector<const Listing*> options;
    for (const NamedOption& option : files_.options()) {
      options.push_back(
          add({.con_id = con_id_of(symbol, option.expiry, option.strike, option.right),
               .symbol = symbol,
               .instrument = instrument_,
               .expiry = option.expiry,
               .strike = option.strike,
               .right = option.right,
               .underlying = stock_->con_id,
               .last_trade_day = option.expiry}));
    }
    std::ranges::sort(options, {}, [](const Listing* option) {
      return std::tuple{option->expiry, option->strike, option->right};
    });
    listed_ = {stock_};
    listed_.insert(listed_.end(), options.begin(), options.end());
  }

  MarketQuote made_quote(const Listing& listing, Instant at) const {
    const MinuteSeries& series =
        listing.is_option() ? files_.series({listing.right, listing.strike, listing.expiry})
                            : files_.stock();
    MarketQuote quote{.open_interest = series.open_interest};
    if (const QuoteBar* bar = last_of(series.quotes, at)) {
      quote.bid = bar->bid;
      quote.ask = bar->ask;
      quote.bid_size = bar->bid_size;
      quote.ask_size = bar->ask_size;
    }
    for (const TradeBar& bar : series.trades) {
      if (bar.end > at) { break; }
      if (bar.end <= hours_.open) { continue; }
      quote.open = quote.open.value_or(bar.open);
      quote.high = std::max(quote.high.value_or(bar.high), bar.high);
      quote.low = std::min(quote.low.value_or(bar.low), bar.low);
      quote.last = bar.close;
      quote.last_size = static_cast<std::int32_t>(bar.volume);
      quote.last_at = bar.end;
      quote.volume += bar.volume;
    }
    if (listing.is_option()) { add_models(quote, listing, at); }
    return quote;
  }

  void add_models(MarketQuote& quote, const Listing& option, Instant at) const {
    if (quote.bid) { quote.bid_model = implied_at(option, at, quote.bid->dollars()); }
    if (quote.ask) { quote.ask_model = implied_at(option, at, quote.ask->dollars()); }
    if (quote.last) { quote.last_model = implied_at(option, at, quote.last->dollars()); }
    if (quote.two_sided()) {
      quote.model = implied_at(option, at, (quote.bid->dollars() + quote.ask->dollars()) / 2);
    }
  }

  /// American, without dividends: none is in the files.
  AmericanInputs inputs_of(const Listing& option, Instant at, double spot) const {
    const double years = year_fraction(at, settles_at(option));
    return {.right = option.right,
            .spot = spot,
            .strike = option.strike.dollars(),
            .years = years,
            .rate = curve_.rate_at(years)};
  }

  static ModelValues values_of(const AmericanInputs& inputs) {
    const AmericanValue value = american_value(inputs, AmericanMethod::kFast);
    return {.iv = inputs.volatility,
            .delta = value.greeks.delta,
            .gamma = value.greeks.gamma,
            .vega = value.greeks.vega,
            .theta = value.greeks.theta,
            .price = value.price,
            .underlying = inputs.spot};
  }

  std::optional<ModelValues> implied_at(const Listing& option, Instant at, double price) const {
    AmericanInputs inputs =
        inputs_of(option, at, level_at(*stock_, at).value_or(Price{}).dollars());
    if (inputs.spot <= 0 || inputs.years <= 0 || price <= 0) { return std::nullopt; }
    const auto iv = american_implied_volatility(inputs, price, AmericanMethod::kFast);
    if (!iv) { return std::nullopt; }
    inputs.volatility = *iv;
    return values_of(inputs);
  }

  MarketHistory history_;
  Calendar calendar_;
  MinuteFiles files_;
  const Instrument* instrument_;
  bool frozen_;
  Session hours_;
  Instant now_;
  YieldCurve curve_;
  std::unordered_map<ConId, Listing> listings_;
  const Listing* stock_ = nullptr;
  std::vector<const Listing*> listed_;
  mutable std::map<ConId, Kept> kept_;  // the models cost more than the rest: once a minute
};

}  // namespace

bool holds_minutes(const std::filesystem::path& folder) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry{folder, error}, end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().filename().string().ends_with("_quote_american.zip")) { return true; }
  }
  return false;
}

std::unique_ptr<SessionMarket> make_replay_market(const SnapshotMarketSettings& settings,
                                                  MarketHistory history) {
  return std::make_unique<ReplayMarket>(settings, std::move(history));
}

std::unique_ptr<SessionMarket> make_session_market(const SnapshotMarketSettings& settings,
                                                   MarketHistory history) {
  return holds_minutes(settings.chains) ? make_replay_market(settings, std::move(history))
                                        : make_snapshot_market(settings, std::move(history));
}

Instant session_start_of(const SnapshotMarketSettings& settings, const MarketHistory& history) {
  return holds_minutes(settings.chains) ? make_replay_market(settings, history)->now()
                                        : start_of(settings, history);
}

}  // namespace v6
