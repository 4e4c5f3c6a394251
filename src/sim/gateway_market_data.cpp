#include <fmt/format.h>

#include "sim/gateway_contracts.hpp"
#include "sim/gateway_desk.hpp"

/// Streaming quotes and snapshots.
namespace v6::gateway {
namespace {

/// A client that is this far behind gets the newest quotes when it has caught up, none between.
constexpr std::size_t kBehind = 256 << 10;

constexpr std::string_view kBboExchange = "9c0001";

}  // namespace

int Desk::lines_in_use() const {
  std::size_t lines = 0;
  for (const auto& [link, client] : clients_) { lines += client.alive() ? client.lines.size() : 0; }
  return static_cast<int>(lines);
}

void Desk::tell_ticks(Client& client, const std::vector<Tick>& ticks) {
  for (const Tick& tick : ticks) {
    std::visit(
        [&](const auto& one) {
          if constexpr (std::is_same_v<std::remove_cvref_t<decltype(one)>, TimeTick>) {
            const std::string seconds = fmt::format("{}", one.seconds);
            tell(client, ibkr::TickString{
                             .req_id = one.req_id, .tick_type = one.tick_type, .value = seconds});
          } else {
            tell(client, one);
          }
        },
        tick);
  }
}

std::vector<Tick> Desk::ticks_now(Line& line) {
  line.question.halted = exchange_->halted();
  if (!line.listing) { return ticks_of_combo(market(), line.legs, line.question); }
  if (!line.listing->is_option() && wants_totals(line.question)) {
    const Date today = new_york_date(market().instant());
    if (!totals_ || totals_->first != today) { totals_ = {today, option_totals(market())}; }
    line.question.totals = totals_->second;
  }
  return ticks_of(market(), *line.listing, line.question);
}

void Desk::on(Client& client, const ibkr::ReqMktData& m) {
  const auto refuse = [&](int code, std::string text) {
    tell_error(client, m.req_id, code, std::move(text));
  };
  if (client.lines.contains(m.req_id)) {
    return refuse(322, "Error processing request. Duplicate ticker id");
  }
  Line line{.question = {.req_id = m.req_id}};
  double min_tick = 0.01;
  if (m.contract.is_combo()) {
    auto legs = order_legs(market(), m.contract);
    if (!legs) { return refuse(legs.error().code, legs.error().text); }
    line.legs = std::move(*legs);
    min_tick = market().find(line.legs.front().con_id)->combo_tick().dollars();
  } else {
    line.listing = the_one(market(), m.contract);
    if (!line.listing) {
      return refuse(200, "No security definition has been found for the request");
    }
    min_tick = line.listing->tick(Price{}).dollars();
  }
  const auto generics = parse_generics(m.generic_tick_list);
  if (!generics) {
    return refuse(321, fmt::format("Error validating request:-'bZ' : cause - Incorrect generic "
                                   "tick list of {}.",
                                   m.generic_tick_list));
  }
  if (m.snapshot && !generics->empty()) {
    return refuse(414, "Snapshot market data request does not support generic ticks.");
  }
  line.question.generics = *generics;
  if (lines_in_use() >= settings_.lines) {
    return refuse(101, "Max number of tickers has been reached");
  }
  const bool open =
      market().is_open(line.listing ? *line.listing : *market().find(line.legs.front().con_id));
  // Who may have live data gets it whatever he asks for; frozen is for closed hours.
  const bool frozen = !open && (client.data_type == 2 || client.data_type == 4);
  tell(client, ibkr::TickReqParams{.req_id = m.req_id,
                                   .min_tick = min_tick,
                                   .bbo_exchange = kBboExchange,
                                   .snapshot_permissions = 3});
  tell(client, ibkr::MarketDataType{.req_id = m.req_id, .market_data_type = frozen ? 2 : 1});
  line.told = ticks_now(line);
  tell_ticks(client, line.told);
  if (m.snapshot) { return tell(client, ibkr::TickSnapshotEnd{.req_id = m.req_id}); }
  client.lines.emplace(m.req_id, std::move(line));
}

void Desk::tell_changed_ticks(Client& client) {
  if (client.out.size() > kBehind) { return; }
  for (auto& [req_id, line] : client.lines) {
    std::vector<Tick> ticks = ticks_now(line);
    tell_ticks(client, changed(line.told, ticks));
    line.told = std::move(ticks);
  }
}

void Desk::on(Client& client, const ibkr::CancelMktData& m) {
  if (client.lines.erase(m.req_id) == 0) {
    tell_error(client, m.req_id, 300, fmt::format("Can't find EId with tickerId:{}", m.req_id));
  }
}

void Desk::on(Client& client, const ibkr::ReqMarketDataType& m) {
  if (m.market_data_type < 1 || m.market_data_type > 4) {
    return tell_error(client, -1, 321,
                      fmt::format("Error validating request:-'market data type' : cause - Invalid "
                                  "market data type {}",
                                  m.market_data_type));
  }
  client.data_type = m.market_data_type;
}

}  // namespace v6::gateway
