#include "runtime/stage.hpp"

#include "config/market_history.hpp"
#include "sim/snapshot_market.hpp"

namespace v6 {
namespace {

SnapshotMarketSettings market_settings(const StageSettings& settings) {
  SnapshotMarketSettings market{
      .chains = settings.chains, .underlying = settings.underlying, .seed = settings.seed};
  if (settings.from) { market.start = new_york_instant(*settings.from, settings.start); }
  return market;
}

}  // namespace

Stage::Stage(StageSettings settings, const Reference& reference, std::filesystem::path state,
             std::unique_ptr<Wire> wire)
    : settings_{std::move(settings)},
      reference_{reference},
      state_{std::move(state)},
      wire_{std::move(wire)},
      calendar_{reference.calendar} {
  settings_.settings.mode = settings_.mode;
  settings_.settings.underlyings = {settings_.underlying};
  const SnapshotMarketSettings of_market = market_settings(settings_);
  MarketHistory history = market_history(reference, settings_.underlying);
  start_ = start_of(of_market, history);
  if (!settings_.from) { start_ = new_york_instant(new_york_date(start_), settings_.start); }
  market_ = make_snapshot_market(of_market, std::move(history));
  exchange_ = std::make_unique<Exchange>(ExchangeSettings{.account = settings_.account,
                                                          .cash = settings_.cash,
                                                          .seed = settings_.seed,
                                                          .fees = settings_.settings.fees},
                                         *market_);
  exchange_->advance({.session = start_});
  gateway_ = std::make_unique<Gateway>(GatewaySettings{}, *exchange_, [](const std::string&) {});
  exchange_->set_fill_policy(settings_.fills);
  player_ = std::make_unique<IncidentPlayer>(
      settings_.incidents, *gateway_, *exchange_, first(),
      [this](Instant at, const std::string& line) { told_.emplace_back(at, line); });
  wake();
  rehearsal_ = std::make_unique<Rehearsal>(
      Rehearsal::Parts{.bot = *bot_, .gateway = *player_, .exchange = *exchange_, .wire = *wire_},
      calendar_, start_);
}

Stage::~Stage() = default;

void Stage::wake() {
  folder_.reset();
  folder_.emplace(state_);
  LiveRequest request{.setup = {.settings = settings_.settings,
                                .roots = {{settings_.underlying, settings_.root}},
                                .brokered = true},
                      .client = {.client_id = 1,
                                 .account = settings_.account,
                                 .underlyings = {settings_.underlying},
                                 .roots = {settings_.root},
                                 .seed = settings_.seed,
                                 .restart_at = settings_.gateway_restart},
                      .configuration = as_toml(settings_.config),
                      .command_line = settings_.command_line,
                      .commit_every = std::chrono::minutes{5}};
  bot_ = std::make_unique<LiveBot>(std::move(request), reference_, *folder_, kill_,
                                   rehearsal_ ? rehearsal_->now() : start_);
}

void Stage::copy_state(const std::filesystem::path& image) const {
  namespace fs = std::filesystem;
  fs::remove_all(image);
  fs::copy(state_, image);
  const std::uint32_t life = life_of(bot_->journal_path());
  for (const char* folder : {"journal", "wire"}) {
    if (!fs::exists(state_ / folder)) { continue; }
    fs::create_directory(image / folder);
    for (const auto& entry : fs::directory_iterator{state_ / folder}) {
      const fs::path to = image / folder / entry.path().filename();
      if (life_of(entry) < life) {
        fs::create_hard_link(entry, to);  // nobody writes to what an earlier life left
      } else {
        fs::copy(entry, to);
      }
    }
  }
}

void Stage::restart() {
  // What a destructor writes in good order a killed process does not.
  const std::filesystem::path image = state_.string() + ".image";
  copy_state(image);
  restart(image);
}

void Stage::restart(const std::filesystem::path& image) {
  rehearsal_->drop_link();
  bot_.reset();
  folder_.reset();
  std::filesystem::remove_all(state_);
  std::filesystem::rename(image, state_);
  wake();
  rehearsal_->replace(*bot_);
}

void Stage::away_until(Instant return_at) {
  rehearsal_->drop_link();
  bot_.reset();
  rehearsal_->pass_without_bot(return_at);
  wake();
  rehearsal_->replace(*bot_);
}

bool Stage::over(int sessions) const {
  const auto& lived = bot_->sessions();
  if (static_cast<int>(lived.size()) < sessions) { return false; }
  const auto session = calendar_.session(lived.back(), SessionKind::kIndexOption);
  return session && at() > session->close + std::chrono::minutes{1};
}

RunResult Stage::finish() {
  RunResult result{.kind = "demo",
                   .underlying = settings_.underlying,
                   .root = settings_.root,
                   .from = bot_->sessions().front(),
                   .to = bot_->sessions().back(),
                   .seed = settings_.seed,
                   .cash = settings_.cash,
                   .limits = settings_.settings.risk,
                   .config = settings_.config,
                   .sessions = bot_->sessions(),
                   .settlements = bot_->settlements()};
  result.warnings.emplace_back(
      "between two recorded end-of-day chains the market is simulated: spot and quotes follow a "
      "seeded bridge");
  result.journal_digest = bot_->close(at());
  result.runs[result.fill] = bot_->record();
  result.decisions_digest = decisions_digest(bot_->record().decisions);
  result.master = bot_->state().master;
  result.events = bot_->events();
  return result;
}

}  // namespace v6
