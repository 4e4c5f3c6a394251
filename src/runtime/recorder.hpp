#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/state.hpp"
#include "model/command.hpp"
#include "model/event.hpp"

namespace v6 {

class Journal;
struct JournalHeader;

/// What a journal's header says of the run, in the bytes its digest covers.
struct RunSetup {
  Setup setup;
  std::uint64_t seed = 0;
  std::string configuration;  // effective, as TOML
  /// Digest of the journal of the life before; the first record is then the state it left.
  std::string continues;
};
BOOST_DESCRIBE_STRUCT(RunSetup, (), (setup, seed, configuration, continues))

/// Header of a new journal: the run's setup and calendar, and, outside every digest, what built it.
[[nodiscard]] JournalHeader header_of(const RunSetup& setup, const Calendar::Data& calendar,
                                      std::string command_line);

/// What a state starts from, as a journal's header has it. Throws Failure when it cannot be read.
[[nodiscard]] RunSetup setup_in(const JournalHeader& header);
[[nodiscard]] std::shared_ptr<const Given> given_in(const JournalHeader& header);

/// Digest of decisions in the order of their ids, as results show it.
[[nodiscard]] std::string decisions_digest(const std::vector<Decision>& decisions);

/// Writes events, commands and checkpoints of a run into its journal, in canonical bytes.
class Recorder {
 public:
  explicit Recorder(Journal& journal) : journal_{&journal} {}

  void event(const Event& event);
  void command(Instant at, const Command& command);
  void checkpoint(Instant at, const State& state);

 private:
  Journal* journal_;
  ByteWriter buffer_;
};

/// What people reading the journal with sqlite3 see: "ChainSnapshotTaken", "SubmitOrder".
[[nodiscard]] std::string_view name_of(const EventBody& body);
[[nodiscard]] std::string_view name_of(const Command& command);

}  // namespace v6
