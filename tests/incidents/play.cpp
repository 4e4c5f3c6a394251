// Plays one scenario file against the bot, checks what the file expects and what must hold always.
//
//   play_scenario FILE [--tell]
//
// Ends with 0 when all holds, 1 when not, each fault on a line.

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string_view>

#include "checker.hpp"
#include "config/reference.hpp"
#include "config/scenario_file.hpp"
#include "config/toml_settings.hpp"
#include "expectations.hpp"
#include "runtime/backtest.hpp"
#include "runtime/journal_reader.hpp"

namespace v6::incidents {
namespace {

namespace fs = std::filesystem;

/// A folder that is gone afterwards; in memory where the system has such a place, since a run
/// syncs its journal thousands of times.
class ScratchFolder {
 public:
  ScratchFolder() {
    const fs::path shm{"/dev/shm"};
    const fs::path base = fs::exists(shm) ? shm : fs::temp_directory_path();
    std::string name = (base / "v6-incidents-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) { throw fs::filesystem_error{"mkdtemp", name, {}}; }
    path_ = name;
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// The journal on disk, read as after a power cut, has the number or the new limit.
bool in_journal(const fs::path& state, const OrderWritten& order) {
  const Story story = read_story(state);
  std::optional<OrderId> known;
  for (const Event& event : story.events) {
    const auto* sending = std::get_if<OrderSending>(&event.body);
    if (sending != nullptr && sending->broker_id == order.message.order_id) {
      known = sending->order;
    }
  }
  if (!known || !order.message.order.lmt_price) { return false; }
  // A price that was approved, or one better for us.
  const double paid =
      *order.message.order.lmt_price * (order.message.order.action == "BUY" ? 1 : -1);
  return std::ranges::any_of(story.commands, [&](const auto& entry) {
    const auto* submitted = std::get_if<SubmittedOrder>(&entry.second);
    const auto* change = std::get_if<ModifyOrder>(&entry.second);
    const bool first = submitted != nullptr && submitted->order.order == *known;
    const bool later = change != nullptr && change->order == *known;
    if (!first && !later) { return false; }
    const Price approved = first ? submitted->order.walk.first : change->limit;
    return paid <= -approved.dollars() + 1e-9;
  });
}

StageSettings settings_of(const GatewayScenario& scenario) {
  const auto loaded = load_settings<Configuration>(std::nullopt, scenario.run.set);
  const auto start = parse_incident_time(scenario.run.start)->time;
  StageSettings settings{
      // NOLINTNEXTLINE(cppcoreguidelines-slicing): the core knows nothing of backtests
      .settings = loaded.settings,
      .mode = scenario.run.dry_run ? Mode::kDryRun : Mode::kPaper,
      .chains = fs::path{V6_DATA} / "spx-eod-2019",
      .underlying = *Symbol::parse("SPX"),
      .root = *Symbol::parse("SPXW"),
      .seed = static_cast<std::uint64_t>(scenario.run.seed),
      .start = std::chrono::floor<std::chrono::minutes>(start),
      .gateway_restart = scenario.run.gateway_restart,
      .incidents = scenario.incidents};
  if (scenario.run.from != Date{}) { settings.from = scenario.run.from; }
  if (!scenario.account.id.empty()) { settings.account = scenario.account.id; }
  if (scenario.account.cash > Money{}) { settings.cash = scenario.account.cash; }
  if (scenario.fills.max_per_event > 0) {
    settings.fills = {.max_per_event = scenario.fills.max_per_event,
                      .interval = std::chrono::milliseconds{scenario.fills.interval_ms}};
  }
  return settings;
}

int play(const fs::path& file, bool tell) {
  const GatewayScenario scenario = load_scenario(file);
  const Reference reference = read_reference(fs::path{V6_DATA} / "reference");
  const ScratchFolder scratch;
  Written written;
  Stage* running = nullptr;
  auto wire = std::make_unique<TapWire>(
      written, [&] { return running->at(); },
      [&](const OrderWritten& order) { return in_journal(scratch.path(), order); });
  Stage stage{settings_of(scenario), reference, scratch.path(), std::move(wire)};
  running = &stage;
  const Calendar& calendar = stage.market().calendar();
  const auto moment = [&](const std::string& text) {
    return *instant_of(*parse_incident_time(text), stage.first(), calendar);
  };
  const Instant until = moment(scenario.run.until);
  std::vector<Instant> restarts;
  for (const std::string& at : scenario.run.restarts) { restarts.push_back(moment(at)); }

  auto away = parse_span(scenario.run.away);

  Checker checker{stage};
  std::size_t alerts = 0;
  std::size_t told = 0;
  while (stage.at() < until) {
    stage.step();
    checker.watch();
    if (!restarts.empty() && stage.at() >= restarts.front()) {
      restarts.erase(restarts.begin());
      stage.restart();
    }
    if (away && stage.at() >= *instant_of(away->first, stage.first(), calendar)) {
      stage.away_until(*instant_of(away->second, stage.first(), calendar));
      away.reset();
    }
    if (!tell) { continue; }
    for (; told < stage.told().size(); ++told) {
      fmt::print("{} * {}\n", iso(stage.told()[told].first), stage.told()[told].second);
    }
    const auto& all = stage.bot().record().alerts;
    for (alerts = std::min(alerts, all.size()); alerts < all.size(); ++alerts) {
      fmt::print("{}   {}\n", iso(all[alerts].first), all[alerts].second.what);
    }
  }
  static_cast<void>(stage.bot().close(stage.at()));
  const Story story = read_story(scratch.path());
  checker.finish(written, story, scenario.expect.books_agree);
  Faults faults = checker.faults();
  if (scenario.run.dry_run && (!written.orders.empty() || written.previews > 0)) {
    faults.add("I-20", fmt::format("{} order messages and {} previews in dry run",
                                   written.orders.size(), written.previews));
  }
  if (stage.told().size() < scenario.incidents.size()) {
    faults.add("scenario", fmt::format("only {} of {} incidents came about", stage.told().size(),
                                       scenario.incidents.size()));
  }
  check_expectations(scenario, stage, written, story, faults);
  if (tell) {
    for (const OrderWritten& order : written.orders) {
      fmt::print("{} > order {}{} {} at {}\n", iso(order.at), order.message.order_id,
                 order.is_new ? "" : " changed", order.message.order.action,
                 order.message.order.lmt_price.value_or(0));
    }
    for (const auto& [at, command] : story.commands) {
      const auto* decided = std::get_if<RecordDecision>(&command);
      if (decided == nullptr || decided->decision.kind != DecisionKind::kEntry) { continue; }
      fmt::print("{} entry {}", iso(at), word(decided->decision.outcome));
      for (const Check& check : decided->decision.waterfall) {
        if (check.verdict == Verdict::kRefuse) { fmt::print(", {}: {}", check.name, check.detail); }
      }
      fmt::print("\n");
    }
    for (const auto& [id, order] : stage.bot().state().orders) {
      fmt::print("{} {} {} filled {} of {} {}\n", id.text(), word(order.ticket.purpose),
                 word(order.status), order.filled.raw(), order.ticket.quantity.raw(), order.reason);
    }
    for (const std::string& latch : stage.bot().state().latches.set()) {
      fmt::print("latch: {}\n", latch);
    }
    fmt::print("{} sessions with the gateway, cash {} and {} at the broker\n", written.sessions,
               stage.bot().state().cash.text(), stage.exchange().figures().cash.text());
  }
  for (const std::string& fault : faults.found) {
    fmt::print("{}: {}\n", file.filename().string(), fault);
  }
  return faults.found.empty() ? 0 : 1;
}

}  // namespace
}  // namespace v6::incidents

int main(int argc, char** argv) {
  try {
    const std::string_view option = argc > 2 ? argv[2] : "";
    if (argc < 2 || (!option.empty() && option != "--tell")) {
      fmt::print(stderr, "usage: play_scenario FILE [--tell]\n");
      return 2;
    }
    return v6::incidents::play(argv[1], option == "--tell");
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
}
