#include "model/position_text.hpp"

#include <gtest/gtest.h>

namespace v6 {
namespace {

using namespace literals;

TEST(PositionText, ReadsALegAsTradersWriteIt) {
  const auto sold = parse_position("-1 SPXW 2019-06-21 2750 P");
  ASSERT_TRUE(sold.has_value());
  EXPECT_EQ(sold->quantity, Contracts{-1});
  EXPECT_EQ(sold->contract, (Contract{.root = "SPXW"_sym,
                                      .expiry = date(2019, 6, 21),
                                      .strike = Price::cents(275'000),
                                      .right = OptionRight::kPut}));
  EXPECT_EQ(parse_position("+2 SPY 2020-01-17 322.5 call")->contract.text(),
            "SPY 2020-01-17 322.50 C");
  EXPECT_EQ(parse_position("  10\tSPX   2019-06-21 2750.00 C ")->quantity, Contracts{10});
}

TEST(PositionText, NamesTheWordItCannotRead) {
  struct Case {
    std::string_view text;
    std::string_view field;
    std::string_view value;
  };
  const Case cases[] = {
      {"", "leg", ""},
      {"-1 SPXW 2019-06-21 2750", "leg", "-1 SPXW 2019-06-21 2750"},
      {"-1 SPXW 2019-06-21 2750 P P", "leg", "-1 SPXW 2019-06-21 2750 P P"},
      {"0 SPXW 2019-06-21 2750 P", "contracts", "0"},
      {"-0 SPXW 2019-06-21 2750 P", "contracts", "-0"},
      {"1.5 SPXW 2019-06-21 2750 P", "contracts", "1.5"},
      {"+-1 SPXW 2019-06-21 2750 P", "contracts", "+-1"},
      {"one SPXW 2019-06-21 2750 P", "contracts", "one"},
      {"nan SPXW 2019-06-21 2750 P", "contracts", "nan"},
      {"1001 SPXW 2019-06-21 2750 P", "contracts", "1001"},
      {"99999999999999999999 SPXW 2019-06-21 2750 P", "contracts", "99999999999999999999"},
      {"1 spxw 2019-06-21 2750 P", "root", "spxw"},
      {"1 ABC 2019-06-21 2750 P", "root", "ABC"},
      {"1 SPXW 2019-06-31 2750 P", "expiry", "2019-06-31"},
      {"1 SPXW 20190621 2750 P", "expiry", "20190621"},
      {"1 SPXW 2019-06-21 -2750 P", "strike", "-2750"},
      {"1 SPXW 2019-06-21 0 P", "strike", "0"},
      {"1 SPXW 2019-06-21 nan P", "strike", "nan"},
      {"1 SPXW 2019-06-21 inf P", "strike", "inf"},
      {"1 SPXW 2019-06-21 2e3 P", "strike", "2e3"},
      {"1 SPXW 2019-06-21 2750 X", "right", "X"}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const auto read = parse_position(c.text);
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().field, c.field);
    EXPECT_EQ(read.error().value, c.value);
  }
  EXPECT_EQ(parse_position("1 SPXW 2019-06-21 0 P").error().text(),
            "strike \"0\": accepted are dollars above 0, as 2750 or 2750.50");
}

}  // namespace
}  // namespace v6
