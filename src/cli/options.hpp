#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/enum_text.hpp"
#include "base/error.hpp"
#include "config/reference.hpp"
#include "runtime/backtest.hpp"

namespace v6 {

/// --config and --set: where settings come from.
struct ConfigOptions {
  std::string file;
  std::vector<std::string> sets;

  void add_to(CLI::App& command);
  [[nodiscard]] Loaded<Configuration> load() const;
};

/// --reference: closes, VIX, yields, dividends, holidays, events.
struct ReferenceOption {
  std::string folder;

  void add_to(CLI::App& command);
  [[nodiscard]] Reference read() const;
};

/// --state, else $XDG_STATE_HOME/v6, else ~/.local/state/v6.
[[nodiscard]] std::filesystem::path state_folder_option(const std::string& given);

// Options as text, or a usage error that names the option and what it accepts.
[[nodiscard]] Date date_option(const std::string& text, std::string_view option);
[[nodiscard]] Symbol symbol_option(const std::string& text, std::string_view option);
[[nodiscard]] Money money_option(const std::string& text, std::string_view option);
[[nodiscard]] std::uint64_t seed_option(const std::string& text, std::string_view option);

/// One of an enum's words.
template <DescribedEnum E>
[[nodiscard]] E word_option(const std::string& text, std::string_view option) {
  if (const auto value = from_word<E>(text)) { return *value; }
  std::string accepted;
  for (const auto& [value, name] : words<E>()) {
    accepted += (accepted.empty() ? "" : ", ") + name;
  }
  fail_usage(std::string{option} + " \"" + text + "\": accepted are " + accepted);
}

}  // namespace v6
