#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "report/json.hpp"
#include "runtime/live_bot.hpp"

/// How a running bot is spoken to: one line of JSON over a Unix socket of mode 0600, one document
/// back. `{"view": "status"}`, `{"word": "flatten", "reason": "...", "preview": true}`.
namespace v6 {

/// The answer to one line. What is wrong with it comes back as {"error": ...}.
[[nodiscard]] std::string answer(LiveBot& bot, Instant now, std::string_view line);

/// Asks the bot that lives in a state folder. Throws Failure: broker when none answers, usage for
/// what it refuses.
[[nodiscard]] Json ask(const std::filesystem::path& socket, const Json& request);

}  // namespace v6
