#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/codec.hpp"

/// Numbers in the recorder's files: plain ones in heads, short ones in records.
namespace v6::wire_file {

template <class T>
void append_number(std::string& out, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  out.resize(out.size() + sizeof value);
  std::memcpy(out.data() + out.size() - sizeof value, &value, sizeof value);
}

template <class T>
[[nodiscard]] T number_in(std::string_view bytes, std::size_t at) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value{};
  std::memcpy(&value, bytes.substr(at).data(), sizeof value);
  return value;
}

/// Seven bits a byte, the lowest first; the last byte's highest bit is clear.
inline void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80U; value >>= 7U) { out.push_back(static_cast<char>(value | 0x80U)); }
  out.push_back(static_cast<char>(value));
}
[[nodiscard]] inline std::uint64_t take_varint(ByteReader& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    std::uint8_t byte = 0;
    in.raw(&byte, 1);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80U) { return value; }
  }
  throw DecodeError("a number without an end");
}

/// Small ones of either sign are short.
inline void append_signed(std::string& out, std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  append_varint(out, bits << 1U ^ (value < 0 ? ~std::uint64_t{0} : 0));
}
[[nodiscard]] inline std::int64_t take_signed(ByteReader& in) {
  const std::uint64_t bits = take_varint(in);
  return static_cast<std::int64_t>(bits >> 1U ^ ((bits & 1U) != 0 ? ~std::uint64_t{0} : 0));
}

}  // namespace v6::wire_file
