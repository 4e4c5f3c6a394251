#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <system_error>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "config/market_history.hpp"
#include "config/scenario_file.hpp"
#include "runtime/gateway_service.hpp"
#include "sim/replay_market.hpp"

namespace v6 {
namespace {

namespace fs = std::filesystem;

struct GatewayOptions {
  ReferenceOption reference;
  int port = 4002;
  std::string port_file;
  std::string chains;
  std::string underlying = "SPX";
  std::string start;
  double speed = 1;
  std::string nights = "lived";
  std::string session;
  std::string state;
  std::string seed = "1";
  std::string account;
  std::string cash;
  std::string scenario;
  int lines = 100;
  std::string listen = "127.0.0.1";
  bool quiet = false;
};

constexpr const char* kFooter =
    "Example:\n"
    "  v6 gateway --chains data/spx-eod-2019 --session frozen --port 4002\n"
    "\n"
    "Then, from any TWS client that speaks server version 177 or 178 (ib_async, IB's own Python\n"
    "client, @stoqey/ib, ...), connect to 127.0.0.1:4002 with any client id. With ib_async\n"
    "(pip install ib_async):\n"
    "\n"
    "  from ib_async import *\n"
    "  ib = IB().connect('127.0.0.1', 4002, clientId=1)\n"
    "  spx = ib.qualifyContracts(Index('SPX', 'CBOE'))[0]\n"
    "  chain = next(c for c in ib.reqSecDefOptParams('SPX', '', 'IND', spx.conId)\n"
    "               if c.exchange == 'SMART' and c.tradingClass == 'SPXW')\n"
    "  put = Option('SPX', chain.expirations[8], 2800, 'P', 'SMART', tradingClass='SPXW')\n"
    "  ib.qualifyContracts(put)\n"
    "  print(ib.reqTickers(put)[0])\n"
    "  trade = ib.placeOrder(put, MarketOrder('BUY', 1))\n"
    "  while not trade.isDone(): ib.waitOnUpdate()\n"
    "  print(trade.fills, ib.positions())\n"
    "\n"
    "All quotes between the chains' snapshots are simulated; money is play money; nothing leaves\n"
    "this machine. docs/GATEWAY.md says what is faithful, what is simplified, what is missing.\n"
    "Ends with 0 on SIGTERM or Ctrl-C, 6 when the port is taken.";

/// "2019-05-07T09:20", New York.
Instant start_option(const std::string& text) {
  const std::size_t cut = std::min<std::size_t>(text.size(), 10);
  const auto day = parse_date(text.substr(0, cut));
  const auto time = text.size() == cut ? TimeOfDay{9 * 60 + 20}
                    : text[cut] == 'T' ? parse_time_of_day(text.substr(cut + 1))
                                       : std::nullopt;
  if (!day || *day < date(2007, 1, 1) || !has_instants(*day) || !time) {
    fail_usage(
        fmt::format("--start \"{}\": accepted is a time in New York as 2019-05-07T09:20, or a "
                    "date; from 2007 to 2199",
                    text));
  }
  return new_york_instant(*day, *time);
}

std::string new_york_text(Instant at) {
  const TimeOfDay time = new_york_time(at);
  return fmt::format("{} {:02}:{:02} New York", iso(new_york_date(at)), time.count() / 60,
                     time.count() % 60);
}

std::uint16_t port_option(int port) {
  if (port < 0 || port > 65'535) {
    fail_usage(fmt::format("--port {}: accepted are 0 (any free one) to 65535", port));
  }
  return static_cast<std::uint16_t>(port);
}

std::string account_option(const std::string& text) {
  const bool fits = text.size() >= 3 && text.size() <= 12 && text.starts_with("DU") &&
                    text.find_first_not_of("0123456789", 2) == std::string::npos;
  if (fits) { return text; }
  fail_usage(fmt::format(
      "--account \"{}\": accepted are paper accounts, DU and up to ten digits, as DU1234567",
      text));
}

/// The file appears with all of its content or not at all.
void write_port_file(const std::string& file, std::uint16_t port) {
  const fs::path part = file + ".part";
  {
    std::ofstream out{part};
    out << port << '\n';
    out.close();
    if (!out) { fail_data(fmt::format("--port-file {}: cannot be written", file)); }
  }
  std::error_code error;
  fs::rename(part, file, error);
  if (error) { fail_data(fmt::format("--port-file {}: {}", file, error.message())); }
}

GatewayScenario scenario_of(const GatewayOptions& options) {
  return options.scenario.empty() ? GatewayScenario{} : load_scenario(options.scenario);
}

GatewayServiceSettings settings_of(const GatewayOptions& options) {
  GatewayServiceSettings settings;
  settings.market.chains = options.chains;
  settings.market.underlying = symbol_option(options.underlying, "--underlying");
  settings.market.seed = seed_option(options.seed, "--seed");
  if (!options.start.empty()) { settings.market.start = start_option(options.start); }
  if (!options.session.empty() && options.session != "frozen" && options.session != "moving") {
    fail_usage(fmt::format("--session \"{}\": accepted are frozen and moving", options.session));
  }
  settings.market.frozen = options.session == "frozen";
  const bool paced = options.speed > 0 && options.speed <= 100'000;
  if (!paced) {
    fail_usage(
        fmt::format("--speed {}: accepted are numbers above 0, at most 100000", options.speed));
  }
  settings.speed = options.speed;
  if (options.nights != "lived" && options.nights != "skipped") {
    fail_usage(fmt::format("--nights \"{}\": accepted are lived and skipped", options.nights));
  }
  settings.nights = options.nights == "skipped" ? Nights::kSkipped : Nights::kLived;
  const GatewayScenario scenario = scenario_of(options);
  const std::string& account = options.account.empty() ? scenario.account.id : options.account;
  if (!account.empty()) { settings.exchange.account = account_option(account); }
  if (!options.cash.empty()) {
    settings.exchange.cash = money_option(options.cash, "--cash");
  } else if (scenario.account.cash > Money{}) {
    settings.exchange.cash = scenario.account.cash;
  }
  if (scenario.fills.max_per_event > 0) {
    settings.fills = {.max_per_event = scenario.fills.max_per_event,
                      .interval = std::chrono::milliseconds{scenario.fills.interval_ms}};
  }
  settings.incidents = scenario.incidents;
  settings.exchange.seed = settings.market.seed;
  if (options.lines < 1) {
    fail_usage(fmt::format("--lines {}: accepted are numbers above 0", options.lines));
  }
  settings.gateway.lines = options.lines;
  if (!options.state.empty()) { settings.state = options.state; }
  return settings;
}

ExitCode run_gateway(const GatewayOptions& options) {
  const GatewayServiceSettings settings = settings_of(options);
  const TcpServerSettings server_settings{.address = options.listen,
                                          .port = port_option(options.port)};
  const bool exposed = !TcpServer::is_loopback(options.listen);
  const Reference reference = options.reference.read();
  const auto log = [quiet = options.quiet](const std::string& line) {
    if (!quiet) { complain("gateway: " + line + '\n'); }
  };
  GatewayService service{settings, market_history(reference, settings.market.underlying),
                         std::chrono::steady_clock::now(), log};
  TcpServer server{server_settings, service};
  if (exposed) {
    complain(fmt::format(
        "v6: warning: listening on {}: whoever reaches it can trade in this simulated account; "
        "the protocol knows no password\n",
        options.listen));
  }
  if (!options.port_file.empty()) { write_port_file(options.port_file, server.port()); }
  const std::string_view data = holds_minutes(options.chains)
                                    ? "recorded minutes of"
                                    : "all between the snapshots is simulated; chains of";
  print(fmt::format("simulated IB Gateway on {}:{}, server version 178, account {}, {} {}\n{} {}\n",
                    options.listen, server.port(), settings.exchange.account,
                    settings.market.frozen ? "market frozen at" : "market starts at",
                    new_york_text(service.market().instant()), data, options.chains));
  server.run();
  service.save();
  return ExitCode::kDone;
}

}  // namespace

void add_gateway(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<GatewayOptions>();
  CLI::App* command = app.add_subcommand(
      "gateway", "a simulated IB Gateway: any TWS client can connect to it and trade");
  command->footer(kFooter);
  command->add_option("--chains", options->chains, "folder of chains, SYMBOL_YYYYMMDD.csv.gz")
      ->required();
  command->add_option("--underlying", options->underlying, "whose chains (SPX)");
  command->add_option("--port", options->port, "TCP port; 0: any free one (4002)");
  command->add_option("--port-file", options->port_file,
                      "write the port here once connections are accepted");
  command->add_option("--listen", options->listen,
                      "address to listen on (127.0.0.1); any other exposes the account");
  command->add_option("--start", options->start,
                      "time in New York, 2019-05-07T09:20; else the folder's first day");
  command->add_option("--speed", options->speed,
                      "seconds of session for each real one (1); pacing follows it");
  command->add_option("--nights", options->nights,
                      "lived, or skipped: from 16:20 straight to 9:20 of the next session");
  command->add_option("--session", options->session,
                      "frozen: the market stands at its snapshot of 15:45; else it moves");
  command->add_option("--state", options->state,
                      "folder that keeps orders, executions, positions, cash and ids");
  command->add_option("--seed", options->seed, "of everything simulated (1)");
  command->add_option("--account", options->account, "paper account (DU1234567)");
  command->add_option("--cash", options->cash, "dollars at the beginning (500000)");
  command->add_option(
      "--scenario", options->scenario,
      "TOML file: the account, how it fills, and what goes wrong when (scenarios/)");
  command->add_option("--lines", options->lines, "market-data lines of all clients (100)");
  command->add_flag("--quiet", options->quiet, "no line on standard error for what clients do");
  options->reference.add_to(*command);
  command->callback(
      [options, &invocation] { invocation.run = [options] { return run_gateway(*options); }; });
}

}  // namespace v6
