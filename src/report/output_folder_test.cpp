#include "report/output_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/report_test_kit.hpp"

namespace v6::report_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

void write_file(const fs::path& path, std::string_view text) { std::ofstream{path} << text; }

TEST(OutputFolder, ShowsNothingBeforeTheRunIsWhole) {
  const Folder folder;
  OutputFolder out{folder.path()};
  out.write("summary.json", "{}");
  write_file(out.growing("journal.db"), "events");
  EXPECT_THAT(folder.visible(), IsEmpty());

  out.publish();
  EXPECT_THAT(folder.visible(), UnorderedElementsAre("summary.json", "journal.db"));
  EXPECT_EQ(text_in(folder / "summary.json"), "{}");
  EXPECT_EQ(text_in(folder / "journal.db"), "events");
}

TEST(OutputFolder, CreatesItsPathAndLeavesNoTraceOfItsOwn) {
  const Folder folder;
  const fs::path deep = folder / "runs/today";
  {
    OutputFolder out{deep};
    out.write("summary.json", "{}");
    out.publish();
  }
  EXPECT_FALSE(fs::exists(deep / ".part"));
  EXPECT_TRUE(fs::exists(deep / "summary.json"));
}

TEST(OutputFolder, ReplacesAnEarlierRunAndLeavesOtherFilesAlone) {
  const Folder folder;
  write_file(folder / "summary.json", "of yesterday, and longer");
  write_file(folder / "notes.txt", "mine");
  OutputFolder out{folder.path()};
  out.write("summary.json", "today");
  EXPECT_EQ(text_in(folder / "summary.json"), "of yesterday, and longer");

  out.publish();
  EXPECT_EQ(text_in(folder / "summary.json"), "today");
  EXPECT_EQ(text_in(folder / "notes.txt"), "mine");
}

TEST(OutputFolder, ARunThatFailsLeavesNothing) {
  const Folder folder;
  {
    OutputFolder out{folder.path()};
    out.write("summary.json", "{}");
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(OutputFolder, RemovesWhatAKilledRunLeft) {
  const Folder folder;
  fs::create_directory(folder / ".part");
  write_file(folder / ".part/orders.jsonl", "half");
  OutputFolder out{folder.path()};
  out.write("summary.json", "{}");
  out.publish();
  EXPECT_THAT(folder.visible(), UnorderedElementsAre("summary.json"));
}

TEST(OutputFolder, AFullDiskNamesTheFileAndTheCause) {
  const Folder folder;
  OutputFolder out{folder.path()};
  fs::create_symlink("/dev/full", out.growing("fills.jsonl"));
  EXPECT_THAT(failure_of([&] { out.write("fills.jsonl", "a line\n"); }),
              AllOf(HasSubstr("fills.jsonl"), HasSubstr("No space left on device")));
  EXPECT_THAT(folder.visible(), IsEmpty());
}

TEST(OutputFolder, AFileThatCannotBeCreatedNamesTheFileAndTheCause) {
  const Folder folder;
  OutputFolder out{folder.path()};
  EXPECT_THAT(failure_of([&] { out.write("no/such/folder.json", "{}"); }),
              AllOf(HasSubstr("folder.json"), HasSubstr("No such file or directory")));
}

TEST(OutputFolder, AFileInTheWayOfTheFolderIsAFailure) {
  const Folder folder;
  write_file(folder / "out", "a file");
  EXPECT_THAT(failure_of([&] { OutputFolder{folder / "out"}; }), HasSubstr("out"));
  EXPECT_EQ(text_in(folder / "out"), "a file");
}

TEST(OutputFolder, WhatCannotBeReplacedKeepsTheNewRunHidden) {
  const Folder folder;
  fs::create_directories(folder / "summary.json/in the way");
  OutputFolder out{folder.path()};
  out.write("fills.jsonl", "new");
  out.write("summary.json", "new");
  EXPECT_THAT(failure_of([&] { out.publish(); }), HasSubstr("summary.json"));
  EXPECT_THAT(folder.visible(), UnorderedElementsAre("summary.json"));
}

TEST(WriteTextFile, ReplacesAFileOrNamesItAndTheCause) {
  const Folder folder;
  write_text_file(folder / "a.svg", "of yesterday, and longer");
  write_text_file(folder / "a.svg", "new");
  EXPECT_EQ(text_in(folder / "a.svg"), "new");
  EXPECT_THAT(failure_of([&] { write_text_file(folder / "nowhere/a.svg", "x"); }),
              HasSubstr("nowhere/a.svg: No such file or directory"));
}

}  // namespace
}  // namespace v6::report_test
