#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

/// Fields as nearly all of them are, read in one pass: the end of the field is found while its
/// digits are. Whatever is written in another way is left to the careful readers of wire.cpp, which
/// would have given the same values.
namespace v6::ibkr::wire {

/// Eight characters, the first one lowest.
using Word = std::uint64_t;
static_assert(std::endian::native == std::endian::little);

[[nodiscard]] constexpr Word each_byte(unsigned char value) { return 0x0101010101010101U * value; }
[[nodiscard]] inline Word word_at(const char* at) {
  Word word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}
/// Of the first byte that is no digit; 8 where all are.
[[nodiscard, gnu::always_inline]] constexpr unsigned first_other(Word characters) {
  const Word digits = characters ^ each_byte('0');
  // A borrow or carry from a byte below only reaches bytes after the first other one.
  const Word other = (digits | (digits + each_byte(0x76))) & each_byte(0x80);
  return static_cast<unsigned>(std::countr_zero(other)) / 8;
}
/// The first `count` characters, digits all, as a number.
[[nodiscard, gnu::always_inline]] constexpr std::uint32_t number_of(Word characters,
                                                                    unsigned count) {
  const unsigned half = 4 * (8 - count);  // twice: a shift by all 64 at once is none
  const Word digits = (characters ^ each_byte('0')) << half << half;
  const Word pairs = (digits * 10 + (digits >> 8U)) & 0x00FF00FF00FF00FFU;
  const Word fours = (pairs * 100 + (pairs >> 16U)) & 0x0000FFFF0000FFFFU;
  return static_cast<std::uint32_t>(fours * 10'000 + (fours >> 32U));
}

namespace detail {

__extension__ using Wide = unsigned __int128;

/// Of a message of less than eight bytes.
[[nodiscard, gnu::noinline]] inline Word last_word(const char* at, const char* end) {
  Word word = 0;
  std::memcpy(&word, at, static_cast<std::size_t>(end - at));
  return word;
}
/// The eight characters at a place, with zeros behind the last one of the message.
[[nodiscard, gnu::always_inline]] inline Word word_of(const char* begin, const char* at,
                                                      const char* end) {
  if (end - at >= 8) [[likely]] { return word_at(at); }
  if (at >= end) [[unlikely]] { return 0; }
  if (end - begin < 8) [[unlikely]] { return last_word(at, end); }
  return word_at(end - 8) >> (8 * static_cast<unsigned>(8 - (end - at)));
}

inline constexpr std::array<std::uint64_t, 9> kTens{
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};

inline constexpr std::size_t kMostPlaces = 27;  // 5^27 is the last to fit 64 bits

/// 5^-n as a whole number of 64 bits, rounded down, and the power of two it must be multiplied by.
struct Reciprocal {
  std::uint64_t number = 0;
  int exponent = 0;
};
inline constexpr auto kReciprocals = [] {
  std::array<Reciprocal, kMostPlaces + 1> all{};
  std::uint64_t power = 1;
  for (std::size_t n = 1; n <= kMostPlaces; ++n) {
    power *= 5;
    const auto bits = static_cast<int>(std::bit_width(power));
    all[n] = {.number = static_cast<std::uint64_t>((Wide{1} << (63 + bits)) / power),
              .exponent = -(63 + bits)};
  }
  return all;
}();

inline constexpr std::array<double, 23> kExactTens{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/// How many of these digits count: not the zeros in front.
[[nodiscard, gnu::noinline]] inline std::size_t without_zeros(const char* first,
                                                              std::size_t count) {
  for (; *first == '0' || *first == '.'; ++first) { count -= *first == '0'; }
  return count;
}

/// The double nearest to digits x 10^-places; 0 in the rare case in which one multiplication cannot
/// tell. `digits` is not 0, `places` is 1 to 27.
[[nodiscard, gnu::always_inline]] inline double nearest(std::uint64_t digits, std::size_t places) {
  // 10^-places = 5^-places x 2^-places. The reciprocal is less than 1 too small, so the upper half
  // of the product is less than 2 too small, and less than 4 after the shift.
  const Reciprocal& fifth = kReciprocals[places];
  const int shift = std::countl_zero(digits);
  auto upper = static_cast<std::uint64_t>(
      (Wide{digits << static_cast<unsigned>(shift)} * fifth.number) >> 64U);
  const int half = std::countl_zero(upper);  // 0 or 1
  upper <<= static_cast<unsigned>(half);
  const int exponent = 64 + fifth.exponent - shift - static_cast<int>(places) - half;
  const std::uint64_t below = upper & 0x7FFU;
  // The middle between two doubles may lie in between.
  if (below - 0x3FCU <= 4U) { return 0; }
  const std::uint64_t significand = (upper >> 11U) + (below > 0x400U ? 1U : 0U);
  const auto biased = static_cast<std::uint64_t>(exponent + 11 + 1075 - 1);
  return std::bit_cast<double>((biased << 52U) + significand);
}

}  // namespace detail

/// A number and the NUL behind it; null: nothing was read.
template <class Number>
struct Read {
  const char* nul = nullptr;
  Number value{};
};

namespace detail {

/// The double nearest to digits x 10^-places; nothing where that would take more than this.
[[nodiscard, gnu::always_inline]] inline Read<double> rounded(std::uint64_t digits,
                                                              std::size_t places, Word sign,
                                                              const char* nul) {
  double value = 0;
  if (places == 0) {
    value = static_cast<double>(digits);
  } else if (digits != 0) {
    if (places > kMostPlaces) { return {}; }
    value = nearest(digits, places);
    if (value == 0) [[unlikely]] {
      if (digits > std::uint64_t{1} << 53U || places >= kExactTens.size()) { return {}; }
      // Both are exact: their quotient is rounded once.
      value = static_cast<double>(digits) / kExactTens[places];
    }
  }
  return {.nul = nul, .value = std::bit_cast<double>(std::bit_cast<Word>(value) | sign)};
}

[[nodiscard, gnu::noinline]] inline Read<std::int64_t> long_whole_at(const char* begin,
                                                                     const char* at,
                                                                     const char* end) {
  const std::int64_t sign = at != end && *at == '-' ? -1 : 1;
  at += sign < 0 ? 1 : 0;
  const char* const first = at;
  std::uint64_t digits = 0;
  for (unsigned count = 8; count == 8;) {
    const Word word = detail::word_of(begin, at, end);
    count = first_other(word);
    digits = digits * detail::kTens[count] + number_of(word, count);
    at += count;
  }
  if (static_cast<std::size_t>(at - first) - 1 >= 18 || at >= end || *at != '\0') { return {}; }
  return {.nul = at, .value = sign * static_cast<std::int64_t>(digits)};
}

}  // namespace detail

/// One of up to seven digits.
[[nodiscard, gnu::always_inline]] inline Read<std::int64_t> short_whole_at(const char* begin,
                                                                           const char* at,
                                                                           const char* end) {
  const Word word = detail::word_of(begin, at, end);
  const unsigned count = first_other(word);
  if (count - 1 < 7 && (word >> (8 * count) & 0xFFU) == 0 && at + count < end) [[likely]] {
    return {.nul = at + count, .value = number_of(word, count)};
  }
  return {};
}

/// A whole number below the largest of 64 bits: a minus or none, and up to 18 digits.
[[nodiscard, gnu::always_inline]] inline Read<std::int64_t> whole_at(const char* begin,
                                                                     const char* at,
                                                                     const char* end) {
  Word word = detail::word_of(begin, at, end);
  unsigned count = first_other(word);
  if (count - 1 < 7 && (word >> (8 * count) & 0xFFU) == 0 && at + count < end) [[likely]] {
    return {.nul = at + count, .value = number_of(word, count)};
  }
  if (count == 8) {
    // Request numbers have ten digits.
    const std::int64_t high = number_of(word, 8);
    word = detail::word_of(begin, at + 8, end);
    count = first_other(word);
    if (count < 8 && (word >> (8 * count) & 0xFFU) == 0 && at + 8 + count < end) [[likely]] {
      return {
          .nul = at + 8 + count,
          .value = high * static_cast<std::int64_t>(detail::kTens[count]) + number_of(word, count)};
    }
  }
  return detail::long_whole_at(begin, at, end);
}

/// A minus or none, up to 19 digits, one point or none among them: the double nearest to it.
[[nodiscard]] inline Read<double> real_at(const char* begin, const char* at, const char* end) {
  Word word = detail::word_of(begin, at, end);
  Word sign = 0;
  if ((word & 0xFFU) == '-') {
    sign = Word{1} << 63U;
    word = detail::word_of(begin, ++at, end);
  }
  const char* const first = at;
  unsigned taken = first_other(word);
  std::size_t point = 0;
  std::size_t whole = 0;  // digits in front of the point
  if (taken < 8 && (word >> (8 * taken) & 0xFFU) == '.') {
    // The point goes, and what stands behind it moves up.
    const Word before = (Word{1} << (8 * taken)) - 1;
    word = (word & before) | (word >> 8U & ~before);
    point = 1;
    whole = taken;
    taken = first_other(word);
  }
  std::uint64_t digits = number_of(word, taken);
  at += taken + point;
  if (at - first < 8) [[likely]] {
    if (at >= end || *at != '\0' || taken == 0) { return {}; }
    // Both are exact: their quotient is rounded once.
    const double value = static_cast<double>(static_cast<std::int64_t>(digits)) /
                         detail::kExactTens[point == 0 ? 0 : taken - whole];
    return {.nul = at, .value = std::bit_cast<double>(std::bit_cast<Word>(value) | sign)};
  }
  do {
    word = detail::word_of(begin, at, end);
    taken = first_other(word);
    digits = digits * detail::kTens[taken] + number_of(word, taken);
    at += taken;
  } while (taken == 8);
  if (at >= end || *at != '\0') { return {}; }
  auto count = static_cast<std::size_t>(at - first) - point;
  const std::size_t places = point == 0 ? 0 : count - whole;
  if (count > 19) [[unlikely]] {
    count = detail::without_zeros(first, count);
    if (count > 19) { return {}; }
  }
  return detail::rounded(digits, places, sign, at);
}

/// Where the field at a place ends; null: it does not.
[[nodiscard]] inline const char* end_of_field(const char* begin, const char* at, const char* end) {
  for (; at < end; at += 8) {
    const Word word = detail::word_of(begin, at, end);
    const Word zeros = (word - each_byte(1)) & ~word & each_byte(0x80);
    if (zeros == 0) { continue; }
    const char* const found = at + static_cast<unsigned>(std::countr_zero(zeros)) / 8;
    return found < end ? found : nullptr;
  }
  return nullptr;
}

}  // namespace v6::ibkr::wire
