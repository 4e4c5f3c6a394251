#include "base/decimal.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>

#include "base/uniform_test_kit.hpp"

namespace v6 {
namespace {

constexpr std::int64_t kMillion = 1'000'000'0000;
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

TEST(DecimalText, HasTwoDecimalsAndMoreOnlyWhereNeeded) {
  struct Case {
    std::int64_t value;
    std::string_view text;
  };
  for (const Case& c :
       {Case{0, "0.00"}, Case{123456, "12.3456"}, Case{-50000, "-5.00"}, Case{1, "0.0001"},
        Case{-1, "-0.0001"}, Case{1000, "0.10"}, Case{1050, "0.105"}, Case{-12'340, "-1.234"},
        Case{kMost, "922337203685477.5807"}, Case{kLeast, "-922337203685477.5808"}}) {
    EXPECT_EQ(decimal_text(c.value), c.text);
  }
}

TEST(ParseDecimal, IsExact) {
  struct Case {
    std::string_view text;
    std::int64_t value;
  };
  for (const Case& c :
       {Case{"0", 0}, Case{"-0", 0}, Case{"0.1", 1000}, Case{"12.3456", 123456}, Case{"-5", -50000},
        Case{"007.50", 75000}, Case{".5", 5000}, Case{"5.", 50000}, Case{"1.2300000", 12300},
        Case{"1000000", kMillion}, Case{"-1000000.0000", -kMillion}}) {
    EXPECT_EQ(parse_decimal(c.text, kMillion), c.value) << c.text;
  }
}

TEST(ParseDecimal, SaysWhyNot) {
  using enum NumberError;
  struct Case {
    std::string_view text;
    NumberError error;
  };
  for (const Case& c :
       {Case{"", kNotANumber},         Case{"-", kNotANumber},
        Case{".", kNotANumber},        Case{"-.", kNotANumber},
        Case{"+1", kNotANumber},       Case{"--1", kNotANumber},
        Case{"1-", kNotANumber},       Case{"1 ", kNotANumber},
        Case{" 1", kNotANumber},       Case{"1e3", kNotANumber},
        Case{"1,000", kNotANumber},    Case{"1.2.3", kNotANumber},
        Case{"0x10", kNotANumber},     Case{"infinite", kNotANumber},
        Case{"nan", kNotFinite},       Case{"-NaN", kNotFinite},
        Case{"inf", kNotFinite},       Case{"+Infinity", kNotFinite},
        Case{"0.00001", kTooPrecise},  Case{"1000000.0001", kOutOfRange},
        Case{"-1000001", kOutOfRange}, Case{"99999999999999999999999999", kOutOfRange}}) {
    const auto parsed = parse_decimal(c.text, kMillion);
    ASSERT_FALSE(parsed.has_value()) << c.text;
    EXPECT_EQ(text_of(parsed.error()), text_of(c.error)) << c.text;
  }
}

TEST(ParseDecimal, InvertsDecimalText) {
  EXPECT_TRUE(rc::check([] {
    const auto value = uniform(-kMillion, kMillion + 1);
    RC_ASSERT(parse_decimal(decimal_text(value), kMillion).value() == value);
  }));
}

TEST(ParseDecimal, ReadsDigitsAsTheyStand) {
  EXPECT_TRUE(rc::check([] {
    const auto whole = uniform(0, 1'000'000);
    const auto part = uniform(0, 10'000);
    const bool negative = uniform(0, 2) == 1;
    const auto text = fmt::format("{}{}.{:04}", negative ? "-" : "", whole, part);
    const std::int64_t value = std::int64_t{whole} * 10'000 + part;
    RC_ASSERT(parse_decimal(text, kMillion).value() == (negative ? -value : value));
  }));
}

TEST(ToTenThousandths, TakesTheNearestHalvesAwayFromZero) {
  struct Case {
    double value;
    std::int64_t expected;
  };
  for (const Case& c :
       {Case{0.1 + 0.2, 3000}, Case{2.675, 26750}, Case{0.00005, 1}, Case{-0.00005, -1},
        Case{0.000049, 0}, Case{-0.0, 0}, Case{1e6, kMillion}, Case{-1e6, -kMillion}}) {
    EXPECT_EQ(to_ten_thousandths(c.value, kMillion), c.expected) << c.value;
  }
}

TEST(ToTenThousandths, RefusesWhatIsNoAmount) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double value : {std::nan(""), kInfinity, -kInfinity}) {
    EXPECT_EQ(to_ten_thousandths(value, kMillion), std::unexpected{NumberError::kNotFinite});
  }
  for (const double value : {1'000'000.0001, -1'000'000.0001, 1e300, -1e300}) {
    EXPECT_EQ(to_ten_thousandths(value, kMillion), std::unexpected{NumberError::kOutOfRange});
  }
}

TEST(ToTenThousandths, FindsTheAmountADoubleStandsFor) {
  EXPECT_TRUE(rc::check([] {
    const auto value = uniform(-kMillion, kMillion + 1);
    RC_ASSERT(to_ten_thousandths(static_cast<double>(value) / 10'000.0, kMillion).value() == value);
  }));
}

TEST(ParseDouble, TakesTheWholeText) {
  EXPECT_EQ(parse_double("-1.5e3"), -1500.0);
  EXPECT_EQ(parse_double("0"), 0.0);
  using enum NumberError;
  struct Case {
    std::string_view text;
    NumberError error;
  };
  for (const Case& c : {Case{"", kNotANumber}, Case{"1x", kNotANumber}, Case{" 1", kNotANumber},
                        Case{"1 ", kNotANumber}, Case{"+1", kNotANumber}, Case{"1,5", kNotANumber},
                        Case{"0x10", kNotANumber}, Case{"nan", kNotFinite},
                        Case{"-inf", kNotFinite}, Case{"1e999", kOutOfRange}}) {
    EXPECT_EQ(parse_double(c.text), std::unexpected{c.error}) << c.text;
  }
}

TEST(ParseCount, TakesWholeNumbersOnly) {
  EXPECT_EQ(parse_count("0"), 0U);
  EXPECT_EQ(parse_count("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(parse_count("18446744073709551616"), std::unexpected{NumberError::kOutOfRange});
  for (const std::string_view text : {"", "-1", "+1", "1.0", "1e3", " 1", "1 ", "one"}) {
    EXPECT_EQ(parse_count(text), std::unexpected{NumberError::kNotANumber}) << text;
  }
}

TEST(Shortest, ReadsBackAsTheSameDouble) {
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(1.0 / 3.0), "0.3333333333333333");
  EXPECT_TRUE(
      rc::check([](double value) { RC_ASSERT(parse_double(shortest(value)).value() == value); }));
}

}  // namespace
}  // namespace v6
