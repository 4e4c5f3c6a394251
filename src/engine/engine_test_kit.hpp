#pragma once

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "analytics/black.hpp"
#include "base/codec.hpp"
#include "engine/step.hpp"
#include "engine/turn.hpp"
#include "risk/permit_desk.hpp"

/// A small market with a skewed smile, and a bench on which one core is fed, timed and answered.
namespace v6::engine_test {

using namespace literals;
using namespace std::chrono_literals;

inline constexpr Symbol kIndex = "SPX"_sym;
inline constexpr Symbol kRoot = "SPXW"_sym;
inline constexpr Symbol kVix = "VIX"_sym;
inline constexpr Date kFirstDay = date(2019, 5, 1);
/// 14 and 98 days out only bear the term structure; 35 is the entry's expiry, 63 later the roll's.
inline constexpr int kNear = 14;
inline constexpr int kEntry = 35;
inline constexpr int kNext = 63;
inline constexpr int kFar = 98;
inline constexpr Money kCash = Money::cents(100'000'000);
/// What a fill costs here, for each contract.
inline constexpr Money kFee = Money::cents(125);

constexpr Price dollars(int whole) { return Price::cents(std::int64_t{whole} * 100); }

/// A quarter around the first day, every weekday a session, news only where asked for.
inline Calendar::Data quiet_calendar() {
  const ListSource source{.name = "test", .first = date(2018, 1, 1), .last = date(2019, 12, 31)};
  return {
      .holidays_source = source,
      .events_sources = {
          {EventKind::kFomc, source}, {EventKind::kCpi, source}, {EventKind::kEmployment, source}}};
}

/// Strikes of the entry and roll expiries.
struct Ladder {
  int lowest = 2600;
  int highest = 3300;
  int step = 10;
};

/// Where the market stands; quotes follow from it alone.
struct Market {
  double spot = 3000;
  double volatility = 0.16;   // at the money
  double term = 0.04;         // more of it a year
  double skew = 0.45;         // less of it for each unit of log-moneyness
  double width = 1;           // times the usual quote width
  std::optional<double> vix;  // unset: where the past left it
  Ladder ladder;
  std::set<ContractId> missing;
  std::map<ContractId, Quote> fixed;  // quotes that do not follow the model
};

/// Every contract of the market, in the order of its ids.
inline ContractColumns contracts_of(const Ladder& ladder) {
  ContractColumns columns;
  for (const int days : {kNear, kEntry, kNext, kFar}) {
    const bool traded = days == kEntry || days == kNext;
    const int step = traded ? ladder.step : 100;
    for (int strike = ladder.lowest; strike <= ladder.highest; strike += step) {
      for (const OptionRight right : {OptionRight::kPut, OptionRight::kCall}) {
        columns.push_back({.root = kRoot,
                           .expiry = kFirstDay + std::chrono::days{days},
                           .strike = dollars(strike),
                           .right = right});
      }
    }
  }
  return columns;
}

/// One option in the market: Black on the smile, rates 0, so that forward and spot are one.
struct Pricing {
  Quote quote;
  double iv = 0;
  double delta = 0;
};

inline std::optional<Pricing> price_of(const Market& market, const Contract& contract, Instant at) {
  const Instant expiry = new_york_instant(contract.expiry, 16h);
  const double years = std::chrono::duration<double>(expiry - at).count() / (365.0 * 86'400.0);
  if (years <= 0) { return std::nullopt; }
  const double strike = contract.strike.dollars();
  const double moneyness = std::log(strike / market.spot);
  const double iv = std::max(0.05, market.volatility + market.term * years -
                                       market.skew * moneyness + moneyness * moneyness);
  const BlackInputs inputs{.right = contract.right,
                           .forward = market.spot,
                           .strike = strike,
                           .volatility = iv,
                           .years = years};
  const TickRule& rule = contract.instrument().tick;
  const Price fair = Price::from_dollars(black_price(inputs)).value();
  const Price tick = tick_at(rule, fair);
  const auto half = static_cast<std::int64_t>(
      std::llround(market.width * static_cast<double>(Price::cents(5).raw())));
  const Price bid = round_down_to(fair - Price::from_raw(half), tick);
  return Pricing{.quote = {.bid = std::max(Price{}, bid),
                           .ask = round_up_to(fair + Price::from_raw(half), tick)},
                 .iv = iv,
                 .delta = black_greeks(inputs, market.spot).delta};
}

/// What the exchange shows of one contract; nothing when it is missing or expired.
inline std::optional<LegQuote> quote_of(const Market& market, const InstrumentMaster& master,
                                        ContractId id, Instant at) {
  const auto priced = price_of(market, master[id], at);
  if (!priced || market.missing.contains(id)) { return std::nullopt; }
  const auto fixed = market.fixed.find(id);
  return LegQuote{.contract = id,
                  .quote = fixed == market.fixed.end() ? priced->quote : fixed->second,
                  .at = at,
                  .open_interest = 1000,
                  .broker_iv = priced->iv,
                  .broker_delta = priced->delta};
}

inline std::shared_ptr<const Chain> chain_of(const Market& market, const InstrumentMaster& master,
                                             Instant at) {
  auto chain = std::make_shared<Chain>();
  for (std::uint32_t id = 0; id < master.size(); ++id) {
    const auto row = quote_of(market, master, ContractId{id}, at);
    if (!row) { continue; }
    chain->contract.push_back(id);
    chain->bid.push_back(static_cast<std::int32_t>(row->quote.bid.raw()));
    chain->ask.push_back(static_cast<std::int32_t>(row->quote.ask.raw()));
    chain->bid_size.push_back(10);
    chain->ask_size.push_back(10);
    chain->volume.push_back(1);
    chain->open_interest.push_back(row->open_interest);
    chain->broker_iv.push_back(row->broker_iv);
    chain->broker_delta.push_back(row->broker_delta);
    chain->broker_gamma.push_back(std::nullopt);
  }
  return chain;
}

/// The past that makes the factors known and gives them the wanted values.
struct Past {
  double drift = 0;       // of the underlying, a session
  double vix_rank = 0.6;  // where the last VIX close stands among the year's, 0..1
  double swing = 0.0028;  // day by day around the drift; 9 % a year
};
inline constexpr Past kNeutral{};                 // neutral outlook, high IV: an iron condor
inline constexpr Past kBullish{.drift = 0.001};   // bullish, high IV: a put credit spread
inline constexpr Past kBearish{.drift = -0.001};  // bearish, high IV: a call credit spread
/// Bullish and low IV, below what is realised: a call debit spread.
inline constexpr Past kBullishCalm{.drift = 0.001, .vix_rank = 0.1, .swing = 0.007};

/// A year of VIX lies evenly between 12 and 20.
inline constexpr double vix_at(double rank) { return 12 + 8 * rank; }

struct BenchOptions {
  Past past = kNeutral;
  Market market;
  Mode mode = Mode::kPaper;
  Calendar::Data calendar = quiet_calendar();
  Money cash = kCash;
  /// The broker is at the end of a wire.
  bool brokered = false;
  /// The last word on the settings.
  std::function<void(Settings&)> settings = [](Settings&) {};
};

inline std::shared_ptr<const Given> given_by(const BenchOptions& options) {
  Given given{
      .setup = {.roots = {{kIndex, kRoot}}, .cash = options.cash, .brokered = options.brokered},
      .calendar = Calendar{options.calendar}};
  given.setup.settings.mode = options.mode;
  given.setup.settings.underlyings = {kIndex};
  options.settings(given.setup.settings);
  return std::make_shared<const Given>(std::move(given));
}

/// One core, its market, its clock and its broker. Nothing happens that a test does not ask for.
class Bench {
 public:
  explicit Bench(const BenchOptions& options = {})
      : market{options.market}, state_{make_state(given_by(options))} {
    if (!market.vix) { market.vix = vix_at(options.past.vix_rank); }
    at_ = new_york_instant(kFirstDay - std::chrono::days{1}, 17h);
    feed(ContractsListed{.first = ContractId{0}, .contracts = contracts_of(market.ladder)});
    live_through(options.past);
    start_session(kFirstDay);
  }

  Market market;

  [[nodiscard]] State& state() { return state_; }
  [[nodiscard]] const State& state() const { return state_; }
  [[nodiscard]] Instant at() const { return at_; }
  [[nodiscard]] const std::vector<Event>& events() const { return events_; }
  [[nodiscard]] const Commands& log() const { return log_; }

  /// One event now; the commands it caused.
  Commands feed(EventBody body) {
    events_.push_back({.sequence = events_.size() + 1, .at = at_, .body = std::move(body)});
    Commands commands = step(state_, events_.back());
    for (const Command& command : commands) {
      if (const auto* timer = std::get_if<SetTimer>(&command)) {
        timers_.emplace(timer->at, timer->timer);
      }
    }
    log_.insert(log_.end(), commands.begin(), commands.end());
    return commands;
  }

  /// The clock goes on; timers that fall due fire on the way.
  Commands wait(Duration time) { return advance_to(at_ + time); }
  Commands advance_to(Instant until) {
    const std::size_t before = log_.size();
    while (!timers_.empty() && timers_.begin()->first <= until) {
      const auto [when, timer] = *timers_.begin();
      timers_.erase(timers_.begin());
      at_ = std::max(at_, when);
      feed(TimerFired{.timer = timer});
    }
    at_ = std::max(at_, until);
    return since(before);
  }

  void start_session(Date day) {
    timers_.clear();
    at_ = std::max(at_, new_york_instant(day, 9h + 30min));
    feed(SessionStarted{.date = day});
    feed(IndexLevelChanged{.level = {.index = kVix, .level = *market.vix}});
    advance_to(new_york_instant(day, 9h + 50min));
  }
  /// The day's official closes, then the next session, or the one that many calendar days later.
  void next_session() {
    const Date today = new_york_date(at_);
    next_session(days_between(today, state_.calendar().next_session(today).value()));
  }
  void next_session(int days) {
    const Date today = new_york_date(at_);
    advance_to(std::max(at_, new_york_instant(today, 16h + 30min)));
    publish_levels(today, market.spot, *market.vix);
    start_session(today + std::chrono::days{days});
  }
  void publish_levels(Date day, double close, double vix) {
    feed(DailyLevelsPublished{
        .date = day, .closes = {{.index = kIndex, .level = close}, {.index = kVix, .level = vix}}});
  }

  Commands snapshot(QuoteKind kind = QuoteKind::kLive) {
    return feed(ChainSnapshotTaken{.underlying = kIndex,
                                   .spot = spot(),
                                   .kind = kind,
                                   .chain = chain_of(market, state_.master, at_)});
  }
  /// Two marks, far enough apart to confirm each other.
  Commands confirmed_snapshot() {
    const std::size_t before = log_.size();
    snapshot();
    wait(30s);
    snapshot();
    return since(before);
  }
  void vix(double level) {
    market.vix = level;
    feed(IndexLevelChanged{.level = {.index = kVix, .level = level}});
  }
  Commands say(OperatorWord word) { return feed(OperatorSpoke{.word = word, .reason = "test"}); }

  /// The market's honest answer to a request, now.
  [[nodiscard]] LegQuotesArrived answer_to(const RequestQuotes& request) const {
    LegQuotesArrived answer{.request = request.request, .spot = spot(), .spot_at = at_};
    for (const ContractId id : request.contracts) {
      if (const auto quote = quote_of(market, state_.master, id, at_)) {
        answer.quotes.push_back(*quote);
      }
    }
    return answer;
  }

  // What the broker says of an order.
  Commands acknowledge(OrderId id) { return feed(OrderAcknowledged{.order = id}); }
  Commands cancelled(OrderId id) { return feed(OrderCancelled{.order = id}); }
  Commands reject(OrderId id) { return feed(OrderRejected{.order = id, .reason = "no"}); }
  Commands lose_sight_of(OrderId id) { return feed(OrderOutcomeUnknown{.order = id}); }
  Commands fill(OrderId id, int units) { return feed(fill_of(ticket(id), units)); }
  Commands fill(OrderId id) { return fill(id, state_.orders.at(id).leaves().raw()); }

  /// Units of the combo at the mids it was decided on.
  OrderFilled fill_of(const OrderTicket& ticket, int units) {
    OrderFilled filled{.order = ticket.order,
                       .execution = {.root = "X" + std::to_string(++executions_), .revision = 1},
                       .quantity = Contracts{units}};
    for (std::size_t i = 0; i < ticket.legs.size(); ++i) {
      const Leg& leg = ticket.legs[i];
      const Contracts quantity{std::abs(leg.ratio) * units};
      filled.legs.push_back({.contract = leg.contract,
                             .side = leg.ratio > 0 ? Side::kBuy : Side::kSell,
                             .quantity = quantity,
                             .price = ticket.quotes[i].quote.mid(),
                             .fees = kFee * quantity.raw()});
    }
    return filled;
  }

  [[nodiscard]] OrderTicket ticket(OrderId id) const { return state_.orders.at(id).ticket; }
  [[nodiscard]] OrderStatus status(OrderId id) const { return state_.orders.at(id).status; }

  /// Nominates now and gives the request; fails loudly when nothing is nominated.
  RequestQuotes nominate() {
    snapshot();
    const Commands commands = say(OperatorWord::kEvaluate);
    for (const Command& command : commands) {
      if (const auto* request = std::get_if<RequestQuotes>(&command)) { return *request; }
    }
    throw std::runtime_error("nothing was nominated: " + refusals());
  }
  /// Nominates, confirms, and gives the order that was sent.
  OrderTicket enter() {
    const Commands commands = feed(answer_to(nominate()));
    for (const Command& command : commands) {
      if (const auto* sent = std::get_if<SubmitOrder>(&command)) { return sent->order.ticket(); }
    }
    throw std::runtime_error("nothing was sent: " + refusals());
  }
  /// A structure opened and filled.
  StructureId open() {
    const OrderTicket sent = enter();
    acknowledge(sent.order);
    fill(sent.order);
    wait(5min);
    return sent.structure;
  }
  [[nodiscard]] Structure& structure(StructureId id) { return state_.structures.at(id); }

  /// Makes closing one unit of a vertical worth what this UPL says, on tight quotes.
  void price_at_upl(StructureId id, double upl) {
    const Structure& held = structure(id);
    const bool credit = held.entry_price > Price{};
    const double entry = std::fabs(held.entry_price.dollars());
    const double close = credit ? entry * (1 - upl) : entry * (1 + upl);
    const Price net = round_down_to(Price::from_dollars(close).value(), Price::cents(5));
    const Quote low{.bid = Price::cents(495), .ask = Price::cents(505)};
    for (const Leg& leg : held.legs) {
      const bool dear = credit == (leg.ratio < 0);
      market.fixed[leg.contract] = dear ? Quote{.bid = low.bid + net, .ask = low.ask + net} : low;
    }
  }

  /// A structure made elsewhere: legs of the entry expiry, as (ratio, strike, right).
  struct ForeignLeg {
    int ratio = 1;
    int strike = 0;
    OptionRight right = OptionRight::kPut;
  };
  StructureId adopt(const std::vector<ForeignLeg>& legs, int quantity = 1) {
    StructureAdopted adopted{.quantity = Contracts{quantity}};
    for (const ForeignLeg& leg : legs) {
      adopted.legs.push_back({.contract = {.root = kRoot,
                                           .expiry = kFirstDay + std::chrono::days{kEntry},
                                           .strike = dollars(leg.strike),
                                           .right = leg.right},
                              .quantity = Contracts{leg.ratio}});
    }
    feed(std::move(adopted));
    return StructureId{state_.counters.structure};
  }

  /// What the last decision was refused for.
  [[nodiscard]] std::string refusals() const {
    std::string text;
    for (const Command& command : log_) {
      const auto* record = std::get_if<RecordDecision>(&command);
      if (record == nullptr) { continue; }
      text.clear();
      for (const Check& check : record->decision.waterfall) {
        if (check.verdict == Verdict::kRefuse) {
          text += check.name + " " + std::to_string(check.measured.value_or(NAN)) + "/" +
                  std::to_string(check.limit.value_or(NAN)) + " (" + check.detail + "); ";
        }
      }
    }
    return text;
  }

 private:
  [[nodiscard]] Commands since(std::size_t before) const {
    return {log_.begin() + static_cast<std::ptrdiff_t>(before), log_.end()};
  }
  [[nodiscard]] Price spot() const { return Price::from_dollars(market.spot).value(); }

  void live_through(const Past& past) {
    constexpr int kSessions = 320;
    constexpr double kGoldenRatio = 0.6180339887498949;  // spreads evenly, never twice the same
    Date day = kFirstDay - std::chrono::days{kSessions};
    for (int back = kSessions; back >= 1; --back, day += std::chrono::days{1}) {
      const double swing = back % 2 == 0 ? past.swing : -past.swing;
      const double close = market.spot * std::exp(-past.drift * back + swing - past.swing);
      double place = back * kGoldenRatio;
      place -= std::floor(place);
      publish_levels(day, close, vix_at(back == 1 ? past.vix_rank : place));
    }
  }

  State state_;
  Instant at_;
  std::multimap<Instant, TimerId> timers_;
  std::vector<Event> events_;
  Commands log_;
  int executions_ = 0;
};

inline void no_exits(Settings& settings) {
  std::apply([](auto&... rule) { ((rule.enabled = false), ...); }, settings.exits.list);
}

/// Every exit rule but this one switched off.
template <class Rule>
void only(Settings& settings) {
  no_exits(settings);
  std::get<Rule>(settings.exits.list).enabled = true;
}

/// The commands of one kind, in their order.
template <class C>
std::vector<C> all(const Commands& commands) {
  std::vector<C> found;
  for (const Command& command : commands) {
    if (const auto* one = std::get_if<C>(&command)) { found.push_back(*one); }
  }
  return found;
}

inline std::vector<OrderTicket> sent(const Commands& commands) {
  std::vector<OrderTicket> tickets;
  for (const SubmitOrder& submit : all<SubmitOrder>(commands)) {
    tickets.push_back(submit.order.ticket());
  }
  return tickets;
}

inline std::vector<OrderTicket> openings(const Commands& commands) {
  auto tickets = sent(commands);
  std::erase_if(tickets, [](const OrderTicket& ticket) { return !opens(ticket.purpose); });
  return tickets;
}

inline std::vector<Decision> decisions(const Commands& commands) {
  std::vector<Decision> list;
  for (const RecordDecision& record : all<RecordDecision>(commands)) {
    list.push_back(record.decision);
  }
  return list;
}

inline bool alerted(const Commands& commands, AlertLevel level, std::string_view what = "") {
  return std::ranges::any_of(all<RaiseAlert>(commands), [&](const RaiseAlert& alert) {
    return alert.level == level && alert.what.find(what) != std::string::npos;
  });
}

/// The contract of a leg: sold or bought, put or call.
inline ContractId leg_of(const InstrumentMaster& master, const Legs& legs, OptionRight right,
                         int ratio) {
  const auto leg = std::ranges::find_if(legs, [&](const Leg& one) {
    return master[one.contract].right == right && one.ratio == ratio;
  });
  if (leg == legs.end()) { throw std::runtime_error("no such leg"); }
  return leg->contract;
}

}  // namespace v6::engine_test
