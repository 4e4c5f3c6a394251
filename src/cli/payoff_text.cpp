#include "cli/payoff_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "calendar/new_york.hpp"
#include "cli/terminal.hpp"
#include "report/payoff_chart.hpp"

namespace v6 {
namespace {

std::string percent(double share) { return fmt::format("{:.1f} %", 100.0 * share); }
std::string percent(const std::optional<double>& share) { return share ? percent(*share) : "-"; }

std::string credit_text(Price price) {
  return price >= Price{} ? "credit " + price.text() : "debit " + (-price).text();
}

std::string price_text(const StructureAnalysis& a) {
  const auto of = [&](std::string_view what) {
    return fmt::format("{} ({}; mid {}, natural {}, expected {})", credit_text(a.price), what,
                       a.net.mid.text(), a.net.natural.text(), a.expected.text());
  };
  switch (a.basis) {
    case PriceBasis::kExpected: return of("expected of the price walk");
    case PriceBasis::kMid: return of("mid");
    case PriceBasis::kNatural: return of("natural");
    case PriceBasis::kGiven: return of("as given");
  }
  return "?";
}

std::string outcome_text(const std::optional<Money>& money, double sign) {
  return money ? dollars_text(sign * money->dollars(), SignStyle::kAlways) : "unlimited";
}

std::string legs_text(const StructureAnalysis& a) {
  TextTable table{{">count", "contract", ">bid", ">ask", ">mid", ">own IV", ">delta", ">theta",
                   ">vega", ">touch", ">by forecast"}};
  for (const AnalysedLeg& leg : a.legs) {
    const Quote& quote = leg.market.quote.quote;
    const auto& touch = leg.touch;
    table.add({fmt::format("{:+}", leg.market.position.quantity.raw()),
               leg.market.position.contract.text(), quote.bid.text(), quote.ask.text(),
               quote.mid().text(), fmt::format("{:.4f}", leg.held.volatility),
               fmt::format("{:+.3f}", leg.greeks.delta), fmt::format("{:+.3f}", leg.greeks.theta),
               fmt::format("{:.3f}", leg.greeks.vega), touch ? percent(touch->risk_neutral) : "",
               touch ? percent(touch->forecast) : ""});
  }
  return table.text();
}

std::string break_evens_text(const StructureAnalysis& a) {
  std::string text;
  for (const double level : a.break_evens) {
    text += fmt::format("{}{:.2f} ({:+.1f} %)", text.empty() ? "" : ", ", level,
                        100.0 * (level / a.spot - 1.0));
  }
  return text.empty() ? "none" : text;
}

std::string margin_text(const StructureAnalysis& a) {
  if (!a.margin) { return "unknown: " + a.margin.error().text(); }
  std::string shapes;
  for (const MarginItem& item : a.margin->items) {
    std::string shape{word(item.shape)};
    std::ranges::replace(shape, '_', ' ');
    shapes += (shapes.empty() ? "" : " + ") + shape;
  }
  return fmt::format("{} by rule ({}), {} once the proceeds are applied",
                     dollars_text(a.margin->requirement.dollars()), shapes,
                     dollars_text(a.margin->deposit().dollars()));
}

std::string outcomes_text(const StructureAnalysis& a) {
  TextTable table{{"price", price_text(a)}};
  const std::string where =
      a.one_expiry ? "" : " at the near expiry, the other legs valued, up to twice the spot";
  if (a.width > Price{}) { table.add({"width", a.width.text()}); }
  table.add({"fees", a.fees.text() + " to open"});
  const bool undefined = a.kind == StructureKind::kUndefinedRisk;
  table.add(
      {"worst case", outcome_text(a.worst_case, -1) + where +
                         (undefined ? "; the risk is undefined: a sold option is uncovered" : "")});
  table.add({"best case", outcome_text(a.best_case, 1) + where});
  table.add({"break-evens", break_evens_text(a)});
  table.add({"margin", margin_text(a)});
  table.add(
      {"expected move", fmt::format("{:.2f} either way, one standard deviation", a.expected_move)});
  return table.text();
}

std::string measures_text(const StructureAnalysis& a) {
  TextTable table{{"", ">risk-neutral", ">forecast"}};
  const auto& f = a.forecast;
  table.add({"chance of profit", percent(a.risk_neutral.chance_of_profit),
             f ? percent(f->figures.chance_of_profit) : "-"});
  table.add({"expected value", dollars_text(a.risk_neutral.expected_value, SignStyle::kAlways),
             f ? dollars_text(f->figures.expected_value, SignStyle::kAlways) : "-"});
  return table.text() +
         (f ? fmt::format("The forecast: volatility {} at the money, drift {:+.1f} % a year.\n",
                          percent(f->level), 100.0 * f->drift)
            : "No forecast: realised volatility is unknown without closes up to the day before.\n");
}

std::string greeks_text(const StructureAnalysis& a) {
  const Greeks& g = a.greeks.shares;
  TextTable table{{">delta", ">gamma", ">theta a day", ">vega a point", ">rho a point",
                   ">dollar delta to SPY", ">dollar gamma, 1 %"}};
  table.add({fmt::format("{:+.2f}", g.delta), fmt::format("{:+.4f}", g.gamma),
             dollars_text(g.theta, SignStyle::kAlways), dollars_text(g.vega, SignStyle::kAlways),
             dollars_text(g.rho, SignStyle::kAlways),
             dollars_text(a.greeks.dollars.delta, SignStyle::kAlways, 0),
             dollars_text(a.greeks.dollars.gamma, SignStyle::kAlways, 0)});
  return table.text();
}

std::string values_text(const StructureAnalysis& a) {
  std::vector<std::string> heads{">level", ">from spot", "what"};
  for (std::size_t i = 0; i < a.dates.size(); ++i) {
    heads.push_back(">" + (i == 0 ? "today" : iso(a.dates[i].date)));
  }
  TextTable table{std::move(heads)};
  for (const NamedLevel& named : value_levels(a)) {
    std::vector<std::string> row{fmt::format("{:.2f}", named.level),
                                 fmt::format("{:+.1f} %", 100.0 * (named.level / a.spot - 1.0)),
                                 named.name};
    for (const ValueDate& when : a.dates) {
      row.push_back(dollars_text(a.profit_at(named.level, when.years), SignStyle::kAlways, 0));
    }
    table.add(std::move(row));
  }
  return "Profit before fees, volatilities held:\n" + table.text();
}

Json money_json(const std::optional<Money>& money, int sign) {
  return money ? Json((*money * sign).text()) : Json("unlimited");
}

Json margin_json(const StructureAnalysis& a) {
  if (!a.margin) { return {{"error", a.margin.error().text()}}; }
  Json items = Json::array();
  for (const MarginItem& item : a.margin->items) {
    items.push_back({{"shape", word(item.shape)},
                     {"rule", rule_of(item.shape)},
                     {"requirement", item.requirement.text()}});
  }
  return {{"requirement", a.margin->requirement.text()},
          {"proceeds", a.margin->proceeds.text()},
          {"deposit", a.margin->deposit().text()},
          {"exact", a.margin->exact},
          {"items", std::move(items)}};
}

Json measure_json(const MeasureFigures& figures) {
  return {{"probability_of_profit", figures.chance_of_profit},
          {"expected_value", figures.expected_value}};
}

Json leg_json(const AnalysedLeg& leg) {
  const LegQuote& quote = leg.market.quote;
  const auto optional = [](const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
  };
  Json touch = nullptr;
  if (leg.touch) {
    touch = {{"risk_neutral", leg.touch->risk_neutral},
             {"forecast", optional(leg.touch->forecast)}};
  }
  return {{"contract", JsonForm::of(leg.market.position.contract)},
          {"quantity", leg.market.position.quantity.raw()},
          {"dte", leg.dte},
          {"years", leg.held.years},
          {"forward", leg.held.forward},
          {"discount", leg.held.discount},
          {"bid", quote.quote.bid.text()},
          {"ask", quote.quote.ask.text()},
          {"mid", quote.quote.mid().text()},
          {"iv", leg.held.volatility},
          {"delta", leg.greeks.delta},
          {"gamma", leg.greeks.gamma},
          {"theta", leg.greeks.theta},
          {"vega", leg.greeks.vega},
          {"rho", leg.greeks.rho},
          {"file_iv", optional(quote.broker_iv)},
          {"file_delta", optional(quote.broker_delta)},
          {"touch", std::move(touch)}};
}

Json values_json(const StructureAnalysis& a) {
  Json dates = Json::array();
  for (const ValueDate& when : a.dates) { dates.push_back(iso(when.date)); }
  Json rows = Json::array();
  for (const NamedLevel& named : value_levels(a)) {
    Json profits = Json::array();
    for (const ValueDate& when : a.dates) {
      profits.push_back(a.profit_at(named.level, when.years));
    }
    rows.push_back({{"level", named.level}, {"name", named.name}, {"profit", std::move(profits)}});
  }
  return {{"dates", std::move(dates)}, {"rows", std::move(rows)}};
}

/// The corners of the profit at expiry, a level of 0 first; straight lines lie between them, and
/// `slope_above` is what a dollar more brings beyond the last.
Json payoff_points(const StructureAnalysis& a) {
  std::vector<double> levels{0.0};
  double slope = 0;
  for (const AnalysedLeg& leg : a.legs) {
    levels.push_back(leg.held.strike);
    if (leg.held.right == OptionRight::kCall) { slope += leg.held.quantity * a.shares; }
  }
  std::ranges::sort(levels);
  const auto repeated = std::ranges::unique(levels);
  levels.erase(repeated.begin(), repeated.end());
  Json points = Json::array();
  for (const double level : levels) { points.push_back({level, a.profit_at_expiry(level)}); }
  return {{"points", std::move(points)}, {"slope_above", slope}};
}

Json stress_json(const StressGrid& grid) {
  Json changes = Json::array();
  for (std::size_t day = 0; day < grid.days.size(); ++day) {
    Json rows = Json::array();
    for (std::size_t v = 0; v < grid.axes.volatilities.size(); ++v) {
      Json row = Json::array();
      for (std::size_t s = 0; s < grid.axes.spots.size(); ++s) {
        row.push_back(grid.at(day, v, s));
      }
      rows.push_back(std::move(row));
    }
    changes.push_back(std::move(rows));
  }
  return {{"spot_moves", grid.axes.spots},
          {"volatility_moves", grid.axes.volatilities},
          {"days", grid.days},
          {"change", std::move(changes)}};
}

}  // namespace

double StressGrid::at(std::size_t day, std::size_t volatility, std::size_t spot) const {
  return changes[(day * axes.volatilities.size() + volatility) * axes.spots.size() + spot];
}

StressGrid stress_grid(const StructureAnalysis& a) {
  StressGrid grid{.axes = {.spots = {-0.20, -0.15, -0.10, -0.05, 0, 0.05, 0.10, 0.15, 0.20},
                           .volatilities = {-0.5, -0.25, 0, 0.5, 1.0},
                           .years = {0, 0.5 * a.years, a.years}}};
  for (const double years : grid.axes.years) { grid.days.push_back(365.0 * years); }
  std::vector<analytics::HeldOption> held;
  for (const AnalysedLeg& leg : a.legs) { held.push_back(leg.held); }
  grid.changes = analytics::stress(held, a.spot, grid.axes);
  for (double& change : grid.changes) { change *= a.shares; }
  return grid;
}

std::vector<NamedLevel> value_levels(const StructureAnalysis& a) {
  std::vector<NamedLevel> levels{{a.spot, "spot"}};
  for (const int moves : {-2, -1, 1, 2}) {
    levels.push_back({a.spot + moves * a.expected_move,
                      fmt::format("{:+} expected move{}", moves, std::abs(moves) > 1 ? "s" : "")});
  }
  for (const double level : a.break_evens) { levels.push_back({level, "break-even"}); }
  for (const AnalysedLeg& leg : a.legs) {
    const Contract& contract = leg.market.position.contract;
    levels.push_back(
        {leg.held.strike, fmt::format("{} {}", leg.touch ? "short" : "long",
                                      contract.right == OptionRight::kCall ? "call" : "put")});
  }
  std::erase_if(levels, [](const NamedLevel& named) { return named.level < 0; });
  std::ranges::stable_sort(levels, {}, &NamedLevel::level);
  std::vector<NamedLevel> merged;
  for (NamedLevel& named : levels) {
    if (!merged.empty() && merged.back().level == named.level) {
      merged.back().name += ", " + named.name;
    } else {
      merged.push_back(std::move(named));
    }
  }
  return merged;
}

std::string payoff_text(const StructureAnalysis& a) {
  const TimeOfDay time = new_york_time(a.at);
  const Contract& first = a.legs.front().market.position.contract;
  const std::string head = fmt::format(
      "{} {} {}  {} {:02}:{:02} New York  spot {:.2f}  {} days to {}\n", a.units.raw(),
      first.underlying().text(), kind_text(a.kind), iso(new_york_date(a.at)), time.count() / 60,
      time.count() % 60, a.spot, days_between(new_york_date(a.at), a.expiry), iso(a.expiry));
  return head + '\n' + legs_text(a) + '\n' + outcomes_text(a) + '\n' + measures_text(a) + '\n' +
         greeks_text(a) + '\n' + values_text(a);
}

std::string stress_text(const StressGrid& grid, double spot) {
  std::string text = "Change of value in a stress, before fees:\n";
  for (std::size_t day = 0; day < grid.days.size(); ++day) {
    std::vector<std::string> heads{fmt::format("in {:.1f} days", grid.days[day])};
    for (const double move : grid.axes.spots) {
      heads.push_back(fmt::format(">{:.0f}", spot * (1.0 + move)));
    }
    TextTable table{std::move(heads)};
    for (std::size_t v = 0; v < grid.axes.volatilities.size(); ++v) {
      std::vector<std::string> row{fmt::format("IV {:+.0f} %", 100.0 * grid.axes.volatilities[v])};
      for (std::size_t s = 0; s < grid.axes.spots.size(); ++s) {
        row.push_back(dollars_text(grid.at(day, v, s), SignStyle::kAlways, 0));
      }
      table.add(std::move(row));
    }
    text += table.text();
  }
  return text;
}

Json payoff_json(const StructureAnalysis& a) {
  Json legs = Json::array();
  for (const AnalysedLeg& leg : a.legs) { legs.push_back(leg_json(leg)); }
  Json earns = Json::array();
  for (const analytics::LevelRange& range : a.earns) {
    earns.push_back({range.low, range.high ? Json(*range.high) : Json(nullptr)});
  }
  Json forecast = nullptr;
  if (a.forecast) {
    forecast = measure_json(a.forecast->figures);
    forecast["volatility"] = a.forecast->level;
    forecast["drift"] = a.forecast->drift;
  }
  const Contract& first = a.legs.front().market.position.contract;
  return {{"underlying", first.underlying().text()},
          {"at", iso(a.at)},
          {"spot", a.spot},
          {"kind", word(a.kind)},
          {"defined_risk", a.kind != StructureKind::kUndefinedRisk},
          {"units", a.units.raw()},
          {"multiplier", first.multiplier().raw()},
          {"expiry", iso(a.expiry)},
          {"years", a.years},
          {"one_expiry", a.one_expiry},
          {"legs", std::move(legs)},
          {"price",
           {{"basis", word(a.basis)},
            {"value", a.price.text()},
            {"mid", a.net.mid.text()},
            {"natural", a.net.natural.text()},
            {"expected", a.expected.text()}}},
          {"width", a.width.text()},
          {"fees", a.fees.text()},
          {"worst_case", money_json(a.worst_case, 1)},
          {"best_case", money_json(a.best_case, 1)},
          {"break_evens", a.break_evens},
          {"earns", std::move(earns)},
          {"expected_move", a.expected_move},
          {"risk_neutral", measure_json(a.risk_neutral)},
          {"forecast", std::move(forecast)},
          {"greeks",
           {{"delta", a.greeks.shares.delta},
            {"gamma", a.greeks.shares.gamma},
            {"theta", a.greeks.shares.theta},
            {"vega", a.greeks.shares.vega},
            {"rho", a.greeks.shares.rho},
            {"dollar_delta", a.greeks.dollars.delta},
            {"dollar_gamma", a.greeks.dollars.gamma}}},
          {"margin", margin_json(a)},
          {"payoff", payoff_points(a)},
          {"values", values_json(a)},
          {"stress", stress_json(stress_grid(a))}};
}

}  // namespace v6
