#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/decimal.hpp"

namespace v6 {

/// An exact amount in 1/10,000 US dollar. Amounts of different kinds do not mix.
template <class Kind>
class Fixed {
 public:
  constexpr Fixed() = default;

  /// The only ways in from outside. Errors as base/decimal.hpp; the limit is the kind's own.
  [[nodiscard]] static std::expected<Fixed, NumberError> from_dollars(double dollars) {
    return checked(to_ten_thousandths(dollars, Kind::kLimit));
  }
  [[nodiscard]] static std::expected<Fixed, NumberError> parse(std::string_view text) {
    return checked(parse_decimal(text, Kind::kLimit));
  }
  [[nodiscard]] static constexpr Fixed from_raw(std::int64_t ten_thousandths) {
    Fixed amount;
    amount.value_ = ten_thousandths;
    return amount;
  }
  [[nodiscard]] static constexpr Fixed cents(std::int64_t cents) { return from_raw(cents * 100); }

  [[nodiscard]] constexpr std::int64_t raw() const { return value_; }
  /// For analytics and pictures only; what is booked stays exact.
  [[nodiscard]] constexpr double dollars() const { return static_cast<double>(value_) / 10'000.0; }
  [[nodiscard]] std::string text() const { return decimal_text(value_); }

  friend constexpr auto operator<=>(Fixed, Fixed) = default;
  friend constexpr Fixed operator+(Fixed a, Fixed b) { return from_raw(a.value_ + b.value_); }
  friend constexpr Fixed operator-(Fixed a, Fixed b) { return from_raw(a.value_ - b.value_); }
  friend constexpr Fixed operator-(Fixed a) { return from_raw(-a.value_); }
  /// Whole multiples only: a fraction would lose its decimals on the way in.
  friend constexpr Fixed operator*(Fixed a, std::integral auto times) {
    return from_raw(a.value_ * times);
  }
  constexpr Fixed& operator+=(Fixed other) { return *this = *this + other; }
  constexpr Fixed& operator-=(Fixed other) { return *this = *this - other; }

 private:
  static std::expected<Fixed, NumberError> checked(std::expected<std::int64_t, NumberError> raw) {
    if (!raw) { return std::unexpected{raw.error()}; }
    return from_raw(*raw);
  }
  std::int64_t value_ = 0;
};

struct PriceKind {
  static constexpr std::int64_t kLimit = 1'000'000'0000;
};
struct MoneyKind {
  static constexpr std::int64_t kLimit = 1'000'000'000'0000;
};

/// Price of one share, one option or one unit of a structure. For structures signed as cash to us:
/// positive is a credit received, negative a debit paid.
using Price = Fixed<PriceKind>;
/// Dollars in the account.
using Money = Fixed<MoneyKind>;

/// A count of option contracts, or of units of a structure. Signed where it is a position.
class Contracts {
 public:
  constexpr Contracts() = default;
  explicit constexpr Contracts(std::int32_t count) : count_{count} {}
  [[nodiscard]] static constexpr Contracts from_raw(std::int32_t count) { return Contracts{count}; }
  [[nodiscard]] constexpr std::int32_t raw() const { return count_; }

  friend constexpr auto operator<=>(Contracts, Contracts) = default;
  friend constexpr Contracts operator+(Contracts a, Contracts b) {
    return Contracts{a.count_ + b.count_};
  }
  friend constexpr Contracts operator-(Contracts a, Contracts b) {
    return Contracts{a.count_ - b.count_};
  }
  friend constexpr Contracts operator-(Contracts a) { return Contracts{-a.count_}; }
  constexpr Contracts& operator+=(Contracts other) { return *this = *this + other; }
  constexpr Contracts& operator-=(Contracts other) { return *this = *this - other; }

 private:
  std::int32_t count_ = 0;
};

/// Shares (or index units) per option contract.
class Multiplier {
 public:
  constexpr Multiplier() = default;
  explicit constexpr Multiplier(std::int32_t shares) : shares_{shares} {}
  [[nodiscard]] static constexpr Multiplier from_raw(std::int32_t shares) {
    return Multiplier{shares};
  }
  [[nodiscard]] constexpr std::int32_t raw() const { return shares_; }
  friend constexpr auto operator<=>(Multiplier, Multiplier) = default;

 private:
  std::int32_t shares_ = 100;
};

/// price x multiplier x contracts; the one place where prices become cash.
[[nodiscard]] constexpr Money premium(Price price, Multiplier multiplier, Contracts contracts) {
  return Money::from_raw(price.raw() * multiplier.raw() * contracts.raw());
}

}  // namespace v6
