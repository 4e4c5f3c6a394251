#include "cli/csv_rows.hpp"

#include <algorithm>

namespace v6 {
namespace {

using Fields = std::vector<std::string_view>;

constexpr std::size_t kNone = std::string_view::npos;

/// Where a quoted field that starts at `open` ends: behind its closing quote. Nowhere if that is
/// not in the text.
std::size_t behind_quotes(std::string_view text, std::size_t open) {
  for (std::size_t at = open + 1; (at = text.find('"', at)) != kNone; at += 2) {
    if (at + 1 == text.size() || text[at + 1] != '"') { return at + 1; }
  }
  return kNone;
}

/// Length of the line ending at `at`; 0 if none starts there.
std::size_t ending_at(std::string_view text, std::size_t at) {
  if (text[at] == '\n') { return 1; }
  return text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n' ? 2 : 0;
}

CsvRowText cut(std::string_view& text, std::size_t length, std::size_t ending, CsvFlaw flaw) {
  const CsvRowText row{
      .text = text.substr(0, length), .ending = text.substr(length, ending), .flaw = flaw};
  text.remove_prefix(length + ending);
  return row;
}

/// The row that ends where the line does, whatever its quotes, which are broken.
std::optional<CsvRowText> take_line(std::string_view& text, bool last, Fields& fields) {
  fields.clear();
  const std::size_t newline = text.substr(0, kMaxCsvRow).find('\n');
  if (newline == kNone && text.size() > kMaxCsvRow) {
    return cut(text, text.size(), 0, CsvFlaw::kTooLong);
  }
  if (newline == kNone && !last) { return std::nullopt; }
  const bool returns = newline != kNone && newline > 0 && text[newline - 1] == '\r';
  const std::size_t length = newline == kNone ? text.size() : newline - (returns ? 1 : 0);
  for (std::size_t start = 0;;) {
    const std::size_t comma = std::min(text.substr(0, length).find(',', start), length);
    fields.push_back(text.substr(start, comma - start));
    if (comma == length) { break; }
    start = comma + 1;
  }
  return cut(text, length, newline == kNone ? 0 : newline + 1 - length, CsvFlaw::kBrokenQuote);
}

}  // namespace

std::optional<CsvRowText> take_row(std::string_view& text, bool last, Fields& fields) {
  fields.clear();
  if (text.empty()) { return std::nullopt; }
  const std::string_view head = text.substr(0, kMaxCsvRow);
  const bool whole = last && head.size() == text.size();  // nothing comes after `head`
  std::size_t start = 0;
  std::size_t at = 0;
  for (;;) {
    if (at < head.size() && head[at] == '"' && at == start) {
      at = behind_quotes(head, at);
      const bool open =
          at == kNone || at == head.size() || (head[at] == '\r' && at + 1 == head.size());
      if (open && !whole && text.size() <= kMaxCsvRow) { return std::nullopt; }
      const bool closed =
          at != kNone && ((at == head.size() && whole) ||
                          (at < head.size() && (head[at] == ',' || ending_at(head, at) > 0)));
      if (!closed) { return take_line(text, last, fields); }
    }
    while (at < head.size() && head[at] != ',' && head[at] != '\n') { ++at; }
    if (at == head.size() && !whole) {
      if (text.size() <= kMaxCsvRow) { return std::nullopt; }
      return take_line(text, last, fields);
    }
    if (at < head.size() && head[at] == ',') {
      fields.push_back(head.substr(start, at - start));
      start = ++at;
      continue;
    }
    const bool returns = at < head.size() && at > start && head[at - 1] == '\r';
    const std::size_t length = at - (returns ? 1 : 0);
    fields.push_back(head.substr(start, length - start));
    return cut(text, length, at == head.size() ? 0 : at + 1 - length, CsvFlaw::kNone);
  }
}

std::size_t whole_rows(std::string_view text, bool last) {
  if (last) { return text.size(); }
  if (!text.contains('"')) {
    const std::size_t newline = text.rfind('\n');
    return newline == kNone ? 0 : newline + 1;
  }
  std::string_view rest = text;
  Fields fields;
  while (take_row(rest, last, fields)) {}
  return text.size() - rest.size();
}

std::string_view csv_value(std::string_view field) {
  const auto trim = [](std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front())) { text.remove_prefix(1); }
    while (!text.empty() && blank(text.back())) { text.remove_suffix(1); }
    return text;
  };
  field = trim(field);
  if (field.size() >= 2 && field.front() == '"' && field.back() == '"') {
    field = trim(field.substr(1, field.size() - 2));
  }
  return field;
}

std::string_view byte_order_mark(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  return text.starts_with(kMark) ? text.substr(0, kMark.size()) : std::string_view{};
}

}  // namespace v6
