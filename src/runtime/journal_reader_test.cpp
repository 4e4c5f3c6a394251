#include "runtime/journal_reader.hpp"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <fmt/format.h>

#include "runtime/journal_file.hpp"
#include "runtime/journal_test_kit.hpp"

namespace v6 {
namespace {

using namespace journal_test;
using testing::HasSubstr;
using testing::StartsWith;

/// A sealed journal, written once for all tests here.
const std::string& good_journal() {
  static const std::string bytes = [] {
    const Folder folder;
    write_journal(folder / "j", some_records());
    return file_bytes(folder / "j");
  }();
  return bytes;
}

/// A good journal changed with SQL, as somebody with a motive would.
class ChangedJournal {
 public:
  explicit ChangedJournal(const std::vector<std::string>& changes) {
    put_file(path(), good_journal());
    journal_file::Connection connection{path()};
    for (const auto& sql : changes) { connection.run(sql); }
  }
  [[nodiscard]] fs::path path() const { return folder_ / "j"; }
  [[nodiscard]] VerifyResult verify() const { return verify_journal(path()); }

 private:
  Folder folder_;
};

// covers: I-32
TEST(JournalReader, NamesTheFirstRecordThatWasChanged) {
  struct Case {
    std::string_view sql;
    std::uint64_t good;
    std::string_view fault;
  };
  const Case cases[] = {
      {"UPDATE records SET bytes = zeroblob(12) WHERE seq = 1", 0, "record 1: is not as it was"},
      {"UPDATE records SET at = at + 1 WHERE seq = 3", 2, "record 3: is not as it was"},
      {"UPDATE records SET kind = 2 WHERE seq = 4", 3, "record 4: is not as it was"},
      {"UPDATE records SET kind = 258 WHERE seq = 4", 3, "record 4: has no kind"},
      {"UPDATE records SET name = 'CancelOrder' WHERE seq = 3", 2, "record 3: is not as it was"},
      {"UPDATE records SET hash = zeroblob(32) WHERE seq = 6", 5, "record 6: is not as it was"},
      {"UPDATE records SET raw_size = raw_size + 1 WHERE seq = 2", 1, "record 2: its bytes cannot"},
      {"UPDATE records SET raw_size = 1 << 40 WHERE seq = 2", 1, "record 2: its bytes cannot"},
      {"UPDATE records SET raw_size = -1 WHERE seq = 2", 1, "record 2: its bytes cannot"},
      {"DELETE FROM records WHERE seq = 1", 0, "record 1: missing; record 2"},
      {"DELETE FROM records WHERE seq = 4", 3, "record 4: missing; record 5"},
      {"DELETE FROM records WHERE seq = 8", 7, "after record 7: sealed with 8 records"},
      {"DELETE FROM records", 0, "after record 0: sealed with 8 records"},
      {"INSERT INTO records SELECT 9, kind, at, name, bytes, raw_size, hash FROM records WHERE "
       "seq = 8",
       8, "record 9: is not as it was"},
      {"UPDATE seal SET records = 7", 8, "after record 8: sealed with 7 records"},
      {"UPDATE seal SET digest = 'abc'", 8, "after record 8: sealed with 8 records and digest abc"},
      {"UPDATE header SET value = x'01' WHERE key = 'config'", 0, "header: config or reference"},
      {"UPDATE header SET value = x'' WHERE key = 'reference'", 0, "header: config or reference"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.sql);
    const auto result = ChangedJournal{{std::string{c.sql}}}.verify();
    EXPECT_THAT(result.fault.value_or("none"), StartsWith(std::string{c.fault}));
    EXPECT_EQ(result.records, c.good);
  }
}

// covers: I-32
TEST(JournalReader, NoticesTwoRecordsThatChangedPlaces) {
  const auto count = static_cast<int>(some_records().size());
  EXPECT_TRUE(rc::check([&] {
    const int a = *rc::gen::inRange(1, count);
    const int b = *rc::gen::inRange(a + 1, count + 1);
    const auto move = [](int from, int to) {
      return fmt::format("UPDATE records SET seq = {} WHERE seq = {}", to, from);
    };
    const ChangedJournal changed{{move(a, 99), move(b, a), move(99, b)}};
    const auto result = changed.verify();
    RC_ASSERT(result.fault.value_or("none").starts_with(fmt::format("record {}: is not", a)));
    RC_ASSERT(std::cmp_equal(result.records, a - 1));
  }));
}

// covers: I-32
TEST(JournalReader, NoticesAFlippedBitInAnyField) {
  const auto count = static_cast<int>(some_records().size());
  EXPECT_TRUE(rc::check([&] {
    const int seq = *rc::gen::inRange(1, count + 1);
    const Folder folder;
    put_file(folder / "j", good_journal());
    bool changed = false;
    {
      journal_file::Connection connection{folder / "j"};
      const std::string column = *rc::gen::element<std::string>("bytes", "hash", "at", "raw_size");
      auto select =
          connection.prepare(fmt::format("SELECT {} FROM records WHERE seq = {}", column, seq));
      auto update =
          connection.prepare(fmt::format("UPDATE records SET {} = ? WHERE seq = {}", column, seq));
      RC_ASSERT(select.step());
      if (column == "bytes" || column == "hash") {
        const auto was = select.bytes(0);
        Bytes bytes(was.begin(), was.end());
        if (!bytes.empty()) {
          bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] ^= std::byte{1}
                                                                    << *rc::gen::inRange(0, 8);
          changed = true;
        }
        select.step();
        update.bind(1, std::span<const std::byte>{bytes});
        update.step();
      } else {
        const auto was = static_cast<std::uint64_t>(select.integer(0));
        select.step();
        update.bind(1,
                    static_cast<std::int64_t>(was ^ std::uint64_t{1} << *rc::gen::inRange(0, 64)));
        update.step();
        changed = true;
      }
    }
    const auto result = verify_journal(folder / "j");
    RC_ASSERT(result.fault.has_value() == changed);
    if (changed) {
      RC_ASSERT(result.fault->starts_with(fmt::format("record {}: ", seq)));
      RC_ASSERT(std::cmp_equal(result.records, seq - 1));
    }
  }));
}

/// Everything a digest answers for is as it was, or somebody is told so.
void expect_same_or_told(const fs::path& path) {
  try {
    const auto result = verify_journal(path);
    if (result.fault) { return; }
    RC_ASSERT(result.sealed);
    RC_ASSERT(read_journal(path) == some_records());
    const JournalReader reader{path};
    RC_ASSERT(reader.header().config == some_header().config);
    RC_ASSERT(reader.header().reference == some_header().reference);
  } catch (const Failure& failure) {
    RC_ASSERT(failure.code() == ExitCode::kData);
    RC_ASSERT(std::string_view{failure.what()}.starts_with(path.string() + ": "));
  }
}

// covers: I-32
TEST(JournalReader, NeverTakesADamagedFileForAGoodOne) {
  EXPECT_TRUE(rc::check([] {
    const Folder folder;
    std::string bytes = good_journal();
    const auto flips = *rc::gen::inRange(1, 4);
    for (int i = 0; i < flips; ++i) {
      // Half of them in the first page, which holds what SQLite believes about the file.
      const std::size_t end = *rc::gen::element<std::size_t>(600, bytes.size());
      auto& byte = bytes[*rc::gen::inRange<std::size_t>(0, end)];
      byte = static_cast<char>(byte ^ 1 << *rc::gen::inRange(0, 8));
    }
    put_file(folder / "j", bytes);
    expect_same_or_told(folder / "j");
  }));
}

TEST(JournalReader, NoticesATruncatedFile) {
  EXPECT_TRUE(rc::check([] {
    const Folder folder;
    const auto size = *rc::gen::inRange<std::size_t>(0, good_journal().size());
    put_file(folder / "j", std::string_view{good_journal()}.substr(0, size));
    const auto failure = failure_of([&] { static_cast<void>(verify_journal(folder / "j")); });
    RC_ASSERT(failure.find(size == 0   ? "is empty"
                           : size < 16 ? "not a journal"
                                       : "truncated") != std::string::npos);
  }));
}

TEST(JournalReader, GivesAPrefixWhenTheUnfoldedPartOfACrashIsDamaged) {
  const Folder folder;
  std::string file;
  std::string wal;
  {
    Journal journal = Journal::create(folder / "j", some_header());
    for (const auto& record : some_records()) {
      append(journal, record);
      journal.commit();
    }
    file = file_bytes(folder / "j");
    wal = file_bytes(folder / "j-wal");
  }
  EXPECT_TRUE(rc::check([&] {
    const Folder copy;
    auto damaged = wal;
    auto& byte = damaged[*rc::gen::inRange<std::size_t>(0, damaged.size())];
    byte = static_cast<char>(byte ^ 1 << *rc::gen::inRange(0, 8));
    damaged.resize(*rc::gen::inRange<std::size_t>(0, damaged.size() + 1));
    put_file(copy / "j", file);
    put_file(copy / "j-wal", damaged);
    const auto found = read_journal(copy / "j");
    const auto all = some_records();
    RC_ASSERT(found.size() <= all.size());
    RC_ASSERT(std::equal(found.begin(), found.end(), all.begin()));
    RC_ASSERT(!verify_journal(copy / "j").sealed);
  }));
}

TEST(JournalReader, SaysWhatIsWrongWithAFileThatIsNoJournal) {
  const Folder folder;
  put_file(folder / "empty", "");
  put_file(folder / "text", "id,at\n1,2\n");
  put_file(folder / "other.db", good_journal());
  journal_file::Connection{folder / "other.db"}.run("DROP TABLE records");
  const ChangedJournal newer{{"UPDATE header SET value = 2 WHERE key = 'format'"}};
  const ChangedJournal headless{{"DELETE FROM header WHERE key = 'config'"}};
  const ChangedJournal unsealed{{"DELETE FROM seal"}};
  struct Case {
    fs::path path;
    std::string_view text;
  };
  const Case cases[] = {
      {folder / "nowhere", "no such file"},
      {folder / "", "not a file"},
      {folder / "empty", "is empty: a journal whose creation was interrupted; delete it"},
      {folder / "text", "not a journal of v6"},
      {folder / "other.db", "not a journal of v6, or one whose creation was interrupted"},
      {newer.path(),
       "has journal format 2, this v6 reads format 1; use the v6 that wrote it: "
       "0.1.0-12-gabc"},
      {headless.path(), "damaged: its header has no config; take it from a backup"},
      {unsealed.path(), ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.path);
    const auto failure = failure_of([&] { static_cast<void>(JournalReader{c.path}); });
    EXPECT_EQ(failure, c.text.empty() ? "" : c.path.string() + ": " + std::string{c.text});
  }
  EXPECT_FALSE(unsealed.verify().sealed);
  EXPECT_EQ(unsealed.verify().fault, std::nullopt);
}

TEST(JournalReader, StopsAtTheFirstBadRecordAndStaysThere) {
  const ChangedJournal changed{{"UPDATE records SET at = 0 WHERE seq = 2"}};
  JournalReader reader{changed.path()};
  JournalRecord record;
  ASSERT_TRUE(reader.next(record));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(failure_of([&] { static_cast<void>(reader.next(record)); }),
              changed.path().string() +
                  ": damaged: record 2: is not as it was written: its hash differs; take it from "
                  "a backup");
  }
}

}  // namespace
}  // namespace v6
