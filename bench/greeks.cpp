#include <algorithm>
#include <array>
#include <boost/align/aligned_allocator.hpp>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "analytics/option_right.hpp"
#include "bench/exact_black.hpp"
#include "bench/kit.hpp"
#include "bench/spy_chain.hpp"
#include "bench/yardstick/plain.hpp"
#include "bench/yardstick/quantlib.hpp"

/// PERF-4: price and five Greeks of a SPY chain, expiry by expiry.
namespace v6::bench {
namespace {

/// Results of one expiry, six columns.
class Values {
 public:
  explicit Values(const std::vector<Expiry>& chain) : chain_{&chain} {
    std::size_t most = 0;
    for (const Expiry& expiry : chain) { most = std::max(most, expiry.strikes.size()); }
    for (auto& column : columns_) { column.resize(most); }
  }

  void price(const Expiry& expiry) {
    count_ = expiry.strikes.size();
    black_values(expiry.slice, {.rights = expiry.rights, .strikes = expiry.strikes},
                 expiry.volatilities,
                 {.prices = column(0),
                  .deltas = column(1),
                  .gammas = column(2),
                  .thetas = column(3),
                  .vegas = column(4),
                  .rhos = column(5)});
  }

  double price_all() {
    double total = 0;
    for (const Expiry& expiry : *chain_) {
      price(expiry);
      for (std::size_t i = 0; i < columns_.size(); ++i) { total += column(i).back(); }
    }
    return total;
  }

  [[nodiscard]] double at(std::size_t column, std::size_t option) const {
    return columns_[column][option];
  }

 private:
  std::span<double> column(std::size_t i) { return {columns_[i].data(), count_}; }

  const std::vector<Expiry>* chain_;
  std::size_t count_ = 0;
  /// A vector stored across two cache lines costs twice.
  using Column = std::vector<double, boost::alignment::aligned_allocator<double, 64>>;
  std::array<Column, 6> columns_;
};

/// What an error is relative to at the least. Theta is decay less carry: where the two cancel to a
/// thousandth and beyond, no arithmetic keeps its relative digits, and decay is the measure.
long double least_of(std::size_t column, const Expiry& expiry, std::size_t option,
                     const ExactValues& exact) {
  constexpr std::size_t kTheta = 3;
  if (column != kTheta) { return 0; }
  const long double decay =
      100 * exact.vega * expiry.volatilities[option] / (2 * expiry.slice.years) / 365;
  return 1e-3L * decay;
}

void check(const std::vector<Expiry>& chain, Accuracy& accuracy) {
  std::vector<std::vector<ExactValues>> exact;
  for (const Expiry& expiry : chain) {
    auto& row = exact.emplace_back();
    for (std::size_t i = 0; i < expiry.strikes.size(); ++i) {
      row.push_back(exact_values(inputs_of(expiry, i), expiry.slice.spot, *expiry.slice.carry));
    }
  }
  Values values{chain};
  for (const Path path : usable_paths()) {
    use_path(path);
    Largest worst;
    for (std::size_t e = 0; e < chain.size(); ++e) {
      values.price(chain[e]);
      for (std::size_t i = 0; i < exact[e].size(); ++i) {
        const ExactValues& x = exact[e][i];
        const std::array<long double, 6> wanted{x.price, x.delta, x.gamma, x.theta, x.vega, x.rho};
        for (std::size_t column = 0; column < wanted.size(); ++column) {
          const long double size =
              std::max(std::abs(wanted[column]), least_of(column, chain[e], i, x));
          if (size <= 1e-8L) { continue; }
          worst.add(static_cast<double>(std::abs(values.at(column, i) - wanted[column]) / size));
        }
      }
    }
    accuracy.at_most(on_path("PERF-4", path), "relative error", 5e-12, worst.value());
  }
}

double quantlib_all(const std::vector<Single>& options, double spot) {
  double total = 0;
  std::array<double, 6> values{};
  for (const Single& option : options) {
    const BlackInputs& in = option.inputs;
    quantlib_black(in.right == OptionRight::kCall, spot, in.forward, in.strike, in.volatility,
                   in.years, in.discount, values.data());
    total += values[0] + values[1] + values[2] + values[3] + values[4] + values[5];
  }
  return total;
}

double plain_all(const std::vector<Single>& options, double spot) {
  double total = 0;
  for (const Single& option : options) {
    const PlainBlack black = plain_black(option.inputs, spot);
    total += black.price + black.delta + black.gamma + black.theta + black.vega + black.rho;
  }
  return total;
}

struct Inputs {
  explicit Inputs(std::uint64_t seed)
      : chain{spy_chain(seed)}, singles{singles_of(chain, seed)}, spot{chain.front().slice.spot} {}

  std::vector<Expiry> chain;
  std::vector<Single> singles;
  double spot;
};

void prepare(std::uint64_t seed, Accuracy& accuracy) {
  const auto in = std::make_shared<const Inputs>(seed);
  check(in->chain, accuracy);
  for (const Path path : usable_paths()) {
    measure(
        on_path("PERF-4", path), in->singles.size(),
        [in, values = Values{in->chain}]() mutable { return values.price_all(); }, path);
  }
  measure("yardstick/quantlib", in->singles.size(),
          [in] { return quantlib_all(in->singles, in->spot); });
  measure("yardstick/plain", in->singles.size(), [in] { return plain_all(in->singles, in->spot); });
}

}  // namespace
}  // namespace v6::bench

int main(int argc, char** argv) { return v6::bench::run(argc, argv, v6::bench::prepare); }
