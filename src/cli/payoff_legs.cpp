#include "cli/payoff_legs.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

#include "base/error.hpp"
#include "model/position_text.hpp"

namespace v6 {
namespace {

constexpr std::size_t kMostLegs = 20;
constexpr std::size_t kNamed = 4;  // nearest contracts a message names

std::string quoted_text(std::string_view text) { return fmt::format("--leg \"{}\"", text); }

/// The few of `all` closest to the wanted one, ascending.
template <class T, class Distance>
std::vector<T> nearest(std::vector<T> all, const Distance& distance) {
  std::ranges::stable_sort(all, {}, distance);
  all.resize(std::min(all.size(), kNamed));
  std::ranges::sort(all);
  return all;
}

[[noreturn]] void fail_unlisted(const MarketDay& day, const Contract& contract) {
  const MarketView& view = day.view();
  const std::string start =
      fmt::format("--leg {}: no usable quote on {}", contract.text(), iso(day.date()));
  const ExpirySlice* slice = view.slice(contract.root, contract.expiry);
  if (slice == nullptr) {
    std::vector<Date> expiries;
    for (const ExpirySlice* other : view.expiries(contract.root)) {
      expiries.push_back(other->expiry);
    }
    if (expiries.empty()) {
      fail_usage(fmt::format("{}: the chain has no {} options", start, contract.root.text()));
    }
    std::vector<std::string> names;
    for (const Date expiry : nearest(expiries, [&](Date expiry) {
           return std::abs(days_between(contract.expiry, expiry));
         })) {
      names.push_back(iso(expiry));
    }
    fail_usage(fmt::format("{}: no such expiry; the nearest listed are {}", start,
                           fmt::join(names, ", ")));
  }
  std::vector<Price> strikes;
  for (const StrikeRow& row : slice->strikes) {
    if (contract.right == OptionRight::kCall ? row.call : row.put) {
      strikes.push_back(row.strike);
    }
  }
  std::vector<std::string> names;
  for (const Price strike :
       nearest(strikes, [&](Price strike) { return std::abs((strike - contract.strike).raw()); })) {
    names.push_back(strike.text());
  }
  fail_usage(
      fmt::format("{}: the nearest strikes that have one are {}", start, fmt::join(names, ", ")));
}

}  // namespace

std::vector<ContractPosition> read_legs(const std::vector<std::string>& texts, Date date) {
  if (texts.size() > kMostLegs) {
    fail_usage(fmt::format("--leg: {} given; accepted are up to {}", texts.size(), kMostLegs));
  }
  std::vector<ContractPosition> legs;
  for (const std::string& text : texts) {
    const auto leg = parse_position(text);
    if (!leg) { fail_usage(fmt::format("{}: {}", quoted_text(text), leg.error().text())); }
    const Contract& contract = leg->contract;
    if (contract.expiry < date) {
      fail_usage(fmt::format("{}: expiry {} lies before --date {}", quoted_text(text),
                             iso(contract.expiry), iso(date)));
    }
    for (const ContractPosition& other : legs) {
      if (other.contract == contract) {
        fail_usage(fmt::format("{}: a second leg of this contract; give one with the sum of both",
                               quoted_text(text)));
      }
      if (other.contract.underlying() != contract.underlying()) {
        fail_usage(fmt::format("{}: on {}, but the first leg is on {}; accepted is one underlying",
                               quoted_text(text), contract.underlying().text(),
                               other.contract.underlying().text()));
      }
    }
    legs.push_back(*leg);
  }
  return legs;
}

std::vector<QuotedPosition> quote_legs(const MarketDay& day,
                                       const std::vector<ContractPosition>& legs) {
  std::vector<QuotedPosition> quoted;
  for (const ContractPosition& leg : legs) {
    const auto id = day.find(leg.contract);
    const auto quote = id ? day.view().leg_quote(*id, QuoteKind::kEndOfDay) : std::nullopt;
    if (!quote) { fail_unlisted(day, leg.contract); }
    quoted.push_back({.position = leg, .quote = *quote});
  }
  return quoted;
}

}  // namespace v6
