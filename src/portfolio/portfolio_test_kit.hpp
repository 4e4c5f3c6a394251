#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <ostream>
#include <vector>

#include "model/contract.hpp"
#include "model/structure.hpp"
#include "portfolio/exposure.hpp"

namespace v6 {

// How a failed expectation shows them.
template <class Kind>
std::ostream& operator<<(std::ostream& out, Fixed<Kind> amount) {
  return out << amount.text();
}
inline std::ostream& operator<<(std::ostream& out, Contracts count) { return out << count.raw(); }

}  // namespace v6

namespace v6::test {

/// Options listed on demand: the same contract has the same id each time it is named.
class Listing {
 public:
  ContractId operator()(const Contract& contract) {
    for (std::uint32_t id = 0; id < master.size(); ++id) {
      if (master[ContractId{id}] == contract) { return ContractId{id}; }
    }
    master.columns.push_back(contract);
    return ContractId{static_cast<std::uint32_t>(master.size() - 1)};
  }

  InstrumentMaster master;
};

/// Strikes in dollars as tests write them.
[[nodiscard]] constexpr Price dollars(double amount) {
  return Price::from_raw(static_cast<std::int64_t>(amount * 10'000.0 + (amount < 0 ? -0.5 : 0.5)));
}
[[nodiscard]] constexpr Money money(double amount) {
  return Money::from_raw(dollars(amount).raw());
}

/// What a bundle is worth at `level`, in ten-thousandths, written out once more by hand.
[[nodiscard]] inline std::int64_t worth(const Bundle& bundle, std::int64_t level) {
  std::int64_t sum = bundle.cash.raw();
  for (const ExposureLeg& leg : bundle.legs) {
    const std::int64_t in_the_money =
        leg.right == OptionRight::kCall ? level - leg.strike.raw() : leg.strike.raw() - level;
    sum += std::max<std::int64_t>(0, in_the_money) * leg.units;
  }
  return sum;
}

/// The worst loss of `held` with every subset of `pending`, found by looking at each: at 0, at
/// every strike, and a dollar apart far beyond them all, where a loss that grows has no end.
[[nodiscard]] inline std::optional<Money> worst_by_brute_force(const Bundle& held,
                                                               const std::vector<Bundle>& pending) {
  std::vector<std::int64_t> levels = {0};
  const auto add_strikes = [&](const Bundle& bundle) {
    for (const ExposureLeg& leg : bundle.legs) { levels.push_back(leg.strike.raw()); }
  };
  add_strikes(held);
  std::ranges::for_each(pending, add_strikes);
  const std::int64_t far = 10 * *std::ranges::max_element(levels) + 10'000;
  levels.insert(levels.end(), {far, far + 10'000});

  std::optional<std::int64_t> lowest;
  for (std::uint32_t subset = 0; subset < (1U << pending.size()); ++subset) {
    const auto total = [&](std::int64_t level) {
      std::int64_t sum = worth(held, level);
      for (std::size_t i = 0; i < pending.size(); ++i) {
        if ((subset >> i & 1U) != 0) { sum += worth(pending[i], level); }
      }
      return sum;
    };
    if (total(far + 10'000) < total(far)) { return std::nullopt; }
    for (const std::int64_t level : levels) {
      lowest = std::min(lowest.value_or(total(level)), total(level));
    }
  }
  return Money::from_raw(-*lowest);
}

}  // namespace v6::test
