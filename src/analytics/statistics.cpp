#include "analytics/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analytics/option_right.hpp"
#include "analytics/scalar_math.hpp"

namespace v6 {
namespace {

constexpr double kDaysPerYear = 365.0;
constexpr double kSessionsPerYear = 252.0;

/// The last `count` values, or nothing.
std::optional<std::span<const double>> last(std::span<const double> values, int count) {
  if (count < 1 || values.size() < static_cast<std::size_t>(count)) { return std::nullopt; }
  return values.last(static_cast<std::size_t>(count));
}

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) { sum += value; }
  return sum / static_cast<double>(values.size());
}

/// The strike between `near` (the forward) and `far` whose |delta| is `target`, by bisection.
std::optional<double> strike_of_delta(const Smile& smile, OptionRight right, double spot,
                                      double far, double target) {
  const auto reaches = [&](double strike) {
    const Greeks greeks = black_greeks({.right = right,
                                        .forward = smile.forward(),
                                        .strike = strike,
                                        .volatility = smile.at(strike),
                                        .years = smile.years(),
                                        .discount = smile.discount()},
                                       spot);
    return std::abs(greeks.delta) >= target;
  };
  double near = smile.forward();
  if (!reaches(near) || reaches(far)) { return std::nullopt; }
  for (int i = 0; i < 40; ++i) {
    const double middle = 0.5 * (near + far);
    (reaches(middle) ? near : far) = middle;
  }
  return 0.5 * (near + far);
}

}  // namespace

std::optional<double> constant_maturity(std::span<const TermPoint> points, double target_days) {
  constexpr double kReach = 0.10;
  const double target = target_days / kDaysPerYear;
  const TermPoint* before = nullptr;
  const TermPoint* after = nullptr;
  for (const TermPoint& point : points) {
    if (point.years <= 0) { continue; }
    if (point.years <= target) { before = &point; }
    if (point.years >= target && after == nullptr) { after = &point; }
  }
  if (before != nullptr && after != nullptr) {
    if (!(after->years > before->years)) { return before->atm_volatility; }
    const double share = (target - before->years) / (after->years - before->years);
    const auto variance = [](const TermPoint& point) {
      return point.atm_volatility * point.atm_volatility * point.years;
    };
    const double total = variance(*before) + share * (variance(*after) - variance(*before));
    return std::sqrt(total / target);
  }
  const TermPoint* nearest = before != nullptr ? before : after;
  if (nearest == nullptr || std::abs(nearest->years - target) > kReach * nearest->years) {
    return std::nullopt;
  }
  return nearest->atm_volatility;
}

std::optional<double> term_slope(std::span<const TermPoint> points) {
  const auto near = constant_maturity(points, 30);
  const auto far = constant_maturity(points, 60);
  if (!near || !far) { return std::nullopt; }
  return *far - *near;
}

std::optional<double> realised_volatility(std::span<const double> closes, int returns) {
  if (returns < 2) { return std::nullopt; }
  const auto used = last(closes, returns + 1);
  if (!used || std::ranges::any_of(*used, [](double close) { return !(close > 0); })) {
    return std::nullopt;
  }
  std::vector<double> logs;
  logs.reserve(used->size() - 1);
  for (std::size_t i = 1; i < used->size(); ++i) {
    logs.push_back(exact::log((*used)[i] / (*used)[i - 1]));
  }
  const double centre = mean(logs);
  double squares = 0;
  for (const double value : logs) { squares += (value - centre) * (value - centre); }
  return std::sqrt(squares / (returns - 1) * kSessionsPerYear);
}

std::optional<double> simple_average(std::span<const double> values, int n) {
  const auto used = last(values, n);
  if (!used) { return std::nullopt; }
  return mean(*used);
}

std::optional<double> period_return(std::span<const double> values, int n) {
  if (n < 1) { return std::nullopt; }
  const auto used = last(values, n + 1);
  if (!used || !(used->front() > 0)) { return std::nullopt; }
  return used->back() / used->front() - 1.0;
}

std::optional<double> percentile_of_last(std::span<const double> values, int window) {
  const auto used = last(values, window);
  if (!used) { return std::nullopt; }
  const auto below =
      std::ranges::count_if(*used, [&](double value) { return value < used->back(); });
  return 100.0 * static_cast<double>(below) / window;
}

std::optional<double> rank_of_last(std::span<const double> values, int window) {
  const auto used = last(values, window);
  if (!used) { return std::nullopt; }
  const auto [least, greatest] = std::ranges::minmax(*used);
  if (!(greatest > least)) { return std::nullopt; }
  return 100.0 * (used->back() - least) / (greatest - least);
}

std::optional<double> skew_25_delta(const Smile& smile, double spot) {
  constexpr double kTarget = 0.25;
  const auto put =
      strike_of_delta(smile, OptionRight::kPut, spot, smile.points().front().strike, kTarget);
  const auto call =
      strike_of_delta(smile, OptionRight::kCall, spot, smile.points().back().strike, kTarget);
  if (!put || !call) { return std::nullopt; }
  return smile.at(*put) - smile.at(*call);
}

}  // namespace v6
