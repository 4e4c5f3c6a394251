#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "rules/check.hpp"

namespace v6 {

/// Counts what reached a gate and what passed, and remembers the value that came nearest.
class GateTally {
 public:
  /// `margin` is positive by how much it passes.
  bool judge(double measured, double margin) {
    ++reached_;
    const bool passes = margin >= 0;
    passed_ += passes ? 1 : 0;
    Nearest& nearest = passes ? best_ : miss_;
    if (margin > nearest.margin) { nearest = {.margin = margin, .measured = measured}; }
    return passes;
  }
  /// So many more of which none comes nearer than what was judged before.
  void add(std::uint32_t reached, std::uint32_t passed) {
    reached_ += static_cast<int>(reached);
    passed_ += static_cast<int>(passed);
  }
  [[nodiscard]] int reached() const { return reached_; }
  /// Of the nearest: that passes, if any does. Nothing before the first.
  [[nodiscard]] std::optional<double> nearest_margin() const {
    if (reached_ == 0) { return std::nullopt; }
    return (passed_ > 0 ? best_ : miss_).margin;
  }
  [[nodiscard]] bool any_missed() const { return passed_ < reached_; }

  /// The waterfall line: what came nearest, and how many got through.
  [[nodiscard]] Check check(std::string_view name, double limit, std::string_view unit,
                            std::string_view what) const {
    if (reached_ == 0) { return gate_skipped(name, "nothing reached this gate"); }
    return line(name, limit, unit, what, passed_ > 0 ? Verdict::kPass : Verdict::kRefuse);
  }
  /// The same where those that missed were needed: without them nothing could be built.
  [[nodiscard]] Check needed(std::string_view name, double limit, std::string_view unit,
                             std::string_view what) const {
    return line(name, limit, unit, what, Verdict::kRefuse);
  }

 private:
  struct Nearest {
    double margin = -std::numeric_limits<double>::infinity();
    double measured = 0;
  };
  [[nodiscard]] Check line(std::string_view name, double limit, std::string_view unit,
                           std::string_view what, Verdict verdict) const {
    const bool passes = verdict == Verdict::kPass;
    const Nearest& shown = passes ? best_ : miss_;
    return make_check({.name = name,
                       .measured = shown.measured,
                       .limit = limit,
                       .unit = unit,
                       .detail = fmt::format("{} of {} {} pass; the {} is shown", passed_, reached_,
                                             what, passes ? "best" : "nearest miss")},
                      CheckKind::kGate, verdict, shown.margin);
  }

  int reached_ = 0;
  int passed_ = 0;
  Nearest best_;  // of those that pass
  Nearest miss_;  // of those that do not
};

}  // namespace v6
