#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/codec.hpp"
#include "base/time.hpp"

namespace v6 {

enum class RecordKind : std::uint8_t { kEvent = 1, kCommand = 2, kCheckpoint = 3 };

/// Who wrote a journal and what it was started with. Only config and reference enter the digest.
struct JournalHeader {
  std::string build;
  std::string compiler;
  std::string host;
  std::string command;  // the command line
  Bytes config;
  Bytes reference;
};

/// The one writer of a journal: a single SQLite file of records, each hashed over the one before,
/// so that nothing can be changed, dropped or reordered unseen. Not for several threads at once.
///
/// Any failure to store is final (I-30): it is thrown as a Failure, and so is every later call.
/// Without close() the destructor stores what was appended, but the journal stays unsealed.
class Journal {
 public:
  /// Throws Failure when anything exists at that path, or when it cannot be created.
  [[nodiscard]] static Journal create(const std::filesystem::path& path,
                                      const JournalHeader& header);
  Journal(Journal&&) noexcept;
  ~Journal();

  /// `name` is for people with sqlite3: the type of the event or command.
  void append(RecordKind kind, Instant at, std::string_view name, std::span<const std::byte> raw);
  /// What was appended so far is durable when this returns.
  void commit();
  /// Commits, seals (a seal shows a tail cut off later) and leaves exactly one file. The digest.
  std::string close();

  /// The last record's hash; of the header's config and reference while there is no record.
  [[nodiscard]] std::string digest() const;

 private:
  class Writer;
  explicit Journal(std::unique_ptr<Writer> writer);
  std::unique_ptr<Writer> writer_;
};

}  // namespace v6
