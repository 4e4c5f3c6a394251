#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analytics/option_right.hpp"
#include "bench/exact_black.hpp"
#include "bench/iv_corners.hpp"
#include "bench/kit.hpp"
#include "bench/spy_chain.hpp"
#include "bench/yardstick/quantlib.hpp"

/// PERF-1: implied volatilities of a SPY chain, expiry by expiry. PERF-2: one by one, each waiting
/// for the last. PERF-3: the corners of the plane, and the slowest point found among them.
namespace v6::bench {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// `add` has no effect but to make this call wait for the one that gave it.
double single_volatility(const Single& option, double add) {
  const BlackInputs& in = option.inputs;
  return implied_volatility(in.right, option.price + add, in.forward, in.strike, in.years,
                            in.discount)
      .value_or(kNone);
}

double quantlib_volatility(const Single& option, double add) {
  const BlackInputs& in = option.inputs;
  return quantlib_implied_volatility(in.right == OptionRight::kCall, option.price + add, in.forward,
                                     in.strike, in.years, in.discount);
}

template <class Solve>
double in_a_chain(std::span<const Single> options, const Solve& solve) {
  double last = 0;
  double total = 0;
  for (const Single& option : options) {
    const double found = solve(option, last * 0.0);
    last = std::isnan(found) ? 0.0 : found;
    total += last;
  }
  return total;
}

/// The whole chain as the program asks for it, with room for the answers.
class Batch {
 public:
  explicit Batch(const std::vector<Expiry>& chain) : chain_{&chain} {
    std::size_t most = 0;
    for (const Expiry& expiry : chain) { most = std::max(most, expiry.strikes.size()); }
    volatilities_.resize(most);
    errors_.resize(most);
  }

  std::span<const double> solve(const Expiry& expiry) {
    const std::size_t count = expiry.strikes.size();
    const std::span volatilities{volatilities_.data(), count};
    implied_volatilities(expiry.slice, {.rights = expiry.rights, .strikes = expiry.strikes},
                         expiry.prices,
                         {.volatilities = volatilities, .errors = {errors_.data(), count}});
    return volatilities;
  }

  double solve_all() {
    double total = 0;
    for (const Expiry& expiry : *chain_) { total += solve(expiry).back(); }
    return total;
  }

 private:
  const std::vector<Expiry>* chain_;
  std::vector<double> volatilities_;
  std::vector<std::optional<IvError>> errors_;
};

/// Largest errors against 113 bits: relative on the out-of-the-money side; on the other, where the
/// price's own rounding takes digits, in the units of that rounding.
struct Worst {
  Largest outside;
  Largest inside;

  void add(const BlackInputs& inputs, const ExactVolatility& exact, double ours) {
    const long double error = std::abs(ours - exact.volatility);
    const bool call = inputs.right == OptionRight::kCall;
    const bool out = call ? inputs.strike >= inputs.forward : inputs.strike <= inputs.forward;
    if (out) {
      outside.add(static_cast<double>(error / exact.volatility));
    } else {
      inside.add(static_cast<double>(error / (exact.carried + 1e-15L * exact.volatility)));
    }
  }
};

void check_chain(const std::vector<Expiry>& chain, Accuracy& accuracy) {
  std::vector<std::vector<ExactVolatility>> exact;
  for (const Expiry& expiry : chain) {
    auto& row = exact.emplace_back();
    for (std::size_t i = 0; i < expiry.strikes.size(); ++i) {
      row.push_back(exact_volatility(inputs_of(expiry, i)));
    }
  }
  Batch batch{chain};
  for (const Path path : usable_paths()) {
    use_path(path);
    Worst worst;
    for (std::size_t e = 0; e < chain.size(); ++e) {
      const auto volatilities = batch.solve(chain[e]);
      for (std::size_t i = 0; i < volatilities.size(); ++i) {
        worst.add(inputs_of(chain[e], i), exact[e][i], volatilities[i]);
      }
    }
    accuracy.at_most(on_path("PERF-1", path), "relative error out of the money", 2e-15,
                     worst.outside.value());
    accuracy.at_most(on_path("PERF-1", path), "in the money, in roundings of the price", 8,
                     worst.inside.value());
  }
  Worst worst;
  for (std::size_t e = 0; e < chain.size(); ++e) {
    for (std::size_t i = 0; i < exact[e].size(); ++i) {
      const BlackInputs inputs = inputs_of(chain[e], i);
      worst.add(inputs, exact[e][i], single_volatility({inputs, chain[e].prices[i]}, 0.0));
    }
  }
  accuracy.at_most("PERF-2", "relative error out of the money", 2e-15, worst.outside.value());
}

/// Golden sets and corners: solved, and as close as eight roundings of the price allow.
void check_corners(const std::vector<Corner>& corners, Accuracy& accuracy) {
  double unsolved = 0;
  Largest worst;
  for (const Corner& corner : corners) {
    const double ours = single_volatility(corner.option, 0.0);
    if (std::isnan(ours)) {
      ++unsolved;
      continue;
    }
    const long double allowed = 8 * corner.exact.carried + 2e-15L * corner.exact.volatility;
    worst.add(static_cast<double>(std::abs(ours - corner.exact.volatility) / allowed));
  }
  accuracy.at_most("PERF-3", fmt::format("of {} points unsolved", corners.size()), 0, unsolved);
  accuracy.at_most("PERF-3", "worst error, in marks", 1, worst.value());
}

/// The point that takes longest, each timed by itself; the least of a few tries, so that an
/// interrupt does not choose.
Single slowest_of(const std::vector<Corner>& corners) {
  constexpr int kTries = 7;
  constexpr int kCalls = 40;
  using Clock = std::chrono::steady_clock;
  Clock::duration slowest{};
  Single found = corners.front().option;
  for (const Corner& corner : corners) {
    auto least = Clock::duration::max();
    for (int attempt = 0; attempt < kTries; ++attempt) {
      const auto started = Clock::now();
      double last = 0;
      for (int i = 0; i < kCalls; ++i) { last = single_volatility(corner.option, last * 0.0); }
      benchmark::DoNotOptimize(last);
      least = std::min(least, Clock::now() - started);
    }
    if (least > slowest) {
      slowest = least;
      found = corner.option;
    }
  }
  return found;
}

std::string text_of_point(const Single& option) {
  const BlackInputs& in = option.inputs;
  return fmt::format("{} forward {:.6g} strike {:.6g} years {:.3g} price {:.6g}",
                     in.right == OptionRight::kCall ? "call" : "put", in.forward, in.strike,
                     in.years, option.price);
}

struct Inputs {
  explicit Inputs(std::uint64_t seed)
      : chain{spy_chain(seed)}, singles{singles_of(chain, seed)}, corners{iv_corners(seed)} {
    for (const Corner& corner : corners) { corner_options.push_back(corner.option); }
    slowest.assign(64, slowest_of(corners));
  }

  std::vector<Expiry> chain;
  std::vector<Single> singles;
  std::vector<Corner> corners;
  std::vector<Single> corner_options;
  std::vector<Single> slowest;  // one point, many times
};

void prepare(std::uint64_t seed, Accuracy& accuracy) {
  const auto in = std::make_shared<const Inputs>(seed);
  check_chain(in->chain, accuracy);
  check_corners(in->corners, accuracy);
  benchmark::AddCustomContext("slowest point", text_of_point(in->slowest.front()));

  for (const Path path : usable_paths()) {
    measure(
        on_path("PERF-1", path), in->singles.size(),
        [in, batch = Batch{in->chain}]() mutable { return batch.solve_all(); }, path);
  }
  measure("PERF-2", in->singles.size(),
          [in] { return in_a_chain(in->singles, single_volatility); });
  measure("PERF-3", in->slowest.size(),
          [in] { return in_a_chain(in->slowest, single_volatility); });
  measure("all corners", in->corner_options.size(),
          [in] { return in_a_chain(in->corner_options, single_volatility); });
  measure("yardstick/quantlib", in->singles.size(),
          [in] { return in_a_chain(in->singles, quantlib_volatility); });
}

}  // namespace
}  // namespace v6::bench

int main(int argc, char** argv) { return v6::bench::run(argc, argv, v6::bench::prepare); }
