#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace v6 {

/// The folder results go to. Files grow in a hidden folder inside it and appear under their own
/// names all together when the run is whole; whatever goes wrong before leaves none of them.
class OutputFolder {
 public:
  /// Creates the folder if need be and removes an earlier run's leftovers.
  /// Throws Failure (data) when it cannot be written to.
  explicit OutputFolder(std::filesystem::path folder);
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;
  ~OutputFolder();

  /// Where a file grows that somebody else writes.
  [[nodiscard]] std::filesystem::path growing(std::string_view name);
  /// Writes one file whole. Throws Failure (data), naming file and cause, as on a full disk.
  void write(std::string_view name, std::string_view text);
  /// All files take their places, the last one written last; earlier results are replaced.
  void publish();

  [[nodiscard]] const std::filesystem::path& path() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::filesystem::path part_;
  std::vector<std::string> names_;
};

/// Writes one file by itself, in the place of one that was there.
/// Throws Failure (data), naming file and cause.
void write_text_file(const std::filesystem::path& path, std::string_view text);

}  // namespace v6
