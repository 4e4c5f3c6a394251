#include "model/market.hpp"

#include <cmath>
#include <limits>

#include "base/check.hpp"

namespace v6 {
namespace {
constexpr std::int32_t kAbsent = std::numeric_limits<std::int32_t>::min();
constexpr double kMillion = 1e6;
}  // namespace

void OptionalColumn::push_back(std::optional<double> value) {
  if (!value) {
    millionths_.push_back(kAbsent);
    return;
  }
  V6_CHECK(std::fabs(*value) < 2000.0, "a Greek or volatility beyond 2,000");
  millionths_.push_back(static_cast<std::int32_t>(std::lround(*value * kMillion)));
}

std::optional<double> OptionalColumn::at(std::size_t row) const {
  if (millionths_[row] == kAbsent) { return std::nullopt; }
  return millionths_[row] / kMillion;
}

OptionalColumn OptionalColumn::from_raw(std::vector<std::int32_t> millionths) {
  OptionalColumn column;
  column.millionths_ = std::move(millionths);
  return column;
}

}  // namespace v6
