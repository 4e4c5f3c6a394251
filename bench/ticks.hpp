#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/spy_chain.hpp"

namespace v6::bench {

/// Bid and ask of every contract of a chain, one an index: expiry by expiry.
struct Sides {
  std::vector<double> bids;
  std::vector<double> asks;
};

/// Quotes around a chain's prices, whole cents, bid below mid below ask.
[[nodiscard]] Sides quotes_around(const std::vector<Expiry>& chain, Dice& dice);

/// Characters that must be readable behind the last message.
inline constexpr std::size_t kReadAhead = 64;

/// The quotes as TWS sends them, shuffled: a tick price message each, its length in four bytes
/// before it, fields that end in NUL: 1, 6, contract, 1 (bid) or 2 (ask), price, size, 0.
/// Ends in kReadAhead zeros.
[[nodiscard]] std::string tick_messages(const Sides& sides, Dice& dice);

/// Reads such messages into the quotes they name. Stands in for the codec of a live session.
/// Returns how many it understood; the rest are passed over.
std::size_t read_ticks(std::string_view messages, std::span<double> bids, std::span<double> asks);

}  // namespace v6::bench
