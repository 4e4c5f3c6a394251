#include "bench/kit.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <string_view>
#include <vector>

namespace v6::bench {
namespace {

/// Takes `--seed N` or `--seed=N` out of the arguments; false when N is no number.
bool take_seed(std::vector<char*>& arguments, std::uint64_t& seed) {
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view word{arguments[i]};
    if (!word.starts_with("--seed")) { continue; }
    const bool joined = word.starts_with("--seed=");
    if (!joined && (word != "--seed" || i + 1 == arguments.size())) { return false; }
    const std::string_view text = joined ? word.substr(7) : std::string_view{arguments[i + 1]};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
    const auto at = arguments.begin() + static_cast<std::ptrdiff_t>(i);
    arguments.erase(at, at + (joined ? 1 : 2));
    return error == std::errc{} && end == text.data() + text.size();
  }
  return true;
}

}  // namespace

void Accuracy::at_most(std::string_view goal, std::string_view what, double limit,
                       double measured) {
  const bool met = measured <= limit;  // a NaN is not
  good_ = good_ && met;
  const std::string line =
      fmt::format("{} {:.2g} (limit {:.2g}{})", what, measured, limit, met ? "" : ", MISSED");
  std::string& all = lines_[std::string{goal}];
  all += (all.empty() ? "" : "; ") + line;
}

int run(int argc, char** argv, const std::function<void(std::uint64_t seed, Accuracy&)>& prepare) {
  std::vector<char*> arguments(argv, argv + argc);
  std::uint64_t seed = 1;
  if (!take_seed(arguments, seed)) {
    fmt::print(stderr, "{}: --seed wants a whole number from 0 up\n", argv[0]);
    return 2;
  }
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) { return 2; }

  Accuracy accuracy;
  prepare(seed, accuracy);
  benchmark::AddCustomContext("seed", fmt::format("{}", seed));
  for (const auto& [goal, line] : accuracy.lines()) {
    benchmark::AddCustomContext("accuracy/" + goal, line);
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return accuracy.good() ? 0 : 1;
}

void measure(const std::string& name, std::size_t items, std::function<double()> work, Path path) {
  const auto timed = [items, path, work = std::move(work)](benchmark::State& state) {
    use_path(path);
    for ([[maybe_unused]] const auto& pass : state) { benchmark::DoNotOptimize(work()); }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
  };
  benchmark::RegisterBenchmark(name.c_str(), timed)->MinTime(0.1);
}

std::string on_path(std::string_view goal, Path path) {
  return fmt::format("{}/{}", goal, name_of(path));
}

}  // namespace v6::bench
