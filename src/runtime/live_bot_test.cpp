#include "runtime/live_bot.hpp"

#include <gtest/gtest.h>

#include "base/folder_test_kit.hpp"
#include "runtime/stage_test_kit.hpp"
#include "runtime/state_folder.hpp"
#include "runtime/wire_replay.hpp"

namespace v6 {
namespace {

using namespace literals;
using std::chrono::hours;

// Whoever is short a call must know of the ex-date, whether or not the broker is there; and the
// recorded life, lived again, knows it from its recording.
// covers: I-29, F-57
TEST(LiveBot, TellsTheCoreAtTheStartOfASessionWhatAFundPays) {
  const test::Folder home;
  KillSwitch kill;
  {
    const StateFolder folder{home / "state"};
    const LiveRequest request{.setup = {.roots = {{"SPY"_sym, "SPY"_sym}}, .brokered = true}};
    const auto at = [](int day, int hour) {
      return new_york_instant(date(2019, 6, static_cast<unsigned>(day)), hours{hour});
    };
    const auto first_known = [](const LiveBot& bot) {
      return bot.state().underlyings.at("SPY"_sym).dividends.front();
    };
    {
      LiveBot bot{request, reference(), folder, kill, at(19, 9)};
      bot.pump(at(19, 10));
      // Not yet paid: as the year before.
      EXPECT_EQ(first_known(bot).ex_date, date(2019, 6, 21));
      EXPECT_EQ(first_known(bot).amount, Price::from_raw(12'500));
      EXPECT_TRUE(first_known(bot).projected);
      EXPECT_FALSE(bot.state().treasury_yields.empty());
      EXPECT_EQ(bot.state().levels_through, Date{}) << "yields are no closes";
      const std::size_t payments = bot.state().underlyings.at("SPY"_sym).dividends.size();
      bot.pump(at(20, 10));
      EXPECT_EQ(bot.state().underlyings.at("SPY"_sym).dividends.size(), payments)
          << "said again, not added";
      bot.pump(at(21, 10));
      EXPECT_EQ(first_known(bot).amount, Price::from_raw(14'316));
      EXPECT_FALSE(first_known(bot).projected);
      static_cast<void>(bot.close(at(21, 11)));
    }
    // The list is corrected and the bot started again within the session.
    Reference corrected = reference();
    for (Dividend& dividend : corrected.dividends.at("SPY"_sym).known) {
      if (dividend.ex_date == date(2019, 6, 21)) { dividend.amount = 1.5; }
    }
    LiveBot bot{request, corrected, folder, kill, at(21, 12)};
    EXPECT_EQ(first_known(bot).amount, Price::cents(150));
    static_cast<void>(bot.close(at(21, 13)));
  }
  for (const std::string life : {"000001", "000002"}) {
    const WireReplayResult again = replay_wire({home / "state" / "wire" / (life + "-001.v6wire")});
    EXPECT_EQ(again.difference, std::nullopt) << *again.difference;
    EXPECT_GT(again.records, 2U);
  }
}

TEST(LiveBot, WarnsOfListsThatEndedLongAgo) {
  const test::Folder home;
  KillSwitch kill;
  const StateFolder folder{home / "state"};
  const LiveRequest request{.setup = {.roots = {{"SPY"_sym, "SPY"_sym}}, .brokered = true}};
  Reference old = reference();
  std::erase_if(old.yields, [](const YieldRow& row) { return row.date > date(2022, 1, 10); });
  LiveBot bot{request, old, folder, kill, new_york_instant(date(2022, 3, 1), hours{9})};
  bot.pump(new_york_instant(date(2022, 3, 1), hours{10}));
  std::string told;
  for (const auto& [at, alert] : bot.record().alerts) { told += alert.what + "\n"; }
  EXPECT_NE(told.find("Treasury yields are known to 2022-01-10"), std::string::npos) << told;
  EXPECT_NE(told.find("dividends of SPY are known to 2021-10-15"), std::string::npos) << told;
}

}  // namespace
}  // namespace v6
