#include "runtime/wire_recorder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/error.hpp"
#include "calendar/new_york.hpp"
#include "runtime/wire_bytes.hpp"

namespace v6 {
namespace {

namespace fs = std::filesystem;
using namespace wire_file;

constexpr int kLevel = 3;
/// Records are compressed when so many bytes of them wait.
constexpr std::size_t kFlushFrom = 256 << 10;

[[noreturn]] void fail_system(const fs::path& path) {
  throw std::runtime_error(fmt::format("{}: {}", path.string(), std::strerror(errno)));
}

/// Absent for a part whose head cannot be read.
std::optional<Instant> began_of(const fs::path& part) {
  try {
    return read_head(part).began;
  } catch (const Failure&) { return std::nullopt; }
}

}  // namespace

/// One part under the pen. Throws runtime_error when the system refuses.
class WireRecorder::File {
 public:
  File(fs::path path, const Head& head)
      : path_{std::move(path)},
        file_{::open(path_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600)},
        hash_{chained({}, text_of(head))} {
    if (file_ < 0) { fail_system(path_); }
    ZSTD_CCtx_setParameter(stream_.get(), ZSTD_c_compressionLevel, kLevel);
    put(text_of(head));
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { ::close(file_); }

  /// Compresses and writes; whoever reads the file from now on finds it.
  void block(std::string_view text) {
    packed_.resize(kBlockHeadSize);
    ZSTD_inBuffer in{text.data(), text.size(), 0};
    for (std::size_t left = 1; left != 0;) {
      const std::size_t used = packed_.size();
      packed_.resize(used + ZSTD_CStreamOutSize());
      ZSTD_outBuffer out{packed_.data() + used, packed_.size() - used, 0};
      left = ZSTD_compressStream2(stream_.get(), &out, &in, ZSTD_e_flush);
      if (ZSTD_isError(left) != 0) { throw std::runtime_error{ZSTD_getErrorName(left)}; }
      packed_.resize(used + out.pos);
    }
    const auto size = static_cast<std::uint32_t>(packed_.size() - kBlockHeadSize);
    hash_ = chained(hash_, std::string_view{packed_}.substr(kBlockHeadSize));
    std::string head;
    append_number(head, size);
    append_number(head, ~size);
    append_number(head, hash_);
    packed_.replace(0, kBlockHeadSize, head);
    put(packed_);
  }

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const ShortHash& hash() const { return hash_; }

 private:
  void put(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::write(file_, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) { continue; }
      if (count <= 0) { fail_system(path_); }
      bytes.remove_prefix(static_cast<std::size_t>(count));
      size_ += static_cast<std::uint64_t>(count);
    }
  }

  struct Free {
    void operator()(ZSTD_CCtx* stream) const { ZSTD_freeCCtx(stream); }
  };

  fs::path path_;
  int file_;
  std::unique_ptr<ZSTD_CCtx, Free> stream_{ZSTD_createCCtx()};
  ShortHash hash_;
  std::uint64_t size_ = 0;
  std::string packed_;
};

WireRecorder::WireRecorder(fs::path folder, std::uint32_t life, WireRetention retention,
                           Complain complain)
    : folder_{std::move(folder)},
      life_{life},
      retention_{retention},
      complain_{std::move(complain)} {}

WireRecorder::~WireRecorder() { flush(); }

void WireRecorder::start(Instant at, const Start& start) {
  const Bytes bytes = encoded(start);
  std::string text(bytes.size(), '\0');
  std::ranges::transform(bytes, text.begin(), [](std::byte b) { return static_cast<char>(b); });
  record(Kind::kStart, at, text);
}

void WireRecorder::record(Kind kind, Instant at, std::string_view bytes, std::uint64_t number) {
  if (broken_) { return; }
  const bool new_day = file_ && new_york_date(at) != new_york_date(last_);
  if (!file_ || new_day || file_->size() >= retention_.part_bytes) { open(at); }
  waiting_.push_back(static_cast<char>(kind));
  append_signed(waiting_, (at - last_).count());
  append_varint(waiting_, number);
  append_varint(waiting_, bytes.size());
  waiting_.append(bytes);
  last_ = at;
  if (waiting_.size() >= kFlushFrom) { flush(); }
}

void WireRecorder::flush() {
  if (broken_ || !file_ || waiting_.empty()) { return; }
  try {
    file_->block(waiting_);
    waiting_.clear();
  } catch (const std::exception& error) { give_up(error.what()); }
}

/// The next part; the one before it says that it goes on.
void WireRecorder::open(Instant at) {
  try {
    Head head{.life = life_, .part = ++part_, .began = at};
    if (file_) {
      waiting_.push_back(static_cast<char>(Kind::kNextPart));
      waiting_.append(3, '\0');
      file_->block(waiting_);
      waiting_.clear();
      head.before = file_->hash();
    } else {
      fs::create_directories(folder_);
    }
    file_ = std::make_unique<File>(part_path(folder_, head.life, head.part), head);
    last_ = at;
    retain(at);
  } catch (const std::exception& error) { give_up(error.what()); }
}

void WireRecorder::give_up(const std::string& why) {
  broken_ = true;
  file_.reset();
  complain_("the wire is recorded no more: " + why);
}

void WireRecorder::retain(Instant now) {
  struct Old {
    fs::path path;
    std::uint64_t size = 0;
  };
  std::vector<Old> files;
  std::uint64_t total = 0;
  for (const auto& entry : fs::directory_iterator{folder_}) {
    if (entry.path().extension() != ".v6wire") { continue; }
    files.push_back({.path = entry.path(), .size = entry.file_size()});
    total += entry.file_size();
  }
  // Their names are in the order of their lives and parts.
  std::ranges::sort(files, {}, &Old::path);
  const fs::path own = part_path(folder_, life_, part_);
  for (const Old& old : files) {
    if (old.path == own) { continue; }
    const bool large = total + retention_.part_bytes > retention_.bytes;
    // Where the head is damaged the age is not known, and somebody may want to look at it.
    const auto began = began_of(old.path);
    const bool aged = began && *began < now - std::chrono::days{retention_.days};
    if (!large && !aged) { continue; }
    fs::remove(old.path);
    total -= old.size;
  }
}

}  // namespace v6
