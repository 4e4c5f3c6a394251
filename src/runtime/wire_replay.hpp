#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace v6 {

struct WireReplayResult {
  std::uint32_t life = 0;
  Instant from;
  Instant to;
  bool whole = false;  // it ended in good order; else its tail may be missing
  std::uint64_t calls = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t records = 0;  // of the journal that are the same
  std::string digest;         // of the journal lived anew
  std::string decisions_digest;
  /// The first place where this life goes another way than the recorded one, in words.
  std::optional<std::string> difference;
};

/// Lives a recorded life again: the same client and core, in a folder of their own, told the same
/// at the same times. What they send and what they journal must be what was recorded. `files` are
/// the parts of one life, as they lie in a state folder, whose journals are only read. Throws
/// Failure (data) for files that cannot be read.
[[nodiscard]] WireReplayResult replay_wire(const std::vector<std::filesystem::path>& files);

}  // namespace v6
