#include "runtime/wire_replay.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "base/error.hpp"
#include "base/folder_test_kit.hpp"
#include "config/reference.hpp"
#include "runtime/journal_reader.hpp"
#include "runtime/stage.hpp"

namespace v6 {
namespace {

namespace fs = std::filesystem;
using namespace literals;
using test::Folder;

const Reference& reference() {
  static const Reference kReference = read_reference(fs::path{V6_DATA} / "reference");
  return kReference;
}

std::unique_ptr<Stage> stage_in(const fs::path& state) {
  return std::make_unique<Stage>(StageSettings{.chains = fs::path{V6_DATA} / "spx-eod-2019",
                                               .underlying = "SPX"_sym,
                                               .root = "SPXW"_sym,
                                               .from = date(2019, 5, 7)},
                                 reference(), state, memory_wire());
}

void live(Stage& stage, Duration time) {
  for (const Instant end = stage.at() + time; stage.at() < end;) {
    static_cast<void>(stage.step());
  }
}

fs::path wire_of(const fs::path& state, int life) {
  return state / "wire" / (life == 1 ? "000001-001.v6wire" : "000002-001.v6wire");
}

/// A morning in two lives: the first is stopped by its kill switch and dies, the second is closed.
class AMorning : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<Folder>();
    auto stage = stage_in(state());
    live(*stage, std::chrono::minutes{75});
    // As a process that is killed leaves it: what is on disk now.
    fs::copy(state(), *folder_ / "killed", fs::copy_options::recursive);
    stage->kill().pull();
    live(*stage, std::chrono::minutes{1});
    stage->restart();
    live(*stage, std::chrono::minutes{2});
    stage->bot().say(stage->at(), OperatorWord::kResume, "looked at it");
    live(*stage, std::chrono::minutes{30});
    static_cast<void>(stage->finish());
  }
  static void TearDownTestSuite() { folder_.reset(); }
  static fs::path state() { return *folder_ / "state"; }
  static const Folder& folder() { return *folder_; }

 private:
  static inline std::unique_ptr<Folder> folder_;
};

TEST_F(AMorning, IsLivedAgainToTheSameDecisions) {
  const WireReplayResult first = replay_wire({wire_of(state(), 1)});
  EXPECT_EQ(first.difference, std::nullopt) << *first.difference;
  EXPECT_FALSE(first.whole);
  EXPECT_GT(first.records, 100U);
  EXPECT_GT(first.bytes_in, 100'000U);
  EXPECT_GT(first.bytes_out, 1'000U);

  const WireReplayResult second = replay_wire({wire_of(state(), 2)});
  EXPECT_EQ(second.difference, std::nullopt) << *second.difference;
  EXPECT_TRUE(second.whole);
  EXPECT_EQ(second.life, 2U);
  EXPECT_EQ(second.digest, verify_journal(journal_path(state(), 2)).digest);
}

TEST_F(AMorning, OfAProcessThatWasKilledTheRecordingCoversTheJournal) {
  const WireReplayResult result = replay_wire({wire_of(folder() / "killed", 1)});
  EXPECT_EQ(result.difference, std::nullopt) << *result.difference;
  EXPECT_FALSE(result.whole);
  EXPECT_GT(result.records, 100U);
}

// An order does not wait for the recorder, so a death may leave the journal knowing more.
TEST_F(AMorning, WhatCameAfterTheEndOfATornRecordingIsNoDifference) {
  const fs::path torn = folder() / "torn";
  fs::copy(folder() / "killed", torn, fs::copy_options::recursive);
  const fs::path wire = wire_of(torn, 1);
  fs::resize_file(wire, fs::file_size(wire) * 3 / 4);
  const WireReplayResult whole = replay_wire({wire_of(folder() / "killed", 1)});
  const WireReplayResult result = replay_wire({wire});
  EXPECT_EQ(result.difference, std::nullopt) << *result.difference;
  EXPECT_LT(result.records, whole.records);
  EXPECT_GT(result.records, 100U);
}

TEST_F(AMorning, IsNotTakenForAnotherLife) {
  // The same life, but its journal is that of the other one.
  const fs::path other = folder() / "other";
  fs::copy(state(), other, fs::copy_options::recursive);
  fs::copy_file(journal_path(state(), 2), journal_path(other, 1),
                fs::copy_options::overwrite_existing);
  const WireReplayResult result = replay_wire({wire_of(other, 1)});
  EXPECT_TRUE(result.difference.has_value());
}

TEST_F(AMorning, WithoutItsJournalIsRefused) {
  const fs::path alone = folder() / "alone";
  fs::create_directories(alone / "wire");
  fs::copy_file(wire_of(state(), 1), wire_of(alone, 1));
  EXPECT_THROW(static_cast<void>(replay_wire({wire_of(alone, 1)})), Failure);
}

}  // namespace
}  // namespace v6
