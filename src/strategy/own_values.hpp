#pragma once

#include <expected>
#include <optional>
#include <vector>

#include "strategy/market_view.hpp"

namespace v6 {

/// What one contract's own quote implies, beside what the broker or file says of it.
struct OwnValues {
  Contract contract;
  LegQuote quote;
  std::optional<double> broker_gamma;
  bool out_of_the_money = false;
  std::expected<double, IvError> bid_iv;
  std::expected<double, IvError> mid_iv;  // a zero bid has no mid: kNoPrice
  std::expected<double, IvError> ask_iv;
  std::optional<Greeks> greeks;  // at mid_iv

  /// Own less the broker's; absent where either is.
  [[nodiscard]] std::optional<double> iv_off() const;
  [[nodiscard]] std::optional<double> delta_off() const;
  [[nodiscard]] std::optional<double> gamma_off() const;
};

struct StrikeValues {
  Price strike;
  std::optional<OwnValues> call;
  std::optional<OwnValues> put;
};

/// How well own values agree with the broker's, out of the money.
struct Agreement {
  std::size_t contracts = 0;  // that have both
  double iv = 0;              // median absolute difference, a fraction
  double delta = 0;
};

/// One expiry, each contract by itself.
struct ExpiryValues {
  ExerciseStyle exercise = ExerciseStyle::kEuropean;
  double forward = 0;   // that was used: parity's for European exercise, else the carried one
  double discount = 1;  // that was used
  double rate = 0;      // continuous, the curve's
  std::optional<Forward> parity;  // approximate for American exercise
  std::optional<ForwardComparison> comparison;
  std::vector<StrikeValues> strikes;  // ascending

  [[nodiscard]] Agreement agreement() const;
  /// Calls `use` with every contract, by strike, calls first.
  template <class Use>
  void each(Use use) const {
    visit(strikes, use);
  }
  template <class Use>
  void each(Use use) {
    visit(strikes, use);
  }

 private:
  template <class Strikes, class Use>
  static void visit(Strikes& rows, Use& use) {
    for (auto& row : rows) {
      if (row.call) { use(*row.call); }
      if (row.put) { use(*row.put); }
    }
  }
};

/// European roots by Black on parity's forward and discount (without parity, the curve's);
/// American ones in the spot model at the curve's rate with the view's cash dividends. Once expired
/// nothing has a volatility.
[[nodiscard]] ExpiryValues own_values(const MarketView& view, const InstrumentMaster& master,
                                      const ExpirySlice& slice);

}  // namespace v6
