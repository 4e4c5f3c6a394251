#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/incident_player.hpp"

/// What each incident does.
namespace v6 {

namespace {

using incident::edit;
using incident::LineKind;
using incident::number_of;
using incident::Passing;
using incident::read_as;
using incident::set_field;

Duration span_of(double seconds) { return Duration{static_cast<std::int64_t>(seconds * 1e9)}; }

bool is_tick(int number) {
  static constexpr std::array kTicks{
      ibkr::TickPrice::kId,   ibkr::TickSize::kId,   ibkr::TickOptionComputation::kId,
      ibkr::TickGeneric::kId, ibkr::TickString::kId, ibkr::TickReqParams::kId};
  return std::ranges::find(kTicks, number) != kTicks.end();
}

/// Of a tick; the older ones carry a version before it.
std::int32_t request_of_tick(std::string_view payload) {
  const int number = number_of(payload);
  const bool versioned =
      number != ibkr::TickOptionComputation::kId && number != ibkr::TickReqParams::kId;
  return number_of(std::string{incident::field_at(payload, versioned ? 2 : 1)} + '\0');
}

bool is_order_news(const Passing& passing) {
  const int number = number_of(passing.payload);
  return (number == ibkr::OpenOrder::kId || number == ibkr::OrderStatus::kId) &&
         passing.answers != -1 && !passing.answers_orders();
}

/// A new order to trade, not a change or a preview.
std::optional<ibkr::PlaceOrder> new_order(const incident::LinkBytes& bytes,
                                          std::string_view payload) {
  auto order = read_as<ibkr::PlaceOrder>(payload, bytes.version, ibkr::Placeholder::kIsZero);
  if (!order || order->order.what_if || bytes.orders.contains(order->order_id)) {
    return std::nullopt;
  }
  return order;
}

std::string or_else(const std::string& text, std::string_view standard) {
  return text.empty() ? std::string{standard} : text;
}

/// The kind of line of a tick, where this deed means it.
bool means(const incident::LinkBytes& bytes, std::string_view payload, std::string_view kind) {
  const std::int32_t request = request_of_tick(payload);
  const auto line = bytes.lines.find(request);
  if (line == bytes.lines.end()) { return false; }
  if (kind == "legs") { return line->second == LineKind::kOption; }
  if (kind == "underlying") { return line->second == LineKind::kUnderlying; }
  if (kind == "one") {
    const auto first = std::ranges::find_if(
        bytes.lines, [](const auto& entry) { return entry.second == LineKind::kOption; });
    return first != bytes.lines.end() && first->first == request;
  }
  return true;
}

std::int32_t delayed(std::int32_t tick) {
  switch (tick) {
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
    case 14: return 76;
    default: return tick;
  }
}

}  // namespace

template <class M>
void IncidentPlayer::inject(LinkBytes& bytes, const M& message) {
  if (!bytes.ready || bytes.dropped || bytes.half_open) { return; }
  release(bytes, {}, incident::framed(incident::payload_of(message, bytes.version)));
}

void IncidentPlayer::say(int code, const std::string& text) {
  each_ready([&](LinkBytes& bytes) { inject(bytes, ibkr::Error{.code = code, .text = text}); });
}

void IncidentPlayer::drop(LinkBytes& bytes, bool lose) {
  bytes.dropped = true;
  if (lose) { bytes.queue.clear(); }
}

void IncidentPlayer::play(const Incident& incident, std::optional<Link> link) {
  tell(story_of(incident));
  const Deed deed = deed_of(incident);
  if (deed <= Deed::kCorruptFrame) {
    play_link(deed, incident, link);
  } else if (deed <= Deed::kForeignNumbers) {
    play_session(deed, incident);
  } else if (deed <= Deed::kDropSubscription) {
    play_messages(deed, incident);
  } else if (deed <= Deed::kForeignOrder) {
    play_orders(deed, incident);
  } else if (deed <= Deed::kAssign) {
    play_fills(deed, incident);
  } else {
    play_market(deed, incident);
  }
}

void IncidentPlayer::play_link(Deed deed, const Incident& incident, std::optional<Link> link) {
  const Duration until =
      incident.for_s > 0 ? now_.paced + span_of(incident.for_s) : Duration::max();
  const auto each = [&](auto work) {
    for (auto& [number, bytes] : links_) {
      if (!link || *link == number) { work(bytes); }
    }
  };
  if (deed == Deed::kDropSocket) {
    each([&](LinkBytes& bytes) { drop(bytes, incident.kind == "lost"); });
  } else if (deed == Deed::kRefuseConnections) {
    refuse_until_ = until;
  } else if (deed == Deed::kHalfOpen) {
    each([](LinkBytes& bytes) { bytes.half_open = true; });
  } else if (deed == Deed::kMute) {
    mute_until_ = until;
  } else if (deed == Deed::kDelayBytes) {
    delay_until_ = until;
    delay_ = std::chrono::milliseconds{incident.ms};
  } else if (deed == Deed::kSplitBytes) {
    split_until_ = until;
    split_ = static_cast<std::size_t>(std::max(incident.bytes, 1));
  } else if (deed == Deed::kCoalesceBytes) {
    gather_until_ = until;
    gather_ = std::chrono::milliseconds{incident.ms};
  } else if (deed == Deed::kCorruptFrame) {
    std::string bad = "\xff\xff\xff\xf0 nonsense";
    if (incident.kind == "garbage") { bad = incident::framed("\x01\x02\x03 no number at all"); }
    if (incident.kind == "text") {
      bad = incident::framed(std::string{"3\0seven\0Submitted\0", 18} + std::string(9, '\0'));
    }
    each([&](LinkBytes& bytes) { release(bytes, {}, bad); });
  }
}

void IncidentPlayer::stop_ticks(const Incident& incident) {
  on_replies(
      [](LinkBytes&, Passing& passing) {
        if (passing.answers == -1 || !is_tick(number_of(passing.payload))) { return false; }
        passing.copies = 0;
        return true;
      },
      incident);
}

/// Until it is back nothing is heard but the gateway itself: heartbeats and errors.
void IncidentPlayer::lose_server(const Incident& incident) {
  server_lost_until_ = Duration::max();
  const int code = incident.code == 0 ? 1100 : incident.code;
  say(code,
      or_else(incident.text, "Connectivity between IBKR and Trader Workstation has been lost."));
  on_replies(
      [this](LinkBytes&, Passing& passing) {
        if (now_.paced >= server_lost_until_ || passing.answers == -1) { return false; }
        const int number = number_of(passing.payload);
        if (number == ibkr::CurrentTime::kId || number == ibkr::Error::kId ||
            number == ibkr::ManagedAccounts::kId || number == ibkr::NextValidId::kId) {
          return false;
        }
        passing.copies = 0;
        return true;
      },
      Incident{});
  after(incident, [this, bare = incident.kind == "bare"] { server_back(bare, ""); });
}

void IncidentPlayer::server_back(bool bare, const std::string& text) {
  server_lost_until_ = now_.paced;
  const std::string standard =
      fmt::format("Connectivity between IBKR and Trader Workstation has been restored - data {}.",
                  bare ? "lost" : "maintained");
  say(bare ? 1101 : 1102, or_else(text, standard));
  tell(fmt::format("the gateway is back: {}", bare ? 1101 : 1102));
  if (!bare) { return; }
  each_ready([](LinkBytes& bytes) {
    for (const auto& [request, kind] : bytes.lines) { bytes.dead_lines.insert(request); }
  });
  on_replies(
      [](LinkBytes& bytes, Passing& passing) {
        if (passing.answers == -1 || !is_tick(number_of(passing.payload)) ||
            !bytes.dead_lines.contains(request_of_tick(passing.payload))) {
          return false;
        }
        passing.copies = 0;
        return true;
      },
      Incident{});
}

void IncidentPlayer::play_session(Deed deed, const Incident& incident) {
  if (deed == Deed::kSay) {
    for (int i = 0; i < incident.times; ++i) { say(incident.code, incident.text); }
  } else if (deed == Deed::kLoseServer) {
    lose_server(incident);
  } else if (deed == Deed::kRestoreServer) {
    server_back(incident.code == 1101, incident.text);
  } else if (deed == Deed::kBreakFarm) {
    const std::string farm = incident.code == 2103   ? "usfarm"
                             : incident.code == 2105 ? "ushmds"
                                                     : "secdefnj";
    say(incident.code, or_else(incident.text, "A data farm connection is broken:" + farm));
    if (incident.code == 2103) { stop_ticks(incident); }
    after(incident, [this, code = incident.code + 1, farm] {
      say(code, "A data farm connection is OK:" + farm);
      tell(fmt::format("the farm is fine again: {}", code));
    });
  } else if (deed == Deed::kMendFarm) {
    say(incident.code, or_else(incident.text, "A data farm connection is OK:usfarm"));
  } else if (deed == Deed::kCompete) {
    const auto refuse = [this](LinkBytes& bytes, std::int32_t request) {
      inject(bytes, ibkr::Error{.id = request,
                                .code = 10197,
                                .text = "No market data during competing live session"});
    };
    stop_ticks(incident);
    each_ready([&](LinkBytes& bytes) {
      for (const auto& [request, kind] : bytes.lines) { refuse(bytes, request); }
    });
    on_requests(
        [refuse](LinkBytes& bytes, const std::string& payload) {
          if (const auto line =
                  read_as<ibkr::ReqMktData>(payload, bytes.version, ibkr::Placeholder::kIsZero)) {
            refuse(bytes, line->req_id);
          }
          return false;
        },
        incident);
  } else if (deed == Deed::kRestart || deed == Deed::kWeeklyLogin) {
    for (auto& [link, bytes] : links_) { drop(bytes, true); }
    if (deed == Deed::kRestart) {
      refuse_until_ = now_.paced + span_of(incident.for_s);
    } else {
      refuse_until_ = now_.paced + span_of(incident.for_s / 3);
      mute_until_ = now_.paced + span_of(incident.for_s);
    }
    if (incident.quantity > 0) { play_session(Deed::kRollBackIds, incident); }
  } else if (deed == Deed::kRollBackIds) {
    on_replies(
        [back = incident.quantity](LinkBytes& bytes, Passing& passing) {
          return passing.answers != -1 &&
                 edit<ibkr::NextValidId>(passing, bytes.version, [&](ibkr::NextValidId& next) {
                   next.order_id = std::max(1, next.order_id - back);
                 });
        },
        Incident{});
  } else if (deed == Deed::kRepeatHandshake) {
    each_ready([this](LinkBytes& bytes) {
      inject(bytes, ibkr::NextValidId{.order_id = 1});
      inject(bytes, ibkr::ManagedAccounts{.accounts_list = exchange_->account()});
      inject(bytes, ibkr::NextValidId{.order_id = 1});
    });
  } else if (deed == Deed::kTakeClientId) {
    on_requests(
        [this](LinkBytes& bytes, const std::string& payload) {
          if (number_of(payload) != ibkr::StartApi::kId) { return false; }
          const ibkr::Error taken{.code = 326,
                                  .text =
                                      "Unable to connect as the client id is already in use. "
                                      "Retry with a unique client id."};
          release(bytes, {}, incident::framed(incident::payload_of(taken, bytes.version)));
          bytes.dropped = true;
          return true;
        },
        incident);
  } else if (deed == Deed::kShowAccount) {
    on_replies(
        [text = incident.text](LinkBytes& bytes, Passing& passing) {
          return passing.answers != -1 &&
                 edit<ibkr::ManagedAccounts>(
                     passing, bytes.version,
                     [&](ibkr::ManagedAccounts& accounts) { accounts.accounts_list = text; });
        },
        incident);
  } else if (deed == Deed::kSpeakVersion) {
    on_replies(
        [version = incident.code](LinkBytes&, Passing& passing) {
          const auto hello = passing.answers == -1 ? ibkr::parse_hello(passing.payload)
                                                   : std::optional<ibkr::ServerHello>{};
          if (!hello) { return false; }
          std::string bytes;
          ibkr::append_hello(bytes, {.version = version, .time = hello->time});
          passing.payload = bytes.substr(4);
          return true;
        },
        incident);
  } else if (deed == Deed::kUnknownMessage) {
    each_ready([this](LinkBytes& bytes) {
      release(bytes, {}, incident::framed(std::string{"203\0new\0thing\0", 14}));
      release(bytes, {},
              incident::framed(std::string{"107\0"
                                           "7\0news\0",
                                           11}));
      release(bytes, {},
              incident::framed(std::string{"64\0"
                                           "1\0"
                                           "7\0more\0fields\0",
                                           19}));
    });
  } else if (deed == Deed::kForeignNumbers) {
    each_ready([this](LinkBytes& bytes) {
      inject(bytes, ibkr::TickPrice{.req_id = 77, .tick_type = 1, .price = 1.25});
      inject(bytes, ibkr::ContractDataEnd{.req_id = 77});
      inject(bytes, ibkr::ExecDetailsEnd{.req_id = 77});
      inject(bytes, ibkr::Error{.id = 77, .code = 200, .text = "No security definition"});
      inject(bytes,
             ibkr::OrderStatus{
                 .order_id = 999'999, .status = "Submitted", .perm_id = 77, .client_id = 77});
      inject(bytes, ibkr::CommissionReport{
                        .exec_id = "0000ffff.77.01.01", .commission = 1.0, .currency = "USD"});
    });
  }
}

void IncidentPlayer::play_messages(Deed deed, const Incident& incident) {
  if (deed == Deed::kNeverAnswer) {
    on_requests(
        [number = request_number(incident.message).value_or(-1)](
            LinkBytes&, const std::string& payload) { return number_of(payload) == number; },
        incident, incident.times);
  } else if (deed == Deed::kOmit || deed == Deed::kLate || deed == Deed::kRepeat) {
    on_replies(
        [number = reply_number(incident.message).value_or(-1), deed,
         late = std::chrono::milliseconds{incident.ms}](LinkBytes&, Passing& passing) {
          if (passing.answers == -1 || number_of(passing.payload) != number) { return false; }
          if (deed == Deed::kOmit) { passing.copies = 0; }
          if (deed == Deed::kLate) { passing.late += late; }
          if (deed == Deed::kRepeat) { passing.copies *= 2; }
          return true;
        },
        incident, incident.times);
  } else if (deed == Deed::kRefuseLines) {
    on_requests(
        [this, code = incident.code, text = incident.text](LinkBytes& bytes,
                                                           const std::string& payload) {
          const auto line =
              read_as<ibkr::ReqMktData>(payload, bytes.version, ibkr::Placeholder::kIsZero);
          if (!line || line->contract.sec_type != "OPT") { return false; }
          inject(bytes, ibkr::Error{.id = line->req_id, .code = code, .text = text});
          return true;
        },
        incident, incident.times);
  } else if (deed == Deed::kDropSubscription) {
    each_ready([this](LinkBytes& bytes) {
      if (bytes.lines.empty()) { return; }
      const std::int32_t request = bytes.lines.begin()->first;
      bytes.dead_lines.insert(request);
      inject(bytes, ibkr::Error{.id = request,
                                .code = 10182,
                                .text = "Failed to request live updates (disconnected)."});
    });
    on_replies(
        [](LinkBytes& bytes, Passing& passing) {
          if (passing.answers == -1 || !is_tick(number_of(passing.payload)) ||
              !bytes.dead_lines.contains(request_of_tick(passing.payload))) {
            return false;
          }
          passing.copies = 0;
          return true;
        },
        Incident{});
  }
}

void IncidentPlayer::play_orders(Deed deed, const Incident& incident) {
  if (deed == Deed::kLoseOrder) {
    on_requests([](LinkBytes& bytes,
                   const std::string& payload) { return new_order(bytes, payload).has_value(); },
                incident, incident.times);
  } else if (deed == Deed::kLoseAcknowledgement || deed == Deed::kDelayAcknowledgement ||
             deed == Deed::kDuplicateAcknowledgement) {
    on_replies(
        [deed, late = std::chrono::milliseconds{incident.ms}](LinkBytes&, Passing& passing) {
          if (!is_order_news(passing)) { return false; }
          if (deed == Deed::kLoseAcknowledgement) { passing.copies = 0; }
          if (deed == Deed::kDelayAcknowledgement) { passing.late += late; }
          if (deed == Deed::kDuplicateAcknowledgement) { passing.copies *= 2; }
          return true;
        },
        incident);
  } else if (deed == Deed::kReject) {
    const auto left = std::make_shared<int>(incident.times);
    on_requests(
        [this, code = incident.code, text = incident.text, left](LinkBytes& bytes,
                                                                 const std::string& payload) {
          if (*left > 0 && new_order(bytes, payload)) {
            --*left;
            exchange_->reject_next(code, text);
          }
          return false;
        },
        Incident{});
  } else if (deed == Deed::kUsedId) {
    const auto done = std::make_shared<bool>(false);
    if (incident.kind != "dead") {
      on_replies(
          [](LinkBytes&, Passing& passing) {
            if (!is_order_news(passing)) { return false; }
            passing.copies = 0;
            return true;
          },
          Incident{.for_s = 3});
    }
    on_requests(
        [this, done, dead = incident.kind == "dead"](LinkBytes& bytes, const std::string& payload) {
          const auto order = *done ? std::nullopt : new_order(bytes, payload);
          if (!order) { return false; }
          *done = true;
          inject(bytes,
                 ibkr::Error{.id = order->order_id, .code = 103, .text = "Duplicate order id"});
          return dead;
        },
        Incident{});
  } else if (deed == Deed::kHoldOrder) {
    exchange_->hold_fills(true);
    const auto done = std::make_shared<bool>(false);
    on_replies(
        [this, done, text = incident.text](LinkBytes& bytes, Passing& passing) {
          const auto hold = [&](std::string& status, std::int32_t order_id) {
            if (status != "Submitted") { return; }
            status = "PreSubmitted";
            if (std::exchange(*done, true)) { return; }
            inject(bytes,
                   ibkr::Error{.id = order_id,
                               .code = 399,
                               .text = or_else(text,
                                               "Order Message:\nWarning: your order will not be "
                                               "placed at the exchange until 2019-04-26 09:30:00 "
                                               "US/Eastern")});
          };
          if (passing.answers == -1) { return false; }
          return edit<ibkr::OpenOrder>(
                     passing, bytes.version,
                     [&](ibkr::OpenOrder& order) { hold(order.state.status, order.order_id); }) ||
                 edit<ibkr::OrderStatus>(passing, bytes.version, [&](ibkr::OrderStatus& status) {
                   hold(status.status, status.order_id);
                 });
        },
        Incident{});
  } else if (deed == Deed::kCancelUnasked) {
    if (const auto order = last_order(true)) {
      exchange_->cancel_unasked(order->perm_id, incident.text, now_);
    }
  } else if (deed == Deed::kCrossCancel) {
    exchange_->hold_cancels(true);
    after(incident, [this] { exchange_->hold_cancels(false); });
  } else if (deed == Deed::kTwinOrder) {
    if (const auto order = last_order(true)) { exchange_->twin_order(order->perm_id, now_); }
  } else if (deed == Deed::kForeignOrder) {
    for (const Listing* listing : exchange_->market().listed()) {
      if (!listing->is_option() || !exchange_->market().quote(*listing).two_sided()) { continue; }
      exchange_->place_foreign({.con_id = listing->con_id,
                                .action = OrderAction::kBuy,
                                .quantity = std::max(incident.quantity, 1),
                                .limit = Price::cents(5)},
                               now_);
      return;
    }
  }
}

std::optional<BookedOrder> IncidentPlayer::last_order(bool working) const {
  std::optional<BookedOrder> last;
  for (const auto& [perm_id, order] : exchange_->book().orders) {
    if (order.request.client_id == 0 && order.request.order_id == 0) { continue; }
    if (!working || is_working(order.status)) { last = order; }
  }
  return last;
}

std::optional<HeldPosition> IncidentPlayer::held(bool short_one) const {
  for (const HeldPosition& position : exchange_->positions()) {
    const Listing* const listing = exchange_->market().find(position.con_id);
    if (listing && listing->is_option() && (position.quantity < 0) == short_one) {
      return position;
    }
  }
  return std::nullopt;
}

void IncidentPlayer::play_fills(Deed deed, const Incident& incident) {
  if (deed == Deed::kFill) {
    auto order = last_order(true);
    if (!order) { order = last_order(false); }
    if (order) { exchange_->fill_now(order->perm_id, incident.quantity, now_); }
  } else if (deed == Deed::kHoldFills) {
    exchange_->hold_fills(true);
    after(incident, [this] { exchange_->hold_fills(false); });
  } else if (deed == Deed::kPartialFills) {
    exchange_->set_fill_policy(
        {.max_per_event = incident.quantity, .interval = std::chrono::milliseconds{incident.ms}});
  } else if (deed == Deed::kDuplicateExecution) {
    exchange_->repeat_last_execution();
  } else if (deed == Deed::kCorrectExecution) {
    const auto& executions = exchange_->book().executions;
    const auto last = std::ranges::find_if(executions.rbegin(), executions.rend(),
                                           [](const Execution& each) { return !each.combo; });
    const auto more = Price::from_dollars(incident.by);
    if (last != executions.rend() && more) {
      exchange_->correct_last_execution(last->price + *more);
    }
  } else if (deed == Deed::kUnevenCombo) {
    const auto leg = std::make_shared<std::int32_t>(0);
    on_replies(
        [leg](LinkBytes& bytes, Passing& passing) {
          if (passing.answers == -1) { return false; }
          const auto execution = read_as<ibkr::ExecDetails>(passing.payload, bytes.version);
          if (!execution || execution->contract.is_combo()) { return false; }
          if (*leg == 0) { *leg = execution->contract.con_id; }
          if (*leg != execution->contract.con_id) { return false; }
          passing.copies = 0;
          return true;
        },
        incident);
  } else if (const auto position = held(incident.kind != "long")) {
    if (deed == Deed::kCloseByHand) { exchange_->close_by_hand(position->con_id, now_); }
    if (deed == Deed::kLiquidate) { exchange_->liquidate(position->con_id, now_); }
    if (deed == Deed::kAssign && !exchange_->assign(position->con_id, 1, now_)) {
      exchange_->transfer(position->con_id, 1);  // a cash-settled one just goes
    }
  }
}

void IncidentPlayer::play_market(Deed deed, const Incident& incident) {
  const auto on_ticks = [&](auto work) {
    on_replies(
        [work, kind = incident.kind](LinkBytes& bytes, Passing& passing) {
          return passing.answers != -1 && is_tick(number_of(passing.payload)) &&
                 work(bytes, passing, kind);
        },
        incident);
  };
  if (deed == Deed::kHalt) {
    const auto tell_halt = [this](bool halted) {
      exchange_->halt(halted);
      each_ready([&](LinkBytes& bytes) {
        for (const auto& [request, kind] : bytes.lines) {
          inject(bytes, ibkr::TickGeneric{
                            .req_id = request, .tick_type = 49, .value = halted ? 1.0 : 0.0});
        }
      });
    };
    tell_halt(true);
    after(incident, [this, tell_halt] {
      tell_halt(false);
      tell("trading goes on");
    });
  } else if (deed == Deed::kWrongTick) {
    on_replies(
        [by = incident.by](LinkBytes& bytes, Passing& passing) {
          if (passing.answers == -1) { return false; }
          return edit<ibkr::ContractData>(passing, bytes.version,
                                          [&](ibkr::ContractData& data) { data.min_tick = by; }) ||
                 edit<ibkr::MarketRule>(passing, bytes.version, [&](ibkr::MarketRule& rule) {
                   for (auto& step : rule.increments) { step.increment = by; }
                 });
        },
        incident);
  } else if (deed == Deed::kSentinels) {
    static constexpr std::string_view kMost = "1.7976931348623157E308";
    on_replies(
        [kind = or_else(incident.kind, "price")](LinkBytes&, Passing& passing) {
          if (passing.answers == -1) { return false; }
          const int number = number_of(passing.payload);
          std::string& payload = passing.payload;
          const auto put = [&](int message, std::size_t place, std::string_view value) {
            if (number == message) { set_field(payload, place, value); }
            return number == message;
          };
          if (kind == "price") { return put(ibkr::TickPrice::kId, 4, kMost); }
          if (kind == "nan") { return put(ibkr::TickPrice::kId, 4, "NaN"); }
          if (kind == "size") { return put(ibkr::TickSize::kId, 4, "2147483647"); }
          if (kind == "account") { return put(ibkr::AccountSummary::kId, 5, kMost); }
          if (kind == "position") { return put(ibkr::Position::kId, 14, kMost); }
          return put(ibkr::OrderStatus::kId, 5, kMost) && put(ibkr::OrderStatus::kId, 8, kMost);
        },
        incident);
  } else if (deed == Deed::kCrossQuotes) {
    on_ticks([](LinkBytes& bytes, Passing& passing, const std::string& kind) {
      return means(bytes, passing.payload, "legs") &&
             edit<ibkr::TickPrice>(passing, bytes.version, [&](ibkr::TickPrice& tick) {
               const bool bid = tick.tick_type == 1;
               if ((!bid && tick.tick_type != 2) || !tick.price) { return; }
               if (kind == "locked") {
                 tick.price = 10;
               } else if (kind == "zero") {
                 tick.price = 0;
               } else if (kind == "negative") {
                 if (bid) { tick.price = -5; }
               } else if (bid) {
                 *tick.price = *tick.price * 2 + 10;
               }
             });
    });
  } else if (deed == Deed::kStaleQuotes) {
    on_ticks([](LinkBytes& bytes, Passing& passing, const std::string& kind) {
      if (!means(bytes, passing.payload, kind)) { return false; }
      passing.copies = 0;
      return true;
    });
  } else if (deed == Deed::kSpike) {
    on_ticks([by = incident.by](LinkBytes& bytes, Passing& passing, const std::string& kind) {
      return means(bytes, passing.payload, kind.empty() ? "legs" : kind) &&
             edit<ibkr::TickPrice>(passing, bytes.version, [&](ibkr::TickPrice& tick) {
               if (tick.price) { *tick.price *= by; }
             });
    });
  } else if (deed == Deed::kDelayedData) {
    each_ready([&](LinkBytes& bytes) {
      for (const auto& [request, kind] : bytes.lines) {
        inject(bytes, ibkr::MarketDataType{.req_id = request, .market_data_type = incident.code});
      }
    });
    on_replies(
        [type = incident.code](LinkBytes& bytes, Passing& passing) {
          if (passing.answers == -1) { return false; }
          if (edit<ibkr::MarketDataType>(passing, bytes.version, [&](ibkr::MarketDataType& told) {
                told.market_data_type = type;
              })) {
            return true;
          }
          if (type < 3) { return false; }
          return edit<ibkr::TickPrice>(
                     passing, bytes.version,
                     [](ibkr::TickPrice& tick) { tick.tick_type = delayed(tick.tick_type); }) ||
                 edit<ibkr::TickSize>(passing, bytes.version, [](ibkr::TickSize& tick) {
                   tick.tick_type = delayed(tick.tick_type);
                 });
        },
        incident);
  } else if (deed == Deed::kAbsurdGreeks) {
    on_ticks([](LinkBytes& bytes, Passing& passing, const std::string& kind) {
      return edit<ibkr::TickOptionComputation>(
          passing, bytes.version, [&](ibkr::TickOptionComputation& tick) {
            const bool missing = kind == "missing";
            tick.implied_vol = missing ? std::nullopt : std::optional{9.5};
            tick.delta = missing ? std::nullopt : std::optional{0.999};
            tick.gamma = missing ? std::nullopt : std::optional{44.0};
            tick.vega = tick.theta = tick.gamma;
          });
    });
  } else if (deed == Deed::kThinChain) {
    on_replies(
        [](LinkBytes& bytes, Passing& passing) {
          if (passing.answers == -1) { return false; }
          const auto data = read_as<ibkr::ContractData>(passing.payload, bytes.version);
          if (!data || data->contract.sec_type != "OPT" ||
              static_cast<int>(data->contract.strike) % 100 == 0) {
            return false;
          }
          passing.copies = 0;
          return true;
        },
        incident);
  } else if (deed == Deed::kRenumber) {
    on_replies(
        [](LinkBytes& bytes, Passing& passing) {
          return passing.answers != -1 &&
                 edit<ibkr::ContractData>(passing, bytes.version, [](ibkr::ContractData& data) {
                   if (data.contract.sec_type == "OPT") { data.under_con_id += 1; }
                 });
        },
        incident);
  } else if (deed == Deed::kWrongHours) {
    on_replies(
        [text = incident.text](LinkBytes& bytes, Passing& passing) {
          return passing.answers != -1 &&
                 edit<ibkr::ContractData>(passing, bytes.version, [&](ibkr::ContractData& data) {
                   data.trading_hours = text;
                   data.liquid_hours = text;
                 });
        },
        incident);
  } else if (deed == Deed::kScaleMargin) {
    exchange_->scale_margin(incident.by);
    after(incident, [this] { exchange_->scale_margin(1); });
  } else if (deed == Deed::kChangeCash) {
    if (const auto amount = Money::from_dollars(incident.by)) { exchange_->change_cash(*amount); }
  } else if (deed == Deed::kOmitFigure) {
    on_replies(
        [text = incident.text](LinkBytes& bytes, Passing& passing) {
          if (passing.answers == -1) { return false; }
          const auto value = read_as<ibkr::AccountSummary>(passing.payload, bytes.version);
          if (!value || value->tag != text) { return false; }
          passing.copies = 0;
          return true;
        },
        incident);
  }
}

}  // namespace v6
