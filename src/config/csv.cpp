#include "config/csv.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/error.hpp"

namespace v6 {
namespace {

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream text;
  // Asked for first, because inserting an empty buffer counts as a failure.
  const bool empty = in.peek() == std::ifstream::traits_type::eof();
  if (!empty) { text << in.rdbuf(); }
  if (!in.is_open() || in.bad() || text.fail()) {
    fail_data(fmt::format("{}: cannot be read; is the reference folder complete?", path.string()));
  }
  return std::move(text).str();
}

void split(std::string_view line, std::vector<std::string_view>& fields) {
  fields.clear();
  for (;;) {
    const auto comma = line.find(',');
    fields.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) { return; }
    line.remove_prefix(comma + 1);
  }
}

/// Place of each asked column in the file's own order.
std::vector<std::size_t> order_of(const std::vector<std::string>& columns,
                                  const std::vector<std::string_view>& header,
                                  const std::string& file) {
  std::vector<std::size_t> order;
  for (const std::string& column : columns) {
    const auto place = std::ranges::find(header, column);
    if (place == header.end()) {
      fail_data(fmt::format("{}:1: no column \"{}\"; needed are {}", file, column,
                            fmt::join(columns, ", ")));
    }
    order.push_back(static_cast<std::size_t>(place - header.begin()));
  }
  if (header.size() != columns.size()) {
    for (const std::string_view name : header) {
      if (std::ranges::count(header, name) > 1 ||
          std::ranges::find(columns, name) == columns.end()) {
        fail_data(fmt::format("{}:1: column \"{}\" is one too many; accepted are {}", file, name,
                              fmt::join(columns, ", ")));
      }
    }
  }
  return order;
}

}  // namespace

void CsvPlace::refuse(std::string_view field, std::string_view value,
                      std::string_view accepted) const {
  fail_data(fmt::format("{}:{}: {} = \"{}\": accepted is {}", file, line, field, value, accepted));
}

void read_csv(const std::filesystem::path& path, const std::vector<std::string>& columns,
              const CsvRow& row) {
  const std::string text = read_whole(path);
  CsvPlace place{.file = path.string()};
  std::vector<std::string_view> fields;
  std::vector<std::string_view> asked(columns.size());
  std::vector<std::size_t> order;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) { line.remove_suffix(1); }
    ++place.line;
    if (line.empty() && rest.empty()) { break; }
    split(line, fields);
    if (place.line == 1) {
      order = order_of(columns, fields, place.file);
      continue;
    }
    if (fields.size() != columns.size()) {
      fail_data(fmt::format("{}:{}: {} fields, {} are needed", place.file, place.line,
                            fields.size(), columns.size()));
    }
    for (std::size_t i = 0; i < order.size(); ++i) { asked[i] = fields[order[i]]; }
    row(place, asked);
  }
  if (place.line == 0) { fail_data(fmt::format("{}: empty file", place.file)); }
}

}  // namespace v6
