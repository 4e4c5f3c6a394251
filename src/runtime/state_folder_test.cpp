#include "runtime/state_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.hpp"
#include "base/folder_test_kit.hpp"
#include "calendar/calendar_test_kit.hpp"

namespace v6 {
namespace {

using std::chrono::minutes;

ibkr::ContractRow a_row(std::int32_t con_id) {
  const Symbol root = Symbol::parse("SPXW").value();
  return {.con_id = con_id,
          .contract = {.root = root,
                       .expiry = parse_date("2019-06-21").value(),
                       .strike = Price::cents(275'000),
                       .right = OptionRight::kPut},
          .market_rule = 7,
          .seen = parse_date("2019-05-01").value()};
}

ExitCode refusal(const std::filesystem::path& path) {
  try {
    const StateFolder folder{path};
    return ExitCode::kDone;
  } catch (const Failure& failure) { return failure.code(); }
}

// covers: I-28, F-110
TEST(StateFolder, HoldsOneProcessAtATime) {
  const test::Folder home;
  {
    const StateFolder first{home / "state"};
    EXPECT_EQ(refusal(home / "state"), ExitCode::kRefused);
  }
  EXPECT_EQ(refusal(home / "state"), ExitCode::kDone) << "and the next one when it has left";
}

TEST(StateFolder, NamesItsOrdersAlikeInEveryLifeAndUnlikeAnyOther) {
  const test::Folder home;
  const auto book_of = [&](std::string_view name) { return StateFolder{home / name}.book(); };
  const ibkr::Book book = book_of("a");
  EXPECT_EQ(book_of("a"), book);
  EXPECT_NE(book_of("b"), book);
}

TEST(StateFolder, IsNobodyElsesToRead) {
  const test::Folder home;
  const StateFolder folder{home / "state"};
  const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
  EXPECT_EQ(std::filesystem::status(home / "state").permissions() & others,
            std::filesystem::perms::none);
}

TEST(StateFolder, GivesContractsBackAndAsksAgainForWhatItCannotRead) {
  const test::Folder home;
  const StateFolder folder{home / "state"};
  EXPECT_TRUE(folder.contracts().empty());
  folder.store({a_row(700), a_row(701)});
  std::ofstream{home / "state/contracts.csv", std::ios::app} << "torn,\n";
  const auto rows = folder.contracts();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].con_id, 701);
  EXPECT_EQ(rows[0].contract, a_row(700).contract);
  EXPECT_EQ(rows[0].market_rule, 7);
  EXPECT_EQ(rows[0].seen, a_row(700).seen);
}

// covers: F-96
TEST(StateFolder, CountsLivesThatDidNotEndWell) {
  const test::Folder home;
  const StateFolder folder{home / "state"};
  const Instant noon = new_york_instant(parse_date("2019-05-01").value(), std::chrono::hours{12});
  EXPECT_EQ(folder.begin_life(noon, minutes{10}), 0U);
  EXPECT_EQ(folder.begin_life(noon + minutes{1}, minutes{10}), 1U);
  EXPECT_EQ(folder.begin_life(noon + minutes{2}, minutes{10}), 2U);
  EXPECT_EQ(folder.begin_life(noon + minutes{11}, minutes{10}), 2U) << "the first is long ago";
  folder.end_life();
  EXPECT_EQ(folder.begin_life(noon + minutes{12}, minutes{10}), 0U);
}

TEST(StateFolder, NumbersItsJournals) {
  const test::Folder home;
  const StateFolder folder{home / "state"};
  EXPECT_EQ(folder.next_journal().filename(), "000001.db");
  std::ofstream{folder.next_journal()} << "x";
  EXPECT_EQ(folder.next_journal().filename(), "000002.db");
  EXPECT_EQ(folder.journals().size(), 1U);
}

}  // namespace
}  // namespace v6
