#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.hpp"
#include "base/time.hpp"
#include "config/reference.hpp"
#include "engine/state.hpp"
#include "ibkr/client_settings.hpp"
#include "runtime/digest.hpp"

/// The files of the wire flight recorder: all that a bot is told in one life, in order, and the
/// bytes it sends. A life is a row of parts, `000001-001.v6wire` and on, each readable by itself up
/// to the place where a crash cut it off.
///
///   part   head, block...
///   head   "V6WIRE2\n", life, part (4 bytes each), time (8), hash before (8), hash of these (8)
///   block  size, ~size (4 bytes each), hash (8), then so many bytes of one zstd stream
///
/// Each hash covers the one before it. All numbers are little-endian.
namespace v6::wire_file {

/// What happened to a bot, in the calls that told it.
enum class Kind : std::uint8_t {
  kStart,  // what it began with; first record of a life
  kDialling,
  kConnected,
  kReceived,      // bytes
  kDisconnected,  // why
  kOnTime,
  kPump,
  kSent,     // bytes
  kSaid,     // an operator's word and reason
  kKill,     // the kill switch was found changed, at this many looks of the life
  kClosed,   // in good order; nothing follows
  kNextPart  // the life goes on in the next file
};
BOOST_DESCRIBE_ENUM(Kind, kStart, kDialling, kConnected, kReceived, kDisconnected, kOnTime, kPump,
                    kSent, kSaid, kKill, kClosed, kNextPart)

struct Record {
  Kind kind = Kind::kPump;
  Instant at;
  std::uint64_t number = 0;  // kSaid: the word; kKill: looks times two, plus one if pulled
  std::string bytes;
  std::uint64_t offset = 0;  // of its block in its file; readers only
};

/// With this and the records a life can be lived again.
struct Start {
  std::string build;
  Setup setup;
  ibkr::ClientSettings client;
  std::string configuration;
  std::string command_line;
  double patience = 1;
  Calendar::Data calendar;
  std::vector<std::pair<Date, std::array<std::optional<double>, 5>>> yields;
  std::map<Symbol, DividendSchedule> dividends;
  ibkr::Book book{};
  std::vector<ibkr::ContractRow> contracts;
};
BOOST_DESCRIBE_STRUCT(Start, (),
                      (build, setup, client, configuration, command_line, patience, calendar,
                       yields, dividends, book, contracts))

inline constexpr std::string_view kMagic = "V6WIRE2\n";
inline constexpr std::size_t kHeadSize = 40;
inline constexpr std::size_t kBlockHeadSize = 16;
/// No block is ever larger: what is claims to be so is damaged.
inline constexpr std::uint32_t kLargestBlock = 64U << 20U;

using ShortHash = std::array<std::byte, 8>;
[[nodiscard]] ShortHash chained(const ShortHash& before, std::string_view bytes);

struct Head {
  std::uint32_t life = 0;
  std::uint32_t part = 0;
  Instant began;
  ShortHash before{};
};
[[nodiscard]] std::string text_of(const Head& head);
/// Throws Failure (data) for what is no such file.
[[nodiscard]] Head read_head(const std::filesystem::path& path);

[[nodiscard]] std::filesystem::path part_path(const std::filesystem::path& folder,
                                              std::uint32_t life, std::uint32_t part);

/// The parts of one life, one record after the other. Throws Failure (data) that names file and
/// offset for bytes that are not as they were written, and for a part that is missing.
class Reader {
 public:
  /// One file stands for itself and the parts after it in its folder.
  explicit Reader(std::vector<std::filesystem::path> files);
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader();

  [[nodiscard]] const Head& head() const;
  /// False at the end.
  [[nodiscard]] bool next(Record& record);
  /// After the end: the life was closed in good order. If not, its tail may be missing.
  [[nodiscard]] bool whole() const;

 private:
  class Source;
  std::unique_ptr<Source> source_;
};

}  // namespace v6::wire_file
