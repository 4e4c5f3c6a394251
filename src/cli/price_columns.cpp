#include "cli/price_columns.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/enum_text.hpp"
#include "base/error.hpp"
#include "cli/csv_rows.hpp"

namespace v6 {
namespace {

/// Columns a spot and a forward come with.
constexpr std::array kBySpot = {PriceColumn::kSpot, PriceColumn::kRate, PriceColumn::kYield};
constexpr std::array kByForward = {PriceColumn::kForward, PriceColumn::kDiscount};

[[noreturn]] void refuse(std::string_view file, std::string_view what) {
  fail_data(fmt::format("{}:1: {}", file, what));
}

}  // namespace

PriceColumns::PriceColumns(std::span<const std::string_view> header, std::string_view file)
    : count_{header.size()} {
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string_view name = csv_value(header[i]);
    const auto column = from_word<PriceColumn>(name);
    if (!column) {
      if (std::ranges::find(kResultColumns, name) != kResultColumns.end()) {
        refuse(file, fmt::format("column \"{}\" has the name of a result; rename it", name));
      }
      continue;
    }
    auto& place = places_[static_cast<std::size_t>(*column)];
    if (place) { refuse(file, fmt::format("column \"{}\" stands twice", name)); }
    place = i;
  }
  const auto require = [&](PriceColumn column, std::string_view why) {
    if (!has(column)) { refuse(file, fmt::format("no column \"{}\"; {}", word(column), why)); }
  };
  constexpr std::string_view kNeeded =
      "needed are type, strike, spot with rate and yield or forward with discount, years or "
      "expiry, vol or price";
  require(PriceColumn::kType, kNeeded);
  require(PriceColumn::kStrike, kNeeded);
  const auto any = [this](const auto& columns) {
    return std::ranges::any_of(columns, [this](PriceColumn column) { return has(column); });
  };
  if (any(kBySpot) == any(kByForward)) {
    refuse(file,
           fmt::format("{} of \"spot, rate, yield\" and \"forward, discount\"; accepted is one",
                       any(kBySpot) ? "columns" : "neither"));
  }
  for (const PriceColumn column : kBySpot) {
    if (any(kBySpot)) { require(column, "spot needs rate and yield"); }
  }
  for (const PriceColumn column : kByForward) {
    if (any(kByForward)) { require(column, "forward needs discount"); }
  }
  if (has(PriceColumn::kYears) == has(PriceColumn::kExpiry)) {
    refuse(file, fmt::format("{} \"years\" and \"expiry\"; accepted is one",
                             has(PriceColumn::kYears) ? "columns" : "neither of the columns"));
  }
  if (!has(PriceColumn::kVol) && !has(PriceColumn::kPrice)) {
    refuse(file, "neither of the columns \"vol\" and \"price\"; one is needed, or both");
  }
}

std::string_view PriceColumns::of(std::span<const std::string_view> row, PriceColumn column) const {
  const auto place = place_of(column);
  return place ? csv_value(row[*place]) : std::string_view{};
}

}  // namespace v6
