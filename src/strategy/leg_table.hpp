#pragma once

#include <cstdint>
#include <vector>

#include "analytics/black_batch.hpp"
#include "model/contract.hpp"
#include "strategy/surface.hpp"

namespace v6 {

/// Contracts of one right and expiry as columns, valued on our own smile. Keeps its memory.
class LegTable {
 public:
  void start(OptionRight right);
  /// `place` is the caller's: a row of the chain, or a place in a list of quotes.
  void add(std::uint32_t place, Price strike);
  /// Values every contract. The same bits as `Pricer::leg` gives one.
  void value(const Surface& surface, double spot);

  [[nodiscard]] std::size_t size() const { return strikes_.size(); }
  [[nodiscard]] OptionRight right() const { return right_; }
  [[nodiscard]] std::uint32_t place(std::size_t i) const { return places_[i]; }
  [[nodiscard]] Price strike(std::size_t i) const { return Price::from_raw(raw_strikes_[i]); }
  [[nodiscard]] bool ascending() const { return ascending_; }
  /// The first leg that may have this strike or a higher one.
  [[nodiscard]] std::uint32_t first_from(double strike) const;
  /// As quotes imply it.
  [[nodiscard]] double volatility(std::size_t i) const {
    return american_.empty() ? volatilities_[i] : american_[i];
  }
  /// Of the surface's smile.
  [[nodiscard]] double smile_volatility(std::size_t i) const { return volatilities_[i]; }
  [[nodiscard]] BlackColumns columns() const { return {.rights = rights_, .strikes = strikes_}; }
  /// Discounted.
  [[nodiscard]] double price(std::size_t i) const { return prices_[i]; }
  [[nodiscard]] Greeks greeks(std::size_t i) const {
    return {.delta = deltas_[i],
            .gamma = gammas_[i],
            .theta = thetas_[i],
            .vega = vegas_[i],
            .rho = rhos_[i]};
  }
  [[nodiscard]] double delta(std::size_t i) const { return deltas_[i]; }

 private:
  void value_american(const Surface& surface, double spot);

  OptionRight right_ = OptionRight::kCall;
  bool ascending_ = true;
  std::vector<std::uint32_t> places_;
  std::vector<std::int64_t> raw_strikes_;
  std::vector<OptionRight> rights_;
  std::vector<double> strikes_, volatilities_;
  std::vector<double> american_;  // volatilities of the spot model; empty where European
  std::vector<double> prices_, deltas_, gammas_, thetas_, vegas_, rhos_;
};

}  // namespace v6
