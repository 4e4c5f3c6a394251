#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <chrono>
#include <functional>
#include <string_view>

#include "risk/risk_test_kit.hpp"

namespace v6 {
namespace {

using namespace literals;
using std::chrono::minutes;
using test::Desk;
using test::dollars;
using test::kTiny;
using test::money;

using Names = std::set<std::string>;

constexpr Purpose kClosings[] = {Purpose::kClose, Purpose::kReduce, Purpose::kRollClose};
// Places of a condor's legs.
constexpr std::size_t kShortPut = 0;
constexpr std::size_t kLongPut = 1;
constexpr std::size_t kShortCall = 2;
constexpr std::size_t kLongCall = 3;

Desk held_condor(int units, int quantity = 1) {
  Desk desk = test::condor_desk();
  desk.hold_and_close(units, quantity);
  return desk;
}

Names refusals(Desk desk, const OrderTicket& ticket) {
  desk.ticket = ticket;
  return desk.refusals();
}

/// Another closing order of the structure that could still fill.
LiveOrder working(OrderTicket ticket) {
  ticket.order = OrderId{ticket.order.raw() + 100};
  const Contracts leaves = ticket.quantity;
  return {.ticket = std::move(ticket), .leaves = leaves};
}

// covers: I-17
TEST(ClosingGate, LetsWhatIsHeldGoWhateverEntryRulesSay) {
  const std::function<void(Desk&)> blocks_entries[] = {
      [](Desk& d) { d.day.latches = {"halted", "circuit breaker open", "daily loss"}; },
      [](Desk& d) { d.day.events_covered = false; },
      [](Desk& d) {
        d.day.blackouts = {{.event = {.date = date(2024, 5, 1)}, .from = d.at, .to = d.at}};
      },
      [](Desk& d) { d.expire_on(date(2024, 5, 1)); },  // DTE 0
      [](Desk& d) { d.allowed.clear(); },
      [](Desk& d) { d.limits.structure_worst_case = d.limits.book_worst_case = 1e-6; },
      [](Desk& d) { d.limits.margin = 1e-6; },
      [](Desk& d) { d.net_liquidation = money(-50'000); },
      [](Desk& d) { d.limits.max_order_size = 1; },
      [](Desk& d) { d.book = {.delta = 1e9, .gamma = 1e9, .vega = 1e9, .theta = -1e9}; },
      [](Desk& d) { d.day.structures_in_book = d.day.structures_of_symbol = 99; },
      [](Desk& d) { d.day.orders_last_minute = d.day.orders_today = 999; },
      [](Desk& d) { d.factors = {}; },
      [](Desk& d) { d.factors.vix = 80; },
      [](Desk& d) { d.ticket.spot = dollars(1); },
      [](Desk& d) { d.ticket.spot_at -= minutes{10}; },
      [](Desk& d) { d.ticket.fair_value = 1e6; },
      [](Desk& d) {
        for (LegQuote& leg : d.ticket.quotes) {
          leg.kind = QuoteKind::kDelayed;
          leg.open_interest = 0;
          leg.at -= minutes{1};
        }
      },
      [](Desk& d) {
        d.quote(kShortPut, 5, 45);
        d.reprice();
      },
      [](Desk& d) { d.at = d.day.at = test::kOpen; },
      [](Desk& d) { d.at = d.day.at = test::kClose; },
  };
  EXPECT_TRUE(rc::check([&] {
    const int units = *rc::gen::inRange(1, 8);
    Desk desk = held_condor(units, *rc::gen::inRange(1, units + 1));
    desk.ticket.purpose =
        *rc::gen::elementOf(std::vector(std::begin(kClosings), std::end(kClosings)));
    desk.ticket.urgency = *rc::gen::element(Urgency::kNormal, Urgency::kHigh, Urgency::kImmediate);
    for (const auto& block : blocks_entries) {
      if (*rc::gen::arbitrary<bool>()) { block(desk); }
    }
    RC_ASSERT(desk.refusals() == Names{});
  }));
  // Each block does stop an opening, or the property would say nothing.
  Desk everything = test::condor_desk();
  for (const auto& block : blocks_entries) { block(everything); }
  EXPECT_GE(everything.refusals().size(), 12U);
}

// covers: I-17
TEST(ClosingGate, NeedsNothingThatOnlyEntriesAreJudgedBy) {
  const Desk desk = held_condor(1);
  RiskView view = desk.view();
  view.strategy = nullptr;
  view.gates = nullptr;
  view.fees = nullptr;
  view.allowed = nullptr;
  view.day.factors = nullptr;
  EXPECT_TRUE(RiskGate::approve(desk.ticket, view).has_value());
}

// covers: I-17, I-13
TEST(ClosingGate, ClosesAtAnyMomentOfTheSessionAndAtNoOther) {
  struct Case {
    std::string_view what;
    Instant at;
    bool passes;
  };
  const Case cases[] = {{"at the open", test::kOpen, true},
                        {"before it", test::kOpen - kTiny, false},
                        {"at the close", test::kClose, true},
                        {"after it", test::kClose + kTiny, false}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    Desk desk = held_condor(1);
    desk.move_to(c.at);
    EXPECT_EQ(desk.refusals(), c.passes ? Names{} : Names{"session"});
  }
  Desk holiday = held_condor(1);
  holiday.day.session.reset();
  EXPECT_EQ(holiday.refusals(), Names{"session"});
}

// covers: I-17, I-08
TEST(ClosingGate, ClosesNoMoreThanIsHeldAndNotBeingClosed) {
  struct Case {
    std::string_view what;
    int held;
    int being_closed;
    int quantity;
    bool passes;
  };
  const Case cases[] = {{"all", 3, 0, 3, true},
                        {"one too many", 3, 0, 4, false},
                        {"what is left", 3, 2, 1, true},
                        {"more than is left", 3, 2, 2, false},
                        {"nothing left", 3, 3, 1, false}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    Desk desk = held_condor(c.held, c.quantity);
    if (c.being_closed > 0) {
      LiveOrder other = working(desk.ticket);
      other.leaves = Contracts{c.being_closed};
      desk.live.push_back(other);
    }
    EXPECT_EQ(desk.refusals(), c.passes ? Names{} : Names{"worst_case"});
  }
  Desk again = held_condor(1);
  again.live.push_back({.ticket = again.ticket, .leaves = Contracts{1}});
  EXPECT_EQ(again.refusals(), Names{}) << "the order itself on its second look";
  Desk elsewhere = held_condor(1);
  elsewhere.live.push_back(working(elsewhere.ticket));
  elsewhere.live.back().ticket.structure = StructureId{2};
  EXPECT_EQ(elsewhere.refusals(), Names{}) << "another structure's order";
}

// covers: I-17
TEST(ClosingGate, CountsNoOpeningThatHasNotFilledAsHeld) {
  // Opened in two, one filled: the other is not there to be closed.
  Desk desk = held_condor(1, 2);
  LiveOrder opening = working(desk.ticket);
  opening.ticket.purpose = Purpose::kOpen;
  opening.ticket.legs = reversed(desk.ticket.legs);
  opening.leaves = Contracts{1};
  desk.live.push_back(opening);
  EXPECT_EQ(desk.refusals(), Names{"worst_case"});
  desk.ticket.quantity = Contracts{1};
  EXPECT_EQ(desk.refusals(), Names{});
}

// covers: I-17
TEST(ClosingGate, ClosesNothingThatIsNotHeld) {
  Desk none = held_condor(1);
  none.structures.clear();
  EXPECT_EQ(none.refusals(), Names{"worst_case"});

  Desk other_way = held_condor(1);
  other_way.ticket.legs = reversed(other_way.ticket.legs);
  EXPECT_TRUE(other_way.refusals().contains("worst_case")) << "that would double it";

  Desk twice = held_condor(1);
  const OrderTicket short_put_twice = twice.closing_only({kShortPut, kShortPut}, 1);
  EXPECT_FALSE(refusals(twice, short_put_twice).empty()) << "one contract, two legs: two bought";
}

// covers: I-09, I-17
TEST(ClosingGate, NeverLeavesAShortUncovered) {
  const Desk desk = held_condor(2);
  struct Case {
    std::string_view what;
    std::vector<std::size_t> legs;
    bool passes;
  };
  const Case cases[] = {
      {"all", {kShortPut, kLongPut, kShortCall, kLongCall}, true},
      {"put side", {kShortPut, kLongPut}, true},
      {"call side", {kShortCall, kLongCall}, true},
      {"shorts", {kShortPut, kShortCall}, true},
      {"one short", {kShortCall}, true},
      {"all but a worthless wing", {kShortPut, kLongPut, kShortCall}, true},
      {"long put", {kLongPut}, false},
      {"long call", {kLongCall}, false},
      {"longs", {kLongPut, kLongCall}, false},
      {"short of one side, long of the other", {kShortPut, kLongCall}, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    EXPECT_EQ(refusals(desk, desk.closing_only(c.legs, 1)),
              c.passes ? Names{} : Names{"worst_case"});
  }
}

// covers: I-09, I-17
TEST(ClosingGate, TakesNoCoverFromAShortThatIsPartlyUncoveredAlready) {
  // Two calls sold, one bought: adopted so, or a leg failed to fill.
  Desk desk = held_condor(2);
  desk.structures.at(StructureId{1}).holdings[desk.ticket.legs[kLongCall].contract].quantity =
      Contracts{1};
  EXPECT_EQ(refusals(desk, desk.closing_only({kShortCall}, 2)), Names{});
  EXPECT_EQ(refusals(desk, desk.closing_only({kShortCall}, 1)), Names{});
  EXPECT_EQ(refusals(desk, desk.closing_only({kShortPut, kLongPut}, 2)), Names{});
  EXPECT_EQ(refusals(desk, desk.closing_only({kLongCall}, 1)), Names{"worst_case"});
  EXPECT_EQ(refusals(desk, desk.closing_only({kLongPut}, 1)), Names{"worst_case"});
}

// covers: I-17
TEST(ClosingGate, SellsALeftoverWing) {
  Desk desk = held_condor(1);
  auto& holdings = desk.structures.at(StructureId{1}).holdings;
  for (const std::size_t leg : {kShortPut, kShortCall, kLongCall}) {
    holdings.erase(desk.ticket.legs[leg].contract);
  }
  EXPECT_EQ(refusals(desk, desk.closing_only({kLongPut}, 1)), Names{});
}

/// What is left of each leg, at the places of a condor's, if these orders fill.
std::vector<int> left_over(const Desk& desk, const std::vector<LiveOrder>& filled) {
  std::vector<int> left;
  for (const Leg& closing : desk.ticket.legs) {
    int quantity =
        desk.structures.at(desk.ticket.structure).holdings.at(closing.contract).quantity.raw();
    for (const LiveOrder& order : filled) {
      for (const Leg& leg : order.ticket.legs) {
        if (leg.contract == closing.contract) { quantity += leg.ratio * order.leaves.raw(); }
      }
    }
    left.push_back(quantity);
  }
  return left;
}

// covers: I-09, I-17
TEST(ClosingGate, LetsNoSetOfOrdersTurnAPositionRoundOrUncoverIt) {
  EXPECT_TRUE(rc::check([] {
    // Whole units, or longs left over from orders that filled in part.
    Desk desk = held_condor(3);
    for (const auto& [sold, bought] : {std::pair{kShortPut, kLongPut}, {kShortCall, kLongCall}}) {
      auto& holdings = desk.structures.at(desk.ticket.structure).holdings;
      const int longs = *rc::gen::inRange(1, 4);
      holdings[desk.ticket.legs[bought].contract].quantity = Contracts{longs};
      holdings[desk.ticket.legs[sold].contract].quantity =
          Contracts{-*rc::gen::inRange(1, longs + 1)};
    }
    for (std::uint32_t i = 0; i < 6; ++i) {
      std::vector<std::size_t> places;
      for (const std::size_t place : {kShortPut, kLongPut, kShortCall, kLongCall}) {
        if (*rc::gen::arbitrary<bool>()) { places.push_back(place); }
      }
      if (places.empty()) { continue; }
      OrderTicket ticket = desk.closing_only(places, *rc::gen::inRange(1, 4));
      ticket.order = OrderId{10 + i};
      if (!refusals(desk, ticket).empty()) { continue; }
      desk.live.push_back({.ticket = ticket, .leaves = ticket.quantity});
    }
    RC_CLASSIFY(desk.live.size() > 1, "several orders at once");
    for (std::uint32_t subset = 0; subset < (1U << desk.live.size()); ++subset) {
      std::vector<LiveOrder> filled;
      for (std::size_t i = 0; i < desk.live.size(); ++i) {
        if ((subset >> i & 1U) != 0) { filled.push_back(desk.live[i]); }
      }
      const auto left = left_over(desk, filled);
      RC_ASSERT(left[kShortPut] <= 0);
      RC_ASSERT(left[kShortCall] <= 0);
      RC_ASSERT(left[kLongPut] >= -left[kShortPut]);
      RC_ASSERT(left[kLongCall] >= -left[kShortCall]);
    }
  }));
}

// covers: I-09, I-17
TEST(ClosingGate, SellsTheOnlySpareLongNoSecondTime) {
  Desk desk = held_condor(1);
  desk.structures.at(StructureId{1}).holdings[desk.ticket.legs[kLongPut].contract].quantity =
      Contracts{2};
  const OrderTicket spare = desk.closing_only({kLongPut}, 1);
  EXPECT_EQ(refusals(desk, spare), Names{});
  desk.live.push_back(working(spare));
  EXPECT_EQ(refusals(desk, spare), Names{"worst_case"}) << "both filled, a short put stands alone";
}

// covers: I-15, I-17
TEST(ClosingGate, WalksNoFurtherThanItsCollarBeyondTheNatural) {
  // 20 % of a width of 25 is 5.00, and a tick of 0.05. The natural of closing is -8.20.
  struct Case {
    double last;
    bool passes;
  };
  const Case cases[] = {{-8.20, true}, {-13.20, true}, {-13.25, true}, {-13.30, false}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.last);
    Desk desk = held_condor(1);
    desk.ticket.walk.last = dollars(c.last);
    EXPECT_EQ(desk.refusals(), c.passes ? Names{} : Names{"collar"});
  }
}

// covers: I-39
TEST(ClosingGate, RefusesWhatItCannotRead) {
  const std::function<void(Desk&)> garbled[] = {
      [](Desk& d) { d.ticket.legs.clear(); },
      [](Desk& d) { d.ticket.quotes.clear(); },
      [](Desk& d) { d.ticket.legs[0].ratio = 0; },
      [](Desk& d) { d.ticket.legs[0].contract = ContractId{99}; },
      [](Desk& d) { d.ticket.underlying = "SPY"_sym; },
      [](Desk& d) { d.ticket.quantity = Contracts{}; },
      [](Desk& d) { d.ticket.purpose = static_cast<Purpose>(99); },
  };
  for (const auto& garble : garbled) {
    Desk desk = held_condor(1);
    garble(desk);
    EXPECT_FALSE(desk.approves());
  }
  const Desk desk = held_condor(1);
  for (const auto& take_away : {+[](RiskView& view) { view.limits = nullptr; },
                                +[](RiskView& view) { view.master = nullptr; },
                                +[](RiskView& view) { view.structures = nullptr; }}) {
    RiskView view = desk.view();
    take_away(view);
    EXPECT_FALSE(RiskGate::approve(desk.ticket, view).has_value());
  }
}

}  // namespace
}  // namespace v6
