#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/enum_text.hpp"
#include "calendar/calendar_test_kit.hpp"
#include "ibkr/frames.hpp"
#include "ibkr/permit_test_kit.hpp"
#include "ibkr/tws_client.hpp"

namespace v6::ibkr {

using namespace literals;

/// A client and a script that plays the gateway. Lines of a script: '>' the client has sent this,
/// '<' it receives this, '+' seconds pass, '=' the link is so now; NUL is '~', and an expected
/// field
/// '*' is any. Heartbeats are answered, and left out of the script, while `beats`.
class Dialogue {
 public:
  explicit Dialogue(ClientSettings settings = {}, TwsClient::Memory memory = {})
      : calendar_{data_of_2019()} {
    settings.client_id = 7;
    if (settings.account.empty()) { settings.account = "DU1234567"; }
    client_ = std::make_unique<TwsClient>(
        std::move(settings), calendar_, FeeSchedule{}, std::move(memory),
        TwsClient::Sinks{
            .event = [this](Instant, EventBody body) { events.push_back(std::move(body)); },
            .notice = [this](Instant, AlertLevel,
                             std::string text) { notices.push_back(std::move(text)); },
            .contracts = [](const std::vector<ContractRow>&) {}});
  }

  void dial() {
    ASSERT_TRUE(client_->wants_connection());
    client_->dialling(now);
    client_->connected(now);
    open = true;
    listen();
  }
  void hang_up(std::string_view why) {
    open = false;
    raw_ = true;
    sent.clear();
    client_->disconnected(now, why);
  }
  void play(std::string_view script) {
    std::istringstream lines{std::string{script}};
    for (std::string line; std::getline(lines, line);) {
      const std::size_t from = line.find_first_not_of(' ');
      if (from == std::string::npos) { continue; }
      line.erase(0, from);
      SCOPED_TRACE(line);
      const std::string rest = line.size() > 2 ? line.substr(2) : "";
      switch (line.front()) {
        case '>': expect_sent(rest); break;
        case '<': say(rest); break;
        case '+':
          pass(
              std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::stod(rest))));
          break;
        case '=': EXPECT_EQ(word(client_->state()), rest) << client_->why(); break;
        default: ADD_FAILURE() << "a script has no such line";
      }
    }
    EXPECT_TRUE(sent.empty()) << "sent, and not in the script: " << sent.front();
  }
  void say(std::string text) {
    std::ranges::replace(text, '~', '\0');
    std::string framed;
    for (int shift = 24; shift >= 0; shift -= 8) {
      framed.push_back(static_cast<char>(text.size() >> shift & 0xFFU));
    }
    client_->received(now, framed + text);
    listen();
  }
  void pass(Duration time) {
    const Instant until = now + time;
    while (now < until) {
      now = std::min(until, std::max(client_->next_deadline(), now + std::chrono::milliseconds{1}));
      client_->on_time(now);
      listen();
    }
  }
  /// Takes what the client wrote, message by message.
  void listen() {
    std::string out = client_->take_output();
    while (open && !out.empty()) {
      if (raw_) {
        frames_ = {};
        EXPECT_TRUE(out.starts_with(kOpening));
        out.erase(0, 4);
        raw_ = false;
      }
      frames_.push(std::exchange(out, {}));
      for (auto frame = frames_.next(); frame && *frame; frame = frames_.next()) {
        std::string text{**frame};
        std::ranges::replace(text, '\0', '~');
        if (beats && text == "49~1~") {
          say("49~1~" + std::to_string(now.time_since_epoch() / std::chrono::seconds{1}) + "~");
        } else {
          sent.push_back(std::move(text));
        }
      }
      out += client_->take_output();
    }
  }
  template <class Event>
  [[nodiscard]] std::vector<Event> all() const {
    std::vector<Event> found;
    for (const EventBody& body : events) {
      if (const auto* event = std::get_if<Event>(&body)) { found.push_back(*event); }
    }
    return found;
  }
  [[nodiscard]] TwsClient& client() { return *client_; }
  [[nodiscard]] const Calendar& calendar() const { return calendar_; }

  /// Tuesday 2019-05-07, 10:00 in New York.
  Instant now = new_york_instant(date(2019, 5, 7), std::chrono::hours{10});
  bool open = false;
  bool beats = true;
  std::deque<std::string> sent;
  std::vector<EventBody> events;
  std::vector<std::string> notices;

 private:
  static bool fits(std::string_view expected, std::string_view got) {
    while (!expected.empty() || !got.empty()) {
      const auto field = [](std::string_view& text) {
        const std::size_t end = std::min(text.find('~'), text.size());
        const std::string_view first = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        return first;
      };
      const std::string_view wanted = field(expected);
      const std::string_view found = field(got);
      if (wanted == "**") { return true; }
      if (wanted != "*" && wanted != found) { return false; }
    }
    return true;
  }
  void expect_sent(const std::string& expected) {
    ASSERT_FALSE(sent.empty()) << "nothing was sent";
    EXPECT_TRUE(fits(expected, sent.front())) << "sent: " << sent.front();
    sent.pop_front();
  }

  Calendar calendar_;
  std::unique_ptr<TwsClient> client_;
  FrameReader frames_;
  bool raw_ = true;
};

/// From the dial to a link that is ready, on an account without orders and positions.
inline constexpr std::string_view kToReady = R"(
  > v157..178
  < 178~20190507 10:00:00 US/Eastern~
  > 71~2~7~~
  < 15~1~DU1234567~
  < 9~1~1~
  > 59~1~1~
  < 4~2~-1~2104~Market data farm connection is OK:usfarm~~
  > 5~1~
  < 53~1~
  > 16~1~
  < 53~1~
  > 7~3~1000000002~0~~~~~~~
  < 55~1~1000000002~
  > 99~1~
  < 102~
  > 61~1~
  < 62~1~
  > 64~1~
  > 62~1~1000000005~All~NetLiquidation,TotalCashValue,InitMarginReq,MaintMarginReq,ExcessLiquidity~
  < 63~1~1000000005~DU1234567~NetLiquidation~500000.00~USD~
  < 64~1~1000000005~
  > 63~1~1000000005~
  = ready
)";

}  // namespace v6::ibkr
