#include "cli/price_row.hpp"

#include <algorithm>

#include "base/decimal.hpp"

namespace v6 {
namespace {

/// `text` is `lower`, whatever its capitals.
bool says(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, [](char one, char other) {
    return (one >= 'A' && one <= 'Z' ? static_cast<char>(one - 'A' + 'a') : one) == other;
  });
}

/// Reads a row's numbers one by one; what is wrong first stays.
class Numbers {
 public:
  Numbers(std::span<const std::string_view> row, const PriceColumns& columns)
      : row_{row}, columns_{&columns} {}

  double any(PriceColumn column, PriceStatus wrong) {
    return checked(column, wrong, [](double) { return true; });
  }
  double above_zero(PriceColumn column, PriceStatus wrong) {
    return checked(column, wrong, [](double value) { return value > 0; });
  }
  double from_zero(PriceColumn column, PriceStatus wrong) {
    return checked(column, wrong, [](double value) { return value >= 0; });
  }
  [[nodiscard]] std::string_view text(PriceColumn column) const {
    return columns_->of(row_, column);
  }
  void refuse(PriceStatus wrong) {
    if (wrong_ == PriceStatus::kOk) { wrong_ = wrong; }
  }
  [[nodiscard]] PriceStatus wrong() const { return wrong_; }

 private:
  double checked(PriceColumn column, PriceStatus wrong, bool (*accepts)(double)) {
    const auto value = parse_double(text(column));
    if (value && accepts(*value)) { return *value; }
    refuse(wrong);
    return 0;
  }

  std::span<const std::string_view> row_;
  const PriceColumns* columns_;
  PriceStatus wrong_ = PriceStatus::kOk;
};

double years_in(Numbers& numbers, const PriceColumns& columns, Date as_of) {
  if (columns.has(PriceColumn::kYears)) {
    return numbers.from_zero(PriceColumn::kYears, PriceStatus::kBadYears);
  }
  const auto expiry = parse_date(numbers.text(PriceColumn::kExpiry));
  if (!expiry) {
    numbers.refuse(PriceStatus::kBadExpiry);
    return 0;
  }
  const auto years = years_between(as_of, *expiry);
  if (!years) { numbers.refuse(years.error()); }
  return years.value_or(0);
}

}  // namespace

std::optional<OptionRight> right_of(std::string_view text) {
  if (says(text, "c") || says(text, "call")) { return OptionRight::kCall; }
  if (says(text, "p") || says(text, "put")) { return OptionRight::kPut; }
  return std::nullopt;
}

std::optional<ExerciseStyle> style_of(std::string_view text) {
  if (says(text, "european")) { return ExerciseStyle::kEuropean; }
  if (says(text, "american")) { return ExerciseStyle::kAmerican; }
  return std::nullopt;
}

std::expected<std::vector<CashDividend>, PriceStatus> dividends_of(std::string_view text) {
  std::vector<CashDividend> schedule;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::string_view one = text.substr(0, end);
    const std::size_t colon = std::min(one.find(':'), one.size());
    const auto years = parse_double(one.substr(0, colon));
    const auto amount = parse_double(one.substr(std::min(colon + 1, one.size())));
    if (!years || !amount || *years <= 0 || *amount < 0 || schedule.size() == kMaxDividends) {
      return std::unexpected{PriceStatus::kBadDividends};
    }
    if (!schedule.empty() && *years <= schedule.back().years) {
      return std::unexpected{PriceStatus::kDividendsOutOfOrder};
    }
    schedule.push_back({.years = *years, .amount = *amount});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return schedule;
}

std::expected<double, PriceStatus> years_between(Date as_of, Date expiry) {
  const int days = days_between(as_of, expiry);
  if (days < 0) { return std::unexpected{PriceStatus::kExpired}; }
  return days / 365.0;
}

std::expected<OptionTerms, PriceStatus> terms_of(std::span<const std::string_view> row,
                                                 const PriceColumns& columns, Date as_of) {
  Numbers numbers{row, columns};
  OptionTerms terms;
  const auto right = right_of(numbers.text(PriceColumn::kType));
  if (!right) { return std::unexpected{PriceStatus::kBadType}; }
  terms.right = *right;
  if (const auto text = numbers.text(PriceColumn::kStyle); !text.empty()) {
    const auto style = style_of(text);
    if (!style) { return std::unexpected{PriceStatus::kBadStyle}; }
    terms.style = *style;
  }
  terms.strike = numbers.above_zero(PriceColumn::kStrike, PriceStatus::kBadStrike);
  if (columns.has(PriceColumn::kSpot)) {
    terms.market = SpotMarket{.spot = numbers.above_zero(PriceColumn::kSpot, PriceStatus::kBadSpot),
                              .rate = numbers.any(PriceColumn::kRate, PriceStatus::kBadRate),
                              .yield = numbers.any(PriceColumn::kYield, PriceStatus::kBadYield)};
  } else {
    terms.market = ForwardMarket{
        .forward = numbers.above_zero(PriceColumn::kForward, PriceStatus::kBadForward),
        .discount = numbers.above_zero(PriceColumn::kDiscount, PriceStatus::kBadDiscount)};
  }
  terms.years = years_in(numbers, columns, as_of);
  if (!numbers.text(PriceColumn::kVol).empty()) {
    terms.volatility = numbers.from_zero(PriceColumn::kVol, PriceStatus::kBadVol);
  }
  if (!numbers.text(PriceColumn::kPrice).empty()) {
    terms.price = numbers.any(PriceColumn::kPrice, PriceStatus::kBadPrice);
  }
  if (!terms.volatility && !terms.price) { numbers.refuse(PriceStatus::kNoVolOrPrice); }
  if (const auto text = numbers.text(PriceColumn::kDividends); !text.empty()) {
    auto dividends = dividends_of(text);
    if (!dividends) {
      numbers.refuse(dividends.error());
    } else {
      terms.dividends = *std::move(dividends);
    }
  }
  if (numbers.wrong() != PriceStatus::kOk) { return std::unexpected{numbers.wrong()}; }
  return terms;
}

}  // namespace v6
