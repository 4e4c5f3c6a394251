#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace v6 {

enum class NumberError : std::uint8_t { kNotANumber, kNotFinite, kOutOfRange, kTooPrecise };

[[nodiscard]] std::string_view text_of(NumberError error);

/// Ten-thousandths as decimal text with at least two decimals: 123456 is "12.3456", -50000 "-5.00".
[[nodiscard]] std::string decimal_text(std::int64_t ten_thousandths);

/// Decimal text as ten-thousandths, exactly. No exponent, no sign but a leading '-'.
/// Errors: kNotANumber, kNotFinite for nan and inf, kTooPrecise beyond four decimals that are not
/// zero, kOutOfRange beyond +-limit.
[[nodiscard]] std::expected<std::int64_t, NumberError> parse_decimal(std::string_view text,
                                                                     std::int64_t limit);

/// The nearest ten-thousandth of a finite number, halves away from zero.
[[nodiscard]] std::expected<std::int64_t, NumberError> to_ten_thousandths(double value,
                                                                          std::int64_t limit);

/// A finite double, or why not. The whole text must be the number.
[[nodiscard]] std::expected<double, NumberError> parse_double(std::string_view text);

/// A whole number >= 0, or why not.
[[nodiscard]] std::expected<std::uint64_t, NumberError> parse_count(std::string_view text);

/// The shortest text that reads back as the same double.
[[nodiscard]] std::string shortest(double value);

}  // namespace v6
