#include "report/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace v6 {
namespace {

using testing::HasSubstr;
using testing::Not;

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) { ++found; }
  return found;
}

/// What a browser takes for the data: up to the first end of a script.
std::string data_in(const std::string& page) {
  constexpr std::string_view kOpen = R"(<script type="application/json" id="data">)";
  const auto from = page.find(kOpen) + kOpen.size();
  return page.substr(from, page.find("</script", from) - from);
}

TEST(Page, KeepsItsDataWhateverTheTextInIt) {
  const Json data = {{"plain", "a gate's detail"},
                     {"end of script", "</script><script>alert(1)</script>"},
                     {"capitals", "</SCRIPT >"},
                     {"comment", "<!-- <script>"},
                     {"its own place", "{{data}} {{js}}"},
                     {"line ends", "\u2028\u2029\n\"\\"},
                     {"other letters", "\u00bd \u03b3 \U0001F4C9"}};
  const std::string page = page_with(data);
  EXPECT_EQ(Json::parse(data_in(page)), data);
  const std::string bare = page_with(Json::object());
  for (const auto* part : {"<script", "</script", "<!--"}) {
    SCOPED_TRACE(part);
    EXPECT_EQ(count(page, part), count(bare, part));
  }
}

TEST(Page, LoadsNothing) {
  const std::string page = page_with(Json::object());
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  for (const auto* reach :
       {"src=", "srcset", "<link", "<img", "<iframe", "url(", "@import", "import(", "importScripts",
        "fetch(", "XMLHttpRequest", "WebSocket", "EventSource", "sendBeacon", "Worker("}) {
    SCOPED_TRACE(reach);
    EXPECT_EQ(count(page, reach), 0U);
  }
  // The one address in it is the charts' licence line.
  EXPECT_EQ(count(page, "://"), count(page, "https://github.com/leeoniya/uPlot"));
}

TEST(Page, IsWholeAfterTheBuildPutItTogether) {
  const std::string page = page_with({{"key", 1}});
  EXPECT_THAT(page, Not(HasSubstr("{{")));
  EXPECT_THAT(page, HasSubstr("uPlot"));
  EXPECT_THAT(page, HasSubstr("function draw()"));
  EXPECT_TRUE(page.starts_with("<!doctype html>"));
  EXPECT_TRUE(page.ends_with("</html>\n"));
}

}  // namespace
}  // namespace v6
