#include "sim/incident_player.hpp"

#include <algorithm>

/// How messages pass through; what is done to them is in incident_deeds.cpp.
namespace v6 {

using incident::LineKind;

IncidentPlayer::IncidentPlayer(std::vector<Incident> incidents, Gateway& gateway,
                               Exchange& exchange, Date first, Tell tell)
    : gateway_{&gateway}, exchange_{&exchange}, tell_{std::move(tell)} {
  for (Incident& incident : incidents) {
    Planned planned{.incident = std::move(incident)};
    if (!planned.incident.on.empty()) {
      planned.on = parse_incident_event(planned.incident.on);
    } else if (const auto time = parse_incident_time(planned.incident.at)) {
      planned.at = instant_of(*time, first, exchange.market().calendar());
    }
    planned_.push_back(std::move(planned));
  }
}

IncidentPlayer::~IncidentPlayer() = default;

IncidentPlayer::Link IncidentPlayer::accept(const Moment& now) {
  now_ = now;
  const Link link = gateway_->accept(now);
  if (planned_.empty()) { return link; }
  links_[link].dropped = now.paced < refuse_until_;
  return link;
}

void IncidentPlayer::closed(Link link) {
  gateway_->closed(link);
  links_.erase(link);
}

void IncidentPlayer::received(Link link, std::string_view bytes, const Moment& now) {
  now_ = now;
  if (planned_.empty()) { return gateway_->received(link, bytes, now); }
  const auto found = links_.find(link);
  if (found == links_.end()) { return; }
  LinkBytes& state = found->second;
  if (state.half_open || state.dropped || now.paced < mute_until_) { return; }
  state.in.push(bytes);
  if (!state.opened) {
    const auto opening = state.in.raw(ibkr::kOpening.size());
    if (!opening) { return; }
    state.opened = true;
    gateway_->received(link, std::string{*opening}, now);
  }
  while (!state.dropped) {
    const auto payload = state.in.next();
    if (!payload || !*payload) { return; }
    const std::string message{**payload};
    if (!std::exchange(state.offered, true)) {
      gateway_->received(link, incident::framed(message), now);
      pull(link, state, 0);
    } else {
      in_message(link, state, message);
    }
  }
}

void IncidentPlayer::in_message(Link link, LinkBytes& bytes, const std::string& payload) {
  const int number = incident::number_of(payload);
  bool order_placed = false;
  std::int32_t order_id = 0;
  if (number == ibkr::PlaceOrder::kId) {
    const auto order =
        incident::read_as<ibkr::PlaceOrder>(payload, bytes.version, ibkr::Placeholder::kIsZero);
    if (order && !order->order.what_if) {
      order_placed = true;
      order_id = order->order_id;
      happened(bytes.orders.contains(order_id) ? IncidentEvent::Kind::kOrderChanged
                                               : IncidentEvent::Kind::kOrderPlaced,
               0, link);
    }
  } else if (number == ibkr::CancelOrder::kId) {
    happened(IncidentEvent::Kind::kOrderCancelled, 0, link);
  } else if (number == ibkr::ReqMktData::kId) {
    if (const auto line = incident::read_as<ibkr::ReqMktData>(payload, bytes.version,
                                                              ibkr::Placeholder::kIsZero)) {
      bytes.lines[line->req_id] =
          line->contract.sec_type == "OPT" ? LineKind::kOption : LineKind::kUnderlying;
    }
  }
  happened(IncidentEvent::Kind::kRequest, number, link);
  if (bytes.dropped || bytes.half_open) { return; }
  bool stopped = false;
  for (auto rule = requests_.begin(); rule != requests_.end() && !stopped;) {
    if (rule->over(now_.paced)) {
      rule = requests_.erase(rule);
      continue;
    }
    const int left = rule->left;
    stopped = rule->work(bytes, payload);
    if (stopped && left > 0) { rule->left = left - 1; }
    ++rule;
  }
  if (order_placed) { bytes.orders.insert(order_id); }
  if (stopped) { return; }
  gateway_->received(link, incident::framed(payload), now_);
  pull(link, bytes, number);
  if (number == ibkr::StartApi::kId && !bytes.ready) {
    bytes.ready = true;
    happened(IncidentEvent::Kind::kConnect, 0, link);
  }
}

void IncidentPlayer::pull(Link link, LinkBytes& bytes, int answers) {
  const std::string written = gateway_->take_output(link);
  if (written.empty() || bytes.half_open || now_.paced < mute_until_) { return; }
  bytes.out.push(written);
  while (true) {
    const auto payload = bytes.out.next();
    if (!payload || !*payload) { return; }
    Passing passing{.payload = std::string{**payload}, .answers = answers};
    if (bytes.version == 0) {
      const auto hello = ibkr::parse_hello(passing.payload);
      bytes.version = hello ? hello->version : ibkr::kNewestVersion;
      passing.answers = -1;  // no message: it has no number
    }
    out_message(link, bytes, std::move(passing));
  }
}

void IncidentPlayer::out_message(Link link, LinkBytes& bytes, Passing passing) {
  for (auto rule = replies_.begin(); rule != replies_.end();) {
    if (rule->over(now_.paced)) {
      rule = replies_.erase(rule);
      continue;
    }
    if (rule->work(bytes, passing) && rule->left > 0) { --rule->left; }
    ++rule;
  }
  const int number = passing.answers == -1 ? -1 : incident::number_of(passing.payload);
  for (int copy = 0; copy < passing.copies; ++copy) {
    release(bytes, passing.late, incident::framed(passing.payload));
  }
  if (number < 0) { return; }
  using Kind = IncidentEvent::Kind;
  if (number == ibkr::OpenOrder::kId && !passing.answers_orders()) {
    const auto order = incident::read_as<ibkr::OpenOrder>(passing.payload, bytes.version);
    if (order && (order->state.status == "Submitted" || order->state.status == "PreSubmitted")) {
      happened(Kind::kOrderAcknowledged, 0, link);
    }
  } else if (number == ibkr::ExecDetails::kId) {
    const auto execution = incident::read_as<ibkr::ExecDetails>(passing.payload, bytes.version);
    const bool news = execution && execution->req_id < 0;
    if (news && (execution->contract.is_combo() || execution->exec_id.contains(".01.01"))) {
      happened(Kind::kFill, 0, link);
    }
  }
  happened(Kind::kReply, number, link);
}

void IncidentPlayer::release(LinkBytes& bytes, Duration late, std::string frame) {
  Duration due = now_.paced + late;
  if (now_.paced < delay_until_) { due += delay_; }
  if (now_.paced < gather_until_ && gather_ > Duration{}) { due = gather_ * (due / gather_ + 1); }
  if (late == Duration{}) {
    // TCP keeps the order, whatever becomes of the delay.
    due = std::max(due, bytes.last_due);
    bytes.last_due = due;
  }
  bytes.put(due, std::move(frame));
}

void IncidentPlayer::advance(const Moment& now) {
  now_ = now;
  gateway_->advance(now);
  if (planned_.empty()) { return; }
  for (auto& [link, bytes] : links_) { pull(link, bytes, 0); }
  for (Planned& planned : planned_) {
    if (planned.played || !planned.at || *planned.at > now.session) { continue; }
    planned.played = true;
    play(planned.incident, std::nullopt);
  }
  for (std::size_t i = 0; i < later_.size();) {
    if (later_[i].due > now.paced) {
      ++i;
      continue;
    }
    const auto work = std::move(later_[i].work);
    later_.erase(later_.begin() + static_cast<std::ptrdiff_t>(i));
    work();
    i = 0;
  }
}

std::optional<Duration> IncidentPlayer::next_due() const {
  std::optional<Duration> next;
  const auto consider = [&](Duration due) { next = std::min(next.value_or(due), due); };
  for (const Planned& planned : planned_) {
    if (planned.at && !planned.played) {
      consider(now_.paced + std::max<Duration>(*planned.at - now_.session, Duration{}));
    }
  }
  for (const Later& one : later_) { consider(one.due); }
  for (const auto& [link, bytes] : links_) {
    if (!bytes.queue.empty()) { consider(bytes.queue.begin()->first); }
  }
  return next;
}

std::optional<Duration> IncidentPlayer::next_wakeup() const {
  const auto gateway = gateway_->next_wakeup();
  const auto own = next_due();
  if (!gateway || !own) { return gateway ? gateway : own; }
  return std::min(*gateway, *own);
}

std::string IncidentPlayer::take_output(Link link) {
  if (planned_.empty()) { return gateway_->take_output(link); }
  const auto found = links_.find(link);
  if (found == links_.end()) { return {}; }
  LinkBytes& bytes = found->second;
  if (!bytes.dropped) { pull(link, bytes, 0); }
  if (bytes.half_open) { return {}; }
  return bytes.take(now_.paced, now_.paced < split_until_ ? split_ : 0);
}

bool IncidentPlayer::wants_close(Link link) const {
  if (const auto found = links_.find(link); found != links_.end()) {
    const LinkBytes& bytes = found->second;
    if (bytes.half_open) { return false; }
    if (bytes.dropped) { return true; }
    const bool held = !bytes.queue.empty() && bytes.queue.begin()->first <= now_.paced;
    if (held) { return false; }
  }
  return gateway_->wants_close(link);
}

void IncidentPlayer::happened(IncidentEvent::Kind kind, int message, Link link) {
  for (Planned& planned : planned_) {
    if (planned.played || !planned.on || planned.on->kind != kind) { continue; }
    const bool named = kind == IncidentEvent::Kind::kRequest || kind == IncidentEvent::Kind::kReply;
    if (named && planned.on->message != message) { continue; }
    if (++planned.seen < planned.incident.nth) { continue; }
    planned.played = true;
    if (planned.incident.after_ms == 0) {
      play(planned.incident, link);
    } else {
      later(std::chrono::milliseconds{planned.incident.after_ms},
            [this, link, one = &planned] { play(one->incident, link); });
    }
  }
}

void IncidentPlayer::on_replies(Edit work, const Incident& incident, int times) {
  Rule<Edit> rule{.work = std::move(work), .left = times};
  if (incident.for_s > 0) {
    rule.until = now_.paced + Duration{static_cast<std::int64_t>(incident.for_s * 1e9)};
    rule.left = -1;
  }
  replies_.push_back(std::move(rule));
}

void IncidentPlayer::on_requests(Stop work, const Incident& incident, int times) {
  Rule<Stop> rule{.work = std::move(work), .left = times};
  if (incident.for_s > 0) {
    rule.until = now_.paced + Duration{static_cast<std::int64_t>(incident.for_s * 1e9)};
    rule.left = -1;
  }
  requests_.push_back(std::move(rule));
}

void IncidentPlayer::later(Duration in, std::function<void()> work) {
  later_.push_back({.due = now_.paced + in, .work = std::move(work)});
}

void IncidentPlayer::after(const Incident& incident, std::function<void()> work) {
  if (incident.for_s > 0) {
    later(Duration{static_cast<std::int64_t>(incident.for_s * 1e9)}, std::move(work));
  }
}

void IncidentPlayer::each_ready(const std::function<void(LinkBytes&)>& work) {
  for (auto& [link, bytes] : links_) {
    if (bytes.ready && !bytes.dropped && !bytes.half_open) { work(bytes); }
  }
}

}  // namespace v6
