#include <gtest/gtest.h>

#include <functional>

#include "orders/price_walk.hpp"
#include "real_chain/real_day.hpp"
#include "risk/gate.hpp"

namespace v6::real_chain {
namespace {

/// A candidate on its way through the gate: the ticket, and the account that the gate looks at.
struct AtTheGate {
  Evaluation evaluation;
  OrderTicket ticket;
  Factors factors;
  RiskLimits limits{};
  EntryGates gates{};
  Calendar calendar = market_calendar();
  std::vector<Symbol> allowed{"SPX"_sym};
  std::map<StructureId, Structure> structures;
  std::vector<LiveOrder> live;
  Money account = Money::cents(500'000'00);
  BookGreeks book;
  Instant at = snapshot_time();

  explicit AtTheGate(StructureKind kind) : evaluation{.kind = kind}, factors{evaluation.factors()} {
    evaluation.settings.score.threshold = 0;  // whatever this one day's score
    const Candidate best = evaluation.search().best.value();
    const Price spot = real_day().quotes.spot;
    const PriceWalk walk =
        entry_walk({},
                   {.net = {.mid = best.mid, .natural = best.natural, .widths = {}},
                    .tick = Price::cents(5),
                    .end_of_day = true},
                   best.natural);
    ticket = {.intent = IntentId{1},
              .order = OrderId{1},
              .kind = kind,
              .purpose = Purpose::kOpen,
              .mode = Mode::kSimulated,
              .underlying = "SPX"_sym,
              .legs = best.legs,
              .quantity = Contracts{1},
              .walk = walk,
              .quotes = best.quotes,
              .spot = spot,
              .spot_at = at,
              .fair_value = best.fair_value,
              .claims = {.deltas = best.leg_deltas,
                         .volatilities = best.leg_ivs,
                         .expected_value = best.expected_value,
                         .score = best.score.total},
              .decided_at = at};
    factors.iv_level = IvLevel::kNormal;
    factors.volatility_rising = factors.backwardated = false;
    factors.vix = 15;
  }

  [[nodiscard]] std::expected<ApprovedOrder, RiskRefusal> approve() const {
    return RiskGate::approve(
        ticket, {.at = at,
                 .limits = &limits,
                 .strategy = &evaluation.settings,
                 .gates = &gates,
                 .fees = &evaluation.fees,
                 .calendar = &calendar,
                 .master = &real_day().master(),
                 .allowed = &allowed,
                 .structures = &structures,
                 .live = live,
                 .day = {.at = at,
                         .mode = Mode::kSimulated,
                         .session = calendar.session(kToday, SessionKind::kIndexOption),
                         .events_covered = true,
                         .factors = &factors,
                         .quote_kind = QuoteKind::kEndOfDay,
                         .confirming = true},
                 .net_liquidation = account,
                 .greeks = book,
                 .end_of_day = true});
  }
  /// Names of the gates that refuse.
  [[nodiscard]] std::set<std::string> refusals() const {
    std::set<std::string> names;
    const auto approved = approve();
    if (approved) { return names; }
    for (const Check& check : approved.error().checks) {
      if (check.verdict == Verdict::kRefuse) { names.insert(check.name); }
    }
    return names;
  }
};

//
TEST(GateRepeats, AgreesWithTheBuilderOnWhatIsSound) {
  for (const StructureKind kind : kBuilt) {
    SCOPED_TRACE(word(kind));
    EXPECT_EQ(AtTheGate{kind}.refusals(), std::set<std::string>{});
  }
}

//
TEST(GateRepeats, FindsByItselfWhatABuilderShouldHaveSeen) {
  struct Case {
    std::string_view name;
    std::string gate;
    std::function<void(AtTheGate&)> spoil;
  };
  const Case cases[] = {
      {"a bid is gone", "liquidity",
       [](AtTheGate& gate) { gate.ticket.quotes[0].quote.bid = Price{}; }},
      {"a leg is wide", "liquidity",
       [](AtTheGate& gate) { gate.ticket.quotes[1].quote.ask += dollars(20); }},
      {"nobody holds the contract", "liquidity",
       [](AtTheGate& gate) { gate.ticket.quotes[1].open_interest = 99; }},
      {"the sold leg lost its value, or the bought one gained", "credit",
       [](AtTheGate& gate) {
         const bool credit = is_credit(gate.ticket.kind);
         Quote& from = gate.ticket.quotes[credit ? 0 : 1].quote;
         const Price shift = credit ? dollars(-10) : dollars(25);
         from = {from.bid + shift, from.ask + shift};
         if (gate.ticket.quotes.size() == 4) { gate.ticket.quotes[2].quote = from; }
       }},
      {"the day is too late", "dte", [](AtTheGate& gate) { gate.at += std::chrono::days{30}; }},
      {"the day is too early", "dte", [](AtTheGate& gate) { gate.at -= std::chrono::days{10}; }},
      {"spot is at twice the strikes", "strikes",
       [](AtTheGate& gate) { gate.ticket.spot = dollars(2.1 * gate.ticket.spot.dollars()); }},
      {"spot is at half the strikes", "strikes",
       [](AtTheGate& gate) { gate.ticket.spot = dollars(gate.ticket.spot.dollars() / 2); }},
      {"a contract that is not listed", "strikes",
       [](AtTheGate& gate) {
         const ContractId unknown{static_cast<std::uint32_t>(real_day().master().size())};
         gate.ticket.legs[0].contract = gate.ticket.quotes[0].contract = unknown;
       }},
      {"another shape than it says", "strikes",
       [](AtTheGate& gate) { gate.ticket.legs = reversed(gate.ticket.legs); }},
      {"a ratio that leaves a short uncovered", "strikes",
       [](AtTheGate& gate) { gate.ticket.legs[0].ratio = -2; }},
      {"an underlying that is not on the list", "strikes",
       [](AtTheGate& gate) { gate.allowed = {"SPY"_sym}; }},
      {"more delta than there is room for", "greeks",
       [](AtTheGate& gate) { gate.book.delta = -300'000; }},
      {"more vega than there is room for", "greeks",
       [](AtTheGate& gate) { gate.book.vega = 1'600; }},
      {"an account too small for it", "worst_case",
       [](AtTheGate& gate) { gate.account = Money::cents(5'000'00); }},
      {"too many contracts", "worst_case",
       [](AtTheGate& gate) { gate.ticket.quantity = Contracts{2}; }},
      {"a limit between two ticks", "collar",
       [](AtTheGate& gate) { gate.ticket.walk.first += Price::cents(1); }},
      {"a limit beyond the touch", "collar",
       [](AtTheGate& gate) { gate.ticket.walk.last -= dollars(30); }},
  };
  for (const StructureKind kind : kBuilt) {
    for (const Case& c : cases) {
      SCOPED_TRACE(fmt::format("{}: {}", word(kind), c.name));
      AtTheGate gate{kind};
      c.spoil(gate);
      EXPECT_TRUE(gate.refusals().contains(c.gate)) << testing::PrintToString(gate.refusals());
    }
  }
}

}  // namespace
}  // namespace v6::real_chain
