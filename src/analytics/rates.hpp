#pragma once

#include <array>
#include <optional>
#include <span>

namespace v6 {

/// Treasury par yields as last published. Source of the series: FRED, DGS1MO to DGS2.
struct YieldCurve {
  static constexpr std::array<double, 5> kYears{1.0 / 12.0, 0.25, 0.5, 1.0, 2.0};

  /// Bond-equivalent, percent a year (2.43 is 2.43%), for 1, 3, 6, 12 and 24 months.
  std::array<std::optional<double>, 5> percent;

  [[nodiscard]] bool empty() const;

  /// Takes a later day's yields, percent in the order of kYears. What is missing there (a holiday,
  /// a tenor not quoted) keeps its last value. Needs no more of them than kYears.
  void publish(std::span<const std::optional<double>> later);

  /// Continuous rate, a fraction a year: linear in years between the yields present, flat beyond.
  /// 0 when the curve is empty.
  [[nodiscard]] double rate_at(double years) const;

  /// Today's price of one dollar in `years`; 1 when the curve is empty.
  [[nodiscard]] double discount_at(double years) const;
};

}  // namespace v6
