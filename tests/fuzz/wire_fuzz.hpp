#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/check.hpp"
#include "ibkr/catalogue.hpp"
#include "ibkr/frames.hpp"

namespace v6::fuzz {

inline std::string_view bytes_of(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
  return {reinterpret_cast<const char*>(data), size};
}

/// The same message after it was written and read.
template <ibkr::Placeholder needed, class M>
M again(const M& message, int version, std::string& bytes) {
  bytes.clear();
  ibkr::append_message(bytes, message, version);
  std::string_view fields = std::string_view{bytes}.substr(4);
  fields.remove_prefix(fields.find('\0') + 1);
  M copy;
  const auto keep = [&](const M& read) { copy = read; };
  const auto note = ibkr::catalogue::read<M, needed>(fields, version, keep);
  V6_CHECK(note.has_value(), "read, written, and cannot be read again");
  V6_CHECK(!note->surplus, "more is written than is read");
  return copy;
}

/// Any bytes as a stream of messages, in pieces of any size: each is refused with a reason, or
/// read; and what was read and written once stays as it is.
template <ibkr::Placeholder needed, class Read>
void read_stream(std::string_view bytes, Read read) {
  if (bytes.empty()) { return; }
  const std::size_t piece = 1 + static_cast<std::size_t>(static_cast<std::uint8_t>(bytes.front()));
  const int version = bytes.front() % 2 == 0 ? ibkr::kOldestVersion : ibkr::kNewestVersion;
  bytes.remove_prefix(1);
  const auto written_again = [version]<class M>(const M& message) {
    if constexpr (!std::is_same_v<M, ibkr::UnknownMessage>) {
      std::string first;  // ticks view it
      std::string second;
      const M once = again<needed>(message, version, first);
      const M twice = again<needed>(once, version, second);
      V6_CHECK(twice == once, "another message after it was written and read");
    }
  };
  ibkr::FrameReader frames;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    frames.push(bytes.substr(0, piece));
    while (true) {
      const auto payload = frames.next();
      if (!payload) {
        V6_CHECK(!payload.error().why.empty(), "refused without a reason");
        return;
      }
      if (!*payload) { break; }
      const auto note = read(**payload, version, written_again);
      if (!note) { V6_CHECK(!note.error().text().empty(), "refused without a reason"); }
    }
  }
}

}  // namespace v6::fuzz
