#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

#include "analytics/black.hpp"
#include "base/enum_text.hpp"
#include "calendar/expiry.hpp"
#include "risk/checks.hpp"
#include "risk/margin_use.hpp"
#include "strategy/windows.hpp"

namespace v6 {
namespace {

Check quantity_check(const OrderTicket& ticket, const RiskView& view) {
  return gate_at_most({.name = "worst_case",
                       .measured = ticket.quantity.raw(),
                       .limit = std::min(view.limits->max_order_size, kOrderSizeCeiling),
                       .unit = "contracts",
                       .detail = "order size"});
}

Waterfall universe_checks(const OrderTicket& ticket, const RiskView& view) {
  Waterfall checks;
  const bool allowed = std::ranges::find(*view.allowed, ticket.underlying) != view.allowed->end();
  checks.push_back(gate_if(
      allowed, {.name = "strikes",
                .detail = fmt::format("{} on the list of underlyings", ticket.underlying.text())}));
  const StructureKind shape = recognise(ticket.legs, *view.master);
  checks.push_back(gate_if(shape == ticket.kind && shape != StructureKind::kUndefinedRisk &&
                               shape != StructureKind::kCustom,
                           {.name = "strikes", .detail = "shape " + std::string{word(shape)}}));
  const Symbol root = (*view.master)[ticket.legs.front().contract].root;
  const Date today = new_york_date(view.at);
  const double spot = ticket.spot.dollars();
  for (const Leg& leg : ticket.legs) {
    const Contract contract = (*view.master)[leg.contract];
    const int days = dte(today, contract.expiry);
    const bool near_edge = days < view.strategy->least_dte;
    checks.push_back(near_edge ? gate_at_least({.name = "dte",
                                                .measured = days,
                                                .limit = view.strategy->least_dte,
                                                .unit = "days"})
                               : gate_at_most({.name = "dte",
                                               .measured = days,
                                               .limit = view.strategy->most_dte,
                                               .unit = "days"}));
    const double strike = contract.strike.dollars();
    const bool sane = spot > 0 && strike >= view.strategy->least_strike * spot &&
                      strike <= view.strategy->most_strike * spot;
    if (!sane) {
      checks.push_back(refusal("strikes", contract.text() + " is out of the strike band"));
    }
    // Roots of one underlying settle at different hours, so that one does not cover the other.
    if (contract.root != root) {
      checks.push_back(refusal("strikes", contract.text() + " is of another root"));
    }
  }
  return checks;
}

/// Each leg: two-sided, narrow and traded.
Waterfall leg_checks(const OrderTicket& ticket, const RiskView& view) {
  Waterfall checks;
  const LiquiditySettings& liquidity = view.strategy->liquidity;
  for (const LegQuote& leg : ticket.quotes) {
    const Quote& quote = leg.quote;
    const std::string name = (*view.master)[leg.contract].text();
    if (!quote.usable() || quote.bid <= Price{}) {
      checks.push_back(refusal("liquidity", name + " has no two-sided quote"));
      continue;
    }
    const double mid = (quote.bid.dollars() + quote.ask.dollars()) / 2;
    checks.push_back(gate_at_most(
        {.name = "liquidity",
         .measured = (quote.ask - quote.bid).dollars(),
         .limit = std::max(liquidity.width_floor, liquidity.width_of_mid * mid) + kWindowEdge,
         .unit = "dollars wide",
         .detail = name}));
    if (leg.open_interest < static_cast<std::uint32_t>(liquidity.least_open_interest)) {
      checks.push_back(gate_at_least({.name = "liquidity",
                                      .measured = leg.open_interest,
                                      .limit = liquidity.least_open_interest,
                                      .unit = "contracts open",
                                      .detail = name}));
    }
  }
  return checks;
}

/// Credit or debit against the width, at the price the walk is expected to get, after fees.
Check credit_check(const OrderTicket& ticket, const RiskView& view, Money fees_of_unit) {
  const NetQuote net = net_quote(ticket.legs, ticket.quotes);
  const double expected =
      net.mid.dollars() - view.strategy->expected_concession * net.distance().dollars();
  const double width = width_of(ticket.legs, *view.master).dollars();
  const int shares = (*view.master)[ticket.legs.front().contract].multiplier().raw();
  const double cash = expected - fees_of_unit.dollars() / shares;
  if (width <= 0) { return refusal("credit", "a structure without width"); }
  const auto level = view.day.factors->iv_level.value_or(IvLevel::kLow);
  const double limit = windows_for(*view.strategy, ticket.kind, level).credit_limit;
  if (!is_credit(ticket.kind)) {
    return gate_at_most({.name = "credit",
                         .measured = -cash / width,
                         .limit = limit + kWindowEdge,
                         .unit = "fraction of width",
                         .detail = "debit with fees"});
  }
  return gate_at_least({.name = "credit",
                        .measured = cash / width,
                        .limit = limit - kWindowEdge,
                        .unit = "fraction of width",
                        .detail = "credit after fees"});
}

/// Deltas, widths and the expiry lie where this kind's must.
Waterfall window_checks(const OrderTicket& ticket, const RiskView& view) {
  Waterfall checks;
  const Windows windows =
      windows_for(*view.strategy, ticket.kind, view.day.factors->iv_level.value_or(IvLevel::kLow));
  std::vector<double> shorts;
  std::map<OptionRight, std::pair<Price, Price>> sides;  // short and long strike
  std::set<Date> expiries;
  for (std::size_t i = 0; i < ticket.legs.size(); ++i) {
    const Contract contract = (*view.master)[ticket.legs[i].contract];
    const bool sold = ticket.legs[i].ratio < 0;
    const double delta = std::fabs(ticket.claims.deltas[i]);
    const std::optional<DeltaWindow> window = sold ? windows.sold : windows.bought;
    if (window && !holds(*window, delta)) {
      checks.push_back(refusal("strikes", contract.text() + " is out of its delta window"));
    }
    if (sold) { shorts.push_back(delta); }
    (sold ? sides[contract.right].first : sides[contract.right].second) = contract.strike;
    expiries.insert(contract.expiry);
  }
  for (const auto& [right, strikes] : sides) {
    const double width = std::fabs((strikes.first - strikes.second).dollars());
    if (!holds(windows.width, width / ticket.spot.dollars())) {
      checks.push_back(refusal("strikes", fmt::format("a wing of {} is out of its window", width)));
    }
  }
  if (shorts.size() == 2 &&
      std::fabs(shorts[0] - shorts[1]) > view.strategy->condor.sides_within + kWindowEdge) {
    checks.push_back(refusal("strikes", "the two sides are too far apart in delta"));
  }
  if (expiries.size() > 1) { checks.push_back(refusal("dte", "legs of several expiries")); }
  return checks;
}

/// No contract that is held or being ordered.
Check overlap_check(const OrderTicket& ticket, const RiskView& view) {
  std::set<ContractId> taken;
  for (const auto& [id, structure] : *view.structures) {
    for (const auto& [contract, holding] : structure.holdings) { taken.insert(contract); }
  }
  for (const LiveOrder& other : view.live) {
    if (other.ticket.order == ticket.order) { continue; }
    for (const Leg& leg : other.ticket.legs) { taken.insert(leg.contract); }
  }
  const auto twice = std::ranges::count_if(
      ticket.legs, [&](const Leg& leg) { return taken.contains(leg.contract); });
  return gate_at_most({.name = "overlap",
                       .measured = static_cast<double>(twice),
                       .limit = 0,
                       .unit = "contracts held already"});
}

/// What the builder believed agrees with the broker, where the broker says anything.
Waterfall claim_checks(const OrderTicket& ticket, const RiskView& view) {
  Waterfall checks;
  const StrategySettings& s = *view.strategy;
  for (std::size_t i = 0; i < ticket.quotes.size(); ++i) {
    const LegQuote& leg = ticket.quotes[i];
    const auto agree = [&](std::optional<double> broker, double own, double limit,
                           std::string_view unit) {
      if (!broker) { return; }
      checks.push_back(gate_at_most({.name = "greeks",
                                     .measured = std::fabs(*broker - own),
                                     .limit = limit + kWindowEdge,
                                     .unit = unit,
                                     .detail = "own against the broker's"}));
    };
    agree(leg.broker_delta, ticket.claims.deltas[i], s.delta_tolerance, "delta");
    agree(leg.broker_iv, ticket.claims.volatilities[i], s.iv_tolerance, "volatility");
  }
  checks.push_back(gate_at_least({.name = "score",
                                  .measured = ticket.claims.score,
                                  .limit = s.score.threshold,
                                  .unit = "points"}));
  Check value = gate_at_least({.name = "expected_value",
                               .measured = ticket.claims.expected_value,
                               .limit = 0,
                               .unit = "dollars a unit"});
  if (ticket.claims.expected_value <= 0) { value.verdict = Verdict::kRefuse; }
  checks.push_back(std::move(value));
  return checks;
}

/// One unit's Greeks in dollars from the deltas and volatilities that were held against the
/// broker's.
BookGreeks unit_greeks(const OrderTicket& ticket, const RiskView& view) {
  BookGreeks unit;
  const double spot = ticket.spot.dollars();
  for (std::size_t i = 0; i < ticket.legs.size(); ++i) {
    const Contract contract = (*view.master)[ticket.legs[i].contract];
    const Instrument& instrument = contract.instrument();
    Greeks greeks = black_greeks(
        {.right = contract.right,
         .forward = spot,
         .strike = contract.strike.dollars(),
         .volatility = ticket.claims.volatilities[i],
         .years = year_fraction(
             view.at, expiry_instant(contract.expiry, instrument.settlement, *view.calendar))},
        spot);
    greeks.delta = ticket.claims.deltas[i];
    const double shares = static_cast<double>(ticket.legs[i].ratio) * instrument.multiplier.raw();
    unit += dollar_greeks(greeks, shares, spot, instrument.beta_to_spy);
  }
  return unit;
}

Waterfall greek_checks(const OrderTicket& ticket, const RiskView& view) {
  const BookGreeks more = unit_greeks(ticket, view);
  const double account = view.net_liquidation.dollars();
  const double units = ticket.quantity.raw();
  const auto one = [&](std::string what, double now, double unit, double limit) {
    return gate_at_most({.name = "greeks",
                         .measured = std::fabs(now + units * unit),
                         .limit = limit * account * view.limits->new_structure_share,
                         .unit = "dollars",
                         .detail = std::move(what)});
  };
  return {
      one("beta-weighted dollar delta", view.greeks.delta, more.delta, view.limits->dollar_delta),
      one("dollar gamma", view.greeks.gamma, more.gamma, view.limits->dollar_gamma),
      one("vega", view.greeks.vega, more.vega, view.limits->vega),
      one("theta", view.greeks.theta, more.theta, view.limits->theta)};
}

Money fees_of_one(const OrderTicket& ticket, const RiskView& view) {
  std::vector<FeeLeg> legs;
  for (std::size_t i = 0; i < ticket.legs.size(); ++i) {
    legs.push_back({.instrument = find_instrument((*view.master)[ticket.legs[i].contract].root),
                    .side = ticket.legs[i].ratio > 0 ? Side::kBuy : Side::kSell,
                    .price = ticket.quotes[i].quote.mid(),
                    .quantity = Contracts{std::abs(ticket.legs[i].ratio)}});
  }
  Money sum;
  for (const Money fee : order_fees(*view.fees, legs)) { sum += fee; }
  return sum;
}

/// Worst cases with this order and every other live order counted where it hurts most.
Waterfall loss_checks(const OrderTicket& ticket, const RiskView& view, Money fees_of_unit) {
  const double account = view.net_liquidation.dollars();
  const auto at_most = [&](std::string_view name, std::optional<Money> loss, double share,
                           std::string what) {
    Measure measure{.name = name, .limit = share * account, .unit = "dollars"};
    measure.detail = loss ? std::move(what) : what + ": unbounded";
    if (loss) { measure.measured = loss->dollars(); }
    return gate_at_most(std::move(measure));
  };

  Exposure alone;
  Exposure book;
  for (const auto& [id, structure] : *view.structures) { add_to(book, structure, *view.master); }
  const auto expect = [&](Exposure& exposure, const OrderTicket& order, Contracts leaves,
                          Money fees) {
    exposure.expect(order.underlying, exposure_of(order, leaves, fees, *view.master));
  };
  for (const LiveOrder& order : view.live) {
    if (order.ticket.order == ticket.order) { continue; }
    expect(book, order.ticket, order.leaves, fees_of_one(order.ticket, view) * order.leaves.raw());
  }
  const Money fees = fees_of_unit * ticket.quantity.raw();
  expect(alone, ticket, ticket.quantity, fees);
  expect(book, ticket, ticket.quantity, fees);

  const RiskLimits& limits = *view.limits;
  return {
      at_most("worst_case", alone.worst_case_of_all(), limits.structure_worst_case, "structure"),
      at_most("worst_case", book.worst_case_of(ticket.underlying), limits.symbol_worst_case,
              "symbol"),
      at_most("worst_case", book.worst_case_of_all(), limits.book_worst_case, "book")};
}

/// Three ways: by rule after the trade, by the broker, by rule after the next expiry.
Waterfall margin_checks(const OrderTicket& ticket, const RiskView& view) {
  const auto at_most = [&](const MarginUse::Figure& asked, std::string what) {
    Measure measure{.name = "margin",
                    .limit = view.limits->margin * view.net_liquidation.dollars(),
                    .unit = "dollars",
                    .detail = std::move(what)};
    if (asked) { measure.measured = asked->dollars(); }
    if (!asked) { measure.detail += ": " + asked.error(); }
    return gate_at_most(std::move(measure));
  };
  const MarginUse use = margin_use(ticket, view);
  return {at_most(use.after_trade, "after the trade, by rule"),
          gate_skipped("margin", "no what-if from the broker"),
          at_most(use.after_next_expiry, "after the next expiry, by rule")};
}

/// The whole walk stays near the touch and near our own model, on legal ticks.
Waterfall collar_checks(const OrderTicket& ticket, const RiskView& view) {
  const NetQuote net = net_quote(ticket.legs, ticket.quotes);
  const Price tick = (*view.master)[ticket.legs.front().contract].instrument().tick.combo;
  const PriceWalk& walk = ticket.walk;
  const double width = width_of(ticket.legs, *view.master).dollars();
  const bool legal = walk.first.raw() % tick.raw() == 0 && walk.last.raw() % tick.raw() == 0 &&
                     walk.step.raw() % tick.raw() == 0 && walk.step.raw() > 0 &&
                     walk.last <= walk.first;
  return {gate_if(legal, {.name = "collar", .detail = "legal ticks, walking toward the natural"}),
          gate_at_least({.name = "collar",
                         .measured = (walk.last - round_down_to(net.natural, tick)).dollars(),
                         .limit = 0,
                         .unit = "dollars above the natural",
                         .detail = "never worse than the touch"}),
          gate_at_most({.name = "collar",
                        .measured = (walk.first - net.mid).dollars(),
                        .limit = tick.dollars() + kWindowEdge,
                        .unit = "dollars above mid"}),
          gate_at_most({.name = "collar",
                        .measured = std::fabs(walk.last.dollars() - ticket.fair_value),
                        .limit = view.limits->collar_from_fair * width + tick.dollars(),
                        .unit = "dollars from fair"})};
}

/// Inputs of the decision were live and young enough, each leg by itself.
Check input_ages(const OrderTicket& ticket, const RiskView& view) {
  Duration oldest{};
  for (const LegQuote& leg : ticket.quotes) {
    if (leg.halted) { return refusal("freshness", "a leg is halted"); }
    const bool current =
        leg.kind == QuoteKind::kLive || (leg.kind == QuoteKind::kEndOfDay && view.end_of_day);
    if (!current) { return refusal("freshness", std::string{word(leg.kind)} + " quotes"); }
    if (leg.at > view.at) { return refusal("freshness", "a quote from the future"); }
    oldest = std::max(oldest, view.at - leg.at);
  }
  const Duration spot_age = view.at - ticket.spot_at;
  const FreshnessGate& limits = view.gates->freshness;
  if (spot_age > std::chrono::seconds{limits.underlying} || ticket.spot_at > view.at) {
    return refusal("freshness", "the underlying's price is too old");
  }
  return gate_at_most({.name = "freshness",
                       .measured = std::chrono::duration<double>(oldest).count(),
                       .limit = limits.leg,
                       .unit = "seconds",
                       .detail = "oldest leg"});
}

}  // namespace

Waterfall opening_checks(const OrderTicket& ticket, const RiskView& view) {
  Waterfall checks = (*view.gates)(view.day);
  checks.push_back(gate_if(ticket.mode == view.day.mode && ticket.mode != Mode::kDryRun,
                           {.name = "mode", .detail = "the ticket's own mode"}));
  checks.push_back(input_ages(ticket, view));
  append(checks, universe_checks(ticket, view));
  append(checks, window_checks(ticket, view));
  append(checks, leg_checks(ticket, view));
  const Money fees = fees_of_one(ticket, view);
  checks.push_back(credit_check(ticket, view, fees));
  checks.push_back(overlap_check(ticket, view));
  append(checks, claim_checks(ticket, view));
  append(checks, greek_checks(ticket, view));
  checks.push_back(quantity_check(ticket, view));
  append(checks, loss_checks(ticket, view, fees));
  append(checks, margin_checks(ticket, view));
  checks.push_back(view.gates->rate(view.day));
  append(checks, collar_checks(ticket, view));
  return checks;
}

}  // namespace v6
