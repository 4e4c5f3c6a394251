#include "runtime/digest.hpp"

#include <sodium.h>

#include "base/check.hpp"

namespace v6 {
namespace {

using State = crypto_generichash_blake2b_state;

template <class To, class From>
To* as(From& state) {
  static_assert(sizeof(State) <= sizeof(Digest) && alignof(State) <= alignof(Digest));
  return static_cast<To*>(static_cast<void*>(&state));
}

}  // namespace

Digest::Digest() {
  // Chooses the fastest code this processor has; without it hashing takes twice as long.
  static const bool ready = sodium_init() >= 0;
  V6_CHECK(ready, "libsodium does not start");
  crypto_generichash_blake2b_init(as<State>(state_), nullptr, 0, sizeof(Hash));
}

Digest& Digest::add(std::span<const std::byte> bytes) {
  crypto_generichash_blake2b_update(
      as<State>(state_), static_cast<const unsigned char*>(static_cast<const void*>(bytes.data())),
      bytes.size());
  return *this;
}

Hash Digest::value() const {
  Digest copy = *this;
  Hash hash;
  crypto_generichash_blake2b_final(as<State>(copy.state_), as<unsigned char>(hash), sizeof hash);
  return hash;
}

std::string Digest::hex() const { return v6::hex(value()); }

std::string hex(const Hash& hash) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : hash) {
    text += kDigits[std::to_integer<std::size_t>(byte >> 4)];
    text += kDigits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
  return text;
}

}  // namespace v6
