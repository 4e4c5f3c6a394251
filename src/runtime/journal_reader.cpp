#include "runtime/journal_reader.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <zstd.h>

#include <array>
#include <fstream>
#include <utility>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "runtime/journal_file.hpp"

namespace v6 {
namespace {

using namespace journal_file;
namespace fs = std::filesystem;

constexpr std::string_view kMagic{"SQLite format 3\0", 16};
constexpr std::int64_t kMaxRecord = 1 << 30;

/// A folder of our own under the system's place for such things, gone with this value.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = fs::temp_directory_path() / "v6-journal-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) {
      fail_data(name + ": cannot be created; set TMPDIR to a folder that can be written");
    }
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// Copies the file and what its writer has not folded into it yet. A writer at work changes the
/// file itself only when it folds; then the copy starts again.
void copy_journal(const fs::path& from, const fs::path& to) {
  const auto stamp = [&] { return std::pair{fs::file_size(from), fs::last_write_time(from)}; };
  for (int attempt = 0; attempt < 10; ++attempt) {
    const auto before = stamp();
    fs::copy_file(from, to, fs::copy_options::overwrite_existing);
    std::error_code error;
    fs::copy_file(wal_of(from), wal_of(to), fs::copy_options::overwrite_existing, error);
    if (error == std::errc::no_such_file_or_directory) {
      fs::remove(wal_of(to));
    } else if (error) {
      throw fs::filesystem_error{"copy", wal_of(from), error};
    }
    if (stamp() == before) { return; }
  }
  fail_data(from.string() + ": changes too fast to be copied; try again");
}

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes) { value = value << 8 | static_cast<std::uint8_t>(byte); }
  return value;
}

/// What SQLite would report as something else, or not at all.
void check_file(const fs::path& path) {
  if (!fs::exists(path)) { fail_data(path.string() + ": no such file"); }
  if (!fs::is_regular_file(path)) { fail_data(path.string() + ": not a file"); }
  std::ifstream in{path, std::ios::binary};
  if (!in) { fail_data(path.string() + ": cannot be read"); }
  std::array<char, 100> head{};
  in.read(head.data(), head.size());
  const std::string_view read{head.data(), static_cast<std::size_t>(in.gcount())};
  if (read.empty()) {
    fail_data(path.string() + ": is empty: a journal whose creation was interrupted; delete it");
  }
  if (!read.starts_with(kMagic)) { fail_data(path.string() + ": not a journal of v6"); }
  if (read.size() < head.size()) {
    fail_data(path.string() + ": truncated; take it from a backup");
  }
  // Page size and count, https://www.sqlite.org/fileformat.html#the_database_header
  const std::uint64_t page = big_endian(read.substr(16, 2));
  const std::uint64_t expected = (page == 1 ? 65536 : page) * big_endian(read.substr(28, 4));
  std::error_code error;
  const auto unfolded = fs::file_size(wal_of(path), error);
  if ((error || unfolded == 0) && fs::file_size(path) < expected) {
    fail_data(fmt::format("{}: truncated: it has {} of {} bytes; take it from a backup",
                          path.string(), fs::file_size(path), expected));
  }
}

Bytes to_bytes(std::span<const std::byte> view) { return {view.begin(), view.end()}; }

/// Nothing for bytes that do not become exactly `size` bytes.
bool unpack(std::span<const std::byte> stored, std::int64_t size, Bytes& out) {
  if (std::cmp_equal(size, stored.size())) {
    out.assign(stored.begin(), stored.end());
    return true;
  }
  if (size < 0 || size > kMaxRecord ||
      !std::cmp_equal(ZSTD_getFrameContentSize(stored.data(), stored.size()), size)) {
    return false;
  }
  out.resize(static_cast<std::size_t>(size));
  return std::cmp_equal(ZSTD_decompress(out.data(), out.size(), stored.data(), stored.size()),
                        size);
}

}  // namespace

class JournalReader::Source {
 public:
  explicit Source(const fs::path& path) : path_{path} {
    check_file(path);
    try {
      const fs::path copy = folder_.path() / "journal.db";
      copy_journal(path, copy);
      db_.emplace(copy);
      db_->run("PRAGMA trusted_schema=OFF");
      db_->run("PRAGMA cell_size_check=ON");
      read_header();
      records_ = db_->prepare(
          "SELECT seq, kind, at, name, bytes, raw_size, hash FROM records ORDER BY seq");
    } catch (const SqliteError& error) {
      fail_data(fmt::format("{}: damaged: {}; take it from a backup", path.string(), error.what()));
    } catch (const fs::filesystem_error& error) {
      fail_data(fmt::format("{}: cannot be copied to {}: {}; set TMPDIR to a folder with room",
                            path.string(), folder_.path().string(), error.code().message()));
    }
  }

  [[nodiscard]] const JournalHeader& header() const { return header_; }
  [[nodiscard]] bool sealed() const { return seal_.has_value(); }
  [[nodiscard]] std::string digest() const { return hex(hash_); }
  [[nodiscard]] const fs::path& path() const { return path_; }

  std::expected<bool, std::string> next(JournalRecord& record) {
    if (fault_) { return std::unexpected{*fault_}; }
    if (ended_) { return false; }
    try {
      fault_ = start_fault();
      if (!fault_ && records_.step()) {
        fault_ = read(record);
      } else if (!fault_) {
        ended_ = true;
        fault_ = seal_fault();
      }
    } catch (const SqliteError& error) {
      fault_ = fmt::format("record {}: {}", seq_ + 1, error.what());
    }
    if (fault_) { return std::unexpected{*fault_}; }
    return !ended_;
  }

 private:
  using Fault = std::optional<std::string>;
  struct Seal {
    std::string digest;
    std::int64_t records;
  };

  void read_header() {
    if (db_->run(
            "SELECT count(*) FROM sqlite_schema WHERE name IN ('header', 'records', 'seal')") !=
        "3") {
      fail_data(path_.string() + ": not a journal of v6, or one whose creation was interrupted");
    }
    const auto format = db_->run("SELECT value FROM header WHERE key = 'format'");
    header_.build = text("build");
    if (format != std::to_string(kFormat)) {
      fail_data(
          fmt::format("{}: has journal format {}, this v6 reads format {}; use the v6 that "
                      "wrote it: {}",
                      path_.string(), format, kFormat, header_.build));
    }
    header_.compiler = text("compiler");
    header_.host = text("host");
    header_.command = text("command");
    header_.config = blob("config");
    header_.reference = blob("reference");
    start_ = blob("start");
    hash_ = chain_start(header_.config, header_.reference);
    Statement seal = db_->prepare("SELECT digest, records FROM seal");
    if (seal.step()) { seal_ = Seal{std::string{seal.text(0)}, seal.integer(1)}; }
  }

  [[nodiscard]] Bytes blob(std::string_view key) const {
    Statement value = db_->prepare("SELECT value FROM header WHERE key = ?");
    value.bind(1, key);
    if (!value.step()) { throw SqliteError{fmt::format("its header has no {}", key)}; }
    return to_bytes(value.bytes(0));
  }

  [[nodiscard]] std::string text(std::string_view key) const {
    const Bytes bytes = blob(key);
    return std::string{as_text(bytes)};
  }

  [[nodiscard]] Fault start_fault() const {
    if (seq_ > 0 || std::ranges::equal(start_, hash_)) { return {}; }
    return "header: config or reference are not as they were written";
  }

  Fault read(JournalRecord& record) {
    const auto seq = records_.integer(0);
    const auto kind = records_.integer(1);
    const auto at = records_.integer(2);
    if (!std::cmp_equal(seq, seq_ + 1)) {
      return fmt::format("record {}: missing; record {} stands in its place", seq_ + 1, seq);
    }
    if (kind < 1 || kind > 3) { return fmt::format("record {}: has no kind", seq); }
    record.seq = seq_ + 1;
    record.kind = static_cast<RecordKind>(kind);
    record.at = Instant{Duration{at}};
    record.name = records_.text(3);
    if (!unpack(records_.bytes(4), records_.integer(5), record.bytes)) {
      return fmt::format("record {}: its bytes cannot be unpacked", seq);
    }
    const Hash hash =
        chain(hash_, {.kind = record.kind, .at = at, .name = record.name, .raw = record.bytes});
    if (!std::ranges::equal(hash, records_.bytes(6))) {
      return fmt::format("record {}: is not as it was written: its hash differs", seq);
    }
    hash_ = hash;
    ++seq_;
    return {};
  }

  [[nodiscard]] Fault seal_fault() const {
    if (!seal_ || (seal_->digest == digest() && std::cmp_equal(seal_->records, seq_))) {
      return {};
    }
    return fmt::format("after record {}: sealed with {} records and digest {}, it has {} and {}",
                       seq_, seal_->records, seal_->digest, seq_, digest());
  }

  fs::path path_;
  TemporaryFolder folder_;
  std::optional<Connection> db_;
  Statement records_;  // after the connection: it must go first
  JournalHeader header_;
  Bytes start_;
  Hash hash_{};
  std::optional<Seal> seal_;
  std::uint64_t seq_ = 0;
  bool ended_ = false;
  Fault fault_;
};

JournalReader::JournalReader(const fs::path& path) : source_{std::make_unique<Source>(path)} {}
JournalReader::JournalReader(JournalReader&&) noexcept = default;
JournalReader::~JournalReader() = default;

const JournalHeader& JournalReader::header() const { return source_->header(); }
std::string JournalReader::digest() const { return source_->digest(); }
bool JournalReader::sealed() const { return source_->sealed(); }

std::expected<bool, std::string> JournalReader::try_next(JournalRecord& record) {
  return source_->next(record);
}

bool JournalReader::next(JournalRecord& record) {
  const auto more = source_->next(record);
  if (!more) {
    fail_data(fmt::format("{}: damaged: {}; take it from a backup", source_->path().string(),
                          more.error()));
  }
  return *more;
}

VerifyResult verify_journal(const fs::path& path) {
  JournalReader reader{path};
  VerifyResult result{.sealed = reader.sealed()};
  JournalRecord record;
  auto more = reader.try_next(record);
  for (; more && *more; more = reader.try_next(record)) { ++result.records; }
  if (!more) { result.fault = more.error(); }
  result.digest = reader.digest();
  return result;
}

}  // namespace v6
