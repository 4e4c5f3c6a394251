#pragma once

#include "analytics/black.hpp"

namespace v6 {

/// An option and the lognormal path on which it may come into the money: one volatility, and the
/// drift that takes spot to the forward of its expiry.
struct TouchInputs {
  OptionRight right;
  double spot = 0;
  double forward = 0;
  double strike = 0;
  double volatility = 0;  // a fraction a year
  double years = 0;
};

/// Chance, 0..1, that the underlying trades at the strike or beyond it (below for a put, above for
/// a call) at any time up to expiry; 1 when it is there already. Watched without a pause: looking
/// once a day sees less. Without volatility or time: whether the drift alone goes there. By
/// reflection. Source: Shreve, Stochastic Calculus for Finance II, 2004, section 7.2; Haug 2007,
/// section 4.19 (one-touch).
/// Needs spot, forward and strike > 0.
[[nodiscard]] double touch_chance(const TouchInputs& inputs);

}  // namespace v6
