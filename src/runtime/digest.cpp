#include "runtime/digest.hpp"

#include <sodium.h>

#include "base/bytes.hpp"
#include "base/check.hpp"

namespace v6 {
namespace {

using State = crypto_generichash_blake2b_state;

static_assert(sizeof(State) <= sizeof(Digest) && alignof(State) <= alignof(Digest));

}  // namespace

Digest::Digest() {
  // Chooses the fastest code this processor has; without it hashing takes twice as long.
  static const bool kReady = sodium_init() >= 0;
  V6_CHECK(kReady, "libsodium does not start");
  crypto_generichash_blake2b_init(object_in<State>(state_), nullptr, 0, sizeof(Hash));
}

Digest& Digest::add(std::span<const std::byte> bytes) {
  crypto_generichash_blake2b_update(object_in<State>(state_), as_octets(bytes), bytes.size());
  return *this;
}

Hash Digest::value() const {
  Digest copy = *this;
  Hash hash;
  crypto_generichash_blake2b_final(object_in<State>(copy.state_), object_in<unsigned char>(hash),
                                   sizeof hash);
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
