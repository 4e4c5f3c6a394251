#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "runtime/live_bot.hpp"

namespace v6 {

/// "Thu 2019-04-25 10:05:13", New York.
[[nodiscard]] std::string clock_text(Instant at);

/// What a person watches while a bot works.
struct ScreenFacts {
  std::string title;                   // "demo: SPX, day 2 of 5"
  std::vector<std::string> incidents;  // newest last
  bool colour = true;
  std::size_t width = 100;
};

/// One picture of the bot as lines: clock and market, three lights, account, open structures with
/// the distance to each exit, working orders with their walk, the last decisions.
[[nodiscard]] std::vector<std::string> live_screen(const LiveBot& bot, const ScreenFacts& facts);

/// For pipes and logs: a line for each thing that happened since the last call.
class LiveLines {
 public:
  [[nodiscard]] std::vector<std::string> news(const LiveBot& bot);

 private:
  std::size_t decisions_ = 0;
  std::size_t orders_ = 0;
  std::size_t fills_ = 0;
  std::size_t alerts_ = 0;
};

}  // namespace v6
