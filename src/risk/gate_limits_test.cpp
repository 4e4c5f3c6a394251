// What the gate lets the account as a whole come to: Greeks, losses, margin, counts and rates.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numbers>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "risk/risk_test_kit.hpp"

namespace v6 {
namespace {

using namespace literals;
using test::Desk;
using test::dollars;
using test::expect_edges;
using test::expect_refused;
using test::money;
using test::Names;

constexpr auto kPut = OptionRight::kPut;
constexpr auto kCall = OptionRight::kCall;

// covers: I-11, A-35
TEST(RiskGate, BringsNoGreekBeyondEightyPercentOfItsLimit) {
  struct Case {
    std::string_view what;
    double BookGreeks::* greek;
    double most;  // of 250,000 dollars, x 0.8
  };
  const Case cases[] = {{"delta 40 %", &BookGreeks::delta, 80'000},
                        {"gamma 10 %", &BookGreeks::gamma, 20'000},
                        {"vega 0.3 %", &BookGreeks::vega, 600},
                        {"theta 0.1 %", &BookGreeks::theta, 200}};
  // One unit, by the textbook: 0.30 and 0.22 are the deltas claimed; gamma, vega and theta are
  // Black's at 13 % with the spot as forward.
  const auto unit_of = [](const Desk& desk) {
    BookGreeks unit;
    const double spot = 2900;
    const double years = std::chrono::duration<double>(
                             new_york_instant(test::kExpiry, std::chrono::hours{16}) - desk.at)
                             .count() /
                         (365.0 * 86'400);
    for (const auto& [ratio, strike, delta] : {std::tuple{-1, 2850.0, -0.30}, {1, 2825.0, -0.22}}) {
      const double deviation = 0.13 * std::sqrt(years);
      const double d1 = std::log(spot / strike) / deviation + deviation / 2;
      const double density = std::exp(-d1 * d1 / 2) / std::sqrt(2 * std::numbers::pi);
      const double gamma = density / (spot * deviation);
      unit.delta += ratio * 100 * delta * spot;
      unit.gamma += ratio * 100 * gamma * spot / 100 * spot;
      unit.vega += ratio * 100 * spot * density * std::sqrt(years) / 100;
      unit.theta += ratio * 100 * -spot * density * 0.13 / (2 * std::sqrt(years)) / 365;
    }
    return unit;
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    for (const double sign : {1.0, -1.0}) {
      // `book` counts what is held and every live opening order; the unit counts per contract.
      const auto refusals = [&](double beyond, int quantity) {
        Desk desk = test::put_spread_desk();
        desk.limits.max_order_size = 5;
        desk.limits.structure_worst_case = 0.05;
        desk.ticket.quantity = Contracts{quantity};
        desk.book.*c.greek = sign * (c.most + beyond) - quantity * unit_of(desk).*c.greek;
        return desk.refusals();
      };
      const double step = c.most / 1'000;
      for (const int quantity : {1, 2}) {
        EXPECT_EQ(refusals(-step, quantity), Names{});
        EXPECT_EQ(refusals(step, quantity), Names{"greeks"});
      }
      EXPECT_EQ(refusals(std::nan(""), 1), Names{"greeks"});
    }
  }
}

/// The limit in dollars, as its fraction of the desk's net liquidation.
double share(const Desk& desk, double amount) { return amount / desk.net_liquidation.dollars(); }

// covers: I-09, A-36
TEST(RiskGate, BoundsTheLossOfTheStructureAtTheEndOfItsWalkWithFees) {
  struct Case {
    Desk desk;
    double loss;
  };
  for (Case c : {Case{test::put_spread_desk(), test::kPutSpreadLoss},
                 Case{test::condor_desk(), test::kCondorLoss}}) {
    c.desk.limits.structure_worst_case = share(c.desk, c.loss + 0.01);
    EXPECT_EQ(c.desk.refusals(), Names{});
    c.desk.limits.structure_worst_case = share(c.desk, c.loss - 0.01);
    EXPECT_EQ(c.desk.refusals(), Names{"worst_case"});
  }
}

// covers: I-09, A-36
TEST(RiskGate, BoundsTheLossOfSymbolAndBookWithAllThatIsHeldOrCouldFill) {
  // Another put spread in the same expiry, held: 5,000 wide for 1,000, fees 2.30.
  const auto hold = [](Desk& d) {
    const LiveOrder other = d.another_order(1);
    Structure held{.id = StructureId{7}, .underlying = "SPX"_sym, .fees = money(2.30)};
    held.holdings[other.ticket.legs[0].contract] = {Contracts{-1}, money(2000), {}};
    held.holdings[other.ticket.legs[1].contract] = {Contracts{1}, money(-1000), {}};
    d.structures[held.id] = held;
  };
  struct Case {
    std::string_view what;
    std::function<void(Desk&)> has;
    double loss;
  };
  const Case cases[] = {
      {"nothing else", [](Desk&) {}, test::kPutSpreadLoss},
      {"a structure held", hold, test::kPutSpreadLoss + 4000 + 2.30},
      {"an order working or unknown, by its leaves",
       [](Desk& d) { d.live.push_back(d.another_order(2)); },
       test::kPutSpreadLoss + 2 * (4000 + 2.30)},
      {"both",
       [&](Desk& d) {
         hold(d);
         d.live.push_back(d.another_order(1));
       },
       test::kPutSpreadLoss + 2 * (4000 + 2.30)},
      {"the same order, on its second look",
       [](Desk& d) { d.live.push_back({.ticket = d.ticket, .leaves = Contracts{1}}); },
       test::kPutSpreadLoss},
  };
  for (const Case& c : cases) {
    for (double RiskLimits::* limit :
         {&RiskLimits::symbol_worst_case, &RiskLimits::book_worst_case}) {
      SCOPED_TRACE(c.what);
      Desk desk = test::put_spread_desk();
      c.has(desk);
      desk.limits.*limit = share(desk, c.loss + 0.01);
      EXPECT_EQ(desk.refusals(), Names{});
      desk.limits.*limit = share(desk, c.loss - 0.01);
      EXPECT_EQ(desk.refusals(), Names{"worst_case"});
    }
  }
}

// covers: I-09, A-36
TEST(RiskGate, LetsNoOtherOrdersHopedForGainPayForALoss) {
  // Buying back a worthless short would help only if it filled.
  Desk desk = test::put_spread_desk();
  const double before = test::kPutSpreadLoss;
  OrderTicket rescue{.order = OrderId{8},
                     .structure = StructureId{8},
                     .underlying = "SPX"_sym,
                     .legs = {{desk.ticket.legs[0].contract, 1}},
                     .walk = {.last = Price{}},
                     .quotes = {desk.ticket.quotes[0]}};
  desk.live.push_back({.ticket = rescue, .leaves = Contracts{5}});
  desk.limits.book_worst_case = share(desk, before - 0.01);
  // The contract is taken by that order, too.
  EXPECT_EQ(desk.refusals(), (Names{"overlap", "worst_case"}));
}

// covers: I-09
TEST(RiskGate, AddsNothingToABookThatIsUnbounded) {
  Desk desk = test::put_spread_desk();
  Structure naked{.id = StructureId{9}, .underlying = "SPX"_sym};
  naked.holdings[desk.list(3100, kCall)].quantity = Contracts{-1};
  desk.structures[naked.id] = naked;
  // By rule a naked call has a margin; its loss has no bound.
  EXPECT_EQ(desk.refusals(), Names{"worst_case"});
}

//
TEST(RiskGate, KeepsMarginWithinItsLimit) {
  // A spread sold asks its width, whatever the credit: 2,500.
  const auto with_margin = [](double amount) {
    return [=](Desk& d) { d.limits.margin = share(d, amount); };
  };
  expect_edges({{"now", "margin", with_margin(2500.01), with_margin(2499.99)}});
  Desk condor = test::condor_desk();
  with_margin(2500.01)(condor);
  EXPECT_EQ(condor.refusals(), Names{}) << "the greater of its sides, not both";
  with_margin(2499.99)(condor);
  EXPECT_EQ(condor.refusals(), Names{"margin"});
}

/// What the two rule figures of the gate measure, dollars; absent where they have none.
std::vector<std::optional<double>> margins_of(const Desk& desk) {
  std::vector<std::optional<double>> measured;
  for (const Check& check : RiskGate::check(desk.ticket, desk.view())) {
    if (check.name == "margin" && check.verdict != Verdict::kSkip) {
      measured.push_back(check.measured);
    }
  }
  return measured;
}

// covers: I-09, A-36
TEST(RiskGate, CountsMarginOfAllThatIsHeldOrCouldFillNowAndAfterTheNextExpiry) {
  using Figures = std::vector<std::optional<double>>;
  constexpr Date kNearer = date(2024, 5, 3);
  const auto hold = [](Desk& d, ContractId contract, int quantity, double mark) {
    Structure held{.id = StructureId{20 + contract.raw()},
                   .underlying = d.listed.master[contract].underlying()};
    held.holdings[contract] = {Contracts{quantity}, Money{}, {.mid = dollars(mark)}};
    d.structures[held.id] = held;
  };
  struct Case {
    std::string_view what;
    std::function<void(Desk&)> has;
    Figures margins;
  };
  const Case cases[] = {
      {"the ticket alone", [](Desk&) {}, {2500, 0}},
      {"a long option that expires before",
       [&](Desk& d) { hold(d, d.list(2000, kPut, kNearer), 1, 7); },
       {2500 + 700, 2500}},
      // 5.00 + 15 % of 2,900 less 200, at least 10 %
      {"a naked call that expires before",
       [&](Desk& d) { hold(d, d.list(3100, kCall, kNearer), -1, 5); },
       {2500 + 500 + 29'000, 2500}},
      {"an order that could fill, by its leaves",
       [](Desk& d) { d.live.push_back(d.another_order(2)); },
       {2500 + 2 * 5000, 0}},
      {"an order that closes what is held, but may not fill",
       [&](Desk& d) {
         LiveOrder other = d.another_order(1);
         for (Leg& leg : other.ticket.legs) {
           hold(d, leg.contract, leg.ratio, 20);
           leg.ratio = -leg.ratio;
         }
         d.live.push_back(other);
       },
       {2500 + 5000, 0}},
      {"an order that may take cover away",
       [&](Desk& d) {
         LiveOrder other = d.another_order(1);
         hold(d, other.ticket.legs[0].contract, -1, 20);
         hold(d, other.ticket.legs[1].contract, 1, 9.5);
         other.ticket.legs = {{other.ticket.legs[1].contract, -1}};
         other.ticket.quotes.erase(other.ticket.quotes.begin());
         d.live.push_back(other);
       },
       // uncovered: 20.00 + 15 % of 2,900 less 150, at least 10 % of 2,750
       {2500 + 2000 + 28'500, 0}},
      {"a put in another underlying, secured by its strike",
       [&](Desk& d) { hold(d, d.list(500, kPut, test::kExpiry, "SPY"_sym), -1, 5); },
       {2500 + 50'000, 0}},
      {"a call in another underlying has no figure",
       [&](Desk& d) { hold(d, d.list(500, kCall, test::kExpiry, "SPY"_sym), -1, 5); },
       {std::nullopt, 0}},
      {"more orders than can be looked at in all their subsets",
       [](Desk& d) {
         for (std::uint32_t i = 0; i < 6; ++i) {
           d.live.push_back(d.another_order(1));
           d.live.back().ticket.order = OrderId{70 + i};
         }
       },
       {std::nullopt, std::nullopt}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    Desk desk = test::put_spread_desk();
    c.has(desk);
    EXPECT_EQ(margins_of(desk), c.margins);
    EXPECT_EQ(desk.refusals().contains("margin"), !c.margins[0].has_value());
  }
}

// covers: I-16, I-18
TEST(RiskGate, CountsStructuresAndOrders) {
  expect_refused({
      {"five in the book", "counts", [](Desk& d) { d.day.structures_in_book = 5; }},
      {"three of the symbol", "counts", [](Desk& d) { d.day.structures_of_symbol = 3; }},
      {"two opened today", "counts", [](Desk& d) { d.day.opened_today = 2; }},
      {"six in a minute", "rate", [](Desk& d) { d.day.orders_last_minute = 6; }},
      {"thirty in an hour", "rate", [](Desk& d) { d.day.orders_last_hour = 30; }},
      {"sixty today", "rate", [](Desk& d) { d.day.orders_today = 60; }},
  });
  Desk full = test::put_spread_desk();
  full.day.structures_in_book = 4;
  full.day.structures_of_symbol = 2;
  full.day.opened_today = 1;
  full.day.orders_last_minute = 5;
  full.day.orders_last_hour = 29;
  full.day.orders_today = 59;
  EXPECT_EQ(full.refusals(), Names{}) << "the last place is a place";
}

}  // namespace
}  // namespace v6
