#pragma once

#include <tuple>

#include "base/settings.hpp"

namespace v6 {

/// Most contracts any one order may ever have, whatever the configuration says.
inline constexpr int kOrderSizeCeiling = 5;

/// Account limits; fractions are of net liquidation. The upper ends of the ranges are compiled
/// ceilings: configuration can tighten them, never raise them.
struct RiskLimits {
  double structure_worst_case = 0.02;
  double symbol_worst_case = 0.05;
  double book_worst_case = 0.08;
  int max_order_size = 1;
  double dollar_delta = 0.40;
  double dollar_gamma = 0.10;
  double vega = 0.003;
  double theta = 0.001;
  double new_structure_share = 0.80;
  double margin = 0.50;
  double daily_loss_no_entries = 0.02;
  double daily_loss_reduce_only = 0.04;
  double drawdown_no_entries = 0.10;
  double collar_of_width = 0.20;
  double collar_from_fair = 0.25;

  static constexpr auto fields() {
    using L = RiskLimits;
    constexpr auto part = [](std::string_view name, double L::* member, double most,
                             std::string_view what) {
      return number(name, member, 1e-6, most, "fraction of net liquidation", what);
    };
    return std::tuple{
        part("structure_worst_case", &L::structure_worst_case, 0.05, "worst case of one structure"),
        part("symbol_worst_case", &L::symbol_worst_case, 0.10, "worst case of one underlying"),
        part("book_worst_case", &L::book_worst_case, 0.20, "worst case of the book"),
        number("max_order_size", &L::max_order_size, 1, kOrderSizeCeiling, "contracts",
               "largest order"),
        part("dollar_delta", &L::dollar_delta, 1, "beta-weighted delta x multiplier x spot"),
        part("dollar_gamma", &L::dollar_gamma, 0.5, "gamma x spot / 100 x multiplier x spot"),
        part("vega", &L::vega, 0.02, "dollars a vol point"),
        part("theta", &L::theta, 0.01, "dollars a day"),
        number("new_structure_share", &L::new_structure_share, 0.1, 1, "fraction of the limit",
               "a new structure may bring a Greek to"),
        part("margin", &L::margin, 0.8, "margin after the trade and after the next expiry"),
        part("daily_loss_no_entries", &L::daily_loss_no_entries, 0.1, "loss that stops entries"),
        part("daily_loss_reduce_only", &L::daily_loss_reduce_only, 0.1,
             "loss that allows reducing only"),
        part("drawdown_no_entries", &L::drawdown_no_entries, 0.3, "drawdown that stops entries"),
        number("collar_of_width", &L::collar_of_width, 0.01, 0.5, "fraction of width",
               "how far beyond the natural an immediate exit may walk"),
        number("collar_from_fair", &L::collar_from_fair, 0.001, 1, "fraction of width",
               "how far an opening limit may be from our own model's price")};
  }
};

}  // namespace v6
