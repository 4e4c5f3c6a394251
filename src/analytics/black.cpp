#include "analytics/black.hpp"

namespace v6 {

std::string_view text_of(IvError error) {
  switch (error) {
    case IvError::kNoPrice: return "no price";
    case IvError::kNotFinite: return "an input is not a positive number";
    case IvError::kNoTime: return "no time to expiry";
    case IvError::kBelowIntrinsic: return "price below intrinsic value";
    case IvError::kAboveMaximum: return "price above the most an option can be worth";
    case IvError::kNoConvergence: return "no convergence";
    case IvError::kNoTimeValue: return "no time value left to read";
  }
  return "?";
}

}  // namespace v6
