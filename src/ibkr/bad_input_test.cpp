#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "calendar/new_york.hpp"
#include "ibkr/frames.hpp"
#include "ibkr/tws_client.hpp"

namespace v6::ibkr {
namespace {

using namespace literals;
using testing::HasSubstr;

std::string framed(std::string payload) {
  std::ranges::replace(payload, '~', '\0');
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(payload.size() >> static_cast<unsigned>(shift) & 0xFFU));
  }
  return bytes + payload;
}

/// A client whose session has just started, and what it says.
class Started {
 public:
  Started() { start(); }

  void start() {
    client.dialling(now);
    client.connected(now);
    hear(framed("178~20190507 10:00:00 EST~") + framed("15~1~DU1~") + framed("9~1~1~"));
  }
  void hear(const std::string& bytes) { client.received(now, bytes); }
  void dial_again() {
    client.disconnected(now, "closed by us");
    for (int i = 0; i < 100 && !client.wants_connection(); ++i) {
      client.on_time(now += std::chrono::seconds{1});
    }
    ASSERT_TRUE(client.wants_connection());
    start();
  }
  [[nodiscard]] bool working() const {
    return !client.wants_close() && client.state() == LinkState::kReconciling;
  }

  std::vector<std::string> notices;
  Calendar calendar{
      {.holidays_source = {.name = "test", .first = date(2019, 1, 1), .last = date(2019, 12, 31)}}};
  Instant now = new_york_instant(date(2019, 5, 7), std::chrono::hours{10});
  TwsClient client{
      {.account = "DU1", .underlyings = {"SPX"_sym}, .roots = {"SPXW"_sym}},
      calendar,
      FeeSchedule{},
      {},
      {.event = [](Instant, EventBody) {},
       .notice = [this](Instant, AlertLevel, std::string text) { notices.push_back(text); },
       .contracts = [](const std::vector<ContractRow>&) {}}};
};

TEST(ClientBadInput, WhatCannotBeRightClosesTheLinkAndTheNextOneBeginsAnew) {
  struct Case {
    const char* what;
    std::string bytes;
    const char* why;
  };
  const Case cases[] = {
      {"garbage", "GET / HTTP/1.1\r\n\r\n", "a message of 1195725856 bytes"},
      {"a length one too large", std::string("\x01\0\0\0", 4), "a message of 16777216 bytes"},
      {"a negative length", "\xFF\xFF\xFF\xFE", "a message of 4294967294 bytes"},
      {"no id", framed("abc~1~"), "id = \"abc\" is not a number"},
      {"an id that does not end", framed("9"), "id = \"9\" does not end"},
      {"an empty id", framed("~1~"), "id"},
      {"an order cut short", framed("5~42~28812380~SPX~BAG~"), "openOrder"},
      {"a status with text in its number", framed("3~42~Filled~many~0~1~7~0~1~1~~0~"),
       "orderStatus: filled = \"many\""},
      {"an execution without its price",
       framed("11~-1~42~1~SPX~OPT~20190621~2750~P~100~SMART~USD~x~SPXW~e.1~20190507 10:00:00 "
              "EST~DU1~CBOE~BOT~1~~7~1~0~1~~r~~~~2~0~x~"),
       ""},
      {"an account list that ends in its middle", framed("15~1"), "managedAccounts"},
      {"more rows than bytes", framed("19~1000000000~2000000000~"), ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    Started started;
    ASSERT_TRUE(started.working());
    started.hear(c.bytes);
    if (*c.why == '\0') {
      // Refused by whichever of its fields comes first, or known to nobody: never half believed.
      EXPECT_TRUE(started.client.wants_close() || started.working());
      continue;
    }
    EXPECT_TRUE(started.client.wants_close());
    EXPECT_EQ(started.client.state(), LinkState::kLost);
    EXPECT_THAT(started.client.why(), HasSubstr(c.why));
    // What comes after it is not read.
    const auto messages = started.client.counters().messages_in;
    started.hear(framed("9~1~77~"));
    EXPECT_EQ(started.client.counters().messages_in, messages);
    started.dial_again();
    EXPECT_TRUE(started.working());
  }
}

TEST(ClientBadInput, DataThatIsWrongIsLeftOutWithANoticeAndTheSessionGoesOn) {
  struct Case {
    const char* what;
    std::string bytes;
    const char* notice;  // null: none is needed
  };
  const Case cases[] = {
      {"text in a price", framed("1~6~1000000000~1~abc~5~0~"), "tickPrice: price = \"abc\""},
      {"a price that is no finite number", framed("1~6~1000000000~1~inf~5~0~"), "tickPrice: price"},
      {"a tick cut short", framed("1~6~1000000000~1~"), "tickPrice: price is missing"},
      {"a size in words", framed("2~6~1000000000~0~few~"), "tickSize: size = \"few\""},
      {"a request number that is too large", framed("2~6~99999999999~0~1~"), "tickSize: reqId"},
      {"surplus fields", framed("2~6~1000000000~0~1~and~more~"), nullptr},
      {"a message nobody knows", framed("107~1~2~3~"), nullptr},
      {"an id beyond all", framed("99999~1~"), nullptr},
      {"nothing at all", framed(""), nullptr},
      {"a tick of a line that never was", framed("1~6~5~1~3.41~5~0~"), nullptr},
      {"an answer to nothing we asked", framed("52~1~1999999999~"), nullptr},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    Started started;
    started.hear(c.bytes);
    EXPECT_TRUE(started.working()) << started.client.why();
    const auto told = [&](const std::string& text) {
      return c.notice != nullptr && text.find(c.notice) != std::string::npos;
    };
    EXPECT_EQ(std::ranges::count_if(started.notices, told), c.notice == nullptr ? 0 : 1);
    // The same once more is not told again within the minute.
    started.hear(c.bytes);
    EXPECT_LE(std::ranges::count_if(started.notices, told), 1);
  }
}

TEST(ClientBadInput, BeforeTheSessionHasStartedToo) {
  for (const std::string& bytes :
       {std::string{"SSH-2.0-OpenSSH\r\n"}, framed("no version~at all~"), framed("178~"),
        framed("9999999999999~x~"), std::string("\x7F\xFF\xFF\xFF", 4)}) {
    SCOPED_TRACE(bytes);
    Started started;
    started.client.disconnected(started.now, "again");
    for (int i = 0; i < 100 && !started.client.wants_connection(); ++i) {
      started.client.on_time(started.now += std::chrono::seconds{1});
    }
    started.client.dialling(started.now);
    started.client.connected(started.now);
    started.hear(bytes);
    EXPECT_TRUE(started.client.wants_close());
    EXPECT_EQ(started.client.state(), LinkState::kLost);
    EXPECT_NE(started.client.why(), "");
  }
}

}  // namespace
}  // namespace v6::ibkr
