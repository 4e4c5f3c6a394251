#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

#include "base/error.hpp"

namespace v6 {

/// One call of the program: its command line, and what the subcommand in it will do.
struct Invocation {
  std::string command_line;
  std::function<ExitCode()> run;
};

// Each adds its subcommand; parsing it sets `run`.
void add_backtest(CLI::App& app, Invocation& invocation);
void add_replay(CLI::App& app, Invocation& invocation);
void add_verify(CLI::App& app, Invocation& invocation);
void add_explain(CLI::App& app, Invocation& invocation);
void add_decisions(CLI::App& app, Invocation& invocation);
void add_chain(CLI::App& app, Invocation& invocation);
void add_payoff(CLI::App& app, Invocation& invocation);
void add_calendar(CLI::App& app, Invocation& invocation);
void add_config(CLI::App& app, Invocation& invocation);
void add_price(CLI::App& app, Invocation& invocation);
void add_gateway(CLI::App& app, Invocation& invocation);
void add_demo(CLI::App& app, Invocation& invocation);
void add_run(CLI::App& app, Invocation& invocation);
/// The views of a running bot and the words for stopping it.
void add_control(CLI::App& app, Invocation& invocation);

}  // namespace v6
