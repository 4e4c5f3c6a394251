#include "runtime/rehearsal.hpp"

#include <algorithm>

#include "calendar/new_york.hpp"

namespace v6 {
namespace {

/// The market moves at least so often, and nothing is looked at more often.
constexpr std::chrono::seconds kLongest{1};
constexpr std::chrono::minutes kLongestAlone{1};
constexpr std::chrono::milliseconds kShortest{5};

class MemoryWire final : public Wire {
 public:
  void open() override {}
  void close() override {}
  void to_gateway(std::string_view bytes, const Sink& sink) override { sink(bytes); }
  void to_client(std::string_view bytes, const Sink& sink) override { sink(bytes); }
};

}  // namespace

std::unique_ptr<Wire> memory_wire() { return std::make_unique<MemoryWire>(); }

Rehearsal::Rehearsal(Parts parts, const Calendar& calendar, Instant start)
    : parts_{parts}, bot_{&parts.bot}, calendar_{calendar}, now_{.session = start} {}

/// Between sessions nobody trades and nobody waits: the clock goes on at 9:20. Absent in sessions.
std::optional<Instant> Rehearsal::morning_after(Instant at) const {
  const Date today = new_york_date(at);
  const auto session = calendar_.session(today, SessionKind::kIndexOption);
  if (session && at < session->close + std::chrono::minutes{5}) { return std::nullopt; }
  const auto next = calendar_.next_session(today);
  if (!next) { return std::nullopt; }
  return new_york_instant(*next, std::chrono::hours{9} + std::chrono::minutes{20});
}

Instant Rehearsal::next_step() const {
  const Instant soon = now_.session + kShortest;
  const Instant late = now_.session + kLongest;
  Instant wanted = bot_->next_deadline();
  if (const auto incident = parts_.gateway.next_due()) {
    wanted = std::min(wanted, now_.session + (*incident - now_.paced));
  }
  const Instant due = std::clamp(wanted, soon, late);
  return std::max(due, morning_after(now_.session).value_or(due));
}

void Rehearsal::pass_without_bot(Instant until) {
  while (now_.session < until) {
    const Instant soon = now_.session + kLongestAlone;
    now_.paced += kLongest;
    now_.session = std::min(until, std::max(soon, morning_after(now_.session).value_or(soon)));
    parts_.gateway.advance(now_);
  }
}

Instant Rehearsal::step() {
  const Instant next = next_step();
  now_.paced += std::min<Duration>(next - now_.session, kLongest);
  now_.session = next;
  parts_.gateway.advance(now_);
  exchange_bytes();
  bot_->on_time(next);
  bot_->pump(next);
  follow_link();
  exchange_bytes();
  bot_->rest();
  return next;
}

void Rehearsal::follow_link() {
  if (link_ || !bot_->client().wants_connection()) { return; }
  bot_->dialling(now_.session);
  parts_.wire.open();
  link_ = parts_.gateway.accept(now_);
  bot_->connected(now_.session);
  bot_->pump(now_.session);
}

void Rehearsal::drop_link() {
  if (!link_) { return; }
  parts_.gateway.closed(*link_);
  link_.reset();
  parts_.wire.close();
}

void Rehearsal::drop(std::string_view why) {
  if (!link_) { return; }
  drop_link();
  bot_->disconnected(now_.session, why);
  bot_->pump(now_.session);
}

void Rehearsal::exchange_bytes() {
  for (bool moved = true; moved && link_;) {
    moved = false;
    if (const std::string out = bot_->take_output(); !out.empty()) {
      moved = true;
      parts_.wire.to_gateway(
          out, [&](std::string_view bytes) { parts_.gateway.received(*link_, bytes, now_); });
    }
    if (bot_->client().wants_close()) { return drop("closed by us"); }
    if (const std::string out = parts_.gateway.take_output(*link_); !out.empty()) {
      moved = true;
      parts_.wire.to_client(out, [&](std::string_view bytes) {
        bot_->received(now_.session, bytes);
        bot_->pump(now_.session);
      });
    }
    if (parts_.gateway.wants_close(*link_)) { return drop("closed by the gateway"); }
  }
}

}  // namespace v6
