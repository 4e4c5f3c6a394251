#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <vector>

#include "strategy/candidate_builder.hpp"

namespace v6 {

enum class QuoteStreamError : std::uint8_t { kCutShort, kUnknownContract };

/// What the search of a refresh needs besides the market. The query's kind is an iron condor.
struct RefreshTerms {
  const StrategySettings* settings = nullptr;
  const FeeSchedule* fees = nullptr;
  const Factors* factors = nullptr;
  CandidateQuery query;
  BookDelta book;
};

struct RefreshedCondor {
  std::array<ContractId, 4> legs;  // put sold, put bought, call sold, call bought
  double score = 0;
};

/// What a refresh says of one expiry.
struct RefreshedExpiry {
  Date expiry;
  CandidateCount count;  // no score: see `best`
  std::optional<RefreshedCondor> best;
};

/// Volatilities of bid, mid and ask, and the Greeks, of one right of one expiry; strikes ascending.
/// Where a price implies no volatility, NaN.
struct RefreshedSide {
  LegTable legs;
  std::vector<double> bids, mids, asks;  // dollars a share
  std::vector<double> bid_volatilities, mid_volatilities, ask_volatilities;
};

/// A chain kept up to date between its snapshots: quotes come in as a stream, and every refresh
/// works out every contract and the best condor of every expiry, as `find_best` would find it on
/// the same surface. Forwards are those of the last snapshot, moved with the spot; those of
/// American options are carried anew. Of European ones it allocates nothing once it has refreshed.
class ChainRefresh {
 public:
  /// The expiries of one root that have a surface.
  ChainRefresh(const MarketView& view, const InstrumentMaster& master, Symbol root);

  /// One quote of the stream: row of the chain, bid, ask (ten-thousandths of a dollar), four bytes
  /// each, little-endian.
  static constexpr std::size_t kQuoteBytes = 12;
  /// Returns how many quotes there were. After an error those before it have been taken.
  std::expected<std::size_t, QuoteStreamError> take(std::span<const std::byte> stream);

  /// Volatilities, smiles and Greeks of every contract.
  void value(Price spot);
  /// After `value`. Nothing may be null.
  std::span<const RefreshedExpiry> search(const RefreshTerms& terms);

  [[nodiscard]] std::size_t contracts() const { return contracts_; }
  [[nodiscard]] const Chain& chain() const { return chain_; }
  [[nodiscard]] std::size_t expiries() const { return parts_.size(); }
  [[nodiscard]] const RefreshedSide& side(std::size_t expiry, OptionRight right) const {
    return right == OptionRight::kPut ? parts_[expiry].puts : parts_[expiry].calls;
  }

 private:
  struct Part {
    Date expiry;
    Surface fitted;                  // at the last snapshot
    std::optional<Surface> surface;  // absent when the quotes make no smile
    RefreshedSide puts, calls;
  };
  void read_quotes(RefreshedSide& side);
  void imply(RefreshedSide& side, const auto& implied);
  void bend(Part& part, const Forward& forward);
  void value_european(Part& part);
  void value_american(Part& part);

  const InstrumentMaster* master_;
  Instrument instrument_;
  Instant at_;
  double fitted_spot_;
  double spot_;
  Chain chain_;
  std::vector<Part> parts_;
  std::vector<RefreshedExpiry> results_;
  SearchMemory memory_;
  std::vector<SmilePoint> points_;
  std::vector<std::optional<IvError>> errors_;
  std::size_t contracts_ = 0;
};

}  // namespace v6
