#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "sim/gateway_scenario.hpp"

namespace v6 {

/// Reads a scenario strictly: an unknown key, a value of another type or out of range, a value that
/// means nothing for what is to happen. Throws Failure (configuration) with file, line, key, value
/// and what is accepted.
[[nodiscard]] GatewayScenario load_scenario(const std::filesystem::path& file);

/// "10:05 to 10:10" as two times.
[[nodiscard]] std::optional<std::pair<IncidentTime, IncidentTime>> parse_span(
    std::string_view text);

}  // namespace v6
