#pragma once

#include <boost/describe.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/contract.hpp"

namespace v6 {

/// A two-sided market in one contract. A zero bid is a valid quote; a zero ask is none.
struct Quote {
  Price bid;
  Price ask;

  [[nodiscard]] bool crossed() const { return ask < bid; }
  [[nodiscard]] bool usable() const { return ask > Price{} && bid >= Price{} && !crossed(); }
  /// Mean of the two sides, to the ten-thousandth (quotes in cents give an exact one).
  [[nodiscard]] Price mid() const { return Price::from_raw((bid.raw() + ask.raw()) / 2); }
  [[nodiscard]] Price width() const { return ask - bid; }

  friend bool operator==(const Quote&, const Quote&) = default;
};
BOOST_DESCRIBE_STRUCT(Quote, (), (bid, ask))

/// A column of numbers some of which are absent: exact to the millionth, a byte-wise copy to store.
class OptionalColumn {
 public:
  void push_back(std::optional<double> value);
  [[nodiscard]] std::optional<double> at(std::size_t row) const;
  [[nodiscard]] std::size_t size() const { return millionths_.size(); }
  [[nodiscard]] const std::vector<std::int32_t>& raw() const { return millionths_; }
  [[nodiscard]] static OptionalColumn from_raw(std::vector<std::int32_t> millionths);

 private:
  std::vector<std::int32_t> millionths_;
};

/// The quotes of one underlying's options at one moment, as columns of equal length. A row whose
/// quote was refused is not here; ChainSnapshotTaken counts it. Sizes may be absent (empty).
struct Chain {
  std::vector<std::uint32_t> contract;  // ContractId
  std::vector<std::int32_t> bid;        // ten-thousandths of a dollar
  std::vector<std::int32_t> ask;
  std::vector<std::uint32_t> bid_size;
  std::vector<std::uint32_t> ask_size;
  std::vector<std::uint32_t> volume;
  std::vector<std::uint32_t> open_interest;
  OptionalColumn broker_iv;     // 0.15 is 15 %
  OptionalColumn broker_delta;  // per option, puts negative
  OptionalColumn broker_gamma;

  [[nodiscard]] std::size_t size() const { return contract.size(); }
  [[nodiscard]] Quote quote(std::size_t row) const {
    return {Price::from_raw(bid[row]), Price::from_raw(ask[row])};
  }
};
BOOST_DESCRIBE_STRUCT(Chain, (),
                      (contract, bid, ask, bid_size, ask_size, volume, open_interest, broker_iv,
                       broker_delta, broker_gamma))

/// How current a quote claims to be. Only live quotes open trades; an end-of-day snapshot counts as
/// live at its own instant, because nothing later is known there.
enum class QuoteKind : std::uint8_t { kLive, kEndOfDay, kFrozen, kDelayed };
BOOST_DESCRIBE_ENUM(QuoteKind, kLive, kEndOfDay, kFrozen, kDelayed)

/// One leg's market when an entry or exit is confirmed.
struct LegQuote {
  ContractId contract;
  Quote quote;
  Instant at;
  QuoteKind kind = QuoteKind::kLive;
  bool halted = false;
  std::uint32_t open_interest = 0;
  std::optional<double> broker_iv;
  std::optional<double> broker_delta;
};
BOOST_DESCRIBE_STRUCT(LegQuote, (),
                      (contract, quote, at, kind, halted, open_interest, broker_iv, broker_delta))

/// A number and when it was so.
struct TimedValue {
  Instant at;
  double value = 0;
};
BOOST_DESCRIBE_STRUCT(TimedValue, (), (at, value))

/// Rows kept out of a chain, by reason.
struct RefusedQuotes {
  std::string reason;
  std::uint32_t count = 0;
};
BOOST_DESCRIBE_STRUCT(RefusedQuotes, (), (reason, count))

}  // namespace v6
