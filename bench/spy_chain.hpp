#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "analytics/black_batch.hpp"

namespace v6::bench {

/// Uniform numbers that depend on nothing but the seed.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_{seed} {}
  [[nodiscard]] double between(double low, double high);
  /// Puts the values in an order of its own choice.
  template <class T>
  void shuffle(std::vector<T>& values);
  /// 0 .. count - 1.
  [[nodiscard]] std::size_t below(std::size_t count);

 private:
  std::mt19937_64 engine_;
};

template <class T>
void Dice::shuffle(std::vector<T>& values) {
  for (std::size_t left = values.size(); left > 1; --left) {
    std::swap(values[left - 1], values[below(left)]);
  }
}

/// One expiry: what its options share, and one option an index, shuffled.
struct Expiry {
  BlackSlice slice;
  int days = 0;
  std::vector<OptionRight> rights;
  std::vector<double> strikes;
  std::vector<double> volatilities;
  std::vector<double> prices;  // of those volatilities, correctly rounded
};

[[nodiscard]] BlackInputs inputs_of(const Expiry& expiry, std::size_t option);

/// SPY as it is quoted: spot 600, expiries from a day to 90 days, every dollar of strike whose
/// out-of-the-money side is worth a cent or more, calls and puts, a skewed smile with a jitter of
/// its own for every strike. At least 8,192 options; the same for the same seed.
[[nodiscard]] std::vector<Expiry> spy_chain(std::uint64_t seed);

/// Thirteen of those expiries with the same 240 strikes' worth of options each way: 6,240.
[[nodiscard]] std::vector<Expiry> spy_refresh_chain(std::uint64_t seed);

[[nodiscard]] std::size_t option_count(const std::vector<Expiry>& chain);

/// One option by itself.
struct Single {
  BlackInputs inputs;
  double price = 0;
};

/// All of a chain, shuffled over all expiries.
[[nodiscard]] std::vector<Single> singles_of(const std::vector<Expiry>& chain, std::uint64_t seed);

}  // namespace v6::bench
