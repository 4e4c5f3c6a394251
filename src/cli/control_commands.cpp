#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <memory>

#include "cli/command.hpp"
#include "cli/control.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "runtime/control.hpp"

namespace v6 {
namespace {

struct ControlOptions {
  std::string state;
  std::string name;    // of the view or the word
  std::string reason;  // words
  int most = 20;       // views with a length
  bool preview = false;
  bool json = false;
};

std::filesystem::path socket_of(const ControlOptions& options) {
  return state_folder_option(options.state) / "control.sock";
}

std::string text_of(const Json& value) {
  if (value.is_string()) { return value.get<std::string>(); }
  if (value.is_null()) { return "-"; }
  if (value.is_number_float()) { return fmt::format("{:.4g}", value.get<double>()); }
  if (value.is_array()) {
    std::string text;
    for (const Json& item : value) { text += (text.empty() ? "" : ", ") + text_of(item); }
    return text.empty() ? "-" : text;
  }
  return value.dump();
}

/// One line a member; what is itself a list of rows comes as a table of its own.
std::string sheet(const Json& object) {
  std::string text;
  for (const auto& [key, value] : object.items()) {
    const bool rows = value.is_array() && !value.empty() && value.front().is_object();
    if (value.is_object()) {
      for (const auto& [inner, of] : value.items()) {
        if (!of.is_structured()) {
          text += fmt::format("{:<24} {}\n", fmt::format("{}.{}", key, inner), text_of(of));
        }
      }
    } else if (!rows) {
      text += fmt::format("{:<24} {}\n", key, text_of(value));
    }
  }
  return text;
}

/// Rows as columns named by `keys`; "greeks.delta" looks inside.
std::string table(const Json& rows, const std::vector<std::string>& keys) {
  std::vector<std::string> heads;
  for (const std::string& key : keys) { heads.push_back(key.substr(key.rfind('.') + 1)); }
  TextTable text{heads};
  for (const Json& row : rows) {
    std::vector<std::string> cells;
    for (const std::string& key : keys) {
      const std::size_t dot = key.find('.');
      const Json& outer = dot == std::string::npos ? row : row.at(key.substr(0, dot));
      cells.push_back(text_of(outer.at(dot == std::string::npos ? key : key.substr(dot + 1))));
    }
    text.add(std::move(cells));
  }
  return rows.empty() ? "none\n" : text.text();
}

std::string people_read(const std::string& view, const Json& reply) {
  if (view == "status") { return sheet(reply); }
  if (view == "positions") {
    return table(reply, {"id", "kind", "underlying", "units", "dte", "entry_price", "mid",
                         "unrealised", "worst_case", "greeks.delta", "greeks.theta"});
  }
  if (view == "orders") {
    return table(reply, {"order", "structure", "purpose", "kind", "status", "quantity", "filled",
                         "limits", "broker_id", "reason"});
  }
  if (view == "decisions") {
    return table(reply, {"id", "at", "kind", "outcome", "structure", "rule"});
  }
  if (view == "greeks") {
    return sheet(reply) +
           table(reply.at("structures"), {"structure", "kind", "greeks.delta", "greeks.gamma",
                                          "greeks.theta", "greeks.vega"});
  }
  if (view == "alerts") { return table(reply, {"at", "level", "what"}); }
  std::string text;
  for (const auto& [symbol, chain] : reply.items()) {
    text +=
        fmt::format("{} {} at {}\n", symbol, text_of(chain.at("spot")), text_of(chain.at("at")));
    text += table(chain.at("rows"), {"contract", "bid", "ask", "iv", "delta"});
  }
  return text.empty() ? "no chain yet\n" : text;
}

ExitCode look(const ControlOptions& options) {
  return look_at_bot(options.name,
                     {.state = options.state, .most = options.most, .json = options.json});
}

ExitCode speak(const ControlOptions& options) {
  if (!options.preview && options.reason.empty()) {
    fail_usage("--reason \"why\" is required; --preview shows what it would touch");
  }
  const Json reply =
      ask(socket_of(options),
          {{"word", options.name}, {"reason", options.reason}, {"preview", options.preview}});
  const Json& touched = options.preview ? reply : reply.at("done");
  print(options.json ? reply.dump(2) + '\n'
                     : sheet(touched) + (touched.at("closes").empty()
                                             ? ""
                                             : table(touched.at("closes"),
                                                     {"structure", "units", "cash_at_natural"})));
  return ExitCode::kDone;
}

void add_view(CLI::App& app, Invocation& invocation, const std::string& name,
              const std::string& about) {
  auto options = std::make_shared<ControlOptions>();
  options->name = name;
  CLI::App* command = app.add_subcommand(name, about + " of the running bot");
  command->footer(fmt::format("Example:\n  v6 {} --state out/state", name));
  command->add_option("--state", options->state, "the bot's state folder; else $XDG_STATE_HOME/v6");
  command->add_option("--most", options->most, "rows at most")->capture_default_str();
  command->add_flag("--json", options->json, "print one JSON document");
  command->callback(
      [options, &invocation] { invocation.run = [options] { return look(*options); }; });
}

void add_word(CLI::App& app, Invocation& invocation, const std::string& name,
              const std::string& word, const std::string& about) {
  auto options = std::make_shared<ControlOptions>();
  options->name = word;
  CLI::App* command = app.add_subcommand(name, about);
  command->footer(
      fmt::format("Example:\n  v6 {} --preview\n  v6 {} --reason \"news at noon\"", name, name));
  command->add_option("--state", options->state, "the bot's state folder; else $XDG_STATE_HOME/v6");
  command->add_option("--reason", options->reason, "why; stands in the journal for good");
  command->add_flag("--preview", options->preview, "show what it touches and costs; do nothing");
  command->add_flag("--json", options->json, "print one JSON document");
  command->callback(
      [options, &invocation] { invocation.run = [options] { return speak(*options); }; });
}

}  // namespace

ExitCode look_at_bot(const std::string& view, const BotLook& look) {
  const Json reply =
      ask(state_folder_option(look.state) / "control.sock", {{"view", view}, {"most", look.most}});
  print(look.json ? reply.dump(2) + '\n' : people_read(view, reply));
  return ExitCode::kDone;
}

void add_control(CLI::App& app, Invocation& invocation) {
  add_view(app, invocation, "status", "link, account, latches and counters");
  add_view(app, invocation, "positions", "open structures");
  add_view(app, invocation, "orders", "orders");
  add_view(app, invocation, "greeks", "Greeks");
  add_view(app, invocation, "alerts", "alerts");
  add_word(app, invocation, "stop-entries", "halt", "nothing is opened from now on");
  add_word(app, invocation, "reduce-only", "reduce_only", "only exits and cancels from now on");
  add_word(app, invocation, "cancel-working", "cancel_working",
           "halt, and cancel every working opening order");
  add_word(app, invocation, "flatten", "flatten", "halt, and close everything");
  add_word(app, invocation, "resume", "resume", "lift the latches a person may lift");
}

}  // namespace v6
