#include "cli/csv_rows.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace v6 {
namespace {

using testing::ElementsAre;

struct TakenRow {
  std::vector<std::string> fields;
  std::string ending;
  CsvFlaw flaw = CsvFlaw::kNone;

  friend bool operator==(const TakenRow&, const TakenRow&) = default;
};

std::vector<TakenRow> rows_of(std::string_view text) {
  std::vector<TakenRow> rows;
  std::vector<std::string_view> fields;
  while (const auto row = take_row(text, true, fields)) {
    rows.push_back({.fields = {fields.begin(), fields.end()},
                    .ending = std::string{row->ending},
                    .flaw = row->flaw});
  }
  return rows;
}

TEST(CsvRows, SplitsRowsAndFields) {
  struct Case {
    std::string_view name;
    std::string_view text;
    std::vector<TakenRow> rows;
  };
  const Case cases[] = {
      {"two rows", "a,b\nc,d\n", {{{"a", "b"}, "\n"}, {{"c", "d"}, "\n"}}},
      {"carriage returns", "a,b\r\nc,d\r\n", {{{"a", "b"}, "\r\n"}, {{"c", "d"}, "\r\n"}}},
      {"no newline at the end", "a,b\nc,d", {{{"a", "b"}, "\n"}, {{"c", "d"}, ""}}},
      {"empty fields", ",\n,,", {{{"", ""}, "\n"}, {{"", "", ""}, ""}}},
      {"a blank line", "a\n\nb", {{{"a"}, "\n"}, {{""}, "\n"}, {{"b"}, ""}}},
      {"a lone carriage return is text", "a\rb,c\n", {{{"a\rb", "c"}, "\n"}}},
      {"a quoted comma", "\"a,b\",c\n", {{{"\"a,b\"", "c"}, "\n"}}},
      {"a doubled quote", "\"a\"\"b\",c", {{{"\"a\"\"b\"", "c"}, ""}}},
      {"a quoted newline", "\"a\nb\",c\nd\n", {{{"\"a\nb\"", "c"}, "\n"}, {{"d"}, "\n"}}},
      {"a quoted last field", "a,\"b\"\r\nc", {{{"a", "\"b\""}, "\r\n"}, {{"c"}, ""}}},
      {"a quoted end", "a,\"b\"", {{{"a", "\"b\""}, ""}}},
      {"a quote inside a field is text", "a\"b,c\n", {{{"a\"b", "c"}, "\n"}}},
      {"a quote left open ends with its line",
       "\"a,b\nc,d\n",
       {{{"\"a", "b"}, "\n", CsvFlaw::kBrokenQuote}, {{"c", "d"}, "\n"}}},
      {"text behind a quote",
       "\"a\"b,c\nd\n",
       {{{"\"a\"b", "c"}, "\n", CsvFlaw::kBrokenQuote}, {{"d"}, "\n"}}},
      {"nothing", "", {}},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    EXPECT_EQ(rows_of(one.text), one.rows);
  }
}

TEST(CsvRows, KnowsTheLongestRow) {
  const std::string longest(kMaxCsvRow - 1, 'x');
  EXPECT_EQ(rows_of(longest + "\nb\n").size(), 2);
  EXPECT_EQ(rows_of(longest + "y\nb\n").front().flaw, CsvFlaw::kTooLong);
  EXPECT_EQ(rows_of("\"" + longest + "\",b\nc\n").front().flaw, CsvFlaw::kTooLong);
  // A quote that would close only beyond the limit does not swallow the lines between.
  std::string far = "\"a\n";
  while (far.size() < kMaxCsvRow) { far += "b,c\n"; }
  const auto rows = rows_of(far + "\"\n");
  EXPECT_EQ(rows.front(), (TakenRow{{"\"a"}, "\n", CsvFlaw::kBrokenQuote}));
  EXPECT_EQ(rows[1], (TakenRow{{"b", "c"}, "\n"}));
}

TEST(CsvRows, WaitsForTheRestOfARow) {
  struct Case {
    std::string_view text;
    std::size_t whole;
  };
  for (const Case& one : {Case{"a,b", 0}, Case{"a,b\nc", 4}, Case{"a,b\n", 4}, Case{"\"a\n", 0},
                          Case{"a\n\"b\nc", 2}, Case{"\"a\"", 0}, Case{"\"a\"\r", 0}}) {
    SCOPED_TRACE(one.text);
    EXPECT_EQ(whole_rows(one.text, false), one.whole);
    EXPECT_EQ(whole_rows(one.text, true), one.text.size());
  }
}

// Rows must not depend on how the input happens to arrive.
RC_GTEST_PROP(CsvRows, AreTheSameInPieces, ()) {
  const auto text =
      *rc::gen::container<std::string>(rc::gen::element('a', ',', '"', '"', '\n', '\r', '1', ' '));
  const auto piece = *rc::gen::inRange<std::size_t>(1, 9);
  std::vector<TakenRow> in_pieces;
  std::string waiting;
  for (std::size_t at = 0; at < text.size() || !waiting.empty(); at += piece) {
    waiting += text.substr(std::min(at, text.size()), piece);
    const std::size_t whole = whole_rows(waiting, at + piece >= text.size());
    for (TakenRow& row : rows_of(std::string_view{waiting}.substr(0, whole))) {
      in_pieces.push_back(std::move(row));
    }
    waiting.erase(0, whole);
  }
  RC_ASSERT(in_pieces == rows_of(text));
}

TEST(CsvRows, ValuesAreFreeOfBlanksAndQuotes) {
  EXPECT_EQ(csv_value("  1.5\t"), "1.5");
  EXPECT_EQ(csv_value(" \"1.5\" "), "1.5");
  EXPECT_EQ(csv_value("\" 1.5 \""), "1.5");
  EXPECT_EQ(csv_value("\""), "\"");
  EXPECT_EQ(csv_value("   "), "");
  EXPECT_EQ(byte_order_mark("\xEF\xBB\xBFtype"), "\xEF\xBB\xBF");
  EXPECT_EQ(byte_order_mark("type"), "");
}

}  // namespace
}  // namespace v6
