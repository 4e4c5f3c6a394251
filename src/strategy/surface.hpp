#pragma once

#include <expected>
#include <optional>
#include <span>
#include <vector>

#include "analytics/american.hpp"
#include "analytics/forward.hpp"
#include "analytics/smile.hpp"

namespace v6 {

/// What the options of one expiry are valued with where they may be exercised early: the spot
/// model.
struct EarlyExercise {
  Smile smile;  // volatilities of the spot model
  double spot = 0;
  double rate = 0;                      // continuous, a fraction a year
  std::vector<CashDividend> dividends;  // ascending
  Forward parity;                       // what put-call parity says: near the truth only

  [[nodiscard]] CarriedShare carry() const {
    return {.spot = spot, .years = smile.years(), .rate = rate, .dividends = dividends};
  }
};

/// Dollars a share, held long.
struct ModelValue {
  double price = 0;
  Greeks greeks;
};

/// Forward and smile of one expiry: what the market says of the day the options end.
struct Surface {
  /// Parity's; that of the carried share where exercise is American.
  Forward forward;
  /// Black's volatilities; of American options once what early exercise adds is taken off.
  Smile smile;
  std::optional<EarlyExercise> early = std::nullopt;  // absent: European

  /// What a quote of this strike implies, to be held beside a broker's.
  [[nodiscard]] double volatility(double strike) const;
  [[nodiscard]] ModelValue value(OptionRight right, double strike, double spot) const;
  /// The surface once the spot has moved by this factor: the forward moves with it, each strike
  /// keeps its volatility.
  [[nodiscard]] Surface moved(double factor) const;
};

/// The options of one right on this share.
[[nodiscard]] AmericanSlice american_slice(OptionRight right, const CarriedShare& carry);

/// From the out-of-the-money side of every strike, as `make_smile`, at the forward of the share
/// carried to expiry.
[[nodiscard]] std::expected<Surface, SmileError> american_surface(
    std::span<const StrikeQuote> quotes, const CarriedShare& carry, const Forward& parity);

}  // namespace v6
