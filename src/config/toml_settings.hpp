#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/settings.hpp"
#include "config/toml_settings_value.hpp"

/// TOML into the settings structs each folder declares, strictly: a key nobody knows, a value of
/// the wrong type or out of range, or a file that cannot be read is an error, never a default. So
/// no misspelling of `mode` can arm anything.
namespace v6 {

/// One setting of an object that outlives this. Made by setting_slots().
struct SettingSlot {
  std::string key;  // "exits.stop_loss.credit"
  SettingRange range;
  std::string_view meaning;
  std::string accepted;
  /// The value now, as TOML on one line.
  std::function<std::string()> text;
  /// False, and nothing changed, when the value is not accepted. Empty for a list of tables.
  std::function<bool(const ConfigValue&)> set;
  /// A list of tables anew, so many rows with their defaults; the slots of each row.
  std::function<std::vector<std::vector<SettingSlot>>(std::size_t rows)> resize;
};

/// `{a = 1, b = 2}`: slots whose keys have no prefix, as one inline table.
[[nodiscard]] std::string inline_table(const std::vector<SettingSlot>& slots);

template <class T>
void add_slots(const std::string& prefix, T& settings, std::vector<SettingSlot>& slots);

template <class Listed, class Member>
void add_slot(const std::string& key, const Listed& listed, Member& member,
              std::vector<SettingSlot>& slots) {
  const SettingRange range{.least = listed.least, .most = listed.most, .unit = listed.unit};
  if constexpr (codec::HasFields<Member>) {
    add_slots(key + ".", member, slots);
  } else {
    auto& slot = slots.emplace_back(
        SettingSlot{.key = key, .range = range, .meaning = listed.meaning, .accepted = {}});
    if constexpr (requires { requires codec::HasFields<typename Member::value_type>; }) {
      slot.accepted = "a list of tables [[...]]";
      slot.text = [&member] {
        std::string text = "[";
        for (auto& row : member) {
          std::vector<SettingSlot> fields;
          add_slots("", row, fields);
          text += (text.size() > 1 ? ", " : "") + inline_table(fields);
        }
        return text + "]";
      };
      slot.resize = [&member, key](std::size_t rows) {
        member.clear();
        member.resize(rows);
        std::vector<std::vector<SettingSlot>> fields(rows);
        for (std::size_t i = 0; i < rows; ++i) {
          add_slots(key + "[" + std::to_string(i) + "].", member[i], fields[i]);
        }
        return fields;
      };
    } else {
      slot.accepted = setting::accepted<Member>(range);
      slot.text = [&member, range] { return setting::write(member, range); };
      slot.set = [&member, range](const ConfigValue& value) {
        auto read = setting::read<Member>(value, range);
        if (read) { member = std::move(*read); }
        return read.has_value();
      };
    }
  }
}

template <class T>
void add_slots(const std::string& prefix, T& settings, std::vector<SettingSlot>& slots) {
  std::apply(
      [&](const auto&... listed) {
        (add_slot(prefix + std::string{listed.name}, listed, std::invoke(listed.member, settings),
                  slots),
         ...);
      },
      T::fields());
}

/// Every setting below `settings`, in the order listed.
template <class T>
[[nodiscard]] std::vector<SettingSlot> setting_slots(T& settings) {
  std::vector<SettingSlot> slots;
  add_slots("", settings, slots);
  return slots;
}

/// Where each setting's value comes from: "default", "v6.toml:12" or "--set".
using Origins = std::map<std::string, std::string>;

struct ConfigText {
  std::string name;  // as errors and origins call it
  std::string text;
};

struct ConfigSources {
  std::optional<std::filesystem::path> file;          // named by the user: must be readable
  std::optional<std::filesystem::path> default_file;  // without `file`; need not exist
  std::vector<std::string> sets;                      // "section.key=value"; the last one counts
};

/// $XDG_CONFIG_HOME/v6/v6.toml, else $HOME/.config/v6/v6.toml. An empty or relative directory
/// counts as unset (XDG Base Directory Specification 0.8); nothing when both are.
[[nodiscard]] std::optional<std::filesystem::path> default_config_path(
    std::string_view xdg_config_home, std::string_view home);

/// The text of the file that counts, or nothing when only the defaults do. Throws Failure for a
/// file that is named but cannot be read, or a default file that exists but cannot.
[[nodiscard]] std::optional<ConfigText> read_config(const ConfigSources& sources);

/// Sets what the text and then `sets` say. Throws one Failure (configuration) with every error,
/// one a line; the slots are then half set and of no use.
[[nodiscard]] Origins apply_config(const std::optional<ConfigText>& text,
                                   const std::vector<std::string>& sets,
                                   std::vector<SettingSlot>& slots);

template <class Settings>
struct Loaded {
  Settings settings;
  Origins origin;
};

/// Defaults, then the text, then the sets.
template <class Settings>
[[nodiscard]] Loaded<Settings> load_settings(const std::optional<ConfigText>& text,
                                             const std::vector<std::string>& sets = {}) {
  Loaded<Settings> loaded;
  auto slots = setting_slots(loaded.settings);
  loaded.origin = apply_config(text, sets, slots);
  return loaded;
}

template <class Settings>
[[nodiscard]] Loaded<Settings> load_settings(const ConfigSources& sources) {
  return load_settings<Settings>(read_config(sources), sources.sets);
}

/// A setting as `v6 config show` lists it.
struct ShownSetting {
  std::string key;
  std::string value;  // as TOML
  std::string unit;
  std::string meaning;
  std::string accepted;
  double least = 0;
  double most = 0;
  std::string origin;
  bool is_default = true;
};

[[nodiscard]] std::vector<ShownSetting> shown(const std::vector<SettingSlot>& slots,
                                              const std::vector<SettingSlot>& defaults,
                                              const Origins& origins);

template <class Settings>
[[nodiscard]] std::vector<ShownSetting> show_settings(Settings settings,
                                                      const Origins& origins = {}) {
  Settings defaults;
  return shown(setting_slots(settings), setting_slots(defaults), origins);
}

/// A complete file that loads to the same settings, each with its meaning and what it accepts.
[[nodiscard]] std::string as_toml(const std::vector<ShownSetting>& shown);

}  // namespace v6
