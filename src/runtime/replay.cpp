#include "runtime/replay.hpp"

#include <fmt/format.h>

#include <deque>

#include "base/error.hpp"
#include "engine/step.hpp"
#include "runtime/journal.hpp"
#include "runtime/journal_reader.hpp"

namespace v6 {
namespace {

/// Where two encodings first differ, for a person with a debugger.
std::string first_difference(const Bytes& was, const Bytes& is) {
  const auto [a, b] = std::ranges::mismatch(was, is);
  if (a == was.end() && b == is.end()) { return "equal"; }
  return fmt::format("{} bytes then, {} now, first different at byte {}", was.size(), is.size(),
                     a - was.begin());
}

class Replayer {
 public:
  Replayer(const std::filesystem::path& path, std::optional<Date> from)
      : path_{path}, reader_{path}, from_{from}, state_{make_state(given_in(reader_.header()))} {
    started_ = !from;
    continues_ = !setup_in(reader_.header()).continues.empty();
  }

  ReplayResult run() {
    JournalRecord record;
    while (!result_.difference && reader_.next(record)) {
      switch (record.kind) {
        case RecordKind::kCheckpoint: on_checkpoint(record); break;
        case RecordKind::kEvent: on_event(record); break;
        case RecordKind::kCommand: on_command(record); break;
      }
    }
    if (!result_.difference && !pending_.empty()) {
      result_.difference =
          fmt::format("the core gives {} more commands than the journal has", pending_.size());
    }
    if (!started_) {
      fail_data(fmt::format("{}: no checkpoint of {}", path_.string(), iso(*from_)));
    }
    result_.digest = reader_.digest();
    return std::move(result_);
  }

 private:
  void differ(const JournalRecord& record, const std::string& what) {
    result_.difference =
        fmt::format("record {} ({}, {}): {}", record.seq, record.name, iso(record.at), what);
  }

  void on_checkpoint(const JournalRecord& record) {
    const bool inherited = continues_ && record.seq == 1;
    if (!started_ || inherited) {
      if (!started_ && new_york_date(record.at) != *from_) { return; }
      auto given = state_.given;
      state_ = read_record<State>(record, path_);
      state_.given = std::move(given);
      restore_views(state_);
      started_ = true;
      return;
    }
    const Bytes now = encoded(state_);
    if (now != record.bytes) {
      differ(record, "the state differs: " + first_difference(record.bytes, now));
    }
  }

  void on_event(const JournalRecord& record) {
    if (!started_) { return; }
    if (!pending_.empty()) {
      differ(record, fmt::format("{} commands are missing before it", pending_.size()));
      return;
    }
    ++result_.events;
    for (const Command& command : step(state_, read_record<Event>(record, path_))) {
      pending_.push_back(encoded(command));
    }
  }

  void on_command(const JournalRecord& record) {
    if (!started_) { return; }
    ++result_.commands;
    if (pending_.empty()) {
      differ(record, "the core does not give this command any more");
    } else if (pending_.front() != record.bytes) {
      differ(record,
             "the core gives another command: " + first_difference(record.bytes, pending_.front()));
    } else {
      pending_.pop_front();
    }
  }

  const std::filesystem::path& path_;
  JournalReader reader_;
  std::optional<Date> from_;
  State state_;
  bool started_ = true;
  bool continues_ = false;  // its first record is what an earlier life left
  std::deque<Bytes> pending_;
  ReplayResult result_;
};

}  // namespace

ReplayResult replay(const std::filesystem::path& journal, std::optional<Date> from) {
  return Replayer{journal, from}.run();
}

JournalStory read_story(const std::filesystem::path& journal) {
  JournalReader reader{journal};
  JournalStory story{.setup = setup_in(reader.header()), .build = reader.header().build};
  JournalRecord record;
  while (reader.next(record)) {
    if (record.kind == RecordKind::kCheckpoint && record.seq == 1) {
      story.master = read_record<State>(record, journal).master;
    } else if (record.kind == RecordKind::kEvent) {
      if (record.name != "ContractsListed") { continue; }
      const auto event = read_record<Event>(record, journal);
      const auto& listed = std::get<ContractsListed>(event.body).contracts;
      for (std::size_t i = 0; i < listed.size(); ++i) {
        story.master.columns.push_back(listed.at(i));
      }
    } else if (record.kind == RecordKind::kCommand) {
      const auto command = read_record<JournalledCommand>(record, journal);
      story.record.keep(record.at, command);
      if (const auto* submitted = std::get_if<SubmittedOrder>(&command)) {
        story.submitted.emplace_back(record.at, submitted->order);
      }
    }
  }
  return story;
}

}  // namespace v6
