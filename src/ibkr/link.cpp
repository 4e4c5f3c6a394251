#include "ibkr/link.hpp"

#include <algorithm>
#include <utility>

#include "base/hash.hpp"

namespace v6::ibkr {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Often enough that a round trip is always younger than two seconds on a quiet link.
constexpr milliseconds kBeatEvery{1'500};
constexpr seconds kDeadAfter{5};
constexpr seconds kStartWithin{20};
constexpr seconds kLongestPause{60};
constexpr seconds kTellAfter{60};
constexpr minutes kHaltAfterIdTaken{5};

std::vector<std::string> split_accounts(std::string_view list) {
  std::vector<std::string> accounts;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (comma > 0) { accounts.emplace_back(list.substr(0, comma)); }
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return accounts;
}

/// Paper accounts begin with D: DU of a person, DF of an adviser.
bool is_paper(std::string_view account) { return account.starts_with('D'); }

}  // namespace

void Link::dialling() {
  phase_ = Phase::kDialling;
  start_by_ = c_->in(kStartWithin);
  ++attempts_;
}

void Link::connected() {
  phase_ = Phase::kHello;
  frames_ = {};
  closing_.reset();
  accounts_told_ = id_told_ = false;
  account_.clear();
  beat_out_.reset();
  round_trip_.reset();
  start_by_ = c_->in(kStartWithin);
  c_->outbox.raw(opening_of({.least = kOldestOffered, .most = kNewestVersion}));
}

void Link::disconnected(std::string_view why) {
  if (phase_ == Phase::kDown) { return; }
  why_ = closing_ ? *closing_ : std::string{why};
  phase_ = Phase::kDown;
  closing_.reset();
  frames_ = {};
  account_.clear();
  beat_out_.reset();
  round_trip_.reset();
  c_->outbox.close();
  if (!down_since_) {
    down_since_ = c_->now;
    down_told_ = false;
  }
  plan_next_dial();
}

void Link::plan_next_dial() {
  const auto exponent = std::min<std::uint32_t>(attempts_ == 0 ? 0 : attempts_ - 1, 6);
  const seconds pause = std::min(seconds{1U << exponent}, kLongestPause);
  const double part = 0.5 + 0.5 * unit_interval(mix(c_->settings.seed ^ mix(++draws_)));
  const Duration jittered{
      static_cast<Duration::rep>(static_cast<double>(Duration{pause}.count()) * part)};
  dial_at_ = c_->now + std::max<Duration>(jittered, seconds{1});
}

void Link::close(std::string why) {
  if (closing_ || phase_ == Phase::kDown) { return; }
  closing_ = std::move(why);
}

void Link::refuse(Refusal::Kind kind, std::string why) {
  refusal_ = Refusal{.kind = kind, .why = why};
  c_->notice(AlertLevel::kCritical, "{}", why);
  close(std::move(why));
}

void Link::hello(std::string_view payload) {
  const auto hello = parse_hello(payload);
  if (!hello) {
    close("the peer does not answer like a TWS or IB Gateway");
    return;
  }
  version_ = hello->version;
  if (version_ < kOldestVersion || version_ > kNewestVersion) {
    refuse(Refusal::Kind::kVersion,
           fmt::format("the gateway speaks version {}; trading needs {} or {}: use TWS or IB "
                       "Gateway 10.19 or later",
                       version_, kOldestVersion, kNewestVersion));
    return;
  }
  ++session_;
  phase_ = Phase::kStarting;
  c_->outbox.open(version_);
  static_cast<void>(c_->outbox.write(c_->now, StartApi{.client_id = c_->settings.client_id}));
}

bool Link::on(const ManagedAccounts& message) {
  if (phase_ < Phase::kStarting) { return false; }
  const std::vector<std::string> accounts = split_accounts(message.accounts_list);
  if (accounts.empty()) { return false; }  // not logged in yet: another one follows
  const std::string& wanted = c_->settings.account;
  const bool paper = c_->settings.kind == AccountKind::kPaper;
  if (wanted.empty() ? accounts.size() != 1
                     : std::ranges::find(accounts, wanted) == accounts.end()) {
    refuse(Refusal::Kind::kAccount,
           wanted.empty() ? fmt::format("the gateway has {} accounts ({}): name the one to use",
                                        accounts.size(), message.accounts_list)
                          : fmt::format("the gateway has no account {}, only {}", wanted,
                                        message.accounts_list));
    return false;
  }
  const std::string& account = wanted.empty() ? accounts.front() : wanted;
  if (is_paper(account) != paper) {
    refuse(Refusal::Kind::kAccount,
           fmt::format("account {} is a {} account, and this run trades {} accounts only", account,
                       paper ? "live" : "paper", paper ? "paper" : "live"));
    return false;
  }
  account_ = account;
  const bool news = !std::exchange(accounts_told_, true);
  return news && ready_now();
}

bool Link::on(const NextValidId& message) {
  if (phase_ < Phase::kStarting) { return false; }
  next_valid_id_ = std::max(next_valid_id_, message.order_id);
  const bool news = !std::exchange(id_told_, true);
  return news && ready_now();
}

bool Link::ready_now() {
  if (phase_ != Phase::kStarting || !accounts_told_ || !id_told_ || closing_) { return false; }
  phase_ = Phase::kUp;
  taken_since_.reset();
  down_since_.reset();
  if (refusal_ && refusal_->kind == Refusal::Kind::kClientIdTaken) { refusal_.reset(); }
  next_beat_ = c_->now;
  probe();
  return true;
}

void Link::on(const CurrentTime& message) {
  if (!beat_out_) { return; }
  // The answer is somewhere between question and now; whole seconds are all that it tells.
  if (const auto told = instant_of(message.time)) {
    clock_offset_ = *told - std::chrono::floor<seconds>(c_->now);
  }
  beat_out_.reset();
  round_trip_ = c_->now;
}

void Link::on_id_taken() {
  if (!taken_since_) { taken_since_ = c_->now; }
  close(fmt::format("client id {} is in use", c_->settings.client_id));
}

void Link::probe() {
  if (!up() || closing_ || beat_out_) { return; }
  if (!c_->outbox.write(c_->now, ReqCurrentTime{})) { return; }
  beat_out_ = c_->now;
  next_beat_ = c_->in(kBeatEvery);
}

void Link::on_time() {
  if (phase_ == Phase::kDown) {
    if (down_since_ && !down_told_ && c_->now - *down_since_ >= c_->patient(kTellAfter)) {
      down_told_ = true;
      c_->notice(AlertLevel::kCritical, "no session for a minute: {}", why_);
    }
    if (taken_since_ && !refusal_ && c_->now - *taken_since_ >= c_->patient(kHaltAfterIdTaken)) {
      refusal_ = Refusal{
          .kind = Refusal::Kind::kClientIdTaken,
          .why = fmt::format("client id {} has been in use for five minutes: end the other program "
                             "that uses it, or give this one an id of its own",
                             c_->settings.client_id)};
      c_->notice(AlertLevel::kCritical, "{}", refusal_->why);
    }
    return;
  }
  if (phase_ < Phase::kUp) {
    if (c_->now >= start_by_) {
      close("the gateway does not answer: is it logged in, and is a dialog open on its screen?");
    }
    return;
  }
  if (beat_out_ && c_->now - *beat_out_ >= c_->patient(kDeadAfter)) {
    close("no answer to the heartbeat for 5 s: the link is dead, or a dialog holds the gateway");
    return;
  }
  if (!beat_out_ && c_->now >= next_beat_) { probe(); }
}

Instant Link::next_deadline() const {
  if (phase_ == Phase::kDown) {
    Instant first = dial_at_ > c_->now ? dial_at_ : Instant::max();
    if (down_since_ && !down_told_) {
      first = std::min(first, *down_since_ + c_->patient(kTellAfter));
    }
    if (taken_since_ && !refusal_) {
      first = std::min(first, *taken_since_ + c_->patient(kHaltAfterIdTaken));
    }
    return first;
  }
  if (phase_ < Phase::kUp) { return start_by_; }
  return beat_out_ ? *beat_out_ + c_->patient(kDeadAfter) : next_beat_;
}

void Link::shift(Duration by) {
  start_by_ += by;
  next_beat_ += by;
  if (beat_out_) { *beat_out_ += by; }
}

}  // namespace v6::ibkr
