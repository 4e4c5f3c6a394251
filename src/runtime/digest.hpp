#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace v6 {

using Hash = std::array<std::byte, 32>;

/// BLAKE2b with 256 bits over bytes as they come: `b2sum -l 256` of the same bytes agrees.
class Digest {
 public:
  Digest();

  Digest& add(std::span<const std::byte> bytes);
  Digest& add(std::string_view text) { return add(std::as_bytes(std::span{text})); }

  /// Of everything so far; more may be added afterwards.
  [[nodiscard]] Hash value() const;
  [[nodiscard]] std::string hex() const;

 private:
  alignas(64) std::array<std::byte, 384> state_;
};

/// 64 lower-case digits.
[[nodiscard]] std::string hex(const Hash& hash);

}  // namespace v6
