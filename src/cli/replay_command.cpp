#include <fmt/format.h>

#include <memory>

#include "cli/command.hpp"
#include "cli/options.hpp"
#include "cli/terminal.hpp"
#include "report/json.hpp"
#include "runtime/journal_reader.hpp"
#include "runtime/replay.hpp"
#include "runtime/wire_replay.hpp"

namespace v6 {
namespace {

struct JournalOptions {
  std::string journal;
  std::string from;
  std::vector<std::string> wire;
  bool json = false;
};

Json or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(nullptr); }

ExitCode run_replay(const JournalOptions& options) {
  std::optional<Date> from;
  if (!options.from.empty()) { from = date_option(options.from, "--from"); }
  const ReplayResult result = replay(options.journal, from);
  if (options.json) {
    print(Json{{"identical", !result.difference.has_value()},
               {"events", result.events},
               {"commands", result.commands},
               {"digest", result.digest},
               {"difference", or_null(result.difference)}}
              .dump(2) +
          '\n');
  } else if (result.difference) {
    print(fmt::format("different: after {} events, {}\n", result.events, *result.difference));
  } else {
    print(fmt::format("identical: {} events, {} commands, digest {}\n", result.events,
                      result.commands, result.digest));
  }
  return result.difference ? ExitCode::kBadAnswer : ExitCode::kDone;
}

ExitCode run_wire(const JournalOptions& options) {
  const WireReplayResult result = replay_wire({options.wire.begin(), options.wire.end()});
  if (options.json) {
    print(Json{{"identical", !result.difference.has_value()},
               {"life", result.life},
               {"whole", result.whole},
               {"from", iso(result.from)},
               {"to", iso(result.to)},
               {"calls", result.calls},
               {"bytes_in", result.bytes_in},
               {"bytes_out", result.bytes_out},
               {"records", result.records},
               {"digest", result.digest},
               {"decisions_digest", result.decisions_digest},
               {"difference", or_null(result.difference)}}
              .dump(2) +
          '\n');
  } else if (result.difference) {
    print(fmt::format("different: life {}: {} records are the same, then: {}\n", result.life,
                      result.records, *result.difference));
  } else {
    print(fmt::format("identical: life {}, {} bytes in, {} out, {} records, decisions {}{}\n",
                      result.life, result.bytes_in, result.bytes_out, result.records,
                      result.decisions_digest,
                      result.whole ? "" : "; it did not end in good order"));
  }
  return result.difference ? ExitCode::kBadAnswer : ExitCode::kDone;
}

ExitCode run_verify(const JournalOptions& options) {
  const VerifyResult result = verify_journal(options.journal);
  // An unsealed tail may be cut off without a trace: that is no proof of wholeness.
  const bool whole = !result.fault && result.sealed;
  if (options.json) {
    print(Json{{"intact", whole},
               {"records", result.records},
               {"digest", result.digest},
               {"sealed", result.sealed},
               {"fault", or_null(result.fault)}}
              .dump(2) +
          '\n');
  } else if (result.fault) {
    print(fmt::format("damaged: {} records are as they were written, then: {}\n", result.records,
                      *result.fault));
  } else if (!result.sealed) {
    print(
        fmt::format("not sealed: {} records are as they were written, but the run did not end in "
                    "good order, so later ones may be missing; digest {}\n",
                    result.records, result.digest));
  } else {
    print(fmt::format("intact: {} records, digest {}\n", result.records, result.digest));
  }
  return whole ? ExitCode::kDone : ExitCode::kBadAnswer;
}

}  // namespace

void add_replay(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<JournalOptions>();
  CLI::App* command =
      app.add_subcommand("replay", "step a journal again and prove that it decides the same");
  command->footer(
      "Example:\n  v6 replay out/spx/journal.db\n  v6 replay out/spx/journal.db --from 2019-06-03\n"
      "  v6 replay --wire out/demo/state/wire/000001-001.v6wire\n\n"
      "With --wire the recorded bytes go through the client and the core again, and what they "
      "send\n"
      "and journal is compared with the state folder that the recording lies in.");
  CLI::Option* journal = command->add_option("journal", options->journal, "journal.db of a run");
  CLI::Option* from =
      command->add_option("--from", options->from, "start at this session's checkpoint");
  command
      ->add_option("--wire", options->wire,
                   "a recording of the wire: its first file, or all of one life in order")
      ->excludes(journal)
      ->excludes(from);
  command->add_flag("--json", options->json, "print one JSON document");
  command->callback([options, &invocation] {
    invocation.run = [options] {
      if (!options->wire.empty()) { return run_wire(*options); }
      if (options->journal.empty()) { fail_usage("replay: needs a journal, or --wire FILE"); }
      return run_replay(*options);
    };
  });
}

void add_verify(CLI::App& app, Invocation& invocation) {
  auto options = std::make_shared<JournalOptions>();
  CLI::App* command = app.add_subcommand("verify", "check a journal's hash chain");
  command->footer("Example:\n  v6 verify out/spx/journal.db");
  command->add_option("journal", options->journal, "journal.db of a run")->required();
  command->add_flag("--json", options->json, "print one JSON document");
  command->callback(
      [options, &invocation] { invocation.run = [options] { return run_verify(*options); }; });
}

}  // namespace v6
