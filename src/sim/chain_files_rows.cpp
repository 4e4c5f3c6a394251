#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "sim/chain_files.hpp"
#include "sim/chain_files_scan.hpp"
#include "sim/chain_files_text.hpp"

namespace v6 {
namespace {

enum Column : std::size_t {
  kUnderlying,
  kUnderlyingLast,
  kExchange,
  kOptionRoot,
  kType,
  kExpiration,
  kQuoteDate,
  kStrike,
  kLast,
  kNet,
  kBid,
  kAsk,
  kVolume,
  kOpenInterest,
  kImpliedVol,
  kDelta,
  kGamma,
  kColumns
};
constexpr std::array<std::string_view, kColumns> kNames = {
    "underlying", "underlying_last", "exchange",   "optionroot", "type", "expiration",
    "quotedate",  "strike",          "last",       "net",        "bid",  "ask",
    "volume",     "openinterest",    "impliedvol", "delta",      "gamma"};

enum Refusal : std::size_t { kExpired, kNegative, kNoQuote, kNoAsk, kCrossed, kRefusals };
constexpr std::array<std::string_view, kRefusals> kReasons = {"expired", "negative", "no_quote",
                                                              "no_ask", "crossed"};
constexpr std::uint32_t kWarningsPerReason = 3;

/// Prices of a chain are kept in 32 bits.
constexpr int kHighestDollars = 200'000;
constexpr std::int64_t kHighestPrice = kHighestDollars * 10'000LL;
constexpr std::uint64_t kMostContracts = 1'000'000'000;
constexpr std::int64_t kMillion = 1'000'000;
constexpr int kFarthestExpiry = 20 * 366;
/// A symbol ends in YYMMDD, C or P, and the strike in thousandths as eight digits.
constexpr std::size_t kSymbolTail = 15;
constexpr std::size_t kSymbolStrike = 8;
constexpr std::string_view kPrices = "dollars up to 200000 with at most four decimals";
constexpr std::string_view kCounts = "a whole number from 0 to 1000000000";

const std::int32_t kAbsent = [] {
  OptionalColumn column;
  column.push_back(std::nullopt);
  return column.raw().front();
}();

/// "MM/DD/YYYY" of an existing day.
std::optional<Date> parse_us_date(std::string_view text) {
  if (text.size() != 10 || text[2] != '/' || text[5] != '/') { return std::nullopt; }
  return parse_date(fmt::format("{}-{}-{}", text.substr(6), text.substr(0, 2), text.substr(3, 2)));
}

std::string us_date(Date date) {
  const auto text = iso(date);
  return text.substr(5, 2) + '/' + text.substr(8, 2) + '/' + text.substr(0, 4);
}

/// For messages: short, on one line, nothing a terminal would obey.
std::string shown(std::string_view value) {
  constexpr std::size_t kLongest = 40;
  std::string text;
  for (const char c : value.substr(0, kLongest)) {
    if (c < ' ' || c > '~') {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      text += c;
    }
  }
  return text + (value.size() > kLongest ? "..." : "");
}

std::string what_is_wrong(NumberError error) {
  return fmt::format("{} {}", error == NumberError::kTooPrecise ? "has" : "is", text_of(error));
}

class DayParser {
 public:
  DayParser(const ChainFile& file, Symbol underlying, std::string_view text)
      : name_{file.path.filename().string()},
        underlying_{underlying},
        quote_date_{us_date(file.date)},
        at_{text.data()},
        end_{text.data() + text.size()} {
    day_.date = file.date;
    const std::size_t rows = text.size() / 100;  // a row has about 115 characters
    rows_.reserve(rows);
    day_.contracts.reserve(rows);
    for (auto* column : {&day_.chain.bid, &day_.chain.ask}) column->reserve(rows);
    for (auto* column : {&day_.chain.volume, &day_.chain.open_interest}) column->reserve(rows);
    for (auto* column : {&iv_, &delta_, &gamma_}) column->reserve(rows);
  }

  ParsedDay parse() {
    read_header();
    stops_.start(at_);
    while (at_ != end_) {
      split_row();
      read_row();
    }
    if (rows_.empty()) {
      fail_data(fmt::format("{}: no rows below the header; accepted: one row a contract", name_));
    }
    if (!ascending_) refuse_duplicates();
    finish();
    return std::move(day_);
  }

 private:
  [[noreturn]] void fail(Column column, std::string_view why, std::string_view accepted) const {
    fail_data(fmt::format("{}:{}: {} \"{}\" {}; accepted: {}", name_, line_, kNames[column],
                          shown(fields_[column]), why, accepted));
  }

  void read_header() {
    const std::string_view rest{at_, end_};
    std::string_view line = rest.substr(0, rest.find('\n'));
    at_ += line.size() + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line == fmt::format("{}", fmt::join(kNames, ","))) return;

    std::vector<std::string_view> found;
    for (std::size_t from = 0; from <= line.size();) {
      const auto to = std::min(line.find(',', from), line.size());
      found.push_back(line.substr(from, to - from));
      from = to + 1;
    }
    std::vector<std::string> wrong;
    for (const auto name : kNames) {
      const auto times = std::ranges::count(found, name);
      if (times == 0) wrong.push_back(fmt::format("column \"{}\" is missing", name));
      if (times > 1) wrong.push_back(fmt::format("column \"{}\" is there twice", name));
    }
    for (const auto name : found) {
      if (std::ranges::count(kNames, name) == 0 && wrong.size() < 2 * kColumns) {
        wrong.push_back(fmt::format("column \"{}\" is unknown", shown(name)));
      }
    }
    if (wrong.empty()) wrong.emplace_back("the columns are in another order");
    fail_data(fmt::format("{}:1: {}; accepted: {}", name_, fmt::join(wrong, ", "),
                          fmt::join(kNames, ",")));
  }

  void split_row() {
    ++line_;
    for (std::size_t column = 0; column < kColumns; ++column) {
      const char* stop = stops_.next();
      fields_[column] = {at_, stop};
      at_ = stop + 1;
      if (*stop != (column + 1 == kColumns ? '\n' : ',')) fail_field_count();
    }
    if (fields_[kGamma].ends_with('\r')) fields_[kGamma].remove_suffix(1);
  }

  [[noreturn]] void fail_field_count() const {
    const std::string_view rest{fields_[kUnderlying].data(), end_};
    fail_data(fmt::format("{}:{}: the row has {} fields; accepted: {}", name_, line_,
                          std::ranges::count(rest.substr(0, rest.find('\n')), ',') + 1,
                          std::size_t{kColumns}));
  }

  void read_row() {
    // Rows of one series differ around the strike only: compare the rest in one go.
    const std::string_view symbol = fields_[kOptionRoot];
    const char* strike_at = symbol.end() - std::min(symbol.size(), kSymbolStrike);
    const std::string_view head{fields_[kUnderlying].data(), strike_at};
    const std::string_view middle{symbol.end(), fields_[kStrike].data()};
    if (head != head_ || middle != middle_) {
      read_series();
      head_ = head;
      middle_ = middle;
    }
    const ContractKey contract{root_, expiry_, right_, read_strike()};
    ascending_ = ascending_ && (rows_.empty() || rows_.back() < contract);
    rows_.push_back(contract);

    const std::int64_t bid = price(kBid);
    const std::int64_t ask = price(kAsk);
    millionths(kLast, 0, kHighestDollars, "dollars from 0 to 200000");
    millionths(kNet, -kHighestDollars, kHighestDollars, "dollars from -200000 to 200000");
    const std::int64_t volume = count(kVolume);
    const std::int64_t open_interest = count(kOpenInterest);
    const std::int64_t iv = millionths(kImpliedVol, 0, 100, "0 (none) to 100 (10000 %)");
    const std::int64_t delta = millionths(kDelta, -1, 1, "-1 to 1");
    const std::int64_t gamma = millionths(kGamma, 0, 1000, "0 to 1000");
    if (refused(bid, ask)) return;

    day_.contracts.push_back(contract);
    day_.chain.bid.push_back(static_cast<std::int32_t>(bid));
    day_.chain.ask.push_back(static_cast<std::int32_t>(ask));
    day_.chain.volume.push_back(static_cast<std::uint32_t>(volume));
    day_.chain.open_interest.push_back(static_cast<std::uint32_t>(open_interest));
    iv_.push_back(iv == 0 ? kAbsent : static_cast<std::int32_t>(iv));
    delta_.push_back(iv == 0 ? kAbsent : static_cast<std::int32_t>(delta));
    gamma_.push_back(iv == 0 ? kAbsent : static_cast<std::int32_t>(gamma));
  }

  void refuse_duplicates() const {
    std::vector<std::size_t> order(rows_.size());
    // NOLINTNEXTLINE(modernize-use-ranges): GCC 12 has no std::ranges::iota
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [this](std::size_t row) { return std::pair{rows_[row], row}; });
    const auto twin =
        std::ranges::adjacent_find(order, {}, [this](std::size_t row) { return rows_[row]; });
    if (twin == order.end()) return;
    fail_data(fmt::format("{}:{}: contract {} was on line {} already; accepted: each one once",
                          name_, *std::next(twin) + 2, rows_[*twin].contract().text(), *twin + 2));
  }

  /// What the rows of a series share.
  void read_series() {
    if (fields_[kUnderlying] != underlying_.text()) {
      fail(kUnderlying, "is another underlying than the file's", underlying_.text());
    }
    const auto spot = Price::from_raw(price(kUnderlyingLast));
    if (spot <= Price{}) {
      fail(kUnderlyingLast, "is not positive", "dollars above 0 and up to 200000");
    }
    if (!rows_.empty() && spot != day_.spot) {
      fail(kUnderlyingLast, "differs from the rows above", day_.spot.text());
    }
    day_.spot = spot;
    if (fields_[kQuoteDate] != quote_date_) {
      fail(kQuoteDate, "is not the date in the file's name", quote_date_);
    }
    const std::string_view symbol = fields_[kOptionRoot];
    if (symbol.size() <= kSymbolTail) {
      fail(kOptionRoot, "is no option symbol", "ROOTyymmddC00000000, such as SPXW190426C00800000");
    }
    read_root(symbol.substr(0, symbol.size() - kSymbolTail));
    read_expiry();
    const bool call = fields_[kType] == "call";
    if (!call && fields_[kType] != "put") { fail(kType, "is no type of option", "call, put"); }
    right_ = call ? OptionRight::kCall : OptionRight::kPut;
    const auto date_and_right = expiry_yymmdd_ + (call ? 'C' : 'P');
    if (symbol.substr(symbol.size() - kSymbolTail, date_and_right.size()) != date_and_right) {
      fail(kOptionRoot, "disagrees with the row's expiration or type",
           fmt::format("{}{}{}", symbol.substr(0, symbol.size() - kSymbolTail), date_and_right,
                       symbol.substr(symbol.size() - kSymbolStrike)));
    }
  }

  Price read_strike() const {
    const auto strike = price(kStrike);
    if (strike <= 0 || strike >= 100'000'0000 || strike % 10 != 0) {
      fail(kStrike, "is no strike", "dollars from 0.001 to 99999.999");
    }
    const std::string_view symbol = fields_[kOptionRoot];
    std::int64_t thousandths = 0;
    if (!short_decimal<0>(symbol.substr(symbol.size() - kSymbolStrike), thousandths) ||
        thousandths != strike / 10) {
      fail(kOptionRoot, "disagrees with the row's strike",
           fmt::format("{}{:08}", symbol.substr(0, symbol.size() - kSymbolStrike), strike / 10));
    }
    return Price::from_raw(strike);
  }

  void read_root(std::string_view text) {
    const auto& table = instrument_table();
    std::string allowed;
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (table[i].underlying != underlying_) continue;
      if (table[i].root.text() == text) {
        root_ = static_cast<std::uint8_t>(i);
        return;
      }
      allowed += fmt::format("{}{}", allowed.empty() ? "" : ", ", table[i].root.text());
    }
    fail(kOptionRoot,
         fmt::format("has the root \"{}\", unknown for {}", shown(text), underlying_.text()),
         fmt::format("the roots {}", allowed));
  }

  void read_expiry() {
    if (fields_[kExpiration] == expiry_text_) return;
    const auto expiry = parse_us_date(fields_[kExpiration]);
    if (!expiry) { fail(kExpiration, "is no date", "MM/DD/YYYY"); }
    if (std::abs(days_between(day_.date, *expiry)) > kFarthestExpiry) {
      fail(kExpiration, "is too far from the quote date", "within 20 years");
    }
    expiry_ = *expiry;
    expiry_text_ = fields_[kExpiration];
    const auto text = iso(expiry_);
    expiry_yymmdd_ = text.substr(2, 2) + text.substr(5, 2) + text.substr(8, 2);
  }

  /// Counts the row and keeps it out when its quote cannot be traded on.
  bool refused(std::int64_t bid, std::int64_t ask) {
    if (expiry_ < day_.date) {
      refuse(kExpired, kExpiration, "lies before the quote date", quote_date_ + " or later");
    } else if (bid < 0) {
      refuse(kNegative, kBid, "is negative", "0 or more");
    } else if (ask < 0) {
      refuse(kNegative, kAsk, "is negative", "0 or more");
    } else if (ask == 0 && bid == 0) {
      ++refused_[kNoQuote];  // ordinary on an expiry day: not worth a line
    } else if (ask == 0) {
      refuse(kNoAsk, kAsk, "is no offer", "more than 0");
    } else if (ask < bid) {
      refuse(kCrossed, kAsk, "is below the bid", std::string{fields_[kBid]} + " or more");
    } else {
      return false;
    }
    return true;
  }

  void refuse(Refusal reason, Column column, std::string_view why, const std::string& accepted) {
    if (++refused_[reason] > kWarningsPerReason) return;
    day_.warnings.push_back(fmt::format("{}:{}: {} \"{}\" {}: quote refused ({}); accepted: {}",
                                        name_, line_, kNames[column], shown(fields_[column]), why,
                                        kReasons[reason], accepted));
  }

  void finish() {
    day_.rows = rows_.size();
    for (std::size_t reason = 0; reason < kRefusals; ++reason) {
      const auto count = refused_[reason];
      if (count == 0) continue;
      day_.refused.push_back({.reason = std::string{kReasons[reason]}, .count = count});
      if (reason != kNoQuote && count > kWarningsPerReason) {
        day_.warnings.push_back(fmt::format("{}: {} more quotes refused ({})", name_,
                                            count - kWarningsPerReason, kReasons[reason]));
      }
    }
    day_.chain.broker_iv = OptionalColumn::from_raw(std::move(iv_));
    day_.chain.broker_delta = OptionalColumn::from_raw(std::move(delta_));
    day_.chain.broker_gamma = OptionalColumn::from_raw(std::move(gamma_));
  }

  std::int64_t price(Column column) const {
    std::int64_t value = 0;
    if (short_decimal<4>(fields_[column], value) && std::abs(value) <= kHighestPrice) return value;
    const auto careful = parse_decimal(fields_[column], kHighestPrice);
    if (!careful) { fail(column, what_is_wrong(careful.error()), kPrices); }
    return *careful;
  }

  std::int64_t count(Column column) const {
    std::int64_t value = 0;
    if (short_decimal<0>(fields_[column], value) && value >= 0) return value;
    const auto careful = parse_count(fields_[column]);
    if (!careful || *careful > kMostContracts) {
      fail(column, careful ? "is out of range" : what_is_wrong(careful.error()), kCounts);
    }
    return static_cast<std::int64_t>(*careful);
  }

  /// Rounded to the millionth, as a chain keeps it; files carry up to 18 decimals.
  std::int64_t millionths(Column column, int low, int high, std::string_view accepted) const {
    std::int64_t value = 0;
    if (!short_decimal<6>(fields_[column], value)) {
      const auto careful = parse_double(fields_[column]);
      if (!careful) { fail(column, what_is_wrong(careful.error()), accepted); }
      value = std::fabs(*careful) <= kHighestDollars ? std::llround(*careful * 1e6)
                                                     : std::numeric_limits<std::int64_t>::max();
    }
    if (value < low * kMillion || value > high * kMillion) {
      fail(column, "is out of range", accepted);
    }
    return value;
  }

  std::string name_;
  Symbol underlying_;
  std::string quote_date_;
  const char* at_;
  const char* end_;
  Stops stops_;
  std::uint32_t line_ = 1;
  std::array<std::string_view, kColumns> fields_;

  std::string_view head_;  // of the row above
  std::string_view middle_;
  std::string_view expiry_text_;
  std::string expiry_yymmdd_;
  std::uint8_t root_ = 0;
  Date expiry_;
  OptionRight right_ = OptionRight::kCall;

  std::vector<ContractKey> rows_;  // refused ones included
  bool ascending_ = true;          // files are sorted, so that looking for duplicates is cheap
  std::array<std::uint32_t, kRefusals> refused_{};
  std::vector<std::int32_t> iv_;
  std::vector<std::int32_t> delta_;
  std::vector<std::int32_t> gamma_;
  ParsedDay day_;
};

}  // namespace

ParsedDay parse_chain_file(const ChainFile& file, Symbol underlying) {
  const FileText text = read_file_text(file.path);
  return DayParser{file, underlying, text.view()}.parse();
}

}  // namespace v6
