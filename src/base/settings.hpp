#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

/// How a settings struct lists itself: name, member, accepted range, unit and meaning, once. Config
/// reading, `v6 config show`, the journal header and docs/STRATEGY.md all come from this list.
namespace v6 {

template <class Owner, class Member>
struct Field {
  std::string_view name;
  Member Owner::* member;
  double least = 0;
  double most = 0;
  std::string_view unit;
  std::string_view meaning;
};

/// A number with its accepted range, both ends included.
template <class Owner, class Member>
[[nodiscard]] constexpr Field<Owner, Member> number(std::string_view name, Member Owner::* member,
                                                    double least, double most,
                                                    std::string_view unit,
                                                    std::string_view meaning) {
  return {name, member, least, most, unit, meaning};
}

/// A switch, word, list of words, or a nested struct with fields of its own.
template <class Owner, class Member>
[[nodiscard]] constexpr Field<Owner, Member> field(std::string_view name, Member Owner::* member,
                                                   std::string_view meaning = {}) {
  return {name, member, 0, 0, {}, meaning};
}

/// A nested struct reached by a function of its owner instead of a member pointer; used with
/// std::invoke like the pointer.
template <class Owner, class Access>
struct Part {
  std::string_view name;
  Access member;
  double least = 0;
  double most = 0;
  std::string_view unit;
  std::string_view meaning;
};

template <class Owner, class Access>
[[nodiscard]] constexpr Part<Owner, Access> part(std::string_view name, Access access) {
  return {name, access, 0, 0, {}, {}};
}

}  // namespace v6
