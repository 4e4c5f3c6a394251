#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "calendar/calendar.hpp"
#include "ibkr/client_settings.hpp"
#include "portfolio/fees.hpp"
#include "ports/broker.hpp"

namespace v6::ibkr {

/// Counters for `v6 status` and tests.
struct ClientCounters {
  std::uint64_t sessions = 0;
  std::uint64_t messages_in = 0;
  std::uint64_t messages_out = 0;
  std::uint64_t unknown_messages = 0;
  std::uint64_t unknown_requests = 0;  // answers to nothing we asked
  std::uint64_t late_ticks = 0;        // of lines already given up
  std::uint64_t late_requests = 0;     // past their deadline
  std::uint64_t evicted_lines = 0;
  std::int32_t lines = 0;
  std::int32_t outstanding = 0;  // requests
};

/// An IB gateway behind the broker and market-data ports, as a state machine of bytes and time: it
/// opens no socket and reads no clock. Time never runs backwards from call to call; submit, modify,
/// cancel and request happen at the time of the call before. Events come out before a call returns,
/// never in the middle of one; the sink may call back.
class TwsClient final : public Broker, public MarketData {
 public:
  struct Sinks {
    EventSink event;
    NoticeSink notice;
    ContractSink contracts;  // rows new or seen again today: store them
  };
  /// What the journal and the store remember.
  struct Memory {
    InstrumentMaster master;
    std::vector<ContractRow> contracts;
    std::vector<KnownOrder> orders;
  };
  TwsClient(ClientSettings settings, const Calendar& calendar, FeeSchedule fees,
            const Memory& memory, Sinks sinks);
  ~TwsClient() override;

  // The transport.

  /// Dial now: no link, and the back-off is over. False from the dial on until the next
  /// disconnected().
  [[nodiscard]] bool wants_connection() const;
  /// The dial has begun; answered by connected() or disconnected().
  void dialling(Instant now);
  void connected(Instant now);
  void received(Instant now, std::string_view bytes);
  /// The link or the dial failed, or our close is done.
  void disconnected(Instant now, std::string_view why);
  /// Close the link, after writing what take_output() holds.
  [[nodiscard]] bool wants_close() const;
  [[nodiscard]] std::string take_output();

  void on_time(Instant now);
  /// Call on_time() then, or sooner.
  [[nodiscard]] Instant next_deadline() const;

  // Orders. Errors mean that nothing left this process.

  /// The number under which this order will be written: above every one ever seen. Journal
  /// OrderSending with it before submit().
  [[nodiscard]] std::int32_t reserve_id(OrderId order);
  /// A round trip was completed within two seconds: order messages may be written.
  [[nodiscard]] bool round_trip_fresh() const;
  /// Asks for a round trip at once.
  void probe();
  /// Needs a reserved id, a ready link and a fresh round trip.
  [[nodiscard]] std::expected<void, BrokerError> submit(SendPermit permit) override;
  /// What the order would do to the account, by the broker's own count: a what-if, which places
  /// nothing. Needs what submit() needs; one at a time. The answer, or its failure, is
  /// take_preview()'s, once.
  [[nodiscard]] std::expected<void, BrokerError> preview(const ApprovedOrder& order);
  [[nodiscard]] std::optional<MarginPreview> take_preview();
  /// The same order with another limit, as cash to us. Refused unless ready (F-43).
  [[nodiscard]] std::expected<void, BrokerError> modify(const ModifyOrder& change) override;
  /// Every incarnation of it. Works while reconciling and degraded too.
  [[nodiscard]] std::expected<void, BrokerError> cancel(OrderId order) override;
  /// Every order of the account, whoever placed it: L2 and L3 where policy says so.
  [[nodiscard]] std::expected<void, BrokerError> cancel_everything();

  // Market data.

  void request(const RequestQuotes& request) override;
  /// The contracts of open structures: subscribed for good, first to have a line.
  void hold(std::vector<ContractId> open_legs);

  // What is so.

  [[nodiscard]] LinkState state() const;
  [[nodiscard]] const std::string& why() const;
  /// The account that answered; empty before.
  [[nodiscard]] const std::string& account() const;
  [[nodiscard]] std::optional<Refusal> refusal() const;
  /// Broker's clock minus ours, at the last answer.
  [[nodiscard]] std::optional<Duration> clock_offset() const;
  /// The broker's own regular hours of this day for options on the underlying; absent: not told.
  [[nodiscard]] std::optional<Session> broker_hours(Symbol underlying, Date date) const;
  [[nodiscard]] ClientCounters counters() const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace v6::ibkr
