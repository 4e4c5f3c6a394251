#include "ibkr/wire.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace v6::ibkr {
namespace {

constexpr std::size_t kShown = 40;

}  // namespace

std::string WireError::text() const {
  if (value.empty()) { return fmt::format("{}: {} {}", message, field, why); }
  return fmt::format("{}: {} = \"{}\" {}", message, field, value, why);
}

namespace wire {

std::optional<std::optional<double>> parse_real(std::string_view text) {
  if (text.empty()) { return std::optional<double>{}; }
  if (text.front() == '+') { text.remove_prefix(1); }
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (stop != end) { return std::nullopt; }
  if (error == std::errc::result_out_of_range) {
    // "1.7976931348623159E308", a rounded placeholder; anything tiny is zero.
    return text.find("e-") == std::string_view::npos && text.find("E-") == std::string_view::npos
               ? std::optional<double>{}
               : std::optional<double>{0.0};
  }
  if (error != std::errc{} || std::isnan(value)) { return std::nullopt; }
  if (std::isinf(value)) { return std::nullopt; }
  if (value >= kUnset) { return std::optional<double>{}; }
  return std::optional<double>{value};
}

std::optional<std::optional<std::int64_t>> parse_whole(std::string_view text, std::int64_t limit) {
  if (text.empty()) { return std::optional<std::int64_t>{}; }
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc{} && stop == end) {
    if (value == limit) { return std::optional<std::int64_t>{}; }
    if (value > limit || value < -limit - 1) { return std::nullopt; }
    return std::optional<std::int64_t>{value};
  }
  // Some writers put their unset double, or a whole number with a point, into an integer field.
  const auto real = parse_real(text);
  if (!real) { return std::nullopt; }
  if (!*real) { return std::optional<std::int64_t>{}; }
  constexpr double kExact = 9'007'199'254'740'992.0;  // 2^53
  if (std::floor(**real) != **real || std::fabs(**real) > kExact) { return std::nullopt; }
  const auto whole = static_cast<std::int64_t>(**real);
  if (whole > limit || whole < -limit - 1) { return std::nullopt; }
  return whole == limit ? std::optional<std::int64_t>{} : std::optional<std::int64_t>{whole};
}

std::optional<bool> parse_flag(std::string_view text) {
  if (text.empty() || text == "0" || text == "false") { return false; }
  if (text == "1" || text == "true") { return true; }
  const auto whole = parse_whole(text, std::numeric_limits<std::int32_t>::max());
  if (whole && !*whole) { return false; }
  return std::nullopt;
}

void append_real(std::string& out, double value) {
  // TWS writes its "not set" short, and some readers know it only so.
  if (value >= kUnset) {
    out.append(kMaxText);
    return;
  }
  std::array<char, 400> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed)
          .ptr;
  const std::string_view text{digits.data(), static_cast<std::size_t>(end - digits.data())};
  out.append(text);
  if (text.find('.') == std::string_view::npos) { out.append(".0"); }
}

void append_size(std::string& out, double value) {
  std::array<char, 400> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed)
          .ptr;
  out.append(digits.data(), end);
}

}  // namespace wire

void FieldReader::fail(std::string_view field, std::string_view value, std::string_view why) {
  if (error_) { return; }
  error_ = WireError{.field = std::string{field},
                     .value = std::string{value.substr(0, kShown)},
                     .why = std::string{why}};
  at_ = end_;
}

void FieldReader::operator()(std::string_view name, bool& value) {
  const std::string_view text = next(name);
  const auto read = wire::parse_flag(text);
  if (!read) { fail(name, text, "is not 0 or 1"); }
  value = read.value_or(false);
}

void FieldReader::operator()(std::string_view name, std::optional<bool>& value) {
  const std::string_view text = next(name);
  value.reset();
  if (text.empty()) { return; }
  const auto read = wire::parse_flag(text);
  if (!read) { fail(name, text, "is not 0 or 1"); }
  value = read;
}

void FieldReader::careful(std::string_view name, double& value) {
  const std::string_view text = next(name);
  const auto read = wire::parse_real(text);
  if (!read) {
    fail(name, text, "is not a number");
  } else if (!*read && !text.empty() && needed_ == Placeholder::kIsError) {
    fail(name, text, "is a placeholder where a number is needed");
  }
  value = read && *read ? **read : 0.0;
}

void FieldReader::careful(std::string_view name, std::optional<std::int32_t>& value) {
  const std::string_view text = next(name);
  const auto read = wire::parse_whole(text, std::numeric_limits<std::int32_t>::max());
  if (!read) { fail(name, text, "is not a whole number of 32 bits"); }
  value.reset();
  if (read && *read) { value = static_cast<std::int32_t>(**read); }
}

void FieldReader::careful(std::string_view name, std::optional<std::int64_t>& value) {
  const std::string_view text = next(name);
  const auto read = wire::parse_whole(text, std::numeric_limits<std::int64_t>::max());
  if (!read) { fail(name, text, "is not a whole number of 64 bits"); }
  value = read.value_or(std::nullopt);
}

void FieldReader::careful(std::string_view name, std::optional<double>& value) {
  const std::string_view text = next(name);
  const auto read = wire::parse_real(text);
  if (!read) { fail(name, text, "is not a number"); }
  value = read.value_or(std::nullopt);
}

void FieldReader::careful(std::string_view name, std::optional<Size>& value) {
  const std::string_view text = next(name);
  value.reset();
  // Sizes have three maxima: of 32 bits, of 64 bits and of a double.
  const auto whole = wire::parse_whole(text, std::numeric_limits<std::int64_t>::max());
  if (whole && (!*whole || **whole == std::numeric_limits<std::int32_t>::max())) { return; }
  const auto read = wire::parse_real(text);
  if (!read) { fail(name, text, "is not a size"); }
  if (read && *read) { value = Size{**read}; }
}

void FieldReader::price_and_size(std::optional<double>& price, std::optional<Size>& size) {
  (*this)("price", price);
  (*this)("size", size);
  if (price == -1.0 && size.value_or(Size{}) == Size{}) { price.reset(); }
}

void FieldReader::unbounded(std::string_view name, std::optional<double>& value) {
  constexpr std::array<std::string_view, 4> kWords{"Infinity", "inf", "+Infinity", "Inf"};
  FieldReader ahead{*this};
  if (std::ranges::find(kWords, ahead.next(name)) == kWords.end()) {
    (*this)(name, value);
    return;
  }
  static_cast<void>(next(name));
  value = std::numeric_limits<double>::infinity();
}

}  // namespace v6::ibkr
