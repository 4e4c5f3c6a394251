#include "base/codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/any_value_test_kit.hpp"
#include "base/settings.hpp"
#include "base/time.hpp"

namespace v6 {
namespace {

enum class Colour : std::uint8_t { kRed, kGreen };
BOOST_DESCRIBE_ENUM(Colour, kRed, kGreen)

/// A strong type as money and ids are.
class Length {
 public:
  [[nodiscard]] static Length from_raw(std::int32_t millimetres) {
    Length length;
    length.millimetres_ = millimetres;
    return length;
  }
  [[nodiscard]] std::int32_t raw() const { return millimetres_; }
  friend bool operator==(Length, Length) = default;

 private:
  std::int32_t millimetres_ = 0;
};

struct Pencil {
  Colour colour = Colour::kRed;
  Length length;
  friend bool operator==(const Pencil&, const Pencil&) = default;
};
BOOST_DESCRIBE_STRUCT(Pencil, (), (colour, length))

struct Desk {
  int drawers = 3;
  bool locked = false;
  static constexpr auto fields() {
    return std::tuple{number("drawers", &Desk::drawers, 0, 9, "drawers", "of it"),
                      field("locked", &Desk::locked)};
  }
  friend bool operator==(const Desk&, const Desk&) = default;
};

Bytes bytes_of(std::initializer_list<int> values) {
  Bytes bytes;
  for (const int value : values) { bytes.push_back(static_cast<std::byte>(value)); }
  return bytes;
}

/// The value has this form, and the form this value.
template <class T>
void expect_form(const T& value, std::initializer_list<int> form) {
  const Bytes bytes = bytes_of(form);
  EXPECT_EQ(encoded(value), bytes);
  EXPECT_EQ(decoded<T>(bytes), value);
}

TEST(Codec, HasOneLittleEndianFormForEachKindOfValue) {
  expect_form(std::uint8_t{7}, {7});
  expect_form(std::int32_t{-2}, {0xfe, 0xff, 0xff, 0xff});
  expect_form(std::uint64_t{0x0102030405060708}, {8, 7, 6, 5, 4, 3, 2, 1});
  expect_form(1.0, {0, 0, 0, 0, 0, 0, 0xf0, 0x3f});
  expect_form(true, {1});
  expect_form(Colour::kGreen, {1});
  expect_form(Length::from_raw(258), {2, 1, 0, 0});
  expect_form(date(1970, 1, 3), {2, 0, 0, 0, 0, 0, 0, 0});
  expect_form(Instant{std::chrono::nanoseconds{-1}},
              {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff});
  expect_form(std::chrono::minutes{5}, {5, 0, 0, 0, 0, 0, 0, 0});
  expect_form(std::string{"ab"}, {2, 0, 0, 0, 'a', 'b'});
  expect_form(std::array<std::uint8_t, 2>{3, 4}, {3, 4});
  expect_form(std::vector<std::uint16_t>{1, 2}, {2, 0, 0, 0, 1, 0, 2, 0});
  expect_form(std::vector<std::string>{"", "x"}, {2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 'x'});
  expect_form(std::map<std::uint8_t, bool>{{2, true}, {1, false}}, {2, 0, 0, 0, 1, 0, 2, 1});
  expect_form(std::set<std::uint8_t>{9, 8}, {2, 0, 0, 0, 8, 9});
  expect_form(std::pair<std::uint8_t, bool>{5, true}, {5, 1});
  expect_form(std::tuple<std::uint8_t, std::uint8_t>{5, 6}, {5, 6});
  expect_form(std::optional<std::uint8_t>{}, {0});
  expect_form(std::optional<std::uint8_t>{0}, {1, 0});
  expect_form(std::variant<std::uint8_t, std::string>{"z"}, {1, 1, 0, 0, 0, 'z'});
  expect_form(std::variant<std::monostate, bool>{}, {0});
  expect_form(Pencil{Colour::kGreen, Length::from_raw(1)}, {1, 1, 0, 0, 0});
  expect_form(Desk{.drawers = 4, .locked = true}, {4, 0, 0, 0, 1});
}

TEST(Codec, FollowsASharedPointer) {
  const auto pencil = std::make_shared<const Pencil>(Pencil{.colour = Colour::kGreen});
  EXPECT_EQ(encoded(pencil), bytes_of({1, 1, 0, 0, 0, 0}));
  EXPECT_EQ(*decoded<std::shared_ptr<const Pencil>>(encoded(pencil)), *pencil);
  EXPECT_EQ(decoded<std::shared_ptr<const Pencil>>(bytes_of({0})), nullptr);
}

TEST(Codec, KeepsEveryBitOfADouble) {
  for (const std::uint64_t bits :
       {std::uint64_t{0x8000000000000000}, std::uint64_t{1}, std::uint64_t{0x7ff8000000000001}}) {
    const auto back = decoded<double>(encoded(std::bit_cast<double>(bits)));
    EXPECT_EQ(std::bit_cast<std::uint64_t>(back), bits);
  }
}

template <class T>
std::string complaint(std::initializer_list<int> form) {
  try {
    (void)decoded<T>(bytes_of(form));
  } catch (const DecodeError& error) { return error.what(); }
  return "accepted";
}

TEST(Codec, RefusesWhatIsNoValue) {
  using Map = std::map<std::uint8_t, bool>;
  using Set = std::set<std::uint8_t>;
  EXPECT_EQ(complaint<std::uint32_t>({1, 2, 3}), "record ends early");
  EXPECT_EQ(complaint<std::uint8_t>({1, 2}), "bytes left over");
  EXPECT_EQ(complaint<std::uint8_t>({}), "record ends early");
  EXPECT_EQ(complaint<std::string>({3, 0, 0, 0, 'a', 'b'}), "text ends early");
  EXPECT_EQ(complaint<std::vector<Pencil>>({9, 0, 0, 0}), "list ends early");
  // A length that would be 4 GiB of memory.
  EXPECT_EQ(complaint<std::vector<double>>({0xff, 0xff, 0xff, 0xff, 0}), "list ends early");
  EXPECT_EQ(complaint<std::string>({0xff, 0xff, 0xff, 0xff, 0}), "text ends early");
  EXPECT_EQ(complaint<Map>({0xff, 0xff, 0xff, 0xff, 1, 0}), "record ends early");
  EXPECT_EQ((complaint<std::variant<bool, std::uint8_t>>({2, 0})), "unknown kind of record");
  EXPECT_EQ(complaint<bool>({2}), "neither yes nor no");
  EXPECT_EQ(complaint<std::optional<std::uint8_t>>({2, 0}), "neither yes nor no");
  EXPECT_EQ(complaint<std::shared_ptr<std::uint8_t>>({0xff, 0}), "neither yes nor no");
  EXPECT_EQ(complaint<Colour>({2}), "unknown enumerator");
  EXPECT_EQ(complaint<Map>({2, 0, 0, 0, 2, 0, 1, 0}), "keys out of order");
  EXPECT_EQ(complaint<Map>({2, 0, 0, 0, 1, 0, 1, 0}), "keys out of order");
  EXPECT_EQ(complaint<Set>({2, 0, 0, 0, 8, 8}), "items out of order");
}

using Everything =
    std::tuple<bool, std::int16_t, std::uint64_t, Colour, Length, Date, Instant,
               std::chrono::minutes, std::string, std::array<Pencil, 2>, std::vector<std::int32_t>,
               std::vector<Pencil>, std::map<Colour, std::string>, std::set<std::uint32_t>,
               std::pair<bool, std::string>, std::optional<Pencil>,
               std::variant<std::monostate, Pencil, std::vector<std::optional<bool>>>>;

TEST(Codec, DecodesWhatItEncodedAndRefusesDamage) {
  EXPECT_TRUE(rc::check([] {
    const auto value = any_value<Everything>();
    const bool same = decoded<Everything>(encoded(value)) == value;
    RC_ASSERT(same);
    check_codec(value);
  }));
}

}  // namespace
}  // namespace v6
