#include "config/scenario_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "config/toml_settings.hpp"

namespace v6 {
namespace {

/// What one key says and where; collects what is wrong with it.
class Checker {
 public:
  Checker(const std::filesystem::path& file, const Origins& origin)
      : file_{file.string()}, origin_{origin} {}

  [[nodiscard]] bool given(const std::string& key) const {
    const auto found = origin_.find(key);
    return found != origin_.end() && found->second != "default";
  }
  void fault(const std::string& key, const std::string& value, std::string_view why,
             const std::string& near = {}) {
    const auto found = origin_.find(given(key) ? key : near);
    const std::string place = found == origin_.end() ? file_ : found->second;
    text_ += fmt::format("{}{}: {}{}: {}", text_.empty() ? "" : "\n", place, key,
                         value.empty() ? "" : fmt::format(" = \"{}\"", value), why);
  }
  void time(const std::string& key, const std::string& value) {
    if (!parse_incident_time(value)) {
      fault(key, value, "accepted a time in New York, \"10:05\" or \"day 2 10:05\"");
    }
  }
  void spans(const std::string& key, const std::vector<std::string>& values) {
    for (const std::string& value : values) {
      if (!parse_span(value)) { fault(key, value, "accepted a span, \"10:05 to 10:10\""); }
    }
  }
  void one_of(const std::string& key, const std::string& value,
              std::initializer_list<std::string_view> words) {
    if (std::ranges::find(words, value) != words.end()) { return; }
    std::string accepted;
    for (const std::string_view word : words) {
      if (!word.empty()) {
        accepted += fmt::format("{}\"{}\"", accepted.empty() ? "" : ", ", word);
      }
    }
    fault(key, value, "accepted " + accepted);
  }
  void finish() const {
    if (!text_.empty()) { fail_configuration(text_); }
  }

 private:
  std::string file_;
  const Origins& origin_;
  std::string text_;
};

}  // namespace

std::optional<std::pair<IncidentTime, IncidentTime>> parse_span(std::string_view text) {
  const std::size_t middle = text.find(" to ");
  if (middle == std::string_view::npos) { return std::nullopt; }
  const auto from = parse_incident_time(text.substr(0, middle));
  const auto to = parse_incident_time(text.substr(middle + 4));
  if (!from || !to) { return std::nullopt; }
  return std::pair{*from, *to};
}

GatewayScenario load_scenario(const std::filesystem::path& file) {
  const auto loaded = load_settings<GatewayScenario>(ConfigSources{.file = file});
  const GatewayScenario& scenario = loaded.settings;
  Checker checker{file, loaded.origin};
  checker.one_of("account.kind", scenario.account.kind, {"paper"});
  checker.time("run.start", scenario.run.start);
  checker.time("run.until", scenario.run.until);
  for (const std::string& at : scenario.run.restarts) { checker.time("run.restarts", at); }
  if (!scenario.run.away.empty()) { checker.spans("run.away", {scenario.run.away}); }
  for (const std::string& state : scenario.expect.links) {
    checker.one_of("expect.links", state, {"lost", "reconciling", "ready", "degraded"});
  }
  checker.one_of("expect.ends", scenario.expect.ends,
                 {"", "lost", "reconciling", "ready", "degraded"});
  checker.spans("expect.no_opening", scenario.expect.no_opening);
  checker.spans("expect.not_ready", scenario.expect.not_ready);
  checker.spans("expect.opens", scenario.expect.opens);
  for (std::size_t i = 0; i < scenario.incidents.size(); ++i) {
    const Incident& incident = scenario.incidents[i];
    const std::string row = fmt::format("incident[{}]", i);
    const auto key_of = [&](std::string_view name) { return fmt::format("{}.{}", row, name); };
    std::vector<std::string> given;
    std::apply(
        [&](const auto&... listed) {
          (
              [&] {
                const std::string name{listed.name};
                if (checker.given(key_of(name))) { given.push_back(name); }
              }(),
              ...);
        },
        Incident::fields());
    if (const auto fault = fault_of(incident, given)) {
      const std::string key = key_of(fault->key);
      const std::string value = fault->key == "do"        ? incident.deed
                                : fault->key == "at"      ? incident.at
                                : fault->key == "on"      ? incident.on
                                : fault->key == "kind"    ? incident.kind
                                : fault->key == "message" ? incident.message
                                                          : "";
      checker.fault(key, value, fault->why, row);
    }
  }
  checker.finish();
  return scenario;
}

}  // namespace v6
