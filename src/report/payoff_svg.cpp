#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "report/payoff_chart.hpp"

namespace v6 {
namespace {

constexpr double kWidth = 960;
constexpr double kHeight = 600;
constexpr double kLeft = 78;
constexpr double kRight = kWidth - 32;
constexpr double kTop = 136;
constexpr double kBottom = 468;
constexpr double kLetter = 6.6;  // about the width of a letter of 12 px

constexpr std::string_view kHead =
    R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 600" width="960" height="600" role="img">
<style>
svg{--page:#fff;--text:#1c2128;--muted:#59636e;--grid:#e7eaee;--zero:#8c959f;--gain:#1a7f37;--loss:#cf222e;--today:#0969da;--spot:#8250df;--short:#bc4c00;font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
@media(prefers-color-scheme:dark){svg{--page:#0d1117;--text:#e6edf3;--muted:#9198a1;--grid:#21262d;--zero:#6e7681;--gain:#3fb950;--loss:#f85149;--today:#58a6ff;--spot:#bc8cff;--short:#f0883e}}
text{fill:var(--text)}.muted{fill:var(--muted)}.title{font-size:20px;font-weight:600}.big{font-size:16px;font-weight:600}
.grid{stroke:var(--grid)}.zero{stroke:var(--zero);stroke-width:1.2}.gain{stroke:var(--gain)}.loss{stroke:var(--loss)}
.curve{fill:none;stroke-linejoin:round;stroke-linecap:round}.end{stroke-width:2.8}.day{stroke:var(--today);stroke-width:1.4}
.spot{stroke:var(--spot);stroke-width:1.4}.short{stroke:var(--short);stroke-width:1.2;stroke-dasharray:4 4}
.t-spot{fill:var(--spot)}.t-short{fill:var(--short)}.band{fill:var(--today);opacity:.08}.gains{fill:var(--gain);opacity:.13}.losses{fill:var(--loss);opacity:.13}
.halo{paint-order:stroke;stroke:var(--page);stroke-width:4px;stroke-linejoin:round}.even{fill:var(--page);stroke:var(--text);stroke-width:1.8}
</style>
)svg";

struct Point {
  double level = 0;
  double profit = 0;
};

struct Curve {
  ValueDate when;
  std::vector<Point> points;
};

std::string text_at(double x, double y, std::string_view anchor, std::string_view style,
                    std::string_view text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\" class=\"{}\">{}</text>\n",
                     x, y, anchor, style, text);
}

std::string line(double x1, double y1, double x2, double y2, std::string_view style) {
  return fmt::format("<path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\" class=\"{}\"/>\n", x1, y1, x2, y2,
                     style);
}

/// "+12.3 %".
std::string percent(double share) { return fmt::format("{:.1f} %", 100.0 * share); }

class Picture {
 public:
  explicit Picture(const StructureAnalysis& analysis)
      : a_{analysis}, span_{interesting_levels(analysis)} {
    const auto levels = curve_levels(a_, span_, 240);
    for (const ValueDate& when : a_.dates) {
      Curve curve{.when = when};
      for (const double level : levels) {
        curve.points.push_back({level, a_.profit_at(level, when.years)});
        low_ = std::min(low_, curve.points.back().profit);
        high_ = std::max(high_, curve.points.back().profit);
      }
      curves_.push_back(std::move(curve));
    }
    const double room = std::max(0.07 * (high_ - low_), 1.0);
    low_ -= room;
    high_ += room;
  }

  [[nodiscard]] std::string draw() const {
    return std::string{kHead} +
           fmt::format(
               "<title>{}</title>\n"
               "<rect width=\"960\" height=\"600\" fill=\"var(--page)\"/>\n",
               title()) +
           heading() + band() + grid() + lines_of_interest() + curves() + band_name() +
           break_evens() + figures() + "</svg>\n";
  }

 private:
  [[nodiscard]] double x(double level) const {
    return kLeft + (level - span_.low) / (span_.high - span_.low) * (kRight - kLeft);
  }
  [[nodiscard]] double y(double profit) const {
    return kBottom - (profit - low_) / (high_ - low_) * (kBottom - kTop);
  }
  [[nodiscard]] std::string title() const {
    const Contract& first = a_.legs.front().market.position.contract;
    return fmt::format("{} {} {} expiring {}", a_.units.raw(), first.underlying().text(),
                       kind_text(a_.kind), iso(a_.expiry));
  }

  [[nodiscard]] std::string heading() const {
    std::string legs;
    for (const AnalysedLeg& leg : a_.legs) {
      const auto& [contract, quantity] = leg.market.position;
      std::string strike = contract.text();
      if (a_.one_expiry) { strike = strike.substr(strike.find(iso(contract.expiry)) + 11); }
      legs += fmt::format("{}{:+} {}", legs.empty() ? "" : " &#183; ", quantity.raw(), strike);
    }
    constexpr std::size_t kMost = 110;
    if (legs.size() > kMost) { legs = fmt::format("{} legs", a_.legs.size()); }
    std::string text = text_at(kLeft, 36, "start", "title", title());
    text += text_at(kLeft, 57, "start", "muted", legs);
    // The legend, right to left.
    double right = kRight;
    for (std::size_t i = a_.dates.size(); i-- > 0;) {
      const bool end = i + 1 == a_.dates.size();
      const std::string name = end ? (a_.one_expiry ? "at expiry" : "at the near expiry")
                                   : (i == 0 ? "today" : iso(a_.dates[i].date).substr(5));
      right -= kLetter * static_cast<double>(name.size());
      text += text_at(right, 82, "start", "muted", name);
      right -= 28;
      text += fmt::format("<path d=\"M{:.1f} 78h20\" class=\"curve {}\"{}/>\n", right,
                          end ? "end gain" : "day", end ? std::string{} : opacity(i));
      right -= 16;
    }
    return text + text_at(kLeft, 82, "start", "muted", "profit before fees, dollars");
  }

  [[nodiscard]] std::pair<double, double> move_ends() const {
    return {std::max(x(a_.spot - a_.expected_move), kLeft),
            std::min(x(a_.spot + a_.expected_move), kRight)};
  }
  [[nodiscard]] std::string band() const {
    const auto [low, high] = move_ends();
    return fmt::format(
        "<rect x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" class=\"band\"/>\n", low, kTop,
        high - low, kBottom - kTop);
  }
  [[nodiscard]] std::string band_name() const {
    const auto [low, high] = move_ends();
    return text_at(0.5 * (low + high), kBottom - 10, "middle", "muted halo",
                   fmt::format("expected move &#177;{}", dollars_text(a_.expected_move)));
  }

  [[nodiscard]] std::string grid() const {
    std::string text;
    const auto money = round_ticks(low_, high_, 6);
    for (const double tick : money) {
      text += line(kLeft, y(tick), kRight, y(tick), tick == 0 ? "zero" : "grid");
      text += text_at(kLeft - 10, y(tick) + 4, "end", "muted",
                      dollars_text(tick, SignStyle::kAlways, decimals_of(money)));
    }
    const auto levels = round_ticks(span_.low, span_.high, 9);
    for (const double tick : levels) {
      text += line(x(tick), kBottom, x(tick), kBottom + 5, "zero");
      text += text_at(x(tick), kBottom + 20, "middle", "muted",
                      dollars_text(tick, SignStyle::kMinusOnly, decimals_of(levels)));
    }
    return text;
  }

  /// Spot and short strikes, each with its name above the frame where there is room for it.
  [[nodiscard]] std::string lines_of_interest() const {
    std::map<double, std::string> shorts;
    for (const AnalysedLeg& leg : a_.legs) {
      if (leg.market.position.quantity >= Contracts{}) { continue; }
      std::string& name = shorts[leg.held.strike];
      const char right = leg.held.right == OptionRight::kCall ? 'C' : 'P';
      name += name.empty() ? fmt::format("short {:.10g} {}", leg.held.strike, right)
                           : fmt::format("+{}", right);
    }
    struct Mark {
      double level;
      std::string name;
      std::string_view style;
    };
    std::vector<Mark> marks{{a_.spot, fmt::format("spot {:.2f}", a_.spot), "spot"}};
    for (const auto& [strike, name] : shorts) { marks.push_back({strike, name, "short"}); }
    std::ranges::stable_sort(marks, {}, &Mark::level);
    std::string text;
    constexpr int kRows = 3;
    double ends[kRows] = {0, 0, 0};
    for (const Mark& mark : marks) {
      const double half = 0.5 * kLetter * static_cast<double>(mark.name.size());
      const double center = std::clamp(x(mark.level), kLeft + half, kRight - half);
      int row = 0;
      while (row + 1 < kRows && center - half < ends[row] + 10) { ++row; }
      ends[row] = center + half;
      const double high = kTop - 6 - 13 * row;
      text += line(x(mark.level), high + 4, x(mark.level), kBottom, mark.style);
      text +=
          text_at(center, high, "middle", mark.style == "spot" ? "t-spot" : "t-short", mark.name);
    }
    return text;
  }

  [[nodiscard]] std::string path(const Curve& curve) const {
    std::string text;
    for (const Point& point : curve.points) {
      text +=
          fmt::format("{}{:.1f} {:.1f}", text.empty() ? 'M' : 'L', x(point.level), y(point.profit));
    }
    return text;
  }

  /// Days nearer to expiry are drawn fainter.
  [[nodiscard]] std::string opacity(std::size_t date) const {
    if (date == 0) { return ""; }
    return fmt::format(" opacity=\"{:.2f}\"", 0.7 - 0.45 * static_cast<double>(date) /
                                                        static_cast<double>(std::max<std::size_t>(
                                                            a_.dates.size() - 1, 1)));
  }

  [[nodiscard]] std::string curves() const {
    const double zero = std::clamp(y(0), kTop, kBottom);
    std::string text = fmt::format(
        "<clipPath id=\"up\"><rect x=\"0\" y=\"0\" width=\"960\" height=\"{0:.1f}\"/></clipPath>\n"
        "<clipPath id=\"down\"><rect x=\"0\" y=\"{0:.1f}\" width=\"960\" height=\"{1:.1f}\"/>"
        "</clipPath>\n",
        zero, kHeight - zero);
    const std::string end = path(curves_.back());
    const std::string area =
        fmt::format("{}L{:.1f} {:.1f}L{:.1f} {:.1f}Z", end, x(curves_.back().points.back().level),
                    zero, x(curves_.back().points.front().level), zero);
    for (const auto& [clip, fill] : {std::pair{"up", "gains"}, std::pair{"down", "losses"}}) {
      text +=
          fmt::format("<path d=\"{}\" class=\"{}\" clip-path=\"url(#{})\"/>\n", area, fill, clip);
    }
    for (std::size_t i = curves_.size() - 1; i-- > 0;) {
      text += fmt::format("<path d=\"{}\" class=\"curve day\"{}/>\n", path(curves_[i]), opacity(i));
    }
    for (const auto& [clip, stroke] : {std::pair{"up", "gain"}, std::pair{"down", "loss"}}) {
      text += fmt::format("<path d=\"{}\" class=\"curve end {}\" clip-path=\"url(#{})\"/>\n", end,
                          stroke, clip);
    }
    return text;
  }

  [[nodiscard]] std::string break_evens() const {
    std::string text;
    double last = -100;
    for (const double level : a_.break_evens) {
      if (level < span_.low || level > span_.high) { continue; }
      text += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\" class=\"even\"/>\n",
                          x(level), y(0));
      if (x(level) - last < 60) { continue; }
      last = x(level);
      text += text_at(std::clamp(x(level), kLeft + 26, kRight - 26), y(0) + 19, "middle", "halo",
                      fmt::format("{:.2f}", level));
    }
    return text;
  }

  /// The figures that decide, below the frame.
  [[nodiscard]] std::string figures() const {
    const auto unlimited = [](const std::optional<Money>& money, double sign) {
      return money ? dollars_text(sign * money->dollars(), SignStyle::kAlways) : "unlimited";
    };
    const auto both = [&](auto text_of_measure) {
      std::string text = text_of_measure(a_.risk_neutral);
      if (a_.forecast) { text += " / " + text_of_measure(a_.forecast->figures); }
      return text;
    };
    std::string touch;
    for (const AnalysedLeg& leg : a_.legs) {
      if (leg.touch) { touch += (touch.empty() ? "" : " / ") + percent(leg.touch->risk_neutral); }
    }
    constexpr std::size_t kMost = 24;
    if (touch.size() > kMost) { touch = touch.substr(0, touch.find(" / ")) + " ..."; }
    const bool credit = a_.price >= Price{};
    const std::pair<std::string, std::string> cells[] = {
        {credit ? "credit" : "debit", (credit ? a_.price : -a_.price).text()},
        {"worst case", unlimited(a_.worst_case, -1)},
        {"best case", unlimited(a_.best_case, 1)},
        {a_.forecast ? "chance of profit / forecast" : "chance of profit",
         both([](const MeasureFigures& m) { return percent(m.chance_of_profit); })},
        {a_.forecast ? "expected value / forecast" : "expected value",
         both([](const MeasureFigures& m) {
           return dollars_text(m.expected_value, SignStyle::kAlways, 0);
         })},
        {"chance of touch", touch.empty() ? "-" : touch}};
    const double columns[] = {0, 90, 220, 350, 525, 695};
    std::string text = line(kLeft, 510, kRight, 510, "grid");
    for (std::size_t i = 0; i < std::size(cells); ++i) {
      text += text_at(kLeft + columns[i], 534, "start", "muted", cells[i].first);
      text += text_at(kLeft + columns[i], 556, "start", "big", cells[i].second);
    }
    return text + text_at(kLeft, 584, "start", "muted",
                          "Chances and values: risk-neutral, then the stated forecast. Touch: "
                          "short strikes, risk-neutral. Worst and best case with fees.");
  }

  const StructureAnalysis& a_;
  LevelSpan span_;
  std::vector<Curve> curves_;  // as the dates
  double low_ = 0;
  double high_ = 0;
};

}  // namespace

std::string payoff_svg(const StructureAnalysis& analysis) { return Picture{analysis}.draw(); }

}  // namespace v6
