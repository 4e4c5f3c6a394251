#include "sim/snapshot_quotes.hpp"

#include <algorithm>
#include <cmath>

#include "analytics/scalar_math.hpp"
#include "base/hash.hpp"
#include "calendar/expiry.hpp"

namespace v6 {
namespace {

using std::chrono::floor;
using std::chrono::minutes;
using std::chrono::seconds;

ContractKey key_of(const Listing& option) {
  return ContractKey{Contract{.root = option.trading_class(),
                              .expiry = option.expiry,
                              .strike = option.strike,
                              .right = option.right}};
}

std::optional<std::size_t> row_in(const SnapshotDay* day, ContractKey key) {
  return day ? day->row_of(key) : std::nullopt;
}

double between(double a, double b, double share) { return a + (b - a) * share; }

/// Total variance runs from the earlier day's to the later's; with one day only its volatility
/// stays.
QuoteAnchor anchor_between(const QuoteAnchor* earlier, const QuoteAnchor* later, double share,
                           double years) {
  if (earlier && later) {
    return {.carry = between(earlier->carry, later->carry, share),
            .rate = between(earlier->rate, later->rate, share),
            .variance = between(earlier->variance, later->variance, share),
            .years = years,
            .residual = between(earlier->residual, later->residual, share),
            .half_width = between(earlier->half_width, later->half_width, share)};
  }
  QuoteAnchor only = earlier ? *earlier : *later;
  const double part = only.years > 0 ? years / only.years : 0;
  only.variance *= part;
  only.carry *= std::min(part, 1.0);
  only.years = years;
  return only;
}

BlackInputs model_of(const Listing& option, const QuoteAnchor& anchor, double spot) {
  return {.right = option.right,
          .forward = spot * exact::exp(anchor.carry),
          .strike = option.strike.dollars(),
          .volatility = anchor.years > 0 ? std::sqrt(anchor.variance / anchor.years) : 0,
          .years = anchor.years,
          .discount = exact::exp(-anchor.rate * anchor.years)};
}

/// The nearest legal price of this contract, not below zero.
Price legal(const Listing& option, double dollars) {
  const Price price = Price::from_raw(std::llround(std::max(dollars, 0.0) * 10'000));
  const Price tick = option.tick(price);
  return round_down_to(price + Price::from_raw(tick.raw() / 2), tick);
}

Quote legal_quote(const Listing& option, double mid, double half_width) {
  Quote quote{.bid = legal(option, mid - half_width), .ask = legal(option, mid + half_width)};
  const Price least = quote.bid + option.tick(quote.bid);
  quote.ask = std::max(quote.ask, least);
  return quote;
}

ModelValues values_at(BlackInputs inputs, double volatility, double price, double spot) {
  inputs.volatility = volatility;
  const Greeks greeks = black_greeks(inputs, spot);
  return {.iv = volatility,
          .delta = greeks.delta,
          .gamma = greeks.gamma,
          .vega = greeks.vega,
          .theta = greeks.theta,
          .price = price,
          .underlying = spot};
}

std::optional<ModelValues> implied_at(const BlackInputs& inputs, Price price, double spot) {
  const double dollars = price.dollars();
  const auto volatility = implied_volatility(inputs.right, dollars, inputs.forward, inputs.strike,
                                             inputs.years, inputs.discount);
  if (!volatility) { return std::nullopt; }
  return values_at(inputs, *volatility, dollars, spot);
}

std::uint64_t name_of(const Listing& option, Instant bucket) {
  return mix(static_cast<std::uint64_t>(option.con_id)) ^
         static_cast<std::uint64_t>(bucket.time_since_epoch().count());
}

std::int32_t lots(std::uint64_t hash, std::int32_t most) {
  return 1 + static_cast<std::int32_t>(hash % static_cast<std::uint64_t>(most));
}

}  // namespace

SnapshotQuotes::Scene SnapshotQuotes::scene_at(Instant instant) const {
  Scene scene{.at = floor<seconds>(instant)};
  const Date today = new_york_date(scene.at);
  const bool seen_today = store_->has(today) && store_->snapshot_at(today) <= scene.at;
  const auto earlier = seen_today ? std::optional{today} : store_->before(today);
  const auto later = store_->from(seen_today ? today + std::chrono::days{1} : today);
  scene.spot = walk_->spot_at(scene.at).dollars();
  if (earlier) { scene.earlier = store_->day(*earlier); }
  if (later) { scene.later = store_->day(*later); }
  if (scene.earlier && scene.later) {
    const Calendar& calendar = store_->calendar();
    const Instant from = scene.earlier->at();
    scene.share = static_cast<double>(market_seconds(calendar, from, scene.at)) /
                  static_cast<double>(market_seconds(calendar, from, scene.later->at()));
  }
  return scene;
}

std::optional<SnapshotQuotes::Point> SnapshotQuotes::point(const Listing& option,
                                                           const Scene& scene) const {
  const ContractKey key = key_of(option);
  const auto early_row = row_in(scene.earlier.get(), key);
  const auto late_row = row_in(scene.later.get(), key);
  if (!early_row && !late_row) { return std::nullopt; }
  const Instant expiry =
      expiry_instant(option.expiry, option.instrument->settlement, store_->calendar());
  const double years = std::max(year_fraction(scene.at, expiry), 0.0);
  Point point{.anchor = anchor_between(early_row ? &scene.earlier->anchor(*early_row) : nullptr,
                                       late_row ? &scene.later->anchor(*late_row) : nullptr,
                                       scene.share, years)};
  point.mid = std::max(
      black_price(model_of(option, point.anchor, scene.spot)) + point.anchor.residual, 0.0);
  if (early_row && scene.at == scene.earlier->at()) {
    point.quote = scene.earlier->chain().quote(*early_row);
  } else {
    point.quote = legal_quote(option, point.mid, point.anchor.half_width);
  }
  return point;
}

MarketQuote SnapshotQuotes::at(const Listing& option, Instant instant) const {
  const Scene scene = scene_at(instant);
  const auto market = point(option, scene);
  if (!market) { return {}; }
  const std::uint64_t minute = mix(seed_) ^ name_of(option, floor<minutes>(scene.at));
  MarketQuote quote{.bid = market->quote.bid,
                    .ask = market->quote.ask,
                    .bid_size = market->quote.bid > Price{} ? lots(mix(minute), 120) : 0,
                    .ask_size = lots(mix(minute + 1), 120)};
  add_activity(quote, option, scene);
  if (quote.volume > 0) { add_last(quote, option, scene); }
  const BlackInputs inputs = model_of(option, market->anchor, scene.spot);
  quote.model = values_at(inputs, inputs.volatility, market->mid, scene.spot);
  quote.bid_model = implied_at(inputs, market->quote.bid, scene.spot);
  quote.ask_model = implied_at(inputs, market->quote.ask, scene.spot);
  if (quote.last) { quote.last_model = implied_at(inputs, *quote.last, scene.spot); }
  return quote;
}

std::optional<BlackInputs> SnapshotQuotes::model(const Listing& option, Instant instant,
                                                 double underlying) const {
  const auto market = point(option, scene_at(instant));
  if (!market) { return std::nullopt; }
  return model_of(option, market->anchor, underlying);
}

/// A trade at each minute's start, at the bid or the ask of that second.
void SnapshotQuotes::add_last(MarketQuote& quote, const Listing& option, const Scene& scene) const {
  const Instant minute = floor<minutes>(scene.at);
  const std::uint64_t dice = mix(mix(seed_) ^ name_of(option, minute) ^ 2);
  const auto then = point(option, minute == scene.at ? scene : scene_at(minute));
  if (!then) { return; }
  const bool at_bid = (dice & 1) == 0 && then->quote.bid > Price{};
  quote.last = at_bid ? then->quote.bid : then->quote.ask;
  quote.last_size = lots(dice >> 1, 10);
  quote.last_at = minute;
}

/// Volume grows over the day to the file's; open interest is of the morning.
void SnapshotQuotes::add_activity(MarketQuote& quote, const Listing& option,
                                  const Scene& scene) const {
  const ContractKey key = key_of(option);
  const Date today = new_york_date(scene.at);
  const bool ahead = scene.later && scene.later->date() == today;
  const SnapshotDay* day = ahead ? scene.later.get() : scene.earlier.get();
  if (const auto row = row_in(day, key)) {
    quote.open_interest = day->chain().open_interest[*row];
    if (day->date() == today) {
      const Instant open = store_->options(today).open;
      const double share = ahead ? std::clamp(static_cast<double>((scene.at - open).count()) /
                                                  static_cast<double>((day->at() - open).count()),
                                              0.0, 1.0)
                                 : 1.0;
      quote.volume = static_cast<std::int64_t>(
          std::floor(static_cast<double>(day->chain().volume[*row]) * share));
    }
  }
  const auto yesterday = store_->before(today);
  if (!yesterday) { return; }
  const auto last_day = store_->day(*yesterday);
  if (const auto row = last_day->row_of(key)) {
    quote.close = legal(option, last_day->chain().quote(*row).mid().dollars());
  }
}

}  // namespace v6
