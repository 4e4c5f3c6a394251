#include <array>
#include <cstdint>
#include <string>

#include "base/check.hpp"
#include "base/error.hpp"
#include "cli/csv_rows.hpp"
#include "cli/price_batch.hpp"

// Any bytes as a table for `v6 price`: it is refused, or every row comes back as it went in with
// its results behind it, the same whether the bytes arrive at once or in pieces.

namespace v6 {
namespace {

constexpr BatchSettings kSettings{.as_of = date(2025, 12, 1)};

/// Most bytes make no header: mostly, they are the rows under one of these.
constexpr std::array<std::string_view, 4> kHeaders = {
    "",
    "type,style,strike,spot,rate,yield,years,vol,price,dividends\n",
    "type,strike,forward,discount,expiry,vol\n",
    "price,type,strike,forward,discount,years\r\n",
};

std::string in_pieces(const TablePricer& pricer, std::string_view rows, std::size_t piece) {
  std::string text;
  std::string waiting;
  while (!rows.empty() || !waiting.empty()) {
    waiting += rows.substr(0, piece);
    rows.remove_prefix(std::min(piece, rows.size()));
    const std::size_t whole = whole_rows(waiting, rows.empty());
    const PricedRows priced = pricer.price(std::string_view{waiting}.substr(0, whole));
    text += priced.text;
    if (priced.too_long) { break; }
    waiting.erase(0, whole);
  }
  return text;
}

void check_rows(std::string_view rows, const PricedRows& priced) {
  std::string_view out = priced.text;
  std::vector<std::string_view> fields;
  std::size_t counted = 0;
  while (const auto row = take_row(rows, true, fields)) {
    if (row->flaw == CsvFlaw::kTooLong) { break; }
    V6_CHECK(out.starts_with(row->text), "a row does not come back as it went in");
    counted += row->text.empty() ? 0U : 1U;
    out.remove_prefix(row->text.size());
    const std::size_t end = out.find('\n');
    V6_CHECK(end != std::string_view::npos, "a row without an end");
    out.remove_prefix(end + 1);
  }
  V6_CHECK(out.empty(), "rows that nobody asked for");
  V6_CHECK(counted == priced.tally.rows(), "rows miscounted");
}

void price(std::string_view table, std::size_t piece) {
  try {
    const TablePricer pricer{table, "fuzz.csv", kSettings};
    const PricedRows priced = pricer.price(table);
    check_rows(table, priced);
    V6_CHECK(priced.too_long || in_pieces(pricer, table, piece) == priced.text,
             "other results in pieces");
  } catch (const Failure& refused) {
    V6_CHECK(refused.code() == ExitCode::kData, "refused for another reason than its data");
  }
}

}  // namespace
}  // namespace v6

// The fuzzer's name for it. NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) { return 0; }
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const std::string table =
      std::string{v6::kHeaders[data[0] % v6::kHeaders.size()]} + std::string{bytes.substr(2)};
  v6::price(table, 1 + static_cast<std::size_t>(data[1]));
  return 0;
}
