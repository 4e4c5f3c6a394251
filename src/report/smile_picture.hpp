#pragma once

#include <optional>
#include <string>
#include <vector>

namespace v6 {

/// What one contract's quote implies, and what the file says. Volatilities are fractions.
struct SmileMark {
  double strike = 0;
  double mid = 0;
  std::optional<double> bid;
  std::optional<double> ask;
  std::optional<double> file;
  double delta = 0;  // at mid; puts negative
};

struct SmilePicture {
  std::string title;
  std::string subtitle;
  double forward = 0;
  std::vector<SmileMark> marks;  // out of the money, strikes ascending
};

/// The smile as an SVG file that stands alone: own mid volatility as a line, bid to ask as a band,
/// the file's as dots, the forward and round deltas marked; dark where the reader's page is.
/// Needs two marks at least, and words without markup.
[[nodiscard]] std::string smile_svg(const SmilePicture& picture);

}  // namespace v6
