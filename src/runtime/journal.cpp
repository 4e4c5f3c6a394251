#include "runtime/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>

#include "base/check.hpp"
#include "base/error.hpp"
#include "runtime/journal_file.hpp"

namespace v6 {
namespace {

using namespace journal_file;
namespace fs = std::filesystem;

constexpr std::size_t kPackFrom = 4096;  // smaller records hardly shrink and cost the most time
constexpr int kPackLevel = 1;
constexpr std::uintmax_t kFoldFrom = 16 << 20;  // bytes of -wal

/// Order matters: with EXTRA set only after WAL, a power cut can bring the stale rollback journal
/// back and lose everything. Exclusive before WAL keeps the -shm file away.
constexpr std::string_view kSetup[] = {
    "PRAGMA page_size=16384",
    "PRAGMA cache_size=-8192",
    "PRAGMA mmap_size=0",
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA synchronous=EXTRA",
    "PRAGMA journal_mode=WAL",
    // SQLite's own checkpoint, at commit, would swallow its errors.
    "PRAGMA wal_autocheckpoint=0",
};

constexpr std::string_view kSchema[] = {
    "CREATE TABLE header(key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID",
    "CREATE TABLE records(seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, at INTEGER NOT NULL, "
    "name TEXT NOT NULL, bytes BLOB NOT NULL, raw_size INTEGER NOT NULL, hash BLOB NOT NULL)",
    "CREATE TABLE seal(digest TEXT NOT NULL, records INTEGER NOT NULL)",
};

[[noreturn]] void fail_system(const fs::path& path, std::string_view what) {
  fail_data(fmt::format("{}: {}: {}", path.string(), what, std::strerror(errno)));
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path{"."};
}

/// An empty file that was not there before. Nor may there be what SQLite would take for its own.
void create_file(const fs::path& path) {
  for (const char* suffix : {"", "-wal", "-journal", "-shm"}) {
    const fs::path file = path.string() + suffix;
    if (fs::exists(fs::symlink_status(file))) {
      fail_data(file.string() +
                ": exists already, and a journal is never written over; move it away or choose "
                "another place");
    }
  }
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) { fail_system(path, "cannot be created"); }
  ::close(file);
}

/// So that a power cut cannot take the file's name away.
void sync_folder(const fs::path& path) {
  const int folder = ::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0 || ::fsync(folder) != 0) { fail_system(folder_of(path), "cannot be synced"); }
  ::close(folder);
}

/// Which file a name stands for.
struct Identity {
  dev_t device = 0;
  ino_t inode = 0;
  friend bool operator==(const Identity&, const Identity&) = default;
};

Identity identity(const fs::path& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) { return {}; }
  return {.device = facts.st_dev, .inode = facts.st_ino};
}

}  // namespace

class Journal::Writer {
 public:
  Writer(const fs::path& path, const JournalHeader& header)
      : path_{path}, hash_{chain_start(header.config, header.reference)} {
    create_file(path);
    guarded([&] {
      db_.emplace(path);
      for (const auto& sql : kSetup) { db_->run(sql); }
      if (db_->run("PRAGMA synchronous") != "3" || db_->run("PRAGMA journal_mode") != "wal") {
        throw SqliteError{"this SQLite or file system has no write-ahead log"};
      }
      begin();
      for (const auto& sql : kSchema) { db_->run(sql); }
      write_header(header);
      db_->run("COMMIT");
      pending_ = false;
      // The file alone, without its -wal, says what it is from here on.
      db_->fold();
      insert_ = db_->prepare("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)");
    });
    sync_folder(path);
    file_ = identity(path);
    wal_ = identity(wal_of(path));
  }

  void append(RecordKind kind, Instant at, std::string_view name, std::span<const std::byte> raw) {
    guarded([&] {
      begin();
      const std::int64_t time = at.time_since_epoch().count();
      const Hash hash = chain(hash_, {.kind = kind, .at = time, .name = name, .raw = raw});
      insert_.bind(1, static_cast<std::int64_t>(records_ + 1));
      insert_.bind(2, static_cast<std::int64_t>(kind));
      insert_.bind(3, time);
      insert_.bind(4, name);
      insert_.bind(5, packed(raw));
      insert_.bind(6, static_cast<std::int64_t>(raw.size()));
      insert_.bind(7, std::span<const std::byte>{hash});
      insert_.step();
      hash_ = hash;
      ++records_;
    });
  }

  void commit() {
    guarded([&] {
      if (pending_) {
        db_->run("COMMIT");
        pending_ = false;
      }
      check_place();
      durable_ = records_;
      if (fs::file_size(wal_of(path_)) >= kFoldFrom) { db_->fold(); }
    });
  }

  std::string close() {
    guarded([&] {
      begin();
      {
        Statement seal = db_->prepare("INSERT INTO seal VALUES (?, ?)");
        const std::string text = hex(hash_);
        seal.bind(1, text);
        seal.bind(2, static_cast<std::int64_t>(records_));
        seal.step();
      }
      db_->run("COMMIT");
      pending_ = false;
      check_place();
      durable_ = records_;
      db_->fold();
      insert_ = {};
      db_->close();
      db_.reset();
      closed_ = true;
      if (fs::exists(wal_of(path_))) { throw SqliteError{"its -wal file cannot be removed"}; }
    });
    return hex(hash_);
  }

  [[nodiscard]] std::string digest() const {
    if (failure_) { fail_data(*failure_); }
    return hex(hash_);
  }

  /// The last chance of a writer that nobody closed.
  void leave() noexcept {
    if (closed_ || failure_) { return; }
    try {
      commit();
    } catch (...) {  // NOLINT(bugprone-empty-catch): whoever could be told is gone
    }
  }

 private:
  /// Storage may fail once: what the disk holds after that is not known, so nothing follows.
  template <class Work>
  void guarded(const Work& work) {
    if (failure_) { fail_data(*failure_); }
    V6_CHECK(!closed_, "the journal is closed");
    try {
      work();
    } catch (const SqliteError& error) {
      fail(error.what());
    } catch (const fs::filesystem_error& error) { fail(error.code().message()); }
  }

  [[noreturn]] void fail(const std::string& why) {
    if (db_) { db_->abandon(); }
    failure_ = fmt::format(
        "{}: cannot be written: {}; its first {} records are safe, nothing more "
        "is journalled",
        path_.string(), why, durable_);
    fail_data(*failure_);
  }

  void begin() {
    if (!pending_) { db_->run("BEGIN IMMEDIATE"); }
    pending_ = true;
  }

  /// A commit into a file that has been deleted or replaced is lost (F-109).
  void check_place() const {
    if (identity(path_) != file_ || identity(wal_of(path_)) != wal_) {
      throw SqliteError{"it has been deleted or replaced while in use"};
    }
  }

  void write_header(const JournalHeader& header) {
    Statement insert = db_->prepare("INSERT INTO header VALUES (?, ?)");
    const auto put = [&](std::string_view key, const auto& value) {
      insert.bind(1, key);
      insert.bind(2, value);
      insert.step();
    };
    put("format", kFormat);
    put("build", std::string_view{header.build});
    put("compiler", std::string_view{header.compiler});
    put("host", std::string_view{header.host});
    put("command", std::string_view{header.command});
    put("config", std::span<const std::byte>{header.config});
    put("reference", std::span<const std::byte>{header.reference});
    put("start", std::span<const std::byte>{hash_});
  }

  /// Compressed where that saves anything; then, and only then, shorter than raw_size says.
  std::span<const std::byte> packed(std::span<const std::byte> raw) {
    if (raw.size() < kPackFrom) { return raw; }
    packed_.resize(std::max(packed_.size(), ZSTD_compressBound(raw.size())));
    const std::size_t size = ZSTD_compressCCtx(packer_.get(), packed_.data(), packed_.size(),
                                               raw.data(), raw.size(), kPackLevel);
    if (ZSTD_isError(size) != 0 || size >= raw.size()) { return raw; }
    return std::span<const std::byte>{packed_}.first(size);
  }

  struct FreePacker {
    void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  };

  fs::path path_;
  Hash hash_;
  std::uint64_t records_ = 0;
  std::uint64_t durable_ = 0;
  bool pending_ = false;  // a transaction is open
  bool closed_ = false;
  std::optional<std::string> failure_;
  Identity file_;
  Identity wal_;
  std::unique_ptr<ZSTD_CCtx, FreePacker> packer_{ZSTD_createCCtx()};
  Bytes packed_;
  std::optional<Connection> db_;
  Statement insert_;  // after the connection: it must go first
};

Journal::Journal(std::unique_ptr<Writer> writer) : writer_{std::move(writer)} {}
Journal::Journal(Journal&&) noexcept = default;
Journal::~Journal() {
  if (writer_) { writer_->leave(); }
}

Journal Journal::create(const fs::path& path, const JournalHeader& header) {
  return Journal{std::make_unique<Writer>(path, header)};
}

void Journal::append(RecordKind kind, Instant at, std::string_view name,
                     std::span<const std::byte> raw) {
  writer_->append(kind, at, name, raw);
}

void Journal::commit() { writer_->commit(); }
std::string Journal::close() { return writer_->close(); }
std::string Journal::digest() const { return writer_->digest(); }

}  // namespace v6
