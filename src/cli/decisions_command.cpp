#include <fmt/format.h>

#include <memory>

#include "base/enum_text.hpp"
#include "calendar/new_york.hpp"
#include "cli/command.hpp"
#include "cli/control.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "report/json.hpp"
#include "runtime/replay.hpp"

namespace v6 {
namespace {

struct DecisionsOptions {
  std::string journal;
  std::string state;
  std::string kind;
  std::string outcome;
  std::string gate;
  std::string from;
  std::string to;
  bool json = false;
};

/// The check that decided: the rule that fired, the first gate that refused.
const Check* decided_by(const Decision& decision) {
  return first_of(decision.waterfall,
                  decision.kind == DecisionKind::kExit ? Verdict::kFire : Verdict::kRefuse);
}

std::vector<Decision> chosen(const DecisionsOptions& options, const RunRecord& record) {
  std::optional<DecisionKind> kind;
  std::optional<Outcome> outcome;
  std::optional<Date> from;
  std::optional<Date> to;
  if (!options.kind.empty()) { kind = word_option<DecisionKind>(options.kind, "--kind"); }
  if (!options.outcome.empty()) { outcome = word_option<Outcome>(options.outcome, "--outcome"); }
  if (!options.from.empty()) { from = date_option(options.from, "--from"); }
  if (!options.to.empty()) { to = date_option(options.to, "--to"); }
  std::vector<Decision> list;
  for (const Decision& decision : record.decisions) {
    const Date date = new_york_date(decision.at);
    const Check* check = decided_by(decision);
    if ((kind && decision.kind != *kind) || (outcome && decision.outcome != *outcome) ||
        (from && date < *from) || (to && date > *to)) {
      continue;
    }
    if (!options.gate.empty() && (check == nullptr || check->name != options.gate)) { continue; }
    list.push_back(decision);
  }
  return list;
}

std::string number_or_dash(std::optional<double> value) {
  return value ? fmt::format("{:.4g}", *value) : "-";
}

ExitCode run(const DecisionsOptions& options) {
  if (options.journal.empty()) {
    return look_at_bot("decisions", {.state = options.state, .json = options.json});
  }
  const JournalStory story = read_story(options.journal);
  const auto decisions = chosen(options, story.record);
  if (options.json) {
    print(JsonForm{story.master}.of(decisions).dump(2) + '\n');
    return ExitCode::kDone;
  }
  TextTable table{{"id", "session", "kind", "outcome", "structure", "decided by", ">measured",
                   ">limit", ">distance", "detail"}};
  for (const Decision& decision : decisions) {
    const Check* check = decided_by(decision);
    const Check none;
    const Check& line = check != nullptr ? *check : none;
    table.add({decision.id.text(), iso(new_york_date(decision.at)),
               std::string{word(decision.kind)}, std::string{word(decision.outcome)},
               decision.structure ? decision.structure.text() : "-",
               check != nullptr ? check->name : "-", number_or_dash(line.measured),
               number_or_dash(line.limit), number_or_dash(line.distance), line.detail});
  }
  print(table.text());
  return ExitCode::kDone;
}

}  // namespace

void add_decisions(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<DecisionsOptions>();
  CLI::App* command =
      app.add_subcommand("decisions", "list a run's decisions and what decided them");
  command->footer(
      "Example:\n  v6 decisions --journal out/spx/journal.db --outcome refused --gate blackout");
  command->add_option("--journal", options->journal,
                      "journal.db of a run; else the running bot is asked");
  command->add_option("--state", options->state, "its state folder; else $XDG_STATE_HOME/v6");
  command->add_option("--kind", options->kind, "entry or exit");
  command->add_option("--outcome", options->outcome,
                      "opened, refused, no_candidate, hold, closed, rolled, reduced");
  command->add_option("--gate", options->gate, "decided by this gate or rule");
  command->add_option("--from", options->from, "first session");
  command->add_option("--to", options->to, "last session");
  command->add_flag("--json", options->json, "print one JSON document, waterfalls included");
  command->callback(
      [options, &invocation] { invocation.run = [options] { return run(*options); }; });
}

}  // namespace v6
