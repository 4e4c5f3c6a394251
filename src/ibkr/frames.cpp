#include "ibkr/frames.hpp"

#include <fmt/format.h>

#include "base/decimal.hpp"

namespace v6::ibkr {
namespace {

std::optional<int> version_in(std::string_view text) {
  const auto number = parse_count(text);
  if (!number || *number > 100'000) { return std::nullopt; }
  return static_cast<int>(*number);
}

std::string framed(std::string_view payload) {
  std::string out;
  const auto length = static_cast<std::uint32_t>(payload.size());
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(length >> shift & 0xFFU));
  }
  return out.append(payload);
}

}  // namespace

std::optional<VersionOffer> parse_offer(std::string_view text) {
  text = text.substr(0, text.find_first_of(std::string_view{" \0", 2}));
  if (!text.starts_with('v')) { return std::nullopt; }
  text.remove_prefix(1);
  const std::size_t dots = text.find("..");
  const auto least = version_in(text.substr(0, dots));
  const auto most = dots == std::string_view::npos ? least : version_in(text.substr(dots + 2));
  if (!least || !most || *least > *most) { return std::nullopt; }
  return VersionOffer{.least = *least, .most = *most};
}

std::string opening_of(VersionOffer offer) {
  return std::string{kOpening} + framed(fmt::format("v{}..{}", offer.least, offer.most));
}

std::optional<ServerHello> parse_hello(std::string_view payload) {
  const std::size_t first = payload.find('\0');
  if (first == std::string_view::npos || !payload.ends_with('\0')) { return std::nullopt; }
  const auto version = version_in(payload.substr(0, first));
  const std::string_view time = payload.substr(first + 1);
  if (!version || time.empty() || time.find('\0') != time.size() - 1) { return std::nullopt; }
  return ServerHello{.version = *version, .time = std::string{time.substr(0, time.size() - 1)}};
}

void append_hello(std::string& out, const ServerHello& hello) {
  std::string payload = std::to_string(hello.version);
  payload.push_back('\0');
  payload.append(hello.time).push_back('\0');
  out.append(framed(payload));
}

}  // namespace v6::ibkr
