#include <fmt/format.h>

#include <memory>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "report/json.hpp"

namespace v6 {
namespace {

struct ConfigCommandOptions {
  ConfigOptions config;
  bool changed = false;
  bool toml = false;
  bool json = false;
};

std::vector<ShownSetting> settings_of(const ConfigCommandOptions& options) {
  const Loaded<Configuration> loaded = options.config.load();
  auto settings = show_settings(loaded.settings, loaded.origin);
  if (options.changed) {
    std::erase_if(settings, [](const ShownSetting& setting) { return setting.is_default; });
  }
  return settings;
}

ExitCode check(const ConfigCommandOptions& options) {
  const auto settings = settings_of(options);
  const auto changed = std::ranges::count_if(
      settings, [](const ShownSetting& setting) { return !setting.is_default; });
  print(options.json
            ? Json{{"valid", true}, {"settings", settings.size()}, {"changed", changed}}.dump(2) +
                  '\n'
            : fmt::format("valid: {} settings, {} not at the default\n", settings.size(), changed));
  return ExitCode::kDone;
}

ExitCode show(const ConfigCommandOptions& options) {
  const auto settings = settings_of(options);
  if (options.toml) {
    print(as_toml(settings));
    return ExitCode::kDone;
  }
  if (options.json) {
    Json list = Json::array();
    for (const ShownSetting& setting : settings) {
      list.push_back({{"key", setting.key},
                      {"value", setting.value},
                      {"unit", setting.unit},
                      {"accepted", setting.accepted},
                      {"meaning", setting.meaning},
                      {"origin", setting.origin},
                      {"is_default", setting.is_default}});
    }
    print(list.dump(2) + '\n');
    return ExitCode::kDone;
  }
  TextTable table{{"setting", ">value", "accepted", "origin", "meaning"}};
  for (const ShownSetting& setting : settings) {
    table.add({setting.key, setting.value, setting.accepted, setting.origin, setting.meaning});
  }
  print(table.text());
  return ExitCode::kDone;
}

}  // namespace

void add_config(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<ConfigCommandOptions>();
  CLI::App* command = app.add_subcommand("config", "check and explain the configuration");
  command->require_subcommand(1);
  command->footer(
      "Example:\n  v6 config check --config v6.toml\n  v6 config show --changed --set "
      "risk.max_order_size=2");

  CLI::App* checks = command->add_subcommand("check", "read it whole, name every error");
  CLI::App* shows =
      command->add_subcommand("show", "every setting in force and where it comes from");
  for (CLI::App* part : {checks, shows}) {
    options->config.add_to(*part);
    part->add_flag("--json", options->json, "print one JSON document");
  }
  shows->add_flag("--changed", options->changed, "only those not at the default");
  shows->add_flag("--toml", options->toml, "as a configuration file with comments");
  checks->callback(
      [options, &invocation] { invocation.run = [options] { return check(*options); }; });
  shows->callback(
      [options, &invocation] { invocation.run = [options] { return show(*options); }; });
}

}  // namespace v6
