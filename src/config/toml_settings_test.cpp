#include "config/toml_settings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>

#include "base/error.hpp"
#include "base/folder_test_kit.hpp"
#include "model/decision.hpp"

namespace v6 {
namespace {

struct Leg {
  std::string name;
  std::vector<int> ratios = {1};
  int quantity = 1;

  static constexpr auto fields() {
    return std::tuple{field("name", &Leg::name), field("ratios", &Leg::ratios),
                      number("quantity", &Leg::quantity, 1, 100, "units", "of the leg")};
  }
};

struct StopRule {
  bool enabled = true;
  double credit = -2;

  static constexpr auto fields() {
    return std::tuple{field("enabled", &StopRule::enabled, "looks at all"),
                      number("credit", &StopRule::credit, -10, -0.1, "fraction of credit",
                             "UPL that closes a credit")};
  }
};

struct Exits {
  std::tuple<StopRule> list;

  static constexpr auto fields() {
    return std::tuple{
        part<Exits>("stop_loss", [](auto& exits) -> auto& { return std::get<0>(exits.list); })};
  }
};

struct Limits {
  double worst_case = 0.02;
  int max_order_size = 1;

  static constexpr auto fields() {
    return std::tuple{
        number("worst_case", &Limits::worst_case, 1e-6, 0.1, "fraction of net liquidation",
               "of one structure"),
        number("max_order_size", &Limits::max_order_size, 1, 5, "contracts", "largest order")};
  }
};

struct Sample {
  Mode mode = Mode::kDryRun;
  Limits risk;
  Exits exits;
  unsigned tries = 3;
  std::int64_t offset = -5;
  std::uint64_t seed = 1;
  Price tick = Price::cents(5);
  Money cash = Money::cents(50'000'000);
  std::string note = "plain";
  std::chrono::minutes pause{15};
  std::chrono::seconds timeout{30};
  std::chrono::minutes first{600};
  Date start = date(2019, 5, 1);
  std::vector<std::string> halts;
  std::vector<int> weights = {1, 2};
  std::vector<Symbol> underlyings = {Symbol::parse("SPY").value()};
  std::vector<Leg> legs;

  static constexpr auto fields() {
    using S = Sample;
    return std::tuple{field("mode", &S::mode, "dry_run sends nothing"),
                      field("risk", &S::risk),
                      field("exits", &S::exits),
                      number("tries", &S::tries, 1, 10, "tries", ""),
                      field("offset", &S::offset),
                      field("seed", &S::seed),
                      number("tick", &S::tick, 0.01, 1, "dollars", "price step"),
                      number("cash", &S::cash, 0, 1e9, "dollars", "at the start"),
                      field("note", &S::note),
                      number("pause", &S::pause, 1, 390, "minutes", "between looks"),
                      number("timeout", &S::timeout, 1, 600, "seconds", ""),
                      number("first", &S::first, 0, 1439, "HH:MM", "first look"),
                      field("start", &S::start),
                      field("halts", &S::halts),
                      number("weights", &S::weights, 0, 9, "", ""),
                      field("underlyings", &S::underlyings, "may be traded"),
                      field("legs", &S::legs)};
  }
};

Sample sample_of(const std::string& text, const std::vector<std::string>& sets = {}) {
  return load_settings<Sample>(ConfigText{"v6.toml", text}, sets).settings;
}

/// The message of the Failure that `action` throws.
template <class Action>
std::string failure_of(Action action) {
  try {
    action();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::kConfiguration);
    return failure.what();
  }
  return "accepted";
}

std::string refusal_of(const std::string& text, const std::vector<std::string>& sets = {}) {
  return failure_of([&] { (void)sample_of(text, sets); });
}

TEST(TomlSettings, AnEmptyFileAndNoFileAreTheDefaults) {
  EXPECT_EQ(encoded(sample_of("")), encoded(Sample{}));
  EXPECT_EQ(encoded(load_settings<Sample>(ConfigSources{}).settings), encoded(Sample{}));
}

TEST(TomlSettings, ReadsEveryKindOfSetting) {
  const auto read = sample_of(R"(
mode = "paper"
tries = 4
offset = -9223372036854775808
seed = "18446744073709551615"
tick = 0.1
cash = "1234.5678"
note = 'a "quoted" word'
pause = 30
timeout = 5
first = "09:45"
start = 2020-02-29
halts = ["2019-05-02", "2019-05-03"]
weights = []
underlyings = ["QQQ", "IWM"]
exits.stop_loss = {enabled = false, credit = -3}
[risk]
worst_case = 0.05
max_order_size = 5
[[legs]]
name = "one"
[[legs]]
name = "two"
ratios = [1, -1]
quantity = 2
)");
  EXPECT_EQ(read.mode, Mode::kPaper);
  EXPECT_EQ(read.tries, 4U);
  EXPECT_EQ(read.offset, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(read.seed, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(read.tick, Price::cents(10));
  EXPECT_EQ(read.cash, Money::from_raw(12'345'678));
  EXPECT_EQ(read.note, "a \"quoted\" word");
  EXPECT_EQ(read.pause, std::chrono::minutes{30});
  EXPECT_EQ(read.timeout, std::chrono::seconds{5});
  EXPECT_EQ(read.first, std::chrono::minutes{9 * 60 + 45});
  EXPECT_EQ(read.start, date(2020, 2, 29));
  EXPECT_EQ(read.halts, (std::vector<std::string>{"2019-05-02", "2019-05-03"}));
  EXPECT_TRUE(read.weights.empty());
  EXPECT_EQ(read.underlyings,
            (std::vector{Symbol::parse("QQQ").value(), Symbol::parse("IWM").value()}));
  EXPECT_FALSE(std::get<0>(read.exits.list).enabled);
  EXPECT_EQ(std::get<0>(read.exits.list).credit, -3);
  EXPECT_EQ(read.risk.worst_case, 0.05);
  EXPECT_EQ(read.risk.max_order_size, 5);
  ASSERT_EQ(read.legs.size(), 2U);
  EXPECT_EQ(read.legs[0].name, "one");
  EXPECT_EQ(read.legs[0].ratios, std::vector{1});
  EXPECT_EQ(read.legs[1].ratios, (std::vector{1, -1}));
  EXPECT_EQ(read.legs[1].quantity, 2);
}

TEST(TomlSettings, ReadsTheSameValueWrittenOtherWays) {
  const std::pair<std::string, std::string> cases[] = {
      {"cash = 500", "cash = \"500.00\""},
      {"cash = 500.25", "cash = \"500.25\""},
      {"first = 09:45:00", "first = \"09:45\""},
      {"start = \"2019-06-01\"", "start = 2019-06-01"},
      {"[exits.stop_loss]\ncredit = -3", "exits.stop_loss.credit = -3.0"},
      {"[[legs]]\nname = \"x\"", "legs = [{name = \"x\"}]"},
      {"seed = 7", "\"seed\" = 0x7"},
  };
  for (const auto& [one, other] : cases) {
    SCOPED_TRACE(one);
    EXPECT_EQ(encoded(sample_of(one)), encoded(sample_of(other)));
    EXPECT_NE(encoded(sample_of(one)), encoded(Sample{}));
  }
}

// covers: A-23
TEST(TomlSettings, RefusesAndSaysWhatIsAccepted) {
  const std::string limit = ": accepted 1e-06 to 0.1 (fraction of net liquidation)";
  const std::string modes = ": accepted \"dry_run\", \"simulated\", \"paper\", \"live\"";
  const std::pair<std::string, std::string> cases[] = {
      {"exits.stop_los = 5",
       "v6.toml:1: exits.stop_los: unknown setting; did you mean "
       "exits.stop_loss?"},
      {"\n[exit.stop_loss]\ncredit = -2", "v6.toml:2: exit: unknown setting; did you mean exits?"},
      {"worst_case = 0.01",
       "v6.toml:1: worst_case: unknown setting; did you mean risk.worst_case?"},
      {"\"risk.worst_case\" = 0.01",
       "v6.toml:1: \"risk.worst_case\": unknown setting; did you mean risk.worst_case?"},
      {"Mode = \"paper\"", "v6.toml:1: Mode: unknown setting; did you mean mode?"},
      {"\"mode\\n\" = \"paper\"", "v6.toml:1: \"mode\\n\": unknown setting; did you mean mode?"},
      {"[risk]\n\nworst_case = 0.5", "v6.toml:3: risk.worst_case = 0.5" + limit},
      {"risk.worst_case = 0", "v6.toml:1: risk.worst_case = 0" + limit},
      {"risk.worst_case = -0.01", "v6.toml:1: risk.worst_case = -0.01" + limit},
      {"risk.worst_case = nan", "v6.toml:1: risk.worst_case = nan" + limit},
      {"risk.worst_case = inf", "v6.toml:1: risk.worst_case = inf" + limit},
      {"risk.worst_case = \"\"", "v6.toml:1: risk.worst_case = \"\"" + limit},
      {"risk.worst_case = \"0.02\"",
       "v6.toml:1: risk.worst_case = \"0.02\"" + limit + "; write it without quotes"},
      {"risk.worst_case = []", "v6.toml:1: risk.worst_case = []" + limit},
      {"risk.max_order_size = 6",
       "v6.toml:1: risk.max_order_size = 6: accepted a whole number, 1 to 5 (contracts)"},
      {"risk.max_order_size = 1.5",
       "v6.toml:1: risk.max_order_size = 1.5: accepted a whole number, 1 to 5 (contracts)"},
      {"risk.max_order_size = 4294967297",
       "v6.toml:1: risk.max_order_size = 4294967297: accepted a whole number, 1 to 5 (contracts)"},
      {"risk = 5", "v6.toml:1: risk = 5: accepted a table [risk]"},
      {"[[risk]]\nworst_case = 0.01",
       "v6.toml:1: risk = [{worst_case = 0.01}]: accepted a table [risk]"},
      {"mode = \"papr\"", "v6.toml:1: mode = \"papr\"" + modes},
      {"mode = \"Paper\"", "v6.toml:1: mode = \"Paper\"" + modes},
      {"mode = \"paper \"", "v6.toml:1: mode = \"paper \"" + modes},
      {"mode = \"\"", "v6.toml:1: mode = \"\"" + modes},
      {"mode = 2", "v6.toml:1: mode = 2" + modes},
      {"mode = [\"paper\"]", "v6.toml:1: mode = [\"paper\"]" + modes},
      {"[mode]\nx = 1", "v6.toml:1: mode = {x = 1}" + modes},
      {"exits.stop_loss.enabled = 1",
       "v6.toml:1: exits.stop_loss.enabled = 1: accepted true or false"},
      {"exits.stop_loss.enabled = \"true\"",
       "v6.toml:1: exits.stop_loss.enabled = \"true\": accepted true or false; write it without "
       "quotes"},
      {"tries = -1", "v6.toml:1: tries = -1: accepted a whole number, 1 to 10 (tries)"},
      {"seed = -1", "v6.toml:1: seed = -1: accepted a whole number"},
      {"seed = 1e3", "v6.toml:1: seed = 1000: accepted a whole number"},
      {"seed = \"18446744073709551616\"",
       "v6.toml:1: seed = \"18446744073709551616\": accepted a whole number"},
      {"tick = 0.00005",
       "v6.toml:1: tick = 5e-05: accepted dollars with at most four decimals, "
       "0.01 to 1 (dollars)"},
      {"cash = \"1,000\"",
       "v6.toml:1: cash = \"1,000\": accepted dollars with at most four "
       "decimals, 0 to 1000000000 (dollars)"},
      {"cash = nan",
       "v6.toml:1: cash = nan: accepted dollars with at most four decimals, 0 to "
       "1000000000 (dollars)"},
      {"note = 5", "v6.toml:1: note = 5: accepted text in quotes"},
      {"pause = 0", "v6.toml:1: pause = 0: accepted a whole number, 1 to 390 (minutes)"},
      {"first = 600",
       "v6.toml:1: first = 600: accepted a time like \"10:00\", \"00:00\" to \"23:59\""},
      {"first = \"24:00\"",
       "v6.toml:1: first = \"24:00\": accepted a time like \"10:00\", \"00:00\" to \"23:59\""},
      {"first = \"9:45\"",
       "v6.toml:1: first = \"9:45\": accepted a time like \"10:00\", \"00:00\" to \"23:59\""},
      {"first = 09:45:30",
       "v6.toml:1: first = 09:45:30: accepted a time like \"10:00\", \"00:00\" to \"23:59\""},
      {"start = \"2019-02-29\"",
       "v6.toml:1: start = \"2019-02-29\": accepted a date like 2019-05-01"},
      {"start = 2019-05-01T10:00:00Z",
       "v6.toml:1: start = 2019-05-01T10:00:00Z: accepted a date like 2019-05-01"},
      {"halts = [\"a\", 1]",
       "v6.toml:1: halts = [\"a\", 1]: accepted a list [...] of: text in quotes"},
      {"weights = [1, 10]",
       "v6.toml:1: weights = [1, 10]: accepted a list [...] of: a whole number, 0 to 9"},
      {"underlyings = \"SPY\"",
       "v6.toml:1: underlyings = \"SPY\": accepted a list [...] of: one "
       "to six capital letters in quotes"},
      {"underlyings = [\"spy\"]",
       "v6.toml:1: underlyings = [\"spy\"]: accepted a list [...] of: "
       "one to six capital letters in quotes"},
      {"legs = 1", "v6.toml:1: legs = 1: accepted a list of tables [[...]]"},
      {"[legs]\nname = \"x\"",
       "v6.toml:1: legs = {name = \"x\"}: accepted a list of tables [[...]]"},
      {"[[legs]]\n[[legs]]\nquantiy = 1",
       "v6.toml:3: legs[1].quantiy: unknown setting; did you "
       "mean legs[1].quantity?"},
      {"[[legs]]\nquantity = 0",
       "v6.toml:2: legs[0].quantity = 0: accepted a whole number, 1 to 100 (units)"},
  };
  for (const auto& [text, message] : cases) {
    SCOPED_TRACE(text);
    EXPECT_EQ(refusal_of(text), message);
  }
}

TEST(TomlSettings, SaysWhereAFileIsNotToml) {
  const std::pair<std::string, std::string> cases[] = {
      {"tries = 4\nmode = paper", "v6.toml:2:8: not TOML: "},
      {"mode = \"paper\"\nmode = \"live\"", "v6.toml:2:"},
      {"[risk]\nworst_case = 0.01\n[risk]\nworst_case = 0.02", "v6.toml:3:"},
      {"[risk\nworst_case = 0.01", "v6.toml:1:6: not TOML: "},
      {"mode = \"paper", "v6.toml:1:"},
      {"mode =", "v6.toml:1:"},
      {"[.risk]", "v6.toml:1:1: not TOML: the parser gave up ("},
      {std::string("tries = 4\n\0", 11), "v6.toml:2:1: not TOML: "},
      {"note = \"\xFF\"", "v6.toml:1:"},
      {"start = 2019-02-30", "v6.toml:1:"},
      {"tries = 99999999999999999999", "v6.toml:1:"},
  };
  for (const auto& [text, start] : cases) {
    SCOPED_TRACE(text);
    const auto message = refusal_of(text);
    EXPECT_TRUE(message.starts_with(start)) << message;
    EXPECT_NE(message.find("not TOML: "), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

TEST(TomlSettings, ReportsEveryErrorInTheOrderOfTheFile) {
  EXPECT_EQ(refusal_of("tries = 0\nmode = \"x\"\n[risk]\nzzz = 1\nmax_order_size = 9\n",
                       {"note", "first=25:00"}),
            "v6.toml:1: tries = 0: accepted a whole number, 1 to 10 (tries)\n"
            "v6.toml:2: mode = \"x\": accepted \"dry_run\", \"simulated\", \"paper\", \"live\"\n"
            "v6.toml:4: risk.zzz: unknown setting; did you mean risk?\n"
            "v6.toml:5: risk.max_order_size = 9: accepted a whole number, 1 to 5 (contracts)\n"
            "--set note: write --set section.key=value\n"
            "--set: first = \"25:00\": accepted a time like \"10:00\", \"00:00\" to \"23:59\"");
}

TEST(TomlSettings, OneErrorIsOneShortLineWhateverTheFileHolds) {
  const auto message = refusal_of("mode = '''" + std::string(5000, 'x') + "\n\n\x7F''' \n");
  EXPECT_TRUE(message.find('\n') == std::string::npos && message.size() < 300) << message;
  const auto key = refusal_of("\"" + std::string(5000, 'k') + "\\n\" = 1");
  EXPECT_TRUE(key.find('\n') == std::string::npos && key.size() < 300) << key;
}

TEST(TomlSettings, SetOverridesTheFileAndTheLastOneCounts) {
  const auto loaded = load_settings<Sample>(
      ConfigText{"v6.toml", "tries = 4\n[risk]\nworst_case = 0.05\nmax_order_size = 2\n"},
      {"risk.worst_case=0.01", "mode=paper", "tries=5", "tries = 6", "note=two words = one",
       "underlyings=[\"QQQ\"]", "start=2020-01-02", "first=09:30", "cash=1000.5",
       "exits.stop_loss.enabled=false", "legs=[{name = \"x\"}]", "halts=['a']"});
  const auto& read = loaded.settings;
  EXPECT_EQ(read.risk.worst_case, 0.01);
  EXPECT_EQ(read.risk.max_order_size, 2);
  EXPECT_EQ(read.mode, Mode::kPaper);
  EXPECT_EQ(read.tries, 6U);
  EXPECT_EQ(read.note, "two words = one");
  EXPECT_EQ(read.underlyings, std::vector{Symbol::parse("QQQ").value()});
  EXPECT_EQ(read.start, date(2020, 1, 2));
  EXPECT_EQ(read.first, std::chrono::minutes{570});
  EXPECT_EQ(read.cash, Money::from_raw(10'005'000));
  EXPECT_FALSE(std::get<0>(read.exits.list).enabled);
  EXPECT_EQ(read.legs.at(0).name, "x");
  EXPECT_EQ(read.halts, std::vector<std::string>{"a"});
  EXPECT_EQ(loaded.origin.at("risk.worst_case"), "--set");
  EXPECT_EQ(loaded.origin.at("risk.max_order_size"), "v6.toml:4");
  EXPECT_EQ(loaded.origin.at("tries"), "--set");
  EXPECT_EQ(loaded.origin.at("seed"), "default");
  EXPECT_EQ(sample_of("", {"note=\"in quotes\""}).note, "in quotes");
  EXPECT_EQ(sample_of("", {"note=true"}).note, "true");
}

TEST(TomlSettings, SetRefuses) {
  const std::pair<std::string, std::string> cases[] = {
      {"mode", "--set mode: write --set section.key=value"},
      {"mode=", "--set mode=: write --set section.key=value"},
      {"=paper", "--set =paper: write --set section.key=value"},
      {"", "--set : write --set section.key=value"},
      {"mod=paper", "--set: mod: unknown setting; did you mean mode?"},
      {"mode=PAPER",
       "--set: mode = \"PAPER\": accepted \"dry_run\", \"simulated\", \"paper\", \"live\""},
      {"tries=many", "--set: tries = \"many\": accepted a whole number, 1 to 10 (tries)"},
      {"tries=4\nmode = \"live\"",
       "--set: tries = \"4\\nmode = \\\"live\\\"\": accepted a whole number, 1 to 10 (tries)"},
      {"risk=5", "--set: risk = 5: accepted a table [risk]"},
      {"risk.worst_case=nan",
       "--set: risk.worst_case = nan: accepted 1e-06 to 0.1 (fraction of "
       "net liquidation)"},
      {"note=\xFF", "--set note: not text in UTF-8"},
  };
  for (const auto& [set, message] : cases) {
    SCOPED_TRACE(set);
    EXPECT_EQ(refusal_of("", {set}), message);
  }
}

struct TomlSettingsFile : testing::Test {
  test::Folder folder_;
};

TEST_F(TomlSettingsFile, IsReadByNameOrByDefault) {
  const auto path = folder_ / "v6.toml";
  const auto missing = folder_ / "none.toml";
  std::ofstream{path} << "\n# mine\ntries = 7\n";
  const auto named = load_settings<Sample>(ConfigSources{.file = path, .default_file = missing});
  EXPECT_EQ(named.settings.tries, 7U);
  EXPECT_EQ(named.origin.at("tries"), path.string() + ":3");
  const auto found = load_settings<Sample>(ConfigSources{.default_file = path});
  EXPECT_EQ(found.settings.tries, 7U);
  const auto none = load_settings<Sample>(ConfigSources{.default_file = missing});
  EXPECT_EQ(encoded(none.settings), encoded(Sample{}));
}

// covers: A-25
TEST_F(TomlSettingsFile, ThatCannotBeReadIsAnErrorNotTheDefaults) {
  const auto dangling = folder_ / "link.toml";
  std::filesystem::create_symlink(folder_ / "none.toml", dangling);
  const auto large = folder_ / "large.toml";
  std::ofstream{large} << std::string((1 << 20) + 1, '#');
  const auto refusal = [](const ConfigSources& sources) {
    return failure_of([&] { (void)load_settings<Sample>(sources); });
  };
  const auto unreadable = [](const std::filesystem::path& path, const std::string& why) {
    return path.string() + ": cannot be read (" + why + "); name a TOML file with --config";
  };
  const auto missing = folder_ / "none.toml";
  EXPECT_EQ(refusal({.file = missing}), unreadable(missing, "No such file or directory"));
  EXPECT_EQ(refusal({.file = folder_.path()}), unreadable(folder_.path(), "Is a directory"));
  EXPECT_EQ(refusal({.default_file = folder_.path()}),
            unreadable(folder_.path(), "Is a directory"));
  EXPECT_EQ(refusal({.default_file = dangling}), unreadable(dangling, "No such file or directory"));
  EXPECT_EQ(refusal({.file = large}), unreadable(large, "larger than 1 MiB"));
  EXPECT_EQ(refusal({.file = "/proc/self/mem"}),
            unreadable("/proc/self/mem", "Input/output error"));
  EXPECT_EQ(refusal({.file = ""}),
            "--config: empty path; name a TOML file or leave the option out");
}

TEST(TomlSettings, DefaultPathFollowsTheXdgSpecification) {
  EXPECT_EQ(default_config_path("/x", "/home/me"), "/x/v6/v6.toml");
  EXPECT_EQ(default_config_path("", "/home/me"), "/home/me/.config/v6/v6.toml");
  EXPECT_EQ(default_config_path("relative", "/home/me"), "/home/me/.config/v6/v6.toml");
  EXPECT_EQ(default_config_path("", ""), std::nullopt);
}

TEST(TomlSettings, ShowsEverySettingWithItsOrigin) {
  const auto loaded =
      load_settings<Sample>(ConfigText{"v6.toml", "risk.worst_case = 0.05\ntries = 3"});
  const auto list = show_settings(loaded.settings, loaded.origin);
  const auto find = [&](std::string_view key) {
    return *std::ranges::find(list, key, &ShownSetting::key);
  };
  EXPECT_EQ(list.size(), 19U);
  const auto limit = find("risk.worst_case");
  EXPECT_EQ(limit.value, "0.05");
  EXPECT_EQ(limit.unit, "fraction of net liquidation");
  EXPECT_EQ(limit.meaning, "of one structure");
  EXPECT_EQ(limit.most, 0.1);
  EXPECT_EQ(limit.origin, "v6.toml:1");
  EXPECT_FALSE(limit.is_default);
  EXPECT_EQ(find("tries").origin, "v6.toml:2");
  EXPECT_TRUE(find("tries").is_default);
  EXPECT_EQ(find("mode").origin, "default");
}

TEST(TomlSettings, WhatIsShownLoadsToTheSameSettings) {
  Sample settings;
  settings.mode = Mode::kSimulated;
  settings.risk.worst_case = 0.1 / 3;
  settings.exits.list = {StopRule{.enabled = false, .credit = -10}};
  settings.offset = std::numeric_limits<std::int64_t>::min();
  settings.seed = std::numeric_limits<std::uint64_t>::max();
  settings.cash = Money::from_raw(123'456'789);
  settings.note = "tab\t\"quote\" back\\slash\nline\x01\x7F \xC3\xA9";
  settings.halts = {"", "a, b", "]"};
  settings.weights = {};
  settings.legs = {{.name = "[x]", .ratios = {1, -2}, .quantity = 2}, {.name = "", .ratios = {}}};
  for (const Sample& one : {settings, Sample{}}) {
    const auto text = as_toml(show_settings(one));
    EXPECT_EQ(encoded(sample_of(text)), encoded(one)) << text;
  }
}

}  // namespace
}  // namespace v6
