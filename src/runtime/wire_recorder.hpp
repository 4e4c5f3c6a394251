#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/wire_file.hpp"

namespace v6 {

/// How much of the wire is kept, over all lives of a state folder. The oldest files go first; the
/// one being written stays.
struct WireRetention {
  int days = 30;                          // of the bot's clock
  std::uint64_t bytes = 2'000'000'000;    // together
  std::uint64_t part_bytes = 64'000'000;  // then the next file; a new day begins one as well
};

/// The flight recorder: writes what a bot is told and what it sends, compressed. Recording never
/// stops trading: when a file cannot be written it says so once and gives up.
class WireRecorder {
 public:
  using Complain = std::function<void(const std::string&)>;

  WireRecorder(std::filesystem::path folder, std::uint32_t life, WireRetention retention,
               Complain complain);
  WireRecorder(const WireRecorder&) = delete;
  WireRecorder& operator=(const WireRecorder&) = delete;
  /// What was recorded is written; the life counts as cut off unless kClosed was recorded.
  ~WireRecorder();

  void start(Instant at, const wire_file::Start& start);
  void record(wire_file::Kind kind, Instant at, std::string_view bytes = {},
              std::uint64_t number = 0);
  /// What was recorded so far survives the death of this process.
  void flush();

 private:
  class File;
  void open(Instant at);
  void give_up(const std::string& why);
  void retain(Instant now);

  std::filesystem::path folder_;
  std::uint32_t life_;
  std::uint32_t part_ = 0;
  WireRetention retention_;
  Complain complain_;
  std::unique_ptr<File> file_;
  std::string waiting_;  // records not yet compressed
  Instant last_;         // time of the last record
  bool broken_ = false;
};

}  // namespace v6
