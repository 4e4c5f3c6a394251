#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "engine/engine_test_kit.hpp"

/// One property over the whole core: whatever the market, the broker and the operator do, in
/// whatever order, what is promised holds after every single event. All of it is worked out beside
/// the core, from the events it was given.
namespace v6::engine_test {
namespace {

constexpr int kMostContracts = 3;
constexpr int kMostOfSymbol = 3;
/// One that the counts keep out of reach, one that two structures reach.
constexpr double kBookLimits[] = {0.08, 0.015};
constexpr double kStructureLimit = 0.02;

/// The account as its executions tell it: nothing here comes from the core but tickets it sent.
class Witness {
 public:
  struct Position {
    std::int64_t quantity = 0;
    std::int64_t basis = 0;  // raw dollars, average cost
  };
  using Positions = std::map<ContractId, Position>;

  void see(const OrderTicket& ticket) { tickets_.emplace(ticket.order, ticket); }
  void see(const OrderFilled& fill) {
    const auto [known, first] = latest_.try_emplace(fill.execution.root, fill);
    if (first) {
      arrival_.push_back(fill.execution.root);
    } else if (known->second.execution.revision < fill.execution.revision) {
      known->second = fill;
      corrected_ = true;
    }
  }
  [[nodiscard]] const OrderTicket& ticket(OrderId id) const { return tickets_.at(id); }
  [[nodiscard]] bool corrected() const { return corrected_; }
  [[nodiscard]] std::vector<OrderFilled> executions() const {
    std::vector<OrderFilled> list;
    for (const std::string& root : arrival_) { list.push_back(latest_.at(root)); }
    return list;
  }

  [[nodiscard]] Money cash() const {
    Money cash = kCash;
    for (const auto& [root, fill] : latest_) {
      for (const LegFill& leg : fill.legs) {
        const Money value = Money::from_raw(leg.price.raw() * 100 * leg.quantity.raw());
        cash += (leg.side == Side::kSell ? value : -value) - leg.fees;
      }
    }
    return cash;
  }
  [[nodiscard]] std::map<StructureId, Positions> structures() const {
    std::map<StructureId, Positions> all;
    for (const std::string& root : arrival_) {
      const OrderFilled& fill = latest_.at(root);
      Positions& positions = all[tickets_.at(fill.order).structure];
      for (const LegFill& leg : fill.legs) {
        const std::int64_t sign = leg.side == Side::kBuy ? 1 : -1;
        trade(positions[leg.contract], sign * leg.quantity.raw(), leg.price.raw() * 100);
      }
    }
    for (auto& [id, positions] : all) {
      std::erase_if(positions, [](const auto& entry) { return entry.second.quantity == 0; });
    }
    std::erase_if(all, [](const auto& entry) { return entry.second.empty(); });
    return all;
  }

 private:
  static void trade(Position& position, std::int64_t change, std::int64_t value) {
    while (change != 0) {  // one contract at a time: nothing to get wrong
      const std::int64_t one = change > 0 ? 1 : -1;
      if (position.quantity * one < 0) {
        position.basis -= position.basis / std::abs(position.quantity);
      } else {
        position.basis -= one * value;
      }
      position.quantity += one;
      change -= one;
    }
  }

  std::map<OrderId, OrderTicket> tickets_;
  std::map<std::string, OrderFilled> latest_;
  std::vector<std::string> arrival_;
  bool corrected_ = false;
};

/// More sold than bought of one right and expiry.
bool uncovered(const Witness::Positions& positions, const InstrumentMaster& master) {
  std::map<std::pair<Date, OptionRight>, std::int64_t> net;
  for (const auto& [id, position] : positions) {
    net[{master[id].expiry, master[id].right}] += position.quantity;
  }
  return std::ranges::any_of(net, [](const auto& sum) { return sum.second < 0; });
}

/// Options by contract and the cash that came with them.
struct Trades {
  std::map<ContractId, std::int64_t> quantities;
  double cash = 0;

  void add(const OrderTicket& order, int units) {
    for (const Leg& leg : order.legs) {
      quantities[leg.contract] += std::int64_t{leg.ratio} * units;
    }
    cash += order.walk.last.dollars() * 100 * units;
  }
};

/// Loss at expiry if just these trades were all there is.
double worst_loss(const Trades& trades, const InstrumentMaster& master) {
  std::map<Date, std::vector<std::pair<Contract, std::int64_t>>> by_expiry;
  for (const auto& [id, quantity] : trades.quantities) {
    by_expiry[master[id].expiry].emplace_back(master[id], quantity);
  }
  double total = -trades.cash;
  for (const auto& [expiry, options] : by_expiry) {
    std::vector<double> levels = {0, 100'000};
    for (const auto& [contract, quantity] : options) {
      levels.push_back(contract.strike.dollars());
    }
    double worst = -1e18;
    for (const double level : levels) {
      double payoff = 0;
      for (const auto& [contract, quantity] : options) {
        const double strike = contract.strike.dollars();
        const bool call = contract.right == OptionRight::kCall;
        payoff += 100.0 * static_cast<double>(quantity) *
                  std::max(0.0, call ? level - strike : strike - level);
      }
      worst = std::max(worst, -payoff);
    }
    total += worst;
  }
  return total;
}

/// The broker's side of one order. It never lies, but may be slow, silent or out of order.
struct AtBroker {
  int left = 0;
  bool over = false;
};

class Play {
 public:
  explicit Play(double book_limit) : book_limit_{book_limit}, bench_{options(book_limit)} {
    counters_ = bench_.state().counters;
  }

  // One for each thing that can happen; `dice` is what chance makes of it.
  void market_moves(std::uint32_t dice) {
    const double step = (static_cast<int>(dice % 41) - 20) / 20.0;
    const bool violent = dice % 11 == 0;
    bench_.market.spot = std::round(bench_.market.spot * (1 + step * (violent ? 0.035 : 0.004)));
    bench_.market.volatility = 0.13 + 0.01 * (dice / 41 % 7);
    act([&] { return bench_.wait(std::chrono::seconds{20 + dice % 300}); });
    if (dice % 5 == 0) { forget_some_quotes(dice / 5); }
    act([&] { return bench_.snapshot(dice % 37 == 0 ? QuoteKind::kDelayed : QuoteKind::kLive); });
    if (dice % 37 != 0) { check_repairs(); }
    bench_.market.missing.clear();
  }
  void entry_is_sought(std::uint32_t dice) {
    const Commands asked = act([&] { return bench_.say(OperatorWord::kEvaluate); });
    for (const RequestQuotes& request : all<RequestQuotes>(asked)) { answer(request, dice); }
  }
  void operator_speaks(std::uint32_t dice) {
    constexpr OperatorWord kWords[] = {OperatorWord::kHalt,          OperatorWord::kReduceOnly,
                                       OperatorWord::kCancelWorking, OperatorWord::kFlatten,
                                       OperatorWord::kResume,        OperatorWord::kResume,
                                       OperatorWord::kResume,        OperatorWord::kResume};
    const OperatorWord word = kWords[dice % std::size(kWords)];
    resumed_ = resumed_ || word == OperatorWord::kResume;
    act([&] { return bench_.say(word); });
  }
  void broker_speaks(std::uint32_t dice) {
    std::vector<OrderId> open;
    for (const auto& [id, order] : broker_) {
      if (!order.over) { open.push_back(id); }
    }
    if (open.empty()) { return; }
    const OrderId id = open[dice % open.size()];
    AtBroker& order = broker_.at(id);
    switch (dice / 7 % 8) {
      case 0:
      case 1: act([&] { return bench_.acknowledge(id); }); return;
      case 2:
      case 3: fill(id, 1); return;
      case 4: fill(id, order.left); return;
      case 5: act([&] { return bench_.lose_sight_of(id); }); return;
      case 6:
        // The last fill may still be under way when the cancel is told.
        if (dice % 3 == 0) { delay_fill(id); }
        end(id, OrderCancelled{.order = id});
        return;
      default:
        if (order.left == bench_.state().orders.at(id).ticket.quantity.raw()) {
          end(id, OrderRejected{.order = id, .reason = "chance"});
        }
        return;
    }
  }
  void broker_repeats_itself(std::uint32_t dice) {
    if (!delayed_.empty()) {
      const OrderFilled fill = delayed_.back();
      delayed_.pop_back();
      tell(fill);
      return;
    }
    const auto executions = witness_.executions();
    if (executions.empty()) { return; }
    OrderFilled again = executions[dice % executions.size()];
    const bool corrects = dice / 64 % 4 == 0 && bench_.state().orders.contains(again.order);
    if (corrects) {
      ++again.execution.revision;
      for (LegFill& leg : again.legs) { leg.price += Price::cents(5); }
    } else if (!bench_.state().orders.contains(again.order)) {
      return;  // of an order from another session: foreign to the core, and rightly latched
    }
    tell(again);
  }
  void night_falls(std::uint32_t dice) {
    if (++nights_ > 4) { return; }
    // Orders of the day end, each told or not.
    while (!delayed_.empty()) { broker_repeats_itself(0); }
    for (auto& [id, order] : broker_) {
      if (order.over) { continue; }
      order.over = true;
      const bool unknown = bench_.status(id) == OrderStatus::kUnknown;
      if (unknown || dice % 2 == 0) {
        act([&] { return bench_.cancelled(id); });
      }
    }
    act([&] {
      bench_.next_session();
      return Commands{};
    });
  }

  /// Whatever happened: with a broker that answers, everything can be closed.
  void wind_down() {
    while (!delayed_.empty()) { broker_repeats_itself(0); }
    for (int round = 0; round < 8; ++round) {
      for (auto& [id, order] : broker_) {
        if (!order.over) { end(id, OrderCancelled{.order = id}); }
      }
      bench_.wait(1min);
      if (new_york_time(bench_.at()) > 15h) { bench_.next_session(); }
      act([&] { return bench_.snapshot(); });
      act([&] { return bench_.say(OperatorWord::kFlatten); });
      std::vector<OrderId> open;
      for (const auto& [id, order] : broker_) {
        if (!order.over) { open.push_back(id); }
      }
      for (const OrderId id : open) { fill(id, broker_.at(id).left); }
    }
    // Only a wing that nobody bids for may stay until it settles.
    for (const auto& [id, positions] : witness_.structures()) {
      for (const auto& [contract, position] : positions) {
        RC_ASSERT(position.quantity > 0);
        const auto quote = quote_of(bench_.market, bench_.state().master, contract, bench_.at());
        RC_ASSERT(quote && quote->quote.bid == Price{});
      }
    }
    RC_ASSERT(bench_.state().structures.size() == witness_.structures().size());
    for (const auto& [id, order] : bench_.state().orders) { RC_ASSERT(!order.live()); }
  }

  /// The same events once more, over a state that was written down and read back half-way.
  void check_replay() const {
    State twin = make_state(given_by(options(book_limit_)));
    Commands commands;
    const auto& events = bench_.events();
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (i == events.size() / 2) {
        auto given = twin.given;
        twin = decoded<State>(encoded(twin));
        twin.given = std::move(given);
        restore_views(twin);
      }
      for (Command& command : step(twin, events[i])) { commands.push_back(std::move(command)); }
    }
    RC_ASSERT(encoded(commands) == encoded(bench_.log()));
    RC_ASSERT(encoded(twin) == encoded(bench_.state()));
  }

 private:
  static BenchOptions options(double book_limit) {
    return {.past = kNeutral,
            .market = {.ladder = {.lowest = 2700, .highest = 3300, .step = 25}},
            .settings = [=](Settings& s) {
              s.risk.max_order_size = kMostContracts;
              s.risk.book_worst_case = book_limit;
            }};
  }

  /// Runs one or more events, then looks at everything.
  template <class Happening>
  Commands act(Happening happening) {
    const bool latched = bench_.state().latches.any();
    Commands commands = happening();
    collect(commands);
    check(commands, latched);
    return commands;
  }
  void collect(const Commands& commands) {
    for (const OrderTicket& ticket : sent(commands)) {
      witness_.see(ticket);
      broker_.try_emplace(ticket.order, AtBroker{.left = ticket.quantity.raw()});
    }
  }

  void answer(const RequestQuotes& request, std::uint32_t dice) {
    LegQuotesArrived quotes = bench_.answer_to(request);
    switch (dice % 8) {
      case 0: quotes.quotes.erase(quotes.quotes.begin()); break;
      case 1: quotes.quotes.back().at -= 1min; break;
      case 2: quotes.quotes.front().kind = QuoteKind::kDelayed; break;
      case 3: return;  // no answer at all
      default: break;
    }
    act([&] { return bench_.feed(quotes); });
  }
  void forget_some_quotes(std::uint32_t dice) {
    for (const auto& [id, positions] : witness_.structures()) {
      for (const auto& [contract, position] : positions) {
        if (dice++ % 3 == 0) { bench_.market.missing.insert(contract); }
      }
    }
  }

  void fill(OrderId id, int units) {
    AtBroker& order = broker_.at(id);
    order.left -= units;
    order.over = order.left == 0;
    tell(bench_.fill_of(witness_.ticket(id), units));
  }
  void delay_fill(OrderId id) {
    --broker_.at(id).left;
    delayed_.push_back(bench_.fill_of(witness_.ticket(id), 1));
    late_ += opens(witness_.ticket(id).purpose) ? 1 : 0;
  }
  void tell(const OrderFilled& fill) {
    witness_.see(fill);
    const Commands commands = act([&] { return bench_.feed(fill); });
    for (const RequestQuotes& request : all<RequestQuotes>(commands)) { answer(request, 4); }
  }
  void end(OrderId id, EventBody news) {
    broker_.at(id).over = true;
    act([&] { return bench_.feed(std::move(news)); });
  }

  void check(const Commands& commands, bool latched) {
    const State& state = bench_.state();
    const auto truth = witness_.structures();

    // covers I-05, I-37: positions and cash are the sum of the executions, each counted once.
    std::map<ContractId, std::int64_t> expected;
    for (const auto& [id, positions] : truth) {
      for (const auto& [contract, position] : positions) {
        expected[contract] += position.quantity;
      }
    }
    std::map<ContractId, std::int64_t> booked;
    for (const auto& [id, structure] : state.structures) {
      for (const auto& [contract, holding] : structure.holdings) {
        booked[contract] += holding.quantity.raw();
      }
    }
    std::erase_if(expected, [](const auto& sum) { return sum.second == 0; });
    std::erase_if(booked, [](const auto& sum) { return sum.second == 0; });
    RC_ASSERT(booked == expected);
    RC_ASSERT(state.cash == witness_.cash());

    // No uncovered short in silence.
    for (const auto& [id, positions] : truth) {
      if (uncovered(positions, state.master)) {
        RC_ASSERT(!state.latches.mismatch.empty() || resumed_);
      }
    }

    // Counts, with what could still open.
    std::set<StructureId> counted;
    for (const auto& [id, positions] : truth) { counted.insert(id); }
    for (const auto& [id, order] : state.orders) {
      if (order.live() && opens(order.ticket.purpose)) { counted.insert(order.ticket.structure); }
    }
    RC_ASSERT(static_cast<int>(counted.size()) <= kMostOfSymbol + late_);

    for (const OrderTicket& ticket : openings(commands)) { check_opening(ticket, latched); }

    // Numbers given out only ever count up.
    const Counters& now = state.counters;
    RC_ASSERT(now.decision >= counters_.decision && now.order >= counters_.order &&
              now.structure >= counters_.structure && now.fill >= counters_.fill &&
              now.timer >= counters_.timer && now.request >= counters_.request);
    counters_ = now;
  }

  void check_opening(const OrderTicket& ticket, bool latched) {
    const State& state = bench_.state();
    RC_ASSERT(!latched);
    RC_ASSERT(ticket.quantity > Contracts{} && ticket.quantity <= Contracts{kMostContracts});

    std::vector<std::pair<OrderTicket, int>> live;
    for (const auto& [id, order] : state.orders) {
      if (order.live()) { live.emplace_back(order.ticket, order.leaves().raw()); }
    }
    Trades held;
    for (const auto& [id, positions] : witness_.structures()) {
      for (const auto& [contract, position] : positions) {
        held.quantities[contract] += position.quantity;
        held.cash += static_cast<double>(position.basis) / 10'000.0;
      }
    }
    const double account = state.net_liquidation().dollars();
    const double slack = witness_.corrected() ? 100 : 1;
    for (std::uint32_t subset = 0; subset < (1U << live.size()); ++subset) {
      Trades trades = held;
      for (std::size_t i = 0; i < live.size(); ++i) {
        if ((subset >> i & 1U) != 0) { trades.add(live[i].first, live[i].second); }
      }
      RC_ASSERT(worst_loss(trades, state.master) <= book_limit_ * account + slack);
    }
    Trades alone;
    alone.add(ticket, ticket.quantity.raw());
    RC_ASSERT(worst_loss(alone, state.master) <= kStructureLimit * account + slack);
  }

  /// With a market to trade in, a short without cover has its order out.
  void check_repairs() {
    const State& state = bench_.state();
    const auto session = state.calendar().session(state.session, SessionKind::kIndexOption);
    if (!session || bench_.at() > session->close) { return; }
    for (const auto& [id, positions] : witness_.structures()) {
      if (!uncovered(positions, state.master)) { continue; }
      const bool quoted = std::ranges::none_of(positions, [&](const auto& position) {
        return bench_.market.missing.contains(position.first);
      });
      const bool repaired = std::ranges::any_of(state.orders, [&](const auto& entry) {
        return entry.second.live() && entry.second.ticket.structure == id;
      });
      RC_ASSERT(repaired || !quoted);
    }
  }

  double book_limit_;
  Bench bench_;
  Witness witness_;
  std::map<OrderId, AtBroker> broker_;
  std::vector<OrderFilled> delayed_;
  Counters counters_;
  int late_ = 0;
  int nights_ = 0;
  bool resumed_ = false;
};

// covers: I-01, I-05, I-08, I-09, I-18, I-29, I-36, I-37, A-36
RC_GTEST_PROP(Step, KeepsItsPromisesWhateverHappens, ()) {
  const auto moves =
      *rc::gen::container<std::vector<std::pair<std::uint32_t, std::uint32_t>>>(rc::gen::pair(
          rc::gen::inRange<std::uint32_t>(0, 100), rc::gen::inRange<std::uint32_t>(0, 1'000'000)));
  Play play{kBookLimits[moves.size() % 2]};
  play.market_moves(20);
  for (const auto& [kind, dice] : moves) {
    if (kind < 25) {
      play.market_moves(dice);
    } else if (kind < 45) {
      play.entry_is_sought(dice);
    } else if (kind < 85) {
      play.broker_speaks(dice);
    } else if (kind < 92) {
      play.broker_repeats_itself(dice);
    } else if (kind < 96) {
      play.operator_speaks(dice);
    } else {
      play.night_falls(dice);
    }
  }
  if (moves.size() % 4 == 0) { play.check_replay(); }
  play.wind_down();
}

}  // namespace
}  // namespace v6::engine_test
