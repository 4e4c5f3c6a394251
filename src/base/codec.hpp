#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/enum_text.hpp"

/// One canonical binary form for every value we journal, hash or compare: little-endian, fixed
/// width, lengths before contents. Structs list their members once with BOOST_DESCRIBE_STRUCT;
/// strong types offer raw() and from_raw().
namespace v6 {

using Bytes = std::vector<std::byte>;

class ByteWriter {
 public:
  void raw(const void* data, std::size_t size) {
    const auto* first = static_cast<const std::byte*>(data);
    bytes_.insert(bytes_.end(), first, first + size);
  }
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }
  void clear() { bytes_.clear(); }

 private:
  Bytes bytes_;
};

/// Bytes that end before the value does, that name an alternative or enumerator which does not
/// exist, or that are not the one form of their value.
class DecodeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_{bytes} {}
  void raw(void* data, std::size_t size) {
    if (size > bytes_.size()) { throw DecodeError("record ends early"); }
    if (size > 0) { std::memcpy(data, bytes_.data(), size); }
    bytes_ = bytes_.subspan(size);
  }
  [[nodiscard]] std::size_t left() const { return bytes_.size(); }

 private:
  std::span<const std::byte> bytes_;
};

static_assert(std::endian::native == std::endian::little);

namespace codec {

template <class T>
concept Plain = std::is_arithmetic_v<T> || std::is_enum_v<T>;

template <class T>
concept Strong = requires(const T& value) {
  { T::from_raw(value.raw()) } -> std::same_as<T>;
};

template <class T>
concept Described = boost::describe::has_describe_members<T>::value;

/// Settings list their members with names and ranges (base/settings.hpp).
template <class T>
concept HasFields = requires { T::fields(); };

template <class T, template <class...> class Template>
inline constexpr bool is_v = false;
template <template <class...> class Template, class... A>
inline constexpr bool is_v<Template<A...>, Template> = true;

template <class T>
inline constexpr bool is_time_v = false;
template <class C, class D>
inline constexpr bool is_time_v<std::chrono::time_point<C, D>> = true;

template <class T>
inline constexpr bool is_array_v = false;
template <class T, std::size_t N>
inline constexpr bool is_array_v<std::array<T, N>> = true;

template <class T>
using MembersOf = boost::describe::describe_members<T, boost::describe::mod_public>;

}  // namespace codec

template <class T>
void encode(ByteWriter& out, const T& value) {
  using namespace codec;
  if constexpr (Plain<T>) {
    out.raw(&value, sizeof value);
  } else if constexpr (is_time_v<T>) {
    encode(out, static_cast<std::int64_t>(value.time_since_epoch().count()));
  } else if constexpr (is_v<T, std::chrono::duration>) {
    encode(out, static_cast<std::int64_t>(value.count()));
  } else if constexpr (Strong<T>) {
    encode(out, value.raw());
  } else if constexpr (std::is_same_v<T, std::string>) {
    encode(out, static_cast<std::uint32_t>(value.size()));
    out.raw(value.data(), value.size());
  } else if constexpr (is_array_v<T>) {
    for (const auto& item : value) { encode(out, item); }
  } else if constexpr (is_v<T, std::vector>) {
    encode(out, static_cast<std::uint32_t>(value.size()));
    if constexpr (Plain<typename T::value_type>) {
      out.raw(value.data(), value.size() * sizeof(typename T::value_type));
    } else {
      for (const auto& item : value) { encode(out, item); }
    }
  } else if constexpr (is_v<T, std::map> || is_v<T, std::set>) {
    encode(out, static_cast<std::uint32_t>(value.size()));
    for (const auto& item : value) { encode(out, item); }
  } else if constexpr (is_v<T, std::pair>) {
    encode(out, value.first);
    encode(out, value.second);
  } else if constexpr (is_v<T, std::optional>) {
    encode(out, static_cast<std::uint8_t>(value.has_value()));
    if (value) { encode(out, *value); }
  } else if constexpr (is_v<T, std::shared_ptr>) {
    encode(out, static_cast<std::uint8_t>(value != nullptr));
    if (value) { encode(out, *value); }
  } else if constexpr (is_v<T, std::variant>) {
    encode(out, static_cast<std::uint8_t>(value.index()));
    std::visit([&](const auto& alternative) { encode(out, alternative); }, value);
  } else if constexpr (is_v<T, std::tuple>) {
    std::apply([&](const auto&... item) { (encode(out, item), ...); }, value);
  } else if constexpr (std::is_same_v<T, std::monostate>) {
  } else if constexpr (HasFields<T>) {
    std::apply([&](const auto&... field) { (encode(out, std::invoke(field.member, value)), ...); },
               T::fields());
  } else {
    static_assert(Described<T>, "list the members with BOOST_DESCRIBE_STRUCT");
    boost::mp11::mp_for_each<MembersOf<T>>(
        [&](auto member) { encode(out, value.*member.pointer); });
  }
}

namespace codec {

/// A yes or no: a bool, or whether something is there.
[[nodiscard]] inline bool decode_flag(ByteReader& in) {
  std::uint8_t byte = 0;
  in.raw(&byte, 1);
  if (byte > 1) { throw DecodeError("neither yes nor no"); }
  return byte == 1;
}

}  // namespace codec

template <class T>
void decode(ByteReader& in, T& value) {
  using namespace codec;
  if constexpr (std::is_same_v<T, bool>) {
    value = decode_flag(in);
  } else if constexpr (DescribedEnum<T>) {
    in.raw(&value, sizeof value);
    bool known = false;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
        [&](auto entry) { known = known || entry.value == value; });
    if (!known) { throw DecodeError("unknown enumerator"); }
  } else if constexpr (Plain<T>) {
    in.raw(&value, sizeof value);
  } else if constexpr (is_time_v<T>) {
    std::int64_t count = 0;
    decode(in, count);
    value = T{typename T::duration{static_cast<typename T::rep>(count)}};
  } else if constexpr (is_v<T, std::chrono::duration>) {
    std::int64_t count = 0;
    decode(in, count);
    value = T{static_cast<typename T::rep>(count)};
  } else if constexpr (Strong<T>) {
    auto raw = value.raw();
    decode(in, raw);
    value = T::from_raw(raw);
  } else if constexpr (std::is_same_v<T, std::string>) {
    std::uint32_t size = 0;
    decode(in, size);
    if (size > in.left()) { throw DecodeError("text ends early"); }
    value.resize(size);
    in.raw(value.data(), size);
  } else if constexpr (is_array_v<T>) {
    for (auto& item : value) { decode(in, item); }
  } else if constexpr (is_v<T, std::vector>) {
    std::uint32_t size = 0;
    decode(in, size);
    if (size > in.left()) { throw DecodeError("list ends early"); }
    value.resize(size);
    if constexpr (Plain<typename T::value_type>) {
      in.raw(value.data(), value.size() * sizeof(typename T::value_type));
    } else {
      for (auto& item : value) { decode(in, item); }
    }
  } else if constexpr (is_v<T, std::map>) {
    std::uint32_t size = 0;
    decode(in, size);
    value.clear();
    for (std::uint32_t i = 0; i < size; ++i) {
      typename T::key_type key{};
      decode(in, key);
      if (!value.empty() && !(value.rbegin()->first < key)) {
        throw DecodeError("keys out of order");
      }
      decode(in, value.try_emplace(value.end(), std::move(key))->second);
    }
  } else if constexpr (is_v<T, std::set>) {
    std::uint32_t size = 0;
    decode(in, size);
    value.clear();
    for (std::uint32_t i = 0; i < size; ++i) {
      typename T::value_type item{};
      decode(in, item);
      if (!value.empty() && !(*value.rbegin() < item)) { throw DecodeError("items out of order"); }
      value.insert(value.end(), std::move(item));
    }
  } else if constexpr (is_v<T, std::pair>) {
    decode(in, value.first);
    decode(in, value.second);
  } else if constexpr (is_v<T, std::optional>) {
    value.reset();
    if (decode_flag(in)) { decode(in, value.emplace()); }
  } else if constexpr (is_v<T, std::shared_ptr>) {
    value.reset();
    if (decode_flag(in)) {
      auto item = std::make_shared<std::remove_const_t<typename T::element_type>>();
      decode(in, *item);
      value = std::move(item);
    }
  } else if constexpr (is_v<T, std::variant>) {
    std::uint8_t index = 0;
    decode(in, index);
    if (index >= std::variant_size_v<T>) { throw DecodeError("unknown kind of record"); }
    boost::mp11::mp_with_index<std::variant_size_v<T>>(
        index, [&](auto i) { decode(in, value.template emplace<i>()); });
  } else if constexpr (is_v<T, std::tuple>) {
    std::apply([&](auto&... item) { (decode(in, item), ...); }, value);
  } else if constexpr (std::is_same_v<T, std::monostate>) {
  } else if constexpr (HasFields<T>) {
    std::apply([&](const auto&... field) { (decode(in, std::invoke(field.member, value)), ...); },
               T::fields());
  } else {
    static_assert(Described<T>, "list the members with BOOST_DESCRIBE_STRUCT");
    boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) { decode(in, value.*member.pointer); });
  }
}

template <class T>
[[nodiscard]] Bytes encoded(const T& value) {
  ByteWriter out;
  encode(out, value);
  return out.take();
}

/// The value of exactly these bytes. Throws DecodeError.
template <class T>
[[nodiscard]] T decoded(std::span<const std::byte> bytes) {
  ByteReader in{bytes};
  T value{};
  decode(in, value);
  if (in.left() != 0) { throw DecodeError("bytes left over"); }
  return value;
}

}  // namespace v6
