#include "analytics/american.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "analytics/american_dividends.hpp"
#include "analytics/american_yield.hpp"
#include "analytics/option_right.hpp"
#include "analytics/scalar_math.hpp"
#include "base/check.hpp"

namespace v6 {
namespace {

/// Whether cash is paid before the option ends.
bool pays_cash(std::span<const CashDividend> dividends, double years) {
  return std::ranges::any_of(dividends, [&](const CashDividend& dividend) {
    return dividend.years >= 0 && dividend.years <= years && dividend.amount != 0;
  });
}

AmericanSlice slice_of(const AmericanInputs& inputs) {
  return {.right = inputs.right,
          .spot = inputs.spot,
          .years = inputs.years,
          .rate = inputs.rate,
          .yield = inputs.yield,
          .dividends = inputs.dividends};
}

double price_of(const AmericanInputs& inputs, AmericanMethod method) {
  if (!pays_cash(inputs.dividends, inputs.years)) { return yield_price(inputs, method); }
  if (method == AmericanMethod::kReference) { return dividend_value(inputs, method).price; }
  double price = 0;
  dividend_prices(slice_of(inputs), {&inputs.strike, 1}, {&inputs.volatility, 1}, {&price, 1});
  return price;
}

/// The European terms of an American option; cash dividends are left out.
BlackInputs european_of(const AmericanInputs& inputs) {
  return {.right = inputs.right,
          .forward = inputs.spot * exact::exp((inputs.rate - inputs.yield) * inputs.years),
          .strike = inputs.strike,
          .volatility = inputs.volatility,
          .years = inputs.years,
          .discount = exact::exp(-inputs.rate * inputs.years)};
}

/// Time value up to this is none.
double rounding_of(double spot, double strike) { return 1e-13 * (spot + strike); }

/// The price no volatility reaches: a call's share, a put's strike, today's or, where the rate is
/// negative, that of expiry.
double most_of(const AmericanInputs& inputs) {
  const bool call = inputs.right == OptionRight::kCall;
  const double grown = exact::exp(-(call ? inputs.yield : inputs.rate) * inputs.years);
  return (call ? inputs.spot : inputs.strike) * std::max(grown, 1.0);
}

/// The volatility sought lies in (low, high]; `excess` is what the price at high is above it.
struct Bracket {
  double low = 0;
  double high = 0;
  double excess = 0;
};

/// From above by the European volatility: waiting is worth no more than the American option.
template <class Excess>
std::expected<Bracket, IvError> bracket_of(const AmericanInputs& inputs, double price,
                                           const Excess& excess) {
  constexpr double kWidest = 8.0;  // deviations at which the price has reached its limit
  const BlackInputs terms = european_of(inputs);
  const auto european = implied_volatility(terms.right, price, terms.forward, terms.strike,
                                           terms.years, terms.discount);
  Bracket bracket{.high = european ? *european * (1.0 + 1e-9) : 0.2};
  bracket.excess = excess(bracket.high);
  while (bracket.excess < 0) {
    if (bracket.high * std::sqrt(inputs.years) > kWidest) {
      return std::unexpected{IvError::kAboveMaximum};
    }
    bracket.low = bracket.high;
    bracket.high *= 1.5;
    bracket.excess = excess(bracket.high);
  }
  return bracket;
}

/// Secants through the last two points while they stay inside the bracket, and at the latest every
/// third time a halving of it.
template <class Excess>
std::expected<double, IvError> search(Bracket bracket, double guess, const Excess& excess) {
  constexpr int kMaxIterations = 150;
  constexpr double kPrecision = 1e-12;
  double older = bracket.high;
  double older_excess = bracket.excess;
  double next = guess;
  for (int i = 0; i < kMaxIterations; ++i) {
    const bool inside = next > bracket.low && next < bracket.high;
    if (!inside) { next = 0.5 * (bracket.low + bracket.high); }
    const double width = bracket.high - bracket.low;
    const double at = excess(next);
    (at < 0 ? bracket.low : bracket.high) = next;
    const bool still = std::abs(next - older) <= kPrecision * next;
    if (at == 0 || still || bracket.high - bracket.low <= kPrecision * next) { return next; }
    const double secant = next - at * (next - older) / (at - older_excess);
    const bool halve = i % 3 == 2 && bracket.high - bracket.low > 0.5 * width;
    older = next;
    older_excess = at;
    next = std::isfinite(secant) && !halve ? secant : 0.5 * (bracket.low + bracket.high);
  }
  return std::unexpected{IvError::kNoConvergence};
}

AmericanInputs option_of(const AmericanSlice& slice, double strike, double volatility) {
  return {.right = slice.right,
          .spot = slice.spot,
          .strike = strike,
          .volatility = volatility,
          .years = slice.years,
          .rate = slice.rate,
          .yield = slice.yield,
          .dividends = slice.dividends};
}

/// Volatilities of many on their way: the first step by the European vega, which leads nearly to
/// the root since what exercise adds hardly changes, the others by secants.
class Steps {
 public:
  Steps(const AmericanSlice& slice, std::span<const double> strikes, std::span<const double> prices)
      : slice_{slice}, strikes_{strikes}, prices_{prices} {}

  /// From the guesses on; those whose steps end are marked as found.
  void walk(std::span<double> volatilities, std::vector<bool>& found) {
    constexpr int kMostPasses = 12;
    constexpr double kPrecision = 1e-10;
    start(volatilities);
    for (int pass = 0; pass < kMostPasses && !open_.empty(); ++pass) {
      for (Option& option : open_) { option.volatility = volatilities[option.place]; }
      evaluate();
      std::erase_if(open_, [&](Option& option) {
        const double step = (prices_[option.place] - option.value) / slope_of(option);
        if (!std::isfinite(step)) { return true; }
        option.volatility_before = option.volatility;
        option.value_before = option.value;
        volatilities[option.place] += std::clamp(step, -0.5 * option.volatility, option.volatility);
        found[option.place] = std::abs(step) <= kPrecision * option.volatility;
        return static_cast<bool>(found[option.place]);
      });
    }
  }

 private:
  struct Option {
    std::size_t place = 0;
    double volatility = 0;
    double value = 0;
    double volatility_before = 0;  // 0: none
    double value_before = 0;
  };

  void start(std::span<const double> volatilities) {
    const double sign = slice_.right == OptionRight::kCall ? 1.0 : -1.0;
    for (std::size_t i = 0; i < strikes_.size(); ++i) {
      const double rest = prices_[i] - std::max(sign * (slice_.spot - strikes_[i]), 0.0);
      if (volatilities[i] > 0 && rest > rounding_of(slice_.spot, strikes_[i])) {
        open_.push_back({.place = i});
      }
    }
  }
  void evaluate() {
    strikes_now_.clear();
    volatilities_now_.clear();
    for (const Option& option : open_) {
      strikes_now_.push_back(strikes_[option.place]);
      volatilities_now_.push_back(option.volatility);
    }
    values_.resize(open_.size());
    american_prices(slice_, strikes_now_, volatilities_now_, values_);
    for (std::size_t k = 0; k < open_.size(); ++k) { open_[k].value = values_[k]; }
  }
  [[nodiscard]] double slope_of(const Option& option) const {
    if (option.volatility_before > 0) {
      return (option.value - option.value_before) / (option.volatility - option.volatility_before);
    }
    const AmericanInputs inputs = option_of(slice_, strikes_[option.place], option.volatility);
    return 100.0 * black_greeks(european_of(inputs), slice_.spot).vega;
  }

  const AmericanSlice& slice_;
  std::span<const double> strikes_, prices_;
  std::vector<Option> open_;
  std::vector<double> strikes_now_, volatilities_now_, values_;
};

}  // namespace

AmericanValue american_value(const AmericanInputs& inputs, AmericanMethod method) {
  return pays_cash(inputs.dividends, inputs.years) ? dividend_value(inputs, method)
                                                   : yield_value(inputs, method);
}

void american_prices(const AmericanSlice& slice, std::span<const double> strikes,
                     std::span<const double> volatilities, std::span<double> prices) {
  pays_cash(slice.dividends, slice.years) ? dividend_prices(slice, strikes, volatilities, prices)
                                          : yield_prices(slice, strikes, volatilities, prices);
}

void european_prices(const AmericanSlice& slice, std::span<const double> strikes,
                     std::span<const double> volatilities, std::span<double> prices) {
  if (pays_cash(slice.dividends, slice.years)) {
    dividend_europeans(slice, strikes, volatilities, prices);
    return;
  }
  for (std::size_t i = 0; i < prices.size(); ++i) {
    prices[i] = black_price(european_of(option_of(slice, strikes[i], volatilities[i])));
  }
}

std::expected<double, IvError> american_implied_volatility(AmericanInputs inputs, double price,
                                                           AmericanMethod method) {
  const std::array numbers{price, inputs.years, inputs.rate, inputs.yield};
  const std::array positives{inputs.spot, inputs.strike};
  if (!std::ranges::all_of(numbers, [](double x) { return std::isfinite(x); }) ||
      !std::ranges::all_of(positives, [](double x) { return std::isfinite(x) && x > 0; })) {
    return std::unexpected{IvError::kNotFinite};
  }
  if (price <= 0) { return std::unexpected{IvError::kNoPrice}; }
  if (inputs.years <= 0) { return std::unexpected{IvError::kNoTime}; }

  const auto excess = [&](double volatility) {
    inputs.volatility = volatility;
    return price_of(inputs, method) - price;
  };
  // Without volatility the option is worth its exercise on the best day, today or another.
  const double rounding = rounding_of(inputs.spot, inputs.strike);
  const double least = excess(0);
  if (least > rounding) { return std::unexpected{IvError::kBelowIntrinsic}; }
  if (least >= -rounding) { return std::unexpected{IvError::kNoTimeValue}; }
  if (price >= most_of(inputs)) { return std::unexpected{IvError::kAboveMaximum}; }

  const auto bracket = bracket_of(inputs, price, excess);
  if (!bracket) { return std::unexpected{bracket.error()}; }
  inputs.volatility = bracket->high;
  const double vega = 100.0 * black_greeks(european_of(inputs), inputs.spot).vega;
  const double guess = vega > 0 ? bracket->high - bracket->excess / vega : bracket->high;
  return search(*bracket, guess, excess);
}

void american_implied_volatilities(const AmericanSlice& slice, std::span<const double> strikes,
                                   std::span<const double> prices, const VolatilityColumns& out) {
  V6_CHECK(strikes.size() == prices.size() && strikes.size() == out.volatilities.size() &&
               strikes.size() == out.errors.size(),
           "spans of equal length");
  const BlackInputs terms = european_of(option_of(slice, slice.spot, 0));
  double forward = terms.forward;  // near enough to begin with
  for (const CashDividend& dividend : slice.dividends) {
    if (dividend.years >= 0 && dividend.years <= slice.years) { forward -= dividend.amount; }
  }
  const std::vector<OptionRight> rights(strikes.size(), slice.right);
  implied_volatilities({.forward = forward, .discount = terms.discount, .years = terms.years},
                       {.rights = rights, .strikes = strikes}, prices, out);
  std::vector<bool> found(strikes.size());
  Steps{slice, strikes, prices}.walk(out.volatilities, found);
  for (std::size_t i = 0; i < strikes.size(); ++i) {
    out.errors[i].reset();
    if (found[i]) { continue; }
    const auto alone = american_implied_volatility(option_of(slice, strikes[i], 0), prices[i],
                                                   AmericanMethod::kFast);
    out.volatilities[i] = alone.value_or(std::numeric_limits<double>::quiet_NaN());
    if (!alone) { out.errors[i] = alone.error(); }
  }
}

}  // namespace v6
