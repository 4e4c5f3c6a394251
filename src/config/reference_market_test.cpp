// What reference data says of rates and dividends: the shipped files and bad ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "config/reference_test_kit.hpp"

namespace v6 {
namespace {

using namespace literals;

using namespace reference_test;

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Reference& shipped() {
  static const Reference kReference = read_reference(std::filesystem::path{V6_DATA} / "reference");
  return kReference;
}

TEST(ShippedDividends, AreWhatTheFundsPaid) {
  struct Case {
    Symbol fund;
    Date ex_date;
    double amount;
  };
  // As the funds' sponsors published them.
  const Case cases[] = {
      {"SPY"_sym, date(2018, 12, 21), 1.4354}, {"SPY"_sym, date(2019, 3, 15), 1.2331},
      {"SPY"_sym, date(2019, 6, 21), 1.4316},  {"SPY"_sym, date(2019, 9, 20), 1.3836},
      {"SPY"_sym, date(2019, 12, 20), 1.5700}, {"SPY"_sym, date(2020, 3, 20), 1.4056},
      {"SPY"_sym, date(2020, 6, 19), 1.3662},  {"SPY"_sym, date(2020, 9, 18), 1.3392},
      {"SPY"_sym, date(2020, 12, 18), 1.5800}, {"SPY"_sym, date(2021, 3, 19), 1.2778},
      {"SPY"_sym, date(2021, 6, 18), 1.3759},  {"SPY"_sym, date(2021, 9, 17), 1.4281},
      {"QQQ"_sym, date(2019, 12, 23), 0.4576}, {"QQQ"_sym, date(2020, 12, 21), 0.5613},
      {"IWM"_sym, date(2019, 12, 16), 0.5973}, {"IWM"_sym, date(2020, 12, 14), 0.5925},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string{c.fund.text()} + " " + iso(c.ex_date));
    const DividendSchedule& schedule = shipped().dividends.at(c.fund);
    const auto found = std::ranges::find(schedule.known, c.ex_date, &Dividend::ex_date);
    ASSERT_NE(found, schedule.known.end());
    EXPECT_NEAR(found->amount, c.amount, 1.01e-4);
    EXPECT_EQ(found->kind, DividendKind::kPaid);
  }
}

TEST(ShippedDividends, SayHowFarTheyReachAndProjectBeyond) {
  const Calendar calendar{shipped().calendar};
  const DividendSchedule& spy = shipped().dividends.at("SPY"_sym);
  EXPECT_EQ(spy.source.name, "SPY.csv");
  EXPECT_EQ(spy.source.first, date(2013, 3, 15));
  EXPECT_EQ(spy.source.last, date(2021, 10, 15));
  EXPECT_EQ(shipped().dividends.at("QQQ"_sym).source.last, date(2021, 3, 31));
  EXPECT_EQ(shipped().dividends.at("IWM"_sym).source.last, date(2021, 3, 31));
  EXPECT_FALSE(shipped().dividends.contains("SPX"_sym));

  const auto next = spy.between(date(2021, 10, 16), date(2022, 1, 31), calendar);
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(next[0].ex_date, date(2021, 12, 17));  // as it was
  EXPECT_EQ(next[0].kind, DividendKind::kProjected);
  // Juneteenth of 2026 is the third Friday.
  const auto june = spy.between(date(2026, 6, 1), date(2026, 6, 30), calendar);
  ASSERT_EQ(june.size(), 1U);
  EXPECT_EQ(june[0].ex_date, date(2026, 6, 18));
}

// A day that lies in the past may not know what was paid after it.
TEST(ShippedDividends, AreKnownToADayOnlyOnceTheyWerePaid) {
  const Calendar calendar{shipped().calendar};
  const auto known = [&](Date day) {
    return dividends_known(shipped(), "SPY"_sym, day, calendar).payments;
  };
  const auto before = known(date(2019, 6, 20));
  ASSERT_FALSE(before.empty());
  EXPECT_EQ(before[0].ex_date, date(2019, 6, 21));
  EXPECT_TRUE(before[0].projected);
  EXPECT_EQ(before[0].amount, Price::from_raw(12'500));  // that of June 2018
  for (const Date day : {date(2019, 6, 21), date(2019, 6, 23)}) {
    const auto after = known(day);
    EXPECT_EQ(after[0].ex_date, date(2019, 6, 21)) << "up to two days ago";
    EXPECT_FALSE(after[0].projected);
    EXPECT_EQ(after[0].amount, Price::from_raw(14'316));
    EXPECT_TRUE(after[1].projected);
  }
  EXPECT_EQ(known(date(2019, 6, 24))[0].ex_date, date(2019, 9, 20));
  EXPECT_TRUE(dividends_known(shipped(), "SPX"_sym, date(2019, 6, 20), calendar).payments.empty());
  EXPECT_EQ(dividends_from(shipped(), "SPY"_sym, date(2019, 6, 20), calendar)[0].amount, 1.4316)
      << "what looks back knows the list";
}

TEST_F(ReferenceFolder, DeclaredDividendsAreKnownBefore) {
  const Reference reference =
      read_with(kSpyDividends,
                "date,kind,amount\n2018-06-15,paid,1.2456\n2019-06-21,declared,1.4316\n"
                "2019-06-30,known_to,\n");
  const auto payments =
      dividends_known(reference, "SPY"_sym, date(2019, 6, 3), Calendar{reference.calendar})
          .payments;
  ASSERT_FALSE(payments.empty());
  EXPECT_EQ(payments[0].amount, Price::from_raw(14'316));
  EXPECT_FALSE(payments[0].projected);
}

TEST(ShippedDividends, AreNeededWhereExerciseIsAmerican) {
  Reference reference = shipped();
  reference.dividends.erase("QQQ"_sym);
  EXPECT_NO_THROW(need_dividends(reference, *find_instrument("SPY"_sym)));
  EXPECT_NO_THROW(need_dividends(reference, *find_instrument("SPXW"_sym)));
  EXPECT_THROW(need_dividends(reference, *find_instrument("QQQ"_sym)), Failure);
}

TEST_F(ReferenceFolder, HasDividendsOfThoseThatHaveAList) {
  const Reference reference = read_with(
      kSpyDividends,
      "amount,date,kind\n1.2331,2019-03-15,paid\n1.4316,2019-06-21,declared\n,2019-06-30,known_"
      "to\n");
  const DividendSchedule& spy = reference.dividends.at("SPY"_sym);
  EXPECT_THAT(spy.known, ElementsAre(Dividend{.ex_date = date(2019, 3, 15), .amount = 1.2331},
                                     Dividend{.ex_date = date(2019, 6, 21),
                                              .amount = 1.4316,
                                              .kind = DividendKind::kDeclared}));
  EXPECT_EQ(spy.source.first, date(2019, 3, 15));
  EXPECT_EQ(spy.source.last, date(2019, 6, 30));
  EXPECT_FALSE(reference.dividends.contains("QQQ"_sym));
}

TEST_F(ReferenceFolder, RefusesABadDividendByFileLineAndName) {
  struct Case {
    std::string_view name;
    std::string rows;
    std::string complaint;
  };
  for (const Case& c : {
           Case{"no such day", "2019-02-30,paid,1\n", "SPY.csv:2: date = \"2019-02-30\""},
           Case{"twice", "2019-03-15,paid,1\n2019-03-15,paid,1\n",
                "SPY.csv:3: date = \"2019-03-15\": accepted is a date after 2019-03-15"},
           Case{"a kind of its own", "2019-03-15,guessed,1\n",
                "SPY.csv:2: kind = \"guessed\": accepted is paid, declared or known_to"},
           Case{"projected by hand", "2019-03-15,projected,1\n", "kind = \"projected\""},
           Case{"no amount", "2019-03-15,paid,\n", "SPY.csv:2: amount = \"\""},
           Case{"nothing paid", "2019-03-15,paid,0\n",
                "amount = \"0\": accepted is dollars above 0, up to 1000"},
           Case{"a negative one", "2019-03-15,paid,-1.2\n", "amount = \"-1.2\""},
           Case{"no number", "2019-03-15,paid,nan\n", "amount = \"nan\""},
           Case{"too much", "2019-03-15,paid,12331\n", "amount = \"12331\""},
           Case{"a horizon that pays", "2019-03-15,paid,1\n2019-03-31,known_to,1\n",
                "SPY.csv:3: amount = \"1\": accepted is nothing in this row"},
           Case{"more after the horizon", "2019-03-31,known_to,\n2019-06-21,paid,1\n",
                "SPY.csv:3: date = \"2019-06-21\": accepted is nothing after the row known_to"},
           Case{"no horizon", "2019-03-15,paid,1\n", "SPY.csv: no row known_to"},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_THAT(complaint(kSpyDividends, "date,kind,amount\n" + c.rows), HasSubstr(c.complaint));
  }
}

TEST(YieldsBefore, ADateAreTheLastPublishedOnes) {
  const auto& rows = shipped().yields;
  // FRED has 2.42, 2.43, 2.46, 2.41, 2.33 for Friday the 3rd; a Monday does not know its own.
  const KnownYields monday = yields_before(rows, date(2019, 5, 6));
  EXPECT_EQ(monday.date, date(2019, 5, 3));
  EXPECT_EQ(monday.curve.percent,
            (std::array<std::optional<double>, 5>{2.42, 2.43, 2.46, 2.41, 2.33}));
  // Memorial Day has a row without yields: those of Friday the 24th hold.
  const KnownYields tuesday = yields_before(rows, date(2019, 5, 28));
  EXPECT_EQ(tuesday.date, date(2019, 5, 24));
  EXPECT_EQ(tuesday.curve.percent,
            (std::array<std::optional<double>, 5>{2.37, 2.35, 2.39, 2.33, 2.16}));
  EXPECT_EQ(yields_before(rows, date(2005, 1, 3)).date, std::nullopt);
  EXPECT_TRUE(yields_before(rows, date(2005, 1, 3)).curve.empty());
  EXPECT_EQ(yields_before(rows, date(2030, 1, 1)).date, date(2026, 2, 20));
}

}  // namespace
}  // namespace v6
