#include "cli/options.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <limits>
#include <system_error>

#include "base/error.hpp"

namespace v6 {
namespace {

namespace fs = std::filesystem;

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : value;
}

/// The shipped data: of this checkout or installation, else below the working folder.
fs::path shipped_reference() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (fs::path folder = program.parent_path(); folder.has_relative_path();
       folder = folder.parent_path()) {
    for (const char* place : {"data/reference", "share/v6/reference"}) {
      if (fs::is_directory(folder / place, error)) { return folder / place; }
    }
  }
  return "data/reference";
}

}  // namespace

void ConfigOptions::add_to(CLI::App& command) {
  command.add_option("--config", file,
                     "TOML file; else $XDG_CONFIG_HOME/v6/v6.toml, else defaults");
  command.add_option("--set", sets, "one setting for this run: section.key=value; repeatable")
      ->take_all()
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

Loaded<Configuration> ConfigOptions::load() const {
  ConfigSources sources{
      .default_file = default_config_path(environment("XDG_CONFIG_HOME"), environment("HOME")),
      .sets = sets};
  if (!file.empty()) { sources.file = file; }
  return load_settings<Configuration>(sources);
}

fs::path state_folder_option(const std::string& given) {
  if (!given.empty()) { return given; }
  const std::string_view base = environment("XDG_STATE_HOME");
  if (!base.empty()) { return fs::path{base} / "v6"; }
  const std::string_view home = environment("HOME");
  if (home.empty()) { fail_usage("--state DIR is needed: there is no HOME to keep state in"); }
  return fs::path{home} / ".local/state/v6";
}

void ReferenceOption::add_to(CLI::App& command) {
  command.add_option("--reference", folder,
                     "daily closes, VIX, yields, dividends, holidays, events; else as shipped");
}

Reference ReferenceOption::read() const {
  return read_reference(folder.empty() ? shipped_reference() : fs::path{folder});
}

Date date_option(const std::string& text, std::string_view option) {
  if (const auto date = parse_date(text)) { return *date; }
  fail_usage(fmt::format("{} \"{}\": accepted is a date as 2019-05-01", option, text));
}

Symbol symbol_option(const std::string& text, std::string_view option) {
  if (const auto symbol = Symbol::parse(text)) { return *symbol; }
  fail_usage(fmt::format("{} \"{}\": accepted are one to six capital letters", option, text));
}

Money money_option(const std::string& text, std::string_view option) {
  const auto money = Money::parse(text);
  if (money && *money > Money{}) { return *money; }
  fail_usage(
      fmt::format("{} \"{}\": accepted are dollars above 0, as 500000 or 500000.00", option, text));
}

std::uint64_t seed_option(const std::string& text, std::string_view option) {
  std::uint64_t seed = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seed);
  if (error == std::errc{} && stop == end) { return seed; }
  fail_usage(fmt::format("{} \"{}\": accepted is a whole number from 0 to {}", option, text,
                         std::numeric_limits<std::uint64_t>::max()));
}

}  // namespace v6
