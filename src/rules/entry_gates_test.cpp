// The gates of the day, as docs/STRATEGY.md says.
#include "rules/entry_gates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <functional>
#include <initializer_list>

#include "base/enum_text.hpp"

namespace v6 {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Date kDay = date(2019, 5, 6);

Instant at(hours hour, minutes minute = {}) { return new_york_instant(kDay, hour + minute); }

const Factors& known_factors() {
  static const Factors kFactors{.outlook = Outlook::kNeutral,
                                .iv_level = IvLevel::kNormal,
                                .volatility_rising = false,
                                .backwardated = false,
                                .realised_252 = 0.15,
                                .vix = 15};
  return kFactors;
}

/// Eleven o'clock on a day with nothing in the way: every gate passes.
EntryView calm_day() {
  return {.at = at(hours{11}),
          .mode = Mode::kPaper,
          .session = Session{.date = kDay,
                             .open = at(hours{9}, minutes{30}),
                             .close = at(hours{16}, minutes{15})},
          .events_covered = true,
          .factors = &known_factors(),
          .quote_kind = QuoteKind::kLive,
          .spot_age = seconds{1},
          .quote_age = seconds{2}};
}

struct GateCase {
  std::string_view name;
  std::function<void(EntryView&)> change;
  std::string_view verdict;
  std::string_view detail;  // to be found in the line's
};

template <class Gate>
void expect_verdicts(const Gate& gate, std::initializer_list<GateCase> cases,
                     const EntryView& base = calm_day()) {
  for (const GateCase& c : cases) {
    SCOPED_TRACE(c.name);
    EntryView view = base;
    c.change(view);
    const Check check = gate(view);
    EXPECT_EQ(word(check.verdict), c.verdict);
    EXPECT_THAT(check.detail, HasSubstr(c.detail));
    EXPECT_EQ(check.kind, CheckKind::kGate);
  }
}

TEST(EntryGates, AllPassOnACalmDay) {
  const Waterfall waterfall = EntryGates{}(calm_day());
  EXPECT_EQ(first_of(waterfall, Verdict::kRefuse), nullptr);
}

// covers: I-39
TEST(EntryGates, RefuseWhatNobodyHasFilledIn) {
  const Factors unknown;
  const EntryView nothing{.factors = &unknown};
  const auto verdict_of = [&](std::string_view name) {
    for (const Check& check : EntryGates{}(nothing)) {
      if (check.name == name) { return word(check.verdict); }
    }
    return std::string_view{"missing"};
  };
  for (const std::string_view gate :
       {"mode", "session", "blackout", "freshness", "vix", "factors"}) {
    EXPECT_EQ(verdict_of(gate), "refuse") << gate;
  }
}

TEST(EntryGates, JudgeEveryGateInOrderAlsoBehindARefusal) {
  EntryView view = calm_day();
  view.mode = Mode::kDryRun;
  view.session.reset();
  std::vector<std::string> names;
  for (const Check& check : EntryGates{}(view)) { names.push_back(check.name); }
  EXPECT_THAT(names, ElementsAre("mode", "latch", "session", "blackout", "freshness", "vix",
                                 "factors", "counts", "counts", "counts"));
}

// covers: I-20
TEST(ModeGate, LetsDryRunOpenNothing) {
  expect_verdicts(ModeGate{},
                  {{"dry run", [](EntryView& v) { v.mode = Mode::kDryRun; }, "refuse", "dry_run"},
                   {"unset", [](EntryView& v) { v.mode = {}; }, "refuse", "dry_run"},
                   {"simulated", [](EntryView& v) { v.mode = Mode::kSimulated; }, "pass", ""},
                   {"paper", [](EntryView& v) { v.mode = Mode::kPaper; }, "pass", ""},
                   {"live", [](EntryView& v) { v.mode = Mode::kLive; }, "pass", "live"}});
}

TEST(LatchGate, StopsOnAnyLatchAndNamesAll) {
  expect_verdicts(LatchGate{},
                  {{"none", [](EntryView&) {}, "pass", ""},
                   {"one", [](EntryView& v) { v.latches = {"halted"}; }, "refuse", "halted"},
                   {"two", [](EntryView& v) { v.latches = {"halted", "daily loss"}; }, "refuse",
                    "halted; daily loss"}});
}

GateCase at_time(std::string_view name, Instant when, std::string_view verdict) {
  return {name, [=](EntryView& v) { v.at = when; }, verdict, ""};
}

// covers: I-13, A-30
TEST(SessionGate, OpensFromFiveMinutesAfterTheOpenToFifteenBeforeTheClose) {
  const Duration hair{1};
  const Instant from = at(hours{9}, minutes{35});
  const Instant to = at(hours{16});
  expect_verdicts(
      SessionGate{},
      {at_time("night", at(hours{3}), "refuse"),
       at_time("at the open", at(hours{9}, minutes{30}), "refuse"),
       at_time("just too early", from - hair, "refuse"), at_time("first moment", from, "pass"),
       at_time("just inside", from + hair, "pass"),
       at_time("just before the end", to - hair, "pass"), at_time("last moment", to, "pass"),
       at_time("just too late", to + hair, "refuse"),
       at_time("at the close", at(hours{16}, minutes{15}), "refuse")});
}

// covers: I-13, A-30
TEST(SessionGate, FollowsAnEarlyClose) {
  EntryView early = calm_day();
  early.session->close = at(hours{13}, minutes{15});
  early.session->early = true;
  expect_verdicts(SessionGate{},
                  {at_time("last moment", at(hours{13}), "pass"),
                   at_time("just too late", at(hours{13}) + Duration{1}, "refuse"),
                   {"said so", [](EntryView&) {}, "pass", "early close"}},
                  early);
}

// covers: I-13, A-30
TEST(SessionGate, RefusesWithoutASession) {
  expect_verdicts(SessionGate{}, {{"holiday or uncovered", [](EntryView& v) { v.session.reset(); },
                                   "refuse", "no trading session"}});
}

TEST(SessionGate, MeasuresMinutesToTheNearerEdge) {
  EntryView view = calm_day();
  view.at = at(hours{9}, minutes{40});
  EXPECT_EQ(SessionGate{}(view).distance, 5);
  view.at = at(hours{15});
  EXPECT_EQ(SessionGate{}(view).distance, 60);
  view.at = at(hours{9}, minutes{33});
  EXPECT_EQ(SessionGate{}(view).distance, -2);
}

Blackout blackout(EventKind kind) {
  const MarketEvent event{.date = kDay, .kind = kind, .time = hours{14}};
  return {.event = event, .from = event.at() - hours{24}, .to = event.at() + minutes{30}};
}

// covers: I-14, A-31
TEST(BlackoutGate, RefusesAroundNewsAndWhereNewsIsUnknown) {
  expect_verdicts(
      BlackoutGate{},
      {{"no news", [](EntryView&) {}, "pass", ""},
       {"FOMC", [](EntryView& v) { v.blackouts = {blackout(EventKind::kFomc)}; }, "refuse",
        "fomc of 2019-05-06T18:00:00Z, until 2019-05-06T18:30:00Z"},
       {"two at once",
        [](EntryView& v) { v.blackouts = {blackout(EventKind::kCpi), blackout(EventKind::kUser)}; },
        "refuse", "; user of"},
       {"uncovered", [](EntryView& v) { v.events_covered = false; }, "refuse", "does not cover"},
       {"uncovered, although an event is known",
        [](EntryView& v) {
          v.events_covered = false;
          v.blackouts = {blackout(EventKind::kCpi)};
        },
        "refuse", "does not cover"}});
}

// covers: I-12
TEST(FreshnessGate, LetsOnlyFreshLiveQuotesConfirm) {
  EntryView fresh = calm_day();
  fresh.confirming = true;
  const auto legs = [](Duration age) { return [=](EntryView& v) { v.quote_age = age; }; };
  const auto underlying = [](Duration age) { return [=](EntryView& v) { v.spot_age = age; }; };
  const auto kind = [](std::optional<QuoteKind> value) {
    return [=](EntryView& v) { v.quote_kind = value; };
  };
  expect_verdicts(
      FreshnessGate{},
      {{"legs of 4.999 s", legs(milliseconds{4999}), "pass", "legs"},
       {"legs of 5 s", legs(seconds{5}), "pass", "legs"},
       {"legs of 5.001 s", legs(milliseconds{5001}), "refuse", "legs"},
       {"underlying of 1.999 s", underlying(milliseconds{1999}), "pass", "legs"},
       {"underlying of 2 s", underlying(seconds{2}), "pass", "legs"},
       {"underlying of 2.001 s", underlying(milliseconds{2001}), "refuse", "underlying"},
       {"end of day", kind(QuoteKind::kEndOfDay), "pass", ""},
       {"frozen", kind(QuoteKind::kFrozen), "refuse", "frozen"},
       {"delayed", kind(QuoteKind::kDelayed), "refuse", "delayed"},
       {"no quotes", kind(std::nullopt), "refuse", "no quotes"},
       {"halted", [](EntryView& v) { v.halted = true; }, "refuse", "halted"}},
      fresh);
}

TEST(FreshnessGate, LetsAChainOfTenMinutesNominate) {
  expect_verdicts(FreshnessGate{},
                  {{"600 s",
                    [](EntryView& v) {
                      v.quote_age = seconds{600};
                      v.spot_age = seconds{600};
                    },
                    "pass", "chain"},
                   {"600.001 s", [](EntryView& v) { v.quote_age = milliseconds{600'001}; },
                    "refuse", "chain"}});
}

TEST(VixGate, OpensBelowThirtyFiveOnly) {
  Factors factors = known_factors();
  EntryView view = calm_day();
  view.factors = &factors;
  struct Case {
    std::optional<double> vix;
    std::string_view verdict;
  };
  for (const Case& c : {Case{34.999, "pass"}, Case{35, "refuse"}, Case{35.001, "refuse"},
                        Case{std::nullopt, "refuse"}}) {
    factors.vix = c.vix;
    EXPECT_EQ(word(VixGate{}(view).verdict), c.verdict) << c.vix.value_or(-1);
  }
}

TEST(FactorsGate, RefusesWhileAnyFactorIsUnknown) {
  struct Case {
    std::function<void(Factors&)> forget;
    std::string_view detail;
  };
  for (const Case& c : {Case{[](Factors& f) { f.outlook.reset(); }, "outlook"},
                        Case{[](Factors& f) { f.iv_level.reset(); }, "IV percentile"},
                        Case{[](Factors& f) { f.volatility_rising.reset(); }, "volatility trend"},
                        Case{[](Factors& f) { f.backwardated.reset(); }, "term structure"},
                        Case{[](Factors& f) { f.realised_252.reset(); }, "realised volatility"}}) {
    SCOPED_TRACE(c.detail);
    Factors factors = known_factors();
    c.forget(factors);
    EntryView view = calm_day();
    view.factors = &factors;
    const Check check = FactorsGate{}(view);
    EXPECT_EQ(word(check.verdict), "refuse");
    EXPECT_THAT(check.detail, HasSubstr(c.detail));
    EXPECT_EQ(check.distance, -1);
  }
}

/// Verdicts of book, symbol and, unless it is a roll, day.
std::vector<std::string_view> counts(const std::function<void(EntryView&)>& change) {
  EntryView view = calm_day();
  change(view);
  std::vector<std::string_view> verdicts;
  for (const Check& check : CountsGate{}(view)) { verdicts.push_back(word(check.verdict)); }
  return verdicts;
}

// covers: I-18
TEST(CountsGate, LimitsBookSymbolAndDay) {
  EXPECT_THAT(counts([](EntryView& v) { v.structures_in_book = 4; }),
              ElementsAre("pass", "pass", "pass"));
  EXPECT_THAT(counts([](EntryView& v) { v.structures_in_book = 5; }),
              ElementsAre("refuse", "pass", "pass"));
  EXPECT_THAT(counts([](EntryView& v) { v.structures_of_symbol = 2; }),
              ElementsAre("pass", "pass", "pass"));
  EXPECT_THAT(counts([](EntryView& v) { v.structures_of_symbol = 3; }),
              ElementsAre("pass", "refuse", "pass"));
  EXPECT_THAT(counts([](EntryView& v) { v.opened_today = 1; }),
              ElementsAre("pass", "pass", "pass"));
  EXPECT_THAT(counts([](EntryView& v) { v.opened_today = 2; }),
              ElementsAre("pass", "pass", "refuse"));
}

// covers: I-18
TEST(CountsGate, CountsARollAsNotNew) {
  const auto roll = [](int book) {
    return [book](EntryView& v) {
      v.structures_in_book = book;
      v.opened_today = 2;
      v.is_roll = true;
    };
  };
  EXPECT_THAT(counts(roll(4)), ElementsAre("pass", "pass"));
  // The structure it replaces is gone already and others took its place.
  EXPECT_THAT(counts(roll(5)), ElementsAre("refuse", "pass"));
}

// covers: I-16
TEST(RateGate, LimitsOpeningOrdersPerMinuteHourAndDay) {
  expect_verdicts(
      RateGate{},
      {{"6th of the minute", [](EntryView& v) { v.orders_last_minute = 5; }, "pass", "last minute"},
       {"7th of the minute", [](EntryView& v) { v.orders_last_minute = 6; }, "refuse",
        "last minute"},
       {"30th of the hour", [](EntryView& v) { v.orders_last_hour = 29; }, "pass", "last hour"},
       {"31st of the hour", [](EntryView& v) { v.orders_last_hour = 30; }, "refuse", "last hour"},
       {"60th of the day", [](EntryView& v) { v.orders_today = 59; }, "pass", "today"},
       {"61st of the day", [](EntryView& v) { v.orders_today = 60; }, "refuse", "today"}});
}

// covers: I-13, I-14, I-39
TEST(EntryGates, PassNothingThatAnyOfThemRefuses) {
  EXPECT_TRUE(rc::check([] {
    EntryView view = calm_day();
    view.at = new_york_instant(kDay, minutes{*rc::gen::inRange(0, 24 * 60)});
    if (*rc::gen::inRange(0, 4) == 0) { view.session.reset(); }
    view.events_covered = *rc::gen::inRange(0, 4) != 0;
    if (*rc::gen::inRange(0, 4) == 0) { view.blackouts = {blackout(EventKind::kFomc)}; }
    const bool open =
        view.session && view.at >= at(hours{9}, minutes{35}) && view.at <= at(hours{16});
    const bool quiet = view.events_covered && view.blackouts.empty();
    const Waterfall waterfall = EntryGates{}(view);
    RC_ASSERT((first_of(waterfall, Verdict::kRefuse) == nullptr) == (open && quiet));
  }));
}

}  // namespace
}  // namespace v6
