#include "runtime/gateway_service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <system_error>

#include "base/error.hpp"
#include "sim/replay_market.hpp"

namespace v6 {
namespace {

std::optional<std::filesystem::path> book_in(const std::optional<std::filesystem::path>& folder) {
  if (!folder) { return std::nullopt; }
  std::error_code error;
  std::filesystem::create_directories(*folder, error);
  if (error) {
    fail_data(fmt::format("--state {}: cannot be made: {}", folder->string(), error.message()));
  }
  return *folder / "exchange.book";
}

/// A book's executions differ from every other book's.
ExchangeSettings with_new_book(ExchangeSettings settings) {
  if (settings.book == 0) {
    settings.book = static_cast<std::uint16_t>(std::random_device{}() % 0xFFFF + 1);
  }
  return settings;
}

SessionClock::Settings clock_settings(const GatewayServiceSettings& settings, Instant start) {
  return {.start = start,
          .speed = settings.speed,
          .frozen = settings.market.frozen,
          .nights = settings.nights};
}

}  // namespace

GatewayService::GatewayService(const GatewayServiceSettings& settings, MarketHistory history,
                               RealTime now, Gateway::Log log)
    : book_{book_in(settings.state)},
      market_{make_session_market(settings.market, std::move(history))},
      clock_{clock_settings(settings, market_->instant()), market_->calendar(), now},
      exchange_{with_new_book(settings.exchange), *market_},
      gateway_{settings.gateway, exchange_, log},
      player_{
          settings.incidents, gateway_, exchange_, new_york_date(market_->instant()),
          [log = std::move(log)](Instant, const std::string& line) { log("incident: " + line); }} {
  exchange_.set_fill_policy(settings.fills);
  if (book_) {
    exchange_.load(*book_);
    save();
  }
}

GatewayService::Link GatewayService::opened(RealTime now) { return player_.accept(clock_.at(now)); }

void GatewayService::received(Link link, std::string_view bytes, RealTime now) {
  player_.received(link, bytes, clock_.at(now));
  save_changes();
}

void GatewayService::closed(Link link, RealTime /*now*/) { player_.closed(link); }

void GatewayService::on_time(RealTime now) {
  player_.advance(clock_.at(now));
  save_changes();
}

RealTime GatewayService::next_wakeup() {
  const auto next = player_.next_wakeup();
  return next ? clock_.when_paced(*next) : RealTime::max();
}

void GatewayService::save() const {
  if (book_) { exchange_.save(*book_); }
}

void GatewayService::save_changes() {
  if (player_.take_changed()) { save(); }
}

}  // namespace v6
