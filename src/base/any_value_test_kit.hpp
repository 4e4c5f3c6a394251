#pragma once

#include <rapidcheck.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "base/codec.hpp"
#include "base/uniform_test_kit.hpp"

namespace v6 {

/// Any value of a type the codec knows, part by part as the codec walks it: every optional may be
/// absent, every list empty. Lists are short, because what they hold is as arbitrary.
template <class T>
[[nodiscard]] T any_value() {
  using namespace codec;
  constexpr std::size_t kLongest = 3;
  const auto fill = [](auto& list) {
    using Item = typename std::remove_reference_t<decltype(list)>::value_type;
    for (auto left = uniform<std::size_t>(0, kLongest + 1); left > 0; --left) {
      list.insert(list.end(), any_value<Item>());
    }
  };
  T value{};
  if constexpr (DescribedEnum<T>) {
    using Entries = boost::describe::describe_enumerators<T>;
    boost::mp11::mp_with_index<boost::mp11::mp_size<Entries>::value>(
        uniform<std::size_t>(0, boost::mp11::mp_size<Entries>::value),
        [&](auto i) { value = boost::mp11::mp_at_c<Entries, i>::value; });
  } else if constexpr (Plain<T> || std::is_same_v<T, std::string>) {
    value = *rc::gen::arbitrary<T>();
  } else if constexpr (is_time_v<T>) {
    value = T{any_value<typename T::duration>()};
  } else if constexpr (is_v<T, std::chrono::duration>) {
    value = T{*rc::gen::arbitrary<typename T::rep>()};
  } else if constexpr (Strong<T>) {
    value = T::from_raw(any_value<std::remove_cvref_t<decltype(value.raw())>>());
  } else if constexpr (is_array_v<T>) {
    for (auto& item : value) { item = any_value<typename T::value_type>(); }
  } else if constexpr (is_v<T, std::vector> || is_v<T, std::set>) {
    fill(value);
  } else if constexpr (is_v<T, std::map>) {
    for (auto left = uniform<std::size_t>(0, kLongest + 1); left > 0; --left) {
      value[any_value<typename T::key_type>()] = any_value<typename T::mapped_type>();
    }
  } else if constexpr (is_v<T, std::pair>) {
    value.first = any_value<typename T::first_type>();
    value.second = any_value<typename T::second_type>();
  } else if constexpr (is_v<T, std::optional>) {
    if (uniform(0, 2) == 1) { value = any_value<typename T::value_type>(); }
  } else if constexpr (is_v<T, std::shared_ptr>) {
    using Item = std::remove_const_t<typename T::element_type>;
    if (uniform(0, 2) == 1) { value = std::make_shared<Item>(any_value<Item>()); }
  } else if constexpr (is_v<T, std::variant>) {
    boost::mp11::mp_with_index<std::variant_size_v<T>>(
        uniform<std::size_t>(0, std::variant_size_v<T>),
        [&](auto i) { value = any_value<std::variant_alternative_t<i, T>>(); });
  } else if constexpr (is_v<T, std::tuple>) {
    std::apply(
        [](auto&... item) { ((item = any_value<std::remove_cvref_t<decltype(item)>>()), ...); },
        value);
  } else if constexpr (!std::is_same_v<T, std::monostate>) {
    static_assert(Described<T>, "list the members with BOOST_DESCRIBE_STRUCT");
    boost::mp11::mp_for_each<MembersOf<T>>([&](auto member) {
      auto& part = value.*member.pointer;
      part = any_value<std::remove_cvref_t<decltype(part)>>();
    });
  }
  return value;
}

/// What must hold of the codec for one value: decode inverts encode, each shorter and each longer
/// record is refused, and a damaged one is refused or is another value, never anything worse.
template <class T>
void check_codec(const T& value) {
  const Bytes bytes = encoded(value);
  const bool inverted = encoded(decoded<T>(bytes)) == bytes;
  RC_ASSERT(inverted);
  RC_PRE(!bytes.empty());
  const std::span whole{bytes};
  RC_ASSERT_THROWS_AS((void)decoded<T>(whole.first(uniform<std::size_t>(0, bytes.size()))),
                      DecodeError);
  Bytes longer = bytes;
  longer.push_back(std::byte{0});
  RC_ASSERT_THROWS_AS((void)decoded<T>(longer), DecodeError);

  Bytes damaged = bytes;
  damaged[uniform<std::size_t>(0, bytes.size())] ^= static_cast<std::byte>(uniform(1, 256));
  try {
    // One form for each value: what is read from other bytes is another value.
    const bool same_form = encoded(decoded<T>(damaged)) == damaged;
    RC_ASSERT(same_form);
  } catch (const DecodeError&) {
    return;  // refused
  }
}

}  // namespace v6
