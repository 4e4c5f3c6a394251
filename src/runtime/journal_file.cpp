#include "runtime/journal_file.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>

#include "base/bytes.hpp"
#include "base/check.hpp"

namespace v6::journal_file {
namespace {

/// The words for what happened last, with what to do where there is something to do.
[[noreturn]] void fail(sqlite3* connection, int code) {
  const int latest = errno;  // SQLite forgets the system's reason when a commit cannot be synced
  const int primary = code & 0xff;
  if (primary == SQLITE_FULL) { throw SqliteError{"the disk is full; free some space"}; }
  std::string text = connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  if (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN) {
    const int known = connection != nullptr ? sqlite3_system_errno(connection) : 0;
    text += std::string{" ("} + std::strerror(known != 0 ? known : latest) + ")";
  }
  throw SqliteError{text};
}

void check(sqlite3* connection, int code) {
  if (code != SQLITE_OK) { fail(connection, code); }
}

Digest start_of(std::string_view tag) { return Digest{}.add(tag); }

template <class T>
void add_number(Digest& digest, T value) {
  digest.add(std::as_bytes(std::span{&value, 1}));
}

}  // namespace

Hash chain_start(std::span<const std::byte> config, std::span<const std::byte> reference) {
  Digest digest = start_of("v6 journal start");
  add_number(digest, std::uint64_t{config.size()});
  digest.add(config);
  add_number(digest, std::uint64_t{reference.size()});
  digest.add(reference);
  return digest.value();
}

Hash chain(const Hash& previous, const ChainLink& link) {
  Digest digest = start_of("v6 journal record");
  digest.add(previous);
  add_number(digest, link.kind);
  add_number(digest, link.at);
  add_number(digest, std::uint64_t{link.name.size()});
  digest.add(link.name);
  add_number(digest, std::uint64_t{link.raw.size()});
  digest.add(link.raw);
  return digest.value();
}

std::filesystem::path wal_of(const std::filesystem::path& path) { return path.string() + "-wal"; }

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::bind(int parameter, std::int64_t value) {
  check(sqlite3_db_handle(statement_.get()),
        sqlite3_bind_int64(statement_.get(), parameter, value));
}

void Statement::bind(int parameter, std::string_view text) {
  check(sqlite3_db_handle(statement_.get()),
        sqlite3_bind_text64(statement_.get(), parameter, text.data(), text.size(), SQLITE_STATIC,
                            SQLITE_UTF8));
}

void Statement::bind(int parameter, std::span<const std::byte> bytes) {
  // A null pointer would bind NULL, and no bytes are not the absence of bytes.
  const void* data = bytes.empty() ? "" : static_cast<const void*>(bytes.data());
  check(sqlite3_db_handle(statement_.get()),
        sqlite3_bind_blob64(statement_.get(), parameter, data, bytes.size(), SQLITE_STATIC));
}

bool Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) { return true; }
  if (code != SQLITE_DONE) { fail(sqlite3_db_handle(statement_.get()), code); }
  sqlite3_reset(statement_.get());
  return false;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::span<const std::byte> Statement::bytes(int column) const {
  const void* data = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return {static_cast<const std::byte*>(data), static_cast<std::size_t>(size)};
}

std::string_view Statement::text(int column) const { return as_text(bytes(column)); }

void Connection::Close::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

Connection::Connection(const std::filesystem::path& path) {
  sqlite3* opened = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  connection_.reset(opened);
  check(opened, code);
}

Statement Connection::prepare(std::string_view sql) const {
  sqlite3_stmt* prepared = nullptr;
  check(connection_.get(),
        sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &prepared, nullptr));
  Statement statement;
  statement.statement_.reset(prepared);
  return statement;
}

std::string Connection::run(std::string_view sql) const {
  Statement statement = prepare(sql);
  std::string first;
  for (bool seen = false; statement.step(); seen = true) {
    if (!seen) { first = statement.text(0); }
  }
  return first;
}

void Connection::fold() const {
  check(connection_.get(), sqlite3_wal_checkpoint_v2(connection_.get(), nullptr,
                                                     SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr));
}

void Connection::abandon() const {
  sqlite3_db_config(connection_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void Connection::close() {
  check(connection_.get(), sqlite3_close(connection_.get()));
  [[maybe_unused]] sqlite3* const gone = connection_.release();
}

}  // namespace v6::journal_file
