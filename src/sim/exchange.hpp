#pragma once

#include <boost/describe.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "portfolio/fees.hpp"
#include "sim/exchange_orders.hpp"
#include "sim/session_clock.hpp"
#include "sim/session_market.hpp"

namespace v6 {

struct ExchangeSettings {
  std::string account = "DU1234567";
  Money cash = Money::cents(500'000'00);
  std::uint64_t seed = 1;
  FeeSchedule fees;
  /// Tells the executions of one book from another's; give a new one to each new book.
  std::uint16_t book = 0;
};

/// How much one event fills and how long the next one waits (paced time).
struct FillPolicy {
  std::optional<std::int32_t> max_per_event;
  Duration interval{};
};

/// Which executions to tell; absent or empty means any.
struct ExecutionFilter {
  std::optional<std::int32_t> client_id;
  std::string account;
  std::optional<Instant> since;
  std::string symbol;
  std::string kind;  // "OPT", "BAG", "STK"
  std::optional<OrderAction> side;
};

/// Everything that outlives the process.
struct ExchangeBook {
  std::uint32_t generation = 0;  // one more for each load: a part of execution ids
  Money cash;
  std::map<std::int64_t, BookedOrder> orders;  // by permId: working ones, and those ended today
  std::map<std::int32_t, std::int32_t> highest_order_id;  // by client
  std::map<ConId, HeldPosition> positions;
  std::vector<Execution> executions;    // of the last days
  std::map<ConId, Contract> contracts;  // of all options in here, filled in when saved
  std::int64_t next_perm_id = 600'000'001;
  std::uint32_t next_execution = 1;
  Money realized_today;
  Money day_start_value;  // net liquidation when the day began
  Date day;
};
BOOST_DESCRIBE_STRUCT(ExchangeBook, (),
                      (generation, cash, orders, highest_order_id, positions, executions, contracts,
                       next_perm_id, next_execution, realized_today, day_start_value, day))

/// The broker's side of orders: it checks them, matches them against the market, books what fills,
/// and keeps one account. No wire, no clock: time comes in, news come out.
class Exchange {
 public:
  /// The market outlives the exchange.
  Exchange(ExchangeSettings settings, SessionMarket& market);

  /// Moves the market to this moment and does what became due: fills, expiries, settlements.
  void advance(const Moment& now);
  /// When the next fill held back by the policy is due, in paced time.
  [[nodiscard]] std::optional<Duration> next_paced() const;

  // Orders. Answers come as news.

  /// A new order, a change of a working one (same client and order id), or a what-if.
  void place(const OrderRequest& request, const Moment& now);
  void cancel(std::int32_t client_id, std::int32_t order_id, const Moment& now);
  void cancel_all(const Moment& now);
  /// 1 exercises, 2 lets lapse. `override_natural` goes against the natural outcome.
  struct ExerciseRequest {
    std::int32_t client_id = 0;
    std::int32_t request_id = 0;
    ConId con_id = 0;
    int action = 1;
    std::int32_t quantity = 0;
    bool override_natural = false;
  };
  void exercise(const ExerciseRequest& request, const Moment& now);

  /// What happened, in the order to tell it; empties the queue.
  [[nodiscard]] std::vector<ExchangeNews> take_news();

  // Questions.

  /// The lowest order id this client may use.
  [[nodiscard]] std::int32_t next_order_id(std::int32_t client_id) const;
  /// Working orders (transmitted ones), by permId; of one client or of all.
  [[nodiscard]] std::vector<BookedOrder> open_orders(std::optional<std::int32_t> client_id) const;
  /// Orders that ended today.
  [[nodiscard]] std::vector<BookedOrder> completed_orders() const;
  [[nodiscard]] std::vector<Execution> executions(const ExecutionFilter& filter) const;
  /// Positions that are not flat, by contract.
  [[nodiscard]] std::vector<HeldPosition> positions() const;
  [[nodiscard]] AccountFigures figures() const;
  /// A position at the mid, or at its last known one.
  [[nodiscard]] Money market_value(const HeldPosition& position) const;
  [[nodiscard]] Price mark(ConId con_id) const;
  [[nodiscard]] const std::string& account() const { return settings_.account; }
  [[nodiscard]] const SessionMarket& market() const { return *market_; }
  [[nodiscard]] bool halted() const { return halted_; }

  // The book on disk.

  /// Writes all of the book, or leaves the old file: temporary file, fsync, rename.
  /// Throws Failure (data) when it cannot.
  void save(const std::filesystem::path& path) const;
  /// Takes a saved book; false when there is no such file. Throws Failure (data) for a damaged one
  /// or one of another account.
  bool load(const std::filesystem::path& path);

  // Levers for incidents.

  void set_fill_policy(const FillPolicy& policy) { fill_policy_ = policy; }
  /// While held nothing fills.
  void hold_fills(bool held) { fills_held_ = held; }
  /// The next new order is refused so.
  void reject_next(int code, std::string text);
  /// Cancels wait until release_cancels(); a fill may win meanwhile.
  void hold_cancels(bool held);
  /// Tells the last leg execution (and its commission) once more.
  void repeat_last_execution();
  /// Replaces the last leg execution's price: same id, higher revision; books the difference.
  bool correct_last_execution(Price price);
  /// An order that no API client placed: client 0, order id 0.
  void place_foreign(OrderRequest request, const Moment& now);
  /// Closes a position by hand at the market, as a person at the terminal would.
  void close_by_hand(ConId con_id, const Moment& now);
  /// The same by the broker: executions say so.
  void liquidate(ConId con_id, const Moment& now);
  /// Assigns that many short options now; nothing when there are not so many.
  bool assign(ConId con_id, std::int32_t quantity, const Moment& now);
  /// Fills an order now at its limit, whatever the market says; more than what is left of it, or
  /// once more, when asked. 0: what is left.
  bool fill_now(std::int64_t perm_id, std::int32_t quantity, const Moment& now);
  /// A second order of the same name and number, under a lasting number of its own.
  bool twin_order(std::int64_t perm_id, const Moment& now);
  /// Contracts come or go without an order.
  void transfer(ConId con_id, std::int64_t quantity);
  [[nodiscard]] const ExchangeBook& book() const { return book_; }
  void halt(bool halted) { halted_ = halted; }
  /// Multiplies what is asked as margin.
  void scale_margin(double factor) { margin_factor_ = factor; }
  void change_cash(Money by);
  /// Cancels a working order without being asked: 202 with this text.
  bool cancel_unasked(std::int64_t perm_id, const std::string& text, const Moment& now);

 private:
  struct LegMarket;  // one leg as this order trades it, and its quote
  struct Fill;       // one matched quantity with its leg prices

  // exchange.cpp
  BookedOrder* find_order(std::int32_t client_id, std::int32_t order_id);
  std::vector<std::int64_t> working_orders() const;
  void activate(BookedOrder& order, const Moment& now);
  void modify(BookedOrder& order, const OrderRequest& request, const Moment& now);
  void submit(BookedOrder& order, const Moment& now);
  void release_family(const BookedOrder& order, const Moment& now);
  void end_order(BookedOrder& order, BookStatus status, std::string why, const Moment& now);
  void finish_cancel(BookedOrder& order, const std::string& why, const Moment& now);
  void refuse(const OrderRequest& request, int code, std::string text);
  void show(const BookedOrder& order);
  void show_status(const BookedOrder& order);

  // exchange_checks.cpp
  struct Refusal {
    int code = 0;
    std::string text;
  };
  [[nodiscard]] std::optional<Refusal> refusal_of(const OrderRequest& request,
                                                  const BookedOrder* same) const;
  [[nodiscard]] std::optional<Refusal> contract_refusal(const OrderRequest& request) const;
  [[nodiscard]] static std::optional<Refusal> change_refusal(const OrderRequest& request,
                                                             const BookedOrder& order);
  [[nodiscard]] std::optional<Refusal> margin_refusal(const OrderRequest& request) const;
  [[nodiscard]] bool riskless(const OrderRequest& request) const;

  // exchange_matching.cpp
  /// Whether all legs trade now and no parent is waited for.
  [[nodiscard]] bool tradable(const OrderRequest& request) const;
  [[nodiscard]] std::optional<std::vector<LegMarket>> markets_of(const OrderRequest& request) const;
  [[nodiscard]] std::optional<Fill> fill_of(const BookedOrder& order, bool arriving) const;
  void match(BookedOrder& order, const Moment& now, bool arriving);
  void book_fill(BookedOrder& order, const Fill& fill);
  [[nodiscard]] std::vector<Execution> executions_of(const BookedOrder& order, const Fill& fill);
  [[nodiscard]] std::vector<Money> fees_of(const BookedOrder& order, const Fill& fill) const;
  void cancel_rest_of_group(const BookedOrder& order, const Moment& now);

  // exchange_account.cpp
  /// Books a purchase (or sale: both negative) for what was paid; what it realised, if it closed.
  std::optional<Money> move_position(ConId con_id, std::int64_t quantity, Money paid);
  void move_cash(Money by);
  void tell_position(ConId con_id);
  struct Asked {
    Money initial;
    Money maintenance;
  };
  [[nodiscard]] Asked margin_of_book(const std::vector<HeldPosition>& extra) const;
  [[nodiscard]] Asked margin_held() const;
  [[nodiscard]] MarginSide margin_with(const std::vector<HeldPosition>& extra) const;
  [[nodiscard]] MarginPreview preview_of(const OrderRequest& request) const;

  // exchange_settlement.cpp
  void start_day();
  void expire_orders(const Moment& now);
  [[nodiscard]] bool is_over(const BookedOrder& order) const;
  void settle();
  void settle_in_cash(const Listing& option, Price level);
  /// Turns options (signed: held long or short) into shares at the strike.
  void deliver(const Listing& option, std::int64_t options);

  // exchange_levers.cpp
  void close_out(ConId con_id, bool by_broker, const Moment& now);

  ExchangeSettings settings_;
  SessionMarket* market_;
  ExchangeBook book_;
  std::vector<ExchangeNews> news_;
  std::map<std::int64_t, Duration> next_fill_;  // by permId, paced
  mutable std::map<ConId, Price> last_marks_;
  mutable std::optional<std::pair<std::uint64_t, Asked>> margin_known_;
  std::set<ConId> lapsing_;
  FillPolicy fill_policy_;
  std::optional<Refusal> next_refusal_;
  bool fills_held_ = false;
  bool cancels_held_ = false;
  bool halted_ = false;
  double margin_factor_ = 1;
};

}  // namespace v6
