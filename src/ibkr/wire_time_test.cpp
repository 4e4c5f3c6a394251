#include "ibkr/wire_time.hpp"

#include <gtest/gtest.h>

namespace v6::ibkr {
namespace {

TEST(WireTime, ReadsWhatItWrites) {
  const Instant at = instant_of(1'557'258'300).value();
  EXPECT_EQ(wire_time(at), "20190507 15:45:00 US/Eastern");
  EXPECT_EQ(wire_time_without_zone(at), "20190507  15:45:00");
  for (const std::string& text : {wire_time(at), wire_time_without_zone(at)}) {
    EXPECT_EQ(parse_wire_time(text), at) << text;
  }
}

TEST(WireTime, KnowsTheZonesThatClientsWrite) {
  for (const std::string_view text :
       {"20190507-19:45:00", "20190507 19:45:00 UTC", "20190507 15:45:00 America/New_York",
        "20190507 14:45:00 US/Central"}) {
    EXPECT_EQ(parse_wire_time(text), instant_of(1'557'258'300)) << text;
  }
  EXPECT_EQ(parse_wire_time("20190507"), instant_of(1'557'201'600)) << "its midnight";
}

// Whatever stands there comes from the other side of a socket.
TEST(WireTime, IsAbsentForEveryOtherText) {
  for (const std::string_view text :
       {"", "2019", "20190532", "20190507x15:45:00", "20190507 25:45:00", "20190507 15:45",
        "20190507 15:45:00 Mars", "99991231 00:00:00", "16000101-00:00:00", "00000000 00:00:00"}) {
    EXPECT_EQ(parse_wire_time(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_wire_date("20190621 16:00 US/Eastern"), date(2019, 6, 21));
  for (const std::string_view text : {"", "2019062", "20190621x", "99990621", "20191321"}) {
    EXPECT_EQ(parse_wire_date(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace v6::ibkr
