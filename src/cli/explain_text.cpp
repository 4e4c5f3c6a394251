#include "cli/explain_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/decimal.hpp"
#include "base/enum_text.hpp"
#include "base/error.hpp"
#include "calendar/new_york.hpp"
#include "cli/terminal.hpp"

namespace v6 {
namespace {

/// "put_credit_spread" as a person says it.
std::string spoken(std::string_view word) {
  std::string text{word};
  std::ranges::replace(text, '_', ' ');
  return text;
}

template <DescribedEnum E>
std::string spoken(E value) {
  return spoken(word(value));
}

std::string when(Instant at) {
  const TimeOfDay time = new_york_time(at);
  return fmt::format("{} {:02}:{:02} New York", iso(new_york_date(at)), time.count() / 60,
                     time.count() % 60);
}

std::string percent(double fraction) { return fmt::format("{:.1f} %", 100 * fraction); }

/// "a credit of 5.65", "a debit of 12.40".
std::string price_words(Price price) {
  return price < Price{} ? "a debit of " + (-price).text() : "a credit of " + price.text();
}

std::string number(std::optional<double> value) {
  return value ? fmt::format("{:.6g}", *value) : "-";
}

std::string waterfall_table(const Waterfall& waterfall) {
  TextTable table{{"  check", "verdict", ">measured", ">limit", ">distance", "unit", "detail"}};
  for (const Check& check : waterfall) {
    table.add({"  " + check.name, std::string{word(check.verdict)}, number(check.measured),
               number(check.limit), number(check.distance), check.unit, check.detail});
  }
  return table.text();
}

class Teller {
 public:
  explicit Teller(const JournalStory& story) : story_{&story} {}

  [[nodiscard]] std::string decision(const Decision& d) const {
    std::string text = fmt::format("{}  {}  {} {}: {}\n\n", d.id.text(), when(d.at),
                                   d.underlying.text(), spoken(d.kind), spoken(d.outcome));
    text += d.kind == DecisionKind::kEntry ? entry_words(d) : exit_words(d);
    text += market_words(d.factors);
    if (d.chosen) { text += candidate_words(d); }
    if (d.intent) { text += "\nWhat came of it\n"; }
    for (const RecordOrder& order : story_->record.orders) {
      if (order.ticket.decision == d.id) { text += "  " + order_line(order) + '\n'; }
    }
    return text + "\nEvery check, in order\n" + waterfall_table(d.waterfall);
  }

  [[nodiscard]] std::string order(const OrderTicket& ticket, Instant sent) const {
    const RecordOrder* ended = order_record(ticket.order);
    std::string text =
        fmt::format("{} / {}  {}  {} {} x {}, {} urgency\n\n", ticket.order.text(),
                    ticket.intent.text(), when(sent), spoken(ticket.purpose), ticket.quantity.raw(),
                    spoken(ticket.kind), spoken(ticket.urgency));
    text += fmt::format("Decided by {} for structure {}, with the underlying at {}.\n",
                        ticket.decision.text(), ticket.structure.text(), ticket.spot.text());
    text += "One combo, limit, good for the day:\n";
    TextTable legs{{"  leg", ">bid", ">ask", ">mid"}};
    for (std::size_t i = 0; i < ticket.legs.size(); ++i) {
      const Quote& quote = ticket.quotes[i].quote;
      legs.add({"  " + leg_words(ticket.legs[i]), quote.bid.text(), quote.ask.text(),
                quote.mid().text()});
    }
    text += legs.text();
    text +=
        fmt::format("The walk: from {} to {} in steps of {}; our own model says {}.\n",
                    price_words(ticket.walk.first), price_words(ticket.walk.last),
                    ticket.walk.step.text(), shortest(std::round(ticket.fair_value * 100) / 100));
    if (ended == nullptr) { return text + "It has not ended in this journal.\n"; }
    text += order_line(*ended) + '\n';
    return text + fill_table([&](const RecordFill& fill) { return fill.intent == ticket.intent; });
  }

  [[nodiscard]] std::string structure(const RecordStructure& s) const {
    std::string text =
        fmt::format("{}  {} {} x {} on {}\n\n", s.id.text(), s.closed_at ? "closed" : "open",
                    s.quantity.raw(), spoken(s.kind), s.underlying.text());
    text += fmt::format("{} {} for {}, {} days to expiry, the underlying at {}.\n",
                        s.adopted ? "Adopted" : "Opened", when(s.opened_at),
                        price_words(s.entry_price), s.dte_at_entry, s.spot_at_entry.text());
    TextTable legs{{"  leg", ">bid", ">ask", ">IV", ">delta", ">open int."}};
    for (const EntryLeg& entry : s.legs) {
      legs.add({"  " + leg_words(entry.leg), entry.quote.bid.text(), entry.quote.ask.text(),
                entry.iv ? percent(*entry.iv) : "-",
                entry.delta ? fmt::format("{:+.3f}", *entry.delta) : "-",
                std::to_string(entry.open_interest)});
    }
    text += legs.text();
    text += fmt::format("It could lose at most ${} with all its contracts.\n", s.worst_case.text());
    if (s.decision) {
      text += fmt::format("Why it was opened: v6 explain {}\n", s.decision.text());
    }
    if (s.rolled_from) { text += fmt::format("It continues {}, rolled.\n", s.rolled_from.text()); }
    text += s.closed_at
                ? fmt::format(
                      "\nClosed {} by {}: ${} after ${} of fees; the fills cost ${} against the "
                      "mids.\n",
                      when(*s.closed_at), spoken(s.exit_rule), s.realised.text(), s.fees.text(),
                      s.slippage.text())
                : fmt::format("\nStill open: ${} realised, ${} marked, ${} of fees so far.\n",
                              s.realised.text(), s.unrealised.text(), s.fees.text());
    if (s.rolled_to) { text += fmt::format("It goes on as {}.\n", s.rolled_to.text()); }
    text += "\nIts days\n" + path_table(s.id);
    return text + "\n" + fill_table([&](const RecordFill& fill) { return fill.structure == s.id; });
  }

  [[nodiscard]] std::string fill(const RecordFill& f) const {
    const bool settled = f.fill.side == Side::kSettle;
    return fmt::format("{}  {}  {} {} {} at {}{}, fees ${}\n\nPart of structure {}{}.\n",
                       f.id.text(), when(f.at),
                       settled                     ? "settled"
                       : f.fill.side == Side::kBuy ? "bought"
                                                   : "sold",
                       f.fill.quantity.raw(), story_->master[f.fill.contract].text(),
                       f.fill.price.text(), settled ? " (intrinsic value)" : "", f.fill.fees.text(),
                       f.structure.text(), f.intent ? ", ordered by " + f.intent.text() : "");
  }

  [[nodiscard]] std::string leg_words(const Leg& leg) const {
    return fmt::format("{} {} {}", leg.ratio > 0 ? "buy" : "sell", std::abs(leg.ratio),
                       story_->master[leg.contract].text());
  }

 private:
  [[nodiscard]] const RecordOrder* order_record(OrderId id) const {
    const auto& orders = story_->record.orders;
    const auto found =
        std::ranges::find_if(orders, [&](const RecordOrder& o) { return o.ticket.order == id; });
    return found == orders.end() ? nullptr : &*found;
  }

  /// The check that decided, as a sentence.
  static std::string because(const Check& check) {
    std::string text = spoken(check.name);
    if (check.measured && check.limit) {
      text += fmt::format(" measured {} {} against a limit of {}", number(check.measured),
                          check.unit, number(check.limit));
      if (check.distance && *check.distance < 0) {
        text += fmt::format(", off by {}", number(-*check.distance));
      }
    }
    return check.detail.empty() ? text : text + " (" + check.detail + ")";
  }

  static std::string entry_words(const Decision& d) {
    std::string text;
    for (const Check& check : d.waterfall) {
      if (check.verdict == Verdict::kRefuse) { text += "  " + because(check) + '\n'; }
    }
    if (!text.empty()) { return "Nothing was opened, because\n" + text; }
    return d.outcome == Outcome::kOpened ? "Every gate passed; the order is below.\n"
                                         : "No gate refused, but there was nothing to open.\n";
  }

  static std::string exit_words(const Decision& d) {
    const std::string name = d.structure.text();
    const Check* fired = first_of(d.waterfall, Verdict::kFire);
    if (fired != nullptr) {
      return fmt::format("{} of {}: {}.\n", sentence(spoken(d.outcome)), name, because(*fired));
    }
    if (!d.rule.empty()) { return fmt::format("{} is closed: {}.\n", name, spoken(d.rule)); }
    const Check* nearest = nullptr;
    for (const Check& check : d.waterfall) {
      const bool held = check.verdict == Verdict::kHold && check.distance && check.limit;
      if (!held || *check.limit == 0) { continue; }
      const auto share = [](const Check& c) { return *c.distance / std::abs(*c.limit); };
      if (nearest == nullptr || share(check) < share(*nearest)) { nearest = &check; }
    }
    std::string text = name + " is kept: no rule fired.\n";
    if (nearest != nullptr) { text += "Nearest to firing: " + because(*nearest) + ".\n"; }
    return text;
  }

  static std::string sentence(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') { text[0] += 'A' - 'a'; }
    return text;
  }

  static std::string market_words(const Factors& f) {
    std::string text = fmt::format("\nThe market: {}", f.spot.text());
    if (f.outlook) { text += fmt::format(", outlook {}", spoken(*f.outlook)); }
    if (f.average_20 && f.average_50 && f.return_20) {
      text += fmt::format(" (20-day average {:.2f}, 50-day {:.2f}, 20-day return {})",
                          *f.average_20, *f.average_50, percent(*f.return_20));
    }
    if (f.iv_percentile && f.iv_level) {
      text += fmt::format("; IV percentile {:.0f} of {}: {}", *f.iv_percentile, f.iv_source,
                          spoken(*f.iv_level));
    }
    if (f.iv_30 && f.iv_60) {
      text += fmt::format("; 30-day IV {}, 60-day {}", percent(*f.iv_30), percent(*f.iv_60));
    }
    if (f.vix) { text += fmt::format("; VIX {:.2f}", *f.vix); }
    if (f.regime) { text += fmt::format("; regime {}", spoken(*f.regime)); }
    return text + ".\n";
  }

  [[nodiscard]] std::string candidate_words(const Decision& d) const {
    const Candidate& c = *d.chosen;
    std::string text = fmt::format("\nThe best candidate, of {} examined and {} that passed: {}\n",
                                   d.candidates.examined, d.candidates.passed, spoken(c.kind));
    TextTable legs{{"  leg", ">bid", ">ask", ">IV", ">delta"}};
    for (std::size_t i = 0; i < c.legs.size(); ++i) {
      legs.add({"  " + leg_words(c.legs[i]), c.quotes[i].quote.bid.text(),
                c.quotes[i].quote.ask.text(), percent(c.leg_ivs[i]),
                fmt::format("{:+.3f}", c.leg_deltas[i])});
    }
    text += legs.text();
    text += fmt::format("  mid {}, natural {}, expected {}; worst case ${} a unit\n", c.mid.text(),
                        c.natural.text(), price_words(c.expected_price), c.worst_case.text());
    text += fmt::format(
        "  expected value ${:.2f} by our forecast, ${:.2f} by the market's own; chance of profit "
        "{}\n",
        c.expected_value, c.expected_value_risk_neutral, percent(c.probability_of_profit));
    return text + fmt::format(
                      "  score {:.1f}: edge {:.2f}, price {:.2f}, chance {:.2f}, liquidity "
                      "{:.2f}, carry {:.2f}, fit {:.2f} (each 0 to 1, before weights)\n",
                      c.score.total, c.score.edge, c.score.price, c.score.chance, c.score.liquidity,
                      c.score.carry, c.score.fit);
  }

  static std::string order_line(const RecordOrder& order) {
    const OrderTicket& ticket = order.ticket;
    std::string text =
        fmt::format("{} {}: {}, {} of {} filled", ticket.order.text(), spoken(ticket.purpose),
                    spoken(order.status), order.filled.raw(), ticket.quantity.raw());
    if (order.limits.size() > 1) {
      text += fmt::format(", limit walked from {} to {} in {} steps", order.limits.front().text(),
                          order.limits.back().text(), order.limits.size() - 1);
    } else if (!order.limits.empty()) {
      text += fmt::format(", limit {}", order.limits.front().text());
    }
    return order.reason.empty() ? text : text + " (" + order.reason + ")";
  }

  template <class Keep>
  [[nodiscard]] std::string fill_table(Keep keep) const {
    TextTable table{{"  fill", "at", "side", ">quantity", "contract", ">price", ">fees"}};
    bool any = false;
    for (const RecordFill& fill : story_->record.fills) {
      if (!keep(fill)) { continue; }
      any = true;
      table.add({"  " + fill.id.text(), when(fill.at), std::string{word(fill.fill.side)},
                 std::to_string(fill.fill.quantity.raw()),
                 story_->master[fill.fill.contract].text(), fill.fill.price.text(),
                 fill.fill.fees.text()});
    }
    return any ? "Fills\n" + table.text() : "No fills.\n";
  }

  /// Marks of every snapshot, with the exit decision taken on it.
  [[nodiscard]] std::string path_table(StructureId id) const {
    TextTable table{
        {"  session", ">underlying", ">mid to close", ">UPL", ">profit $", "decision", "outcome"}};
    for (const RecordEquity& row : story_->record.equity) {
      const auto mark = std::ranges::find(row.marks, id, &StructureMark::id);
      const auto decision = std::ranges::find_if(story_->record.decisions, [&](const Decision& d) {
        return d.structure == id && d.at == row.at && d.kind == DecisionKind::kExit;
      });
      const bool decided = decision != story_->record.decisions.end();
      if (mark == row.marks.end() && !decided) { continue; }
      const bool marked = mark != row.marks.end();
      table.add({"  " + iso(new_york_date(row.at)), row.spot.text(),
                 marked ? mark->mid.text() : "-", marked && mark->upl ? percent(*mark->upl) : "-",
                 marked ? mark->net_pnl.text() : "-", decided ? decision->id.text() : "-",
                 !decided ? "-"
                 : decision->rule.empty()
                     ? spoken(decision->outcome)
                     : spoken(decision->outcome) + " by " + spoken(decision->rule)});
    }
    return table.text();
  }

  const JournalStory* story_;
};

/// "D-0012" as letter and number.
std::optional<std::pair<char, std::uint32_t>> parse_id(std::string_view id) {
  constexpr std::string_view kLetters = "DOISF";
  if (id.size() < 3 || id[1] != '-' || !kLetters.contains(id[0])) { return std::nullopt; }
  const auto count = parse_count(id.substr(2));
  if (!count || *count == 0 || *count > 0xffffffffU) { return std::nullopt; }
  return std::pair{id[0], static_cast<std::uint32_t>(*count)};
}

[[noreturn]] void not_there(const JournalStory& story, std::string_view id) {
  const RunRecord& record = story.record;
  fail_usage(
      fmt::format("{}: not in this journal; it has {} decisions (D-), {} orders (O- or I-), {} "
                  "structures (S-) and {} fills (F-), numbered from 0001",
                  id, record.decisions.size(), story.submitted.size(), record.structures.size(),
                  record.fills.size()));
}

}  // namespace

std::string explain(const JournalStory& story, std::string_view id) {
  const auto parsed = parse_id(id);
  if (!parsed) {
    fail_usage(fmt::format("ID \"{}\": accepted are D-, O-, I-, S- and F-numbers, as D-0012", id));
  }
  const auto [letter, count] = *parsed;
  const std::uint32_t wanted = count;
  const Teller teller{story};
  const RunRecord& record = story.record;
  const auto find = [&](const auto& list, auto number_of) {
    return std::ranges::find_if(list,
                                [&](const auto& entry) { return number_of(entry) == wanted; });
  };
  if (letter == 'D') {
    const auto found = find(record.decisions, [](const Decision& d) { return d.id.raw(); });
    if (found != record.decisions.end()) { return teller.decision(*found); }
  } else if (letter == 'O' || letter == 'I') {
    const auto found =
        find(story.submitted, [](const auto& sent) { return sent.second.order.raw(); });
    if (found != story.submitted.end()) { return teller.order(found->second, found->first); }
  } else if (letter == 'S') {
    const auto found = find(record.structures, [](const RecordStructure& s) { return s.id.raw(); });
    if (found != record.structures.end()) { return teller.structure(*found); }
  } else if (letter == 'F') {
    const auto found = find(record.fills, [](const RecordFill& f) { return f.id.raw(); });
    if (found != record.fills.end()) { return teller.fill(*found); }
  }
  not_there(story, id);
}

}  // namespace v6
