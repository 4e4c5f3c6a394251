// What the engine tells the entry gates about the calendar.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/enum_text.hpp"
#include "calendar/calendar_test_kit.hpp"
#include "engine/step.hpp"
#include "engine/turn.hpp"

namespace v6 {
namespace {

using namespace literals;
using std::chrono::hours;
using std::chrono::minutes;

/// A state that trades SPXW and knows data_with_events() and nothing else.
State state_with(BlackoutSettings blackout = {}) {
  State state;
  Setup setup{.roots = {{"SPX"_sym, "SPXW"_sym}}};
  setup.settings.blackout = blackout;
  state.given = std::make_shared<const Given>(
      Given{.setup = std::move(setup), .calendar = Calendar{data_with_events()}});
  state.underlyings["SPX"_sym];
  return state;
}

std::string_view verdict_of(const State& state, std::string_view gate, Instant at) {
  for (const Check& check : EntryGates{}(day_view(state, at, "SPX"_sym))) {
    if (check.name == gate) { return word(check.verdict); }
  }
  return "missing";
}

// covers: I-14, A-31
TEST(DayView, RefusesWhereNewsBeyondTheListsCouldBeInForce) {
  const State state = state_with();
  const auto blackout = [&](Date date, TimeOfDay time) {
    return verdict_of(state, "blackout", new_york_instant(date, time));
  };
  EXPECT_EQ(blackout(date(2019, 5, 8), hours{15}), "pass");
  // CPI on the 10th.
  EXPECT_EQ(blackout(date(2019, 5, 9), hours{10}), "refuse");
  // The list of CPI ends with the 10th: from that midnight the 11th is less than a day away.
  EXPECT_EQ(blackout(date(2019, 5, 10), hours{15}), "refuse");
  EXPECT_EQ(blackout(date(2019, 5, 13), hours{15}), "refuse");
}

// covers: I-14, A-31
TEST(DayView, TakesTheBlackoutWindowFromTheSettings) {
  const State state = state_with({.before = 60, .after = 0});
  const auto blackout = [&](TimeOfDay time) {
    return verdict_of(state, "blackout", new_york_instant(date(2019, 5, 10), time));
  };
  EXPECT_EQ(blackout(hours{7} + minutes{29}), "pass");
  EXPECT_EQ(blackout(hours{7} + minutes{30}), "refuse");
  EXPECT_EQ(blackout(hours{8} + minutes{31}), "pass");
  EXPECT_EQ(blackout(hours{23}), "refuse");  // the 11th is an hour away
}

// covers: I-13, A-30
TEST(DayView, TakesTheSessionOfTheOptionsOnTheNewYorkDate) {
  const State state = state_with();
  const auto session = [&](Date date, TimeOfDay time) {
    return verdict_of(state, "session", new_york_instant(date, time));
  };
  EXPECT_EQ(session(date(2019, 5, 6), hours{16}), "pass");
  EXPECT_EQ(session(date(2019, 5, 6), hours{16} + minutes{1}), "refuse");
  EXPECT_EQ(session(date(2019, 5, 6), hours{20} + minutes{30}), "refuse");
  EXPECT_EQ(session(date(2019, 7, 3), hours{13}), "pass");
  EXPECT_EQ(session(date(2019, 7, 3), hours{13} + minutes{1}), "refuse");
  EXPECT_EQ(session(date(2019, 5, 27), hours{11}), "refuse");  // Memorial Day
  EXPECT_EQ(session(date(2020, 1, 2), hours{11}), "refuse");   // not covered
}

// covers: I-14, A-31
TEST(DayView, KeepsEntriesAwayFromAnExDateOfWhatCanBeAssigned) {
  State state = state_with();
  const Date ex_date = date(2019, 5, 9);
  for (const auto& [underlying, root] :
       {std::pair{"SPX"_sym, "SPXW"_sym}, {"SPY"_sym, "SPY"_sym}}) {
    Given given = *state.given;
    given.setup.roots[underlying] = root;
    state.given = std::make_shared<const Given>(std::move(given));
    state.underlyings[underlying].dividends = {{.ex_date = ex_date, .amount = Price::cents(140)}};
  }
  const auto ex_dates = [&](Symbol underlying, Instant at) {
    return std::ranges::count(day_view(state, at, underlying).blackouts, EventKind::kExDividend,
                              [](const Blackout& blackout) { return blackout.event.kind; });
  };
  const Instant open = new_york_instant(ex_date, hours{9} + minutes{30});
  EXPECT_EQ(ex_dates("SPY"_sym, open - hours{24} - minutes{1}), 0);
  EXPECT_EQ(ex_dates("SPY"_sym, open - hours{24}), 1);
  EXPECT_EQ(ex_dates("SPY"_sym, open + minutes{30}), 1);
  EXPECT_EQ(ex_dates("SPY"_sym, open + minutes{31}), 0);
  EXPECT_EQ(ex_dates("SPX"_sym, open - hours{1}), 0)
      << "European exercise: nobody is assigned early";
}

// A list published again, after a restart or with a date moved, is no second dividend.
TEST(DayView, KnowsOnlyTheDividendsLastPublished) {
  State state = state_with();
  const auto publish = [&](std::vector<CashPayment> payments) {
    const Commands none = step(
        state,
        {.at = new_york_instant(date(2019, 5, 6), hours{10}),
         .body = DividendsPublished{.underlying = "SPY"_sym, .payments = std::move(payments)}});
    EXPECT_TRUE(none.empty());
  };
  publish({{.ex_date = date(2019, 5, 9), .amount = Price::cents(140)},
           {.ex_date = date(2019, 8, 9), .amount = Price::cents(140), .projected = true}});
  publish({{.ex_date = date(2019, 5, 10), .amount = Price::cents(143)}});
  ASSERT_EQ(state.underlyings["SPY"_sym].dividends.size(), 1U);
  EXPECT_EQ(state.underlyings["SPY"_sym].dividends.front().ex_date, date(2019, 5, 10));
}

}  // namespace
}  // namespace v6
