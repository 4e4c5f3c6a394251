#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "analytics/option_right.hpp"
#include "analytics/paths.hpp"
#include "bench/spy_chain.hpp"

/// PERF-15: what instructions.py counts the instructions of: PASSES times over one expiry of 512
/// options on the AVX2 path, implied volatilities (`iv`) or price and Greeks (`greeks`).
namespace v6::bench {
namespace {

constexpr std::size_t kOptions = 512;

/// An expiry of 45 days, every option a quotable one; prices need not be exact here.
Expiry one_expiry() {
  Dice dice{1};
  Expiry expiry{.slice = {.spot = 600,
                          .forward = 602.2,
                          .discount = 0.9947,
                          .years = 45 / 365.0,
                          .carry = Carry{.rate = 0.0431, .yield = 0.0134}},
                .days = 45};
  for (std::size_t i = 0; i < kOptions; ++i) {
    const bool call = i % 2 == 0;
    expiry.rights.push_back(call ? OptionRight::kCall : OptionRight::kPut);
    expiry.strikes.push_back(dice.between(520.0, 680.0));
    expiry.volatilities.push_back(dice.between(0.15, 0.30));
    expiry.prices.push_back(black_price(inputs_of(expiry, i)));
  }
  return expiry;
}

double imply(const Expiry& expiry) {
  static std::vector<double> volatilities(kOptions);
  static std::vector<std::optional<IvError>> errors(kOptions);
  implied_volatilities(expiry.slice, {.rights = expiry.rights, .strikes = expiry.strikes},
                       expiry.prices, {.volatilities = volatilities, .errors = errors});
  return volatilities.back();
}

double value(const Expiry& expiry) {
  static std::array<std::vector<double>, 6> columns;
  for (auto& column : columns) { column.resize(kOptions); }
  black_values(expiry.slice, {.rights = expiry.rights, .strikes = expiry.strikes},
               expiry.volatilities,
               {.prices = columns[0],
                .deltas = columns[1],
                .gammas = columns[2],
                .thetas = columns[3],
                .vegas = columns[4],
                .rhos = columns[5]});
  return columns[5].back();
}

using Pass = double (*)(const Expiry&);

}  // namespace
}  // namespace v6::bench

/// What callgrind collects within, by this name; outside of it start and first use.
extern "C" [[gnu::noinline]] double counted_passes(v6::bench::Pass pass,
                                                   const v6::bench::Expiry& expiry, int passes) {
  double total = 0;
  for (int i = 0; i < passes; ++i) { total += pass(expiry); }
  return total;
}

namespace v6::bench {
namespace {

int run(std::string_view what, int passes) {
  // The limits are AVX2's. Valgrind knows nothing wider, but a run without it may.
  const auto& usable = usable_paths();
  if (std::ranges::find(usable, Path::kAvx2) != usable.end()) { use_path(Path::kAvx2); }
  const Expiry expiry = one_expiry();
  const Pass pass = what == "iv" ? imply : value;
  const double first = pass(expiry);
  const double total = counted_passes(pass, expiry, passes);
  fmt::print("{} options on {}, sum {:.6g}\n", kOptions * static_cast<std::size_t>(passes),
             name_of(path_in_use()), first + total);
  return 0;
}

}  // namespace
}  // namespace v6::bench

int main(int argc, char** argv) {
  int passes = 0;
  const std::string_view what{argc == 3 ? argv[1] : ""};
  if (argc == 3) { std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), passes); }
  if ((what != "iv" && what != "greeks") || passes < 1) {
    fmt::print(stderr, "usage: bench_instructions iv|greeks PASSES\n");
    return 2;
  }
  return v6::bench::run(what, passes);
}
