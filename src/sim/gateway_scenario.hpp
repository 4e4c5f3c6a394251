#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "base/settings.hpp"
#include "ibkr/upkeep.hpp"
#include "model/money.hpp"
#include "sim/incidents.hpp"

/// A scenario file: what the account and its fills are like, what goes wrong and when, and what a
/// bot is expected to make of it. What it leaves out stays as the command line has it.
namespace v6 {

struct ScenarioAccount {
  std::string id;
  std::string kind = "paper";
  Money cash;

  static constexpr auto fields() {
    using S = ScenarioAccount;
    return std::tuple{field("id", &S::id, "account code, DU and digits"),
                      field("kind", &S::kind, "paper"),
                      number("cash", &S::cash, 0, 1e9, "dollars", "at the beginning")};
  }
};

struct ScenarioFills {
  int max_per_event = 0;
  int interval_ms = 0;

  static constexpr auto fields() {
    using S = ScenarioFills;
    return std::tuple{number("max_per_event", &S::max_per_event, 0, 1'000'000, "contracts",
                             "most that one event fills; 0: all"),
                      number("interval_ms", &S::interval_ms, 0, 86'400'000, "milliseconds",
                             "between two events of an order")};
  }
};

/// The piece of a session that a check of the bot lives through.
struct ScenarioRun {
  Date from;  // none: the folder's first day
  std::string start = "09:55";
  std::string until = "10:30";
  int seed = 5;  // of a morning on which two orders fill, at 10:00 and at 10:15
  TimeOfDay gateway_restart = ibkr::kUsualRestart;
  bool dry_run = false;
  std::vector<std::string> set;
  std::vector<std::string> restarts;
  std::string away;

  static constexpr auto fields() {
    using S = ScenarioRun;
    return std::tuple{
        field("from", &S::from, "first session"),
        field("start", &S::start, "New York time"),
        field("until", &S::until, "\"10:30\" or \"day 2 10:30\", New York"),
        number("seed", &S::seed, 0, 1'000'000, "", "of the simulated market"),
        number("gateway_restart", &S::gateway_restart, 0, 1439, "HH:MM",
               "when the bot expects the gateway to restart"),
        field("dry_run", &S::dry_run, "the bot sends no order"),
        field("set", &S::set, "settings of the bot, as section.key=value"),
        field("restarts", &S::restarts, "when the bot dies and starts again"),
        field("away", &S::away, "\"10:10 to day 3 09:55\": the bot is dead, the broker goes on")};
  }
};

/// What must be so in the end. Texts are looked for inside what the bot said.
struct ScenarioExpect {
  std::vector<std::string> links;
  std::string ends;
  std::vector<std::string> alerts;
  std::vector<std::string> no_alerts;
  std::vector<std::string> events;
  std::vector<std::string> no_events;
  std::vector<std::string> latches;
  bool latched = false;
  std::vector<std::string> reasons;
  std::vector<std::string> no_opening;
  std::vector<std::string> not_ready;
  std::vector<std::string> opens;
  int orders = -1;
  int fills = -1;
  int working = -1;
  int least_sessions = 1;
  bool refused = false;
  bool books_agree = true;

  static constexpr auto fields() {
    using S = ScenarioExpect;
    return std::tuple{
        field("links", &S::links, "states of the link, in this order, others between"),
        field("ends", &S::ends, "the last state of the link"),
        field("alerts", &S::alerts, "each stands in an alert"),
        field("no_alerts", &S::no_alerts, "these stand in none"),
        field("events", &S::events, "events of the core, in this order, others between"),
        field("no_events", &S::no_events, "events that never happen"),
        field("latches", &S::latches, "each stands in a latch that is set in the end"),
        field("latched", &S::latched, "whether any latch is set in the end"),
        field("reasons", &S::reasons, "each stands in a reason why an entry was refused"),
        field("no_opening", &S::no_opening,
              "\"10:05 to 10:10\": no opening order or change goes out"),
        field("not_ready", &S::not_ready, "\"10:05 to 10:10\": the link is never ready"),
        field("opens", &S::opens, "\"10:10 to 10:30\": an opening order goes out"),
        number("orders", &S::orders, 0, 1'000, "", "orders of the bot that reach the broker"),
        number("fills", &S::fills, 0, 1'000, "", "units of orders filled in the bot's books"),
        number("working", &S::working, 0, 1'000, "",
               "orders of the bot that still work at the broker"),
        number("least_sessions", &S::least_sessions, 0, 1'000, "", "sessions with the gateway"),
        field("refused", &S::refused, "the bot will have nothing to do with this gateway"),
        field("books_agree", &S::books_agree,
              "positions and cash end as the broker's; false where they cannot")};
  }
};

struct GatewayScenario {
  std::string title;
  std::vector<std::string> covers;
  ScenarioAccount account;
  ScenarioFills fills;
  ScenarioRun run;
  std::vector<Incident> incidents;
  ScenarioExpect expect;

  static constexpr auto fields() {
    using S = GatewayScenario;
    return std::tuple{field("title", &S::title, "what it is about, in a line"),
                      field("covers", &S::covers, "ids of the faults and rules that it shows"),
                      field("account", &S::account),
                      field("fills", &S::fills),
                      field("run", &S::run),
                      field("incident", &S::incidents, "what goes wrong"),
                      field("expect", &S::expect)};
  }
};

}  // namespace v6
