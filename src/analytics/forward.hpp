#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "analytics/american.hpp"

namespace v6 {

/// Call and put of one strike, dollars per share.
struct ParityQuote {
  double strike = 0;
  double call_bid = 0;
  double call_ask = 0;
  double put_bid = 0;
  double put_ask = 0;
};

/// What put-call parity says of one expiry.
struct Forward {
  double forward = 0;
  double discount = 1;   // today's price of one dollar at expiry
  double residual = 0;   // median over the strikes used of |C - P - D (F - K)|, dollars
  int strikes_used = 0;  // that agree with the line
};

enum class ForwardError : std::uint8_t {
  kTooFewStrikes,  // fewer than three two-sided pairs within half to twice the spot
  kNoFit,          // the pairs do not lie on a line, or the line is nowhere near the spot
};

[[nodiscard]] std::string_view text_of(ForwardError error);

/// Forward and discount from C - P = D (F - K), mids of the strikes around spot.
/// Pairs that are one-sided, crossed or not finite are left out; wide ones count less, ones off the
/// line not at all, so a minority of wild quotes changes nothing. The window starts at 3% of spot
/// and widens until it holds enough pairs. The discount is `fallback_discount` when there are too
/// few pairs for a slope or the slope's rate is more than 2 points from the fallback's.
/// Needs spot, years and fallback_discount > 0; the strikes in any order. Exact for European
/// exercise only.
[[nodiscard]] std::expected<Forward, ForwardError> fit_forward(std::span<const ParityQuote> quotes,
                                                               double spot, double years,
                                                               double fallback_discount);

/// A share carried to expiry: financed at the rate, less what it pays until then.
struct CarriedShare {
  double spot = 0;
  double years = 0;
  double rate = 0;                          // continuous, a fraction a year, of the curve
  std::span<const CashDividend> dividends;  // those beyond `years` do not count
};

/// spot e^(rate years) less each dividend with its interest: what the share costs at expiry.
[[nodiscard]] double carried_forward(const CarriedShare& carry);

/// What the options say of the forward beside what the share, the curve and its dividends say.
struct ForwardComparison {
  double parity = 0;         // from put-call parity
  double carried = 0;        // `carried_forward`
  double difference = 0;     // parity less carried, dollars
  double implied_yield = 0;  // continuous dividend yield that explains parity without a schedule
  double financing_basis =
      0;  // continuous rate over the curve's that explains it with the schedule
};

/// Needs parity, carried, spot and years > 0.
[[nodiscard]] ForwardComparison compare_forward(double parity, const CarriedShare& carry);

}  // namespace v6
