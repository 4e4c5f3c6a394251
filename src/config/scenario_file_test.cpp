#include "config/scenario_file.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.hpp"
#include "base/folder_test_kit.hpp"

namespace v6 {
namespace {

/// What loading this text says is wrong, without the folder; empty when nothing is.
std::string fault_in(std::string_view text) {
  const test::Folder folder;
  const auto file = folder.path() / "bad.toml";
  std::ofstream{file} << text;
  try {
    static_cast<void>(load_scenario(file));
    return {};
  } catch (const Failure& failure) {
    const std::string what = failure.what();
    return what.substr(what.find("bad.toml"));
  }
}

TEST(ScenarioFile, NamesLineKeyAndValueOfWhatItDoesNotTake) {
  struct Case {
    std::string_view name;
    std::string_view text;
    std::string_view says;
  };
  const Case cases[] = {
      {"time", "[[incident]]\nat = \"25:99\"\ndo = \"mute\"\nfor_s = 3\n",
       "bad.toml:2: incident[0].at = \"25:99\": accepted a time"},
      {"deed", "[[incident]]\nat = \"10:00\"\ndo = \"sing\"\n",
       "bad.toml:3: incident[0].do = \"sing\": accepted \"drop the socket\""},
      {"event", "[[incident]]\non = \"sunrise\"\ndo = \"half-open\"\n",
       "bad.toml:2: incident[0].on = \"sunrise\": accepted connect"},
      {"needed", "title = \"x\"\n\n[[incident]]\nat = \"10:00\"\ndo = \"reject\"\ncode = 201\n",
       "bad.toml:3: incident[0].text: is missing"},
      {"meaningless", "[[incident]]\nat = \"10:00\"\ndo = \"mute\"\nfor_s = 3\nms = 4\n",
       "bad.toml:5: incident[0].ms: means nothing for mute; accepted for_s"},
      {"message", "[[incident]]\nat = \"10:00\"\ndo = \"never answer\"\nmessage = \"openOrder\"\n",
       "bad.toml:4: incident[0].message = \"openOrder\": accepted startApi"},
      {"kind", "[[incident]]\nat = \"10:00\"\ndo = \"drop the socket\"\nkind = \"softly\"\n",
       "bad.toml:4: incident[0].kind = \"softly\": accepted told lost"},
      {"neither at nor on", "[[incident]]\ndo = \"half-open\"\n",
       "bad.toml:1: incident[0].at: accepted either"},
      {"type", "[fills]\nmax_per_event = \"two\"\n", "bad.toml:2: fills.max_per_event = \"two\""},
      {"unknown", "[account]\nmoney = 5\n", "bad.toml:2: account.money: unknown setting"},
      {"account", "[account]\nkind = \"live\"\n", "bad.toml:2: account.kind = \"live\""},
      {"span", "[expect]\nopens = [\"noon\"]\n",
       "bad.toml:2: expect.opens = \"noon\": accepted a span"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_TRUE(fault_in(c.text).starts_with(c.says)) << fault_in(c.text);
  }
}

TEST(ScenarioFile, ReadsTimesOfTheDayAndOfDays) {
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  EXPECT_EQ(parse_incident_time("10:05")->time, hours{10} + minutes{5});
  EXPECT_EQ(parse_incident_time("10:05:30")->time, hours{10} + minutes{5} + seconds{30});
  EXPECT_EQ(parse_incident_time("day 2 09:31")->day, 2);
  for (const char* text : {"", "10", "10:5", "10:05x", "24:00", "day 10:05", "day 0 10:05"}) {
    EXPECT_FALSE(parse_incident_time(text)) << text;
  }
}

}  // namespace
}  // namespace v6
