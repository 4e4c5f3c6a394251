#include "report/results.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "report/report_test_kit.hpp"

namespace v6::report_test {
namespace {

using testing::HasSubstr;
using testing::IsSupersetOf;

using Keys = std::vector<std::string>;

Keys words_in(std::string_view text) {
  std::istringstream stream{std::string{text}};
  return {std::istream_iterator<std::string>{stream}, {}};
}

Keys keys_of(const Json& object) {
  Keys keys;
  for (const auto& [key, value] : object.items()) { keys.push_back(key); }
  return keys;
}

std::vector<Json> lines_in(const fs::path& path) {
  std::vector<Json> lines;
  std::istringstream text{text_in(path)};
  for (std::string line; std::getline(text, line);) { lines.push_back(Json::parse(line)); }
  return lines;
}

/// The files of one run, written and read back.
class Results : public testing::Test {
 protected:
  Results() {
    OutputFolder out{folder_.path()};
    write_records(out, result_);
    write_summary(out, result_);
    out.publish();
  }

  RunResult result_ = some_result();
  Folder folder_;
};

TEST_F(Results, StandUnderTheirPromisedNames) {
  EXPECT_EQ(folder_.visible(),
            (std::set<std::string>{"summary.json", "decisions.jsonl", "orders.jsonl", "fills.jsonl",
                                   "structures.jsonl", "equity.csv", "report.html"}));
}

TEST_F(Results, HoldThePromisedKeysInEveryLine) {
  struct Case {
    std::string_view file;
    std::string_view part;  // a JSON pointer into the line
    std::string_view keys;
  };
  const Case cases[] = {
      {"decisions.jsonl", "",
       "id at underlying kind outcome factors waterfall candidates chosen rule structure intent"},
      {"decisions.jsonl", "/candidates", "examined passed best_score"},
      {"decisions.jsonl", "/waterfall/0", "measured limit unit verdict distance detail"},
      {"orders.jsonl", "",
       "intent order_id structure at purpose quantity legs limit status filled"},
      {"fills.jsonl", "", "id at structure intent contract side quantity price fees"},
      {"fills.jsonl", "/contract", "underlying root expiry strike right multiplier"},
      {"structures.jsonl", "",
       "id kind underlying opened_at closed_at legs entry_price width worst_case dte_at_entry "
       "exit_rule realised_pnl fees rolled_from rolled_to"},
      {"structures.jsonl", "/legs/0", "contract ratio side bid ask mid iv delta open_interest"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string{c.file} + std::string{c.part});
    const auto lines = lines_in(folder_ / c.file);
    ASSERT_FALSE(lines.empty());
    for (const Json& line : lines) {
      EXPECT_THAT(keys_of(line.at(Json::json_pointer{std::string{c.part}})),
                  IsSupersetOf(words_in(c.keys)));
    }
  }
}

TEST_F(Results, DescribeWhatADecisionChose) {
  const Json chosen = lines_in(folder_ / "decisions.jsonl").front().at("chosen");
  EXPECT_THAT(keys_of(chosen), IsSupersetOf(words_in(
                                   "kind legs mid natural expected_price worst_case expected_value "
                                   "expected_value_risk_neutral probability_of_profit score")));
  EXPECT_THAT(keys_of(chosen.at("score")),
              IsSupersetOf(words_in("total edge price chance liquidity carry fit")));
  EXPECT_EQ(chosen.at("mid"), "6.50");
}

TEST_F(Results, SummariseTheRunUnderThePromisedKeys) {
  const Json summary = Json::parse(text_in(folder_ / "summary.json"));
  EXPECT_THAT(
      keys_of(summary),
      IsSupersetOf(words_in("from to sessions sessions_missing quotes_read quotes_refused entries "
                            "exits structures realised_pnl fees slippage_vs_mid max_drawdown "
                            "max_drawdown_dollars final_net_liquidation win_rate profit_factor "
                            "fill_models decisions_digest journal_digest timing config")));
  EXPECT_THAT(keys_of(summary.at("timing")),
              IsSupersetOf(words_in("load_s run_s quotes_per_s peak_rss_mib")));
  EXPECT_EQ(keys_of(summary.at("fill_models")), words_in("natural walk mid"));
  EXPECT_EQ(summary.at("sessions"), 2);
  EXPECT_EQ(summary.at("sessions_missing"), Json({"2019-04-30"}));
  EXPECT_EQ(summary.at("quotes_refused"), Json({{"no quote", 3}}));
  EXPECT_EQ(summary.at("exits"), Json({{"settled", 1}}));
  EXPECT_EQ(summary.at("realised_pnl"), "637.70");
  EXPECT_EQ(summary.at("final_net_liquidation"), "500637.70");
  EXPECT_EQ(summary.at("win_rate"), 1);
  EXPECT_TRUE(summary.at("profit_factor").is_null()) << "there is no loss to divide by";
}

TEST_F(Results, ShowTheConfigurationAsATree) {
  const Json config = Json::parse(text_in(folder_ / "summary.json")).at("config");
  EXPECT_EQ(config.at("risk").at("max_order_size"), 1);
  EXPECT_EQ(config.at("fees").at("as_of"), "2024-06, check your broker's own");
}

TEST_F(Results, ListTheAccountAsCsv) {
  EXPECT_EQ(
      text_in(folder_ / "equity.csv"),
      "at,cash,positions_value,net_liquidation,open_structures,worst_case,delta,gamma,theta,vega\n"
      "2019-04-26T19:45:00Z,499987.70,0.00,499987.70,0,0.00,0,0,0,0\n"
      "2019-04-29T19:45:00Z,500037.70,0.00,500037.70,0,0.00,0,0,0,0\n");
}

TEST_F(Results, TheReportCarriesEverythingItDraws) {
  const std::string page = text_in(folder_ / "report.html");
  const auto from = page.find(R"(id="data">)") + 10;
  const Json data = Json::parse(page.substr(from, page.find("</script", from) - from));
  EXPECT_THAT(keys_of(data), IsSupersetOf(words_in("build summary limits config equity attribution "
                                                   "structures orders fills alerts decisions")));
  EXPECT_EQ(data.at("alerts").at(0).at("what"), "look here");
  EXPECT_EQ(data.at("alerts").at(0).at("at"), "2019-04-29T19:45:00Z");
  for (const auto* model : {"natural", "walk", "mid"}) {
    EXPECT_EQ(data.at("summary").at("fill_models").at(model).at("equity").size(), 2U);
  }
  EXPECT_THAT(data.at("summary").at("notes").dump(),
              HasSubstr("schedule of 2024-06, check your broker's own."));
}

TEST(ResultsOfNothing, AreWholeToo) {
  const Folder folder;
  RunResult result = some_result();
  for (auto& [model, run] : result.runs) { run = {}; }
  OutputFolder out{folder.path()};
  write_records(out, result);
  write_summary(out, result);
  out.publish();
  const Json summary = Json::parse(text_in(folder / "summary.json"));
  EXPECT_TRUE(summary.at("win_rate").is_null());
  EXPECT_EQ(summary.at("exits"), Json::object());
  EXPECT_EQ(summary.at("max_drawdown"), 0);
  EXPECT_EQ(text_in(folder / "fills.jsonl"), "");
}

}  // namespace
}  // namespace v6::report_test
