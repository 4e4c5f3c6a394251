#include <fmt/format.h>

#include <charconv>
#include <memory>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "runtime/live_loop.hpp"

namespace v6 {
namespace {

constexpr Duration kCrashWindow = std::chrono::minutes{10};
constexpr std::size_t kMostCrashes = 3;

struct RunOptions {
  ConfigOptions config;
  ReferenceOption reference;
  std::string gateway = "127.0.0.1:4002";
  int client_id = 1;
  std::string mode = "dry_run";
  std::string account;
  std::string root;
  std::string state;
  std::string clock = "real";
  std::string gateway_restart = "23:45";
  int connect_timeout = 60;
  std::string command_line;
};

GatewayAddress gateway_option(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  int port = -1;
  if (colon != std::string::npos) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, port);
    if (error != std::errc{} || stop != end) { port = -1; }
  }
  if (colon == 0 || port < 1 || port > 65'535) {
    fail_usage(fmt::format("--gateway \"{}\": accepted is HOST:PORT, as 127.0.0.1:4002", text));
  }
  return {.host = text.substr(0, colon), .port = static_cast<std::uint16_t>(port)};
}

/// "real", or "scaled:60": sixty seconds for each of the machine's, from the gateway's own time on.
LiveClock clock_option(const std::string& text, const GatewayAddress& gateway) {
  if (text == "real") { return LiveClock::real(); }
  double speed = 0;
  if (text.starts_with("scaled:")) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + 7, end, speed);
    if (error != std::errc{} || stop != end) { speed = 0; }
  }
  const bool paced = speed > 0 && speed <= 100'000;
  if (!paced) {
    fail_usage(fmt::format("--clock \"{}\": accepted are real and scaled:X, X above 0", text));
  }
  return LiveClock::scaled(speed, time_at(gateway));
}

TimeOfDay gateway_restart_option(const std::string& text) {
  const auto time = parse_time_of_day(text);
  if (!time) {
    fail_usage(fmt::format("--gateway-restart \"{}\": accepted is HH:MM, New York's time", text));
  }
  return *time;
}

/// A word that is not exactly one of the modes means: send nothing.
Mode mode_option(const std::string& text) {
  const auto mode = from_word<Mode>(text);
  if (mode == Mode::kDryRun || mode == Mode::kPaper) { return *mode; }
  if (mode == Mode::kLive) {
    throw Failure(ExitCode::kRefused,
                  "--mode live: there is no arming yet, and nothing trades real money without it; "
                  "use --mode paper");
  }
  fail_usage(fmt::format("--mode \"{}\": accepted are dry_run and paper", text));
}

/// The option root of an underlying: the one with its own name, unless another is named.
std::map<Symbol, Symbol> roots_of(const std::vector<Symbol>& underlyings, const std::string& root) {
  std::map<Symbol, Symbol> roots;
  for (const Symbol underlying : underlyings) {
    for (const Instrument& instrument : instrument_table()) {
      if (instrument.underlying != underlying) { continue; }
      const bool named = !root.empty() && instrument.root.text() == root;
      // Of several roots the PM-settled one trades to its last day.
      const bool better =
          !roots.contains(underlying) || instrument.settlement == SettlementTime::kPm;
      if (named || (root.empty() && better)) { roots[underlying] = instrument.root; }
    }
    if (!roots.contains(underlying)) {
      fail_configuration(fmt::format("underlyings: no option root of {} is known{}",
                                     underlying.text(), root.empty() ? "" : " by --root " + root));
    }
  }
  return roots;
}

void refuse_crash_loop(const StateFolder& folder, Instant now) {
  const std::size_t crashes = folder.begin_life(now, kCrashWindow);
  if (crashes < kMostCrashes) { return; }
  throw Failure(
      ExitCode::kRefused,
      fmt::format("{}: {} lives within ten minutes did not end in good order; look at the "
                  "log and at the broker, then remove {} to start again",
                  folder.path().string(), crashes, (folder.path() / "starts").string()));
}

ExitCode end_of(LoopEnd end, const LiveBot& bot, const RunOptions& options) {
  switch (end) {
    case LoopEnd::kAsked: return ExitCode::kDone;
    case LoopEnd::kNeverReady:
      throw Failure(ExitCode::kBroker, fmt::format("{}: not ready within {} s: {}", options.gateway,
                                                   options.connect_timeout, bot.client().why()));
    case LoopEnd::kRefused: {
      const auto refusal = bot.client().refusal();
      throw Failure(
          refusal->kind == ibkr::Refusal::Kind::kAccount ? ExitCode::kRefused : ExitCode::kBroker,
          fmt::format("{}: {}", options.gateway, refusal->why));
    }
  }
  return ExitCode::kBug;
}

ExitCode run(const RunOptions& options) {
  const Mode mode = mode_option(options.mode);
  const GatewayAddress gateway = gateway_option(options.gateway);
  const Loaded<Configuration> loaded = options.config.load();
  const Reference reference = options.reference.read();
  const StateFolder folder{state_folder_option(options.state)};
  const LiveClock clock = clock_option(options.clock, gateway);
  const Instant now = clock.now();
  refuse_crash_loop(folder, now);

  // NOLINTNEXTLINE(cppcoreguidelines-slicing): the core knows nothing of backtests
  Settings settings = loaded.settings;
  settings.mode = mode;
  const auto roots = roots_of(settings.underlyings, options.root);
  LiveRequest request{.setup = {.settings = settings, .roots = roots, .brokered = true},
                      .client = {.client_id = options.client_id,
                                 .account = options.account,
                                 .kind = ibkr::AccountKind::kPaper,
                                 .underlyings = settings.underlyings,
                                 .restart_at = gateway_restart_option(options.gateway_restart)},
                      .configuration = as_toml(show_settings(loaded.settings, loaded.origin)),
                      .command_line = options.command_line,
                      .patience = clock.speed() > 1 ? clock.speed() : 1};
  for (const auto& [underlying, root] : roots) {
    need_dividends(reference, *find_instrument(root));
    request.client.roots.push_back(root);
  }
  KillSwitch kill;
  LiveBot bot{std::move(request), reference, folder, kill, now};
  LiveLoop loop{bot,
                clock,
                kill,
                {.gateway = gateway,
                 .connect_timeout = std::chrono::seconds{options.connect_timeout},
                 .control_socket = folder.control_socket(),
                 .halt_file = folder.halt_file()}};
  complain(fmt::format("v6 {} on {}, client {}, state {}; `v6 status --state {}` looks in\n",
                       options.mode, options.gateway, options.client_id, folder.path().string(),
                       folder.path().string()));
  const LoopEnd end = loop.run();
  static_cast<void>(bot.close(clock.now()));
  folder.end_life();
  return end_of(end, bot, options);
}

}  // namespace

void add_run(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = app.add_subcommand("run", "the bot against TWS or IB Gateway");
  command->footer(
      "Example:\n"
      "  v6 gateway --chains data/spx-eod-2019 --speed 20 --port 4002 &\n"
      "  v6 run --gateway 127.0.0.1:4002 --mode paper --set 'underlyings=[\"SPX\"]' \\\n"
      "    --clock scaled:20 --state out/state\n\n"
      "dry_run (the default) decides and sends nothing. paper needs a paper account. Stop with\n"
      "Ctrl-C; stop openings at once with `v6 stop-entries`, SIGUSR1, or a file named halt in the\n"
      "state folder.");
  command->add_option("--gateway", options->gateway, "HOST:PORT of TWS or IB Gateway")
      ->capture_default_str();
  command->add_option("--client-id", options->client_id, "always the same for one bot")
      ->check(CLI::Range(0, 2'000'000'000))
      ->capture_default_str();
  command->add_option("--mode", options->mode, "dry_run or paper")->capture_default_str();
  command->add_option("--account", options->account, "which account; else the only one");
  command->add_option("--root", options->root, "option root to trade; else the PM-settled one");
  command->add_option("--state", options->state, "state folder; else $XDG_STATE_HOME/v6");
  command->add_option("--clock", options->clock, "real, or scaled:X beside a simulated gateway")
      ->capture_default_str();
  command
      ->add_option(
          "--gateway-restart", options->gateway_restart,
          "when the gateway restarts each day, HH:MM in New York: nothing opens in the ten "
          "minutes before")
      ->capture_default_str();
  command
      ->add_option("--connect-timeout", options->connect_timeout,
                   "seconds to become ready the first time")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
  options->config.add_to(*command);
  options->reference.add_to(*command);
  command->callback([options, &invocation] {
    options->command_line = invocation.command_line;
    invocation.run = [options] { return run(*options); };
  });
}

}  // namespace v6
