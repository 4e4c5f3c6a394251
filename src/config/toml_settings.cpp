#include "config/toml_settings.hpp"

#include <algorithm>
#include <expected>
#include <set>
#include <sstream>
#include <stdexcept>

#include "base/error.hpp"

namespace {
[[noreturn]] void parser_gave_up(const char* check) { throw std::logic_error{check}; }
}  // namespace

// Included in this file only: it takes seconds to compile. Compiled in rather than linked, so that
// the parser's own checks throw: 3.3.0 aborts on "[.a]", and with NDEBUG would read on.
#define TOML_EXCEPTIONS 1
#define TOML_HEADER_ONLY 1
#define TOML_ASSERT(check) ((check) ? void() : parser_gave_up(#check))
#include <toml++/toml.h>

namespace v6 {
namespace {

template <class Date>
std::string text_of(const Date& value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

ConfigValue to_value(const toml::node& node) {
  ConfigValue out;
  out.line = node.source().begin.line;
  node.visit([&](const auto& typed) {
    using Node = std::remove_cvref_t<decltype(typed)>;
    if constexpr (std::same_as<Node, toml::table>) {
      out.value = ConfigValue::Table{};
      for (const auto& [key, value] : typed) {
        out.items.push_back(to_value(value));
        out.items.back().name = key.str();
      }
    } else if constexpr (std::same_as<Node, toml::array>) {
      out.value = ConfigValue::List{};
      for (const auto& value : typed) { out.items.push_back(to_value(value)); }
    } else {
      const auto& value = typed.get();
      using Value = std::remove_cvref_t<decltype(value)>;
      if constexpr (std::same_as<Value, toml::date>) {
        out.value = date(value.year, value.month, value.day);
      } else if constexpr (std::same_as<Value, toml::time>) {
        if (value.second == 0 && value.nanosecond == 0) {
          out.value = std::chrono::minutes{value.hour * 60 + value.minute};
        } else {
          out.value = ConfigValue::Other{text_of(value)};
        }
      } else if constexpr (std::same_as<Value, toml::date_time>) {
        out.value = ConfigValue::Other{text_of(value)};
      } else {
        out.value = value;
      }
    }
  });
  return out;
}

struct SyntaxError {
  std::size_t line = 0;
  std::size_t column = 0;
  std::string text;
};

std::expected<ConfigValue, SyntaxError> parse_toml(std::string_view text) {
  try {
    return to_value(toml::parse(text));
  } catch (const toml::parse_error& error) {
    const auto& at = error.source().begin;
    return std::unexpected{SyntaxError{at.line, at.column, std::string{error.description()}}};
  } catch (const std::logic_error& error) {
    return std::unexpected{SyntaxError{1, 1, fmt::format("the parser gave up ({})", error.what())}};
  }
}

/// The value TOML would read after "key = "; nothing when it is no TOML.
std::optional<ConfigValue> parse_toml_value(std::string_view text) {
  const auto document = parse_toml("value = " + std::string{text});
  if (!document || document->items.size() != 1) { return std::nullopt; }
  auto value = document->items.front();
  value.line = 0;
  return value;
}

std::string key_text(std::string_view key) {
  const bool bare = !key.empty() && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
  return bare ? std::string{key} : setting::toml_string(key);
}

std::string value_text(const ConfigValue& value) {
  const bool table = value.is<ConfigValue::Table>();
  std::string items;
  for (const auto& item : value.items) {
    items +=
        (items.empty() ? "" : ", ") + (table ? key_text(item.name) + " = " : "") + value_text(item);
  }
  return std::visit(
      [&](const auto& typed) -> std::string {
        using T = std::remove_cvref_t<decltype(typed)>;
        if constexpr (std::same_as<T, ConfigValue::Other>) {
          return typed.text;
        } else if constexpr (std::same_as<T, ConfigValue::List>) {
          return "[" + items + "]";
        } else if constexpr (std::same_as<T, ConfigValue::Table>) {
          return "{" + items + "}";
        } else if constexpr (std::same_as<T, std::chrono::minutes>) {
          return setting::clock_text(typed.count());
        } else {
          return setting::write(typed, {});
        }
      },
      value.value);
}

/// Levenshtein: letters to add, drop or replace.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) { row[j] = j; }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

std::string_view last_name(std::string_view key) { return key.substr(key.rfind('.') + 1); }

/// The known setting or table somebody probably meant: the right name in the wrong table counts
/// as one letter off.
std::string nearest(std::string_view key, const std::vector<SettingSlot>& slots) {
  std::set<std::string> names;
  for (const auto& slot : slots) {
    for (auto dot = slot.key.find('.'); dot != std::string::npos;
         dot = slot.key.find('.', dot + 1)) {
      names.insert(slot.key.substr(0, dot));
    }
    names.insert(slot.key);
  }
  std::string best;
  std::size_t least = key.size() + 100;
  for (const auto& name : names) {
    const auto distance =
        std::min(edit_distance(key, name), edit_distance(last_name(key), last_name(name)) + 1);
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best;
}

using setting::printable;

class Applier {
 public:
  explicit Applier(std::vector<SettingSlot>& slots) : slots_{slots} {
    for (const auto& slot : slots) { origins_[slot.key] = "default"; }
  }

  void file(const ConfigText& config) {
    source_ = printable(config.name);
    const auto document = parse_toml(config.text);
    if (!document) {
      const auto& error = document.error();
      errors_.push_back(fmt::format("{}:{}:{}: not TOML: {}", source_, error.line, error.column,
                                    printable(error.text)));
      return;
    }
    for (const auto& item : document->items) { apply(key_text(item.name), item, slots_); }
    list_refusals();
  }

  void set(std::string_view text) {
    source_ = "--set";
    const auto trim = [](std::string_view part) {
      const auto first = part.find_first_not_of(' ');
      if (first == std::string_view::npos) { return std::string_view{}; }
      return part.substr(first, part.find_last_not_of(' ') + 1 - first);
    };
    const auto equals = text.find('=');
    const auto key = trim(text.substr(0, equals));
    const auto raw =
        equals == std::string_view::npos ? std::string_view{} : trim(text.substr(equals + 1));
    if (key.empty() || raw.empty()) {
      errors_.push_back(fmt::format("--set {}: write --set section.key=value", printable(text)));
      return;
    }
    // A word needs no quotes here, so that no shell eats them. Quoted and parsed, because TOML
    // also says what text is (valid UTF-8).
    const auto bare = parse_toml_value(setting::toml_string(raw));
    if (!bare) {
      errors_.push_back(fmt::format("--set {}: not text in UTF-8", printable(key)));
      return;
    }
    const bool as_toml = raw.front() == '"' || raw.front() == '\'';
    const auto slot = std::ranges::find(slots_, key, &SettingSlot::key);
    if (!as_toml && slot != slots_.end() && slot->set && slot->set(*bare)) {
      origins_[slot->key] = source_;
      return;
    }
    const auto parsed = parse_toml_value(raw);
    apply(std::string{key}, parsed ? *parsed : *bare, slots_);
    list_refusals();
  }

  Origins finish() {
    if (errors_.empty()) { return std::move(origins_); }
    std::string all;
    for (const auto& error : errors_) { all += (all.empty() ? "" : "\n") + error; }
    fail_configuration(all);
  }

 private:
  struct Refusal {
    std::size_t line;
    std::string text;
  };

  void apply(const std::string& key, const ConfigValue& value, std::vector<SettingSlot>& slots) {
    if (const auto slot = std::ranges::find(slots, key, &SettingSlot::key); slot != slots.end()) {
      if (slot->resize ? rows(*slot, value) : slot->set(value)) {
        origins_[key] = place(value);
      } else {
        refuse(key, value, fmt::format("accepted {}{}", slot->accepted, hint(*slot, value)));
      }
      return;
    }
    const bool known_table = std::ranges::any_of(
        slots, [&](const SettingSlot& slot) { return slot.key.starts_with(key + "."); });
    if (known_table && value.is<ConfigValue::Table>()) {
      for (const auto& item : value.items) { apply(key + "." + key_text(item.name), item, slots); }
    } else if (known_table) {
      refuse(key, value, fmt::format("accepted a table [{}]", key));
    } else {
      refusals_.push_back(
          {value.line, fmt::format("{}: {}: unknown setting; did you mean {}?", place(value),
                                   printable(key), nearest(key, slots))});
    }
  }

  bool rows(const SettingSlot& slot, const ConfigValue& value) {
    const auto is_table = [](const ConfigValue& item) { return item.is<ConfigValue::Table>(); };
    if (!value.is<ConfigValue::List>() || !std::ranges::all_of(value.items, is_table)) {
      return false;
    }
    auto fields = slot.resize(value.items.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
      origins_[fmt::format("{}[{}]", slot.key, i)] = place(value.items[i]);
      for (const auto& item : value.items[i].items) {
        apply(fmt::format("{}[{}].{}", slot.key, i, key_text(item.name)), item, fields[i]);
      }
    }
    return true;
  }

  /// In the order of the file: toml++ sorts by name, a person reads from top to bottom.
  void list_refusals() {
    std::ranges::stable_sort(refusals_, {}, &Refusal::line);
    for (auto& refusal : refusals_) { errors_.push_back(std::move(refusal.text)); }
    refusals_.clear();
  }

  void refuse(const std::string& key, const ConfigValue& value, const std::string& accepted) {
    refusals_.push_back({value.line, fmt::format("{}: {} = {}: {}", place(value), printable(key),
                                                 printable(value_text(value)), accepted)});
  }

  /// Numbers and switches in quotes are the commonest slip.
  static std::string_view hint(const SettingSlot& slot, const ConfigValue& value) {
    const auto* text = value.as<std::string>();
    const auto unquoted = text ? parse_toml_value(*text) : std::nullopt;
    return unquoted && slot.set && slot.set(*unquoted) ? "; write it without quotes" : "";
  }

  [[nodiscard]] std::string place(const ConfigValue& value) const {
    return value.line == 0 ? source_ : fmt::format("{}:{}", source_, value.line);
  }

  std::vector<SettingSlot>& slots_;
  Origins origins_;
  std::string source_;
  std::vector<Refusal> refusals_;
  std::vector<std::string> errors_;
};

}  // namespace

Origins apply_config(const std::optional<ConfigText>& text, const std::vector<std::string>& sets,
                     std::vector<SettingSlot>& slots) {
  Applier applier{slots};
  if (text) { applier.file(*text); }
  for (const auto& set : sets) { applier.set(set); }
  return applier.finish();
}

}  // namespace v6
