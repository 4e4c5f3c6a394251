#include "bench/ticks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace v6::bench {
namespace {

using Word = std::uint64_t;  // eight characters, the first one lowest

constexpr Word each_byte(unsigned char value) { return 0x0101010101010101U * value; }

/// Index of the first zero byte, 8 if none.
int first_zero(Word word) {
  return std::countr_zero((word - each_byte(1)) & ~word & each_byte(0x80)) / 8;
}

/// The first `count`, 1 to 8, characters as a number; false if one is no digit. All eight at once:
/// lengths differ from tick to tick, and a loop over digits would be mispredicted every time.
inline bool number_of(Word characters, int count, std::uint32_t& value) {
  // Characters to digits, leading zeros where there are fewer than eight.
  const Word digits = (characters ^ each_byte('0')) << static_cast<unsigned>(8 * (8 - count));
  const Word pairs = (digits * 10 + (digits >> 8U)) & 0x00FF00FF00FF00FFU;
  const Word fours = (pairs * 100 + (pairs >> 16U)) & 0x0000FFFF0000FFFFU;
  value = static_cast<std::uint32_t>(fours * 10'000 + (fours >> 32U));
  return ((digits | (digits + each_byte(0x76))) & each_byte(0x80)) == 0;
}

Word word_at(const char* at) {
  Word word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

std::uint32_t length_before(const char* at) {
  std::uint32_t length = 0;
  std::memcpy(&length, at, sizeof length);
  return __builtin_bswap32(length);
}

std::string with_length(const std::string& body) {
  const auto length = __builtin_bswap32(static_cast<std::uint32_t>(body.size()));
  std::string message(sizeof length, '\0');
  std::memcpy(message.data(), &length, sizeof length);
  return message + body;
}

/// The one kind of message read here: "1", "6", contract, "1" or "2", dollars with two places.
/// Contract and price have at most seven characters.
bool read_tick(const char* at, std::span<double> bids, std::span<double> asks) {
  constexpr Word kTickPrice = 0x0036'0031;  // "1", "6"
  if ((word_at(at) & 0xFFFF'FFFFU) != kTickPrice) { return false; }
  at += 4;
  const Word contract_text = word_at(at);
  const int contract_length = first_zero(contract_text);
  at += contract_length + 1;
  const auto side = static_cast<unsigned char>(*at) - unsigned{'1'};
  const Word price_text = word_at(at + 2);
  const int price_length = first_zero(price_text);
  const int dot = first_zero(price_text ^ each_byte('.'));
  const bool shaped = contract_length >= 1 && contract_length < 8 && side < 2 && at[1] == '\0' &&
                      price_length < 8 && dot + 3 == price_length;
  if (!shaped) { return false; }
  std::uint32_t contract = 0;
  std::uint32_t cents = 0;
  const Word dollars = (Word{1} << static_cast<unsigned>(8 * dot)) - 1;
  const Word price_digits = (price_text & dollars) | ((price_text >> 8U) & ~dollars);
  if (!number_of(contract_text, contract_length, contract) ||
      !number_of(price_digits, price_length - 1, cents) || contract >= bids.size()) {
    return false;
  }
  (side == 0 ? bids : asks)[contract] = static_cast<double>(cents) / 100.0;
  return true;
}

}  // namespace

Sides quotes_around(const std::vector<Expiry>& chain, Dice& dice) {
  Sides sides;
  for (const Expiry& expiry : chain) {
    for (const double price : expiry.prices) {
      const double half = 0.01 * std::ceil(dice.between(0.5, 1.0) * (1.0 + 0.3 * std::sqrt(price)));
      const double cents = std::round(100.0 * price) / 100.0;
      sides.bids.push_back(std::max(cents - half, 0.01));
      sides.asks.push_back(std::max(cents, 0.01) + half);
    }
  }
  return sides;
}

std::string tick_messages(const Sides& sides, Dice& dice) {
  std::vector<std::string> messages;
  for (std::size_t i = 0; i < sides.bids.size(); ++i) {
    const auto message = [&](int field, double price) {
      std::string body =
          fmt::format("1|6|{}|{}|{:.2f}|{}|0|", i, field, price, 1 + dice.below(500));
      std::ranges::replace(body, '|', '\0');
      messages.push_back(with_length(body));
    };
    message(1, sides.bids[i]);
    message(2, sides.asks[i]);
  }
  dice.shuffle(messages);
  std::string all;
  for (const std::string& message : messages) { all += message; }
  return all.append(kReadAhead, '\0');
}

std::size_t read_ticks(std::string_view messages, std::span<double> bids, std::span<double> asks) {
  std::size_t understood = 0;
  while (messages.size() > 4 + kReadAhead) {
    const std::uint32_t length = length_before(messages.data());
    if (length > messages.size() - 4 - kReadAhead) { break; }
    if (read_tick(messages.data() + 4, bids, asks)) { ++understood; }
    messages.remove_prefix(4 + length);
  }
  return understood;
}

}  // namespace v6::bench
