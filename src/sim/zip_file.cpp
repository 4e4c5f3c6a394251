#include "sim/zip_file.hpp"

#include <fmt/format.h>
#include <libdeflate.h>

#include <memory>

#include "base/error.hpp"

namespace v6 {
namespace {

// Source: PKWARE, APPNOTE.TXT 6.3.10, 4.3.7, 4.3.12, 4.3.16 and 4.5.3.
constexpr std::uint64_t kLocalHeader = 0x04034b50;
constexpr std::uint64_t kDirectoryHeader = 0x02014b50;
constexpr std::uint64_t kDirectoryEnd = 0x06054b50;
constexpr std::size_t kLocalHeaderSize = 30;
constexpr std::size_t kDirectoryHeaderSize = 46;
constexpr std::size_t kDirectoryEndSize = 22;
constexpr std::size_t kLongestComment = 65'535;
constexpr std::uint64_t kWideNumbers = 1;
constexpr std::uint32_t kAllOnes = 0xffffffff;
constexpr std::uint16_t kStored = 0;
constexpr std::uint16_t kDeflated = 8;
constexpr std::uint32_t kLargestMember = 64U << 20;

}  // namespace

void ZipFile::fail(const std::string& what) const { fail_data(name_ + ": " + what); }

std::uint64_t ZipFile::number(std::size_t at, std::size_t bytes) const {
  if (at + bytes > bytes_.size) { fail("the zip archive is cut off"); }
  std::uint64_t value = 0;
  for (std::size_t i = bytes; i-- > 0;) {
    value = value << 8 | static_cast<std::uint8_t>(bytes_.bytes[at + i]);
  }
  return value;
}

ZipFile::ZipFile(const std::filesystem::path& path)
    : name_{path.filename().string()}, bytes_{read_file_text(path)} {
  // The directory's end stands last, before a comment of any length.
  std::size_t end = bytes_.size >= kDirectoryEndSize ? bytes_.size - kDirectoryEndSize : 0;
  const std::size_t first = end > kLongestComment ? end - kLongestComment : 0;
  while (number(end, 4) != kDirectoryEnd) {
    if (end == first) { fail("is no zip archive, or cut off"); }
    --end;
  }
  const auto count = number(end + 10, 2);
  auto at = static_cast<std::size_t>(number(end + 16, 4));
  for (std::uint64_t i = 0; i < count; ++i) {
    if (number(at, 4) != kDirectoryHeader) { fail("the zip directory is damaged"); }
    members_.push_back(member_at(at));
    at += kDirectoryHeaderSize + static_cast<std::size_t>(number(at + 28, 2)) +
          static_cast<std::size_t>(number(at + 30, 2)) +
          static_cast<std::size_t>(number(at + 32, 2));
  }
}

ZipFile::Member ZipFile::member_at(std::size_t at) const {
  const auto name_size = static_cast<std::size_t>(number(at + 28, 2));
  const std::size_t name_at = at + kDirectoryHeaderSize;
  const std::size_t extra_at = name_at + name_size;
  const std::size_t extra_end = extra_at + static_cast<std::size_t>(number(at + 30, 2));
  if (extra_end > bytes_.size) { fail("the zip directory is cut off"); }
  Member member{.name = std::string{bytes_.view().substr(name_at, name_size)},
                .crc = static_cast<std::uint32_t>(number(at + 16, 4)),
                .packed = static_cast<std::uint32_t>(number(at + 20, 4)),
                .size = static_cast<std::uint32_t>(number(at + 24, 4)),
                .header = static_cast<std::uint32_t>(number(at + 42, 4)),
                .method = static_cast<std::uint16_t>(number(at + 10, 2))};
  widen(member, extra_at, extra_end);
  return member;
}

/// Numbers of all ones stand in the extra field, 64 bits each, in this order.
void ZipFile::widen(Member& member, std::size_t at, std::size_t end) const {
  while (at + 4 <= end && number(at, 2) != kWideNumbers) {
    at += 4 + static_cast<std::size_t>(number(at + 2, 2));
  }
  at += 4;
  for (std::uint32_t* value : {&member.size, &member.packed, &member.header}) {
    if (*value != kAllOnes) { continue; }
    if (at + 8 > end) { fail(member.name + ": the zip directory is damaged"); }
    const std::uint64_t wide = number(at, 8);
    if (wide >= kAllOnes) { fail(member.name + ": the zip member is too large"); }
    *value = static_cast<std::uint32_t>(wide);
    at += 8;
  }
}

std::string ZipFile::text(const Member& member) const {
  const std::size_t header = member.header;
  if (number(header, 4) != kLocalHeader) { fail(member.name + ": the zip member is damaged"); }
  const std::size_t at = header + kLocalHeaderSize +
                         static_cast<std::size_t>(number(header + 26, 2)) +
                         static_cast<std::size_t>(number(header + 28, 2));
  if (at + member.packed > bytes_.size || member.size > kLargestMember) {
    fail(member.name + ": the zip member is cut off or too large");
  }
  const std::string_view packed = bytes_.view().substr(at, member.packed);
  std::string text(member.size, '\0');
  bool good = false;
  if (member.method == kStored) {
    good = member.packed == member.size;
    text = packed;
  } else if (member.method == kDeflated) {
    const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)>
        inflater{libdeflate_alloc_decompressor(), &libdeflate_free_decompressor};
    good = libdeflate_deflate_decompress(inflater.get(), packed.data(), packed.size(), text.data(),
                                         text.size(), nullptr) == LIBDEFLATE_SUCCESS;
  } else {
    fail(fmt::format("{}: compression method {}; accepted: stored and deflated", member.name,
                     member.method));
  }
  if (!good || libdeflate_crc32(0, text.data(), text.size()) != member.crc) {
    fail(member.name + ": the zip member is damaged");
  }
  return text;
}

}  // namespace v6
