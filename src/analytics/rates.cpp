#include "analytics/rates.hpp"

#include <algorithm>

#include "analytics/scalar_math.hpp"

#include "base/check.hpp"

namespace v6 {
namespace {

/// Compounded twice a year, in percent, to continuous.
double continuous(double percent) { return 2.0 * exact::log1p(percent / 200.0); }

}  // namespace

bool YieldCurve::empty() const {
  return std::ranges::none_of(percent, [](const auto& yield) { return yield.has_value(); });
}

void YieldCurve::publish(std::span<const std::optional<double>> later) {
  V6_CHECK(later.size() <= percent.size(), "more yields than the curve has tenors");
  for (std::size_t i = 0; i < later.size(); ++i) {
    if (later[i]) { percent[i] = later[i]; }
  }
}

double YieldCurve::rate_at(double years) const {
  std::optional<double> before_years;
  double before = 0;
  for (std::size_t i = 0; i < kYears.size(); ++i) {
    if (!percent[i]) { continue; }
    const double rate = continuous(*percent[i]);
    if (years <= kYears[i]) {
      if (!before_years) { return rate; }
      const double share = (years - *before_years) / (kYears[i] - *before_years);
      return before + share * (rate - before);
    }
    before_years = kYears[i];
    before = rate;
  }
  return before;
}

double YieldCurve::discount_at(double years) const { return exact::exp(-rate_at(years) * years); }

}  // namespace v6
