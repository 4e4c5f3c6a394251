#include "sim/chain_files_text.hpp"

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <optional>
#include <span>

#include "base/error.hpp"

namespace v6 {
namespace {

constexpr std::size_t kMostBytes = std::size_t{256} << 20;
/// Deflate cannot shrink anything further than this.
constexpr std::size_t kBestRatio = 1032;

FileText room_for(std::size_t size) {
  return {std::make_unique_for_overwrite<char[]>(size + 1 + FileText::kSlack), size};
}

/// Nothing when the room is too small.
std::optional<std::size_t> inflate(std::span<const char> packed, FileText& room,
                                   const std::string& name) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> inflater{
      libdeflate_alloc_decompressor(), &libdeflate_free_decompressor};
  std::size_t size = 0;
  while (!packed.empty()) {  // a gzip file may have several members
    std::size_t taken = 0;
    std::size_t given = 0;
    switch (libdeflate_gzip_decompress_ex(inflater.get(), packed.data(), packed.size(),
                                          room.bytes.get() + size, room.size - size, &taken,
                                          &given)) {
      case LIBDEFLATE_SUCCESS: break;
      case LIBDEFLATE_INSUFFICIENT_SPACE: return std::nullopt;
      case LIBDEFLATE_BAD_DATA:
      case LIBDEFLATE_SHORT_OUTPUT:
        fail_data(
            fmt::format("{}: the gzip data is cut off or damaged; fetch the file again", name));
    }
    packed = packed.subspan(taken);
    size += given;
  }
  return size;
}

FileText inflate(std::span<const char> packed, const std::string& name) {
  // The last four bytes hold the length. They are a hint: they may be damaged, and of several
  // members they know the last only.
  std::uint32_t claimed = 0;
  if (packed.size() > sizeof claimed) {
    std::memcpy(&claimed, packed.data() + packed.size() - sizeof claimed, sizeof claimed);
  }
  const std::size_t most = std::min(kMostBytes, packed.size() * kBestRatio);
  for (std::size_t size = std::min<std::size_t>(claimed, most);; size = std::min(size * 2, most)) {
    FileText text = room_for(size);
    if (const auto inflated = inflate(packed, text, name)) {
      text.size = *inflated;
      return text;
    }
    if (size == most) {
      fail_data(fmt::format("{}: the gzip data is damaged or inflates to more than {} MiB", name,
                            kMostBytes >> 20));
    }
    size = std::max(size, packed.size());
  }
}

}  // namespace

FileText read_file_text(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  std::ifstream stream{path, std::ios::binary | std::ios::ate};
  const auto length = stream.tellg();
  if (!stream || length < 0) {
    fail_data(
        fmt::format("{}: cannot be read; check that it exists and its permissions", path.string()));
  }
  FileText text = room_for(static_cast<std::size_t>(length));
  stream.seekg(0);
  if (!stream.read(text.bytes.get(), length)) {
    fail_data(fmt::format("{}: reading stopped before its end", path.string()));
  }
  if (text.size != 0 && path.extension() == ".gz") { text = inflate(text.view(), name); }
  if (text.size == 0) {
    fail_data(
        fmt::format("{}: the file is empty; accepted: a header line and one row a contract", name));
  }
  if (text.view().back() != '\n') { text.bytes[text.size++] = '\n'; }
  std::memset(text.bytes.get() + text.size, 0, FileText::kSlack);
  return text;
}

}  // namespace v6
