#include "ibkr/order_ref.hpp"

namespace v6::ibkr {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t kLength = 26;
using Bits = std::array<std::uint8_t, 16>;

}  // namespace

std::string order_ref(const Book& book, IntentId intent) {
  Bits bits{};
  for (std::size_t i = 0; i < book.size(); ++i) { bits[i] = book[i]; }
  for (std::size_t i = 0; i < 4; ++i) {
    bits[12 + i] = static_cast<std::uint8_t>(intent.raw() >> (24 - 8 * i));
  }
  std::string text;
  std::uint32_t held = 0;
  unsigned count = 0;
  for (const std::uint8_t byte : bits) {
    held = held << 8U | byte;
    count += 8;
    while (count >= 5) {
      count -= 5;
      text.push_back(kLetters[held >> count & 31U]);
    }
  }
  text.push_back(kLetters[held << (5 - count) & 31U]);
  return text;
}

std::optional<IntentId> intent_of(const Book& book, std::string_view ref) {
  if (ref.size() != kLength) { return std::nullopt; }
  Bits bits{};
  std::uint32_t held = 0;
  unsigned count = 0;
  std::size_t at = 0;
  for (const char letter : ref) {
    const std::size_t value = kLetters.find(letter);
    if (value == std::string_view::npos) { return std::nullopt; }
    held = held << 5U | static_cast<std::uint32_t>(value);
    count += 5;
    if (count >= 8 && at < bits.size()) {
      count -= 8;
      bits[at++] = static_cast<std::uint8_t>(held >> count);
    }
  }
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) { number = number << 8U | bits[12 + i]; }
  const IntentId intent{number};
  // Written back it must be the same text: no second spelling of one order.
  return order_ref(book, intent) == ref ? std::optional{intent} : std::nullopt;
}

}  // namespace v6::ibkr
