#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ibkr/wire_numbers.hpp"

/// The fields of the TWS text protocol: runs of bytes, each ended by NUL. A message lists its
/// fields once, in wire order, as `layout(io, m)`; FieldWriter and FieldReader are the two `io`s
/// that walk it, so the two directions cannot drift apart. Placeholders of the wire (empty
/// text, 1.79e308, 2147483647, -1 or -2 where they mean "not computed") become absent here and
/// nowhere else.
namespace v6::ibkr {

/// A decimal number of shares or contracts; whole numbers travel without a point.
struct Size {
  double value = 0;
  friend bool operator==(Size, Size) = default;
};

/// Why bytes are not the message they claim to be.
struct WireError {
  std::string message;  // tickPrice
  std::string field;    // price
  std::string value;    // as it stood on the wire, shortened
  std::string why;      // is not a number

  [[nodiscard]] std::string text() const;
};

namespace wire {

/// What a number field holds when nobody set it: anything from here on.
inline constexpr double kUnset = 1e300;
inline constexpr std::string_view kMaxText = "1.7976931348623157E308";

/// Empty or a placeholder is absent; nullopt outside means "not a number".
[[nodiscard]] std::optional<std::optional<double>> parse_real(std::string_view text);
[[nodiscard]] std::optional<std::optional<std::int64_t>> parse_whole(std::string_view text,
                                                                     std::int64_t limit);
[[nodiscard]] std::optional<bool> parse_flag(std::string_view text);
void append_real(std::string& out, double value);
void append_size(std::string& out, double value);

}  // namespace wire

/// Appends fields to a buffer.
class FieldWriter {
 public:
  static constexpr bool kReads = false;
  explicit FieldWriter(std::string& out, int server_version)
      : out_{&out}, server_version_{server_version} {}

  [[nodiscard]] int server_version() const { return server_version_; }
  void version(int number) { whole(number); }

  void operator()(std::string_view, std::int32_t value) { whole(value); }
  void operator()(std::string_view, std::int64_t value) { whole(value); }
  void operator()(std::string_view, bool value) { text(value ? "1" : "0"); }
  void operator()(std::string_view, std::string_view value) { text(value); }
  void operator()(std::string_view, const std::string& value) { text(value); }
  void operator()(std::string_view, double value) {
    wire::append_real(*out_, value);
    end();
  }
  void operator()(std::string_view, Size value) {
    wire::append_size(*out_, value.value);
    end();
  }
  template <class T>
  void operator()(std::string_view name, const std::optional<T>& value) {
    if (value) {
      (*this)(name, *value);
    } else {
      end();
    }
  }
  /// Absent travels as this number.
  void marked(std::string_view name, const std::optional<double>& value, double absent) {
    (*this)(name, value.value_or(absent));
  }
  /// Absent travels as the largest double, as TWS writes margins.
  void maximum(std::string_view name, const std::optional<double>& value) {
    value ? (*this)(name, *value) : text(wire::kMaxText);
  }
  void price_and_size(const std::optional<double>& price, const std::optional<Size>& size) {
    (*this)("price", price.value_or(-1));
    (*this)("size", size.value_or(Size{}));
  }
  void unbounded(std::string_view name, const std::optional<double>& value) {
    value && *value > wire::kUnset ? text("Infinity") : (*this)(name, value);
  }
  template <class List, class Layout>
  void list(std::string_view name, List& items, Layout layout) {
    (*this)(name, static_cast<std::int32_t>(items.size()));
    rows(items, items.size(), layout);
  }
  template <class List, class Layout>
  void rows(List& items, std::size_t, Layout layout) {
    for (auto& item : items) { layout(*this, item); }
  }
  /// What later versions append; ours write nothing.
  void rest() {}

 private:
  void whole(std::int64_t value) {
    std::array<char, 24> digits{};
    const auto end_of = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out_->append(digits.data(), end_of);
    end();
  }
  void text(std::string_view value) {
    out_->append(value);
    end();
  }
  void end() { out_->push_back('\0'); }

  std::string* out_;
  int server_version_;
};

/// What a placeholder means where a number is needed: clients write them for whatever their user
/// left out, so in a request it is 0; in a reply it is no fact, and an error.
enum class Placeholder : std::uint8_t { kIsZero, kIsError };

/// Takes fields from a payload. The first error stays; what is read after it is left as it was.
class FieldReader {
 public:
  static constexpr bool kReads = true;
  FieldReader(std::string_view payload, int server_version, Placeholder needed)
      : begin_{payload.data()},
        at_{begin_},
        end_{begin_ + payload.size()},
        server_version_{server_version},
        needed_{needed} {}

  [[nodiscard]] int server_version() const { return server_version_; }
  /// Message versions say nothing any more; whatever stands there is read over.
  void version(int) {
    if (end_ - at_ >= 2 && at_[0] != '\0' && at_[1] == '\0') {
      at_ += 2;
    } else {
      static_cast<void>(next("version"));
    }
  }

  void operator()(std::string_view name, std::int32_t& value) {
    if (plain_whole(value)) { return; }
    std::optional<std::int32_t> read;
    careful(name, read);
    value = read.value_or(0);
  }
  void operator()(std::string_view name, std::int64_t& value) {
    if (plain_whole(value)) { return; }
    std::optional<std::int64_t> read;
    careful(name, read);
    value = read.value_or(0);
  }
  void operator()(std::string_view name, bool& value);
  void operator()(std::string_view name, std::string_view& value) { value = next(name); }
  void operator()(std::string_view name, std::string& value) { value = next(name); }
  /// Empty is 0.
  void operator()(std::string_view name, double& value) {
    if (!plain_real(value)) { careful(name, value); }
  }
  void operator()(std::string_view name, Size& value) { (*this)(name, value.value); }
  void operator()(std::string_view name, std::optional<std::int32_t>& value) {
    if (!plain_whole(value.emplace())) { careful(name, value); }
  }
  void operator()(std::string_view name, std::optional<std::int64_t>& value) {
    if (!plain_whole(value.emplace())) { careful(name, value); }
  }
  void operator()(std::string_view name, std::optional<double>& value) {
    if (!plain_real(value.emplace())) { careful(name, value); }
  }
  void operator()(std::string_view name, std::optional<Size>& value) {
    if (!plain_size(value.emplace().value)) { careful(name, value); }
  }
  void operator()(std::string_view name, std::optional<bool>& value);
  void marked(std::string_view name, std::optional<double>& value, double absent) {
    (*this)(name, value);
    if (value == absent) { value.reset(); }
  }
  void maximum(std::string_view name, std::optional<double>& value) { (*this)(name, value); }
  /// -1 with no size is no quote; a combo may really be quoted at -1.
  void price_and_size(std::optional<double>& price, std::optional<Size>& size);
  void unbounded(std::string_view name, std::optional<double>& value);
  template <class List, class Layout>
  void list(std::string_view name, List& items, Layout layout) {
    std::int32_t count = 0;
    (*this)(name, count);
    // Every row has a field of at least one byte, so a count beyond the bytes left is a lie.
    if (count < 0 || static_cast<std::size_t>(count) > left().size()) {
      fail(name, std::to_string(count), "counts more rows than the message has");
      return;
    }
    rows(items, static_cast<std::size_t>(count), layout);
  }
  template <class List, class Layout>
  void rows(List& items, std::size_t count, Layout layout) {
    items.clear();
    for (std::size_t i = 0; i < count && !error_; ++i) { layout(*this, items.emplace_back()); }
  }
  /// Clients of other versions append fields; they mean nothing to us.
  void rest() { at_ = end_; }

  [[nodiscard]] bool ok() const { return !error_; }
  [[nodiscard]] const std::optional<WireError>& error() const { return error_; }
  /// Bytes after the last field read.
  [[nodiscard]] std::string_view left() const {
    return {at_, static_cast<std::size_t>(end_ - at_)};
  }
  void fail(std::string_view field, std::string_view value, std::string_view why);

 private:
  // What is written plainly. False: nothing was taken.
  template <class Whole>
  [[nodiscard]] bool plain_whole(Whole& value) {
    constexpr std::int64_t kNotSet = std::numeric_limits<Whole>::max();
    const auto read = wire::whole_at(begin_, at_, end_);
    if (read.nul == nullptr || read.value >= kNotSet || read.value < -kNotSet) { return false; }
    value = static_cast<Whole>(read.value);
    at_ = read.nul + 1;
    return true;
  }
  [[nodiscard]] bool plain_real(double& value) {
    const auto read = wire::real_at(begin_, at_, end_);
    if (read.nul == nullptr) { return false; }
    value = read.value;
    at_ = read.nul + 1;
    return true;
  }
  [[nodiscard]] bool plain_size(double& value) {
    // Its maxima mean "not set"; the large ones are left to the careful reader.
    constexpr double kNotSet = std::numeric_limits<std::int32_t>::max();
    if (const auto whole = wire::short_whole_at(begin_, at_, end_); whole.nul != nullptr) {
      value = static_cast<double>(whole.value);
      at_ = whole.nul + 1;
      return true;
    }
    const auto read = wire::real_at(begin_, at_, end_);
    if (read.nul == nullptr || read.value >= kNotSet) { return false; }
    value = read.value;
    at_ = read.nul + 1;
    return true;
  }

  // What is written in any other way.
  void careful(std::string_view name, double& value);
  void careful(std::string_view name, std::optional<std::int32_t>& value);
  void careful(std::string_view name, std::optional<std::int64_t>& value);
  void careful(std::string_view name, std::optional<double>& value);
  void careful(std::string_view name, std::optional<Size>& value);

  /// The next field; empty after an error.
  std::string_view next(std::string_view name) {
    const char* const nul = wire::end_of_field(begin_, at_, end_);
    if (nul == nullptr) {
      fail(name, {}, "is missing: the message ends before it");
      return {};
    }
    const std::string_view field{at_, static_cast<std::size_t>(nul - at_)};
    at_ = nul + 1;
    return field;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  int server_version_;
  Placeholder needed_;
  std::optional<WireError> error_;
};

}  // namespace v6::ibkr
