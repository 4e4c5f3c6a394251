#pragma once

/// QuantLib behind a plain C interface: it needs a Boost that must not meet ours, so the library
/// around it is compiled by itself and nothing of either crosses this line.
/// Dollars per share, years, fractions a year. Whatever QuantLib throws comes back as NaN.
extern "C" {

/// blackFormulaImpliedStdDev to 1e-12, over the square root of years.
double quantlib_implied_volatility(bool call, double price, double forward, double strike,
                                   double years, double discount);

/// BlackCalculator: price, delta, gamma, theta (a year), vega, rho (per 1.00), into six doubles.
void quantlib_black(bool call, double spot, double forward, double strike, double volatility,
                    double years, double discount, double* values);

struct QuantlibOption {
  bool call;
  double spot;
  double strike;
  double volatility;
  int days;  // to expiry, 365 a year
  double rate;
  double yield;
};

enum QuantlibScheme { kQuantlibFast, kQuantlibAccurate };

/// QdFpAmericanEngine's kernel, without the instrument around it. Calls by put-call symmetry.
double quantlib_american(const QuantlibOption* option, QuantlibScheme scheme);

struct QuantlibDividend {
  int days;
  double amount;
};

struct QuantlibGrid {
  int times;
  int spots;
};

/// FdBlackScholesVanillaEngine, American exercise, spot model.
double quantlib_american_dividends(const QuantlibOption* option, const QuantlibDividend* dividends,
                                   int count, QuantlibGrid grid);
}
