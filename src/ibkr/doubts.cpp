#include "ibkr/doubts.hpp"

#include <algorithm>

namespace v6::ibkr {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr minutes kFlapWindow{10};
constexpr seconds kStableFor{60};
constexpr minutes kCompetingRetry{5};
constexpr minutes kCompetingTell{15};
constexpr std::size_t kMostFarms = 64;

/// "Market data farm connection is OK:usfarm"
std::string_view farm(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  return colon == std::string_view::npos ? "" : text.substr(colon + 1);
}

}  // namespace

void Doubts::new_session() {
  const Instant told = competing_told_;
  *this = Doubts{*c_};
  competing_told_ = told;
}

Doubts::Duty Doubts::on(SessionNews news, std::string_view text) {
  switch (news) {
    case SessionNews::kServerLost: server_lost_ = true; return Duty::kQuotesStale;
    case SessionNews::kPlatformLost: platform_lost_ = true; return Duty::kQuotesStale;
    case SessionNews::kServerBackBare:
      server_lost_ = platform_lost_ = false;
      return Duty::kCompareAndSubscribe;
    case SessionNews::kServerBack:
      // The subscriptions stand, but what did not change meanwhile is not told again.
      server_lost_ = platform_lost_ = false;
      return Duty::kCompareAndSubscribe;
    case SessionNews::kMarketFarmBroken:
      if (broken_.size() >= kMostFarms || !broken_.emplace(farm(text)).second) {
        return Duty::kNone;
      }
      breaks_.push_back(c_->now);
      while (c_->now - breaks_.front() > kFlapWindow) { breaks_.pop_front(); }
      if (breaks_.size() > kMostFarms) { breaks_.pop_front(); }
      return Duty::kQuotesStale;
    case SessionNews::kMarketFarmFine: {
      farm_heard_ = true;
      const bool back = std::exchange(platform_lost_, false);
      const auto found = broken_.find(farm(text));
      const bool mended = found != broken_.end();
      if (mended) {
        broken_.erase(found);
        stable_at_ = breaks_.size() > 1 ? c_->in(kStableFor) : c_->now;
      }
      if (back) { return Duty::kCompareAndSubscribe; }
      return mended ? Duty::kSubscribeAll : Duty::kNone;
    }
    case SessionNews::kCompeting:
      if (!competing_since_) {
        competing_since_ = c_->now;
        competing_retry_ = c_->now + kCompetingRetry;
      }
      if (c_->now - competing_told_ >= kCompetingTell) {
        competing_told_ = c_->now;
        c_->notice(AlertLevel::kCritical,
                   "another session of this user has the market data: log it off; nothing opens");
      }
      return Duty::kQuotesStale;
    case SessionNews::kNone:
    case SessionNews::kPortChanged:
    case SessionNews::kDefinitionFarmBroken:
    case SessionNews::kDefinitionFarmFine:
    case SessionNews::kIdTaken:
    case SessionNews::kTooFast: return Duty::kNone;
  }
  return Duty::kNone;
}

void Doubts::data_flows() {
  // What was on its way when the data was taken away proves nothing.
  if (competing_since_ && c_->now - *competing_since_ > c_->patient(seconds{1})) {
    competing_since_.reset();
  }
}

bool Doubts::retry_due() {
  if (!competing_since_ || c_->now < competing_retry_) { return false; }
  competing_retry_ = c_->now + kCompetingRetry;
  return true;
}

std::string Doubts::data_doubt() const {
  if (!broken_.empty()) { return fmt::format("market-data farm {} is down", *broken_.begin()); }
  if (competing_since_) { return "another session has the market data"; }
  if (c_->now < stable_at_) { return "market-data farms were flapping; waiting until stable"; }
  return {};
}

std::optional<Instant> Doubts::next() const {
  std::optional<Instant> first;
  if (stable_at_ > c_->now) { first = stable_at_; }
  if (competing_since_) { first = std::min(first.value_or(competing_retry_), competing_retry_); }
  return first;
}

}  // namespace v6::ibkr
