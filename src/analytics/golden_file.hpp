#pragma once

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace v6 {

/// A file below data/ as text, unpacked if it is gzip. For tests.
inline std::string golden_text(const std::string& path) {
  const gzFile file = gzopen((V6_DATA "/" + path).c_str(), "rb");
  if (file == nullptr) { throw std::runtime_error("cannot open " + path); }
  std::string text;
  char block[1 << 16];
  for (int read = gzread(file, block, sizeof block); read > 0;
       read = gzread(file, block, sizeof block)) {
    text.append(block, static_cast<std::size_t>(read));
  }
  gzclose(file);
  return text;
}

inline std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    parts.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

/// A row of a csv file by the names of its header.
class GoldenRow {
 public:
  GoldenRow(const std::vector<std::string>& names, std::vector<std::string> values) {
    for (std::size_t i = 0; i < names.size(); ++i) { fields_[names[i]] = std::move(values.at(i)); }
  }
  [[nodiscard]] const std::string& text(const std::string& name) const { return fields_.at(name); }
  [[nodiscard]] double number(const std::string& name) const {
    return std::strtod(text(name).c_str(), nullptr);
  }

 private:
  std::map<std::string, std::string> fields_;
};

inline std::vector<GoldenRow> golden_rows(const std::string& path) {
  const std::vector<std::string> lines = split(golden_text(path), '\n');
  const std::vector<std::string> names = split(lines.at(0), ',');
  std::vector<GoldenRow> rows;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (!lines[i].empty()) { rows.emplace_back(names, split(lines[i], ',')); }
  }
  if (rows.empty()) { throw std::runtime_error("no rows in " + path); }
  return rows;
}

}  // namespace v6
