#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/reference.hpp"
#include "report/run_result.hpp"
#include "runtime/live_bot.hpp"
#include "runtime/rehearsal.hpp"

namespace v6 {

struct StageSettings {
  Settings settings;
  Mode mode = Mode::kPaper;          // whatever the settings say
  std::vector<ShownSetting> config;  // effective, with origins
  std::string command_line;
  std::filesystem::path chains;
  Symbol underlying;
  Symbol root;
  std::optional<Date> from;
  std::uint64_t seed = 1;
  Money cash = Money::cents(500'000'00);
  std::string account = "DU1234567";
  TimeOfDay start = std::chrono::hours{9} + std::chrono::minutes{20};  // of the first day
  TimeOfDay gateway_restart = ibkr::kUsualRestart;                     // as the bot is told
  FillPolicy fills;
  std::vector<Incident> incidents;
};

/// Everything a rehearsal needs, built from recorded chains: market, exchange, gateway and bot.
/// What the broker knows lives as long as the stage; the bot can die and wake up again.
class Stage {
 public:
  Stage(StageSettings settings, const Reference& reference, std::filesystem::path state,
        std::unique_ptr<Wire> wire);
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage();

  Instant step() { return rehearsal_->step(); }
  /// This many sessions have been lived through and the last one is over.
  [[nodiscard]] bool over(int sessions) const;
  [[nodiscard]] Instant at() const { return rehearsal_->now(); }

  [[nodiscard]] LiveBot& bot() { return *bot_; }
  [[nodiscard]] const LiveBot& bot() const { return *bot_; }
  [[nodiscard]] Exchange& exchange() { return *exchange_; }
  [[nodiscard]] SessionMarket& market() { return *market_; }
  [[nodiscard]] Gateway& gateway() { return *gateway_; }
  /// Incidents as they happened, oldest first.
  [[nodiscard]] const std::vector<std::pair<Instant, std::string>>& told() const { return told_; }
  [[nodiscard]] Date first() const { return new_york_date(start_); }
  [[nodiscard]] KillSwitch& kill() { return kill_; }

  /// The process dies where it stands, as by SIGKILL, and starts again on what is on disk.
  void restart();
  /// It died when its state folder was as in `image`, which becomes that folder.
  void restart(const std::filesystem::path& image);
  /// It dies, and starts again at this time.
  void away_until(Instant return_at);
  /// Copies the state folder as it is on disk now to `image`.
  void copy_state(const std::filesystem::path& image) const;
  /// Ends the run and tells it as a backtest is told.
  [[nodiscard]] RunResult finish();

 private:
  void wake();

  StageSettings settings_;
  const Reference& reference_;
  std::filesystem::path state_;
  std::unique_ptr<Wire> wire_;
  Calendar calendar_;
  std::unique_ptr<SessionMarket> market_;
  std::unique_ptr<Exchange> exchange_;
  std::unique_ptr<Gateway> gateway_;
  std::vector<std::pair<Instant, std::string>> told_;
  std::unique_ptr<IncidentPlayer> player_;
  std::optional<StateFolder> folder_;
  KillSwitch kill_;
  std::unique_ptr<LiveBot> bot_;
  std::unique_ptr<Rehearsal> rehearsal_;
  Instant start_;
};

}  // namespace v6
