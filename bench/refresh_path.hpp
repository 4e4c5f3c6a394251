#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "analytics/black_batch.hpp"
#include "bench/spy_chain.hpp"

namespace v6::bench {

/// A whole chain brought up to date, as on every tick burst: quotes decoded, implied volatilities
/// of bid, mid and ask, price and Greeks at the mid's.
/// Everything it needs is allocated in the constructor.
class Refresh {
 public:
  explicit Refresh(const std::vector<Expiry>& chain);

  /// Returns a number that depends on every result.
  double run(std::string_view messages);

  /// The steps of `run`, in order.
  void decode(std::string_view messages);
  void imply();
  void value();
  [[nodiscard]] double sum() const;  // depends on every result

  [[nodiscard]] const std::vector<double>& mids() const { return sides_[kMid]; }
  [[nodiscard]] const std::vector<double>& mid_volatilities() const { return volatilities_[kMid]; }
  [[nodiscard]] std::size_t understood() const { return understood_; }
  [[nodiscard]] std::size_t options() const { return rights_.size(); }

 private:
  static constexpr std::size_t kBid = 0;
  static constexpr std::size_t kMid = 1;
  static constexpr std::size_t kAsk = 2;

  /// Options [first, first + count) are those of one expiry.
  struct Part {
    BlackSlice slice;
    std::size_t first;
    std::size_t count;
  };

  std::vector<Part> parts_;
  std::vector<OptionRight> rights_;
  std::vector<double> strikes_;
  std::array<std::vector<double>, 3> sides_;         // bids, mids, asks
  std::array<std::vector<double>, 3> volatilities_;  // of each
  std::array<std::vector<double>, 6> values_;        // price and Greeks
  std::vector<std::optional<IvError>> errors_;
  std::size_t understood_ = 0;
};

}  // namespace v6::bench
