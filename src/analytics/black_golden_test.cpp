#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "analytics/black.hpp"
#include "analytics/golden_file.hpp"
#include "analytics/normalised.hpp"
#include "analytics/option_right.hpp"

namespace v6 {
namespace {

/// A published case in the terms of its source: spot, rate and dividend yield.
struct Case {
  BlackInputs inputs;
  double spot = 0;
};

Case case_of(const GoldenRow& row) {
  const double years = row.number("t_years");
  const double spot = row.number("spot");
  return {.inputs = {.right = row.text("type") == "call" ? OptionRight::kCall : OptionRight::kPut,
                     .forward = spot * std::exp((row.number("r") - row.number("q")) * years),
                     .strike = row.number("strike"),
                     .volatility = row.number("vol"),
                     .years = years,
                     .discount = std::exp(-row.number("r") * years)},
          .spot = spot};
}

TEST(BlackGolden, HaugsTables) {
  // E. G. Haug, The complete guide to option pricing formulas, 1998, by way of QuantLib's tests.
  for (const GoldenRow& row : golden_rows("golden/QuantLib-golden/european_values_haug1998.csv")) {
    EXPECT_NEAR(black_price(case_of(row).inputs), row.number("price"), 1e-4)
        << row.text("strike") << " " << row.text("vol");
  }
  int seen = 0;
  for (const GoldenRow& row : golden_rows("golden/QuantLib-golden/european_greeks_haug1998.csv")) {
    const Case c = case_of(row);
    const Greeks greeks = black_greeks(c.inputs, c.spot);
    const std::map<std::string, double> ours{
        {"delta", greeks.delta},         {"gamma", greeks.gamma},
        {"vega", 100.0 * greeks.vega},   {"theta", 365.0 * greeks.theta},
        {"theta_per_day", greeks.theta}, {"rho", 100.0 * greeks.rho}};
    const auto found = ours.find(row.text("greek"));
    if (found == ours.end()) { continue; }  // Greeks we do not have
    ++seen;
    EXPECT_NEAR(found->second, row.number("value"), 1e-4) << row.text("greek");
  }
  EXPECT_EQ(seen, 9);
}

TEST(BlackGolden, PyVollib) {
  // Rounded to nine decimals there; thetas and rhos are per year and per 1.00 of rate.
  const auto table =
      nlohmann::json::parse(golden_text("golden/vollib-golden/bs_price_greeks.json"));
  std::map<std::string, std::size_t> column;
  for (std::size_t i = 0; i < table["columns"].size(); ++i) { column[table["columns"][i]] = i; }
  ASSERT_EQ(table["data"].size(), 101U);
  for (const auto& row : table["data"]) {
    const auto number = [&](const char* name) { return row[column.at(name)].get<double>(); };
    const double years = number("t");
    const double discount = std::exp(-number("R") * years);
    BlackInputs inputs{.right = OptionRight::kCall,
                       .forward = number("S") / discount,
                       .strike = number("K"),
                       .volatility = number("v"),
                       .years = years,
                       .discount = discount};
    const auto near = [&](double ours, const char* name) {
      // Most columns have nine decimals; the big ones have ten digits.
      EXPECT_NEAR(ours, number(name), 2e-9 + 1e-9 * std::abs(number(name)))
          << name << " " << row.dump();
    };
    near(black_price(inputs), "bs_call");
    const Greeks call = black_greeks(inputs, number("S"));
    near(call.delta, "CD");
    near(call.gamma, "CG");
    near(call.theta * 365.0, "CT");
    near(call.vega * 100.0, "CV");
    near(call.rho * 100.0, "CR");
    inputs.right = OptionRight::kPut;
    near(black_price(inputs), "bs_put");
    const Greeks put = black_greeks(inputs, number("S"));
    near(put.delta, "PD");
    near(put.gamma, "PG");
    near(put.theta * 365.0, "PT");
    near(put.vega * 100.0, "PV");
    near(put.rho * 100.0, "PR");
  }
}

TEST(BlackGolden, SixtyDigits) {
  for (const GoldenRow& row : golden_rows("golden/computed-golden/bsm_high_precision.csv")) {
    SCOPED_TRACE(row.text("type") + " " + row.text("spot") + " " + row.text("strike"));
    const Case c = case_of(row);
    const double level = std::max(c.spot, c.inputs.strike);
    EXPECT_NEAR(black_price(c.inputs), row.number("price"), 4e-15 * level);

    const Greeks greeks =
        black_greeks(c.inputs, c.spot, {.rate = row.number("r"), .yield = row.number("q")});
    const auto expect_close = [&](double ours, const char* name) {
      const double theirs = row.number(name);
      if (std::abs(theirs) > 1e-8) { EXPECT_NEAR(ours, theirs, 5e-12 * std::abs(theirs)) << name; }
    };
    expect_close(greeks.delta, "delta");
    expect_close(greeks.gamma, "gamma");
    // There: vega per 1.00 of volatility, rho per 1.00 of rate, theta per year.
    expect_close(100.0 * greeks.vega, "vega");
    expect_close(100.0 * greeks.rho, "rho");
    expect_close(365.0 * greeks.theta, "theta");

    // Half a unit in the last place of the price and of each input, carried to the volatility.
    const auto iv = implied_volatility(c.inputs.right, row.number("price"), c.inputs.forward,
                                       c.inputs.strike, c.inputs.years, c.inputs.discount);
    const double time_value =
        row.number("price") / c.inputs.discount - std::max(c.inputs.right == OptionRight::kCall
                                                               ? c.inputs.forward - c.inputs.strike
                                                               : c.inputs.strike - c.inputs.forward,
                                                           0.0);
    if (time_value < 1e-14 * level) { continue; }  // drowned in the rounding of the price
    ASSERT_TRUE(iv.has_value()) << text_of(iv.error());
    const double half = 0.5 * std::numeric_limits<double>::epsilon();
    const double moved = half * (row.number("price") + std::abs(row.number("delta")) * c.spot +
                                 row.number("vega") * c.inputs.volatility);
    EXPECT_NEAR(*iv, c.inputs.volatility, 8.0 * moved / row.number("vega"));
  }
}

TEST(BlackGolden, LetsBeRational) {
  std::string text = golden_text("golden/vollib-golden/lets_be_rational_values.json.gz");
  for (auto at = text.find("NaN"); at != std::string::npos; at = text.find("NaN", at)) {
    text.replace(at, 3, "null");  // json has no NaN
  }
  const auto table = nlohmann::json::parse(text);
  ASSERT_EQ(table["input"].size(), 1000U);
  int recovered = 0;
  for (std::size_t i = 0; i < table["input"].size(); ++i) {
    SCOPED_TRACE(table["input"][i].dump());
    const auto in = [&](const char* name) { return table["input"][i][name].get<double>(); };
    const auto out = [&](const char* name) { return table["output"][i][name].get<double>(); };
    const BlackInputs inputs{.right = in("q") > 0 ? OptionRight::kCall : OptionRight::kPut,
                             .forward = in("F"),
                             .strike = in("K"),
                             .volatility = in("sigma"),
                             .years = in("T")};
    const double price = black_price(inputs);
    EXPECT_NEAR(price, out("black"), 1e-13 * out("black"));
    // x is ln(forward / strike), never negative here: a call has its intrinsic value on top.
    const double inside = in("q") > 0 ? 2.0 * std::sinh(0.5 * in("x")) : 0.0;
    EXPECT_NEAR(normalised_black(in("x"), in("s")) + inside, out("normalised_black"),
                1e-13 * out("normalised_black"));
    EXPECT_NEAR(normalised_vega(in("x"), in("s")), out("normalised_vega"),
                1e-13 * out("normalised_vega"));

    const auto iv = implied_volatility(inputs.right, price, inputs.forward, inputs.strike,
                                       inputs.years, inputs.discount);
    if (!iv) {
      // Nothing to recover from: only where vega is lost in the rounding of the price.
      EXPECT_LE(black_greeks(inputs, inputs.forward).vega, 1e-13 * price) << text_of(iv.error());
      continue;
    }
    ++recovered;
    const double rounding_of_price = 3e-16 * price / (100.0 * black_greeks(inputs, in("F")).vega);
    EXPECT_NEAR(*iv, inputs.volatility, 2e-15 + rounding_of_price);
  }
  EXPECT_EQ(recovered, 980);
}

}  // namespace
}  // namespace v6
