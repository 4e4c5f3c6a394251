#include "sim/snapshot_market.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <unordered_map>

#include "analytics/scalar_math.hpp"
#include "base/check.hpp"
#include "base/error.hpp"
#include "calendar/expiry.hpp"
#include "sim/snapshot_quotes.hpp"
#include "sim/snapshot_store.hpp"
#include "sim/snapshot_walk.hpp"

namespace v6 {
namespace {

using namespace literals;

constexpr TimeOfDay kMorning = std::chrono::hours{9} + std::chrono::minutes{20};
constexpr std::size_t kVolatilityDays = 30;
constexpr double kSessionsAYear = 252;
constexpr Price kStockHalfWidth = Price::cents(1);
constexpr std::int32_t kStockSize = 500;

Instant first_instant(const SnapshotMarketSettings& settings, const SnapshotStore& store) {
  const Date day = settings.start ? new_york_date(*settings.start) : store.first_day();
  if (day < store.first_day() || day > store.last_day()) {
    fail_data("no chain to start on " + iso(day) + ": the folder holds " + iso(store.first_day()) +
              " to " + iso(store.last_day()));
  }
  if (!settings.frozen) { return settings.start.value_or(new_york_instant(day, kMorning)); }
  if (!store.has(day)) {
    fail_data("a frozen market needs a chain of its day: there is none of " + iso(day));
  }
  return store.snapshot_at(day);
}

class SnapshotMarket final : public SessionMarket {
 public:
  SnapshotMarket(const SnapshotMarketSettings& settings, MarketHistory history)
      : store_{settings, std::move(history)},
        walk_{store_, settings.seed},
        quotes_{store_, walk_, settings.seed},
        frozen_{settings.frozen},
        start_{first_instant(settings, store_)} {
    underlying_ =
        add({.con_id = con_id_of(settings.underlying),
             .kind = find_instrument(settings.underlying)->cash_settled ? SecurityKind::kIndex
                                                                        : SecurityKind::kStock,
             .symbol = settings.underlying});
    if (!store_.history().vix.empty()) {
      vix_ =
          add({.con_id = con_id_of("VIX"_sym), .kind = SecurityKind::kIndex, .symbol = "VIX"_sym});
    }
    check_closes();
    come_to(start_);
  }

  void advance(Instant now) override {
    if (!frozen_ && now > now_) { come_to(now); }
  }
  Instant instant() const override { return now_; }
  const Calendar& calendar() const override { return store_.calendar(); }
  const Listing& underlying() const override { return *underlying_; }
  const Listing* find(ConId id) const override {
    const auto found = listings_.find(id);
    return found == listings_.end() ? nullptr : &found->second;
  }
  const Listing* know(const Contract& contract) override {
    const Instrument* instrument = find_instrument(contract.root);
    const bool ours = instrument && instrument->underlying == underlying_->symbol;
    return ours ? option_of(contract) : nullptr;
  }
  const std::vector<const Listing*>& listed() const override { return listed_; }

  bool is_open(const Listing& listing) const override {
    const auto hours = hours_on(listing, new_york_date(now_));
    return hours && hours->open <= now_ && now_ < hours->close && now_ <= end();
  }

  std::optional<Instant> next_open(const Listing& listing) const override {
    if (listing.is_option() && new_york_date(now_) > listing.last_trade_day) {
      return std::nullopt;
    }
    std::optional<Date> day = new_york_date(now_);
    while (day) {
      const auto hours = hours_on(listing, *day);
      if (hours && hours->open > now_) { return hours->open; }
      if (listing.is_option() && *day >= listing.last_trade_day) { return std::nullopt; }
      day = calendar().next_session(*day);
    }
    return std::nullopt;
  }

  MarketQuote quote(const Listing& listing) const override {
    if (!listing.is_option()) { return index_quote(listing); }
    const Date today = new_york_date(now_);
    if (today > listing.last_trade_day) { return {}; }
    const auto hours = hours_on(listing, today);
    if (today == listing.last_trade_day && hours && now_ >= hours->close) { return {}; }
    return quotes_.at(listing, quoting_time());
  }

  Price spot() const override { return walk_.spot_at(std::min(now_, end())); }

  std::optional<Price> level_at(const Listing& listing, Instant at) const override {
    if (at > now_ || listing.is_option()) { return std::nullopt; }
    if (&listing == vix_) { return walk_.vix_at(std::min(at, end())); }
    return walk_.spot_at(std::min(at, end()));
  }

  std::vector<DailyBar> daily_bars(const Listing& listing, Date from, Date to) const override {
    std::vector<DailyBar> bars;
    if (listing.is_option()) { return bars; }
    const auto& series = &listing == vix_ ? store_.history().vix : store_.history().closes;
    auto place = std::ranges::lower_bound(series, from, {}, &std::pair<Date, double>::first);
    for (; place != series.end() && place->first <= to; ++place) {
      const auto hours = calendar().session(place->first, SessionKind::kIndexOption);
      if (!hours || hours->close > now_) { continue; }
      const double close = place->second;
      bars.push_back(
          {.date = place->first, .open = close, .high = close, .low = close, .close = close});
    }
    return bars;
  }

  std::optional<ModelValues> model_at(const Listing& option, double volatility,
                                      double underlying) const override {
    auto inputs = quotes_.model(option, quoting_time(), underlying);
    if (!inputs || volatility < 0 || underlying <= 0) { return std::nullopt; }
    inputs->volatility = volatility;
    const Greeks greeks = black_greeks(*inputs, underlying);
    return ModelValues{.iv = volatility,
                       .delta = greeks.delta,
                       .gamma = greeks.gamma,
                       .vega = greeks.vega,
                       .theta = greeks.theta,
                       .price = black_price(*inputs),
                       .underlying = underlying};
  }

  std::optional<double> volatility_at(const Listing& option, double price,
                                      double underlying) const override {
    const auto inputs = quotes_.model(option, quoting_time(), underlying);
    if (!inputs || underlying <= 0) { return std::nullopt; }
    const auto found = v6::implied_volatility(inputs->right, price, inputs->forward, inputs->strike,
                                              inputs->years, inputs->discount);
    return found ? std::optional{*found} : std::nullopt;
  }

  Instant settles_at(const Listing& option) const override {
    return expiry_instant(option.expiry, option.instrument->settlement, calendar());
  }

  /// PM series on the official close; AM series on the walk's opening level, since no opening print
  /// is in the data.
  std::optional<Price> settlement(const Listing& option) const override {
    const Instant at = settles_at(option);
    if (at > now_) { return std::nullopt; }
    return walk_.spot_at(std::min(at, end()));
  }

  std::optional<double> implied_volatility() const override {
    const auto level = vix_ ? walk_.vix_at(std::min(now_, end())) : std::nullopt;
    if (!level) { return std::nullopt; }
    return level->dollars() / 100;
  }

  std::optional<double> historical_volatility() const override {
    const auto bars = daily_bars(*underlying_, Date{}, new_york_date(now_));
    if (bars.size() <= kVolatilityDays) { return std::nullopt; }
    double squares = 0;
    for (std::size_t i = bars.size() - kVolatilityDays; i < bars.size(); ++i) {
      const double move = exact::log(bars[i].close / bars[i - 1].close);
      squares += move * move;
    }
    return std::sqrt(squares / static_cast<double>(kVolatilityDays) * kSessionsAYear);
  }

  Instant end() const override { return store_.options(store_.last_day()).close; }

 private:
  const Listing* add(const Listing& listing) {
    return &listings_.emplace(listing.con_id, listing).first->second;
  }

  void come_to(Instant now) {
    now_ = now;
    const Date day = new_york_date(now);
    if (day == listed_day_) { return; }
    listed_day_ = day;
    list_contracts();
  }

  /// Today's contracts: those of the last chain and of today's or the next.
  void list_contracts() {
    listed_ = {underlying_};
    if (vix_) { listed_.push_back(vix_); }
    std::vector<const Listing*> options;
    for (const auto day : {store_.before(listed_day_), store_.from(listed_day_)}) {
      if (!day) { continue; }
      for (const ContractKey key : store_.day(*day)->contracts()) {
        const Listing* option = option_of(key.contract());
        if (option->last_trade_day >= listed_day_) { options.push_back(option); }
      }
    }
    const auto place = [](const Listing* option) {
      return std::tuple{option->trading_class(), option->expiry, option->strike, option->right};
    };
    std::ranges::sort(options, {}, place);
    const auto twins = std::ranges::unique(options);
    options.erase(twins.begin(), twins.end());
    listed_.insert(listed_.end(), options.begin(), options.end());
  }

  const Listing* option_of(const Contract& contract) {
    const ConId id = con_id_of(contract.root, contract.expiry, contract.strike, contract.right);
    if (const Listing* known = find(id)) { return known; }
    const Instrument& instrument = *find_instrument(contract.root);
    const bool morning = instrument.settlement == SettlementTime::kAm;
    return add({.con_id = id,
                .kind = SecurityKind::kOption,
                .symbol = underlying_->symbol,
                .instrument = &instrument,
                .expiry = contract.expiry,
                .strike = contract.strike,
                .right = contract.right,
                .underlying = underlying_->con_id,
                .last_trade_day =
                    morning ? calendar().previous_session(contract.expiry).value_or(contract.expiry)
                            : contract.expiry});
  }

  /// A level that the walk will need and nobody knows is found here, not in the middle of a week.
  void check_closes() const {
    const auto before = calendar().previous_session(new_york_date(start_));
    const Date first = before.value_or(store_.first_day());
    for (const Date day : calendar().sessions(first, store_.last_day())) {
      static_cast<void>(store_.needed_close(day));
    }
  }

  std::optional<Session> hours_on(const Listing& listing, Date day) const {
    if (!listing.is_option()) {
      return calendar().session(
          day, &listing == vix_ ? SessionKind::kIndexOption : SessionKind::kEquity);
    }
    if (day > listing.last_trade_day) { return std::nullopt; }
    const bool evening = listing.instrument->settlement == SettlementTime::kPm;
    if (day == listing.expiry && evening && listing.instrument->cash_settled) {
      return calendar().last_session_of_pm_series(day);
    }
    return calendar().session(day, listing.instrument->session);
  }

  /// Now, or the last moment at which options traded.
  Instant quoting_time() const {
    const Instant at = std::min(now_, end());
    const Date day = new_york_date(at);
    const auto hours = calendar().session(day, SessionKind::kIndexOption);
    if (hours && hours->open <= at) { return std::min(at, hours->close); }
    const auto before = calendar().previous_session(day);
    return before ? store_.options(*before).close : at;
  }

  MarketQuote index_quote(const Listing& index) const {
    MarketQuote quote;
    const auto level = level_at(index, now_);
    if (!level) { return quote; }
    quote.last = level;
    quote.last_at = std::min(now_, end());
    const Date today = new_york_date(now_);
    const auto hours = hours_on(index, today);
    const bool opened = hours && hours->open <= now_;
    const auto before = calendar().previous_session(today);
    if (before) {
      const auto known = &index == vix_ ? store_.vix(*before) : store_.close(*before);
      if (known) { quote.close = Price::from_dollars(std::round(*known * 100) / 100).value(); }
    }
    if (opened) { add_range(quote, index, *hours); }
    if (index.kind == SecurityKind::kStock) {
      quote.bid = *level - kStockHalfWidth;
      quote.ask = *level + kStockHalfWidth;
      quote.bid_size = quote.ask_size = kStockSize;
    }
    return quote;
  }

  /// The day's range so far, seen once a minute.
  struct Range {
    Instant until;  // the next minute to look at
    Instant open;
    std::optional<Price> high;
    std::optional<Price> low;
  };

  void add_range(MarketQuote& quote, const Listing& index, const Session& hours) const {
    Range& range = ranges_[index.con_id];
    if (range.open != hours.open) { range = {.until = hours.open, .open = hours.open}; }
    for (; range.until <= std::min(now_, hours.close); range.until += std::chrono::minutes{1}) {
      const auto level = level_at(index, range.until);
      range.high = std::max(range.high.value_or(*level), *level);
      range.low = std::min(range.low.value_or(*level), *level);
    }
    quote.open = level_at(index, hours.open);
    quote.high = std::max(range.high, quote.last);
    quote.low = std::min(range.low, quote.last);
  }

  SnapshotStore store_;
  SnapshotWalk walk_;
  SnapshotQuotes quotes_;
  bool frozen_;
  Instant start_;
  Instant now_;
  std::unordered_map<ConId, Listing> listings_;  // never erased: pointers stay
  const Listing* underlying_ = nullptr;
  const Listing* vix_ = nullptr;
  std::vector<const Listing*> listed_;
  Date listed_day_;
  mutable std::map<ConId, Range> ranges_;  // what was seen of today's minutes
};

}  // namespace

std::unique_ptr<SessionMarket> make_snapshot_market(const SnapshotMarketSettings& settings,
                                                    MarketHistory history) {
  return std::make_unique<SnapshotMarket>(settings, std::move(history));
}

Instant start_of(const SnapshotMarketSettings& settings, const MarketHistory& history) {
  return first_instant(settings, SnapshotStore{settings, history});
}

}  // namespace v6
