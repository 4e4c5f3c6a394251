#include "report/smile_picture.hpp"

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

SmilePicture picture() {
  return {.title = "SPXW 2019-06-21 on 2019-05-06",
          .subtitle = "46 days",
          .forward = 100,
          .marks = {
              {.strike = 80, .mid = 0.30, .bid = 0.29, .ask = 0.31, .file = 0.30, .delta = -0.05},
              {.strike = 90, .mid = 0.25, .bid = 0.24, .ask = 0.26, .file = 0.26, .delta = -0.25},
              {.strike = 100, .mid = 0.20, .bid = 0.19, .ask = 0.21, .file = 0.20, .delta = 0.5},
              {.strike = 110, .mid = 0.15, .delta = 0.25},
              {.strike = 120, .mid = 0.10, .bid = 0.09, .ask = 0.11, .file = 0.10, .delta = 0.05}}};
}

TEST(SmilePicture, DrawsEveryMarkWhereItBelongs) {
  const std::string svg = smile_svg(picture());
  // The frame runs from 68 to 932 over strikes 79.2 to 120.8, from 410 to 104 over 5 to 35 %.
  EXPECT_THAT(svg, HasSubstr("<polyline class=\"own\" points=\"84.6 155.0 292.3 206.0 500.0 257.0 "
                             "707.7 308.0 915.4 359.0 \"/>"));
  // Asks forth, bids back; a mark without both is left out.
  EXPECT_THAT(svg, HasSubstr("<polygon class=\"band\" points=\"84.6 144.8 292.3 195.8 500.0 246.8 "
                             "915.4 348.8 915.4 369.2 500.0 267.2 292.3 216.2 84.6 165.2 \"/>"));
  EXPECT_THAT(svg, HasSubstr("<circle cx=\"292.3\" cy=\"195.8\" r=\"2.6\"/>"));
  // Dots of both panels, and the legend's.
  EXPECT_EQ(count(svg, "<circle"), 2 * 4 + 1);
  EXPECT_THAT(svg, HasSubstr("M500.0 104.0V410.0"));
  EXPECT_THAT(svg, HasSubstr(">forward 100.00</text>"));
  EXPECT_THAT(svg, HasSubstr(">25Δ</text>"));
}

TEST(SmilePicture, HasWordsAxesAndBothLights) {
  const std::string svg = smile_svg(picture());
  for (const auto* words :
       {">SPXW 2019-06-21 on 2019-05-06</text>", ">46 days</text>", ">implied volatility</text>",
        ">strike</text>", ">against own mid, points</text>", ">bid to ask</text>", ">file</text>",
        ">20 %</text>", ">100</text>", "prefers-color-scheme:dark"}) {
    EXPECT_THAT(svg, HasSubstr(words));
  }
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
}

TEST(SmilePicture, LoadsNothingAndHasNoNumbersThatAreNone) {
  SmilePicture flat = picture();
  for (SmileMark& mark : flat.marks) {
    mark = {.strike = mark.strike, .mid = 0.2};  // no range, no quotes, no file, no deltas
  }
  flat.forward = 1000;  // far outside the strikes
  for (const auto& svg : {smile_svg(picture()), smile_svg(flat)}) {
    for (const auto* reach : {"href", "url(", "@import", "<script", "nan", "inf"}) {
      EXPECT_THAT(svg, Not(HasSubstr(reach)));
    }
  }
}

}  // namespace
}  // namespace v6
