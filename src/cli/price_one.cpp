#include "cli/price_one.hpp"

#include <fmt/format.h>

#include "base/decimal.hpp"
#include "base/enum_text.hpp"
#include "cli/terminal.hpp"
#include "report/json.hpp"

namespace v6 {
namespace {

std::string percent(double fraction) { return fmt::format("{:.4g} %", 100 * fraction); }

std::string contract_line(const PricedOption& priced) {
  const OptionTerms& terms = priced.terms;
  std::string line =
      fmt::format("{} {}, strike {}", word(terms.style), word(terms.right), shortest(terms.strike));
  if (priced.as_of) { line += fmt::format(", as of {}", iso(*priced.as_of)); }
  if (priced.as_of && priced.expiry) {
    line += fmt::format(", expiry {}: {} days of 365 = {:.6f} years", iso(*priced.expiry),
                        days_between(*priced.as_of, *priced.expiry), terms.years);
  } else {
    line += fmt::format(", {} years", shortest(terms.years));
  }
  return line;
}

std::string rate_source(const PricedOption& priced) {
  if (!priced.curve) { return ""; }
  const bool last = priced.as_of && *priced.curve < *priced.as_of;
  return fmt::format(" (Treasury curve of {}{})", iso(*priced.curve),
                     last ? ", the last known" : "");
}

std::string market_line(const PricedOption& priced) {
  const OptionTerms& terms = priced.terms;
  std::string line;
  if (const auto* const spot = std::get_if<SpotMarket>(&terms.market)) {
    line = fmt::format("spot {}, rate {}{}, yield {}", shortest(spot->spot), percent(spot->rate),
                       rate_source(priced), percent(spot->yield));
  } else {
    const auto& forward = std::get<ForwardMarket>(terms.market);
    line = fmt::format("forward {}, discount {:.6g}{}", shortest(forward.forward), forward.discount,
                       rate_source(priced));
  }
  if (terms.price) { line += fmt::format(", price {}", shortest(*terms.price)); }
  if (terms.volatility) { line += fmt::format(", volatility {}", percent(*terms.volatility)); }
  for (std::size_t i = 0; i < terms.dividends.size(); ++i) {
    const auto& ex_date = priced.ex_dates[i];
    line += fmt::format("\ndividend {} on {}", shortest(terms.dividends[i].amount),
                        ex_date ? iso(*ex_date) : shortest(terms.dividends[i].years) + " years");
  }
  return line;
}

bool by_spot(const OptionTerms& terms) { return std::holds_alternative<SpotMarket>(terms.market); }

bool may_exercise_early(const OptionTerms& terms) {
  return terms.style == ExerciseStyle::kAmerican;
}

/// What a Greek is per, in words.
struct GreekMeaning {
  std::string_view theta;
  std::string_view vega;
  std::string_view rho;
};

GreekMeaning meaning_in(GreekUnits units) {
  switch (units) {
    case GreekUnits::kDesk:
      return {"dollars a calendar day", "dollars per 0.01 of volatility",
              "dollars per 0.01 of rate"};
    case GreekUnits::kUnit:
      return {"dollars a year", "dollars per 1.00 of volatility", "dollars per 1.00 of rate"};
  }
  return {};
}

}  // namespace

std::string price_text(const PricedOption& priced) {
  const auto& [terms, settings, as_of, expiry, curve, ex_dates, value] = priced;
  TextTable table{{"", ">", ""}};
  const auto number = [&table](std::string_view name, double amount, std::string_view meaning) {
    table.add({std::string{name}, fmt::format("{:.6f}", amount), std::string{meaning}});
  };
  number("price", value.price, terms.price && terms.volatility ? "at that volatility" : "");
  if (value.iv) { number("iv", *value.iv, fmt::format("implied by {}", shortest(*terms.price))); }
  if (may_exercise_early(terms)) {
    number("premium", value.premium, "of that for early exercise");
    table.add({"boundary", value.boundary ? fmt::format("{:.6f}", *value.boundary) : "-",
               !value.boundary                     ? "holding is better at any spot"
               : terms.right == OptionRight::kCall ? "exercise now at this spot or above"
                                                   : "exercise now at this spot or below"});
  }
  const std::string_view underlying = by_spot(terms) ? "spot" : "forward";
  const GreekMeaning meaning = meaning_in(settings.units);
  number("delta", value.greeks.delta, fmt::format("dollars per $1 of {}", underlying));
  number("gamma", value.greeks.gamma, fmt::format("delta per $1 of {}", underlying));
  number("vega", value.greeks.vega, meaning.vega);
  number("theta", value.greeks.theta, meaning.theta);
  number("rho", value.greeks.rho, meaning.rho);
  std::string rows = table.text();
  rows.erase(0, rows.find('\n') + 1);  // the table has no heads
  return fmt::format(
      "{}\n{}\n{}\n{}", contract_line(priced), market_line(priced),
      may_exercise_early(terms) ? fmt::format("method {}\n", word(settings.method)) : "", rows);
}

std::string price_json(const PricedOption& priced) {
  const auto& [terms, settings, as_of, expiry, curve, ex_dates, value] = priced;
  const auto optional = [](const auto& one) { return one ? Json(*one) : Json(nullptr); };
  const auto day = [](const std::optional<Date>& date) {
    return date ? Json(iso(*date)) : Json(nullptr);
  };
  Json json = {{"type", word(terms.right)}, {"style", word(terms.style)}, {"strike", terms.strike},
               {"as_of", day(as_of)},       {"expiry", day(expiry)},      {"years", terms.years}};
  if (const auto* const spot = std::get_if<SpotMarket>(&terms.market)) {
    json.update({{"spot", spot->spot}, {"rate", spot->rate}, {"yield", spot->yield}});
  } else {
    const auto& forward = std::get<ForwardMarket>(terms.market);
    json.update({{"forward", forward.forward}, {"discount", forward.discount}});
  }
  json["rate_curve"] = day(curve);
  json["dividends"] = Json::array();
  for (std::size_t i = 0; i < terms.dividends.size(); ++i) {
    json["dividends"].push_back({{"ex_date", day(ex_dates[i])},
                                 {"years", terms.dividends[i].years},
                                 {"amount", terms.dividends[i].amount}});
  }
  json.update({{"vol", optional(terms.volatility)},
               {"given_price", optional(terms.price)},
               {"units", word(settings.units)},
               {"method", may_exercise_early(terms) ? Json(word(settings.method)) : Json(nullptr)},
               {"price", value.price},
               {"delta", value.greeks.delta},
               {"gamma", value.greeks.gamma},
               {"vega", value.greeks.vega},
               {"theta", value.greeks.theta},
               {"rho", value.greeks.rho},
               {"iv", optional(value.iv)},
               {"premium", value.premium},
               {"boundary", optional(value.boundary)}});
  return json.dump(2) + '\n';
}

}  // namespace v6
