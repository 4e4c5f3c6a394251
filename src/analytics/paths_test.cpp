#include "analytics/paths.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <random>
#include <vector>

#include "analytics/black_batch.hpp"
#include "analytics/golden_file.hpp"
#include "analytics/option_right.hpp"
#include "analytics/scalar_math.hpp"

namespace v6 {
namespace {

/// Options with spots, rates, volatilities and prices of their own.
struct Book {
  std::vector<OptionRight> rights;
  std::vector<double> strikes, spots, forwards, discounts, years, volatilities, prices;

  void add(OptionRight right, double spot, const BlackInputs& inputs, double price) {
    rights.push_back(right);
    spots.push_back(spot);
    strikes.push_back(inputs.strike);
    forwards.push_back(inputs.forward);
    discounts.push_back(inputs.discount);
    years.push_back(inputs.years);
    volatilities.push_back(inputs.volatility);
    prices.push_back(price);
  }
  [[nodiscard]] BlackColumns options() const { return {.rights = rights, .strikes = strikes}; }
  [[nodiscard]] BlackRows rows() const {
    return {.spots = spots, .forwards = forwards, .discounts = discounts, .years = years};
  }
};

/// Every column that is worked out, as bits; an error stands as its number.
struct Results {
  std::vector<double> columns[7];
  std::vector<std::optional<IvError>> errors;

  explicit Results(const Book& book) : errors(book.strikes.size()) {
    for (auto& column : columns) { column.resize(book.strikes.size()); }
  }
  [[nodiscard]] ValueColumns values() {
    return {.prices = columns[0],
            .deltas = columns[1],
            .gammas = columns[2],
            .thetas = columns[3],
            .vegas = columns[4],
            .rhos = columns[5]};
  }
  [[nodiscard]] VolatilityColumns volatilities() {
    return {.volatilities = columns[6], .errors = errors};
  }
};

Results results_of(const Book& book) {
  Results results{book};
  black_values(book.rows(), book.options(), book.volatilities, results.values());
  implied_volatilities(book.rows(), book.options(), book.prices, results.volatilities());
  return results;
}

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
         (std::isnan(a) && std::isnan(b));  // a NaN is a NaN, whatever it carries
}

/// Runs `work` on every path this processor has and compares with the first.
template <class Work>
void expect_equal_on_all_paths(const Book& book, Work work) {
  const Path before = path_in_use();
  use_path(usable_paths().front());
  const Results reference = work(book);
  for (const Path path : usable_paths()) {
    use_path(path);
    const Results results = work(book);
    for (std::size_t column = 0; column < std::size(results.columns); ++column) {
      for (std::size_t i = 0; i < book.strikes.size(); ++i) {
        ASSERT_TRUE(same_bits(results.columns[column][i], reference.columns[column][i]))
            << name_of(path) << " column " << column
            << fmt::format(
                   ": {:a} not {:a}; strike {:a} forward {:a} volatility {:a} years {:a} price "
                   "{:a}",
                   results.columns[column][i], reference.columns[column][i], book.strikes[i],
                   book.forwards[i], book.volatilities[i], book.years[i], book.prices[i]);
      }
    }
    ASSERT_EQ(results.errors, reference.errors) << name_of(path);
  }
  use_path(before);
}

/// Mostly sane, a tenth of it not: tails, denormal numbers, infinities, no numbers.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_{seed} {}
  double between(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 11U) * 0x1p-53;
  }
  bool one_in(std::uint64_t n) { return engine_() % n == 0; }
  double maybe_wild(double sane) {
    if (!one_in(40)) { return sane; }
    constexpr double kWild[] = {0.0,
                                -0.0,
                                -1.0,
                                std::numeric_limits<double>::denorm_min(),
                                1e-310,
                                std::numeric_limits<double>::min(),
                                1e-90,
                                1e120,
                                std::numeric_limits<double>::max(),
                                std::numeric_limits<double>::infinity(),
                                -std::numeric_limits<double>::infinity(),
                                std::numeric_limits<double>::quiet_NaN()};
    return kWild[engine_() % std::size(kWild)];
  }
  double wide() { return std::bit_cast<double>(engine_()); }

 private:
  std::mt19937_64 engine_;
};

Book random_book(Dice& dice, int count) {
  Book book;
  for (int i = 0; i < count; ++i) {
    const OptionRight right = dice.one_in(2) ? OptionRight::kCall : OptionRight::kPut;
    const double spot = dice.between(1, 5000);
    const double years = std::exp(dice.between(-9, 1.5));
    const double volatility = std::exp(dice.between(-4, 1.5));
    BlackInputs inputs{
        .right = right,
        .forward = spot * dice.between(0.95, 1.05),
        .strike = spot * std::exp(volatility * std::sqrt(years) * dice.between(-9, 9)),
        .volatility = volatility,
        .years = years,
        .discount = dice.between(0.85, 1.01)};
    const double price = black_price(inputs);
    inputs.forward = dice.maybe_wild(inputs.forward);
    inputs.strike = dice.one_in(60) ? inputs.forward : dice.maybe_wild(inputs.strike);
    inputs.volatility = dice.maybe_wild(inputs.volatility);
    inputs.years = dice.maybe_wild(inputs.years);
    inputs.discount = dice.maybe_wild(inputs.discount);
    book.add(right, dice.maybe_wild(spot), inputs,
             dice.maybe_wild(dice.one_in(20) ? dice.between(0, 6000) : price));
  }
  return book;
}

TEST(Paths, AreTestedAndNamed) {
  std::vector<std::string_view> names;
  for (const Path path : usable_paths()) { names.push_back(name_of(path)); }
  RecordProperty("paths", fmt::format("{}", fmt::join(names, ", ")));
  std::printf("paths of this processor: %s\n", fmt::format("{}", fmt::join(names, ", ")).c_str());
  EXPECT_EQ(usable_paths().front(), Path::kPortable);
  EXPECT_EQ(path_in_use(), usable_paths().back());
}

// A path whose bits are wrong is not used, and then no other test here would miss it.
TEST(Paths, AreUsableWhereTheProcessorHasThem) {
  const auto usable = [](Path path) { return std::ranges::count(usable_paths(), path) > 0; };
  const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  const bool avx512 =
      avx2 && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
      __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512bw") != 0;
  EXPECT_EQ(usable(Path::kAvx2), avx2);
  EXPECT_EQ(usable(Path::kAvx512), avx512);
}

TEST(Paths, GiveTheSameBitsForAMillionOptions) {
  // A million in release and in soak; fewer where sanitizers slow every operation.
  const bool whole = std::getenv("V6_SOAK") != nullptr || !V6_SANITIZED;
  Dice dice{20251201};
  for (int round = 0; round < (whole ? 20 : 1); ++round) {
    expect_equal_on_all_paths(random_book(dice, 50'000), results_of);
  }
}

TEST(Paths, GiveTheSameBitsForTheGoldenOptions) {
  Book book;
  for (const char* file : {"golden/QuantLib-golden/european_values_haug1998.csv",
                           "golden/computed-golden/bsm_high_precision.csv"}) {
    for (const GoldenRow& row : golden_rows(file)) {
      const OptionRight right = row.text("type") == "call" ? OptionRight::kCall : OptionRight::kPut;
      const double years = row.number("t_years");
      const double spot = row.number("spot");
      book.add(right, spot,
               {.right = right,
                .forward = spot * std::exp((row.number("r") - row.number("q")) * years),
                .strike = row.number("strike"),
                .volatility = row.number("vol"),
                .years = years,
                .discount = std::exp(-row.number("r") * years)},
               row.number("price"));
    }
  }
  ASSERT_EQ(book.strikes.size(), 1543U);
  expect_equal_on_all_paths(book, results_of);
}

TEST(Paths, GiveTheSameElementaryFunctions) {
  const Path before = path_in_use();
  Dice dice{3};
  for (int i = 0; i < 20'000; ++i) {
    // Every pattern of bits, and every magnitude that matters.
    const double x = i % 2 == 0 ? dice.wide() : dice.between(-800, 800) * dice.between(0, 1);
    std::map<Path, std::vector<double>> values;
    for (const Path path : usable_paths()) {
      use_path(path);
      values[path] = {exact::exp(x),
                      exact::log(x),
                      exact::log1p(x),
                      exact::normal_below(x),
                      exact::normal_density(x),
                      exact::erfcx(std::abs(x))};
      for (std::size_t k = 0; k < values[path].size(); ++k) {
        ASSERT_TRUE(same_bits(values[path][k], values[usable_paths().front()][k]))
            << name_of(path) << " function " << k << fmt::format(" of {:a}", x);
      }
    }
  }
  use_path(before);
}

TEST(Batch, GivesEveryOptionTheBitsItHasAlone) {
  Dice dice{5};
  Book book = random_book(dice, 2'003);  // no multiple of a vector
  const Results rows = results_of(book);
  for (std::size_t i = 0; i < book.strikes.size(); ++i) {
    const BlackInputs inputs{.right = book.rights[i],
                             .forward = book.forwards[i],
                             .strike = book.strikes[i],
                             .volatility = book.volatilities[i],
                             .years = book.years[i],
                             .discount = book.discounts[i]};
    const Greeks greeks = black_greeks(inputs, book.spots[i]);
    const double alone[] = {black_price(inputs), greeks.delta, greeks.gamma,
                            greeks.theta,        greeks.vega,  greeks.rho};
    for (std::size_t column = 0; column < std::size(alone); ++column) {
      ASSERT_TRUE(same_bits(rows.columns[column][i], alone[column])) << column << " " << i;
    }
    const auto volatility = implied_volatility(inputs.right, book.prices[i], inputs.forward,
                                               inputs.strike, inputs.years, inputs.discount);
    ASSERT_EQ(volatility.has_value(), !rows.errors[i].has_value()) << i;
    if (volatility) {
      ASSERT_TRUE(same_bits(*volatility, rows.columns[6][i])) << i;
    } else {
      ASSERT_EQ(volatility.error(), *rows.errors[i]);
      ASSERT_TRUE(std::isnan(rows.columns[6][i]));
    }
  }

  // And an expiry shares what its rows repeat.
  for (std::size_t i = 0; i < book.strikes.size(); ++i) {
    book.spots[i] = 600.0;
    book.forwards[i] = 603.0;
    book.discounts[i] = 0.97;
    book.years[i] = 0.2;
  }
  const Results repeated = results_of(book);
  Results shared{book};
  const BlackSlice slice{.spot = 600.0, .forward = 603.0, .discount = 0.97, .years = 0.2};
  black_values(slice, book.options(), book.volatilities, shared.values());
  implied_volatilities(slice, book.options(), book.prices, shared.volatilities());
  for (std::size_t column = 0; column < std::size(shared.columns); ++column) {
    for (std::size_t i = 0; i < book.strikes.size(); ++i) {
      ASSERT_TRUE(same_bits(shared.columns[column][i], repeated.columns[column][i]))
          << column << " " << i;
    }
  }
  EXPECT_EQ(shared.errors, repeated.errors);
}

}  // namespace
}  // namespace v6
