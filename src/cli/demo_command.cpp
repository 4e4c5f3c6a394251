#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <thread>

#include "cli/command.hpp"
#include "cli/live_screen.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "config/scenario_file.hpp"
#include "report/results.hpp"
#include "runtime/stage.hpp"

namespace v6 {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kRedraw{120};

struct DemoOptions {
  ConfigOptions config;
  ReferenceOption reference;
  std::string chains = "data/spx-eod-2019";
  std::string underlying = "SPX";
  std::string root = "SPXW";
  std::string from;
  int days = 5;
  double speed = 0;
  std::string seed = "1";
  std::string cash = "500000";
  std::string out = "out/demo";
  std::string state;
  std::string scenario;
  bool plain = false;
  bool json = false;
  std::string command_line;
};

/// Redraws the terminal in place, or prints what is new.
class View {
 public:
  explicit View(bool drawn) : drawn_{drawn} {}
  View(const View&) = delete;
  View& operator=(const View&) = delete;
  ~View() {
    if (drawn_ && begun_) { complain("\x1b[?25h"); }
  }

  void show(const LiveBot& bot, const std::string& title,
            const std::vector<std::string>& incidents) {
    if (!drawn_) {
      for (; incidents_ < incidents.size(); ++incidents_) {
        complain("incident: " + incidents[incidents_] + '\n');
      }
      for (const std::string& line : lines_.news(bot)) { complain(line + '\n'); }
      return;
    }
    std::string text = begun_ ? "\x1b[H" : "\x1b[?25l\x1b[2J\x1b[H";
    begun_ = true;
    for (const std::string& line : live_screen(bot, {.title = title, .incidents = incidents})) {
      text += line + "\x1b[K\n";
    }
    complain(text + "\x1b[J");
  }

 private:
  bool drawn_;
  bool begun_ = false;
  LiveLines lines_;
  std::size_t incidents_ = 0;
};

void apply(const GatewayScenario& scenario, StageSettings& settings) {
  if (!scenario.account.id.empty()) { settings.account = scenario.account.id; }
  if (scenario.account.cash > Money{}) { settings.cash = scenario.account.cash; }
  if (scenario.fills.max_per_event > 0) {
    settings.fills = {.max_per_event = scenario.fills.max_per_event,
                      .interval = std::chrono::milliseconds{scenario.fills.interval_ms}};
  }
  settings.incidents = scenario.incidents;
}

/// "Thu 10:05:00 the socket is dropped"
std::vector<std::string> incident_lines(const Stage& stage) {
  std::vector<std::string> lines;
  for (const auto& [at, line] : stage.told()) {
    lines.push_back(fmt::format("{} {}", clock_text(at), line));
  }
  return lines;
}

ExitCode run(const DemoOptions& options) {
  const Loaded<Configuration> loaded = options.config.load();
  const Reference reference = options.reference.read();
  OutputFolder out{options.out};
  const fs::path state =
      options.state.empty() ? fs::path{options.out} / "state" : fs::path{options.state};
  if (options.state.empty()) { fs::remove_all(state); }
  StageSettings settings{
      // NOLINTNEXTLINE(cppcoreguidelines-slicing): the core knows nothing of backtests
      .settings = loaded.settings,
      .config = show_settings(loaded.settings, loaded.origin),
      .command_line = options.command_line,
      .chains = options.chains,
      .underlying = symbol_option(options.underlying, "--underlying"),
      .root = symbol_option(options.root, "--root"),
      .seed = seed_option(options.seed, "--seed"),
      .cash = money_option(options.cash, "--cash")};
  if (!options.from.empty()) { settings.from = date_option(options.from, "--from"); }
  if (!options.scenario.empty()) { apply(load_scenario(options.scenario), settings); }
  Stage stage{std::move(settings), reference, state, loopback_wire()};

  View view{!options.plain && ::isatty(STDERR_FILENO) == 1};
  const Clock::time_point began = Clock::now();
  const Instant start = stage.at();
  Clock::time_point drawn{};
  while (!stage.over(options.days)) {
    const Instant now = stage.step();
    if (Clock::now() - drawn >= kRedraw) {
      drawn = Clock::now();
      view.show(stage.bot(),
                fmt::format("V6 demo: {} on paper over 127.0.0.1, day {} of {}; between real "
                            "end-of-day chains the market is simulated",
                            options.underlying, stage.bot().sessions().size(), options.days),
                incident_lines(stage));
    }
    if (options.speed > 0) {
      const std::chrono::duration<double> due{std::chrono::duration<double>(now - start).count() /
                                              options.speed};
      std::this_thread::sleep_until(began + std::chrono::duration_cast<Clock::duration>(due));
    }
  }
  view.show(stage.bot(), "V6 demo: done", incident_lines(stage));
  RunResult result = stage.finish();
  fs::copy_file(stage.bot().journal_path(), out.growing("journal.db"));
  result.timing.run_s = std::chrono::duration<double>(Clock::now() - began).count();
  write_records(out, result);
  write_summary(out, result);
  out.publish();
  print(options.json ? summary_of(result).dump(2) + '\n'
                     : summary_text(result) +
                           fmt::format("report     {}\n", (out.path() / "report.html").string()));
  return ExitCode::kDone;
}

}  // namespace

void add_demo(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<DemoOptions>();
  CLI::App* command = app.add_subcommand(
      "demo", "a simulated gateway and the bot, trading real chains over a real socket");
  command->footer(
      "Example:\n"
      "  v6 demo --days 5\n"
      "  v6 demo --from 2019-05-20 --days 2 --speed 600\n\n"
      "No account, no network: the bot talks the broker's own protocol to a simulated gateway "
      "over\n"
      "127.0.0.1. The chains are recorded ones; between two of them spot and quotes follow a "
      "seeded\n"
      "bridge. Ends with the same report as a backtest.");
  command->add_option("--days", options->days, "sessions to live through")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command
      ->add_option("--speed", options->speed,
                   "seconds of session for each real one; 0: as fast as it goes")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command->add_option("--from", options->from, "first session, as 2019-05-07; else the first file");
  command->add_option("--chains", options->chains, "folder of recorded chains")
      ->capture_default_str();
  command->add_option("--underlying", options->underlying, "what the options are on")
      ->capture_default_str();
  command->add_option("--root", options->root, "option root to trade")->capture_default_str();
  command->add_option("--seed", options->seed, "of the simulated market")->capture_default_str();
  command->add_option("--cash", options->cash, "dollars in the account")->capture_default_str();
  command->add_option("--out", options->out, "folder for the results")->capture_default_str();
  command->add_option("--state", options->state, "the bot's state folder; else a new one in --out");
  command->add_option("--scenario", options->scenario,
                      "TOML file of what goes wrong and when (scenarios/demo-week.toml)");
  command->add_flag("--plain", options->plain, "lines instead of a screen");
  command->add_flag("--json", options->json, "print the summary as JSON");
  options->config.add_to(*command);
  options->reference.add_to(*command);
  command->callback([options, &invocation] {
    options->command_line = invocation.command_line;
    invocation.run = [options] { return run(*options); };
  });
}

}  // namespace v6
