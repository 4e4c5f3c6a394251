#include "strategy/chance_bounds.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace v6 {
namespace {

constexpr std::size_t kStepsToSide = 8;        // chance_below looks so many steps to either side
constexpr double kDensityMost = 0.39895;       // of the standard normal
constexpr double kDensitySlopeMost = 0.24198;  // and of its slope
constexpr double kRounding = 1e-9;             // of all that is computed, by a wide margin

}  // namespace

/// Put values V at nodes a step apart. Between two nodes, V is off the chord by at most step / 4 x
/// the range of its slope, dV/dK = N(-d2) + vega dsigma/dK; and the chance, (V(L + h) - V(L - h)) /
/// 2h, off its own chord by as much of both, over 2h. A node's bounds are apart by the larger of
/// what its two neighbours ask for. The chance is held inside 0..1, so the upper bounds are held
/// above 0 and the lower ones below 1: no more, or a line between two nodes would cut off some.
void ChanceBounds::build(const Forecast& forecast, double spot, double low, double high) {
  const double side = 0.005 * spot;
  step_ = side / kStepsToSide;
  origin_ = low - step_;
  const auto buckets = static_cast<std::size_t>(std::ceil((high - origin_) / step_)) + 1;
  value_nodes(forecast, origin_ - side, buckets + 1 + 2 * kStepsToSide);
  const std::vector<double>& values = values_[0];
  const double steepest = *std::ranges::max_element(steepest_);
  const double vega_most = forecast.forward() * std::sqrt(forecast.smile().years()) * kDensityMost;
  // How far the chance moves over the slack of a level.
  const double off_level = kLevelSlack * (1.0 + 2.0 * vega_most * steepest) / (2.0 * side);
  const auto chance = [&](std::size_t i) {
    return (values[i + 2 * kStepsToSide] - values[i]) / (2.0 * side);
  };
  least_.clear();
  most_.clear();
  double before = 0;
  for (std::size_t i = 0; i <= buckets; ++i) {
    const double after = step_ / (8.0 * side) * (bends_[i] + bends_[i + 2 * kStepsToSide]);
    const double off = std::max(before, after) + off_level + kRounding;
    least_.push_back(static_cast<float>(std::min(chance(i) - off, 1.0)));
    most_.push_back(static_cast<float>(std::max(chance(i) + off, 0.0)));
    before = after;
  }
}

void ChanceBounds::value_nodes(const Forecast& forecast, double first, std::size_t count) {
  rights_.assign(count, OptionRight::kPut);
  for (auto* column : {&nodes_, &volatilities_, &steepest_, &bends_}) { column->resize(count); }
  for (auto& column : values_) { column.resize(count); }
  for (std::size_t i = 0; i < count; ++i) { nodes_[i] = first + static_cast<double>(i) * step_; }
  const Smile& smile = forecast.smile();
  smile.at(nodes_, volatilities_);
  forecast.values({.rights = rights_, .strikes = nodes_}, volatilities_,
                  {.prices = values_[0],
                   .deltas = values_[1],
                   .gammas = values_[2],
                   .thetas = values_[3],
                   .vegas = values_[4],
                   .rhos = values_[5]});
  const std::vector<SmilePoint>& points = smile.points();
  std::size_t above = 0;  // first point beyond the node
  for (std::size_t i = 0; i < count; ++i) {
    while (above < points.size() && points[above].strike <= nodes_[i]) { ++above; }
    // Slopes of the volatility over [node, node + step]; flat beyond the ends.
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    for (std::size_t k = above;; ++k) {
      const bool flat = k == 0 || k == points.size();
      const double slope = flat ? 0.0
                                : forecast.scale() *
                                      (points[k].volatility - points[k - 1].volatility) /
                                      (points[k].strike - points[k - 1].strike);
      least = std::min(least, slope);
      most = std::max(most, slope);
      if (k == points.size() || points[k].strike > nodes_[i] + step_) { break; }
    }
    steepest_[i] = std::max(std::fabs(least), std::fabs(most));
    bends_[i] = bend(forecast, i, most - least);
  }
}

/// At most so much does the slope of the put's value vary from this node to the next.
double ChanceBounds::bend(const Forecast& forecast, std::size_t node, double slopes) const {
  constexpr double kNoBound = 1e6;
  const double strike = nodes_[node];
  const double change = steepest_[node] * step_;  // of volatility
  const double least = volatilities_[node] - change;
  if (!(strike > 0) || !(least > 0)) { return kNoBound; }
  const double forward = forecast.forward();
  const double root = std::sqrt(forecast.smile().years());
  const double far =
      std::max((strike + step_) / forward, forward / strike) - 1.0;  // at least |ln F/K|
  const double d =
      (step_ / (strike * least) + far * change / (least * least)) / root + 0.5 * root * change;
  return kDensityMost * d +
         forward * root * (kDensityMost * slopes + steepest_[node] * kDensitySlopeMost * d);
}

void ChanceBounds::widen(double span) {
  const auto reach = static_cast<std::size_t>(std::ceil((span + 2.0 * kLevelSlack) / step_)) + 1;
  least_wide_.assign(least_.size(), 0);
  most_wide_.assign(most_.size(), 1);
  for (std::size_t i = 0; i + reach < least_.size(); ++i) {
    const auto from = static_cast<std::ptrdiff_t>(i);
    const auto to = static_cast<std::ptrdiff_t>(i + reach + 1);
    least_wide_[i] = *std::min_element(least_.begin() + from, least_.begin() + to);
    most_wide_[i] = *std::max_element(most_.begin() + from, most_.begin() + to);
  }
}

double ChanceBounds::at(const std::vector<float>& bounds, double level, double none) const {
  const double place = std::floor((level - kLevelSlack - origin_) / step_);
  if (!(place >= 0) || place >= static_cast<double>(bounds.size())) { return none; }
  return double{bounds[static_cast<std::size_t>(place)]};
}

}  // namespace v6
