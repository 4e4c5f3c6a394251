#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "analytics/american.hpp"
#include "analytics/payoff.hpp"

/// What options held together are worth when the market moves: each keeps its own volatility, rate
/// and carry while spot, the level of volatility and the date change.
namespace v6::analytics {

/// What the value of an option hangs on besides where it may be exercised early: the spot model.
struct HeldEarly {
  double rate = 0;                      // continuous, a fraction a year
  std::vector<CashDividend> dividends;  // ascending
};

/// One option of a position and what its value hangs on today.
struct HeldOption {
  OptionRight right;
  double strike = 0;
  double quantity = 0;                            // negative when short
  double volatility = 0;                          // its own, a fraction a year
  double years = 0;                               // to its expiry
  double forward = 0;                             // of that expiry
  double discount = 1;                            // to that expiry
  std::optional<HeldEarly> early = std::nullopt;  // absent: European
};

/// Where the market goes from today.
struct MarketMove {
  double spot = 0;        // the new one
  double volatility = 1;  // times each option's own
  double years = 0;       // that pass
};

/// Value of the position after a move from `spot`, dollars per share of its quantities. Forward
/// over spot and the discount keep their rates, dividends their dates: what goes ex on the way has
/// been paid. An option that expires on the way is worth what it would pay at the new spot. Needs
/// spots and forwards > 0; a new spot of 0 is the limit.
[[nodiscard]] double value_after(std::span<const HeldOption> position, double spot,
                                 const MarketMove& move);

/// The axes of a stress grid.
struct StressAxes {
  std::vector<double> spots;         // relative moves: -0.20 is 20 % down
  std::vector<double> volatilities;  // relative moves: 1.0 doubles every volatility
  std::vector<double> years;         // that pass
};

/// Change of value against today for every combination: by years, then volatility, then spot, the
/// last the fastest.
[[nodiscard]] std::vector<double> stress(std::span<const HeldOption> position, double spot,
                                         const StressAxes& axes);

// A position of several expiries bends smoothly at the nearest one, so its zeros and extremes are
// searched for: between `levels`, ascending, which must be fine enough to part two zeros.

/// Zeros of `profit`, ascending, bisected until no number lies between.
[[nodiscard]] std::vector<double> zeros_between(std::span<const double> levels,
                                                const std::function<double(double)>& profit);

/// Least and greatest `profit` from the first level to the last; around the best level refined to
/// about 1e-8 of the range.
struct Extremes {
  double least = 0;
  double greatest = 0;
};
[[nodiscard]] Extremes extremes_between(std::span<const double> levels,
                                        const std::function<double(double)>& profit);

}  // namespace v6::analytics
