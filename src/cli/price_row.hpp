#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "cli/option_value.hpp"
#include "cli/price_columns.hpp"

namespace v6 {

/// C, P, call or put; capitals do not matter.
[[nodiscard]] std::optional<OptionRight> right_of(std::string_view text);
/// european or american; capitals do not matter.
[[nodiscard]] std::optional<ExerciseStyle> style_of(std::string_view text);

/// "years:amount;years:amount" as an ascending schedule. Errors: kBadDividends for text, a time
/// that is not above 0, an amount below 0, and more than kMaxDividends; kDividendsOutOfOrder.
[[nodiscard]] std::expected<std::vector<CashDividend>, PriceStatus> dividends_of(
    std::string_view text);
inline constexpr std::size_t kMaxDividends = 64;

/// Calendar days from one date to another over 365, as `year_fraction` counts them between equal
/// hours. Error: kExpired backwards.
[[nodiscard]] std::expected<double, PriceStatus> years_between(Date as_of, Date expiry);

/// What a row asks for, or the first thing that is wrong with it. Needs as many fields as columns.
[[nodiscard]] std::expected<OptionTerms, PriceStatus> terms_of(
    std::span<const std::string_view> row, const PriceColumns& columns, Date as_of);

}  // namespace v6
