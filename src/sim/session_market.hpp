#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "calendar/calendar.hpp"
#include "model/money.hpp"
#include "sim/listing.hpp"

/// A market that moves through sessions. Two make one: SnapshotMarket walks between real
/// end-of-day chains (all in between is simulated), ReplayMarket repeats recorded minutes.
namespace v6 {

/// A model's view of one option, by our own analytics.
struct ModelValues {
  double iv = 0;  // a fraction a year
  double delta = 0;
  double gamma = 0;
  double vega = 0;   // dollars per point of volatility
  double theta = 0;  // dollars per calendar day
  double price = 0;
  double underlying = 0;  // the spot it was computed with
};

/// The market in one contract now. An absent side has no quote; a bid of zero is one.
struct MarketQuote {
  std::optional<Price> bid;
  std::optional<Price> ask;
  std::int32_t bid_size = 0;
  std::int32_t ask_size = 0;
  std::optional<Price> last;
  std::int32_t last_size = 0;
  Instant last_at;
  std::optional<Price> close;  // of the session before, where known
  std::optional<Price> open;   // of today; indices and stocks only, as high and low
  std::optional<Price> high;
  std::optional<Price> low;
  std::int64_t volume = 0;
  std::int64_t open_interest = 0;
  std::optional<ModelValues> model;       // at the mid
  std::optional<ModelValues> bid_model;   // at the bid
  std::optional<ModelValues> ask_model;   // at the ask
  std::optional<ModelValues> last_model;  // at the last

  [[nodiscard]] bool two_sided() const { return bid && ask && *ask > Price{}; }
};

/// A day's prices. Where only closes are known, open, high and low are that close.
struct DailyBar {
  Date date;
  double open = 0;
  double high = 0;
  double low = 0;
  double close = 0;
  std::int64_t volume = 0;
  std::int32_t count = -1;  // of trades, -1: unknown
};

class SessionMarket {
 public:
  SessionMarket() = default;
  SessionMarket(const SessionMarket&) = delete;
  SessionMarket& operator=(const SessionMarket&) = delete;
  virtual ~SessionMarket() = default;

  /// The market as of now. Time never goes back; reads the files of the days it comes to.
  virtual void advance(Instant now) = 0;
  [[nodiscard]] virtual Instant instant() const = 0;
  [[nodiscard]] Instant now() const { return instant(); }

  [[nodiscard]] virtual const Calendar& calendar() const = 0;
  /// SPX, GOOG, ...: what all options here are on.
  [[nodiscard]] virtual const Listing& underlying() const = 0;
  /// Every number that was ever listed, expired ones too; null for others. Stable for good.
  [[nodiscard]] virtual const Listing* find(ConId id) const = 0;
  /// Lists a contract that an earlier process held; null where it cannot be of this market.
  virtual const Listing* know(const Contract& contract) {
    static_cast<void>(contract);
    return nullptr;
  }
  /// What can be traded today, by root, expiry, strike and right; the underlying and VIX (where
  /// there is one) first.
  [[nodiscard]] virtual const std::vector<const Listing*>& listed() const = 0;

  /// Whether this contract trades now; for an index, whether its level moves.
  [[nodiscard]] virtual bool is_open(const Listing& listing) const = 0;
  /// The next instant at which is_open() turns true, if the calendar knows one.
  [[nodiscard]] virtual std::optional<Instant> next_open(const Listing& listing) const = 0;
  /// The market in a contract as of now: the same whenever and however often it is asked.
  /// Outside its hours the last quote of the session; nothing at all for an expired series.
  [[nodiscard]] virtual MarketQuote quote(const Listing& listing) const = 0;
  /// Level of the underlying as of now.
  [[nodiscard]] virtual Price spot() const = 0;
  /// Level of an index or a stock at an instant of today's session up to now.
  [[nodiscard]] virtual std::optional<Price> level_at(const Listing& listing, Instant at) const = 0;

  /// Finished days within [from, to], ascending; indices and stocks only.
  [[nodiscard]] virtual std::vector<DailyBar> daily_bars(const Listing& listing, Date from,
                                                         Date to) const = 0;
  /// What the model makes of this volatility with the underlying at this level, on the series' own
  /// forward and discount; and the volatility at which it makes this price.
  [[nodiscard]] virtual std::optional<ModelValues> model_at(const Listing& option,
                                                            double volatility,
                                                            double underlying) const = 0;
  [[nodiscard]] virtual std::optional<double> volatility_at(const Listing& option, double price,
                                                            double underlying) const = 0;
  /// When and at what level a series of options turns into cash or shares; the level is absent
  /// until it is known.
  [[nodiscard]] virtual Instant settles_at(const Listing& option) const = 0;
  [[nodiscard]] virtual std::optional<Price> settlement(const Listing& option) const = 0;
  /// 30-day implied volatility of the underlying, a fraction, where an index tells.
  [[nodiscard]] virtual std::optional<double> implied_volatility() const = 0;
  /// Annualised deviation of the daily log returns of the last 30 sessions.
  [[nodiscard]] virtual std::optional<double> historical_volatility() const = 0;
  /// The last instant with data of its own: after it nothing moves any more.
  [[nodiscard]] virtual Instant end() const = 0;
};

}  // namespace v6
