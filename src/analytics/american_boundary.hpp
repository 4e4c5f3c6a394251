#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "analytics/american_rules.hpp"

namespace v6 {

// Andersen, Lake, Offengenden, "High-performance American option pricing", 2016, for a put on a
// strike of one; a call of spot S and strike K is S puts of spot K / S, rate and yield exchanged.
// With t left, exercise pays below the boundary B(t). Its distance ln(X / B(t)) from where it ends,
// X = min(1, rate / yield), is what is solved for; the square of it is interpolated in sqrt(t).

enum class Sweeps : std::uint8_t {
  kNewtonOnce,    // one step of Newton's, then of the fixed point: quickly near
  kDampedInPlace  // each node uses those before it, steps that overshoot are damped: converges
};

/// How fine. What each comes to is said where it is chosen.
struct BoundaryScheme {
  std::size_t nodes;   // of the boundary
  std::size_t points;  // of each integral in the boundary's equation
  std::size_t sweeps;  // over all nodes
  Sweeps how;
  std::size_t start_steps;   // of Newton's for the start at a node, three more at the first
  std::size_t price_points;  // of the premium's integral
  std::size_t slope_points;  // of those of its slopes, which are steep next to the boundary
};

/// Constants of a scheme, the same for all options.
template <BoundaryScheme S>
struct BoundaryTables {
  std::array<double, S.nodes> nodes;
  std::array<double, S.nodes> growth;  // a guess of a node's distance over that before it
  std::array<IntegralRule<S.nodes, S.points>, S.nodes> equation;
  IntegralRule<S.nodes, S.price_points> price;
  IntegralRule<S.nodes, S.slope_points> slopes;

  [[nodiscard]] static const BoundaryTables& get() {
    static const BoundaryTables tables{chebyshev(), std::make_index_sequence<S.nodes>{}};
    return tables;
  }

 private:
  [[nodiscard]] static std::array<double, S.nodes> chebyshev() {
    std::array<double, S.nodes> all;
    chebyshev_nodes(all);
    return all;
  }
  template <std::size_t... I>
  BoundaryTables(const std::array<double, S.nodes>& all, std::index_sequence<I...> /*each node*/)
      : nodes{all},
        equation{IntegralRule<S.nodes, S.points>{all, all[I]}...},
        price{all},
        slopes{all} {
    growth[0] = 1.0;
    for (std::size_t i = 1; i < S.nodes; ++i) {
      const double root = std::sqrt(all[i] / all[i - 1]);
      growth[i] = root * std::sqrt(root) * std::sqrt(std::sqrt(root));
    }
  }
};

/// Options priced together: puts on a strike of one.
struct UnitPuts {
  double years = 0;
  double rate = 0;
  double yield = 0;
  double log_top = 0;  // ln X
};

}  // namespace v6
