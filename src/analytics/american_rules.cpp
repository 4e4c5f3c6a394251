#include "analytics/american_rules.hpp"

namespace v6 {
namespace {

constexpr double kHalfPi = 1.57079632679489661923;

/// Taylor's series; angles up to pi.
double sine(double angle) {
  constexpr int kTerms = 16;
  const double square = angle * angle;
  double sum = 1.0;
  for (int i = kTerms; i > 0; --i) { sum = 1.0 - square / (2.0 * i * (2.0 * i + 1.0)) * sum; }
  return angle * sum;
}

double cosine(double angle) { return sine(kHalfPi - angle); }

/// Legendre's polynomial and its slope.
struct Legendre {
  double value;
  double slope;
};

Legendre legendre(int degree, double x) {
  double value = 1.0;
  double before = 0.0;
  for (int j = 0; j < degree; ++j) {
    const double older = before;
    before = value;
    value = ((2.0 * j + 1.0) * x * before - j * older) / (j + 1.0);
  }
  return {value, degree * (x * value - before) / (x * x - 1.0)};
}

}  // namespace

void angle_rule(std::span<double> sines, std::span<double> cosines, std::span<double> weights) {
  constexpr int kNewtonSteps = 8;  // from a start good to 1e-3
  const int count = static_cast<int>(sines.size());
  for (int i = 0; i < count; ++i) {
    double x = cosine(2.0 * kHalfPi * (i + 0.75) / (count + 0.5));
    for (int step = 0; step < kNewtonSteps; ++step) {
      const Legendre at = legendre(count, x);
      x -= at.value / at.slope;
    }
    const double slope = legendre(count, x).slope;
    const double share = 1.0 / ((1.0 - x * x) * slope * slope);
    const double angle = 0.5 * kHalfPi * (1.0 + x);
    const auto k = static_cast<std::size_t>(count - 1 - i);
    sines[k] = sine(angle);
    cosines[k] = cosine(angle);
    weights[k] = 2.0 * kHalfPi * share * sines[k] * cosines[k];
  }
}

void chebyshev_nodes(std::span<double> nodes) {
  const auto count = static_cast<double>(nodes.size());
  for (std::size_t j = 0; j < nodes.size(); ++j) {
    const double root = sine(kHalfPi * static_cast<double>(j + 1) / count);
    nodes[j] = root * root;
  }
}

void chebyshev_weights(std::span<const double> nodes, double x, std::span<double> weights) {
  // Lagrange's products: no division by a distance that may be zero.
  for (std::size_t j = 0; j < nodes.size(); ++j) {
    double product = x / nodes[j];
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (i != j) { product *= (x - nodes[i]) / (nodes[j] - nodes[i]); }
    }
    weights[j] = product;
  }
}

}  // namespace v6
