#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "analytics/black.hpp"
#include "analytics/forward.hpp"

namespace v6 {

struct SmilePoint {
  double strike = 0;
  double volatility = 0;
};

/// Implied volatility of one expiry by strike: linear between its points, flat beyond the ends.
class Smile {
 public:
  /// Needs at least one point, strikes ascending, and years > 0.
  Smile(std::vector<SmilePoint> points, const Forward& forward, double years);

  [[nodiscard]] double at(double strike) const;
  /// The same of many; quickest when they ascend.
  void at(std::span<const double> strikes, std::span<double> volatilities) const;
  /// At the money: at the forward.
  [[nodiscard]] double atm() const { return atm_; }
  [[nodiscard]] double forward() const { return forward_.forward; }
  [[nodiscard]] double discount() const { return forward_.discount; }
  [[nodiscard]] double years() const { return years_; }
  [[nodiscard]] const std::vector<SmilePoint>& points() const { return points_; }
  /// Hands its points over, for their memory to be used again.
  [[nodiscard]] std::vector<SmilePoint> release() && { return std::move(points_); }

 private:
  /// `above` is the first point not below the strike.
  [[nodiscard]] double from(std::vector<SmilePoint>::const_iterator above, double strike) const;

  std::vector<SmilePoint> points_;  // ascending
  Forward forward_;
  double years_;
  double atm_;
};

/// Mids of one strike; absent where there is no two-sided quote.
struct StrikeQuote {
  double strike = 0;
  std::optional<double> call_mid;
  std::optional<double> put_mid;
};

enum class SmileError : std::uint8_t { kTooFewPoints, kNoTime };

[[nodiscard]] std::string_view text_of(SmileError error);

/// A point per strike from its out-of-the-money side: puts below the forward, calls from it on.
/// A strike whose mid is absent or implies no volatility gives no point; fewer than three points
/// are no smile. Strikes ascending.
[[nodiscard]] std::expected<Smile, SmileError> make_smile(std::span<const StrikeQuote> quotes,
                                                          const Forward& forward, double years);

}  // namespace v6
