#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/codec.hpp"
#include "base/time.hpp"
#include "runtime/digest.hpp"
#include "runtime/journal.hpp"

struct sqlite3;
struct sqlite3_stmt;

/// What the journal's writer and its reader share: the file format and a thin hand on SQLite.
namespace v6::journal_file {

inline constexpr std::int64_t kFormat = 1;

/// Where the chain starts: nothing but configuration and reference data (I-24), so that builds and
/// hosts which decide alike have the same digest.
[[nodiscard]] Hash chain_start(std::span<const std::byte> config,
                               std::span<const std::byte> reference);

struct ChainLink {
  RecordKind kind;
  std::int64_t at;
  std::string_view name;
  std::span<const std::byte> raw;
};
/// The next hash: tag, previous hash, kind, time, name and bytes, lengths before contents.
[[nodiscard]] Hash chain(const Hash& previous, const ChainLink& link);

/// "journal.db-wal", where SQLite keeps what it has not yet folded into the file.
[[nodiscard]] std::filesystem::path wal_of(const std::filesystem::path& path);

/// What SQLite or the system under it refused, in words.
class SqliteError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A prepared statement. Columns count from 0, parameters from 1. Bound text and bytes are not
/// copied and must live until step() returns.
class Statement {
 public:
  void bind(int parameter, std::int64_t value);
  void bind(int parameter, std::string_view text);
  void bind(int parameter, std::span<const std::byte> bytes);

  /// True when there is a row to look at; false at the end, when the statement is ready again.
  bool step();

  [[nodiscard]] std::int64_t integer(int column) const;
  /// Both views end with the next step().
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::span<const std::byte> bytes(int column) const;

 private:
  friend class Connection;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Connection {
 public:
  /// Opens a file that exists.
  explicit Connection(const std::filesystem::path& path);

  [[nodiscard]] Statement prepare(std::string_view sql) const;
  /// Runs one statement; gives the first column of its first row as text, if there is a row.
  std::string run(std::string_view sql) const;
  /// Moves everything from -wal into the file, synced, and empties -wal.
  void fold() const;
  /// From now on closing touches the file no more: after a failure its pages cannot be trusted.
  void abandon() const;
  /// Every statement must be gone.
  void close();

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  std::unique_ptr<sqlite3, Close> connection_;
};

}  // namespace v6::journal_file
