#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "ibkr/catalogue.hpp"
#include "ibkr/frames.hpp"

/// One link between a client and the gateway, as a place where things go wrong: messages are seen
/// one by one, and bytes leave when they may.
namespace v6::incident {

/// A message on its way to the client, and what is to become of it.
struct Passing {
  std::string payload;
  int answers = 0;  // the request in hand when the gateway wrote it; 0: nobody asked
  Duration late{};
  int copies = 1;

  [[nodiscard]] bool answers_orders() const { return answers == 5 || answers == 16; }
};

/// The message's number, which stands first; -1: none.
[[nodiscard]] int number_of(std::string_view payload);
/// A field by its place, the number being 0; empty when there are not so many.
[[nodiscard]] std::string_view field_at(std::string_view payload, std::size_t place);
void set_field(std::string& payload, std::size_t place, std::string_view value);

/// Decodes a message, where it is an M and can be read.
template <class M>
[[nodiscard]] std::optional<M> read_as(std::string_view payload, int version,
                                       ibkr::Placeholder needed = ibkr::Placeholder::kIsError) {
  if (number_of(payload) != M::kId) { return std::nullopt; }
  ibkr::FieldReader reader{payload.substr(payload.find('\0') + 1), version, needed};
  M message;
  M::layout(reader, message);
  return reader.ok() ? std::optional<M>{std::move(message)} : std::nullopt;
}

template <class M>
[[nodiscard]] std::string payload_of(const M& message, int version) {
  std::string bytes;
  ibkr::append_message(bytes, message, version);
  return bytes.substr(4);
}

/// Changes a message of this kind; false: it is another.
template <class M, class Change>
bool edit(Passing& passing, int version, Change change) {
  auto message = read_as<M>(passing.payload, version);
  if (!message) { return false; }
  change(*message);
  passing.payload = payload_of(*message, version);
  return true;
}

/// What a subscription is on.
enum class LineKind : std::uint8_t { kUnderlying, kOption };

struct LinkBytes {
  // What the client wrote.
  ibkr::FrameReader in;
  bool opened = false;   // the raw opening has passed
  bool offered = false;  // and the offer
  // What the gateway wrote.
  ibkr::FrameReader out;
  int version = 0;  // of his hello; 0 before
  bool ready = false;
  std::int32_t client_id = -1;

  std::multimap<Duration, std::string> queue;  // by when it may leave
  Duration last_due{};
  bool half_open = false;
  bool dropped = false;

  std::map<std::int32_t, LineKind> lines;  // by request
  std::set<std::int32_t> dead_lines;       // nothing comes on these any more
  std::set<std::int32_t> orders;           // placed on this link

  void put(Duration due, std::string bytes);
  /// What may leave by now, at most so many bytes (0: all).
  [[nodiscard]] std::string take(Duration now, std::size_t most);
};

/// A frame of this payload.
[[nodiscard]] std::string framed(std::string_view payload);

}  // namespace v6::incident
