#include <gtest/gtest.h>

#include <random>

#include "base/error.hpp"
#include "config/toml_settings.hpp"
#include "engine/settings.hpp"

namespace v6 {
namespace {

Settings settings_of(const std::string& text) {
  return load_settings<Settings>(ConfigText{"v6.toml", text}).settings;
}

// covers: A-23
TEST(CoreSettings, EveryDefaultIsItselfAcceptedAndEveryLimitThere) {
  const auto text = as_toml(show_settings(Settings{}));
  EXPECT_EQ(encoded(settings_of(text)), encoded(Settings{})) << text;
  EXPECT_EQ(settings_of("").mode, Mode::kDryRun);
}

// covers: A-23
TEST(CoreSettings, NoLimitCanBeEmptiedZeroedOrRaisedAboveItsCeiling) {
  RiskLimits limits;
  int tried = 0;
  for (const auto& slot : setting_slots(limits)) {
    const bool whole = slot.key == "max_order_size";
    for (const auto& value :
         {std::string{"0"}, std::string{"-1"}, std::string{"nan"}, std::string{"inf"},
          std::string{"-inf"}, std::string{"\"\""}, std::string{"[]"}, std::string{"false"},
          whole ? std::string{"6"} : shortest(slot.range.most * 1.0001)}) {
      SCOPED_TRACE(slot.key + " = " + value);
      EXPECT_THROW((void)settings_of("[risk]\n" + slot.key + " = " + value), Failure);
      ++tried;
    }
  }
  EXPECT_GE(tried, 100);
}

/// Whether `mode = "word"` stands in the text, however spaced and quoted: the only way out of dry
/// run.
bool says_mode(std::string_view text, std::string_view mode) {
  std::string tight;
  for (const char c : text) {
    const char quote = c == '\'' ? '"' : c;
    const bool repeated = quote == '"' && tight.ends_with('"');
    if (c != ' ' && c != '\t' && c != '\r' && !repeated) { tight += quote; }
  }
  const auto value = "=\"" + std::string{mode} + "\"";
  return tight.find("mode" + value) != std::string::npos ||
         tight.find("mode\"" + value) != std::string::npos;
}

// covers: A-25, A-23
TEST(CoreSettings, NoDamageToAFileArmsAMode) {
  const std::string texts[] = {
      "mode = \"dry_run\"\n[risk]\nvega = 0.002\n",
      "# mode = \"live\"\nmode = \"dry_run\"\n[fees]\nas_of = \"paper\"\n",
      "mode = \"paper\"\n[exits.stop_loss]\nenabled = true\n",
      "[fees]\nas_of = \"live\"\n[exits.stop_loss]\ncredit = -2.5\n",
      "risk.max_order_size = 5\nmode = \"live\"\n",
  };
  const std::string pieces[] = {"mode", "=", "\"", "live", "paper", "\n", "[", "]", "#",   "'",
                                ".",    " ", "{",  "}",    "-",     "0",  "9", ",", "nan", "\\"};
  std::mt19937_64 random{20240607};
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  int loaded = 0;
  int armed = 0;
  for (int round = 0; round < 5'000; ++round) {
    auto text = texts[below(std::size(texts))];
    for (auto changes = 1 + below(4) / 3; changes > 0 && !text.empty(); --changes) {
      const auto at = below(text.size());
      const auto length = 1 + below(3);
      switch (below(6)) {
        case 0: text.erase(at, length); break;
        case 1: text.insert(at, pieces[below(std::size(pieces))]); break;
        case 2: text.replace(at, length, pieces[below(std::size(pieces))]); break;
        case 3: text[at] = static_cast<char>(below(256)); break;
        case 4: text.insert(at, text.substr(below(text.size()), 12)); break;
        default: {  // a whole line goes, or turns into a comment
          const auto line = text.rfind('\n', at) == text.npos ? 0 : text.rfind('\n', at);
          below(2) == 0 ? text.erase(line, text.find('\n', at) - line) : text.insert(line, "\n#");
          break;
        }
      }
    }
    try {
      const auto settings = settings_of(text);
      ++loaded;
      const auto& risk = settings.risk;
      ASSERT_TRUE(risk.vega > 0 && risk.vega <= 0.02) << text;
      ASSERT_TRUE(risk.max_order_size >= 1 && risk.max_order_size <= kOrderSizeCeiling) << text;
      if (settings.mode == Mode::kDryRun) { continue; }
      ++armed;
      ASSERT_TRUE(says_mode(text, word(settings.mode))) << text;
    } catch (const Failure& failure) {
      ASSERT_EQ(failure.code(), ExitCode::kConfiguration) << text;
    }
  }
  // The damage is mild enough to say something.
  EXPECT_GT(loaded, 300);
  EXPECT_GT(armed, 50);
}

}  // namespace
}  // namespace v6
