#include "analytics/forward.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analytics/scalar_math.hpp"
#include "base/check.hpp"

namespace v6 {
namespace {

constexpr int kLeastStrikes = 3;
constexpr int kSlopeStrikes = 8;
constexpr double kRateBand = 0.02;  // a year, either side of the fallback's rate
constexpr double kWindows[] = {0.03, 0.06, 0.12, 0.25};  // of spot, either side
constexpr double kWorstResidual = 0.01;                  // of spot

/// One strike as a point of the line y = D (F - K), seen from spot: x = K - spot.
struct Point {
  double x;
  double y;
  double width;         // of both quotes together
  double weight = 1.0;  // by width
  double kept = 1.0;    // 0..1, how far the point agrees with the line
};

/// Level at x = 0 and discount: y = level - discount x.
struct Line {
  double level;
  double discount;

  [[nodiscard]] double off(const Point& point) const {
    return point.y - level + discount * point.x;
  }
};

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

bool two_sided(const ParityQuote& quote) {
  return quote.call_bid > 0 && quote.put_bid > 0 && quote.call_ask >= quote.call_bid &&
         quote.put_ask >= quote.put_bid && std::isfinite(quote.call_ask) &&
         std::isfinite(quote.put_ask) && std::isfinite(quote.strike);
}

std::vector<Point> points_near(std::span<const ParityQuote> quotes, double spot) {
  std::vector<Point> points;
  const auto gather = [&](double low, double high) {
    points.clear();
    for (const ParityQuote& quote : quotes) {
      if (quote.strike < low || quote.strike > high || !two_sided(quote)) { continue; }
      points.push_back(
          {.x = quote.strike - spot,
           .y = 0.5 * (quote.call_bid + quote.call_ask) - 0.5 * (quote.put_bid + quote.put_ask),
           .width = (quote.call_ask - quote.call_bid) + (quote.put_ask - quote.put_bid)});
    }
    return static_cast<int>(points.size());
  };
  for (const double window : kWindows) {
    if (gather(spot * (1.0 - window), spot * (1.0 + window)) >= kSlopeStrikes) { return points; }
  }
  gather(0.5 * spot, 2.0 * spot);
  return points;
}

/// Level for a slope that is given: the median, which a minority of wild points cannot move.
double median_level(std::span<const Point> points, double discount) {
  std::vector<double> levels;
  levels.reserve(points.size());
  for (const Point& point : points) { levels.push_back(point.y + discount * point.x); }
  return median(levels);
}

/// A mid is off by a fraction of its width, so wide quotes count less. One much tighter than its
/// neighbours is no better a witness: it may as well be wrong.
void weigh(std::span<Point> points) {
  std::vector<double> widths;
  widths.reserve(points.size());
  for (const Point& point : points) { widths.push_back(point.width); }
  const double usual = 0.01 + median(widths);
  for (Point& point : points) {
    const double share = usual / std::max(point.width, usual);
    point.weight = share * share;
  }
}

double median_residual(std::span<const Point> points, const Line& line) {
  std::vector<double> residuals;
  residuals.reserve(points.size());
  for (const Point& point : points) {
    if (point.kept > 0) { residuals.push_back(std::abs(line.off(point))); }
  }
  return residuals.empty() ? 0.0 : median(residuals);
}

/// Tukey's biweight around the line, its scale the median residual (at least a cent).
void reweigh(std::span<Point> points, const Line& line) {
  for (Point& point : points) { point.kept = 1.0; }
  const double reach = 6.0 * std::max(median_residual(points, line), 0.01);
  for (Point& point : points) {
    const double u = line.off(point) / reach;
    point.kept = std::abs(u) < 1.0 ? (1.0 - u * u) * (1.0 - u * u) : 0.0;
  }
}

/// Weighted least squares; with `slope` only the level is free.
Line least_squares(std::span<const Point> points, const double* slope) {
  double sum = 0;
  double sum_x = 0;
  double sum_y = 0;
  for (const Point& point : points) {
    const double weight = point.weight * point.kept;
    sum += weight;
    sum_x += weight * point.x;
    sum_y += weight * point.y;
  }
  const double mean_x = sum_x / sum;
  const double mean_y = sum_y / sum;
  double discount = 0;
  if (slope != nullptr) {
    discount = *slope;
  } else {
    double sum_xx = 0;
    double sum_xy = 0;
    for (const Point& point : points) {
      const double weight = point.weight * point.kept;
      sum_xx += weight * (point.x - mean_x) * (point.x - mean_x);
      sum_xy += weight * (point.x - mean_x) * (point.y - mean_y);
    }
    discount = -sum_xy / sum_xx;  // NaN for one strike alone: outside every band
  }
  return {.level = mean_y + discount * mean_x, .discount = discount};
}

/// From the median line on, weights and line by turns. Leaves the last weights in the points.
Line fit(std::span<Point> points, double fallback_discount, bool slope_too) {
  constexpr int kRounds = 8;
  Line line{.level = median_level(points, fallback_discount), .discount = fallback_discount};
  for (int round = 0; round < kRounds; ++round) {
    reweigh(points, line);
    const Line next = least_squares(points, slope_too ? nullptr : &fallback_discount);
    const bool settled =
        std::abs(next.level - line.level) < 1e-6 && std::abs(next.discount - line.discount) < 1e-9;
    line = next;
    if (settled || !std::isfinite(line.level)) { break; }
  }
  return line;
}

}  // namespace

std::string_view text_of(ForwardError error) {
  switch (error) {
    case ForwardError::kTooFewStrikes: return "too few two-sided strikes";
    case ForwardError::kNoFit: return "quotes do not agree on a forward";
  }
  return "?";
}

std::expected<Forward, ForwardError> fit_forward(std::span<const ParityQuote> quotes, double spot,
                                                 double years, double fallback_discount) {
  V6_CHECK(spot > 0 && years > 0 && fallback_discount > 0, "forward of nothing");
  std::vector<Point> points = points_near(quotes, spot);
  const auto count = static_cast<int>(points.size());
  if (count < kLeastStrikes) { return std::unexpected{ForwardError::kTooFewStrikes}; }

  weigh(points);
  const double band = exact::exp(kRateBand * years);
  const auto sane = [&](const Line& line) {
    return std::isfinite(line.level) && line.discount >= fallback_discount / band &&
           line.discount <= fallback_discount * band;
  };
  Line line = fit(points, fallback_discount, count >= kSlopeStrikes);
  if (!sane(line)) { line = fit(points, fallback_discount, false); }

  Forward result{.forward = spot + line.level / line.discount,
                 .discount = line.discount,
                 .residual = median_residual(points, line)};
  result.strikes_used = static_cast<int>(
      std::ranges::count_if(points, [](const Point& point) { return point.kept > 0; }));
  const bool near = result.forward > 0.5 * spot && result.forward < 2.0 * spot;
  if (!near || 2 * result.strikes_used < count || result.strikes_used < kLeastStrikes ||
      result.residual > kWorstResidual * spot) {
    return std::unexpected{ForwardError::kNoFit};
  }
  return result;
}

double carried_forward(const CarriedShare& carry) {
  double forward = carry.spot * exact::exp(carry.rate * carry.years);
  for (const CashDividend& dividend : carry.dividends) {
    if (dividend.years > carry.years) { continue; }
    forward -= dividend.amount * exact::exp(carry.rate * (carry.years - dividend.years));
  }
  return forward;
}

ForwardComparison compare_forward(double parity, const CarriedShare& carry) {
  const double carried = carried_forward(carry);
  V6_CHECK(parity > 0 && carried > 0 && carry.spot > 0 && carry.years > 0, "forward of nothing");
  return {.parity = parity,
          .carried = carried,
          .difference = parity - carried,
          .implied_yield = carry.rate - exact::log(parity / carry.spot) / carry.years,
          .financing_basis = exact::log(parity / carried) / carry.years};
}

}  // namespace v6
