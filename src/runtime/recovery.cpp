#include "runtime/recovery.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "base/error.hpp"
#include "engine/step.hpp"
#include "runtime/journal_reader.hpp"
#include "runtime/replay.hpp"

namespace v6 {
namespace {

/// A folder may hold years of lives, and waking must not take longer for them.
constexpr std::size_t kRemembered = 20;

/// The last checkpoint and the events since.
struct Tail {
  Bytes checkpoint;
  std::vector<Bytes> events;
};

/// A life that died before its first commit left no record: what came before it stands.
void read_on(const std::filesystem::path& path, Tail& tail, Recovered& recovered) {
  JournalReader reader{path};
  JournalRecord entry;
  while (reader.next(entry)) {
    switch (entry.kind) {
      case RecordKind::kCheckpoint:
        tail.checkpoint = std::move(entry.bytes);
        tail.events.clear();
        break;
      case RecordKind::kEvent: tail.events.push_back(std::move(entry.bytes)); break;
      case RecordKind::kCommand:
        recovered.record.keep(entry.at, decoded<JournalledCommand>(entry.bytes));
        break;
    }
  }
  recovered.digest = reader.digest();
  recovered.sealed = reader.sealed();
}

}  // namespace

std::optional<Recovered> recover(const std::vector<std::filesystem::path>& journals,
                                 const std::shared_ptr<const Given>& given) {
  if (journals.empty()) { return std::nullopt; }
  Recovered recovered;
  Tail tail;
  for (std::size_t lives = kRemembered; tail.checkpoint.empty(); lives *= 2) {
    recovered = {};
    tail = {};
    const std::size_t forgotten = journals.size() - std::min(journals.size(), lives);
    for (const auto& path : journals | std::views::drop(forgotten)) {
      try {
        read_on(path, tail, recovered);
      } catch (const DecodeError& error) {
        fail_data(fmt::format("{}: cannot be read: {}; use the v6 that wrote it", path.string(),
                              error.what()));
      }
    }
    if (forgotten == 0) { break; }
  }
  recovered.state = tail.checkpoint.empty() ? make_state(given) : decoded<State>(tail.checkpoint);
  recovered.state.given = given;
  restore_views(recovered.state);
  for (const Bytes& event : tail.events) {
    static_cast<void>(step(recovered.state, decoded<Event>(event)));
  }
  return recovered;
}

}  // namespace v6
