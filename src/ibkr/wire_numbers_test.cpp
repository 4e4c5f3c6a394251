#include "ibkr/wire_numbers.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <charconv>

#include "ibkr/wire.hpp"

namespace v6::ibkr {
namespace {

/// What the library makes of the whole of it.
std::optional<double> by_library(std::string_view text) {
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size()) { return std::nullopt; }
  return value;
}

/// A field with others behind it, so that it is read from the middle of a message, or the last one.
std::optional<double> by_reader(std::string text, bool last) {
  text += std::string("\0", 1);
  if (!last) { text += std::string("12345.678\0", 10); }
  FieldReader reader{text, 178, Placeholder::kIsError};
  std::optional<double> value;
  reader("value", value);
  return reader.ok() ? value : std::nullopt;
}

void same(const std::string& text) {
  const auto expected = by_library(text);
  for (const bool last : {false, true}) {
    const auto read = by_reader(text, last);
    ASSERT_EQ(read.has_value(), expected.has_value()) << text;
    if (read) {
      EXPECT_EQ(std::bit_cast<std::uint64_t>(*read), std::bit_cast<std::uint64_t>(*expected))
          << text;
    }
  }
}

TEST(WireNumbers, EveryWayToWriteADecimalGivesTheNearestDouble) {
  for (const char* const text : {"0",
                                 "-0",
                                 "0.0",
                                 "5.",
                                 ".5",
                                 "-.5",
                                 ".",
                                 "-",
                                 "--1",
                                 "1.2.3",
                                 "1 ",
                                 "00012.50",
                                 "0.1",
                                 "0.3",
                                 "3.41",
                                 "2745.15",
                                 "123456789012345678",
                                 "1234567890123456789",
                                 "12345678901234567890",
                                 "9007199254740993",
                                 "9007199254740992.5",
                                 "0.0000000000000000001",
                                 "0.000000000000000000000000000012345",
                                 "0.18249034562302817",
                                 "-0.00012345678901234567",
                                 "4503599627370496.5",
                                 "4503599627370497.5",
                                 "1e5",
                                 "1.5E-7",
                                 "1:",
                                 "1/",
                                 "1;2",
                                 "0.99999999999999994",
                                 "0.99999999999999995",
                                 "0.500000000000000166533453693773481063"}) {
    same(text);
  }
}

RC_GTEST_PROP(WireNumbers, AnyDecimalIsReadAsTheLibraryReadsIt, ()) {
  const auto digits = [](int most) {
    return *rc::gen::container<std::string>(static_cast<std::size_t>(*rc::gen::inRange(0, most)),
                                            rc::gen::elementOf(std::string{"0123456789"}));
  };
  std::string text = *rc::gen::elementOf(std::vector<std::string>{"", "-"}) + digits(12);
  if (*rc::gen::arbitrary<bool>()) { text += "." + digits(30); }
  if (!text.empty()) { same(text); }
}

RC_GTEST_PROP(WireNumbers, AnyDoubleComesBackAsItWas, (std::uint64_t bits)) {
  // Exponents as prices, volatilities and Greeks have them.
  const std::uint64_t exponent = 1023 - 40 + bits % 64;
  const auto value = std::bit_cast<double>((bits & 0x800FFFFFFFFFFFFFU) | exponent << 52U);
  std::string text;
  wire::append_real(text, value);
  same(text);
  const auto read = by_reader(text, true);
  RC_ASSERT(read == value);
}

RC_GTEST_PROP(WireNumbers, TheMiddleBetweenTwoDoublesIsRoundedToEven, (std::uint64_t bits)) {
  // 2^52 .. 2^53 in steps of one: each half between is a decimal that the wire can carry.
  const std::uint64_t whole = (std::uint64_t{1} << 52U) | (bits >> 12U);
  for (const char* const half : {".5", ".49", ".51"}) { same(std::to_string(whole) + half); }
}

RC_GTEST_PROP(WireNumbers, AnyBytesEndWhereTheirFirstNulIs, (std::string text)) {
  const auto at = static_cast<std::size_t>(*rc::gen::inRange(0, 40));
  text.resize(40, 'x');
  text[at] = '\0';
  const auto end_in = [](const std::string& all) {
    return wire::end_of_field(all.data(), all.data(), all.data() + all.size());
  };
  RC_ASSERT(end_in(text) == text.data() + text.find('\0'));
  const std::string endless(at, 'x');
  RC_ASSERT(end_in(endless) == nullptr);
}

TEST(WireNumbers, ADigitOfAnyNeighbourIsTold) {
  for (unsigned other = 0; other < 256; ++other) {
    if (other >= '0' && other <= '9') { continue; }
    for (unsigned place = 0; place < 8; ++place) {
      std::string text = "90129012";
      text[place] = static_cast<char>(other);
      EXPECT_EQ(wire::first_other(wire::word_at(text.data())), place) << other;
    }
  }
  EXPECT_EQ(wire::first_other(wire::word_at("09876543")), 8U);
}

}  // namespace
}  // namespace v6::ibkr
