#include "runtime/wire_file.hpp"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <fstream>

#include "base/error.hpp"
#include "runtime/wire_bytes.hpp"

namespace v6::wire_file {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void damaged(const fs::path& path, std::uint64_t offset, std::string_view what) {
  fail_data(fmt::format("{}: at byte {}: {}; restore the file", path.string(), offset, what));
}

/// As many as there are, at most `count`.
std::string read_some(std::ifstream& file, std::size_t count) {
  std::string bytes(count, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(count));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

Head parse_head(const fs::path& path, const std::string& text) {
  if (text.size() < kHeadSize || !text.starts_with(kMagic)) {
    fail_data(
        fmt::format("{}: is no recording of the wire of this format (V6WIRE2)", path.string()));
  }
  Head head{.life = number_in<std::uint32_t>(text, 8),
            .part = number_in<std::uint32_t>(text, 12),
            .began = Instant{Duration{number_in<std::int64_t>(text, 16)}},
            .before = number_in<ShortHash>(text, 24)};
  if (number_in<ShortHash>(text, 32) != chained({}, std::string_view{text}.substr(0, 32))) {
    damaged(path, 0, "its head is not as it was written");
  }
  return head;
}

}  // namespace

ShortHash chained(const ShortHash& before, std::string_view bytes) {
  const Hash hash = Digest{}.add(std::span{before}).add(bytes).value();
  ShortHash start{};
  std::copy_n(hash.begin(), start.size(), start.begin());
  return start;
}

std::string text_of(const Head& head) {
  std::string text{kMagic};
  append_number(text, head.life);
  append_number(text, head.part);
  append_number(text, head.began.time_since_epoch().count());
  append_number(text, head.before);
  append_number(text, chained({}, text));
  return text;
}

Head read_head(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) { fail_data(path.string() + ": cannot be read"); }
  return parse_head(path, read_some(file, kHeadSize));
}

fs::path part_path(const fs::path& folder, std::uint32_t life, std::uint32_t part) {
  return folder / fmt::format("{:06}-{:03}.v6wire", life, part);
}

class Reader::Source {
 public:
  explicit Source(std::vector<fs::path> files) : files_{std::move(files)} {
    if (files_.size() == 1) {
      const Head head = read_head(files_.front());
      const fs::path folder = files_.front().parent_path();
      for (std::uint32_t part = head.part + 1; fs::exists(part_path(folder, head.life, part));
           ++part) {
        files_.push_back(part_path(folder, head.life, part));
      }
    }
    open();
  }

  [[nodiscard]] const Head& head() const { return head_; }
  [[nodiscard]] bool whole() const { return whole_; }

  bool next(Record& record) {
    while (true) {
      if (whole_) { return false; }
      if (at_ == text_.size() && !next_block()) { return false; }
      if (at_ == text_.size()) { continue; }
      take(record);
      if (record.kind == Kind::kClosed) { whole_ = true; }
      if (record.kind != Kind::kNextPart) { return true; }
      if (place_ == files_.size()) { return false; }
      open();
    }
  }

 private:
  void open() {
    const fs::path& path = files_[place_++];
    file_ = std::ifstream{path, std::ios::binary};
    if (!file_) { fail_data(path.string() + ": cannot be read"); }
    const Head head = parse_head(path, read_some(file_, kHeadSize));
    const bool follows = place_ == 1 ? head.part == 1
                                     : head.life == head_.life && head.part == head_.part + 1 &&
                                           head.before == hash_;
    if (!follows) {
      fail_data(place_ == 1 ? fmt::format("{}: is part {} of its life; a life is lived again from "
                                          "its first part on",
                                          path.string(), head.part)
                            : fmt::format("{}: does not follow {}", path.string(),
                                          files_[place_ - 2].string()));
    }
    head_ = head;
    hash_ = chained({}, text_of(head));
    offset_ = kHeadSize;
    last_ = head.began;
    text_.clear();
    at_ = 0;
    ZSTD_initDStream(stream_.get());
  }

  /// False where the file ends, be it in the middle of a block that a crash cut off.
  bool next_block() {
    const fs::path& path = files_[place_ - 1];
    block_at_ = offset_;
    const std::string head = read_some(file_, kBlockHeadSize);
    if (head.size() < kBlockHeadSize) { return false; }
    const auto size = number_in<std::uint32_t>(head, 0);
    if (number_in<std::uint32_t>(head, 4) != ~size || size > kLargestBlock) {
      damaged(path, offset_, "a block's length is not as it was written");
    }
    const std::string bytes = read_some(file_, size);
    if (bytes.size() < size) { return false; }
    const ShortHash hash = chained(hash_, bytes);
    if (hash != number_in<ShortHash>(head, 8)) {
      damaged(path, offset_, "a block is not as it was written");
    }
    hash_ = hash;
    offset_ += kBlockHeadSize + size;
    inflate(path, bytes);
    return true;
  }

  void inflate(const fs::path& path, const std::string& bytes) {
    text_.erase(0, at_);
    at_ = 0;
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    std::string piece(ZSTD_DStreamOutSize(), '\0');
    bool full = true;
    while (in.pos < in.size || full) {
      ZSTD_outBuffer out{piece.data(), piece.size(), 0};
      if (ZSTD_isError(ZSTD_decompressStream(stream_.get(), &out, &in)) != 0) {
        damaged(path, block_at_, "a block cannot be unpacked");
      }
      text_.append(piece, 0, out.pos);
      full = out.pos == out.size;
    }
  }

  void take(Record& record) {
    try {
      ByteReader in{std::as_bytes(std::span{text_}.subspan(at_))};
      const std::size_t before = in.left();
      decode(in, record.kind);
      last_ += Duration{take_signed(in)};
      record.at = last_;
      record.number = take_varint(in);
      const std::uint64_t size = take_varint(in);
      if (size > in.left()) { throw DecodeError("bytes end early"); }
      record.bytes.resize(size);
      in.raw(record.bytes.data(), size);
      record.offset = block_at_;
      at_ += before - in.left();
    } catch (const DecodeError& error) { damaged(files_[place_ - 1], block_at_, error.what()); }
  }

  struct Free {
    void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
  };

  std::vector<fs::path> files_;
  std::size_t place_ = 0;  // of the next file
  std::ifstream file_;
  Head head_;
  ShortHash hash_{};
  std::uint64_t offset_ = 0;
  std::uint64_t block_at_ = 0;
  std::unique_ptr<ZSTD_DStream, Free> stream_{ZSTD_createDStream()};
  std::string text_;    // unpacked
  std::size_t at_ = 0;  // taken of it
  Instant last_;
  bool whole_ = false;
};

Reader::Reader(std::vector<fs::path> files) : source_{std::make_unique<Source>(std::move(files))} {}
Reader::~Reader() = default;
const Head& Reader::head() const { return source_->head(); }
bool Reader::next(Record& record) { return source_->next(record); }
bool Reader::whole() const { return source_->whole(); }

}  // namespace v6::wire_file
