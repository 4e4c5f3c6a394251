#include "analytics/american.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "analytics/option_right.hpp"
#include "bench/kit.hpp"
#include "bench/spy_chain.hpp"
#include "bench/yardstick/quantlib.hpp"

/// PERF-5: American options with a dividend yield. PERF-6: the same with cash dividends.
namespace v6::bench {
namespace {

constexpr double kSpot = 600.0;
constexpr double kRate = 0.045;
constexpr double kYield = 0.013;

/// Options of one right of one expiry.
struct Block {
  OptionRight right;
  int days = 0;
  double yield = 0;
  std::vector<QuantlibDividend> paid;
  std::vector<CashDividend> dividends;  // the same in years
  std::vector<double> strikes;
  std::vector<double> volatilities;

  [[nodiscard]] AmericanSlice slice() const {
    return {.right = right,
            .spot = kSpot,
            .years = days / 365.0,
            .rate = kRate,
            .yield = yield,
            .dividends = dividends};
  }
};

/// The same option in the yardstick's words, and its dividends.
struct Twin {
  QuantlibOption option;
  const std::vector<QuantlibDividend>* paid;

  [[nodiscard]] double intrinsic() const {
    return std::max(option.call ? option.spot - option.strike : option.strike - option.spot, 0.0);
  }
};

struct Grid {
  std::vector<Block> blocks;
  std::size_t options = 0;
};

/// Strikes 0.8 to 1.2 of spot and volatilities 12 to 45 %, each anywhere in its range; calls and
/// puts; at least 8,192 in all. Dividends, if any: what SPY pays every 91 days, the first within
/// the quarter, one or two before expiry.
Grid grid_of(std::uint64_t seed, std::span<const int> expiries, bool cash) {
  Dice dice{seed};
  Grid grid;
  const std::size_t each = 8192 / (2 * expiries.size()) + 1;
  for (const int days : expiries) {
    for (const OptionRight right : {OptionRight::kCall, OptionRight::kPut}) {
      Block block{.right = right, .days = days, .yield = cash ? 0.0 : kYield};
      if (cash) {
        const int first =
            1 + static_cast<int>(dice.below(static_cast<std::size_t>(std::min(days - 1, 90))));
        for (int day = first; day < days && block.paid.size() < 2; day += 91) {
          block.paid.push_back({.days = day, .amount = dice.between(1.6, 2.1)});
          block.dividends.push_back({.years = day / 365.0, .amount = block.paid.back().amount});
        }
      }
      for (std::size_t i = 0; i < each; ++i) {
        block.strikes.push_back(kSpot * dice.between(0.8, 1.2));
        block.volatilities.push_back(dice.between(0.12, 0.45));
      }
      grid.options += each;
      grid.blocks.push_back(std::move(block));
    }
  }
  dice.shuffle(grid.blocks);
  return grid;
}

std::vector<Twin> twins_of(const Grid& grid) {
  std::vector<Twin> twins;
  for (const Block& block : grid.blocks) {
    for (std::size_t i = 0; i < block.strikes.size(); ++i) {
      twins.push_back({.option = {.call = block.right == OptionRight::kCall,
                                  .spot = kSpot,
                                  .strike = block.strikes[i],
                                  .volatility = block.volatilities[i],
                                  .days = block.days,
                                  .rate = kRate,
                                  .yield = block.yield},
                       .paid = &block.paid});
    }
  }
  return twins;
}

double with_yield(const Twin& twin, QuantlibScheme scheme) {
  return quantlib_american(&twin.option, scheme);
}

double with_dividends(const Twin& twin, QuantlibGrid grid) {
  return quantlib_american_dividends(&twin.option, twin.paid->data(),
                                     static_cast<int>(twin.paid->size()), grid);
}

/// The same without the grid's error, which is in proportion to the step of time, since exercise is
/// looked at once a step, and to the square of that of spot. Within 0.0004 dollars of 1600x1600
/// treated alike.
double with_dividends_exactly(const Twin& twin) {
  const double both = with_dividends(twin, {.times = 800, .spots = 800});
  const double half_time = with_dividends(twin, {.times = 400, .spots = 800});
  const double half_both = with_dividends(twin, {.times = 400, .spots = 400});
  return both + (both - half_time) + (half_time - half_both) / 3.0;
}

/// Ours of the whole grid, in the order of its options.
class Prices {
 public:
  explicit Prices(const Grid& grid) : grid_{&grid}, prices_(grid.options) {}

  std::span<const double> all() {
    std::size_t at = 0;
    for (const Block& block : grid_->blocks) {
      const std::size_t count = block.strikes.size();
      american_prices(block.slice(), block.strikes, block.volatilities,
                      std::span{prices_}.subspan(at, count));
      at += count;
    }
    return prices_;
  }

 private:
  const Grid* grid_;
  std::vector<double> prices_;
};

/// An option to be checked and what it is worth: never less than exercise, which the yardstick's
/// kernel leaves to its caller.
struct Wanted {
  std::size_t option;
  double price;
};

void check(const std::string& goal, const Grid& grid, std::span<const Wanted> wanted, double limit,
           Accuracy& accuracy) {
  Prices prices{grid};
  for (const Path path : usable_paths()) {
    use_path(path);
    const auto ours = prices.all();
    Largest worst;
    double squares = 0;
    for (const Wanted& each : wanted) {
      const double error = std::abs(ours[each.option] - each.price);
      squares += error * error;
      worst.add(error);
    }
    const double mean = std::sqrt(squares / static_cast<double>(wanted.size()));
    accuracy.at_most(on_path(goal, path), "dollars at spot 600, worst", limit, worst.value());
    accuracy.at_most(on_path(goal, path), "root mean square", limit, mean);
  }
}

void measure_ours(const std::string& goal, const std::shared_ptr<const Grid>& grid) {
  for (const Path path : usable_paths()) {
    measure(
        on_path(goal, path), grid->options,
        [grid, prices = Prices{*grid}]() mutable { return prices.all().back(); }, path);
  }
}

void prepare_yields(std::uint64_t seed, Accuracy& accuracy) {
  constexpr int kDays[]{7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 80, 90};
  const auto grid = std::make_shared<const Grid>(grid_of(seed, kDays, false));
  std::vector<Twin> twins = twins_of(*grid);
  std::vector<Wanted> wanted;
  for (std::size_t i = 0; i < twins.size(); ++i) {
    wanted.push_back({i, std::max(with_yield(twins[i], kQuantlibAccurate), twins[i].intrinsic())});
  }
  check("PERF-5", *grid, wanted, 0.005, accuracy);
  measure_ours("PERF-5", grid);
  Dice{seed}.shuffle(twins);
  measure("yardstick/qdfp", twins.size(), [grid, twins] {
    double total = 0;
    for (const Twin& twin : twins) { total += with_yield(twin, kQuantlibFast); }
    return total;
  });
}

void prepare_dividends(std::uint64_t seed, Accuracy& accuracy) {
  // The yardstick takes milliseconds an option: a sample stands for the grid.
  constexpr std::size_t kSample = 64;
  constexpr int kDays[]{14, 21, 28, 35, 42, 56, 70, 90, 110, 130, 150, 180};
  const auto grid = std::make_shared<const Grid>(grid_of(seed, kDays, true));
  const std::vector<Twin> twins = twins_of(*grid);
  std::vector<Twin> sample;
  std::vector<Wanted> wanted;
  Dice dice{seed};
  for (std::size_t i = 0; i < kSample; ++i) {
    const std::size_t option = dice.below(twins.size());
    sample.push_back(twins[option]);
    wanted.push_back({option, with_dividends_exactly(twins[option])});
  }
  check("PERF-6", *grid, wanted, 0.006, accuracy);
  measure_ours("PERF-6", grid);
  measure("yardstick/fd", sample.size(), [grid, sample] {
    double total = 0;
    for (const Twin& twin : sample) { total += with_dividends(twin, {.times = 200, .spots = 200}); }
    return total;
  });
}

void prepare(std::uint64_t seed, Accuracy& accuracy) {
  prepare_yields(seed, accuracy);
  prepare_dividends(seed, accuracy);
}

}  // namespace
}  // namespace v6::bench

int main(int argc, char** argv) { return v6::bench::run(argc, argv, v6::bench::prepare); }
