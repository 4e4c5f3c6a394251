#include "report/smile_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace v6 {
namespace {

// Two panels within a picture of 960 by 620: the smile, and below it what the mid hides.
constexpr double kLeft = 68;
constexpr double kRight = 932;
constexpr double kTop = 104;
constexpr double kBottom = 410;
constexpr double kLowerTop = 458;
constexpr double kLowerBottom = 558;
constexpr double kDotsApart = 6;

constexpr std::string_view kStyle = R"(<style>
svg{--page:#fff;--ink:#1d2733;--soft:#66717f;--grid:#e4e8ed;--own:#1666c5;--file:#d9730d;--mark:#7a4fc9}
@media (prefers-color-scheme:dark){svg{--page:#0f151c;--ink:#e8edf3;--soft:#95a2b1;--grid:#263140;--own:#5aa9ff;--file:#ffa54a;--mark:#b796ff}}
text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--soft);font-variant-numeric:tabular-nums}
.page{fill:var(--page)}.title{font-size:20px;font-weight:600;fill:var(--ink)}.sub{font-size:14px}.word{fill:var(--ink)}
.grid{stroke:var(--grid)}.frame{stroke:var(--soft)}
.band{fill:var(--own);fill-opacity:.22}.own{fill:none;stroke:var(--own);stroke-width:2;stroke-linejoin:round}
.file{fill:var(--page);stroke:var(--file);stroke-width:1.4}
.forward{stroke:var(--mark);stroke-width:1.5;stroke-dasharray:5 4}.told{fill:var(--mark);font-weight:600}
.end{text-anchor:end}.mid{text-anchor:middle}
</style>
)";

/// The smallest step of 1, 2 or 5 times a power of ten that fits into the range `most` times at
/// most.
double round_step(double range, int most) {
  double step = 1e-4;
  for (int i = 0; range / step > most; ++i) { step *= i % 3 == 1 ? 2.5 : 2.0; }
  return step;
}

/// Values along one side of a panel.
struct Axis {
  double low = 0;
  double high = 1;
  double from = 0;  // where `low` is drawn
  double to = 1;
  double step = 1;

  [[nodiscard]] double at(double value) const {
    return from + (value - low) / (high - low) * (to - from);
  }
  /// As far as the panel goes.
  [[nodiscard]] double clipped(double value) const { return at(std::clamp(value, low, high)); }
  /// As few decimals as tell the steps apart.
  [[nodiscard]] int decimals() const {
    int count = 0;
    for (double s = step; count < 4 && std::abs(s - std::round(s)) > 1e-9; s *= 10) { ++count; }
    return count;
  }
  /// Calls `tick` with every multiple of the step inside.
  template <class Tick>
  void ticks(Tick tick) const {
    const auto first = static_cast<long>(std::ceil(low / step - 1e-9));
    const auto last = static_cast<long>(std::floor(high / step + 1e-9));
    for (long i = first; i <= last; ++i) { tick(static_cast<double>(i) * step); }
  }
};

Axis strike_axis(const SmilePicture& picture) {
  const double low = std::min(picture.marks.front().strike, picture.forward);
  const double high = std::max(picture.marks.back().strike, picture.forward);
  const double edge = 0.02 * (high - low);
  return {.low = low - edge,
          .high = high + edge,
          .from = kLeft,
          .to = kRight,
          .step = round_step(high - low, 12)};
}

/// Percent, from a round value below everything drawn to one above.
Axis volatility_axis(const SmilePicture& picture) {
  double low = picture.marks.front().mid;
  double high = low;
  for (const SmileMark& mark : picture.marks) {
    for (const auto& value : {mark.bid, std::optional{mark.mid}, mark.ask, mark.file}) {
      if (!value) { continue; }
      low = std::min(low, *value);
      high = std::max(high, *value);
    }
  }
  const double step = round_step(std::max(100 * (high - low), 0.1), 6);
  return {.low = std::floor(100 * low / step) * step,
          .high = std::ceil(100 * high / step + 0.2) * step,
          .from = kBottom,
          .to = kTop,
          .step = step};
}

/// Points around the own mid, as wide as all but a few of what is drawn there.
Axis difference_axis(const SmilePicture& picture) {
  std::vector<double> sizes = {0.05};
  for (const SmileMark& mark : picture.marks) {
    for (const auto& value : {mark.bid, mark.ask, mark.file}) {
      if (value) { sizes.push_back(100 * std::abs(*value - mark.mid)); }
    }
  }
  std::ranges::sort(sizes);
  const double reach = 1.15 * sizes[(sizes.size() - 1) * 97 / 100];
  return {.low = -reach,
          .high = reach,
          .from = kLowerBottom,
          .to = kLowerTop,
          .step = round_step(2 * reach, 4)};
}

std::string levels(const Axis& x, const Axis& y, std::string_view form) {
  std::string text;
  y.ticks([&](double value) {
    const double at = y.at(value);
    text += fmt::format("<path class=\"grid\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>", x.from, at, x.to);
    text += fmt::format("<text class=\"end\" x=\"{:.1f}\" y=\"{:.1f}\">", x.from - 10, at + 4.5);
    text += fmt::format(fmt::runtime(form), value, y.decimals()) + "</text>\n";
  });
  return text;
}

std::string strikes(const Axis& x) {
  std::string text = fmt::format(
      "<path class=\"frame\" d=\"M{0:.1f} {1:.1f}H{2:.1f}M{0:.1f} {3:.1f}H{2:.1f}\"/>\n", x.from,
      kBottom, x.to, kLowerBottom);
  x.ticks([&](double value) {
    text += fmt::format(
        "<path class=\"frame\" d=\"M{0:.1f} {1:.1f}v5M{0:.1f} {2:.1f}v5\"/>"
        "<text class=\"mid\" x=\"{0:.1f}\" y=\"{3:.1f}\">{4:.{5}f}</text>\n",
        x.at(value), kBottom, kLowerBottom, kLowerBottom + 21, value, x.decimals());
  });
  return text;
}

/// Where puts and calls of round deltas lie, along the upper edge, as far as there is room.
std::string deltas(const SmilePicture& picture, const Axis& x) {
  constexpr double kRoom = 32;
  std::string text;
  double last = 0;
  for (const double wanted : {-0.05, -0.10, -0.16, -0.25, -0.40, 0.40, 0.25, 0.16, 0.10, 0.05}) {
    const auto off = [&](const SmileMark& mark) { return std::abs(mark.delta - wanted); };
    const auto nearest = std::ranges::min_element(picture.marks, {}, off);
    const double at = x.at(nearest->strike);
    if (off(*nearest) > 0.1 * std::abs(wanted) || at < last + kRoom) { continue; }
    last = at;
    text += fmt::format(
        "<path class=\"frame\" d=\"M{0:.1f} {1:.1f}v6\"/>"
        "<text class=\"mid\" x=\"{0:.1f}\" y=\"{2:.1f}\">{3:.0f}Δ</text>\n",
        at, kTop, kTop - 7, 100 * std::abs(wanted));
  }
  return text;
}

/// Band, line and dots of one panel; `height` says where a mark's volatility is drawn.
template <class Height>
std::string curves(const SmilePicture& picture, const Axis& x, Height height) {
  std::string line;
  std::string asks;
  std::string bids;  // backwards
  std::string dots;
  double last_dot = 0;
  for (const SmileMark& mark : picture.marks) {
    const double at = x.at(mark.strike);
    const auto point = [&](double volatility) {
      return fmt::format("{:.1f} {:.1f} ", at, height(mark, volatility));
    };
    line += point(mark.mid);
    if (mark.bid && mark.ask) {
      asks += point(*mark.ask);
      bids.insert(0, point(*mark.bid));
    }
    if (mark.file && at - last_dot >= kDotsApart) {
      last_dot = at;
      dots += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2.6\"/>", at,
                          height(mark, *mark.file));
    }
  }
  return fmt::format(
      "<polygon class=\"band\" points=\"{}{}\"/>\n<g class=\"file\">{}</g>\n"
      "<polyline class=\"own\" points=\"{}\"/>\n",
      asks, bids, dots, line);
}

std::string forward_mark(const SmilePicture& picture, const Axis& x) {
  const double at = x.at(picture.forward);
  const bool left = at > kRight - 150;
  return fmt::format(
      "<path class=\"forward\" d=\"M{0:.1f} {1:.1f}V{2:.1f}M{0:.1f} {3:.1f}V{4:.1f}\"/>"
      "<text class=\"told{5}\" x=\"{6:.1f}\" y=\"{7:.1f}\">forward {8:.2f}</text>\n",
      at, kTop, kBottom, kLowerTop, kLowerBottom, left ? " end" : "", left ? at - 8 : at + 8,
      kTop + 22, picture.forward);
}

constexpr std::string_view kLegend =
    R"svg(<g transform="translate(630 40)"><path class="own" d="M0 0h26"/><text class="word" x="34" y="4.5">own, of the mid</text>
<rect class="band" x="150" y="-7" width="26" height="14"/><text class="word" x="184" y="4.5">bid to ask</text>
<circle class="file" cx="268" cy="0" r="3"/><text class="word" x="279" y="4.5">file</text></g>
)svg";

}  // namespace

std::string smile_svg(const SmilePicture& picture) {
  V6_CHECK(picture.marks.size() >= 2, "a smile of nothing");
  const Axis x = strike_axis(picture);
  const Axis y = volatility_axis(picture);
  const Axis off = difference_axis(picture);
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 620\" width=\"960\" "
      "height=\"620\" role=\"img\" aria-label=\"Implied volatility by strike, {0}\">\n{1}"
      "<rect class=\"page\" width=\"960\" height=\"620\"/>\n"
      "<text class=\"title\" x=\"24\" y=\"38\">{0}</text>"
      "<text class=\"sub\" x=\"24\" y=\"62\">{2}</text>\n",
      picture.title, kStyle, picture.subtitle);
  svg += kLegend;
  svg += fmt::format(
      "<text x=\"24\" y=\"{:.0f}\">implied volatility</text>"
      "<text x=\"24\" y=\"{:.0f}\">against own mid, points</text>"
      "<text class=\"mid\" x=\"{:.0f}\" y=\"{:.0f}\">strike</text>\n",
      kTop - 15, kLowerTop - 14, (kLeft + kRight) / 2, kLowerBottom + 44);
  svg += levels(x, y, "{:.{}f} %") + levels(x, off, "{:.{}f}") + strikes(x) + deltas(picture, x);
  svg += curves(picture, x, [&](const SmileMark&, double iv) { return y.at(100 * iv); });
  svg += curves(picture, x, [&](const SmileMark& mark, double iv) {
    return off.clipped(100 * (iv - mark.mid));
  });
  return svg + forward_mark(picture, x) + "</svg>\n";
}

}  // namespace v6
