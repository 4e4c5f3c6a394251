#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace v6 {

// Which pairs of a put and a call vertical need a closer look. The lanes work with bounds in single
// precision: what they settle, they settle for certain, and everything that could decide anything
// (an edge of a gate, the nearest to a limit, the best score) they hand on. So the answer to a
// search never depends on them, nor on the path they run on.

/// A vertical as one side of a condor. Dollars a unit unless said.
struct ScanVertical {
  double cash = 0;   // expected price less fees, before any rounding
  double width = 0;  // most that the strikes can cost
  double value = 0;  // expected value after costs
  double theta = 0;
  double price = 0;         // expected price, dollars a share
  double buy_back = 0;      // what that price should be by the forecast
  double half_widths = 0;   // half of the legs' quote widths, dollars a share
  double short_strike = 0;  // dollars a share
  /// Most that the chance of profit may be is the call's + the put's.
  double chance = 1;
  std::array<double, 4> uses{};  // of the limits of the book's Greeks
  double lean = 0;  // what it adds to the book's delta, of the limit that the fit goes by
};

/// What the score gives at most, as strategy/pricing.cpp counts it.
struct ScanWeights {
  double edge = 0;
  double price = 0;
  double chance = 0;
  double liquidity = 0;
  double carry = 0;
  double fit = 0;
};

/// Bounds of the chance to end below a level: node i is at origin + i x step, straight in between.
struct ScanChances {
  std::span<const float> least, most;
  double origin = 0;
  double step = 1;
};

/// What is best so far: a pair that cannot reach any of it is of no further interest.
struct ScanMarks {
  double fraction = 0;    // credit / width
  double worst_case = 0;  // least, of those that reach this gate
  double greek = 0;       // least use, of those that reach this gate
  double score = 0;
};

struct ScanGates {
  double credit_fraction = 0;
  double worst_case = 0;
  /// How far a pair's cash may be off the sum of its verticals', either way.
  double slack = 0;
  /// What stands in the book already.
  std::array<double, 4> uses_now{};
  double lean_now = 0;
  /// Whether a pair may fail the gate `greeks`: then none is settled here.
  bool greeks_may_fail = false;
};

/// Pairs of one put that need a closer look: bit k is call `first` + k.
struct ScanHit {
  std::uint32_t first = 0;
  std::uint32_t bits = 0;
};

/// Pairs of one put that need none: so many passed these gates.
struct ScanCounts {
  std::uint32_t credit = 0;
  std::uint32_t worst_case = 0;
};

struct ScanRow;
struct ScanView;

/// All pairs of the puts with the calls of one expiry. Keeps its memory from one use to the next.
class CondorScan {
 public:
  /// Calls come in groups of one short strike; a group is allowed with a put, or not, as a whole.
  void start(const ScanWeights& weights, const ScanGates& gates, const ScanChances& chances);
  void add_call_group(std::span<const ScanVertical> calls, bool overlaps);
  /// After the last group.
  void close();

  [[nodiscard]] std::size_t groups() const { return group_blocks_.size(); }
  void allow(std::size_t group, bool allowed);
  void mark(const ScanMarks& marks);

  /// One put with every call of the groups allowed. Hits in the order of the calls.
  ScanCounts row(const ScanVertical& put, bool overlaps, std::vector<ScanHit>& hits) const;

  /// The allowed call that promises most with this put; nothing where none passes the gates.
  [[nodiscard]] std::optional<std::uint32_t> likeliest(const ScanVertical& put) const;

  static constexpr std::size_t kBlock = 16;

  /// As the lanes see the calls: kBlock floats a block, those without a call out of reach.
  struct Columns {
    std::vector<float> cash, own_credit, own_worst, own_fraction, edge, carry, price, buy_back,
        half_widths, price_points, liquidity_points, chance, lean, level, wide_low, wide_high,
        own_low, own_high;
    std::array<std::vector<float>, 4> uses;
  };
  /// The extremes of each block.
  struct Blocks {
    std::vector<float> cash_most, cash_least, credit_most, credit_least, worst_most, worst_least,
        fraction_most, edge_most, carry_most, price_points, liquidity_points, chance_most,
        lean_most, lean_least, size, allowed, look, wide_low, wide_high, own_low, own_high, priced,
        liquid;
    std::array<std::vector<float>, 4> uses_most, uses_least;
  };

 private:
  void add_block(std::span<const ScanVertical> calls, bool overlaps);
  void bound_fractions();
  void bound_scores();
  struct Earns {
    float priced = 0;
    float liquid = 0;
  };
  [[nodiscard]] Earns earns_of(double price, double buy_back, double half_widths) const;

  [[nodiscard]] ScanRow row_of(const ScanVertical& put, bool overlaps) const;
  [[nodiscard]] ScanView view() const;

  ScanWeights weights_;
  ScanChances chances_;
  ScanGates gates_;
  ScanMarks marks_;
  Columns calls_;
  Blocks blocks_;
  std::vector<double> cash_, width_;         // of the calls, for the fractions
  std::vector<std::uint32_t> first_;         // call of each block
  std::vector<std::uint32_t> group_blocks_;  // end of each group's blocks
  double fraction_used_ = 0;
  double score_used_ = 0;
  double multiplier_ = 0;   // the low one of the score bounds
  double largest_ = 0;      // amount among the calls
  double largest_use_ = 0;  // of any limit among the calls, either way
  std::uint32_t count_ = 0;
};

}  // namespace v6
