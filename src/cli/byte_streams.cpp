#include "cli/byte_streams.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "base/error.hpp"

namespace v6 {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_file(std::string_view name, std::string_view what, int error) {
  fail_data(fmt::format("{}: {}: {}", name, what, std::generic_category().message(error)));
}

Descriptor open_source(const std::string& path) {
  if (path == "-") { return {STDIN_FILENO, false}; }
  const int number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (number < 0) { fail_file(path, "cannot be read", errno); }
  return {number, true};
}

/// What a signal that ends the program must remove first. One file: one calculation runs at a time.
std::array<char, 4096> part_to_remove{};

void remove_part_and_end(int signal) {
  if (part_to_remove.front() != '\0') { (void)::unlink(part_to_remove.data()); }
  (void)std::signal(signal, SIG_DFL);
  (void)std::raise(signal);
}

void remove_at_signals(const std::string& part) {
  if (part.size() < part_to_remove.size()) {
    std::memcpy(part_to_remove.data(), part.c_str(), part.size() + 1);
  }
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (std::signal(signal, remove_part_and_end) == SIG_IGN) {
      (void)std::signal(signal, SIG_IGN);  // nohup
    }
  }
}

/// What a user's umask lets a new file be.
mode_t new_file_mode() {
  const mode_t mask = ::umask(0);
  (void)::umask(mask);
  return 0666 & ~mask;
}

}  // namespace

Descriptor::~Descriptor() {
  if (owned_) { (void)::close(number_); }
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> Descriptor::file() const {
  struct stat status{};
  if (::fstat(number_, &status) != 0 || !S_ISREG(status.st_mode)) { return std::nullopt; }
  return std::pair{std::uint64_t{status.st_dev}, std::uint64_t{status.st_ino}};
}

ByteSource::ByteSource(const std::string& path)
    : name_{path == "-" ? "standard input" : path}, descriptor_{open_source(path)} {}

std::optional<std::size_t> ByteSource::size() const {
  struct stat status{};
  if (::fstat(descriptor_.number(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(status.st_size);
}

std::size_t ByteSource::read(std::string& text, std::size_t most) const {
  const std::size_t before = text.size();
  ssize_t count = -1;
  text.resize_and_overwrite(before + most, [&](char* bytes, std::size_t) {
    do {
      count = ::read(descriptor_.number(), bytes + before, most);
    } while (count < 0 && errno == EINTR);
    return before + static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  });
  if (count < 0) { fail_file(name_, "cannot be read", errno); }
  return static_cast<std::size_t>(count);
}

bool ByteSource::ready() const {
  pollfd asked{.fd = descriptor_.number(), .events = POLLIN, .revents = 0};
  return ::poll(&asked, 1, 0) != 0;  // an error will show when read
}

ByteSink::ByteSink(const std::string& path, const ByteSource& source)
    : name_{path == "-" ? "standard output" : path} {
  const auto refuse_same = [&](const Descriptor& out) {
    if (out.file() && out.file() == source.descriptor().file()) {
      fail_usage(fmt::format("--output: {} is also the input; name another file", name_));
    }
  };
  if (path == "-") {
    descriptor_.emplace(STDOUT_FILENO, false);
    refuse_same(*descriptor_);
    return;
  }
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::exists(status)) {
    const int number = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (number < 0) { fail_file(name_, "cannot be written to", errno); }
    descriptor_.emplace(number, true);
    refuse_same(*descriptor_);
    if (!fs::is_regular_file(status)) { return; }  // a pipe or a device
  }
  file_ = fs::weakly_canonical(path, error);  // a link stays one: what it leads to is replaced
  if (file_.empty()) { file_ = path; }
  part_ = (file_.parent_path() / ("." + file_.filename().string() + ".XXXXXX")).string();
  const int number = ::mkostemp(part_.data(), O_CLOEXEC);
  if (number < 0) {
    const int why = errno;
    part_.clear();
    fail_file(name_, "cannot be written to", why);
  }
  remove_at_signals(part_);
  descriptor_.emplace(number, true);
  const auto mode =
      fs::exists(status) ? static_cast<mode_t>(status.permissions()) & 0777U : new_file_mode();
  (void)::fchmod(number, mode);
}

ByteSink::~ByteSink() {
  if (part_.empty()) { return; }
  (void)::unlink(part_.c_str());
  part_to_remove.front() = '\0';
}

void ByteSink::write(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor_->number(), text.data(), text.size());
    if (count < 0 && errno == EINTR) { continue; }
    if (count < 0 && errno == EPIPE) { throw ReaderGone{}; }
    if (count < 0) { fail_file(name_, "cannot be written to", errno); }
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

void ByteSink::keep() {
  if (part_.empty()) { return; }
  if (::rename(part_.c_str(), file_.c_str()) != 0) {
    fail_file(name_, "cannot be written to", errno);
  }
  part_.clear();
  part_to_remove.front() = '\0';
}

}  // namespace v6
