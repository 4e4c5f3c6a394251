#include "config/toml_settings_value.hpp"

#include <cmath>

namespace v6::setting {

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if ((c >= 0 && c < ' ') || c == '\x7F') {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string printable(std::string_view text) {
  constexpr std::size_t kMost = 100;
  std::string line;
  for (const char c : text) {
    // Not in the middle of a character.
    if (line.size() >= kMost && (static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      return line + "...";
    }
    line += (c >= 0 && c < ' ') || c == '\x7F' ? '?' : c;
  }
  return line;
}

std::string clock_text(std::int64_t minutes) {
  return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

std::string accepted_number(std::string_view what, const SettingRange& range) {
  const auto unit = range.unit.empty() ? std::string{} : fmt::format(" ({})", range.unit);
  if (!range.bounded()) { return fmt::format("{}{}", what.empty() ? "a number" : what, unit); }
  return fmt::format("{}{}{} to {}{}", what, what.empty() ? "" : ", ", shortest(range.least),
                     shortest(range.most), unit);
}

std::optional<double> read_real(const ConfigValue& value, const SettingRange& range) {
  double number = 0;
  if (const auto* whole = value.as<std::int64_t>()) {
    number = static_cast<double>(*whole);
  } else if (const auto* real = value.as<double>()) {
    number = *real;
  } else {
    return std::nullopt;
  }
  if (!std::isfinite(number) || !range.holds(number)) { return std::nullopt; }
  return number;
}

std::optional<std::uint64_t> read_large_count(const ConfigValue& value, const SettingRange& range) {
  const auto* text = value.as<std::string>();
  const auto count = text ? parse_count(*text) : std::unexpected{NumberError::kNotANumber};
  if (!count || std::in_range<std::int64_t>(*count) || !range.holds(static_cast<double>(*count))) {
    return std::nullopt;
  }
  return *count;
}

std::optional<std::int64_t> read_clock(const ConfigValue& value) {
  if (const auto* minutes = value.as<std::chrono::minutes>()) { return minutes->count(); }
  const auto* text = value.as<std::string>();
  if (!text || text->size() != 5 || (*text)[2] != ':') { return std::nullopt; }
  const auto hour = parse_count(std::string_view{*text}.substr(0, 2));
  const auto minute = parse_count(std::string_view{*text}.substr(3));
  if (!hour || !minute || *hour > 23 || *minute > 59) { return std::nullopt; }
  return static_cast<std::int64_t>(*hour * 60 + *minute);
}

std::optional<std::string> read_decimal(const ConfigValue& value) {
  if (const auto* text = value.as<std::string>()) { return *text; }
  if (const auto* whole = value.as<std::int64_t>()) { return fmt::format("{}", *whole); }
  if (const auto* real = value.as<double>()) { return shortest(*real); }
  return std::nullopt;
}

}  // namespace v6::setting
