#include "cli/payoff_plot.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "report/payoff_chart.hpp"

namespace v6 {
namespace {

constexpr int kRows = 16;
constexpr int kLabel = 11;                  // columns of the money axis
constexpr std::size_t kFrame = kLabel + 2;  // columns before the curves

/// Dots of two columns and four rows a cell, on one layer for each line.
struct Cell {
  unsigned end = 0;
  unsigned today = 0;
};

/// Unicode's braille pattern of these dots, as UTF-8.
std::string braille(unsigned dots) {
  const unsigned code = 0x2800U + dots;
  return {static_cast<char>(0xE0U | (code >> 12U)),
          static_cast<char>(0x80U | ((code >> 6U) & 0x3FU)),
          static_cast<char>(0x80U | (code & 0x3FU))};
}

/// The bit of the dot in column 0..1 and row 0..3.
unsigned dot(int column, int row) {
  constexpr unsigned kBits[2][4] = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};
  return kBits[column][row];
}

class Plot {
 public:
  Plot(const StructureAnalysis& analysis, int columns, Colours colours)
      : a_{analysis},
        columns_{std::max(columns, 40) - kLabel - 2},
        colours_{colours},
        span_{interesting_levels(analysis)} {
    for (int x = 0; x < 2 * columns_; ++x) {
      end_.push_back(a_.profit_at_expiry(level(x)));
      today_.push_back(a_.profit_at(level(x), 0));
    }
    // The kinks themselves, so that the axis shows worst and best.
    for (const double at : curve_levels(a_, span_, 1)) { include(a_.profit_at_expiry(at)); }
    for (const double profit : end_) { include(profit); }
    for (const double profit : today_) { include(profit); }
    if (high_ - low_ < 1) { high_ = low_ + 1; }
  }

  [[nodiscard]] std::string draw() {
    cells_.assign(static_cast<std::size_t>(kRows) * static_cast<std::size_t>(columns_), {});
    trace(end_, &Cell::end, 1);
    trace(today_, &Cell::today, 3);
    std::string text;
    for (int row = 0; row < kRows; ++row) { text += axis(row) + line(row) + '\n'; }
    return text + marks() + levels();
  }

 private:
  [[nodiscard]] double level(double x) const {
    return span_.low + (span_.high - span_.low) * x / (2.0 * columns_ - 1.0);
  }
  [[nodiscard]] int column_of(double level) const {
    const double share = (level - span_.low) / (span_.high - span_.low);
    return std::clamp(static_cast<int>(share * columns_), 0, columns_ - 1);
  }
  [[nodiscard]] int dot_row(double profit) const {
    const double share = (high_ - profit) / (high_ - low_);
    return std::clamp(static_cast<int>(std::lround(share * (4 * kRows - 1))), 0, 4 * kRows - 1);
  }
  void include(double profit) {
    low_ = std::min(low_, profit);
    high_ = std::max(high_, profit);
  }
  Cell& cell(int row, int column) {
    return cells_[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
                  static_cast<std::size_t>(column)];
  }

  /// Draws every `step`-th dot of a curve, joined upright where it is steep and drawn whole.
  void trace(const std::vector<double>& profits, unsigned Cell::* layer, int step) {
    int before = dot_row(profits.front());
    for (int x = 0; x < 2 * columns_; x += step) {
      const int here = dot_row(profits[static_cast<std::size_t>(x)]);
      const int from = step == 1 ? std::min(before + (here > before), here) : here;
      const int to = step == 1 ? std::max(before - (here < before), here) : here;
      for (int y = from; y <= to; ++y) { cell(y / 4, x / 2).*layer |= dot(x % 2, y % 4); }
      before = here;
    }
  }

  [[nodiscard]] std::string paint(std::string_view text, std::string_view colour) const {
    if (colours_ == Colours::kNone || colour.empty()) { return std::string{text}; }
    return fmt::format("\x1b[{}m{}\x1b[0m", colour, text);
  }

  [[nodiscard]] std::string axis(int row) const {
    const int zero = dot_row(0) / 4;
    const double profit = high_ - (high_ - low_) * (4.0 * row + 1.5) / (4.0 * kRows - 1.0);
    std::string label;
    if (row == zero) {
      label = "0";
    } else if (row == 0) {
      label = dollars_text(high_, SignStyle::kAlways, 0);
    } else if (row == kRows - 1) {
      label = dollars_text(low_, SignStyle::kAlways, 0);
    } else if (row % 4 == 0 && std::abs(row - zero) > 1) {
      label = dollars_text(profit, SignStyle::kAlways, 0);
    }
    return fmt::format("{:>{}} {}", label, kLabel, row == zero ? "\u253c" : "\u2502");
  }

  [[nodiscard]] std::string line(int row) {
    const int zero = dot_row(0) / 4;
    std::string text;
    for (int column = 0; column < columns_; ++column) {
      const Cell& here = cell(row, column);
      const bool gains = end_[2 * static_cast<std::size_t>(column)] > 0;
      if (here.end != 0) {
        text += paint(braille(here.end | here.today), gains ? "1;32" : "1;31");
      } else if (here.today != 0) {
        text += paint(braille(here.today), "34");
      } else if (row == zero) {
        text += paint("\u2500", "2");
      } else {
        text += ' ';
      }
    }
    while (text.ends_with(' ')) { text.pop_back(); }
    return text;
  }

  /// Under the frame: spot, short strikes and break-evens.
  [[nodiscard]] std::string marks() const {
    std::vector<std::string> places(static_cast<std::size_t>(columns_), "\u2500");
    const auto put = [&](double level, std::string_view mark) {
      if (level < span_.low || level > span_.high) { return; }
      places[static_cast<std::size_t>(column_of(level))] = mark;
    };
    for (const double even : a_.break_evens) { put(even, "\u25cb"); }
    for (const AnalysedLeg& leg : a_.legs) {
      if (leg.touch) { put(leg.held.strike, "S"); }
    }
    put(a_.spot, "\u25b2");
    std::string text = fmt::format("{:>{}} \u2514", "", kLabel);
    for (const std::string& place : places) { text += place; }
    return text + '\n';
  }

  [[nodiscard]] std::string levels() const {
    std::string text(kFrame + static_cast<std::size_t>(columns_), ' ');
    const auto ticks = round_ticks(span_.low, span_.high, columns_ / 14);
    for (const double tick : ticks) {
      const std::string name = dollars_text(tick, SignStyle::kMinusOnly, decimals_of(ticks));
      const auto at = kFrame + static_cast<std::size_t>(column_of(tick));
      const std::size_t start = at - std::min(at, name.size() / 2);
      if (start + name.size() <= text.size()) { text.replace(start, name.size(), name); }
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return fmt::format(
        "{}\n{:>{}}  line at {}expiry, dots today; \u25b2 spot, S short strike, \u25cb "
        "break-even\n",
        text, "", kLabel, a_.one_expiry ? "" : "the near ");
  }

  const StructureAnalysis& a_;
  int columns_;
  Colours colours_;
  LevelSpan span_;
  std::vector<double> end_;
  std::vector<double> today_;
  double low_ = 0;
  double high_ = 0;
  std::vector<Cell> cells_;
};

}  // namespace

std::string payoff_plot(const StructureAnalysis& analysis, int columns, Colours colours) {
  return Plot{analysis, columns, colours}.draw();
}

Colours colours_of_output() {
  const char* const refused = std::getenv("NO_COLOR");
  const bool wanted = refused == nullptr || *refused == '\0';
  return wanted && isatty(STDOUT_FILENO) != 0 ? Colours::kTerminal : Colours::kNone;
}

int columns_of_output() {
  winsize size{};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return std::clamp(known ? int{size.ws_col} : 100, 40, 140);
}

}  // namespace v6
