#include "expectations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/enum_text.hpp"
#include "config/scenario_file.hpp"
#include "runtime/recorder.hpp"

namespace v6::incidents {
namespace {

class Expectations {
 public:
  Expectations(const GatewayScenario& scenario, Stage& stage, const Written& written,
               const Story& story, Faults& faults)
      : expect_{scenario.expect},
        stage_{stage},
        written_{written},
        story_{story},
        faults_{faults} {}

  void all() {
    links();
    words();
    events();
    latches();
    spans();
    counts();
  }

 private:
  template <class... Args>
  void miss(std::string_view key, fmt::format_string<Args...> text, Args&&... args) {
    faults_.add("expect." + std::string{key}, fmt::format(text, std::forward<Args>(args)...));
  }

  /// Whether these stand in that list in this order, with anything between.
  static std::optional<std::string> missing_in_order(const std::vector<std::string>& wanted,
                                                     const std::vector<std::string>& had) {
    auto from = had.begin();
    for (const std::string& one : wanted) {
      from = std::find(from, had.end(), one);
      if (from == had.end()) { return one; }
      ++from;
    }
    return std::nullopt;
  }

  void links() {
    std::vector<std::string> states;
    for (const Event& event : story_.events) {
      if (const auto* link = std::get_if<LinkChanged>(&event.body)) {
        states.emplace_back(word(link->state));
      }
    }
    if (const auto missing = missing_in_order(expect_.links, states)) {
      miss("links", "never {} in this order; the link was {}", *missing, fmt::join(states, ", "));
    }
    if (!expect_.ends.empty() && (states.empty() || states.back() != expect_.ends)) {
      miss("ends", "it ends {}", states.empty() ? "without a link" : states.back());
    }
  }

  void words() {
    std::vector<std::string> alerts;
    for (const auto& [at, alert] : stage_.bot().record().alerts) { alerts.push_back(alert.what); }
    const auto said = [](const std::vector<std::string>& all, const std::string& text) {
      return std::ranges::any_of(
          all, [&](const auto& one) { return one.find(text) != std::string::npos; });
    };
    for (const std::string& text : expect_.alerts) {
      if (!said(alerts, text)) { miss("alerts", "no alert says \"{}\"", text); }
    }
    for (const std::string& text : expect_.no_alerts) {
      if (said(alerts, text)) { miss("no_alerts", "an alert says \"{}\"", text); }
    }
    std::vector<std::string> reasons;
    for (const auto& [at, command] : story_.commands) {
      const auto* decided = std::get_if<RecordDecision>(&command);
      if (decided == nullptr) { continue; }
      for (const Check& check : decided->decision.waterfall) {
        if (check.verdict == Verdict::kRefuse) {
          reasons.push_back(fmt::format("{}: {}", check.name, check.detail));
        }
      }
    }
    for (const std::string& text : expect_.reasons) {
      if (!said(reasons, text)) {
        std::set<std::string> distinct{reasons.begin(), reasons.end()};
        miss("reasons", "no entry was refused for \"{}\"; reasons: {}", text,
             fmt::join(distinct, " | "));
      }
    }
  }

  void events() {
    std::vector<std::string> names;
    for (const Event& event : story_.events) { names.emplace_back(name_of(event.body)); }
    if (const auto missing = missing_in_order(expect_.events, names)) {
      miss("events", "no {} in this order", *missing);
    }
    for (const std::string& name : expect_.no_events) {
      if (std::ranges::find(names, name) != names.end()) { miss("no_events", "{} happened", name); }
    }
  }

  void latches() {
    const auto set = stage_.bot().state().latches.set();
    for (const std::string& text : expect_.latches) {
      if (std::ranges::none_of(
              set, [&](const auto& one) { return one.find(text) != std::string::npos; })) {
        miss("latches", "no latch says \"{}\"; set are: {}", text, fmt::join(set, " | "));
      }
    }
    const bool wanted = expect_.latched || !expect_.latches.empty();
    if (set.empty() == wanted) { miss("latched", "set are: {}", fmt::join(set, " | ")); }
  }

  [[nodiscard]] std::pair<Instant, Instant> span(const std::string& text) const {
    const auto [from, to] = *parse_span(text);
    const Calendar& calendar = stage_.market().calendar();
    return {*instant_of(from, stage_.first(), calendar), *instant_of(to, stage_.first(), calendar)};
  }

  /// Order messages that open, new or changed.
  [[nodiscard]] std::vector<Instant> openings() const {
    std::set<OrderId> opening;
    for (const auto& [at, command] : story_.commands) {
      const auto* submitted = std::get_if<SubmittedOrder>(&command);
      if (submitted != nullptr && opens(submitted->order.purpose)) {
        opening.insert(submitted->order.order);
      }
    }
    std::set<std::int32_t> numbers;
    for (const Event& event : story_.events) {
      const auto* sending = std::get_if<OrderSending>(&event.body);
      if (sending != nullptr && opening.contains(sending->order)) {
        numbers.insert(sending->broker_id);
      }
    }
    std::vector<Instant> times;
    for (const OrderWritten& order : written_.orders) {
      if (numbers.contains(order.message.order_id)) { times.push_back(order.at); }
    }
    return times;
  }

  void spans() {
    const std::vector<Instant> times = openings();
    const auto within = [&](const std::string& text) {
      const auto [from, to] = span(text);
      return std::ranges::count_if(times, [&](Instant at) { return at >= from && at < to; });
    };
    for (const std::string& text : expect_.no_opening) {
      if (const auto count = within(text); count > 0) {
        miss("no_opening", "{} opening messages went out {}", count, text);
      }
    }
    for (const std::string& text : expect_.opens) {
      if (within(text) == 0) { miss("opens", "no opening message went out {}", text); }
    }
    for (const std::string& text : expect_.not_ready) {
      const auto [from, to] = span(text);
      LinkState state = LinkState::kLost;
      bool ready = false;
      for (const Event& event : story_.events) {
        const auto* link = std::get_if<LinkChanged>(&event.body);
        if (link == nullptr || event.at >= to) { continue; }
        if (event.at <= from) {
          state = link->state;
        } else {
          ready = ready || link->state == LinkState::kReady;
        }
      }
      if (ready || state == LinkState::kReady) { miss("not_ready", "it was ready {}", text); }
    }
  }

  void counts() {
    if (expect_.orders >= 0) {
      const auto count = std::ranges::count_if(
          stage_.exchange().book().orders,
          [](const auto& entry) { return entry.second.request.client_id != 0; });
      if (count != expect_.orders) { miss("orders", "{} reached the broker", count); }
    }
    if (expect_.fills >= 0) {
      std::int64_t units = 0;
      for (const auto& [id, order] : stage_.bot().state().orders) { units += order.filled.raw(); }
      if (units != expect_.fills) { miss("fills", "{} units filled in our books", units); }
    }
    if (expect_.working >= 0) {
      const auto count = std::ranges::count_if(
          stage_.exchange().open_orders(std::nullopt),
          [](const BookedOrder& order) { return order.request.client_id != 0; });
      if (count != expect_.working) { miss("working", "{} still work at the broker", count); }
    }
    if (written_.sessions < expect_.least_sessions) {
      miss("least_sessions", "{} sessions", written_.sessions);
    }
    const bool refused = stage_.bot().client().refusal().has_value();
    if (refused != expect_.refused) {
      miss("refused", "{}", refused ? stage_.bot().client().refusal()->why : "it was not");
    }
  }

  const ScenarioExpect& expect_;
  Stage& stage_;
  const Written& written_;
  const Story& story_;
  Faults& faults_;
};

}  // namespace

void check_expectations(const GatewayScenario& scenario, Stage& stage, const Written& written,
                        const Story& story, Faults& faults) {
  Expectations{scenario, stage, written, story, faults}.all();
}

}  // namespace v6::incidents
