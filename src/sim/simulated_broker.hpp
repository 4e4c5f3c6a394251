#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "orders/price_walk.hpp"
#include "portfolio/fees.hpp"
#include "ports/broker.hpp"

namespace v6 {

/// How much of the way from mid to natural the market asks of one order, 0..1: drawn once per order
/// from Beta(2,3), as the second smallest of four uniforms hashed from (seed, intent).
[[nodiscard]] double concession_of(std::uint64_t seed, IntentId intent);

/// One end-of-day snapshot as a market: it quotes legs and fills combos at that instant.
/// `natural` pays the whole spread, `walk` fills when the limit has conceded what the draw asks,
/// `mid` is optimistic. Immediate orders pay the natural under `walk` too.
class SimulatedBroker final : public Broker, public MarketData {
 public:
  SimulatedBroker(FillModel model, std::uint64_t seed, FeeSchedule fees, EventSink sink)
      : model_{model}, seed_{seed}, fees_{std::move(fees)}, sink_{std::move(sink)} {}

  /// The market from now on.
  void show(Instant at, Price spot, std::shared_ptr<const Chain> chain,
            const InstrumentMaster& master, QuoteKind kind = QuoteKind::kEndOfDay);

  [[nodiscard]] std::expected<void, BrokerError> submit(SendPermit permit) override;
  [[nodiscard]] std::expected<void, BrokerError> modify(const ModifyOrder& change) override;
  [[nodiscard]] std::expected<void, BrokerError> cancel(OrderId order) override;
  void request(const RequestQuotes& request) override;

 private:
  struct Working {
    OrderTicket ticket;
    Price limit;
  };
  void try_fill(OrderId id);
  [[nodiscard]] std::optional<Quote> quote(ContractId id) const;

  FillModel model_;
  std::uint64_t seed_;
  FeeSchedule fees_;
  EventSink sink_;

  Instant at_;
  Price spot_;
  QuoteKind kind_ = QuoteKind::kEndOfDay;
  std::shared_ptr<const Chain> chain_;
  const InstrumentMaster* master_ = nullptr;
  std::vector<std::int32_t> row_by_id_;
  std::map<OrderId, Working> working_;
};

}  // namespace v6
