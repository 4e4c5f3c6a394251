#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/chain_files_text.hpp"

namespace v6 {

/// A zip archive in memory, members inflated one by one when asked for. Stored and deflated
/// members only, without encryption, below 4 GiB even where numbers are written in the wide form:
/// what market data comes in.
class ZipFile {
 public:
  /// Fails (data) naming the file when it cannot be read or is damaged.
  explicit ZipFile(const std::filesystem::path& path);

  struct Member {
    std::string name;
    std::uint32_t crc = 0;
    std::uint32_t packed = 0;
    std::uint32_t size = 0;
    std::uint32_t header = 0;  // where its local header stands
    std::uint16_t method = 0;
  };
  [[nodiscard]] const std::vector<Member>& members() const { return members_; }
  /// Fails (data) when the member is damaged: length and checksum are looked at.
  [[nodiscard]] std::string text(const Member& member) const;

 private:
  [[noreturn]] void fail(const std::string& what) const;
  [[nodiscard]] std::uint64_t number(std::size_t at, std::size_t bytes) const;
  [[nodiscard]] Member member_at(std::size_t at) const;
  void widen(Member& member, std::size_t at, std::size_t end) const;

  std::string name_;
  FileText bytes_;
  std::vector<Member> members_;
};

}  // namespace v6
