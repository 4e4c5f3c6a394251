#pragma once

#include "checker.hpp"
#include "sim/gateway_scenario.hpp"

namespace v6::incidents {

/// What a scenario file expects of the bot, against what it did.
void check_expectations(const GatewayScenario& scenario, Stage& stage, const Written& written,
                        const Story& story, Faults& faults);

}  // namespace v6::incidents
