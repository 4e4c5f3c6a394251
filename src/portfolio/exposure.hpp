#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "model/contract.hpp"

namespace v6 {

/// Contracts x multiplier of one option in a position, exactly.
struct ExposureLeg {
  OptionRight right = OptionRight::kCall;
  Price strike;
  std::int64_t units = 0;  // contracts x multiplier, signed
};

/// A bundle of options of one expiry and the cash that came with it (received positive, fees
/// taken off). What it is worth at expiry is piecewise linear in the underlying.
struct Bundle {
  std::vector<ExposureLeg> legs;
  Money cash;

  /// Cash and payoff together if the underlying ends at `level`.
  [[nodiscard]] Money outcome(Price level) const;
  /// Change of the outcome per dollar of the underlying far above every strike.
  [[nodiscard]] std::int64_t upper_slope() const;
};

/// The largest loss at expiry over every level of the underlying and every subset of `pending` that
/// could fill: positive is a loss, negative a sure gain, absent means unbounded.
/// A level's worst subset takes just the orders that lose there, so no subset need be enumerated.
[[nodiscard]] std::optional<Money> worst_case(const Bundle& held,
                                              const std::vector<Bundle>& pending = {});

/// All exposure of an account: per underlying and expiry, because different expiries can end at
/// different levels; the sum over expiries is therefore an upper bound, exact for one expiry.
class Exposure {
 public:
  void hold(Symbol underlying, Date expiry, const ExposureLeg& leg, Money cash);
  /// One order that could still fill, its legs grouped by expiry; its cash goes with the first.
  void expect(Symbol underlying, const std::map<Date, Bundle>& order);

  /// Worst case of one underlying, or of all. Absent means unbounded.
  [[nodiscard]] std::optional<Money> worst_case_of(Symbol underlying) const;
  [[nodiscard]] std::optional<Money> worst_case_of_all() const;

 private:
  struct Series {
    Bundle held;
    std::vector<Bundle> pending;
  };
  template <class Keep>
  [[nodiscard]] std::optional<Money> sum(Keep keep) const;

  std::map<std::pair<Symbol, Date>, Series> series_;
};

}  // namespace v6
