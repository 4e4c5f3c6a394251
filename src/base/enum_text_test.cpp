#include "base/enum_text.hpp"

#include <gtest/gtest.h>

#include "base/check.hpp"
#include "base/hash.hpp"

namespace v6 {
namespace {

enum class Kind : std::uint8_t { kIronCondor, kCalendar, kWithoutName = 9 };
BOOST_DESCRIBE_ENUM(Kind, kIronCondor, kCalendar)

TEST(EnumText, WritesEnumeratorsAsUsersDo) {
  EXPECT_EQ(snake_case("kIronCondor"), "iron_condor");
  EXPECT_EQ(snake_case("kFomc"), "fomc");
  EXPECT_EQ(snake_case("plain"), "plain");
  EXPECT_EQ(word(Kind::kIronCondor), "iron_condor");
  EXPECT_EQ(word(Kind::kWithoutName), "?");
}

TEST(EnumText, ReadsOnlyTheExactWord) {
  EXPECT_EQ(from_word<Kind>("iron_condor"), Kind::kIronCondor);
  EXPECT_EQ(from_word<Kind>("calendar"), Kind::kCalendar);
  for (const std::string_view text :
       {"", "?", "Iron_Condor", "iron condor", "iron_condor ", "kIronCondor", "iron"}) {
    EXPECT_EQ(from_word<Kind>(text), std::nullopt) << text;
  }
}

TEST(Check, NamesThePlaceTheConditionAndTheReason) {
  EXPECT_NO_THROW(V6_CHECK(1 + 1 == 2, "arithmetic"));
  try {
    V6_CHECK(1 + 1 == 3, "arithmetic");
    FAIL() << "passed";
  } catch (const BrokenInvariant& broken) {
    const std::string text = broken.what();
    EXPECT_NE(text.find("enum_text_test.cpp:"), std::string::npos) << text;
    EXPECT_NE(text.find("arithmetic (1 + 1 == 3)"), std::string::npos) << text;
  }
}

TEST(Mix, IsSplitMix64) {
  // The first outputs of the published generator seeded with 0.
  constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15ULL;
  EXPECT_EQ(mix(0), 0xe220a8397b1dcdafULL);
  EXPECT_EQ(mix(kStep), 0x6e789e6aa1b965f4ULL);
  EXPECT_EQ(mix(2 * kStep), 0x06c45d188009454fULL);
}

TEST(UnitInterval, EndsBelowOne) {
  EXPECT_EQ(unit_interval(0), 0.0);
  EXPECT_EQ(unit_interval(std::uint64_t{1} << 63), 0.5);
  EXPECT_LT(unit_interval(~std::uint64_t{0}), 1.0);
}

}  // namespace
}  // namespace v6
