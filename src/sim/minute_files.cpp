#include "sim/minute_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>

#include "base/error.hpp"

namespace v6 {
namespace {

constexpr std::string_view kQuotes = "_quote_american.zip";

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) { return parts; }
    text.remove_prefix(end + 1);
  }
}

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool read = error == std::errc{} && end == text.data() + text.size() && value >= 0;
  return read ? std::optional{value} : std::nullopt;
}

std::optional<NamedOption> option_in(std::string_view name) {
  if (!name.ends_with(".csv")) { return std::nullopt; }
  const auto parts = split(name.substr(0, name.size() - 4), '_');
  if (parts.size() != 8 || (parts[5] != "call" && parts[5] != "put")) { return std::nullopt; }
  const auto strike = whole(parts[6]);
  const auto expiry = parse_compact_date(parts[7]);
  if (!strike || !expiry || !has_instants(*expiry)) { return std::nullopt; }
  return NamedOption{.right = parts[5] == "call" ? OptionRight::kCall : OptionRight::kPut,
                     .strike = Price::from_raw(*strike),
                     .expiry = *expiry};
}

/// Each line's fields as whole numbers; an empty one is absent.
using Fields = std::vector<std::optional<std::int64_t>>;

void read_lines(const std::string& file, std::string_view text, std::size_t columns,
                const std::function<void(const Fields&)>& line) {
  std::size_t number = 0;
  for (std::string_view row : split(text, '\n')) {
    ++number;
    if (row.ends_with('\r')) { row.remove_suffix(1); }
    if (row.empty()) { continue; }
    Fields fields;
    for (const std::string_view field : split(row, ',')) {
      fields.push_back(field.empty() ? std::nullopt : whole(field));
      if (!field.empty() && !fields.back()) {
        fail_data(
            fmt::format("{}:{}: \"{}\" is no whole number of ten-thousandths, milliseconds "
                        "or contracts",
                        file, number, field));
      }
    }
    if (fields.size() != columns || !fields.front()) {
      fail_data(fmt::format("{}:{}: {} fields; accepted: {}, the first a time", file, number,
                            fields.size(), columns));
    }
    line(fields);
  }
}

Instant end_of_minute(Date date, std::int64_t milliseconds) {
  return new_york_instant(date, TimeOfDay{}) + std::chrono::milliseconds{milliseconds} +
         std::chrono::minutes{1};
}

std::vector<QuoteBar> quotes_in(const ZipFile& zip, const ZipFile::Member& member, Date date) {
  std::vector<QuoteBar> bars;
  const auto price = [](const std::optional<std::int64_t>& raw) {
    return raw ? std::optional{Price::from_raw(*raw)} : std::nullopt;
  };
  read_lines(member.name, zip.text(member), 11, [&](const Fields& fields) {
    bars.push_back({.end = end_of_minute(date, *fields[0]),
                    .bid = price(fields[4]),
                    .ask = price(fields[9]),
                    .bid_size = static_cast<std::int32_t>(fields[5].value_or(0)),
                    .ask_size = static_cast<std::int32_t>(fields[10].value_or(0))});
  });
  return bars;
}

std::vector<TradeBar> trades_in(const ZipFile& zip, const ZipFile::Member& member, Date date) {
  std::vector<TradeBar> bars;
  const auto price = [](const std::optional<std::int64_t>& raw) {
    return Price::from_raw(raw.value_or(0));
  };
  read_lines(member.name, zip.text(member), 6, [&](const Fields& fields) {
    bars.push_back({.end = end_of_minute(date, *fields[0]),
                    .open = price(fields[1]),
                    .high = price(fields[2]),
                    .low = price(fields[3]),
                    .close = price(fields[4]),
                    .volume = fields[5].value_or(0)});
  });
  return bars;
}

}  // namespace

MinuteFiles::MinuteFiles(const std::filesystem::path& folder, Symbol symbol) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry{folder, error}, end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.ends_with(kQuotes)) { continue; }
    stem_ = std::max(stem_, name.substr(0, name.size() - kQuotes.size()));
  }
  const auto date = parse_compact_date(stem_);
  if (!date || !has_instants(*date)) {
    fail_data(fmt::format("{}: no file YYYYMMDD{} of recorded minutes in this folder",
                          folder.string(), kQuotes));
  }
  date_ = *date;
  quotes_.emplace(folder / (stem_ + std::string{kQuotes}));
  trades_.emplace(folder / (stem_ + "_trade_american.zip"));
  open_interest_.emplace(folder / (stem_ + "_openinterest_american.zip"));
  quote_members_ = members_of(*quotes_);
  trade_members_ = members_of(*trades_);
  open_interest_members_ = members_of(*open_interest_);

  const ZipFile stock_quotes{folder / (stem_ + "_quote.zip")};
  const ZipFile stock_trades{folder / (stem_ + "_trade.zip")};
  if (stock_quotes.members().empty() || stock_trades.members().empty()) {
    fail_data(fmt::format("{}: no minutes of the stock {}", folder.string(), symbol.text()));
  }
  stock_ = {.quotes = quotes_in(stock_quotes, stock_quotes.members().front(), date_),
            .trades = trades_in(stock_trades, stock_trades.members().front(), date_)};
}

MinuteFiles::Members MinuteFiles::members_of(const ZipFile& zip) const {
  Members members;
  for (const ZipFile::Member& member : zip.members()) {
    const auto option = option_in(member.name);
    if (!option) {
      fail_data(
          fmt::format("{}: accepted are names as {}_goog_minute_quote_american_call_6000000_"
                      "{}.csv",
                      member.name, stem_, stem_));
    }
    members.emplace(*option, &member);
  }
  return members;
}

std::vector<NamedOption> MinuteFiles::options() const {
  std::vector<NamedOption> options;
  for (const auto& [option, member] : quote_members_) { options.push_back(option); }
  return options;
}

const MinuteSeries& MinuteFiles::series(const NamedOption& option) const {
  const auto known = parsed_.find(option);
  if (known != parsed_.end()) { return known->second; }
  MinuteSeries& series = parsed_[option];
  const auto quotes = quote_members_.find(option);
  if (quotes != quote_members_.end()) {
    series.quotes = quotes_in(*quotes_, *quotes->second, date_);
  }
  const auto trades = trade_members_.find(option);
  if (trades != trade_members_.end()) {
    series.trades = trades_in(*trades_, *trades->second, date_);
  }
  const auto interest = open_interest_members_.find(option);
  if (interest != open_interest_members_.end()) {
    read_lines(interest->second->name, open_interest_->text(*interest->second), 2,
               [&](const Fields& fields) { series.open_interest = fields[1].value_or(0); });
  }
  return series;
}

}  // namespace v6
