// Own implied volatility and delta against the files' on every shipped day of SPX: SPXW, 20 to 45
// days, out of the money, each contract by its own mid.
#include "strategy/own_values.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "config/reference.hpp"
#include "sim/chain_files.hpp"

namespace v6::real_chain {
namespace {

using namespace literals;

/// Own less the file's, of many contracts.
struct Differences {
  std::vector<double> puts;   // volatility
  std::vector<double> calls;  // volatility
  std::vector<double> deltas;

  void add(const OwnValues& own) {
    (own.contract.right == OptionRight::kPut ? puts : calls).push_back(*own.iv_off());
    deltas.push_back(*own.delta_off());
  }
  void add(const Differences& more) {
    puts.insert(puts.end(), more.puts.begin(), more.puts.end());
    calls.insert(calls.end(), more.calls.begin(), more.calls.end());
    deltas.insert(deltas.end(), more.deltas.begin(), more.deltas.end());
  }
  [[nodiscard]] std::vector<double> volatilities() const {
    std::vector<double> all = puts;
    all.insert(all.end(), calls.begin(), calls.end());
    return all;
  }
};

double quantile(std::vector<double> values, double share) {
  std::ranges::sort(values);
  return values.at(static_cast<std::size_t>(share * static_cast<double>(values.size() - 1)));
}

double size_quantile(std::vector<double> values, double share) {
  for (double& value : values) { value = std::abs(value); }
  return quantile(std::move(values), share);
}

struct Day {
  Date date;
  Differences off;
};

std::vector<Day> compare_all_days() {
  const std::filesystem::path data{V6_DATA};
  const Reference reference = read_reference(data / "reference");
  const Calendar calendar{reference.calendar};
  std::vector<Day> days;
  for (const ChainFile& file : list_chain_files(data / "spx-eod-2019", "SPX"_sym, date(2019, 4, 25),
                                                date(2019, 7, 3), calendar)) {
    ContractIndex index;
    const DayOfQuotes quotes = intern_day(parse_chain_file(file, "SPX"_sym), index);
    const MarketView view{
        "SPX"_sym,
        quotes.spot,
        calendar.session(file.date, SessionKind::kEquity)->close - std::chrono::minutes{15},
        quotes.chain,
        index.master(),
        calendar,
        yields_before(reference.yields, file.date).curve};
    days.push_back({.date = file.date});
    for (const ExpirySlice* slice : view.expiries("SPXW"_sym)) {
      if (slice->dte < 20 || slice->dte > 45) { continue; }
      own_values(view, index.master(), *slice).each([&](const OwnValues& own) {
        if (own.out_of_the_money && own.iv_off()) { days.back().off.add(own); }
      });
    }
  }
  return days;
}

std::string line_of(std::string_view name, const Differences& off) {
  const auto volatilities = off.volatilities();
  return fmt::format("{:10} {:9} {:9.5f} {:9.5f} {:9.5f} {:+10.5f} {:+10.5f} {:11.5f} {:9.5f}\n",
                     name, volatilities.size(), size_quantile(volatilities, 0.5),
                     size_quantile(volatilities, 0.9), size_quantile(volatilities, 1),
                     quantile(off.puts, 0.5), quantile(off.calls, 0.5),
                     size_quantile(off.deltas, 0.5), size_quantile(off.deltas, 1));
}

/// On these days underlying_last is the official close, or the file was taken early in the session:
/// the vendor's volatilities rest on a spot or a time of another moment than the quotes.
const std::set<Date> kOtherMoment = {date(2019, 4, 25), date(2019, 4, 26), date(2019, 4, 29),
                                     date(2019, 5, 9), date(2019, 5, 20)};

TEST(OwnValuesOfRealDays, AgreeWithTheFilesVolatilityAndDelta) {
  const std::vector<Day> days = compare_all_days();
  ASSERT_EQ(days.size(), 44U);
  Differences pool;
  std::string table =
      "own less file  contracts IV median       90 %       max       puts      calls delta median"
      "       max\n";
  for (const Day& day : days) {
    SCOPED_TRACE(iso(day.date));
    table += line_of(iso(day.date), day.off);
    pool.add(day.off);
    const double iv = size_quantile(day.off.volatilities(), 0.5);
    const double delta = size_quantile(day.off.deltas, 0.5);
    EXPECT_GT(day.off.deltas.size(), 800U);
    if (kOtherMoment.contains(day.date)) {
      EXPECT_GT(iv, 0.0007);
      EXPECT_LT(iv, 0.0034);
    } else {
      EXPECT_LT(iv, 0.0005);
    }
    EXPECT_LT(delta, 0.002);
  }
  fmt::print("{}{}", table, line_of("all", pool));
  EXPECT_LT(size_quantile(pool.volatilities(), 0.5), 0.0005);
  EXPECT_LT(size_quantile(pool.deltas, 0.5), 0.005);
}

}  // namespace
}  // namespace v6::real_chain
