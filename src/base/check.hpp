#pragma once

#include <source_location>
#include <stdexcept>
#include <string>

namespace v6 {

/// A broken invariant: a bug of ours, never a fact of the market.
/// Nobody between the failed check and main (or the thread's top) may catch it.
class BrokenInvariant : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void fail_check(const char* condition, const std::string& why,
                             std::source_location where = std::source_location::current());

}  // namespace v6

/// On in release builds: corrupt state must not trade.
#define V6_CHECK(condition, why) \
  ((condition) ? static_cast<void>(0) : ::v6::fail_check(#condition, (why)))
