#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/folder_test_kit.hpp"
#include "base/hash.hpp"
#include "runtime/journal.hpp"
#include "runtime/journal_reader.hpp"

/// What the journal's tests share.
namespace v6::journal_test {

namespace fs = std::filesystem;

using test::Folder;

struct Written {
  RecordKind kind = RecordKind::kEvent;
  Instant at;
  std::string name;
  Bytes bytes;
  friend bool operator==(const Written&, const Written&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Written& record) {
    return out << record.name << " of " << record.bytes.size() << " bytes";
  }
};

enum class Content { kRepeating, kRandom };

inline Bytes some_bytes(std::size_t size, Content content = Content::kRepeating) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::byte>(content == Content::kRandom ? mix(i) : i % 7);
  }
  return bytes;
}

/// Every kind, empty to large, with bytes that shrink and bytes that do not.
inline std::vector<Written> some_records() {
  const auto at = [](int n) {
    return Instant{std::chrono::nanoseconds{1'556'740'800'000'000'000 + n}};
  };
  return {{RecordKind::kEvent, at(0), "SessionStarted", some_bytes(12)},
          {RecordKind::kEvent, at(1), "ChainSnapshotTaken", some_bytes(90'000)},
          {RecordKind::kCommand, at(1), "SubmitOrder", some_bytes(0)},
          {RecordKind::kEvent, at(2), "ChainSnapshotTaken", some_bytes(40'000, Content::kRandom)},
          {RecordKind::kCommand, at(-5), "", some_bytes(1)},
          {RecordKind::kCheckpoint, at(3), "Checkpoint", some_bytes(4095, Content::kRandom)},
          {RecordKind::kCheckpoint, Instant::min(), "Checkpoint", some_bytes(4096)},
          {RecordKind::kCommand, Instant::max(), "RaiseAlert", some_bytes(5000)}};
}

inline JournalHeader some_header() {
  return {.build = "0.1.0-12-gabc",
          .compiler = "gcc 12.2.0",
          .host = "desk x86_64",
          .command = "v6 backtest --from 2019-05-01",
          .config = some_bytes(300),
          .reference = some_bytes(2000, Content::kRandom)};
}

inline void append(Journal& journal, const Written& record) {
  journal.append(record.kind, record.at, record.name, record.bytes);
}

inline std::string write_journal(const fs::path& path, const std::vector<Written>& records,
                                 const JournalHeader& header = some_header()) {
  Journal journal = Journal::create(path, header);
  for (const auto& record : records) { append(journal, record); }
  return journal.close();
}

inline Written written(const JournalRecord& record) {
  return {.kind = record.kind, .at = record.at, .name = record.name, .bytes = record.bytes};
}

inline std::vector<Written> read_journal(const fs::path& path) {
  JournalReader reader{path};
  std::vector<Written> records;
  JournalRecord record;
  while (reader.next(record)) { records.push_back(written(record)); }
  return records;
}

/// The text of the Failure that this throws; "" when it throws none.
template <class Work>
std::string failure_of(const Work& work) {
  try {
    work();
  } catch (const Failure& failure) {
    return failure.code() == ExitCode::kData ? failure.what() : "another exit code";
  }
  return "";
}

inline std::string file_bytes(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

inline void put_file(const fs::path& path, std::string_view bytes) {
  std::ofstream{path, std::ios::binary} << bytes;
}

}  // namespace v6::journal_test
