#include "sim/simulated_broker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "base/check.hpp"
#include "base/hash.hpp"

namespace v6 {
namespace {

/// Between mid and the worse side by the concession, to the ten-thousandth; never beyond either.
Price leg_price(const Quote& quote, Side side, double concession) {
  const Price worse = side == Side::kBuy ? quote.ask : quote.bid;
  const auto way = static_cast<double>((worse - quote.mid()).raw());
  return quote.mid() + Price::from_raw(static_cast<std::int64_t>(std::trunc(way * concession)));
}

}  // namespace

double concession_of(std::uint64_t seed, IntentId intent) {
  std::array<double, 4> uniforms{};
  for (std::uint64_t i = 0; i < uniforms.size(); ++i) {
    uniforms[i] = unit_interval(mix(mix(seed) ^ mix(std::uint64_t{intent.raw()} * 4 + i)));
  }
  std::ranges::sort(uniforms);
  return uniforms[1];
}

void SimulatedBroker::show(Instant at, Price spot, std::shared_ptr<const Chain> chain,
                           const InstrumentMaster& master, QuoteKind kind) {
  at_ = at;
  spot_ = spot;
  kind_ = kind;
  chain_ = std::move(chain);
  master_ = &master;
  row_by_id_.assign(master.size(), -1);
  for (std::uint32_t row = 0; row < chain_->size(); ++row) {
    row_by_id_[chain_->contract[row]] = static_cast<std::int32_t>(row);
  }
}

std::optional<Quote> SimulatedBroker::quote(ContractId id) const {
  if (!chain_ || id.raw() >= row_by_id_.size() || row_by_id_[id.raw()] < 0) { return std::nullopt; }
  const Quote found = chain_->quote(static_cast<std::size_t>(row_by_id_[id.raw()]));
  if (!found.usable()) { return std::nullopt; }
  return found;
}

std::expected<void, BrokerError> SimulatedBroker::submit(SendPermit permit) {
  const OrderTicket& ticket = permit.ticket();
  working_.insert_or_assign(ticket.order, Working{.ticket = ticket, .limit = ticket.walk.first});
  sink_(at_, OrderAcknowledged{.order = ticket.order});
  try_fill(ticket.order);
  return {};
}

std::expected<void, BrokerError> SimulatedBroker::modify(const ModifyOrder& change) {
  const auto found = working_.find(change.order);
  if (found == working_.end()) { return {}; }
  found->second.limit = change.limit;
  try_fill(change.order);
  return {};
}

std::expected<void, BrokerError> SimulatedBroker::cancel(OrderId order) {
  if (working_.erase(order) > 0) { sink_(at_, OrderCancelled{.order = order}); }
  return {};
}

void SimulatedBroker::request(const RequestQuotes& request) {
  LegQuotesArrived answer{.request = request.request, .spot = spot_, .spot_at = at_};
  for (const ContractId id : request.contracts) {
    const auto market = quote(id);
    if (!market) { continue; }
    const auto row = static_cast<std::size_t>(row_by_id_[id.raw()]);
    answer.quotes.push_back({.contract = id,
                             .quote = *market,
                             .at = at_,
                             .kind = kind_,
                             .open_interest = chain_->open_interest[row],
                             .broker_iv = chain_->broker_iv.at(row),
                             .broker_delta = chain_->broker_delta.at(row)});
  }
  sink_(at_, std::move(answer));
}

void SimulatedBroker::try_fill(OrderId id) {
  const Working& order = working_.at(id);
  const OrderTicket& ticket = order.ticket;
  double concession = 0;
  switch (model_) {
    case FillModel::kNatural: concession = 1; break;
    case FillModel::kMid: concession = 0; break;
    case FillModel::kWalk:
      concession = ticket.urgency == Urgency::kImmediate ? 1 : concession_of(seed_, ticket.intent);
      break;
  }
  Price net;
  std::vector<LegFill> fills;
  std::vector<FeeLeg> fee_legs;
  for (const Leg& leg : ticket.legs) {
    const auto market = quote(leg.contract);
    if (!market) { return; }
    const Side side = leg.ratio > 0 ? Side::kBuy : Side::kSell;
    const Price price = leg_price(*market, side, concession);
    const Contracts quantity{std::abs(leg.ratio) * ticket.quantity.raw()};
    net -= price * leg.ratio;
    fills.push_back({.contract = leg.contract, .side = side, .quantity = quantity, .price = price});
    fee_legs.push_back({.instrument = find_instrument((*master_)[leg.contract].root),
                        .side = side,
                        .price = price,
                        .quantity = quantity});
  }
  if (order.limit > net) { return; }
  const auto fees = order_fees(fees_, fee_legs);
  for (std::size_t i = 0; i < fills.size(); ++i) { fills[i].fees = fees[i]; }
  const OrderFilled filled{.order = id,
                           .execution = {.root = fmt::format("X{}", id.raw()), .revision = 1},
                           .quantity = ticket.quantity,
                           .legs = std::move(fills)};
  working_.erase(id);
  sink_(at_, filled);
}

}  // namespace v6
