#include "sim/incident_links.hpp"

#include <algorithm>
#include <charconv>

namespace v6::incident {

int number_of(std::string_view payload) {
  const std::string_view field = payload.substr(0, payload.find('\0'));
  int number = -1;
  const auto [stop, error] = std::from_chars(field.data(), field.data() + field.size(), number);
  return error == std::errc{} && stop == field.data() + field.size() ? number : -1;
}

std::string_view field_at(std::string_view payload, std::size_t place) {
  for (; place > 0; --place) {
    const std::size_t end = payload.find('\0');
    if (end == std::string_view::npos) { return {}; }
    payload.remove_prefix(end + 1);
  }
  return payload.substr(0, payload.find('\0'));
}

void set_field(std::string& payload, std::size_t place, std::string_view value) {
  std::size_t start = 0;
  for (; place > 0; --place) {
    const std::size_t end = payload.find('\0', start);
    if (end == std::string::npos) { return; }
    start = end + 1;
  }
  const std::size_t end = payload.find('\0', start);
  if (end != std::string::npos) { payload.replace(start, end - start, value); }
}

void LinkBytes::put(Duration due, std::string bytes) { queue.emplace(due, std::move(bytes)); }

std::string LinkBytes::take(Duration now, std::size_t most) {
  std::string bytes;
  while (!queue.empty() && queue.begin()->first <= now) {
    std::string& next = queue.begin()->second;
    if (most != 0 && bytes.size() + next.size() > most) {
      const std::size_t part = most - bytes.size();
      bytes += next.substr(0, part);
      next.erase(0, part);
      return bytes;
    }
    bytes += next;
    queue.erase(queue.begin());
  }
  return bytes;
}

std::string framed(std::string_view payload) {
  std::string bytes;
  for (std::size_t i = 0; i < 4; ++i) {
    bytes.push_back(static_cast<char>(payload.size() >> (24 - 8 * i) & 0xFFU));
  }
  bytes += payload;
  return bytes;
}

}  // namespace v6::incident
