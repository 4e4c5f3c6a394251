#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "base/error.hpp"
#include "config/toml_settings.hpp"

namespace v6 {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;

std::string read_text(const std::filesystem::path& path) {
  const auto refuse = [&](const std::string& why) {
    fail_configuration(fmt::format("{}: cannot be read ({}); name a TOML file with --config",
                                   setting::printable(path.string()), why));
  };
  const auto refuse_errno = [&] { refuse(std::generic_category().message(errno)); };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rb"),
                                                             &std::fclose};
  if (!file) { refuse_errno(); }
  std::string text(kMostBytes + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) { refuse_errno(); }
  if (text.size() > kMostBytes) { refuse("larger than 1 MiB"); }
  return text;
}

}  // namespace

std::optional<std::filesystem::path> default_config_path(std::string_view xdg_config_home,
                                                         std::string_view home) {
  const std::filesystem::path own{xdg_config_home};
  const std::filesystem::path user{home};
  if (own.is_absolute()) { return own / "v6" / "v6.toml"; }
  if (user.is_absolute()) { return user / ".config" / "v6" / "v6.toml"; }
  return std::nullopt;
}

std::optional<ConfigText> read_config(const ConfigSources& sources) {
  if (sources.file) {
    if (sources.file->empty()) {
      fail_configuration("--config: empty path; name a TOML file or leave the option out");
    }
    return ConfigText{sources.file->string(), read_text(*sources.file)};
  }
  if (!sources.default_file) { return std::nullopt; }
  // Only a name that is not there means "defaults"; a dangling link or a closed directory does not.
  std::error_code error;
  const auto status = std::filesystem::symlink_status(*sources.default_file, error);
  if (status.type() == std::filesystem::file_type::not_found) { return std::nullopt; }
  return ConfigText{sources.default_file->string(), read_text(*sources.default_file)};
}

}  // namespace v6
