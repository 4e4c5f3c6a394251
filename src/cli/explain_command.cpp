#include <memory>

#include "cli/command.hpp"
#include "cli/explain_text.hpp"
#include "cli/terminal.hpp"

namespace v6 {
namespace {

struct ExplainOptions {
  std::string id;
  std::string journal;
};

ExitCode run(const ExplainOptions& options) {
  print(explain(read_story(options.journal), options.id));
  return ExitCode::kDone;
}

}  // namespace

void add_explain(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* command =
      app.add_subcommand("explain", "tell one decision, order, structure or fill in words");
  command->footer(
      "Example:\n  v6 explain S-0001 --journal out/spx/journal.db\n"
      "  v6 explain D-0012 --journal out/spx/journal.db");
  command->add_option("id", options->id, "D-, O-, I-, S- or F-number")->required();
  command->add_option("--journal", options->journal, "journal.db of a run")->required();
  command->callback(
      [options, &invocation] { invocation.run = [options] { return run(*options); }; });
}

}  // namespace v6
