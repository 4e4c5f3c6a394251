#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calendar/calendar.hpp"
#include "sim/zip_file.hpp"

/// Lean's minute files. Prices are ten-thousandths of a dollar, times New York.
namespace v6 {

/// A minute of quotes; what it ended on. An empty side is absent.
struct QuoteBar {
  Instant end;
  std::optional<Price> bid;
  std::optional<Price> ask;
  std::int32_t bid_size = 0;
  std::int32_t ask_size = 0;
};

/// A minute of trades.
struct TradeBar {
  Instant end;
  Price open;
  Price high;
  Price low;
  Price close;
  std::int64_t volume = 0;
};

/// The series of one contract, or of the stock; ascending.
struct MinuteSeries {
  std::vector<QuoteBar> quotes;
  std::vector<TradeBar> trades;
  std::int64_t open_interest = 0;
};

/// An option as a file's name has it: 20151224_goog_minute_quote_american_call_6000000_20151224.csv
struct NamedOption {
  OptionRight right = OptionRight::kCall;
  Price strike;
  Date expiry;

  friend auto operator<=>(const NamedOption&, const NamedOption&) = default;
};

/// One day of a stock and its options. Options are parsed when first asked for.
class MinuteFiles {
 public:
  /// Fails (data) when the folder has no day with all its files, or one is damaged.
  MinuteFiles(const std::filesystem::path& folder, Symbol symbol);

  [[nodiscard]] Date date() const { return date_; }
  [[nodiscard]] const MinuteSeries& stock() const { return stock_; }
  [[nodiscard]] std::vector<NamedOption> options() const;
  [[nodiscard]] const MinuteSeries& series(const NamedOption& option) const;

 private:
  using Members = std::map<NamedOption, const ZipFile::Member*>;
  [[nodiscard]] Members members_of(const ZipFile& zip) const;

  Date date_;
  std::string stem_;
  MinuteSeries stock_;
  std::optional<ZipFile> quotes_;
  std::optional<ZipFile> trades_;
  std::optional<ZipFile> open_interest_;
  Members quote_members_;
  Members trade_members_;
  Members open_interest_members_;
  mutable std::map<NamedOption, MinuteSeries> parsed_;
};

}  // namespace v6
