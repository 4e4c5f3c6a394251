#include "runtime/wire_recorder.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <fstream>

#include "base/error.hpp"
#include "base/folder_test_kit.hpp"
#include "calendar/new_york.hpp"
#include "runtime/wire_bytes.hpp"

namespace v6 {
namespace {

namespace fs = std::filesystem;
using std::chrono::days;
using std::chrono::seconds;
using test::Folder;
using testing::HasSubstr;
using wire_file::Kind;
using wire_file::Record;

const Instant kMorning = new_york_instant(date(2019, 5, 7), std::chrono::hours{9});

std::vector<Record> read_all(const fs::path& file) {
  wire_file::Reader reader{{file}};
  std::vector<Record> records;
  for (Record record; reader.next(record);) { records.push_back(record); }
  return records;
}

std::string failure(const fs::path& file) {
  try {
    static_cast<void>(read_all(file));
  } catch (const Failure& failed) {
    EXPECT_EQ(failed.code(), ExitCode::kData);
    return failed.what();
  }
  return "";
}

std::string text_in(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void write(const fs::path& path, const std::string& text) {
  std::ofstream{path, std::ios::binary} << text;
}

struct Recording {
  explicit Recording(std::uint32_t life = 1, WireRetention retention = {})
      : life_{life}, retention_{retention} {}
  /// Made where it stays: it cannot be moved.
  WireRecorder recorder(const Folder& folder) {
    return WireRecorder{folder.path(), life_, retention_,
                        [this](const std::string& text) { complaints.push_back(text); }};
  }
  std::vector<std::string> complaints;

 private:
  std::uint32_t life_;
  WireRetention retention_;
};

TEST(WireRecorder, WhatWasRecordedComesBack) {
  const Folder folder;
  Recording recording;
  {
    WireRecorder recorder = recording.recorder(folder);
    recorder.record(Kind::kConnected, kMorning);
    recorder.record(Kind::kReceived, kMorning + seconds{1}, std::string("a\0b", 3));
    recorder.flush();
    recorder.record(Kind::kPump, kMorning + seconds{1});
    recorder.record(Kind::kSaid, kMorning - seconds{2}, "why", 3);
    recorder.record(Kind::kSent, kMorning + seconds{9}, std::string(700'000, 'x'));
    recorder.record(Kind::kClosed, kMorning + seconds{9});
  }
  const auto records = read_all(folder / "000001-001.v6wire");
  ASSERT_EQ(records.size(), 6U);
  EXPECT_EQ(records[0].kind, Kind::kConnected);
  EXPECT_EQ(records[0].at, kMorning);
  EXPECT_EQ(records[1].bytes, std::string("a\0b", 3));
  EXPECT_EQ(records[2].at, kMorning + seconds{1});
  EXPECT_EQ(records[3].at, kMorning - seconds{2});
  EXPECT_EQ(records[3].number, 3U);
  EXPECT_EQ(records[3].bytes, "why");
  EXPECT_EQ(records[4].bytes, std::string(700'000, 'x'));
  EXPECT_EQ(records[5].kind, Kind::kClosed);
  EXPECT_EQ(fs::status(folder / "000001-001.v6wire").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST(WireRecorder, WhatWasFlushedSurvivesAProcessThatDies) {
  const Folder folder;
  Recording recording;
  WireRecorder recorder = recording.recorder(folder);
  recorder.record(Kind::kReceived, kMorning, "kept");
  recorder.flush();
  recorder.record(Kind::kReceived, kMorning, "lost");
  const fs::path file = folder / "000001-001.v6wire";
  wire_file::Reader reader{{file}};
  Record record;
  ASSERT_TRUE(reader.next(record));
  EXPECT_EQ(record.bytes, "kept");
  EXPECT_FALSE(reader.next(record));
  EXPECT_FALSE(reader.whole());
}

TEST(WireRecorder, AFileCutOffAnywhereGivesTheBlocksBeforeTheCut) {
  const Folder folder;
  Recording recording;
  {
    WireRecorder recorder = recording.recorder(folder);
    for (int i = 0; i < 5; ++i) {
      recorder.record(Kind::kReceived, kMorning, std::to_string(i));
      recorder.flush();
    }
  }
  const std::string whole = text_in(folder / "000001-001.v6wire");
  std::size_t most = 0;
  for (std::size_t size = wire_file::kHeadSize; size < whole.size(); ++size) {
    write(folder / "cut.v6wire", whole.substr(0, size));
    const auto records = read_all(folder / "cut.v6wire");
    EXPECT_LE(most, records.size());
    most = records.size();
    for (std::size_t i = 0; i < records.size(); ++i) {
      EXPECT_EQ(records[i].bytes, std::to_string(i));
    }
  }
  EXPECT_EQ(most, 4U);
}

TEST(WireRecorder, EveryFlippedByteIsAnErrorThatNamesItsBlock) {
  const Folder folder;
  Recording recording;
  {
    WireRecorder recorder = recording.recorder(folder);
    recorder.record(Kind::kReceived, kMorning, "one");
    recorder.flush();
    recorder.record(Kind::kClosed, kMorning);
  }
  const fs::path file = folder / "000001-001.v6wire";
  const std::string good = text_in(file);
  std::uint32_t first_size = 0;
  std::memcpy(&first_size, good.data() + wire_file::kHeadSize, sizeof first_size);
  const std::size_t second = wire_file::kHeadSize + wire_file::kBlockHeadSize + first_size;
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    write(file, bad);
    const std::string text = failure(file);
    SCOPED_TRACE(at);
    EXPECT_THAT(text, HasSubstr("000001-001.v6wire"));
    const std::size_t block = at < wire_file::kHeadSize ? 0
                              : at < second             ? wire_file::kHeadSize
                                                        : second;
    if (at < wire_file::kMagic.size()) {
      EXPECT_THAT(text, HasSubstr("V6WIRE2"));
    } else {
      EXPECT_THAT(text, HasSubstr("at byte " + std::to_string(block) + ":"));
    }
  }
}

TEST(WireRecorder, ADayOrAFullPartBeginsTheNextFile) {
  const Folder folder;
  Recording recording{7, {.days = 9, .bytes = 1'000'000, .part_bytes = 500}};
  {
    WireRecorder recorder = recording.recorder(folder);
    recorder.record(Kind::kReceived, kMorning, "a");
    std::string noise;
    for (int i = 0; i < 2000; ++i) { noise += static_cast<char>(i * i / 7 + i); }
    recorder.record(Kind::kReceived, kMorning, noise);
    recorder.flush();
    recorder.record(Kind::kReceived, kMorning, "b");
    recorder.record(Kind::kReceived, kMorning + days{1}, "c");
    recorder.record(Kind::kClosed, kMorning + days{1});
  }
  EXPECT_EQ(folder.names(),
            (std::set<std::string>{"000007-001.v6wire", "000007-002.v6wire", "000007-003.v6wire"}));
  const auto records = read_all(folder / "000007-001.v6wire");
  ASSERT_EQ(records.size(), 5U);
  EXPECT_EQ(records[2].bytes, "b");
  EXPECT_EQ(records[3].bytes, "c");
  EXPECT_EQ(records[3].at, kMorning + days{1});
  EXPECT_THAT(failure(folder / "000007-002.v6wire"), HasSubstr("is part 2 of its life"));
  fs::rename(folder / "000007-003.v6wire", folder / "000007-002.v6wire");
  EXPECT_THAT(failure(folder / "000007-001.v6wire"), HasSubstr("does not follow"));
}

TEST(WireRecorder, OldFilesGoByAgeAndBySize) {
  const Folder folder;
  for (std::uint32_t life = 1; life <= 4; ++life) {
    Recording recording{life, {.days = 2}};
    WireRecorder recorder = recording.recorder(folder);
    recorder.record(Kind::kClosed, kMorning + days{life});
  }
  EXPECT_EQ(folder.names(),
            (std::set<std::string>{"000002-001.v6wire", "000003-001.v6wire", "000004-001.v6wire"}));
  const auto one = fs::file_size(folder / "000002-001.v6wire");
  Recording recording{5, {.days = 99, .bytes = 2 * one + 100, .part_bytes = 100}};
  WireRecorder recorder = recording.recorder(folder);
  recorder.record(Kind::kClosed, kMorning + days{5});
  EXPECT_EQ(folder.names(), (std::set<std::string>{"000004-001.v6wire", "000005-001.v6wire"}));
  EXPECT_TRUE(recording.complaints.empty());
}

TEST(WireRecorder, WhereNothingCanBeWrittenItSaysSoOnceAndGoesOn) {
  const Folder folder;
  write(folder / "000001-001.v6wire", "somebody else's");
  Recording recording;
  WireRecorder recorder = recording.recorder(folder);
  recorder.record(Kind::kPump, kMorning);
  recorder.record(Kind::kPump, kMorning);
  recorder.flush();
  ASSERT_EQ(recording.complaints.size(), 1U);
  EXPECT_THAT(recording.complaints.front(), HasSubstr("File exists"));
  EXPECT_EQ(text_in(folder / "000001-001.v6wire"), "somebody else's");
}

RC_GTEST_PROP(WireBytes, NumbersComeBack, (std::int64_t small, std::uint64_t large)) {
  std::string text;
  const std::int64_t extreme = std::numeric_limits<std::int64_t>::min();
  for (const std::int64_t value : {small, extreme, std::int64_t{-1}}) {
    wire_file::append_signed(text, value);
  }
  wire_file::append_varint(text, large);
  ByteReader in{std::as_bytes(std::span{text})};
  RC_ASSERT(wire_file::take_signed(in) == small);
  RC_ASSERT(wire_file::take_signed(in) == extreme);
  RC_ASSERT(wire_file::take_signed(in) == -1);
  RC_ASSERT(wire_file::take_varint(in) == large);
  RC_ASSERT(in.left() == 0);
}

}  // namespace
}  // namespace v6
