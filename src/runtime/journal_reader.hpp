#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/codec.hpp"
#include "base/error.hpp"
#include "base/time.hpp"
#include "runtime/journal.hpp"

namespace v6 {

struct JournalRecord {
  std::uint64_t seq = 0;  // from 1, without gaps
  RecordKind kind = RecordKind::kEvent;
  Instant at;
  std::string name;
  Bytes bytes;
};

/// What a record holds. Throws Failure when it is of another version.
template <class T>
[[nodiscard]] T read_record(const JournalRecord& record, const std::filesystem::path& path) {
  try {
    return decoded<T>(record.bytes);
  } catch (const DecodeError& error) {
    fail_data(fmt::format("{}: record {} ({}) cannot be read: {}; use the v6 that wrote it",
                          path.string(), record.seq, record.name, error.what()));
  }
}

/// Reads a journal from a private copy, so that it disturbs no writer and changes no evidence.
/// While the journal is being written, read it from another process: POSIX drops a file's locks as
/// soon as their process closes that file anywhere. What next() gives has been checked against the
/// chain.
class JournalReader {
 public:
  /// Throws Failure for what is not a readable journal of this format.
  explicit JournalReader(const std::filesystem::path& path);
  JournalReader(JournalReader&&) noexcept;
  ~JournalReader();

  [[nodiscard]] const JournalHeader& header() const;
  /// False after the last record. Throws Failure at the first one that is not as it was written.
  [[nodiscard]] bool next(JournalRecord& record);
  /// The same without throwing; the error says what is wrong.
  [[nodiscard]] std::expected<bool, std::string> try_next(JournalRecord& record);
  /// Hash of the last record given; after the end, the journal's digest.
  [[nodiscard]] std::string digest() const;
  /// Closed in good order. If not, its tail may be missing and nobody can tell.
  [[nodiscard]] bool sealed() const;

 private:
  class Source;
  std::unique_ptr<Source> source_;
};

struct VerifyResult {
  std::uint64_t records = 0;  // that are as they were written
  std::string digest;         // of those
  bool sealed = false;
  std::optional<std::string> fault;  // the first one, with its record
};

/// Checks a whole journal. Throws Failure, as the reader does, for what cannot be opened.
[[nodiscard]] VerifyResult verify_journal(const std::filesystem::path& path);

}  // namespace v6
