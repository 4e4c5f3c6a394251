#pragma once

#include <deque>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ibkr/combo_fills.hpp"
#include "ibkr/contract_book.hpp"
#include "ibkr/error_table.hpp"
#include "ports/broker.hpp"

namespace v6::ibkr {

/// What the orders need from whoever runs the session.
struct OrderWishes {
  bool query = false;        // compare with the broker soon
  bool new_session = false;  // only another session can prove the fate of an order
};

/// The orders of one client id. orderStatus is a hint, openOrder is state, execDetails is truth; no
/// message proves that an order does not exist, only complete snapshots do.
class OrderDesk {
 public:
  OrderDesk(Context& context, const ContractBook& book, FeeSchedule fees,
            const std::vector<KnownOrder>& known);

  [[nodiscard]] std::int32_t reserve_id(OrderId order, std::int32_t next_valid_id);
  [[nodiscard]] std::expected<void, BrokerError> submit(const OrderTicket& ticket,
                                                        const std::string& account,
                                                        std::uint64_t session);
  /// Asks what the order would do; nothing is placed. One at a time; the answer is
  /// take_preview()'s.
  [[nodiscard]] std::expected<void, BrokerError> preview(const OrderTicket& ticket,
                                                         const std::string& account,
                                                         std::int32_t next_valid_id);
  [[nodiscard]] std::optional<MarginPreview> take_preview() {
    return std::exchange(previewed_, std::nullopt);
  }
  [[nodiscard]] std::expected<void, BrokerError> modify(const ModifyOrder& change);
  [[nodiscard]] std::expected<void, BrokerError> cancel(OrderId named);

  /// What an order is for; what we do not know is held to what an opening needs.
  [[nodiscard]] Purpose purpose(OrderId order) const;

  void on(const OpenOrder& message);
  void on(const OrderStatus& message);
  void on(const ExecDetails& message);
  void on(const CommissionReport& message);
  void on(const CompletedOrder& message);
  /// False: the number is none of ours.
  bool on_error(std::int32_t order_id, const ErrorRow& meaning, const std::string& text);

  void on_time();
  [[nodiscard]] std::optional<Instant> next() const;
  void shift(Duration by);
  /// What was on its way is unknown now.
  void link_lost();

  /// A look at everything the broker has begins, and has ended completely, on this session.
  void snapshot_begins();
  void snapshot_ended(std::uint64_t session);

  [[nodiscard]] OrderWishes take_wishes() { return std::exchange(wishes_, {}); }
  /// Orders whose outcome nobody knows.
  [[nodiscard]] bool any_unknown() const;
  /// One more complete snapshot decides something.
  [[nodiscard]] bool needs_another_look() const;
  void note_id(std::int32_t order_id);

 private:
  enum class Phase : std::uint8_t {
    kNew,      // not written
    kSent,     // no answer yet
    kUnknown,  // told so
    kLive,
    kEnded,
  };
  /// One order at the broker; a change in bad moments can make two of one.
  struct Incarnation {
    std::int64_t perm_id = 0;
    std::int32_t order_id = 0;
    std::int32_t client_id = 0;
    bool live = true;
  };
  struct Tracked {
    OrderTicket ticket;
    std::int32_t broker_id = 0;
    Price limit;
    Phase phase = Phase::kNew;
    ComboFills fills;
    std::vector<Incarnation> incarnations;
    std::optional<WireContract> wire;  // as the broker gave it back
    std::string account;
    std::uint64_t session = 0;  // of the last write that could have made it
    Instant sent_at;
    std::optional<Instant> answer_by;
    bool acknowledged = false;
    std::int64_t told_perm_id = 0;
    bool changing = false;  // a change is out
    bool cancelling = false;
    bool rounded = false;  // once already, after a refused price step
    bool seen = false;     // in the snapshot in hand
    int absent = 0;        // complete snapshots in a meaning without it
    Instant absent_since;
    std::optional<Instant> fills_by;  // it is said to have filled
    bool uneven_told = false;
    bool untold_told = false;
  };
  /// How the broker names an order in one message; zero and empty where it does not.
  struct Name {
    std::int64_t perm_id = 0;
    std::string_view ref;
    std::int32_t client_id = 0;
    std::int32_t order_id = 0;
  };

  [[nodiscard]] Tracked* find(const Name& name);
  [[nodiscard]] Tracked* by_broker_id(std::int32_t order_id);
  [[nodiscard]] static bool filled(const Tracked& order);
  void adopt(Tracked& order, const Name& name, bool live);
  void acknowledge(Tracked& order);
  void doubt(Tracked& order);
  void dormant(Tracked& order);
  void end(Tracked& order, EventBody news);
  void ended_at_broker(Tracked& order, const Name& name);
  void foreign(const Name& name, std::string text);
  void tell_fills(Tracked& order);
  [[nodiscard]] PlaceOrder place_message(const Tracked& order) const;
  [[nodiscard]] std::optional<Price> coarser(const Tracked& order) const;
  void refused(Tracked& order, const ErrorRow& meaning, const std::string& text);
  [[nodiscard]] std::optional<ContractId> contract_of(const WireContract& wire) const;

  /// The preview under this number has its answer.
  void preview_answered(MarginPreview answer);

  /// A what-if on its way.
  struct Previewing {
    OrderId order;
    std::int32_t broker_id = 0;
    Instant answer_by;
  };

  Context* c_;
  const ContractBook* book_;
  FeeSchedule fees_;
  std::optional<Previewing> previewing_;
  std::optional<MarginPreview> previewed_;
  std::map<OrderId, Tracked> orders_;
  std::map<IntentId, OrderId> by_intent_;
  std::map<std::int64_t, OrderId> by_perm_;
  std::map<std::int32_t, OrderId> by_id_;
  std::map<std::string, OrderId> by_execution_;
  std::map<std::string, Money> early_charges_;  // before their execution
  std::deque<std::string> early_order_;
  std::set<std::pair<std::int64_t, std::int32_t>> foreigners_;
  std::int32_t highest_id_ = 0;
  OrderWishes wishes_;
};

/// A contract as messages about positions and executions name it; absent for what we do not trade.
[[nodiscard]] std::optional<Contract> parse_option(const WireContract& wire);

}  // namespace v6::ibkr
