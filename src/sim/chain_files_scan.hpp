#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "sim/chain_files_text.hpp"

/// Finding and reading fields many characters at a time; why files parse as fast as they inflate.
namespace v6 {

static_assert(std::endian::native == std::endian::little);

/// Bit 7 of each of eight bytes that equals that of the pattern.
constexpr std::uint64_t equal_bytes(std::uint64_t word, std::uint64_t pattern) {
  constexpr std::uint64_t kLow = 0x7f7f7f7f7f7f7f7f;
  const std::uint64_t differs = word ^ pattern;
  return ~(((differs & kLow) + kLow) | differs | kLow);
}
constexpr std::uint64_t eight_times(char c) {
  return std::uint64_t{0x0101010101010101} * static_cast<std::uint8_t>(c);
}

constexpr std::array<std::int64_t, 9> kTens = {1,       10,        100,        1'000,      10'000,
                                               100'000, 1'000'000, 10'000'000, 100'000'000};

/// A decimal of at most eight characters after its sign, in units of its last possible place;
/// false for all other texts, which the caller reads the careful way. Takes all digits at once and
/// may read eight bytes past the text. (No std::optional: GCC 12 returns one through memory.)
/// Source: Johnny Lee and Daniel Lemire, "Quickly parsing eight digits", 2018.
template <std::size_t kPlaces>
bool short_decimal(std::string_view text, std::int64_t& value) {
  const bool negative = text.starts_with('-');
  const std::size_t size = text.size() - negative;
  if (size - 1 > 7) {  // 0 wraps around
    return false;
  }
  std::uint64_t word = 0;
  std::memcpy(&word, text.data() + negative, sizeof word);
  word <<= 8 * (8 - size);  // the last character is the top byte
  std::size_t digits = size;
  std::size_t places = 0;
  if (const auto points = equal_bytes(word, eight_times('.')); points != 0) {
    const int at = std::countr_zero(points) - 7;
    const int after = at + 8;
    places = static_cast<std::size_t>(64 - after) / 8;
    if (places == 0) { return false; }
    word = (word & ((std::uint64_t{1} << at) - 1)) << 8 | word >> after << after;
    --digits;
  }
  if (digits == 0 || places > kPlaces) { return false; }
  // Zeros in front; then whatever was no digit has a high nibble, or gets one by adding six.
  word ^= eight_times('0') & (~std::uint64_t{0} << 8 * (8 - digits));
  if (((word | (word + eight_times(6))) & eight_times('\xf0')) != 0) { return false; }
  word = word * 10 + (word >> 8);
  word = ((word & 0x000000ff000000ff) * 0x000f424000000064 +
          (word >> 16 & 0x000000ff000000ff) * 0x0000271000000001) >>
         32;
  value = static_cast<std::int64_t>(word) * kTens[kPlaces - places];
  if (negative) value = -value;
  return true;
}

/// Finds commas and line ends, 64 characters at a time: a row's fields then cost no guessing of
/// where they end. Reads up to FileText::kSlack characters past the text.
class Stops {
 public:
  void start(const char* text) {
    block_ = text;
    found_ = look();
  }
  const char* next() {
    while (found_ == 0) {
      block_ += kBlock;
      found_ = look();
    }
    const char* stop = block_ + std::countr_zero(found_);
    found_ &= found_ - 1;
    return stop;
  }

 private:
  static constexpr std::size_t kBlock = 64;
  static_assert(FileText::kSlack >= kBlock);

  /// One bit for each character of the block.
  [[nodiscard]] std::uint64_t look() const {
    std::uint64_t found = 0;
    for (std::size_t i = 0; i < kBlock; i += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, block_ + i, sizeof word);
      const auto hits = equal_bytes(word, eight_times(',')) | equal_bytes(word, eight_times('\n'));
      const auto side_by_side = (hits >> 7) * 0x0102040810204080 >> 56;
      found = found >> 8 | side_by_side << 56;
    }
    return found;
  }

  const char* block_ = nullptr;
  std::uint64_t found_ = 0;
};

}  // namespace v6
