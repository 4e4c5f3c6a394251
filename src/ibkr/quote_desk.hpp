#pragma once

#include <map>
#include <optional>
#include <vector>

#include "ibkr/quote_lines.hpp"
#include "model/command.hpp"

namespace v6::ibkr {

/// Quotes beside the chain: legs on demand, what we hold every few seconds, levels of underlyings
/// and indices as they move.
class QuoteDesk {
 public:
  QuoteDesk(Context& context, const ContractBook& book, const Discovery& discovery,
            QuoteLines& lines)
      : c_{&context}, book_{&book}, discovery_{&discovery}, lines_{&lines} {}

  void request(const RequestQuotes& request);
  void hold(std::vector<ContractId> legs);
  /// Subscribes the underlyings and indices whose contract is known by now.
  void stream();
  /// Tells what is due.
  void pump();
  /// Answers everything outstanding with what there is.
  void give_up();
  [[nodiscard]] std::optional<Instant> next() const;
  void shift(Duration by);
  [[nodiscard]] std::size_t outstanding() const { return asks_.size(); }

 private:
  struct Asked {
    RequestQuotes request;
    std::optional<std::size_t> place;  // of the underlying
    Instant since;
    Instant deadline;
  };

  [[nodiscard]] std::optional<LegQuote> leg(ContractId id) const;
  [[nodiscard]] std::optional<std::size_t> place_of(ContractId id) const;
  [[nodiscard]] bool ready(const Asked& asked) const;
  void answer(const Asked& asked);
  void tell_levels();
  void tell_holdings();
  [[nodiscard]] bool in_session(Symbol underlying) const;

  Context* c_;
  const ContractBook* book_;
  const Discovery* discovery_;
  QuoteLines* lines_;
  std::vector<Asked> asks_;
  std::vector<ContractId> held_;
  Instant holdings_due_;
  struct Told {
    double level = 0;
    Instant at;
    bool halted = false;
    std::optional<QuoteKind> kind;
  };
  std::map<std::size_t, Told> told_;
};

}  // namespace v6::ibkr
