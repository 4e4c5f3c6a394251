#pragma once

#include <fmt/format.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/codec.hpp"
#include "base/decimal.hpp"
#include "base/enum_text.hpp"
#include "base/time.hpp"
#include "model/money.hpp"
#include "model/symbol.hpp"

/// One TOML value, and how each kind of setting reads it, writes it and says what it accepts.
namespace v6 {

/// A value as TOML has it, and the line it stands on (0: not from a file).
struct ConfigValue {
  struct List {};
  struct Table {};
  /// What TOML can say and no setting takes: times with an offset, fractions of a minute.
  struct Other {
    std::string text;
  };

  std::variant<bool, std::int64_t, double, std::string, Date, std::chrono::minutes, Other, List,
               Table>
      value;
  std::size_t line = 0;
  std::string name;                // in its table
  std::vector<ConfigValue> items;  // of a list or table

  template <class T>
  [[nodiscard]] const T* as() const {
    return std::get_if<T>(&value);
  }
  template <class T>
  [[nodiscard]] bool is() const {
    return as<T>() != nullptr;
  }
};

/// The range a setting lists; both ends included. 0 to 0 is no range.
struct SettingRange {
  double least = 0;
  double most = 0;
  std::string_view unit;

  [[nodiscard]] bool bounded() const { return least != 0 || most != 0; }
  [[nodiscard]] bool holds(double number) const {
    return !bounded() || (number >= least && number <= most);
  }
  /// Minutes after midnight are read and written as "10:00".
  [[nodiscard]] bool is_clock() const { return unit == "HH:MM"; }
};

namespace setting {

template <class T>
inline constexpr bool is_duration_v = codec::is_v<T, std::chrono::duration>;
template <class T>
inline constexpr bool is_amount_v = codec::is_v<T, Fixed>;
template <class T>
inline constexpr bool is_list_v = codec::is_v<T, std::vector>;

/// `"text"` as TOML writes it, on one line.
[[nodiscard]] std::string toml_string(std::string_view text);
/// What a person can read on one line of a terminal, whatever a file holds; the start of it when
/// it is long.
[[nodiscard]] std::string printable(std::string_view text);
/// "10:00", 24 hours.
[[nodiscard]] std::string clock_text(std::int64_t minutes);
/// "number, 0 to 0.1 (unit)" with `what` before, and nothing after it when there is no range.
[[nodiscard]] std::string accepted_number(std::string_view what, const SettingRange& range);

/// Nothing unless the value is finite and in range; a whole number is a number.
[[nodiscard]] std::optional<double> read_real(const ConfigValue& value, const SettingRange& range);
/// Above what a TOML integer holds, as text.
[[nodiscard]] std::optional<std::uint64_t> read_large_count(const ConfigValue& value,
                                                            const SettingRange& range);
/// Minutes after midnight from "10:00" or 10:00:00.
[[nodiscard]] std::optional<std::int64_t> read_clock(const ConfigValue& value);
/// Exact decimal text, from text or from a number that has such a text.
[[nodiscard]] std::optional<std::string> read_decimal(const ConfigValue& value);

/// The setting this value means; nothing unless it is wholly of the right type and in range.
template <class T>
[[nodiscard]] std::optional<T> read(const ConfigValue& value, const SettingRange& range) {
  const auto* text = value.as<std::string>();
  if constexpr (std::same_as<T, bool>) {
    if (const auto* on = value.as<bool>()) { return *on; }
  } else if constexpr (std::integral<T>) {
    const auto* whole = value.as<std::int64_t>();
    if (whole && std::in_range<T>(*whole) && range.holds(static_cast<double>(*whole))) {
      return static_cast<T>(*whole);
    }
    if constexpr (std::same_as<T, std::uint64_t>) { return read_large_count(value, range); }
  } else if constexpr (std::floating_point<T>) {
    return read_real(value, range);
  } else if constexpr (DescribedEnum<T>) {
    if (text) { return from_word<T>(*text); }
  } else if constexpr (std::same_as<T, std::string>) {
    if (text) { return *text; }
  } else if constexpr (std::same_as<T, Symbol>) {
    if (text) { return Symbol::parse(*text); }
  } else if constexpr (std::same_as<T, Date>) {
    if (const auto* day = value.as<Date>()) { return *day; }
    if (text) { return parse_date(*text); }
  } else if constexpr (is_duration_v<T>) {
    static_assert(std::integral<typename T::rep>);
    const auto* whole = value.as<std::int64_t>();
    const auto count = range.is_clock() ? read_clock(value)
                       : whole          ? std::optional{*whole}
                                        : std::nullopt;
    if (count && std::in_range<typename T::rep>(*count) &&
        range.holds(static_cast<double>(*count))) {
      return T{static_cast<typename T::rep>(*count)};
    }
  } else if constexpr (is_amount_v<T>) {
    if (const auto decimal = read_decimal(value)) {
      const auto amount = T::parse(*decimal);
      if (amount && range.holds(amount->dollars())) { return *amount; }
    }
  } else {
    static_assert(is_list_v<T>, "a kind of setting the configuration cannot read");
    if (!value.is<ConfigValue::List>()) { return std::nullopt; }
    T items;
    for (const auto& entry : value.items) {
      auto item = read<typename T::value_type>(entry, range);
      if (!item) { return std::nullopt; }
      items.push_back(std::move(*item));
    }
    return items;
  }
  return std::nullopt;
}

/// The value as TOML; read() of it gives the value back.
template <class T>
[[nodiscard]] std::string write(const T& value, const SettingRange& range) {
  if constexpr (std::same_as<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::integral<T>) {
    const auto digits = fmt::format("{}", value);
    return std::in_range<std::int64_t>(value) ? digits : toml_string(digits);
  } else if constexpr (std::floating_point<T>) {
    return shortest(value);
  } else if constexpr (DescribedEnum<T>) {
    return toml_string(word(value));
  } else if constexpr (std::same_as<T, std::string>) {
    return toml_string(value);
  } else if constexpr (std::same_as<T, Symbol>) {
    return toml_string(value.text());
  } else if constexpr (std::same_as<T, Date>) {
    return iso(value);
  } else if constexpr (is_duration_v<T>) {
    const auto count = static_cast<std::int64_t>(value.count());
    return range.is_clock() ? toml_string(clock_text(count)) : fmt::format("{}", count);
  } else if constexpr (is_amount_v<T>) {
    return toml_string(value.text());
  } else {
    std::string text = "[";
    for (const auto& item : value) { text += (text.size() > 1 ? ", " : "") + write(item, range); }
    return text + "]";
  }
}

/// What read() takes, as the end of "accepted ...".
template <class T>
[[nodiscard]] std::string accepted(const SettingRange& range) {
  if constexpr (std::same_as<T, bool>) {
    return "true or false";
  } else if constexpr (std::floating_point<T>) {
    return accepted_number("", range);
  } else if constexpr (DescribedEnum<T>) {
    std::string text;
    for (const auto& [value, name] : words<T>()) {
      text += (text.empty() ? "" : ", ") + toml_string(name);
    }
    return text;
  } else if constexpr (std::same_as<T, std::string>) {
    return "text in quotes";
  } else if constexpr (std::same_as<T, Symbol>) {
    return "one to six capital letters in quotes";
  } else if constexpr (std::same_as<T, Date>) {
    return "a date like 2019-05-01";
  } else if constexpr (is_amount_v<T>) {
    return accepted_number("dollars with at most four decimals", range);
  } else if constexpr (is_list_v<T>) {
    return "a list [...] of: " + accepted<typename T::value_type>(range);
  } else {
    if (is_duration_v<T> && range.is_clock()) {
      return fmt::format("a time like \"10:00\", \"{}\" to \"{}\"",
                         clock_text(static_cast<std::int64_t>(range.least)),
                         clock_text(static_cast<std::int64_t>(range.most)));
    }
    return accepted_number("a whole number", range);
  }
}

}  // namespace setting
}  // namespace v6
