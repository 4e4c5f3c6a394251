#include "portfolio/margin_rules.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <vector>

#include "portfolio/exposure.hpp"

namespace v6 {
namespace {

/// A percentage of an amount that is not negative, rounded up to the ten-thousandth.
Money percent(std::int64_t percentage, Money amount) {
  return Money::from_raw((amount.raw() * percentage + 99) / 100);
}

Money of_units(Price price, std::int64_t units) { return Money::from_raw(price.raw() * units); }

/// How far the spot is on the option's side of its strike; negative where it is out of the money.
Price moneyness(const Contract& option, Price spot) {
  return option.right == OptionRight::kCall ? spot - option.strike : option.strike - spot;
}

Money in_the_money(const MarginLot& lot, Price spot) {
  return of_units(std::max(Price{}, moneyness(*lot.option, spot)), lot.units);
}

Money out_of_the_money(const MarginLot& lot, Price spot) {
  return of_units(std::max(Price{}, -moneyness(*lot.option, spot)), lot.units);
}

Money exercise_price(const MarginLot& lot) { return of_units(lot.option->strike, lot.units); }

// ---- Single options and the two sides of a straddle

/// Premium, and 20 % of the underlying (15 % of a broad-based index or a fund on one) less what the
/// option is out of the money, at least 10 % of the underlying (put: of the strike).
/// Manual p. 5; Cboe 10.3(c)(5)(A); FINRA 4210(f)(2)(E).
Money uncovered(const MarginLot& lot, Price spot) {
  const Money underlying = of_units(spot, lot.units);
  const bool call = lot.option->right == OptionRight::kCall;
  const Money least = percent(10, call ? underlying : exercise_price(lot));
  return lot.value +
         std::max(percent(lot.percentage, underlying) - out_of_the_money(lot, spot), least);
}

std::optional<MarginRuling> sold_option(const MarginLot& lot, std::optional<Price> spot,
                                        MarginTerms terms) {
  const bool put = lot.option->right == OptionRight::kPut;
  std::optional<MarginRuling> ruling;
  if (spot && terms.account == AccountKind::kMargin) {
    ruling = {.shape = put ? MarginShape::kUncoveredPut : MarginShape::kUncoveredCall,
              .requirement = uncovered(lot, *spot),
              .proceeds = lot.value};
  }
  // A put can lose no more than its strike; with that in cash nothing further is asked. Manual
  // p. 6.
  if (put && (!ruling || exercise_price(lot) < ruling->requirement)) {
    ruling = {.shape = MarginShape::kCashSecuredPut,
              .requirement = exercise_price(lot),
              .proceeds = lot.value};
  }
  return ruling;
}

/// The greater of the two requirements, and the other side's premium.
/// Manual p. 6; FINRA 4210(f)(2)(G).
std::optional<MarginRuling> sold_pair(const MarginLot& call, const MarginLot& put,
                                      std::optional<Price> spot, MarginTerms terms) {
  if (!spot || terms.account == AccountKind::kCash || call.units != put.units) {
    return std::nullopt;
  }
  const Money of_call = uncovered(call, *spot);
  const Money of_put = uncovered(put, *spot);
  const Money other = of_call > of_put   ? put.value
                      : of_put > of_call ? call.value
                                         : std::max(call.value, put.value);
  const bool straddle =
      call.option->strike == put.option->strike && call.option->expiry == put.option->expiry;
  return MarginRuling{.shape = straddle ? MarginShape::kShortStraddle : MarginShape::kShortStrangle,
                      .requirement = std::max(of_call, of_put) + other,
                      .proceeds = call.value + put.value};
}

// ---- Spreads

/// Where an option stands in the order of expiries: AM series are gone before PM series of the day.
std::tuple<Date, SettlementTime> last_moment(const Contract& option) {
  return {option.expiry, option.instrument().settlement};
}

/// As many bought as sold, of calls and of puts.
bool is_balanced(std::span<const MarginPart> parts) {
  std::int64_t calls = 0;
  std::int64_t puts = 0;
  for (const auto& [lot, count] : parts) {
    (lot->option->right == OptionRight::kCall ? calls : puts) += std::int64_t{lot->side} * count;
  }
  return calls == 0 && puts == 0;
}

/// Balanced longs and shorts of one style and unit, no short outliving a long.
/// Cboe 10.3(a)(5); FINRA 4210(f)(2)(A), "spread".
bool is_spread(std::span<const MarginPart> parts, MarginTerms terms) {
  if (!is_balanced(parts)) { return false; }
  const MarginLot& first = *parts.front().lot;
  const ExerciseStyle style = first.option->instrument().exercise;
  std::optional<std::tuple<Date, SettlementTime>> last_short;
  std::optional<std::tuple<Date, SettlementTime>> first_long;
  for (const auto& [lot, count] : parts) {
    const Instrument& instrument = lot->option->instrument();
    if (lot->units != first.units || instrument.exercise != style) { return false; }
    const auto moment = last_moment(*lot->option);
    // Manual p. 8: what a cash account may hold.
    const bool paid = style == ExerciseStyle::kEuropean && instrument.cash_settled &&
                      moment == last_moment(*first.option);
    if (terms.account == AccountKind::kCash && !paid) { return false; }
    if (lot->side > 0) { first_long = std::min(first_long.value_or(moment), moment); }
    if (lot->side < 0) { last_short = std::max(last_short.value_or(moment), moment); }
  }
  return last_short && first_long && *last_short <= *first_long;
}

/// Legs of one unit of a spread, lowest strike first.
std::vector<MarginPart> unit_of(std::span<const MarginPart> parts) {
  std::int32_t common = 0;
  for (const MarginPart& part : parts) { common = std::gcd(common, part.count); }
  std::vector<MarginPart> unit(parts.begin(), parts.end());
  for (MarginPart& part : unit) { part.count /= common; }
  std::ranges::sort(unit, {}, [](const MarginPart& part) {
    return std::tuple{part.lot->option->strike, part.lot->option->right, part.lot->side};
  });
  return unit;
}

const MarginLot* find(std::span<const MarginPart> parts, OptionRight right, int side) {
  const auto found = std::ranges::find_if(
      parts, [&](const MarginPart& part) { return part.lot->is(right, side); });
  return found == parts.end() ? nullptr : found->lot;
}

MarginShape shape_of_two(std::span<const MarginPart> unit, Money worst) {
  const Contract& low = *unit[0].lot->option;
  const Contract& high = *unit[1].lot->option;
  if (last_moment(low) != last_moment(high)) {
    return low.strike == high.strike ? MarginShape::kCalendar : MarginShape::kDiagonal;
  }
  return worst > Money{} ? MarginShape::kCreditSpread : MarginShape::kDebitSpread;
}

/// One kind of option, one and one around two, at equal distances.
MarginShape shape_of_three(std::span<const MarginPart> unit) {
  const auto strike = [&](std::size_t i) { return unit[i].lot->option->strike; };
  const bool even = strike(1) - strike(0) == strike(2) - strike(1) && unit[0].count == 1 &&
                    unit[1].count == 2 && unit[2].count == 1;
  if (!even || unit[0].lot->option->right != unit[2].lot->option->right) {
    return MarginShape::kSpread;
  }
  return unit[0].lot->side > 0 ? MarginShape::kLongButterfly : MarginShape::kShortButterfly;
}

/// One long and one short call, one long and one short put.
MarginShape shape_of_four(std::span<const MarginPart> unit) {
  const MarginLot* bought_call = find(unit, OptionRight::kCall, 1);
  const MarginLot* sold_call = find(unit, OptionRight::kCall, -1);
  const MarginLot* bought_put = find(unit, OptionRight::kPut, 1);
  const MarginLot* sold_put = find(unit, OptionRight::kPut, -1);
  if (bought_call == nullptr || sold_call == nullptr || bought_put == nullptr ||
      sold_put == nullptr) {
    return MarginShape::kSpread;
  }
  const auto strike = [](const MarginLot* lot) { return lot->option->strike; };
  if (strike(bought_call) == strike(sold_put) && strike(sold_call) == strike(bought_put)) {
    return strike(bought_call) < strike(sold_call) ? MarginShape::kLongBox : MarginShape::kShortBox;
  }
  const bool condor = strike(bought_put) < strike(sold_put) &&
                      strike(sold_put) <= strike(sold_call) &&
                      strike(sold_call) < strike(bought_call);
  if (!condor) { return MarginShape::kSpread; }
  return strike(sold_put) == strike(sold_call) ? MarginShape::kIronButterfly
                                               : MarginShape::kIronCondor;
}

MarginShape shape_of(std::span<const MarginPart> parts, Money worst) {
  const auto unit = unit_of(parts);
  if (unit.size() == 2) { return shape_of_two(unit, worst); }
  const auto moment = last_moment(*unit.front().lot->option);
  const bool one_expiry = std::ranges::all_of(
      unit, [&](const MarginPart& part) { return last_moment(*part.lot->option) == moment; });
  if (one_expiry && unit.size() == 3) { return shape_of_three(unit); }
  const bool singles =
      std::ranges::all_of(unit, [](const MarginPart& part) { return part.count == 1; });
  if (one_expiry && unit.size() == 4 && singles) { return shape_of_four(unit); }
  return MarginShape::kSpread;
}

/// The worst loss over every strike of the spread, and the net price where it was bought.
/// Manual p. 7-10; Cboe 10.3(c)(5)(C)(4); FINRA 4210(f)(2)(H)(v). The rule's other choice, the
/// shorts uncovered, is another pairing.
std::optional<MarginRuling> spread(std::span<const MarginPart> parts, MarginTerms terms) {
  if (!is_spread(parts, terms)) { return std::nullopt; }
  Bundle bundle;
  Money debit;
  for (const auto& [lot, count] : parts) {
    bundle.legs.push_back({.right = lot->option->right,
                           .strike = lot->option->strike,
                           .units = lot->units * lot->side * count});
    debit += lot->value * lot->side * count;
  }
  const Money worst = std::max(Money{}, *worst_case(bundle));
  MarginRuling ruling{.shape = shape_of(parts, worst),
                      .requirement = worst + std::max(Money{}, debit),
                      .proceeds = std::max(Money{}, -debit)};
  const Instrument& instrument = parts.front().lot->option->instrument();
  // A long box that can only end at the difference of its strikes lends half of it: 50 % of the
  // difference is asked, and whatever was paid beyond the difference. European, cash-settled,
  // margin account; all others are paid in full. Manual p. 10.
  if (ruling.shape == MarginShape::kLongBox && terms.account == AccountKind::kMargin &&
      instrument.exercise == ExerciseStyle::kEuropean && instrument.cash_settled) {
    const Money difference = bundle.outcome(Price{});
    ruling.requirement = std::min(ruling.requirement,
                                  percent(50, difference) + std::max(Money{}, debit - difference));
  }
  return ruling;
}

// ---- Shares

/// Reg T 220.12: 50 % at the start. Afterwards 25 % of what is held, and of what is sold short 30
/// %, at least $5.00 a share (below $5.00 a share all of it, at least $2.50 a share). FINRA
/// 4210(b), (c).
Money of_shares(int side, Price price, std::int64_t units, MarginTerms terms) {
  const Money value = of_units(price, units);
  if (terms.account == AccountKind::kCash) { return value; }
  Money least = percent(25, value);
  if (side < 0) {
    least = price < Price::cents(500)
                ? std::max(value, of_units(Price::cents(250), units))
                : std::max(percent(30, value), of_units(Price::cents(500), units));
  }
  return terms.phase == MarginPhase::kInitial ? std::max(percent(50, value), least) : least;
}

/// Shares with a sold option, a bought one or both. Sold options that shares cover ask nothing, but
/// shares count for no more (short: no less) than the strike at which they would go. A bought
/// option is paid in full; later it brings what the shares ask down to 10 % of its strike and what
/// it is out of the money. Manual p. 11-14; FINRA 4210(f)(2)(G), (H).
struct HedgedShares {
  int side;  // of the shares
  std::int64_t units;
  const MarginLot* bought;  // put on shares held, call on shares sold
  const MarginLot* sold;    // call on shares held, put on shares sold
  Price spot;
  MarginTerms terms;

  [[nodiscard]] MarginRuling ruling() const {
    MarginRuling ruling{.shape = shape(), .requirement = on_shares()};
    if (bought != nullptr) { ruling.requirement += bought->value; }
    if (sold != nullptr) {
      ruling.proceeds = sold->value;
      if (terms.account == AccountKind::kMargin) {
        ruling.requirement += in_the_money(*sold, spot);
      }
    }
    return ruling;
  }

 private:
  [[nodiscard]] bool one_strike() const {
    return bought->option->strike == sold->option->strike &&
           bought->option->expiry == sold->option->expiry;
  }

  [[nodiscard]] MarginShape shape() const {
    const bool held = side > 0;
    if (bought == nullptr) { return held ? MarginShape::kCoveredCall : MarginShape::kCoveredPut; }
    if (sold == nullptr) {
      return held ? MarginShape::kProtectivePut : MarginShape::kProtectiveCall;
    }
    if (!one_strike()) { return MarginShape::kCollar; }
    return held ? MarginShape::kConversion : MarginShape::kReverseConversion;
  }

  [[nodiscard]] Money on_shares() const {
    if (terms.account == AccountKind::kCash) { return of_shares(side, spot, units, terms); }
    const Price level = sold == nullptr ? spot
                        : side > 0      ? std::min(spot, sold->option->strike)
                                        : std::max(spot, sold->option->strike);
    const Money usual = of_shares(side, level, units, terms);
    if (bought == nullptr || terms.phase == MarginPhase::kInitial) { return usual; }
    const Money tenth = percent(10, exercise_price(*bought));
    if (sold == nullptr) { return std::min(tenth + out_of_the_money(*bought, spot), usual); }
    if (one_strike()) { return tenth; }
    return std::min(tenth + out_of_the_money(*bought, spot), percent(25, exercise_price(*sold)));
  }
};

std::optional<MarginRuling> with_shares(std::span<const MarginPart> parts,
                                        std::optional<Price> spot, MarginTerms terms) {
  const MarginLot* shares = nullptr;
  for (const auto& [lot, count] : parts) {
    if (count != 1) { return std::nullopt; }
    if (!lot->option) { shares = lot; }
  }
  const bool may_hold = terms.account == AccountKind::kMargin || (shares && shares->side > 0);
  if (shares == nullptr || !spot || !may_hold) { return std::nullopt; }
  const int side = shares->side;
  if (parts.size() == 1) {
    return MarginRuling{.shape = side > 0 ? MarginShape::kLongShares : MarginShape::kShortShares,
                        .requirement = of_shares(side, *spot, shares->units, terms)};
  }
  const auto protects = side > 0 ? OptionRight::kPut : OptionRight::kCall;
  const auto covered = side > 0 ? OptionRight::kCall : OptionRight::kPut;
  const MarginLot* bought = find(parts, protects, 1);
  const MarginLot* sold = find(parts, covered, -1);
  const std::size_t named = 1U + (bought != nullptr ? 1U : 0U) + (sold != nullptr ? 1U : 0U);
  for (const MarginLot* option : {bought, sold}) {
    if (option != nullptr && option->units != shares->units) { return std::nullopt; }
  }
  // The two options of a collar or conversion end together; a collar leaves room between them, and
  // on shares sold short no rule knows one.
  if (bought != nullptr && sold != nullptr) {
    const Price low = side > 0 ? bought->option->strike : sold->option->strike;
    const Price high = side > 0 ? sold->option->strike : bought->option->strike;
    const bool together = last_moment(*bought->option) == last_moment(*sold->option);
    if (!together || low > high || (side < 0 && low != high)) { return std::nullopt; }
  }
  if (named != parts.size()) { return std::nullopt; }
  return HedgedShares{.side = side,
                      .units = shares->units,
                      .bought = bought,
                      .sold = sold,
                      .spot = *spot,
                      .terms = terms}
      .ruling();
}

}  // namespace

std::optional<MarginRuling> ruling_on(std::span<const MarginPart> parts, std::optional<Price> spot,
                                      MarginTerms terms) {
  if (std::ranges::any_of(parts, [](const MarginPart& part) { return !part.lot->option; })) {
    return with_shares(parts, spot, terms);
  }
  const bool singles =
      std::ranges::all_of(parts, [](const MarginPart& part) { return part.count == 1; });
  if (parts.size() == 1) {
    const MarginLot& lot = *parts.front().lot;
    if (!singles) { return std::nullopt; }
    if (lot.side > 0) {
      // Paid in full; 75 % would do for options with more than nine months to go. Manual p. 4.
      return MarginRuling{.shape = MarginShape::kLongOption, .requirement = lot.value};
    }
    return sold_option(lot, spot, terms);
  }
  const MarginLot* call = find(parts, OptionRight::kCall, -1);
  const MarginLot* put = find(parts, OptionRight::kPut, -1);
  if (singles && parts.size() == 2 && call != nullptr && put != nullptr) {
    return sold_pair(*call, *put, spot, terms);
  }
  return spread(parts, terms);
}

std::string_view rule_of(MarginShape shape) {
  switch (shape) {
    case MarginShape::kLongOption: return "paid in full: Manual p. 4";
    case MarginShape::kUncoveredCall:
    case MarginShape::kUncoveredPut:
      return "premium + a share of the underlying: Manual p. 5, FINRA 4210(f)(2)(E)";
    case MarginShape::kCashSecuredPut: return "the strike in cash: Manual p. 6";
    case MarginShape::kShortStraddle:
    case MarginShape::kShortStrangle:
      return "greater side + the other's premium: Manual p. 6, FINRA 4210(f)(2)(G)";
    case MarginShape::kCreditSpread:
    case MarginShape::kDebitSpread:
    case MarginShape::kIronCondor:
    case MarginShape::kIronButterfly:
    case MarginShape::kCalendar:
    case MarginShape::kDiagonal:
    case MarginShape::kSpread:
      return "worst loss at a strike + net price paid: Cboe 10.3(c)(5)(C)(4), "
             "FINRA 4210(f)(2)(H)(v)";
    case MarginShape::kLongButterfly: return "net price paid: Manual p. 8";
    case MarginShape::kShortButterfly: return "lower interval: Manual p. 9";
    case MarginShape::kLongBox:
      return "paid in full; European: half the difference of strikes: Manual p. 10";
    case MarginShape::kShortBox: return "difference of strikes: Manual p. 10";
    case MarginShape::kLongShares: return "50 %, later 25 %: Reg T 220.12, FINRA 4210(c)";
    case MarginShape::kShortShares: return "50 %, later 30 %: Reg T 220.12, FINRA 4210(c)";
    case MarginShape::kCoveredCall: return "shares at most at the strike: Manual p. 11";
    case MarginShape::kCoveredPut: return "shares at least at the strike: Manual p. 11";
    case MarginShape::kProtectivePut:
    case MarginShape::kProtectiveCall:
      return "later 10 % of the strike + out of the money: Manual p. 13";
    case MarginShape::kCollar:
      return "later 10 % of the put's strike + out of the money, or 25 % of the call's: Manual "
             "p. 14";
    case MarginShape::kConversion:
    case MarginShape::kReverseConversion: return "later 10 % of the strike: Manual p. 14";
  }
  return "";
}

}  // namespace v6
