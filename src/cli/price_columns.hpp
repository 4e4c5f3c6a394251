#pragma once

#include <boost/describe.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace v6 {

/// The columns of a table of options that mean something; all others are carried through.
enum class PriceColumn : std::uint8_t {
  kType,       // C, P, call, put
  kStyle,      // european, american; european if absent or empty
  kStrike,     // dollars
  kSpot,       // dollars; with rate and yield, or else
  kRate,       // continuous, a fraction a year
  kYield,      // continuous, a fraction a year
  kForward,    // dollars; with discount
  kDiscount,   // today's price of one dollar at expiry
  kYears,      // to expiry; or else
  kExpiry,     // its date
  kVol,        // a fraction a year; or, or and
  kPrice,      // dollars
  kDividends,  // years:amount;years:amount
};
BOOST_DESCRIBE_ENUM(PriceColumn, kType, kStyle, kStrike, kSpot, kRate, kYield, kForward, kDiscount,
                    kYears, kExpiry, kVol, kPrice, kDividends)
inline constexpr std::size_t kPriceColumns = 13;

/// What the results are called, in their order. `price` stands only where the input has none.
inline constexpr std::array<std::string_view, 9> kResultColumns = {
    "price", "delta", "gamma", "vega", "theta", "rho", "iv", "premium", "status"};

/// Where a table's columns stand.
class PriceColumns {
 public:
  /// Throws Failure (data) for a column that is missing, stands twice or has the name of a result,
  /// and for both or neither of two alternatives.
  PriceColumns(std::span<const std::string_view> header, std::string_view file);

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] bool has(PriceColumn column) const { return place_of(column).has_value(); }
  /// A row's text in a column; empty where the table has no such column. Needs a row of `count`.
  [[nodiscard]] std::string_view of(std::span<const std::string_view> row,
                                    PriceColumn column) const;

 private:
  [[nodiscard]] std::optional<std::size_t> place_of(PriceColumn column) const {
    return places_[static_cast<std::size_t>(column)];
  }

  std::size_t count_;
  std::array<std::optional<std::size_t>, kPriceColumns> places_{};
};

}  // namespace v6
