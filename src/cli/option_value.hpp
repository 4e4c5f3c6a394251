#pragma once

#include <boost/describe.hpp>

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "analytics/american.hpp"
#include "analytics/black.hpp"
#include "model/contract.hpp"

namespace v6 {

enum class PriceMethod : std::uint8_t { kFast, kReference };
BOOST_DESCRIBE_ENUM(PriceMethod, kFast, kReference)

/// Desk: vega and rho per 0.01, theta per calendar day. Unit: per 1.00 and per year.
enum class GreekUnits : std::uint8_t { kDesk, kUnit };
BOOST_DESCRIBE_ENUM(GreekUnits, kDesk, kUnit)

/// A share, an ETF or an index: dollars, and fractions a year, continuous.
struct SpotMarket {
  double spot = 0;
  double rate = 0;
  double yield = 0;
};

/// A forward price, and today's price of one dollar at expiry.
struct ForwardMarket {
  double forward = 0;
  double discount = 1;
};

/// One option, as asked. Needs a volatility (a fraction a year) or a price; with both, the implied
/// volatility is the price's and the Greeks are at the volatility given.
struct OptionTerms {
  OptionRight right = OptionRight::kCall;
  ExerciseStyle style = ExerciseStyle::kEuropean;
  double strike = 0;
  double years = 0;
  std::variant<SpotMarket, ForwardMarket> market;
  std::optional<double> volatility;
  std::optional<double> price;
  std::vector<CashDividend> dividends;  // ascending
};

/// By a forward, the Greeks are those of an option on it, as Haug's for futures (2007, ch. 1.1.4):
/// delta and gamma per $1 of forward; theta and rho while the forward holds.
struct OptionValue {
  double price = 0;  // at the volatility of the Greeks
  Greeks greeks;
  std::optional<double> iv;        // where a price was given
  double premium = 0;              // of early exercise
  std::optional<double> boundary;  // spot at which exercise is optimal now
};

/// Why a row, or an option, has no value. In the order in which a row is looked at.
enum class PriceStatus : std::uint8_t {
  kOk,
  kBadQuote,   // a quote opened and not closed
  kRaggedRow,  // more or fewer fields than the header
  kBadType,
  kBadStyle,
  kBadStrike,
  kBadSpot,
  kBadRate,
  kBadYield,
  kBadForward,
  kBadDiscount,
  kBadYears,
  kBadExpiry,
  kExpired,  // expiry lies before the day it is priced for
  kBadVol,
  kBadPrice,
  kNoVolOrPrice,
  kBadDividends,
  kDividendsOutOfOrder,
  kDividendsNeedAmerican,
  kAmericanNeedsSpot,  // a forward does not say when early exercise pays
  kNoPrice,            // zero or less: no implied volatility; so are those below
  kNoTime,
  kBelowIntrinsic,
  kAboveMaximum,
  kNoTimeValue,
  kNoConvergence,
  kOutOfRange,  // inputs so extreme that the result is no number
};
BOOST_DESCRIBE_ENUM(PriceStatus, kOk, kBadQuote, kRaggedRow, kBadType, kBadStyle, kBadStrike,
                    kBadSpot, kBadRate, kBadYield, kBadForward, kBadDiscount, kBadYears, kBadExpiry,
                    kExpired, kBadVol, kBadPrice, kNoVolOrPrice, kBadDividends,
                    kDividendsOutOfOrder, kDividendsNeedAmerican, kAmericanNeedsSpot, kNoPrice,
                    kNoTime, kBelowIntrinsic, kAboveMaximum, kNoTimeValue, kNoConvergence,
                    kOutOfRange)

/// For people.
[[nodiscard]] std::string_view text_of(PriceStatus status);

struct ValueSettings {
  PriceMethod method = PriceMethod::kFast;
  GreekUnits units = GreekUnits::kDesk;
};

using Valued = std::expected<OptionValue, PriceStatus>;

/// Price, Greeks, implied volatility and early-exercise premium of one option. Needs finite terms,
/// strike, spot, forward and discount > 0, volatility and years >= 0.
[[nodiscard]] Valued value_option(const OptionTerms& terms, const ValueSettings& settings);

/// The same of many, to the same bit; faster where they are European. Needs spans of equal length.
void value_options(std::span<const OptionTerms> terms, const ValueSettings& settings,
                   std::span<Valued> values);

}  // namespace v6
