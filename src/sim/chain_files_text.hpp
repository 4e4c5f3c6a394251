#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

namespace v6 {

/// A whole text file in memory. Ends in a line end, and kSlack readable bytes follow, so that a
/// parser may read whole blocks without looking where the text stops.
struct FileText {
  static constexpr std::size_t kSlack = 64;
  std::unique_ptr<char[]> bytes;
  std::size_t size = 0;

  [[nodiscard]] std::string_view view() const { return {bytes.get(), size}; }
};

/// Reads a file and inflates it when its name ends in ".gz", checking length and checksum.
/// Fails (exit code 4) naming the file when it cannot be read, is empty, cut off or damaged.
[[nodiscard]] FileText read_file_text(const std::filesystem::path& path);

}  // namespace v6
