#include "analytics/american_tree.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "analytics/scalar_math.hpp"

namespace v6 {
namespace {

constexpr double kNearlyOne = 1.0 - 1e-12;

/// The chance of a step up at which the binomial distribution is normal at z: Peizer and Pratt.
double step_chance(double z) {
  constexpr double kSteps = kTreeSteps;
  const double scaled = z / (kSteps + 1.0 / 3.0 + 0.1 / (kSteps + 1.0));
  const double reach = std::sqrt(0.25 - 0.25 * exact::exp(-scaled * scaled * (kSteps + 1.0 / 6.0)));
  return std::clamp(0.5 + std::copysign(reach, z), 1.0 - kNearlyOne, kNearlyOne);
}

}  // namespace

double tree_put(const TreePut& put) {
  const auto& [spot, volatility, years, rate, yield] = put;
  const double deviation = volatility * std::sqrt(years);
  const double d1 = (exact::log(spot) + (rate - yield) * years) / deviation + 0.5 * deviation;
  const double step = years / kTreeSteps;
  const double growth = exact::exp((rate - yield) * step);
  const double discount = exact::exp(-rate * step);
  const double up_chance = step_chance(d1 - deviation);
  const double up = growth * step_chance(d1) / up_chance;
  const double down = (growth - up_chance * up) / (1.0 - up_chance);
  const double by_up = discount * up_chance;
  const double by_down = discount * (1.0 - up_chance);

  std::array<double, kTreeSteps + 1> spots;
  std::array<double, kTreeSteps + 1> values;
  double lowest = spot;
  for (int i = 0; i < kTreeSteps; ++i) { lowest *= down; }
  const double apart = up / down;
  for (std::size_t j = 0; j <= kTreeSteps; ++j) {
    spots[j] = j == 0 ? lowest : spots[j - 1] * apart;
    values[j] = std::max(1.0 - spots[j], 0.0);
  }
  const double earlier = 1.0 / down;  // node j a step before has the same number of ups
  for (std::size_t left = kTreeSteps; left > 0; --left) {
    for (std::size_t j = 0; j < left; ++j) {
      spots[j] *= earlier;
      values[j] = std::max(by_down * values[j] + by_up * values[j + 1], 1.0 - spots[j]);
    }
  }
  return values[0];
}

}  // namespace v6
