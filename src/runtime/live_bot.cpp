#include "runtime/live_bot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/version.hpp"
#include "engine/step.hpp"
#include "risk/permit_desk.hpp"
#include "runtime/recovery.hpp"

namespace v6 {
namespace {

/// An opening order older than this when it is to be written is stale.
constexpr std::chrono::seconds kMostAge{5};
/// So long an approved order waits for the link to prove itself.
constexpr std::chrono::seconds kWaitForLink{3};

Duration times(Duration span, double factor) {
  return Duration{static_cast<std::int64_t>(static_cast<double>(span.count()) * factor)};
}

std::vector<ibkr::KnownOrder> known_orders(const State& state) {
  std::vector<ibkr::KnownOrder> known;
  for (const auto& [id, order] : state.orders) {
    ibkr::KnownOrder row{.ticket = order.ticket,
                         .broker_id = order.broker_id,
                         .status = order.status,
                         .limit = order.limits.back()};
    if (order.perm_id != 0) { row.perm_ids.push_back(order.perm_id); }
    for (const auto& [root, fill] : order.executions) { row.executions.push_back(fill.execution); }
    known.push_back(std::move(row));
  }
  return known;
}

}  // namespace

LiveBot::LiveBot(LiveRequest request, const Reference& reference, const StateFolder& folder,
                 KillSwitch& kill, Instant now)
    : request_{std::move(request)}, reference_{reference}, folder_{folder}, kill_{kill} {
  const auto given = std::make_shared<const Given>(
      Given{.setup = request_.setup, .calendar = Calendar{reference.calendar}});
  auto before = recover(folder.journals(), given);
  const RunSetup setup{.setup = request_.setup,
                       .seed = request_.client.seed,
                       .configuration = request_.configuration,
                       .continues = before ? before->digest : std::string{}};
  state_ = before ? std::move(before->state) : make_state(given);
  if (before) { record_ = std::move(before->record); }
  journal_path_ = folder.next_journal();
  journal_.emplace(
      Journal::create(journal_path_, header_of(setup, reference.calendar, request_.command_line)));
  recorder_.emplace(*journal_);
  at_ = now;
  if (request_.recording) { start_recording(now); }
  recorder_->checkpoint(now, state_);

  request_.client.book = folder.book();
  request_.client.highest_order_id = state_.counters.broker_id;
  request_.client.patience = request_.patience;
  if (state_.levels_through != Date{}) { request_.client.levels_through = state_.levels_through; }
  const auto rows = folder.contracts();
  for (const ibkr::ContractRow& row : rows) { contracts_[row.con_id] = row; }
  client_ = std::make_unique<ibkr::TwsClient>(
      request_.client, state_.calendar(), request_.setup.settings.fees,
      ibkr::TwsClient::Memory{
          .master = state_.master, .contracts = rows, .orders = known_orders(state_)},
      ibkr::TwsClient::Sinks{
          .event = [this](Instant at,
                          EventBody body) { arrived_.emplace_back(at, std::move(body)); },
          .notice =
              [this](Instant at, AlertLevel level, std::string text) {
                record_.alerts.emplace_back(at,
                                            RaiseAlert{.level = level, .what = std::move(text)});
              },
          .contracts =
              [this](const std::vector<ibkr::ContractRow>& fresh) {
                for (const ibkr::ContractRow& row : fresh) { contracts_[row.con_id] = row; }
                std::vector<ibkr::ContractRow> all;
                for (const auto& [con_id, row] : contracts_) { all.push_back(row); }
                folder_.store(all);
              }});
  begin(now);
}

LiveBot::~LiveBot() = default;

/// What an earlier life left in the air: nobody knows what became of it, so the broker is asked.
void LiveBot::begin(Instant now) {
  feed(now, LinkChanged{.state = LinkState::kLost, .why = "starting"});
  std::vector<std::pair<OrderId, std::int32_t>> live;
  for (const auto& [id, order] : state_.orders) {
    if (order.live()) { live.emplace_back(id, order.broker_id); }
  }
  for (const auto& [id, broker_id] : live) {
    if (broker_id == 0) {
      feed(now, SendRefused{.order = id, .reason = "the program ended before it was written"});
    } else {
      feed(now, OrderOutcomeUnknown{.order = id});
    }
  }
  for (const auto& [id, task] : state_.timers) { timers_.emplace(task.at, id); }
  for (const auto& [id, order] : state_.orders) {
    if (order.status == OrderStatus::kCancelling) { cancelling_.insert(id); }
  }
  if (state_.session != Date{}) { sessions_.push_back(state_.session); }
  if (state_.session == new_york_date(now)) { tell_reference(now, state_.session); }
  hold_open_legs();
  commit();
}

/// Before anything of this life has changed the request or the folder.
void LiveBot::start_recording(Instant now) {
  const auto complain = [this](const std::string& text) { warn(text); };
  wire_ = std::make_unique<WireRecorder>(folder_.wire(), life_of(journal_path_),
                                         *request_.recording, complain);
  wire_file::Start start{.build = std::string{kVersion},
                         .setup = request_.setup,
                         .client = request_.client,
                         .configuration = request_.configuration,
                         .command_line = request_.command_line,
                         .patience = request_.patience,
                         .calendar = reference_.calendar,
                         .dividends = reference_.dividends,
                         .book = folder_.book(),
                         .contracts = folder_.contracts()};
  for (const YieldRow& row : reference_.yields) {
    start.yields.emplace_back(row.date, row.percent);
  }
  wire_->start(now, start);
}

void LiveBot::note(wire_file::Kind kind, Instant at, std::string_view bytes, std::uint64_t number) {
  if (wire_) { wire_->record(kind, at, bytes, number); }
}

void LiveBot::dialling(Instant now) {
  note(wire_file::Kind::kDialling, now);
  client_->dialling(now);
}

void LiveBot::connected(Instant now) {
  note(wire_file::Kind::kConnected, now);
  client_->connected(now);
}

void LiveBot::received(Instant now, std::string_view bytes) {
  note(wire_file::Kind::kReceived, now, bytes);
  client_->received(now, bytes);
}

void LiveBot::disconnected(Instant now, std::string_view why) {
  note(wire_file::Kind::kDisconnected, now, why);
  client_->disconnected(now, why);
}

void LiveBot::on_time(Instant now) {
  note(wire_file::Kind::kOnTime, now);
  client_->on_time(now);
}

std::string LiveBot::take_output() {
  std::string bytes = client_->take_output();
  if (!bytes.empty()) { note(wire_file::Kind::kSent, at_, bytes); }
  return bytes;
}

void LiveBot::commit() {
  journal_->commit();
  dirty_ = false;
  committed_at_ = at_;
  recording_due_ = true;
}

/// Another thread may pull it at any moment; the recorder must know at which look it was seen.
bool LiveBot::killed() {
  const bool pulled = kill_.pulled();
  ++kill_looks_;
  if (pulled != kill_seen_) {
    kill_seen_ = pulled;
    note(wire_file::Kind::kKill, at_, {}, 2 * kill_looks_ + (pulled ? 1U : 0U));
  }
  return pulled;
}

void LiveBot::pump(Instant now) {
  note(wire_file::Kind::kPump, now);
  act(now);
}

void LiveBot::act(Instant now) {
  at_ = std::max(at_, now);
  if (killed() && state_.latches.halted.empty()) {
    feed(at_, OperatorSpoke{.word = OperatorWord::kHalt, .reason = "the kill latch"});
  }
  drain();
  follow_calendar(at_);
  fire_timers(at_);
  drain();
  send_waiting(at_);
  cancel_again();
  hold_open_legs();
}

void LiveBot::rest() {
  if (dirty_ && at_ - committed_at_ >= times(request_.commit_every, request_.patience)) {
    commit();
  }
  // What the journal knows durably the flight recorder knows, too.
  if (wire_ && std::exchange(recording_due_, false)) { wire_->flush(); }
}

Instant LiveBot::next_deadline() const {
  Instant next = client_->next_deadline();
  if (!timers_.empty()) { next = std::min(next, timers_.begin()->first); }
  if (!sending_.empty()) { next = std::min(next, sending_.front().until); }
  if (const auto session = state_.calendar().session(new_york_date(at_), SessionKind::kEquity);
      session && session->open > at_) {
    next = std::min(next, session->open);
  }
  return next;
}

void LiveBot::say(Instant now, OperatorWord word, std::string reason) {
  note(wire_file::Kind::kSaid, now, reason, static_cast<std::uint64_t>(word));
  at_ = std::max(at_, now);
  if (word == OperatorWord::kResume) { kill_.rearm(); }
  feed(at_, OperatorSpoke{.word = word, .reason = std::move(reason)});
  act(at_);
}

std::string LiveBot::close(Instant now) {
  note(wire_file::Kind::kClosed, now);
  at_ = std::max(at_, now);
  drain();
  feed(at_, RunEnded{});
  recorder_->checkpoint(at_, state_);
  wire_.reset();
  return journal_->close();
}

void LiveBot::drain() {
  while (!arrived_.empty()) {
    auto [at, body] = std::move(arrived_.front());
    arrived_.pop_front();
    if (auto* levels = std::get_if<DailyLevelsPublished>(&body)) {
      levels_published(at, std::move(*levels));
    } else {
      feed(at, std::move(body));
    }
  }
}

void LiveBot::feed(Instant at, EventBody body) {
  at_ = std::max(at_, at);
  const Event event{.sequence = ++sequence_, .at = at_, .body = std::move(body)};
  recorder_->event(event);
  dirty_ = true;
  Commands commands = step(state_, event);
  for (const Command& command : commands) {
    recorder_->command(event.at, command);
    record_.keep(event.at, command);
  }
  for (Command& command : commands) { obey(std::move(command)); }
}

void LiveBot::obey(Command command) {
  if (auto* order = std::get_if<SubmitOrder>(&command)) {
    submit(std::move(order->order));
  } else if (const auto* modify = std::get_if<ModifyOrder>(&command)) {
    commit();
    // Not sent: it works at its last limit, and the next step of the walk asks again.
    static_cast<void>(client_->modify(*modify));
  } else if (const auto* cancel = std::get_if<CancelOrder>(&command)) {
    cancelling_.insert(cancel->order);
    cancel_again();
  } else if (const auto* request = std::get_if<RequestQuotes>(&command)) {
    client_->request(*request);
  } else if (const auto* timer = std::get_if<SetTimer>(&command)) {
    timers_.emplace(timer->at, timer->timer);
  }
}

void LiveBot::submit(ApprovedOrder order) {
  if (state_.settings().mode == Mode::kDryRun) {
    refuse(order.ticket().order, "dry run sends nothing");
    return;
  }
  sending_.push_back(
      {.order = std::move(order), .until = at_ + times(kWaitForLink, request_.patience)});
  send_waiting(at_);
}

/// The broker's own count of the margin, asked before an opening order is written. False while the
/// answer is on its way; a refusal when the margin would be too much or nobody can say.
bool LiveBot::previewed(Sending& next, std::string& refusal) {
  using enum Sending::Preview;
  if (!opens(next.order.ticket().purpose) || next.preview == kGood) { return true; }
  if (next.preview == kNone) {
    next.preview = kAsked;
    if (!client_->preview(next.order)) { refusal = "the broker's what-if could not be asked"; }
    return !refusal.empty();
  }
  const auto answer = client_->take_preview();
  if (!answer) { return false; }
  next.preview = kGood;
  if (answer->unsupported) { return true; }  // our own rule has passed it
  const double most = state_.settings().risk.margin;
  if (!answer->failure.empty()) {
    refusal = "the broker's what-if: " + answer->failure;
  } else if (!answer->initial_margin_after || !answer->equity_after) {
    refusal = "the broker's what-if names no margin";
  } else if (*answer->initial_margin_after > most * *answer->equity_after) {
    refusal = fmt::format(
        "the broker's what-if: margin {:.2f} after the trade, at most {:.0f} % of {:.2f}",
        *answer->initial_margin_after, 100 * most, *answer->equity_after);
  }
  return true;
}

/// The send protocol (docs/ARCHITECTURE.md): the link proved, the broker's own margin looked at,
/// number reserved, both durable, the latches looked at again, written.
void LiveBot::send_waiting(Instant now) {
  while (!sending_.empty()) {
    Sending& front = sending_.front();
    if (!client_->round_trip_fresh() && client_->state() != LinkState::kLost && now < front.until) {
      client_->probe();
      return;
    }
    std::string refusal;
    if (!client_->round_trip_fresh()) {
      refusal = "no round trip to the broker within two seconds";
    }
    if (refusal.empty() && !previewed(front, refusal)) { return; }
    Sending next = std::move(front);
    sending_.pop_front();
    const OrderId id = next.order.ticket().order;
    if (refusal.empty()) {
      write(std::move(next.order), now);
    } else {
      refuse(id, std::move(refusal));
    }
  }
}

void LiveBot::write(ApprovedOrder order, Instant now) {
  const OrderId id = order.ticket().order;
  feed(now, OrderSending{.order = id, .broker_id = client_->reserve_id(id)});
  commit();
  const bool latched = state_.latches.any() || killed() || state_.link.state != LinkState::kReady;
  auto permit =
      PermitDesk::permit(std::move(order), {.now = at_,
                                            .mode = state_.settings().mode,
                                            .latched = latched,
                                            .most_age = times(kMostAge, request_.patience)});
  if (!permit) {
    refuse(id, permit.error());
  } else if (const auto sent = client_->submit(std::move(*permit)); !sent) {
    refuse(id, sent.error() == BrokerError::kPaced ? "too many messages to the broker already"
                                                   : "the broker is not connected");
  }
}

void LiveBot::refuse(OrderId order, std::string reason) {
  feed(at_, SendRefused{.order = order, .reason = std::move(reason)});
}

/// A cancel that could not be sent is owed until the order has ended.
void LiveBot::cancel_again() {
  if (cancelling_.empty() || state_.settings().mode == Mode::kDryRun) { return; }
  commit();
  std::erase_if(cancelling_, [&](OrderId id) {
    const auto found = state_.orders.find(id);
    const bool over = found != state_.orders.end() && !found->second.live();
    return over || client_->cancel(id).has_value();
  });
}

void LiveBot::fire_timers(Instant now) {
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const TimerId timer = timers_.begin()->second;
    timers_.erase(timers_.begin());
    feed(now, TimerFired{.timer = timer});
  }
}

void LiveBot::follow_calendar(Instant now) {
  const Date today = new_york_date(now);
  if (today == state_.session) { return; }
  const auto session = state_.calendar().session(today, SessionKind::kEquity);
  if (!session || now < session->open || now >= session->close) { return; }
  recorder_->checkpoint(now, state_);
  feed(now, SessionStarted{.date = today});
  tell_reference(now, today);
  sessions_.push_back(today);
}

/// What share prices are carried with. Told again after a restart: the lists may have grown.
void LiveBot::tell_reference(Instant now, Date today) {
  constexpr std::chrono::days kQuarter{100};
  const KnownYields yields = yields_before(reference_.yields, today);
  if (yields.date) {
    feed(now, DailyLevelsPublished{
                  .date = *yields.date,
                  .treasury_yields = {yields.curve.percent.begin(), yields.curve.percent.end()}});
  }
  if (!yields.date || *yields.date < today - kYieldsAge) {
    warn(
        fmt::format("Treasury yields are known to {}; forwards of options on ETFs rest on them: "
                    "give newer data with --reference",
                    yields.date ? iso(*yields.date) : "no day at all"));
  }
  for (const auto& [underlying, root] : request_.setup.roots) {
    const auto list = reference_.dividends.find(underlying);
    if (list == reference_.dividends.end()) { continue; }
    feed(now, dividends_known(reference_, underlying, today, state_.calendar()));
    const ListSource& source = list->second.source;
    if (source.last < today - kQuarter) {
      warn(
          fmt::format("dividends of {} are known to {}, later ones are those of that year: append "
                      "to {}",
                      underlying.text(), iso(source.last), source.name));
    }
  }
}

void LiveBot::warn(std::string text) {
  record_.alerts.emplace_back(at_,
                              RaiseAlert{.level = AlertLevel::kWarning, .what = std::move(text)});
}

/// The broker tells closes; the day's yields are ours, and what expired that day is settled by it.
void LiveBot::levels_published(Instant at, DailyLevelsPublished levels) {
  const auto row = std::ranges::lower_bound(reference_.yields, levels.date, {}, &YieldRow::date);
  if (row != reference_.yields.end() && row->date == levels.date) {
    levels.treasury_yields.assign(row->percent.begin(), row->percent.end());
  }
  for (const IndexLevel& close : levels.closes) {
    const auto level = Price::from_dollars(close.level);
    const auto root = request_.setup.roots.find(close.index);
    if (!level || root == request_.setup.roots.end()) { continue; }
    settlements_[levels.date] = *level;
    const bool expires = std::ranges::any_of(state_.structures, [&](const auto& entry) {
      return std::ranges::any_of(entry.second.holdings, [&](const auto& holding) {
        const Contract contract = state_.master[holding.first];
        return contract.root == root->second && contract.expiry == levels.date;
      });
    });
    if (expires) {
      feed(at, SeriesSettled{.root = root->second, .expiry = levels.date, .level = *level});
    }
  }
  feed(at, std::move(levels));
}

void LiveBot::hold_open_legs() {
  std::set<ContractId> open;
  for (const auto& [id, structure] : state_.structures) {
    for (const auto& [contract, holding] : structure.holdings) {
      if (holding.quantity != Contracts{}) { open.insert(contract); }
    }
  }
  std::vector<ContractId> now{open.begin(), open.end()};
  if (now == held_) { return; }
  held_ = std::move(now);
  client_->hold(held_);
}

}  // namespace v6
