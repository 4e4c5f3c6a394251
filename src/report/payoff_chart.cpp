#include "report/payoff_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/enum_text.hpp"

namespace v6 {

std::vector<double> round_ticks(double low, double high, int wanted) {
  const double raw = (high - low) / std::max(wanted, 1);
  double power = 1;
  while (power * 10.0 <= raw) { power *= 10.0; }
  while (power > raw) { power /= 10.0; }
  double step = 10.0 * power;
  for (const double part : {1.0, 2.0, 2.5, 5.0}) {
    if (part * power >= raw * (1.0 - 1e-9)) {
      step = part * power;
      break;
    }
  }
  std::vector<double> ticks;
  for (double count = std::ceil(low / step - 1e-9); count * step <= high + 1e-9 * step; ++count) {
    ticks.push_back(count * step + 0.0);
  }
  return ticks;
}

int decimals_of(const std::vector<double>& ticks) {
  double scale = 1;
  for (int decimals = 0; decimals < 4; ++decimals, scale *= 10.0) {
    if (std::ranges::all_of(ticks, [&](double tick) {
          return std::fabs(tick * scale - std::round(tick * scale)) < 1e-6;
        })) {
      return decimals;
    }
  }
  return 4;
}

LevelSpan interesting_levels(const StructureAnalysis& analysis) {
  double low = analysis.spot - 2.0 * analysis.expected_move;
  double high = analysis.spot + 2.0 * analysis.expected_move;
  const auto include = [&](double level) {
    low = std::min(low, level);
    high = std::max(high, level);
  };
  for (const AnalysedLeg& leg : analysis.legs) { include(leg.held.strike); }
  for (const double level : analysis.break_evens) { include(level); }
  const double room = 0.04 * (high - low);
  return {.low = std::max(0.0, low - room), .high = high + room};
}

std::vector<double> curve_levels(const StructureAnalysis& analysis, const LevelSpan& span,
                                 int count) {
  std::vector<double> levels;
  for (int i = 0; i <= count; ++i) {
    levels.push_back(span.low + (span.high - span.low) * i / count);
  }
  for (const AnalysedLeg& leg : analysis.legs) { levels.push_back(leg.held.strike); }
  for (const double level : analysis.break_evens) { levels.push_back(level); }
  std::erase_if(levels, [&](double level) { return level < span.low || level > span.high; });
  std::ranges::sort(levels);
  const auto repeated = std::ranges::unique(levels);
  levels.erase(repeated.begin(), repeated.end());
  return levels;
}

std::string kind_text(StructureKind kind) {
  if (kind == StructureKind::kCustom) { return "custom structure"; }
  std::string text{word(kind)};
  std::ranges::replace(text, '_', ' ');
  return text;
}

std::string dollars_text(double dollars, SignStyle sign, int decimals) {
  std::string digits = fmt::format("{:.{}f}", std::fabs(dollars), decimals);
  const bool zero = digits.find_first_not_of("0.") == std::string::npos;
  const auto point = std::min(digits.find('.'), digits.size());
  for (auto at = static_cast<std::ptrdiff_t>(point) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  if (dollars < 0 && !zero) { return "-" + digits; }
  return (sign == SignStyle::kAlways && !zero ? "+" : "") + digits;
}

}  // namespace v6
