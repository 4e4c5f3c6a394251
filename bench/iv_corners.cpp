#include "bench/iv_corners.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "analytics/golden_file.hpp"
#include "analytics/option_right.hpp"

namespace v6::bench {
namespace {

/// With its exact volatility, if four of its digits outlive the rounding of the price.
void add(std::vector<Corner>& corners, const BlackInputs& inputs) {
  if (!(inputs.volatility > 0) || !(inputs.years > 0)) { return; }
  const ExactVolatility exact = exact_volatility(inputs);
  const bool readable = exact.price > 1e-300 && std::isfinite(exact.price) &&
                        exact.carried < 1e-4L * inputs.volatility;
  if (readable) {
    corners.push_back({.option = {.inputs = inputs, .price = exact.price}, .exact = exact});
  }
}

void add_sixty_digits(std::vector<Corner>& corners) {
  for (const GoldenRow& row : golden_rows("golden/computed-golden/bsm_high_precision.csv")) {
    const double years = row.number("t_years");
    const double carry = row.number("r") - row.number("q");
    add(corners, {.right = row.text("type") == "call" ? OptionRight::kCall : OptionRight::kPut,
                  .forward = row.number("spot") * std::exp(carry * years),
                  .strike = row.number("strike"),
                  .volatility = row.number("vol"),
                  .years = years,
                  .discount = std::exp(-row.number("r") * years)});
  }
}

void add_lets_be_rational(std::vector<Corner>& corners) {
  std::string text = golden_text("golden/vollib-golden/lets_be_rational_values.json.gz");
  for (auto at = text.find("NaN"); at != std::string::npos; at = text.find("NaN", at)) {
    text.replace(at, 3, "null");  // json has no NaN
  }
  for (const auto& row : nlohmann::json::parse(text)["input"]) {
    const auto number = [&](const char* name) { return row[name].get<double>(); };
    add(corners, {.right = number("q") > 0 ? OptionRight::kCall : OptionRight::kPut,
                  .forward = number("F"),
                  .strike = number("K"),
                  .volatility = number("sigma"),
                  .years = number("T")});
  }
}

void add_grid(std::vector<Corner>& corners) {
  // Distances |ln F/K| on both sides of where one way of pricing gives over to another.
  for (const double distance : {0.0, 1e-15, 1e-9, 1e-4, 0.01, 0.1, 0.3, 0.47, 0.479999, 0.480001,
                                0.49, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0}) {
    for (const double deviation : {1e-5, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.2, 0.4, 0.7, 0.999, 1.001,
                                   1.5, 2.0, 3.0, 5.0, 8.0}) {
      for (const double years : {60.0 / 31'536'000.0, 1.0 / 365.0, 0.25, 2.0}) {
        for (const double sign : {-1.0, 1.0}) {
          for (const OptionRight right : {OptionRight::kCall, OptionRight::kPut}) {
            add(corners, {.right = right,
                          .forward = 600.0,
                          .strike = 600.0 * std::exp(sign * distance),
                          .volatility = deviation / std::sqrt(years),
                          .years = years,
                          .discount = std::exp(-0.04 * years)});
          }
        }
      }
    }
  }
}

}  // namespace

std::vector<Corner> iv_corners(std::uint64_t seed) {
  std::vector<Corner> corners;
  add_sixty_digits(corners);
  add_lets_be_rational(corners);
  add_grid(corners);
  Dice{seed}.shuffle(corners);
  return corners;
}

}  // namespace v6::bench
