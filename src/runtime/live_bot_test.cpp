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
    LiveBot bot{request, reference(), folder, kill, at(19, 9)};
    const auto known = [&] { return bot.state().underlyings.at("SPY"_sym).dividends; };
    bot.pump(at(19, 10));
    ASSERT_FALSE(known().empty());
    EXPECT_EQ(known().front().ex_date, date(2019, 6, 21));
    EXPECT_EQ(known().front().amount, Price::from_raw(14'316));
    EXPECT_FALSE(known().front().projected);
    const std::size_t payments = known().size();
    EXPECT_EQ(payments, 5U);  // June to June
    bot.pump(at(20, 10));
    EXPECT_EQ(known().size(), payments) << "said again, not added";
    static_cast<void>(bot.close(at(20, 11)));
  }
  const WireReplayResult again = replay_wire({home / "state" / "wire" / "000001-001.v6wire"});
  EXPECT_EQ(again.difference, std::nullopt) << *again.difference;
  EXPECT_GT(again.records, 4U);
}

}  // namespace
}  // namespace v6
