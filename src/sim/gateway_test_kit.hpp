#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "sim/exchange_test_kit.hpp"
#include "sim/gateway.hpp"

namespace v6 {

/// '~' for NUL, as dialogues are written.
inline std::string bytes_of(std::string text) {
  std::ranges::replace(text, '~', '\0');
  return text;
}
inline std::string text_of(std::string bytes) {
  std::ranges::replace(bytes, '\0', '~');
  return bytes;
}
inline std::string framed(const std::string& payload) {
  std::string frame;
  for (int shift = 24; shift >= 0; shift -= 8) {
    frame.push_back(static_cast<char>(payload.size() >> static_cast<unsigned>(shift) & 0xFFU));
  }
  return frame + payload;
}

/// A gateway on a hand-made trading day, and clients that talk to it.
struct GatewayDay : TradingDay {
  explicit GatewayDay(const GatewaySettings& settings = {})
      : gateway{settings, exchange, [this](const std::string& line) { log.push_back(line); }} {}

  std::vector<std::string> log;
  Gateway gateway;
  std::map<std::string, Gateway::Link> links;
  std::map<std::string, std::string> raw;                   // not yet cut into messages
  std::map<std::string, std::deque<std::string>> messages;  // heard, not yet looked at

  void open(const std::string& name) { links[name] = gateway.accept(moment()); }
  void send(const std::string& name, const std::string& bytes) {
    gateway.received(links.at(name), bytes, moment());
    hear_all();
  }
  /// One message, '~' for NUL.
  void say(const std::string& name, const std::string& text) { send(name, framed(bytes_of(text))); }
  void leave(const std::string& name) {
    gateway.closed(links.at(name));
    links.erase(name);
  }
  void pass(Duration by) {
    paced += by;
    gateway.advance({.session = market.instant() + by, .paced = paced});
    hear_all();
  }
  void hear_all() {
    for (const auto& [name, link] : links) {
      std::string& bytes = raw[name];
      bytes += gateway.take_output(link);
      while (bytes.size() >= 4) {
        std::size_t length = 0;
        for (std::size_t i = 0; i < 4; ++i) {
          length = length << 8U | static_cast<std::uint8_t>(bytes[i]);
        }
        if (bytes.size() < 4 + length) { break; }
        messages[name].push_back(text_of(bytes.substr(4, length)));
        bytes.erase(0, 4 + length);
      }
    }
  }
  [[nodiscard]] bool closed(const std::string& name) const {
    return gateway.wants_close(links.at(name));
  }
  /// What was heard since it was last asked.
  std::vector<std::string> heard(const std::string& name) {
    auto& queue = messages[name];
    std::vector<std::string> all{queue.begin(), queue.end()};
    queue.clear();
    return all;
  }
  /// Connected, started and past the notices.
  void start(const std::string& name, int client_id) {
    open(name);
    send(name, std::string{"API\0", 4} + framed("v157..178"));
    say(name, "71~2~" + std::to_string(client_id) + "~~");
    messages[name].clear();
  }

  /// Plays a dialogue. Each line is a client's name and what happens:
  ///   a>text  it sends this message        a<text  the next message it hears
  ///   a|      it has been closed           a...    the rest of what it has heard does not matter
  ///   +250    so many milliseconds pass
  /// At the end everything must have been heard.
  void play(const std::string& dialogue) {
    std::istringstream lines{dialogue};
    std::string line;
    while (std::getline(lines, line)) {
      line.erase(0, line.find_first_not_of(' '));
      if (line.empty()) { continue; }
      SCOPED_TRACE(line);
      if (line.front() == '+') {
        pass(std::chrono::milliseconds{std::stoi(line.substr(1))});
        continue;
      }
      const std::size_t verb = line.find_first_of("><|.");
      ASSERT_NE(verb, std::string::npos);
      const std::string name = line.substr(0, verb);
      const std::string text = line.substr(verb + 1);
      switch (line[verb]) {
        case '>': say(name, text); break;
        case '|': EXPECT_TRUE(closed(name)); break;
        case '.': messages[name].clear(); break;
        default: {
          ASSERT_FALSE(messages[name].empty()) << "heard nothing more";
          EXPECT_EQ(messages[name].front(), text);
          messages[name].pop_front();
        }
      }
    }
    for (const auto& [name, left] : messages) {
      for (const std::string& message : left) {
        ADD_FAILURE() << name << " also heard " << message;
      }
    }
  }
};

/// The id of each message: what kinds of answers came.
inline std::vector<int> kinds_of(const std::vector<std::string>& messages) {
  std::vector<int> kinds;
  for (const std::string& message : messages) { kinds.push_back(std::stoi(message)); }
  return kinds;
}

}  // namespace v6
