#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/tcp_server.hpp"
#include "sim/incident_player.hpp"
#include "sim/snapshot_market.hpp"

namespace v6 {

struct GatewayServiceSettings {
  SnapshotMarketSettings market;
  double speed = 1;  // seconds of session for each real one; nothing when the market is frozen
  Nights nights = Nights::kLived;
  ExchangeSettings exchange;
  FillPolicy fills;
  std::vector<Incident> incidents;
  GatewaySettings gateway;
  /// Folder of the book; absent: everything is forgotten at the end.
  std::optional<std::filesystem::path> state;
};

/// A whole simulated broker behind a server: market, exchange, gateway and their clock. The book is
/// on disk before anybody hears of a change.
class GatewayService final : public LinkService {
 public:
  /// Throws Failure (data) for bad market data or a damaged book.
  GatewayService(const GatewayServiceSettings& settings, MarketHistory history, RealTime now,
                 Gateway::Log log);

  [[nodiscard]] Link opened(RealTime now) override;
  void received(Link link, std::string_view bytes, RealTime now) override;
  void closed(Link link, RealTime now) override;
  void on_time(RealTime now) override;
  [[nodiscard]] RealTime next_wakeup() override;
  [[nodiscard]] std::string take_output(Link link) override { return player_.take_output(link); }
  [[nodiscard]] bool wants_close(Link link) override { return player_.wants_close(link); }

  /// At the end, changed or not.
  void save() const;

  [[nodiscard]] const SessionMarket& market() const { return *market_; }
  [[nodiscard]] const Exchange& exchange() const { return exchange_; }
  [[nodiscard]] Exchange& exchange() { return exchange_; }
  [[nodiscard]] const SessionClock& clock() const { return clock_; }

 private:
  void save_changes();

  std::optional<std::filesystem::path> book_;
  std::unique_ptr<SessionMarket> market_;
  SessionClock clock_;
  Exchange exchange_;
  Gateway gateway_;
  IncidentPlayer player_;
};

}  // namespace v6
