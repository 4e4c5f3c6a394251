#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "calendar/expiry.hpp"
#include "sim/exchange.hpp"

namespace v6 {

using namespace literals;

/// A market whose quotes are what a test says: SPXW options, and a stock with American ones.
class HandMadeMarket final : public SessionMarket {
 public:
  static constexpr Date kExpiry = date(2019, 5, 10);

  explicit HandMadeMarket(Instant start)
      : calendar_{{.holidays_source = {.name = "test",
                                       .first = date(2019, 1, 1),
                                       .last = date(2019, 12, 31)}}},
        now_{start} {
    spx_ = add({.con_id = con_id_of("SPX"_sym), .kind = SecurityKind::kIndex, .symbol = "SPX"_sym});
    spy_ = add({.con_id = con_id_of("SPY"_sym), .kind = SecurityKind::kStock, .symbol = "SPY"_sym});
    quote_of(spx_, "2900", "2900");
    quote_of(spy_, "290", "290.02");
  }

  ConId option(Symbol root, int strike, OptionRight right, const char* bid, const char* ask,
               std::int32_t size = 50) {
    const Price at = Price::cents(100) * strike;
    const Listing listing{.con_id = con_id_of(root, kExpiry, at, right),
                          .symbol = find_instrument(root)->underlying,
                          .instrument = find_instrument(root),
                          .expiry = kExpiry,
                          .strike = at,
                          .right = right,
                          .underlying = root == "SPY"_sym ? spy_ : spx_,
                          .last_trade_day = kExpiry};
    add(listing);
    quote_of(listing.con_id, bid, ask, size);
    return listing.con_id;
  }
  void quote_of(ConId id, const char* bid, const char* ask, std::int32_t size = 50) {
    quotes_[id] = {.bid = Price::parse(bid).value(),
                   .ask = Price::parse(ask).value(),
                   .bid_size = size,
                   .ask_size = size};
  }
  void settle_at(const char* level) { level_ = Price::parse(level).value(); }
  [[nodiscard]] ConId spx() const { return spx_; }
  [[nodiscard]] ConId spy() const { return spy_; }

  void advance(Instant now) override { now_ = std::max(now_, now); }
  Instant instant() const override { return now_; }
  const Calendar& calendar() const override { return calendar_; }
  const Listing& underlying() const override { return listings_.at(spx_); }
  const Listing* find(ConId id) const override {
    const auto found = listings_.find(id);
    return found == listings_.end() ? nullptr : &found->second;
  }
  const std::vector<const Listing*>& listed() const override { return listed_; }
  bool is_open(const Listing& listing) const override {
    const auto hours = calendar_.session(new_york_date(now_), SessionKind::kIndexOption);
    return hours && hours->open <= now_ && now_ < hours->close &&
           (!listing.is_option() || now_ < settles_at(listing));
  }
  std::optional<Instant> next_open(const Listing&) const override {
    const auto day = calendar_.next_session(new_york_date(now_));
    return day ? std::optional{calendar_.session(*day, SessionKind::kIndexOption)->open}
               : std::nullopt;
  }
  MarketQuote quote(const Listing& listing) const override {
    const bool gone = listing.is_option() && now_ >= settles_at(listing);
    return gone ? MarketQuote{} : quotes_.at(listing.con_id);
  }
  Price spot() const override { return level_; }
  std::optional<Price> level_at(const Listing&, Instant) const override { return level_; }
  std::vector<DailyBar> daily_bars(const Listing&, Date, Date) const override { return {}; }
  std::optional<ModelValues> model_at(const Listing&, double, double) const override { return {}; }
  std::optional<double> volatility_at(const Listing&, double, double) const override { return {}; }
  Instant settles_at(const Listing& option) const override {
    return expiry_instant(option.expiry, SettlementTime::kPm, calendar_);
  }
  std::optional<Price> settlement(const Listing& option) const override {
    return now_ < settles_at(option) ? std::nullopt : std::optional{level_};
  }
  std::optional<double> implied_volatility() const override { return std::nullopt; }
  std::optional<double> historical_volatility() const override { return std::nullopt; }
  Instant end() const override { return Instant::max(); }

 private:
  ConId add(const Listing& listing) {
    listed_.push_back(&listings_.insert_or_assign(listing.con_id, listing).first->second);
    return listing.con_id;
  }

  Calendar calendar_;
  Instant now_;
  ConId spx_ = 0;
  ConId spy_ = 0;
  std::map<ConId, Listing> listings_;
  std::map<ConId, MarketQuote> quotes_;
  std::vector<const Listing*> listed_;
  Price level_ = Price::cents(290'000);
};

/// An exchange on that market, an iron condor to trade, and everything it said.
struct TradingDay {
  static constexpr std::int32_t kClient = 7;

  Instant start = new_york_instant(date(2019, 5, 7), std::chrono::hours{11});
  HandMadeMarket market{start};
  ConId put_bought = market.option("SPXW"_sym, 2800, OptionRight::kPut, "8.00", "8.20");
  ConId put_sold = market.option("SPXW"_sym, 2850, OptionRight::kPut, "12.00", "12.40");
  ConId call_sold = market.option("SPXW"_sym, 2950, OptionRight::kCall, "9.50", "9.80");
  ConId call_bought = market.option("SPXW"_sym, 3000, OptionRight::kCall, "4.00", "4.10");
  ConId spy_call = market.option("SPY"_sym, 280, OptionRight::kCall, "10.00", "10.10");
  Exchange exchange;
  std::vector<ExchangeNews> told;  // of the last call
  Duration paced{};

  explicit TradingDay(const ExchangeSettings& settings = {}) : exchange{settings, market} {}

  [[nodiscard]] Moment moment() const { return {.session = market.instant(), .paced = paced}; }
  void hear() { told = exchange.take_news(); }

  [[nodiscard]] static OrderRequest single(std::int32_t id, ConId con_id, OrderAction action,
                                           std::int32_t quantity, const char* limit) {
    return {.client_id = kClient,
            .order_id = id,
            .con_id = con_id,
            .action = action,
            .quantity = quantity,
            .limit = Price::parse(limit).value()};
  }
  /// Bought at a negative limit it opens for a credit. Natural: 8.20 - 12.00 - 9.50 + 4.10 =
  /// -9.20; mid: 8.10 - 12.20 - 9.65 + 4.05 = -9.70.
  [[nodiscard]] OrderRequest condor(std::int32_t id, std::int32_t quantity,
                                    const char* limit) const {
    return {.client_id = kClient,
            .order_id = id,
            .legs = {{put_bought, 1, OrderAction::kBuy},
                     {put_sold, 1, OrderAction::kSell},
                     {call_sold, 1, OrderAction::kSell},
                     {call_bought, 1, OrderAction::kBuy}},
            .quantity = quantity,
            .limit = Price::parse(limit).value()};
  }
  void place(const OrderRequest& request) {
    exchange.place(request, moment());
    hear();
  }
  void advance(Duration by) {
    paced += by;
    exchange.advance({.session = market.instant() + by, .paced = paced});
    hear();
  }
  void advance_to(Instant at) { advance(at - market.instant()); }

  template <class News>
  [[nodiscard]] std::vector<News> all() const {
    std::vector<News> found;
    for (const ExchangeNews& news : told) {
      if (const auto* item = std::get_if<News>(&news)) { found.push_back(*item); }
    }
    return found;
  }
  /// The kinds of what was told, in order: "open Submitted", "status Filled", "exec", ...
  [[nodiscard]] std::vector<std::string> words() const {
    std::vector<std::string> words;
    for (const ExchangeNews& news : told) {
      if (const auto* open = std::get_if<OrderShown>(&news)) {
        words.push_back("open " + std::string{wire_name(open->order.status)} +
                        (open->order.commission_shown ? " with commission" : ""));
      } else if (const auto* status = std::get_if<StatusShown>(&news)) {
        words.push_back("status " + std::string{wire_name(status->order.status)});
      } else if (const auto* execution = std::get_if<Executed>(&news)) {
        words.emplace_back(execution->execution.combo ? "exec combo" : "exec");
      } else if (std::holds_alternative<CommissionShown>(news)) {
        words.emplace_back("commission");
      } else if (const auto* error = std::get_if<ExchangeError>(&news)) {
        words.push_back("error " + std::to_string(error->code));
      } else if (std::holds_alternative<PositionChanged>(news)) {
        words.emplace_back("position");
      } else if (std::holds_alternative<CashChanged>(news)) {
        words.emplace_back("cash");
      } else {
        words.emplace_back("margin");
      }
    }
    return words;
  }
  [[nodiscard]] int error() const {
    const auto errors = all<ExchangeError>();
    return errors.empty() ? 0 : errors.front().code;
  }
  [[nodiscard]] std::int64_t held(ConId id) const {
    for (const HeldPosition& position : exchange.positions()) {
      if (position.con_id == id) { return position.quantity; }
    }
    return 0;
  }
};

}  // namespace v6
