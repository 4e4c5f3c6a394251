#pragma once

#include <compare>
#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include "ibkr/contract_book.hpp"
#include "ibkr/discovery.hpp"
#include "ibkr/error_table.hpp"

namespace v6::ibkr {

/// Who has a line open; the stronger one takes it from the weaker when all are used.
enum class Owner : std::uint8_t { kHold, kStream, kAsk, kSweep };

/// What is streamed: an option, or an underlying or index by its place among the targets.
struct LineKey {
  bool option = false;
  std::uint32_t number = 0;
  friend auto operator<=>(const LineKey&, const LineKey&) = default;

  [[nodiscard]] static LineKey of(ContractId id) { return {.option = true, .number = id.raw()}; }
  [[nodiscard]] static LineKey of_target(std::size_t place) {
    return {.option = false, .number = static_cast<std::uint32_t>(place)};
  }
};

/// One side of a market since its subscription. Told and absent is "no quote"; a broker says so.
struct SideQuote {
  bool told = false;
  std::optional<double> price;
  std::uint32_t size = 0;
  Instant at;
};

/// One subscription and the last it told. Everything is forgotten when it is renewed.
struct Line {
  LineKey key;
  std::int32_t req_id = 0;  // 0: not subscribed now
  std::uint8_t owners = 0;
  Lane lane = Lane::kNormal;  // of the subscription; its end must not overtake it
  Instant since;
  SideQuote bid;
  SideQuote ask;
  SideQuote last;
  std::optional<double> model_iv;
  std::optional<double> model_delta;
  std::optional<double> model_gamma;
  bool model_told = false;
  std::uint32_t volume = 0;
  std::uint32_t open_interest = 0;
  std::optional<bool> halted;
  std::optional<QuoteKind> kind;

  [[nodiscard]] bool owned_by(Owner owner) const {
    return (owners >> static_cast<unsigned>(owner) & 1U) != 0;
  }
  [[nodiscard]] bool both_told() const { return bid.told && ask.told; }
  /// Nobody said live: not live.
  [[nodiscard]] QuoteKind certain_kind() const { return kind.value_or(QuoteKind::kDelayed); }
  /// Both sides as they were told, crossed ones too; absent when one is missing.
  [[nodiscard]] std::optional<Quote> quote() const;
  /// When the older of its sides was told.
  [[nodiscard]] Instant quoted_at() const { return std::min(bid.at, ask.at); }
};

/// All market-data subscriptions, never more than the budget, never two for one contract.
class QuoteLines {
 public:
  QuoteLines(Context& context, const ContractBook& book, const Discovery& discovery)
      : c_{&context}, book_{&book}, discovery_{&discovery} {}

  /// True when the line is open, now or already; else there is none left for this owner.
  bool want(LineKey key, Owner owner);
  /// Cancelled when nobody wants it any more.
  void release(LineKey key, Owner owner);
  [[nodiscard]] const Line* find(LineKey key) const;
  /// The same line under a new number: the broker tells everything again, and until then nothing is
  /// known.
  void renew(LineKey key);
  void renew_all();
  /// The session is gone; the wishes stay.
  void lost();
  /// Subscribes every wish that has no line.
  void resubscribe();
  /// No quote is believed until a fresh tick comes.
  void forget_quotes();

  // True: this line changed.
  bool on(const TickPrice& tick);
  bool on(const TickSize& tick);
  bool on(const TickOptionComputation& tick);
  bool on(const TickGeneric& tick);
  bool on(const MarketDataType& type);
  /// The broker says that this request of ours has ended; false when it is none of these.
  bool on_error(std::int32_t req_id, DataNews news);
  [[nodiscard]] bool has(std::int32_t req_id) const { return by_request_.contains(req_id); }

  [[nodiscard]] bool blocked(LineKey key) const { return blocked_.contains(key); }
  [[nodiscard]] std::size_t used() const { return by_request_.size(); }
  [[nodiscard]] std::size_t budget() const { return budget_; }
  [[nodiscard]] std::uint64_t evicted() const { return evicted_; }
  /// "12 lines of research gave way to open legs", since the last call; empty: none.
  [[nodiscard]] std::string take_evictions();
  /// The level of an underlying or index and when it was told.
  [[nodiscard]] std::optional<TimedValue> level(std::size_t place) const;
  [[nodiscard]] const std::map<LineKey, Line>& all() const { return lines_; }

 private:
  bool subscribe(Line& line, Owner owner);
  void cancel(Line& line);
  bool make_room(Owner owner);
  [[nodiscard]] Line* by_request(std::int32_t req_id);

  Context* c_;
  const ContractBook* book_;
  const Discovery* discovery_;
  std::map<LineKey, Line> lines_;
  std::unordered_map<std::int32_t, Line*> by_request_;
  std::set<LineKey> blocked_;  // no permission, this session
  std::size_t budget_ = static_cast<std::size_t>(c_->settings.lines);
  std::uint64_t evicted_ = 0;
  std::map<std::pair<Owner, Owner>, int> evictions_;  // from whom, for whom
};

}  // namespace v6::ibkr
