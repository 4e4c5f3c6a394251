#include "portfolio/greeks.hpp"

namespace v6 {

PortfolioGreeks portfolio_greeks(std::span<const GreekPosition> positions) {
  PortfolioGreeks portfolio;
  for (const GreekPosition& position : positions) {
    const Instrument& instrument = position.contract.instrument();
    const double shares =
        static_cast<double>(position.quantity.raw()) * instrument.multiplier.raw();
    const BookGreeks dollars =
        dollar_greeks(position.greeks, shares, position.spot, instrument.beta_to_spy);
    UnderlyingGreeks& sum = portfolio.underlyings[instrument.underlying];
    sum.shares.delta += shares * position.greeks.delta;
    sum.shares.gamma += shares * position.greeks.gamma;
    sum.shares.theta += shares * position.greeks.theta;
    sum.shares.vega += shares * position.greeks.vega;
    sum.shares.rho += shares * position.greeks.rho;
    sum.dollars += dollars;
    portfolio.book += dollars;
  }
  return portfolio;
}

}  // namespace v6
