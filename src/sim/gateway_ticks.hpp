#pragma once

#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ibkr/messages/market_data.hpp"
#include "sim/exchange_orders.hpp"
#include "sim/session_market.hpp"

/// What a subscription shows: protocol reference 2.3 and 5.6.
namespace v6::gateway {

/// A tick of text that is a time: last trade, epoch seconds.
struct TimeTick {
  std::int32_t req_id = 0;
  std::int32_t tick_type = 45;
  std::int64_t seconds = 0;
  friend bool operator==(const TimeTick&, const TimeTick&) = default;
};

using Tick = std::variant<ibkr::TickPrice, ibkr::TickSize, ibkr::TickOptionComputation,
                          ibkr::TickGeneric, TimeTick>;

/// Real-time numbers of ticks, or those of data that comes 15 minutes late.
enum class TickKind : std::uint8_t { kLive, kDelayed };

/// Of all options on the underlying; too many to add up for every tick.
struct OptionTotals {
  double call_volume = 0;
  double put_volume = 0;
  double call_interest = 0;
  double put_interest = 0;
};
[[nodiscard]] OptionTotals option_totals(const SessionMarket& market);

struct TickQuestion {
  std::int32_t req_id = 0;
  std::set<int> generics;
  TickKind kind = TickKind::kLive;
  bool halted = false;
  OptionTotals totals;  // looked at for the underlying only
};
/// Whether `totals` are looked at.
[[nodiscard]] bool wants_totals(const TickQuestion& question);

/// "100,101"; nullopt when it is no list of numbers.
[[nodiscard]] std::optional<std::set<int>> parse_generics(std::string_view list);

/// All that is to be told of a contract now, in the order to tell it.
[[nodiscard]] std::vector<Tick> ticks_of(const SessionMarket& market, const Listing& listing,
                                         const TickQuestion& question);

/// What buying or selling the legs at once costs: bid, ask and last as far as every leg has them.
[[nodiscard]] MarketQuote combo_quote(const SessionMarket& market,
                                      const std::vector<OrderLeg>& legs);
[[nodiscard]] std::vector<Tick> ticks_of_combo(const SessionMarket& market,
                                               const std::vector<OrderLeg>& legs,
                                               const TickQuestion& question);

/// Those of `now` that are not in `before`.
[[nodiscard]] std::vector<Tick> changed(const std::vector<Tick>& before,
                                        const std::vector<Tick>& now);

}  // namespace v6::gateway
