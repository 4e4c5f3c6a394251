#include "cli/price_batch.hpp"

#include <gmock/gmock.h>

#include <map>
#include <sstream>

#include "base/error.hpp"

namespace v6 {
namespace {

using testing::HasSubstr;

constexpr BatchSettings kSettings{.as_of = date(2025, 12, 1)};

/// A whole table as `v6 price` writes it.
std::string priced(std::string_view table, const BatchSettings& settings = kSettings) {
  const TablePricer pricer{table, "t.csv", settings};
  return pricer.header() + pricer.price(table).text;
}

std::string refusal(std::string_view header) {
  try {
    (void)priced(std::string{header} + "\n");
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::kData);
    return failure.what();
  }
  return "accepted";
}

/// The last field of each row after the header.
std::vector<std::string> statuses(std::string_view table) {
  std::istringstream lines{priced(table)};
  std::vector<std::string> list;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) { list.push_back(line.substr(line.rfind(',') + 1)); }
  return list;
}

/// A row's fields by the names of its header; no quotes.
std::map<std::string, std::string> row_of(std::string_view table) {
  std::istringstream text{priced(table)};
  std::string names;
  std::string values;
  std::getline(text, names);
  std::getline(text, values);
  std::istringstream name{names};
  std::istringstream value{values};
  std::map<std::string, std::string> row;
  std::string one;
  std::string other;
  while (std::getline(name, one, ',')) {
    std::getline(value, other, ',');
    row[one] = other;
  }
  return row;
}

double number(const std::map<std::string, std::string>& row, const std::string& name) {
  return std::stod(row.at(name));
}

TEST(PriceTable, RefusesAHeaderThatIsNone) {
  struct Case {
    std::string_view header;
    std::string_view message;
  };
  const Case cases[] = {
      {"strike,spot,rate,yield,years,vol", "t.csv:1: no column \"type\"; needed are"},
      {"type,spot,rate,yield,years,vol", "no column \"strike\"; needed are"},
      {"type,strike,spot,yield,years,vol", "no column \"rate\"; spot needs rate and yield"},
      {"type,strike,rate,yield,years,vol", "no column \"spot\""},
      {"type,strike,spot,rate,years,vol", "no column \"yield\""},
      {"type,strike,forward,years,vol", "no column \"discount\"; forward needs discount"},
      {"type,strike,years,vol", "neither of \"spot, rate, yield\" and \"forward, discount\""},
      {"type,strike,spot,rate,yield,forward,discount,years,vol",
       "columns of \"spot, rate, yield\""},
      {"type,strike,forward,discount,vol", "neither of the columns \"years\" and \"expiry\""},
      {"type,strike,forward,discount,years,expiry,vol", "columns \"years\" and \"expiry\""},
      {"type,strike,forward,discount,years", "neither of the columns \"vol\" and \"price\""},
      {"type,strike,forward,discount,years,vol,vol", "column \"vol\" stands twice"},
      {"type,strike,forward,discount,years,vol,delta", "\"delta\" has the name of a result"},
      {"type,strike,forward,discount,years,vol,\"x", "a quote is opened and not closed"},
      {"", "no column \"type\""},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.header);
    EXPECT_THAT(refusal(one.header), HasSubstr(one.message));
  }
  std::string_view nothing;
  EXPECT_THROW((TablePricer{nothing, "t.csv", kSettings}), Failure);
}

TEST(PriceTable, SaysWhyARowHasNoValue) {
  struct Case {
    std::string_view row;
    std::string_view status;
  };
  constexpr std::string_view kBySpot =
      "type,style,strike,spot,rate,yield,expiry,vol,price,dividends\n";
  const Case by_spot[] = {
      {"C,,100,100,0.04,0,2026-06-01,0.2,,", "ok"},
      {"x,,100,100,0.04,0,2026-06-01,0.2,,", "bad_type"},
      {",,100,100,0.04,0,2026-06-01,0.2,,", "bad_type"},
      {"C,bermudan,100,100,0.04,0,2026-06-01,0.2,,", "bad_style"},
      {"C,,-100,100,0.04,0,2026-06-01,0.2,,", "bad_strike"},
      {"C,,0,100,0.04,0,2026-06-01,0.2,,", "bad_strike"},
      {"C,,nan,100,0.04,0,2026-06-01,0.2,,", "bad_strike"},
      {"C,,1e400,100,0.04,0,2026-06-01,0.2,,", "bad_strike"},
      {"C,,100x,100,0.04,0,2026-06-01,0.2,,", "bad_strike"},
      {"C,,100,inf,0.04,0,2026-06-01,0.2,,", "bad_spot"},
      {"C,,100,,0.04,0,2026-06-01,0.2,,", "bad_spot"},
      {"C,,100,100,4%,0,2026-06-01,0.2,,", "bad_rate"},
      {"C,,100,100,0.04,,2026-06-01,0.2,,", "bad_yield"},
      {"C,,100,100,0.04,0,2026-02-30,0.2,,", "bad_expiry"},
      {"C,,100,100,0.04,0,2025-11-30,0.2,,", "expired"},
      {"C,,100,100,0.04,0,2025-12-01,0.2,,", "ok"},
      {"C,,100,100,0.04,0,2026-06-01,-0.2,,", "bad_vol"},
      {"C,,100,100,0.04,0,2026-06-01,text,,", "bad_vol"},
      {"C,,100,100,0.04,0,2026-06-01,,text,", "bad_price"},
      {"C,,100,100,0.04,0,2026-06-01,,,", "no_vol_or_price"},
      {"C,,100,100,0.04,0,2026-06-01,,0,", "no_price"},
      {"C,,100,100,0.04,0,2026-06-01,,-1,", "no_price"},
      {"C,,100,100,0.04,0,2025-12-01,,1,", "no_time"},
      {"C,,50,100,0.04,0,2026-06-01,,40,", "below_intrinsic"},
      {"C,,50,100,0.04,0,2026-06-01,0.2,40,", "below_intrinsic"},
      {"C,,50,100,0.04,0,2026-06-01,,101,", "above_maximum"},
      {"C,american,100,100,0.04,0,2026-06-01,0.2,,0.1", "bad_dividends"},
      {"C,american,100,100,0.04,0,2026-06-01,0.2,,0.1:x", "bad_dividends"},
      {"C,american,100,100,0.04,0,2026-06-01,0.2,,0:1", "bad_dividends"},
      {"C,american,100,100,0.04,0,2026-06-01,0.2,,0.1:-1", "bad_dividends"},
      {"C,american,100,100,0.04,0,2026-06-01,0.2,,0.2:1;0.1:1", "dividends_out_of_order"},
      {"C,american,100,100,0.04,0,2026-06-01,0.2,,0.1:1;0.1:1", "dividends_out_of_order"},
      {"C,european,100,100,0.04,0,2026-06-01,0.2,,0.1:1", "dividends_need_american"},
      {"C,,100,100,1e9,0,2026-06-01,0.2,,", "out_of_range"},
      {"P,american,100,1,0.05,0,2026-03-20,0.001,,0.1:1;0.2:1;0.25:100", "out_of_range"},
      {"C,,100,100,0.04,0,2026-06-01,0.2,", "ragged_row"},
      {"C,,100,100,0.04,0,2026-06-01,0.2,,,", "ragged_row"},
      {"C,,100,100,0.04,0,2026-06-01,0.2,,\"x", "bad_quote"},
  };
  for (const Case& one : by_spot) {
    SCOPED_TRACE(one.row);
    EXPECT_THAT(statuses(std::string{kBySpot} + std::string{one.row}),
                testing::ElementsAre(one.status));
  }
  constexpr std::string_view kByForward = "type,style,strike,forward,discount,years,vol\n";
  const Case by_forward[] = {
      {"C,,100,100,0.99,0.5,0.2", "ok"},
      {"C,,100,-100,0.99,0.5,0.2", "bad_forward"},
      {"C,,100,100,0,0.5,0.2", "bad_discount"},
      {"C,,100,100,0.99,-0.5,0.2", "bad_years"},
      {"C,,100,100,0.99,0,0.2", "ok"},
      {"C,american,100,100,0.99,0.5,0.2", "american_needs_spot"},
  };
  for (const Case& one : by_forward) {
    SCOPED_TRACE(one.row);
    EXPECT_THAT(statuses(std::string{kByForward} + std::string{one.row}),
                testing::ElementsAre(one.status));
  }
}

TEST(PriceTable, LeavesTheInputAsItStands) {
  // A failed row keeps the test free of prices: none of its results is there.
  EXPECT_EQ(priced("\xEF\xBB\xBFnote, \"vol\",type,strike,forward,discount,years\r\n"
                   "\"a, \"\"b\"\"\",x,C,1,1,1,1\r\n"
                   "\r\n"
                   "c,x,C"),
            "\xEF\xBB\xBFnote, \"vol\",type,strike,forward,discount,years"
            ",price,delta,gamma,vega,theta,rho,iv,premium,status\r\n"
            "\"a, \"\"b\"\"\",x,C,1,1,1,1,,,,,,,,,bad_vol\r\n"
            "\r\n"
            "c,x,C,,,,,,,,,,,,,ragged_row\r\n");
  EXPECT_EQ(
      priced("price,type,strike,forward,discount,years\nx,C,1,1,1,1"),
      "price,type,strike,forward,discount,years,delta,gamma,vega,theta,rho,iv,premium,status\n"
      "x,C,1,1,1,1,,,,,,,,bad_price\n");
}

// Haug 2007, table 2-5 of delta, vega, theta and rho; here the same by the definition: a put on a
// futures contract at 19, strike 19, 10 %, 28 %, 0.75 years is worth 1.7011 (ch. 1.1.3).
TEST(PriceTable, PricesByAForward) {
  const auto row =
      row_of("type,strike,forward,discount,years,vol\nP,19,19,0.9277434863285529,0.75,0.28");
  EXPECT_NEAR(number(row, "price"), 1.7011, 5e-5);
  EXPECT_EQ(row.at("status"), "ok");
  EXPECT_EQ(row.at("iv"), "");
  EXPECT_EQ(number(row, "premium"), 0);
  // With the forward where it is, a higher rate only discounts more.
  EXPECT_NEAR(number(row, "rho"), -0.01 * 0.75 * number(row, "price"), 1e-15);
}

// Haug 2007, ch. 1.1.1: a call at spot 60, strike 65, a quarter year, 8 %, 30 % is worth 2.1334.
TEST(PriceTable, PricesBySpot) {
  const std::string table = "vol,years,yield,rate,spot,strike,type\n0.30,0.25,0,0.08,60,65,call";
  const auto desk = row_of(table);
  EXPECT_NEAR(number(desk, "price"), 2.1334, 5e-5);
  const std::string unit = priced(table, {.value = {.units = GreekUnits::kUnit}});
  EXPECT_THAT(unit, HasSubstr(desk.at("delta") + "," + desk.at("gamma") + ","));
  const auto back =
      row_of("type,style,strike,spot,rate,yield,years,price\nC,european,65,60,0.08,0,0.25," +
             desk.at("price"));
  EXPECT_NEAR(number(back, "iv"), 0.30, 1e-14);
  EXPECT_NEAR(number(back, "vega"), number(desk, "vega"), 1e-13);
}

TEST(PriceTable, PriceIsForTheVolatilityAndVolForTheGreeks) {
  const std::string header = "type,strike,spot,rate,yield,years,vol,price\n";
  const auto both = row_of(header + "C,65,60,0.08,0,0.25,0.30,3");
  const auto vol = row_of(header + "C,65,60,0.08,0,0.25,0.30,");
  const auto price = row_of(header + "C,65,60,0.08,0,0.25,,3");
  EXPECT_EQ(both.at("delta"), vol.at("delta"));
  EXPECT_EQ(both.at("iv"), price.at("iv"));
  EXPECT_EQ(vol.at("iv"), "");
  EXPECT_NE(price.at("delta"), vol.at("delta"));
}

TEST(PriceTable, CountsWhatFailedAndWhere) {
  std::string_view table =
      "note,type,strike,forward,discount,years,vol\n"
      "\"two\nlines\",C,1,1,1,1,0.2\n"
      "\n"
      ",x,1,1,1,1,0.2\n"
      ",C,1,1,1,1,x\n"
      ",x,1,1,1,1,0.2\n";
  const TablePricer pricer{table, "t.csv", kSettings};
  BatchTally tally;
  tally.add(pricer.price(table).tally, pricer.header_lines());
  EXPECT_EQ(tally.rows(), 4);
  EXPECT_EQ(tally.failed(), 3);
  EXPECT_EQ(tally.text(),
            "3 of 4 rows failed: bad_type 2 (first on line 5), bad_vol 1 (first on line 6)");
}

}  // namespace
}  // namespace v6
