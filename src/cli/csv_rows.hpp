#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace v6 {

/// The longest row that is read, its line ending included: no row of options comes near it, and a
/// file that is no CSV must not fill the memory.
inline constexpr std::size_t kMaxCsvRow = 65'536;

enum class CsvFlaw : std::uint8_t {
  kNone,
  kBrokenQuote,  // opened and not closed as RFC 4180 says: taken as text, the row ends at the
                 // line's
  kTooLong,      // longer than kMaxCsvRow
};

/// A row as it stands, quotes and all. Its fields are views into the same text.
struct CsvRowText {
  std::string_view text;    // without the line ending
  std::string_view ending;  // "\n", "\r\n", or nothing where the text ends
  CsvFlaw flaw = CsvFlaw::kNone;
};

/// Takes the first row off the front of `text` and splits it into `fields`. A quoted field may hold
/// commas, doubled quotes and line endings. Nothing when `text` is empty or may go on: it holds no
/// whole row and is not the `last` of its input.
[[nodiscard]] std::optional<CsvRowText> take_row(std::string_view& text, bool last,
                                                 std::vector<std::string_view>& fields);

/// How many bytes at the front of `text` are whole rows.
[[nodiscard]] std::size_t whole_rows(std::string_view text, bool last);

/// What a field says: without blanks around it and the quotes around that. Doubled quotes inside
/// stay doubled: nothing we read has any.
[[nodiscard]] std::string_view csv_value(std::string_view field);

/// The UTF-8 mark some programs put at the front of a file; empty if there is none.
[[nodiscard]] std::string_view byte_order_mark(std::string_view text);

}  // namespace v6
