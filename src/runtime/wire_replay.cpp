#include "runtime/wire_replay.hpp"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "runtime/journal_reader.hpp"
#include "runtime/live_bot.hpp"
#include "runtime/replay.hpp"
#include "runtime/wire_file.hpp"

namespace v6 {
namespace {

namespace fs = std::filesystem;
using wire_file::Kind;
using wire_file::Record;

/// A folder that goes with this value.
class Scratch {
 public:
  Scratch() {
    std::string name = fs::temp_directory_path() / "v6-wire-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
      fail_data(fmt::format("{}: no folder can be made there; set TMPDIR to another place",
                            fs::temp_directory_path().string()));
    }
    path_ = name;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// Found pulled at the looks at which it was then.
class RecordedKill final : public KillSwitch {
 public:
  void at_look(std::uint64_t number) { changes_[number / 2] = number % 2 != 0; }
  [[nodiscard]] bool pulled() const override {
    ++looks_;
    const auto after = changes_.upper_bound(looks_);
    return after != changes_.begin() && std::prev(after)->second;
  }

 private:
  std::map<std::uint64_t, bool> changes_;
  mutable std::uint64_t looks_ = 0;
};

wire_file::Start start_in(const fs::path& file, const Record& record) {
  try {
    if (record.kind != Kind::kStart) { throw DecodeError("it does not begin with a start"); }
    return decoded<wire_file::Start>(std::as_bytes(std::span{record.bytes}));
  } catch (const DecodeError& error) {
    fail_data(fmt::format("{}: cannot be read: {}; use the v6 that wrote it", file.string(),
                          error.what()));
  }
}

/// The kill switch is looked at within a call, and what was seen stands behind it.
void find_kills(const std::vector<fs::path>& files, RecordedKill& kill) {
  wire_file::Reader reader{files};
  for (Record record; reader.next(record);) {
    if (record.kind == Kind::kKill) { kill.at_look(record.number); }
  }
}

void copy_earlier_lives(const fs::path& state, std::uint32_t life, const fs::path& to) {
  fs::create_directories(to / "journal");
  for (std::uint32_t earlier = 1; earlier < life; ++earlier) {
    const fs::path journal = journal_path(state, earlier);
    if (!fs::exists(journal)) { continue; }
    fs::copy_file(journal, journal_path(to, earlier));
    const fs::path wal = journal.string() + "-wal";
    if (fs::exists(wal)) { fs::copy_file(wal, journal_path(to, earlier).string() + "-wal"); }
  }
}

/// The first record of two journals that differs. One that was not sealed may have lost its tail,
/// and a recording that was cut off what the journal knew last.
std::optional<std::string> compare(const fs::path& then, const fs::path& now,
                                   WireReplayResult& result) {
  JournalReader was{then};
  JournalReader is{now};
  if (was.header().config != is.header().config ||
      was.header().reference != is.header().reference) {
    return "the journal of that life was begun with another setup";
  }
  JournalRecord a;
  JournalRecord b;
  while (true) {
    const bool more_was = was.next(a);
    const bool more_is = is.next(b);
    if (!more_was && (!more_is || !was.sealed())) { return std::nullopt; }
    if (!more_was) { return fmt::format("record {} ({}, {}) is new", b.seq, b.name, iso(b.at)); }
    if (!more_is) {
      if (!result.whole && a.at >= result.to) { return std::nullopt; }
      return fmt::format("record {} ({}, {}) does not come again", a.seq, a.name, iso(a.at));
    }
    if (a.kind != b.kind || a.at != b.at || a.name != b.name || a.bytes != b.bytes) {
      return fmt::format("record {} was {} at {}, and is {} at {}{}", a.seq, a.name, iso(a.at),
                         b.name, iso(b.at), a.name == b.name ? " with other content" : "");
    }
    result.records = a.seq;
  }
}

/// Bytes leave in the pieces in which they were asked for, so each must be as it was.
std::optional<std::string> compare_sent(const Record& record, const std::string& sent) {
  if (sent == record.bytes) { return std::nullopt; }
  const auto [a, b] = std::ranges::mismatch(record.bytes, sent);
  return fmt::format("sent at {}: {} bytes then, {} now, first different at byte {} of them",
                     iso(record.at), record.bytes.size(), sent.size(), a - record.bytes.begin());
}

}  // namespace

WireReplayResult replay_wire(const std::vector<fs::path>& files) {
  WireReplayResult result;
  RecordedKill kill;
  find_kills(files, kill);

  wire_file::Reader reader{files};
  result.life = reader.head().life;
  const fs::path state = fs::absolute(files.front()).parent_path().parent_path();
  const fs::path recorded = journal_path(state, result.life);
  if (!fs::exists(recorded)) {
    fail_data(
        fmt::format("{}: is not there; a recording is compared with the journal of its life, "
                    "in the state folder both lie in",
                    recorded.string()));
  }
  Record record;
  if (!reader.next(record)) { fail_data(files.front().string() + ": nothing was recorded"); }
  const wire_file::Start start = start_in(files.front(), record);
  Reference reference{.dividends = start.dividends, .calendar = start.calendar};
  for (const auto& [date, percent] : start.yields) {
    reference.yields.push_back({.date = date, .percent = percent});
  }

  const Scratch scratch;
  copy_earlier_lives(state, result.life, scratch.path());
  const StateFolder folder{scratch.path(), start.book};
  folder.store(start.contracts);
  result.from = record.at;
  {
    LiveBot bot{LiveRequest{.setup = start.setup,
                            .client = start.client,
                            .configuration = start.configuration,
                            .command_line = start.command_line,
                            .patience = start.patience,
                            .commit_every = std::chrono::hours{24},
                            .recording = std::nullopt},
                reference, folder, kill, record.at};
    while (!result.difference && reader.next(record)) {
      ++result.calls;
      result.to = record.at;
      switch (record.kind) {
        case Kind::kDialling: bot.dialling(record.at); break;
        case Kind::kConnected: bot.connected(record.at); break;
        case Kind::kReceived:
          result.bytes_in += record.bytes.size();
          bot.received(record.at, record.bytes);
          break;
        case Kind::kDisconnected: bot.disconnected(record.at, record.bytes); break;
        case Kind::kOnTime: bot.on_time(record.at); break;
        case Kind::kPump: bot.pump(record.at); break;
        case Kind::kSent:
          result.bytes_out += record.bytes.size();
          result.difference = compare_sent(record, bot.take_output());
          break;
        case Kind::kSaid:
          bot.say(record.at, static_cast<OperatorWord>(record.number), record.bytes);
          break;
        case Kind::kClosed: static_cast<void>(bot.close(record.at)); break;
        case Kind::kStart:
        case Kind::kKill:
        case Kind::kNextPart: break;
      }
    }
    result.whole = reader.whole();
  }
  const fs::path lived = journal_path(scratch.path(), result.life);
  // The journal tells of a decision before any byte shows it.
  if (auto difference = compare(recorded, lived, result)) { result.difference = difference; }
  const JournalStory story = read_story(lived);
  result.decisions_digest = decisions_digest(story.record.decisions);
  result.digest = verify_journal(lived).digest;
  return result;
}

}  // namespace v6
