#pragma once

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "analytics/paths.hpp"

namespace v6::bench {

/// What a program found out about its own results: printed before the times, and written into the
/// JSON beside them under `accuracy/GOAL`.
class Accuracy {
 public:
  /// An error measured for a goal ("PERF-1"), and the most it may be. `what` carries the unit.
  void at_most(std::string_view goal, std::string_view what, double limit, double measured);
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] const std::map<std::string, std::string>& lines() const { return lines_; }

 private:
  bool good_ = true;
  std::map<std::string, std::string> lines_;
};

/// The largest of many errors; once one is no number, no number.
class Largest {
 public:
  void add(double error) {
    if (!(error <= value_) && !std::isnan(value_)) { value_ = error; }
  }
  [[nodiscard]] double value() const { return value_; }

 private:
  double value_ = 0;
};

/// The `main` of every program: `--seed N` (default 1), then Google Benchmark's own options.
/// `prepare` makes the inputs from the seed, checks the results and registers what is timed.
/// Returns 1 when a result was not accurate: its time counts for nothing.
[[nodiscard]] int run(int argc, char** argv,
                      const std::function<void(std::uint64_t seed, Accuracy&)>& prepare);

/// Times `work`, which handles `items` options: it returns the sum of what one-by-one functions
/// gave, or a last result of batches, which lie in memory and were checked. The JSON's
/// items_per_second is what the table is made of.
void measure(const std::string& name, std::size_t items, std::function<double()> work,
             Path path = usable_paths().back());

/// What a goal is called on a path: "PERF-1/AVX2".
[[nodiscard]] std::string on_path(std::string_view goal, Path path);

}  // namespace v6::bench
