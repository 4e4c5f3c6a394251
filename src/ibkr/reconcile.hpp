#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ibkr/context.hpp"

namespace v6::ibkr {

/// One look at everything the broker has: open orders of ours and of all, executions, ended orders,
/// positions, account; one question at a time, each until its end marker. A look of which any part
/// is missing proves nothing.
class Reconcile {
 public:
  enum class Step : std::uint8_t {
    kIdle,
    kOpenOrders,
    kAllOrders,
    kExecutions,
    kCompleted,
    kPositions,
    kAccount,
  };

  explicit Reconcile(Context& context) : c_{&context} {}

  void start(std::string account);
  /// The session is gone.
  void abort() { step_ = Step::kIdle; }
  [[nodiscard]] bool running() const { return step_ != Step::kIdle; }

  // Each returns true when the look has ended, complete.
  [[nodiscard]] bool on(const OpenOrderEnd& end);
  [[nodiscard]] bool on(const ExecDetailsEnd& end);
  [[nodiscard]] bool on(const CompletedOrdersEnd& end);
  [[nodiscard]] bool on(const PositionEnd& end);
  [[nodiscard]] bool on(const AccountSummaryEnd& end);
  void on(const Position& position);
  void on(const AccountSummary& entry);
  /// A part did not end in time; what it was.
  [[nodiscard]] std::string_view failed(const Wait& wait);

  /// What the look found beside orders and executions.
  void tell();

 private:
  void ask();
  [[nodiscard]] bool next();

  Context* c_;
  Step step_ = Step::kIdle;
  std::int32_t request_ = 0;
  std::string account_;
  std::vector<ContractPosition> positions_;
  std::map<Symbol, std::int64_t> shares_;
  std::map<Symbol, std::int64_t> told_shares_;
  std::vector<std::string> unnamed_;
  std::vector<std::string> told_unnamed_;
  std::map<std::string, std::string> figures_;
};

}  // namespace v6::ibkr
