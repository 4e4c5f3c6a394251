#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "report/run_record.hpp"
#include "runtime/recorder.hpp"

namespace v6 {

struct ReplayResult {
  std::uint64_t events = 0;
  std::uint64_t commands = 0;
  std::string digest;
  /// The first place where the core of today decides otherwise, in words; absent when nowhere.
  std::optional<std::string> difference;
};

/// Steps a journal's events again and compares every command and every checkpoint, byte by byte.
/// With `from`, starts at the checkpoint of that session instead of at the beginning.
/// Throws Failure for a journal that cannot be read.
[[nodiscard]] ReplayResult replay(const std::filesystem::path& journal,
                                  std::optional<Date> from = std::nullopt);

/// A journal's own account of its run: no other file is needed to tell what happened.
struct JournalStory {
  RunSetup setup;
  std::string build;
  RunRecord record;
  std::vector<std::pair<Instant, OrderTicket>> submitted;
  InstrumentMaster master;
};

[[nodiscard]] JournalStory read_story(const std::filesystem::path& journal);

}  // namespace v6
