#include "cli/price_batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <future>
#include <numeric>
#include <thread>

#include "base/enum_text.hpp"
#include "base/error.hpp"
#include "cli/csv_rows.hpp"
#include "cli/price_row.hpp"

namespace v6 {
namespace {

/// Rows are read and priced in pieces of this many bytes.
constexpr std::size_t kBlock = 262'144;
static_assert(kBlock > kMaxCsvRow);

/// More threads would want more memory than is promised.
constexpr unsigned kMostThreads = 8;

std::size_t lines_in(const CsvRowText& row) {
  const auto inside = std::ranges::count(row.text, '\n');
  return static_cast<std::size_t>(inside) + 1;
}

[[noreturn]] void fail_long_row(std::string_view file, std::size_t line) {
  fail_data(fmt::format("{}:{}: a row of more than {} bytes; is this a CSV of options?", file, line,
                        kMaxCsvRow));
}

/// Shortest decimals that read back as the same double.
void append(std::string& text, double value) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text.append(digits.data(), end);
}

/// Rows that are valued at once.
class Handful {
 public:
  Handful(const PriceColumns& columns, const BatchSettings& settings)
      : columns_{&columns}, settings_{settings} {
    rows_.reserve(kRows);
    terms_.reserve(kRows);
  }

  [[nodiscard]] bool full() const { return rows_.size() == kRows; }

  void add(const CsvRowText& row, std::span<const std::string_view> fields) {
    Row& added = rows_.emplace_back(Row{.text = row, .fields = fields.size()});
    if (row.text.empty()) { return; }
    if (row.flaw == CsvFlaw::kBrokenQuote) {
      added.status = PriceStatus::kBadQuote;
    } else if (fields.size() != columns_->count()) {
      added.status = PriceStatus::kRaggedRow;
    } else if (auto terms = terms_of(fields, *columns_, settings_.as_of)) {
      terms_.push_back(*std::move(terms));
      added.status = PriceStatus::kOk;
    } else {
      added.status = terms.error();
    }
  }

  /// Values what was added, adds it to `out` with its results, and is empty again.
  void write(PricedRows& out, std::string_view default_ending) {
    values_.resize(terms_.size());
    value_options(terms_, settings_.value, values_);
    auto value = values_.cbegin();
    for (const Row& row : rows_) {
      out.text += row.text.text;
      if (row.status) {
        // The status of a short row stands in its column all the same.
        if (row.fields < columns_->count()) {
          out.text.append(columns_->count() - row.fields, ',');
        }
        const Valued result =
            *row.status == PriceStatus::kOk ? *value++ : Valued{std::unexpected{*row.status}};
        append_results(out.text, result);
        out.tally.count(result ? PriceStatus::kOk : result.error(), out.lines + 1);
      }
      out.text += row.text.ending.empty() ? default_ending : row.text.ending;
      out.lines += lines_in(row.text);
    }
    rows_.clear();
    terms_.clear();
  }

 private:
  static constexpr std::size_t kRows = 512;

  struct Row {
    CsvRowText text;
    std::size_t fields = 0;
    std::optional<PriceStatus> status;  // none: a blank line
  };

  void append_results(std::string& text, const Valued& value) const {
    const bool with_price = !columns_->has(PriceColumn::kPrice);
    if (!value) {
      text.append(with_price ? 9 : 8, ',');
      text += word(value.error());
      return;
    }
    const auto number = [&text](double one) {
      text += ',';
      append(text, one);
    };
    if (with_price) { number(value->price); }
    const Greeks& greeks = value->greeks;
    for (const double one : {greeks.delta, greeks.gamma, greeks.vega, greeks.theta, greeks.rho}) {
      number(one);
    }
    text += ',';
    if (value->iv) { append(text, *value->iv); }
    number(value->premium);
    text += ",ok";
  }

  const PriceColumns* columns_;
  BatchSettings settings_;
  std::vector<Row> rows_;
  std::vector<OptionTerms> terms_;
  std::vector<Valued> values_;
};

/// The whole rows of a source, a block at a time.
class RowBlocks {
 public:
  explicit RowBlocks(const ByteSource& source) : source_{&source} {}

  /// Empty at the end. A row that is too long comes as a block that goes on after its limit.
  std::string next() {
    std::string block;
    block.reserve(kBlock);
    block.swap(rest_);
    for (;;) {
      if (!ended_ && block.size() < kBlock) {
        const std::size_t count = source_->read(block, kBlock - block.size());
        ended_ = count == 0;
        bytes_ += count;
        if (!ended_ && block.size() < kBlock && source_->ready()) { continue; }
      }
      std::size_t whole = whole_rows(block, ended_);
      if (whole == 0 && block.size() > kMaxCsvRow) { whole = block.size(); }
      if (whole > 0 || ended_) {
        rest_.assign(block, whole);
        block.resize(whole);
        return block;
      }
    }
  }
  [[nodiscard]] bool would_wait() const { return !ended_ && !source_->ready(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  const ByteSource* source_;
  std::string rest_;
  std::size_t bytes_ = 0;
  bool ended_ = false;
};

PriceColumns read_header(std::string_view& table, std::string_view file, CsvRowText& header) {
  std::vector<std::string_view> fields;
  const auto row = take_row(table, true, fields);
  if (!row) { fail_data(fmt::format("{}: empty; its first line must name its columns", file)); }
  if (row->flaw == CsvFlaw::kTooLong) { fail_long_row(file, 1); }
  if (row->flaw == CsvFlaw::kBrokenQuote) {
    fail_data(fmt::format("{}:1: a quote is opened and not closed", file));
  }
  header = *row;
  return {fields, file};
}

}  // namespace

void BatchTally::count(PriceStatus status, std::size_t line) {
  Seen& seen = seen_[static_cast<std::size_t>(status)];
  if (seen.rows++ == 0) { seen.first_line = line; }
}

void BatchTally::add(const BatchTally& other, std::size_t lines) {
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    if (other.seen_[i].rows == 0) { continue; }
    if (seen_[i].rows == 0) { seen_[i].first_line = lines + other.seen_[i].first_line; }
    seen_[i].rows += other.seen_[i].rows;
  }
}

std::size_t BatchTally::rows() const {
  return std::accumulate(seen_.begin(), seen_.end(), std::size_t{0},
                         [](std::size_t sum, const Seen& seen) { return sum + seen.rows; });
}

std::string BatchTally::text() const {
  if (failed() == 0) { return fmt::format("{} rows", rows()); }
  std::string text = fmt::format("{} of {} rows failed:", failed(), rows());
  for (const auto& [status, name] : words<PriceStatus>()) {
    const Seen& seen = seen_[static_cast<std::size_t>(status)];
    if (status == PriceStatus::kOk || seen.rows == 0) { continue; }
    text += fmt::format(" {} {} (first on line {}),", name, seen.rows, seen.first_line);
  }
  text.pop_back();
  return text;
}

TablePricer::TablePricer(std::string_view& table, std::string_view file,
                         const BatchSettings& settings)
    : header_{byte_order_mark(table)},
      columns_{[&] {
        table.remove_prefix(header_.size());
        CsvRowText header;
        PriceColumns columns = read_header(table, file, header);
        header_lines_ = lines_in(header);
        header_ += header.text;
        ending_ = header.ending.empty() ? "\n" : header.ending;
        return columns;
      }()},
      settings_{settings} {
  for (const std::string_view name : kResultColumns) {
    if (name == "price" && columns_.has(PriceColumn::kPrice)) { continue; }
    header_ += ',';
    header_ += name;
  }
  header_ += ending_;
}

PricedRows TablePricer::price(std::string_view rows) const {
  PricedRows priced;
  priced.text.reserve(3 * rows.size());
  Handful handful{columns_, settings_};
  std::vector<std::string_view> fields;
  while (const auto row = take_row(rows, true, fields)) {
    if (row->flaw == CsvFlaw::kTooLong) {
      priced.too_long = true;
      break;
    }
    handful.add(*row, fields);
    if (handful.full()) { handful.write(priced, ending_); }
  }
  handful.write(priced, ending_);
  return priced;
}

BatchTally price_batch(const ByteSource& source, const ByteSink& sink,
                       const BatchSettings& settings, const BatchProgress& progress) {
  RowBlocks blocks{source};
  std::string block = blocks.next();
  std::string_view table = block;
  const TablePricer pricer{table, source.name(), settings};
  block.erase(0, block.size() - table.size());
  sink.write(pricer.header());
  if (block.empty()) { block = blocks.next(); }

  BatchTally tally;
  std::size_t lines = pricer.header_lines();
  std::deque<std::future<PricedRows>> flying;
  const auto land = [&] {
    const PricedRows rows = flying.front().get();
    flying.pop_front();
    sink.write(rows.text);
    tally.add(rows.tally, lines);
    lines += rows.lines;
    if (rows.too_long) { fail_long_row(source.name(), lines + 1); }
  };
  const unsigned threads = std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads);
  const auto policy = threads > 1 ? std::launch::async : std::launch::deferred;
  for (; !block.empty(); block = blocks.next()) {
    flying.push_back(
        std::async(policy, [&pricer, rows = std::move(block)] { return pricer.price(rows); }));
    while (flying.size() > threads || (!flying.empty() && blocks.would_wait())) { land(); }
    progress(blocks.bytes());
  }
  while (!flying.empty()) { land(); }
  return tally;
}

}  // namespace v6
