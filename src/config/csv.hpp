#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace v6 {

/// Where a field stands, for errors.
struct CsvPlace {
  std::string file;
  std::size_t line = 0;

  /// Throws Failure (data): "file:line: field = \"value\": accepted is ...".
  [[noreturn]] void refuse(std::string_view field, std::string_view value,
                           std::string_view accepted) const;
};

/// One row: its fields in the order asked for.
using CsvRow = std::function<void(const CsvPlace&, const std::vector<std::string_view>&)>;

/// Reads a small comma-separated file without quotes whose first line names its columns. Columns
/// may stand in any order, but just these must be there. Throws Failure (data) for a file that
/// cannot be read, a missing, unknown or repeated column, and a row of another length.
void read_csv(const std::filesystem::path& path, const std::vector<std::string>& columns,
              const CsvRow& row);

}  // namespace v6
