#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "portfolio/portfolio_test_kit.hpp"
#include "risk/gate.hpp"

namespace v6::test {

using namespace literals;

/// Wednesday 2024-05-01, 11:00 in New York; nothing is scheduled.
inline constexpr Instant kMorning =
    std::chrono::sys_days{std::chrono::year{2024} / 5 / 1} + std::chrono::hours{15};
/// Index options trade from 9:30 to 16:15 in New York.
inline constexpr Instant kOpen = kMorning - std::chrono::minutes{90};
inline constexpr Instant kClose = kMorning + std::chrono::minutes{315};
/// 30 days on, a Friday.
inline constexpr Date kExpiry = date(2024, 5, 31);
inline constexpr Duration kTiny{1};

/// One leg as tests write it: bought or sold, and its quote around a mid.
struct LegAt {
  int ratio;
  double strike;
  OptionRight right;
  double bid;
  double ask;
};

/// An account in order on a quiet day, and one ticket in it that the gate approves. A test breaks
/// one thing and asks again.
struct Desk {
  Listing listed;
  RiskLimits limits;
  StrategySettings strategy;
  EntryGates gates;
  FeeSchedule fees;
  Factors factors;
  Calendar calendar{Calendar::Data{}};
  std::vector<Symbol> allowed = {"SPX"_sym};
  std::map<StructureId, Structure> structures;
  std::vector<LiveOrder> live;
  EntryView day;
  Instant at = kMorning;
  Money net_liquidation = money(250'000);
  BookGreeks book;
  bool end_of_day = false;
  OrderTicket ticket;

  Desk(StructureKind kind, const std::vector<LegAt>& legs) {
    factors = {.spot = dollars(2900),
               .outlook = Outlook::kNeutral,
               .iv_percentile = 40,
               .iv_level = IvLevel::kNormal,
               .volatility_rising = false,
               .backwardated = false,
               .realised_252 = 0.15,
               .vix = 15};
    day = {.mode = Mode::kSimulated,
           .session = Session{.date = date(2024, 5, 1), .open = kOpen, .close = kClose},
           .events_covered = true,
           .quote_kind = QuoteKind::kLive,
           .confirming = true};
    ticket = {.intent = IntentId{1},
              .order = OrderId{1},
              .structure = StructureId{1},
              .kind = kind,
              .mode = Mode::kSimulated,
              .underlying = "SPX"_sym,
              .quantity = Contracts{1},
              .spot = dollars(2900)};
    for (const LegAt& leg : legs) {
      const ContractId id = list(leg.strike, leg.right);
      ticket.legs.push_back({id, leg.ratio});
      ticket.quotes.push_back(
          {.contract = id, .quote = {dollars(leg.bid), dollars(leg.ask)}, .open_interest = 100});
    }
    // Wings are 25 wide whatever the spot of a test.
    for (WidthWindow* width :
         {&strategy.condor.width, &strategy.credit_spread.width, &strategy.debit_spread.width}) {
      *width = {.least = 0.001, .most = 0.2};
    }
    move_to(kMorning);
    reprice();
    claim();
  }

  ContractId list(double strike, OptionRight right, Date expiry = kExpiry,
                  Symbol root = "SPXW"_sym) {
    return listed({root, expiry, dollars(strike), right});
  }

  /// Another time of day, with quotes as fresh as ever.
  void move_to(Instant now) {
    at = day.at = ticket.spot_at = ticket.decided_at = now;
    for (LegQuote& leg : ticket.quotes) { leg.at = now; }
  }

  /// A walk from the mid over 60 % of the way to the natural in ticks of 0.05, and a model that
  /// agrees with the mid.
  void reprice() {
    Price mid;
    Price natural;
    for (std::size_t i = 0; i < ticket.legs.size(); ++i) {
      const int ratio = ticket.legs[i].ratio;
      const Quote& quote = ticket.quotes[i].quote;
      mid -= quote.mid() * ratio;
      natural -= (ratio > 0 ? quote.ask : quote.bid) * ratio;
    }
    const Price tick = Price::cents(5);
    const Price budget = Price::from_raw((mid - natural).raw() * 6 / 10);
    ticket.walk = {.first = round_up_to(mid, tick),
                   .last = round_up_to(mid - budget, tick),
                   .step = tick,
                   .interval = std::chrono::seconds{15}};
    ticket.fair_value = mid.dollars();
  }

  /// What a builder would claim: short deltas in the middle of their windows, long ones outside.
  void claim() {
    const bool debit = ticket.kind == StructureKind::kCallDebitSpread ||
                       ticket.kind == StructureKind::kPutDebitSpread;
    const double sold = ticket.kind == StructureKind::kIronCondor ? 0.22 : 0.30;
    ticket.claims = {.expected_value = 50, .score = 60};
    for (const Leg& leg : ticket.legs) {
      const bool put = listed.master[leg.contract].right == OptionRight::kPut;
      const double size = leg.ratio < 0 ? sold : debit ? 0.55 : sold - 0.08;
      ticket.claims.deltas.push_back(put ? -size : size);
      ticket.claims.volatilities.push_back(0.13);
    }
  }

  void quote(std::size_t leg, double bid, double ask) {
    ticket.quotes.at(leg).quote = {dollars(bid), dollars(ask)};
  }

  /// The same contracts at another expiry.
  void expire_on(Date expiry) {
    std::ranges::fill(listed.master.columns.expiry,
                      static_cast<std::int32_t>(expiry.time_since_epoch().count()));
  }

  /// The ticket's structure was opened in `units`, and the ticket closes `quantity` of it now.
  void hold_and_close(int units, int quantity) {
    Structure held{.id = ticket.structure,
                   .kind = ticket.kind,
                   .underlying = ticket.underlying,
                   .legs = ticket.legs,
                   .opened = Contracts{units},
                   .units = Contracts{units},
                   .width = dollars(25)};
    for (const Leg& leg : ticket.legs) {
      held.holdings[leg.contract].quantity = Contracts{units * leg.ratio};
    }
    structures[held.id] = std::move(held);
    ticket.purpose = Purpose::kClose;
    ticket.legs = reversed(ticket.legs);
    ticket.quantity = Contracts{quantity};
    reprice();
  }

  /// A ticket for some legs of the held structure only; `legs` are places in its list.
  [[nodiscard]] OrderTicket closing_only(const std::vector<std::size_t>& legs, int quantity) const {
    OrderTicket part = ticket;
    part.legs.clear();
    part.quotes.clear();
    for (const std::size_t leg : legs) {
      part.legs.push_back(ticket.legs.at(leg));
      part.quotes.push_back(ticket.quotes.at(leg));
    }
    part.quantity = Contracts{quantity};
    Desk priced = *this;
    priced.ticket = part;
    priced.reprice();
    return priced.ticket;
  }

  /// A put credit spread in the same expiry: 50 wide, 10.00 at the end of its walk.
  [[nodiscard]] LiveOrder another_order(int leaves) {
    OrderTicket other{.order = OrderId{7},
                      .structure = StructureId{7},
                      .kind = StructureKind::kPutCreditSpread,
                      .underlying = "SPX"_sym,
                      .quantity = Contracts{5},
                      .walk = {.last = dollars(10)}};
    for (const LegAt& leg :
         {LegAt{-1, 2750, OptionRight::kPut, 19, 21}, LegAt{1, 2700, OptionRight::kPut, 9, 10}}) {
      other.legs.push_back({list(leg.strike, leg.right), leg.ratio});
      other.quotes.push_back(
          {.contract = other.legs.back().contract, .quote = {dollars(leg.bid), dollars(leg.ask)}});
    }
    return {.ticket = std::move(other), .leaves = Contracts{leaves}};
  }

  [[nodiscard]] RiskView view() const {
    RiskView view{.at = at,
                  .limits = &limits,
                  .strategy = &strategy,
                  .gates = &gates,
                  .fees = &fees,
                  .calendar = &calendar,
                  .master = &listed.master,
                  .allowed = &allowed,
                  .structures = &structures,
                  .live = live,
                  .day = day,
                  .net_liquidation = net_liquidation,
                  .greeks = book,
                  .end_of_day = end_of_day};
    view.day.factors = &factors;
    return view;
  }
  [[nodiscard]] auto approve() const { return RiskGate::approve(ticket, view()); }
  [[nodiscard]] bool approves() const { return approve().has_value(); }

  /// Names of the gates that refuse; empty when the ticket is approved.
  [[nodiscard]] std::set<std::string> refusals() const {
    std::set<std::string> names;
    const auto answer = approve();
    if (answer) { return names; }
    for (const Check& check : answer.error().checks) {
      if (check.verdict == Verdict::kRefuse) { names.insert(check.name); }
    }
    return names;
  }
};

/// Sells 2850, buys 2825: mid 6.00, natural 5.60, walks to 5.80. Fees 2.30, so it can lose
/// 2,500 - 580 + 2.30 dollars.
[[nodiscard]] inline Desk put_spread_desk() {
  return {
      StructureKind::kPutCreditSpread,
      {{-1, 2850, OptionRight::kPut, 20.00, 20.40}, {1, 2825, OptionRight::kPut, 14.00, 14.40}}};
}
inline constexpr double kPutSpreadLoss = 2500 - 580 + 2.30;

/// Wings of 25 at 2825 and 2975: mid 7.40, natural 6.60, walks to 6.95. Fees 4.60.
[[nodiscard]] inline Desk condor_desk() {
  return {StructureKind::kIronCondor,
          {{-1, 2825, OptionRight::kPut, 14.00, 14.40},
           {1, 2800, OptionRight::kPut, 9.80, 10.20},
           {-1, 2975, OptionRight::kCall, 9.00, 9.40},
           {1, 3000, OptionRight::kCall, 5.80, 6.20}}};
}
inline constexpr double kCondorLoss = 2500 - 695 + 4.60;

/// Buys 2900, sells 2925: mid -12.00, natural -12.40.
[[nodiscard]] inline Desk call_debit_desk() {
  return {
      StructureKind::kCallDebitSpread,
      {{1, 2900, OptionRight::kCall, 40.00, 40.40}, {-1, 2925, OptionRight::kCall, 28.00, 28.40}}};
}

using Names = std::set<std::string>;

/// One thing that is wrong, and the one gate that must say so.
struct Broken {
  std::string_view what;
  std::string gate;
  std::function<void(Desk&)> change;
};

/// Broken in a put spread and in a condor, each is refused for that reason and for no other.
inline void expect_refused(const std::vector<Broken>& table) {
  for (const Broken& broken : table) {
    for (Desk desk : {put_spread_desk(), condor_desk()}) {
      SCOPED_TRACE(std::string{broken.what} +
                   (desk.ticket.legs.size() == 2 ? ", spread" : ", condor"));
      broken.change(desk);
      EXPECT_EQ(desk.refusals(), Names{broken.gate});
    }
  }
}

/// The edge of a rule: still allowed, and just beyond.
struct Edge {
  std::string_view what;
  std::string gate;
  std::function<void(Desk&)> allowed;
  std::function<void(Desk&)> beyond;
};

inline void expect_edges(const std::vector<Edge>& table) {
  for (const Edge& edge : table) {
    SCOPED_TRACE(edge.what);
    Desk inside = put_spread_desk();
    edge.allowed(inside);
    EXPECT_EQ(inside.refusals(), Names{});
    Desk outside = put_spread_desk();
    edge.beyond(outside);
    EXPECT_THAT(outside.refusals(), ::testing::Contains(edge.gate));
  }
}

}  // namespace v6::test
