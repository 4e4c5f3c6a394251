#pragma once

#include <boost/describe.hpp>

#include <map>
#include <span>

#include "analytics/black.hpp"
#include "model/contract.hpp"

namespace v6 {

/// Greeks of a book in dollars, signed: delta weighted by beta to SPY (delta x multiplier x spot x
/// beta), gamma for a move of 1 % (gamma x spot / 100 x multiplier x spot), vega for a point of
/// volatility, theta for a day.
struct BookGreeks {
  double delta = 0;
  double gamma = 0;
  double vega = 0;
  double theta = 0;

  constexpr BookGreeks& operator+=(const BookGreeks& other) {
    delta += other.delta;
    gamma += other.gamma;
    vega += other.vega;
    theta += other.theta;
    return *this;
  }
  friend constexpr BookGreeks operator*(const BookGreeks& one, double times) {
    return {one.delta * times, one.gamma * times, one.vega * times, one.theta * times};
  }
};
BOOST_DESCRIBE_STRUCT(BookGreeks, (), (delta, gamma, vega, theta))

/// What `shares` (contracts x multiplier, signed) with these Greeks each bring to the book. The one
/// place where Greeks become dollars.
[[nodiscard]] constexpr BookGreeks dollar_greeks(const Greeks& one, double shares, double spot,
                                                 double beta_to_spy) {
  return {.delta = shares * one.delta * spot * beta_to_spy,
          .gamma = shares * one.gamma * spot / 100.0 * spot,
          .vega = shares * one.vega,
          .theta = shares * one.theta};
}

/// A holding of one option and what one share of it does now.
struct GreekPosition {
  Contract contract;
  Contracts quantity;  // sold: negative
  Greeks greeks;       // of one share, held long
  double spot = 0;     // of the underlying
};

/// Sums over one underlying.
struct UnderlyingGreeks {
  Greeks shares;  // Greek x multiplier x contracts: delta in shares or units of the index
  BookGreeks dollars;
};

struct PortfolioGreeks {
  std::map<Symbol, UnderlyingGreeks> underlyings;
  BookGreeks book;

  /// The book's delta as shares of SPY, at its price.
  [[nodiscard]] double spy_shares(double spy) const { return book.delta / spy; }
};

/// The Greeks of these positions, by underlying and together.
[[nodiscard]] PortfolioGreeks portfolio_greeks(std::span<const GreekPosition> positions);

}  // namespace v6
