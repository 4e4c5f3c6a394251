#include "strategy/leg_table.hpp"

#include <algorithm>

namespace v6 {

void LegTable::start(OptionRight right) {
  right_ = right;
  ascending_ = true;
  places_.clear();
  raw_strikes_.clear();
  rights_.clear();
  strikes_.clear();
}

void LegTable::add(std::uint32_t place, Price strike) {
  ascending_ = ascending_ && (raw_strikes_.empty() || raw_strikes_.back() < strike.raw());
  places_.push_back(place);
  raw_strikes_.push_back(strike.raw());
  rights_.push_back(right_);
  strikes_.push_back(strike.dollars());
}

std::uint32_t LegTable::first_from(double strike) const {
  if (!ascending_) { return 0; }
  const auto found = std::ranges::lower_bound(strikes_, strike);
  return static_cast<std::uint32_t>(found - strikes_.begin());
}

void LegTable::value(const Surface& surface, double spot) {
  const Smile& smile = surface.smile;
  volatilities_.resize(size());
  smile.at(strikes_, volatilities_);
  for (auto* column : {&prices_, &deltas_, &gammas_, &thetas_, &vegas_, &rhos_}) {
    column->resize(size());
  }
  american_.clear();
  if (surface.early) {
    value_american(surface, spot);
    return;
  }
  black_values({.spot = spot,
                .forward = smile.forward(),
                .discount = smile.discount(),
                .years = smile.years()},
               columns(), volatilities_,
               {.prices = prices_,
                .deltas = deltas_,
                .gammas = gammas_,
                .thetas = thetas_,
                .vegas = vegas_,
                .rhos = rhos_});
}

void LegTable::value_american(const Surface& surface, double spot) {
  for (std::size_t i = 0; i < size(); ++i) {
    american_.push_back(surface.volatility(strikes_[i]));
    const auto [price, greeks] = surface.value(right_, strikes_[i], spot);
    prices_[i] = price;
    deltas_[i] = greeks.delta;
    gammas_[i] = greeks.gamma;
    thetas_[i] = greeks.theta;
    vegas_[i] = greeks.vega;
    rhos_[i] = greeks.rho;
  }
}

}  // namespace v6
