#include "runtime/journal.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <rapidcheck.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <limits>
#include <optional>

#include "runtime/journal_file.hpp"
#include "runtime/journal_test_kit.hpp"

namespace {

/// The disk under SQLite, as a test wants it. SQLite's calls come here: writes through its own
/// table of system calls, syncs because the program's symbols come before the C library's.
struct Disk {
  std::int64_t room = std::numeric_limits<std::int64_t>::max();  // bytes until it is full
  bool sync_fails = false;
  int syncs = 0;
} disk;

ssize_t write_at(int file, const void* data, std::size_t size, off64_t where) {
  disk.room -= static_cast<std::int64_t>(size);
  if (disk.room < 0) {
    errno = ENOSPC;
    return -1;
  }
  return pwrite64(file, data, size, where);
}

/// Puts the test's disk under SQLite for as long as it lives.
struct DiskUnderTest {
  DiskUnderTest() {
    disk = {};
    set([](auto call) { return reinterpret_cast<sqlite3_syscall_ptr>(call); }(&write_at));
  }
  DiskUnderTest(const DiskUnderTest&) = delete;
  DiskUnderTest& operator=(const DiskUnderTest&) = delete;
  ~DiskUnderTest() {
    set(nullptr);
    disk = {};
  }
  static void set(sqlite3_syscall_ptr call) {
    sqlite3_vfs* vfs = sqlite3_vfs_find(nullptr);
    vfs->xSetSystemCall(vfs, "pwrite64", call);
  }
};

}  // namespace

extern "C" int fdatasync(int file) {
  ++disk.syncs;
  if (disk.sync_fails) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(syscall(SYS_fdatasync, file));
}

namespace v6 {
namespace {

using namespace journal_test;
using testing::HasSubstr;

TEST(Journal, GivesBackWhatWasWritten) {
  const Folder folder;
  const auto path = folder / "journal.db";
  const auto digest = write_journal(path, some_records());
  EXPECT_EQ(read_journal(path), some_records());

  JournalReader reader{path};
  EXPECT_EQ(reader.header().build, some_header().build);
  EXPECT_EQ(reader.header().compiler, some_header().compiler);
  EXPECT_EQ(reader.header().host, some_header().host);
  EXPECT_EQ(reader.header().command, some_header().command);
  EXPECT_EQ(reader.header().config, some_header().config);
  EXPECT_EQ(reader.header().reference, some_header().reference);
  EXPECT_TRUE(reader.sealed());

  const auto verified = verify_journal(path);
  EXPECT_EQ(verified.fault, std::nullopt);
  EXPECT_EQ(verified.records, some_records().size());
  EXPECT_EQ(verified.digest, digest);
  EXPECT_TRUE(verified.sealed);
}

TEST(Journal, GivesBackAnyRecords) {
  EXPECT_TRUE(rc::check([] {
    const Folder folder;
    std::vector<Written> records;
    const auto count = *rc::gen::inRange(0, 12);
    Journal journal = Journal::create(folder / "j", {});
    for (int i = 0; i < count; ++i) {
      records.push_back(
          {.kind =
               *rc::gen::element(RecordKind::kEvent, RecordKind::kCommand, RecordKind::kCheckpoint),
           .at = Instant{Duration{*rc::gen::arbitrary<std::int64_t>()}},
           .name = *rc::gen::string<std::string>(),
           .bytes = some_bytes(*rc::gen::inRange<std::size_t>(0, 40'000),
                               *rc::gen::element(Content::kRepeating, Content::kRandom))});
      append(journal, records.back());
      if (*rc::gen::arbitrary<bool>()) { journal.commit(); }
    }
    journal.close();
    RC_ASSERT(read_journal(folder / "j") == records);
  }));
}

TEST(Journal, IsOneFileWhileNobodyWrites) {
  const Folder folder;
  {
    Journal journal = Journal::create(folder / "j", some_header());
    append(journal, some_records()[1]);
    journal.commit();
    EXPECT_EQ(folder.names(), (std::set<std::string>{"j", "j-wal"}));
    append(journal, some_records()[3]);
    journal.close();
    EXPECT_EQ(folder.names(), std::set<std::string>{"j"});
  }
  EXPECT_EQ(read_journal(folder / "j").size(), 2U);
  EXPECT_EQ(folder.names(), std::set<std::string>{"j"}) << "a reader leaves nothing behind";
  EXPECT_LT(fs::file_size(folder / "j"), 150'000U);
}

TEST(Journal, FoldsAGrownLogWithoutLosingAnything) {
  const Folder folder;
  Journal journal = Journal::create(folder / "j", {});
  const Written large{.name = "large", .bytes = some_bytes(5 << 20, Content::kRandom)};
  std::uintmax_t highest = 0;
  for (int i = 0; i < 12; ++i) {
    append(journal, large);
    journal.commit();
    highest = std::max(highest, fs::file_size(folder / "j-wal"));
  }
  EXPECT_LT(highest, 24U << 20);
  journal.close();
  EXPECT_EQ(read_journal(folder / "j"), std::vector<Written>(12, large));
}

TEST(Journal, NeverWritesOverAnything) {
  const Folder folder;
  for (const std::string name : {"j", "j-wal", "j-journal", "j-shm"}) {
    SCOPED_TRACE(name);
    put_file(folder / name, "precious");
    EXPECT_THAT(failure_of([&] { write_journal(folder / "j", {}); }), HasSubstr("exists already"));
    EXPECT_EQ(file_bytes(folder / name), "precious");
    EXPECT_EQ(folder.names(), std::set<std::string>{name});
    fs::remove(folder / name);
  }
  fs::create_symlink(folder / "nowhere", folder / "j");
  EXPECT_THAT(failure_of([&] { write_journal(folder / "j", {}); }), HasSubstr("exists already"));
  EXPECT_THAT(failure_of([&] { write_journal(folder / "no/j", {}); }),
              HasSubstr("cannot be created: No such file or directory"));
}

// covers: I-24
TEST(Journal, DigestCoversConfigAndReferenceButNotWhoWroteIt) {
  const Folder folder;
  int count = 0;
  const auto digest = [&](const std::function<void(JournalHeader&)>& change) {
    auto header = some_header();
    change(header);
    return write_journal(folder / std::to_string(++count), some_records(), header);
  };
  const auto first = digest([](auto&) {});
  EXPECT_EQ(first.size(), 64U);
  EXPECT_EQ(digest([](auto& h) { h.build = "0.2.0"; }), first);
  EXPECT_EQ(digest([](auto& h) { h.compiler = "clang"; }), first);
  EXPECT_EQ(digest([](auto& h) { h.host = "laptop"; }), first);
  EXPECT_EQ(digest([](auto& h) { h.command = "v6 demo"; }), first);
  EXPECT_NE(digest([](auto& h) { h.config.back() ^= std::byte{1}; }), first);
  EXPECT_NE(digest([](auto& h) { h.reference.back() ^= std::byte{1}; }), first);
  EXPECT_NE(digest([](auto& h) {
              h.reference.insert(h.reference.begin(), h.config.back());
              h.config.pop_back();
            }),
            first);
}

// covers: I-32
TEST(Journal, EveryDigestOfThePastIsAPrefixOfTheFinalChain) {
  const Folder folder;
  Journal journal = Journal::create(folder / "j", some_header());
  std::vector<std::string> heads;
  for (const auto& record : some_records()) {
    append(journal, record);
    journal.commit();
    heads.push_back(journal.digest());
  }
  EXPECT_EQ(journal.close(), heads.back());
  EXPECT_EQ(std::set<std::string>(heads.begin(), heads.end()).size(), heads.size());
  JournalReader reader{folder / "j"};
  JournalRecord record;
  for (const auto& head : heads) {
    ASSERT_TRUE(reader.next(record));
    EXPECT_EQ(reader.digest(), head);
  }
}

/// SQL as SQLite runs it, on every connection opened while this lives.
class SqlWatch {
 public:
  SqlWatch() {
    lines().clear();
    last() = nullptr;
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&watch));
  }
  SqlWatch(const SqlWatch&) = delete;
  SqlWatch& operator=(const SqlWatch&) = delete;
  ~SqlWatch() { sqlite3_reset_auto_extension(); }

  static std::vector<std::string>& lines() {
    static std::vector<std::string> lines;
    return lines;
  }
  static sqlite3*& last() {
    static sqlite3* last = nullptr;
    return last;
  }
  static std::ptrdiff_t line_of(const std::string& sql) {
    return std::ranges::find(lines(), sql) - lines().begin();
  }
  static std::string ask(const std::string& sql) {
    std::string answer;
    sqlite3_exec(
        last(), sql.c_str(),
        [](void* out, int, char** values, char**) {
          *static_cast<std::string*>(out) = values[0];
          return 0;
        },
        &answer, nullptr);
    return answer;
  }

 private:
  static int watch(sqlite3* connection, char**, const void*) {
    last() = connection;
    lines().emplace_back("open");
    sqlite3_trace_v2(
        connection, SQLITE_TRACE_STMT,
        [](unsigned, void*, void*, void* sql) {
          lines().emplace_back(static_cast<const char*>(sql));
          return 0;
        },
        nullptr);
    return SQLITE_OK;
  }
};

TEST(Journal, SetsSqliteUpForPowerCuts) {
  const Folder folder;
  const SqlWatch watch;
  Journal journal = Journal::create(folder / "j", {});
  EXPECT_EQ(watch.ask("PRAGMA synchronous"), "3") << "EXTRA";
  EXPECT_EQ(watch.ask("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(watch.ask("PRAGMA locking_mode"), "exclusive");
  EXPECT_EQ(watch.ask("PRAGMA wal_autocheckpoint"), "0");
  EXPECT_EQ(watch.ask("PRAGMA mmap_size"), "0");
  const auto all = watch.lines().size();
  EXPECT_LT(watch.line_of("PRAGMA synchronous=EXTRA"), watch.line_of("PRAGMA journal_mode=WAL"));
  EXPECT_LT(watch.line_of("PRAGMA locking_mode=EXCLUSIVE"),
            watch.line_of("PRAGMA journal_mode=WAL"));
  EXPECT_LT(watch.line_of("PRAGMA journal_mode=WAL"), watch.line_of("BEGIN IMMEDIATE"));
  EXPECT_LT(static_cast<std::size_t>(watch.line_of("BEGIN IMMEDIATE")), all);
  append(journal, some_records()[0]);
  journal.close();
  EXPECT_EQ(std::ranges::count(watch.lines(), "open"), 1) << "exactly one connection";
}

TEST(Journal, CommitSyncsAndAppendDoesNot) {
  const Folder folder;
  Journal journal = Journal::create(folder / "j", {});
  append(journal, some_records()[0]);
  journal.commit();
  disk.syncs = 0;
  append(journal, some_records()[0]);
  append(journal, some_records()[1]);
  EXPECT_EQ(disk.syncs, 0);
  journal.commit();
  EXPECT_EQ(disk.syncs, 1);
  journal.commit();
  EXPECT_EQ(disk.syncs, 1) << "nothing new to sync";
}

void expect_finished(Journal& journal, const std::string& failure) {
  EXPECT_EQ(failure_of([&] { append(journal, {}); }), failure);
  EXPECT_EQ(failure_of([&] { journal.commit(); }), failure);
  EXPECT_EQ(failure_of([&] { static_cast<void>(journal.digest()); }), failure);
  EXPECT_EQ(failure_of([&] { journal.close(); }), failure);
}

// covers: I-30
TEST(Journal, AFailedSyncIsFinalAndNeverTriedAgain) {
  const Folder folder;
  const DiskUnderTest under_test;
  {
    Journal journal = Journal::create(folder / "j", {});
    append(journal, some_records()[0]);
    journal.commit();
    append(journal, some_records()[1]);
    disk.sync_fails = true;
    const auto failure = failure_of([&] { journal.commit(); });
    EXPECT_THAT(failure, HasSubstr((folder / "j").string() + ": cannot be written: "));
    EXPECT_THAT(failure, HasSubstr("Input/output error"));
    EXPECT_THAT(failure, HasSubstr("its first 1 records are safe"));
    disk.sync_fails = false;
    disk.syncs = 0;
    expect_finished(journal, failure);
  }
  EXPECT_EQ(disk.syncs, 0);
  EXPECT_GE(verify_journal(folder / "j").records, 1U);
}

// covers: I-30
TEST(Journal, AFullDiskIsFinalAndKeepsWhatWasCommitted) {
  EXPECT_TRUE(rc::check([] {
    const Folder folder;
    const DiskUnderTest under_test;
    disk.room = *rc::gen::inRange<std::int64_t>(0, 1'500'000);
    std::size_t durable = 0;
    std::optional<Journal> journal;
    const auto failure = failure_of([&] {
      journal.emplace(Journal::create(folder / "j", some_header()));
      for (std::size_t i = 1;; ++i) {
        append(*journal, {.bytes = some_bytes(20'000, Content::kRandom)});
        if (i % 3 == 0) {
          journal->commit();
          durable = i;
        }
      }
    });
    RC_ASSERT(failure.find("cannot be written: the disk is full; free some space") !=
              std::string::npos);
    disk.room = std::numeric_limits<std::int64_t>::max();
    if (!journal) { return; }
    RC_ASSERT(failure.find(fmt::format("its first {} records", durable)) != std::string::npos);
    expect_finished(*journal, failure);
    journal.reset();
    const auto verified = verify_journal(folder / "j");
    RC_ASSERT(!verified.fault);
    RC_ASSERT(!verified.sealed);
    RC_ASSERT(verified.records == durable);
  }));
}

// Fault 109 of the catalogue: deleted or replaced while running.
TEST(Journal, StopsWhenItsFileIsNoLongerItsOwn) {
  const auto deleted = [](const fs::path& path) { fs::remove(path); };
  const auto replaced = [](const fs::path& path) {
    fs::rename(path, path.string() + ".away");
    fs::copy_file(path.string() + ".away", path);
  };
  for (const auto& happened : {std::function<void(const fs::path&)>{deleted}, {replaced}}) {
    for (const auto* file : {"j", "j-wal"}) {
      const Folder folder;
      Journal journal = Journal::create(folder / "j", {});
      append(journal, some_records()[0]);
      journal.commit();
      happened(folder / file);
      append(journal, some_records()[0]);
      const auto failure = failure_of([&] { journal.commit(); });
      EXPECT_THAT(failure, HasSubstr("deleted or replaced"));
      expect_finished(journal, failure);
    }
  }
}

/// As kill -9 does, or a crash: no destructor runs.
void die() { kill(getpid(), SIGKILL); }

/// Does this in another process, which must die().
void in_a_dying_process(const std::function<void()>& work) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    try {
      work();
    } catch (const std::exception& error) { ADD_FAILURE() << error.what(); }
    _exit(1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST(Journal, ACrashLosesNothingThatWasCommitted) {
  const auto records = some_records();
  for (std::size_t committed = 0; committed <= records.size(); ++committed) {
    SCOPED_TRACE(committed);
    const Folder folder;
    in_a_dying_process([&] {
      Journal journal = Journal::create(folder / "j", some_header());
      for (std::size_t i = 0; i < records.size(); ++i) {
        if (i == committed) { journal.commit(); }
        append(journal, records[i]);
      }
      if (committed == records.size()) { journal.commit(); }
      die();
    });
    const auto before = folder.names();
    EXPECT_EQ(before, (std::set<std::string>{"j", "j-wal"}));
    EXPECT_EQ(read_journal(folder / "j"),
              std::vector<Written>(records.begin(),
                                   records.begin() + static_cast<std::ptrdiff_t>(committed)));
    const auto verified = verify_journal(folder / "j");
    EXPECT_EQ(verified.fault, std::nullopt);
    EXPECT_EQ(verified.records, committed);
    EXPECT_FALSE(verified.sealed);
    EXPECT_EQ(folder.names(), before) << "reading changes no evidence";
  }
}

TEST(Journal, AnotherProcessReadsWhileItIsWritten) {
  const Folder folder;
  Journal journal = Journal::create(folder / "j", some_header());
  for (int i = 0; i < 20; ++i) {
    append(journal, some_records()[3]);
    journal.commit();
    in_a_dying_process([&] {
      if (std::cmp_equal(verify_journal(folder / "j").records, i + 1)) { die(); }
    });
  }
}

TEST(Journal, LeavingWithoutCloseStoresEverythingUnsealed) {
  const Folder folder;
  {
    Journal journal = Journal::create(folder / "j", some_header());
    for (const auto& record : some_records()) { append(journal, record); }
    const Journal moved = std::move(journal);
  }
  EXPECT_EQ(folder.names(), std::set<std::string>{"j"});
  EXPECT_EQ(read_journal(folder / "j"), some_records());
  EXPECT_FALSE(verify_journal(folder / "j").sealed);
}

}  // namespace
}  // namespace v6
