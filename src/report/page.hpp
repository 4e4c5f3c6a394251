#pragma once

#include <string>

#include "report/json.hpp"

namespace v6 {

/// The report as one HTML file that needs no network: page, style, charts and data inside.
[[nodiscard]] std::string page_with(const Json& data);

/// Version and compiler, as the report and the journal name them.
[[nodiscard]] std::string build_text();

}  // namespace v6
