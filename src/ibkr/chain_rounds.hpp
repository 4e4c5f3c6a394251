#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ibkr/quote_lines.hpp"

namespace v6::ibkr {

/// The chain of each underlying once in every five minutes of the clock while its options trade:
/// a few contracts at a time, each until it has quoted or its time is over.
class ChainRounds {
 public:
  ChainRounds(Context& context, const ContractBook& book, const Discovery& discovery,
              QuoteLines& lines)
      : c_{&context}, book_{&book}, discovery_{&discovery}, lines_{&lines} {}

  void hold(const std::vector<ContractId>& legs) { held_ = {legs.begin(), legs.end()}; }
  /// Starts, feeds and ends rounds.
  void pump();
  /// Nothing of the round in hand is told; its time slot may be tried again.
  void abort();
  [[nodiscard]] bool running() const { return round_.has_value(); }
  [[nodiscard]] std::optional<Instant> next() const;
  void shift(Duration by);

 private:
  struct Active {
    Instant since;
    int tries = 0;
  };
  struct Round {
    std::size_t place = 0;
    Instant deadline;
    double spot = 0;  // the last one told while it ran
    std::deque<ContractId> queue;
    std::map<ContractId, Active> active;
    std::map<ContractId, int> tries;
    std::map<ContractId, Line> told;
  };
  struct Course {                      // of one underlying
    std::optional<std::int64_t> slot;  // the last one used
    int rounds = 0;
    double full_at = 0;  // the spot when every strike was last looked at
  };

  [[nodiscard]] std::optional<Session> open_session(std::size_t place) const;
  [[nodiscard]] std::int64_t slot() const;
  void start();
  [[nodiscard]] std::vector<ContractId> select(std::size_t place, double spot);
  void advance();
  [[nodiscard]] bool answered(const Line& line, const Active& active) const;
  void finish();

  Context* c_;
  const ContractBook* book_;
  const Discovery* discovery_;
  QuoteLines* lines_;
  std::set<ContractId> held_;
  std::optional<Round> round_;
  std::map<std::size_t, Course> courses_;
  std::map<ContractId, double> deltas_;  // as last told
};

}  // namespace v6::ibkr
