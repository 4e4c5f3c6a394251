#include "sim/gateway_ticks.hpp"

#include <algorithm>
#include <charconv>

namespace v6::gateway {
namespace {

/// Ticks by their live numbers; delayed data has numbers of its own.
int number_of(int live, TickKind kind) {
  if (kind == TickKind::kLive) { return live; }
  switch (live) {
    case 0: return 69;
    case 1: return 66;
    case 2: return 67;
    case 3: return 70;
    case 4: return 68;
    case 5: return 71;
    case 6: return 72;
    case 7: return 73;
    case 8: return 74;
    case 9: return 75;
    case 10: return 80;
    case 11: return 81;
    case 12: return 82;
    case 13: return 83;
    case 14: return 76;
    case 45: return 88;
    default: return live;
  }
}

class TickList {
 public:
  explicit TickList(const TickQuestion& question) : question_{&question} {}

  /// A price, and its size once more as a tick of its own; absent is no quote.
  void price_and_size(int type, std::optional<Price> price, std::int32_t size, int size_type) {
    const double shown_size = price ? size : 0;
    add_price(type, price, shown_size, 1);
    this->size(size_type, shown_size);
  }
  void price(int type, std::optional<Price> price) {
    if (price) { add_price(type, price, 0, 0); }
  }
  void plain_price(int type, double price) {
    ticks_.emplace_back(ibkr::TickPrice{.req_id = question_->req_id,
                                        .tick_type = number_of(type, question_->kind),
                                        .price = price,
                                        .size = ibkr::Size{}});
  }
  void size(int type, double size) {
    ticks_.emplace_back(ibkr::TickSize{.req_id = question_->req_id,
                                       .tick_type = number_of(type, question_->kind),
                                       .size = ibkr::Size{size}});
  }
  void generic(int type, std::optional<double> value) {
    if (!value) { return; }
    ticks_.emplace_back(
        ibkr::TickGeneric{.req_id = question_->req_id, .tick_type = type, .value = value});
  }
  void last_time(Instant at) {
    ticks_.emplace_back(TimeTick{
        .req_id = question_->req_id,
        .tick_type = number_of(45, question_->kind),
        .seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count()});
  }
  /// Without a model the price and the spot alone are known.
  void model(int type, const std::optional<ModelValues>& model, std::optional<Price> price,
             Price spot) {
    ibkr::TickOptionComputation tick{.req_id = question_->req_id,
                                     .tick_type = number_of(type, question_->kind)};
    if (model) {
      tick.implied_vol = model->iv;
      tick.delta = model->delta;
      tick.opt_price = model->price;
      tick.pv_dividend = 0;
      tick.gamma = model->gamma;
      tick.vega = model->vega;
      tick.theta = model->theta;
      tick.und_price = model->underlying;
    } else {
      if (price) { tick.opt_price = price->dollars(); }
      tick.und_price = spot.dollars();
    }
    ticks_.emplace_back(tick);
  }
  [[nodiscard]] bool wants(int generic) const { return question_->generics.contains(generic); }
  [[nodiscard]] std::vector<Tick> take() { return std::move(ticks_); }

 private:
  void add_price(int type, std::optional<Price> price, double size, std::int32_t mask) {
    std::optional<double> dollars;
    if (price) { dollars = price->dollars(); }
    ticks_.emplace_back(ibkr::TickPrice{.req_id = question_->req_id,
                                        .tick_type = number_of(type, question_->kind),
                                        .price = dollars,
                                        .size = ibkr::Size{size},
                                        .attr_mask = price ? mask : 0});
  }

  const TickQuestion* question_;
  std::vector<Tick> ticks_;
};

void add_volatilities(TickList& list, const SessionMarket& market) {
  if (list.wants(104)) { list.generic(23, market.historical_volatility()); }
  if (list.wants(106)) { list.generic(24, market.implied_volatility()); }
}

void add_mark(TickList& list, const MarketQuote& quote) {
  if (!list.wants(232) && !list.wants(221)) { return; }
  if (quote.two_sided()) {
    list.plain_price(37, (quote.bid->dollars() + quote.ask->dollars()) / 2);
  } else if (quote.last) {
    list.plain_price(37, quote.last->dollars());
  }
}

void add_option(TickList& list, const SessionMarket& market, const Listing& listing,
                const MarketQuote& quote) {
  const Price spot = market.spot();
  list.size(8, static_cast<double>(quote.volume));
  list.price(9, quote.close);
  list.model(10, quote.bid_model, quote.bid, spot);
  list.model(11, quote.ask_model, quote.ask, spot);
  list.model(12, quote.last_model, quote.last, spot);
  list.model(13, quote.model, std::nullopt, spot);
  const bool call = listing.right == OptionRight::kCall;
  const auto both = [&](int call_type, int put_type, std::int64_t number) {
    list.size(call_type, call ? static_cast<double>(number) : 0);
    list.size(put_type, call ? 0 : static_cast<double>(number));
  };
  if (list.wants(101)) { both(27, 28, quote.open_interest); }
  if (list.wants(100)) { both(29, 30, quote.volume); }
  add_volatilities(list, market);
}

void add_option_totals(TickList& list, const OptionTotals& totals) {
  if (list.wants(101)) {
    list.size(27, totals.call_interest);
    list.size(28, totals.put_interest);
  }
  if (list.wants(100)) {
    list.size(29, totals.call_volume);
    list.size(30, totals.put_volume);
  }
}

/// Lows and highs of 13, 26 and 52 weeks.
void add_ranges(TickList& list, const SessionMarket& market, const Listing& listing) {
  if (!list.wants(165)) { return; }
  const Date today = new_york_date(market.instant());
  int type = 15;
  for (const int weeks : {13, 26, 52}) {
    const auto bars = market.daily_bars(listing, today - std::chrono::weeks{weeks}, today);
    if (!bars.empty()) {
      list.plain_price(type, std::ranges::min(bars, {}, &DailyBar::low).low);
      list.plain_price(type + 1, std::ranges::max(bars, {}, &DailyBar::high).high);
    }
    type += 2;
  }
}

void add_underlying(TickList& list, const SessionMarket& market, const Listing& listing,
                    const MarketQuote& quote, const OptionTotals& totals) {
  list.price(14, quote.open);
  list.price(6, quote.high);
  list.price(7, quote.low);
  if (listing.kind == SecurityKind::kStock) { list.size(8, static_cast<double>(quote.volume)); }
  list.price(9, quote.close);
  if (listing.con_id != market.underlying().con_id) { return; }
  add_option_totals(list, totals);
  add_volatilities(list, market);
  add_ranges(list, market, listing);
}

bool same_tick(const Tick& a, const Tick& b) {
  if (a.index() != b.index()) { return false; }
  return std::visit([](const auto& tick) { return tick.tick_type; }, a) ==
         std::visit([](const auto& tick) { return tick.tick_type; }, b);
}

/// The price of the combo when each leg trades on that side; absent if one cannot.
std::optional<Price> combined(const std::vector<OrderLeg>& legs, auto side_of) {
  Price sum;
  for (std::size_t i = 0; i < legs.size(); ++i) {
    const std::optional<Price> side = side_of(i);
    if (!side) { return std::nullopt; }
    sum += *side * (legs[i].ratio * sign_of(legs[i].action));
  }
  return sum;
}

}  // namespace

std::optional<std::set<int>> parse_generics(std::string_view list) {
  std::set<int> numbers;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view word = list.substr(0, comma);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    while (word.starts_with(' ')) { word.remove_prefix(1); }
    if (word.empty() || word.starts_with("mdoff")) { continue; }
    int number = 0;
    const char* const end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data(), end, number);
    // "292:BZ" names a source.
    if (error != std::errc{} || (stop != end && *stop != ':')) { return std::nullopt; }
    numbers.insert(number);
  }
  return numbers;
}

OptionTotals option_totals(const SessionMarket& market) {
  OptionTotals totals;
  for (const Listing* listing : market.listed()) {
    if (!listing->is_option()) { continue; }
    const MarketQuote quote = market.quote(*listing);
    const bool call = listing->right == OptionRight::kCall;
    (call ? totals.call_volume : totals.put_volume) += static_cast<double>(quote.volume);
    (call ? totals.call_interest : totals.put_interest) += static_cast<double>(quote.open_interest);
  }
  return totals;
}

bool wants_totals(const TickQuestion& question) {
  return question.generics.contains(100) || question.generics.contains(101);
}

std::vector<Tick> ticks_of(const SessionMarket& market, const Listing& listing,
                           const TickQuestion& question) {
  const MarketQuote quote = market.quote(listing);
  TickList list{question};
  // An index is quoted where it has quotes; anything else that has none says so.
  if (listing.kind != SecurityKind::kIndex || quote.bid || quote.ask) {
    list.price_and_size(1, quote.bid, quote.bid_size, 0);
    list.price_and_size(2, quote.ask, quote.ask_size, 3);
  }
  if (quote.last) {
    list.price_and_size(4, quote.last, quote.last_size, 5);
    list.last_time(quote.last_at);
  }
  if (listing.is_option()) {
    add_option(list, market, listing, quote);
  } else {
    add_underlying(list, market, listing, quote, question.totals);
  }
  add_mark(list, quote);
  if (listing.kind != SecurityKind::kIndex) { list.generic(49, question.halted ? 1 : 0); }
  return list.take();
}

MarketQuote combo_quote(const SessionMarket& market, const std::vector<OrderLeg>& legs) {
  std::vector<MarketQuote> quotes;
  for (const OrderLeg& leg : legs) {
    const Listing* const listing = market.find(leg.con_id);
    quotes.push_back(listing ? market.quote(*listing) : MarketQuote{});
  }
  MarketQuote combo;
  const auto buys = [&](std::size_t i) { return legs[i].action == OrderAction::kBuy; };
  combo.ask =
      combined(legs, [&](std::size_t i) { return buys(i) ? quotes[i].ask : quotes[i].bid; });
  combo.bid =
      combined(legs, [&](std::size_t i) { return buys(i) ? quotes[i].bid : quotes[i].ask; });
  combo.last = combined(legs, [&](std::size_t i) { return quotes[i].last; });
  const auto least = [&](bool asking) {
    std::int32_t size = 0;
    for (std::size_t i = 0; i < legs.size(); ++i) {
      const std::int32_t own = (buys(i) == asking ? quotes[i].ask_size : quotes[i].bid_size) /
                               std::max(legs[i].ratio, 1);
      size = i == 0 ? own : std::min(size, own);
    }
    return std::max(size, 1);  // a size of zero would read as no quote
  };
  combo.ask_size = least(true);
  combo.bid_size = least(false);
  combo.last_size = 1;
  return combo;
}

std::vector<Tick> ticks_of_combo(const SessionMarket& market, const std::vector<OrderLeg>& legs,
                                 const TickQuestion& question) {
  const MarketQuote quote = combo_quote(market, legs);
  TickList list{question};
  list.price_and_size(1, quote.bid, quote.bid_size, 0);
  list.price_and_size(2, quote.ask, quote.ask_size, 3);
  if (quote.last) { list.price_and_size(4, quote.last, quote.last_size, 5); }
  return list.take();
}

std::vector<Tick> changed(const std::vector<Tick>& before, const std::vector<Tick>& now) {
  std::vector<Tick> news;
  for (std::size_t i = 0; i < now.size(); ++i) {
    // Mostly each stands where it stood.
    if (i < before.size() && before[i] == now[i]) { continue; }
    const auto old =
        std::ranges::find_if(before, [&](const Tick& tick) { return same_tick(tick, now[i]); });
    if (old == before.end() || *old != now[i]) { news.push_back(now[i]); }
  }
  return news;
}

}  // namespace v6::gateway
