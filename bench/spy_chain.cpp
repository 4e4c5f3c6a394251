#include "bench/spy_chain.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include "analytics/option_right.hpp"
#include "bench/exact_black.hpp"

namespace v6::bench {
namespace {

constexpr double kSpot = 600.0;
constexpr double kRate = 0.043;
constexpr double kYield = 0.012;
constexpr double kLeastPrice = 0.01;
constexpr std::array kDays{1,  2,  3,  4,  7,  8,  9,  10, 11, 14, 17, 21,
                           24, 28, 35, 42, 49, 56, 63, 70, 77, 84, 90};

BlackSlice slice_of(int days) {
  const double years = days / 365.0;
  return {.spot = kSpot,
          .forward = kSpot * std::exp((kRate - kYield) * years),
          .discount = std::exp(-kRate * years),
          .years = years,
          .carry = Carry{.rate = kRate, .yield = kYield}};
}

/// The smile of one day: higher for low strikes, steeper for near expiries, never straight.
class SmileOfTheDay {
 public:
  SmileOfTheDay(Dice& dice, double years)
      : root_{std::sqrt(years + 0.02)},
        level_{dice.between(0.13, 0.22)},
        skew_{dice.between(0.10, 0.16)},
        bend_{dice.between(0.15, 0.35)} {}

  [[nodiscard]] double at(double moneyness, Dice& dice) const {
    const double x = std::clamp(moneyness / root_, -0.6, 0.6);
    return (level_ - skew_ * x + bend_ * x * x) * dice.between(0.98, 1.02);
  }

 private:
  double root_;
  double level_;
  double skew_;
  double bend_;
};

void add(Expiry& expiry, OptionRight right, double strike, double volatility) {
  const BlackSlice& slice = expiry.slice;
  expiry.rights.push_back(right);
  expiry.strikes.push_back(strike);
  expiry.volatilities.push_back(volatility);
  expiry.prices.push_back(exact_volatility({.right = right,
                                            .forward = slice.forward,
                                            .strike = strike,
                                            .volatility = volatility,
                                            .years = slice.years,
                                            .discount = slice.discount})
                              .price);
}

double outside_price(const BlackSlice& slice, double strike, double volatility) {
  return black_price({.right = strike < slice.forward ? OptionRight::kPut : OptionRight::kCall,
                      .forward = slice.forward,
                      .strike = strike,
                      .volatility = volatility,
                      .years = slice.years,
                      .discount = slice.discount});
}

struct Listed {
  double strike;
  double volatility;
};

/// Every strike of the step that is quotable.
std::vector<Listed> listed(const BlackSlice& slice, double step, Dice& dice) {
  const SmileOfTheDay smile{dice, slice.years};
  std::vector<Listed> found;
  // The bounds are those of the batch solver's own chart, |ln F/K| < 0.48, with room to spare.
  for (double strike = 380.0; strike <= 940.0; strike += step) {
    const double volatility = smile.at(std::log(strike / slice.forward), dice);
    if (outside_price(slice, strike, volatility) >= kLeastPrice) {
      found.push_back({strike, volatility});
    }
  }
  return found;
}

Expiry expiry_of(int days, const std::vector<Listed>& strikes, Dice& dice) {
  Expiry expiry{.slice = slice_of(days), .days = days};
  struct Option {
    OptionRight right;
    Listed listed;
  };
  std::vector<Option> options;
  for (const Listed& strike : strikes) {
    options.push_back({OptionRight::kCall, strike});
    options.push_back({OptionRight::kPut, strike});
  }
  dice.shuffle(options);
  for (const Option& option : options) {
    add(expiry, option.right, option.listed.strike, option.listed.volatility);
  }
  return expiry;
}

}  // namespace

double Dice::between(double low, double high) {
  return low + (high - low) * (static_cast<double>(engine_() >> 11U) * 0x1p-53);
}

std::size_t Dice::below(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }

BlackInputs inputs_of(const Expiry& expiry, std::size_t option) {
  return {.right = expiry.rights[option],
          .forward = expiry.slice.forward,
          .strike = expiry.strikes[option],
          .volatility = expiry.volatilities[option],
          .years = expiry.slice.years,
          .discount = expiry.slice.discount};
}

std::vector<Expiry> spy_chain(std::uint64_t seed) {
  Dice dice{seed};
  std::vector<Expiry> chain;
  for (const int days : kDays) {
    chain.push_back(expiry_of(days, listed(slice_of(days), 1.0, dice), dice));
  }
  if (option_count(chain) < 8192) { throw std::logic_error("fewer than 8,192 options"); }
  return chain;
}

std::vector<Expiry> spy_refresh_chain(std::uint64_t seed) {
  constexpr std::size_t kExpiries = 13;
  constexpr std::size_t kStrikes = 240;
  Dice dice{seed};
  std::vector<Expiry> chain;
  for (std::size_t i = 0; i < kExpiries; ++i) {
    const int days = kDays[kDays.size() - kExpiries + i];
    const std::vector<Listed> strikes = listed(slice_of(days), 0.5, dice);
    if (strikes.size() < kStrikes) { throw std::logic_error("fewer than 240 strikes"); }
    // As even a choice as there is.
    std::vector<Listed> chosen;
    for (std::size_t k = 0; k < kStrikes; ++k) {
      chosen.push_back(strikes[k * strikes.size() / kStrikes]);
    }
    chain.push_back(expiry_of(days, chosen, dice));
  }
  return chain;
}

std::size_t option_count(const std::vector<Expiry>& chain) {
  std::size_t count = 0;
  for (const Expiry& expiry : chain) { count += expiry.strikes.size(); }
  return count;
}

std::vector<Single> singles_of(const std::vector<Expiry>& chain, std::uint64_t seed) {
  std::vector<Single> singles;
  for (const Expiry& expiry : chain) {
    for (std::size_t i = 0; i < expiry.strikes.size(); ++i) {
      singles.push_back({.inputs = inputs_of(expiry, i), .price = expiry.prices[i]});
    }
  }
  Dice{seed}.shuffle(singles);
  return singles;
}

}  // namespace v6::bench
