#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/ids.hpp"

namespace v6::ibkr {

/// Names one state directory for good, among all that ever traded on an account.
using Book = std::array<std::uint8_t, 12>;

/// What an order is called at the broker, for good: 26 letters of base32 (RFC 4648, no padding)
/// over the book's 96 bits and the 32 of the intent.
[[nodiscard]] std::string order_ref(const Book& book, IntentId intent);

/// The intent, when this is an order of our book; absent for anybody else's text.
[[nodiscard]] std::optional<IntentId> intent_of(const Book& book, std::string_view ref);

}  // namespace v6::ibkr
