#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace v6 {

template <class E>
concept DescribedEnum = boost::describe::has_describe_enumerators<E>::value;

/// kIronCondor as users read and write it: "iron_condor".
[[nodiscard]] std::string snake_case(std::string_view enumerator);

template <DescribedEnum E>
[[nodiscard]] const std::vector<std::pair<E, std::string>>& words() {
  static const auto kWords = [] {
    std::vector<std::pair<E, std::string>> list;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
        [&](auto entry) { list.emplace_back(entry.value, snake_case(entry.name)); });
    return list;
  }();
  return kWords;
}

template <DescribedEnum E>
[[nodiscard]] std::string_view word(E value) {
  for (const auto& [candidate, text] : words<E>()) {
    if (candidate == value) { return text; }
  }
  return "?";
}

template <DescribedEnum E>
[[nodiscard]] std::optional<E> from_word(std::string_view text) {
  for (const auto& [value, candidate] : words<E>()) {
    if (candidate == text) { return value; }
  }
  return std::nullopt;
}

}  // namespace v6
