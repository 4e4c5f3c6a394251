#include "sim/chain_files.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libdeflate.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "base/error.hpp"
#include "base/folder_test_kit.hpp"
#include "calendar/calendar.hpp"
#include "sim/chain_files_scan.hpp"

namespace v6 {
namespace {

using namespace literals;
using testing::HasSubstr;
namespace fs = std::filesystem;

const fs::path kRealFolder = fs::path{V6_DATA} / "spx-eod-2019";
constexpr Date kDay = date(2019, 4, 26);
constexpr std::string_view kHeader =
    "underlying,underlying_last,exchange,optionroot,type,expiration,quotedate,strike,last,net,bid,"
    "ask,volume,openinterest,impliedvol,delta,gamma\n";
// One row a line; the tests below change one thing at a time.
constexpr std::string_view kRows =
    "SPX,2939.88,CBOE,SPXW190503C02900000,call,05/03/2019,04/26/2019,2900.0,49.0,-1.5,48.4,48.9,12,"
    "345,0.0921,0.7812,0.0051\n"
    "SPX,2939.88,CBOE,SPX190621C02905500,call,06/21/2019,04/26/"
    "2019,2905.5,0.0,0.0,0.0,0.05,0,0,0.0,"
    "0.9991,0.0\n"
    "SPX,2939.88,CBOE,SPXW190503P02900000,put,05/03/2019,04/26/2019,2900.0,7.199999999999999,0.0,"
    "7.1,7.3,1055,2042,0.1,-0.21880000000000002,0.005\n";

Calendar market_calendar() {
  return Calendar{
      {.holidays = {{.date = date(2019, 5, 27)}, {.date = date(2019, 7, 4)}},
       .holidays_source = {
           .name = "holidays.csv", .first = date(2019, 1, 1), .last = date(2020, 12, 31)}}};
}

struct Folder : test::Folder {
  ChainFile write(std::string_view bytes, const std::string& name = "SPX_20190426.csv",
                  Date day = kDay) const {
    std::ofstream{path() / name, std::ios::binary} << bytes;
    return {.date = day, .path = path() / name};
  }
};

std::string gzip(std::string_view text) {
  auto* packer = libdeflate_alloc_compressor(6);
  std::string packed(libdeflate_gzip_compress_bound(packer, text.size()), '\0');
  packed.resize(
      libdeflate_gzip_compress(packer, text.data(), text.size(), packed.data(), packed.size()));
  libdeflate_free_compressor(packer);
  return packed;
}

std::string valid() { return fmt::format("{}{}", kHeader, kRows); }

std::string changed(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

/// The message of a Failure with exit code 4; "none" when there is no failure.
template <class Work>
std::string data_failure(Work work) {
  try {
    work();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::kData);
    EXPECT_EQ(std::string_view{failure.what()}.find('\n'), std::string_view::npos);
    return failure.what();
  }
  return "none";
}

std::string parse_failure(std::string_view text) {
  const Folder folder;
  const auto file = folder.write(text);
  return data_failure([&] { static_cast<void>(parse_chain_file(file, "SPX"_sym)); });
}

DayOfQuotes day_of(std::string_view text) {
  const Folder folder;
  ContractIndex index;
  return intern_day(parse_chain_file(folder.write(text), "SPX"_sym), index);
}

Price dollars(std::string_view text) {
  return Price::from_raw(parse_decimal(text, PriceKind::kLimit).value());
}

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream{line};
  for (std::string cell; std::getline(stream, cell, ',');) cells.push_back(cell);
  return cells;
}

std::uint32_t refused_as(const std::vector<RefusedQuotes>& refused, std::string_view reason) {
  for (const auto& entry : refused) {
    if (entry.reason == reason) return entry.count;
  }
  return 0;
}

TEST(ChainFiles, RealDaysMatchTheirManifest) {
  struct Facts {
    std::uint64_t rows;
    std::size_t expiries;
    std::string spot;
    std::uint32_t no_quotes;
  };
  std::map<std::string, Facts> manifest;
  std::ifstream stream{kRealFolder / "manifest.csv"};
  std::string line;
  std::getline(stream, line);
  while (std::getline(stream, line)) {
    const auto cell = cells(line);
    manifest[cell[0]] = {std::stoul(cell[1]), std::stoul(cell[2]), cell[3],
                         static_cast<std::uint32_t>(std::stoul(cell[10]))};
  }
  const auto files = list_chain_files(kRealFolder, "SPX"_sym, date(2019, 1, 1), date(2019, 12, 31),
                                      market_calendar());
  ASSERT_EQ(files.size(), 44U);

  ContractIndex index;
  std::uint64_t rows = 0;
  std::shared_ptr<const Chain> previous;
  for (const ChainFile& file : files) {
    SCOPED_TRACE(iso(file.date));
    ASSERT_TRUE(manifest.contains(iso(file.date)));
    const auto& facts = manifest[iso(file.date)];
    const auto before = index.size();
    const auto day = intern_day(parse_chain_file(file, "SPX"_sym), index);
    EXPECT_EQ(day.rows, facts.rows);
    EXPECT_EQ(day.spot, dollars(facts.spot));
    EXPECT_EQ(refused_as(day.refused, "no_quote"), facts.no_quotes);
    EXPECT_EQ(day.refused.size(), facts.no_quotes > 0 ? 1U : 0U);
    EXPECT_EQ(day.chain->size() + facts.no_quotes, facts.rows);
    EXPECT_TRUE(day.warnings.empty());
    EXPECT_EQ(day.new_contracts.first, ContractId(static_cast<std::uint32_t>(before)));
    EXPECT_EQ(before + day.new_contracts.contracts.size(), index.size());

    std::set<std::int32_t> expiries;
    for (std::size_t row = 0; row < day.chain->size(); ++row) {
      ASSERT_TRUE(day.chain->quote(row).usable());
      expiries.insert(index.master().columns.expiry[day.chain->contract[row]]);
    }
    EXPECT_EQ(expiries.size(), facts.expiries);
    EXPECT_FALSE(previous && same_quotes(*day.chain, *previous));
    previous = day.chain;
    rows += day.rows;
  }
  EXPECT_EQ(rows, 611'176U);
}

TEST(ChainFiles, EveryValueOfARealDayIsThatOfASlowParser) {
  const auto path = kRealFolder / "SPX_20190621.csv.gz";
  ContractIndex index;
  const auto day = intern_day(parse_chain_file({date(2019, 6, 21), path}, "SPX"_sym), index);
  const Chain& chain = *day.chain;
  std::istringstream text{std::string{read_file_text(path).view()}};
  std::string line;
  std::getline(text, line);
  std::size_t row = 0;
  while (std::getline(text, line)) {
    const auto cell = cells(line);
    if (std::stod(cell[11]) == 0) continue;
    SCOPED_TRACE(line);
    ASSERT_LT(row, chain.size());
    const Contract contract = index.master()[ContractId{chain.contract[row]}];
    const auto right = contract.right == OptionRight::kCall ? 'C' : 'P';
    const auto expiry = iso(contract.expiry);
    EXPECT_EQ(
        fmt::format("{}{}{}{}{}{:08}", contract.root.text(), expiry.substr(2, 2),
                    expiry.substr(5, 2), expiry.substr(8, 2), right, contract.strike.raw() / 10),
        cell[3]);
    EXPECT_EQ(chain.bid[row], std::lround(std::stod(cell[10]) * 10'000));
    EXPECT_EQ(chain.ask[row], std::lround(std::stod(cell[11]) * 10'000));
    EXPECT_EQ(chain.volume[row], std::stoul(cell[12]));
    EXPECT_EQ(chain.open_interest[row], std::stoul(cell[13]));
    const bool has_iv = std::stod(cell[14]) != 0;
    ASSERT_EQ(chain.broker_iv.at(row).has_value(), has_iv);
    ASSERT_EQ(chain.broker_delta.at(row).has_value(), has_iv);
    ASSERT_EQ(chain.broker_gamma.at(row).has_value(), has_iv);
    if (has_iv) {
      EXPECT_NEAR(*chain.broker_iv.at(row), std::stod(cell[14]), 5.1e-7);
      EXPECT_NEAR(*chain.broker_delta.at(row), std::stod(cell[15]), 5.1e-7);
      EXPECT_NEAR(*chain.broker_gamma.at(row), std::stod(cell[16]), 5.1e-7);
    }
    ++row;
  }
  EXPECT_EQ(row, chain.size());
}

TEST(ChainFiles, SmallFileReadsAsWritten) {
  for (const auto& text : {valid(), changed(valid(), "0.0051\n", "0.0051\r\n"),
                           valid().substr(0, valid().size() - 1)}) {
    const auto day = day_of(text);
    EXPECT_EQ(day.date, kDay);
    EXPECT_EQ(day.spot, dollars("2939.88"));
    EXPECT_EQ(day.rows, 3U);
    ASSERT_EQ(day.chain->size(), 3U);
    EXPECT_EQ(day.new_contracts.contracts.at(1),
              (Contract{"SPX"_sym, date(2019, 6, 21), dollars("2905.5"), OptionRight::kCall}));
    EXPECT_EQ(day.chain->quote(1), (Quote{Price{}, Price::cents(5)}));  // a zero bid is valid
    EXPECT_FALSE(day.chain->broker_delta.at(1));
    EXPECT_EQ(day.chain->broker_delta.at(2), -0.2188);
    EXPECT_TRUE(day.refused.empty());
    EXPECT_TRUE(day.warnings.empty());
  }
}

TEST(ChainFiles, ContractsKeepTheirIdsFromDayToDay) {
  const Folder folder;
  ContractIndex index;
  const auto parse = [&](const std::string& text) {
    return intern_day(parse_chain_file(folder.write(text), "SPX"_sym), index);
  };
  const auto first = parse(valid());
  EXPECT_EQ(first.new_contracts.contracts.size(), 3U);
  const auto row = [](std::string_view strike) {
    return fmt::format(
        "SPX,2939.88,CBOE,SPXW190503C0{}000,call,05/03/2019,04/26/2019,{}.0,0.0,0.0,"
        "1.0,1.1,0,0,0.1,0.5,0.0\n",
        strike, strike);
  };
  const auto second = parse(std::string{kHeader} + row("2800") + row("2900"));
  EXPECT_EQ(second.new_contracts.first, ContractId{3});
  EXPECT_EQ(second.new_contracts.contracts.size(), 1U);
  EXPECT_EQ(second.chain->contract, (std::vector<std::uint32_t>{3, 0}));
  EXPECT_EQ(parse(valid()).new_contracts.contracts.size(), 0U);
}

TEST(ChainFiles, BrokenFilesAreNamedToTheField) {
  struct Case {
    std::string text;
    std::vector<std::string> parts;  // of the message
  };
  const auto with = [](std::string_view from, std::string_view to) {
    return changed(valid(), from, to);
  };
  const std::string second_row = "SPX,2939.88,CBOE,SPX190621C02905500";
  const Case cases[] = {
      {"", {"SPX_20190426.csv: the file is empty", "accepted: a header"}},
      {std::string{kHeader}, {"SPX_20190426.csv: no rows", "accepted: one row a contract"}},
      {with(",bid", ""), {"csv:1: column \"bid\" is missing", "accepted: underlying,"}},
      {with(",gamma", ",gamma,vega"), {"csv:1: column \"vega\" is unknown"}},
      {with("net", "nett"), {"column \"net\" is missing", "column \"nett\" is unknown"}},
      {with(",ask", ",bid"), {"column \"ask\" is missing", "column \"bid\" is there twice"}},
      {with("bid,ask", "ask,bid"), {"csv:1: the columns are in another order", "bid,ask,volume"}},
      {with(",345", ""), {"csv:2: the row has 16 fields; accepted: 17"}},
      {with(",345", ",345,"), {"csv:2: the row has 18 fields; accepted: 17"}},
      {valid() + "\n", {"csv:5: the row has 1 fields; accepted: 17"}},
      {with("48.4", "abc"), {"csv:2: bid \"abc\" is not a number; accepted: dollars"}},
      {with("48.4", ""), {"csv:2: bid \"\" is not a number"}},
      {with("48.4", "."), {"csv:2: bid \".\" is not a number"}},
      {with("48.4", "-"), {"csv:2: bid \"-\" is not a number"}},
      {with("48.4", "4:.4"), {"csv:2: bid \"4:.4\" is not a number"}},
      {with("48.4", "48,4"), {"csv:2: the row has 18 fields"}},
      {with("48.4", "48.40001"), {"bid \"48.40001\" has more than four decimals"}},
      {with("48.4", "\x1b[2J"), {"csv:2: bid \"\\x1b[2J\" is not a number"}},
      {with("48.9", "NaN"), {"csv:2: ask \"NaN\" is not a finite number"}},
      {with("48.9", "inf"), {"csv:2: ask \"inf\" is not a finite number"}},
      {with("48.9", "200000.01"), {"csv:2: ask \"200000.01\" is out of range", "200000 with"}},
      {with("48.9", "99999999999999999999"), {"csv:2: ask", "is out of range"}},
      {with("49.0", "x"), {"csv:2: last \"x\" is not a number"}},
      {with("49.0", "-49.0"), {"csv:2: last \"-49.0\" is out of range"}},
      {with("-1.5", "-Infinity"), {"csv:2: net \"-Infinity\" is not a finite number"}},
      {with("-1.5", "-1e300"), {"csv:2: net \"-1e300\" is out of range"}},
      {with(",12,", ",-12,"), {"csv:2: volume \"-12\" is not a number", "whole number"}},
      {with(",12,", ",1.5,"), {"csv:2: volume \"1.5\" is not a number"}},
      {with(",345,", ",5000000000,"), {"openinterest \"5000000000\" is out of range"}},
      {with("0.0921", "-0.1"), {"csv:2: impliedvol \"-0.1\" is out of range; accepted: 0"}},
      {with("0.0921", "100.1"), {"csv:2: impliedvol \"100.1\" is out of range"}},
      {with("0.0921", "nan"), {"csv:2: impliedvol \"nan\" is not a finite number"}},
      {with("0.7812", "1.01"), {"csv:2: delta \"1.01\" is out of range; accepted: -1 to 1"}},
      {with("0.0051", "-0.1"), {"csv:2: gamma \"-0.1\" is out of range"}},
      {with("04/26/2019", "04/25/2019"),
       {"csv:2: quotedate \"04/25/2019\" is not the date in the file's name", "04/26/2019"}},
      {with("05/03/2019", "02/30/2019"), {"csv:2: expiration \"02/30/2019\" is no date"}},
      {with("05/03/2019", "2019-05-03"), {"expiration \"2019-05-03\" is no date", "MM/DD/YYYY"}},
      {with("05/03/2019", "05/03/2919"), {"expiration \"05/03/2919\" is too far"}},
      {with("2939.88", "0.0"), {"csv:2: underlying_last \"0.0\" is not positive"}},
      {with("2939.88", "-5"), {"csv:2: underlying_last \"-5\" is not positive"}},
      {with(second_row, "SPX,2940,CBOE,SPX190621C02905500"),
       {"csv:3: underlying_last \"2940\" differs from the rows above; accepted: 2939.88"}},
      {with("SPX,2939", "SPY,2939"), {"csv:2: underlying \"SPY\" is another", "accepted: SPX"}},
      {with("SPX190621C", "SPXQ190621C"),
       {"csv:3: optionroot \"SPXQ190621C02905500\" has the root \"SPXQ\", unknown for SPX",
        "accepted: the roots SPX, SPXW"}},
      {with("SPX190621C", "SPY190621C"), {"csv:3", "has the root \"SPY\", unknown for SPX"}},
      {with("SPX190621C02905500", "SPX"), {"csv:3: optionroot \"SPX\" is no option symbol"}},
      {with("SPXW190503C", "SPXW190504C"),
       {"csv:2: optionroot \"SPXW190504C02900000\" disagrees", "accepted: SPXW190503C"}},
      {with("SPXW190503C", "SPXW190503P"),
       {"csv:2", "disagrees with the row's expiration or type"}},
      {with("C02900000", "C02900500"), {"disagrees with the row's strike", "C02900000"}},
      {with("C02900000", "C0290000."), {"csv:2", "disagrees with the row's strike"}},
      {with(",call,", ",calls,"), {"csv:2: type \"calls\" is no type of option", "call, put"}},
      {with(",2900.0,", ",0.0,"), {"csv:2: strike \"0.0\" is no strike"}},
      {with(",2900.0,", ",2900.0001,"), {"csv:2: strike \"2900.0001\" is no strike"}},
      {valid() + std::string{kRows.substr(0, kRows.find('\n') + 1)},
       {"csv:5: contract SPXW 2019-05-03 2900 C was on line 2 already; accepted: each one once"}},
  };
  for (const Case& c : cases) {
    const auto message = parse_failure(c.text);
    for (const auto& part : c.parts) EXPECT_THAT(message, HasSubstr(part));
  }
}

TEST(ChainFiles, EveryRowOfASeriesIsChecked) {
  const std::string next =
      "SPX,2939.88,CBOE,SPXW190503P02905000,put,05/03/2019,04/26/2019,2905.0,7.2,0.0,7.1,7.3,1,2,"
      "0.1,-0.2,0.005\n";
  EXPECT_EQ(parse_failure(valid() + next), "none");
  EXPECT_THAT(parse_failure(valid() + changed(next, "05/03", "05/10")),
              HasSubstr("csv:5: optionroot \"SPXW190503P02905000\" disagrees"));
  EXPECT_THAT(parse_failure(valid() + changed(next, "put", "call")),
              HasSubstr("csv:5: optionroot \"SPXW190503P02905000\" disagrees"));
  EXPECT_THAT(parse_failure(valid() + changed(next, "04/26", "04/25")),
              HasSubstr("csv:5: quotedate \"04/25/2019\" is not the date in the file's name"));
  EXPECT_THAT(
      parse_failure(valid() + changed(next, "2905.0", "2910.0")),
      HasSubstr("csv:5: optionroot \"SPXW190503P02905000\" disagrees with the row's strike"));
}

TEST(ChainFiles, QuotesNobodyCanTradeOnAreCountedAndKeptOut) {
  struct Case {
    std::string_view quote;
    std::string reason;
    std::string warning;
  };
  const Case cases[] = {
      {"-0.1,48.9", "negative", "csv:2: bid \"-0.1\" is negative: quote refused (negative)"},
      {"48.4,-48.9", "negative", "csv:2: ask \"-48.9\" is negative"},
      {"48.9,48.4", "crossed",
       "csv:2: ask \"48.4\" is below the bid: quote refused (crossed); "
       "accepted: 48.9 or more"},
      {"48.4,0.0", "no_ask", "csv:2: ask \"0.0\" is no offer"},
      {"0.0,0", "no_quote", ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.quote);
    const auto day = day_of(changed(valid(), "48.4,48.9", c.quote));
    EXPECT_EQ(day.rows, 3U);
    EXPECT_EQ(day.chain->size(), 2U);
    EXPECT_EQ(day.new_contracts.contracts.size(), 2U);
    ASSERT_EQ(day.refused.size(), 1U);
    EXPECT_EQ(day.refused[0].reason, c.reason);
    EXPECT_EQ(day.refused[0].count, 1U);
    ASSERT_EQ(day.warnings.size(), c.warning.empty() ? 0U : 1U);
    for (const auto& warning : day.warnings) EXPECT_THAT(warning, HasSubstr(c.warning));
  }
}

TEST(ChainFiles, ExpiredRowsAreRefusedAndManyWarningsBecomeACount) {
  std::string text = valid();
  for (int strike = 2000; strike < 2007; ++strike) {
    text += fmt::format(
        "SPX,2939.88,CBOE,SPXW190425P0{}000,put,04/25/2019,04/26/2019,{}.0,0.0,0.0,1.0,1.1,0,0,0.1,"
        "-0.5,0.0\n",
        strike, strike);
  }
  const auto day = day_of(text);
  EXPECT_EQ(day.chain->size(), 3U);
  EXPECT_EQ(refused_as(day.refused, "expired"), 7U);
  ASSERT_EQ(day.warnings.size(), 4U);
  EXPECT_THAT(
      day.warnings[0],
      HasSubstr("csv:5: expiration \"04/25/2019\" lies before the quote date: quote refused "
                "(expired); accepted: 04/26/2019 or later"));
  EXPECT_THAT(day.warnings[3], HasSubstr("SPX_20190426.csv: 4 more quotes refused (expired)"));
}

TEST(ChainFiles, GzipIsReadWholeOrNotAtAll) {
  const Folder folder;
  const auto failure = [&](std::string_view bytes) {
    const auto file = folder.write(bytes, "SPX_20190426.csv.gz");
    return data_failure([&] {
      EXPECT_EQ(parse_chain_file(file, "SPX"_sym).chain.bid,
                (std::vector<std::int32_t>{484000, 0, 71000}));
    });
  };
  const auto packed = gzip(valid());
  EXPECT_EQ(failure(packed), "none");
  EXPECT_EQ(failure(gzip(valid().substr(0, 300)) + gzip(valid().substr(300))), "none");
  EXPECT_THAT(failure(""), HasSubstr("SPX_20190426.csv.gz: the file is empty"));
  EXPECT_THAT(failure(gzip("")), HasSubstr("SPX_20190426.csv.gz: the file is empty"));
  EXPECT_THAT(failure(valid()), HasSubstr("SPX_20190426.csv.gz: the gzip data is"));
  EXPECT_THAT(failure(packed + "x"), HasSubstr("the gzip data is"));
  for (std::size_t size = 1; size < packed.size(); ++size) {
    EXPECT_THAT(failure(packed.substr(0, size)), HasSubstr("csv.gz: the gzip data is")) << size;
  }
  constexpr std::size_t kGzipHeader = 10;  // carries a time and a system nobody checks
  for (std::size_t at = kGzipHeader; at < packed.size(); ++at) {
    auto damaged = packed;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    const auto message = failure(damaged);
    const bool padding = at + 9 == packed.size();  // the bits before checksum and length
    EXPECT_TRUE(message.contains("csv.gz: the gzip data is") || (padding && message == "none"))
        << at;
  }
}

TEST(ChainFiles, UnreadableFileIsNamed) {
  EXPECT_THAT(
      data_failure([] {
        static_cast<void>(parse_chain_file({kDay, "nowhere/SPX_20190426.csv.gz"}, "SPX"_sym));
      }),
      HasSubstr("nowhere/SPX_20190426.csv.gz: cannot be read"));
}

TEST(ChainFiles, ListsTheFilesOfARangeByDateAndNothingElse) {
  const Folder folder;
  for (const auto* name : {"SPX_20190429.csv.gz", "SPX_20190426.csv", "SPX_20190430.csv.gz",
                           "SPXW_20190429.csv", "SPY_20190429.csv", "manifest.csv", "LICENSE",
                           "SPX_notes.csv", "SPX_20190501.csv.bak", "SPX_201905011.csv"}) {
    folder.write("", name);
  }
  fs::create_directory(folder.path() / "SPX_20190502.csv");
  const auto list = [&](Date from, Date to) {
    std::vector<std::string> names;
    for (const auto& file :
         list_chain_files(folder.path(), "SPX"_sym, from, to, market_calendar())) {
      names.push_back(iso(file.date) + ' ' + file.path.filename().string());
    }
    return names;
  };
  EXPECT_EQ(
      list(date(2019, 1, 1), date(2019, 12, 31)),
      (std::vector<std::string>{"2019-04-26 SPX_20190426.csv", "2019-04-29 SPX_20190429.csv.gz",
                                "2019-04-30 SPX_20190430.csv.gz"}));
  EXPECT_EQ(list(kDay, kDay), std::vector<std::string>{"2019-04-26 SPX_20190426.csv"});
  EXPECT_THAT(
      data_failure([&] { list(date(2020, 1, 2), date(2020, 3, 4)); }),
      HasSubstr(": no file SPX_YYYYMMDD.csv.gz (or .csv) from 2020-01-02 to 2020-03-04; the "
                "folder holds 3 of 2019-04-26 to 2019-04-30"));
  folder.write("", "SPX_20190429.csv");
  EXPECT_THAT(data_failure([&] { list(kDay, date(2019, 5, 1)); }),
              HasSubstr("two files of 2019-04-29: SPX_20190429.csv and SPX_20190429.csv.gz"));
  EXPECT_EQ(list(kDay, kDay).size(), 1U);
  folder.write("", "SPX_20190231.csv");
  EXPECT_THAT(data_failure([&] { list(kDay, kDay); }),
              HasSubstr("SPX_20190231.csv: \"20190231\" is no date"));
}

TEST(ChainFiles, FolderWithoutFilesSaysWhatItLookedFor) {
  const Folder folder;
  const auto failure = [](const fs::path& path) {
    return data_failure([&] {
      static_cast<void>(list_chain_files(path, "SPX"_sym, kDay, kDay, market_calendar()));
    });
  };
  EXPECT_THAT(failure(folder.path()), HasSubstr("no file SPX_YYYYMMDD.csv.gz (or .csv)"));
  EXPECT_THAT(failure(folder.path() / "missing"),
              HasSubstr("missing: cannot read this folder of chain files SPX_YYYYMMDD.csv.gz: No "
                        "such file or directory"));
}

TEST(ChainFiles, FilesOfDaysWithoutASessionAreRefused) {
  const auto failure = [](const fs::path& path, Date from) {
    return data_failure([&] {
      static_cast<void>(
          list_chain_files(path, "SPX"_sym, from, from + std::chrono::days{3}, market_calendar()));
    });
  };
  EXPECT_EQ(
      failure(kRealFolder / "defects", date(2019, 5, 27)),
      "SPX_20190527.csv.gz: 2019-05-27 is no trading session (market holiday): its quotes are "
      "stale copies; remove the file");
  EXPECT_THAT(failure(kRealFolder / "defects", date(2019, 7, 4)),
              HasSubstr("2019-07-04 is no trading session (market holiday)"));
  const Folder folder;
  folder.write("", "SPX_20190427.csv");
  folder.write("", "SPX_18900428.csv");
  EXPECT_THAT(failure(folder.path(), kDay),
              HasSubstr("2019-04-27 is no trading session (weekend)"));
  EXPECT_THAT(failure(folder.path(), date(1890, 4, 28)),
              HasSubstr("SPX_18900428.csv: 1890-04-28 lies outside the market calendar "
                        "holidays.csv; accepted: 2019-01-01 to 2020-12-31"));
}

TEST(ChainFiles, CopyUnderAnotherDateIsNoticed) {
  ContractIndex index;
  const auto read = [&](const ChainFile& file) {
    return intern_day(parse_chain_file(file, "SPX"_sym), index).chain;
  };
  const ChainFile real{date(2019, 7, 3), kRealFolder / "SPX_20190703.csv.gz"};
  const ChainFile copy{date(2019, 7, 4), kRealFolder / "defects" / "SPX_20190704.csv.gz"};
  const auto before = read(real);
  const auto after = read(copy);
  EXPECT_LT(after->size(), before->size());  // what had expired is refused
  EXPECT_EQ(data_failure([&] { refuse_stale_copy(copy, *after, real, *before); }),
            "SPX_20190704.csv.gz: every bid and ask is that of SPX_20190703.csv.gz: its quotes are "
            "stale copies; remove the file");
  Chain moved = *after;
  moved.ask.back() += 500;
  EXPECT_FALSE(same_quotes(moved, *before));
  EXPECT_FALSE(same_quotes(Chain{}, *before));
  EXPECT_FALSE(same_quotes(*before, Chain{}));
}

TEST(ChainFiles, OneWrongByteNeverCrashesAndNeverCrossesAQuote) {
  const Folder folder;
  const auto original = valid();
  for (std::size_t at = 0; at < original.size(); ++at) {
    for (const char wrong : std::string_view{"019.,-\nP\xff\0", 10}) {
      auto text = original;
      text[at] = wrong;
      SCOPED_TRACE(text);
      const auto file = folder.write(text);
      data_failure([&] {
        ContractIndex index;
        const auto day = intern_day(parse_chain_file(file, "SPX"_sym), index);
        std::uint64_t seen = day.chain->size();
        for (std::size_t row = 0; row < day.chain->size(); ++row) {
          EXPECT_TRUE(day.chain->quote(row).usable());
        }
        for (const auto& refused : day.refused) seen += refused.count;
        EXPECT_EQ(seen, day.rows);
      });
    }
  }
}

TEST(ShortDecimal, AgreesWithTheCarefulParser) {
  EXPECT_TRUE(rc::check([] {
    const auto text = *rc::gen::resize(
        12, rc::gen::container<std::string>(rc::gen::elementOf(std::string{"0123456789.-:/x"})));
    const std::string padded = text + std::string(16, '7');
    std::int64_t value = 0;
    const auto careful = parse_decimal(text, PriceKind::kLimit * 100);
    if (short_decimal<4>(std::string_view{padded}.substr(0, text.size()), value)) {
      RC_ASSERT(careful.has_value());
      RC_ASSERT(*careful == value);
    } else {
      const auto point = text.find('.');
      const bool many_decimals = point != std::string::npos && text.size() - point > 5;
      RC_ASSERT(!careful || text.size() > 8 || text.ends_with('.') || many_decimals);
    }
  }));
}

}  // namespace
}  // namespace v6
