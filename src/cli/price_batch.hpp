#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "cli/byte_streams.hpp"
#include "cli/option_value.hpp"
#include "cli/price_columns.hpp"

namespace v6 {

/// How many rows ended how, and where each way was seen first.
class BatchTally {
 public:
  void count(PriceStatus status, std::size_t line);
  /// Takes in the tally of the lines that follow `lines` others.
  void add(const BatchTally& other, std::size_t lines);

  [[nodiscard]] std::size_t rows() const;
  [[nodiscard]] std::size_t failed() const { return rows() - seen_.front().rows; }
  /// "3 of 10 rows failed: bad_strike 2 (first on line 4), ..."; how many rows if none did.
  [[nodiscard]] std::string text() const;

 private:
  struct Seen {
    std::size_t rows = 0;
    std::size_t first_line = 0;
  };
  std::array<Seen, static_cast<std::size_t>(PriceStatus::kOutOfRange) + 1> seen_{};
};

/// Some rows with their results, as text.
struct PricedRows {
  std::string text;
  BatchTally tally;
  std::size_t lines = 0;  // taken in
  bool too_long = false;  // stopped at the row after these
};

struct BatchSettings {
  ValueSettings value;
  Date as_of;  // for tables with expiries
};

/// Adds results to the rows of one table, whose header it has seen. Any thread may ask it.
class TablePricer {
 public:
  /// Takes the header off the front of the table's first whole rows. Throws Failure (data) for a
  /// header that is none.
  TablePricer(std::string_view& table, std::string_view file, const BatchSettings& settings);

  /// The header with the names of the results.
  [[nodiscard]] const std::string& header() const { return header_; }
  [[nodiscard]] std::size_t header_lines() const { return header_lines_; }
  /// Needs whole rows.
  [[nodiscard]] PricedRows price(std::string_view rows) const;

 private:
  std::string header_;
  std::string ending_;
  std::size_t header_lines_ = 0;
  PriceColumns columns_;
  BatchSettings settings_;
};

/// Called now and then with the bytes read.
using BatchProgress = std::function<void(std::size_t)>;

/// Prices a whole table in memory that does not grow with it, on as many threads as there are
/// processors. Throws Failure (data) for a table that cannot be priced, and what `sink` throws.
[[nodiscard]] BatchTally price_batch(const ByteSource& source, const ByteSink& sink,
                                     const BatchSettings& settings, const BatchProgress& progress);

}  // namespace v6
