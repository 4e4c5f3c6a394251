#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "base/decimal.hpp"
#include "cli/csv_rows.hpp"
#include "cli/price_batch.hpp"

// Pricing a table against reading and writing it alone, one thread, in memory: the same rows split,
// their numbers parsed, and the same columns written with as many numbers in shortest decimals.
//
//   bench_price_csv [ROWS] [SEED] [RUNS]

namespace v6 {
namespace {

constexpr std::size_t kBlock = 262'144;
constexpr double kMostTimes = 2.0;

std::string table_of(std::size_t rows, std::uint64_t seed, bool by_price) {
  std::mt19937_64 engine{seed};
  const auto uniform = [&](double low, double high) {
    return low + (high - low) * static_cast<double>(engine() >> 11U) * 0x1p-53;
  };
  std::string text =
      fmt::format("type,style,strike,spot,rate,yield,years,{}\n", by_price ? "price" : "vol");
  for (std::size_t i = 0; i < rows; ++i) {
    const double spot = uniform(550, 650);
    const double strike = std::floor(spot * uniform(0.9, 1.1));
    const double years = std::floor(uniform(5, 90)) / 365.0;
    const double price = 0.4 * spot * uniform(0.1, 0.5) * std::sqrt(years);
    text += fmt::format("{},european,{},{:.2f},{:.4f},0.012,{:.6f},{:.4f}\n",
                        strike >= spot ? 'C' : 'P', strike, spot, uniform(0.03, 0.05), years,
                        by_price ? price : uniform(0.1, 0.5));
  }
  return text;
}

/// The rows with their own numbers again behind them, `results` of them.
std::string copy(std::string_view rows, std::size_t results) {
  std::string out;
  out.reserve(3 * rows.size());
  std::vector<std::string_view> fields;
  std::array<char, 32> digits;
  while (const auto row = take_row(rows, true, fields)) {
    out += row->text;
    double sum = 0;
    for (const std::string_view field : fields) {
      if (const auto number = parse_double(csv_value(field))) { sum += *number; }
    }
    for (std::size_t i = 0; i < results; ++i) {
      // Results have about sixteen digits, as these have.
      const double number = sum / (3.0 + static_cast<double>(i));
      const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
      out += ',';
      out.append(digits.data(), end);
    }
    out += ",,ok\n";
  }
  return out;
}

/// Seconds of one pass over all blocks.
template <class Work>
double timed(const std::vector<std::string>& blocks, Work work) {
  std::size_t bytes = 0;
  const auto started = std::chrono::steady_clock::now();
  for (const std::string& block : blocks) { bytes += work(block).size(); }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started;
  return bytes > 0 ? taken.count() : 0;
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

bool compare(std::string_view name, std::size_t rows, std::uint64_t seed, std::size_t runs,
             bool by_price) {
  const std::string text = table_of(rows, seed, by_price);
  std::string_view table = text;
  const TablePricer pricer{table, "bench", {.as_of = date(2025, 12, 1)}};
  std::vector<std::string> blocks;
  BatchTally tally;
  while (!table.empty()) {
    const std::string_view piece = table.substr(0, kBlock);
    const std::size_t whole = whole_rows(piece, piece.size() == table.size());
    tally.add(pricer.price(table.substr(0, whole)).tally, 0);
    blocks.emplace_back(table.substr(0, whole));
    table.remove_prefix(whole);
  }
  std::vector<double> priced;
  std::vector<double> copied;
  std::vector<double> ratios;
  for (std::size_t run = 0; run < runs; ++run) {
    copied.push_back(timed(blocks, [](const std::string& block) { return copy(block, 7); }));
    priced.push_back(timed(blocks, [&](const std::string& b) { return pricer.price(b).text; }));
    ratios.push_back(copied.back() / priced.back());
  }
  const double per_row = 1e9 / static_cast<double>(rows);
  const double ratio = median(ratios);
  const bool good = ratio >= 1.0 / kMostTimes;
  fmt::print(
      "{:<24} {:6.0f} ns a row; read and written alone {:6.0f} ns; speed {:.2f} of that "
      "(floor {:.2f}) {}; {}\n",
      name, median(priced) * per_row, median(copied) * per_row, ratio, 1.0 / kMostTimes,
      good ? "ok" : "MISSED", tally.text());
  return good && tally.failed() == 0;
}

}  // namespace
}  // namespace v6

int main(int argc, char** argv) {
  const auto number = [&](int place, std::uint64_t otherwise) {
    return argc > place ? v6::parse_count(argv[place]).value_or(otherwise) : otherwise;
  };
  const std::uint64_t rows = number(1, 200'000);
  const std::uint64_t seed = number(2, 1);
  const std::uint64_t runs = number(3, 9);
  const bool vol = v6::compare("price and Greeks", rows, seed, runs, false);
  const bool iv = v6::compare("volatility and Greeks", rows, seed, runs, true);
  return vol && iv ? 0 : 1;
}
