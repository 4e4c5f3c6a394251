#pragma once

#include <string>
#include <tuple>

#include "base/settings.hpp"
#include "model/money.hpp"

/// What a scenario file sets up before anything happens. What it leaves out stays as the command
/// line has it.
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

struct GatewayScenario {
  ScenarioAccount account;
  ScenarioFills fills;

  static constexpr auto fields() {
    using S = GatewayScenario;
    return std::tuple{field("account", &S::account), field("fills", &S::fills)};
  }
};

}  // namespace v6
