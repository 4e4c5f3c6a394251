#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/folder_test_kit.hpp"
#include "config/reference.hpp"

/// Reference folders of a few lines, to be spoilt one file at a time.
namespace v6::reference_test {

inline constexpr std::string_view kSp500 = "datasets-s-and-p-500/fred_sp500.csv";
inline constexpr std::string_view kVix = "datasets-finance-vix/vix-daily.csv";
inline constexpr std::string_view kYields = "us-treasury-fred/treasury_cmt_2005_2026.csv";
inline constexpr std::string_view kHolidays = "QuantConnect-Lean/us_equity_holidays_2013_2028.csv";
inline constexpr std::string_view kEvents = "events/us_macro_events_2015_2026.csv";
inline constexpr std::string_view kSpyDividends = "dividends/SPY.csv";

using Files = std::map<std::string_view, std::string>;

/// The smallest folder that reads well.
inline Files good_files() {
  return {{kSp500, "observation_date,SP500\n2019-05-01,2923.73\n2019-05-02,\n2019-05-03,2945.64\n"},
          {kVix, "DATE,OPEN,HIGH,LOW,CLOSE\n2019-05-01,13,15,12,14.8\n2019-05-02,14,16,14,14.42\n"},
          {kYields,
           "date,DGS1MO,DGS3MO,DGS6MO,DGS1,DGS2\n2019-05-01,2.44,2.43,2.46,2.39,2.31\n"
           "2019-05-02,,2.43,,2.40,-0.02\n"},
          {kHolidays,
           "date,kind,close_et\n2019-07-03,early_close,13:00\n2019-07-04,closed,\n"
           "2020-01-01,closed,\n"},
          {kEvents,
           "date,event,time_et,detail,lists_agreeing\n2019-05-01,FOMC,14:00,scheduled,2\n"
           "2019-05-03,NFP,08:30,reference April 2019,2\n2019-05-10,CPI,08:30,reference,1\n"
           "2019-06-19,FOMC,14:00,scheduled,2\n"}};
}

/// Files written into a folder of their own for each reading.
class ReferenceFolder : public ::testing::Test {
 protected:
  Reference read(const Files& files) {
    const test::Folder folder;
    for (const auto& [name, text] : files) {
      const auto path = folder / name;
      std::filesystem::create_directories(path.parent_path());
      std::ofstream{path, std::ios::binary} << text;
    }
    return read_reference(folder.path());
  }
  Reference read_with(std::string_view name, std::string text) {
    Files files = good_files();
    files[name] = std::move(text);
    return read(files);
  }
  /// What read_reference says of the files; fails when it takes them.
  std::string complaint(std::string_view name, std::string text) {
    try {
      (void)read_with(name, std::move(text));
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.code(), ExitCode::kData);
      return failure.what();
    }
    ADD_FAILURE() << "accepted";
    return {};
  }
};

}  // namespace v6::reference_test
