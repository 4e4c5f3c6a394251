#include "runtime/digest.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace v6 {
namespace {

TEST(Digest, AgreesWithB2sum) {
  // printf '' | b2sum -l 256; printf abc | b2sum -l 256 (coreutils 9.1)
  EXPECT_EQ(Digest{}.hex(), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
  EXPECT_EQ(Digest{}.add("abc").hex(),
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

TEST(Digest, DoesNotDependOnHowTheBytesArrive) {
  EXPECT_TRUE(rc::check([](const std::string& text) {
    const auto cut = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
    Digest parts;
    parts.add(std::string_view{text}.substr(0, cut));
    RC_ASSERT(parts.hex() == Digest{}.add(text.substr(0, cut)).hex());
    parts.add(std::string_view{text}.substr(cut));
    RC_ASSERT(parts.hex() == Digest{}.add(text).hex());
  }));
}

}  // namespace
}  // namespace v6
