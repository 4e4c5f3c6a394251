#include "analytics/smile.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "analytics/black_batch.hpp"
#include "analytics/option_right.hpp"
#include "base/check.hpp"

namespace v6 {

Smile::Smile(std::vector<SmilePoint> points, const Forward& forward, double years)
    : points_{std::move(points)}, forward_{forward}, years_{years} {
  V6_CHECK(!points_.empty() && years_ > 0, "smile of nothing");
  V6_CHECK(std::ranges::is_sorted(points_, std::less_equal{}, &SmilePoint::strike),
           "strikes not ascending");
  atm_ = at(forward_.forward);
}

double Smile::at(double strike) const {
  return from(std::ranges::lower_bound(points_, strike, {}, &SmilePoint::strike), strike);
}

void Smile::at(std::span<const double> strikes, std::span<double> volatilities) const {
  auto above = points_.begin();
  for (std::size_t i = 0; i < strikes.size(); ++i) {
    if (above != points_.begin() && std::prev(above)->strike >= strikes[i]) {
      above = points_.begin();
    }
    while (above != points_.end() && above->strike < strikes[i]) { ++above; }
    volatilities[i] = from(above, strikes[i]);
  }
}

double Smile::from(std::vector<SmilePoint>::const_iterator above, double strike) const {
  if (above == points_.begin()) { return points_.front().volatility; }
  if (above == points_.end()) { return points_.back().volatility; }
  const SmilePoint& low = *std::prev(above);
  const double share = (strike - low.strike) / (above->strike - low.strike);
  return low.volatility + share * (above->volatility - low.volatility);
}

std::string_view text_of(SmileError error) {
  switch (error) {
    case SmileError::kTooFewPoints: return "too few strikes with a volatility";
    case SmileError::kNoTime: return "no time to expiry";
  }
  return "?";
}

std::expected<Smile, SmileError> make_smile(std::span<const StrikeQuote> quotes,
                                            const Forward& forward, double years) {
  constexpr std::size_t kLeastPoints = 3;
  if (!(years > 0)) { return std::unexpected{SmileError::kNoTime}; }
  std::vector<OptionRight> rights;
  std::vector<double> strikes;
  std::vector<double> mids;
  for (const StrikeQuote& quote : quotes) {
    const bool put = quote.strike < forward.forward;
    const auto& mid = put ? quote.put_mid : quote.call_mid;
    if (!mid) { continue; }
    rights.push_back(put ? OptionRight::kPut : OptionRight::kCall);
    strikes.push_back(quote.strike);
    mids.push_back(*mid);
  }
  std::vector<double> volatilities(mids.size());
  std::vector<std::optional<IvError>> errors(mids.size());
  implied_volatilities({.forward = forward.forward, .discount = forward.discount, .years = years},
                       {.rights = rights, .strikes = strikes}, mids,
                       {.volatilities = volatilities, .errors = errors});
  std::vector<SmilePoint> points;
  points.reserve(mids.size());
  for (std::size_t i = 0; i < mids.size(); ++i) {
    if (!errors[i]) { points.push_back({.strike = strikes[i], .volatility = volatilities[i]}); }
  }
  if (points.size() < kLeastPoints) { return std::unexpected{SmileError::kTooFewPoints}; }
  return Smile{std::move(points), forward, years};
}

}  // namespace v6
