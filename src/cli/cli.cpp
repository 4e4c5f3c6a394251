#include "cli/cli.hpp"

#include <fmt/format.h>

#include <exception>
#include <span>
#include <string>

#include "analytics/paths.hpp"
#include "base/check.hpp"
#include "base/version.hpp"
#include "cli/command.hpp"
#include "cli/terminal.hpp"

namespace v6 {
namespace {

int report(ExitCode code, std::string_view text) {
  complain(fmt::format("v6: {}\n", text));
  return static_cast<int>(code);
}

/// --path, for audits: the same bits on other instructions.
void choose_path(const std::string& word) {
  if (word.empty()) { return; }
  std::string usable;
  for (const Path path : usable_paths()) {
    if (name_of(path) == word) {
      use_path(path);
      return;
    }
    usable += (usable.empty() ? "" : ", ") + std::string{name_of(path)};
  }
  fail_usage(fmt::format("--path \"{}\": this machine has {}", word, usable));
}

}  // namespace

int run_cli(int argc, char** argv) {
  CLI::App app{
      "V6 trades options with defined risk: it records chains, decides, opens iron condors and\n"
      "vertical spreads, manages and closes them, and says why it traded and why it did not.",
      "v6"};
  app.set_version_flag("--version", fmt::format("v6 {} ({})", kVersion, kCompiler));
  app.require_subcommand(1);
  app.footer(
      "Exit codes: 0 done; 1 the answer is bad; 2 usage; 3 configuration; 4 data; 5 refused for\n"
      "safety; 6 broker or network; 70 a bug. `v6 COMMAND --help` has an example for each.");
  app.get_formatter()->column_width(34);
  std::string path;
  app.add_option("--path", path,
                 "instructions to price on: portable, avx2 or avx512; all give the same bits");
  Invocation invocation;
  for (const char* word : std::span{argv, static_cast<std::size_t>(argc)}) {
    invocation.command_line += (invocation.command_line.empty() ? "" : " ") + std::string{word};
  }
  for (const auto add :
       {add_demo, add_run, add_gateway, add_control, add_backtest, add_replay, add_verify,
        add_explain, add_decisions, add_chain, add_payoff, add_calendar, add_config, add_price}) {
    add(app, invocation);
  }
  try {
    app.parse(argc, argv);
    choose_path(path);
    return static_cast<int>(invocation.run());
  } catch (const CLI::Success& answer) {  // --help, --version
    return app.exit(answer);
  } catch (const CLI::ParseError& error) {
    if (app.get_subcommands().empty() && !app.remaining().empty()) {
      return report(
          ExitCode::kUsage,
          fmt::format("\"{}\": no such command or option; see v6 --help", app.remaining().front()));
    }
    return report(ExitCode::kUsage, fmt::format("{}; see v6 --help", error.what()));
  } catch (const Failure& failure) {
    return report(failure.code(), failure.what());
  } catch (const BrokenInvariant& bug) {
    return report(ExitCode::kBug, fmt::format("a bug, please report it: {}", bug.what()));
  } catch (const std::exception& surprise) {
    return report(ExitCode::kBug, fmt::format("a bug, please report it: {}", surprise.what()));
  }
}

}  // namespace v6
