#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.hpp"
#include "portfolio/fees.hpp"

namespace v6::ibkr {

/// "0000e0d5.5f1a2b3c.01.02": the execution up to its last dot, and its revision after it.
[[nodiscard]] std::optional<ExecutionId> parse_execution_id(std::string_view text);

struct LegExecution {
  ExecutionId id;
  ContractId contract;
  Side side = Side::kBuy;
  std::int32_t shares = 0;
  Price price;
};

/// The leg executions of one order as complete sets of its combo. The broker reports legs one by
/// one, in any order, perhaps again, perhaps corrected; a set is told when each leg has its share.
/// A set is named by the executions in it, leg by leg, joined with '+', so that the journal knows
/// which are booked; its revision is the sum of theirs, so that a correction of any replaces it.
class ComboFills {
 public:
  ComboFills(OrderId order, Legs legs, const std::vector<ExecutionId>& booked);

  /// Takes one execution. False: it is not of these legs, or on the wrong side.
  [[nodiscard]] bool add(const LegExecution& execution);
  /// Sets to tell now: complete ones, and corrected ones again.
  [[nodiscard]] std::vector<OrderFilled> take(const FeeSchedule& fees,
                                              const InstrumentMaster& master);
  /// What the broker charged for one execution; told once its whole leg of the set is known.
  void charge(const std::string& root, Money commission);
  [[nodiscard]] std::vector<CommissionReported> take_commissions();

  /// Units in sets told so far, booked ones included once seen again.
  [[nodiscard]] std::int32_t units() const;
  /// Some legs have executions that the others lack.
  [[nodiscard]] bool uneven() const;

 private:
  struct Part {
    LegExecution execution;
    std::string set;  // empty: in none yet
    std::optional<Money> commission;
  };
  struct Set {
    std::vector<std::string> roots;
    std::uint32_t told = 0;  // the revision told
    std::int32_t units = 0;
    bool charged = true;  // nothing new to tell about commissions
  };

  [[nodiscard]] std::optional<std::size_t> leg_of(ContractId contract) const;
  void match();
  [[nodiscard]] bool match_equal();
  void match_rest();
  void make_set(const std::vector<std::string>& roots, std::int32_t units);

  OrderId order_;
  Legs legs_;
  std::map<std::string, Part> parts_;  // by root
  std::map<std::string, Set> sets_;
};

}  // namespace v6::ibkr
