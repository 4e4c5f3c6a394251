#include "report/output_folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ranges>

#include "base/error.hpp"

namespace v6 {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void cannot(std::string_view what, const fs::path& path, const std::string& cause) {
  fail_data(
      fmt::format("cannot {} {}: {}; nothing of this run was kept", what, path.string(), cause));
}

[[noreturn]] void cannot(std::string_view what, const fs::path& path) {
  cannot(what, path, std::strerror(errno));
}

/// Every byte on the disk, or a failure: no half file may look whole.
void write_all(const fs::path& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);
  if (file < 0) { cannot("write", path); }
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) { continue; }
    if (written < 0) {
      const std::string cause = std::strerror(errno);
      ::close(file);
      cannot("write", path, cause);
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  const bool synced = ::fdatasync(file) == 0;
  if (::close(file) != 0 || !synced) { cannot("write", path); }
}

}  // namespace

OutputFolder::OutputFolder(fs::path folder) : folder_{std::move(folder)}, part_{folder_ / ".part"} {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) { cannot("create", folder_, error.message()); }
  fs::remove_all(part_, error);
  if (!error) { fs::create_directory(part_, error); }
  if (error) { cannot("write into", folder_, error.message()); }
}

OutputFolder::~OutputFolder() {
  std::error_code ignored;  // a leftover is hidden, and the next run removes it
  fs::remove_all(part_, ignored);
}

fs::path OutputFolder::growing(std::string_view name) {
  names_.emplace_back(name);
  return part_ / name;
}

void OutputFolder::write(std::string_view name, std::string_view text) {
  write_all(growing(name), text);
}

void OutputFolder::publish() {
  std::error_code error;
  // Old and new must not stand side by side as if they were one run.
  for (const std::string& name : std::views::reverse(names_)) {
    fs::remove(folder_ / name, error);
    if (error) { cannot("replace", folder_ / name, error.message()); }
  }
  for (const std::string& name : names_) {
    fs::rename(part_ / name, folder_ / name, error);
    if (error) { cannot("write", folder_ / name, error.message()); }
  }
}

void write_text_file(const fs::path& path, std::string_view text) { write_all(path, text); }

}  // namespace v6
