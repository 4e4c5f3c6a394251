#include "cli/chain_view.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <numeric>

#include "cli/terminal.hpp"

namespace v6 {
namespace {

constexpr std::string_view kNone = "-";

std::string cell(std::optional<double> value, int decimals) {
  return value ? fmt::format("{:.{}f}", *value, decimals) : std::string{kNone};
}

/// With its sign, unless it rounds to nothing.
std::string signed_cell(std::optional<double> value, int decimals) {
  if (!value) { return std::string{kNone}; }
  const std::string text = fmt::format("{:+.{}f}", *value, decimals);
  return text.find_first_of("123456789") == std::string::npos ? text.substr(1) : text;
}

/// A volatility in percent.
std::string percent_cell(std::optional<double> fraction) {
  if (!fraction) { return std::string{kNone}; }
  return cell(100 * *fraction, *fraction < 1 ? 2 : 1);
}

/// A difference of volatilities in points.
std::string points_cell(std::optional<double> fraction) {
  return fraction ? signed_cell(100 * *fraction, 2) : std::string{kNone};
}

std::optional<double> found(const std::expected<double, IvError>& iv) {
  return iv ? std::optional{*iv} : std::nullopt;
}

std::optional<double> greek(const OwnValues& own, double Greeks::* member) {
  return own.greeks ? std::optional{(*own.greeks).*member} : std::nullopt;
}

std::vector<std::string> side_cells(const std::optional<OwnValues>& own) {
  if (!own) { return std::vector<std::string>(7, std::string{kNone}); }
  return {own->quote.quote.bid.text(),      own->quote.quote.ask.text(),
          percent_cell(found(own->mid_iv)), percent_cell(own->quote.broker_iv),
          points_cell(own->iv_off()),       signed_cell(greek(*own, &Greeks::delta), 3),
          signed_cell(own->delta_off(), 4)};
}

Json json_of(std::optional<double> value) { return value ? Json(*value) : Json(nullptr); }

Json reason_of(const std::expected<double, IvError>& iv) {
  return iv ? Json(nullptr) : Json(text_of(iv.error()));
}

Json side_json(const std::optional<OwnValues>& own) {
  if (!own) { return nullptr; }
  return {{"bid", own->quote.quote.bid.text()},
          {"ask", own->quote.quote.ask.text()},
          {"open_interest", own->quote.open_interest},
          {"out_of_the_money", own->out_of_the_money},
          {"iv_bid", json_of(found(own->bid_iv))},
          {"iv", json_of(found(own->mid_iv))},
          {"iv_ask", json_of(found(own->ask_iv))},
          {"no_iv",
           {{"bid", reason_of(own->bid_iv)},
            {"mid", reason_of(own->mid_iv)},
            {"ask", reason_of(own->ask_iv)}}},
          {"delta", json_of(greek(*own, &Greeks::delta))},
          {"gamma", json_of(greek(*own, &Greeks::gamma))},
          {"theta", json_of(greek(*own, &Greeks::theta))},
          {"vega", json_of(greek(*own, &Greeks::vega))},
          {"rho", json_of(greek(*own, &Greeks::rho))},
          {"file_iv", json_of(own->quote.broker_iv)},
          {"file_delta", json_of(own->quote.broker_delta)},
          {"file_gamma", json_of(own->broker_gamma)},
          {"iv_difference", json_of(own->iv_off())},
          {"delta_difference", json_of(own->delta_off())},
          {"gamma_difference", json_of(own->gamma_off())}};
}

std::string forward_text(const ChainView& view) {
  const ExpiryValues& values = view.values;
  const std::string rate = fmt::format(
      "{:.2f} % ({})", 100 * values.rate,
      view.yields_of ? "Treasury yields of " + iso(*view.yields_of) : "no yields known");
  if (!values.comparison) {
    return fmt::format("forward  {:.2f} carried at {}; parity gives none\n", values.forward, rate);
  }
  const ForwardComparison& found = *values.comparison;
  const bool american = values.exercise == ExerciseStyle::kAmerican;
  return fmt::format(
      "forward  {:.2f} by parity ({} strikes, residual {:.2f}{})   {:.2f} carried at {}\n"
      "         difference {:+.2f}   implied dividend yield {:.2f} %   financing {:+.2f} % over "
      "the "
      "curve\n",
      found.parity, values.parity->strikes_used, values.parity->residual,
      american ? ", early exercise ignored" : "", found.carried, rate, found.difference,
      100 * found.implied_yield, 100 * found.financing_basis);
}

std::string dividends_text(const ChainView& view) {
  if (view.values.exercise == ExerciseStyle::kEuropean) { return ""; }
  if (!view.dividend_list) {
    return fmt::format("dividends  no list of {}: carried without\n", view.underlying.text());
  }
  std::string text;
  for (const Dividend& dividend : view.dividends) {
    text += fmt::format("{}{} {:.4f} {}", text.empty() ? "" : ", ", iso(dividend.ex_date),
                        dividend.amount, word(dividend.kind));
  }
  return fmt::format("dividends  {} ({})\n", text.empty() ? "none until expiry" : text,
                     *view.dividend_list);
}

}  // namespace

std::string chain_heading(const ChainView& view) {
  const ExpiryValues& values = view.values;
  const Agreement agreement = values.agreement();
  std::string text = fmt::format(
      "{} {}  {}  spot {}  {} days  {}  IV at the money {} %\n", view.root.text(), iso(view.expiry),
      iso(view.date), view.spot.text(), view.dte, word(values.exercise), percent_cell(view.atm_iv));
  text += forward_text(view) + dividends_text(view);
  if (agreement.contracts > 0) {
    text += fmt::format(
        "own less file  out of the money, {} contracts: median {:.3f} points of IV, {:.5f} of "
        "delta\n",
        agreement.contracts, 100 * agreement.iv, agreement.delta);
  }
  return text;
}

std::string chain_table(const ChainView& view) {
  TextTable table{{">C bid", ">ask", ">IV", ">file", ">diff", ">delta", ">diff", ">strike",
                   ">P bid", ">ask", ">IV", ">file", ">diff", ">delta", ">diff"}};
  for (const StrikeValues& row : view.values.strikes) {
    auto cells = side_cells(row.call);
    cells.push_back(row.strike.text());
    for (std::string& text : side_cells(row.put)) { cells.push_back(std::move(text)); }
    table.add(std::move(cells));
  }
  return table.text();
}

std::string chain_table_of_all(const ChainView& view) {
  TextTable table{{">strike", "", ">bid", ">ask", ">IV bid", ">mid", ">ask", ">file", ">diff",
                   ">delta", ">diff", ">gamma", ">diff", ">theta", ">vega", ">rho", "no IV"}};
  view.values.each([&](const OwnValues& own) {
    table.add({own.contract.strike.text(), own.contract.right == OptionRight::kCall ? "C" : "P",
               own.quote.quote.bid.text(), own.quote.quote.ask.text(),
               percent_cell(found(own.bid_iv)), percent_cell(found(own.mid_iv)),
               percent_cell(found(own.ask_iv)), percent_cell(own.quote.broker_iv),
               points_cell(own.iv_off()), signed_cell(greek(own, &Greeks::delta), 4),
               signed_cell(own.delta_off(), 4), cell(greek(own, &Greeks::gamma), 5),
               signed_cell(own.gamma_off(), 5), signed_cell(greek(own, &Greeks::theta), 3),
               cell(greek(own, &Greeks::vega), 3), signed_cell(greek(own, &Greeks::rho), 3),
               own.mid_iv ? "" : std::string{text_of(own.mid_iv.error())}});
  });
  return table.text();
}

std::string chain_footing(const ChainView& view) {
  std::map<std::string_view, int> reasons;
  view.values.each([&](const OwnValues& own) {
    if (!own.mid_iv) { ++reasons[text_of(own.mid_iv.error())]; }
  });
  std::string text;
  for (const auto& [reason, count] : reasons) {
    text += fmt::format("{}{} {}", text.empty() ? "no IV  " : ", ", count, reason);
  }
  return text.empty() ? text : text + '\n';
}

Json chain_json(const ChainView& view) {
  const ExpiryValues& values = view.values;
  const Agreement agreement = values.agreement();
  Json comparison = nullptr;
  if (values.comparison) {
    comparison = {{"parity", values.comparison->parity},
                  {"carried", values.comparison->carried},
                  {"difference", values.comparison->difference},
                  {"implied_dividend_yield", values.comparison->implied_yield},
                  {"financing_basis", values.comparison->financing_basis},
                  {"strikes_used", values.parity->strikes_used},
                  {"residual", values.parity->residual}};
  }
  Json dividends = nullptr;
  if (view.dividend_list) {
    dividends = Json::array();
    for (const Dividend& dividend : view.dividends) {
      dividends.push_back({{"ex_date", iso(dividend.ex_date)},
                           {"amount", dividend.amount},
                           {"kind", word(dividend.kind)}});
    }
  }
  Json strikes = Json::array();
  for (const StrikeValues& row : values.strikes) {
    strikes.push_back({{"strike", row.strike.text()},
                       {"call", side_json(row.call)},
                       {"put", side_json(row.put)}});
  }
  return {{"underlying", view.underlying.text()},
          {"root", view.root.text()},
          {"date", iso(view.date)},
          {"spot", view.spot.text()},
          {"expiry", iso(view.expiry)},
          {"dte", view.dte},
          {"years", view.years},
          {"exercise", word(values.exercise)},
          {"forward", values.forward},
          {"discount", values.discount},
          {"rate", values.rate},
          {"yields_of", view.yields_of ? Json(iso(*view.yields_of)) : Json(nullptr)},
          {"forward_comparison", std::move(comparison)},
          {"dividends", std::move(dividends)},
          {"atm_iv", json_of(view.atm_iv)},
          {"own_less_file",
           {{"contracts", agreement.contracts},
            {"median_iv", agreement.iv},
            {"median_delta", agreement.delta}}},
          {"strikes", std::move(strikes)}};
}

SmilePicture smile_picture(const ChainView& view) {
  constexpr double kLeastDelta = 0.01;
  SmilePicture picture{
      .title = fmt::format("{} {} on {}", view.root.text(), iso(view.expiry), iso(view.date)),
      .subtitle = fmt::format("{} days, spot {}, {} % at the money", view.dte, view.spot.text(),
                              percent_cell(view.atm_iv)),
      .forward = view.values.forward};
  view.values.each([&](const OwnValues& own) {
    if (!own.out_of_the_money || !own.greeks || std::abs(own.greeks->delta) < kLeastDelta) {
      return;
    }
    picture.marks.push_back({.strike = own.contract.strike.dollars(),
                             .mid = *own.mid_iv,
                             .bid = found(own.bid_iv),
                             .ask = found(own.ask_iv),
                             .file = own.quote.broker_iv,
                             .delta = own.greeks->delta});
  });
  return picture;
}

}  // namespace v6
