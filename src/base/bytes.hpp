#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace v6 {

// Bytes as other people's interfaces want them: the same memory, no value changed.
// NOLINTBEGIN(bugprone-casting-through-void)

[[nodiscard]] inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()};
}

[[nodiscard]] inline const unsigned char* as_octets(std::span<const std::byte> bytes) {
  return static_cast<const unsigned char*>(static_cast<const void*>(bytes.data()));
}

/// The object that lives in this storage.
template <class T, class Storage>
[[nodiscard]] T* object_in(Storage& storage) {
  return static_cast<T*>(static_cast<void*>(&storage));
}

// NOLINTEND(bugprone-casting-through-void)

}  // namespace v6
