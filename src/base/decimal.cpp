#include "base/decimal.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace v6 {
namespace {

/// "nan", "inf" and "infinity" in any case, with or without a sign.
bool names_no_finite_number(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) { text.remove_prefix(1); }
  std::string lower;
  for (const char c : text) {
    lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return lower == "nan" || lower == "inf" || lower == "infinity";
}

std::unexpected<NumberError> not_a_number(std::string_view text) {
  return std::unexpected{names_no_finite_number(text) ? NumberError::kNotFinite
                                                      : NumberError::kNotANumber};
}

}  // namespace

std::string_view text_of(NumberError error) {
  switch (error) {
    case NumberError::kNotANumber: return "not a number";
    case NumberError::kNotFinite: return "not a finite number";
    case NumberError::kOutOfRange: return "out of range";
    case NumberError::kTooPrecise: return "more than four decimals";
  }
  return "";
}

std::string decimal_text(std::int64_t ten_thousandths) {
  const bool negative = ten_thousandths < 0;
  const auto magnitude = negative ? 0 - static_cast<std::uint64_t>(ten_thousandths)
                                  : static_cast<std::uint64_t>(ten_thousandths);
  auto text =
      fmt::format("{}{}.{:04}", negative ? "-" : "", magnitude / 10'000, magnitude % 10'000);
  for (int spare = 0; spare < 2 && text.back() == '0'; ++spare) { text.pop_back(); }
  return text;
}

std::expected<std::int64_t, NumberError> parse_decimal(std::string_view text, std::int64_t limit) {
  const std::string_view whole = text;
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) { text.remove_prefix(1); }
  std::int64_t value = 0;
  int decimals = -1;
  bool any_digit = false;
  for (const char c : text) {
    if (c == '.' && decimals < 0) {
      decimals = 0;
      continue;
    }
    if (c < '0' || c > '9') { return not_a_number(whole); }
    any_digit = true;
    if (decimals >= 4) {
      if (c != '0') { return std::unexpected{NumberError::kTooPrecise}; }
      continue;
    }
    value = value * 10 + (c - '0');
    if (value > limit) { return std::unexpected{NumberError::kOutOfRange}; }
    if (decimals >= 0) { ++decimals; }
  }
  if (!any_digit) { return not_a_number(whole); }
  for (int place = decimals < 0 ? 0 : decimals; place < 4; ++place) { value *= 10; }
  if (value > limit) { return std::unexpected{NumberError::kOutOfRange}; }
  return negative ? -value : value;
}

std::expected<std::int64_t, NumberError> to_ten_thousandths(double value, std::int64_t limit) {
  if (!std::isfinite(value)) { return std::unexpected{NumberError::kNotFinite}; }
  const double scaled = std::round(value * 10'000.0);
  if (std::fabs(scaled) > static_cast<double>(limit)) {
    return std::unexpected{NumberError::kOutOfRange};
  }
  return static_cast<std::int64_t>(scaled);
}

std::expected<double, NumberError> parse_double(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) { return std::unexpected{NumberError::kOutOfRange}; }
  if (error != std::errc{} || end != text.data() + text.size()) { return not_a_number(text); }
  if (!std::isfinite(value)) { return std::unexpected{NumberError::kNotFinite}; }
  return value;
}

std::expected<std::uint64_t, NumberError> parse_count(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) { return std::unexpected{NumberError::kOutOfRange}; }
  if (error != std::errc{} || end != text.data() + text.size()) { return not_a_number(text); }
  return value;
}

std::string shortest(double value) { return fmt::format("{}", value); }

}  // namespace v6
