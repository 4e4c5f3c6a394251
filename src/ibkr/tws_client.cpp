#include "ibkr/tws_client.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <type_traits>
#include <utility>

#include "ibkr/chain_rounds.hpp"
#include "ibkr/discovery.hpp"
#include "ibkr/doubts.hpp"
#include "ibkr/history.hpp"
#include "ibkr/link.hpp"
#include "ibkr/order_desk.hpp"
#include "ibkr/quote_desk.hpp"
#include "ibkr/quote_lines.hpp"
#include "ibkr/reconcile.hpp"
#include "ibkr/upkeep.hpp"

namespace v6::ibkr {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr seconds kSettle{5};  // for the farms to report, before the first look
constexpr seconds kLookEvery{60};
constexpr seconds kLookAgain{5};   // after an incomplete look, or to prove an absence
constexpr seconds kLooksApart{2};  // when something asks for one
constexpr seconds kJump{3};        // a gap between two calls: the process slept
constexpr seconds kCallEvery{1};
constexpr seconds kWishesAgain{30};  // for lines that were not to be had
constexpr minutes kSameNotice{1};
constexpr minutes kHoursDiffer{20};  // some options close 15 minutes after their underlying

}  // namespace

/// All parts of a client, and what one message means to each of them.
class TwsClient::Core {
 public:
  Core(ClientSettings settings, const Calendar& calendar, FeeSchedule fees, const Memory& memory,
       Sinks sinks)
      : context_{.settings = std::move(settings), .calendar = &calendar},
        sinks_{std::move(sinks)},
        link_{context_},
        doubts_{context_},
        book_{memory.master, memory.contracts},
        discovery_{context_, book_},
        lines_{context_, book_, discovery_},
        desk_{context_, book_, discovery_, lines_},
        rounds_{context_, book_, discovery_, lines_},
        history_{context_, discovery_},
        orders_{context_, book_, std::move(fees), memory.orders},
        reconcile_{context_} {
    context_.outbox = Outbox{context_.settings.messages_per_second};
  }

  // The transport.

  [[nodiscard]] bool wants_connection() const { return link_.wants_connection(); }
  void dialling(Instant now) {
    call(now, [&] { link_.dialling(); });
  }
  void connected(Instant now) {
    call(now, [&] { link_.connected(); });
  }
  void received(Instant now, std::string_view bytes) {
    call(now, [&] { link_.received(bytes, [this](std::string_view payload) { read(payload); }); });
  }
  void disconnected(Instant now, std::string_view why) {
    call(now, [&] { lose(why); });
  }
  void lose(std::string_view why) {
    if (link_.phase() == Link::Phase::kDown) { return; }
    link_.disconnected(why);
    context_.waits.clear();
    reconcile_.abort();
    rounds_.abort();
    lines_.lost();
    desk_.give_up();
    orders_.link_lost();
    compared_ = false;
    streaming_ = false;
    look_at_.reset();
  }
  [[nodiscard]] bool wants_close() const { return link_.wants_close(); }
  [[nodiscard]] std::string take_output() { return context_.outbox.take(); }
  void on_time(Instant now) {
    call(now, [] {});
  }
  [[nodiscard]] Instant next_deadline() const;

  // Orders.

  [[nodiscard]] std::int32_t reserve_id(OrderId order) {
    return orders_.reserve_id(order, link_.next_valid_id());
  }
  [[nodiscard]] bool round_trip_fresh() const { return link_.round_trip_fresh(); }
  void probe() { link_.probe(); }
  [[nodiscard]] std::expected<void, BrokerError> submit(const OrderTicket& ticket) {
    if (!may_send(ticket.purpose) || !link_.round_trip_fresh()) {
      return std::unexpected{BrokerError::kDisconnected};
    }
    return call(context_.now,
                [&] { return orders_.submit(ticket, link_.account(), link_.session()); });
  }
  [[nodiscard]] std::expected<void, BrokerError> preview(const OrderTicket& ticket) {
    if (state_ != LinkState::kReady || !link_.round_trip_fresh()) {
      return std::unexpected{BrokerError::kDisconnected};
    }
    return call(context_.now,
                [&] { return orders_.preview(ticket, link_.account(), link_.next_valid_id()); });
  }
  [[nodiscard]] std::optional<MarginPreview> take_preview() { return orders_.take_preview(); }
  [[nodiscard]] std::expected<void, BrokerError> modify(const ModifyOrder& change) {
    if (!may_send(orders_.purpose(change.order)) || !link_.round_trip_fresh()) {
      return std::unexpected{BrokerError::kDisconnected};
    }
    return call(context_.now, [&] { return orders_.modify(change); });
  }
  [[nodiscard]] std::expected<void, BrokerError> cancel(OrderId order) {
    if (!link_.round_trip_fresh()) { return std::unexpected{BrokerError::kDisconnected}; }
    return call(context_.now, [&] { return orders_.cancel(order); });
  }
  [[nodiscard]] std::expected<void, BrokerError> cancel_everything() {
    if (!link_.round_trip_fresh()) { return std::unexpected{BrokerError::kDisconnected}; }
    if (!context_.outbox.write(context_.now, ReqGlobalCancel{})) {
      return std::unexpected{BrokerError::kPaced};
    }
    return {};
  }

  // Market data.

  void request(const RequestQuotes& request) {
    call(context_.now, [&] {
      desk_.request(request);
      if (!streaming_) { desk_.give_up(); }
    });
  }
  void hold(std::vector<ContractId> legs) {
    call(context_.now, [&] {
      discovery_.hold(legs);
      rounds_.hold(legs);
      desk_.hold(std::move(legs));
    });
  }

  // What is so.

  [[nodiscard]] LinkState state() const { return state_; }
  [[nodiscard]] const std::string& why() const { return why_; }
  [[nodiscard]] const Link& link() const { return link_; }
  [[nodiscard]] std::optional<Session> broker_hours(Symbol underlying, Date date) const {
    return discovery_.hours(underlying, date);
  }
  [[nodiscard]] ClientCounters counters() const {
    ClientCounters all = counters_;
    all.sessions = link_.session();
    all.messages_out = context_.outbox.written();
    all.evicted_lines = lines_.evicted();
    all.lines = static_cast<std::int32_t>(lines_.used());
    all.outstanding = static_cast<std::int32_t>(context_.waits.size());
    return all;
  }

 private:
  /// What opens needs a link without any doubt; what closes, one whose books were compared.
  [[nodiscard]] bool may_send(Purpose purpose) const {
    return compared_ && !doubts_.server_lost() && (!opens(purpose) || state_ == LinkState::kReady);
  }
  /// Brackets every call from outside: sets the time before, and afterwards lets every part do what
  /// is due and tells the news. Calls from within a sink do not nest.
  template <class Work>
  std::invoke_result_t<Work> call(Instant now, Work work) {
    const bool outer = !std::exchange(busy_, true);
    advance(now);
    const auto close = [&] {
      if (!outer) { return; }
      settle();
      busy_ = false;
    };
    if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
      work();
      close();
    } else {
      auto result = work();
      close();
      return result;
    }
  }

  void advance(Instant now);
  void settle();
  void pump();
  void expire();
  void judge();
  [[nodiscard]] std::string hours_doubt() const;
  void remind_of_login();
  [[nodiscard]] bool awaiting_login() const;
  void deliver();
  void read(std::string_view payload);
  void look_soon(Duration in);
  void look_ended();
  void obey(Doubts::Duty duty);
  void open_session();
  void say(const Error& error, const ErrorRow& meaning);

  // One per reply.
  template <class M>
  void on(const M& /*message*/) {
    ++counters_.unknown_messages;  // one that we never ask for
  }
  void on(const UnknownMessage& /*message*/) { ++counters_.unknown_messages; }
  void on(const ManagedAccounts& m) {
    if (link_.on(m)) { open_session(); }
  }
  void on(const NextValidId& m) {
    if (link_.on(m)) { open_session(); }
  }
  void on(const CurrentTime& m) { link_.on(m); }
  void on(const Error& error);
  void on(const ContractData& m) {
    answered(m.req_id, [&] { discovery_.on(m); });
  }
  void on(const ContractDataEnd& m) {
    answered(m.req_id, [&] { discovery_.on(m); });
  }
  void on(const SecurityDefinitionOptionParameter& m) {
    answered(m.req_id, [&] { discovery_.on(m); });
  }
  void on(const SecurityDefinitionOptionParameterEnd& m) {
    answered(m.req_id, [&] { discovery_.on(m); });
  }
  void on(const MarketRule& m) { discovery_.on(m); }
  void on(const HistoricalData& m) {
    answered(m.req_id, [&] { history_.on(m); });
  }
  void on(const TickPrice& m) {
    if (tick(lines_.on(m), m.req_id) && m.price) { doubts_.data_flows(); }
  }
  void on(const TickSize& m) { static_cast<void>(tick(lines_.on(m), m.req_id)); }
  void on(const TickOptionComputation& m) { static_cast<void>(tick(lines_.on(m), m.req_id)); }
  void on(const TickGeneric& m) { static_cast<void>(tick(lines_.on(m), m.req_id)); }
  void on(const TickString& /*m*/) {}
  void on(const TickReqParams& /*m*/) {}
  void on(const TickSnapshotEnd& /*m*/) {}
  void on(const MarketDataType& m) { static_cast<void>(tick(lines_.on(m), m.req_id)); }
  void on(const OpenOrder& m) { orders_.on(m); }
  void on(const v6::ibkr::OrderStatus& m) { orders_.on(m); }
  void on(const ExecDetails& m) { orders_.on(m); }
  void on(const CommissionReport& m) { orders_.on(m); }
  void on(const CompletedOrder& m) { orders_.on(m); }
  void on(const OpenOrderEnd& m) { part(reconcile_.on(m)); }
  void on(const ExecDetailsEnd& m) { part(reconcile_.on(m)); }
  void on(const CompletedOrdersEnd& m) { part(reconcile_.on(m)); }
  void on(const Position& m) { reconcile_.on(m); }
  void on(const PositionEnd& m) { part(reconcile_.on(m)); }
  void on(const AccountSummary& m) { reconcile_.on(m); }
  void on(const AccountSummaryEnd& m) { part(reconcile_.on(m)); }

  template <class Handle>
  void answered(std::int32_t req_id, Handle handle) {
    if (context_.waits.find(req_id) == nullptr) {
      ++counters_.unknown_requests;
      return;
    }
    link_.note_round_trip();
    handle();
  }
  bool tick(bool changed, std::int32_t req_id) {
    if (!changed && !lines_.has(req_id)) {
      ++(context_.ids.given(req_id) ? counters_.late_ticks : counters_.unknown_requests);
    }
    return changed;
  }
  void part(bool complete) {
    if (complete) { look_ended(); }
  }

  Context context_;
  Sinks sinks_;
  Link link_;
  Doubts doubts_;
  ContractBook book_;
  Discovery discovery_;
  QuoteLines lines_;
  QuoteDesk desk_;
  ChainRounds rounds_;
  History history_;
  OrderDesk orders_;
  Reconcile reconcile_;

  LinkState state_ = LinkState::kLost;
  std::string why_ = "not connected yet";
  bool told_ = false;
  bool compared_ = false;   // with the broker's books, on this session, since the last doubt
  bool streaming_ = false;  // data was asked for on this session
  bool subscribe_ = false;  // all of it again, after the next look
  std::string missing_;     // what the last look lacked
  std::optional<Instant> look_at_;
  Instant last_look_;
  Instant wishes_at_;
  bool settling_ = false;        // waiting for the farms to report
  std::map<int, Instant> said_;  // codes, and when last
  Instant last_up_;
  Instant reminded_;  // of the end of the login, for which of the two times before it
  bool busy_ = false;
  ClientCounters counters_;
};

void TwsClient::Core::advance(Instant now) {
  const Instant before = std::exchange(context_.now, std::max(now, context_.now));
  const Duration gap = context_.now - before;
  if (link_.phase() == Link::Phase::kDown || gap <= context_.patient(kJump)) { return; }
  // Nobody looked for a while: what fell due meanwhile gets its time again, and then all is
  // compared.
  link_.shift(gap);
  context_.waits.shift(gap);
  rounds_.shift(gap);
  desk_.shift(gap);
  orders_.shift(gap);
  if (look_at_) { *look_at_ += gap; }
  if (link_.up()) {
    link_.probe();
    lines_.forget_quotes();
    compared_ = false;
    subscribe_ = true;
    look_soon(Duration{});
  }
}

void TwsClient::Core::open_session() {
  doubts_.new_session();
  discovery_.restart();
  history_.restart();
  context_.outbox.queue(Lane::kNormal, ReqMarketDataType{.market_data_type = 1});
  compared_ = false;
  streaming_ = false;
  subscribe_ = true;
  settling_ = true;
  look_at_ = context_.in(kSettle);
}

void TwsClient::Core::read(std::string_view payload) {
  ++counters_.messages_in;
  const auto handle = [this](const auto& message) { on(message); };
  const auto result = read_reply(payload, link_.version(), handle);
  if (result) { return; }
  // Data can be missing; what is said of orders, account and session cannot.
  static constexpr std::array<std::string_view, 12> kData{
      "tickPrice",      "tickSize",     "tickOptionComputation",
      "tickGeneric",    "tickString",   "tickReqParams",
      "marketDataType", "contractData", "securityDefinitionOptionParameter",
      "historicalData", "marketRule",   "historicalDataUpdate"};
  const std::string text = result.error().text();
  if (std::ranges::find(kData, result.error().message) != kData.end()) {
    if (std::exchange(said_[-1], context_.now) + kSameNotice <= context_.now) {
      context_.notice(AlertLevel::kWarning, "not understood and left out: {}", text);
    }
    return;
  }
  context_.notice(AlertLevel::kCritical, "not understood, the link is closed: {}", text);
  link_.close("not understood: " + text);
}

void TwsClient::Core::say(const Error& error, const ErrorRow& meaning) {
  auto& last = said_[error.code];
  if (last != Instant{} && context_.now - last < kSameNotice) { return; }
  last = context_.now;
  const AlertLevel level = meaning.severity == Severity::kCritical  ? AlertLevel::kCritical
                           : meaning.severity == Severity::kWarning ? AlertLevel::kWarning
                                                                    : AlertLevel::kInfo;
  context_.notice(level, "broker {}: {}: {}", error.code, error.text, meaning.advice);
}

void TwsClient::Core::on(const Error& error) {
  const ErrorRow meaning = error_row(error.code);
  if (meaning.session == SessionNews::kIdTaken) {
    link_.on_id_taken();
    return;
  }
  if (meaning.session == SessionNews::kTooFast) { context_.outbox.slow_down(); }
  if (meaning.session == SessionNews::kPortChanged) {
    link_.close("the gateway's port was changed");
  }
  obey(doubts_.on(meaning.session, error.text));
  if (error.id < 0) {
    if (meaning.session != SessionNews::kCompeting) { say(error, meaning); }
    // A reply to something without a number, or a code that nobody knows: look.
    if (meaning.session == SessionNews::kNone && meaning.order == OrderNews::kQuery) {
      look_soon(kLooksApart);
    }
    return;
  }
  if (!RequestIds::is_request(error.id)) {
    if (!orders_.on_error(error.id, meaning, error.text)) {
      ++counters_.unknown_requests;
      say(error, meaning);
      look_soon(kLooksApart);
    }
    return;
  }
  link_.note_round_trip();
  const bool ends = meaning.data != DataNews::kWarning;
  if (lines_.on_error(error.id, meaning.data)) {
    if (error.code != 10182) { say(error, meaning); }
    return;
  }
  const Wait* found = context_.waits.find(error.id);
  if (found == nullptr) {
    ++counters_.unknown_requests;
    return;
  }
  say(error, meaning);
  if (!ends) { return; }
  const Wait wait = *found;
  context_.waits.close(error.id);
  if (wait.ask == Ask::kHistory) {
    history_.failed(wait);
  } else if (wait.ask <= Ask::kExpiry) {
    discovery_.failed(wait, error.code == 200);
  } else if (const auto marker = reconcile_.failed(wait); !marker.empty()) {
    missing_ = marker;
    compared_ = false;
    look_soon(kLookAgain);
  }
}

void TwsClient::Core::obey(Doubts::Duty duty) {
  switch (duty) {
    case Doubts::Duty::kNone: return;
    case Doubts::Duty::kQuotesStale:
      lines_.forget_quotes();
      rounds_.abort();
      if (doubts_.server_lost()) { compared_ = false; }
      return;
    case Doubts::Duty::kSubscribeAll: lines_.renew_all(); return;
    case Doubts::Duty::kCompareAndSubscribe: subscribe_ = true; [[fallthrough]];
    case Doubts::Duty::kCompare:
      compared_ = false;
      look_soon(Duration{});
      return;
  }
}

void TwsClient::Core::look_soon(Duration in) {
  const Instant at = context_.in(in);
  look_at_ = std::min(look_at_.value_or(at), at);
}

void TwsClient::Core::look_ended() {
  missing_.clear();
  orders_.snapshot_ended(link_.session());
  reconcile_.tell();
  last_look_ = context_.now;
  look_at_ = context_.in(kLookEvery);
  const OrderWishes wishes = orders_.take_wishes();
  if (wishes.new_session) {
    link_.close("the fate of an order can only be proved on a new session");
    return;
  }
  if (orders_.needs_another_look()) { look_soon(kLookAgain); }
  if (wishes.query) { look_soon(kLookAgain); }
  if (orders_.any_unknown()) { return; }
  compared_ = true;
  link_.proved();
  if (std::exchange(subscribe_, false)) {
    lines_.renew_all();
    lines_.resubscribe();
    streaming_ = true;
  }
}

void TwsClient::Core::expire() {
  while (const auto late = context_.waits.expire(context_.now)) {
    ++counters_.late_requests;
    const Wait& wait = late->second;
    if (wait.ask == Ask::kHistory) {
      history_.failed(wait);
    } else if (wait.ask <= Ask::kExpiry) {
      discovery_.failed(wait, false);
    } else if (const auto marker = reconcile_.failed(wait); !marker.empty()) {
      missing_ = marker;
      compared_ = false;
      look_soon(kLookAgain);
    }
  }
}

void TwsClient::Core::pump() {
  link_.on_time();
  remind_of_login();
  if (!link_.up() || link_.wants_close()) { return; }
  last_up_ = context_.now;
  expire();
  orders_.on_time();
  if (orders_.take_wishes().query) {
    look_soon(last_look_ + kLooksApart > context_.now ? kLooksApart : seconds{0});
  }
  // The farms have spoken: no need to wait for longer.
  if (settling_ && doubts_.farm_heard()) { look_soon(Duration{}); }
  if (!reconcile_.running() && look_at_ && context_.now >= *look_at_ && !doubts_.server_lost()) {
    look_at_.reset();
    settling_ = false;
    orders_.snapshot_begins();
    reconcile_.start(link_.account());
  }
  if (!streaming_ || doubts_.server_lost()) { return; }
  if (doubts_.retry_due()) { lines_.renew_all(); }
  discovery_.pump();
  history_.pump();
  desk_.stream();
  if (context_.now >= wishes_at_) {
    wishes_at_ = context_.in(kWishesAgain);
    lines_.resubscribe();
  }
  desk_.pump();
  if (doubts_.data_doubt().empty()) { rounds_.pump(); }
  if (const std::string text = lines_.take_evictions(); !text.empty()) {
    context_.notice(AlertLevel::kInfo, "{}", text);
  }
  if (const auto rows = discovery_.take_rows(); !rows.empty()) { sinks_.contracts(rows); }
}

/// An early close that only one of us knows: nothing opens until both agree.
std::string TwsClient::Core::hours_doubt() const {
  const Date today = new_york_date(context_.now);
  for (const Symbol symbol : context_.settings.underlyings) {
    const auto told = discovery_.hours(symbol, today);
    const auto ours = context_.calendar->session(today, SessionKind::kEquity);
    if (!told) { continue; }
    if (!ours || std::chrono::abs(told->close - ours->close) > kHoursDiffer) {
      return fmt::format("the broker's hours of {} today differ from our calendar", symbol.text());
    }
  }
  return {};
}

void TwsClient::Core::remind_of_login() {
  if (last_up_ == Instant{}) { return; }
  const Instant end = next_login_end(context_.now);
  for (const std::chrono::hours before : {1h, 24h}) {
    if (context_.now < end - before) { continue; }
    if (reminded_ < end - before) {
      context_.notice(
          AlertLevel::kWarning,
          "the gateway's weekly login ends at {}: then a person must log in again, with "
          "the second factor",
          iso(end));
      reminded_ = context_.now;
    }
    return;
  }
}

bool TwsClient::Core::awaiting_login() const {
  return last_up_ != Instant{} && last_up_ < last_login_end(context_.now);
}

void TwsClient::Core::judge() {
  LinkState state = LinkState::kReady;
  std::string why;
  if (!link_.up() || link_.wants_close()) {
    state = LinkState::kLost;
    why = awaiting_login() ? "awaiting login: the week's login has ended; log in to the gateway, "
                             "with the second factor"
                           : link_.why();
  } else if (doubts_.server_lost()) {
    state = LinkState::kDegraded;
    why = "the gateway has lost its server";
  } else if (!missing_.empty()) {
    state = LinkState::kReconciling;
    why = "incomplete comparison: no " + missing_;
  } else if (orders_.any_unknown()) {
    state = LinkState::kReconciling;
    why = "the outcome of an order is unknown";
  } else if (!compared_) {
    state = LinkState::kReconciling;
    why = "comparing with the broker's books";
  } else if (std::string doubt = doubts_.data_doubt(); !doubt.empty()) {
    state = LinkState::kDegraded;
    why = std::move(doubt);
  } else if (doubt = hours_doubt(); !doubt.empty()) {
    state = LinkState::kDegraded;
    why = std::move(doubt);
  } else if (doubt = upkeep_doubt(context_.now, context_.settings.restart_at); !doubt.empty()) {
    state = LinkState::kDegraded;
    why = std::move(doubt);
  }
  if (told_ && state == state_ && (why == why_ || state == LinkState::kReady)) { return; }
  told_ = true;
  state_ = state;
  why_ = std::move(why);
  context_.tell(LinkChanged{.state = state_, .why = why_});
}

void TwsClient::Core::deliver() {
  for (const auto& [level, text] : std::exchange(context_.notices, {})) {
    sinks_.notice(context_.now, level, text);
  }
  for (EventBody& event : std::exchange(context_.news, {})) {
    sinks_.event(context_.now, std::move(event));
  }
}

void TwsClient::Core::settle() {
  // A sink may call back; what that causes is told in turn.
  do {
    pump();
    judge();
    context_.outbox.release(context_.now);
    deliver();
  } while (!context_.news.empty() || !context_.notices.empty());
}

Instant TwsClient::Core::next_deadline() const {
  Instant first = link_.next_deadline();
  if (link_.phase() == Link::Phase::kDown) { return first; }
  first = std::min(first, context_.now + context_.patient(kCallEvery));
  const auto consider = [&](std::optional<Instant> at) {
    if (at) { first = std::min(first, std::max(*at, context_.now)); }
  };
  consider(context_.waits.next());
  consider(orders_.next());
  consider(context_.outbox.next());
  if (!reconcile_.running() && !doubts_.server_lost()) { consider(look_at_); }
  consider(doubts_.next());
  if (streaming_) {
    consider(discovery_.next());
    consider(history_.next());
    consider(desk_.next());
    consider(rounds_.next());
  }
  return first;
}

TwsClient::TwsClient(ClientSettings settings, const Calendar& calendar, FeeSchedule fees,
                     const Memory& memory, Sinks sinks)
    : core_{std::make_unique<Core>(std::move(settings), calendar, std::move(fees), memory,
                                   std::move(sinks))} {}
TwsClient::~TwsClient() = default;

bool TwsClient::wants_connection() const { return core_->wants_connection(); }
void TwsClient::dialling(Instant now) { core_->dialling(now); }
void TwsClient::connected(Instant now) { core_->connected(now); }
void TwsClient::received(Instant now, std::string_view bytes) { core_->received(now, bytes); }
void TwsClient::disconnected(Instant now, std::string_view why) { core_->disconnected(now, why); }
bool TwsClient::wants_close() const { return core_->wants_close(); }
std::string TwsClient::take_output() { return core_->take_output(); }
void TwsClient::on_time(Instant now) { core_->on_time(now); }
Instant TwsClient::next_deadline() const { return core_->next_deadline(); }
std::int32_t TwsClient::reserve_id(OrderId order) { return core_->reserve_id(order); }
bool TwsClient::round_trip_fresh() const { return core_->round_trip_fresh(); }
void TwsClient::probe() { core_->probe(); }
std::expected<void, BrokerError> TwsClient::submit(SendPermit permit) {
  return core_->submit(permit.ticket());
}
std::expected<void, BrokerError> TwsClient::preview(const ApprovedOrder& order) {
  return core_->preview(order.ticket());
}
std::optional<MarginPreview> TwsClient::take_preview() { return core_->take_preview(); }
std::expected<void, BrokerError> TwsClient::modify(const ModifyOrder& change) {
  return core_->modify(change);
}
std::expected<void, BrokerError> TwsClient::cancel(OrderId order) { return core_->cancel(order); }
std::expected<void, BrokerError> TwsClient::cancel_everything() {
  return core_->cancel_everything();
}
void TwsClient::request(const RequestQuotes& request) { core_->request(request); }
void TwsClient::hold(std::vector<ContractId> open_legs) { core_->hold(std::move(open_legs)); }
LinkState TwsClient::state() const { return core_->state(); }
const std::string& TwsClient::why() const { return core_->why(); }
const std::string& TwsClient::account() const { return core_->link().account(); }
std::optional<Refusal> TwsClient::refusal() const { return core_->link().refusal(); }
std::optional<Duration> TwsClient::clock_offset() const { return core_->link().clock_offset(); }
std::optional<Session> TwsClient::broker_hours(Symbol underlying, Date date) const {
  return core_->broker_hours(underlying, date);
}
ClientCounters TwsClient::counters() const { return core_->counters(); }

}  // namespace v6::ibkr
