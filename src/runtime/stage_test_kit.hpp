#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>
#include <string>

#include "runtime/stage.hpp"

/// What tests ask of a stage: whether the books of bot and broker say the same.
namespace v6 {

inline const Reference& reference() {
  static const Reference shipped = read_reference(std::string{V6_DATA} + "/reference");
  return shipped;
}

inline bool soaking() { return std::getenv("V6_SOAK") != nullptr; }

inline StageSettings a_day(std::string_view date, std::uint64_t seed = 1) {
  StageSettings settings{.chains = std::string{V6_DATA} + "/spx-eod-2019",
                         .underlying = Symbol::parse("SPX").value(),
                         .root = Symbol::parse("SPXW").value(),
                         .from = parse_date(date),
                         .seed = seed};
  return settings;
}

/// Net contracts by the broker's number, by the gateway's own book.
inline std::map<Contract, std::int64_t> at_the_broker(Stage& stage) {
  std::map<Contract, std::int64_t> held;
  for (const HeldPosition& position : stage.exchange().positions()) {
    const Listing& listing = *stage.market().find(position.con_id);
    held[{.root = listing.trading_class(),
          .expiry = listing.expiry,
          .strike = listing.strike,
          .right = listing.right}] += position.quantity;
  }
  std::erase_if(held, [](const auto& entry) { return entry.second == 0; });
  return held;
}

inline std::map<Contract, std::int64_t> in_our_books(const State& state) {
  std::map<Contract, std::int64_t> held;
  for (const auto& [id, structure] : state.structures) {
    for (const auto& [contract, holding] : structure.holdings) {
      held[state.master[contract]] += holding.quantity.raw();
    }
  }
  std::erase_if(held, [](const auto& entry) { return entry.second == 0; });
  return held;
}

/// No intent stands at the broker under two orders.
inline void expect_no_order_twice(Stage& stage) {
  std::set<std::string> refs;
  const auto once = [&](const BookedOrder& order) {
    EXPECT_TRUE(refs.insert(order.request.order_ref).second) << order.request.order_ref;
  };
  for (const BookedOrder& order : stage.exchange().open_orders(std::nullopt)) { once(order); }
  for (const BookedOrder& order : stage.exchange().completed_orders()) { once(order); }
}

}  // namespace v6
