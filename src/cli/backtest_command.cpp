#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "base/enum_text.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "report/results.hpp"

namespace v6 {
namespace {

struct BacktestOptions {
  ConfigOptions config;
  ReferenceOption reference;
  std::string chains;
  std::string underlying = "SPX";
  std::string root = "SPXW";
  std::string from;
  std::string to;
  std::string fill = "walk";
  std::string seed = "1";
  std::string cash = "500000";
  std::string out;
  bool json = false;
  std::string command_line;
};

ExitCode run(const BacktestOptions& options) {
  const Loaded<Configuration> loaded = options.config.load();
  // NOLINTNEXTLINE(cppcoreguidelines-slicing): the core knows nothing of what only a backtest has
  BacktestRequest request{.settings = loaded.settings,
                          .scenario = loaded.settings.backtest,
                          .chains = options.chains,
                          .underlying = symbol_option(options.underlying, "--underlying"),
                          .root = symbol_option(options.root, "--root"),
                          .from = date_option(options.from, "--from"),
                          .to = date_option(options.to, "--to"),
                          .fill = word_option<FillModel>(options.fill, "--fill"),
                          .seed = seed_option(options.seed, "--seed"),
                          .cash = money_option(options.cash, "--cash"),
                          .command_line = options.command_line,
                          .config = show_settings(loaded.settings, loaded.origin)};
  const Reference reference = options.reference.read();
  check_request(request, reference);
  OutputFolder out{options.out};
  request.journal = out.growing("journal.db");

  RunResult result;
  {
    ProgressBar bar{"backtest"};
    result = run_backtest(request, reference,
                          [&](std::size_t done, std::size_t all) { bar.show(done, all); });
  }
  const auto started = std::chrono::steady_clock::now();
  write_records(out, result);
  result.timing.report_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  write_summary(out, result);
  out.publish();

  print(options.json ? summary_of(result).dump(2) + '\n'
                     : summary_text(result) +
                           fmt::format("report     {}\n", (out.path() / "report.html").string()));
  return ExitCode::kDone;
}

}  // namespace

void add_backtest(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<BacktestOptions>();
  CLI::App* command = app.add_subcommand("backtest", "run the bot over recorded option chains");
  command->footer(
      "Example:\n"
      "  v6 backtest --chains data/spx-eod-2019 --underlying SPX --root SPXW \\\n"
      "    --from 2019-04-25 --to 2019-07-03 --out out/spx\n\n"
      "Writes summary.json, decisions.jsonl, orders.jsonl, fills.jsonl, structures.jsonl, "
      "equity.csv,\n"
      "journal.db and report.html; the run of --fill is the one they tell, the others stand beside "
      "it.");
  command->add_option("--chains", options->chains, "folder of SYMBOL_YYYYMMDD.csv.gz, one a day")
      ->required();
  command->add_option("--underlying", options->underlying, "what the options are on")
      ->capture_default_str();
  command->add_option("--root", options->root, "option root to trade")->capture_default_str();
  command->add_option("--from", options->from, "first session, as 2019-04-25")->required();
  command->add_option("--to", options->to, "last session")->required();
  command->add_option("--fill", options->fill, "natural, walk or mid")->capture_default_str();
  command->add_option("--seed", options->seed, "of the fills' randomness")->capture_default_str();
  command->add_option("--cash", options->cash, "dollars at the start")->capture_default_str();
  command->add_option("--out", options->out, "folder for the results")->required();
  command->add_flag("--json", options->json, "print the summary as JSON");
  options->config.add_to(*command);
  options->reference.add_to(*command);
  command->callback([options, &invocation] {
    options->command_line = invocation.command_line;
    invocation.run = [options] { return run(*options); };
  });
}

}  // namespace v6
