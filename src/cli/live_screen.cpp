#include "cli/live_screen.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ranges>

#include "calendar/expiry.hpp"
#include "engine/turn.hpp"
#include "runtime/live_views.hpp"

namespace v6 {
std::string clock_text(Instant at) {
  const Date day = new_york_date(at);
  const auto since = at - new_york_instant(day, {});
  const std::chrono::hh_mm_ss time{std::chrono::duration_cast<std::chrono::seconds>(since)};
  const std::chrono::weekday weekday{day};
  static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                         "Thu", "Fri", "Sat"};
  return fmt::format("{} {} {:02}:{:02}:{:02}", kDays[weekday.c_encoding()], iso(day),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

namespace {

constexpr std::size_t kDecisions = 6;
constexpr std::size_t kIncidents = 4;
constexpr std::chrono::minutes kStaleChain{6};

enum class Colour : std::uint8_t { kGreen = 32, kRed = 31, kYellow = 33, kDim = 90, kBold = 1 };

class Ink {
 public:
  explicit Ink(bool on) : on_{on} {}
  [[nodiscard]] std::string operator()(Colour colour, const std::string& text) const {
    return on_ ? fmt::format("\x1b[{}m{}\x1b[0m", static_cast<int>(colour), text) : text;
  }

 private:
  bool on_;
};

std::string time_of_day(Instant at) { return clock_text(at).substr(15, 8); }

std::string dollars(Money amount) {
  return fmt::format("{}{:.2f}", amount < Money{} ? "-" : "", std::fabs(amount.dollars()));
}

std::string light(const Ink& ink, std::string_view name, LinkState state) {
  const Colour colour = state == LinkState::kReady  ? Colour::kGreen
                        : state == LinkState::kLost ? Colour::kRed
                                                    : Colour::kYellow;
  return ink(colour, "●") + ' ' + std::string{name};
}

std::string lights(const LiveBot& bot, const Ink& ink) {
  const State& state = bot.state();
  const bool socket = bot.client().state() != LinkState::kLost;
  std::string data = "no data";
  LinkState fresh = LinkState::kLost;
  for (const auto& [symbol, underlying] : state.underlyings) {
    if (!underlying.snapshot) { continue; }
    const auto age =
        std::chrono::duration_cast<std::chrono::seconds>(bot.at() - underlying.snapshot->chain_at);
    data = fmt::format("data {} s old", age.count());
    fresh = age <= kStaleChain ? LinkState::kReady : LinkState::kDegraded;
  }
  return light(ink, "socket", socket ? LinkState::kReady : LinkState::kLost) + "   " +
         light(ink, fmt::format("gateway {}", word(state.link.state)), state.link.state) + "   " +
         light(ink, data, fresh);
}

std::string market_line(const LiveBot& bot) {
  const State& state = bot.state();
  std::string text;
  for (const auto& [symbol, underlying] : state.underlyings) {
    if (!underlying.snapshot) { continue; }
    text += fmt::format("{} {}", symbol.text(), underlying.snapshot->spot.text());
    const Factors& factors = underlying.factors;
    if (factors.outlook) { text += fmt::format(" {}", word(*factors.outlook)); }
    if (factors.iv_percentile) { text += fmt::format(", IV pct {:.0f}", *factors.iv_percentile); }
    text += "   ";
  }
  if (const auto vix = vix_now(state)) { text += fmt::format("VIX {:.2f}", *vix); }
  return text;
}

/// The nearest exits of a structure: what they measure and how far they are.
std::string exits_text(const LiveBot& bot, StructureId id) {
  for (const Decision& decision : std::views::reverse(bot.record().decisions)) {
    if (decision.kind != DecisionKind::kExit || decision.structure != id) { continue; }
    std::string text;
    for (const Check& check : decision.waterfall) {
      if (!check.distance || check.verdict == Verdict::kSkip) { continue; }
      const bool shown = check.name == "take_profit" || check.name == "stop_loss" ||
                         check.name == "time_exit" || check.name == "delta_risk" ||
                         check.name == "dte_roll";
      if (shown) {
        const bool days = check.unit == "days";
        text += fmt::format("  {} in {:.4g}{}", check.name, *check.distance, days ? " days" : "");
      }
    }
    return text.empty() ? "  exits not judged yet" : text;
  }
  return "  exits not judged yet";
}

std::string legs_text(const State& state, const Structure& structure) {
  std::string text;
  for (const Leg& leg : structure.legs) {
    const Contract contract = state.master[leg.contract];
    text +=
        fmt::format("{}{:+d}{}{:g}", text.empty() ? "" : " ", leg.ratio,
                    contract.right == OptionRight::kCall ? "C" : "P", contract.strike.dollars());
  }
  return text;
}

void add_structures(const LiveBot& bot, const Ink& ink, std::vector<std::string>& lines) {
  const State& state = bot.state();
  lines.push_back(ink(Colour::kBold, "Open structures"));
  bool any = false;
  for (const auto& [id, structure] : state.structures) {
    if (structure.flat()) { continue; }
    any = true;
    const Money profit = structure.unrealised(state.master);
    const BookGreeks greeks = greeks_of(state, structure);
    lines.push_back(fmt::format(
        "  {} {}  {} x{}  {} DTE  {}  delta ${:+.0f} theta ${:+.2f} vega ${:+.2f}", id.text(),
        word(structure.kind), legs_text(state, structure), structure.units.raw(),
        dte(new_york_date(bot.at()), nearest_expiry(structure.legs, state.master)),
        ink(profit < Money{} ? Colour::kRed : Colour::kGreen,
            fmt::format("{} ({:+.0f}%)", dollars(profit), 100 * structure.upl.value_or(0))),
        greeks.delta, greeks.theta, greeks.vega));
    lines.push_back(ink(Colour::kDim, "    to exit:" + exits_text(bot, id)));
  }
  if (!any) { lines.push_back(ink(Colour::kDim, "  none")); }
}

void add_orders(const LiveBot& bot, const Ink& ink, std::vector<std::string>& lines) {
  lines.push_back(ink(Colour::kBold, "Working orders"));
  bool any = false;
  for (const auto& [id, order] : bot.state().orders) {
    if (!order.live()) { continue; }
    any = true;
    std::string walk;
    for (const Price limit : order.limits) { walk += (walk.empty() ? "" : " > ") + limit.text(); }
    lines.push_back(fmt::format("  {} {} {}  {}  {} .. {}", id.text(), word(order.ticket.purpose),
                                word(order.ticket.kind), word(order.status), walk,
                                order.ticket.walk.last.text()));
  }
  if (!any) { lines.push_back(ink(Colour::kDim, "  none")); }
}

std::string decision_line(const Decision& decision) {
  std::string text = fmt::format("{} {} {} {}", time_of_day(decision.at), decision.id.text(),
                                 word(decision.kind), word(decision.outcome));
  if (decision.structure) { text += ' ' + decision.structure.text(); }
  if (const Check* check = decided_by(decision)) {
    text += fmt::format("  by {}", check->name);
    if (check->measured && check->limit) {
      text +=
          fmt::format(" ({:.4g} against {:.4g} {})", *check->measured, *check->limit, check->unit);
    } else if (!check->detail.empty()) {
      text += fmt::format(" ({})", check->detail);
    }
  } else if (decision.chosen) {
    text += fmt::format("  {} for {} a unit, score {:.0f}", word(decision.chosen->kind),
                        decision.chosen->expected_price.text(), decision.chosen->score.total);
  }
  return text;
}

/// A look at an exit that changed nothing is no news.
bool is_news(const Decision& decision) { return decision.outcome != Outcome::kHold; }

}  // namespace

std::vector<std::string> live_screen(const LiveBot& bot, const ScreenFacts& facts) {
  const Ink ink{facts.colour};
  const State& state = bot.state();
  std::vector<std::string> lines;
  lines.push_back(ink(Colour::kBold, facts.title));
  lines.push_back(fmt::format("{} New York   {}", clock_text(bot.at()), market_line(bot)));
  lines.push_back(lights(bot, ink));
  const Money day = state.net_liquidation() - state.track.session_start;
  std::string account = fmt::format(
      "net liquidation {}   today {}   cash {}", dollars(state.net_liquidation()),
      ink(day < Money{} ? Colour::kRed : Colour::kGreen, dollars(day)), dollars(state.cash));
  for (const std::string& latch : state.latches.set()) {
    account += "   " + ink(Colour::kRed, "HALT: " + latch);
  }
  lines.push_back(std::move(account));
  lines.emplace_back();
  add_structures(bot, ink, lines);
  add_orders(bot, ink, lines);
  lines.push_back(ink(Colour::kBold, "Last decisions"));
  std::size_t shown = 0;
  for (const Decision& decision : std::views::reverse(bot.record().decisions)) {
    if (!is_news(decision)) { continue; }
    lines.push_back("  " + decision_line(decision));
    if (++shown == kDecisions) { break; }
  }
  if (!facts.incidents.empty()) {
    lines.push_back(ink(Colour::kBold, "Incidents"));
    const std::size_t first = facts.incidents.size() - std::min(kIncidents, facts.incidents.size());
    for (const std::string& incident : facts.incidents | std::views::drop(first)) {
      lines.push_back("  " + ink(Colour::kYellow, incident));
    }
  }
  return lines;
}

std::vector<std::string> LiveLines::news(const LiveBot& bot) {
  const RunRecord& record = bot.record();
  std::vector<std::string> lines;
  for (; decisions_ < record.decisions.size(); ++decisions_) {
    const Decision& decision = record.decisions[decisions_];
    if (is_news(decision)) {
      lines.push_back(iso(new_york_date(decision.at)) + ' ' + decision_line(decision));
    }
  }
  for (; orders_ < record.orders.size(); ++orders_) {
    const RecordOrder& order = record.orders[orders_];
    lines.push_back(fmt::format(
        "{} order {} {} {}: {} {} of {} at {}{}", clock_text(bot.at()), order.ticket.order.text(),
        word(order.ticket.purpose), order.ticket.structure.text(), word(order.status),
        order.filled.raw(), order.ticket.quantity.raw(), order.limits.back().text(),
        order.reason.empty() ? "" : " (" + order.reason + ")"));
  }
  for (; alerts_ < record.alerts.size(); ++alerts_) {
    const auto& [at, alert] = record.alerts[alerts_];
    lines.push_back(fmt::format("{} {}: {}", clock_text(at), word(alert.level), alert.what));
  }
  return lines;
}

}  // namespace v6
