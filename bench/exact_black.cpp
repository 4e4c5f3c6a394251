#include "bench/exact_black.hpp"

#include <cmath>
#include <limits>

#include "analytics/option_right.hpp"

// Of libquadmath, whose header lies where only GCC looks.
extern "C" {
__float128 sqrtq(__float128);
__float128 expq(__float128);
__float128 logq(__float128);
__float128 erfcq(__float128);
__float128 acosq(__float128);
}

namespace v6::bench {
namespace {

using Quad = __float128;

Quad normal_below(Quad z) { return erfcq(-z / sqrtq(2)) / 2; }

Quad normal_density(Quad z) {
  static const Quad kRoot2Pi = sqrtq(2 * acosq(-1));
  return expq(-z * z / 2) / kRoot2Pi;
}

/// What price and Greeks are made of.
struct Terms {
  Terms(const BlackInputs& inputs, Quad volatility)
      : sign{inputs.right == OptionRight::kCall ? 1 : -1},
        forward{inputs.forward},
        strike{inputs.strike},
        root{sqrtq(inputs.years)},
        deviation{volatility * root},
        d1{logq(forward / strike) / deviation + deviation / 2},
        d2{d1 - deviation} {}

  /// Undiscounted. The out-of-the-money side, whose digits do not drown in those of the forward,
  /// and exercise at the forward on top.
  [[nodiscard]] Quad price() const {
    const Quad inside = sign * (forward - strike);
    const int side = inside > 0 ? -sign : sign;
    const Quad outside =
        side * (forward * normal_below(side * d1) - strike * normal_below(side * d2));
    return inside > 0 ? inside + outside : outside;
  }
  /// By the volatility, undiscounted.
  [[nodiscard]] Quad vega() const { return forward * normal_density(d1) * root; }

  int sign;
  Quad forward;
  Quad strike;
  Quad root;
  Quad deviation;
  Quad d1;
  Quad d2;
};

}  // namespace

ExactValues exact_values(const BlackInputs& inputs, double spot, const Carry& carry) {
  const Terms terms{inputs, inputs.volatility};
  const Quad discount = inputs.discount;
  const Quad years = inputs.years;
  const Quad spot_leg = discount * terms.forward * normal_below(terms.sign * terms.d1) * terms.sign;
  const Quad strike_leg =
      discount * terms.strike * normal_below(terms.sign * terms.d2) * terms.sign;
  const Quad vega = discount * terms.vega();
  const Quad decay = vega * inputs.volatility / (2 * years);
  const Quad gamma = vega / (terms.deviation * terms.root) / spot / spot;
  const auto rounded = [](Quad value) { return static_cast<long double>(value); };
  return {.price = static_cast<double>(discount * terms.price()),
          .delta = rounded(spot_leg / spot),
          .gamma = rounded(gamma),
          .theta = rounded((carry.yield * spot_leg - carry.rate * strike_leg - decay) / 365),
          .vega = rounded(vega / 100),
          .rho = rounded(years * strike_leg / 100)};
}

ExactVolatility exact_volatility(const BlackInputs& inputs) {
  const Quad discount = inputs.discount;
  const auto price = static_cast<double>(discount * Terms{inputs, inputs.volatility}.price());
  const double next = std::nextafter(price, std::numeric_limits<double>::infinity());
  const Quad carried = (next - price) / 2 / (discount * Terms{inputs, inputs.volatility}.vega());
  Quad volatility = inputs.volatility;
  // Newton from half an ulp away: each step squares what is left.
  for (int i = 0; i < 3; ++i) {
    const Terms terms{inputs, volatility};
    volatility -= (terms.price() - price / discount) / terms.vega();
  }
  return {.price = price,
          .volatility = static_cast<long double>(volatility),
          .carried = static_cast<long double>(carried)};
}

}  // namespace v6::bench
