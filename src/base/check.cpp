#include "base/check.hpp"

#include <fmt/format.h>

namespace v6 {

void fail_check(const char* condition, const std::string& why, std::source_location where) {
  throw BrokenInvariant(
      fmt::format("{}:{}: {} ({})", where.file_name(), where.line(), why, condition));
}

}  // namespace v6
