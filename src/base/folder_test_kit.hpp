#pragma once

#include <cstdlib>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

namespace v6::test {

/// A new folder, gone with this value and all that is in it.
class Folder {
 public:
  Folder() {
    std::string name = std::filesystem::temp_directory_path() / "v6-test-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) { throw std::runtime_error("no folder for tests"); }
    path_ = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return path_ / name;
  }
  [[nodiscard]] std::set<std::string> names() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{path_}) {
      names.insert(entry.path().filename());
    }
    return names;
  }
  /// What a user sees: hidden names are left out.
  [[nodiscard]] std::set<std::string> visible() const {
    std::set<std::string> seen = names();
    std::erase_if(seen, [](const std::string& name) { return name.starts_with('.'); });
    return seen;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace v6::test
