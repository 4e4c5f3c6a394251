// Every event and command there is, through the codec and back.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/any_value_test_kit.hpp"
#include "model/command.hpp"
#include "model/event.hpp"

namespace v6 {
namespace {

template <class Variant>
struct AlternativesOf;
template <class... A>
struct AlternativesOf<std::variant<A...>> {
  using Types = ::testing::Types<A...>;
};

template <class T>
class EventCodec : public ::testing::Test {};
TYPED_TEST_SUITE(EventCodec, AlternativesOf<EventBody>::Types);

TYPED_TEST(EventCodec, IsExactAndRefusesDamage) {
  EXPECT_TRUE(rc::check([] {
    check_codec(Event{.sequence = any_value<std::uint64_t>(),
                      .at = any_value<Instant>(),
                      .body = any_value<TypeParam>()});
  }));
}

template <class T>
class CommandCodec : public ::testing::Test {};
TYPED_TEST_SUITE(CommandCodec, AlternativesOf<JournalledCommand>::Types);

TYPED_TEST(CommandCodec, IsExactAndRefusesDamage) {
  EXPECT_TRUE(rc::check([] { check_codec(JournalledCommand{any_value<TypeParam>()}); }));
}

TEST(JournalCodec, SurvivesAnyBytes) {
  EXPECT_TRUE(rc::check([] {
    const auto noise = *rc::gen::arbitrary<std::vector<std::uint8_t>>();
    Bytes bytes;
    for (const std::uint8_t byte : noise) { bytes.push_back(std::byte{byte}); }
    try {
      RC_ASSERT(encoded(decoded<Event>(bytes)) == bytes);
    } catch (const DecodeError&) {
      return;  // refused
    }
  }));
}

}  // namespace
}  // namespace v6
